"""Fits of all methods in all folds: scores, what went wrong, and what was warned of."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import FitFailedWarning
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from imblearn_gan._diagnostics import WHERE_FIGURES_ARE
from imblearn_gan.data import label_keys, warn_user
from imblearn_gan.metrics._all_classes import of_all_classes
from imblearn_gan.metrics._folds import tune_on_whole_groups
from imblearn_gan.metrics._scoring import score
from imblearn_gan.resampled._parts import seeded


class Task(NamedTuple):
    """What is learnt, and how it is scored."""

    X: Any
    y: np.ndarray
    groups: np.ndarray | None
    scoring: dict[str, Callable]


class Attempt(NamedTuple):
    """What came of one method in one fold: scores or, in words, an error."""

    scores: dict[str, float]
    error: str
    heard: list[tuple[type[Warning], str]]


Attempts = dict[tuple[int, str], Attempt]


def _scores(
    task: Task, resample: Callable | None, classifier: Any, fold: tuple, seed: int
) -> dict[str, float]:
    """Return scores on the test rows, which neither sampler nor classifier has seen."""
    (train, test), (X, y, groups, scoring) = fold, task
    X_train, y_train = _safe_indexing(X, train), y[train]
    model, params = seeded(classifier, seed), {}
    if resample is not None:
        X_train, y_train = resample(X_train, y_train, seed)
    elif groups is not None:
        params = tune_on_whole_groups(model, y_train, groups[train], seed)
    classes = np.unique(y)
    gone = np.setdiff1d(classes, y_train)
    if len(gone):
        warn_user(
            f"It leaves no row of the classes {label_keys(gone)} to learn from: to the classifier "
            "they have the probability 0. Another sampling_strategy may keep them."
        )
    model = of_all_classes(model.fit(X_train, y_train, **params), classes)
    X_test, y_test = _safe_indexing(X, test), y[test]
    scored = {name: score(name, scorer, model, X_test, y_test) for name, scorer in scoring.items()}
    return {name: value for name, value in scored.items() if value is not None}


def _hearing() -> AbstractContextManager[Any]:
    """Record warnings, but not in threads: there they cannot be told from those of others."""
    alone = threading.current_thread() is threading.main_thread()
    return warnings.catch_warnings(record=True) if alone else nullcontext([])


def _attempt(error_score: Any, *args: Any) -> Attempt:
    scores, failure = {}, ""
    with _hearing() as heard:
        try:
            scores = _scores(*args)
        except Exception as error:
            if error_score == "raise":
                raise
            failure = f"{type(error).__name__}: {error}"
    return Attempt(scores, failure, [(one.category, str(one.message)) for one in heard])


def attempts(
    task: Task,
    runs: dict[str, tuple],
    folds: list[tuple],
    seeds: np.ndarray,
    hints: dict[str, str],
    error_score: Any,
    n_jobs: int | None,
) -> Attempts:
    """Return what comes of each method in each fold, by both.

    ``'none'`` is first: what the classifier or a score does not take is known before any sampler
    is trained.

    Parameters
    ----------
    task : Task
        Rows, labels and scores.

    runs : dict of str to tuple
        How each method resamples, if it does, and what learns.

    folds : list of tuple
        Training and test rows.

    seeds : ndarray of shape (n_folds,)
        A seed for each.

    hints : dict of str to str
        What may be said to the errors of a method.

    error_score : 'raise' or float
        Whether an error ends it all.

    n_jobs : int or None
        Number of fits at a time.
    """
    jobs = [(fold, name) for fold in range(len(folds)) for name in runs]
    done: Attempts = {}
    for plain in (True, False):
        part = [job for job in jobs if (job[1] == "none") is plain]
        found = Parallel(n_jobs=n_jobs)(
            delayed(_attempt)(error_score, task, *runs[name], folds[fold], int(seeds[fold]))
            for fold, name in part
        )
        done |= {job: _hinted(one, hints.get(job[1], "")) for job, one in zip(part, found)}
        check_some_work(done, ["none"] if "none" in runs else [])
    return {job: done[job] for job in jobs}


def _hinted(attempt: Attempt, hint: str) -> Attempt:
    return attempt._replace(error=f"{attempt.error} {hint}".rstrip()) if attempt.error else attempt


def _errors(done: Attempts, name: str) -> dict[int, str]:
    """Return the errors of a method by fold, '' where there was none."""
    return {fold: attempt.error for (fold, method), attempt in done.items() if method == name}


def check_some_work(done: Attempts, names: Iterable[str]) -> None:
    """Raise a ValueError if there are such methods, and all failed in every fold."""
    errors = {name: [*_errors(done, name).values()] for name in names}
    if errors and all(all(found) for found in errors.values()):
        said = [f"The method {n!r} failed in every fold. {found[0]}" for n, found in errors.items()]
        raise ValueError(" ".join(said))


def tell_failures(done: Attempts, error_score: Any) -> None:
    """Warn of each method that failed in some folds."""
    for name in dict.fromkeys(method for _, method in done):
        errors = {fold: error for fold, error in _errors(done, name).items() if error}
        if errors:
            warn_user(
                f"The method {name!r} failed in the folds {[*errors]}: its scores there are "
                f"{error_score}. {next(iter(errors.values()))}",
                FitFailedWarning,
            )


def pass_on_warnings(done: Attempts) -> None:
    """Warn of what was warned of, once a method, with the folds."""
    said: dict[tuple, list[int]] = {}
    for (fold, name), attempt in done.items():
        for category, text in dict.fromkeys(attempt.heard):
            said.setdefault((name, category, text), []).append(fold)
    for (name, category, text), folds in said.items():
        text = text.replace(WHERE_FIGURES_ARE, "")  # nobody has these samplers
        warn_user(f"The method {name!r}, in the folds {folds}: {text}", category)


def as_frame(pd: Any, done: Attempts, error_score: Any) -> Any:
    """Return scores by fold and method; those of a fit that failed are ``error_score``."""
    metrics = dict.fromkeys(name for attempt in done.values() for name in attempt.scores)
    failed = dict.fromkeys(metrics, error_score)
    return pd.DataFrame(
        [
            {"fold": fold, "method": name} | (failed if attempt.error else attempt.scores)
            for (fold, name), attempt in done.items()
        ]
    )
