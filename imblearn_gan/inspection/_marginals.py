"""Display of the columns of tables, real against generated."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils._optional_dependencies import check_matplotlib_support

from imblearn_gan.data import Column, DataCodec, is_missing, label_keys
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

_SETS = ("real", "generated")
_COLORS = ("C0", "C1")


class Marginal(NamedTuple):
    """One column: its name, its categories, if it has any, and its values in both sets.

    Values of categories are their numbers, those of dates are days since 1970.
    """

    name: str
    categories: list | None
    real: np.ndarray
    generated: np.ndarray
    is_date: bool = False


class MarginalsDisplay:
    """Columns of a table, one by one or in pairs: real rows against generated ones.

    Made by :meth:`from_sampler` or :meth:`from_resampled`. Only classes that are generated are
    looked at. Histograms and bars are fractions, so that sets of different size compare; a pair
    with a number is drawn as points, a pair of categories as bars in a grid, on one scale.
    Categories stand in the order that pandas declares, or sorted. How many numbers are missing
    stands below their histogram.

    Parameters
    ----------
    panels : list of tuple of Marginal
        What each panel shows: one column, or the two of a pair.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each of ``features``.

    figure_ : matplotlib Figure
        The figure they belong to.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.inspection import MarginalsDisplay
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = BAGANOversampler(pretrain_iter=100, max_iter=100, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> display = MarginalsDisplay.from_sampler(sampler, X, y, features=[0, 3, (0, 3)])
    >>> len(display.axes_)
    3
    """

    def __init__(self, panels: Sequence[tuple[Marginal, ...]]):
        self.panels = panels

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        X: Any,
        y: Any,
        *,
        features: Any = None,
        label: Any = None,
        random_state: Any = 0,
        ax: Any = None,
        bins: int = 20,
        max_categories: int = 15,
    ) -> MarginalsDisplay:
        """Generate as many rows of each class as there are real ones, and compare.

        Parameters
        ----------
        sampler : BaseGANOversampler
            A sampler after ``fit_resample``.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The real rows.

        y : array-like of shape (n_samples,)
            Their labels.

        features : list of int, str or pairs of them, or None, default=None
            What the panels show: a column, by number or name, or a pair of columns. None takes
            the first nine columns.

        label : label or None, default=None
            The class to look at; None takes all that the sampler generates together.

        random_state : int, RandomState instance or None, default=0
            What is generated. None continues the sampler's own stream.

        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a panel; None makes a figure.

        bins : int, default=20
            Bins of a histogram, the same for both sets.

        max_categories : int, default=15
            How many categories of a column are shown. Of more, the most frequent ones, by the
            sum of their fractions in both sets, keep their names, and the last place holds all
            others together.

        Returns
        -------
        MarginalsDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the sampler has not been trained.

        ValueError
            If X holds images, a feature or the label is unknown, or a column that is shown has
            a category that the sampler has not seen.
        """
        check_sampler(sampler)
        X, y = read(sampler, X, y)
        _check_table(sampler.codec_)
        shown = _shown(sampler.classes_, generated_classes(sampler), label)
        counts = np.bincount(y, minlength=len(sampler.classes_))
        if not counts[shown].sum():
            raise ValueError("y holds no row of the classes that the sampler generates.")
        generated = draw(sampler, {k: int(counts[k]) for k in shown}, random_state)
        rows = Rows(sampler.codec_, sampler.classes_, X, y, *generated)
        return cls(_panels(rows, shown, features)).plot(
            ax=ax, bins=bins, max_categories=max_categories
        )

    @classmethod
    def from_resampled(
        cls,
        X_res: Any,
        y_res: Any,
        synthetic_mask: Any,
        *,
        features: Any = None,
        label: Any = None,
        categorical_features: Any = "auto",
        ax: Any = None,
        bins: int = 20,
        max_categories: int = 15,
    ) -> MarginalsDisplay:
        """Compare the real rows with those that a sampler added.

        Parameters
        ----------
        X_res : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            What ``fit_resample`` gave.

        y_res : array-like of shape (n_samples,)
            The labels that it gave.

        synthetic_mask : array-like of shape (n_samples,), dtype bool
            Which rows are generated: the sampler's ``synthetic_mask_``.

        categorical_features : 'auto', array-like or None, default='auto'
            Columns to draw as bars: as the parameter of the samplers.

        features, label, ax, bins, max_categories
            As in :meth:`from_sampler`.

        Returns
        -------
        MarginalsDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X_res holds images, a feature or the label is unknown, or the mask marks no row.
        """
        codec = DataCodec(None, "auto", categorical_features)
        rows = split_resampled(X_res, y_res, synthetic_mask, codec)
        _check_table(codec)
        shown = _shown(rows.classes, np.unique(rows.y_generated).tolist(), label)
        return cls(_panels(rows, shown, features)).plot(
            ax=ax, bins=bins, max_categories=max_categories
        )

    def plot(self, *, ax: Any = None, bins: int = 20, max_categories: int = 15) -> MarginalsDisplay:
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a panel; None makes a figure.

        bins : int, default=20
            Bins of a histogram, the same for both sets.

        max_categories : int, default=15
            How many categories of a column are shown. Of more, the most frequent ones, by the
            sum of their fractions in both sets, keep their names, and the last place holds all
            others together.

        Returns
        -------
        MarginalsDisplay
            The display itself.
        """
        check_matplotlib_support("MarginalsDisplay.plot")
        check_count("bins", bins)
        check_count("max_categories", max_categories)
        self.axes_ = panels(ax, len(self.panels))
        self.figure_ = self.axes_[0].figure
        for axes, panel in zip(self.axes_, self.panels):
            columns = [_most_frequent(column, max_categories) for column in panel]
            numeric = any(column.categories is None for column in columns)
            if len(columns) == 2:
                (_draw_points if numeric else _draw_grid)(axes, *columns)
            elif numeric:
                _draw_histogram(axes, columns[0], bins)
            else:
                _draw_bars(axes, columns[0])
        # a grid of bars leaves no room inside
        grid = len(self.panels[0]) == 2 and all(c.categories is not None for c in self.panels[0])
        place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2} if grid else {}
        self.axes_[0].legend(fontsize="small", markerscale=2, **place)
        for axes in self.axes_:
            write_plainly(axes, named="xy")
        return self


