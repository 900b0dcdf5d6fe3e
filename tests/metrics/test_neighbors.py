"""Figures of nearest neighbours by their definitions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from imblearn_gan.metrics import (
    density_coverage,
    memorized_fraction,
    precision_recall,
)
from tests.metrics.samples import FAKE, REAL


def test_neighbour_figures_by_their_definitions():
    real_radii, fake_radii = (np.sort(cdist(X, X))[:, 4] for X in (REAL, FAKE))
    between = cdist(REAL, FAKE)
    inside_real, inside_fake = between < real_radii[:, None], between < fake_radii
    expected = inside_real.any(axis=0).mean(), inside_fake.any(axis=1).mean()
    assert 0 < expected[0] < 1
    assert_allclose(precision_recall(REAL, FAKE, n_neighbors=4), expected)
    assert_allclose(precision_recall(FAKE, REAL, n_neighbors=4), expected[::-1])
    expected = inside_real.sum() / (4 * len(FAKE)), inside_real.any(axis=1).mean()
    assert_allclose(density_coverage(REAL, FAKE, n_neighbors=4), expected)
    assert_allclose(density_coverage(REAL + 1e5, FAKE + 1e5, n_neighbors=4), expected)


def test_neighbour_figures_of_the_same_and_of_distant_rows():
    for metric in (precision_recall, density_coverage):
        assert metric(REAL, REAL) == (1, 1)
        assert metric(REAL, FAKE + 100) == (0, 0)
        with pytest.raises(ValueError, match="n_neighbors must"):
            metric(REAL, FAKE, n_neighbors=60)


def test_neighbour_figures_of_rows_that_tie_or_repeat():
    grid = np.random.default_rng(0).integers(2, size=(300, 4)).astype(float)
    assert precision_recall(grid, grid) == (1, 1)  # the paper's balls hold their surface
    real, fake = np.arange(20.0)[:, None], np.arange(10.0)[:, None]
    radii = np.sort(cdist(fake, fake))[:, 3]
    assert precision_recall(real, fake).recall == (cdist(real, fake) <= radii).any(axis=1).mean()
    with pytest.warns(UserWarning, match="300 rows of X_real have 5 copies"):
        assert density_coverage(grid, grid) == (0, 0)
    with pytest.raises(ValueError, match="n_neighbors must be an integer"):
        precision_recall(REAL, FAKE, n_neighbors=2.5)


def test_collapse_shows_in_recall_and_coverage():
    collapsed = REAL[:1] + 1e-3 * FAKE
    assert precision_recall(REAL, collapsed) == (1, pytest.approx(0, abs=0.02))
    assert density_coverage(REAL, collapsed).coverage < 0.3


def test_memorized_fraction_by_its_definition():
    distances = cdist(REAL, REAL) + np.diag(np.full(60, np.inf))
    for ratio in (1.0, 0.6):
        between = cdist(FAKE, REAL)
        own = distances.min(axis=1)[between.argmin(axis=1)]
        figures = memorized_fraction(REAL, FAKE, ratio=ratio)
        assert figures.generated == pytest.approx((between.min(axis=1) < ratio * own).mean())
        # a real row held against the others is a generated row of theirs
        held = [
            memorized_fraction(np.delete(REAL, i, axis=0), REAL[[i]], ratio=ratio).generated
            for i in range(60)
        ]
        assert figures.real == pytest.approx(np.mean(held))


def test_copies_are_memorized_and_fresh_rows_are_not():
    X, fresh = np.random.default_rng(1).normal(size=(2, 400, 6))
    assert memorized_fraction(X, X[::2]).generated == 1
    assert memorized_fraction(X, X + 1e-4, ratio=0.4).generated == 1
    generated, real = memorized_fraction(X, fresh)
    assert abs(generated - real) < 0.1
    assert max(memorized_fraction(X, fresh, ratio=0.4)) < 0.02
    with pytest.raises(ValueError, match="ratio"):
        memorized_fraction(X, X, ratio=0)
    with pytest.raises(ValueError, match="X_real must have at least three"):
        memorized_fraction(X[:2], X)


def test_near_copies_of_repeated_rows_are_memorized():
    X = np.random.default_rng(1).normal(size=(40, 6))
    for copies in (X, np.repeat(X, 2, axis=0)):
        assert memorized_fraction(copies, X + 1e-9, ratio=0.1).generated == 1
    with pytest.raises(ValueError, match=r"three different rows\. Got 1 of 8"):
        memorized_fraction(np.ones((8, 2)), X[:, :2])


def test_copies_of_repeated_rows_are_memorized():
    X = np.random.default_rng(1).normal(size=(40, 6)) + 100
    assert memorized_fraction(np.repeat(X, 2, axis=0), X, ratio=0.5) == (1, 1)
    generated, real = memorized_fraction(np.concatenate([X, X[:10]]), X[:10], ratio=0.1)
    assert (generated, real) == (1, 20 / 50)
