"""Generators of GAMO's game: convex combinations of real rows, and the ablation without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from imblearn_gan.networks._conditional import one_hot
from imblearn_gan.seeding import own_draws


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
        None weighs all real rows of the class, as the paper does. With an integer, each generated
        row combines that many real rows of its class, drawn with replacement; their weights are a
        draw from a uniform Dirichlet distribution that the IGU's softmax tilts. A softmax over many
        rows starts at the mean of the class and is slow to leave it; few rows keep their contrast,
        and an iteration's cost no longer grows with the class.

    tilt : float or None, default=None
        Bound on the IGU's logits, which pass through ``tilt * tanh(logits / tilt)``: how far the
        game can move the weights. None bounds nothing, as in the paper. Without a bound the
        weights tend to settle on single rows, which the discriminator cannot tell from real
        ones: then the generator only repeats.

    References
    ----------
    .. [1] Mullick, Datta and Das, "Generative Adversarial Minority Oversampling", ICCV 2019.

    Attributes
    ----------
    instances : Linear
        The IGUs of all classes: an output for each real row, class after class.

    sizes, starts : Tensor of shape (n_classes,), dtype int64
        How many outputs are each class's, and where they begin.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.networks import ConvexGenerator
    >>> generator = ConvexGenerator(4, class_counts=[0, 3])
    >>> index, weights = generator.weights(torch.randn(5, 4), torch.tensor([1, 1, 1, 1, 1]))
    >>> weights.shape, bool(weights.sum(dim=1).allclose(torch.ones(5)))
    (torch.Size([5, 3]), True)
    """

    sizes: Tensor
    starts: Tensor
    owners: Tensor

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
        self.instances = nn.Linear(64, sum(class_counts))
        sizes = torch.tensor(self.class_counts)
        self.register_buffer("sizes", sizes, persistent=False)
        self.register_buffer("starts", sizes.cumsum(0) - sizes, persistent=False)
        self.register_buffer("owners", torch.repeat_interleave(sizes), persistent=False)

    def weights(self, z: Tensor, y: Tensor) -> tuple[Tensor | None, Tensor]:
        """Return convex weights: nonnegative, each row sums to one.

        Parameters
        ----------
        z : Tensor of shape (n_samples, latent_dim)
            Codes.

        y : Tensor of shape (n_samples,), dtype int64
            Their class codes, of classes that have real rows.

        Returns
        -------
        index : Tensor of shape (n_samples, n_support), dtype int64, or None
            Which real rows of the class are combined, from 0 on; None for all real rows of all
            classes, those of the others with a weight of zero.

        weights : Tensor of shape (n_samples, n_support) or (n_samples, sum(class_counts))
            Their weights.
        """
        mapped = self.mapping(z, one_hot(y, len(self.class_counts), z.dtype))
        if self.n_support is None:
            logits = self._bounded(self.instances(mapped))
            return None, logits.masked_fill(self.owners != y[:, None], -torch.inf).softmax(dim=1)
        shape, draws = (len(y), self.n_support), own_draws(y.device)
        # as torch.randint of the size, which differs by class
        index = torch.randint(2**62, shape, **draws) % self.sizes[y][:, None]
        place = self.starts[y][:, None] + index
        unit = self.instances
        logits = torch.einsum("nsf,nf->ns", unit.weight[place], mapped) + unit.bias[place]
        # the softmax of logarithms of exponential draws is uniform on the simplex
        noise = torch.empty_like(logits).exponential_(generator=draws["generator"])
        return index, torch.softmax(self._bounded(logits) + noise.clamp_min(1e-6).log(), dim=1)

    def _bounded(self, logits: Tensor) -> Tensor:
        return logits if self.tilt is None else self.tilt * torch.tanh(logits / self.tilt)

    def forward(self, z: Tensor, y: Tensor, rows: Any, starts: Tensor | None = None) -> Tensor:
        """Return generated rows.

        Parameters
        ----------
        z, y : Tensor
            As in :meth:`weights`, ordered by class.

        rows : Tensor of shape (n_rows, n_values)
            Real rows, ordered by class.

        starts : Tensor of shape (n_classes,) or None, default=None
            Where the rows of each class begin; None if there are those of ``class_counts`` alone.

        Returns
        -------
        Tensor of shape (n_samples, n_values)
            Generated rows.
        """
        first = self.starts if starts is None else starts
        if self.n_support is None:
            combined = self._class_by_class if z.device.type == "cpu" else self._all_at_once
            return combined(z, y, rows, first)
        index: Any
        index, weights = self.weights(z, y)
        return torch.einsum("ns,nsv->nv", weights, rows[first[y][:, None] + index])

    def _all_at_once(self, z: Tensor, y: Tensor, rows: Tensor, starts: Tensor) -> Tensor:
        """Return what combines all rows of a class: more work, but nothing waits for labels."""
        shifts = (starts - self.starts)[self.owners]
        real = rows[torch.arange(len(shifts), device=z.device) + shifts]
        return self.weights(z, y)[1] @ real

    def _class_by_class(self, z: Tensor, y: Tensor, rows: Tensor, starts: Tensor) -> Tensor:
        """Return what combines all rows of a class, those of other classes left out."""
        sizes = list(self.class_counts)
        counts = torch.bincount(y, minlength=len(sizes)).tolist()
        mapped = self.mapping(z, one_hot(y, len(sizes), z.dtype)).split(counts)
        unit, made = self.instances, []
        units, biases = unit.weight.split(sizes), unit.bias.split(sizes)
        for i in torch.unique_consecutive(y).tolist():
            logits = self._bounded(nn.functional.linear(mapped[i], units[i], biases[i]))
            real = rows[int(starts[i]) :][: sizes[i]]
            made.append(torch.softmax(logits, dim=1) @ real)
        return torch.cat(made)


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
        self.latent_dim, self.n_classes = latent_dim, n_classes
        self.mapping = _TransientMapping(latent_dim, n_classes)
        self.output = output

    def forward(self, z: Tensor, y: Tensor, rows: Any = None, starts: Any = None) -> Tensor:
        """Return generated rows of the classes ``y``; ``rows`` and ``starts`` are not used."""
        return self.output(self.mapping(z, one_hot(y, self.n_classes, z.dtype))).flatten(1)


class RowStore(nn.Module):
    """Real rows, as a buffer that is saved and moved with the networks.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, n_values) or None
        The rows, ordered by class; None if there are none.
    """

    rows: Tensor | None

    def __init__(self, rows: Tensor | None):
        super().__init__()
        self.register_buffer("rows", rows)
