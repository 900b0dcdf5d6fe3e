"""GANs made for imbalanced data, behind imbalanced-learn's ``fit_resample``."""

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.classifiers import DOSClassifier, GAMOClassifier, ResNetClassifier
from imblearn_gan.over_sampling import (
    ACGANOversampler,
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    GAMO2pix,
    GAMOOversampler,
    GANDAOversampler,
    GANOversampler,
)

__version__ = "0.1.0"

__all__ = [
    "ACGANOversampler",
    "BAGANGPOversampler",
    "BAGANOversampler",
    "BaseGANOversampler",
    "CAPGANOversampler",
    "CGANOversampler",
    "CWGANGPOversampler",
    "DOSClassifier",
    "GAMO2pix",
    "GAMOClassifier",
    "GAMOOversampler",
    "GANDAOversampler",
    "GANOversampler",
    "ResNetClassifier",
    "__version__",
]
