"""Balanced sets: drawn from a sampler that was trained once, or resampled afresh."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from joblib import parallel_config
from sklearn import config_context
from sklearn.base import clone

from imblearn_gan._more_rows import some_of
from imblearn_gan._replay import n_repeated
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.data import label_keys
from imblearn_gan.over_sampling import CWGANGPOversampler
from imblearn_gan.resampled._parts import (
    check_instance,
    last_step,
    seeded,
    takes_images,
    transformers,
)
from imblearn_gan.resampled._trial import in_words, said_of, shortened
from imblearn_gan.seeding import MAX_SEED

#: What ``sampler=None`` stands for, by the kind of data. Tables: of our samplers that whose sets
#: came first on the nine tables of docs/benchmarks/proof.md by which it was chosen; the others
#: there are its test. Images: first in docs/benchmarks/fashion_mnist.md before a network that
#: changes its images itself, and free; before a plain CNN CGANOversampler(replay=0.75) leads it.
DEFAULT_SAMPLERS: dict[str, Any] = {
    "tables": CWGANGPOversampler(),
    "images": RandomOverSampler(),
}

#: Sizes of classes that have a name.
NAMED_SIZES = ("largest", "geometric_mean", "smallest")


class BalancedSet(NamedTuple):
    """Rows to learn from.

    ``source`` says which row of X each one is; -1 for one that is made up. It is None where the
    sampler does not tell.
    """

    X: Any
    y: np.ndarray
    source: np.ndarray | None

    def within(self, kept: np.ndarray | None) -> BalancedSet:
        """Return the same set, ``source`` being of the rows that ``kept`` was taken from."""
        if kept is None or self.source is None:
            return self
        return self._replace(source=np.where(self.source < 0, -1, kept[self.source]))


def default_sampler(X: Any, classifier: Any) -> Any:
    """Return a sampler for this kind of data: arrays of images, or what a classifier takes so."""
    flat = getattr(last_step(classifier)[1], "image_shape", None) is not None
    return clone(DEFAULT_SAMPLERS["images" if flat or len(X.shape) > 2 else "tables"])


def check_sampler(sampler: Any, weight: Any, synthetic_weight: float) -> None:
    """Raise an error for a sampler that cannot do what is asked, whatever the data."""
    check_instance("sampler", sampler)
    if changing := transformers(sampler):
        raise ValueError(
            f"sampler is a pipeline whose steps {changing} transform rows: rows to predict would "
            "stay as they are. Put these steps into classifier."
        )
    asked = weight is not None or synthetic_weight != 1
    if asked and (hasattr(sampler, "steps") or _cleans(sampler)):
        raise _untold(sampler, weight, synthetic_weight)


def known_source(
    sampler: Any, drawn: BalancedSet, weight: Any, synthetic_weight: float
) -> np.ndarray:
    """Return which row of X each row of a set is; raise a ValueError if the sampler does not tell.

    ``weight`` and ``synthetic_weight`` are what asks for it.
    """
    if drawn.source is None:
        raise _untold(sampler, weight, synthetic_weight)
    return drawn.source


def _untold(sampler: Any, weight: Any, synthetic_weight: float) -> ValueError:
    given = ["sample_weight"] * (weight is not None)
    given += [f"synthetic_weight={synthetic_weight}"] * (synthetic_weight != 1)
    pipeline = " alone, not in a pipeline" * hasattr(sampler, "steps")
    return ValueError(
        f"{sampler!r} does not tell which rows it has made: {' and '.join(given)} cannot be used "
        "with it. Take a sampler of this package or an over-sampler of "
        f"imbalanced-learn{pipeline}."
    )


def draws(
    sampler: Any,
    X: Any,
    y: np.ndarray,
    n_draws: int,
    stream: np.random.RandomState,
    class_size: str | int = "largest",
    weight: np.ndarray | None = None,
) -> tuple[Any, Iterator[BalancedSet]]:
    """Fit a clone of a sampler; return it and the balanced sets, the others as they are asked for.

    Parameters
    ----------
    sampler : object with the method ``fit_resample``
        One of this package is trained once: the other sets have fresh generated rows and freshly
        dealt repeated ones. Any other resamples anew for each.

    X : {ndarray, dataframe, sparse matrix}
        Rows in native form.

    y : ndarray of shape (n_samples,)
        Labels.

    n_draws : int
        How many sets.

    stream : RandomState
        Where seeds come from. The first set keeps those that the sampler has itself.

    class_size : {'largest', 'geometric_mean', 'smallest'} or int, default='largest'
        Rows of a class in each set. Larger classes are drawn from, without replacement.

    weight : ndarray of shape (n_samples,) or None, default=None
        Weights of the rows: of larger classes those of weight 0 are drawn last.

    Raises
    ------
    ValueError
        If both ``class_size`` and the strategy of the sampler say how many rows there are.
    """
    seeds = [int(seed) for seed in stream.randint(MAX_SEED, size=n_draws)]
    size = _rows_of_a_class(y, class_size)
    if size is not None:
        _check_strategy(sampler, class_size)
    fitted = seeded(sampler, seeds[0])
    ours = isinstance(fitted, BaseGANOversampler)
    first = None
    if not ours or size is None:
        kept = _kept(y, size, seeds[0], weight)
        fitted, found = _resampled(fitted, *some_of(X, y, kept))
        first = found.within(kept)
    elif size > np.unique(y, return_counts=True)[1].min():
        fitted.fit_resample(X, y)
    else:
        fitted.fit(X, y)  # nothing is to be made: no training

    def again(seed: int) -> BalancedSet:
        kept = _kept(y, size, seed, weight)
        rows = some_of(X, y, kept)
        found = _drawn(fitted, *rows, seed, size) if ours else _refitted(fitted, *rows, seed)
        return found.within(kept)

    def sets() -> Iterator[BalancedSet]:
        yield again(seeds[0]) if first is None else first
        yield from map(again, seeds[1:])

    return fitted, sets()


def _check_strategy(sampler: Any, class_size: str | int) -> None:
    """Raise a ValueError if the sampler has numbers of rows of its own."""
    strategy = getattr(sampler, "sampling_strategy", "auto")
    if not isinstance(strategy, str):
        raise ValueError(
            f"class_size={class_size!r} says how many rows each class has, and so does the "
            f"sampling_strategy={strategy!r} of the sampler. Leave that at 'auto', or class_size "
            "at 'largest'."
        )


def next_set(sets: Iterator[BalancedSet], config: dict) -> BalancedSet:
    """Draw a set under these settings of scikit-learn, which another thread does not know.

    One by one: joblib holds a lock meanwhile, for which jobs that a sampler starts would wait.
    """
    with config_context(**config), parallel_config(backend="sequential"):
        return next(sets)


def _rows_of_a_class(y: np.ndarray, class_size: str | int) -> int | None:
    """Return how many rows each class is brought to; None is as many as the largest has."""
    counts = np.unique(y, return_counts=True)[1]
    smallest, largest = int(counts.min()), int(counts.max())
    named = dict(zip(NAMED_SIZES, (largest, isqrt(smallest * largest), smallest)))
    size = named[class_size] if isinstance(class_size, str) else int(class_size)
    return size if size < largest else None


def _kept(
    y: np.ndarray, size: int | None, seed: int, weight: np.ndarray | None
) -> np.ndarray | None:
    """Return which rows a set starts from, in their order, at most ``size`` of a class; or all."""
    if size is None:
        return None
    stream = np.random.RandomState(seed)

    def of_class(label: Any) -> np.ndarray:
        rows = stream.permutation(np.flatnonzero(y == label))
        if weight is not None:
            rows = rows[np.argsort(weight[rows] == 0, kind="stable")]
        return rows[:size]

    return np.sort(np.concatenate([of_class(label) for label in np.unique(y)]))


def _refitted(fitted: Any, X: Any, y: np.ndarray, seed: int) -> BalancedSet:
    return _resampled(seeded(fitted, seed, afresh=True), X, y)[1]


def _drawn(
    sampler: BaseGANOversampler, X: Any, y: np.ndarray, seed: int, size: int | None
) -> BalancedSet:
    """Return the rows of X, fresh generated ones, and repeated ones dealt anew, in this order."""
    names = label_keys(sampler.classes_)
    added = sampler._added_by_class()
    if size is not None:
        missing = size - np.unique(y, return_counts=True)[1]
        added = [int(n) if asked else 0 for n, asked in zip(missing, added)]
    repeated = np.array(n_repeated(added, sampler.replay))
    made = np.array(added) - repeated
    targets = np.unique(y, return_counts=True)[1] + repeated
    copier = seeded(sampler, seed, afresh=True)
    copier.set_params(replay=1.0, sampling_strategy=dict(zip(names, targets.tolist())))
    rows, labels = copier.fit_resample(X, y)  # trains nothing
    source = copier.sample_source_
    if not made.sum():
        return BalancedSet(rows, labels, source)
    new, new_labels = sampler.sample(dict(zip(names, made.tolist())), random_state=seed)
    n = len(y)
    blocks = [rows[:n], new, rows[n:]] if len(source) > n else [rows, new]
    return BalancedSet(
        sampler.codec_.stack(blocks),
        np.concatenate([labels[:n], new_labels, labels[n:]]),
        np.concatenate([source[:n], np.full(len(new_labels), -1), source[n:]]),
    )


def fit_resample(sampler: Any, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
    """Resample; a sampler gets flat images if it takes no others."""
    if len(X.shape) < 3 or takes_images(sampler):
        return sampler.fit_resample(X, y)
    # in floating point: what interpolates would wrap round in unsigned integers
    rows, labels = sampler.fit_resample(X.reshape(len(X), -1).astype(np.float64), y)
    if X.dtype.kind == "b":
        rows = rows > 0.5
    elif X.dtype.kind in "iu":  # what moves rows may leave the range
        own = np.iinfo(X.dtype)
        rows = np.rint(rows).clip(own.min, own.max)
    return rows.reshape(-1, *X.shape[1:]).astype(X.dtype), labels


def _resampled(sampler: Any, X: Any, y: np.ndarray) -> tuple[Any, BalancedSet]:
    """Return the sampler, fitted, and what it gives; an error says which columns may be why."""
    try:
        rows, labels = fit_resample(sampler, X, y)
    except (TypeError, ValueError) as error:
        no_columns = len(X.shape) > 2 or isinstance(sampler, BaseGANOversampler)
        found = {} if no_columns else said_of(X)
        if not found:
            raise
        raise ValueError(
            f"sampler, a {type(sampler).__name__}, failed: {shortened(error)}. {in_words(found)} "
            "SMOTENC(categorical_features=...) interpolates beside text; the samplers of this "
            "package take text, dates and missing values."
        ) from error
    return sampler, BalancedSet(rows, labels, _source(sampler, labels, y))


def _cleans(sampler: Any) -> bool:
    """Return whether a sampler takes rows away again."""
    return type(sampler).__module__.startswith("imblearn.combine")


def _unless_jittered(
    sampler: Any, source: np.ndarray, labels: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Return ``source``, -1 for copies that ``RandomOverSampler(shrinkage=...)`` has moved."""
    factors = getattr(sampler, "shrinkage_", None) or {}
    moved = np.isin(labels, [label for label, factor in factors.items() if factor])
    return np.where(moved & (np.arange(len(labels)) >= len(y)), -1, source)


def _source(sampler: Any, labels: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Return which rows are which, as far as a sampler tells."""
    for name in ("sample_source_", "sample_indices_"):
        if hasattr(sampler, name):
            return _unless_jittered(sampler, np.asarray(getattr(sampler, name)).ravel(), labels, y)
    over = getattr(sampler, "_sampling_type", None) == "over-sampling"
    if (
        over and not _cleans(sampler) and np.array_equal(labels[: len(y)], y)
    ):  # new rows stand behind
        return np.where(np.arange(len(labels)) < len(y), np.arange(len(labels)), -1)
    return None
