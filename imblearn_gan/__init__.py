"""GANs made for imbalanced data, behind imbalanced-learn's ``fit_resample``."""

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.classifiers import GAMOClassifier
from imblearn_gan.over_sampling import GAMO2pix, GAMOOversampler

__version__ = "0.1.0"

__all__ = ["BaseGANOversampler", "GAMO2pix", "GAMOClassifier", "GAMOOversampler", "__version__"]
