"""How the values of one column become outputs of a network, and come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from imblearn_gan.data.containers import as_floats, column_of, is_missing

#: Most distinct numbers that are taken one by one, each with an output of its own.
MAX_STEPS = 10
#: Most values of a category with an output of their own; the rarest others share one.
MAX_LEVELS = 64
#: How frequent one number must be, in some class, to be told apart from the others.
MIN_SPIKE = 0.2
#: How much of the range of a column its middle nine tenths take, unless it is skewed.
MIN_BULK = 0.2
#: Numbers between which quantiles are interpolated, at most.
MAX_LANDMARKS = 256
#: Most distinct numbers that generated ones are moved to; each is there five times on average.
MAX_SNAPS = 1000

_ROUND_OFF = 1e-6


class Scale(Protocol):
    """From numbers to [-1, 1], and back."""

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers between -1 and 1."""
        ...

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Return numbers in the range that was seen."""
        ...


class MinMax:
    """Numbers scaled by their range.

    Parameters
    ----------
    low, high : float or ndarray
        What becomes -1 and 1; of several columns those of each.
    """

    def __init__(self, low: Any, high: Any):
        self.low, self.high = np.asarray(low), np.asarray(high)
        # between -1 and 1: the range of extreme numbers would overflow, or be 0
        largest = np.maximum(np.abs(self.low), np.abs(self.high))
        is_extreme = (largest > 2.0**1000) | (largest < 2.0**-1000)
        self._power = np.where(is_extreme, np.frexp(largest)[1], 0)
        half = self._small(self.high) / 2 - self._small(self.low) / 2
        self._has_range = half > 0
        self._half = np.where(self._has_range, half, 1.0)

    def _small(self, numbers: np.ndarray) -> np.ndarray:
        return np.ldexp(numbers, -self._power) if self._power.any() else numbers

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers between -1 and 1."""
        # from the lowest: the middle of large numbers near each other is none of float64's
        return (self._small(numbers) - self._small(self.low)) / self._half - self._has_range

    def decode(self, encoded: np.ndarray, low: Any = None, high: Any = None) -> np.ndarray:
        """Return numbers in the range, or in one in it; close to its ends they are the ends."""
        low, high = (self.low if low is None else low), (self.high if high is None else high)
        numbers = self._small(self.low) + (np.clip(encoded, -1, 1) + self._has_range) * self._half
        near = _ROUND_OFF * self._half
        numbers = np.where(numbers < self._small(low) + near, self._small(low), numbers)
        numbers = np.where(numbers > self._small(high) - near, self._small(high), numbers)
        if self._power.any():
            numbers = np.ldexp(numbers, self._power)
        return np.clip(numbers, low, high)


class Quantiles:
    """Numbers scaled by their rank: for columns whose bulk takes little of their range.

    Parameters
    ----------
    numbers : ndarray of shape (n_samples,)
        What was seen.

    weights : ndarray of shape (n_samples,)
        How much each counts.
    """

    def __init__(self, numbers: np.ndarray, weights: np.ndarray):
        order = np.argsort(numbers, kind="stable")
        mass = weights[order].cumsum()
        values, first = np.unique(numbers[order], return_index=True)
        below = np.r_[0.0, mass[first[1:] - 1]]
        ranks = (below + np.r_[below[1:], mass[-1]]) / (2 * mass[-1])  # the middle of ties
        if len(values) > MAX_LANDMARKS:
            wanted = np.linspace(0, 1, MAX_LANDMARKS)
            kept = np.searchsorted(ranks, wanted).clip(0, len(values) - 1)
            kept = np.unique(np.r_[0, kept, len(values) - 1])
            values, ranks = values[kept], ranks[kept]
        # between -1 and 1: the slopes of extreme numbers would overflow
        self._power = int(np.frexp(np.abs(values).max())[1])
        self.values = np.ldexp(values, -self._power)
        self.places = 2 * (ranks - ranks[0]) / max(ranks[-1] - ranks[0], _ROUND_OFF) - 1

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers between -1 and 1."""
        small = np.ldexp(numbers, -self._power)
        places = np.interp(small, self.values, self.places)
        # beside extreme numbers the others are so near zero that their slopes overflow
        lost = ~np.isfinite(places) & ~np.isnan(small)
        if lost.any():
            nearest = np.searchsorted(self.values, small[lost]).clip(max=len(self.values) - 1)
            places[lost] = self.places[nearest]
        return places

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Return numbers in the range."""
        return np.ldexp(np.interp(encoded, self.places, self.values), self._power)


class Gap:
    """One number as -1, and all others, scaled, apart from it: for tables of many such columns.

    Parameters
    ----------
    scale : Scale
        Of the others.

    spike : float
        The smallest number, which is frequent.
    """

    def __init__(self, scale: Scale, spike: float):
        self.scale, self.spike = scale, spike

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers between -1 and 1: -1, or above -0.2."""
        return np.where(numbers == self.spike, -1.0, 0.4 + 0.6 * self.scale.encode(numbers))

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Return numbers in the range."""
        usual = self.scale.decode(np.clip((encoded - 0.4) / 0.6, -1, 1))
        return np.where(encoded < -0.6, self.spike, usual)


