"""Generators of GAMO's game: convex combinations of real rows, and the ablation without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from imblearn_gan.seeding import generator_of, own_draws


class _TransientMapping(nn.Module):
    """cTMU: a code and a class to the intermediate space all classes share."""

    def __init__(self, latent_dim: int, n_classes: int):
        super().__init__()
        self.latent_dim = latent_dim
        self.layers = nn.Sequential(
            nn.Linear(latent_dim + n_classes, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Linear(256, 64),
            nn.ReLU(),
            nn.BatchNorm1d(64),
        )

    def forward(self, z: Tensor, one_hot: Tensor) -> Tensor:
        return self.layers(torch.cat([z, one_hot], dim=1))


class ConvexGenerator(nn.Module):
    """GAMO's generator: rows are convex combinations of the real rows of their class.

    A mapping unit shared by all classes (cTMU) is followed by one instance generation unit
    (IGU) for each class, whose softmax gives one weight for each real row; eq. (1) in [1]_.

    Parameters
    ----------
    latent_dim : int
        Size of the code.

    class_counts : sequence of int
        Real rows of each class, 0 for classes that are never generated.

    n_support : int or None, default=None
        None weighs all real rows of the class, as the paper does. With an integer, each
        generated row combines that many real rows of its class, drawn at random; their weights
        are a draw from a uniform Dirichlet distribution that the IGU's softmax tilts. A softmax
        over many rows starts at the mean of the class and is slow to leave it; few rows keep
        their contrast, and an iteration's cost no longer grows with the class.

    tilt : float or None, default=None
        Bound on the IGU's logits, which pass through ``tilt * tanh(logits / tilt)``: how far the
        game can move the weights. None bounds nothing, as in the paper. Without a bound the
        weights tend to settle on single rows, which the discriminator cannot tell from real
        ones: then the generator only repeats.

    References
    ----------
    .. [1] Mullick, Datta and Das, "Generative Adversarial Minority Oversampling", ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.networks import ConvexGenerator
    >>> generator = ConvexGenerator(4, class_counts=[0, 3])
    >>> index, weights = generator.weights(torch.randn(5, 4), counts=[0, 5])[1]
    >>> weights.shape, bool(weights.sum(dim=1).allclose(torch.ones(5)))
    (torch.Size([5, 3]), True)
    """

    def __init__(
        self,
        latent_dim: int,
        class_counts: Sequence[int],
        n_support: int | None = None,
        tilt: float | None = None,
    ):
        super().__init__()
        self.latent_dim = latent_dim
        self.class_counts = tuple(class_counts)
        self.n_support = n_support
        self.tilt = tilt
        self.mapping = _TransientMapping(latent_dim, len(class_counts))
        self.instances = nn.ModuleList(
            [nn.Linear(64, n) if n else nn.Identity() for n in class_counts]
        )

    def weights(self, z: Tensor, counts: Sequence[int]) -> dict[int, tuple[Tensor | None, Tensor]]:
        """Return convex weights by class: nonnegative, each row sums to one.

        Parameters
        ----------
        z : Tensor of shape (n_samples, latent_dim)
            Codes, ordered by class.

        counts : sequence of int
            How many of them belong to each class.

        Returns
        -------
        dict of int to (index, weights)
            For the classes with rows. ``weights`` has the shape (n_samples_of_class, n_combined);
            ``index`` has the same shape and says which real rows of the class are combined,
            or is None for all of them.
        """
        one_hot = one_hot_of(counts, z)
        mapped = self.mapping(z, one_hot).split(list(counts))
        return {i: self._weights_of(i, mapped[i]) for i, n in enumerate(counts) if n}

    def _weights_of(self, i: int, mapped: Tensor) -> tuple[Tensor | None, Tensor]:
        unit: Any = self.instances[i]
        n_real = self.class_counts[i]
        if self.n_support is None or n_real == 1:
            return None, torch.softmax(self._bounded(unit(mapped)), dim=1)
        shape, generator = (len(mapped), self.n_support), generator_of(mapped.device)
        index = torch.randint(n_real, shape, **own_draws(mapped.device))
        logits = torch.einsum("nsf,nf->ns", unit.weight[index], mapped) + unit.bias[index]
        # the softmax of logarithms of exponential draws is uniform on the simplex
        noise = torch.empty_like(logits).exponential_(generator=generator).clamp_min(1e-6).log()
        return index, torch.softmax(self._bounded(logits) + noise, dim=1)

    def _bounded(self, logits: Tensor) -> Tensor:
        return logits if self.tilt is None else self.tilt * torch.tanh(logits / self.tilt)

    def forward(self, z: Tensor, counts: Sequence[int], rows: Sequence[Tensor]) -> Tensor:
        """Return generated rows, ordered by class; ``rows`` holds the real rows of each class."""
        generated = []
        for i, (index, weights) in self.weights(z, counts).items():
            if index is None:
                generated.append(weights @ rows[i])
            else:
                generated.append(torch.einsum("ns,nsv->nv", weights, rows[i][index]))
        return torch.cat(generated)


class ConditionalGenerator(nn.Module):
    """The ablation cG: an ordinary conditional generator in place of the convex one.

    Parameters
    ----------
    latent_dim : int
        Size of the code.

    n_classes : int
        Number of classes.

    output : Module
        From the 64 values of the mapping unit to rows.
    """

    def __init__(self, latent_dim: int, n_classes: int, output: nn.Module):
        super().__init__()
        self.latent_dim = latent_dim
        self.mapping = _TransientMapping(latent_dim, n_classes)
        self.output = output

    def forward(self, z: Tensor, counts: Sequence[int], rows: Sequence[Tensor] = ()) -> Tensor:
        """Return generated rows, ordered by class; ``rows`` is not used."""
        return self.output(self.mapping(z, one_hot_of(counts, z))).flatten(1)


def one_hot_of(counts: Sequence[int], like: Tensor) -> Tensor:
    """Return one-hot labels of ``counts[i]`` rows of each class, without awaiting the device."""
    one_hot = torch.zeros(len(like), len(counts))
    start = 0
    for i, n in enumerate(counts):
        one_hot[start : start + n, i] = 1.0
        start += n
    return one_hot.to(like, non_blocking=True)


class RowStore(nn.Module):
    """Real rows by class, as buffers that are saved and moved with the networks.

    Parameters
    ----------
    rows : sequence of Tensor or None
        The rows (n_samples, n_values) of each class, None for classes without any.
    """

    def __init__(self, rows: Sequence[Tensor | None]):
        super().__init__()
        self.n_classes = len(rows)
        for i, values in enumerate(rows):
            if values is not None:
                is_part = values.untyped_storage().nbytes() > values.nbytes
                self.register_buffer(f"class_{i}", values.clone() if is_part else values)

    @property
    def by_class(self) -> list[Tensor | None]:
        """The rows of each class."""
        return [getattr(self, f"class_{i}", None) for i in range(self.n_classes)]
