"""Errors come before any training, and name the parameter or the columns."""

import datetime
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.exceptions import NotFittedError

from imblearn_gan import GAMOOversampler, GANOversampler
from imblearn_gan.callbacks import EarlyStopping
from tests.samplers import NeedsThreeRows, Recorder, TinySampler, images, labels, tiny

Y = labels(8, 4)
N = len(Y)
X = np.random.RandomState(0).normal(size=(N, 7))
FRAME = pd.DataFrame(X, columns=list("abcdefg"))


def fails(match, X=X, y=Y, error=ValueError, sampler_class=TinySampler, **params):
    """``fit_resample`` raises ``error`` with ``match`` in its message, and does not train."""
    recorder = Recorder()
    sampler = sampler_class(max_iter=3, callbacks=[recorder]).set_params(**params)
    with pytest.raises(error, match=match):
        sampler.fit_resample(X, y)
    assert recorder.events == []
    assert not hasattr(sampler, "networks_")


def with_value(value, *columns, rows=X):
    rows = rows.copy()
    rows[3, list(columns)] = value
    return rows


# values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity(value):
    bad = with_value(value, 2, 5)
    fails(r"infinity in columns \[2, 5\]", bad)
    fails(r"infinity in columns \[2, 5\]", bad.tolist())
    fails(r"infinity in columns \[2, 5\]", bad.astype(np.float16))
    fails(r"infinity in columns \[2, 5\]", bad.astype(object))
    fails(r"infinity in columns \[2, 5\]", sparse.csr_matrix(bad))
    fails(r"infinity in columns \[2, 5\]", sparse.csc_array(bad))
    fails(r"infinity in columns \['c', 'f'\]", pd.DataFrame(bad, columns=FRAME.columns))
    fails(r"infinity in columns \[2, 5\]", pd.DataFrame(bad))
    fails(
        r"infinity in columns \['c', 'f'\]",
        pd.DataFrame(bad, columns=FRAME.columns, dtype="Float64"),
    )


def test_infinity_beside_missing_values():
    bad = with_value(np.inf, 2)
    bad[5] = np.nan
    fails(r"contains infinity in columns \[2\]\.", bad)
    fails(r"contains infinity in columns \[2\]\.", bad.astype(object))


def test_many_columns_are_counted():
    fails(r"columns \[0, 1, 2, 3, 4\] and 2 more", with_value(np.inf, *range(7)))


@pytest.mark.parametrize(("value", "found"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_missing_or_infinite_pixels(value, found):
    bad = images(N, 3, 4, dtype=np.float32)
    bad[2, 1, 1] = value
    fails(rf"{found} in pixels \[5\]", bad)
    flat = bad.reshape(N, 12)
    for rows in (flat, flat.astype(object), pd.DataFrame(flat), sparse.csr_matrix(flat)):
        fails(rf"{found} in columns \[5\]", rows, image_shape=(3, 4))
    fails(
        r"NaN in columns \['5'\]",
        pd.DataFrame(flat).where(np.isfinite(flat)).add_prefix("").astype("Float32"),
        image_shape=(3, 4),
    )


def test_all_problems_are_told_at_once():
    bad = FRAME.assign(b=np.inf, span=pd.interval_range(0, N), list=[[1]] * N, z=1j)
    fails(
        r"infinity in columns \['b'\].*\['z'\] have the dtype complex128.*\['span'\].*interval.*"
        r"\['list'\] have the dtype object \(list\)",
        bad,
    )
    fails(
        r"infinity in columns \['b'\].*\['span'\].*\['word'\] hold strings",
        FRAME.assign(b=np.inf, span=pd.interval_range(0, N), word=["x", "y"] * 6),
        categorical_features=None,
    )
    pixels = images(N, 3, 4, dtype=np.float32)
    pixels[2, 1, 1], pixels[0, 0, 0] = np.nan, np.inf
    fails(r"NaN in pixels \[5\] and infinity in pixels \[0\]", pixels)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=str)
@pytest.mark.parametrize("label", ["a", 1, True], ids=str)
def test_missing_labels(label, missing):
    y = [label] * 10 + [missing] * 2
    containers = [list, tuple, pd.Series, lambda y: np.array(y, dtype=object), pd.Categorical]
    for container in (*containers, lambda y: pd.DataFrame({"label": y})):
        fails("y lacks the labels of 2 rows", y=container(y))


def test_missing_labels_of_typed_arrays():
    fails("y lacks the labels of 8 rows", y=np.where(Y == 0, np.nan, 1.0))
    fails("y lacks the labels of 4 rows", y=np.ma.masked_array(Y, mask=Y == 1))
    fails("y lacks the labels of 8 rows", y=np.where(Y == 0, np.nan, 1.0)[:, None])


@pytest.mark.parametrize("container", [list, pd.Series, lambda y: np.array(y, dtype=object)])
def test_mixed_labels(container):
    fails("y mixes labels of the types int and str", y=container([7] * 8 + ["other"] * 4))
    fails("y mixes labels of the types bool and int", y=container([True] * 8 + [0] * 4))


# classes ----------------------------------------------------------------------------------------


def test_one_class():
    fails("more than 1 class", y=np.zeros(N, dtype=int))


def test_too_small_a_class():
    fails(
        r"NeedsThreeRows needs at least 3 rows of each class. Classes \['b'\]",
        y=np.array(["a"] * 10 + ["b"] * 2),
        sampler_class=NeedsThreeRows,
    )


def test_class_of_just_enough_rows():
    sampler = NeedsThreeRows(max_iter=1, random_state=0)
    sampler.fit_resample(X, np.array(["a"] * 9 + ["b"] * 3))
    assert sampler.n_iter_ == 1


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (X[:, 0], "continuous"),
        (np.ones((N, 2), dtype=int), "Multilabel"),
        (np.eye(2, dtype=int)[Y] * (np.arange(N) > 0)[:, None], "without a class"),
        (Y[:-1], "inconsistent numbers of samples"),
    ],
    ids=["continuous", "multilabel", "no_class", "length"],
)
def test_labels(y, match):
    fails(match, y=y)


