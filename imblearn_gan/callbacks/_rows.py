"""Which rows a sampler's networks learn from, where there are too many."""

from __future__ import annotations

import logging
from numbers import Integral

import numpy as np

from imblearn_gan.callbacks._base import Callback, TrainingState, check_integer
from imblearn_gan.data import label_keys


class MaxRowsPerClass(Callback):
    """Train a sampler on some rows of large classes, drawn at random, and on all rows of others.

    For more rows than memory holds, or than a training would ever see: one of 500 updates of 64
    rows sees 32,000. All rows are checked, and all of them are in the result. Ranges, categories
    and the ways of columns are those of the rows that are trained on.

    Parameters
    ----------
    n_rows : int, default=100_000
        Most rows of a class.

    random_state : int, default=0
        Which ones.

    Attributes
    ----------
    n_trained_on_ : dict
        How many rows of the classes that have more are trained on, ``{label: n}``.

    n_left_out_ : dict
        How many are not. Both stand in the log, too, of the logger ``'imblearn_gan'``, at level
        INFO, which ``logging.basicConfig(level="INFO")`` shows.

    Raises
    ------
    ValueError
        Before training, if a parameter is no such integer.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.callbacks import MaxRowsPerClass
    >>> X, y = make_classification(n_samples=400, weights=[0.9], flip_y=0, random_state=0)
    >>> some = MaxRowsPerClass(100)
    >>> sampler = CGANOversampler(max_iter=20, random_state=0, callbacks=[some])
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> some.n_trained_on_, some.n_left_out_, len(y_res)
    ({0: 100}, {0: 261}, 722)
    """

    def __init__(self, n_rows: int = 100_000, random_state: int = 0):
        self.n_rows = n_rows
        self.random_state = random_state

    def leave_out(self, y: np.ndarray) -> np.ndarray | None:
        """Draw the rows that are left out."""
        check_integer("n_rows", self.n_rows)
        if not isinstance(self.random_state, Integral):
            raise ValueError(
                "random_state of MaxRowsPerClass must be an integer: the same rows are drawn each "
                f"time. Got {self.random_state!r}."
            )
        stream = np.random.RandomState(int(self.random_state))
        labels, codes, counts = np.unique(y, axis=0, return_inverse=True, return_counts=True)
        codes, left_out = codes.ravel(), np.zeros(len(y), dtype=bool)
        large = np.flatnonzero(counts > self.n_rows)
        for i in large:
            left_out[stream.permutation(np.flatnonzero(codes == i))[self.n_rows :]] = True
        names = [
            str(labels[i].tolist()) if labels.ndim > 1 else label_keys(labels[i : i + 1])[0]
            for i in large
        ]
        self.n_trained_on_ = dict.fromkeys(names, self.n_rows)
        self.n_left_out_ = {name: int(counts[i]) - self.n_rows for name, i in zip(names, large)}
        return left_out if len(large) else None

    def on_fit_begin(self) -> None:
        """Say in the log what is left out, once a training."""
        for name, n in getattr(self, "n_left_out_", {}).items():
            logging.getLogger("imblearn_gan").info(
                "class %r: %d rows are trained on, %d are not", name, self.n_rows, n
            )

    def on_phase_begin(self, state: TrainingState) -> None:
        """Raise a RuntimeError in classifiers, which learn from all rows."""
        _ = state.rows
