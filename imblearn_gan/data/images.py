"""How images are laid out: their size, where their channels are, and what shares a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

#: Numbers of channels that are found without being told where they are.
CHANNELS = (1, 3, 4)

# what fills less of a scale than this is lost in the errors of a network's outputs
_SHARE = 0.1

# what fills less than one in so many is no line of a gray picture of 8 bits
_LEVELS = 256


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

    def channel_of(self) -> np.ndarray:
        """Return the channel of each value of a flattened image."""
        index = np.arange(self.n_channels)[None, :, None, None]
        return self.from_channels_first(np.broadcast_to(index, (1, *self.shape)))[0]


def find_layout(X: Any, image_shape: Sequence[int] | None, channels: str) -> ImageLayout | None:
    """Return the layout of rows that are images.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows. Those of three or four dimensions are images, or series.

    image_shape : tuple of int or None
        Shape of images, or series, that are given as flattened rows.

    channels : {'auto', 'first', 'last'}
        Which axis is the channels: rows of two dimensions are gray images unless it is said,
        and then series, whose features are the channels of images of time x 1.

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
        if channels == "auto":
            return ImageLayout(1, int(shape[0]), int(shape[1]))
        time, features = shape if channels == "last" else reversed(shape)
        return ImageLayout(int(features), int(time), 1, channels == "last")
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
    if channels != "auto":
        return channels == "last"
    first, last = shape[0] in CHANNELS, shape[-1] in CHANNELS
    if first == last:
        what = "both axes could be" if first else "neither axis has 1, 3 or 4 entries to be"
        raise ValueError(
            f"The layout of images of shape {shape} is ambiguous: {what} the channels. Set "
            "the parameter channels to 'first' or 'last'; any number of them will do then."
        )
    return last


def find_lines(layout: ImageLayout, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the channel of each value, or the line of a gray array, if that is a series.

    A gray array is a series if its columns, or rows, are in unlike units: each varies alike at
    all its places, and one of them fills less than 1/256 of the range of all. No picture of 8
    bits does, whatever its dtype; where deeper ones have a border that dark, the lines through
    the middle do not vary alike at all places.

    Parameters
    ----------
    layout : ImageLayout
        Their layout.

    low, high : ndarray of shape (n_values,)
        Ranges of the values of a flattened image.

    Returns
    -------
    ndarray of shape (n_values,)
        Numbers from 0 on.
    """
    _, height, width = layout.shape
    if layout.n_channels == 1 and height > 1 and width > 1:
        # halves: the range of extreme float64 values would overflow
        bottom, top = (x.reshape(height, width) / 2 for x in (low, high))
        row, column = np.indices((height, width))
        for axis, lines in enumerate((column, row)):
            if _are_unlike(bottom, top, axis):
                return lines.ravel()
    return layout.channel_of()


def _are_unlike(low: np.ndarray, high: np.ndarray, axis: int) -> bool:
    spread = high - low
    narrowest = np.where(spread > 0, spread, np.inf).min(axis=axis)
    lines = high.max(axis=axis) - low.min(axis=axis)
    lost = (lines > 0) & (lines < (high.max() - low.min()) / _LEVELS)
    return bool(lost.any() and (narrowest >= _SHARE * lines).all())


def find_scales(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which scale each channel shares: it fills at least a tenth of that.

    Colours keep their relations so, and channels in unlike units are not lost. A channel that
    does not vary shares a scale that it does not make too large for others.

    Parameters
    ----------
    low, high : ndarray of shape (n_channels,)
        Ranges of the channels.

    Returns
    -------
    ndarray of shape (n_channels,)
        Numbers of scales, from 0 on.
    """
    low, high = low / 2, high / 2
    scale_of = np.empty(len(low), dtype=np.intp)
    scales: list[tuple[float, float, float]] = []  # low, high, narrowest channel
    for i in np.argsort(low - high, kind="stable"):
        spread = high[i] - low[i] or np.inf
        for k, (bottom, top, narrowest) in enumerate(scales):
            joint = min(bottom, low[i]), max(top, high[i]), min(narrowest, spread)
            if joint[2] >= _SHARE * (joint[1] - joint[0]):
                scales[k], scale_of[i] = joint, k
                break
        else:
            scale_of[i] = len(scales)
            scales.append((low[i], high[i], spread))
    return scale_of