def _draw_histogram(axes: Any, column: Marginal, bins: int) -> None:
    values = column.real, column.generated
    present = [part[~np.isnan(part)] for part in values]
    edges = np.histogram_bin_edges(np.concatenate(present), bins)
    for part, there, name, color in zip(values, present, _SETS, _COLORS):
        weights = np.full(len(there), 1 / max(1, len(part)))
        axes.hist(there, edges, weights=weights, label=name, color=color, alpha=0.5)
    missing = [1 - len(there) / max(1, len(part)) for part, there in zip(values, present)]
    gaps = "\nmissing: {:.0%}, generated: {:.0%}".format(*missing) if any(missing) else ""
    axes.set(xlabel=column.name + gaps, ylabel="fraction of rows")
    _name_dates(axes.xaxis, column)


def _draw_bars(axes: Any, column: Marginal) -> None:
    assert column.categories is not None
    places = np.arange(len(column.categories))
    for part, name, color, shift in zip(
        (column.real, column.generated), _SETS, _COLORS, (-0.2, 0.2)
    ):
        axes.bar(
            places + shift, _fractions(part, len(places)), 0.4, label=name, color=color, alpha=0.7
        )
    axes.set(xlabel=column.name, ylabel="fraction of rows")
    _name_categories(axes.xaxis, column)


def _draw_points(axes: Any, across: Marginal, up: Marginal) -> None:
    for name, color, shift in zip(_SETS, _COLORS, (-0.15, 0.15)):
        # the two sets stand beside each other where a category would put them on one line
        x, y = (
            getattr(column, name) + (shift if column.categories is not None else 0)
            for column in (across, up)
        )
        axes.scatter(x, y, s=8, label=name, color=color, alpha=0.5)
    _name_pair(axes, across, up)


def _draw_grid(axes: Any, across: Marginal, up: Marginal) -> None:
    """Draw bars in the cells of two columns of categories, the tallest of which fills its cell."""
    assert across.categories is not None
    assert up.categories is not None
    n_across, n_up = len(across.categories), len(up.categories)
    x, y = np.divmod(np.arange(n_across * n_up), n_up)
    fractions = [
        _fractions(getattr(across, name) * n_up + getattr(up, name), n_across * n_up)
        for name in _SETS
    ]
    axes.hlines(np.arange(n_up) - 0.45, -0.5, n_across - 0.5, color="0.8", linewidth=0.5)
    for heights, name, color, shift in zip(fractions, _SETS, _COLORS, (-0.2, 0.2)):
        heights = 0.9 * heights / np.max(fractions)
        axes.bar(x + shift, heights, 0.4, y - 0.45, label=name, color=color, alpha=0.7)
    axes.set(xlim=(-0.5, n_across - 0.5), ylim=(-0.5, n_up - 0.5))
    _name_pair(axes, across, up)


def _fractions(part: np.ndarray, n_categories: int) -> np.ndarray:
    return np.bincount(part, minlength=n_categories) / max(1, len(part))


def _most_frequent(column: Marginal, max_categories: int) -> Marginal:
    """Return the column itself, or with its rarest categories as one if there are too many."""
    if column.categories is None or len(column.categories) <= max_categories:
        return column
    n = len(column.categories)
    fractions = _fractions(column.real, n) + _fractions(column.generated, n)
    kept = np.sort(np.argsort(-fractions, kind="stable")[: max_categories - 1])
    numbers = np.full(n, len(kept))
    numbers[kept] = np.arange(len(kept))
    names = [*(column.categories[i] for i in kept), f"{n - len(kept)} others"]
    return Marginal(column.name, names, numbers[column.real], numbers[column.generated])


