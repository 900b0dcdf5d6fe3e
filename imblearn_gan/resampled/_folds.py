"""Folds that a decision is tuned on, and groups that they keep together."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator
from copy import deepcopy
from inspect import signature
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, check_cv
from sklearn.utils import _safe_indexing

from imblearn_gan.seeding import MAX_SEED, stream_of


def column_of(groups: Any, n: int) -> np.ndarray:
    """Return groups as an array that can be sorted, values of mixed types as numbers.

    Parameters
    ----------
    groups : array-like of shape (n_samples,) or (n_samples, 1)
        Values of any kind, in any container.

    n : int
        How many rows there are.

    Returns
    -------
    ndarray of shape (n_samples,)
        The groups.

    Raises
    ------
    ValueError
        If they are no column, not one for each row, or missing for some.
    """
    is_list = isinstance(groups, (list, tuple))  # of which NumPy makes text, gaps included
    values, seen = np.asarray(groups), np.asarray(groups, dtype=object if is_list else None)
    if values.shape[1:] not in ((), (1,)) or not values.ndim:
        raise ValueError(f"groups must be one column. Got an array of shape {values.shape}.")
    if len(values) != n:
        raise ValueError(f"groups is inconsistent with y: it has {len(values)} rows, y has {n}.")
    values = values.ravel()
    if missing := sum(map(_is_missing, seen.ravel())):
        raise ValueError(
            f"groups has {missing} missing values: give each of these rows a group, one of its own "
            "if it belongs to none."
        )
    try:
        np.unique(values)
    except TypeError:
        numbers: dict = {}
        values = np.array([numbers.setdefault(value, len(numbers)) for value in values])
    return values


def _is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA
        return True


def codes_of(groups: Any, n: int) -> np.ndarray:
    """Return groups of n rows, values of any kind, as numbers from 0."""
    return np.unique(column_of(groups, n), return_inverse=True)[1]


def sees_groups(cv: Any) -> bool:
    """Return whether a ``cv`` takes groups, and does not ignore them."""
    if not hasattr(cv, "split"):
        return False
    if hasattr(cv, "get_metadata_routing"):  # those of scikit-learn take what they ignore
        return needs_groups(cv)
    return "groups" in signature(cv.split).parameters


def needs_groups(cv: Any) -> bool:
    """Return whether a ``cv`` of scikit-learn, or one that routes like those, asks for groups."""
    routes = hasattr(cv, "split") and hasattr(cv, "get_metadata_routing")
    return routes and "groups" in cv.get_metadata_routing().split.requests


def _shown(cv: Any) -> str:
    """Return a ``cv`` as text, which is short for lists of rows."""
    short = reprlib.Repr()
    short.maxlist = short.maxtuple = 2
    return repr(cv) if hasattr(cv, "split") else short.repr(cv)


def groups_for(cv: Any, groups: Any, n: int) -> np.ndarray | None:
    """Return groups of n rows, or None; raise a ValueError for a ``cv`` that is not given any."""
    if groups is None:
        return None
    groups = column_of(groups, n)
    if not sees_groups(cv):
        raise ValueError(
            f"groups are given, but cv={_shown(cv)} does not see to them: take a cv that does, "
            "such as StratifiedGroupKFold()."
        )
    return groups


def split(
    cv: Any, y: np.ndarray, groups: np.ndarray | None, stream: np.random.RandomState
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return training and test rows of each fold.

    Parameters
    ----------
    cv : int, cross-validation generator, iterable or None
        What they are. A splitter that shuffles and has no seed gets one, in a copy.

    y : ndarray of shape (n_samples,)
        Labels.

    groups : ndarray of shape (n_samples,) or None
        What a splitter keeps together.

    stream : RandomState
        Where a seed comes from, if one is needed.

    Raises
    ------
    ValueError
        For what are no folds of these rows, or if rows of a fold are on both sides.
    """
    shuffles = hasattr(cv, "split") and getattr(cv, "shuffle", True)
    if shuffles and getattr(cv, "random_state", 0) is None:
        cv = deepcopy(cv)
        cv.random_state = stream.randint(MAX_SEED)
    splitter, rows = check_cv(cv, y, classifier=True), np.arange(len(y))
    try:
        folds = [
            (rows[_places(train)], rows[_places(test)])
            for train, test in splitter.split(
                rows[:, None], y, *([] if groups is None else [groups])
            )
        ]
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(
            f"cv must give pairs of training and test rows, of the {len(y)} that there are. Got "
            f"{_shown(cv)}: {str(error).rstrip('.')}."
        ) from error
    if not folds or not all(len(test) for _, test in folds):
        raise ValueError(f"cv must give folds with test rows. Got {_shown(cv)}.")
    if any(len(np.intersect1d(train, test)) for train, test in folds):
        raise ValueError(
            f"cv must give folds whose test rows are not among the training rows. Got {_shown(cv)}."
        )
    return folds


