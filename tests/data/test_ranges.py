"""Ranges: scaling, clipping and rounding."""

import numpy as np
import pytest

from imblearn_gan.data.columns import read_columns
from imblearn_gan.data.containers import Container
from imblearn_gan.data.ranges import Ranges


def ranges_of(X, is_image=False):
    return Ranges(X, read_columns(X, Container(X), None, is_image), is_image)


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
