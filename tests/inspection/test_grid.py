"""Images on a grid."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import Normalize

from imblearn_gan.inspection import (
    GeneratedImagesDisplay,
)
from tests.inspection.shown import X, Y
from tests.samplers import images


def test_keywords_of_images(fitted):
    display = GeneratedImagesDisplay.from_sampler(fitted, X, Y)
    assert display.im_.get_clim() == (0, 1)
    assert display.plot(im_kw={"norm": Normalize(0, 2)}).im_.get_clim() == (0, 2)
    assert display.plot(im_kw={"norm": Normalize()}).im_.get_clim()[1] <= 1
    assert display.plot(im_kw={"vmax": 3}).im_.get_clim() == (0, 3)


@pytest.mark.parametrize("shape", [(4, 40), (1, 100)])
def test_labels_of_low_images_do_not_touch(shape):
    wide, y = images(40, *shape), np.arange(40) % 10
    display = GeneratedImagesDisplay.from_resampled(wide, y, np.arange(40) >= 20, n_images=2)
    display.figure_.draw_without_rendering()
    boxes = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    assert len(boxes) == 10
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))
