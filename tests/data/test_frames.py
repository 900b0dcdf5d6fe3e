"""Frames of polars and pyarrow: read by way of pandas, given back as they came."""

import pickle
import sys
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from torch import nn

from imblearn_gan import BAGANOversampler, GAMO2pix, GAMOClassifier
from imblearn_gan.data import Origin, is_frame, take, to_native, to_pandas
from imblearn_gan.metrics import (
    acsa_score,
    by_class,
    evaluate_sampler,
    extract_features,
    frechet_distance,
    gm_score,
    label_accuracy,
    v_score,
)
from tests.samplers import Recorder, assert_same, images, labels, tiny

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
polars_testing = pytest.importorskip("polars.testing")

N = 40
RNG = np.random.RandomState(0)
Y = labels(28, 12)
COUNTS = RNG.randint(0, 99, N).tolist()
REALS = RNG.normal(size=N).tolist()
WORDS = RNG.choice(["low", "high", "é"], N).tolist()
DAYS = [date(1960, 1, 1) + timedelta(days=n) for n in COUNTS]
TIMES = [datetime(2020, 3, 1) + timedelta(seconds=97 * n) for n in COUNTS]


def some(values, gap=None):
    """The values, every fifth one missing."""
    return [gap if i % 5 == 0 else value for i, value in enumerate(values)]


COLUMNS = {
    "float": pl.Series(REALS),
    "float32": pl.Series(REALS, dtype=pl.Float32),
    "nulls": pl.Series(some(REALS)),
    "nan": pl.Series(some(REALS, float("nan"))),
    "both": pl.Series([None, float("nan"), *some(REALS)[2:]]),
    "zeros": pl.Series([0.0, -0.0] * 20),
    "int": pl.Series(COUNTS),
    "int_nulls": pl.Series(some(COUNTS)),
    "uint8_nulls": pl.Series(some(COUNTS), dtype=pl.UInt8),
    "wide_nulls": pl.Series(some([2**60 + n for n in COUNTS])),
    "uint64_nulls": pl.Series(some([2**64 - 1 - n for n in COUNTS]), dtype=pl.UInt64),
    "bool": pl.Series([n > 50 for n in COUNTS]),
    "bool_nulls": pl.Series(some([n > 50 for n in COUNTS])),
    "string": pl.Series(WORDS),
    "string_nulls": pl.Series(some(WORDS)),
    "categorical": pl.Series(some(WORDS), dtype=pl.Categorical),
    "enum": pl.Series(some(WORDS), dtype=pl.Enum(["unused", "é", "high", "low"])),
    "date": pl.Series(DAYS),
    "date_nulls": pl.Series(some(DAYS)),
    "ms": pl.Series(some(TIMES), dtype=pl.Datetime("ms")),
    "us": pl.Series(TIMES, dtype=pl.Datetime("us")),
    "ns": pl.Series(some(TIMES), dtype=pl.Datetime("ns")),
    "zone": pl.Series(some(TIMES)).dt.replace_time_zone("Europe/Berlin"),
    "duration": pl.Series(some([timedelta(minutes=n) for n in COUNTS]), dtype=pl.Duration("ms")),
    "time": pl.Series(some([time(n % 24, n % 60) for n in COUNTS])),
    "nothing": pl.Series([None] * N),
}
FRAME = pl.DataFrame(COLUMNS)
PLAIN = FRAME.select("float", "int", "string")


def as_polars(rows):
    return pl.from_arrow(rows) if isinstance(rows, pa.Table) else rows


def assert_rows(made, expected):
    """Rows of frames, of one schema, are the same to the bit."""
    assert type(made) is type(expected)
    assert made.schema == expected.schema
    made, expected = as_polars(made), as_polars(expected)
    polars_testing.assert_frame_equal(made, expected, check_exact=True)
    for column in expected.iter_columns():
        if column.dtype.is_float():
            signs = [np.signbit(rows[column.name].to_numpy()) for rows in (made, expected)]
            assert (signs[0] == signs[1])[expected[column.name].is_not_null().to_numpy()].all()


