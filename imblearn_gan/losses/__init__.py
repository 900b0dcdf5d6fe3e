"""Losses of the games and of classifiers, as pure functions of tensors.

All are means over the batch.
"""

from imblearn_gan.losses._classes import (
    LDAM_SCALE as LDAM_SCALE,
)
from imblearn_gan.losses._classes import (
    ldam_loss,
    logit_adjusted_loss,
    softmax_loss,
)
from imblearn_gan.losses._games import (
    PENALTY_WEIGHT as PENALTY_WEIGHT,
)
from imblearn_gan.losses._games import (
    classifier_loss,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    micro_cluster_loss,
    misleading_loss,
    points_between,
    vae_loss,
)

__all__ = [
    "classifier_loss",
    "discriminator_loss",
    "generator_loss",
    "gradient_penalty",
    "ldam_loss",
    "logit_adjusted_loss",
    "micro_cluster_loss",
    "misleading_loss",
    "points_between",
    "softmax_loss",
    "vae_loss",
]
