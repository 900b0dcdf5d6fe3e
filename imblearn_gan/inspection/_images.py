"""Displays of images: by class, between two codes, and beside their nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import _safe_indexing, check_random_state

from imblearn_gan._data import DataCodec
from imblearn_gan.inspection._common import (
    ImagesDisplay,
    check_count,
    check_sampler,
    draw,
    made_codes,
    pictures,
    read,
    split_resampled,
)


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
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.inspection import GeneratedImagesDisplay
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X, y = X[:200], y[:200]
    >>> sampler = BAGANOversampler(
    ...     sampling_strategy={0: 120, 1: 120}, image_shape=(8, 8), pretrain_iter=3, max_iter=3,
    ...     random_state=0,
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
        cls, sampler, X, y, *, n_images=8, random_state=0, ax=None, im_kw=None
    ) -> GeneratedImagesDisplay:
        """Draw images of every class that the sampler generates, beside real ones.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : array-like of images, or of flattened ones
            The real rows.

        y : array-like of shape (n_rows,)
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
        X, codes = read(sampler, X, y)
        pictures(sampler._codec, X[:0])
        made, made_as = draw(sampler, dict.fromkeys(made_codes(sampler), n_images), random_state)
        display = cls._of(
            sampler._codec, sampler.classes_, X, codes, made, made_as, n_images, random_state
        )
        return display.plot(ax=ax, im_kw=im_kw)

    @classmethod
    def from_resampled(
        cls,
        X_res,
        y_res,
        synthetic_mask,
        *,
        image_shape=None,
        channels="auto",
        n_images=8,
        random_state=0,
        ax=None,
        im_kw=None,
    ) -> GeneratedImagesDisplay:
        """Show some of the images that a sampler added, beside real ones.

        Parameters
        ----------
        X_res : array-like of images, or of flattened ones
            What ``fit_resample`` gave.

        y_res : array-like of shape (n_rows,)
            The labels that it gave.

        synthetic_mask : array-like of shape (n_rows,), dtype bool
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
        split = split_resampled(X_res, y_res, synthetic_mask, codec)
        return cls._of(*split, n_images, random_state).plot(ax=ax, im_kw=im_kw)

    @classmethod
    def _of(
        cls, codec, classes, X, codes, made, made_as, n_images, random_state
    ) -> GeneratedImagesDisplay:
        stream = check_random_state(random_state)
        shown = np.unique(made_as)

        def some(rows: Any, labels: np.ndarray, code: int) -> np.ndarray:
            chosen = stream.permutation(np.flatnonzero(labels == code))[:n_images]
            return pictures(codec, _safe_indexing(rows, chosen))

        real = [some(X, codes, code) for code in shown]
        generated = [some(made, made_as, code) for code in shown]
        return cls(real, generated, classes[shown])

    def plot(self, *, ax=None, im_kw=None) -> GeneratedImagesDisplay:
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


class InterpolationDisplay(ImagesDisplay):
    """From the code of one image to that of another, decoded under each label.

    Made by :meth:`from_sampler`. Rows that change gradually, and stay plausible half way, tell
    of a code space without holes.

    Parameters
    ----------
    ends : ndarray of shape (2, height, width[, channels])
        The two real images, values in [0, 1].

    decoded : ndarray of shape (n_labels, n_steps, height, width[, channels])
        What the generator makes of the codes, from the first to the second.

    labels : array-like of shape (n_labels,)
        The labels they are decoded under.

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
    >>> from imblearn_gan import BAGANGPOversampler
    >>> from imblearn_gan.inspection import InterpolationDisplay
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X, y = X[:200], y[:200]
    >>> sampler = BAGANGPOversampler(
    ...     image_shape=(8, 8), pretrain_iter=3, max_iter=3, random_state=0
    ... )
    >>> _ = sampler.fit_resample(X[:150], y[:150])
    >>> InterpolationDisplay.from_sampler(sampler, X[:2], y[:2], n_steps=5).decoded.shape
    (2, 5, 8, 8)
    """

    def __init__(self, ends: np.ndarray, decoded: np.ndarray, labels: Any):
        self.ends = ends
        self.decoded = decoded
        self.labels = labels

    @classmethod
    def from_sampler(
        cls, sampler, X, y, *, n_steps=8, labels=None, ax=None, im_kw=None
    ) -> InterpolationDisplay:
        """Encode two images and decode what lies between.

        Parameters
        ----------
        sampler : sampler with an autoencoder
            BAGAN, BAGAN-GP, CAPGAN or GANDA, after ``fit_resample``.

        X : array-like of two images
            Where to start and where to end.

        y : array-like of shape (2,)
            Their labels.

        n_steps : int, default=8
            How many codes, at equal distances, both ends included.

        labels : array-like or None, default=None
            The labels to decode under, one row of the grid each; None takes all classes. BAGAN's
            generator knows no label and gives the same row under each: one is enough.

        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        InterpolationDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        TypeError
            If the sampler has no encoder.

        ValueError
            If X is a table, or does not hold two rows.
        """
        check_count("n_steps", n_steps)
        check_sampler(sampler, "encode")
        rows, codes = read(sampler, X, y)
        if len(codes) != 2:
            raise ValueError(f"X must hold two rows, the two ends. Got {len(codes)}.")
        ends = pictures(sampler._codec, rows)
        first, last = sampler.encode(X, y)
        path = np.linspace(first, last, n_steps)
        labels = sampler.classes_ if labels is None else np.asarray(labels)
        if not len(labels):
            raise ValueError("labels must name at least one class. Got none.")
        decoded = [
            pictures(sampler._codec, sampler._read_again(sampler.decode(path, [label] * n_steps)))
            for label in labels.tolist()
        ]
        return cls(ends, np.stack(decoded), labels).plot(ax=ax, im_kw=im_kw)

    def plot(self, *, ax=None, im_kw=None) -> InterpolationDisplay:
        """Draw the images.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        InterpolationDisplay
            The display itself.
        """
        rest = [self.ends[:0]] * (len(self.labels) - 1)  # the ends stand in the first row
        first, last = ([end[None], *rest] for end in self.ends)
        self._draw(ax, {"from": first, "decoded": self.decoded, "to": last}, im_kw)
        return self


class NearestNeighborsDisplay(ImagesDisplay):
    """Generated images beside the real images nearest to them.

    Made by :meth:`from_sampler`. A generated image that equals its neighbour was learnt by
    heart. Distances are Euclidean, between pixels scaled to [-1, 1].

    Parameters
    ----------
    generated : ndarray of shape (n_images, height, width[, channels])
        Generated images, values in [0, 1].

    neighbors : ndarray of shape (n_images, n_neighbors, height, width[, channels])
        The real images nearest to each, the nearest first.

    labels : array-like of shape (n_images,)
        Labels of the generated images.

    indices : ndarray of shape (n_images, n_neighbors), default=None
        Which rows of X the neighbours are.

    distances : ndarray of shape (n_images, n_neighbors), default=None
        How far they are.

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
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.inspection import NearestNeighborsDisplay
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X, y = X[:150], y[:150]
    >>> sampler = BAGANOversampler(
    ...     sampling_strategy={0: 90}, image_shape=(8, 8), pretrain_iter=3, max_iter=3,
    ...     random_state=0,
    ... )
    >>> _ = sampler.fit_resample(X, y)
    >>> display = NearestNeighborsDisplay.from_sampler(sampler, X, y, n_images=4, n_neighbors=3)
    >>> display.indices.shape
    (4, 3)
    """

    def __init__(self, generated, neighbors, labels, *, indices=None, distances=None):
        self.generated = generated
        self.neighbors = neighbors
        self.labels = labels
        self.indices = indices
        self.distances = distances

    @classmethod
    def from_sampler(
        cls, sampler, X, y, *, n_images=1, n_neighbors=5, random_state=0, ax=None, im_kw=None
    ) -> NearestNeighborsDisplay:
        """Generate images and search all real rows, of whatever class, for the nearest.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : array-like of images, or of flattened ones
            The real rows, those that the sampler was trained on.

        y : array-like of shape (n_rows,)
            Their labels.

        n_images : int, default=1
            How many images of each class that the sampler generates.

        n_neighbors : int, default=5
            How many real images beside each.

        random_state : int, RandomState instance or None, default=0
            What is generated. None continues the sampler's own stream.

        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        NearestNeighborsDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        ValueError
            If X is a table, or has fewer than ``n_neighbors`` rows.
        """
        check_count("n_images", n_images)
        check_count("n_neighbors", n_neighbors)
        check_sampler(sampler)
        X, _ = read(sampler, X, y)
        pictures(sampler._codec, X[:0])
        if n_neighbors > X.shape[0]:
            raise ValueError(f"n_neighbors={n_neighbors}, but X has {X.shape[0]} rows.")
        made, made_as = draw(sampler, dict.fromkeys(made_codes(sampler), n_images), random_state)
        real, generated = (
            sampler._codec.encode(rows).reshape(rows.shape[0], -1) for rows in (X, made)
        )
        search = NearestNeighbors(n_neighbors=n_neighbors).fit(real)
        distances, indices = search.kneighbors(generated)
        neighbors = [pictures(sampler._codec, _safe_indexing(X, rows)) for rows in indices]
        return cls(
            pictures(sampler._codec, made),
            np.stack(neighbors),
            sampler.classes_[made_as],
            indices=indices,
            distances=distances,
        ).plot(ax=ax, im_kw=im_kw)

    def plot(self, *, ax=None, im_kw=None) -> NearestNeighborsDisplay:
        """Draw the images.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        im_kw : dict, default=None
            Keywords for ``Axes.imshow``.

        Returns
        -------
        NearestNeighborsDisplay
            The display itself.
        """
        self._draw(
            ax, {"generated": self.generated[:, None], "nearest real": self.neighbors}, im_kw
        )
        return self
