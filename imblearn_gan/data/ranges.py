"""Ranges of numbers: scaling to [-1, 1], and back with clipping and rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from imblearn_gan.data.columns import TYPES, Columns
from imblearn_gan.data.containers import chunks, column_of, is_frame
from imblearn_gan.data.encodings import MinMax
from imblearn_gan.data.images import ImageLayout, find_lines, find_scales

#: Fewest and most images that are looked at for their scale, and how often the range of one goes
#: into the other's.
MANY, ENOUGH, OTHER_SCALE = 10, 100, 8


class Ranges:
    """Ranges of the numeric columns of rows, or of the pixels of images.

    Tables are scaled column by column; images of bytes by the range of bytes; others by the
    range of all pixels, or, in unlike units, of the channels that share a scale.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows from :func:`to_native`; none of them is kept.

    columns : Columns
        Their columns.

    layout : ImageLayout or None
        How images are laid out; None for tables.

    whole : sequence of int, default=()
        Numeric columns of whole numbers; those of integers are known to be.

    Attributes
    ----------
    scaling : MinMax
        Of all columns, or the one scale of images.

    exact : dict of int to (low, high)
        Ranges of the numeric columns with values that float64 cannot tell apart.
    """

    def __init__(
        self, X: Any, columns: Columns, layout: ImageLayout | None, whole: Sequence[int] = ()
    ):
        self._low = np.full(len(columns.numeric), np.inf)
        self._high = -self._low
        rows = X.tocsr() if sparse.issparse(X) else X
        for i in chunks(X.shape[0], columns.container.n_columns):
            numbers = columns.numbers(rows[i])
            np.minimum(self._low, numbers.min(axis=0), out=self._low)
            np.maximum(self._high, numbers.max(axis=0), out=self._high)
        self._columns, self._is_image = columns, layout is not None
        kinds = [columns.kinds[i] for i in columns.numeric]
        self._rounded = np.array([kind != "float" for kind in kinds], dtype=bool)
        self._rounded |= np.isin(columns.numeric, whole)
        self.exact = self._read_exact(X)
        low_scale, high_scale = self._low, self._high
        if layout:
            low_scale, high_scale = self._scales_of_images(layout)
            if not is_frame(X) and X.dtype == np.uint8:
                low_scale, high_scale = np.array(0.0), np.array(255.0)
        self.scaling = MinMax(low_scale, high_scale)

    def _scales_of_images(self, layout: ImageLayout) -> tuple[np.ndarray, np.ndarray]:
        """Return what is scaled to -1 and 1, and keep the ranges of lines, for pixels that move."""
        lines = find_lines(layout, self._low, self._high)
        low, high = _by_group(lines, self._low, self._high)
        self._low_of_line, self._high_of_line = low[lines], high[lines]
        exact: dict[int, tuple[Any, Any]] = {}
        for j, bounds in self.exact.items():
            lowest, highest = exact.get(lines[j], bounds)
            exact[lines[j]] = min(lowest, bounds[0]), max(highest, bounds[1])
        self._exact_of_line = {j: exact[lines[j]] for j in self.exact}
        scales = find_scales(low, high)
        low, high = _by_group(scales, low, high)
        return (low[0], high[0]) if len(low) == 1 else (low[scales[lines]], high[scales[lines]])

    def _read_exact(self, X: Any) -> dict[int, tuple[Any, Any]]:
        long_floats = not is_frame(X) and X.dtype.kind == "f" and X.dtype.itemsize > 8
        bounds = {}
        largest = np.maximum(-self._low, self._high)
        if self._is_image and largest.size:
            largest = largest.max()  # a pixel that is moved can come to another place
        wide = self._rounded & (largest >= 2**53)
        found = np.flatnonzero(wide | long_floats)
        if len(found) and not is_frame(X) and X.ndim > 2:
            X = np.asarray(X).reshape(len(X), -1)
        for j in found:
            column = column_of(X, int(self._columns.numeric[j]))
            exact = column.dtype.type if long_floats else int
            bounds[int(j)] = exact(column.min()), exact(column.max())
        return bounds

    def far_outside(self, X: Any) -> list[int]:
        """Return the columns where rows lie further outside the range seen than it is wide."""
        rows = X.tocsr() if sparse.issparse(X) else X
        far = np.zeros(len(self._columns.numeric), dtype=bool)
        with np.errstate(over="ignore"):
            width = self._high - self._low
            for i in chunks(X.shape[0], self._columns.container.n_columns):
                numbers = self._columns.numbers(rows[i])
                outside = (numbers < self._low - width) | (numbers > self._high + width)
                far |= outside.any(axis=0)
        return self._columns.numeric[far].tolist()

    def on_another_scale(self, X: Any) -> bool:
        """Return whether rows fill little of the range seen, or many times it.

        Of few rows nothing is said: single images may be dark. Of many some are looked at, from
        the first to the last, since dark ones may stand together.
        """
        if X.shape[0] < MANY:
            return False
        rows = X.tocsr() if sparse.issparse(X) else X
        numbers = self._columns.numbers(rows[:: -(-X.shape[0] // ENOUGH)])
        with np.errstate(over="ignore"):
            own, seen = np.ptp(numbers), self._high.max() - self._low.min()
            return not seen / OTHER_SCALE <= own <= seen * OTHER_SCALE

    def scale(self, numbers: np.ndarray) -> np.ndarray:
        """Scale numbers to [-1, 1]."""
        return self.scaling.encode(numbers)

    def unscale(self, numbers: np.ndarray, moved: bool) -> np.ndarray:
        """Scale generated numbers back, keep them to the ranges seen, and round whole ones.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples, n_numeric)
            Numbers, about -1 to 1.

        moved : bool
            Whether pixels of images may have come from other places: the range is then that of
            all places of the channel.

        Returns
        -------
        ndarray of shape (n_samples, n_numeric), dtype float64
            Values like those seen.
        """
        low, high = self._low, self._high
        if moved and self._is_image:
            low, high = self._low_of_line, self._high_of_line
        numbers = self.scaling.decode(numbers, low, high)
        if self._rounded.any():  # a mask of columns would copy them
            np.rint(numbers, out=numbers, where=self._rounded.all() or self._rounded)
            numbers += 0.0  # no -0.0
        return np.clip(numbers, low, high, out=numbers)

    def typed(self, j: int, numbers: np.ndarray, moved: bool) -> np.ndarray:
        """Return unscaled numbers of the j-th numeric column with the type of its values."""
        if j not in self.exact:
            return numbers.astype(TYPES[self._columns.kinds[self._columns.numeric[j]]])
        low, high = (self._exact_of_line if moved and self._is_image else self.exact)[j]
        return np.clip(np.array([type(low)(value) for value in numbers], object), low, high)


def _by_group(
    groups: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of each group, of the ranges of its members."""
    n = groups.max() + 1
    lowest, highest = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(lowest, groups, low)
    np.maximum.at(highest, groups, high)
    return lowest, highest
