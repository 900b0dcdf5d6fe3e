"""Rows put under each other as they come, without a second copy of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils import _safe_indexing

from imblearn_gan.data.containers import Container, chunks, is_frame
from imblearn_gan.data.sliced import as_sliced


class RowStack:
    """Blocks of rows under each other: arrays are filled, others are joined in the end.

    Parameters
    ----------
    container : Container
        What the rows stand in.

    n_samples : int
        How many rows there will be.

    out : array-like of shape (n_samples, ...) or None, default=None
        What is filled, whatever takes slices of rows: a memmap, an array of Zarr or HDF5. None
        makes an array.

    Raises
    ------
    ValueError
        If ``out`` is not of the shape and dtype of the rows, cannot be written, or these are no
        arrays.
    """

    def __init__(self, container: Container, n_samples: int, out: Any = None):
        self._container, self._blocks, self._end = container, list[Any](), 0
        template = container.template
        is_array = not (is_frame(template) or sparse.issparse(template))
        shape = (n_samples, *container.row_shape)
        if out is not None:
            _check_out(out, shape, container.dtype(0) if is_array else None)
        self._array = np.empty(shape, container.dtype(0)) if out is None and is_array else out

    @classmethod
    def like(cls, X: Any, n_samples: int, out: Any = None) -> RowStack:
        """Return room for rows of the kind of X; ``out`` must not lie over X, and is read again."""
        _check_apart(X, out)
        return cls(Container(X), n_samples, out)

    def add(self, block: Any) -> None:
        """Put rows under those that are there."""
        start, self._end = self._end, self._end + block.shape[0]
        if self._array is None:
            self._blocks.append(block)
            return
        for rows in chunks(block.shape[0], self._container.n_columns):  # may lie in a file
            self._array[start + rows.start : start + rows.stop] = block[rows]

    def take(self, rows: np.ndarray) -> Any:
        """Return some of the rows that are there; those of different blocks in order of these."""
        if self._array is not None:
            return as_sliced(self._array)[rows]
        start, parts = 0, []
        for block in self._blocks:
            end = start + block.shape[0]
            own = rows[(start <= rows) & (rows < end)] - start
            if len(own):
                parts.append(_safe_indexing(block, own))
            start = end
        return self._container.stack(parts)

    @property
    def rows(self) -> Any:
        """All rows; what was given as ``out`` itself."""
        return self._container.stack(self._blocks) if self._array is None else self._array


def _check_out(out: Any, shape: tuple[int, ...], dtype: Any) -> None:
    if dtype is None:
        raise ValueError("out takes rows of arrays, and X was a data frame or a sparse matrix.")
    got_shape, got_dtype = tuple(getattr(out, "shape", ())), getattr(out, "dtype", None)
    if got_dtype is None or (got_shape, got_dtype) != (shape, dtype):  # None == float64 for NumPy
        raise ValueError(
            f"out must have the shape {shape} and the dtype {dtype}, as the rows. Got "
            + (type(out).__name__ if got_dtype is None else f"{got_shape} and {got_dtype}")
            + "."
        )
    flags, file = getattr(out, "flags", None), getattr(out, "file", None)
    read_only = (
        not getattr(flags, "writeable", True)  # of NumPy
        or getattr(out, "read_only", False)  # of Zarr
        or getattr(file, "mode", None) == "r"  # of HDF5
    )
    if read_only or not hasattr(out, "__setitem__"):
        raise ValueError(f"out must be writable, but this {type(out).__name__} is not.")


def _check_apart(X: Any, out: Any) -> None:
    """Raise a ValueError if writing rows would change those of X, unless X is their beginning."""
    if out is not None and not hasattr(out, "__getitem__"):
        raise ValueError(f"out must give rows back, but this {type(out).__name__} only takes them.")
    if not (isinstance(X, np.ndarray) and isinstance(out, np.ndarray)):
        return
    first = out[: len(X)]
    begins = first.ctypes.data == X.ctypes.data and first.strides == X.strides
    if not begins and np.shares_memory(X, out):
        raise ValueError(
            "out shares memory with X, which would be overwritten while it is read. Give it "
            "memory of its own, or let X be its first rows."
        )
