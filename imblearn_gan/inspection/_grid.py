"""Images on a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan.inspection._common import write_plainly

# between images and between blocks of them, as fractions of an image's width
_GAP, _BLOCK_GAP = 0.08, 0.6
_INCHES, _LABEL_INCHES = 0.55, 0.2  # width of an image, height of a row's label


class ImagesDisplay:
    """A display of images on a grid: rows of labels, blocks of columns under titles."""

    labels: Any

    def _draw(self, ax: Any, blocks: Mapping[str, Any], im_kw: dict | None) -> None:
        """Draw on one axes; a block holds the images of each row."""
        check_matplotlib_support(f"{type(self).__name__}.plot")
        first = next(images[0] for rows in blocks.values() for images in rows if len(images))
        height, width = first.shape[:2]
        gap, block_gap = max(1, round(_GAP * width)), max(2, round(_BLOCK_GAP * width))
        tops = np.arange(len(self.labels)) * (height + gap)
        lefts, centres, right = [], [], 0
        for rows in blocks.values():
            n_columns = max(len(images) for images in rows)
            lefts.append(right + np.arange(n_columns) * (width + gap))
            end = right + n_columns * (width + gap) - gap
            centres.append((right + end - 1) / 2)
            right = end + block_gap
        shape = tops[-1] + height, right - block_gap, *first.shape[2:]
        # what holds no image is blank
        canvas = np.full(shape, 1.0 if first.ndim == 3 else np.nan)
        for left, rows in zip(lefts, blocks.values()):
            for y, images in zip(tops, rows):
                for x, image in zip(left, images):
                    canvas[y : y + height, x : x + width] = image
        if ax is None:
            import matplotlib.pyplot as plt

            # low images are drawn larger, so that the labels of their rows do not touch
            scale = max(_INCHES / width, _LABEL_INCHES / (height + gap))
            size = scale * shape[1] + 1, scale * shape[0] + 0.5
            _, ax = plt.subplots(figsize=size, layout="constrained")
        settings: dict[str, Any] = {"cmap": "gray", "interpolation": "nearest"}
        im_kw = im_kw or {}
        if im_kw.get("norm") is None:  # a norm has limits of its own
            settings |= {"vmin": 0, "vmax": 1}
        self.ax_, self.figure_ = ax, ax.figure
        self.im_ = ax.imshow(canvas, **settings | im_kw)
        ax.set_xticks(centres, list(blocks))
        ax.set_yticks(tops + (height - 1) / 2, [str(label) for label in self.labels])
        ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
        ax.spines[:].set_visible(False)
        write_plainly(ax, named="y")
