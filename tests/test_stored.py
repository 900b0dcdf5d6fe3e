"""Stored samplers and classifiers: what comes back is what was stored, and files run no code."""

import datetime
import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import imblearn_gan
from imblearn_gan import (
    CGANOversampler,
    CVAEOversampler,
    GAMO2pix,
    GAMOClassifier,
    GANDAOversampler,
)
from imblearn_gan.callbacks import EarlyStopping
from imblearn_gan.networks import DCGANFamily, MLPFamily
from tests.data.rows import mixed_frame
from tests.data.test_frames import COLUMNS
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.samplers import assert_same, images, labels, tiny

Y = labels(24, 10, 6)
N = len(Y)
TABLE = np.random.RandomState(0).normal(size=(N, 3))
FILES = Path(__file__).parent / "storage/files"
SMALL = {
    "latent_dim": 2,
    "architecture": MLPFamily(hidden=(4,)),
    "max_iter": 3,
    "batch_size": 8,
    "random_state": 0,
}


def small(**params):
    return CGANOversampler(**SMALL | params)


@pytest.fixture
def again(tmp_path):
    """Store an estimator, and load it."""

    def again(estimator):
        estimator.save(tmp_path / "stored.safetensors")
        assert os.listdir(tmp_path) == ["stored.safetensors"]
        return imblearn_gan.load(tmp_path / "stored.safetensors")

    return again


def assert_draws_alike(sampler, loaded):
    """Assert that both draw the same rows, with a seed and from their own stream."""
    assert type(loaded) is type(sampler)
    counts = {label: 7 for label, n in sampler.sampling_strategy_.items() if n}
    for seed in (0, None, None):
        for one, other in zip(
            sampler.sample(counts, random_state=seed), loaded.sample(counts, random_state=seed)
        ):
            assert type(other) is type(one)
            assert_identical(other, one)


def assert_identical(rows, expected):
    if isinstance(expected, (pl.DataFrame, pl.Series)):
        assert rows.equals(expected)
        dtypes = "schema" if isinstance(expected, pl.DataFrame) else "dtype"
        assert getattr(rows, dtypes) == getattr(expected, dtypes)
    elif isinstance(expected, (pa.Table, pa.ChunkedArray)):
        assert pl.from_arrow(rows).equals(pl.from_arrow(expected))
        types = "schema" if isinstance(expected, pa.Table) else "type"
        assert getattr(rows, types) == getattr(expected, types)
    else:
        assert_same(rows, expected)


def without_addresses(estimator):
    return re.sub("0x[0-9a-fA-F]+", "", repr(estimator))


def attributes(estimator):
    return {name for name in vars(estimator) if name.endswith("_")}


def assert_stored_alike(estimator, folder):
    """Assert that what was loaded is stored as the file that it came from."""
    estimator.save(folder / "first")
    imblearn_gan.load(folder / "first").save(folder / "again")
    assert (folder / "again").read_bytes() == (folder / "first").read_bytes()


# every sampler and classifier ---------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
@pytest.mark.parametrize("rows", ["table", "images"])
def test_every_sampler(sampler, rows, again):
    X = TABLE if rows == "table" else images(N, 8, 8)
    sampler = clone(sampler)
    X_res, _ = sampler.fit_resample(X, Y)
    loaded = again(sampler)
    assert_draws_alike(sampler, loaded)
    assert attributes(loaded) == attributes(sampler)
    assert loaded.history_ == sampler.history_
    assert loaded.diagnostics_ == sampler.diagnostics_
    np.testing.assert_array_equal(loaded.sample_source_, sampler.sample_source_)
    if hasattr(sampler, "encode"):
        codes = sampler.encode(X, Y)
        np.testing.assert_array_equal(loaded.encode(X, Y), codes)
        np.testing.assert_array_equal(loaded.decode(codes, Y), sampler.decode(codes, Y))
    for name, value in sampler.get_params(deep=False).items():
        assert loaded.get_params(deep=False)[name] == value
    assert_same(loaded.fit_resample(X, Y)[0], X_res)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
