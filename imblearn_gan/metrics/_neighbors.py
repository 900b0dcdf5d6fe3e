"""Fidelity, diversity and memorisation from nearest neighbours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from imblearn_gan.metrics._features import Pair, two_features

_BOUNDARY = 1 - 1e-9


class PrecisionRecall(NamedTuple):
    """What :func:`precision_recall` gives."""

    precision: float
    recall: float


class DensityCoverage(NamedTuple):
    """What :func:`density_coverage` gives."""

    density: float
    coverage: float


def _radii(rows: np.ndarray, n_neighbors: int, name: str) -> np.ndarray:
    """Distance of each row to its k-th nearest other row, which is outside, come what rounding."""
    if not 1 <= n_neighbors < len(rows):
        raise ValueError(
            f"n_neighbors must be at least 1 and less than the number of rows. Got {n_neighbors} "
            f"for the {len(rows)} rows of {name}."
        )
    distances, _ = NearestNeighbors(n_neighbors=n_neighbors).fit(rows).kneighbors()
    return distances[:, -1] * _BOUNDARY


def _n_balls(rows: np.ndarray, centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """In how many of the balls each row is."""
    parts = pairwise_distances_chunked(
        rows, centres, reduce_func=lambda distances, _: (distances < radii).sum(axis=1)
    )
    return np.concatenate(list(parts))


def precision_recall(
    X_real: Any, X_generated: Any, *, n_neighbors: int = 3, features: Any = None
) -> PrecisionRecall:
    """Improved precision and recall of generated rows.

    A set covers the balls round its rows that reach to the k-th nearest other row [1]_.

    Parameters
    ----------
    X_real, X_generated : {array-like, dataframe, sparse matrix} of shape (n_rows, ...)
        Rows, of about the same number.

    n_neighbors : int, default=3
        k; the paper's value.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    precision : float
        Share of generated rows inside what real rows cover: fidelity.

    recall : float
        Share of real rows inside what generated rows cover: diversity.

    References
    ----------
    .. [1] T. Kynkäänniemi et al., "Improved precision and recall metric for assessing generative
       models", NeurIPS 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import precision_recall
    >>> X = np.arange(20.0)[:, None]
    >>> precision_recall(X, X[:10])  # half of the data, faithfully
    PrecisionRecall(precision=1.0, recall=0.6)
    """
    real, generated = two_features(X_real, X_generated, features)
    inside_real = _n_balls(generated, real, _radii(real, n_neighbors, "X_real"))
    inside_generated = _n_balls(real, generated, _radii(generated, n_neighbors, "X_generated"))
    return PrecisionRecall(float((inside_real > 0).mean()), float((inside_generated > 0).mean()))


def density_coverage(
    X_real: Any, X_generated: Any, *, n_neighbors: int = 5, features: Any = None
) -> DensityCoverage:
    """Density and coverage of generated rows.

    Of the balls round real rows that reach to the k-th nearest other real row [1]_: unlike
    precision and recall, these do not swell with a few odd rows.

    Parameters
    ----------
    X_real, X_generated : {array-like, dataframe, sparse matrix} of shape (n_rows, ...)
        Rows.

    n_neighbors : int, default=5
        k; the paper's value.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    density : float
        In how many balls a generated row is, over k: fidelity. About 1 for rows of the same
        distribution; it may exceed 1.

    coverage : float
        Share of balls that hold a generated row: diversity.

    References
    ----------
    .. [1] M. F. Naeem et al., "Reliable fidelity and diversity metrics for generative models",
       ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import density_coverage
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> density_coverage(X, X + 100)
    DensityCoverage(density=0.0, coverage=0.0)
    """
    real, generated = two_features(X_real, X_generated, features)
    radii = _radii(real, n_neighbors, "X_real")
    density = _n_balls(generated, real, radii).mean() / n_neighbors
    nearest = NearestNeighbors(n_neighbors=1).fit(generated).kneighbors(real)[0][:, 0]
    return DensityCoverage(float(density), float((nearest < radii).mean()))


def memorized_share(
    X_real: Any, X_generated: Any, *, ratio: float = 1.0, features: Any = None
) -> Pair:
    """Share of generated rows that are closer to a training row than training rows are.

    A row counts if its distance to its nearest real row is less than ``ratio`` times the
    distance of that real row to its own nearest other real row.

    Rows that are new count too, by chance: more than half of them, in a few dimensions. So the
    figure stands beside that of the real rows, each held against all the others. A generated
    share well above the real one, towards 1, means copies; a smaller ``ratio`` asks for closer
    ones, and fewer count by chance.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_rows, ...)
        The rows that the sampler was trained on, at least three.

    X_generated : {array-like, dataframe, sparse matrix} of shape (n_rows, ...)
        Generated rows.

    ratio : float, default=1.0
        How much closer, above 0.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    generated : float
        Share of generated rows that count.

    real : float
        Share of real rows that count, each held against the others.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import memorized_share
    >>> rng = np.random.default_rng(0)
    >>> X, fresh = rng.normal(size=(2, 300, 8))
    >>> memorized_share(X, X + 1e-3, ratio=0.5)
    Pair(generated=1.0, real=0.01)
    >>> round(memorized_share(X, fresh, ratio=0.5).generated, 2)
    0.0
    """
    real, generated = two_features(X_real, X_generated, features)
    if not ratio > 0:
        raise ValueError(f"ratio must be above 0. Got {ratio!r}.")
    if len(real) < 3:
        raise ValueError(f"X_real must have at least three rows. Got {len(real)}.")
    neighbors = NearestNeighbors(n_neighbors=2).fit(real)
    far, found = neighbors.kneighbors()
    distance, nearest = (a[:, 0] for a in neighbors.kneighbors(generated, n_neighbors=1))
    share = (distance < ratio * far[nearest, 0]).mean()
    # the nearest of a row's nearest, the row itself left out
    own = found[:, 0]
    mutual = found[own, 0] == np.arange(len(real))
    rest = np.where(mutual, far[own, 1], far[own, 0])
    return Pair(float(share), float((far[:, 0] < ratio * rest).mean()))