def check(X, y=Y, **params):
    """Resample; real and repeated rows come back as they are, generated ones in the schema."""
    sampler = tiny(replay=0.5, **params)
    X_res, y_res = sampler.fit_resample(X, y)
    assert len(X_res) == len(y_res) == 56
    assert_rows(X_res[:N], X)
    source = sampler.sample_source_
    if not params:
        copied = np.flatnonzero(source >= 0)
        assert_rows(take(X_res, copied), take(X, source[copied]))
    X_new, y_new = sampler.sample({sampler.classes_[1]: 5})
    assert X_new.schema == X.schema
    assert type(y_new) is type(y_res)
    made = to_pandas(take(X_res, np.flatnonzero(source < 0)))
    seen = to_pandas(X)
    for name in seen:
        assert made[name].isna().sum() == 0 or seen[name].isna().any()
        values, known = made[name].dropna(), seen[name].dropna()
        if any(isinstance(value, str) for value in known):
            assert set(values) <= set(known)
        elif len(values):
            assert known.min() <= values.min()
            assert values.max() <= known.max()
    return X_res, y_res


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("arrow", [False, True], ids=["polars", "pyarrow"])
def test_columns(name, arrow):
    X = FRAME.select(name, other="float")
    check(X.to_arrow() if arrow else X)


@pytest.mark.parametrize(
    "params", [{}, {"encoding": "plain"}, {"replay_augmentation": ["noise"]}], ids=str
)
def test_mixed_frame(params):
    check(FRAME, pl.Series("label", Y), **params)


def test_what_is_missing_stays_null_or_nan():
    X_res, _ = check(FRAME.select("nulls", "nan", "float"))
    assert not X_res["nulls"].is_nan().any()
    assert X_res["nan"].null_count() == 0


def test_generated_times_keep_to_the_zone():
    X_res, _ = check(FRAME.select("zone", "date", "float"))
    assert X_res["zone"].dt.base_utc_offset().drop_nulls().unique().to_list() == [
        timedelta(hours=1)
    ]
    assert min(DAYS) <= X_res["date"].min() <= X_res["date"].max() <= max(DAYS)


@pytest.mark.parametrize(
    ("column", "dtype"),
    [
        (some(COUNTS), "Int64"),
        (pl.Series(some(COUNTS), dtype=pl.UInt8), "UInt8"),
        (COUNTS, "int64"),
        (some([True] * N), "boolean"),
        (pl.Series(some(REALS), dtype=pl.Float32), "float32"),
        (some(TIMES), "datetime64[us]"),
        (DAYS, "datetime64[s]"),
        (COLUMNS["zone"], "datetime64[us, Europe/Berlin]"),
        (COLUMNS["duration"], "timedelta64[ms]"),
        (WORDS, "object"),
        (COLUMNS["enum"], "category"),
    ],
    ids=str,
)
def test_dtypes_inside(column, dtype):
    frame = to_native(pl.DataFrame({"column": column}))
    assert is_frame(frame)
    assert str(frame["column"].dtype) == dtype
    missing = [i for i, value in enumerate(pl.Series(column).to_list()) if value is None]
    assert np.flatnonzero(frame["column"].isna()).tolist() == missing


def test_enums_keep_their_order_inside():
    enum = to_pandas(FRAME)["enum"]
    assert enum.cat.ordered
    assert enum.cat.categories.tolist() == ["unused", "é", "high", "low"]


def test_named_categories_of_polars():
    if not hasattr(pl, "Categories"):
        pytest.skip("this polars has one set of categories")
    mine = pl.Series(WORDS, dtype=pl.Categorical(pl.Categories("mine")))
    check(FRAME.select("float").with_columns(word=mine))


@pytest.mark.parametrize("dtype", ["Int128", "UInt128"])
def test_wide_integers(dtype):
    if not hasattr(pl, dtype):
        pytest.skip("this polars has none")
    check(pl.DataFrame({"wide": pl.Series(some(COUNTS), dtype=getattr(pl, dtype))}))


def test_one_instance_gives_the_same_rows_for_each_library():
    made = [
        to_pandas(tiny().fit_resample(X, Y)[0]) for X in (PLAIN, PLAIN.to_arrow(), to_pandas(PLAIN))
    ]
    pd.testing.assert_frame_equal(made[0], made[1])
    pd.testing.assert_frame_equal(made[0], made[2])


def test_balanced_frames_come_back():
    X_res, y_res = tiny().fit_resample(PLAIN, labels(20, 20))
    assert_rows(X_res, PLAIN)
    assert y_res.tolist() == labels(20, 20).tolist()


