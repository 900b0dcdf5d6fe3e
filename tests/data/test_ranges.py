"""Ranges: scaling, clipping and rounding."""

import numpy as np
import pytest

from imblearn_gan.data.columns import read_columns
from imblearn_gan.data.containers import Container
from imblearn_gan.data.images import ImageLayout
from imblearn_gan.data.ranges import Ranges


def ranges_of(X, layout=None):
    return Ranges(X, read_columns(X, Container(X), None, layout is not None), layout)


def test_numbers_are_scaled_and_scaled_back():
    X = np.random.RandomState(0).normal(size=(50, 3))
    ranges = ranges_of(X)
    scaled = ranges.scale(X.copy())
    assert (scaled.min(), scaled.max()) == (pytest.approx(-1), pytest.approx(1))
    np.testing.assert_allclose(ranges.unscale(scaled, moved=False), X, atol=1e-5)


def test_a_constant_column_stays_constant():
    ranges = ranges_of(np.full((4, 1), 0.1))
    assert ranges.scale(np.array([[0.1]])).tolist() == [[0]]
    made = ranges.unscale(np.array([[-1.0], [0.3], [1.0]]), moved=False)
    assert set(made.ravel().tolist()) == {0.1}


def test_extreme_floats_do_not_overflow():
    X = np.array([[-1.7e308], [1.7e308]])
    with np.errstate(all="raise"):
        ranges = ranges_of(X)
        made = ranges.unscale(np.array([[-5.0], [0.0], [5.0]]), moved=False)
    assert made.ravel().tolist() == [-1.7e308, 0, 1.7e308]


def test_integers_that_float64_cannot_tell_apart_are_exact():
    X = np.array([[2**53 + 1, 0], [2**53 + 3, 9]])
    ranges = ranges_of(X)
    assert ranges.exact == {0: (2**53 + 1, 2**53 + 3)}
    made = ranges.unscale(np.array([[-1.0, -1.0], [1.0, 1.0]]), moved=False)
    assert ranges.typed(0, made[:, 0], moved=False).tolist() == [2**53 + 1, 2**53 + 3]
    assert ranges.typed(1, made[:, 1], moved=False).dtype == np.int64


# images -----------------------------------------------------------------------------------------

UNLIKE = np.random.RandomState(0).rand(30, 3, 5, 4) * np.reshape([1, 1, 5000], (3, 1, 1))
LAYOUT = ImageLayout(3, 5, 4)


def scaled(X, layout=LAYOUT):
    return layout.to_channels_first(ranges_of(X, layout).scale(X.reshape(len(X), -1).astype(float)))


def test_channels_of_one_unit_keep_their_relations():
    X = np.clip(UNLIKE * np.reshape([1, 0.5, 1 / 5000], (3, 1, 1)), 0.0, None)
    low, high = X.min(), X.max()
    np.testing.assert_allclose(scaled(X), 2 * (X - low) / (high - low) - 1)


def test_a_channel_in_another_unit_has_its_own_scale():
    made = scaled(UNLIKE)
    np.testing.assert_allclose(made.min(axis=(0, 2, 3)), -1, atol=0.01)
    np.testing.assert_allclose(made.max(axis=(0, 2, 3)), 1, atol=0.01)
    np.testing.assert_allclose(made[:, :2], scaled(UNLIKE[:, :2], ImageLayout(2, 5, 4)))


def test_bytes_have_the_scale_of_bytes():
    X = (UNLIKE / [[[1]], [[1]], [[20]]]).astype(np.uint8)
    np.testing.assert_allclose(scaled(X), X / 127.5 - 1)


def test_values_come_back_to_the_scale_of_their_channel():
    ranges = ranges_of(UNLIKE, LAYOUT)
    flat = UNLIKE.reshape(len(UNLIKE), -1)
    back = ranges.unscale(ranges.scale(flat.copy()), moved=False)
    np.testing.assert_allclose(back, flat, rtol=1e-4, atol=1e-4)


def test_pixels_that_were_moved_keep_to_the_range_of_their_channel():
    X = UNLIKE.copy()
    X[:, 0] = 0.5
    ranges = ranges_of(X, LAYOUT)
    made = ranges.unscale(np.ones((1, 60)), moved=True).reshape(3, 20)
    assert made.tolist() == [[X[:, c].max()] * 20 for c in range(3)]


def test_wide_integers_that_were_moved_keep_to_the_range_of_their_channel():
    X = np.array([[[[2**62 + 1]], [[5]]], [[[2**62 + 1]], [[7]]]])
    ranges = ranges_of(X, ImageLayout(2, 1, 1))
    made = ranges.unscale(np.ones((1, 2)), moved=True)
    assert [ranges.typed(j, made[:, j], moved=True).tolist() for j in (0, 1)] == [[2**62 + 1], [7]]
