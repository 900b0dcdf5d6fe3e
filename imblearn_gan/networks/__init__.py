"""Networks: families that fit a data shape, and the parts that games are made of."""

from imblearn_gan.networks._conditional import (
    Discriminator,
    EmbeddedDiscriminator,
    EmbeddedGenerator,
    Encoder,
    Generator,
    JoinedDiscriminator,
    JoinedEncoder,
    JoinedGenerator,
    ProjectionDiscriminator,
    SoftmaxDiscriminator,
    TwoHeadedDiscriminator,
    VariationalEncoder,
    one_hot,
)
from imblearn_gan.networks._convex import (
    ConditionalGenerator,
    ConvexGenerator,
    RowStore,
)
from imblearn_gan.networks._families import (
    FAMILIES,
    ConvFamily,
    DCGANFamily,
    Family,
    MLPFamily,
    TableOutput,
    dense,
    draw_categories,
    drawn,
    resolve_family,
    start_from,
    trunk_of,
)
from imblearn_gan.networks._paper import BAGANFamily, BAGANGPFamily, CAPGANFamily, GANDAFamily
from imblearn_gan.networks._resnet import ResNet18
from imblearn_gan.networks._stacked import stacked, unstack
from imblearn_gan.networks._vae import ClassDecoders, FeatureDecoder, draw_codes
from imblearn_gan.networks._weights import (
    copy_layers,
    with_spectral_norm,
    without_parametrizations,
)

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
    "Discriminator",
    "EmbeddedDiscriminator",
    "EmbeddedGenerator",
    "Encoder",
    "Family",
    "FeatureDecoder",
    "GANDAFamily",
    "Generator",
    "JoinedDiscriminator",
    "JoinedEncoder",
    "JoinedGenerator",
    "MLPFamily",
    "ProjectionDiscriminator",
    "ResNet18",
    "RowStore",
    "SoftmaxDiscriminator",
    "TableOutput",
    "TwoHeadedDiscriminator",
    "VariationalEncoder",
    "copy_layers",
    "dense",
    "draw_categories",
    "draw_codes",
    "drawn",
    "one_hot",
    "resolve_family",
    "stacked",
    "start_from",
    "trunk_of",
    "unstack",
    "with_spectral_norm",
    "without_parametrizations",
]
