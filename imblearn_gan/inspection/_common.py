"""What the displays share: reading rows as a sampler does, images, and panels."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils.validation import check_consistent_length

from imblearn_gan._data import DataCodec, LabelCodec, to_native
from imblearn_gan.base import BaseGANOversampler

# between images and between blocks of them, as shares of an image's width
_GAP, _BLOCK_GAP = 0.08, 0.6
_INCHES, _LABEL_INCHES = 0.55, 0.2  # width of an image, height of a row's label


def check_sampler(sampler: Any, method: str = "sample") -> None:
    """Raise if ``sampler`` has not been trained or lacks the method that a display needs."""
    if not isinstance(sampler, BaseGANOversampler) or not hasattr(sampler, method):
        raise TypeError(
            f"sampler must be a sampler of imblearn_gan that has the method {method!r}. Got "
            f"{type(sampler).__name__}."
        )
    sampler._check_trained()


def check_count(name: str, value: Any) -> None:
    """Raise unless ``value`` is a positive integer."""
    if not isinstance(value, Integral) or int(value) < 1:
        raise ValueError(f"{name} must be a positive integer. Got {value!r}.")


def read(sampler: BaseGANOversampler, X: Any, y: Any) -> tuple[Any, np.ndarray]:
    """Rows in native form and class codes, checked against what the sampler has seen."""
    X, codes = sampler._read_again(X), sampler._labels.codes_of(y)
    check_consistent_length(X, codes)
    return X, codes


def made_codes(sampler: BaseGANOversampler) -> list[int]:
    """Codes of the classes that the sampler can draw."""
    added = sampler.sampling_strategy_
    return [i for i, label in enumerate(sampler.classes_) if added.get(label, 0)]


def draw(
    sampler: BaseGANOversampler, counts: dict[int, int], random_state: Any
) -> tuple[Any, np.ndarray]:
    """Generated rows in native form and their class codes; ``counts`` is by class code."""
    wanted = {sampler.classes_[code]: n for code, n in counts.items()}
    return read(sampler, *sampler.sample(wanted, random_state=random_state))


def split_resampled(
    X: Any, y: Any, synthetic_mask: Any, codec: DataCodec
) -> tuple[DataCodec, np.ndarray, Any, np.ndarray, Any, np.ndarray]:
    """A codec, labels, real rows and their codes, generated rows and their codes."""
    X, labels = to_native(X), LabelCodec().fit(y)
    mask = np.asarray(synthetic_mask)
    check_consistent_length(X, labels.codes_, mask)
    if mask.dtype != bool or mask.ndim != 1 or not mask.any() or mask.all():
        raise ValueError(
            "synthetic_mask must be a boolean array that marks some rows, but not all, as "
            "generated: the synthetic_mask_ of a sampler."
        )
    codec.fit(X)
    real, made = (_safe_indexing(X, np.flatnonzero(rows)) for rows in (~mask, mask))
    return codec, labels.classes_, real, labels.codes_[~mask], made, labels.codes_[mask]


def pictures(codec: DataCodec, X: Any) -> np.ndarray:
    """Images as matplotlib draws them: (n, H, W) or (n, H, W, channels), floats in [0, 1]."""
    if codec.image_size_ is None:
        raise ValueError(
            "X must hold images, but is a table. If its rows are flattened images, set image_shape."
        )
    shown = np.clip((codec.encode(X).transpose(0, 2, 3, 1) + 1) / 2, 0, 1)
    return shown[..., 0] if shown.shape[-1] == 1 else shown


def panels(ax: Any, n: int, n_columns: int = 3) -> np.ndarray:
    """``n`` axes: those that were given, or those of a new figure."""
    if ax is None:
        import matplotlib.pyplot as plt

        n_columns = min(n, n_columns)
        n_rows = -(-n // n_columns)
        _, grid = plt.subplots(
            n_rows,
            n_columns,
            figsize=(4 * n_columns, 3 * n_rows),
            squeeze=False,
            layout="constrained",
        )
        for unused in grid.flat[n:]:
            unused.remove()
        return grid.ravel()[:n]
    axes = np.array(ax, dtype=object).ravel()
    if len(axes) != n:
        raise ValueError(f"ax must hold {n} axes, one a panel. Got {len(axes)}.")
    return axes


class ImagesDisplay:
    """A display of images on a grid: rows of labels, blocks of columns under titles."""

    labels: np.ndarray

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
