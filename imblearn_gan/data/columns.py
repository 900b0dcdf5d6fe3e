"""Columns of rows: their kinds, their categories, and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from scipy import sparse

from imblearn_gan.data.containers import (
    Container,
    as_floats,
    chunks,
    column_of,
    is_frame,
    is_missing,
    is_time,
    is_uniform,
    missing_in,
)

#: The kinds of columns, and the type of their values.
TYPES: dict[str, type] = {
    "float": np.float64,
    "integer": np.int64,
    "bool": np.bool_,
    "time": np.int64,
    "category": np.object_,
}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the rows that :meth:`DataCodec.fit` has seen, or one pixel of images.

    Attributes
    ----------
    index : int
        Where it is.

    name : object
        What a data frame calls it; None where columns have no names.

    kind : {'float', 'integer', 'bool', 'time', 'category'}
        What its values are taken for.

    dtype : dtype
        What its container says of them.

    categories : ndarray of shape (n_categories,)
        The values of a category that were seen, in the order they appeared; none for numbers.
    """

    index: int
    name: Any
    kind: str
    dtype: Any
    categories: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))

    def sorted_categories(self) -> list:
        """Return the categories as pandas orders them, or sorted, numbers before strings.

        Returns
        -------
        list
            Their values; a missing one is the first.
        """
        there = ~missing_in(self.categories)
        missing, seen = self.categories[~there].tolist(), self.categories[there].tolist()
        declared = getattr(self.dtype, "categories", None)
        if declared is not None:
            return [*missing, *sorted(seen, key=declared.get_loc)]
        return [*missing, *sorted(seen, key=lambda value: (isinstance(value, str), value))]

    def values(self, X: Any) -> np.ndarray:
        """Return what rows hold in this column.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows of a table that fit those that were seen, see :meth:`DataCodec.check`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Numbers in float64; categories as objects.
        """
        if sparse.issparse(X):
            return as_floats(X[:, [self.index]])
        column = column_of(X, self.index)
        return np.asarray(column, dtype=object) if self.kind == "category" else as_floats(column)


def column_kind(column: Any) -> str:
    """Tell what the values of a column can be taken for.

    Parameters
    ----------
    column : ndarray or pandas Series of shape (n_samples,)
        The column.

    Returns
    -------
    str
        ``'float'``, ``'integer'``, ``'bool'``, ``'time'``, ``'category'``, or the name of a dtype
        that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.data import column_kind
    >>> column_kind(np.array([1, 2.5], dtype=object)), column_kind(np.array(["a"]))
    ('float', 'category')
    """
    dtype = column.dtype
    if is_time(dtype):
        return "time"
    if not isinstance(dtype, np.dtype):
        return _pandas_kind(dtype)
    if dtype.kind != "O":
        kinds = {"f": "float", "i": "integer", "u": "integer", "b": "bool"}
        return kinds.get(dtype.kind, "category" if dtype.kind in "US" else str(dtype))
    kinds_seen = {_value_kind(value) for value in column if not is_missing(value)}
    unknown = kinds_seen - (set(TYPES) - {"time"})  # a time of day is an object of that name
    if unknown:
        return f"object ({', '.join(sorted(unknown))})"
    for kind in ("category", "float", "integer", "bool"):
        if kind in kinds_seen:
            return kind
    return "category"  # nothing but missing values


def _pandas_kind(dtype: Any) -> str:
    import pandas as pd
    from pandas.api import types

    is_category = isinstance(dtype, pd.CategoricalDtype) or str(dtype).startswith("dictionary<")
    if is_category or types.is_string_dtype(dtype):
        return "category"
    for kind in ("bool", "integer", "float"):
        if getattr(types, f"is_{kind}_dtype")(dtype):
            return kind
    return str(dtype)


def _value_kind(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (int, np.integer)):
        return "integer" if abs(int(value)) < 2**1023 else "int beyond float64"
    if isinstance(value, (float, np.floating)):
        return "float"
    return "category" if isinstance(value, str) else type(value).__name__


def _distinct(column: Any) -> np.ndarray:
    """Return the values of a column in the order they appear, with their own type."""
    values = np.asarray(column, dtype=object if hasattr(column, "dtypes") else None)
    seen: dict[Any, int] = {}
    for i, value in enumerate(values.tolist()):
        seen.setdefault(None if is_missing(value) else value, i)
    return values[list(seen.values())]


def names_of(container: Container, indices: Sequence[int]) -> str:
    """Return the names of the first of some columns, and how many more there are."""
    return first_of(container.names(indices))


