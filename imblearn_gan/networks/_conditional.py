"""Where the label enters: encoders, generators and discriminators of games with labels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# bound on the log-variance of a code: its exponential stays finite
_MOST = 20.0


class Encoder(nn.Module):
    """From rows to codes, whatever the label.

    Parameters
    ----------
    trunk : Module
        From rows to feature vectors; a discriminator can start from it.

    n_features : int
        Size of the feature vectors.

    latent_dim : int
        Size of the code.

    head : Module or None, default=None
        From feature vectors to codes. None: one linear layer.
    """

    def __init__(
        self, trunk: nn.Module, n_features: int, latent_dim: int, head: nn.Module | None = None
    ):
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(n_features, latent_dim) if head is None else head

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return codes; ``y`` is not used."""
        return self.head(self.trunk(x))


class VariationalEncoder(Encoder):
    """Encoder of a variational autoencoder: mean and log-variance of the code."""

    def __init__(self, trunk: nn.Module, n_features: int, latent_dim: int):
        super().__init__(trunk, n_features, latent_dim)
        self.log_variance = nn.Linear(n_features, latent_dim)

    def distribution(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the codes."""
        features = self.trunk(x)
        return self.head(features), self.log_variance(features).clamp(-_MOST, _MOST)


class JoinedEncoder(nn.Module):
    """Encoder whose features are joined with the one-hot label before the last layer."""

    def __init__(self, trunk: nn.Module, n_features: int, latent_dim: int, n_classes: int):
        super().__init__()
        self.trunk = trunk
        self.n_classes = n_classes
        self.head = nn.Linear(n_features + n_classes, latent_dim)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return codes of rows with their labels."""
        return self.head(_joined(self.trunk(x), y, self.n_classes))


class Generator(nn.Module):
    """From codes to rows; the code alone says the class.

    Parameters
    ----------
    decoder : Module
        From codes to rows.
    """

    def __init__(self, decoder: nn.Module):
        super().__init__()
        self.decoder = decoder

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Return rows; ``y`` is not used."""
        return self.decoder(z)


class JoinedGenerator(Generator):
    """Generator whose codes are joined with the one-hot label."""

    def __init__(self, decoder: nn.Module, n_classes: int):
        super().__init__(decoder)
        self.n_classes = n_classes

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Return rows of the classes asked for."""
        return self.decoder(_joined(z, y, self.n_classes))


class EmbeddedGenerator(Generator):
    """Generator whose codes are multiplied by a learnt embedding of the label."""

    def __init__(self, decoder: nn.Module, latent_dim: int, n_classes: int):
        super().__init__(decoder)
        self.embedding = nn.Embedding(n_classes, latent_dim)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Return rows of the classes asked for."""
        return self.decoder(z * self.embedding(y))


class EmbeddedDiscriminator(nn.Module):
    """One unconstrained number for a row and a label: is this a real row of that class?

    Features are multiplied by a learnt embedding of the label.

    Parameters
    ----------
    trunk : Module
        From rows to feature vectors.

    n_features : int
        Size of the feature vectors.

    n_classes : int
        Number of labels.

    embedding, head : Module or None, default=None
        From labels to vectors of n_features, and from the product to the number. None: a table,
        and one linear layer.
    """

    def __init__(
        self,
        trunk: nn.Module,
        n_features: int,
        n_classes: int,
        embedding: nn.Module | None = None,
        head: nn.Module | None = None,
    ):
        super().__init__()
        self.trunk = trunk
        self.embedding = nn.Embedding(n_classes, n_features) if embedding is None else embedding
        self.head = nn.Linear(n_features, 1) if head is None else head

    def of_features(self, features: Tensor, y: Tensor) -> Tensor:
        """Return the number of rows whose features are known."""
        return self.head(features * self.embedding(y))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the number, before any sigmoid, of shape (n_samples, 1)."""
        return self.of_features(self.trunk(x), y)


class Discriminator(nn.Module):
    """One unconstrained number for a row, whatever the label.

    Parameters
    ----------
    trunk : Module
        From rows to feature vectors.

    n_features : int
        Size of the feature vectors.
    """

    def __init__(self, trunk: nn.Module, n_features: int):
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(n_features, 1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the number, of shape (n_samples, 1); ``y`` is not used."""
        return self.head(self.trunk(x))


class JoinedDiscriminator(Discriminator):
    """Discriminator whose rows are joined with the one-hot label, as channels for images."""

    def __init__(self, trunk: nn.Module, n_features: int, n_classes: int):
        super().__init__(trunk, n_features)
        self.n_classes = n_classes

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the number, of shape (n_samples, 1)."""
        labels = one_hot(y, self.n_classes, x.dtype)
        maps = labels.view(*labels.shape, *[1] * (x.dim() - 2)).expand(-1, -1, *x.shape[2:])
        return super().forward(torch.cat([x, maps], dim=1), y)


class ProjectionDiscriminator(Discriminator):
    """Discriminator that adds the product of features and a learnt embedding of the label."""

    def __init__(self, trunk: nn.Module, n_features: int, n_classes: int):
        super().__init__(trunk, n_features)
        self.embedding = nn.Embedding(n_classes, n_features)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the number, of shape (n_samples, 1)."""
        features = self.trunk(x)
        return self.head(features) + (features * self.embedding(y)).sum(dim=1, keepdim=True)


class TwoHeadedDiscriminator(Discriminator):
    """Discriminator with a second head that names the class."""

    def __init__(self, trunk: nn.Module, n_features: int, n_classes: int):
        super().__init__(trunk, n_features)
        self.classes = nn.Linear(n_features, n_classes)

    def both(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the number, and logits of the classes."""
        features = self.trunk(x)
        return self.head(features), self.classes(features)


class SoftmaxDiscriminator(nn.Module):
    """One softmax over the classes and, last, 'generated'."""

    def __init__(self, trunk: nn.Module, n_features: int, n_classes: int):
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(n_features, n_classes + 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of shape (n_samples, n_classes + 1)."""
        return self.head(self.trunk(x))


def _joined(x: Tensor, y: Tensor, n_classes: int) -> Tensor:
    return torch.cat([x, one_hot(y, n_classes, x.dtype)], dim=1)


def one_hot(y: Tensor, n_classes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return class codes as rows of zeros with a one; unlike torch's, unchecked: nothing waits."""
    return (y[:, None] == torch.arange(n_classes, device=y.device)).to(dtype)
