"""What is looked at before a table is encoded: what is said of its ways, its size, ids."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse

from imblearn_gan.data.columns import Column, Columns, column_number, names_of
from imblearn_gan.data.containers import as_floats, column_of, is_frame, missing_in
from imblearn_gan.data.table import METHODS

#: How many values of an encoded row are too many.
MAX_VALUES = 100_000
#: What stands between the line of a user and one that warns.
LIBRARIES = {"imblearn_gan", "imblearn", "sklearn", "joblib"}
#: Rows from which on a column can be told to be an id, and how many of a text must be distinct.
MIN_ID_ROWS = 50
MIN_DISTINCT = 0.9


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line of the user's program that led here, however deep in libraries.

    Parameters
    ----------
    message : str
        What is to be said.

    category : type of Warning, default=UserWarning
        What kind of warning it is.
    """
    frame, level = inspect.currentframe(), 1
    while frame and frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def read_encoding(encoding: Any, columns: Columns, is_image: bool) -> Any:
    """Return ``encoding`` with the numbers of columns in place of their names.

    Parameters
    ----------
    encoding : 'auto', 'plain' or dict
        The way of all columns, or of some, by number or by name.

    columns : Columns
        The columns of the rows.

    is_image : bool
        Whether they are the pixels of images, which have one way.

    Returns
    -------
    'auto', 'plain' or dict of int to str
        The same, by number.

    Raises
    ------
    ValueError
        If it names a column that there is not, or a way that there is not or that does not fit.
    """
    if not isinstance(encoding, Mapping):
        return encoding
    if is_image and encoding:
        raise ValueError(f"encoding names columns of a table, but X holds images. Got {encoding}.")
    categories = {column.index for column in columns.categorical}
    ways: dict[int, str] = {}
    for name, method in encoding.items():
        i = column_number(name, columns.container, "encoding")
        if method not in METHODS:
            raise ValueError(f"encoding[{name!r}] must be one of {METHODS}. Got {method!r}.")
        if i in categories and method != "category":
            raise ValueError(
                f"encoding[{name!r}] is {method!r}, which is for numbers, but the column holds "
                "categories. Leave it out."
            )
        if i in ways:
            raise ValueError(f"encoding names the column {name!r} twice.")
        ways[i] = method
    return ways


# value and column of three outputs: a number, 'not zero' and 'zero'
_BYTES_OF_AN_ENTRY = 24


def check_size(n_samples: int, n_values: int, n_stored: int | None = None) -> None:
    """Raise a ValueError if so many rows of so many values would not fit into memory.

    Of sparse rows the entries that are stored count.
    """
    size = 4 * n_samples * n_values
    if n_stored is not None:
        size = min(size, _BYTES_OF_AN_ENTRY * n_stored)
    if n_values >= MAX_VALUES:
        raise ValueError(
            f"X would be encoded as {n_values:,} values a row; {MAX_VALUES:,} are too many. Keep "
            "fewer columns (sklearn.feature_selection), project them on fewer "
            "(sklearn.decomposition.TruncatedSVD), or set image_shape if they are pixels."
        )
    check_bytes(
        f"X would be encoded as {n_samples:,} rows of {n_values:,} values",
        size,
        "Keep fewer columns, categories with fewer values, or fewer rows of large classes "
        "(imblearn.under_sampling.RandomUnderSampler).",
    )


def check_bytes(what: str, size: int, advice: str) -> None:
    """Raise a ValueError for more than half of the machine's memory.

    Parameters
    ----------
    what : str
        What takes it, for the error.

    size : int
        How many bytes it takes.

    advice : str
        What to do, for the error.

    Raises
    ------
    ValueError
        If the machine tells its memory, and it is not twice as large.
    """
    memory = physical_memory()
    if memory is not None and size > memory / 2:
        raise ValueError(
            f"{what}, which takes {size // 2**30:,} GiB or more, more than half of the "
            f"{memory / 2**30:.1f} GiB of memory. {advice}"
        )


def physical_memory() -> int | None:
    """Return how much memory the machine has, in bytes; None where the system does not tell.

    Returns
    -------
    int or None
        The size.
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not every system tells
        return None


def warn_of_ids(X: Any, columns: Columns) -> None:
    """Warn of columns that name rows: nearly unique texts, integers that count."""
    if X.shape[0] < MIN_ID_ROWS:
        return
    texts = (column.index for column in columns.categorical if _are_names(X, column))
    integers = [i for i, kind in enumerate(columns.kinds) if kind == "integer"]
    if integers and sparse.issparse(X):
        X = X.tocsc()
        # at most one of distinct numbers is zero
        integers = np.flatnonzero(np.diff(X.indptr) >= X.shape[0] - 1).tolist()
        counted = [i for i in integers if _are_counted(X[:, [i]])]
    else:
        counted = [i for i in integers if _are_counted(column_of(X, i))]
    found = sorted({*texts, *counted})
    if found:
        index = "make them the index of the data frame" if is_frame(X) else "leave them out of X"
        warn_user(
            f"Columns {names_of(columns.container, found)} look like ids: nearly every row has a "
            "value of its own, which says nothing of other rows, and generated rows repeat those "
            f"of real rows, or get others of their range. Drop them, or {index}."
        )


def _are_names(X: Any, column: Column) -> bool:
    """Tell whether nearly all values of a category are distinct."""
    n = int((~missing_in(column_of(X, column.index))).sum())
    return n >= MIN_ID_ROWS and len(column.categories) > MIN_DISTINCT * n


def _are_counted(column: Any) -> bool:
    """Tell whether integers are distinct, and fill at least half of the places in their range."""
    numbers = as_floats(column)
    numbers = numbers[~np.isnan(numbers)]
    n = len(numbers)
    if n < MIN_ID_ROWS or np.ptp(numbers) < n - 1:
        return False
    gaps = np.diff(np.unique(numbers))
    return len(gaps) == n - 1 and bool(gaps.sum() < 2 * n * gaps.min())
