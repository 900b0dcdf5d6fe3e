"""Rules that turn probabilities into labels, and their search on rows left out."""

from __future__ import annotations

import reprlib
import warnings
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from sklearn.utils.validation import _num_samples

from imblearn_gan.data import label_keys, warn_user

#: Rows of the class in question, and of the others, whose turning points are tried as cuts: of two
#: classes, where one of them is moved once, and of more, which are moved in turn.
N_CUTS, N_CUTS_OF_MANY = 100, 25
MAX_SWEEPS = 5
#: Scores of evaluate_sampler that go by another name here.
OTHER_NAMES = {
    "acsa": "'balanced_accuracy', which is the same",
    "gm": "make_scorer(imblearn_gan.metrics.gm_score)",
}
#: Bound of the logarithms of weights: beyond it products with probabilities would overflow.
MAX_LOG = 300


def scorer_of(decision: Any) -> Callable:
    """Return the scorer that a decision is tuned by; raise a ValueError if it sees no labels."""
    try:
        scorer = get_scorer(decision)
    except ValueError as error:
        known = decision in OTHER_NAMES
        advice = f"Take {OTHER_NAMES[decision]}." if known else error
        raise ValueError(
            f"decision must be 'balanced', 'prior' or a scorer. Got {decision!r}. {advice}"
        ) from error
    methods = getattr(scorer, "_response_method", "predict")
    if methods not in ("predict", ("predict",), ["predict"]):
        raise ValueError(
            f"decision={decision!r} scores probabilities, which no rule changes: take a scorer of "
            "labels, such as 'balanced_accuracy' or 'f1_macro'."
        )
    return scorer


