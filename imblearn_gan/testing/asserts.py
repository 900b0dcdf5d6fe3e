"""What must hold of every result."""

from __future__ import annotations

from collections import Counter
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy import sparse
from sklearn.utils import _safe_indexing

from imblearn_gan.data import is_missing, take


def require(holds: Any, message: str) -> None:
    """Raise an AssertionError unless something holds; also under ``python -O``."""
    if not holds:
        raise AssertionError(message)


def class_codes(y: Any) -> list:
    """Return labels as a list of plain values; one-hot columns as column numbers."""
    if (other := _of_other_library(y)) is not None:
        other = other.to_frame() if isinstance(other, nw.Series) else other
        y = np.array([column.to_list() for column in other.iter_columns()], dtype=object).T
    y = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    return y.argmax(axis=1).tolist() if y.ndim == 2 and y.shape[1] > 1 else y.ravel().tolist()


def columns_of(X: Any) -> list[list]:
    """Return columns (pixels) as lists of plain values."""
    if hasattr(X, "iloc"):
        return [X.iloc[:, i].tolist() for i in range(X.shape[1])]
    if (other := _of_other_library(X)) is not None:
        return [column.to_list() for column in other.iter_columns()]
    if sparse.issparse(X):
        X = X.toarray()
    X = np.array(X, dtype=object) if isinstance(X, list) else X
    return X.reshape(len(X), -1).T.tolist()


def in_order(rows: Any) -> Any:
    """Return rows of a frame indexed from 0; other containers as they are."""
    return rows.reset_index(drop=True) if hasattr(rows, "iloc") else rows


def _rows(values: Any, rows: list[int]) -> Any:
    """Return rows of anything, those of pandas with their index."""
    if _of_other_library(values) is not None:
        return take(values, rows)
    return _safe_indexing(values, rows)


def _of_other_library(values: Any) -> Any:
    """Return frames and series of other libraries than pandas in narwhals', None for all else."""
    other = nw.from_native(values, pass_through=True, allow_series=True)
    is_other = isinstance(other, (nw.DataFrame, nw.Series)) and not other.implementation.is_pandas()
    return other if is_other else None


def _plain(values: np.ndarray) -> list:
    """Return an array as a flat list, None where values are missing."""
    return [None if is_missing(value) else value for value in values.ravel().tolist()]


def _assert_same_columns(first: Any, second: Any, what: str) -> None:
    """Assert that frames, or series, of narwhals are the same, null as null and NaN as NaN."""
    if isinstance(first, nw.Series):
        first, second = first.alias("values").to_frame(), second.alias("values").to_frame()
    schemas = [dict(rows.schema) for rows in (first, second)]
    require(
        list(schemas[0].items()) == list(schemas[1].items()),
        f"{what} differ in their schema: {schemas[0]} and {schemas[1]}.",
    )
    for name in schemas[0]:
        columns = [np.array(rows[name].to_list(), dtype=object) for rows in (first, second)]
        what_column = f"{what} differ in column {name!r}."
        require(_plain(columns[0]) == _plain(columns[1]), what_column)
        nulls = [[value is None for value in column.tolist()] for column in columns]
        require(nulls[0] == nulls[1], f"{what_column} What is null and what is NaN changed.")
        if schemas[0][name].is_float():
            there = [column[[v is not None for v in column]].astype(float) for column in columns]
            signs = [np.signbit(values).tolist() for values in there]
            require(signs[0] == signs[1], f"{what_column} The signs of zeros changed.")


def assert_same(first: Any, second: Any, what: str = "The containers") -> None:
    """Assert that two containers are of one type, and hold the same types and bits.

    Parameters
    ----------
    first, second : {ndarray, dataframe, series, sparse matrix, list}
        Rows or labels.

    what : str, default='The containers'
        How the message calls them.

    Raises
    ------
    AssertionError
        If they differ.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.testing import assert_same
    >>> assert_same(np.zeros(2), np.zeros(2))
    """
    kinds = [type(rows).__name__ for rows in (first, second)]
    require(type(first) is type(second), f"{what} differ in type: {kinds[0]} and {kinds[1]}.")
    if (other := _of_other_library(first)) is not None:
        _assert_same_columns(other, _of_other_library(second), what)
    elif hasattr(first, "iloc"):
        import pandas as pd

        check = pd.testing.assert_frame_equal if first.ndim == 2 else pd.testing.assert_series_equal
        try:
            check(first, second, check_exact=True)
        except AssertionError as error:
            raise AssertionError(f"{what} differ. {error}") from error
    elif isinstance(first, list):
        lists = [np.array(rows, dtype=object) for rows in (first, second)]
        require(_plain(lists[0]) == _plain(lists[1]), f"{what} differ in their values.")
    else:
        for name in ("dtype", "shape"):
            values = [getattr(rows, name) for rows in (first, second)]
            require(
                values[0] == values[1], f"{what} differ in {name}: {values[0]} and {values[1]}."
            )
        if sparse.issparse(first):
            first, second = first.toarray(), second.toarray()
        require(_plain(first) == _plain(second), f"{what} differ in their values.")
        if first.dtype.kind == "f":
            signs = np.array_equal(np.signbit(first), np.signbit(second))
            require(signs, f"{what} differ in the signs of zeros.")


