"""Display of real and generated images, by class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from imblearn_gan.data import DataCodec
from imblearn_gan.inspection._common import (
    Rows,
    check_count,
    check_sampler,
    draw,
    generated_classes,
    read,
    split_resampled,
)
from imblearn_gan.inspection._grid import ImagesDisplay
from imblearn_gan.seeding import stream_of


class GeneratedImagesDisplay(ImagesDisplay):
    """Real and generated images, one row of the grid a class.

    Made by :meth:`from_sampler` or :meth:`from_resampled`.

    Parameters
    ----------
    real, generated : list of ndarray of shape (n_images, height, width[, channels])
        The images of each class, values in [0, 1].

    labels : array-like of shape (n_classes,)
        The classes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What the images are drawn on.

    figure_ : matplotlib Figure
        The figure it belongs to.

    im_ : matplotlib AxesImage
        All images, side by side.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan import GAMOOversampler
    >>> from imblearn_gan.inspection import GeneratedImagesDisplay
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X, y = X[:200], y[:200]
    >>> sampler = GAMOOversampler(
    ...     sampling_strategy={0: 120, 1: 120}, image_shape=(8, 8), max_iter=10, random_state=0
    ... )
    >>> _ = sampler.fit_resample(X, y)
    >>> display = GeneratedImagesDisplay.from_sampler(sampler, X, y, n_images=4)
    >>> [images.shape for images in display.generated]
    [(4, 8, 8), (4, 8, 8)]
    """

    def __init__(self, real: Sequence[np.ndarray], generated: Sequence[np.ndarray], labels: Any):
        self.real = real
        self.generated = generated
        self.labels = labels

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        n_images: int = 8,
        random_state: Any = 0,
        ax: Any = None,
        im_kw: dict[str, Any] | None = None,
    ) -> GeneratedImagesDisplay:
        """Draw images of every class that the sampler generates, beside real ones.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : array-like of images, or of flattened ones
            The real rows.

        y : array-like of shape (n_samples,)
            Their labels.

        n_images : int, default=8
            How many real and how many generated images of each class; fewer real ones if the
            class has fewer.

        random_state : int, RandomState instance or None, default=0
            Which real rows are taken, and what is generated. None continues the sampler's own
            stream.

        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        GeneratedImagesDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        ValueError
            If X is a table, or does not fit the data that the sampler has seen.
        """
        check_count("n_images", n_images)
        check_sampler(sampler)
        X, y = read(sampler, X, y)
        sampler.codec_.pictures(X[:0])  # there are none of a table
        generated = draw(sampler, dict.fromkeys(generated_classes(sampler), n_images), random_state)
        rows = Rows(sampler.codec_, sampler.classes_, X, y, *generated)
        return cls._of(rows, n_images, random_state).plot(ax=ax, im_kw=im_kw)

    @classmethod
    def from_resampled(
        cls,
        X_res: Any,
        y_res: Any,
        synthetic_mask: Any,
        *,
        image_shape: Sequence[int] | None = None,
        channels: str = "auto",
        n_images: int = 8,
        random_state: Any = 0,
        ax: Any = None,
        im_kw: dict[str, Any] | None = None,
    ) -> GeneratedImagesDisplay:
        """Show some of the images that a sampler added, beside real ones.

        Parameters
        ----------
        X_res : array-like of images, or of flattened ones
            What ``fit_resample`` gave.

        y_res : array-like of shape (n_samples,)
            The labels that it gave.

        synthetic_mask : array-like of shape (n_samples,), dtype bool
            Which rows are generated: the sampler's ``synthetic_mask_``.

        image_shape : tuple of int or None, default=None
            For flattened images: ``(H, W)``, ``(C, H, W)`` or ``(H, W, C)``.

        channels : {'auto', 'first', 'last'}, default='auto'
            Which axis of an image is the channels.

        n_images, random_state, ax, im_kw
            As in :meth:`from_sampler`.

        Returns
        -------
        GeneratedImagesDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X_res is a table without ``image_shape``, or the mask marks no row.
        """
        check_count("n_images", n_images)
        codec = DataCodec(image_shape, channels, None)
        rows = split_resampled(X_res, y_res, synthetic_mask, codec)
        return cls._of(rows, n_images, random_state).plot(ax=ax, im_kw=im_kw)

    @classmethod
    def _of(cls, rows: Rows, n_images: int, random_state: Any) -> GeneratedImagesDisplay:
        stream = stream_of(random_state)
        shown = np.unique(rows.y_generated)

        def some(X: Any, y: np.ndarray, k: int) -> np.ndarray:
            chosen = stream.permutation(np.flatnonzero(y == k))[:n_images]
            return rows.codec.pictures(_safe_indexing(X, chosen))

        real = [some(rows.X_real, rows.y_real, k) for k in shown]
        generated = [some(rows.X_generated, rows.y_generated, k) for k in shown]
        return cls(real, generated, rows.classes[shown])

    def plot(
        self, *, ax: Any = None, im_kw: dict[str, Any] | None = None
    ) -> GeneratedImagesDisplay:
        """Draw the images.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        GeneratedImagesDisplay
            The display itself.
        """
        self._draw(ax, {"real": self.real, "generated": self.generated}, im_kw)
        return self
