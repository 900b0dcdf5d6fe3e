"""Frames, series and dtypes of other libraries come back as they were."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from imblearn_gan.storage import Unwritable, Writer
from tests.data.test_frames import COLUMNS
from tests.storage.test_values import again

DAYS = pd.date_range("2020-03-28", periods=4, freq="7h", name="day")
PANDAS = {
    "category": pd.Series(pd.Categorical(["b", None, "a", "b"], ["b", "a", "c"], ordered=True)),
    "numbers": pd.Series(pd.Categorical([2, 1, 2, 1])),
    "string": pd.Series(["a", None], dtype="string"),
    "string[pyarrow]": pd.Series(["a", None], dtype="string[pyarrow]"),
    "str": pd.Series(["a", None], dtype="str"),
    "Int8": pd.Series([1, None], dtype="Int8", name="n"),
    "Float32": pd.Series([1.5, None], dtype="Float32"),
    "boolean": pd.Series([True, None], dtype="boolean"),
    "zone": pd.Series(DAYS.tz_localize("Europe/Paris")),
    "plain": pd.Series(DAYS),
    "gaps": pd.Series(DAYS).where([True, False] * 2),
    "period": pd.Series(DAYS.to_period("D")),
    "months": pd.Series(DAYS.to_period("M")),
    "quarters": pd.Series(DAYS.to_period("Q-JAN")),
    "three months": pd.Series(DAYS.to_period("3M")),
    "years": pd.Series(DAYS.to_period("Y")),
    "length": pd.Series(DAYS - DAYS[0]),
    "sparse": pd.Series(pd.arrays.SparseArray([0, 0, 3])),
    "arrow": pd.Series([1, None], dtype="int64[pyarrow]"),
    "arrow times": pd.Series(DAYS).astype("timestamp[ns, tz=UTC][pyarrow]"),
    "objects": pd.Series([None, "a", 3, pd.NA, pd.NaT, pd.Timestamp("2020-01-01", tz="UTC")]),
    "empty": pd.Series([], dtype="category"),
}


@pytest.mark.parametrize("name", PANDAS)
def test_series(name):
    pd.testing.assert_series_equal(again(PANDAS[name]), PANDAS[name])
    assert again(PANDAS[name].dtype) == PANDAS[name].dtype


def test_frame():
    frame = pd.DataFrame(dict(list(PANDAS.items())[:3]), index=range(4))
    pd.testing.assert_frame_equal(again(frame), frame)
    pd.testing.assert_frame_equal(again(frame[:0]), frame[:0].reset_index(drop=True))


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(["a", "b"], name="x"),
        pd.Index([3, 1]),
        pd.RangeIndex(2, 9, 3, name="r"),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.Index(DAYS[:2].array, name="day"),
        DAYS[[0, 2, 3]].tz_localize("UTC"),
        pd.Index(["a", 1, None], dtype=object),
        pd.CategoricalIndex(["a", "b"]),
    ],
    ids=lambda index: type(index).__name__,
)
def test_index(index):
    pd.testing.assert_index_equal(again(index), index)


def test_extension_arrays():
    for value in (pd.array([1, None]), pd.Categorical(["a"]), DAYS.tz_localize("UTC").array):
        pd.testing.assert_extension_array_equal(again(value), value)


@pytest.mark.parametrize("name", COLUMNS)
def test_polars(name):
    frame = pl.DataFrame({name: COLUMNS[name]})
    for rows in (frame, frame[:0]):
        assert again(rows).equals(rows)
        assert again(rows).schema == rows.schema
        column = rows.to_arrow().column(0)
        assert again(column).type == column.type
        assert pl.Series(again(column)).equals(pl.Series(column))


def test_pyarrow():
    kinds = [pa.time32("s"), pa.date64(), pa.decimal128(5, 2), pa.float16(), pa.duration("ns")]
    for kind in [*kinds, pa.dictionary(pa.int8(), pa.string(), ordered=True), pa.timestamp("ns")]:
        assert again(kind) == kind
    table = pa.table({"a": pa.array([2**62 + 1], pa.timestamp("ns", "UTC")), "b": [None]})
    assert again(table).equals(table)


class Frame(pd.DataFrame):
    """A frame of a user's own."""


@pytest.mark.parametrize(
    "value",
    [
        Frame({"a": [1]}),
        pd.Series(pd.arrays.IntervalArray.from_breaks([0, 1])),
        pl.Series([[1, 2]]),
        pa.array([[1, 2]]),
        pd.DataFrame({"a": [np.zeros(2), print]}),
    ],
    ids=["subclass", "interval", "list", "arrow list", "function"],
)
def test_what_is_not_known_is_refused(value):
    with pytest.raises(Unwritable):
        Writer({}).write(value)
