"""How images are laid out: their size, and where their channels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class ImageLayout:
    """Size of images, and which of their axes is the channels."""

    n_channels: int
    height: int
    width: int
    channels_last: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of an image, channels first."""
        return self.n_channels, self.height, self.width

    def to_channels_first(self, flat: np.ndarray) -> np.ndarray:
        """Turn flattened images into arrays of shape (n_samples, channels, height, width)."""
        if not self.channels_last:
            return flat.reshape(-1, *self.shape)
        return flat.reshape(-1, self.height, self.width, self.n_channels).transpose(0, 3, 1, 2)

    def from_channels_first(self, images: np.ndarray) -> np.ndarray:
        """Turn arrays of shape (n_samples, channels, height, width) into flattened images."""
        if self.channels_last:
            images = images.transpose(0, 2, 3, 1)
        return images.reshape(len(images), -1)


def find_layout(X: Any, image_shape: Sequence[int] | None, channels: str) -> ImageLayout | None:
    """Return the layout of rows that are images.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows. Those of three or four dimensions are images.

    image_shape : tuple of int or None
        Shape of images that are given as flattened rows.

    channels : {'auto', 'first', 'last'}
        Which axis is the channels.

    Returns
    -------
    ImageLayout or None
        None for tables.

    Raises
    ------
    ValueError
        If the shape of X is none of images or tables, differs from ``image_shape``, or leaves
        open which axis is the channels.
    """
    shape = image_shape
    if X.ndim > 2:
        _check_images(X, image_shape)
        shape = X.shape[1:]
    elif shape is not None and prod(shape) != X.shape[1]:
        raise ValueError(
            f"image_shape={tuple(shape)} does not fit X: such an image has {prod(shape)} "
            f"values, a row of X has {X.shape[1]}."
        )
    if shape is None:
        return None
    if len(shape) == 2:
        return ImageLayout(1, int(shape[0]), int(shape[1]))
    channels_last = _find_channels_last(tuple(shape), channels)
    n_channels, height, width = (*shape[-1:], *shape[:2]) if channels_last else shape
    return ImageLayout(int(n_channels), int(height), int(width), channels_last)


def _check_images(X: np.ndarray, image_shape: Sequence[int] | None) -> None:
    if X.ndim > 4:
        raise ValueError(
            f"Found array with dim {X.ndim}, shape {X.shape}: tables have 2 dimensions, "
            "images 3 (n, H, W) or 4 (n, C, H, W) or (n, H, W, C)."
        )
    if min(X.shape) < 1:
        raise ValueError(f"X holds no values: its shape is {X.shape}.")
    if X.dtype.kind not in "biuf":
        raise ValueError(f"Images must be numbers. Got an array of dtype {X.dtype}.")
    if image_shape is not None and tuple(image_shape) != X.shape[1:]:
        raise ValueError(
            f"image_shape={tuple(image_shape)} does not fit X, whose rows have the shape "
            f"{X.shape[1:]}. image_shape is only needed for flattened images."
        )


def _find_channels_last(shape: tuple[int, ...], channels: str) -> bool:
    first, last = shape[0] in CHANNELS, shape[-1] in CHANNELS
    if channels != "auto":
        if not (last if channels == "last" else first):
            raise ValueError(
                f"channels={channels!r} does not fit images of shape {shape}: the number "
                f"of channels must be one of {CHANNELS}."
            )
        return channels == "last"
    if first == last:
        what = "both axes could be" if first else f"neither axis has {CHANNELS} entries to be"
        raise ValueError(
            f"The layout of images of shape {shape} is ambiguous: {what} the channels. Set "
            "the parameter channels to 'first' or 'last'."
        )
    return last
