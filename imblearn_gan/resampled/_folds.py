"""Folds that a decision is tuned on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, check_cv
from sklearn.utils import _safe_indexing, check_random_state

from imblearn_gan.seeding import MAX_SEED


def folds_of(model: Any, codes: np.ndarray, groups: Any) -> list | None:
    """Return training and test rows of the folds of a model's ``cv``, after all checks.

    Parameters
    ----------
    model : ResampledClassifier
        What ``decision`` and ``cv`` are taken from.

    codes : ndarray of shape (n_samples,)
        Class codes.

    groups : array-like of shape (n_samples,) or None
        What is not to be torn apart.

    Returns
    -------
    list of (train, test), or None
        None if there is nothing to tune, or for folds that are drawn by a seed.

    Raises
    ------
    ValueError
        If ``cv`` cannot split these rows, or not with or without groups.
    """
    if groups is not None and not hasattr(model.cv, "split"):
        raise ValueError(
            f"groups are given, but cv={model.cv!r} does not see to them: take a cv that does, "
            "such as StratifiedGroupKFold()."
        )
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
    cv, rows = check_cv(model.cv, codes, classifier=True), np.zeros(len(codes))
    try:
        folds = [*(cv.split(rows, codes) if groups is None else cv.split(rows, codes, groups))]
    except ValueError as error:
        if groups is not None or "groups" not in str(error):
            raise
        raise ValueError(
            f"cv={model.cv!r} needs groups, and fit got none: give fit(X, y, groups=...). Inside "
            "another meta-estimator they come through with metadata routing enabled."
        ) from error
    if any(len(np.unique(codes[train])) < len(n_by_class) for train, _ in folds):
        raise ValueError("cv must give folds with rows of every class to learn from.")
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
    """Yield probabilities and class codes of rows that nothing was trained on.

    ``params`` go to the classifier's ``fit``. Without ``folds`` they are five stratified ones.
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
        own._train(*read, params, check_random_state(own.random_state))
        yield own.predict_proba(_safe_indexing(X, test)), codes[test]