def test_balanced_frames_of_pandas_are_renumbered():
    index = np.arange(N)[::-1]
    X, y = pd.DataFrame({"a": REALS}, index=index), pd.Series(labels(20, 20), index=index)
    X_res, y_res = tiny().fit_resample(X, y)
    assert X_res.index.tolist() == y_res.index.tolist() == list(range(N))
    assert_same(X_res, X.reset_index(drop=True))


@pytest.mark.parametrize("X", [FRAME, FRAME.to_arrow(), [[1]]], ids=lambda X: type(X).__name__)
def test_an_origin_goes_through_pickle(X):
    rows = to_native(X)
    made = [origin.give_back(rows) for origin in (Origin(X), pickle.loads(pickle.dumps(Origin(X))))]
    assert type(made[0]) is type(made[1]) is type(X)
    assert made[0] == made[1] == X if isinstance(X, list) else made[0].schema == made[1].schema


def test_no_row_is_kept():
    sizes = [len(pickle.dumps(Origin(pl.concat([FRAME] * n)))) for n in (1, 20)]
    assert sizes[0] == sizes[1]


# y ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "y",
    [
        pl.Series("label", Y),
        pl.Series("label", Y, dtype=pl.UInt8),
        pl.Series("label", Y == 1),
        pl.Series("label", np.array(["b", "a"])[Y]),
        pl.Series("label", np.array(["b", "a"])[Y], dtype=pl.Categorical),
        pl.Series("label", np.array(["b", "a"])[Y], dtype=pl.Enum(["unused", "b", "a"])),
        pl.Series("label", np.array(DAYS)[Y].tolist()),
        pl.Series("label", np.where(Y == 1, 1.0, np.where(np.arange(N) % 2, 0.0, -0.0))),
        pl.DataFrame({"label": Y}),
        pl.DataFrame(np.eye(2, dtype=int)[Y], schema=["a", "b"]),
        pa.chunked_array([Y]),
        pa.table({"label": np.array(["b", "a"])[Y]}),
    ],
    ids=lambda y: f"{type(y).__name__}-{getattr(y, 'dtype', '')}",
)
@pytest.mark.parametrize("frame", [False, True])
def test_labels(y, frame):
    sampler = tiny()
    _, y_res = sampler.fit_resample(PLAIN if frame else np.array([REALS, COUNTS]).T, y)
    _, y_new = sampler.sample(dict.fromkeys(sampler.sampling_strategy_, 3))
    frames = [
        rows.to_frame() if isinstance(rows, pl.Series) else rows for rows in (y_res[:N], y_new, y)
    ]
    assert type(y_res) is type(y_new) is type(y)
    assert len(y_res) == 56
    assert len(y_new) == 3
    if isinstance(y, pa.ChunkedArray):
        assert y_res[:N].to_pylist() == y.to_pylist()
        assert y_res.type == y_new.type == y.type
        return
    assert_rows(frames[0], frames[2])
    assert frames[0].schema == frames[1].schema == frames[2].schema


@pytest.mark.parametrize(
    "y",
    [
        pl.Series(["a", None] * 20),
        pl.Series([1, None] * 20),
        pl.Series([1.0, float("nan")] * 20),
        pl.Series(["a", None] * 20, dtype=pl.Categorical),
        pl.Series([True, None] * 20),
        pl.DataFrame({"label": ["a", None] * 20}),
        pl.DataFrame({"a": [1, None] * 20, "b": [0, 1] * 20}),
        pa.chunked_array([["a", None] * 20]),
        pa.array([1, None] * 20),
        pd.Series([1, None] * 20, dtype="int64[pyarrow]"),
        pd.Series(["a", None] * 20, dtype="string[pyarrow]"),
    ],
    ids=lambda y: f"{type(y).__name__}-{getattr(y, 'dtype', '')}",
)
def test_missing_labels(y):
    for fit in (tiny().fit_resample, tiny().fit, GAMOClassifier(max_iter=1).fit):
        with pytest.raises(ValueError, match="y lacks the labels of 20 rows"):
            fit(PLAIN, y)


# refused ----------------------------------------------------------------------------------------


def fails(error, match, X, y=Y):
    recorder = Recorder()
    with pytest.raises(error, match=match):
        tiny(callbacks=[recorder]).fit_resample(X, y)
    with pytest.raises(error, match=match):
        GAMOClassifier(max_iter=1, callbacks=[recorder]).fit(X, y)
    assert recorder.events == []


