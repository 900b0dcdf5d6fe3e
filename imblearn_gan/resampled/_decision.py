"""Rules that turn probabilities into labels, and their search on rows left out."""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer

from imblearn_gan.data import label_keys

#: Rows of the class in question, and of the others, whose turning points are tried as cuts.
N_CUTS = 100
MAX_SWEEPS = 5
#: Bound of the logarithms of weights: beyond it products with probabilities would overflow.
MAX_LOG = 300


def scorer_of(decision: Any) -> Callable:
    """Return the scorer that a decision is tuned by; raise a ValueError if it sees no labels."""
    try:
        scorer = get_scorer(decision)
    except ValueError as error:
        raise ValueError(
            f"decision must be 'balanced', 'prior' or a scorer. Got {decision!r}. {error}"
        ) from error
    methods = getattr(scorer, "_response_method", "predict")
    if methods not in ("predict", ("predict",), ["predict"]):
        raise ValueError(
            f"decision={decision!r} scores probabilities, which no rule changes: take a scorer of "
            "labels, such as 'balanced_accuracy' or 'f1_macro'."
        )
    return scorer


def check_scores(decision: Any, classes: np.ndarray, codes: np.ndarray) -> None:
    """Raise a ValueError if a decision is a scorer that fails on these labels, all predicted right.

    Parameters
    ----------
    decision : str or callable
        What decides; ``'balanced'`` and ``'prior'`` take any labels.

    classes : ndarray of shape (n_classes,)
        The labels.

    codes : ndarray of shape (n_samples,)
        Which of them each row has.
    """
    if decision in ("balanced", "prior"):
        return
    n = len(classes)
    try:
        scorer_of(decision)(Rule(classes, np.ones(n)), np.eye(n)[codes], classes[codes])
    except Exception as error:
        advice = "Take a score that is averaged over classes, such as 'f1_macro'"
        if n == 2:
            rare = label_keys(classes)[np.bincount(codes).argmin()]
            advice += (
                ", or say which label counts, as in sklearn.metrics.make_scorer(f1_score, "
                f"pos_label={rare!r})"
            )
        raise ValueError(
            f"decision={decision!r} cannot score the {n} labels "
            f"{reprlib.repr(label_keys(classes))}: {str(error).rstrip('.')}. {advice}."
        ) from error


class Rule(ClassifierMixin, BaseEstimator):
    """What a scorer sees of a rule: its rows are the probabilities."""

    def __init__(self, classes: np.ndarray, weights: np.ndarray):
        self.classes = classes
        self.weights = weights
        self.classes_ = classes

    def fit(self, X: np.ndarray, y: np.ndarray) -> Rule:
        """Do nothing: a scorer may ask whether it is fitted."""
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the classes whose weighted probability is the largest."""
        return self.classes_[(X * self.weights).argmax(axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probabilities."""
        return X

    def __sklearn_is_fitted__(self) -> bool:
        return True


def tuned_weights(
    scorer: Callable, p: np.ndarray, y: np.ndarray, classes: np.ndarray, start: np.ndarray
) -> np.ndarray:
    """Return class weights under which ``argmax(p * weights)`` scores best.

    One class after the other is moved, the rest held, to the best of the cuts at which a row
    changes sides, until nothing gains any more; with two classes this is the best threshold.

    Parameters
    ----------
    scorer : callable
        Scorer of labels.

    p : ndarray of shape (n_samples, n_classes)
        Probabilities of rows left out.

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
        return float(scorer(Rule(classes, np.exp(log_weights)), p, labels))

    best = score(current)
    codes = range(len(classes)) if len(classes) > 2 else [1]
    for _ in range(MAX_SWEEPS if len(classes) > 2 else 1):
        before = best
        for code in codes:
            cuts = _cuts(log_p, current, y, code)
            if not len(cuts):
                continue
            tried = np.repeat(current[None], len(cuts), axis=0)
            tried[:, code] = cuts
            scores = np.array([score(weights) for weights in tried])
            if scores.max() > best + 1e-12:
                current, best = tried[_middle_of_best(scores)], scores.max()
        if best <= before:
            break
    return np.exp(current - current.mean())


def _cuts(log_p: np.ndarray, current: np.ndarray, y: np.ndarray, code: int) -> np.ndarray:
    """Return log-weights of one class between those at which rows change sides."""
    others = np.delete(log_p + current, code, axis=1).max(axis=1)
    with np.errstate(invalid="ignore"):
        turning = others - log_p[:, code]
    turns = np.isfinite(turning)  # no weight moves a row of which the classifier is certain
    levels = np.linspace(0, 1, N_CUTS)
    points = [
        np.quantile(part, levels) if len(part) > N_CUTS else part
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
