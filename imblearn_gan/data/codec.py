"""From rows to tensors, and back."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from imblearn_gan.data.checks import check_size, read_encoding, warn_of_ids, warn_user
from imblearn_gan.data.columns import Column, names_of, read_columns
from imblearn_gan.data.containers import Container, chunks, is_uniform
from imblearn_gan.data.images import ImageLayout, find_layout
from imblearn_gan.data.ranges import Ranges
from imblearn_gan.data.sliced import lie_in_file
from imblearn_gan.data.spec import DataSpec
from imblearn_gan.data.stack import RowStack
from imblearn_gan.data.table import Output, Table


@dataclass
class DataCodec:
    """Turn rows into scaled tensors, and generated tensors into rows like those seen.

    Parameters
    ----------
    image_shape, channels, categorical_features, encoding
        As in :class:`~imblearn_gan.BaseGANOversampler`.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.data import DataCodec
    >>> X = np.array([[0, 10.0], [1, 15.0], [4, 30.0]])
    >>> codec = DataCodec().fit(X)
    >>> codec.encode(X)
    array([[-1. , -1. ],
           [-0.5, -0.5],
           [ 1. ,  1. ]], dtype=float32)
    >>> codec.decode(np.array([[0.0, 7.0]]))
    array([[ 2., 30.]])
    """

    image_shape: Sequence[int] | None = None
    channels: str = "auto"
    categorical_features: Any = "auto"
    encoding: Any = "auto"

    def fit(self, X: Any, y: np.ndarray | None = None) -> DataCodec:
        """Learn container, layout, ranges and categories of rows.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows from :func:`to_native`.

        y : ndarray of shape (n_samples,) or None, default=None
            Class codes: what is frequent in a small class is kept apart, too. None takes all
            rows for one class.

        Returns
        -------
        self : DataCodec
            The fitted codec.

        Raises
        ------
        ValueError
            If values are infinite or of a type that cannot be used, pixels are missing, the
            parameters do not fit X, or what is encoded would not fit into memory.

        Warns
        -----
        UserWarning
            If columns of a table look like ids.
        """
        self._container = Container(X)
        self._layout: ImageLayout | None = find_layout(X, self.image_shape, self.channels)
        is_image = self._layout is not None
        self._columns = read_columns(
            X,
            self._container,
            self.categorical_features,
            is_image,
            is_series=is_image and X.ndim == 3 and self.channels != "auto",
        )
        encoding = read_encoding(self.encoding, self._columns, self._layout is not None)
        if self._layout is not None:
            self._ranges = Ranges(X, self._columns, self._layout)
            return self
        stored = X.nnz if sparse.issparse(X) else None
        n_samples = 1 if lie_in_file(X) else X.shape[0]  # what is not encoded as a whole
        check_size(n_samples, X.shape[1], stored)  # no column is less than one value
        y = np.zeros(X.shape[0], dtype=np.intp) if y is None else y
        self._table = Table(X, self._columns, y, encoding)
        check_size(n_samples, self._table.n_values, stored)
        warn_of_ids(X, self._columns)
        return self

    @property
    def is_image(self) -> bool:
        """Whether rows are images."""
        return self._layout is not None

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of each row, (n_features,) in tables and flat images."""
        return self._container.row_shape

    @property
    def columns_(self) -> tuple[Column, ...]:
        """What is known of each column, or of each pixel of images."""
        return self._columns.describe()

    @property
    def value_range_(self) -> tuple[Any, Any]:
        """The values that are encoded as -1 and as 1: of each numeric column, or of all pixels.

        Where channels are in unlike units, of each pixel: two arrays (channels, height, width).
        """
        ranges = self._ranges if self._layout is not None else self._table.ranges
        low, high = ranges.scaling.low, ranges.scaling.high
        if self._layout is not None and not self._has_one_scale:
            low, high = (self._layout.to_channels_first(x)[0] for x in (low, high))
        return low, high

    @property
    def _has_one_scale(self) -> bool:
        return self._ranges.scaling.low.ndim == 0

    @property
    def outputs_(self) -> tuple[Output, ...]:
        """Where the outputs of each column of a table lie; nothing for images."""
        return tuple(self._table.outputs()) if self._layout is None else ()

    def spec(self, class_counts: Sequence[int]) -> DataSpec:
        """Return the facts for networks.

        Parameters
        ----------
        class_counts : sequence of int
            Number of training rows of each class.

        Returns
        -------
        DataSpec
            The facts.
        """
        counts = tuple(int(n) for n in class_counts)
        if self._layout is not None:
            return DataSpec(self._layout.shape, counts)
        return DataSpec((self._table.n_values,), counts, self._table.slices)

    def check(self, X: Any) -> None:
        """Check that more rows fit those that were seen.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows from :func:`to_native`.

        Raises
        ------
        ValueError
            If their shape or the kinds of their columns differ, values are infinite, or pixels
            are missing.
        """
        self._columns.check(X)

    def check_more(self, X: Any) -> None:
        """Check that more rows fit those that were seen, and can be put under them as they are.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows from :func:`to_native`.

        Raises
        ------
        ValueError
            As :meth:`check`, and if their container, the names of their columns or their dtypes
            differ.

        Warns
        -----
        UserWarning
            If columns hold numbers further outside the range that was seen than it is wide; and
            as :meth:`check_scale`.
        """
        self.check(X)
        self._container.check(X)
        self.check_scale(X)
        ranges = self._ranges if self._layout is not None else self._table.ranges
        if far := ranges.far_outside(X):
            names = f"columns {names_of(self._container, far)}"
            where = names if self._layout is None else "images"
            warnings.warn(
                f"X has numbers far outside the ranges that were seen first, in {where}: networks "
                "get values far from [-1, 1], and generated rows keep to the first ranges. Train "
                "anew on all rows, if such numbers are right.",
                stacklevel=2,
            )

    def check_scale(self, X: Any) -> None:
        """Warn of images whose values fill less than an eighth of the range seen, or eight of it.

        Up to a hundred are looked at, evenly spaced; of fewer than ten nothing is said.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows from :func:`to_native`, which fit those that were seen.
        """
        if self._layout is not None and self._ranges.on_another_scale(X):
            low, high = (np.asarray(bound) for bound in self.value_range_)
            warn_user(
                "X seems to be on another scale than the images that were seen first, which have "
                f"values from {low.min():g} to {high.max():g}. Scale all images alike."
            )

    def encode(self, X: Any) -> np.ndarray:
        """Encode rows: numbers in [-1, 1], categories one-hot.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows that fit those that were seen. A category that was not seen is all zeros or,
            where rare ones share an output, one of these. A number that is missing where none was
            is 0 or, in a column with special values, the median of its usual ones, as one of
            these.

        Returns
        -------
        ndarray of shape (n_samples, n_values) or (n_samples, channels, height, width), float32
            Tables or images.
        """
        if self._layout is None:
            return self._table.encode(X)
        encoded = np.empty((X.shape[0], *self._layout.shape), dtype=np.float32)
        for i in chunks(X.shape[0], self._container.n_columns):
            numbers = self._ranges.scale(self._columns.numbers(X[i]))
            encoded[i] = self._layout.to_channels_first(numbers)
        return encoded

    def encode_compact(self, X: Any) -> np.ndarray | tuple[np.ndarray, sparse.csr_matrix]:
        """Encode rows; sparse ones as the row of zeros, and what differs from it.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Rows that fit those that were seen.

        Returns
        -------
        ndarray, or tuple of ndarray of shape (n_values,) and csr_matrix
            What :meth:`encode` gives; of sparse rows the encoded row of zeros, and the values of
            rows where they are others, zeros included.
        """
        if self._layout is None and sparse.issparse(X):
            return self._table.encode_sparse(X)
        return self.encode(X)

    def decode(
        self,
        encoded: np.ndarray,
        y: np.ndarray | None = None,
        stream: np.random.RandomState | None = None,
        like: Any = None,
    ) -> Any:
        """Decode generated values: rows in the container and with the dtypes of the data seen.

        Each value keeps to the range that was seen in its place.

        Parameters
        ----------
        encoded : ndarray of shape (n_samples, ...)
            Rows, in the form that :meth:`encode` gives.

        y : ndarray of shape (n_samples,) or None, default=None
            Class codes: a rare value that shares an output with others is drawn from those of
            the class.

        stream : RandomState or None, default=None
            What draws it. None takes the most frequent one.

        like : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...) or None, default=None
            The rows that these are changed copies of: categories, missing and special values
            stay, and pixels of images, which may have moved, keep to the range of their channel.

        Returns
        -------
        {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            The rows.

        Raises
        ------
        FloatingPointError
            If a value is not finite.
        """
        encoded = np.asarray(encoded, dtype=np.float64)
        if not np.isfinite(encoded).all():
            raise FloatingPointError(
                "The generator made values that are not finite: its training diverged. Try a "
                "smaller learning_rate or a larger batch_size."
            )
        if self._layout is None:
            return self._container.assemble(*self._table.decode(encoded, y, stream, like))
        moved, ranges = like is not None, self._ranges
        numbers = ranges.unscale(self._layout.from_channels_first(encoded), moved)
        numeric = self._columns.numeric
        uniform = is_uniform(self._container.template)
        one_by_one = list(ranges.exact if uniform else range(len(numeric)))
        columns = {int(numeric[j]): ranges.typed(j, numbers[:, j], moved) for j in one_by_one}
        if not one_by_one:
            return self._container.assemble({}, numbers, numeric)
        rest = np.delete(np.arange(len(numeric)), one_by_one)
        return self._container.assemble(columns, numbers[:, rest], numeric[rest])

    def stack(self, blocks: Sequence[Any]) -> Any:
        """Stack blocks of rows of the container that was seen.

        Parameters
        ----------
        blocks : sequence of {ndarray, dataframe, sparse matrix}
            At least one block of rows.

        Returns
        -------
        {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            The blocks under each other; a single one as it is.
        """
        return self._container.stack(blocks)

    def new_rows(self, n_samples: int, out: Any = None) -> RowStack:
        """Return room for rows of the container that was seen, which come block by block.

        Parameters
        ----------
        n_samples : int
            How many there will be.

        out : array-like of shape (n_samples, ...) or None, default=None
            What they are written into; None makes it.

        Returns
        -------
        RowStack
            The room.

        Raises
        ------
        ValueError
            If ``out`` is not of the shape and dtype of the rows, or these are no arrays.
        """
        return RowStack(self._container, n_samples, out)

    def channels_first(self, X: Any) -> np.ndarray:
        """Return images of one layout, their values as they are.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Images that fit those that were seen.

        Returns
        -------
        ndarray of shape (n_samples, channels, height, width), dtype float64
            The images.

        Raises
        ------
        ValueError
            If the rows are those of a table.
        """
        return self._image_layout().to_channels_first(self._columns.numbers(X))

    def pictures(self, X: Any) -> np.ndarray:
        """Return images as matplotlib draws them: three or four channels of one unit as colours.

        Other channels, and those of series, stand side by side, in gray.

        Parameters
        ----------
        X : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
            Images that fit those that were seen.

        Returns
        -------
        ndarray of shape (n_samples, height, width[, channels]), dtype float32
            Values in [0, 1], which stand for ``value_range_``. The width of channels side by
            side is that of all of them.

        Raises
        ------
        ValueError
            If the rows are those of a table.
        """
        n_channels, height, width = self._image_layout().shape
        shown = np.clip((self.encode(X) + 1) / 2, 0, 1)
        if n_channels in (3, 4) and width > 1 and self._has_one_scale:
            return shown.transpose(0, 2, 3, 1)
        return shown.transpose(0, 2, 1, 3).reshape(len(shown), height, n_channels * width)

    def _image_layout(self) -> ImageLayout:
        if self._layout is None:
            raise ValueError(
                "X must hold images, but is a table. If its rows are flattened images, set "
                "image_shape."
            )
        return self._layout
