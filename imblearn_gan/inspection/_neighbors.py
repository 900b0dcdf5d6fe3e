"""Display of generated images beside their nearest neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import _safe_indexing

from imblearn_gan.inspection._common import (
    check_count,
    check_sampler,
    draw,
    generated_classes,
    read,
)
from imblearn_gan.inspection._grid import ImagesDisplay


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
    >>> from imblearn_gan import GAMOOversampler
    >>> from imblearn_gan.inspection import NearestNeighborsDisplay
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X, y = X[:150], y[:150]
    >>> sampler = GAMOOversampler(
    ...     sampling_strategy={0: 90}, image_shape=(8, 8), max_iter=10, random_state=0
    ... )
    >>> _ = sampler.fit_resample(X, y)
    >>> display = NearestNeighborsDisplay.from_sampler(sampler, X, y, n_images=4, n_neighbors=3)
    >>> display.indices.shape
    (4, 3)
    """

    def __init__(
        self,
        generated: np.ndarray,
        neighbors: np.ndarray,
        labels: Any,
        *,
        indices: np.ndarray | None = None,
        distances: np.ndarray | None = None,
    ):
        self.generated = generated
        self.neighbors = neighbors
        self.labels = labels
        self.indices = indices
        self.distances = distances

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        n_images: int = 1,
        n_neighbors: int = 5,
        random_state: Any = 0,
        ax: Any = None,
        im_kw: dict[str, Any] | None = None,
    ) -> NearestNeighborsDisplay:
        """Generate images and search all real rows, of whatever class, for the nearest.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : array-like of images, or of flattened ones
            The real rows, those that the sampler was trained on.

        y : array-like of shape (n_samples,)
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
        codec = sampler.codec_
        codec.pictures(X[:0])  # there are none of a table
        if n_neighbors > X.shape[0]:
            raise ValueError(f"n_neighbors={n_neighbors}, but X has {X.shape[0]} rows.")
        made, made_as = draw(
            sampler, dict.fromkeys(generated_classes(sampler), n_images), random_state
        )
        real, generated = (codec.encode(rows).reshape(rows.shape[0], -1) for rows in (X, made))
        search = NearestNeighbors(n_neighbors=n_neighbors).fit(real)
        distances, indices = search.kneighbors(generated)
        neighbors = [codec.pictures(_safe_indexing(X, rows)) for rows in indices]
        return cls(
            codec.pictures(made),
            np.stack(neighbors),
            sampler.classes_[made_as],
            indices=indices,
            distances=distances,
        ).plot(ax=ax, im_kw=im_kw)

    def plot(
        self, *, ax: Any = None, im_kw: dict[str, Any] | None = None
    ) -> NearestNeighborsDisplay:
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
