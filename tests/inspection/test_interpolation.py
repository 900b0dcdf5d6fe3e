"""What lies between two images."""

from itertools import combinations

import numpy as np
import pytest

from imblearn_gan.inspection import (
    InterpolationDisplay,
)
from tests.inspection.shown import BLOCK_GAP, X, Y, drawn, same


def test_interpolation(fitted):
    display = InterpolationDisplay.from_sampler(fitted, X[[0, 64]], Y[[0, 64]], n_steps=4)
    assert same(drawn(display, 0, 0), X[0])
    assert same(drawn(display, 0, 5, 2 * BLOCK_GAP), X[64])
    assert display.decoded.shape == (3, 4, 8, 8)
    first, last = fitted.encode(X[[0, 64]], Y[[0, 64]])
    for row, label in enumerate(fitted.classes_):
        path = [first + t * (last - first) for t in (0, 1 / 3, 2 / 3, 1)]
        expected = fitted.decode(path, [label] * 4)
        for step in range(4):
            assert same(drawn(display, row, 1 + step, BLOCK_GAP), expected[step])
    one = InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=["two"], n_steps=2)
    assert one.decoded.shape == (1, 2, 8, 8)
    with pytest.raises(ValueError, match="X must hold two rows"):
        InterpolationDisplay.from_sampler(fitted, X[:3], Y[:3])
    with pytest.raises(ValueError, match="'four'"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=["four"])
    with pytest.raises(ValueError, match="labels must name"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=[])
    with pytest.raises(ValueError, match="n_steps"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], n_steps=0)


def test_the_same_image_twice_is_one_code_under_every_label(fitted):
    """Rows of a grid by label: the code stays, the label alone changes."""
    ends = X[[5, 5]], Y[[5, 5]]
    display = InterpolationDisplay.from_sampler(fitted, *ends, n_steps=2)
    assert same(drawn(display, 0, 0), X[5])
    assert same(drawn(display, 0, 3, 2 * BLOCK_GAP), X[5])
    (code,) = fitted.encode(X[[5]], Y[[5]])
    shown = [drawn(display, row, 1, BLOCK_GAP) for row in range(3)]
    for row, label in enumerate(fitted.classes_):
        (expected,) = fitted.decode([code], [label])
        assert same(shown[row], expected)
        assert np.array_equal(shown[row], drawn(display, row, 2, BLOCK_GAP))
    for one, other in combinations(shown, 2):
        assert not np.allclose(one, other, atol=1e-3)
