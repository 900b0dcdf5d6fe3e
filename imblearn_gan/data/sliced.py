"""Rows that lie in a file: what is asked for is read, a piece at a time."""

from __future__ import annotations

from math import prod
from numbers import Integral
from typing import Any

import numpy as np

#: Most values that are read at a time, and how many rows for each that is wanted.
PIECE_VALUES, MAX_SPAN = 2**20, 256
#: Most values of neighbouring columns that are read in one pass, and kept.
COLUMN_VALUES = 2**22


class SlicedRows:
    """Rows of what has a shape, a dtype and slices: arrays of Zarr, HDF5 and the like.

    It is indexed as arrays are, by slices, integers, booleans, and ``[:, column]``; what comes are
    arrays. Rows that lie close together are read together.

    Parameters
    ----------
    source : array-like of shape (n_samples, ...)
        Where the rows are. Slices of rows are all that is asked of it.
    """

    def __init__(self, source: Any):
        self._source = source
        self.shape, self.dtype = tuple(map(int, source.shape)), np.dtype(source.dtype)
        self.ndim = len(self.shape)
        self._first, self._columns = 0, np.empty((0, 0), self.dtype)
        self._piece = max(1, PIECE_VALUES // max(1, prod(self.shape[1:])))

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)

    def __getitem__(self, key: Any) -> np.ndarray:
        key, *others = key if isinstance(key, tuple) else (key,)
        if others and others[0] is not Ellipsis:
            return self._column(int(others[0]))[key]
        if isinstance(key, slice) and key.step in (None, 1):
            return np.asarray(self._source[key])
        wanted, place = np.unique(np.arange(len(self))[key], return_inverse=True)
        rows = np.empty((len(wanted), *self.shape[1:]), self.dtype)
        start = 0
        while start < len(wanted):
            # all between two rows, where not too much is read for nothing
            first = wanted[start]
            near = wanted[start : start + self._piece] - first
            n = int((near < np.minimum(MAX_SPAN * np.arange(1, len(near) + 1), self._piece)).sum())
            last = near[n - 1]
            rows[start : start + n] = np.asarray(self._source[first : first + last + 1])[near[:n]]
            start += n
        return rows[place]

    def _column(self, i: int) -> np.ndarray:
        """Return a column; those beside it are read with it, and kept for the next call."""
        if not self._first <= i < self._first + self._columns.shape[1]:
            n = min(max(1, COLUMN_VALUES // max(1, len(self))), self.shape[1] - i)
            self._first, self._columns = i, np.empty((0, 0))  # two blocks are never there
            self._columns = np.empty((len(self), n, *self.shape[2:]), self.dtype)
            for j in range(0, len(self), self._piece):
                rows = slice(j, j + self._piece)
                self._columns[rows] = self[rows][:, i : i + n]
        return self._columns[:, i - self._first]


def as_sliced(X: Any) -> Any:
    """Return what has a shape, a dtype of numbers and slices as :class:`SlicedRows`.

    All else, arrays in memory and those of NumPy's files among it, comes as it is.
    """
    if isinstance(X, (np.ndarray, SlicedRows)) or hasattr(X, "__array_interface__"):
        return X
    dtype, shape = getattr(X, "dtype", None), getattr(X, "shape", None)
    is_number = isinstance(dtype, np.dtype) and dtype.kind in "biuf"
    if not (is_number and isinstance(shape, tuple) and hasattr(X, "__getitem__")):
        return X
    # Dask's arrays may not know their length
    if len(shape) > 1 and all(isinstance(n, Integral) for n in shape):
        return SlicedRows(X)
    return X


def lie_in_file(X: Any) -> bool:
    """Tell whether rows from ``to_native`` lie in a file: of Zarr or HDF5, or mapped by NumPy."""
    while isinstance(X, np.ndarray):
        if isinstance(X, np.memmap):
            return True
        X = X.base
    return isinstance(X, SlicedRows)
