"""GANs made for imbalanced data, behind imbalanced-learn's ``fit_resample``."""

from imblearn_gan import classifiers, over_sampling
from imblearn_gan._load import load
from imblearn_gan._report import report
from imblearn_gan._version import __version__
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.classifiers import *  # noqa: F403
from imblearn_gan.exceptions import CollapseWarning
from imblearn_gan.over_sampling import *  # noqa: F403
from imblearn_gan.resampled import ResampledClassifier

__all__ = [
    "BaseGANOversampler",
    "CollapseWarning",
    "ResampledClassifier",
    "__version__",
    "load",
    "report",
]
__all__ += classifiers.__all__
__all__ += over_sampling.__all__