def first_of(names: Sequence) -> str:
    """Return the first of some names in words, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{names[:5]}{more}"


@dataclass
class Columns:
    """The columns of rows, or the pixels of images: numbers and categories.

    Attributes
    ----------
    container : Container
        What the rows stand in.

    kinds : list of str
        The kind of each column.

    categorical : list of Column
        The columns of categories.

    numeric : ndarray of int
        The indices of all others.
    """

    container: Container
    kinds: list[str]
    categorical: list[Column]
    is_image: bool = False
    is_series: bool = False
    numeric: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        is_numeric = np.ones(len(self.kinds), dtype=bool)
        is_numeric[[column.index for column in self.categorical]] = False
        self.numeric = np.flatnonzero(is_numeric)

    def describe(self) -> tuple[Column, ...]:
        """Return what is known of each column."""
        columns = [
            Column(i, self.container.name(i), kind, self.container.dtype(i))
            for i, kind in enumerate(self.kinds)
        ]
        for column in self.categorical:
            columns[column.index] = column
        return tuple(columns)

    def only(self, indices: Sequence[int]) -> Columns:
        """Return the same columns, with these as the numeric ones."""
        some = copy(self)
        some.numeric = np.array(indices, dtype=np.intp)
        return some

    def numbers(self, X: Any) -> np.ndarray:
        """Return the numeric columns of rows, (n_samples, n_numeric), in float64."""
        if sparse.issparse(X):
            X = X.toarray()
        if not is_uniform(X):
            columns = [as_floats(column_of(X, int(i))) for i in self.numeric]
            return np.column_stack(columns) if columns else np.empty((len(X), 0))
        flat = X.reshape(len(X), -1)
        if len(self.numeric) < flat.shape[1]:
            flat = flat[:, self.numeric]
        return flat.astype(np.float64)

    def check(self, X: Any) -> None:
        """Raise a ValueError if more rows do not fit those that were seen."""
        if tuple(X.shape[1:]) != self.container.row_shape:
            is_row = tuple(X.shape) == self.container.row_shape
            raise ValueError(
                f"X has rows of shape {tuple(X.shape[1:])}, but was fitted on rows of shape "
                f"{self.container.row_shape}." + " Of a single row give X[None]." * is_row
            )
        if sparse.issparse(X) and self.categorical:
            raise ValueError("X is sparse, but was fitted with categorical columns: give an array.")
        kinds = _kinds(X, self.container.n_columns)
        problems = _problems(X, kinds, self.container, self.is_image, self.is_series)
        numeric = self.numeric.tolist()
        strings = [i for i in numeric if kinds[i] == "category" and not _is_empty(X, i)]
        if strings:
            problems.append(
                f"Columns {names_of(self.container, strings)} must hold numbers, as they did in "
                "fit."
            )
        times = [i for i in numeric if "time" in (kinds[i], self.kinds[i])]
        dtypes = Container(X).dtype, self.container.dtype
        if others := [i for i in times if dtypes[0](i) != dtypes[1](i)]:
            problems.append(
                f"Columns {names_of(self.container, others)} must have the dtype that they had in "
                f"fit, {dtypes[1](others[0])} and the like, not {dtypes[0](others[0])}."
            )
        _raise(problems)


def read_columns(
    X: Any,
    container: Container,
    categorical_features: Any,
    is_image: bool,
    is_series: bool = False,
) -> Columns:
    """Return the columns of rows, after a look for what cannot be used.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows from :func:`to_native`.

    container : Container
        What they stand in.

    categorical_features : 'auto', array-like or None
        Which columns hold categories.

    is_image : bool
        Whether the rows are images, which have no categories.

    is_series : bool, default=False
        Whether these are series of (time, features).

    Returns
    -------
    Columns
        What they are.

    Raises
    ------
    ValueError
        If values are infinite or of a type that cannot be used, pixels are missing, or
        ``categorical_features`` does not fit X.
    """
    kinds = _kinds(X, container.n_columns)
    problems = _problems(X, kinds, container, is_image, is_series)
    named = _named_categories(categorical_features, container)
    categorical = [i for i, kind in enumerate(kinds) if kind == "category"]
    if not isinstance(categorical_features, str):  # "auto"
        strings = [i for i in categorical if i not in set(named)]
        if strings:
            problems.append(
                f"Columns {names_of(container, strings)} hold strings or categories but are not "
                "in categorical_features. Name them there, or use "
                "categorical_features='auto'."
            )
        categorical = named
    if categorical and is_image:
        problems.append(
            "categorical_features must be empty for images. Got "
            f"{categorical_features!r}; columns {names_of(container, categorical)} are "
            "categorical."
        )
    if categorical and sparse.issparse(X):
        problems.append(
            "categorical_features needs dense data. Got a sparse matrix: name its columns in "
            "encoding, {column: 'category'}, or give an array."
        )
    _raise(problems)
    columns = [
        Column(i, container.name(i), "category", container.dtype(i), _distinct(column_of(X, i)))
        for i in categorical
    ]
    return Columns(container, kinds, columns, is_image, is_series)


def _named_categories(categorical_features: Any, container: Container) -> list[int]:
    """Return the sorted indices that ``categorical_features`` stands for."""
    if categorical_features is None or isinstance(categorical_features, str):
        return []
    named, n_columns = list(categorical_features), container.n_columns
    if named and all(isinstance(value, (bool, np.bool_)) for value in named):
        if len(named) != n_columns:
            raise ValueError(
                "categorical_features as a mask must have one entry a column. Got "
                f"{len(named)} for {n_columns} columns."
            )
        return [i for i, flag in enumerate(named) if flag]
    return sorted({column_number(value, container, "categorical_features") for value in named})


def column_number(value: Any, container: Container, parameter: str) -> int:
    """Return the number of the column that an entry of a parameter stands for."""
    n_columns = container.n_columns
    if isinstance(value, (str, tuple)):
        names = container.names(range(n_columns)) if is_frame(container.template) else []
        if value not in names:
            raise ValueError(f"{parameter} names the column {value!r}, which X does not have.")
        return names.index(value)
    if isinstance(value, (int, np.integer)) and -n_columns <= value < n_columns:
        return int(value) % n_columns
    raise ValueError(
        f"{parameter} has the entry {value!r}, which is out of range: X has {n_columns} columns, "
        "and integers are their positions, from 0, not their names."
    )


def _is_empty(X: Any, i: int) -> bool:
    """Tell whether all values of a column are missing."""
    return bool(missing_in(column_of(X, i)).all())


def _kinds(X: Any, n_columns: int) -> list[str]:
    """Return the kind of each column."""
    if is_uniform(X):
        return [column_kind(X.data[:0] if sparse.issparse(X) else X[:0].reshape(-1))] * n_columns
    return [column_kind(column_of(X, i)) for i in range(n_columns)]


def _problems(
    X: Any, kinds: list[str], container: Container, is_image: bool, is_series: bool
) -> list[str]:
    """Say what X holds that cannot be used: NaN in images, infinity, dtypes."""
    found = {"NaN": _columns_with(np.isnan, X, kinds)} if is_image else {}
    found["infinity"] = _columns_with(np.isinf, X, kinds)
    where = "columns" if X.ndim <= 2 else "values" if is_series else "pixels"
    of_series = " of the flattened series (time x features)" if is_series else ""
    bad = [f"{what} in {where} {names_of(container, i)}" for what, i in found.items() if i]
    problems = [
        f"Input X contains {' and '.join(bad)}{of_series}. Replace or drop these values first."
    ] * bool(bad)
    for dtype in sorted(set(kinds) - set(TYPES)):
        own = [i for i, kind in enumerate(kinds) if kind == dtype]
        problems.append(
            f"Columns {names_of(container, own)} have the dtype {dtype}, which cannot be used. "
            "Turn them into numbers, booleans, times, strings or categories."
        )
    return problems


def _columns_with(bad: Callable, X: Any, kinds: list[str]) -> list[int]:
    """Return the columns with values that are bad: missing (np.isnan) or infinite (np.isinf)."""
    if is_uniform(X):
        if X.dtype.kind != "f":
            return []
        if sparse.issparse(X):
            entries = X.tocoo()
            return np.unique(entries.col[bad(entries.data)]).tolist()
        n_columns = prod(X.shape[1:])
        found = np.zeros(n_columns, dtype=bool)
        for rows in chunks(len(X), n_columns):
            found |= bad(X[rows]).reshape(-1, n_columns).any(axis=0)
        return np.flatnonzero(found).tolist()
    columns = [(i, column_of(X, i), kind) for i, kind in enumerate(kinds)]
    if bad is np.isnan:
        return [i for i, column, _ in columns if missing_in(column).any()]
    return [i for i, column, kind in columns if kind == "float" and bad(as_floats(column)).any()]


def _raise(problems: list[str]) -> None:
    if problems:
        raise ValueError(" ".join(problems))