def test_lazy_frames():
    fails(TypeError, r"X is a lazy frame of polars.*X.collect\(\)", PLAIN.lazy())
    fails(TypeError, r"y is a lazy frame of polars.*y.collect\(\)", PLAIN, PLAIN.lazy())


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pl.Series([[1, 2]] * N), "list"),
        (pl.Series([{"a": 1}] * N), "dict"),
        (pl.Series([b"a"] * N), "bytes"),
        (pl.Series(COUNTS, dtype=pl.Decimal(10, 2)), "Decimal"),
    ],
    ids=["list", "struct", "binary", "decimal"],
)
def test_columns_that_cannot_be_used(column, found):
    X = FRAME.select("float").with_columns(bad=column)
    fails(ValueError, rf"\['bad'\].*{found}.*cannot be used", X)
    fails(ValueError, rf"\['bad'\].*{found}.*cannot be used", X.to_arrow())


@pytest.mark.parametrize(
    "column",
    [
        pa.array([5, 6] * 20).dictionary_encode(),
        pa.array([None, *[60] * (N - 1)], type=pa.time32("s")),
    ],
    ids=["dictionary", "time32"],
)
def test_columns_of_pyarrow_that_could_not_be_given_back(column):
    fails(TypeError, "Column 'bad' of X .*cannot be used", pa.table({"a": REALS, "bad": column}))


def test_no_rows_no_columns_and_no_table():
    fails(ValueError, "at least one row and one column", PLAIN[:0], Y[:0])
    fails(ValueError, "at least one row and one column", pl.DataFrame())
    fails(ValueError, "1D array", PLAIN["int"])


def test_infinity():
    bad = FRAME.select(pl.col("float").replace(REALS[3], float("inf")), "int")
    fails(ValueError, r"infinity in columns \['float'\]", bad)


def test_without_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    fails(ImportError, "X is of polars.*pip install pandas", PLAIN)
    with pytest.raises(ImportError, match=r"X is of pyarrow.*pip install pandas"):
        to_native(PLAIN.to_arrow())


def test_columns_keep_their_order():
    model = GAMOClassifier(max_iter=1, random_state=0).fit(PLAIN, Y)
    assert model.feature_names_in_.tolist() == PLAIN.columns
    sampler = BAGANOversampler(pretrain_iter=1, max_iter=1, random_state=0)
    sampler.fit_resample(PLAIN, Y)
    assert sampler.feature_names_in_.tolist() == PLAIN.columns
    for X in (PLAIN[:, [1, 0, 2]], to_pandas(PLAIN[:, [1, 0, 2]])):
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(X)
        with pytest.raises(ValueError, match="feature names should match"):
            sampler.encode(X, Y)
    with pytest.raises(ValueError, match=r"(?s)feature names .*unseen at fit time"):
        model.predict(PLAIN.rename({"int": "other"}))


# everything else that reads rows -----------------------------------------------------------------


