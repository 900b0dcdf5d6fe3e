"""More rows for a fitted estimator: those that fit what it has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    check_consistent_length,
    check_is_fitted,
)

from imblearn_gan import _stored
from imblearn_gan.callbacks import WarmStart
from imblearn_gan.data import label_keys, to_native
from imblearn_gan.training import encoded_for, placed


def read_rows(estimator: Any, X: Any) -> Any:
    """Return X in its native form, checked against what ``fit`` has seen.

    Parameters
    ----------
    estimator : CodecEstimator
        A fitted one.

    X : array-like
        Rows of the kind that ``fit`` got.

    Returns
    -------
    {ndarray, dataframe, sparse matrix}
        The rows, not copied without need.

    Raises
    ------
    ValueError
        If the columns, their names or their kinds are not those that ``fit`` got.
    """
    X = to_native(X)
    _check_feature_names(estimator, X, reset=False)
    if len(X.shape) == 2 and len(estimator.codec_.row_shape) == 1:
        _check_n_features(estimator, X, reset=False)
    estimator.codec_.check(X)
    return X


def read_encoded(estimator: Any, X: Any) -> Any:
    """Return what :func:`read_rows` gives of the same, encoded, on the CPU.

    A warning says if images seem to be on another scale than those of ``fit``. Images, and rows
    of files, stay as they are until they are drawn.
    """
    cpu, rows = torch.device("cpu"), read_rows(estimator, X)
    estimator.codec_.check_scale(rows)
    return placed(encoded_for(cpu, rows, estimator.codec_), cpu, torch.preserve_format)


def read_more(
    estimator: Any, X: Any, labels: Any, parameters: dict[str, str]
) -> tuple[Any, np.ndarray]:
    """Return rows for a training that goes on, in native form, and class codes.

    Parameters
    ----------
    estimator : NetworkEstimator
        A fitted one.

    X : array-like
        Rows of the kind, and of the dtypes, that ``fit`` got.

    labels : array-like
        Labels of all the classes that ``fit`` got.

    parameters : dict of str to str
        The fingerprint of the estimator when it was trained.

    Returns
    -------
    X : {ndarray, dataframe, sparse matrix}
        The rows.

    y : ndarray of shape (n_samples,)
        Class codes.

    Raises
    ------
    ValueError
        If a parameter was changed that the training depends on, the rows do not fit, or a class
        is new or lacks. What it is, is named.
    """
    now = _stored.fingerprint(estimator)
    changed = [n for n in now if now[n] != parameters.get(n) and n not in WarmStart.may_change]
    if changed:
        raise ValueError(
            f"WarmStart goes on with what was trained, but {', '.join(changed)} was changed. Set "
            "it back, or train anew, without WarmStart or with a clone."
        )
    X = read_rows(estimator, X)
    y = estimator.label_codec_.encode(labels)
    check_consistent_length(X, y)
    kept = estimator._kept(estimator.classes_[y])
    estimator.codec_.check_more(X if kept is None else _safe_indexing(X, kept))
    counts = np.bincount(y, minlength=len(estimator.classes_))
    if not counts.all():
        raise ValueError(
            "WarmStart goes on with the classes that were trained on, but y has no row of "
            f"{label_keys(estimator.classes_[counts == 0])[:5]}."
        )
    return X, y


def check_trained(sampler: Any) -> None:
    """Raise a NotFittedError if a sampler has no trained generator.

    And a ValueError if ``latent_dim`` is no longer what it was trained with.
    """
    check_is_fitted(
        sampler,
        "networks_",
        msg=(
            "This %(name)s instance has no trained generator: call fit_resample first, on "
            "data that are not balanced and with replay below 1. On a balanced set a "
            "sampling_strategy that asks for more rows than there are, as {0: 200, 1: 200}, "
            "trains one."
        ),
    )
    trained = getattr(sampler, "_latent_dim", None)  # files of earlier versions have none
    if trained not in (None, getattr(sampler, "latent_dim", None)):
        raise ValueError(
            f"latent_dim was {trained} in fit_resample, and is {sampler.latent_dim!r} now: "
            "set it back, or call fit_resample again."
        )


def some_of(X: Any, y: np.ndarray, rows: np.ndarray | None) -> tuple[Any, np.ndarray]:
    """Return some rows and their labels; None for all."""
    return (X, y) if rows is None else (_safe_indexing(X, rows), y[rows])