@pytest.mark.parametrize(
    ("strategy", "match"),
    [
        ("majority", "sampling_strategy"),
        ({7: 20}, "7.* not present"),
        ({1: 2}, "greater or equal to the original number"),
        ({1: -1}, "negative"),
        (0.1, "ratio"),
        ("nonsense", "sampling_strategy"),
    ],
    ids=str,
)
def test_sampling_strategy(strategy, match):
    fails(match, sampling_strategy=strategy)


# layout -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "params"),
    [
        (X, {"image_shape": (2, 3)}),
        (X, {"image_shape": (3, 2, 2)}),
        (FRAME, {"image_shape": (2, 3)}),
        (sparse.csr_matrix(X), {"image_shape": (2, 3)}),
        (images(N, 4, 5), {"image_shape": (5, 4)}),
        (X, {"image_shape": (7,)}),
        (X, {"image_shape": (7, 1, 1, 1)}),
        (X, {"image_shape": (7, 0)}),
        (X, {"image_shape": (-7, -1)}),
        (X, {"image_shape": (7.0, 1)}),
        (X, {"image_shape": 7}),
    ],
)
def test_image_shape(rows, params):
    fails("image_shape", rows, **params)


@pytest.mark.parametrize("shape", [(5, 5, 5), (3, 8, 4), (1, 1, 1), (2, 6, 6)])
def test_ambiguous_layout(shape):
    fails("parameter channels", images(N, *shape))
    fails("parameter channels", images(N, *shape).reshape(N, -1), image_shape=shape)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (X[:, 0], "Expected 2D array, got 1D array"),
        (X[:, 0].tolist(), "Expected 2D array, got 1D array"),
        (np.zeros((N, 2, 3, 4, 5)), r"Found array with dim 5.*tables have 2 .*images 3 .*or 4"),
        (np.zeros((N, 0)), r"0 feature\(s\) \(shape=\(12, 0\)\)"),
        (np.zeros((N, 0, 3)), r"X holds no values: its shape is \(12, 0, 3\)"),
        (np.zeros((0, 3)), r"0 sample\(s\) \(shape=\(0, 3\)\)"),
        (np.empty((0, 3), dtype=object), r"0 sample\(s\) \(shape=\(0, 3\)\)"),
        (pd.DataFrame(index=range(N)), r"data frame of shape \(12, 0\)"),
        (FRAME.iloc[:0], r"data frame of shape \(0, 7\)"),
        (sparse.csr_matrix((N, 0)), r"0 feature\(s\) \(shape=\(12, 0\)\)"),
        ([[1, 2], [3]] * 6, "X must have rows of one shape"),
        (None, r"Expected 2D array, got scalar array instead:\s+array=None"),
        ("text", r"Expected 2D array, got scalar array instead:\s+array=text"),
        (images(N, 2, 2).astype(str), "Images must be numbers. Got an array of dtype <U3"),
    ],
    ids=lambda rows: f"{type(rows).__name__}-{getattr(rows, 'shape', '')}",
)
def test_no_table_and_no_images(rows, match):
    y = Y[: 0 if getattr(rows, "shape", (N,))[:1] == (0,) else N]
    fails(match, rows, y=y)


