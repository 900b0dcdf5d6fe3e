"""Display of the latent codes of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan.inspection._common import (
    check_count,
    check_method,
    check_sampler,
    in_two_dimensions,
    read,
    write_plainly,
)
from imblearn_gan.seeding import stream_of


class CodesDisplay:
    """Latent codes of rows in two dimensions, by class.

    Made by :meth:`from_sampler`. Classes that lie apart can be drawn apart: where codes say the
    class, overlapping classes give rows of the wrong one.

    Parameters
    ----------
    positions : ndarray of shape (n_samples, 2)
        Where the codes lie.

    y : ndarray of shape (n_samples,)
        Labels of the rows.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What is drawn on.

    figure_ : matplotlib Figure
        The figure it belongs to.

    scatters_ : list of matplotlib PathCollection
        The points of each class.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.inspection import CodesDisplay
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = BAGANOversampler(pretrain_iter=100, max_iter=30, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> CodesDisplay.from_sampler(sampler, X, y, method="pca").positions.shape
    (100, 2)
    """

    def __init__(self, positions: np.ndarray, y: np.ndarray):
        self.positions = positions
        self.y = y

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        method: str = "tsne",
        max_rows: int = 2000,
        random_state: Any = 0,
        ax: Any = None,
        scatter_kw: dict[str, Any] | None = None,
    ) -> CodesDisplay:
        """Encode rows and find two dimensions for their codes.

        Parameters
        ----------
        sampler : sampler with an autoencoder
            BAGAN, BAGAN-GP, CAPGAN or GANDA, after ``fit_resample``.

        X : array-like
            Rows, like those that the sampler has seen.

        y : array-like of shape (n_samples,)
            Their labels.

        method : {'tsne', 'pca'}, default='tsne'
            t-SNE keeps neighbourhoods, but neither distances nor densities; the first two
            principal components keep the directions in which codes vary most. Codes of one
            dimension have one component: the second position is 0.

        max_rows : int, default=2000
            If there are more, so many are chosen at random: t-SNE takes minutes for more.

        random_state : int, RandomState instance or None, default=0
            For the choice of rows and for t-SNE.

        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``; a colour among them holds for all classes.

        Returns
        -------
        CodesDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        TypeError
            If the sampler has no encoder.

        ValueError
            If ``method`` is unknown, or there are fewer than three rows.
        """
        check_method(method)
        check_count("max_rows", max_rows)
        check_sampler(sampler, "encode")
        labels = sampler.classes_[read(sampler, X, y)[1]]
        z = sampler.encode(X, y)
        stream = stream_of(random_state)
        if len(z) > max_rows:
            chosen = np.sort(stream.choice(len(z), max_rows, replace=False))
            z, labels = z[chosen], labels[chosen]
        if len(z) < 3:
            raise ValueError(f"X must hold at least three rows. Got {len(z)}.")
        positions = in_two_dimensions(z, method, stream)
        return cls(positions, labels).plot(ax=ax, scatter_kw=scatter_kw)

    def plot(self, *, ax: Any = None, scatter_kw: dict[str, Any] | None = None) -> CodesDisplay:
        """Draw the codes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``; a colour among them holds for all classes.

        Returns
        -------
        CodesDisplay
            The display itself.
        """
        check_matplotlib_support("CodesDisplay.plot")
        import matplotlib.pyplot as plt

        classes = np.unique(self.y)
        n_columns = -(-len(classes) // 20)  # of the legend
        if ax is None:
            _, ax = plt.subplots(figsize=(5 + n_columns, 5), layout="constrained")
        colors = plt.get_cmap("tab10" if len(classes) <= 10 else "turbo", len(classes))
        scatter_kw = scatter_kw or {}
        colored = not {"c", "color", "facecolor", "facecolors"}.isdisjoint(scatter_kw)
        self.scatters_ = []
        for i, label in enumerate(classes):
            settings = {"s": 12, "label": str(label)}
            if not colored:
                settings["c"] = [colors(i)]
            points = self.positions[self.y == label].T
            self.scatters_.append(ax.scatter(*points, **settings | scatter_kw))
        ax.legend(
            title="class",
            ncols=n_columns,
            loc="center left",
            bbox_to_anchor=(1, 0.5),
            frameon=False,
        )
        ax.set(xticks=[], yticks=[])
        write_plainly(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self
