"""Layout of images."""

import numpy as np
import pytest

from imblearn_gan.data.images import ImageLayout, find_layout


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
        ((5, 8, 8, 3), None, "first", "channels='first' does not fit"),
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