@pytest.mark.parametrize("rows", [np.empty((0, 3), dtype=object), np.zeros((0, 3)), FRAME.iloc[:0]])
def test_no_rows(rows):
    fails("0 sample|at least one row|no rows", rows, y=Y[:0])


# columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "named",
    [
        *([7], [-8], [0, 99], ["a"], [1.5]),
        *([True] * 6, np.ones(8, dtype=bool)),
    ],
    ids=str,
)
def test_categorical_features(named):
    fails("categorical_features", X, categorical_features=named)


@pytest.mark.parametrize("named", [["z"], [7], ["a", "z"], [True]], ids=str)
def test_categorical_features_of_a_frame(named):
    fails("categorical_features", FRAME, categorical_features=named)


@pytest.mark.parametrize("named", [None, [0], []])
def test_strings_that_are_not_named_as_categories(named):
    text = FRAME.assign(word=["x", "y"] * 6)
    fails(r"\['word'\].*categorical_features", text, categorical_features=named)
    fails(r"\[7\].*categorical_features", text.to_numpy(dtype=object), categorical_features=named)


def test_categories_of_images():
    fails("categorical_features", images(N, 3, 3), categorical_features=[0])
    fails(
        "categorical_features",
        np.array([["a", "b"]] * N, dtype=object),
        image_shape=(1, 2),
    )


def test_categories_of_a_sparse_matrix():
    fails("categorical_features", sparse.csr_matrix(X), categorical_features=[0])


@pytest.mark.parametrize(
    "column",
    [
        pd.interval_range(0, N),
        np.arange(N) * 1j,
        pd.Series([[1], [2]] * 6),
        pd.Series([{}, {}] * 6),
        pd.Series([np.arange(3) for _ in range(N)]),
        pd.Series([np.array(1.0) for _ in range(N)], dtype=object),
        pd.Series([10**400 + i for i in range(N)], dtype=object),
        pd.Series(np.arange(N, dtype=">i8")),
        pd.Series([datetime.date(2020, 1, 2)] * N),
        pd.Series([Decimal("1.5")] * N),
    ],
    ids=lambda column: str(column.dtype),
)
def test_columns_that_cannot_be_used(column):
    fails(r"\['bad'\].*cannot be used", FRAME.assign(bad=column))


@pytest.mark.parametrize(
    "rows",
    [
        X * 1j,
        (X * 1j).tolist(),
        sparse.csr_matrix(X * 1j),
        (X * 1j).astype(object),
        (X * 1j).reshape(N, 7, 1),
    ],
    ids=lambda rows: f"{type(rows).__name__}-{getattr(rows, 'dtype', '')}",
)
def test_dtypes_that_cannot_be_used(rows):
    fails("[Cc]omplex|cannot be used", rows)


def test_arrays_in_cells_are_named_beside_other_problems():
    bad = FRAME.assign(b=np.inf, curve=[np.ones(2), None] * 6)
    fails(r"infinity in columns \['b'\].*\['curve'\] have the dtype object \(ndarray\)", bad)
    cells = bad[["a", "curve"]].to_numpy()
    fails(r"Columns \[1\] have the dtype object \(ndarray\)", cells)


@pytest.mark.parametrize("rows", [X, X.astype(object), np.where(X > 0, "a", "b"), images(N, 3, 4)])
def test_masked_values(rows):
    masked = np.ma.masked_array(rows, mask=np.zeros(rows.shape, bool))
    masked[3, 1] = masked[5, 2] = np.ma.masked
    found = 8 if rows.ndim > 2 else 2
    fails(rf"X is a masked array with {found} masked values.*filled\(numpy.nan\)", masked)


