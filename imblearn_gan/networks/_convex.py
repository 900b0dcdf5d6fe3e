"""Generators of GAMO's game: convex combinations of real rows, and the ablation without them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class _TransientMapping(nn.Module):
    """cTMU: a code and a class to the intermediate space all classes share."""

    def __init__(self, latent_dim: int, n_classes: int):
        super().__init__()
        self.latent_dim = latent_dim
        self.n_classes = n_classes
        self.layers = nn.Sequential(
            nn.Linear(latent_dim + n_classes, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Linear(256, 64),
            nn.ReLU(),
            nn.BatchNorm1d(64),
        )

    def forward(self, z: Tensor, counts: Sequence[int]) -> Tensor:
        y = torch.repeat_interleave(
            torch.arange(self.n_classes, device=z.device),
            torch.tensor(counts, device=z.device),
            output_size=len(z),
        )
        one_hot = nn.functional.one_hot(y, self.n_classes).to(z.dtype)
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
        Rows of each class.

    classes : sequence of int
        Codes of the classes to generate.

    Notes
    -----
    Rows come ordered by class, so each class is one matrix product: memory and time grow with
    rows asked for times rows of the class, and never hold rows x rows of the class x features.

    References
    ----------
    .. [1] Mullick, Datta and Das, "Generative Adversarial Minority Oversampling", ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.networks import ConvexGenerator
    >>> generator = ConvexGenerator(4, class_counts=[9, 3], classes=[1])
    >>> weights = generator.weights(torch.randn(5, 4), counts=[0, 5])
    >>> weights[1].shape, bool(weights[1].sum(dim=1).allclose(torch.ones(5)))
    (torch.Size([5, 3]), True)
    """

    def __init__(self, latent_dim: int, class_counts: Sequence[int], classes: Sequence[int]):
        super().__init__()
        self.mapping = _TransientMapping(latent_dim, len(class_counts))
        self.instances = nn.ModuleDict({str(i): nn.Linear(64, class_counts[i]) for i in classes})

    def weights(self, z: Tensor, counts: Sequence[int]) -> dict[int, Tensor]:
        """Convex weights by class: nonnegative, each row sums to one.

        Parameters
        ----------
        z : Tensor of shape (n_rows, latent_dim)
            Codes, ordered by class.

        counts : sequence of int
            How many of them belong to each class.

        Returns
        -------
        dict of int to Tensor of shape (n_rows_of_class, n_real_rows_of_class)
            For the classes with rows.
        """
        mapped = self.mapping(z, counts).split(list(counts))
        return {
            i: torch.softmax(self.instances[str(i)](mapped[i]), dim=1)
            for i, n in enumerate(counts)
            if n
        }

    def forward(self, z: Tensor, counts: Sequence[int], rows: Sequence[Tensor]) -> Tensor:
        """Generated rows, ordered by class; ``rows`` holds the real rows of each class."""
        weights = self.weights(z, counts)
        return torch.cat([weight @ rows[i] for i, weight in weights.items()])


class ConditionalGenerator(nn.Module):
    """The ablation cG: an ordinary conditional generator in place of the convex one.

    The same mapping unit, then two dense layers to the features themselves.

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
        self.mapping = _TransientMapping(latent_dim, n_classes)
        self.output = output

    def forward(self, z: Tensor, counts: Sequence[int], rows: Sequence[Tensor] = ()) -> Tensor:
        """Generated rows, ordered by class; ``rows`` is not used."""
        return self.output(self.mapping(z, counts))
