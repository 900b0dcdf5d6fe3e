"""Where the latent codes of generated rows come from: one distribution a class, or one for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn

from imblearn_gan.seeding import own_draws

__all__ = ["GaussianCodes", "InterpolatedCodes", "NormalCodes"]

#: Neighbours of a row between whose code and its own others are drawn.
N_NEIGHBORS = 5
#: Rows of a class up to which its neighbours are exact: more would take minutes.
MAX_EXACT = 20_000
#: Rows of a larger class that are held against each other, and how often it is parted so.
PART, N_PARTINGS = 1024, 2


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

    neighbours : Tensor of shape (n_samples, n_neighbors) or None, default=None
        Which they are, as :class:`NeighbourSearch` finds them. None searches.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.latent import InterpolatedCodes
    >>> codes = InterpolatedCodes(torch.tensor([[0.0], [1.0], [5.0]]), counts=[2, 1])
    >>> drawn = codes(torch.tensor([0, 0, 1]))
    >>> bool(((drawn[:2] >= 0) & (drawn[:2] <= 1)).all()), drawn[2]
    (True, tensor([5.]))
    """

    def __init__(
        self,
        z: Tensor,
        counts: Sequence[int],
        n_neighbors: int = N_NEIGHBORS,
        neighbours: Tensor | None = None,
    ):
        super().__init__()
        starts = np.cumsum([0, *counts[:-1]])
        if neighbours is None:
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
        before, after = self.counts.tolist(), self.counts.clone()
        after[list(classes)] = after[list(classes)].clamp(max=n_kept)
        kept = torch.from_numpy(evenly_spaced(before, after.tolist())).to(self.z.device)
        starts, n_neighbors = after.cumsum(0) - after, self.neighbours.shape[1]
        parts = []
        for i, (z, old, mask) in enumerate(
            zip(self.z.split(before), self.neighbours.split(before), kept.split(before))
        ):
            if mask.all():  # as they were, at other places
                parts.append(old - self.starts[i] + starts[i])
            else:
                n_own = int(after[i])
                parts.append(starts[i] + class_neighbours(z[mask], [n_own], n_neighbors))
        self.z, self.neighbours = self.z[kept], torch.cat(parts)
        self.counts, self.starts = after, starts

    def forward(self, y: Tensor) -> Tensor:
        """Draw one code for each class code in ``y``."""
        n = self.counts[y]
        draws = own_draws(y.device)
        within = (torch.rand(len(y), **draws) * n).long()
        row = self.starts[y] + torch.minimum(within, n - 1)
        which = torch.randint(self.neighbours.shape[1], (len(y),), **draws)
        other = self.z[self.neighbours[row, which]]
        return torch.lerp(self.z[row], other, torch.rand(len(y), 1, **draws))


def evenly_spaced(counts: Sequence[int], n_kept: Sequence[int]) -> np.ndarray:
    """Return a mask of rows, ordered by class, with ``n_kept`` of each class, evenly spaced."""
    of_class = [
        (i + 1) * kept // n > i * kept // n
        for n, kept in zip(counts, n_kept)
        for i in [np.arange(n)]
    ]
    return np.concatenate(of_class)


