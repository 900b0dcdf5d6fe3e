"""Frames and series of other libraries: what pandas holds instead, and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy import sparse

#: What of other libraries can be given back as it came.
LIBRARIES = (nw.Implementation.POLARS, nw.Implementation.PYARROW)
TIMES = (nw.Date, nw.Datetime, nw.Duration, nw.Time)
DAY = 86_400  # seconds: pandas has no dates


def is_frame(X: Any) -> bool:
    """Return whether X is a pandas data frame, without importing pandas.

    Parameters
    ----------
    X : object
        Anything.

    Returns
    -------
    bool
        Whether it is one.

    Examples
    --------
    >>> from imblearn_gan.data import is_frame
    >>> is_frame([[1, 2]])
    False
    """
    return any(
        cls.__module__.split(".")[0] == "pandas" and cls.__name__ == "DataFrame"
        for cls in type(X).__mro__
    )


def to_pandas(values: Any, name: str = "X") -> Any:
    """Return a frame or series of another library as one of pandas, and all else as it is.

    Parameters
    ----------
    values : object
        Anything.

    name : str, default='X'
        What messages call it.

    Returns
    -------
    object
        Integers and booleans stay what they are also where some are missing; dates are times.

    Raises
    ------
    TypeError
        If it is lazy, or of a library that could not be given back.

    ImportError
        If pandas is not installed.

    Examples
    --------
    >>> from imblearn_gan.data import to_pandas
    >>> to_pandas([3, 4])
    [3, 4]
    """
    other = _of_other_library(values, name)
    if other is None:
        return values
    pd = _pandas_for(other, name)
    if isinstance(other, nw.Series):
        return pd.Series(_to_pandas_column(other, pd), name=other.name)
    frame = pd.DataFrame(
        {i: _to_pandas_column(column, pd) for i, column in enumerate(other.iter_columns())}
    )
    frame.columns = pd.Index(other.columns)
    return frame


def take(values: Any, rows: Any) -> Any:
    """Return rows of anything, in the container that they stand in.

    Parameters
    ----------
    values : {array-like, dataframe, series, sparse matrix} of shape (n_samples, ...)
        What has rows.

    rows : array-like of int
        Which of them.

    Returns
    -------
    {array-like, dataframe, series, sparse matrix}
        A copy of the rows, those of pandas indexed from 0; an array for what is none of these.
    """
    rows = np.asarray(rows, dtype=np.intp)
    if isinstance(values, list):
        return [copy(values[i]) for i in rows.tolist()]
    if (other := _of_other_library(values)) is not None:
        return other[rows].to_native()
    if hasattr(values, "iloc"):
        return values.iloc[rows].reset_index(drop=True)
    if hasattr(values, "isna"):
        return values.take(rows)
    if sparse.issparse(values):
        return values.tocsr()[rows].asformat(values.format)
    return np.asarray(values)[rows]


class Origin:
    """What rows came in, for others to go out in: of lists and of frames of other libraries.

    Parameters
    ----------
    X : object
        Rows as they were given; none of them is kept.

    Raises
    ------
    TypeError
        If X is a lazy frame, or could not be given back.

    ValueError
        If columns of pandas are of another byte order, two have one name, or some are decimals.
    """

    def __init__(self, X: Any):
        self._is_list = isinstance(X, list)
        if is_frame(X):
            check_frame(X)
        other, self._template = _of_other_library(X), None
        if isinstance(other, nw.DataFrame):
            self._template = other.head(0).to_native()
            _check_dtypes(other)
            # what is missing is null, but in columns that say so by NaN
            floats = [column for column in other.iter_columns() if column.dtype.is_float()]
            self._with_nan = {c.name for c in floats if c.null_count() == 0 and c.is_nan().any()}

    def give_back(self, rows: Any) -> Any:
        """Return rows in what X was, with its schema.

        Parameters
        ----------
        rows : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows in the native form of X.

        Returns
        -------
        {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            The rows.
        """
        if self._template is None:
            return rows.tolist() if self._is_list else rows
        return _from_pandas(rows, nw.from_native(self._template), self._with_nan)

    def stack(self, X: Any, rows: Any, source: np.ndarray) -> Any:
        """Return rows in what X was, those that are rows of X untouched.

        Parameters
        ----------
        X : object
            Rows as they were given.

        rows : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows in the native form of X.

        source : ndarray of int of shape (n_samples,)
            Which row of X each one is; -1 for others.

        Returns
        -------
        {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            The rows.
        """
        if self._template is None:
            return self.give_back(rows)
        is_new = source < 0
        X = nw.from_native(X, eager_only=True)
        new = nw.from_native(self.give_back(rows.loc[is_new]), eager_only=True)
        places = np.where(is_new, len(X) + np.cumsum(is_new) - 1, source)
        return take(nw.concat([X, new]).to_native(), places)


def check_frame(X: Any) -> None:
    """Raise a ValueError for columns that pandas holds, but cannot name, or take rows of."""
    if not X.columns.is_unique:
        raise ValueError(
            "X has several columns of the same name: "
            f"{X.columns[X.columns.duplicated()].tolist()[:5]}. Rename them."
        )
    # pandas' own dtypes say that they are not native
    dtypes = {
        name: dtype
        for name, dtype in X.dtypes.items()
        if isinstance(dtype, np.dtype) and not dtype.isnative
    }
    if dtypes:
        raise ValueError(
            f"Columns {list(dtypes)[:5]} have dtypes of another byte order "
            f"({next(iter(dtypes.values())).str}), which pandas cannot index: they cannot be used. "
            "Turn them into this machine's, X.astype(dtype.newbyteorder('='))."
        )


def _of_other_library(values: Any, name: str = "X") -> Any:
    """Return frames and series of other libraries than pandas in narwhals', None for all else."""
    if is_frame(values):
        return None
    other = nw.from_native(values, pass_through=True, allow_series=True)
    if isinstance(other, nw.LazyFrame):
        raise TypeError(
            f"{name} is a lazy frame of {other.implementation.value}, whose rows are not there "
            f"yet: collect it first, {name}.collect()."
        )
    if not isinstance(other, (nw.DataFrame, nw.Series)) or other.implementation.is_pandas():
        return None
    if other.implementation not in LIBRARIES:
        raise TypeError(
            f"{name} is of {other.implementation.value}, which cannot be used: turn it into one "
            "of pandas, polars or pyarrow."
        )
    return other


def _pandas_for(other: Any, name: str) -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            f"{name} is of {other.implementation.value}, which is read by way of pandas: "
            "pip install pandas"
        ) from error
    return pd


def _check_dtypes(other: Any) -> None:
    """Raise an error for columns whose values pandas, or their own library, cannot take back."""
    _pandas_for(other, "X")
    for name, dtype in other.schema.items():
        if _is_simple(dtype):
            continue
        if dtype == nw.Decimal:
            raise ValueError(
                f"Columns {[name]} of X have the dtype {dtype}, which cannot be used: cast them to "
                "floats, or to integers of their smallest unit."
            )
        value = other[name].drop_nulls().head(1).to_frame()
        try:
            _from_pandas(to_pandas(value.to_native()), value)
        except Exception as error:  # each library has its own
            raise TypeError(
                f"Column {name!r} of X has the dtype {dtype}, of values that cannot be used: turn "
                "it into numbers, booleans, strings or times."
            ) from error


def _to_pandas_column(column: Any, pd: Any) -> Any:
    """Return a column as an array for pandas, of a dtype that holds what is missing."""
    dtype, missing = column.dtype, column.is_null().to_numpy()
    if isinstance(dtype, TIMES):
        return _to_pandas_times(column, missing, pd)
    if dtype.is_float():
        return column.fill_null(float("nan")).to_numpy()
    if dtype == nw.Boolean:
        values = np.asarray(column.fill_null(False).to_numpy(), dtype=bool)
        return pd.arrays.BooleanArray(values, missing) if missing.any() else values
    if dtype.is_integer() and dtype not in (nw.Int128, nw.UInt128):
        values = column.fill_null(0).to_numpy()
        return pd.arrays.IntegerArray(values, missing) if missing.any() else values
    if isinstance(dtype, (nw.Categorical, nw.Enum)):
        if isinstance(dtype, nw.Enum):
            return pd.Categorical(column.to_list(), list(dtype.categories), ordered=True)
        seen = column.drop_nulls().unique(maintain_order=True).to_list()
        return pd.Categorical(column.to_list(), seen)
    return pd.Series(column.to_list(), dtype=object)


def _to_pandas_times(column: Any, missing: np.ndarray, pd: Any) -> Any:
    dtype = column.dtype
    is_date, unit = isinstance(dtype, nw.Date), getattr(dtype, "time_unit", "s")  # any for Time
    ticks = column.cast(nw.Int32 if is_date else nw.Int64).cast(nw.Int64).fill_null(0).to_numpy()
    ticks = np.where(missing, np.iinfo(np.int64).min, ticks * DAY if is_date else ticks)
    if isinstance(dtype, (nw.Duration, nw.Time)):
        return ticks.view(f"m8[{unit}]")
    times = ticks.view(f"M8[{unit}]")
    zone = getattr(dtype, "time_zone", None)
    return times if zone is None else pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(zone)


def _from_pandas(rows: Any, template: Any, with_nan: Collection[str] = ()) -> Any:
    """Return rows of pandas as a frame like the template; NaN is null but in some columns."""
    columns = {
        name: nw.new_series(
            name,
            _from_pandas_column(rows.iloc[:, i], dtype, name in with_nan),
            _plain_dtype(dtype),
            backend=template.implementation,
        )
        for i, (name, dtype) in enumerate(template.schema.items())
    }
    # to what its library alone knows of dtypes
    return nw.from_dict(columns).to_native().cast(template.to_native().schema)


def _plain_dtype(dtype: Any) -> Any:
    """Return the dtype that a column is first made with; None for that of its values."""
    if isinstance(dtype, nw.Date):
        return nw.Int32
    if isinstance(dtype, TIMES):
        return nw.Int64
    return dtype if _is_simple(dtype) else None


def _is_simple(dtype: Any) -> bool:
    return dtype.is_integer() or dtype.is_float() or dtype in (nw.Boolean, nw.String)


def _from_pandas_column(column: Any, dtype: Any, keep_nan: bool) -> np.ndarray | Sequence:
    """Return a column of pandas as plain values, None where it has none."""
    missing = column.isna().to_numpy()
    if isinstance(dtype, TIMES):
        values = column.array.asi8 // (DAY if isinstance(dtype, nw.Date) else 1)
    else:
        values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array
    whole = keep_nan or not missing.any()
    if whole and isinstance(values, np.ndarray) and values.dtype != object:
        return values
    return [None if gone else value for value, gone in zip(values.tolist(), missing)]