def _name_pair(axes: Any, across: Marginal, up: Marginal) -> None:
    axes.set(xlabel=across.name, ylabel=up.name)
    for column, axis in ((across, axes.xaxis), (up, axes.yaxis)):
        _name_categories(axis, column)
        _name_dates(axis, column)


def _name_dates(axis: Any, column: Marginal) -> None:
    if not column.is_date:
        return
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axis.get_view_interval()
    unit = "D" if high - low > 3 else "m"

    def name(days: float, _: Any) -> str:
        return str(np.datetime64(round(days * 86_400), "s").astype(f"M8[{unit}]")).replace("T", " ")

    axis.set_major_locator(MaxNLocator(3))
    axis.set_major_formatter(FuncFormatter(name))
    axis.set_tick_params(labelsize="small")


def _name_categories(axis: Any, column: Marginal) -> None:
    if column.categories is None:
        return
    names = ["missing" if is_missing(value) else str(value) for value in column.categories]
    style: dict[str, Any] = {"fontsize": "small"} if len(names) > 8 else {}
    if axis.axis_name == "x" and max(map(len, names)) * len(names) > 30:
        style |= {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    axis.set_ticks(np.arange(len(names)), names, **style)


def _check_table(codec: DataCodec) -> None:
    if codec.is_image:
        raise ValueError("X must be a table, but holds images: see GeneratedImagesDisplay.")


def _shown(classes: np.ndarray, generated: list[int], label: Any) -> list[int]:
    """Return the codes of the classes to look at."""
    if label is None:
        return generated
    found = [k for k in generated if classes[k] == label]
    if not found:
        raise ValueError(
            f"label={label!r} is no class that is generated: {label_keys(classes[generated])}."
        )
    return found


def _panels(rows: Rows, shown: list[int], features: Any) -> list[tuple[Marginal, ...]]:
    """Return the columns that each panel shows, of the rows of the classes ``shown``."""
    columns = rows.codec.columns_
    sets = [
        _safe_indexing(X, np.flatnonzero(np.isin(y, shown)))
        for X, y in ((rows.X_real, rows.y_real), (rows.X_generated, rows.y_generated))
    ]
    if features is None:
        features = list(range(min(9, len(columns))))
    if not isinstance(features, (list, tuple)) or not features:
        raise ValueError(f"features must be a list of columns or pairs. Got {features!r}.")
    chosen = []
    for feature in features:
        pair = feature if isinstance(feature, (tuple, list)) else (feature,)
        if len(pair) not in (1, 2):
            raise ValueError(f"features must be columns or pairs of them. Got {feature!r}.")
        chosen.append(tuple(_marginal(_find(columns, one), sets) for one in pair))
    return chosen


def _find(columns: Sequence[Column], feature: Any) -> Column:
    """Return the column that ``feature``, a number or a name, stands for."""
    names = [column.name for column in columns]
    if feature is not None and feature in names:
        return columns[names.index(feature)]
    if not isinstance(feature, Integral) or not 0 <= int(feature) < len(columns):
        raise ValueError(
            f"features names the column {feature!r}, which X does not have: it has {len(columns)}."
        )
    return columns[int(feature)]


def _marginal(column: Column, sets: Sequence[Any]) -> Marginal:
    name = f"column {column.index}" if column.name is None else str(column.name)
    real, generated = (column.values(X) for X in sets)
    if column.kind == "time" and getattr(column.dtype, "kind", "") == "M":
        unit: Any = getattr(column.dtype, "unit", None) or np.datetime_data(column.dtype)[0]
        n_a_day = np.timedelta64(1, "D") / np.timedelta64(1, unit)
        return Marginal(name, None, real / n_a_day, generated / n_a_day, is_date=True)
    if column.kind != "category":
        return Marginal(name, None, real, generated)
    categories = column.sorted_categories()
    number_of = {_key(category): i for i, category in enumerate(categories)}
    unseen = [value for value in dict.fromkeys(map(_key, real.tolist())) if value not in number_of]
    if unseen:
        raise ValueError(
            f"X has the categories {unseen[:5]} in {name!r}, which the sampler has not seen. "
            "Leave out their rows, or fit the sampler on them."
        )
    numbers = [
        np.array([number_of[_key(value)] for value in values.tolist()], dtype=np.intp)
        for values in (real, generated)
    ]
    return Marginal(name, categories, numbers[0], numbers[1])


def _key(value: Any) -> Any:
    """Return a category for a dict: what is missing equals itself there."""
    return None if is_missing(value) else value