def check_scores(decision: Any, X: Any, classes: np.ndarray, codes: np.ndarray) -> None:
    """Try a scorer on all rows, predicted right, and then all of one class.

    Parameters
    ----------
    decision : str or callable
        What decides; ``'balanced'`` and ``'prior'`` take any labels.

    X : {ndarray, dataframe, sparse matrix}
        Rows in native form.

    classes : ndarray of shape (n_classes,)
        The labels.

    codes : ndarray of shape (n_samples,)
        Which of them each row has.

    Raises
    ------
    ValueError
        If it fails, or gives no number.

    Warns
    -----
    UserWarning
        If what is predicted makes no difference.
    """
    if decision in ("balanced", "prior"):
        return
    scorer, n = scorer_of(decision), len(classes)
    p = (np.eye(n)[codes] + 1) / (n + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            best = scorer(Rule(classes, np.ones(n), p), X, classes[codes])
            if not _is_number(best):
                raise ValueError(f"it gives {reprlib.repr(best)}, which is no finite number")
            constants = (Rule(classes, 3 * n * row + 1, p) for row in np.eye(n))
            moves = any(scorer(rule, X, classes[codes]) != best for rule in constants)
    except Exception as error:
        raise ValueError(
            f"decision={decision!r} cannot score the {n} labels "
            f"{reprlib.repr(label_keys(classes))}: {str(error).rstrip('.')}. "
            f"{_advice(decision, label_keys(classes)[np.bincount(codes).argmin()], n)}."
        ) from error
    if not moves:
        warn_user(
            f"decision={decision!r} scores the same whatever is predicted: there is nothing to "
            "tune. A scorer must look at predict(X) of the estimator that it is given; of what "
            "predict_proba says no rule changes a thing."
        )


def _is_number(value: Any) -> bool:
    """Return whether something is a finite number."""
    try:
        return np.ndim(value) == 0 and bool(np.isfinite(float(value)))
    except TypeError:
        return False


def _advice(decision: Any, rare: Any, n: int) -> str:
    """Return what may be given in place of a scorer that fails on these labels."""
    if not isinstance(decision, str) and not hasattr(decision, "_score_func"):
        name = getattr(decision, "__name__", "metric")
        return (
            "A scorer is called with (estimator, X, y) and gives a number; of a metric, which is "
            f"called with labels, sklearn.metrics.make_scorer({name}) makes one"
        )
    advice = "Take a score that is averaged over classes, such as 'f1_macro'"
    if n == 2:
        advice += (
            ", or say which label counts, as in sklearn.metrics.make_scorer(f1_score, "
            f"pos_label={rare!r})"
        )
    return advice


class Rule(ClassifierMixin, BaseEstimator):
    """What a scorer sees of a rule: it knows the probabilities ``p`` of the rows left out alone."""

    def __init__(self, classes: np.ndarray, weights: np.ndarray, p: np.ndarray):
        self.classes = classes
        self.weights = weights
        self.p = p
        self.classes_ = classes

    def fit(self, X: Any, y: np.ndarray) -> Rule:
        """Do nothing: a scorer may ask whether it is fitted."""
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the classes whose weighted probability is the largest."""
        return self.classes_[(self.predict_proba(X) * self.weights).argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities, by place: rows that a scorer has changed are the same ones."""
        if _num_samples(X) != len(self.p):
            raise ValueError(
                f"the scorer asks for predictions of {_num_samples(X)} rows, but it has to ask for "
                f"all {len(self.p)} rows that it is given, in their order, and choose then"
            )
        return self.p

    def __sklearn_is_fitted__(self) -> bool:
        return True


def tuned_weights(
    scorer: Callable,
    X: Any,
    p: np.ndarray,
    y: np.ndarray,
    classes: np.ndarray,
    start: np.ndarray,
) -> np.ndarray:
    """Return class weights under which ``argmax(p * weights)`` scores best.

    One class after the other is moved, the rest held, to the best of the cuts at which a row
    changes sides, until none gains any more; with two classes this is the best threshold.

    Parameters
    ----------
    scorer : callable
        Scorer of labels.

    X : {ndarray, dataframe, sparse matrix}
        Rows left out, for scorers that look at them.

    p : ndarray of shape (n_samples, n_classes)
        Their probabilities.

    y : ndarray of shape (n_samples,)
        Their class codes.

    classes : ndarray of shape (n_classes,)
        The labels.

    start : ndarray of shape (n_classes,)
        Weights to start from.
    """
    with np.errstate(divide="ignore"):
        log_p, current = np.log(p), np.log(start)
    current = np.clip(current, -MAX_LOG, MAX_LOG)
    labels = classes[y]

    def score(log_weights: np.ndarray) -> float:
        value = float(scorer(Rule(classes, np.exp(log_weights), p), X, labels))
        return -np.inf if np.isnan(value) else value

    many = len(classes) > 2
    codes, n_sweeps = (range(len(classes)), MAX_SWEEPS) if many else ([1], 1)
    best, n_idle = score(current), 0
    for code in islice(cycle(codes), n_sweeps * len(codes)):
        cuts = _cuts(log_p, current, y, code, N_CUTS_OF_MANY if many else N_CUTS)
        tried = np.repeat(current[None], len(cuts), axis=0)
        tried[:, code] = cuts
        scores = np.array([score(weights) for weights in tried])
        if len(cuts) and scores.max() > best + 1e-12:
            current, best, n_idle = tried[_middle_of_best(scores)], scores.max(), 0
        n_idle += 1  # of itself a class that has just been moved gains nothing
        if n_idle == len(codes):
            break
    return np.exp(current - current.mean())


def _cuts(
    log_p: np.ndarray, current: np.ndarray, y: np.ndarray, code: int, n_cuts: int
) -> np.ndarray:
    """Return log-weights of one class between those at which rows change sides."""
    others = np.delete(log_p + current, code, axis=1).max(axis=1)
    with np.errstate(invalid="ignore"):
        turning = others - log_p[:, code]
    turns = np.isfinite(turning)  # no weight moves a row of which the classifier is certain
    levels = np.linspace(0, 1, n_cuts)
    points = [
        np.quantile(part, levels) if len(part) > n_cuts else part
        for part in (turning[turns & (y == code)], turning[turns & (y != code)])
    ]
    at = np.unique(np.concatenate(points))
    cuts = np.concatenate([at[:1] - 1, (at[1:] + at[:-1]) / 2, at[-1:] + 1])
    return np.unique(np.clip(cuts, -MAX_LOG, MAX_LOG))


def _middle_of_best(scores: np.ndarray) -> int:
    """Return the middle of the first run of the best scores."""
    first = int(scores.argmax())
    worse = np.flatnonzero(scores[first:] < scores[first])
    return first + (int(worse[0]) if len(worse) else len(scores) - first) // 2
