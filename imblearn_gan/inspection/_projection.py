"""Display of real and generated rows in two dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan.data import DataCodec
from imblearn_gan.inspection._common import (
    Rows,
    check_count,
    check_sampler,
    draw,
    generated_classes,
    panels,
    read,
    split_resampled,
    write_plainly,
)
from imblearn_gan.metrics import extract_features
from imblearn_gan.seeding import stream_of


class ProjectionDisplay:
    """Real rows and generated ones in two dimensions, a panel a class.

    Made by :meth:`from_sampler` or :meth:`from_resampled`. Each panel holds the real rows and the
    generated ones of a class, and the real rows of all others in grey: generated rows should lie
    where their class lies, as widely, and not on the others.

    Parameters
    ----------
    real, generated : ndarray of shape (n_samples, 2)
        Where the rows lie.

    y_real, y_generated : ndarray of shape (n_samples,)
        Their labels.

    explained : float or None, default=None
        Which part of the variance of the real rows the two dimensions show.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each class that is generated.

    figure_ : matplotlib Figure
        The figure they belong to.

    scatters_ : list of tuple of matplotlib PathCollection
        The points of each panel: other classes, real rows, generated rows.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.inspection import ProjectionDisplay
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = CGANOversampler(max_iter=200, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> display = ProjectionDisplay.from_sampler(sampler, X, y)
    >>> display.real.shape, [ax.get_title() for ax in display.axes_]
    ((100, 2), ['1'])
    """

    def __init__(
        self,
        real: np.ndarray,
        y_real: np.ndarray,
        generated: np.ndarray,
        y_generated: np.ndarray,
        *,
        explained: float | None = None,
    ):
        self.real = real
        self.y_real = y_real
        self.generated = generated
        self.y_generated = y_generated
        self.explained = explained

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        method: str = "pca",
        features: Any = None,
        labels: Any = None,
        max_rows: int = 2000,
        random_state: Any = 0,
        ax: Any = None,
        scatter_kw: dict[str, Any] | None = None,
    ) -> ProjectionDisplay:
        """Generate as many rows of each class as there are real ones, and find two dimensions.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            The real rows: a table or images.

        y : array-like of shape (n_samples,)
            Their labels.

        method : {'pca', 'tsne'}, default='pca'
            The first two principal components of the real rows keep directions and densities, and
            generated rows have no say in them. t-SNE of both sets together keeps neighbourhoods,
            but neither distances nor densities.

        features : callable, torch.nn.Module, fitted estimator or None, default=None
            What is projected, as in :func:`imblearn_gan.metrics.extract_features`: a fitted
            classifier of this package stands for its last hidden layer. None takes the rows as the
            sampler encodes them, with categories, dates and gaps, in [-1, 1].

        labels : list of labels or None, default=None
            The classes that have a panel; None takes all that the sampler generates.

        max_rows : int, default=2000
            If there are more real or more generated rows, so many are chosen at random.

        random_state : int, RandomState instance or None, default=0
            What is generated and chosen, and for t-SNE. None continues the sampler's own stream.

        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a class that is generated; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``.

        Returns
        -------
        ProjectionDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        ValueError
            If ``method`` is unknown, one of ``labels`` is not generated, or X and y do not fit what
            the sampler has seen.
        """
        _check_method(method)
        check_sampler(sampler)
        X, y = read(sampler, X, y)
        counts = np.bincount(y, minlength=len(sampler.classes_))
        wanted = {k: max(1, int(counts[k])) for k in _shown(sampler, labels)}
        rows = Rows(sampler.codec_, sampler.classes_, X, y, *draw(sampler, wanted, random_state))
        display = cls._of(rows, method, features, max_rows, random_state)
        return display.plot(ax=ax, scatter_kw=scatter_kw)

    @classmethod
    def from_resampled(
        cls,
        X_res: Any,
        y_res: Any,
        synthetic_mask: Any,
        *,
        method: str = "pca",
        features: Any = None,
        max_rows: int = 2000,
        image_shape: Any = None,
        channels: str = "auto",
        categorical_features: Any = "auto",
        random_state: Any = 0,
        ax: Any = None,
        scatter_kw: dict[str, Any] | None = None,
    ) -> ProjectionDisplay:
        """Compare the real rows with those that a sampler, any sampler, added.

        Parameters
        ----------
        X_res : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            What ``fit_resample`` gave.

        y_res : array-like of shape (n_samples,)
            The labels that it gave.

        synthetic_mask : array-like of shape (n_samples,), dtype bool
            Which rows are generated: ``synthetic_mask_`` of a sampler.

        image_shape, channels, categorical_features
            As the parameters of the samplers.

        method, features, max_rows, random_state, ax, scatter_kw
            As in :meth:`from_sampler`.

        Returns
        -------
        ProjectionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If ``method`` is unknown, or the mask marks no row or all.
        """
        _check_method(method)
        codec = DataCodec(image_shape, channels, categorical_features)
        rows = split_resampled(X_res, y_res, synthetic_mask, codec)
        display = cls._of(rows, method, features, max_rows, random_state)
        return display.plot(ax=ax, scatter_kw=scatter_kw)

    @classmethod
    def _of(
        cls, rows: Rows, method: str, features: Any, max_rows: int, random_state: Any
    ) -> ProjectionDisplay:
        check_count("max_rows", max_rows)
        stream = stream_of(random_state)
        sets, labels = [], []
        for X, y in ((rows.X_real, rows.y_real), (rows.X_generated, rows.y_generated)):
            if features is None:
                values = rows.codec.encode(X).reshape(len(y), -1)
            else:
                values = extract_features(X, features)
            chosen = np.sort(stream.permutation(len(y))[:max_rows])
            sets.append(values[chosen])
            labels.append(rows.classes[y[chosen]])
        real, generated, explained = _PROJECTIONS[method](*sets, stream)
        return cls(real, labels[0], generated, labels[1], explained=explained)

    def plot(
        self, *, ax: Any = None, scatter_kw: dict[str, Any] | None = None
    ) -> ProjectionDisplay:
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a class that is generated; None makes a figure.

        scatter_kw : dict, default=None
            Keywords for ``Axes.scatter``.

        Returns
        -------
        ProjectionDisplay
            The display itself.
        """
        check_matplotlib_support("ProjectionDisplay.plot")
        classes = np.unique(self.y_generated)
        self.axes_ = panels(ax, len(classes))
        self.figure_ = self.axes_[0].figure
        settings = {"s": 10, "linewidths": 0} | (scatter_kw or {})
        self.scatters_ = []
        for axes, label in zip(self.axes_, classes):
            own = self.y_real == label
            self.scatters_.append(
                tuple(
                    axes.scatter(*points.T, **{"color": color, "label": name, **settings})
                    for points, color, name in (
                        (self.real[~own], "0.85", "other classes, real"),
                        (self.real[own], "C0", "real"),
                        (self.generated[self.y_generated == label], "C1", "generated"),
                    )
                )
            )
            axes.set(xticks=[], yticks=[], title=str(label))
            write_plainly(axes)
        if ax is None:
            # beside the panels, where it hides no rows
            self.figure_.legend(
                handles=self.scatters_[0],
                loc="outside lower center",
                ncols=3,
                fontsize="small",
                columnspacing=1,
                handletextpad=0.2,
                markerscale=2,
                frameon=False,
            )
        else:
            self.axes_[0].legend(fontsize="small", markerscale=2)
        if self.explained is not None:
            note = f"two principal components: {self.explained:.0%} of the variance"
            self.axes_[0].set_xlabel(note, fontsize="small")
        return self


def _shown(sampler: Any, labels: Any) -> list[int]:
    """Return the codes of the classes that have a panel."""
    generated = generated_classes(sampler)
    if labels is None:
        return generated
    known = {sampler.classes_[k]: k for k in generated}
    if unknown := [label for label in labels if label not in known]:
        raise ValueError(
            f"labels holds {unknown[0]!r}, which is no class that is generated: {list(known)}."
        )
    return [known[label] for label in labels]


def _check_method(method: Any) -> None:
    if method not in _PROJECTIONS:
        raise ValueError(f"method must be 'pca' or 'tsne'. Got {method!r}.")


def _pca(
    real: np.ndarray, generated: np.ndarray, stream: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray, float | None]:
    if min(real.shape) < 2:  # one column, or one row
        wide = [
            np.pad(rows, ((0, 0), (0, max(0, 2 - rows.shape[1])))) for rows in (real, generated)
        ]
        return wide[0][:, :2], wide[1][:, :2], None
    reduction = PCA(2, random_state=stream).fit(real)
    explained = float(np.nan_to_num(reduction.explained_variance_ratio_.sum()))
    return reduction.transform(real), reduction.transform(generated), explained


def _tsne(
    real: np.ndarray, generated: np.ndarray, stream: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray, None]:
    rows = np.concatenate([real, generated])
    reduction = TSNE(
        perplexity=min(30, (len(rows) - 1) / 3),
        init="random" if rows.shape[1] == 1 else "pca",  # t-SNE never leaves a line it starts on
        random_state=stream,
    )
    positions = reduction.fit_transform(rows)
    return positions[: len(real)], positions[len(real) :], None


_PROJECTIONS: dict[str, Any] = {"pca": _pca, "tsne": _tsne}
