"""Networks: families that fit a data shape, and the parts that games are made of."""

from imblearn_gan.networks._convex import (
    ConditionalGenerator,
    ConvexGenerator,
    RowStore,
    one_hot_of,
)
from imblearn_gan.networks._families import (
    ConvFamily,
    Family,
    MLPFamily,
    dense,
    resolve_family,
)
from imblearn_gan.networks._vae import ClassDecoders, FeatureDecoder

__all__ = [
    "ClassDecoders",
    "ConditionalGenerator",
    "ConvFamily",
    "ConvexGenerator",
    "Family",
    "FeatureDecoder",
    "MLPFamily",
    "RowStore",
    "dense",
    "one_hot_of",
    "resolve_family",
]
