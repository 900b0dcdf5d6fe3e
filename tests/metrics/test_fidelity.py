"""Fréchet distance, inception score and V-score against independent references."""

import warnings

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.linalg import sqrtm
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import v_measure_score

from imblearn_gan.metrics import (
    frechet_distance,
    inception_score,
    v_score,
)
from tests.metrics.samples import FAKE, IMAGES, LABELS, REAL, RNG, TABLE, Vectors


def test_frechet_distance_of_diagonal_gaussians():
    # rows whose mean and covariance are exactly those asked for
    rows = RNG.normal(size=(50, 4))
    rows = np.linalg.qr(rows - rows.mean(axis=0))[0] * np.sqrt(49)
    first, second = np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 1, 0.5])
    shift = np.array([1.0, 0, 0, -2])
    expected = np.square(shift).sum() + np.square(first - second).sum()
    assert_allclose(frechet_distance(rows * first, rows * second + shift), expected)


def test_frechet_distance_by_the_textbook_and_torchmetrics():
    covariances = [np.cov(X, rowvar=False) for X in (REAL, FAKE)]
    expected = np.square(REAL.mean(axis=0) - FAKE.mean(axis=0)).sum() + np.trace(
        covariances[0] + covariances[1] - 2 * sqrtm(covariances[0] @ covariances[1]).real
    )
    assert_allclose(frechet_distance(REAL, FAKE), expected)
    assert_allclose(frechet_distance(FAKE + 1e6, REAL + 1e6), expected, rtol=1e-6)
    metric = pytest.importorskip("torchmetrics.image.fid").FrechetInceptionDistance(Vectors(4))
    metric.update(torch.from_numpy(REAL), real=True)
    metric.update(torch.from_numpy(FAKE), real=False)
    assert_allclose(frechet_distance(REAL, FAKE), float(metric.compute()))


def test_frechet_distance_of_few_rows():
    assert frechet_distance(REAL, REAL) == pytest.approx(0, abs=1e-12)
    with pytest.warns(UserWarning, match="X_generated has 4 rows for 4 features"):
        frechet_distance(REAL, FAKE[:4])
    with pytest.warns(UserWarning, match="has 12 rows for 960"):
        assert frechet_distance(IMAGES, IMAGES) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="X_generated must have at least two"):
        frechet_distance(REAL, FAKE[:1])


@pytest.mark.filterwarnings("ignore:Metric `InceptionScore`", "ignore:std")
def test_inception_score_of_parts():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), size=60)
    found = inception_score(np.arange(60), lambda X: p[X], n_splits=4, random_state=3)
    order = np.random.RandomState(3).permutation(60)
    expected = [inception_score(part, lambda X: p[X]) for part in order.reshape(4, 15)]
    assert found == pytest.approx((np.mean(expected), np.std(expected)))
    assert found.std > 0
    whole = inception_score(np.arange(60), lambda X: p[X])
    once = inception_score(np.arange(60), lambda X: p[X], n_splits=1)
    assert once == pytest.approx((whole, 0))


@pytest.mark.parametrize("n_splits", [0, 41, 2.0, "two"])
def test_wrong_numbers_of_parts(n_splits):
    with pytest.raises(ValueError, match="n_splits must be an integer between 1 and 40"):
        inception_score(np.arange(40), lambda X: np.eye(4)[X % 4], n_splits=n_splits)


def test_small_parts_are_warned_of():
    with pytest.warns(UserWarning, match="4 rows a part for 4 classes"):
        inception_score(np.arange(40), lambda X: np.eye(4)[X % 4], n_splits=10)


def test_beta_of_the_v_score():
    """Two clusters of three classes: a class lies in one cluster, but one holds two classes."""
    z, y = [[0.0], [0.1], [5.0], [5.1]], ["a", "b", "c", "c"]
    complete, homogeneous = 1.0, 2 / 3
    for beta in (0.5, 1, 3):
        expected = (1 + beta) * homogeneous * complete / (beta * homogeneous + complete)
        assert v_score(z, y, n_clusters=2, beta=beta, random_state=0) == pytest.approx(expected)


def test_inception_score():
    assert inception_score(np.arange(40), lambda X: np.eye(4)[X % 4]) == pytest.approx(4)
    assert inception_score(np.arange(40), lambda X: np.full((40, 4), 0.25)) == pytest.approx(1)
    model = LogisticRegression().fit(TABLE, LABELS)
    p = model.predict_proba(TABLE)
    expected = np.exp((p * np.log(p / p.mean(axis=0))).sum(axis=1).mean())
    assert inception_score(TABLE, model) == pytest.approx(expected)
    metric = pytest.importorskip("torchmetrics.image.inception").InceptionScore(Vectors(4), 1)
    metric.update(torch.from_numpy(REAL))
    with torch.random.fork_rng():
        expected = float(metric.compute()[0])
    assert inception_score(REAL, Vectors(4)) == pytest.approx(expected, rel=1e-5)
    for wrong in (lambda X: X, 3, lambda X: np.eye(4)):
        with pytest.raises(ValueError, match="classifier must"):
            inception_score(REAL, wrong)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inception_score(np.arange(5), lambda X: np.eye(4)[X % 4])
    p = torch.eye(60, dtype=torch.bfloat16, requires_grad=True) * 1.0
    with pytest.warns(UserWarning, match="60 rows for 60 classes"):
        assert inception_score(REAL, lambda X: p) == pytest.approx(60)


def test_v_score():
    codes = np.vstack([FAKE, FAKE + 50])
    assert v_score(codes, np.repeat(["a", "b"], 40), random_state=0) == 1
    y = np.tile([0, 1, 2], 20)
    found = KMeans(3, n_init=10, random_state=0).fit_predict(REAL)
    assert v_score(REAL, y, random_state=0) == pytest.approx(v_measure_score(y, found))
    assert v_score(codes, np.repeat([0, 1], 40), n_clusters=1) == 0
