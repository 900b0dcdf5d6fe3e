"""Variational autoencoders: the draw of a code, and GAMO2pix's decoder of features."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from imblearn_gan.seeding import randn_like


def draw_codes(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Draw codes from normal distributions, so that gradients reach their parameters [1]_.

    Parameters
    ----------
    mean, log_variance : Tensor of shape (n_samples, latent_dim)
        Parameters of each code's distribution.

    Returns
    -------
    Tensor of shape (n_samples, latent_dim)
        The codes.

    References
    ----------
    .. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
    """
    return mean + (0.5 * log_variance).exp() * randn_like(mean)


class FeatureDecoder(nn.Module):
    """From feature vectors to rows, through the code of a variational autoencoder.

    Dense 128 with tanh, then mean and log-variance of the code, then a decoder.

    Parameters
    ----------
    n_features : int
        Size of the feature vectors.

    latent_dim : int
        Size of the code.

    decoder : Module
        From codes to rows.
    """

    def __init__(self, n_features: int, latent_dim: int, decoder: nn.Module):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_features, 128), nn.Tanh())
        self.head = nn.Linear(128, 2 * latent_dim)
        self.decoder = decoder

    def encode(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the code."""
        mean, log_variance = self.head(self.trunk(features)).chunk(2, dim=1)
        return mean, log_variance

    def reconstruct(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return rows decoded from a random code, with the code's mean and log-variance."""
        mean, log_variance = self.encode(features)
        return self.decoder(draw_codes(mean, log_variance)), mean, log_variance

    def forward(self, features: Tensor) -> Tensor:
        """Return rows decoded from the mean code."""
        return self.decoder(self.encode(features)[0])


class ClassDecoders(nn.ModuleDict):
    """One :class:`FeatureDecoder` a class.

    Parameters
    ----------
    decoders : dict of int to FeatureDecoder
        By class code.
    """

    def __init__(self, decoders: dict[int, FeatureDecoder]):
        super().__init__({str(i): decoder for i, decoder in decoders.items()})

    def forward(self, features: Tensor, counts: Sequence[int]) -> Tensor:
        """Return rows of ``counts[i]`` feature vectors of each class i, ordered by class."""
        parts = features.split(list(counts))
        return torch.cat([self[str(i)](parts[i]) for i, n in enumerate(counts) if n])
