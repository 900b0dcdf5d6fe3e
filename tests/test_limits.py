"""What is asked for in vain is refused before training, by name."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from scipy import sparse
from sklearn.base import clone

from imblearn_gan import (
    BAGANOversampler,
    CGANOversampler,
    DeepSMOTEOversampler,
    DOSClassifier,
    GAMOOversampler,
)
from imblearn_gan._limits import requested
from imblearn_gan.networks import MLPFamily
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.odd import Family
from tests.samplers import Recorder, images, labels, tiny

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


def refused(match, rows=X, **params):
    recorder = Recorder()
    sampler = tiny(callbacks=[recorder]).set_params(**params)
    with pytest.raises((ValueError, TypeError), match=match):
        sampler.fit_resample(rows, Y)
    assert recorder.events == []


# numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["max_iter", "latent_dim", "replay"])
def test_booleans_are_no_numbers(name):
    refused(rf"'{name}' parameter of TinySampler must be a number. Got True", **{name: True})


@pytest.mark.parametrize("n", [14.5, np.float64(20.1), True, "20", None, np.nan, np.inf])
def test_fractional_counts(n):
    refused(r"sampling_strategy must give whole numbers of rows. Got", sampling_strategy={2: n})
    refused("sampling_strategy must give whole", sampling_strategy=lambda y: {2: n})


@pytest.mark.parametrize("n", [20.0, np.float64(20), np.int16(20)])
def test_whole_counts(n):
    _, y_res = tiny(sampling_strategy={2: n}).fit_resample(X, Y)
    assert np.bincount(y_res).tolist() == [14, 9, 20]


def test_a_function_that_gives_no_counts():
    refused(
        "sampling_strategy is a function that must return a dict.*None",
        sampling_strategy=lambda y: None,
    )


@pytest.mark.parametrize("n", [10**12, 10**30])
def test_more_than_memory_holds(n):
    refused(rf"sampling_strategy asks for {n:,} rows.* GiB", sampling_strategy={2: n})
    refused(f"batch_size={n}, .* GiB", batch_size=n)
    refused("latent_dim must be at most 100,000", latent_dim=n)
    sampler = tiny()
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match=rf"counts asks for {n:,} rows.* GiB"):
        sampler.sample({2: n})


@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS, *IMAGE_CLASSIFIERS])
def test_integers_of_numpy(estimator):
    """torch takes none of them in some places."""
    rows = images(len(Y), 8, 8) if estimator in IMAGE_CLASSIFIERS else X
    own = {"max_iter": 2, "batch_size": 4, "pretrain_iter": 2, "latent_dim": 3, "max_epochs": 1}
    own = {name: n for name, n in own.items() if name in estimator.get_params()}
    plain = clone(estimator).set_params(**own)
    theirs = clone(estimator).set_params(**{name: np.int64(n) for name, n in own.items()})
    if hasattr(plain, "fit_resample"):
        results = [e.fit_resample(rows, Y)[0] for e in (plain, theirs)]
    else:
        results = [e.fit(rows, Y).predict_proba(rows) for e in (plain, theirs)]
    np.testing.assert_array_equal(*results)


def test_a_latent_dim_that_was_changed():
    sampler = CGANOversampler(max_iter=2, latent_dim=3, random_state=0)
    sampler.fit_resample(X, Y)
    expected = sampler.sample({1: 3}, random_state=0)[0]
    with pytest.raises(ValueError, match="latent_dim was 3 in fit_resample, and is 4 now"):
        sampler.set_params(latent_dim=4).sample({1: 3})
    again = sampler.set_params(latent_dim=3).sample({1: 3}, random_state=0)[0]
    np.testing.assert_array_equal(again, expected)


def test_requests_of_other_types():
    sampler = tiny()
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match=r"counts asks for the class \(1, 2\)"):
        sampler.sample({(1, 2): 3})


# families ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "message"),
    [
        (Family(encoder=1), r"architecture.encoder\(spec, 3\) .*\(2, 3\). Got \(2, 4\)"),
        (Family(decoder=1), r"architecture.decoder\(spec, 3\) .*\(2, 4\). Got \(2, 5\)"),
        (Family(encoder=-3), r"architecture.encoder"),
        (Family(fails=True), r"architecture.encoder\(spec, 3\) fails: KeyError"),
        (Family(module=False), "must return a torch.nn.Module"),
    ],
)
def test_families_that_misfit(family, message):
    refused(message, architecture=family)


def test_families_that_fit():
    before = torch.get_rng_state()
    for family in (Family(), MLPFamily(hidden=(4,))):
        assert len(tiny(architecture=family).fit_resample(X, Y)[0]) == 42
    assert torch.equal(torch.get_rng_state(), before)


# rows and labels --------------------------------------------------------------------------------


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda e: type(e).__name__)
def test_one_hot_labels_are_none_of_classifiers(classifier):
    classifier = clone(classifier)
    for y in (np.eye(3, dtype=int)[Y], pd.DataFrame(np.eye(3, dtype=int)[Y])):
        with pytest.raises(ValueError, match=r"y must be labels.* 3 one-hot columns.*argmax"):
            classifier.fit(X, y)
    assert not hasattr(classifier, "classes_")


def test_columns_of_another_byte_order_that_are_repeated():
    frame = pd.DataFrame({"a": X[:, 0], "b": np.arange(len(Y), dtype=">i8")})
    refused(r"Columns \['b'\].*byte order.*cannot be used", frame, replay=1.0)


def test_integers_are_positions():
    frame = pd.DataFrame(X, columns=[10, 11, 12, 13])
    for params in ({"categorical_features": [10]}, {"encoding": {10: "category"}}):
        refused("integers are their positions, from 0, not their names", frame, **params)


def test_a_hole_in_a_series():
    series = np.random.RandomState(0).rand(len(Y), 5, 3)
    series[2, 1, 1] = np.nan
    refused(r"NaN in values \[4\] of the flattened series", series, channels="last")
    refused(r"NaN in pixels \[4\]\.", series)


def test_decimals_of_polars():
    frame = pl.DataFrame({"a": X[:, 0], "price": pl.Series([1.5] * len(Y)).cast(pl.Decimal(9, 2))})
    refused(r"Columns \['price'\] of X have the dtype Decimal.*to floats", frame)


def test_categories_of_sparse_columns_are_named_in_encoding():
    rows = sparse.csr_matrix(np.arange(len(Y) * 2).reshape(-1, 2) % 3)
    refused(
        r"categorical_features needs dense.*encoding, \{column: 'category'\}",
        rows,
        categorical_features=[1],
    )
    X_res, _ = tiny(encoding={1: "category"}).fit_resample(rows, Y)
    assert set(X_res.toarray()[:, 1]) <= {0, 1, 2}


def test_ids_of_sparse_rows():
    n = 80
    rows = np.c_[np.arange(n), np.arange(n) % 3, np.random.RandomState(0).randint(0, 9, n)]
    y = np.repeat([0, 1], [60, 20])
    for container in (np.asarray, sparse.csr_matrix, sparse.csc_array, sparse.coo_matrix):
        with pytest.warns(UserWarning, match=r"Columns \[0\] look like ids"):
            tiny().fit_resample(container(rows), y)


def test_images_of_unlike_sizes():
    pictures = [np.zeros((4, 4 + i % 2)) for i in range(len(Y))]
    refused("X must have rows of one shape", pictures)
    cells = np.empty(len(Y), dtype=object)
    cells[:] = pictures
    refused(r"X holds 28 arrays as objects.*numpy.stack", cells)


def test_tensors_that_are_no_arrays():
    for rows in (torch.zeros(28, 3, requires_grad=True), torch.zeros(28, 3, dtype=torch.bfloat16)):
        refused("X, of the type Tensor, cannot be made an array", rows)


@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_a_class_of_two_rows(estimator):
    y = np.repeat([0, 1], [26, 2])
    estimator = clone(estimator)
    if hasattr(estimator, "fit_resample"):
        X_res, y_res = estimator.fit_resample(X, y)
        assert np.bincount(y_res).tolist() == [26, 26]
        assert np.isfinite(X_res).all()
    else:
        assert estimator.fit(X, y).predict_proba(X).shape == (28, 2)


# losses that are not finite ---------------------------------------------------------------------


def test_a_loss_names_its_learning_rate():
    few = {"pretrain_iter": 40, "max_iter": 40, "random_state": 0}
    steep = BAGANOversampler(pretrain_learning_rate=1e38, **few)
    with pytest.raises(FloatingPointError, match=r"smaller pretrain_learning_rate.*Quantile"):
        steep.fit_resample(X, Y)
    with pytest.raises(FloatingPointError, match=r"a smaller learning_rate, .*batch_size.$"):
        GAMOOversampler(learning_rate=1e38, **{"max_iter": 40}).fit_resample(images(28, 8, 8), Y)


@pytest.mark.parametrize(
    "estimator",
    [
        DeepSMOTEOversampler(learning_rate=1e30, max_iter=1),
        BAGANOversampler(pretrain_learning_rate=1e30, pretrain_iter=1),
        DOSClassifier(learning_rate=1e38, pretrain_iter=0, max_iter=200, batch_size=8),
    ],
    ids=lambda e: type(e).__name__,
)
def test_codes_that_are_not_finite_blame_the_training(estimator):
    """No search for neighbours says that X has missing values."""
    rate = next(name for name, value in estimator.get_params().items() if value in (1e30, 1e38))
    fit = estimator.fit_resample if hasattr(estimator, "fit_resample") else estimator.fit
    with pytest.raises(FloatingPointError, match=f"latent codes .* a smaller {rate} or"):
        fit(X, Y)


class Compared(str):
    """A label that counts how often labels are compared."""

    n = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Compared.n += 1
        return str(self) == str(other)


@pytest.mark.parametrize("n", [True, False, np.True_, -1, 2.0, "3", None])
def test_rows_asked_for_are_whole_numbers(n):
    with pytest.raises(ValueError, match=r"counts\['b'\] must be an integer >= 0. Got"):
        requested({"a": 1, "b": n}, np.array(["a", "b"]), np.full(2, True), 4)


def test_labels_asked_for_are_looked_up_not_searched_for():
    names = [f"class {i}" for i in range(300)]
    classes = np.array([Compared(name) for name in names], dtype=object)
    found = requested(dict.fromkeys(names, 2), classes, np.full(300, True), 4)
    assert found == [2] * 300
    assert Compared.n < 1000


def test_equal_labels_of_another_type_are_found():
    days = np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[ns]")
    counts = {pd.Timestamp("2020-01-02"): 3}
    assert requested(counts, days, np.full(2, True), 4) == [0, 3]
    with pytest.raises(ValueError, match=r"can be drawn are \[(np|numpy)\.datetime64\('2020-01-01"):
        requested({pd.Timestamp("2021-01-01"): 3}, days, np.full(2, True), 4)
