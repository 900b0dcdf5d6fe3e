"""Tables: which way each column takes, and what a user may rely on when rows come back."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import norm

from imblearn_gan.data import DataCodec, is_missing
from imblearn_gan.data.table import MAX_GROUPS
from imblearn_gan.testing.asserts import assert_same, assert_values_like

N = 120
RNG = np.random.RandomState(0)
NORMAL = RNG.normal(size=N)
HEAVY = RNG.permutation(np.exp(3 * norm.ppf((np.arange(N) + 0.5) / N)))
GONE = np.arange(N) % 4 == 0
Y = np.arange(N) % 3 // 2


def column(values, name="c"):
    return pd.DataFrame({name: values})


def ways(X, **params):
    """The way of each column."""
    codec = DataCodec(**params).fit(X, Y[: X.shape[0]])
    return [method for _, method in sorted(codec._table.methods().items())]


def drawn(codec, n=400, **more):
    """Rows of a generator that has learnt nothing."""
    stream = np.random.RandomState(1)
    return codec.decode(stream.normal(size=(n, *codec.spec(()).shape)), stream=stream, **more)


def plain(values):
    return [None if is_missing(value) else value for value in list(values)]


pytestmark = pytest.mark.filterwarnings("ignore:.* look like ids")


# which way --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "way", "n_outputs"),
    [
        (NORMAL, "minmax", 1),
        (np.full(N, 3.5), "minmax", 1),
        (HEAVY, "quantile", 1),
        (np.arange(N) % 2, "steps", 2),
        (np.where(GONE, 0.1, 0.7), "steps", 2),
        (np.arange(N) % 10 / 4, "steps", 10),
        (np.arange(N) % 11 / 4, "minmax", 1),
        (np.arange(N) % 60, "minmax", 1),
        (np.where(GONE, np.nan, NORMAL), "minmax", 3),
        (np.where(GONE, np.nan, HEAVY), "quantile", 3),
        (np.where(GONE, 0, NORMAL), "minmax", 3),
        (np.where(GONE, 0, HEAVY), "quantile", 3),
        (np.where(GONE, np.nan, 3.5), "steps", 2),
        (np.full(N, np.nan), "steps", 1),
        (np.array(["a", "b", "c"])[np.arange(N) % 3], "category", 3),
        (pd.date_range("2024", periods=N), "minmax", 1),
        (pd.array([1, None] * 60, dtype="Int64"), "steps", 2),
        (pd.array([True, False, None] * 40, dtype="boolean"), "steps", 3),
    ],
)
def test_each_column_takes_the_way_its_values_ask_for(values, way, n_outputs):
    X = column(values)
    assert ways(X) == [way]
    assert DataCodec().fit(X, Y).spec(()).n_values == n_outputs


def test_few_numbers_are_steps_only_where_each_is_there_ten_times_on_average():
    assert ways(column(np.arange(50) % 5)) == ["steps"]
    assert ways(column(np.arange(49) % 5)) == ["minmax"]


def test_a_number_is_special_where_a_class_has_it_often():
    # a fifth of the rows of a class of at least 25
    values = np.where((Y == 1) & (np.arange(N) % 4 == 0), 7.0, NORMAL)
    assert DataCodec().fit(column(values), Y).spec(()).n_values == 3
    assert DataCodec().fit(column(values)).spec(()).n_values == 1
    few = np.r_[np.zeros(100, int), np.ones(20, int)]
    values = np.where(few == 1, 7.0, NORMAL)
    assert DataCodec().fit(column(values), few).spec(()).n_values == 1


def test_numbers_groups_and_blocks_are_told_to_networks():
    X = column(np.where(GONE, np.nan, NORMAL)).assign(
        word=np.array(["a", "b"])[np.arange(N) % 2], x=NORMAL, two=np.arange(N) % 2
    )
    spec = DataCodec().fit(X, Y).spec([80, 40])
    assert spec.shape == (8,)
    assert spec.categorical_slices == (slice(2, 4), slice(4, 6), slice(6, 8))


def test_many_columns_of_zeros_get_a_gap_each_and_no_group():
    counts = np.random.RandomState(0).poisson(0.5, size=(N, MAX_GROUPS + 8)) * 1.0
    X = counts + (counts > 0) * np.random.RandomState(1).uniform(size=counts.shape)
    codec = DataCodec().fit(X, Y)
    assert codec.spec(()).shape == (MAX_GROUPS + 8,)
    made = codec.decode(codec.encode(X))
    assert ((made == 0) == (X == 0)).all()
    np.testing.assert_allclose(made, X, atol=1e-5)
    few = DataCodec().fit(X[:, :MAX_GROUPS], Y).spec(())
    assert few.shape == (3 * MAX_GROUPS,)


# missing values ---------------------------------------------------------------------------------

MISSING = {
    "float64": np.where(GONE, np.nan, NORMAL),
    "float32": np.where(GONE, np.nan, NORMAL).astype(np.float32),
    "Int64": pd.array(np.arange(N), dtype="Int64"),
    "UInt8": pd.array(np.arange(N), dtype="UInt8"),
    "Float32": pd.array(NORMAL, dtype="Float32"),
    "boolean": pd.array(np.arange(N) % 3 > 0, dtype="boolean"),
    "string": pd.array([f"{i % 7}" for i in range(N)], dtype="string"),
    "str": pd.array([f"{i % 7}" for i in range(N)], dtype="str"),
    "category": pd.Categorical([f"{i % 7}" for i in range(N)], list("6543210z"), ordered=True),
    "numbered": pd.Categorical(np.arange(N) % 5),
    "M8[ns]": pd.Series(pd.date_range("2024-02-03", periods=N)).astype("M8[ns]"),
    "M8[s]": pd.Series(pd.date_range("2024-02-03", periods=N)).astype("M8[s]"),
    "zone": pd.Series(pd.date_range("2024-02-03", periods=N, tz="Europe/Berlin")),
    "m8[ms]": pd.Series(pd.timedelta_range("3h", periods=N)).astype("m8[ms]"),
    "period": pd.Series(pd.period_range("2001-05", periods=N, freq="M")),
    "object": pd.Series([f"{i % 7}" for i in range(N)], dtype=object),
    "numbers": pd.Series(np.arange(N).tolist(), dtype=object),
    "flags": pd.Series((np.arange(N) % 3 > 0).tolist(), dtype=object),
}


def with_gaps(name):
    values = pd.Series(MISSING[name])
    values[GONE] = None
    return column(values.astype(pd.Series(MISSING[name]).dtype))


@pytest.mark.parametrize("encoding", ["auto", "plain"])
@pytest.mark.parametrize("name", MISSING)
def test_missing_values_live_on_and_dtypes_come_back(name, encoding):
    X = with_gaps(name)
    codec = DataCodec(encoding=encoding).fit(X, Y)
    made = codec.decode(codec.encode(X), Y)
    assert made.dtypes.equals(X.dtypes)
    assert made["c"].isna().tolist() == GONE.tolist()
    new = drawn(codec)
    assert new.dtypes.equals(X.dtypes)
    assert 0 < new["c"].isna().mean() < 1
    assert_values_like(X["c"].tolist(), new["c"].tolist())


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=str)
def test_what_stands_for_missing_in_an_array_of_objects_comes_back(missing):
    rows = [[word, i, i % 2 == 0] for i, word in enumerate("abc" * 40)]
    X = np.array(rows, dtype=object)
    X[GONE] = missing
    codec = DataCodec().fit(X, Y)
    assert_same(codec.decode(codec.encode(X)), X)
    made = drawn(codec)
    assert made.dtype == object
    gone = [value for value in made.ravel() if is_missing(value)]
    assert gone
    assert {type(value) for value in gone} == {type(missing)}


def test_missing_values_of_a_sparse_matrix():
    X = sparse.csr_matrix(np.where(GONE[:, None], np.nan, NORMAL[:, None] * (NORMAL > 0)[:, None]))
    codec = DataCodec().fit(X, Y)
    made = codec.decode(codec.encode(X))
    assert made.format == "csr"
    np.testing.assert_allclose(made.toarray(), X.toarray(), atol=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("encoding", ["auto", "plain", {"c": "quantile"}])
@pytest.mark.parametrize("dtype", ["float64", "Int64", "boolean", "M8[s]", "category", "object"])
def test_a_column_without_values_stays_without(dtype, encoding):
    X = column(pd.Series([None] * N, dtype=object).astype(dtype))
    if dtype in ("category", "object") and encoding not in ("auto", "plain"):
        return
    new = drawn(DataCodec(encoding=encoding).fit(X, Y))
    assert new["c"].isna().all()
    assert new.dtypes.equals(X.dtypes)


@pytest.mark.parametrize("encoding", ["auto", "plain", {"c": "quantile"}, {"c": "steps"}])
@pytest.mark.parametrize("value", [7, 0.1, True, pd.Timestamp("2024-01-05")], ids=str)
def test_a_constant_column_stays_constant(value, encoding):
    X = column([value] * N)
    assert set(drawn(DataCodec(encoding=encoding).fit(X, Y))["c"]) == {value}


def test_what_is_missing_where_nothing_was_is_in_the_middle():
    X = column(NORMAL).assign(n=np.arange(N), **{f"is_{i}": BLOCK[:, i] for i in range(5)})
    X["word"] = list("ab") * 60
    codec = DataCodec().fit(X, Y)
    gone = column([np.nan]).reindex(columns=X.columns)
    codec.check(gone)
    assert codec.encode(gone).tolist() == [[0] * 9]


# numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[0, 1], [3, 7], [0.1, 0.7], [-1e300, 1e300]])
@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame, sparse.csr_matrix])
def test_two_valued_columns_stay_two_valued(values, container):
    rows = np.column_stack([np.array(values)[np.arange(N) % 2], NORMAL])
    made = drawn(DataCodec().fit(container(rows), Y))
    made = made.toarray() if sparse.issparse(made) else np.asarray(made)
    assert set(made[:, 0]) == set(values)


def test_a_grid_of_floats_is_kept():
    grid = np.round(np.arange(N) % 20 * 0.05, 2)
    X = column(grid)
    assert set(drawn(DataCodec().fit(X, Y))["c"]) <= set(grid)
    assert len(set(drawn(DataCodec(encoding="plain").fit(X, Y))["c"])) > 100


def test_integers_keep_their_step():
    X = column(np.arange(N) * 25 + 7)
    assert ((drawn(DataCodec().fit(X, Y))["c"] - 7) % 25 == 0).all()


@pytest.mark.parametrize("encoding", ["auto", "plain", {0: "quantile"}])
@pytest.mark.parametrize("gone", [False, GONE], ids=["complete", "gaps"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, object, "Float64"])
def test_reals_that_are_whole_numbers_stay_so(dtype, gone, encoding):
    values = pd.Series(np.where(gone, np.nan, np.arange(N) - 50.0))
    X = column(values.astype(dtype))
    codec = DataCodec(encoding=encoding).fit(X, Y)
    new = drawn(codec)["c"].dropna()
    assert drawn(codec)["c"].dtype == X["c"].dtype
    assert len(set(new)) > 50
    assert all(type(value) is float for value in new.tolist())
    assert (new.astype(float) % 1 == 0).all()
    assert "-0.0" not in new.astype(str).tolist()


def test_whole_numbers_of_arrays_and_sparse_matrices():
    X = np.column_stack([np.arange(N) * (np.arange(N) % 3 == 0), NORMAL, np.arange(N) - 7.0])
    for rows in (X, sparse.csr_matrix(X)):
        new = drawn(DataCodec().fit(rows, Y))
        new = new.toarray() if sparse.issparse(new) else new
        assert (new[:, [0, 2]] % 1 == 0).all()
        assert (new[:, 1] % 1 != 0).any()


def test_one_fraction_makes_reals():
    X = column(np.where(np.arange(N) == 5, 0.5, np.arange(N)))
    assert (drawn(DataCodec().fit(X, Y))["c"] % 1 != 0).mean() > 0.5


def test_integers_with_gaps_keep_their_step():
    X = column(np.where(GONE, np.nan, np.arange(N) * 25.0 + 7))
    new = drawn(DataCodec().fit(X, Y))["c"]
    assert new.isna().any()
    assert ((new.dropna() - 7) % 25 == 0).all()


def test_reals_beyond_those_that_float64_tells_apart_are_not_rounded():
    X = column(np.linspace(1e300, 2e300, N))
    assert drawn(DataCodec().fit(X, Y))["c"].between(1e300, 2e300).all()


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize("missing", [False, True])
def test_integers_beyond_those_that_float64_tells_apart(step, missing):
    whole = 2**60 + 3 + np.arange(N) * 10**9 * step + np.arange(N) % 2 * step
    X = column(pd.array(whole, dtype="Int64"))
    X.loc[GONE & missing, "c"] = pd.NA
    codec = DataCodec().fit(X, Y)
    new = drawn(codec)["c"].dropna()
    assert new.between(whole.min(), whole.max()).all()
    assert ((new - whole[0]) % step == 0).all()
    again = codec.decode(codec.encode(X))["c"].dropna()
    for end in ("min", "max"):
        assert abs(getattr(again, end)() - getattr(X["c"], end)()) < 2**8  # what float64 rounds


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no long doubles")
def test_long_doubles_keep_their_range():
    X = np.full((N, 1), np.longdouble(1)) + np.arange(N)[:, None] * np.longdouble(2) ** -60
    made = drawn(DataCodec().fit(X, Y))
    assert made.dtype == np.longdouble
    assert X.min() <= made.min()
    assert made.max() <= X.max()


def test_heavy_tails_are_kept():
    codec = DataCodec().fit(column(HEAVY), Y)
    uniform = np.linspace(-1, 1, 501)[:, None]
    made, flat = (
        np.quantile(c.decode(uniform)["c"], [0.1, 0.5, 0.9])
        for c in (codec, DataCodec(encoding="plain").fit(column(HEAVY), Y))
    )
    real = np.quantile(HEAVY, [0.1, 0.5, 0.9])
    np.testing.assert_allclose(np.log(made), np.log(real), atol=0.4)
    assert flat[0] > 100 * real[0]


# times ------------------------------------------------------------------------------------------

DAYS = pd.Series(pd.date_range("2023-11-20", periods=N))
HOURS = pd.Series(pd.date_range("2024-03-30 22:00", periods=N, freq="h", tz="Europe/Berlin"))
TIMES = {
    **{f"days[{unit}]": DAYS.astype(f"M8[{unit}]") for unit in ("s", "ms", "us", "ns")},
    "days of a zone": DAYS.dt.tz_localize("US/Eastern"),
    "hours over a change of clocks": HOURS,
    "no step": pd.Series((1_700_000_000_123_456_789 + RNG.randint(0, 10**15, N)).view("M8[ns]")),
    "before 1970": pd.Series(pd.date_range("1901-03-04", periods=N)),
    "durations": pd.Series(pd.timedelta_range("-5D", periods=N, freq="36h")),
    "months": pd.Series(pd.period_range("2001-05", periods=N, freq="M")),
    "weeks": pd.Series(pd.period_range("2001-05", periods=N, freq="W")),
}


@pytest.mark.parametrize("encoding", ["auto", "plain", {"c": "quantile"}, {"c": "steps"}])
@pytest.mark.parametrize("name", TIMES)
def test_times_keep_dtype_range_and_grid(name, encoding):
    X = column(TIMES[name])
    codec = DataCodec(encoding=encoding).fit(X, Y)
    new = drawn(codec)["c"]
    assert new.dtype == X["c"].dtype
    assert X["c"].min() <= new.min()
    assert new.max() <= X["c"].max()
    if encoding == "auto" and name.startswith("days["):
        assert (new == new.dt.normalize()).all()
    if encoding == "auto" and name == "hours over a change of clocks":
        assert (new.dt.minute == 0).all()
        assert (new.dt.nanosecond == 0).all()
    if "no step" not in name:
        assert codec.decode(codec.encode(X))["c"].tolist() == X["c"].tolist()


@pytest.mark.parametrize("dtype", ["M8[D]", "M8[s]", "M8[ns]", "M8[Y]", "m8[h]", "m8[us]"])
def test_arrays_of_times(dtype):
    X = (np.arange(2 * N).reshape(N, 2) % 97 * 3).astype(dtype)
    X[GONE, 0] = "NaT"
    codec = DataCodec().fit(X, Y)
    np.testing.assert_array_equal(codec.decode(codec.encode(X)), X)
    made = drawn(codec)
    assert made.dtype == X.dtype
    assert np.isnat(made[:, 0]).any()
    assert not np.isnat(made[:, 1]).any()
    assert set((made[:, 1] - X[0, 1]).astype(int) % 3) == {0}


# one-hot blocks ---------------------------------------------------------------------------------

BLOCK = np.eye(5)[np.random.RandomState(2).randint(0, 5, N)]


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.uint8, bool, "Int8", "boolean"])
def test_one_hot_columns_stay_one_hot(dtype):
    X = pd.DataFrame(BLOCK).add_prefix("is_").astype(dtype).assign(x=NORMAL)
    assert ways(X) == ["one-hot"] * 5 + ["minmax"]
    codec = DataCodec().fit(X, Y)
    assert codec.spec(()).categorical_slices == (slice(1, 6),)
    new = drawn(codec)
    assert new.dtypes.equals(X.dtypes)
    assert (new.drop(columns="x").astype(float).sum(axis=1) == 1).all()
    assert_same(codec.decode(codec.encode(X)).drop(columns="x"), X.drop(columns="x"))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csc_array])
def test_blocks_in_arrays_lie_side_by_side(container):
    rows = np.column_stack([BLOCK, NORMAL, BLOCK[::-1, :3] @ np.eye(3), BLOCK])
    rows[:, 6] += BLOCK[::-1, 3:].sum(axis=1)
    X = container(rows)
    assert ways(X) == ["one-hot"] * 5 + ["minmax"] + ["one-hot"] * 8
    made = drawn(DataCodec().fit(X, Y))
    made = made.toarray() if sparse.issparse(made) else made
    for block in (made[:, :5], made[:, 6:9], made[:, 9:]):
        assert (block.sum(axis=1) == 1).all()
        assert set(block.ravel()) == {0, 1}


@pytest.mark.parametrize("spoil", ["two", "none", "missing", "other"])
def test_columns_that_are_not_one_hot_in_every_row_are_no_block(spoil):
    rows = BLOCK.copy()
    rows[0] = {"two": 1, "none": 0, "missing": np.nan, "other": 2 * rows[0]}[spoil]
    assert "one-hot" not in ways(rows)


def test_a_block_is_of_neighbours_and_may_begin_anywhere():
    apart = np.column_stack([GONE, NORMAL, ~GONE]).astype(float)
    assert ways(apart) == ["steps", "minmax", "steps"]
    behind = np.column_stack([GONE, BLOCK, GONE, ~GONE, GONE])
    assert ways(behind) == ["steps"] + ["one-hot"] * 7 + ["steps"]


def test_blocks_are_not_looked_for_by_encoding_plain():
    assert ways(BLOCK, encoding="plain") == ["minmax"] * 5
    assert DataCodec(encoding="plain").fit(BLOCK, Y).spec(()).categorical_slices == ()


# rare levels ------------------------------------------------------------------------------------


def test_rare_levels_stay_in_their_class_and_memory_is_bounded():
    words = np.array([f"{'ab'[c]}{i % 110}" for i, c in enumerate(np.tile(Y, 3))], dtype=object)
    y = np.array([word[0] == "b" for word in words]).astype(int)
    codec = DataCodec().fit(column(words), y)
    assert len(set(words)) > 200
    assert codec.spec(()).shape == (64,)
    rest = np.tile(np.eye(64)[-1], (300, 1))
    for c in (0, 1):
        made = codec.decode(rest, np.full(300, c), np.random.RandomState(0))["c"]
        assert len(set(made)) > 20
        assert set(made) <= set(words[np.flatnonzero(y == c)])


# changed copies ---------------------------------------------------------------------------------


def test_changed_copies_keep_categories_special_and_missing_values():
    X = column(np.where(GONE, np.nan, NORMAL)).assign(
        zeros=np.where(GONE, 0, HEAVY),
        two=np.arange(N) % 2,
        word=pd.Series([f"{i % 100}" for i in range(N)]).where(~GONE),
        day=DAYS.where(GONE),
        **{f"is_{i}": BLOCK[:, i] for i in range(5)},
        x=NORMAL,
    )
    codec = DataCodec().fit(X, Y)
    encoded = codec.encode(X)
    noise = np.random.RandomState(0).normal(size=encoded.shape)
    made = codec.decode(encoded + noise, like=X)
    assert made.dtypes.equals(X.dtypes)
    kept = ["two", "word", *(f"is_{i}" for i in range(5))]
    assert_same(made[kept], X[kept])
    for name in ("c", "day"):
        assert made[name].isna().tolist() == X[name].isna().tolist()
    assert ((made["zeros"] == 0) == (X["zeros"] == 0)).all()
    for name in ("c", "zeros", "x", "day"):
        there = X[name].notna() & (X[name] != 0 if name == "zeros" else True)
        assert (made[name] != X[name])[there].mean() > 0.5
        assert_values_like(X[name].tolist(), made[name].tolist())


# the codec --------------------------------------------------------------------------------------


def everything(n=N):
    rows = {name: with_gaps(name)["c"] for name in MISSING} | {"heavy": HEAVY}
    return pd.DataFrame(rows | {f"is_{i}": BLOCK[:, i] for i in range(5)}).iloc[:n]


@pytest.mark.parametrize("twin", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
def test_copies_of_a_codec_do_the_same(twin):
    X = everything()
    codec = DataCodec().fit(X, Y)
    other = twin(codec)
    encoded = codec.encode(X)
    np.testing.assert_array_equal(other.encode(X), encoded)
    assert_same(other.decode(encoded, Y), codec.decode(encoded, Y))


def test_a_codec_keeps_a_bounded_part_of_the_data():
    X = pd.DataFrame({"heavy": np.exp(RNG.normal(size=20000)), "x": RNG.normal(size=20000)})
    y = np.arange(20000) % 2
    assert len(pickle.dumps(DataCodec().fit(X, y))) < 20_000
    words = column(np.array([f"w{i % 500}" for i in range(20000)], dtype=object))
    assert len(pickle.dumps(DataCodec().fit(words, y))) < 40_000


def test_plain_numbers_are_scaled_by_their_range_alone():
    X = np.column_stack([NORMAL, HEAVY, Y / 2, np.where(GONE, 0, NORMAL), BLOCK / 2])
    codec = DataCodec(encoding="plain").fit(X, Y)
    low, high = X.min(axis=0), X.max(axis=0)
    np.testing.assert_allclose(codec.encode(X), 2 * (X - low) / (high - low) - 1, atol=1e-6)
    new = np.random.RandomState(0).uniform(-1.5, 1.5, size=X.shape)
    expected = low + (new.clip(-1, 1) + 1) / 2 * (high - low)
    np.testing.assert_allclose(codec.decode(new), expected, atol=1e-6)


def test_plain_categories_are_one_hot_behind_the_numbers():
    X = column(list("ab") * 60).assign(x=np.arange(N))
    encoded = DataCodec(encoding="plain").fit(X, Y).encode(X)
    np.testing.assert_allclose(encoded[:, 0], np.linspace(-1, 1, N), atol=1e-6)
    np.testing.assert_array_equal(encoded[:, 1:], np.eye(2)[np.arange(N) % 2])