def is_skewed(numbers: np.ndarray) -> bool:
    """Tell whether the middle nine tenths of numbers take little of their range."""
    low, high = numbers.min(), numbers.max()
    first, last = np.quantile(numbers, [0.05, 0.95])
    # halves: the range of extreme numbers would overflow
    return bool(last / 2 - first / 2 < MIN_BULK * (high / 2 - low / 2))


class NumberColumn:
    """A column of numbers or times: one output, and a group of outputs for its special values.

    Parameters
    ----------
    index : int
        Where the column is.

    numbers : ndarray of shape (n_samples,)
        Its values in float64, NaN where they are missing.

    weights : ndarray of shape (n_samples,)
        How much each counts.

    specials : dict of float to object
        Numbers, and NaN, that have outputs of their own, and what they stand for.

    method : {'minmax', 'quantile'}
        How the others are scaled.

    whole : bool
        Whether they are whole numbers.

    bounds : tuple of int or None
        The exact ends of the range, for integers that float64 cannot tell apart: numbers are
        then differences from the lowest.

    step : int
        What all differences between whole numbers are multiples of.

    real : bool, default=False
        Whether they are held as reals.
    """

    #: Where the group lies in an encoded row.
    place = slice(0, 0)
    #: In files of columns that do not say it, whole numbers are integers.
    real = False

    def __init__(
        self,
        index: int,
        numbers: np.ndarray,
        weights: np.ndarray,
        specials: Mapping[float, Any],
        method: str,
        whole: bool,
        bounds: tuple[int, int] | None,
        step: int,
        real: bool = False,
    ):
        self.index, self.whole, self.bounds, self.step = index, whole, bounds, step
        self.real = real
        self.specials = np.array(list(specials), dtype=np.float64)
        self.levels = list(specials.values())
        usual = self._state(numbers) == 0
        seen = numbers[usual] if usual.any() else np.zeros(1)
        weight = weights[usual] if usual.any() else np.ones(1)
        self.scale: Scale = (
            Quantiles(seen, weight) if method == "quantile" else MinMax(seen.min(), seen.max())
        )
        values = np.unique(seen)
        snaps = len(values) <= min(MAX_SNAPS, len(seen) / 5) and (real or not whole)
        self.snaps = values if snaps else None
        self.zero = bounds[0] if bounds else 0
        self._start = int(seen.min()) if whole and not bounds else 0
        self.filler = float(np.median(self.scale.encode(seen)))

    @property
    def size(self) -> int:
        """Outputs of the group: 'usual' first, then the special values; 0 without any."""
        return len(self.specials) + 1 if len(self.specials) else 0

    def with_gap(self) -> NumberColumn:
        """Return the column with its one special value in the output of the numbers."""
        self.scale = Gap(self.scale, float(self.specials[0]))
        self.specials, self.levels = np.empty(0), []
        return self

    def _state(self, numbers: np.ndarray) -> np.ndarray:
        """Return which special value each number is, from 1 on, or 0."""
        state = np.zeros(len(numbers), dtype=np.intp)
        for i, special in enumerate(self.specials, start=1):
            state[np.isnan(numbers) if np.isnan(special) else numbers == special] = i
        return state

    def encode(self, numbers: np.ndarray, out: np.ndarray, group: np.ndarray) -> None:
        """Write the outputs of numbers: ``out`` (n_samples,), ``group`` (n_samples, size)."""
        if not self.size:
            out[:] = self.scale.encode(numbers)
            return
        state = self._state(numbers)
        # where there is no number its output is in the middle of them
        usual = (state == 0) & ~np.isnan(numbers)
        out[:] = np.where(usual, self.scale.encode(np.where(usual, numbers, 0.0)), self.filler)
        group[:] = state[:, None] == np.arange(self.size)

    def decode(self, encoded: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Return values like those seen: float64, int64, or objects where some are missing."""
        numbers = self.scale.decode(encoded)
        if self.snaps is not None:
            after = np.searchsorted(self.snaps, numbers).clip(1, max(1, len(self.snaps) - 1))
            after = after.clip(max=len(self.snaps) - 1)
            low, high = self.snaps[np.maximum(after - 1, 0)], self.snaps[after]
            numbers = np.where(numbers - low <= high - numbers, low, high)
        values = self._whole(numbers) if self.whole else numbers
        values = values.astype(np.float64) if self.real else values
        state = group.argmax(axis=1) if self.size else np.zeros(len(values), dtype=np.intp)
        for i, level in enumerate(self.levels, start=1):
            if is_missing(level) and not (isinstance(level, float) and values.dtype.kind == "f"):
                values = values.astype(object)
            values[state == i] = level
        return values

    def _whole(self, numbers: np.ndarray) -> np.ndarray:
        steps = np.rint((numbers - self._start) / self.step)
        if self.bounds is None:
            return steps.astype(np.int64) * self.step + self._start
        exact = [int(n) * self.step + self.zero for n in steps]
        return np.clip(np.array(exact, dtype=object), *self.bounds)


class LevelColumn:
    """A column whose values are taken one by one: a group of outputs.

    Parameters
    ----------
    index : int
        Where the column is.

    values : ndarray of shape (n_samples,)
        Its values, as objects.

    y : ndarray of shape (n_samples,)
        Class codes.

    max_levels : int or None
        How many values have an output of their own; None for all.

    Attributes
    ----------
    levels : ndarray of shape (n_levels,)
        The values with an output of their own, in the order they appear.

    rest : dict of int or None to (values, weights)
        By class, the values that the last output stands for, and how frequent they are in it: the
        rare ones, or all if it has none of these. None is for rows of any class.
    """

    place = slice(0, 0)

    def __init__(self, index: int, values: np.ndarray, y: np.ndarray, max_levels: int | None):
        self.index = index
        self.missing = next((v for v in values.tolist() if is_missing(v)), None)
        codes, levels = self._factorized(values)
        n_classes = int(y.max()) + 1 if len(y) else 1
        self.rest: dict[int | None, tuple[np.ndarray, np.ndarray]] = {}
        if max_levels is not None and len(levels) > max_levels:
            counts = np.zeros((n_classes, len(levels)))
            np.add.at(counts, (y, codes), 1)
            # frequent in some class, however small
            frequency = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).max(axis=0)
            order = np.argsort(-frequency, kind="stable")
            kept, others = np.sort(order[: max_levels - 1]), np.sort(order[max_levels - 1 :])
            for c, n in [(None, counts.sum(axis=0)), *enumerate(counts)]:
                rare = others[n[others] > 0]
                own = rare if len(rare) else np.flatnonzero(n)
                self.rest[c] = levels[own], n[own] / n[own].sum()
            levels = levels[kept]
        self.levels = levels
        self._place = {self._key(level): i for i, level in enumerate(levels.tolist())}

    @staticmethod
    def _key(value: Any) -> Any:
        return None if is_missing(value) else value

    def _factorized(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of each value's level, and the levels, in the order they appear."""
        place: dict[Any, int] = {}
        codes = np.array(
            [place.setdefault(self._key(v), len(place)) for v in values.tolist()], dtype=np.intp
        )
        levels = np.empty(len(place), dtype=object)
        levels[:] = [self.missing if key is None else key for key in place]
        return codes, levels

    @property
    def size(self) -> int:
        """Outputs of the group."""
        return len(self.levels) + bool(self.rest)

    def encode(self, values: np.ndarray, group: np.ndarray) -> None:
        """Write the outputs of values: ``group`` (n_samples, size)."""
        # what was not seen is no level: a row of zeros, or the rest
        unseen = len(self.levels) if self.rest else -1
        codes = np.array([self._place.get(self._key(v), unseen) for v in values.tolist()])
        group[:] = codes[:, None] == np.arange(self.size)

    def decode(
        self, group: np.ndarray, y: np.ndarray | None, stream: np.random.RandomState | None
    ) -> np.ndarray:
        """Return values that were seen, as objects."""
        codes = group.argmax(axis=1)
        values = np.empty(len(codes), dtype=object)
        own = codes < len(self.levels)
        values[own] = self.levels[codes[own]]
        for c in [None] if y is None else np.unique(y[~own]).tolist():
            where = np.flatnonzero(~own if y is None else ~own & (y == c))
            if not len(where):
                continue
            levels, weights = self.rest[c]
            if stream is None:
                values[where] = levels[weights.argmax()]
            else:
                values[where] = levels[stream.choice(len(levels), len(where), p=weights)]
        return values


class OneHotBlock:
    """Columns of 0 and 1 of which exactly one is 1 in every row: a group of outputs.

    Parameters
    ----------
    indices : sequence of int
        Where the columns are.
    """

    place = slice(0, 0)

    def __init__(self, indices: Sequence[int]):
        self.indices = list(indices)

    @property
    def size(self) -> int:
        """Outputs of the group."""
        return len(self.indices)

    def encode(self, X: Any, group: np.ndarray) -> None:
        """Write the outputs of rows: ``group`` (n_samples, size)."""
        for place, i in enumerate(self.indices):
            group[:, place] = as_floats(column_of(X, i) if X.ndim < 3 else X[:, i])

    def decode(self, group: np.ndarray) -> dict[int, np.ndarray]:
        """Return the columns, of integers, by number."""
        codes = group.argmax(axis=1)
        return {i: (codes == place).astype(np.int64) for place, i in enumerate(self.indices)}
