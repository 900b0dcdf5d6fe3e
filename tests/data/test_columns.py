"""Columns: kinds, categories, values."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import DataCodec, column_kind, is_missing
from tests.data.rows import COUNTS, REALS, N


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1.5], dtype=np.float16), "float"),
        (np.array([1], dtype=np.uint8), "integer"),
        (np.array([True]), "bool"),
        (np.array(["a"]), "category"),
        (np.array([b"a"]), "category"),
        (np.array([1j]), "complex128"),
        (np.array([1, 2], dtype=object), "integer"),
        (np.array([1, 2.5, True], dtype=object), "float"),
        (np.array([1, "a"], dtype=object), "category"),
        (np.array([True, np.False_], dtype=object), "bool"),
        (np.array([{}, 1], dtype=object), "object (dict)"),
        (pd.Series([1, 2], dtype="Int8"), "integer"),
        (pd.Series([1, 2], dtype="Float32"), "float"),
        (pd.Series([True], dtype="boolean"), "bool"),
        (pd.Series(["a"], dtype="string"), "category"),
        (pd.Series([1, 2], dtype="category"), "category"),
        (pd.Series(pd.arrays.SparseArray([0.0, 1.0])), "float"),
        (np.array([None, 2], dtype=object), "integer"),
        (np.array([None, np.nan], dtype=object), "category"),
        (np.array(["2020"], dtype="M8[D]"), "time"),
        (np.array([3], dtype="m8[s]"), "time"),
        (pd.Series(pd.to_datetime(["2020"])), "time"),
        (pd.Series(pd.to_datetime(["2020"], utc=True)), "time"),
        (pd.Series(pd.to_timedelta(["3s"])), "time"),
        (pd.Series(pd.period_range("2020", periods=1, freq="M")), "time"),
        (pd.Series(pd.interval_range(0, 1)), "interval"),
        (pd.Series([pd.Timestamp("2020")], dtype=object), "object (Timestamp)"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.dtype),
)
def test_kinds(values, kind):
    assert column_kind(values).startswith(kind)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["low", "high", "mid"], ["high", "low", "mid"]),
        (pd.Categorical(["low", "high"], ["low", "mid", "high"]), ["low", "high"]),
        (pd.Categorical([3, 1, 2], [3, 2, 1]), [3, 2, 1]),
        (np.array([10, "b", 9, "a"], dtype=object), [9, 10, "a", "b"]),
        (pd.Categorical(["low", None, "high"], ["low", "high"]), [None, "low", "high"]),
        (pd.Categorical([3, 1, None], [3, 1]), [None, 3, 1]),
        (np.array(["b", None, "a"], dtype=object), [None, "a", "b"]),
        (np.array([3, None, 1, "a"], dtype=object), [None, 1, 3, "a"]),
        (pd.Series(["b", None, "a"], dtype="string"), [None, "a", "b"]),
    ],
)
def test_categories_in_order(values, expected):
    (column,) = DataCodec().fit(pd.DataFrame({"c": values})).columns_
    assert told(column.categories) == told(values)
    assert told(column.sorted_categories()) == expected


def told(values):
    return [None if is_missing(value) else value for value in list(values)]


def test_numbers_have_no_categories():
    assert DataCodec().fit(REALS).columns_[0].sorted_categories() == []


@pytest.mark.parametrize(
    "container", [np.asarray, pd.DataFrame, sparse.csr_matrix, sparse.csc_array, "object"]
)
def test_values_of_numbers(container):
    X = COUNTS.astype(object) if container == "object" else container(COUNTS)
    for i, column in enumerate(DataCodec().fit(X).columns_):
        values = column.values(X)
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, COUNTS[:, i])


def test_values_of_categories():
    words = np.array(["a", "b", "c"])[COUNTS[:, 0] % 3]
    frame = pd.DataFrame({"x": REALS[:, 0], "w": pd.Categorical(words)})
    values = DataCodec().fit(frame).columns_[1].values(frame)
    assert values.dtype == object
    assert values.shape == (N,)
    assert values.tolist() == words.tolist()


@pytest.mark.parametrize("value", [None, np.nan, float("nan"), pd.NA, pd.NaT], ids=str)
def test_missing_values(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, "", False, "nan", np.inf], ids=repr)
def test_values_that_are_there(value):
    assert not is_missing(value)
