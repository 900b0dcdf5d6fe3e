"""Latent codes in two dimensions."""

import numpy as np
import pytest

from imblearn_gan import BAGANOversampler
from imblearn_gan.inspection import (
    CodesDisplay,
)
from tests.inspection.shown import SMALL, X, Y


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_codes(fitted, method):
    display = CodesDisplay.from_sampler(fitted, X, Y, method=method)
    assert display.positions.shape == (65, 2)
    assert display.y.tolist() == Y.tolist()
    assert [s.get_label() for s in display.scatters_] == ["one", "two", "zero"]
    for scatter in display.scatters_:
        expected = display.positions[scatter.get_label() == Y]
        assert np.allclose(scatter.get_offsets(), expected)
    again = CodesDisplay.from_sampler(fitted, X, Y, method=method)
    assert np.array_equal(again.positions, display.positions)


def test_principal_components_of_codes(fitted):
    display = CodesDisplay.from_sampler(fitted, X, Y, method="pca")
    codes = fitted.encode(X, Y)
    _, values, _ = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    assert np.allclose(np.linalg.norm(display.positions, axis=0), values[:2], rtol=1e-3)


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_codes_of_one_dimension(method):
    sampler = BAGANOversampler(latent_dim=1, **SMALL)
    sampler.fit_resample(X, Y)
    positions = CodesDisplay.from_sampler(sampler, X, Y, method=method).positions
    assert positions.shape == (65, 2)
    if method == "pca":
        codes = sampler.encode(X, Y)[:, 0]
        assert np.allclose(np.abs(positions[:, 0]), np.abs(codes - codes.mean()), atol=1e-6)
        assert not positions[:, 1].any()
    else:
        assert (positions.std(axis=0) > 1).all()  # both dimensions are used


def test_legend_of_many_classes():
    positions = np.random.RandomState(0).normal(size=(100, 2))
    display = CodesDisplay(positions, np.arange(100) % 50).plot()
    display.figure_.draw_without_rendering()
    legend = display.ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [str(i) for i in range(50)]
    figure, box = display.figure_.bbox, legend.get_window_extent()
    assert box.x1 <= figure.x1
    assert figure.y0 <= box.y0 <= box.y1 <= figure.y1
    assert display.ax_.get_window_extent().width > figure.width / 2


@pytest.mark.parametrize("name", ["c", "color", "facecolor", "facecolors"])
def test_colours_of_ones_own(name):
    display = CodesDisplay(np.zeros((6, 2)), np.arange(6) % 3).plot(scatter_kw={name: "red"})
    assert all((s.get_facecolor() == [1, 0, 0, 1]).all() for s in display.scatters_)
    display = display.plot(scatter_kw={"edgecolors": "black"})
    assert all((s.get_edgecolor() == [0, 0, 0, 1]).all() for s in display.scatters_)
    assert len({tuple(s.get_facecolor()[0]) for s in display.scatters_}) == 3


def test_codes_of_a_part(fitted):
    display = CodesDisplay.from_sampler(fitted, X, Y, method="pca", max_rows=30)
    assert len(display.positions) == len(display.y) == 30
    with pytest.raises(ValueError, match="method"):
        CodesDisplay.from_sampler(fitted, X, Y, method="umap")
    with pytest.raises(ValueError, match="three rows"):
        CodesDisplay.from_sampler(fitted, X[:2], Y[:2])
