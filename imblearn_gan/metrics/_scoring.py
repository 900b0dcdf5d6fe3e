"""Scores by name or callable."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score, get_scorer, make_scorer

from imblearn_gan.data import label_keys, warn_user
from imblearn_gan.metrics._classification import acsa_score, gm_score

RESERVED = ("fold", "method", "error")


def scorers(scoring: Any, y: np.ndarray) -> dict[str, Callable]:
    """Return scorers by name; raise a ValueError for what is none.

    ``'acsa'``, ``'gm'`` and ``'average_precision'``, of the smaller one of two classes or the mean
    over more, are those of this package; all other names are scikit-learn's.
    """
    classes, counts = np.unique(y, return_counts=True)
    ranked = [int(counts.argmin())] if len(classes) == 2 else [*range(len(classes))]
    own: dict[str, Callable] = {"acsa": make_scorer(acsa_score), "gm": make_scorer(gm_score)}
    own["average_precision"] = partial(_average_precision, ranked)
    if scoring is None:
        return own
    named = scoring
    if not isinstance(scoring, Mapping):
        many = isinstance(scoring, (list, tuple, set))
        named = {_name(one): one for one in (scoring if many else [scoring])}
        if many and len(named) < len(scoring):
            raise ValueError("scoring holds two of one name: give a dict {name: scorer}.")
    if not named or any(name in RESERVED or not isinstance(name, str) for name in named):
        raise ValueError(
            f"scoring must name at least one score, by a string that is none of {RESERVED}. Got "
            f"{scoring!r}."
        )
    found = {name: _scorer(one, own) for name, one in named.items()}
    for name, one in named.items():
        if isinstance(one, str) and one not in own:
            if len(classes) == 2:
                _check_labels(one, found[name], y, classes[np.argsort(counts, kind="stable")])
            else:
                _check_many(one, found[name], y)
    return found


def _check_many(name: str, scorer: Callable, y: np.ndarray) -> None:
    """Raise a ValueError if a score is of two classes alone."""
    nothing = np.zeros((len(y), 1))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scorer(DummyClassifier(strategy="prior").fit(nothing, y), nothing, y)
    except ValueError as error:
        raise ValueError(
            f"scoring has {name!r}, which does not take the {len(np.unique(y))} classes of y: "
            f"{error} Give one of all classes, such as 'average_precision', 'roc_auc_ovr' or "
            "'f1_macro'."
        ) from error


def _check_labels(name: str, scorer: Callable, y: np.ndarray, labels: np.ndarray) -> None:
    """Look, by what constants score, whether a score finds its class, and if that is rare.

    ``labels`` are those of both classes, the rare one first.
    """
    named = label_keys(labels)
    advice = f"Give make_scorer(..., pos_label={named[0]!r}) in its place."
    nothing, found = np.zeros((len(y), 1)), []
    for label in labels:
        model = DummyClassifier(strategy="constant", constant=np.array([label]))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(scorer(model.fit(nothing, y), nothing, y))
        except ValueError as error:
            if "pos_label" in str(error):
                raise ValueError(
                    f"scoring has {name!r}, which is of the class labelled 1, but the labels are "
                    f"{sorted(named)}. {advice}"
                ) from error
            return  # it wants what a constant has not
    if found[0] == 0 < found[1]:
        warn_user(f"scoring has {name!r}, which is of the larger class here. {advice}")


def _scorer(one: Any, own: dict[str, Callable]) -> Callable:
    if isinstance(one, str) and one in own:
        return own[one]
    try:
        scorer = get_scorer(one)
    except ValueError as error:
        raise ValueError(f"scoring has {one!r}, which is no scorer. {error}") from error
    if not callable(scorer):
        raise ValueError(f"scoring must hold names or callables. Got {one!r}.")
    return scorer


def _name(one: Any) -> Any:
    """Return the name of a scorer or of the function that it calls."""
    if isinstance(one, str):
        return one
    function = getattr(one, "_score_func", one)
    return getattr(function, "__name__", type(function).__name__)


def _average_precision(ranked: list[int], model: Any, X: Any, y: np.ndarray) -> float | None:
    """Return the average precision, the mean over classes; None where nothing ranks rows."""
    classes = model.classes_
    if hasattr(model, "predict_proba"):
        score = model.predict_proba(X)
    elif hasattr(model, "decision_function"):
        score = model.decision_function(X)
        score = np.column_stack([-score, score]) if score.ndim == 1 else score
    else:
        return None
    if score.shape[1] != len(classes):  # pairs of classes
        return None
    return float(np.mean([average_precision_score(y == classes[i], score[:, i]) for i in ranked]))
