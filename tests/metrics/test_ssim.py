"""Structural similarity against torchmetrics."""

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits

from imblearn_gan.metrics import (
    ssim_between,
    ssim_of_pairs,
    ssim_to_nearest,
)
from tests.metrics.samples import FAKE, IMAGES, REAL


def reference_ssim(first, second, **params):
    ssim = pytest.importorskip("torchmetrics.functional.image").structural_similarity_index_measure
    first, second = (torch.from_numpy(np.asarray(X)).double() / 255 for X in (first, second))
    return float(ssim(first, second, data_range=1.0, **params))


def test_ssim_of_all_pairs_in_every_layout():
    first, second = np.triu_indices(12, k=1)
    channels_first = IMAGES.transpose(0, 3, 1, 2)
    expected = reference_ssim(channels_first[first], channels_first[second])
    flat = IMAGES.reshape(12, -1)
    for X, params in (
        (IMAGES, {}),
        (channels_first, {}),
        (IMAGES / 255, {"data_range": (0, 1)}),
        (IMAGES / 127.5 - 1, {"data_range": [-1, 1]}),
        (flat, {"image_shape": (16, 20, 3)}),
        (pd.DataFrame(flat), {"image_shape": (16, 20, 3), "data_range": (0, 255)}),
    ):
        assert_allclose(ssim_of_pairs(X, X[:12], **params), [expected] * 2, rtol=1e-6)


def test_ssim_of_random_pairs_and_collapse():
    grey = np.random.default_rng(0).integers(256, size=(300, 12, 12), dtype=np.uint8)
    same = np.repeat(grey[:1], 4, axis=0)
    generated, real = ssim_of_pairs(grey, same, n_pairs=200, random_state=0)
    assert generated == pytest.approx(1)
    assert abs(real) < 0.1
    assert ssim_of_pairs(grey, same, n_pairs=200, random_state=0).real == real
    assert ssim_of_pairs(grey, same, n_pairs=200, random_state=1).real != real


def test_the_window_shrinks_to_fit_small_images():
    X = load_digits().images[:6]
    first, second = np.triu_indices(6, k=1)
    # 7 x 7 pixels
    scaled = X[:, None] * 255 / 16
    expected = reference_ssim(scaled[first], scaled[second], sigma=3 / 3.5)
    assert ssim_of_pairs(X, X, data_range=(0, 16)).real == pytest.approx(expected)
    for side in range(3, 12):
        assert -1 < ssim_of_pairs(X[:, :side, :side], X[:, :side, :side]).real <= 1
    with pytest.raises(ValueError, match="at least 3 x 3"):
        ssim_of_pairs(X[:, :2], X[:, :2])


def test_ssim_to_the_nearest_real_image():
    real, new = IMAGES[:8], IMAGES[8:]
    generated, among_real = ssim_to_nearest(real, new)
    flat = real.reshape(8, -1).astype(float)
    nearest = cdist(new.reshape(4, -1).astype(float), flat).argmin(axis=1)
    other = (cdist(flat, flat) + np.diag(np.full(8, np.inf))).argmin(axis=1)
    layout = (0, 3, 1, 2)
    expected = reference_ssim(new.transpose(layout), real[nearest].transpose(layout))
    assert generated == pytest.approx(expected)
    expected = reference_ssim(real.transpose(layout), real[other].transpose(layout))
    assert among_real == pytest.approx(expected)
    assert ssim_to_nearest(real, real[::3]).generated == pytest.approx(1)


def test_ssim_of_what_is_no_set_of_images():
    with pytest.raises(ValueError, match="X must hold images"):
        ssim_of_pairs(REAL, FAKE)
    with pytest.raises(ValueError, match="data_range must"):
        ssim_of_pairs(IMAGES, IMAGES, data_range=(1, 0))
    with pytest.raises(ValueError, match="at least two images"):
        ssim_of_pairs(IMAGES, IMAGES[:1])
    with pytest.raises(ValueError, match="n_pairs"):
        ssim_of_pairs(IMAGES, IMAGES, n_pairs=0)


def test_similarity_of_real_and_generated_images():
    ssim = pytest.importorskip("torchmetrics.functional.image").structural_similarity_index_measure
    real, new = IMAGES[:3], IMAGES[5:7]
    pairs = [
        ssim(*(torch.from_numpy(x[None] / 255.0).movedim(3, 1) for x in (a, b)), data_range=1.0)
        for a in real
        for b in new
    ]
    assert ssim_between(real, new) == pytest.approx(float(np.mean(pairs)), abs=1e-5)
    some = ssim_between(real, new, n_pairs=4, random_state=0)
    assert some == ssim_between(real, new, n_pairs=4, random_state=0)
    assert some != ssim_between(real, new, n_pairs=4, random_state=1)


def test_similarity_needs_images_of_both_sets():
    with pytest.raises(ValueError, match="0 sample"):
        ssim_between(IMAGES, IMAGES[:0])
    with pytest.raises(ValueError, match="n_pairs"):
        ssim_between(IMAGES, IMAGES, n_pairs=0)
