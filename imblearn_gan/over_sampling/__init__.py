"""Samplers: one paper a file."""

from imblearn_gan.over_sampling._acgan import ACGANOversampler
from imblearn_gan.over_sampling._bagan import BAGANOversampler
from imblearn_gan.over_sampling._bagan_gp import BAGANGPOversampler
from imblearn_gan.over_sampling._capgan import CAPGANOversampler
from imblearn_gan.over_sampling._cgan import CGANOversampler
from imblearn_gan.over_sampling._cvae import CVAEOversampler
from imblearn_gan.over_sampling._cwgan_gp import CWGANGPOversampler
from imblearn_gan.over_sampling._deepsmote import DeepSMOTEOversampler
from imblearn_gan.over_sampling._gamo import GAMOOversampler
from imblearn_gan.over_sampling._gamo2pix import GAMO2pix
from imblearn_gan.over_sampling._gan import GANOversampler
from imblearn_gan.over_sampling._ganda import GANDAOversampler

__all__ = [
    "ACGANOversampler",
    "BAGANGPOversampler",
    "BAGANOversampler",
    "CAPGANOversampler",
    "CGANOversampler",
    "CVAEOversampler",
    "CWGANGPOversampler",
    "DeepSMOTEOversampler",
    "GAMO2pix",
    "GAMOOversampler",
    "GANDAOversampler",
    "GANOversampler",
]
