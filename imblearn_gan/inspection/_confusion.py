"""Display of the confusion of classes, before balancing and after."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils.validation import check_consistent_length

from imblearn_gan.data import plain_labels
from imblearn_gan.inspection._common import panels, write_plainly


class ConfusionDisplay:
    """Which classes are taken for which, before balancing, after it, and what has changed.

    Made by :meth:`from_classifiers` or :meth:`from_predictions`. Rows are the true classes, and
    sum to 1: the diagonal holds the recall of each class. In the third panel, the difference, blue
    on the diagonal is what was won, and red beside it what was unlearnt.

    Parameters
    ----------
    before, after : ndarray of shape (n_classes, n_classes)
        Fractions of each true class, by predicted class.

    labels : array-like of shape (n_classes,)
        The classes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        Before, after, and the difference.

    figure_ : matplotlib Figure
        The figure they belong to.

    displays_ : list of sklearn.metrics.ConfusionMatrixDisplay
        What each panel shows.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from imblearn_gan.inspection import ConfusionDisplay
    >>> display = ConfusionDisplay.from_predictions(
    ...     [0, 0, 1, 1], y_before=[0, 0, 0, 0], y_after=[0, 0, 0, 1]
    ... )
    >>> (display.after - display.before).tolist()
    [[0.0, 0.0], [-0.5, 0.5]]
    """

    def __init__(self, before: np.ndarray, after: np.ndarray, labels: Any):
        self.before = before
        self.after = after
        self.labels = labels

    @classmethod
    def from_classifiers(
        cls, before: Any, after: Any, X: Any, y: Any, *, ax: Any = None
    ) -> ConfusionDisplay:
        """Predict rows by two fitted classifiers.

        Parameters
        ----------
        before, after : classifier
            Fitted, on the set as it is and on the balanced one; a pipeline with a sampler, for
            example.

        X : array-like of shape (n_samples, ...)
            Rows that neither was fitted on.

        y : array-like of shape (n_samples,)
            Their labels.

        ax : array-like of three matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ConfusionDisplay
            The display, drawn.
        """
        return cls.from_predictions(y, before.predict(X), after.predict(X), ax=ax)

    @classmethod
    def from_predictions(
        cls, y_true: Any, y_before: Any, y_after: Any, *, ax: Any = None
    ) -> ConfusionDisplay:
        """Count what was predicted.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.

        y_before, y_after : array-like of shape (n_samples,)
            Labels predicted by classifiers of the set as it is, and of the balanced one.

        ax : array-like of three matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ConfusionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there are not as many predictions as labels.
        """
        y_true, y_before, y_after = (plain_labels(y) for y in (y_true, y_before, y_after))
        check_consistent_length(y_true, y_before, y_after)
        labels = np.unique(np.concatenate([y_true, y_before, y_after]))
        before, after = (
            confusion_matrix(y_true, y, labels=labels, normalize="true")
            for y in (y_before, y_after)
        )
        return cls(before, after, labels).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> ConfusionDisplay:
        """Draw the panels.

        Parameters
        ----------
        ax : array-like of three matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ConfusionDisplay
            The display itself.
        """
        check_matplotlib_support("ConfusionDisplay.plot")
        size = max(1.0, len(self.labels) / 7)
        self.axes_ = panels(ax, 3)
        self.figure_ = self.axes_[0].figure
        if ax is None:
            self.figure_.set_size_inches(12 * size, 4.2 * size)
        change = self.after - self.before
        most = max(float(np.abs(change).max()), 0.01)
        self.displays_ = []
        for axes, values, title, colors in zip(
            self.axes_,
            (self.before, self.after, change),
            ("before", "after", "change"),
            (("Blues", 0.0, 1.0), ("Blues", 0.0, 1.0), ("RdBu", -most, most)),
        ):
            cmap, low, high = colors
            display = ConfusionMatrixDisplay(values, display_labels=self.labels).plot(
                ax=axes,
                cmap=cmap,
                colorbar=False,
                values_format=".2f" if title != "change" else "+.2f",
                im_kw={"vmin": low, "vmax": high},
                text_kw={"fontsize": "small"},
            )
            axes.set(title=title, xlabel="predicted", ylabel="true" if title == "before" else "")
            if max(len(str(label)) for label in self.labels) > 4:
                axes.tick_params(axis="x", rotation=45)
            write_plainly(axes, named="xy")
            for text in display.text_.flat:
                shade = display.im_.cmap(display.im_.norm(float(text.get_text())))
                text.set_color(
                    "white" if np.dot(shade[:3], (0.299, 0.587, 0.114)) < 0.5 else "black"
                )
            self.displays_.append(display)
        if ax is None:  # squares get their size, and titles their room, in the first drawing
            self.figure_.draw_without_rendering()
        return self
