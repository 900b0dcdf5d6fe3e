"""Where latent codes are drawn from: moments, hulls and neighbours."""

import numpy as np
import pytest
import torch
from sklearn.covariance import LedoitWolf

from imblearn_gan import latent
from imblearn_gan.latent import (
    GaussianCodes,
    InterpolatedCodes,
    NeighbourSearch,
    NormalCodes,
    class_neighbours,
)


def drawn(distribution, y, n):
    torch.manual_seed(0)
    return distribution(torch.full((n,), y)).numpy()


def assert_moments(sample, mean, covariance):
    """Mean and covariance of many draws, within five standard errors."""
    n, spread = len(sample), np.sqrt(np.diag(covariance))
    assert (np.abs(sample.mean(axis=0) - mean) < 5 * spread / np.sqrt(n)).all()
    error = np.abs(np.cov(sample.T) - covariance)
    assert (error < 5 * np.sqrt(2) * np.outer(spread, spread) / np.sqrt(n)).all()


def test_normal_codes_are_standard_normal_for_every_class():
    assert_moments(drawn(NormalCodes(4), 0, 50_000), np.zeros(4), np.eye(4))
    assert np.array_equal(drawn(NormalCodes(4), 0, 5), drawn(NormalCodes(4), 1, 5))


# Gaussians -----------------------------------------------------------------------------------


def two_classes():
    rng = np.random.RandomState(0)
    many = rng.normal(size=(5000, 4)) @ rng.normal(size=(4, 4)) + [1, 2, 3, 4]
    few = 0.1 * rng.normal(size=(7, 4)) - 5
    z = torch.from_numpy(np.concatenate([many, few])).float()
    return many, few, GaussianCodes(z, [5000, 7])


def test_gaussians_have_the_moments_of_a_large_class():
    many, _, distribution = two_classes()
    covariance = np.cov(many.T)
    off_diagonal = covariance[np.triu_indices(4, 1)]
    assert np.abs(off_diagonal).max() > 1  # a diagonal Gaussian would not do
    assert_moments(drawn(distribution, 0, 50_000), many.mean(axis=0), covariance)


def test_gaussian_of_a_small_class_is_shrunk_as_ledoit_and_wolf_say():
    _, few, distribution = two_classes()
    covariance = LedoitWolf().fit(few).covariance_
    assert_moments(drawn(distribution, 1, 50_000), few.mean(axis=0), covariance)


def test_gaussian_of_one_row_has_the_spread_of_the_others_about_their_means():
    rng = np.random.RandomState(0)
    scales = [1.0, 3.0, 0.5]
    left, right = (rng.normal(size=(2000, 3)) * scales + offset for offset in (-50, 50))
    alone = np.array([[7.0, 8.0, 9.0]])
    z = torch.from_numpy(np.concatenate([left, right, alone])).float()
    distribution = GaussianCodes(z, [2000, 2000, 1])
    residuals = np.concatenate([left - left.mean(axis=0), right - right.mean(axis=0), [[0, 0, 0]]])
    sample = drawn(distribution, 2, 50_000)
    assert_moments(sample, alone[0], residuals.T @ residuals / len(residuals))


# interpolation -------------------------------------------------------------------------------


def test_neighbours_are_the_nearest_of_the_class():
    z = torch.tensor([[0.0], [1.0], [5.0], [0.9], [0.1], [7.0]])
    found = class_neighbours(z, [3, 2, 1], 2)
    assert found.tolist() == [[1, 2], [0, 2], [1, 0], [4, 4], [3, 3], [5, 5]]


@pytest.fixture
def parted(monkeypatch):
    """Classes of more than 100 rows are searched in parts of up to 64."""
    monkeypatch.setattr(latent, "MAX_EXACT", 100)
    monkeypatch.setattr(latent, "PART", 64)


def test_in_a_large_class_neighbours_are_near(parted):
    # on a bent sheet, as codes are, in more dimensions than it has
    rng = np.random.RandomState(0)
    flat = rng.normal(size=(1500, 3))
    z = np.tanh(flat @ rng.normal(size=(3, 20))).astype(np.float32)
    counts = [90, 1400, 10]
    found = class_neighbours(torch.from_numpy(z), counts, 5).numpy()
    assert found.shape == (1500, 5)
    for first, n in ((0, 90), (90, 1400), (1490, 10)):
        own, rows = found[first : first + n] - first, z[first : first + n]
        assert 0 <= own.min() < own.max() < n
        assert (own != np.arange(n)[:, None]).all()
        assert all(len(set(row)) == 5 for row in own.tolist())
        distance = np.linalg.norm(rows[:, None] - rows[None], axis=2)
        exact = np.sort(distance, axis=1)[:, 1:6]
        mean = np.take_along_axis(distance, own, axis=1).mean()
        assert mean < 1.15 * exact.mean()
        assert (mean < 1.0001 * exact.mean()) == (n <= 100)


def test_neighbours_in_a_large_class_of_equal_rows(parted):
    found = class_neighbours(torch.ones(300, 4), [300], 3)
    assert (found != torch.arange(300)[:, None]).all()
    assert (found.sort(dim=1).values.diff(dim=1) > 0).all()


def test_a_search_takes_steps_and_can_be_finished_at_any_time(parted):
    z = torch.from_numpy(np.random.RandomState(0).normal(size=(530, 3))).float()
    assert not NeighbourSearch(z[:130], [100, 30], 5).is_long
    search, other = (NeighbourSearch(z, [500, 30], 5) for _ in range(2))
    assert search.is_long
    assert search.n_steps == 2 * 8 + 1  # halved three times, and that twice
    for i in range(search.n_steps):
        search.step(i)
    for i in range(7):
        other.step(i)
    assert torch.equal(search.finish(), other.finish())
    assert torch.equal(search.finish(), class_neighbours(z, [500, 30], 5))


