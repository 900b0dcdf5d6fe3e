"""Samplers: one paper a file."""

from imblearn_gan.over_sampling._bagan import BAGANOversampler
from imblearn_gan.over_sampling._bagan_gp import BAGANGPOversampler
from imblearn_gan.over_sampling._capgan import CAPGANOversampler
from imblearn_gan.over_sampling._gamo import GAMOOversampler
from imblearn_gan.over_sampling._gamo2pix import GAMO2pix
from imblearn_gan.over_sampling._ganda import GANDAOversampler

__all__ = [
    "BAGANGPOversampler",
    "BAGANOversampler",
    "CAPGANOversampler",
    "GAMO2pix",
    "GAMOOversampler",
    "GANDAOversampler",
]