def _places(rows: Any) -> np.ndarray:
    """Return rows of a fold as what indexes an array, none of them included."""
    rows = np.asarray(rows)
    return rows if rows.size else rows.astype(np.intp)


def folds_of(
    model: Any, codes: np.ndarray, groups: Any, stream: np.random.RandomState
) -> list | None:
    """Return training and test rows of the folds of a model's ``cv``, after all checks.

    Parameters
    ----------
    model : ResampledClassifier
        What ``decision`` and ``cv`` are taken from.

    codes : ndarray of shape (n_samples,)
        Class codes.

    groups : array-like of shape (n_samples,) or (n_samples, 1), or None
        What is not to be torn apart.

    stream : RandomState
        Where the seed of a splitter without one comes from.

    Returns
    -------
    list of (train, test), or None
        None if there is nothing to tune, or for folds that are drawn by a seed.

    Raises
    ------
    ValueError
        If ``cv`` cannot split these rows, or not with or without groups, for what are no
        groups of these rows, and for a class that no fold learns from or tests on.
    """
    groups = groups_for(model.cv, groups, len(codes))
    if model.decision in ("balanced", "prior"):
        return None
    n_by_class = np.bincount(codes)
    if model.cv is None:
        if n_by_class.min() < 2:
            raise ValueError(
                f"decision={model.decision!r} is tuned on rows left out, but a class has a "
                "single row: take 'balanced' or 'prior', or gather more rows."
            )
        return None
    if groups is None and needs_groups(model.cv):
        raise ValueError(
            f"cv={_shown(model.cv)} needs groups, and fit got none: give fit(X, y, groups=...). "
            "Inside another meta-estimator they come through with metadata routing enabled."
        )
    folds = split(model.cv, codes, groups, stream)
    if any(len(np.unique(codes[train])) < len(n_by_class) for train, _ in folds):
        raise ValueError("cv must give folds with rows of every class to learn from.")
    if len(np.unique(codes[np.concatenate([test for _, test in folds])])) < len(n_by_class):
        raise ValueError("cv must give folds with rows of every class to test on.")
    return folds


def left_out(
    model: Any,
    X: Any,
    codes: np.ndarray,
    weight: np.ndarray | None,
    params: dict,
    folds: list | None,
    stream: np.random.RandomState,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield probabilities of rows that nothing was trained on, and which rows these are.

    ``params`` go to the classifier's ``fit``. Without ``folds`` they are five stratified ones.

    Raises
    ------
    ValueError
        If a training fails, as those of few rows may.
    """
    if folds is None:
        n_folds, seed = min(5, np.bincount(codes).min()), stream.randint(MAX_SEED)
        cv = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        folds = [*cv.split(np.zeros(len(codes)), codes)]
    labels = model.classes_[codes]
    plain = model.get_params(deep=False) | {"decision": "prior", "cv": None}
    for train, test in folds:
        own = clone(type(model)(**plain)).set_params(random_state=stream.randint(MAX_SEED))
        kept = None if weight is None else weight[train]
        read = own._read(_safe_indexing(X, train), labels[train], kept)
        try:
            own._train(*read, params, stream_of(own.random_state))
            p = own.predict_proba(_safe_indexing(X, test))
        except ValueError as error:
            raise ValueError(
                f"decision={model.decision!r} is tuned in folds, and one that learns from "
                f"{len(train)} rows, {np.bincount(codes[train]).min()} of the smallest class, "
                f"failed: {error} The decisions 'balanced' and 'prior' need no folds."
            ) from error
        yield p, test
