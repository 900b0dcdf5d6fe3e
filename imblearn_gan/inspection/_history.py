"""Display of the losses of a training."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils.validation import check_is_fitted

from imblearn_gan.inspection._common import panels, write_plainly


class TrainingHistoryDisplay:
    """Losses of a training: a panel for each phase, a line for each loss.

    Made by :meth:`from_estimator`. A phase that was run again has a panel for each run.
    Accuracies (``'valid_acc'``), which a classifier may have recorded, are not drawn.

    Parameters
    ----------
    history : list of dict
        Records with ``'phase'``, ``'iteration'`` and losses, at least one: the ``history_`` of
        a sampler or classifier.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One a phase, in the order of the training.

    lines_ : list of list of matplotlib Line2D
        The lines of each panel.

    figure_ : matplotlib Figure
        The figure they belong to.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.inspection import TrainingHistoryDisplay
    >>> X, y = make_classification(weights=[0.8, 0.2], random_state=0)
    >>> sampler = BAGANOversampler(pretrain_iter=100, max_iter=100, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> display = TrainingHistoryDisplay.from_estimator(sampler)
    >>> [ax.get_title() for ax in display.axes_]
    ['pretrain', 'adversarial']
    """

    def __init__(self, history: list[dict[str, Any]]):
        self.history = history

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Any = None, line_kw: dict[str, Any] | None = None
    ) -> TrainingHistoryDisplay:
        """Show the history of a fitted sampler or classifier.

        Parameters
        ----------
        estimator : sampler or classifier
            Any that has a ``history_``, after ``fit`` or ``fit_resample``.

        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a phase; None makes a figure.

        line_kw : dict, default=None
            Keywords for ``Axes.plot``.

        Returns
        -------
        TrainingHistoryDisplay
            The display, drawn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.

        TypeError
            If the estimator has no history.

        ValueError
            If nothing was trained: a sampler on balanced data.
        """
        check_is_fitted(estimator)
        if not hasattr(estimator, "history_"):
            raise TypeError(
                "estimator must be a sampler or classifier with a history_ of its training. Got "
                f"{type(estimator).__name__}."
            )
        if not estimator.history_:
            raise ValueError(
                "The history_ of estimator is empty: nothing was trained, as its data were "
                "balanced or only real rows were repeated."
            )
        return cls(estimator.history_).plot(ax=ax, line_kw=line_kw)

    def plot(
        self, *, ax: Any = None, line_kw: dict[str, Any] | None = None
    ) -> TrainingHistoryDisplay:
        """Draw the losses.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Where to draw, one a phase; None makes a figure.

        line_kw : dict, default=None
            Keywords for ``Axes.plot``.

        Returns
        -------
        TrainingHistoryDisplay
            The display itself.

        Raises
        ------
        ValueError
            If ``history`` is empty.
        """
        check_matplotlib_support("TrainingHistoryDisplay.plot")
        if not self.history:
            raise ValueError("history is empty: give the records of a training.")
        runs: list[list[dict]] = []
        for record in self.history:
            last = runs[-1][-1] if runs else {"phase": None}
            if record["phase"] != last["phase"] or record["iteration"] <= last["iteration"]:
                runs.append([])
            runs[-1].append(record)
        self.axes_ = panels(ax, len(runs))
        self.figure_ = self.axes_[0].figure
        self.lines_ = []
        for axes, run in zip(self.axes_, runs):
            iterations = [record["iteration"] for record in run]
            names = [name for name in run[0] if _is_loss(name)]
            settings = {"marker": "o"} if len(run) == 1 else {}  # a lone point is no line
            self.lines_.append(
                [
                    axes.plot(
                        iterations,
                        [record.get(name, np.nan) for record in run],
                        **{"label": name.replace("_", " ")} | settings | (line_kw or {}),
                    )[0]
                    for name in names
                ]
            )
            axes.set(title=run[0]["phase"], xlabel="iteration", ylabel="loss")
            axes.legend(fontsize="small")
            write_plainly(axes)
        return self


def _is_loss(name: str) -> bool:
    return name not in ("phase", "iteration") and name.split("_")[-1] not in ("acc", "accuracy")
