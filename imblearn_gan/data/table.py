"""How the columns of a table are encoded: which way each takes, and the ways together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from imblearn_gan.data.columns import TYPES, Columns
from imblearn_gan.data.containers import (
    NAT,
    as_floats,
    as_integers,
    as_ticks,
    chunks,
    column_of,
    from_ticks,
    is_missing,
    is_time,
    is_uniform,
    missing_in,
)
from imblearn_gan.data.encodings import (
    MAX_LEVELS,
    MAX_SNAPS,
    MAX_STEPS,
    MIN_SPIKE,
    LevelColumn,
    MinMax,
    NumberColumn,
    OneHotBlock,
    is_skewed,
)
from imblearn_gan.data.ranges import Ranges

#: The ways of numbers, for the parameter ``encoding``.
METHODS = ("minmax", "quantile", "steps", "category")
#: Most columns with a group of outputs for special values; of more, these get a gap.
MAX_GROUPS = 128
#: Rows of a class from which on its frequencies count.
MIN_CLASS = 25
#: The name of the level for all values without one of their own.
OTHERS = "<others>"


class Output(NamedTuple):
    """Where the outputs of a column lie, or of the columns of a one-hot block.

    Attributes
    ----------
    columns : tuple of int
        The columns.

    number : int or None
        The output of its numbers.

    group : slice or None
        The outputs of its levels. With a number, the first one says that it counts.

    levels : tuple
        What the outputs of the group stand for.
    """

    columns: tuple[int, ...]
    number: int | None = None
    group: slice | None = None
    levels: tuple = ()


class _Wanted(NamedTuple):
    """A column of numbers that is not just scaled by its range."""

    place: int
    specials: dict[float, Any]
    method: str
    bounds: tuple[int, int] | None
    step: int
    whole: bool


class Table:
    """The columns of a table, each in the way that its values ask for.

    Outputs come in this order: numbers scaled by their range, other numbers, and groups of
    outputs of which one is 1: special values of numbers, categories and steps, one-hot blocks.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
        Rows from :func:`to_native`.

    columns : Columns
        Their columns.

    y : ndarray of shape (n_samples,)
        Class codes.

    encoding : 'auto', 'plain' or dict of int to str
        'auto' looks at the values; 'plain' scales all numbers by their range; a dict says which
        way some columns take.
    """

    def __init__(self, X: Any, columns: Columns, y: np.ndarray, encoding: Any):
        self._columns = columns
        self._look(X, y, encoding)
        self.ranges = Ranges(X, columns.only(self._plain), None, self._whole)
        groups: list[Any] = [c for c in self._numbers if c.size] + self._levels + self._blocks
        self.n_numbers = len(self._plain) + len(self._numbers)
        starts = self.n_numbers + np.cumsum([0, *(group.size for group in groups)])
        self.slices = tuple(slice(int(a), int(b)) for a, b in pairwise(starts))
        self.n_values = int(starts[-1])
        for group, place in zip(groups, self.slices):
            group.place = place

    # which way -----------------------------------------------------------------------------------

    def _look(self, X: Any, y: np.ndarray, encoding: Any) -> None:
        """Find the way of each column."""
        self._levels: list[LevelColumn] = []
        self._blocks: list[OneHotBlock] = []
        self._plain: list[int] = []
        self._whole: list[int] = []
        auto = encoding != "plain"
        said = dict(encoding) if isinstance(encoding, Mapping) else {}
        X = X.tocsc() if sparse.issparse(X) else X
        said |= {column.index: "category" for column in self._columns.categorical}
        free = [i for i in range(len(self._columns.kinds)) if i not in said]
        if auto:
            binary = [i for i in free if _is_binary(column_of(X, i))]
            self._blocks = [OneHotBlock(block) for block in _one_hot_blocks(X, binary)]
        in_blocks = {i for block in self._blocks for i in block.indices}
        wanted: list[_Wanted] = []
        for i in range(len(self._columns.kinds)):
            method = said.get(i)
            if method in ("category", "steps"):
                limit = MAX_LEVELS if method == "category" else None
                self._levels.append(LevelColumn(i, self._objects(X, i), y, limit))
            elif i not in in_blocks:
                self._look_at_numbers(X, y, i, method, auto, wanted)
        many = sum(len(column.specials) > 0 for column in wanted) > MAX_GROUPS
        weights = _class_weights(y)
        self._numbers = [self._number_column(X, column, weights, many) for column in wanted]

    def _look_at_numbers(
        self, X: Any, y: np.ndarray, i: int, method: str | None, auto: bool, wanted: list[_Wanted]
    ) -> None:
        """Find the way of a column of numbers, and add it to those of its way."""
        column, kind = column_of(X, i), self._columns.kinds[i]
        numbers, bounds = as_floats(column), None
        values = numbers if kind == "float" else as_integers(column)
        there = ~np.isnan(numbers)
        is_long = _is_long(self._columns.container.dtype(i))
        if not there.any():
            self._levels.append(LevelColumn(i, self._objects(X, i), y, None))
            return
        distinct = np.unique(values[there])
        # what float64 cannot tell apart
        if kind != "float" and np.nanmax(np.abs(numbers)) >= 2**53:
            bounds = int(distinct[0]), int(distinct[-1])
            numbers = as_floats(column, bounds[0])
        if is_long:
            method = method or "minmax"  # what is looked at has no more than float64
        look = auto and method is None
        if look and _are_steps(distinct, len(numbers), not there.all()):
            self._levels.append(LevelColumn(i, self._objects(X, i), y, None))
            return
        spikes = _spikes(numbers, y) if look else []
        usual = numbers[there & ~np.isin(numbers, spikes)]
        if method is None:
            method = "quantile" if auto and len(usual) and is_skewed(usual) else "minmax"
        specials: dict[float, Any] = {} if there.all() else {np.nan: _missing_value(column)}
        specials |= {spike: values[numbers == spike].tolist()[0] for spike in spikes}
        whole = kind != "float" or (not is_long and _are_whole(distinct))
        step = _step(distinct) if whole else 1
        stepped = step > 1 or (kind == "float" and _are_few(distinct, int(there.sum())))
        if specials or method == "quantile" or kind == "time" or bounds or (auto and stepped):
            wanted.append(_Wanted(i, specials, method, bounds, step, whole))
        else:
            self._plain.append(i)
            self._whole.extend([i] * whole)

    def _number_column(
        self, X: Any, wanted: _Wanted, weights: np.ndarray, many: bool
    ) -> NumberColumn:
        i, specials, method, bounds, step, whole = wanted
        numbers = as_floats(column_of(X, i), bounds[0] if bounds else 0)  # one column at a time
        gap = False
        if many and specials and not np.isnan(list(specials)).any():
            lowest = float(np.nanmin(numbers))
            gap = lowest in specials
            specials = {lowest: specials[lowest]} if gap else {}
        real = self._columns.kinds[i] == "float"
        column = NumberColumn(i, numbers, weights, specials, method, whole, bounds, step, real)
        return column.with_gap() if gap else column

    # values --------------------------------------------------------------------------------------

    def _objects(self, X: Any, i: int) -> np.ndarray:
        """Return a column as objects; times as integers."""
        column = column_of(X, i)
        if sparse.issparse(column):
            return column.toarray().ravel().astype(object)
        if is_time(column.dtype):
            ticks = as_ticks(column).astype(object)
            ticks[missing_in(column)] = None
            return ticks
        return np.asarray(column, dtype=object)

    # encoding ------------------------------------------------------------------------------------

    def encode(self, X: Any) -> np.ndarray:
        """Return rows as float32 of shape (n_samples, n_values)."""
        encoded = np.zeros((X.shape[0], self.n_values), dtype=np.float32)
        X = X.tocsr() if sparse.issparse(X) else X
        for rows in chunks(X.shape[0], max(X.shape[1], self.n_values)):
            part, out = X[rows], encoded[rows]
            if sparse.issparse(part):
                part = part.toarray()
            n_plain = len(self._plain)
            out[:, :n_plain] = self.ranges.scale(self._columns.only(self._plain).numbers(part))
            for place, column in enumerate(self._numbers, start=n_plain):
                numbers = as_floats(column_of(part, column.index), column.zero)
                column.encode(numbers, out[:, place], out[:, column.place])
            for level in self._levels:
                level.encode(self._objects(part, level.index), out[:, level.place])
            for block in self._blocks:
                block.encode(part, out[:, block.place])
            out[np.isnan(out)] = 0  # missing where nothing was missing: the middle of a range
        return encoded

    def encode_sparse(self, X: Any) -> tuple[np.ndarray, sparse.csr_matrix]:
        """Return the encoded row of zeros, and the entries in which rows of X differ from it."""
        X = X.tocsr()
        common = self.encode(sparse.csr_matrix((1, X.shape[1]), dtype=X.dtype))[0]
        data, indices, counts = [], [], [np.zeros(1, dtype=np.int64)]
        for rows in chunks(X.shape[0], max(X.shape[1], self.n_values)):
            encoded = self.encode(X[rows])
            row, column = np.nonzero(encoded != common)
            data.append(encoded[row, column])
            indices.append(column.astype(np.int32))
            counts.append(np.bincount(row, minlength=len(encoded)))
        starts = np.concatenate(counts).cumsum()
        entries = np.concatenate(data), np.concatenate(indices), starts
        return common, sparse.csr_matrix(entries, shape=(X.shape[0], self.n_values))

    def decode(
        self,
        encoded: np.ndarray,
        y: np.ndarray | None,
        stream: np.random.RandomState | None,
        like: Any,
    ) -> tuple[dict[int, Any], np.ndarray, np.ndarray]:
        """Return columns by number, and the numbers scaled by their range with their places.

        Parameters
        ----------
        encoded : ndarray of shape (n_samples, n_values), dtype float64
            Outputs of a network.

        y : ndarray of shape (n_samples,) or None
            Class codes.

        stream : RandomState or None
            Draws values that share an output.

        like : {ndarray, dataframe, sparse matrix} or None
            Rows whose categories and special values are kept.
        """
        encoded = encoded if like is None else self._with_groups_of(like, encoded)
        n_plain, ranges, columns = len(self._plain), self.ranges, {}
        numbers = ranges.unscale(encoded[:, :n_plain], moved=False)
        uniform = is_uniform(self._columns.container.template)
        one_by_one = list(ranges.exact) if uniform else list(range(n_plain))
        for j in one_by_one:
            columns[self._plain[j]] = ranges.typed(j, numbers[:, j], moved=False)
        for place, column in enumerate(self._numbers, start=n_plain):
            columns[column.index] = column.decode(encoded[:, place], encoded[:, column.place])
        for level in self._levels:
            if like is None:
                values = level.decode(encoded[:, level.place], y, stream)
            else:
                values = self._objects(like, level.index)
            columns[level.index] = values
        for block in self._blocks:
            columns |= block.decode(encoded[:, block.place])
        for i, values in columns.items():
            columns[i] = self._in_kind(i, values)
        plain = np.array(self._plain, dtype=np.intp)
        if not one_by_one:
            return columns, numbers, plain
        rest = np.delete(np.arange(n_plain), one_by_one)
        return columns, numbers[:, rest], plain[rest]

    def _with_groups_of(self, like: Any, encoded: np.ndarray) -> np.ndarray:
        real = self.encode(like)
        mixed = real.astype(np.float64)
        mixed[:, : self.n_numbers] = encoded[:, : self.n_numbers]
        return mixed

    def _in_kind(self, i: int, values: Any) -> Any:
        """Return values of a column with the type that its container takes."""
        kind, dtype = self._columns.kinds[i], self._columns.container.dtype(i)
        if kind == "time":
            ticks = np.array([NAT if is_missing(v) else v for v in values.tolist()], dtype=np.int64)
            return from_ticks(ticks, dtype)
        if values.dtype == object:
            if kind == "bool":
                flags = [v if is_missing(v) else bool(v) for v in values.tolist()]
                return np.array(flags, dtype=object)
            return values
        return values.astype(TYPES[kind])

    # what is known -------------------------------------------------------------------------------

    def outputs(self) -> Iterator[Output]:
        """Yield where the outputs of each column, or of each one-hot block, lie."""
        for place, i in enumerate(self._plain):
            yield Output((i,), place)
        for place, column in enumerate(self._numbers, start=len(self._plain)):
            if not column.size:
                yield Output((column.index,), place)
                continue
            levels = (OTHERS, *self._level_names(column.index, column.levels))
            yield Output((column.index,), place, column.place, levels)
        for level in self._levels:
            levels = (*self._level_names(level.index, level.levels.tolist()), OTHERS)
            yield Output((level.index,), None, level.place, levels[: level.size])
        for block in self._blocks:
            levels = tuple(self._columns.container.names(block.indices))
            yield Output(tuple(block.indices), None, block.place, levels)

    def _level_names(self, i: int, values: list) -> list:
        """Return levels of a column as they are written."""
        if self._columns.kinds[i] == "time":
            dtype = self._columns.container.dtype(i)
            ticks = [NAT if is_missing(value) else int(value) for value in values]
            values = list(from_ticks(np.array(ticks, dtype=np.int64), dtype))
        return ["<missing>" if is_missing(value) else value for value in values]

    def methods(self) -> dict[int, str]:
        """Return the way of each column, by number."""
        said = dict.fromkeys(self._plain, "minmax")
        for column in self._numbers:
            said[column.index] = "minmax" if isinstance(column.scale, MinMax) else "quantile"
        for level in self._levels:
            is_category = self._columns.kinds[level.index] == "category"
            said[level.index] = "category" if is_category else "steps"
        return said | {i: "one-hot" for block in self._blocks for i in block.indices}


def _is_binary(column: Any) -> bool:
    """Tell whether a column of numbers holds 0 and 1 alone, and both."""
    if is_time(column.dtype) or missing_in(column).any():
        return False
    numbers = as_floats(column)
    return bool(np.isin(numbers, (0, 1)).all() and 0 < numbers.sum() < len(numbers))


def _one_hot_blocks(X: Any, binary: list[int]) -> Iterator[list[int]]:
    """Yield neighbouring columns of 0 and 1 of which exactly one is 1 in every row."""
    ones = {i: np.flatnonzero(as_floats(column_of(X, i))) for i in binary}
    run = deque[int]()  # neighbours without a row in common, and their rows
    taken = np.zeros(X.shape[0], dtype=bool)
    for i in binary:
        while run and (run[-1] != i - 1 or taken[ones[i]].any()):
            taken[ones[run.popleft()]] = False
        run.append(i)
        taken[ones[i]] = True
        if taken.all():
            yield list(run)
            run.clear()
            taken[:] = False


def _are_steps(distinct: np.ndarray, n_samples: int, some_missing: bool) -> bool:
    """Tell whether a column has so few numbers that each is taken by itself."""
    n = len(distinct)
    return (n < 2 and some_missing) or n == 2 or 2 < n <= min(MAX_STEPS, n_samples / 10)


def _spikes(numbers: np.ndarray, y: np.ndarray) -> list[float]:
    """Return the numbers that are frequent in some class, beside others that are not."""
    spikes: dict[float, None] = {}
    for c in (None, *np.unique(y)):
        own = numbers if c is None else numbers[y == c]
        own = own[~np.isnan(own)]
        if len(own) < MIN_CLASS:
            continue
        values, counts = np.unique(own, return_counts=True)
        if len(values) > 1:
            spikes |= dict.fromkeys(values[counts >= MIN_SPIKE * len(own)].tolist())
    return list(spikes) if len(spikes) < len(np.unique(numbers[~np.isnan(numbers)])) else []


def _are_few(distinct: np.ndarray, n_samples: int) -> bool:
    """Tell whether generated reals are to be moved to those that were seen."""
    return 1 < len(distinct) <= min(MAX_SNAPS, n_samples / 5)


def _are_whole(distinct: np.ndarray) -> bool:
    """Tell whether reals are whole numbers, as integers with gaps are, that float64 tells apart."""
    return bool((np.abs(distinct) < 2**53).all() and (distinct == np.rint(distinct)).all())


def _step(distinct: np.ndarray) -> int:
    """Return the greatest integer that all differences of sorted whole numbers are multiples of."""
    if distinct.dtype.kind == "f":
        distinct = distinct.astype(np.int64)
    if distinct.dtype != object:
        distinct = distinct.astype(np.uint64)  # differences of up to 2**64 do not overflow
    return int(np.gcd.reduce(np.diff(distinct))) or 1


def _is_long(dtype: Any) -> bool:
    """Tell whether a dtype is of floats that are more exact than float64."""
    return np.dtype(np.longdouble).itemsize > 8 and dtype == np.longdouble


def _class_weights(y: np.ndarray) -> np.ndarray:
    """Return weights of rows, with which all classes weigh the same."""
    return 1 / np.bincount(y)[y]


def _missing_value(column: Any) -> Any:
    """Return what stands for a missing value in a column."""
    if column.dtype.kind == "f":
        return np.nan
    return np.asarray(column, dtype=object)[missing_in(column)][0]
