"""Display of real and generated rows in the features of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan.inspection._common import (
    check_count,
    check_method,
    check_sampler,
    draw,
    generated_classes,
    in_two_dimensions,
    read,
)
from imblearn_gan.metrics import extract_features


class FeaturesDisplay:
    """Real and generated rows in two dimensions, by class, as a classifier sees them.

    Made by :meth:`from_sampler`. Generated rows that lie all over the real ones of their class are
    new rows of it; in a few clumps they are of few modes, beside them they are no such rows.
    BAGAN-GP's paper shows its rows so, in the features of a ResNet-50 [1]_.

    Parameters
    ----------
    positions : ndarray of shape (n_samples, 2)
        Where the rows lie.

    y : ndarray of shape (n_samples,)
        Their labels.

    is_generated : ndarray of shape (n_samples,), dtype bool
        Which of them are generated.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What is drawn on.

    figure_ : matplotlib Figure
        The figure it belongs to.

    scatters_ : list of matplotlib PathCollection
        The points of each class: real ones (dots), then generated ones (crosses).

    References
    ----------
    .. [1] G. Huang and A. H. Jafari, "Enhanced balancing GAN: minority-class image generation",
       Neural Computing and Applications, 2021, Fig. 11.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.inspection import FeaturesDisplay
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = CGANOversampler(max_iter=30, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> display = FeaturesDisplay.from_sampler(sampler, X, y, n_rows=20, method="pca")
    >>> display.is_generated.sum(), len(display.y)
    (np.int64(20), 40)
    """

    def __init__(self, positions: np.ndarray, y: np.ndarray, is_generated: np.ndarray):
        self.positions = positions
        self.y = y
        self.is_generated = is_generated

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        features: Any = None,
        n_rows: int = 200,
        method: str = "tsne",
        random_state: Any = 0,
        ax: Any = None,
        scatter_kw: dict[str, Any] | None = None,
    ) -> FeaturesDisplay:
        """Draw rows, and find two dimensions for the features of real and generated ones.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : array-like
            Real rows, like those that the sampler has seen: those, or test rows.

        y : array-like of shape (n_samples,)
            Their labels.

        features : callable, torch.nn.Module, fitted estimator or None, default=None
            What makes features, such as a fitted classifier of this package, as in
            :func:`~imblearn_gan.metrics.extract_features`; None takes the rows themselves.

        n_rows : int, default=200
            How many real and how many generated rows of each class that was oversampled; fewer
            real ones if the class has fewer.

        method : {'tsne', 'pca'}, default='tsne'
            t-SNE keeps neighbourhoods, but neither distances nor densities; the first two
            principal components keep the directions in which features vary most.

        random_state : int, RandomState instance or None, default=0
            Which real rows are taken, what is generated, and t-SNE.

        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``.

        Returns
        -------
        FeaturesDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        ValueError
            If ``method`` is unknown, ``n_rows`` is no positive integer, or X has no row of an
            oversampled class.
        """
        check_method(method)
        check_count("n_rows", n_rows)
        check_sampler(sampler)
        rows, codes = read(sampler, X, y)
        stream = check_random_state(random_state)
        classes = [k for k in generated_classes(sampler) if (codes == k).any()]
        if not classes:
            raise ValueError("X has no row of a class that was oversampled.")
        chosen = [stream.permutation(np.flatnonzero(codes == k))[:n_rows] for k in classes]
        index = np.concatenate(chosen)
        made, made_codes = draw(sampler, dict.fromkeys(classes, n_rows), stream)
        sets = _safe_indexing(rows, index), made
        z = np.concatenate([extract_features(part, features) for part in sets])
        labels = sampler.classes_[np.concatenate([codes[index], made_codes])]
        positions = in_two_dimensions(z, method, stream)
        is_generated = np.arange(len(z)) >= len(index)
        return cls(positions, labels, is_generated).plot(ax=ax, scatter_kw=scatter_kw)

    def plot(self, *, ax: Any = None, scatter_kw: dict[str, Any] | None = None) -> FeaturesDisplay:
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``.

        Returns
        -------
        FeaturesDisplay
            The display itself.
        """
        check_matplotlib_support("FeaturesDisplay.plot")
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6.5, 5), layout="constrained")
        classes = np.unique(self.y)
        colors = plt.get_cmap("tab10" if len(classes) <= 10 else "turbo", len(classes))
        self.scatters_ = []
        for i, label in enumerate(classes):
            for generated, marker in ((False, "o"), (True, "x")):
                points = self.positions[(self.y == label) & (self.is_generated == generated)].T
                settings = {"s": 14, "marker": marker, "color": [colors(i)]}
                settings["label"] = f"{label}, {'generated' if generated else 'real'}"
                self.scatters_.append(ax.scatter(*points, **settings | (scatter_kw or {})))
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        ax.set(xticks=[], yticks=[])
        self.ax_, self.figure_ = ax, ax.figure
        return self