def test_pairs_that_are_looked_at_are_in_proportion_to_the_rows(monkeypatch):
    class Counting(latent.NearestNeighbors):
        def fit(self, z):
            pairs.append(len(z) ** 2)
            return super().fit(z)

    monkeypatch.setattr(latent, "NearestNeighbors", Counting)
    n_pairs = []
    for n in (latent.MAX_EXACT + 1, 4 * (latent.MAX_EXACT + 1)):
        pairs = []
        class_neighbours(torch.rand(n, 2, generator=torch.Generator().manual_seed(0)), [n], 5)
        n_pairs.append(sum(pairs))
    assert n_pairs[1] <= 4.1 * n_pairs[0]
    assert n_pairs[1] < 0.1 * (4 * latent.MAX_EXACT) ** 2


def test_interpolated_codes_lie_between_a_row_and_a_neighbour_of_its_class():
    rng = np.random.RandomState(0)
    z = rng.normal(size=(40, 2)).astype(np.float32)  # both classes in the same place
    distribution = InterpolatedCodes(torch.from_numpy(z), [30, 10], n_neighbors=3)
    for y, rows in enumerate((z[:30], z[30:])):
        distance = np.linalg.norm(rows[:, None] - rows[None], axis=2)
        nearest = distance.argsort(axis=1)[:, 1:4]
        pairs = [(i, j) for i, near in enumerate(nearest) for j in near]
        start = np.array([rows[i] for i, _ in pairs])
        line = np.array([rows[j] - rows[i] for i, j in pairs])
        codes = drawn(distribution, y, 3000)
        place = np.einsum("npd,pd->np", codes[:, None] - start, line) / (line**2).sum(axis=1)
        off = np.linalg.norm(codes[:, None] - start - place[..., None] * line, axis=2)
        fits = (off < 1e-4) & (place > -1e-4) & (place < 1 + 1e-4)
        assert fits.any(axis=1).all()
        # the row's own place is on other lines, too: those of one line only tell the place
        alone = fits.sum(axis=1) == 1
        found = place[fits & alone[:, None]]
        assert len(found) > 200
        assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.1)
        # every row is a start, and every neighbour an end
        assert fits.any(axis=0).all()


def test_five_neighbours_unless_told_otherwise():
    z = torch.arange(20.0)[:, None] ** 2
    assert InterpolatedCodes(z, [20]).neighbours.tolist() == class_neighbours(z, [20], 5).tolist()


def test_interpolation_reaches_the_last_row_of_a_class_and_no_row_of_the_next():
    z = torch.tensor([[0.0], [1.0], [2.0], [100.0], [101.0]])
    distribution = InterpolatedCodes(z, [3, 2], n_neighbors=1)
    first, second = drawn(distribution, 0, 2000), drawn(distribution, 1, 2000)
    assert 0 <= first.min() < 0.1 < 1.9 < first.max() <= 2
    assert 100 <= second.min() < 100.1 < 100.9 < second.max() <= 101


def test_forgotten_classes_leave_the_others_as_they_were():
    z = torch.arange(12.0)[:, None]
    distribution, whole = InterpolatedCodes(z, [6, 4, 2]), InterpolatedCodes(z, [6, 4, 2])
    distribution.forget([0])
    assert distribution.z.ravel().tolist() == z[6:].ravel().tolist()
    for y in (1, 2):
        assert np.array_equal(drawn(distribution, y, 200), drawn(whole, y, 200))


def test_to_forget_a_class_leaves_the_neighbours_of_others(monkeypatch):
    z = torch.from_numpy(np.random.RandomState(0).normal(size=(60, 3))).float()
    distribution, looked_at = InterpolatedCodes(z, [30, 20, 10]), []
    before, search = distribution.neighbours.clone(), latent.class_neighbours

    def noted(own, counts, n_neighbors):
        looked_at.append(len(own))
        return search(own, counts, n_neighbors)

    monkeypatch.setattr(latent, "class_neighbours", noted)
    distribution.forget([0, 2], n_kept=12)
    assert looked_at == [12]
    assert torch.equal(distribution.neighbours[12:], before[30:] - 18)
    assert distribution.starts.tolist() == [0, 12, 32]


def test_some_codes_of_a_class_can_be_kept_evenly_spaced():
    distribution = InterpolatedCodes(torch.arange(12.0)[:, None], [9, 1, 2], n_neighbors=1)
    distribution.forget([0, 1], n_kept=3)
    assert distribution.z.ravel().tolist() == [2, 5, 8, 9, 10, 11]
    of_first, of_last = drawn(distribution, 0, 500), drawn(distribution, 2, 500)
    assert 2 <= of_first.min() < 2.5 < 7.5 < of_first.max() <= 8
    assert 10 <= of_last.min() < of_last.max() <= 11


@pytest.mark.parametrize("distribution", [GaussianCodes, InterpolatedCodes])
def test_codes_of_tiny_classes(distribution):
    z = torch.randn(8, 50)
    codes = distribution(z, [5, 1, 2])(torch.tensor([0, 1, 1, 2, 2]))
    assert codes.shape == (5, 50)
    assert codes.isfinite().all()
    if distribution is InterpolatedCodes:
        assert torch.equal(codes[1:3], z[[5, 5]])
