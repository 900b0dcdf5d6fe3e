"""Samplers that stop where their rows are worth most to a classifier."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import get_scorer

from imblearn_gan.callbacks._base import TrainingState, check_integer, check_number
from imblearn_gan.callbacks._stopping import KeepsBest
from imblearn_gan.data import label_keys, plain_labels

#: The fewest rows of a class that can be held out, and that must be left.
_MIN_ROWS = 2
#: The most rows that are generated of each class for a score.
_MAX_GENERATED = 2000


class UtilityStopping(KeepsBest):
    """Stop a sampler, and go back, where its rows are worth most to a classifier.

    From time to time a small classifier learns the real rows and, of each class that is
    over-sampled, as many generated ones as it lacks. It is scored on real rows that neither it
    nor the networks have learnt from. The phase ends when the score no longer improves, and the
    networks go back to where it was best.

    Parameters
    ----------
    X_val, y_val : array-like of shape (n_samples, ...) and (n_samples,), or None, default=None
        The rows that are scored, which you have held out yourself, and their labels. With None,
        rows of each class are held out: they are in the result of ``fit_resample`` as they are,
        but the networks do not learn from them.

    validation_fraction : float, default=0.2
        Fraction of each class that is held out, at least two rows; without ``X_val``.

    classifier : classifier or None, default=None
        What is trained, a clone each time. It gets rows as the networks see them, as flat arrays:
        numbers in [-1, 1], categories one-hot, pixels. None is a random forest of 50 trees.

    scoring : str or callable, default='balanced_accuracy'
        The score, a scorer of scikit-learn. More is better.

    every : int or None, default=None
        Score at the first record after so many iterations. None scores twenty times in a phase.

    patience : int, default=5
        Number of scores without an improvement after which the phase ends.

    min_delta : float, default=0.0
        An improvement is a rise by more than this.

    restore_best : bool, default=True
        Whether the networks go back to the best score's state when the phase ends.

    random_state : int, default=0
        Of the rows that are held out, the noise that rows are generated from, and the classifier.

    Attributes
    ----------
    scores_ : list of tuple of (str, int, float)
        Phase, iteration and score, in their order.

    best_value_, best_iteration_ : float, int
        The best score of the last phase, and when it was reached.

    Raises
    ------
    ValueError
        Before training, if a parameter is out of range, a class has too few rows to hold some
        out, ``X_val`` and ``y_val`` do not fit the training rows, or a classifier that has learnt
        the real rows alone cannot be scored.

    RuntimeError
        Before the main phase, if there are no rows to draw in it: in classifiers, and in GAMO with
        ``combine='features'``, which learns to make images after the game.

    Notes
    -----
    The best of several scores on few rows is a lucky one: it does not say how good the rows
    are. For that, see :func:`imblearn_gan.metrics.evaluate_sampler`. Ranges and categories are
    known from all rows, held out or not. In a training that goes on with :class:`WarmStart` rows
    are held out only if this callback was there from the first call on.

    It did not help where we measured it: CGAN without ``replay`` on KEEL's yeast-2_vs_4, glass0 and
    ecoli1, up to 900 iterations, five folds and two seeds, a forest and a logistic regression on
    all test rows. Balanced accuracy was .016 (standard error .007) below that of 900 iterations
    without it, and .009 (.007) below that of the default's 300; the average precision .023 (.008)
    and .011 (.009). Scores on ten rare rows choose by chance, often too early: to train anew on
    all rows for ``best_iteration_`` iterations was no better. It is for data with rows to spare,
    and for trainings that get worse.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.callbacks import UtilityStopping
    >>> X, y = make_classification(n_samples=200, weights=[0.8], random_state=0)
    >>> stopping = UtilityStopping(patience=3)
    >>> sampler = CGANOversampler(max_iter=40, random_state=0, callbacks=[stopping])
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> 0 <= stopping.best_value_ <= 1
    True
    """

    def __init__(
        self,
        X_val: Any = None,
        y_val: Any = None,
        *,
        validation_fraction: float = 0.2,
        classifier: Any = None,
        scoring: Any = "balanced_accuracy",
        every: int | None = None,
        patience: int = 5,
        min_delta: float = 0.0,
        restore_best: bool = True,
        random_state: int = 0,
    ):
        self.X_val = X_val
        self.y_val = y_val
        self.validation_fraction = validation_fraction
        self.classifier = classifier
        self.scoring = scoring
        self.every = every
        self.patience = patience
        self.min_delta = min_delta
        self.restore_best = restore_best
        self.random_state = random_state

    def hold_out(self, y: np.ndarray) -> np.ndarray | None:
        """Hold out some rows of each class, unless there are others to score.

        Raises
        ------
        ValueError
            If a parameter is out of range, or a class has too few rows.
        """
        self._check()
        if self.X_val is not None:
            return None
        classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        if (few := counts < 2 * _MIN_ROWS).any():
            raise ValueError(
                f"UtilityStopping holds out {_MIN_ROWS} rows of each class at least, and leaves "
                f"{_MIN_ROWS}, but the classes {label_keys(classes[few])[:5]} have "
                f"{counts[few].tolist()[:5]} rows. Give it rows of your own to score (X_val, "
                "y_val), or take EarlyStopping."
            )
        stream, held = np.random.RandomState(self.random_state), np.zeros(len(y), dtype=bool)
        for code, n in enumerate(counts):
            n_held = np.clip(round(self.validation_fraction * n), _MIN_ROWS, n - _MIN_ROWS)
            held[stream.permutation(np.flatnonzero(codes == code))[:n_held]] = True
        return held

    def _check(self) -> None:
        super()._check()
        if (self.X_val is None) != (self.y_val is None):
            raise ValueError("X_val and y_val must be given together, or neither of them.")
        check_number("validation_fraction", self.validation_fraction)
        if not 0 < self.validation_fraction < 1:
            raise ValueError(
                f"validation_fraction must lie between 0 and 1. Got {self.validation_fraction!r}."
            )
        if self.every is not None and not (isinstance(self.every, Integral) and self.every >= 1):
            raise ValueError(f"every must be at least 1, an integer, or None. Got {self.every!r}.")
        check_integer("random_state", self.random_state, 0, 2**32 - 1)
        if not isinstance(self.scoring, str) and not callable(self.scoring):
            raise ValueError(
                "scoring must be a name of scikit-learn's scorers or a callable "
                f"(classifier, X, y). Got {self.scoring!r}."
            )
        fits = self.classifier is None or (
            hasattr(self.classifier, "fit") and hasattr(self.classifier, "get_params")
        )
        if not fits or isinstance(self.classifier, type):
            raise ValueError(
                "classifier must be an instance of a classifier of scikit-learn's kind, or None. "
                f"Got {self.classifier!r}."
            )
        self._scorer = get_scorer(self.scoring)

    def on_fit_begin(self) -> None:
        """Check the parameters."""
        super().on_fit_begin()
        self.scores_: list[tuple[str, int, float]] = []
        self._real: tuple[np.ndarray, np.ndarray] | None = None

    def on_phase_begin(self, state: TrainingState) -> None:
        """Forget the phase before; before the first one, take the real rows."""
        super().on_phase_begin(state)
        self._scored_at = 0
        if self._real is None:
            rows = state.rows
            self._real = self._flat(rows.encode(rows.real[0])), rows.real[1]
            own = (self.X_val, self.y_val) if self.X_val is not None else rows.held_out
            assert own is not None  # hold_out has seen to that
            X, y = own
            self._held = self._flat(rows.encode(X)), plain_labels(y)
            self._check_held(self._held[1], np.unique(self._real[1]))
            self._try_score(*self._real)
        if state.is_main:  # not only at the first record
            state.sample(dict.fromkeys(state.rows.n_to_add, 1))
            if self.every is not None and self.every > state.max_iter:
                warnings.warn(
                    f"UtilityStopping has every={self.every}, but the phase {state.phase!r} has "
                    f"{state.max_iter} iterations: nothing is scored in it, and it does nothing.",
                    stacklevel=2,
                )

    def _try_score(self, X: np.ndarray, y: np.ndarray) -> None:
        """Score real rows alone: what a classifier or scorer cannot do is found before training."""
        try:
            score = self._scorer(self._model().fit(X, y), *self._held)
        except Exception as error:
            raise ValueError(
                f"UtilityStopping cannot score with scoring={self.scoring!r} and "
                f"classifier={self.classifier!r}: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(score, Real):
            raise ValueError(f"scoring={self.scoring!r} must give a number. Got {score!r}.")

    def _check_held(self, y: np.ndarray, known: np.ndarray) -> None:
        got = np.unique(y)
        if y.ndim > 1 or len(y) != len(self._held[0]) or len(got) < 2 or set(got) - set(known):
            raise ValueError(
                "y_val must hold the label of each row of X_val, of two classes at least, all of "
                f"them among {label_keys(known)}. Got {len(y)} labels for {len(self._held[0])} "
                f"rows, of the classes {label_keys(got)[:5]}."
            )

    def _flat(self, encoded: np.ndarray) -> np.ndarray:
        return encoded.reshape(len(encoded), -1)

    def on_log(self, state: TrainingState) -> None:
        """Score the rows of the moment, if it is time to."""
        every = max(1, state.max_iter // 20) if self.every is None else self.every
        if state.is_main and state.iteration - self._scored_at >= every:
            self._scored_at = state.iteration
            score = self._score(state)
            self.scores_.append((state.phase, state.iteration, score))
            self._compare(state, score)

    def _score(self, state: TrainingState) -> float:
        assert self._real is not None
        X, y = self._real
        counts = {k: min(n, _MAX_GENERATED) for k, n in state.rows.n_to_add.items()}
        # of several games the others have not begun, or do not change any more
        own = {k: n for k, n in counts.items() if state.phase.split(" ", 1)[1:] == [str(k)]}
        made, _ = state.sample(own or counts, random_state=self.random_state)
        made_y = np.repeat(np.array([*(own or counts)], dtype=y.dtype), [*(own or counts).values()])
        model = self._model().fit(
            np.concatenate([X, self._flat(state.rows.encode(made))]), np.concatenate([y, made_y])
        )
        return float(self._scorer(model, *self._held))

    def _model(self) -> Any:
        """Return an unfitted classifier, seeded with all that it is made of."""
        model = RandomForestClassifier(50) if self.classifier is None else clone(self.classifier)
        unseeded = [
            name
            for name, value in model.get_params().items()
            if value is None and name.split("__")[-1] == "random_state"
        ]
        return model.set_params(**dict.fromkeys(unseeded, self.random_state))

    def state_dict(self) -> dict[str, Any]:
        """Return the scores so far, and what was best."""
        return super().state_dict() | {"scores_": self.scores_, "_scored_at": self._scored_at}

    def on_fit_end(self) -> None:
        """Let go of rows and of the networks' copies."""
        super().on_fit_end()
        self._real = None
        self.__dict__.pop("_held", None)
