"""Containers of rows: arrays, sparse matrices and data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array

from imblearn_gan.data.frames import check_frame, is_frame, to_pandas
from imblearn_gan.data.sliced import SlicedRows, as_sliced

#: Most values that are made floats at a time: 8 MiB in float64.
FLOATS_AT_ONCE = 2**20


def to_native(X: Any) -> Any:
    """Return X as a data frame, a CSR or CSC matrix, an array, or rows in a file.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows: tables or images. Missing values are let through, :class:`DataCodec` refuses them.
        Frames of polars and pyarrow become pandas'; what has a shape, a dtype and slices, as
        arrays of Zarr and HDF5 have, is not read.

    Returns
    -------
    {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        The rows, never copied without need.

    Raises
    ------
    ValueError
        If there are no rows or columns, two columns of a data frame have one name, or values are
        masked.

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
        check_frame(X)
        return X
    X = X if sparse.issparse(X) else as_sliced(X)
    if isinstance(X, SlicedRows) and min(X.shape) > 0:
        return X
    if not sparse.issparse(X):
        _check_not_masked(X)
        try:
            X = np.asarray(X, dtype=object if _is_mixed(X) else None)
        except ValueError as error:
            raise ValueError(f"X must have rows of one shape. As an array: {error}") from error
        except Exception as error:  # of other libraries' arrays
            raise ValueError(
                f"X, of the type {type(X).__name__}, cannot be made an array: {error}"
            ) from error
        if X.dtype.kind in "OUSMm" and X.ndim == 2 and X.size:
            return X
    if X.dtype.kind == "O" and X.ndim == 1 and X.size and isinstance(X[0], np.ndarray):
        raise ValueError(
            f"X holds {len(X)} arrays as objects, of the shapes {X[0].shape}, ...: give one array "
            "of them, numpy.stack(X), after they are made of one size."
        )
    if X.dtype.kind == "c":
        raise ValueError(
            f"Complex data not supported: X has the dtype {X.dtype}. Give real and imaginary parts "
            "as columns of their own, or channels."
        )
    return check_array(
        X, dtype=None, accept_sparse=["csr", "csc"], allow_nd=True, ensure_all_finite=False
    )


def _check_not_masked(X: Any) -> None:
    """Raise a ValueError for masked values: what NumPy makes of them are those under the mask."""
    if n_masked := np.ma.count_masked(X) if np.ma.isMaskedArray(X) else 0:
        raise ValueError(
            f"X is a masked array with {n_masked} masked values, which would be lost. Of a table "
            "make them missing ones, X.astype(float).filled(numpy.nan); images have none: fill "
            "them."
        )


def _is_mixed(X: Any) -> bool:
    """Tell whether an array of a list would not hold what the list does: to be one of objects."""
    if not isinstance(X, (list, tuple)):
        return False
    values = np.asarray(X)
    if values.dtype.kind in "US":  # numbers became strings
        return True
    if values.dtype.kind != "f" or not (np.abs(values) >= 2**53).any():
        return False
    # integers became floats
    return any(isinstance(v, int) and abs(v) >= 2**53 for v in np.asarray(X, dtype=object).flat)


def is_uniform(X: Any) -> bool:
    """Return whether all values of X, from :func:`to_native`, are numbers of one dtype."""
    return not is_frame(X) and X.dtype.kind in "biuf"


def column_of(X: Any, index: int) -> Any:
    """Return one column of a data frame, an array or a sparse matrix, as it is there."""
    return X.iloc[:, index] if is_frame(X) else X[:, index]


def as_floats(column: Any, zero: int = 0) -> np.ndarray:
    """Return a column of numbers or times, dense or sparse, in float64; NaN where it has none.

    From integers ``zero`` is taken before: what float64 cannot tell apart, it can tell from one
    near by.
    """
    if zero:
        return _differences(column, zero)
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


def as_integers(column: Any) -> np.ndarray:
    """Return a column of integers, booleans or times as they are; any integer where it has none."""
    if sparse.issparse(column):
        column = column.toarray().ravel()
    if is_time(column.dtype):
        return as_ticks(column)
    if column.dtype.kind == "O":
        values = np.asarray(column, dtype=object).tolist()
        return np.array([0 if is_missing(v) else int(v) for v in values], dtype=object)
    dtype = np.uint64 if column.dtype.kind == "u" else np.int64
    if hasattr(column, "to_numpy"):
        return column.to_numpy(dtype=dtype, na_value=False if column.dtype.kind == "b" else 0)
    return column.astype(dtype)


def _differences(column: Any, zero: int) -> np.ndarray:
    """Return integers less one, exact before they become float64; NaN where there is none."""
    values = as_integers(column)
    if values.dtype == object:
        differences = (values - zero).astype(np.float64)
    else:  # modulo 2**64, so that nothing overflows
        origin, places = np.uint64(zero % 2**64), values.astype(np.uint64)
        above, below = places - origin, origin - places
        differences = np.where(values >= zero, above, -below.astype(np.float64))
    differences[missing_in(column)] = np.nan
    return differences


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
    return np.asarray(column).astype(np.int64)


def from_ticks(ticks: np.ndarray, dtype: Any) -> Any:
    """Return integers as an array of a dtype of times."""
    if isinstance(dtype, np.dtype):
        return ticks.astype(dtype)
    import pandas as pd

    if hasattr(dtype, "pyarrow_dtype"):
        return pd.Series(ticks.view(dtype.numpy_dtype)).astype(dtype).array
    if isinstance(dtype, pd.PeriodDtype):
        return pd.arrays.PeriodArray(ticks, dtype=dtype)
    dates = pd.DatetimeIndex(ticks.view(f"M8[{dtype.unit}]"))
    return dates.tz_localize("UTC").tz_convert(dtype.tz).array


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, not a time, or pandas' NA."""
    if value is None:
        return True
    try:
        differs = value != value
    except Exception:  # an object that cannot be compared
        return False
    if differs is False:
        return False
    is_flag = isinstance(differs, (bool, np.bool_))  # an array in a cell differs by place
    return type(value).__name__ == "NAType" or (is_flag and bool(differs))


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


def chunks(n_samples: int, n_values: int) -> list[slice]:
    """Return slices that cover rows of so many values, of ``FLOATS_AT_ONCE`` each."""
    size = max(1, FLOATS_AT_ONCE // n_values)
    return [slice(i, min(i + size, n_samples)) for i in range(0, n_samples, size)]


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

    def check(self, X: Any) -> None:
        """Raise a ValueError if rows cannot be put under those that were seen, as they are."""
        given, seen = X[:0], self.template  # rows in a file come as arrays
        if type(given) is not type(seen):
            raise ValueError(
                f"X is a {type(given).__name__}, but must be what fit has seen, a "
                f"{type(seen).__name__}."
            )
        if not is_frame(X):
            if X.dtype != self._dtype:
                raise ValueError(f"X is of {X.dtype}, but must be of {self._dtype}, as in fit.")
            return
        if X.columns.tolist() != seen.columns.tolist():
            raise ValueError(
                f"X has the columns {X.columns.tolist()}, but must have those that fit has seen, "
                f"{seen.columns.tolist()}."
            )
        others = [i for i, dtype in enumerate(X.dtypes) if dtype != seen.dtypes.iloc[i]]
        if others:
            raise ValueError(
                f"Columns {self.names(others)} of X must have the dtypes that fit has seen, "
                f"{seen.dtypes.iloc[others].tolist()}."
            )

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
                {
                    # with their dtype: pandas would take objects for strings, None for NaN
                    i: pd.Series(columns[i], dtype=columns[i].dtype).astype(self.dtype(i))
                    for i in sorted(columns)
                },
            )
            frame.columns = self.template.columns
            return self.template._constructor(frame)
        rows = np.empty((len(rest), self.n_columns), dtype=self._dtype)
        rows[:, places if columns else slice(None)] = rest  # all of them need no places
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