@pytest.mark.parametrize("arrow", [False, True], ids=["polars", "pyarrow"])
def test_encode_and_decode(arrow):
    X, y = FRAME.to_arrow() if arrow else FRAME, pl.Series("label", Y)
    sampler = BAGANOversampler(pretrain_iter=2, max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    z = sampler.encode(X, y)
    np.testing.assert_array_equal(z, sampler.encode(to_pandas(X), Y))
    decoded = sampler.decode(z, y)
    assert decoded.schema == X.schema
    assert len(decoded) == N
    assert sampler.decode(pl.DataFrame(z), y).equals(decoded) or arrow


def test_classifier():
    y = pl.Series("label", np.array(["b", "a"])[Y])
    models = [
        GAMOClassifier(max_iter=2, random_state=0).fit(X, y)
        for X in (PLAIN, PLAIN.to_arrow(), to_pandas(PLAIN))
    ]
    expected = models[2].predict_proba(to_pandas(PLAIN))
    for model in models:
        np.testing.assert_array_equal(model.predict_proba(PLAIN), expected)
        assert set(model.predict(PLAIN.to_arrow())) <= {"a", "b"}
        assert 0 <= model.score(PLAIN, y) <= 1


def test_images_from_features():
    X = pl.DataFrame(images(N, 16), schema=[f"p{i}" for i in range(16)])
    model = GAMO2pix(nn.Flatten(), image_shape=(4, 4), max_iter=2, random_state=0)
    features = model.fit(X, pl.Series(Y)).transform(X)
    assert features.shape == (N, 16)
    decoded = model.decode(pl.DataFrame(features), pl.Series(Y))
    assert decoded.schema == X.schema
    assert len(decoded) == N


def test_metrics():
    X, y = PLAIN.select("float", "int"), pl.Series("label", np.array(["b", "a"])[Y])
    expected = extract_features(to_pandas(X))
    np.testing.assert_array_equal(extract_features(X), expected)
    assert frechet_distance(X, X) == pytest.approx(0, abs=1e-9)
    result = by_class(frechet_distance, X, y, X.to_arrow(), pa.chunked_array([y.to_list()]))
    assert result["class"].tolist() == ["a", "b"]
    assert result["n_real"].tolist() == [12, 28]
    model = LogisticRegression().fit(X, y)
    score = label_accuracy(X, y, model)
    assert score == label_accuracy(to_pandas(X), y.to_list(), model)
    for metric in (acsa_score, gm_score):
        assert metric(y, y) == 1
        with pytest.raises(ValueError, match="y lacks the labels of 20 rows"):
            metric(pl.Series(["a", None] * 20), y)
    assert 0 <= v_score(X, y, random_state=0) <= 1


def test_evaluation():
    options = {"cv": 2, "random_state": 0, "error_score": "raise"}
    results = [
        evaluate_sampler(tiny(max_iter=2), X, y, **options)
        for X, y in ((PLAIN, pl.Series(Y)), (to_pandas(PLAIN), Y))
    ]
    pd.testing.assert_frame_equal(results[0].scores, results[1].scores)
    with pytest.raises(ValueError, match="y lacks the labels of 20 rows"):
        evaluate_sampler(tiny(), PLAIN, pl.Series([1, None] * 20))


def test_displays():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from imblearn_gan.inspection import CodesDisplay, MarginalsDisplay

    y = pl.Series("label", Y)
    sampler = BAGANOversampler(pretrain_iter=2, max_iter=2, random_state=0)
    X_res, y_res = sampler.fit_resample(PLAIN, y)
    assert len(MarginalsDisplay.from_sampler(sampler, PLAIN, y).panels) == 3
    mask = pl.Series(sampler.synthetic_mask_)
    assert len(MarginalsDisplay.from_resampled(X_res, y_res, mask).panels) == 3
    assert len(CodesDisplay.from_sampler(sampler, PLAIN, y, method="pca").positions) == N


# pandas, with dtypes of pyarrow ------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in COLUMNS if name not in ("time", "nothing")])
def test_dtypes_of_pyarrow(name):
    X = FRAME.select(name, other="int").to_pandas(use_pyarrow_extension_array=True)
    sampler = tiny()
    X_res, _ = sampler.fit_resample(X, Y)
    assert len(X_res) == 56
    assert_same(X_res[:N], X)
    assert_same(X_res.iloc[:0], X.iloc[:0].reset_index(drop=True))
    assert (sampler.sample({1: 2})[0].dtypes == X.dtypes).all()


def test_objects_that_are_times_of_day():
    X = pd.DataFrame({"a": REALS, "bad": [time(3)] * N})
    fails(ValueError, r"\['bad'\].*object \(time\), which cannot be used", X)


# the helpers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "X", [[[1, 2]], REALS, np.ones(3), sparse.eye(3), pd.Series(REALS), None, "text", 3], ids=str
)
def test_all_else_stays_as_it_is(X):
    assert to_pandas(X) is X


def test_series_keep_their_name():
    series = to_pandas(pl.Series("n", [3, None]))
    assert series.name == "n"
    assert str(series.dtype) == "Int64"


@pytest.mark.parametrize(
    "rows",
    [
        [3, 4, 5],
        np.array([3, 4, 5]),
        np.array([[1, 2], [3, 4], [5, 6]]),
        pd.Series([3, 4, 5], name="n", dtype="Int8"),
        pd.DataFrame({"a": [3, 4, 5]}),
        pd.Categorical(list("abc")),
        pd.Index([3, 4, 5], name="n"),
        sparse.csc_array(np.eye(3)),
        sparse.coo_matrix(np.eye(3)),
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_rows_taken_from_containers(rows):
    taken = take(rows, [2, 0, 2])
    assert type(taken) is type(rows)
    values = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
    found = taken.toarray() if sparse.issparse(rows) else np.asarray(taken)
    assert found.tolist() == values[[2, 0, 2]].tolist()
    assert getattr(taken, "name", None) == getattr(rows, "name", None)
