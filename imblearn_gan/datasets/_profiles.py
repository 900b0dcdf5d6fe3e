"""Long-tailed parts of balanced data: the papers' profiles, and any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from scipy import sparse
from sklearn.utils import _safe_indexing, check_consistent_length, column_or_1d

from imblearn_gan.data import check_no_label_missing, label_keys
from imblearn_gan.seeding import stream_of

_GAMO_GRAY = (4000, 2000, 1000, 750, 500, 350, 200, 100, 60, 40)
_GAMO_COLOR = (4500, 2000, 1000, 800, 600, 500, 400, 250, 150, 80)
_GAMO_SMALL = (15000, 1500, 750, 300, 150)

#: Training rows of each class in the papers. GAMO's classes of CelebA are blonde, black, bald,
#: brown and gray hair; of LSUN classroom, church outdoor, conference room, dining room and tower:
#: pass them as ``classes`` of :func:`make_longtailed`.
PROFILES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "gamo_mnist": _GAMO_GRAY,
        "gamo_fashion_mnist": _GAMO_GRAY,
        "gamo_cifar10": _GAMO_COLOR,
        "gamo_svhn": _GAMO_COLOR,
        "gamo_celeba_small": _GAMO_SMALL,
        "gamo_celeba_large": (28000, 4000, 3000, 1500, 750),
        "gamo_lsun_small": _GAMO_SMALL,
        "gamo_lsun_large": (50000, 5000, 3000, 1500, 750),
        "bagan_gp_fashion_mnist": (4166, 73, 139, 210, 287, 370, 422, 387, 545, 651),
        "bagan_gp_cifar10": (3490, 71, 130, 221, 269, 349, 435, 485, 572, 628),
    }
)


def _class_counts(y: Any) -> dict[Any, int]:
    """Rows of each class, ordered by label."""
    labels = column_or_1d(y)
    check_no_label_missing(y)
    labels, counts = np.unique(labels, return_counts=True)
    return dict(zip(label_keys(labels), counts.tolist()))


def decaying_counts(
    n_max: int,
    ratio: float,
    n_classes: int,
    decay: Literal["exponential", "linear", "step"] = "exponential",
) -> tuple[int, ...]:
    """Counts that fall from ``n_max`` to ``n_max / ratio``.

    Parameters
    ----------
    n_max : int
        Rows of the first class.

    ratio : float
        Imbalance ratio, at least 1: rows of the first class to one of the last.

    n_classes : int
        Number of classes, at least 2.

    decay : {'exponential', 'linear', 'step'}, default='exponential'
        By one factor, by one difference, or all at once in the middle. Exponential decay gives
        the usual long-tailed CIFAR-10 [1]_, step decay that of [2]_.

    Returns
    -------
    tuple of int
        Counts, rounded down.

    Raises
    ------
    ValueError
        If a parameter is wrong, or the last class would have no rows.

    References
    ----------
    .. [1] Y. Cui, M. Jia, T.-Y. Lin, Y. Song and S. Belongie, "Class-balanced loss based on
       effective number of samples", CVPR 2019.
    .. [2] M. Buda, A. Maki and M. A. Mazurowski, "A systematic study of the class imbalance
       problem in convolutional neural networks", Neural Networks 106, 2018.

    Examples
    --------
    >>> from imblearn_gan.datasets import decaying_counts
    >>> decaying_counts(5000, ratio=100, n_classes=5)
    (5000, 1581, 500, 158, 50)
    >>> decaying_counts(5000, ratio=100, n_classes=5, decay="step")
    (5000, 5000, 50, 50, 50)
    """
    if not isinstance(n_classes, Integral) or n_classes < 2:
        raise ValueError(f"n_classes must be an integer >= 2. Got {n_classes!r}.")
    if not 1 <= ratio <= n_max:
        raise ValueError(f"ratio must be between 1 and n_max ({n_max} rows). Got {ratio!r}.")
    place = np.arange(n_classes) / (n_classes - 1)
    if decay == "exponential":
        fractions = ratio**-place
    elif decay == "linear":
        fractions = 1 - place * (1 - 1 / ratio)
    elif decay == "step":
        fractions = np.where(np.arange(n_classes) < n_classes // 2, 1, 1 / ratio)
    else:
        raise ValueError(f"decay must be 'exponential', 'linear' or 'step'. Got {decay!r}.")
    return tuple(np.floor(n_max * fractions + 1e-9).astype(int).tolist())


def drop_fraction(y: Any, label: Any, fraction: float) -> dict[Any, int]:
    """Count of one class that loses a fraction of its rows, as in BAGAN [1]_ and GANDA.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels.

    label : object
        The class. The papers take each in turn.

    fraction : float
        Fraction of its rows to drop, in [0, 1). The papers drop 0.4, 0.6, 0.8, 0.9, 0.95 and 0.975.

    Returns
    -------
    dict
        ``{label: rows that stay}``, for :func:`make_longtailed`.

    Raises
    ------
    ValueError
        If ``y`` lacks the label or has missing ones, or no row would stay.

    References
    ----------
    .. [1] G. Mariani, F. Scheidegger, R. Istrate, C. Bekas and C. Malossi, "BAGAN: Data
       Augmentation with Balancing GAN", 2018.

    Examples
    --------
    >>> from imblearn_gan.datasets import drop_fraction
    >>> drop_fraction([0] * 40 + [1] * 40, label=1, fraction=0.975)
    {1: 1}
    """
    counts = _class_counts(y)
    if label not in counts:
        raise ValueError(f"label must be one of {list(counts)}. Got {label!r}.")
    n = counts[label] - round(counts[label] * fraction)
    if not 0 <= fraction < 1 or n < 1:
        raise ValueError(
            f"fraction must be in [0, 1) and leave a row of the {counts[label]}. Got {fraction!r}."
        )
    return {label: n}


def divide_rest(y: Any, label: Any, divisor: float) -> dict[Any, int]:
    """Counts where one class stays whole and all others are divided, as in CAPGAN.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels.

    label : object
        The class that stays whole.

    divisor : float
        What the rows of the others are divided by. The paper takes 5, 10, 20, 50 and 100.

    Returns
    -------
    dict
        ``{label: rows that stay}`` of the other classes, for :func:`make_longtailed`.

    Raises
    ------
    ValueError
        If ``y`` lacks the label or has missing ones, or a class would have no rows.

    Examples
    --------
    >>> from imblearn_gan.datasets import divide_rest
    >>> divide_rest([0] * 40 + [1] * 40 + [2] * 20, label=0, divisor=10)
    {1: 4, 2: 2}
    """
    counts = _class_counts(y)
    if label not in counts:
        raise ValueError(f"label must be one of {list(counts)}. Got {label!r}.")
    del counts[label]
    smallest = min(counts.values(), default=0)
    if not 1 <= divisor <= smallest:
        raise ValueError(
            f"divisor must be between 1 and {smallest}, the rows of the smallest other class. "
            f"Got {divisor!r}."
        )
    return {other: int(n // divisor) for other, n in counts.items()}


def _wanted_counts(y: Any, profile: Any, classes: Sequence[Any] | None) -> dict[Any, int]:
    """Rows that the profile asks of each class, ordered by label."""
    there = _class_counts(y)
    order = list(there) if classes is None else list(classes)
    if len(order) != len(there) or set(order) != set(there):
        raise ValueError(f"classes must name each of {list(there)} once. Got {order}.")
    counts = profile.to_dict() if hasattr(profile, "to_dict") else profile
    if isinstance(profile, str):
        if profile not in PROFILES:
            raise ValueError(
                f"profile must be counts, an imbalance ratio, or one of {sorted(PROFILES)}. "
                f"Got {profile!r}."
            )
        counts = PROFILES[profile]
    elif isinstance(profile, Real):
        counts = decaying_counts(there[order[0]], float(profile), len(order))
    if not isinstance(counts, Mapping):
        if not isinstance(counts, (Sequence, np.ndarray)):
            raise ValueError(
                "profile must be a name, an imbalance ratio, counts or a dict of counts. Got "
                f"{profile!r}."
            )
        if len(counts) != len(order):
            raise ValueError(f"profile has {len(counts)} counts. y has {len(order)} classes.")
        counts = dict(zip(order, counts))
    if unknown := [label for label in counts if label not in there]:
        raise ValueError(f"profile names {unknown}. The classes of y are {list(there)}.")
    for label, n in counts.items():
        if not isinstance(n, Integral) or n < 1:
            raise ValueError(f"profile must ask for integers >= 1. Got {n!r} of class {label!r}.")
    if short := [
        f"{n} of class {label!r}, which has {there[label]}"
        for label, n in counts.items()
        if n > there[label]
    ]:
        raise ValueError(f"profile asks for more rows than there are: {'; '.join(short)}.")
    return {label: int(counts.get(label, n)) for label, n in there.items()}


def make_longtailed(
    X: Any,
    y: Any,
    profile: Any,
    *,
    classes: Sequence[Any] | None = None,
    random_state: int | np.random.RandomState | None = None,
    return_indices: bool = False,
) -> tuple[Any, ...]:
    """Draw an imbalanced part of the rows, without replacement.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n, ...)
        Rows: a table, images, or anything of that length.

    y : array-like of shape (n,)
        Labels.

    profile : str, float, sequence of int, dict or pandas Series
        Rows of each class:

        - a name in ``PROFILES``;
        - a number: the imbalance ratio of an exponential decay from all rows of the first class;
        - a sequence, such as :func:`decaying_counts` gives: counts by class;
        - a dict, such as :func:`drop_fraction` and :func:`divide_rest` give: ``{label: count}``,
          or a Series with the labels as its index, such as ``y.value_counts() // 10``. Classes
          it does not name keep all rows.

    classes : sequence or None, default=None
        All labels in the order of the profile; None takes them sorted. A dict or Series
        needs none.

    random_state : int, RandomState instance or None, default=None
        Seed of the draw. With the same seed, a larger profile has the rows of a smaller one.

    return_indices : bool, default=False
        Whether to give the indices too.

    Returns
    -------
    X_drawn : same container as X
        Rows drawn, ordered by class.

    y_drawn : same container as y
        Their labels.

    drawn : ndarray of int
        Their indices. Only with ``return_indices``.

    left_out : ndarray of int
        Indices of all other rows, ordered by class and shuffled within: rows to validate on.
        Only with ``return_indices``.

    Raises
    ------
    ValueError
        If there are no rows, ``y`` has missing labels, or the profile does not fit ``y``: what
        it asks for, and what there is.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan.datasets import make_longtailed
    >>> digits = load_digits()
    >>> X, y = make_longtailed(digits.images, digits.target, profile=20, random_state=0)
    >>> X.shape, np.bincount(y).tolist()
    ((602, 8, 8), [178, 127, 91, 65, 47, 33, 24, 17, 12, 8])
    """
    check_consistent_length(X, y)
    labels = column_or_1d(y)
    if not len(labels):
        raise ValueError("X and y must have at least one row. Got none.")
    rng = stream_of(random_state)
    drawn, left_out = [], []
    for label, n in _wanted_counts(y, profile, classes).items():
        rows = rng.permutation(np.flatnonzero(labels == label))
        drawn.append(rows[:n])
        left_out.append(rows[n:])
    rows = np.concatenate(drawn)
    # some sparse formats give no rows
    X_drawn = X.tocsr()[rows].asformat(X.format) if sparse.issparse(X) else _safe_indexing(X, rows)
    result = X_drawn, _safe_indexing(y, rows)
    return (*result, rows, np.concatenate(left_out)) if return_indices else result