@pytest.mark.parametrize("rows", ["table", "images", "frame"])
def test_what_was_loaded_gives_the_same_file(sampler, rows, tmp_path):
    X = {"table": TABLE, "images": images(N, 8, 8), "frame": mixed_frame().iloc[:N]}[rows]
    sampler = clone(sampler)
    sampler.fit_resample(X, Y[: len(X)])
    assert_stored_alike(sampler, tmp_path)


@pytest.mark.parametrize(
    "model", [*CLASSIFIERS, *IMAGE_CLASSIFIERS], ids=lambda model: type(model).__name__
)
def test_every_classifier(model, again, tmp_path):
    X = images(N, 8, 8)
    model = clone(model).fit(X, Y)
    loaded = again(model)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert attributes(loaded) == attributes(model)
    assert_stored_alike(model, tmp_path)


def test_images_from_features(again):
    X = images(N, 8, 8)
    model = GAMOClassifier(max_iter=3, batch_size=8, random_state=0).fit(X, Y)
    decoder = GAMO2pix(model.networks_["extractor"], max_iter=3, random_state=0).fit(X, Y)
    loaded = again(decoder)
    features = decoder.transform(X)
    np.testing.assert_array_equal(loaded.transform(X), features)
    np.testing.assert_array_equal(loaded.decode(features, Y), decoder.decode(features, Y))


@pytest.mark.parametrize(
    "params",
    [
        {"spectral_norm": True, "augmentation": {"noise": {"scale": 0.2}}},
        {"reject": True},
        {"replay": 1.0},
        {"replay_augmentation": ["noise"]},
        {"random_state": np.random.RandomState(3)},
        {"random_state": None, "device": "cpu"},
        {"sampling_strategy": {1: 20, 2: 30}},
        {"encoding": "plain", "categorical_features": [0]},
    ],
    ids=lambda params: next(iter(params)),
)
def test_parameters(params, again):
    X = np.column_stack([np.arange(N) % 3, TABLE])
    sampler = small(**params)
    sampler.fit_resample(X, Y)
    loaded = again(sampler)
    assert without_addresses(loaded) == without_addresses(sampler)
    if "replay" in params:
        with pytest.raises(NotFittedError):
            loaded.sample({1: 1})
    else:
        assert_draws_alike(sampler, loaded)


@pytest.mark.parametrize("architecture", ["paper", DCGANFamily(width=4, spectral=True)])
def test_architectures(architecture, again):
    params = {"pretrain_iter": 2, "max_iter": 2, "batch_size": 8, "latent_dim": 4}
    sampler = imblearn_gan.BAGANGPOversampler(architecture=architecture, random_state=0, **params)
    sampler.fit_resample(images(N, 32, 32), Y)
    assert_draws_alike(sampler, again(sampler))


@pytest.mark.parametrize("codes", ["gaussian", "normal"])
def test_codes(codes, again):
    sampler = GANDAOversampler(codes=codes, pretrain_iter=3, max_iter=3, random_state=0)
    sampler.fit_resample(TABLE, Y)
    assert_draws_alike(sampler, again(sampler))


def test_parameters_that_were_changed_after_training(again):
    sampler = small()
    sampler.fit_resample(TABLE, Y)
    sampler.set_params(latent_dim=2, max_iter=7, architecture="auto")
    loaded = again(sampler)
    assert loaded.max_iter == 7
    assert_draws_alike(sampler, loaded)


# every container ----------------------------------------------------------------------------------


def _times():
    days = pd.date_range("2020-01-01", periods=N, freq="97min")
    return pd.DataFrame(
        {
            "plain": days,
            "zone": days.tz_localize("Europe/Paris"),
            "period": days.to_period("D"),
            "gone": days.where(np.arange(N) % 3 > 0),
            "length": days - days[0],
        }
    )


