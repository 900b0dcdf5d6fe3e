"""Samplers: one paper a file."""

from imblearn_gan.over_sampling._gamo import GAMOOversampler
from imblearn_gan.over_sampling._gamo2pix import GAMO2pix

__all__ = ["GAMO2pix", "GAMOOversampler"]