def assert_oversampled(sampler: Any, X: Any, y: Any, X_res: Any, y_res: Any) -> None:
    """Assert everything that must hold of ``X_res, y_res = sampler.fit_resample(X, y)``.

    Parameters
    ----------
    sampler : BaseGANOversampler
        The fitted sampler.

    X, y : array-like
        What it got.

    X_res, y_res : array-like
        What it gave.

    Raises
    ------
    AssertionError
        If the real rows are not first or not the same, a class has not as many rows as asked for,
        ``sample_source_`` or ``synthetic_mask_`` tell something else, or added rows hold values
        out of range, of another type, missing or of categories as none that were seen.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.testing import assert_oversampled
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> sampler = CGANOversampler(max_iter=2, random_state=0)
    >>> assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    """
    before, after = class_codes(y), class_codes(y_res)
    n = len(before)
    for name, given, result in (("X", X, X_res), ("y", y, y_res)):
        assert_same(
            _rows(result, list(range(n))),
            in_order(given),
            f"The first rows of the result must be the real ones, untouched. They and {name}",
        )
    wanted = {label: n for label, n in sampler.sampling_strategy_.items() if n}
    added = dict(Counter(after) - Counter(before))
    require(
        added == wanted,
        f"fit_resample added {added} rows by class, but sampling_strategy_ asks for {wanted}. Draw "
        "exactly as many rows of each class as asked for.",
    )
    source = sampler.sample_source_.tolist()
    require(
        source[:n] == list(range(n)) and len(source) == len(after),
        "sample_source_ must have one entry a row of the result, 0 to n - 1 for the real ones.",
    )
    require(
        sampler.synthetic_mask_.tolist() == [i < 0 for i in source],
        "synthetic_mask_ must tell the rows whose sample_source_ is negative.",
    )
    n_made = sum(m - int(sampler.replay * m + 1e-9) for m in wanted.values())
    require(
        sum(i < 0 for i in source) == n_made,
        f"{sum(i < 0 for i in source)} rows are marked as generated. With replay={sampler.replay} "
        f"there must be {n_made}.",
    )
    copied = [i for i in range(n, len(source)) if source[i] >= 0]
    if copied:
        origins = [source[i] for i in copied]
        pairs = [(y_res, y)] + ([] if sampler.replay_augmentation else [(X_res, X)])
        for given, original in pairs:
            assert_same(
                in_order(_rows(given, copied)),
                in_order(_rows(original, origins)),
                "Repeated rows and the real rows that sample_source_ names",
            )
    seen, made = columns_of(X), columns_of(X_res)
    require(len(seen) == len(made), f"X has {len(seen)} columns, the result {len(made)}.")
    # a mirrored image has other values at a place
    moved = copied if sampler.replay_augmentation and sampler.codec_.spec(()).is_image else []
    for i, (values, result) in enumerate(zip(seen, made)):
        added_values = [result[row] for row in sorted(set(range(n, len(after))) - set(moved))]
        assert_values_like(values, added_values, f"Column {i} of the added rows")


def assert_values_like(seen: list, made: list, what: str = "A column") -> None:
    """Assert that values are of a type that was seen, and in its range or one of its categories."""
    if any(map(is_missing, made)):
        require(any(map(is_missing, seen)), f"{what} has missing values, but none were seen.")
    seen, made = ([v for v in values if not is_missing(v)] for values in (seen, made))
    types = [{type(value) for value in values} for values in (made, seen)]
    require(types[0] <= types[1], f"{what} holds {types[0]}, but {types[1]} were seen.")
    if any(isinstance(value, (str, bool)) for value in seen):
        unknown = set(made) - set(seen)
        require(not unknown, f"{what} holds {sorted(unknown)[:5]}, which were not seen.")
    elif made:
        require(
            min(seen) <= min(made) and max(made) <= max(seen),
            f"{what} reaches from {min(made)} to {max(made)}, but {min(seen)} to {max(seen)} was "
            "seen. Let codec_ decode what the networks give, and leave its rows as they are.",
        )
