"""Networks: families that fit a data shape, and the parts that games are made of."""

from imblearn_gan.networks._conditional import (
    EmbeddedCritic,
    EmbeddedGenerator,
    Encoder,
    Generator,
    JoinedEncoder,
    JoinedGenerator,
    SoftmaxDiscriminator,
    VariationalEncoder,
)
from imblearn_gan.networks._convex import (
    ConditionalGenerator,
    ConvexGenerator,
    RowStore,
    one_hot_of,
)
from imblearn_gan.networks._families import (
    FAMILIES,
    ConvFamily,
    DCGANFamily,
    Family,
    MLPFamily,
    dense,
    resolve_family,
    without_parametrizations,
)
from imblearn_gan.networks._paper import BAGANFamily, BAGANGPFamily, CAPGANFamily, GANDAFamily
from imblearn_gan.networks._vae import ClassDecoders, FeatureDecoder

__all__ = [
    "FAMILIES",
    "BAGANFamily",
    "BAGANGPFamily",
    "CAPGANFamily",
    "ClassDecoders",
    "ConditionalGenerator",
    "ConvFamily",
    "ConvexGenerator",
    "DCGANFamily",
    "EmbeddedCritic",
    "EmbeddedGenerator",
    "Encoder",
    "Family",
    "FeatureDecoder",
    "GANDAFamily",
    "Generator",
    "JoinedEncoder",
    "JoinedGenerator",
    "MLPFamily",
    "RowStore",
    "SoftmaxDiscriminator",
    "VariationalEncoder",
    "dense",
    "one_hot_of",
    "resolve_family",
    "without_parametrizations",
]