class NeighbourSearch:
    """The search for the nearest other rows of the same class, in steps.

    They are exact in classes of up to ``MAX_EXACT`` rows. A larger class is parted: halved at the
    median of its projections on the line through two of its rows, and so on, until the parts are
    small; neighbours are the nearest in the part. That is done anew, on other lines, and the
    nearest of both are taken. Memory is in proportion to the rows, time but for a logarithm, too.

    Parameters
    ----------
    z : Tensor of shape (n_samples, n_features)
        Rows, ordered by class.

    counts : sequence of int
        Rows of each class.

    n_neighbors : int
        How many. They repeat where a class has fewer; a row that is alone is its own neighbour.

    Attributes
    ----------
    n_steps : int
        How many parts are looked at.
    """

    def __init__(self, z: Tensor, counts: Sequence[int], n_neighbors: int):
        self._z, self._counts, self._k = z, list(counts), n_neighbors
        self._part = max(PART, 4 * n_neighbors)
        self.n_steps = sum(map(self._n_parts, self._counts))
        self._steps = self._run()
        self._found = np.zeros((len(z), n_neighbors), dtype=np.int64)

    @property
    def is_long(self) -> bool:
        """Whether some class is parted: it takes seconds, or more."""
        return self.n_steps > len(self._counts)

    def _n_parts(self, n: int) -> int:
        if n <= max(MAX_EXACT, self._part):
            return 1
        n_halvings = int(np.ceil(np.log2(n / self._part)))
        return N_PARTINGS * 2**n_halvings

    def step(self, _: int = 0) -> None:
        """Look at the next part."""
        next(self._steps, None)

    def finish(self) -> Tensor:
        """Look at all parts that are left; return indices (n_samples, n_neighbors)."""
        for _ in self._steps:
            pass
        return torch.from_numpy(self._found).to(self._z.device)

    def _run(self) -> Iterator[None]:
        start = 0
        for n, part in zip(self._counts, self._z.split(self._counts)):
            found, z = self._found[start : start + n], part.cpu().numpy()
            if self._n_parts(n) == 1:
                found[:] = _neighbours(z, self._k)
                yield
            else:
                yield from self._parted(z, found)
            found += start
            start += n

    def _parted(self, z: np.ndarray, found: np.ndarray) -> Iterator[None]:
        """Write the neighbours in a large class, part by part."""
        stream = np.random.RandomState(0)  # which parts, no row depends on
        distance = np.full(found.shape, np.inf, dtype=z.dtype)
        found[:] = -1
        for _ in range(N_PARTINGS):
            for rows in _parts(z, self._n_parts(len(z)) // N_PARTINGS, stream):
                search = NearestNeighbors(n_neighbors=self._k).fit(z[rows])
                new_distance, new = search.kneighbors()
                new, old = rows[new], found[rows]
                new_distance[(new[:, :, None] == old[:, None]).any(axis=2)] = np.inf
                both = np.hstack([distance[rows], new_distance])
                nearest = np.argsort(both, axis=1, kind="stable")[:, : self._k]
                distance[rows] = np.take_along_axis(both, nearest, axis=1)
                found[rows] = np.take_along_axis(np.hstack([old, new]), nearest, axis=1)
                yield


def _parts(z: np.ndarray, n_parts: int, stream: np.random.RandomState) -> Iterator[np.ndarray]:
    """Yield the indices of rows that lie together: a power of two of parts, alike in size."""
    waiting = [(np.arange(len(z)), n_parts)]
    while waiting:
        rows, n = waiting.pop()
        if n == 1:
            yield rows
            continue
        a, b = z[rows[stream.randint(len(rows), size=2)]]
        order = np.argpartition(z[rows] @ (a - b), len(rows) // 2)
        waiting += [(rows[half], n // 2) for half in np.array_split(order, 2)]


def class_neighbours(z: Tensor, counts: Sequence[int], n_neighbors: int) -> Tensor:
    """Return indices (n_samples, n_neighbors) of the nearest other rows of the class.

    ``z`` is ordered by class, with ``counts`` rows each; see :class:`NeighbourSearch`.
    """
    return NeighbourSearch(z, counts, n_neighbors).finish()


def _neighbours(z: np.ndarray, n_neighbors: int) -> np.ndarray:
    """Return indices (n_samples, n_neighbors) of other rows; repeated where there are fewer."""
    k = min(n_neighbors, len(z) - 1)
    if k < 1:
        return np.zeros((len(z), n_neighbors), dtype=np.int64)
    found = NearestNeighbors(n_neighbors=k).fit(z).kneighbors(return_distance=False)
    return found[:, np.arange(n_neighbors) % k]
