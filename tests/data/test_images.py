"""Layout of images."""

import numpy as np
import pytest

from imblearn_gan.data.images import ImageLayout, find_layout, find_lines, find_scales


@pytest.mark.parametrize(
    ("shape", "image_shape", "channels", "layout"),
    [
        ((5, 12), None, "auto", None),
        ((5, 12), (3, 4), "auto", ImageLayout(1, 3, 4)),
        ((5, 12), [1, 3, 4], "first", ImageLayout(1, 3, 4)),
        ((5, 60), (4, 5, 3), "last", ImageLayout(3, 4, 5, True)),
        ((5, 8, 9), None, "auto", ImageLayout(1, 8, 9)),
        ((5, 3, 8, 9), None, "auto", ImageLayout(3, 8, 9)),
        ((5, 8, 9, 4), None, "auto", ImageLayout(4, 8, 9, True)),
        ((5, 3, 8, 4), None, "first", ImageLayout(3, 8, 4)),
        ((5, 3, 8, 4), None, "last", ImageLayout(4, 3, 8, True)),
        ((5, 8, 9), (8, 9), "auto", ImageLayout(1, 8, 9)),
        ((5, 2, 8, 9), None, "first", ImageLayout(2, 8, 9)),
        ((5, 8, 9, 13), None, "last", ImageLayout(13, 8, 9, True)),
        ((5, 8, 8, 3), None, "first", ImageLayout(8, 8, 3)),
        ((5, 12, 2), None, "last", ImageLayout(2, 12, 1, True)),
        ((5, 2, 12), None, "first", ImageLayout(2, 12, 1)),
        ((5, 24), (12, 2), "last", ImageLayout(2, 12, 1, True)),
    ],
)
def test_layouts(shape, image_shape, channels, layout):
    assert find_layout(np.zeros(shape), image_shape, channels) == layout


@pytest.mark.parametrize(
    ("shape", "image_shape", "channels", "match"),
    [
        ((5, 12), (3, 5), "auto", "does not fit X: such an image has 15 values, a row of X has 12"),
        ((5, 3, 4), (4, 3), "auto", "image_shape is only needed for flattened images"),
        ((5, 2, 3, 4, 5), None, "auto", "Found array with dim 5"),
        ((5, 0, 3), None, "auto", "X holds no values"),
        ((5, 3, 8, 4), None, "auto", "ambiguous: both axes"),
        ((5, 2, 8, 8), None, "auto", "ambiguous: neither axis"),
        ((5, 13, 8, 2), None, "auto", "Set the parameter channels to 'first' or 'last'"),
    ],
)
def test_layouts_that_do_not_fit(shape, image_shape, channels, match):
    with pytest.raises(ValueError, match=match):
        find_layout(np.zeros(shape), image_shape, channels)


def test_images_of_strings():
    with pytest.raises(ValueError, match="Images must be numbers"):
        find_layout(np.full((2, 3, 4), "a"), None, "auto")


@pytest.mark.parametrize("channels_last", [False, True])
def test_there_and_back(channels_last):
    layout = ImageLayout(3, 4, 5, channels_last)
    flat = np.arange(2 * 60).reshape(2, 60)
    images = layout.to_channels_first(flat)
    assert images.shape == (2, *layout.shape) == (2, 3, 4, 5)
    assert images[0, 1, 0, 0] == (1 if channels_last else 20)
    assert (layout.from_channels_first(images) == flat).all()


@pytest.mark.parametrize("channels_last", [False, True])
def test_channel_of_each_value(channels_last):
    layout = ImageLayout(3, 2, 2, channels_last)
    expected = [0, 1, 2] * 4 if channels_last else [0] * 4 + [1] * 4 + [2] * 4
    assert layout.channel_of().tolist() == expected


# what shares a scale ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranges", "scales"),
    [
        ([(0, 1), (0, 0.9), (0.2, 0.8)], [0, 0, 0]),  # colours
        ([(0, 1), (0, 0.1)], [0, 0]),  # a tenth
        ([(0, 1), (0, 0.09)], [0, 1]),
        ([(0, 1), (0.4, 1), (0, 1), (0, 5000)], [1, 1, 1, 0]),  # RGB and a depth
        ([(0, 1), (1000, 1001)], [0, 1]),  # as wide, elsewhere
        ([(0, 1), (0, 1), (1, 1)], [0, 0, 0]),  # opaque
        ([(0, 1), (0, 1), (1e6, 1e6)], [0, 0, 1]),  # a constant that would squeeze the others
        ([(3, 3), (5, 5)], [0, 0]),
        ([(-1.7e308, 1.7e308), (0, 1)], [0, 1]),
    ],
)
def test_channels_share_a_scale_unless_their_units_differ(ranges, scales):
    with np.errstate(over="raise"):
        assert find_scales(*np.array(ranges, dtype=float).T).tolist() == scales


GRAY = ImageLayout(1, 6, 4)


def lines_of(X):
    return find_lines(GRAY, X.min(0).ravel(), X.max(0).ravel()).reshape(6, 4)


def test_columns_or_rows_in_unlike_units_are_a_series():
    X = np.random.RandomState(0).rand(50, 6, 4) * [1, 1, 1000, 1]
    assert (lines_of(X) == np.arange(4)).all()
    X = np.random.RandomState(0).rand(50, 6, 4) * [[1], [1], [1], [300], [1], [1]]
    assert (lines_of(X) == np.arange(6)[:, None]).all()


def dark_border(levels):
    """Pictures whose content has a dark surround, as objects in the middle have."""
    rng = np.random.RandomState(0)
    X = rng.randint(0, 2, (50, 6, 4))
    X[:, 1:5, 1:3] = rng.randint(0, levels, (50, 4, 2))
    return X / (levels - 1)


@pytest.mark.parametrize(
    "X",
    [
        np.random.RandomState(0).rand(50, 6, 4),
        np.random.RandomState(0).rand(50, 6, 4) * [1, 1, 1, 0],
        np.random.RandomState(0).randint(0, [2, 256, 256, 2], (50, 6, 4)) / 255,  # 8 bits
        dark_border(256),
        dark_border(65536),
        np.exp(np.random.RandomState(0).normal(0, 4, (50, 6, 4))),
    ],
    ids=["noise", "black column", "narrow column", "dark", "dark, 16 bits", "skewed"],
)
def test_gray_pictures_are_one(X):
    assert not lines_of(X).any()
