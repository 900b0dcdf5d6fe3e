"""Scores by name or callable."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, get_scorer, make_scorer

from imblearn_gan.data import label_keys, warn_user
from imblearn_gan.metrics._all_classes import AllClasses, by_class
from imblearn_gan.metrics._classification import acsa_score, gm_score
from imblearn_gan.resampled._decision import Rule
from imblearn_gan.resampled._parts import last_step

RESERVED = ("fold", "method")


def scorers(scoring: Any, y: np.ndarray) -> dict[str, Callable]:
    """Return scorers by name; raise a ValueError for what is none, or none of such labels.

    ``'acsa'``, ``'gm'`` and ``'average_precision'``, of the smaller one of two classes or the mean
    over more, are those of this package; all other names are scikit-learn's.
    """
    classes, counts = np.unique(y, return_counts=True)
    by_size = classes[np.argsort(counts, kind="stable")]
    ranked = by_size[:1] if len(classes) == 2 else classes
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
    for name, scorer in found.items():
        if hasattr(scorer, "_score_func"):  # others may look at what real rows have
            _check_labels(name, scorer, by_size)
            if isinstance(named[name], str) and len(classes) == 2:
                _warn_of_larger(name, scorer, by_size)
    return found


def _check_labels(name: str, scorer: Callable, by_size: np.ndarray) -> None:
    """Raise a ValueError if a score fails, or is no number, where all is predicted right.

    ``by_size`` are the labels, that of the smallest class first.
    """
    classes, n = np.sort(by_size), len(by_size)
    codes = np.repeat(np.arange(n), 2)
    right = np.eye(n)[codes]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = scorer(Rule(classes, np.ones(n), right), right, classes[codes])
    except AttributeError:  # it wants what a rule has not
        return
    except Exception as error:
        what = f"the labels are {label_keys(classes)}" if n == 2 else f"y has the {n} classes"
        raise ValueError(
            f"scoring has {name!r}, but {what}: {str(error).rstrip('.')}. "
            f"{_in_its_place(scorer, by_size)}"
        ) from error
    _check_number(name, value)


def _check_number(name: str, value: Any) -> None:
    if np.ndim(value) != 0:
        raise ValueError(
            f"scoring has {name!r}, which must give a number. Got {value!r}: take the mean over "
            "classes, as average='macro' does, or a score for each."
        )
    if np.asarray(value).dtype.kind not in "biuf":
        raise ValueError(f"scoring has {name!r}, which must give a real number. Got {value!r}.")


def _in_its_place(scorer: Any, by_size: np.ndarray) -> str:
    """Return advice: the line that makes a scorer of the smaller class, if there is one."""
    if len(by_size) > 2:
        return "Give one of all classes, such as 'average_precision', 'roc_auc_ovr' or 'f1_macro'."
    function, method = scorer._score_func, scorer._response_method
    if "pos_label" not in signature(function).parameters:
        return "Give one that takes them, such as 'average_precision' or 'f1_macro'."
    options = ["greater_is_better=False"] * (scorer._sign < 0)
    params = {"response_method": method} if method != "predict" else {}
    params |= {key: value for key, value in scorer._kwargs.items() if key != "average"}
    params["pos_label"] = label_keys(by_size)[0]
    options += [f"{key}={value!r}" for key, value in params.items()]
    return f"Give make_scorer({', '.join([_name(scorer), *options])}) in its place."


def _warn_of_larger(name: str, scorer: Callable, by_size: np.ndarray) -> None:
    """Warn if a score is of the larger one of two classes, by what constants score."""
    classes, even = np.sort(by_size), np.ones((4, 2))
    found = []
    for label in by_size:
        constant = Rule(classes, (classes == label).astype(float), even)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(scorer(constant, even, np.repeat(classes, 2)))
        except (ValueError, AttributeError):  # it wants what a constant has not
            return
    if found[0] == 0 < found[1]:
        warn_user(
            f"scoring has {name!r}, which is of the larger class here. "
            f"{_in_its_place(scorer, by_size)}"
        )


def score(name: str, scorer: Callable, model: Any, X: Any, y: np.ndarray) -> float | None:
    """Return a score, None where there is none; raise a ValueError that names one that fails."""
    try:
        value = scorer(model, X, y)
    except Exception as error:
        raise ValueError(
            f"scoring has {name!r}, which failed: {type(error).__name__}: {error}"
        ) from error
    own = getattr(scorer, "func", None) is _average_precision
    if not (own and value is None):
        _check_number(name, value)
    return value


def _scorer(one: Any, own: dict[str, Callable]) -> Callable:
    if isinstance(one, str) and one in own:
        return own[one]
    try:
        scorer = get_scorer(one)
    except ValueError as error:
        raise ValueError(
            f"scoring has {one!r}, which is no scorer: give 'acsa', 'gm' or one of scikit-learn's. "
            f"{error}"
        ) from error
    if not callable(scorer):
        raise ValueError(f"scoring must hold names or callables. Got {one!r}.")
    if _takes_labels(scorer):
        raise ValueError(
            f"scoring has {_name(one)!r}, a function of labels and predictions, but a scorer takes "
            f"a model, X and y: give make_scorer({_name(one)}), of probabilities with "
            "response_method='predict_proba', of a loss with greater_is_better=False."
        )
    return scorer


def _takes_labels(function: Callable) -> bool:
    """Return whether a function is a metric, of y_true and predictions."""
    try:
        return next(iter(signature(function).parameters), "") == "y_true"
    except (TypeError, ValueError):  # some that are compiled do not tell
        return False


def _name(one: Any) -> Any:
    """Return the name of a scorer or of the function that it calls."""
    if isinstance(one, str):
        return one
    function = getattr(one, "_score_func", one)
    return getattr(function, "__name__", type(function).__name__)


def _average_precision(ranked: np.ndarray, model: Any, X: Any, y: np.ndarray) -> float | None:
    """Return the average precision, the mean over classes; None where nothing ranks rows."""
    if hasattr(model, "predict_proba"):
        score = model.predict_proba(X)
    elif hasattr(model, "decision_function") and not _scores_pairs(model):
        score = by_class(model.decision_function(X))
    else:
        return None
    if score.shape[1] != len(model.classes_):  # not one a class
        return None
    columns = np.searchsorted(model.classes_, ranked)
    parts = [average_precision_score(y == c, score[:, i]) for c, i in zip(ranked, columns)]
    return float(np.mean(parts))


def _scores_pairs(model: Any) -> bool:
    """Return whether a decision function has pairs of classes: of three there are as many."""
    model = model.model if isinstance(model, AllClasses) else model
    shape = getattr(last_step(model)[1], "decision_function_shape", None)
    return shape == "ovo" and len(model.classes_) > 2
