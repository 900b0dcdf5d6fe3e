"""What ``'auto'`` stands for: a value for images, one for tables; large images in small batches."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from imblearn_gan.data import DataSpec

#: Pixels of the images of a batch, those of 64 of 128 x 128: networks hold a hundred times as much.
MAX_PIXELS = 64 * 128 * 128
MIN_BATCH_SIZE = 8


def batch_size(spec: DataSpec, most: int) -> int:
    """Return how many rows make a batch: ``most``, and fewer of large images."""
    if not spec.is_image:
        return most
    _, height, width = spec.shape
    return min(most, max(MIN_BATCH_SIZE, MAX_PIXELS // (height * width)))


def defaults(
    spec: DataSpec, auto: Mapping[str, tuple[Any, Any]], automatic: bool
) -> dict[str, Any]:
    """Return what each ``'auto'`` stands for; ``automatic`` batches fit the size of images.

    Where they are smaller there are as many more, so that as many images are seen.
    """
    values = {name: pair[not spec.is_image] for name, pair in auto.items()}
    size = values["batch_size"]
    values["batch_size"] = batch_size(spec, size) if automatic else size
    for name in values:
        if name.endswith("_iter"):
            values[name] = math.ceil(values[name] * size / values["batch_size"])
    return values