def test_nothing_masked_is_an_array():
    X_res, _ = tiny().fit_resample(np.ma.masked_array(X), Y)
    assert type(X_res) is np.ndarray
    assert np.array_equal(X_res[:N], X)


def test_repeated_column_names():
    fails(r"same name: \['a'\]", pd.DataFrame(X[:, :3], columns=["a", "b", "a"]))


# parameters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {"max_iter": 0},
        {"max_iter": 1.5},
        {"batch_size": 0},
        {"batch_size": 1},
        {"latent_dim": 0},
        {"learning_rate": 0},
        {"learning_rate": -1e-3},
        {"architecture": "transformer"},
        {"architecture": object()},
        {"channels": "middle"},
        {"categorical_features": "all"},
        {"verbose": -1},
        {"random_state": "seed"},
        {"callbacks": Recorder()},
        {"callbacks": ["early"]},
        {"callbacks": [EarlyStopping]},
        {"device": 3},
    ],
    ids=lambda params: next(iter(params)),
)
def test_parameters(params):
    fails(next(iter(params)), **params)


@pytest.mark.parametrize("device", ["gpu", "", "cuda:x", "meta", "xla"])
def test_unknown_device(device):
    fails(rf"device={re.escape(repr(device))}", device=device)


@pytest.mark.parametrize("device", ["cuda", "cuda:1", torch.device("cuda")])
def test_no_cuda(device, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    fails("device=.*no CUDA device", device=device)


def test_cuda_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    fails("device='cuda:2'.* 2 CUDA devices", device="cuda:2")


def test_no_mps(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    fails("device='mps'.*no MPS device", device="mps")


class OnlyEncoder:
    def encoder(self, spec, n_out):
        raise NotImplementedError


class Both(OnlyEncoder):
    def decoder(self, spec, n_in):
        raise NotImplementedError


@pytest.mark.parametrize("architecture", [OnlyEncoder(), OnlyEncoder, Both])
def test_architecture_object(architecture):
    fails("architecture", architecture=architecture)


def test_convolutions_on_tables():
    fails("architecture='conv' needs images", architecture="conv")


@pytest.mark.parametrize(
    ("params", "match"), [({"mode": "up"}, "mode"), ({"patience": 0}, "patience")]
)
def test_early_stopping(params, match):
    sampler = tiny(callbacks=[EarlyStopping("generator_real", **params)])
    with pytest.raises(ValueError, match=match):
        sampler.fit_resample(X, Y)
    assert not hasattr(sampler, "history_")


# sample -----------------------------------------------------------------------------------------


def test_sample_before_fit():
    with pytest.raises(NotFittedError, match="call fit_resample first"):
        tiny().sample({1: 3})


def test_sample_after_fit_only():
    with pytest.raises(NotFittedError, match="call fit_resample first"):
        tiny().fit(X, Y).sample({1: 3})


def test_sample_after_balanced_data():
    sampler = tiny()
    sampler.fit_resample(X, Y)
    sampler.fit_resample(X, labels(6, 6))
    with pytest.raises(NotFittedError, match="not balanced"):
        sampler.sample({1: 3})


def test_sample_after_data_that_failed():
    sampler = tiny()
    with pytest.raises(ValueError, match="infinity"):
        sampler.fit_resample(with_value(np.inf, 1), Y)
    with pytest.raises(NotFittedError):
        sampler.sample({1: 3})
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match="infinity"):
        sampler.fit_resample(with_value(np.inf, 1), Y)
    assert np.isfinite(sampler.sample({1: 3})[0]).all()  # of the data before


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ({5: 2}, "class 5"),
        ({"1": 2}, "class '1'"),
        ({1: -1}, r"counts\[1\] must be an integer >= 0"),
        ({1: 2.5}, r"counts\[1\] must be an integer >= 0"),
        ({1: 0}, "at least one row"),
        ({}, "counts must be a dict"),
        ([3], "counts must be a dict"),
        (3, "counts must be a dict"),
    ],
    ids=str,
)
def test_sample_counts(counts, match):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match=match):
        sampler.sample(counts)


@pytest.mark.parametrize("method", [GANOversampler, GAMOOversampler])
def test_rows_of_a_class_that_the_method_does_not_make(method):
    sampler = method(max_iter=1, random_state=0)
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match=r"class 0, but the classes that can be drawn are \[1\]"):
        sampler.sample({0: 2})
    assert len(sampler.sample({0: 0, 1: 2})[0]) == 2
