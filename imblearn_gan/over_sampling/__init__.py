"""Samplers: one paper a file."""

from imblearn_gan.over_sampling._gamo import GAMOOversampler

__all__ = ["GAMOOversampler"]
