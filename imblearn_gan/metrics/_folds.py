"""Folds: stratified, and of whole groups where there are some."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import (
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from imblearn_gan.resampled import ResampledClassifier
from imblearn_gan.resampled._folds import sees_groups, split
from imblearn_gan.seeding import MAX_SEED

N_SPLITS, N_REPEATS = 5, 2


def fewest(y: np.ndarray, groups: np.ndarray | None = None) -> int:
    """Return how many rows the smallest class has, or groups the one that has the fewest."""
    if groups is None:
        return int(np.unique(y, return_counts=True)[1].min())
    return min(len(np.unique(groups[y == label])) for label in np.unique(y))


def folds_of(
    cv: Any, y: np.ndarray, groups: np.ndarray | None, rng: np.random.RandomState
) -> list[tuple]:
    """Return training and test rows of each fold; raise a ValueError for what are no folds.

    Parameters
    ----------
    cv : int, cross-validation generator, iterable or None
        What they are; None is stratified folds, twice.

    y : ndarray of shape (n_samples,)
        Labels.

    groups : ndarray of shape (n_samples,) or None
        Rows that stay together, unless ``cv`` says otherwise.

    rng : RandomState
        Where seeds come from.
    """
    if isinstance(cv, Integral) and (isinstance(cv, bool) or int(cv) < 2):
        raise ValueError(f"cv must be a number of folds, at least 2, or folds. Got {cv!r}.")
    seed, smallest = rng.randint(MAX_SEED), fewest(y, groups)
    what = "rows" if groups is None else "groups"
    if smallest < 2 and (cv is None or isinstance(cv, Integral)):
        raise ValueError(
            f"y has a class of a single {what[:-1]}: it cannot be both learnt and tested. Merge "
            "it with another class, or drop it."
        )
    if groups is not None and cv is None:
        cv = [fold for i in range(N_REPEATS) for fold in _whole(y, groups, seed + i)]
    elif cv is None:
        cv = RepeatedStratifiedKFold(
            n_splits=min(N_SPLITS, smallest), n_repeats=N_REPEATS, random_state=seed
        )
    elif isinstance(cv, Integral) and groups is not None:
        cv = _of_groups(int(cv), y, groups, seed)
    elif isinstance(cv, Integral):
        cv = StratifiedKFold(int(cv), shuffle=True, random_state=seed)
    folds = split(cv, y, groups, rng)
    if not _hold_every_class(y, folds):
        raise ValueError(
            "cv must give folds with rows of every class to learn from and to test on: recalls are "
            f"not defined without. The smallest class has {smallest} {what}: take stratified "
            "folds, at most that many."
        )
    return folds


def _hold_every_class(y: np.ndarray, folds: list[tuple]) -> bool:
    """Return whether there are rows of every class on both sides of all folds."""
    n_classes = len(np.unique(y))
    return all(len(np.unique(y[part])) == n_classes for fold in folds for part in fold)


def _of_groups(n_splits: int, y: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple]:
    """Return so many stratified folds of whole groups, at random if no part then lacks a class."""
    for options in ({"shuffle": True, "random_state": seed}, {"shuffle": False}):
        cv = StratifiedGroupKFold(n_splits, **options)
        folds = [*cv.split(np.zeros((len(y), 1)), y, groups)]
        if _hold_every_class(y, folds):
            break
    return folds


def _whole(y: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple]:
    """Return stratified folds of whole groups, fewer where a part would lack a class."""
    n_splits = max(2, min(N_SPLITS, fewest(y, groups)))
    while True:
        folds = _of_groups(n_splits, y, groups, seed)
        if n_splits == 2 or _hold_every_class(y, folds):
            return folds
        n_splits -= 1


def tune_on_whole_groups(model: Any, y: np.ndarray, groups: np.ndarray, seed: int) -> dict:
    """Have a rule for labels tuned on whole groups left out, unless the model's folds see to none.

    Parameters
    ----------
    model : classifier
        What learns from rows in their groups. Its ``cv`` is set, if it tunes and has none or a
        number of folds.

    y : ndarray of shape (n_samples,)
        Labels of the rows that it learns from.

    groups : ndarray of shape (n_samples,)
        Their groups.

    seed : int
        Seed of the folds.

    Returns
    -------
    dict
        What the model's ``fit`` takes besides rows and labels: groups, if its ``cv`` asks for them.
    """
    tunes = isinstance(model, ResampledClassifier) and model.decision not in ("balanced", "prior")
    if not tunes:
        return {}
    if model.cv is None:
        model.set_params(cv=_whole(y, groups, seed))
    elif isinstance(model.cv, Integral):
        model.set_params(cv=_of_groups(int(model.cv), y, groups, seed))
    return {"groups": groups} if sees_groups(model.cv) else {}