def _pandas():
    return pd.DataFrame(
        {
            "category": pd.Categorical(list("abc") * (N // 3) + ["b"], list("cabd"), ordered=True),
            "string": pd.array(["x", None, "é", "z"] * (N // 4), dtype="string"),
            "object": np.array(["x", None, 3, "z"] * (N // 4), dtype=object),
            "Int64": pd.array([1, None, 2**60, 4] * (N // 4), dtype="Int64"),
            "boolean": pd.array([True, None, False, True] * (N // 4), dtype="boolean"),
            "bytes": np.arange(N, dtype=np.int8),
            "gaps": np.where(np.arange(N) % 5, np.nan, TABLE[:, 0]),
        }
    ).iloc[: N // 4 * 4]


CONTAINERS = {
    "float32": TABLE.astype(np.float32),
    "longdouble": TABLE.astype(np.longdouble),
    "big-endian": TABLE.astype(">f8"),
    "wide integers": (TABLE * 2**60).astype(np.int64),
    "bool": TABLE > 0,
    "fortran": np.asfortranarray(TABLE),
    "list": TABLE.tolist(),
    "objects": np.array([[i % 4, "abc"[i % 3], None if i % 5 else 2.5] for i in range(N)], object),
    "strings": np.array([[f"{i % 4}", "abc"[i % 3]] for i in range(N)]),
    "many levels": np.array([[f"level {i}", i] for i in range(80)], dtype=object),
    "one-hot": np.eye(4)[np.arange(N) % 4],
    "zeros": np.where(TABLE > 0.5, TABLE, 0) * 10,
    "skewed": np.exp(4 * TABLE),
    "dates": np.array(["2020-01-01"], "M8[D]") + (TABLE * 100).astype("m8[D]"),
    "csr": sparse.csr_matrix(np.where(TABLE > 0, TABLE, 0)),
    "csc array": sparse.csc_array(np.where(TABLE > 0, TABLE, 0)),
    "mixed frame": mixed_frame(),
    "times": _times(),
    "pandas": _pandas(),
    "arrow in pandas": pd.DataFrame(TABLE).convert_dtypes(dtype_backend="pyarrow"),
    "indexed": pd.DataFrame(TABLE, columns=pd.MultiIndex.from_product([["a"], [1, 2, 3]])),
    "polars": pl.DataFrame(COLUMNS),
    "pyarrow": pl.DataFrame(COLUMNS).drop("enum", strict=False).to_arrow(),
    "images, channels last": images(N, 8, 6, 3),
    "float images": images(N, 8, 8) / 255,
    "flat images": images(N, 8, 8).reshape(N, -1),
    "series": np.random.RandomState(0).normal(size=(N, 8, 3)) * [1, 50, 1e4],
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container(name, again):
    X = CONTAINERS[name]
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    params = {"flat images": {"image_shape": (8, 8)}, "series": {"channels": "last"}}
    sampler = CVAEOversampler(max_iter=3, batch_size=8, random_state=0, replay=0)
    sampler.set_params(**params.get(name, {}))
    sampler.fit_resample(X, labels(n - 10, 10))
    assert_draws_alike(sampler, again(sampler))


LABELS = {
    "strings": np.array(["no", "yes"]),
    "objects": np.array(["no", "yes"], dtype=object),
    "list": ["no", "yes"],
    "floats": np.array([1.0, 2.0], dtype=np.float32),
    "bools": np.array([False, True]),
    "dates": np.array(["2020-01-01", "2021-01-01"], "M8[D]"),
    "series": pd.Series(["no", "yes"], dtype="category", name="y"),
    "frame": pd.DataFrame({"y": pd.array([1, 2], dtype="Int64")}),
    "zone": pd.Series(pd.date_range("2020", periods=2, freq="YS", tz="UTC")).dt.year,
    "polars": pl.Series("y", ["no", "yes"]),
    "enum": pl.Series("y", ["no", "yes"], dtype=pl.Enum(["yes", "no"])),
    "pyarrow": pa.chunked_array([["no", "yes"]]),
    "one-hot": np.eye(2, dtype=int),
    "one-hot frame": pd.DataFrame(np.eye(2, dtype=int), columns=["no", "yes"]),
    "sparse one-hot": sparse.csr_matrix(np.eye(2, dtype=int)),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels(name, again):
    y = imblearn_gan.data.take(LABELS[name], labels(30, 10))
    sampler = small()
    sampler.fit_resample(TABLE, y)
    assert_draws_alike(sampler, again(sampler))


def test_frames_of_a_library_that_is_not_installed(tmp_path, monkeypatch):
    sampler = small()
    sampler.fit_resample(pl.DataFrame(TABLE), Y)
    sampler.save(tmp_path / "sampler")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match="of polars, which is not installed: pip install polars"):
        imblearn_gan.load(tmp_path / "sampler")


# what cannot be stored ----------------------------------------------------------------------------


class Family(MLPFamily):
    """A family of a user's own."""


@pytest.mark.parametrize(
    ("params", "match"),
    [
        (
            {"architecture": Family()},
            "CGANOversampler's parameter architecture .*Family.*Use a name",
        ),
        (
            {"sampling_strategy": lambda y: {1: 20}},
            r"parameter sampling_strategy holds a function, .*sampling_strategy_",
        ),
    ],
)
def test_parameters_that_cannot_be_stored(params, match, tmp_path):
    sampler = small(**params)
    sampler.fit_resample(TABLE, Y)
    with pytest.raises(ValueError, match=match):
        sampler.save(tmp_path / "sampler")
    assert os.listdir(tmp_path) == []
    sampler.set_params(architecture="auto", sampling_strategy=sampler.sampling_strategy_)
    sampler.save(tmp_path / "sampler")


def test_networks_that_cannot_be_stored(tmp_path):
    sampler = small(architecture=Family())
    sampler.fit_resample(TABLE, Y)
    sampler.networks_["generator"].register_forward_hook(lambda *_: None)
    sampler.set_params(architecture="auto")
    with pytest.raises(ValueError, match=r"attribute networks_ holds a network .* with hooks"):
        sampler.save(tmp_path / "sampler")


def test_callbacks_are_left_out(again):
    sampler = small(callbacks=[EarlyStopping("generator_generated")])
    sampler.fit_resample(TABLE, Y)
    loaded = again(sampler)
    assert loaded.callbacks is None
    assert sampler.callbacks is not None


def test_parameters_that_load_would_refuse_are_not_stored(tmp_path):
    sampler = small()
    sampler.fit_resample(TABLE, Y)
    for name, value, right in (("replay", 3, 0.5), ("image_shape", (0, 2), None)):
        sampler.set_params(**{name: value})
        with pytest.raises(ValueError, match=name):
            sampler.save(tmp_path / "sampler")
        sampler.set_params(**{name: right})
    assert os.listdir(tmp_path) == []


def test_classes_of_ones_own_and_unfitted_objects(tmp_path):
    sampler = tiny()
    sampler.fit_resample(TABLE, Y)
    with pytest.raises(ValueError, match="TinySampler is not a class of imblearn_gan"):
        sampler.save(tmp_path / "sampler")
    with pytest.raises(NotFittedError):
        small().save(tmp_path / "sampler")


# files of each format -----------------------------------------------------------------------------


def test_a_file_of_format_1():
    """Written by ``python -m tests.storage.format_1``; never to be written again once released."""
    loaded = imblearn_gan.load(FILES / "format_1.safetensors")
    X, y = loaded.sample({"rare": 4}, random_state=0)
    expected = pd.read_csv(FILES / "format_1.csv", index_col=0, parse_dates=["day"])
    assert X["word"].tolist() == expected["word"].tolist()
    assert X["day"].tolist() == expected["day"].tolist()
    np.testing.assert_allclose(X["number"], expected["number"], rtol=1e-4)
    assert X.dtypes.astype(str).tolist() == ["float64", "category", "datetime64[s, Europe/Paris]"]
    assert y.tolist() == ["rare"] * 4
    assert loaded.max_iter == 3
    assert loaded.sampling_strategy == "auto"
    assert datetime.date(2020, 1, 1) <= X["day"].min().date()
