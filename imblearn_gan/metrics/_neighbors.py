"""Fidelity, diversity and memorisation from nearest neighbours."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from imblearn_gan.metrics._features import Pair, two_features


class PrecisionRecall(NamedTuple):
    """What :func:`precision_recall` gives."""

    precision: float
    recall: float


class DensityCoverage(NamedTuple):
    """What :func:`density_coverage` gives."""

    density: float
    coverage: float


def _radii(rows: np.ndarray, n_neighbors: int, name: str) -> np.ndarray:
    """Return the squared distance of each row to its k-th nearest other row."""
    if not isinstance(n_neighbors, Integral) or not 1 <= n_neighbors < len(rows):
        raise ValueError(
            "n_neighbors must be an integer, at least 1 and less than the number of rows. Got "
            f"{n_neighbors} for the {len(rows)} rows of {name}."
        )
    # a row is the nearest to itself
    parts = _distances(rows, rows, lambda d: np.partition(d, n_neighbors, axis=1)[:, n_neighbors])
    return np.concatenate(list(parts))


def _distances(rows: np.ndarray, others: np.ndarray, reduce: Callable) -> Iterator[np.ndarray]:
    """Yield squared distances, some rows at a time, and exact: those of equal rows are zero."""
    return pairwise_distances_chunked(
        rows, others, metric="sqeuclidean", reduce_func=lambda distances, _: reduce(distances)
    )


def _n_balls(
    rows: np.ndarray, centres: np.ndarray, radii: np.ndarray, inside: Callable
) -> np.ndarray:
    """Return in how many of the balls each row is; ``inside`` compares distance and radius."""
    parts = _distances(rows, centres, lambda distances: inside(distances, radii).sum(axis=1))
    return np.concatenate(list(parts))


def precision_recall(
    X_real: Any, X_generated: Any, *, n_neighbors: int = 3, features: Any = None
) -> PrecisionRecall:
    """Compute improved precision and recall of generated rows.

    A set covers the balls round its rows that reach to the k-th nearest other row, and hold
    it [1]_.

    Parameters
    ----------
    X_real, X_generated : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows, of about the same number.

    n_neighbors : int, default=3
        k; the paper's value.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    precision : float
        Fraction of generated rows inside what real rows cover: fidelity.

    recall : float
        Fraction of real rows inside what generated rows cover: diversity.

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
    PrecisionRecall(precision=1.0, recall=0.65)
    """
    real, generated = two_features(X_real, X_generated, features)
    sets = (generated, real, "X_real"), (real, generated, "X_generated")
    fractions = [
        (_n_balls(rows, others, _radii(others, n_neighbors, name), np.less_equal) > 0).mean()
        for rows, others, name in sets
    ]
    return PrecisionRecall(*map(float, fractions))


def density_coverage(
    X_real: Any, X_generated: Any, *, n_neighbors: int = 5, features: Any = None
) -> DensityCoverage:
    """Compute density and coverage of generated rows.

    Of the balls round real rows that reach to the k-th nearest other real row, but do not hold
    it [1]_: unlike precision and recall, these do not swell with a few odd rows.

    Parameters
    ----------
    X_real, X_generated : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
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
        Fraction of balls that hold a generated row: diversity.

    Warns
    -----
    UserWarning
        If a real row stands more than k times in ``X_real``: its ball is empty, and nothing,
        copies included, counts as inside. Leave repeated rows out, or take
        :func:`precision_recall`.

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
    if not radii.all():
        warnings.warn(
            f"{np.count_nonzero(radii == 0)} rows of X_real have {n_neighbors} copies or more: "
            "their balls are empty, and density and coverage too small. Leave repeated rows out.",
            stacklevel=2,
        )
    density = _n_balls(generated, real, radii, np.less).mean() / n_neighbors
    nearest = np.concatenate(list(_distances(real, generated, lambda d: d.min(axis=1))))
    return DensityCoverage(float(density), float((nearest < radii).mean()))


def memorized_fraction(
    X_real: Any, X_generated: Any, *, ratio: float = 1.0, features: Any = None
) -> Pair:
    """Compute the fraction of generated rows closer to a training row than training rows are.

    A row counts if its distance to its nearest real row is less than ``ratio`` times the
    distance of that real row to the nearest different one, or zero.

    Rows that are new count too, by chance: more than half of them, in a few dimensions. So the
    figure stands beside that of the real rows, each held against all the others. A generated
    fraction well above the real one, towards 1, means copies; a smaller ``ratio`` asks for closer
    ones, and fewer count by chance.

    Parameters
    ----------
    X_real : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        The rows that the sampler was trained on, at least three different ones.

    X_generated : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Generated rows.

    ratio : float, default=1.0
        How much closer, above 0.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    generated : float
        Fraction of generated rows that count.

    real : float
        Fraction of real rows that count, each held against the others. Repeated rows do.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import memorized_fraction
    >>> rng = np.random.default_rng(0)
    >>> X, fresh = rng.normal(size=(2, 300, 8))
    >>> memorized_fraction(X, X + 1e-3, ratio=0.5)
    Pair(generated=1.0, real=0.01)
    >>> round(memorized_fraction(X, fresh, ratio=0.5).generated, 2)
    0.0
    """
    real, generated = two_features(X_real, X_generated, features)
    if not ratio > 0:
        raise ValueError(f"ratio must be above 0. Got {ratio!r}.")
    n_samples = len(real)
    real, copies = np.unique(real, axis=0, return_counts=True)
    if len(real) < 3:
        raise ValueError(
            f"X_real must have at least three different rows. Got {len(real)} of {n_samples}."
        )
    neighbors = NearestNeighbors(n_neighbors=2).fit(real)
    found = neighbors.kneighbors(return_distance=False)
    nearest = neighbors.kneighbors(generated, n_neighbors=1, return_distance=False)[:, 0]
    # exact, so that those of copies are zero
    far = np.stack([np.linalg.norm(real - real[found[:, i]], axis=1) for i in (0, 1)], axis=1)
    distance = np.linalg.norm(generated - real[nearest], axis=1)
    # the nearest of a row's nearest, the row itself left out
    own = found[:, 0]
    mutual = found[own, 0] == np.arange(len(real))
    rest = np.where(mutual, far[own, 1], far[own, 0])
    counted = (distance < ratio * far[nearest, 0]) | (distance == 0)
    real_counted = (far[:, 0] < ratio * rest) | (copies > 1)
    return Pair(float(counted.mean()), float(np.average(real_counted, weights=copies)))
