"""GAMO's rows."""

import numpy as np
import pytest
from scipy.optimize import nnls

from imblearn_gan import GAMOOversampler
from tests.players import Seen
from tests.samplers import images, labels

Y = labels(20, 9, 5)


def table():
    return np.random.RandomState(0).normal(size=(len(Y), 12))


def small(**params):
    return GAMOOversampler(**{"max_iter": 8, "batch_size": 16, "random_state": 0} | params)


@pytest.mark.parametrize("n_support", [None, 2, 3])
def test_rows_are_convex_combinations_of_their_class(n_support):
    X = table()
    X_res, y_res = small(n_support=n_support).fit_resample(X, Y)
    assert len(X_res) == 60
    for label in (1, 2):
        real = X[label == Y]
        for row in X_res[len(X) :][y_res[len(X) :] == label]:
            # nonnegative weights that sum to one and give the row
            weights, error = nnls(np.vstack([real.T, np.ones(len(real))]), np.append(row, 1.0))
            assert error < 1e-5
            if n_support is not None and len(real) < 12:
                assert (weights > 1e-4).sum() <= n_support


@pytest.mark.parametrize("variant", ["cG", "cG+D"])
def test_rows_of_the_ablation_leave_the_hull_of_their_class(variant):
    X = table()
    X_res, y_res = small(variant=variant).fit_resample(X, Y)
    errors = []
    for label in (1, 2):
        real = X[label == Y]
        for row in X_res[len(X) :][y_res[len(X) :] == label]:
            errors.append(nnls(np.vstack([real.T, np.ones(len(real))]), np.append(row, 1.0))[1])
    assert np.median(errors) > 0.01


def test_a_class_of_one_row_is_repeated():
    X = table()
    y = labels(20, 13, 1)
    X_res, y_res = small().fit_resample(X, y)
    new = X_res[len(X) :][y_res[len(X) :] == 2]
    assert len(new) == 19
    assert np.allclose(new, X[y == 2], atol=1e-5)


@pytest.mark.parametrize(
    "params",
    [
        {"variant": "GAMO-D"},
        {"variant": "cG+D"},
        {"variant": "cG"},
        {"loss": "least_squares", "misleading": "complement"},
        {"misleading": "minorities"},
        {"combine": "features"},
        {"combine": "features", "variant": "cG+D"},
        {"architecture": "mlp"},
        {"n_support": None, "balance": None, "adversarial_weight": 1, "generated_weight": 1},
    ],
)
@pytest.mark.parametrize("X", [table(), images(len(Y), 6, 5)], ids=["table", "images"])
def test_variants(params, X):
    X_res, y_res = small(**params).fit_resample(X, Y)
    assert np.bincount(y_res).tolist() == [20, 20, 20]
    assert X_res.dtype == X.dtype
    assert np.array_equal(X_res[: len(X)], X)


def test_phases_on_images():
    sampler = small(combine="features")
    sampler.fit_resample(images(len(Y), 8, 8), Y)
    assert {record["phase"] for record in sampler.history_} == {"adversarial", "gamo2pix"}
    assert sampler.n_iter_ == 8
    assert sampler.history_[-1]["iteration"] == 16
    assert "extractor_real" in sampler.history_[0]
    assert set(sampler.networks_) == {"generator", "rows", "decoders"}
    assert list(sampler.networks_["decoders"]) == ["1", "2"]


@pytest.mark.parametrize("variant", ["GAMO", "cG+D"])
def test_fitted_sampler_draws_from_noise(variant):
    sampler = small(variant=variant)
    sampler.fit_resample(table(), Y)
    seen = Seen(sampler.networks_["generator"])
    sampler.sample({1: 150, 2: 50})
    ((z, y, _),) = seen.inputs
    assert y.tolist() == [1] * 150 + [2] * 50
    assert z.shape == (200, 100)
    assert z.std().item() == pytest.approx(1, abs=0.05)
    assert z.mean().item() == pytest.approx(0, abs=0.05)


def test_only_rows_of_the_classes_that_are_made_are_kept():
    sampler = small()
    sampler.fit_resample(table(), Y)
    assert sampler.networks_["rows"].rows.shape == (14, 12)
