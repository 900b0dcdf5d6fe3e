"""Networks: families that fit a data shape, and the parts that games are made of."""

from imblearn_gan.networks._convex import ConditionalGenerator, ConvexGenerator
from imblearn_gan.networks._families import (
    ConvFamily,
    Family,
    MLPFamily,
    dense,
    resolve_family,
)

__all__ = [
    "ConditionalGenerator",
    "ConvFamily",
    "ConvexGenerator",
    "Family",
    "MLPFamily",
    "dense",
    "resolve_family",
]
