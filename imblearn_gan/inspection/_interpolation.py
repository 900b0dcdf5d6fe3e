"""Display of what lies between two images."""

from __future__ import annotations

from typing import Any

import numpy as np

from imblearn_gan._more_rows import read_rows
from imblearn_gan.data import label_keys
from imblearn_gan.inspection._common import check_count, check_sampler, read
from imblearn_gan.inspection._grid import ImagesDisplay


class InterpolationDisplay(ImagesDisplay):
    """From the latent code of one image to that of another, decoded under each label.

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
    ...     image_shape=(8, 8), pretrain_iter=100, max_iter=0, random_state=0
    ... )  # the autoencoder alone
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
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        n_steps: int = 8,
        labels: Any = None,
        ax: Any = None,
        im_kw: dict[str, Any] | None = None,
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
        rows, _ = read(sampler, X, y)
        if rows.shape[0] != 2:
            raise ValueError(f"X must hold two rows, the two ends. Got {rows.shape[0]}.")
        ends = sampler.codec_.pictures(rows)
        first, last = sampler.encode(X, y)
        path = np.linspace(first, last, n_steps)
        labels = sampler.classes_ if labels is None else np.asarray(labels)
        if not len(labels):
            raise ValueError("labels must name at least one class. Got none.")
        decoded = [
            sampler.codec_.pictures(read_rows(sampler, sampler.decode(path, [label] * n_steps)))
            for label in label_keys(labels)
        ]
        return cls(ends, np.stack(decoded), labels).plot(ax=ax, im_kw=im_kw)

    def plot(self, *, ax: Any = None, im_kw: dict[str, Any] | None = None) -> InterpolationDisplay:
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
