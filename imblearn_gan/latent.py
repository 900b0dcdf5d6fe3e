"""Where the latent codes of generated rows come from: one distribution a class, or one for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn

from imblearn_gan.seeding import own_draws

__all__ = ["GaussianCodes", "InterpolatedCodes", "NormalCodes"]


class NormalCodes(nn.Module):
    """Standard normal codes, the same for all classes.

    Parameters
    ----------
    latent_dim : int
        Size of a code.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.latent import NormalCodes
    >>> NormalCodes(3)(torch.tensor([0, 0, 1])).shape
    torch.Size([3, 3])
    """

    def __init__(self, latent_dim: int):
        super().__init__()
        self.latent_dim = latent_dim

    def forward(self, y: Tensor) -> Tensor:
        """Draw one code for each class code in ``y``."""
        return torch.randn(len(y), self.latent_dim, **own_draws(y.device))


class GaussianCodes(nn.Module):
    """One Gaussian a class with full covariance, fitted to the codes of real rows.

    The covariance is shrunk towards a multiple of the identity (Ledoit and Wolf [1]_), by as
    much as the number of rows demands: it exists for fewer rows than the code has dimensions,
    and next to nothing changes for many. A class of one row has no spread of its own: it takes
    that of all classes about their means.

    Parameters
    ----------
    z : Tensor of shape (n_samples, latent_dim)
        Latent codes of real rows, ordered by class.

    counts : sequence of int
        Rows of each class.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional
       covariance matrices", Journal of Multivariate Analysis 88, 2004.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.latent import GaussianCodes
    >>> distribution = GaussianCodes(torch.eye(4, 2), counts=[3, 1])
    >>> distribution(torch.tensor([0, 1, 1])).shape
    torch.Size([3, 2])
    """

    def __init__(self, z: Tensor, counts: Sequence[int]):
        super().__init__()
        by_class = [part.cpu().double().numpy() for part in z.split(list(counts))]
        means = [part.mean(axis=0) for part in by_class]
        residuals = np.concatenate([part - mean for part, mean in zip(by_class, means)])
        pooled = _covariance(residuals)
        covariances = [_covariance(part) if len(part) > 1 else pooled for part in by_class]
        self.mean: Tensor
        self.factor: Tensor
        self.register_buffer("mean", torch.from_numpy(np.stack(means)).to(z))
        factors = np.stack([_root(covariance) for covariance in covariances])
        self.register_buffer("factor", torch.from_numpy(factors).to(z))

    def forward(self, y: Tensor) -> Tensor:
        """Draw one code for each class code in ``y``."""
        noise = torch.randn(len(y), self.mean.shape[1], **own_draws(y.device))
        return self.mean[y] + torch.einsum("nij,nj->ni", self.factor[y], noise)


def _covariance(z: np.ndarray) -> np.ndarray:
    return LedoitWolf().fit(z).covariance_


def _root(covariance: np.ndarray) -> np.ndarray:
    """Return a matrix whose product with its transpose is the covariance, singular or not."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(values.clip(min=0))


class InterpolatedCodes(nn.Module):
    """Codes between those of a real row and of one of its neighbours in the class.

    SMOTE in the space of codes: nothing is drawn where no real row of the class is near.

    Parameters
    ----------
    z : Tensor of shape (n_samples, latent_dim)
        Latent codes of real rows, ordered by class. They are kept.

    counts : sequence of int
        Rows of each class. A class of one row has one code only.

    n_neighbors : int, default=5
        How many neighbours, fewer if the class has fewer.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.latent import InterpolatedCodes
    >>> codes = InterpolatedCodes(torch.tensor([[0.0], [1.0], [5.0]]), counts=[2, 1])
    >>> drawn = codes(torch.tensor([0, 0, 1]))
    >>> bool(((drawn[:2] >= 0) & (drawn[:2] <= 1)).all()), drawn[2]
    (True, tensor([5.]))
    """

    def __init__(self, z: Tensor, counts: Sequence[int], n_neighbors: int = 5):
        super().__init__()
        starts = np.cumsum([0, *counts[:-1]])
        neighbours = class_neighbours(z, counts, n_neighbors)
        self.z: Tensor
        self.neighbours: Tensor
        self.starts: Tensor
        self.counts: Tensor
        self.register_buffer("z", z.clone())
        self.register_buffer("neighbours", neighbours)
        self.register_buffer("starts", torch.from_numpy(starts).to(z.device))
        self.register_buffer("counts", torch.tensor(counts, device=z.device))

    def forget(self, classes: Sequence[int], n_kept: int = 0) -> None:
        """Drop the codes of some classes but ``n_kept`` of each, evenly spaced; 0 is all."""
        kept_counts = self.counts.clone()
        kept_counts[list(classes)] = kept_counts[list(classes)].clamp(max=n_kept)
        of_row = torch.repeat_interleave(self.counts)
        within = torch.arange(len(of_row), device=of_row.device) - self.starts[of_row]
        share, n = kept_counts[of_row], self.counts[of_row]
        kept = (within + 1) * share // n > within * share // n
        self.z = self.z[kept]
        n_neighbors = self.neighbours.shape[1]
        self.neighbours = class_neighbours(self.z, kept_counts.tolist(), n_neighbors)
        self.counts = kept_counts
        self.starts = kept_counts.cumsum(0) - kept_counts

    def forward(self, y: Tensor) -> Tensor:
        """Draw one code for each class code in ``y``."""
        n = self.counts[y]
        draws = own_draws(y.device)
        within = (torch.rand(len(y), **draws) * n).long()
        row = self.starts[y] + torch.minimum(within, n - 1)
        which = torch.randint(self.neighbours.shape[1], (len(y),), **draws)
        other = self.z[self.neighbours[row, which]]
        return torch.lerp(self.z[row], other, torch.rand(len(y), 1, **draws))


def class_neighbours(z: Tensor, counts: Sequence[int], n_neighbors: int) -> Tensor:
    """Return indices (n_samples, n_neighbors) of the nearest other rows of the class.

    They repeat where a class has fewer; a row that is alone is its own neighbour. ``z`` is
    ordered by class, with ``counts`` rows each.
    """
    found, start = [], 0
    for part in z.split(list(counts)):
        found.append(start + _neighbours(part.cpu().numpy(), n_neighbors))
        start += len(part)
    return torch.from_numpy(np.concatenate(found)).to(z.device)


def _neighbours(z: np.ndarray, n_neighbors: int) -> np.ndarray:
    """Return indices (n_samples, n_neighbors) of other rows; repeated where there are fewer."""
    k = min(n_neighbors, len(z) - 1)
    if k < 1:
        return np.zeros((len(z), n_neighbors), dtype=np.int64)
    found = NearestNeighbors(n_neighbors=k).fit(z).kneighbors(return_distance=False)
    return found[:, np.arange(n_neighbors) % k]
