"""Containers of rows: arrays, sparse matrices and data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array

from imblearn_gan.data.frames import is_frame, to_pandas

CHUNK = 4096


def to_native(X: Any) -> Any:
    """Return X as a data frame, a CSR or CSC matrix, or an array.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows: tables or images. Missing values are let through, :class:`DataCodec` refuses them.
        Frames of polars and pyarrow become pandas'.

    Returns
    -------
    {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        The rows, never copied without need.

    Raises
    ------
    ValueError
        If there are no rows or columns, or two columns of a data frame have one name.

    TypeError
        If X is a lazy frame.

    Examples
    --------
    >>> from imblearn_gan.data import to_native
    >>> to_native([[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    """
    X = to_pandas(X)
    if is_frame(X):
        if X.shape[0] < 1 or X.shape[1] < 1:
            raise ValueError(
                f"Found a data frame of shape {X.shape} while at least one row and one column "
                "are required."
            )
        if not X.columns.is_unique:
            raise ValueError(
                "X has several columns of the same name: "
                f"{X.columns[X.columns.duplicated()].tolist()[:5]}. Rename them."
            )
        return X
    if not sparse.issparse(X):
        strings_of_numbers = isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "US"
        X = np.asarray(X, dtype=object if strings_of_numbers else None)
        if X.dtype.kind in "OUSMm" and X.ndim == 2 and X.size:
            return X
    return check_array(
        X, dtype=None, accept_sparse=["csr", "csc"], allow_nd=True, ensure_all_finite=False
    )


def is_uniform(X: Any) -> bool:
    """Return whether all values of X, from :func:`to_native`, are numbers of one dtype."""
    return not is_frame(X) and X.dtype.kind in "biuf"


def column_of(X: Any, index: int) -> Any:
    """Return one column of a data frame, an array or a sparse matrix, as it is there."""
    return X.iloc[:, index] if is_frame(X) else X[:, index]


def as_floats(column: Any) -> np.ndarray:
    """Return a column of numbers or times, dense or sparse, in float64; NaN where it has none."""
    if sparse.issparse(column):
        return column.toarray().ravel().astype(np.float64)
    if is_time(column.dtype):
        ticks = as_ticks(column)
        return np.where(ticks == NAT, np.nan, ticks.astype(np.float64))
    if hasattr(column, "to_numpy"):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if column.dtype.kind == "O":
        return np.array([np.nan if is_missing(v) else v for v in column.tolist()], dtype=np.float64)
    return column.astype(np.float64)


#: What not-a-time is as an integer.
NAT = np.iinfo(np.int64).min


def is_time(dtype: Any) -> bool:
    """Tell whether a dtype is of dates, durations or periods."""
    kind = getattr(dtype, "kind", "")
    return kind in "Mm" or type(dtype).__name__ == "PeriodDtype"


def as_ticks(column: Any) -> np.ndarray:
    """Return a column of times as integers, in the unit of its dtype."""
    if hasattr(column, "array") and hasattr(column.array, "asi8"):
        return column.array.asi8
    if hasattr(column.dtype, "pyarrow_dtype"):
        times = np.asarray(column.array.__arrow_array__())  # missing ones are not a time
        return times.astype(column.dtype.numpy_dtype).view(np.int64)
    return np.asarray(column).view(np.int64)


def from_ticks(ticks: np.ndarray, dtype: Any) -> Any:
    """Return integers as an array of a dtype of times."""
    if isinstance(dtype, np.dtype):
        return ticks.view(dtype)
    import pandas as pd

    if hasattr(dtype, "pyarrow_dtype"):
        return pd.Series(ticks.view(dtype.numpy_dtype)).astype(dtype).array
    if isinstance(dtype, pd.PeriodDtype):
        return pd.arrays.PeriodArray(ticks, dtype=dtype)
    dates = pd.DatetimeIndex(ticks.view(f"M8[{dtype.unit}]"))
    return dates.tz_localize("UTC").tz_convert(dtype.tz).array


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, not a time, or pandas' NA."""
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def missing_in(column: Any) -> np.ndarray:
    """Return a mask of the values of a column that are missing."""
    if hasattr(column, "isna"):
        return np.asarray(column.isna(), dtype=bool)
    if sparse.issparse(column):
        return np.isnan(as_floats(column))
    if column.dtype.kind == "O":
        return np.array([is_missing(value) for value in column], dtype=bool)
    if column.dtype.kind in "Mm":
        return np.isnat(column)
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), dtype=bool)


def chunks(n_samples: int) -> list[slice]:
    """Return slices that cover so many rows, some thousands at a time."""
    return [slice(i, min(i + CHUNK, n_samples)) for i in range(0, n_samples, CHUNK)]


class Container:
    """What rows stand in: its kind, the names and dtypes of its columns, the shape of a row.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows from :func:`to_native`; none of them is kept.
    """

    def __init__(self, X: Any):
        self.template = X[:0].copy()
        self.row_shape: tuple[int, ...] = tuple(X.shape[1:])
        self._dtype = getattr(X, "dtype", None)  # an empty array's byte order is not pickled

    @property
    def n_columns(self) -> int:
        """Number of columns, or of the pixels of all channels."""
        return prod(self.row_shape)

    def name(self, index: int) -> Any:
        """Return the name of a column; None where columns have none."""
        return self.template.columns[index] if is_frame(self.template) else None

    def names(self, indices: Sequence[int]) -> list:
        """Return the names of columns; their numbers where they have none."""
        if is_frame(self.template):
            return [self.template.columns[i] for i in indices]
        return [int(i) for i in indices]

    def dtype(self, index: int) -> Any:
        """Return the dtype of a column."""
        return self.template.dtypes.iloc[index] if is_frame(self.template) else self._dtype

    def assemble(
        self, columns: Mapping[int, np.ndarray], rest: np.ndarray, places: np.ndarray
    ) -> Any:
        """Return new rows of this kind.

        Parameters
        ----------
        columns : dict of int to ndarray of shape (n_samples,)
            Columns by number: all of a data frame.

        rest : ndarray of shape (n_samples, n_rest)
            The other columns, all numbers.

        places : ndarray of shape (n_rest,)
            The numbers of the other columns.

        Returns
        -------
        {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            The rows.
        """
        if is_frame(self.template):
            import pandas as pd

            frame = pd.DataFrame(
                {i: pd.Series(columns[i]).astype(self.dtype(i)) for i in sorted(columns)},
            )
            frame.columns = self.template.columns
            return self.template._constructor(frame)
        rows = np.empty((len(rest), self.n_columns), dtype=self._dtype)
        rows[:, places] = rest
        for i, values in columns.items():
            rows[:, i] = values.tolist() if rows.dtype.kind == "O" else values
        if sparse.issparse(self.template):
            return type(self.template)(rows)
        return rows.reshape(-1, *self.row_shape)

    def stack(self, blocks: Sequence[Any]) -> Any:
        """Return blocks of rows of this kind under each other."""
        if len(blocks) == 1:
            return blocks[0]
        if is_frame(self.template):
            import pandas as pd

            return pd.concat(blocks, ignore_index=True)
        if sparse.issparse(self.template):
            return sparse.vstack(blocks, format=self.template.format)
        return np.concatenate(blocks, dtype=self._dtype)  # keeps the byte order
