"""Tables as they come: what is odd in them comes back as odd as it was, or is refused by name."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import DataCodec, is_missing
from imblearn_gan.testing.asserts import assert_same, assert_values_like
from tests.samplers import tiny

N = 120
Y = np.repeat([0, 1], [90, 30])
R = np.random.RandomState(0)
NORMAL = R.normal(size=N)
GONE = np.arange(N) % 4 == 0
FEW = R.randint(0, 100, N)

pytestmark = pytest.mark.filterwarnings("ignore:.* look like ids")


def objects(values):
    column = np.empty(N, dtype=object)
    column[:] = values
    return pd.Series(column, dtype=object)  # pandas takes an array of words for strings


def gaps(values, missing):
    """The values as objects, every fourth one missing."""
    return objects([missing if gone else value for gone, value in zip(GONE, values)])


def drawn(codec, n=400):
    """Rows of a generator that has learnt nothing."""
    stream = np.random.RandomState(1)
    return codec.decode(stream.normal(size=(n, *codec.spec(()).shape)), np.ones(n, int), stream)


def kinds(values):
    """The types of values, and whether they are missing."""
    return {(type(value), is_missing(value)) for value in values}


NARROW = {
    "int64": 2**60 + FEW,
    "int64 below zero": -(2**62) + FEW,
    "uint64": np.uint64(2**64 - 1) - FEW.astype(np.uint64),
    "Int64": pd.array(gaps((2**60 + FEW).tolist(), None), dtype="Int64"),
    "UInt64": pd.array(gaps([2**64 - 1 - int(n) for n in FEW], None), dtype="UInt64"),
    "integers as objects": objects([2**70 + int(n) for n in FEW]),
    "with gaps": gaps([2**70 + int(n) for n in FEW], None),
    "times": (1_700_000_000_000_000_000 + FEW).view("M8[ns]"),
    "times of a zone": pd.DatetimeIndex((1_700_000_000_000_000_000 + FEW).view("M8[ns]"), tz="UTC"),
    "durations": (5_000_000_000_000_000_000 + FEW).view("m8[ns]"),
    "reals": 1e16 + 2.0 * FEW,
    "float32": (1e8 + 8 * FEW).astype(np.float32),
    "reals with gaps": np.where(GONE, np.nan, 1e16 + 2.0 * FEW),
}
ODD = {
    "one number": np.full(N, 3.0),
    "the largest number": np.full(N, np.finfo(float).max),
    "the largest integer": np.full(N, 2**64 - 1, dtype=np.uint64),
    "a number and gaps": np.where(GONE, np.nan, 5.0),
    "gaps alone": np.full(N, np.nan),
    "gaps in one class": np.where(Y == 1, np.nan, NORMAL),
    "numbers in one class": np.where(Y == 0, np.nan, NORMAL),
    "1e300": 1e300 * NORMAL,
    "all of float64": np.finfo(float).max * np.linspace(-1, 1, N),
    "subnormal": 5e-324 * FEW,
    "subnormal or huge": np.where(GONE, 1e308, 5e-324 * FEW),
    "all of int64": np.where(GONE, -(2**63), R.randint(-99, 2**62, N)),
    "zeros in all of int64": np.where(GONE, 0, R.randint(-(2**62), 2**62, N)),
    "minus zero": np.where(GONE, -0.0, NORMAL),
    "float16": (20000 * NORMAL).astype(np.float16),
    "reals as objects": gaps(NORMAL.tolist(), None),
    "reals or NA": gaps(NORMAL.tolist(), pd.NA),
    "reals or NaT": gaps(NORMAL.tolist(), pd.NaT),
    "integers as objects": gaps(FEW.tolist(), None),
    "flags as objects": gaps((FEW > 50).tolist(), None),
    "words or None": gaps(["a", "b"] * 60, None),
    "words or NaN": gaps(["a", "b"] * 60, np.nan),
    "words or NA": gaps(["a", "b"] * 60, pd.NA),
    "None alone": objects(None),
    "empty strings": objects(["", "x", "", ""] * 30),
    "nothing but empty strings": objects(""),
    "unicode": objects(["żółć", "日本", "🙂", "a\0b"] * 30),
    "unused categories": pd.Categorical(["lo", "hi"] * 60, ["z", "lo", "mid", "hi"], ordered=True),
    "categories of reals": pd.Categorical(np.where(GONE, np.nan, FEW % 3 + 0.5)),
    "categories of days": pd.Categorical(pd.date_range("2020", periods=3).repeat(40)),
    "unseen categories": pd.Categorical([None] * N, ["a", "b"]),
    "quarters": pd.period_range("2001Q1", periods=N, freq="Q"),
    "seconds": pd.Series(pd.period_range("2001", periods=N, freq="s")).where(~GONE),
    "a zone": pd.Series(pd.date_range("2024-03-30", periods=N, freq="17min", tz="Europe/Berlin")),
    "an offset": pd.date_range("2024", periods=N, tz="+05:30"),
    "NaT alone": pd.Series([pd.NaT] * N),
    "boolean": pd.array(gaps((FEW > 50).tolist(), None), dtype="boolean"),
    "string": pd.array(gaps(["a", "b"] * 60, None), dtype="string"),
    "sparse": pd.arrays.SparseArray(np.where(GONE, np.nan, NORMAL)),
}
TWO = {
    **{name: np.where(GONE, 0, 1).astype(name) for name in ("float64", "int8", "uint64", "bool")},
    "reals": np.where(GONE, 0.1, 0.7),
    "far apart": np.where(GONE, -1e308, 1e308),
    "subnormal": 5e-324 * (FEW % 2),
    "the largest integers": np.where(GONE, np.uint64(2**64 - 1), np.uint64(2**64 - 2)),
    "nanoseconds": (1_700_000_000_000_000_000 + FEW % 2).view("M8[ns]"),
    "Int64": pd.array(np.where(GONE, 3, 9), dtype="Int64"),
    "boolean": pd.array(GONE, dtype="boolean"),
    "objects": objects(GONE.tolist()),
    "integers as objects": objects([3 if gone else 2**70 for gone in GONE]),
    "strings": objects(["yes" if gone else "no" for gone in GONE]),
    "string": pd.array(["yes" if gone else "no" for gone in GONE], dtype="string"),
    "category": pd.Categorical(["yes" if gone else "no" for gone in GONE], ["no", "yes", "never"]),
}
ALL = {f"narrow: {name}": values for name, values in NARROW.items()} | ODD


@pytest.mark.parametrize("encoding", ["auto", "plain"])
@pytest.mark.parametrize("name", ALL)
def test_columns_come_back_as_odd_as_they_were(name, encoding):
    X = pd.DataFrame({"c": ALL[name], "x": NORMAL})
    codec = DataCodec(encoding=encoding).fit(X, Y)
    encoded = codec.encode(X)
    assert np.abs(encoded).max() <= 1
    back, new = codec.decode(encoded, Y), drawn(codec)
    for made in (back, new):
        assert made.dtypes.equals(X.dtypes)
        assert_values_like(X["c"].tolist(), made["c"].tolist())
        assert kinds(made["c"]) <= kinds(X["c"])
    assert back["c"].isna().tolist() == X["c"].isna().tolist()


@pytest.mark.parametrize("encoding", ["auto", "plain", {"c": "quantile"}])
@pytest.mark.parametrize("name", NARROW)
def test_what_is_near_each_other_far_from_zero_stays_apart(name, encoding):
    X = pd.DataFrame({"c": NARROW[name], "x": NORMAL})
    codec = DataCodec(encoding=encoding).fit(X, Y)
    back = codec.decode(codec.encode(X), Y)
    assert_same(back[["c"]], X[["c"]])
    assert len(set(drawn(codec)["c"].dropna())) > 30


@pytest.mark.parametrize("container", [np.array, sparse.csr_matrix, sparse.csc_array])
def test_narrow_columns_of_arrays_stay_apart(container):
    rows = np.column_stack([NARROW["int64"], FEW, NARROW["int64 below zero"]])
    codec = DataCodec().fit(container(rows), Y)
    assert_same(codec.decode(codec.encode(container(rows))), container(rows))


def test_a_number_below_those_that_were_seen_is_encoded_as_one():
    X = pd.DataFrame({"c": NARROW["int64"], "x": NORMAL})
    codec = DataCodec().fit(X, Y)
    low, high = X["c"].min(), X["c"].max()
    width = high - low
    encoded = codec.encode(X.iloc[:3].assign(c=[low - width, low, high + width]))
    assert encoded[:, 1].tolist() == [-3, -1, 3]


def test_a_frequent_number_is_exact_where_the_others_reach_far():
    X = pd.DataFrame({"c": ODD["zeros in all of int64"], "x": NORMAL})
    assert (drawn(DataCodec().fit(X, Y))["c"] == 0).any()


@pytest.mark.parametrize("name", TWO)
def test_two_valued_columns_stay_two_valued(name):
    X = pd.DataFrame({"c": TWO[name], "x": NORMAL})
    codec = DataCodec().fit(X, Y)
    assert set(drawn(codec)["c"]) == set(X["c"])
    assert_same(codec.decode(codec.encode(X))[["c"]], X[["c"]])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=str)
@pytest.mark.parametrize(
    "values", [["a", "b"] * 60, FEW.tolist(), NORMAL.tolist(), (FEW > 50).tolist()]
)
def test_what_is_missing_comes_back_as_it_was(values, missing):
    X = pd.DataFrame({"c": gaps(values, missing), "x": NORMAL})
    sampler = tiny(replay=0.3)
    X_res, _ = sampler.fit_resample(X, Y)
    for column in (X_res["c"], sampler.codec_.decode(sampler.codec_.encode(X))["c"]):
        found = [value for value in column if is_missing(value)]
        assert found
        assert {type(value) for value in found} == {type(missing)}


@pytest.mark.parametrize("dtype", ["M8[s]", "M8[ns]", "M8[D]", "m8[h]", "i8", "u2", "f4", "f8"])
def test_arrays_of_another_byte_order(dtype):
    rows = (np.column_stack([FEW, FEW[::-1]]) * 3).astype(dtype)
    swapped = rows.astype(np.dtype(dtype).newbyteorder(">"))
    codecs = [DataCodec().fit(X, Y) for X in (rows, swapped)]
    np.testing.assert_array_equal(codecs[0].encode(rows), codecs[1].encode(swapped))
    back, new = codecs[1].decode(codecs[1].encode(swapped)), drawn(codecs[1])
    assert back.dtype == new.dtype == swapped.dtype
    np.testing.assert_array_equal(new, drawn(codecs[0]))
    assert swapped.min() <= new.min() <= new.max() <= swapped.max()
    if np.dtype(dtype).kind != "f":
        np.testing.assert_array_equal(back, swapped)


@pytest.mark.parametrize(
    "rows",
    [
        [[i % 3, 2**63 + i] for i in range(N)],
        [[i + 0.5, 2**63 + i] for i in range(N)],
        [[2**63 + i if i % 2 else i] for i in range(N)],
        [[2**53 + i, i / 4] for i in range(N)],
        tuple((i, 2**70 + i) for i in range(N)),
    ],
    ids=["columns", "reals", "one column", "2**53", "tuples"],
)
def test_lists_of_large_integers_are_exact(rows):
    sampler = tiny(replay=0.5)
    X_res, _ = sampler.fit_resample(rows, Y)
    given = [list(row) for row in rows]
    assert [list(row) for row in X_res[:N]] == given
    assert all(map(isinstance, X_res[1], map(type, rows[1])))
    for column, seen in zip(zip(*X_res), zip(*given)):
        assert_values_like(list(seen), list(column))
        assert len(set(column[N:])) > 10 or len(set(seen)) == 3


def test_lists_of_large_reals_are_reals():
    rows = [[1e300 * value] for value in NORMAL.tolist()]
    assert tiny().fit_resample(rows, Y)[0][:N] == rows


@pytest.mark.parametrize("names", [[("a", 0), ("a", 1)], [("a", ""), (1, None)]], ids=str)
def test_columns_of_several_levels(names):
    X = pd.DataFrame(np.column_stack([NORMAL, FEW]), columns=pd.MultiIndex.from_tuples(names))
    X_res, _ = tiny().fit_resample(X, Y)
    assert X_res.columns.equals(X.columns)
    assert X_res.dtypes.equals(X.dtypes)
