"""GANs made for imbalanced data, behind imbalanced-learn's ``fit_resample``."""

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.classifiers import GAMOClassifier
from imblearn_gan.over_sampling import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    GAMO2pix,
    GAMOOversampler,
    GANDAOversampler,
)

__version__ = "0.1.0"

__all__ = [
    "BAGANGPOversampler",
    "BAGANOversampler",
    "BaseGANOversampler",
    "CAPGANOversampler",
    "GAMO2pix",
    "GAMOClassifier",
    "GAMOOversampler",
    "GANDAOversampler",
    "__version__",
]
