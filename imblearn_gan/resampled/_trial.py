"""What a classifier does not take, found by a short fit before a sampler is trained."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from imblearn_gan._more_rows import some_of
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.data import column_kind, column_of, first_of, is_frame, missing_in
from imblearn_gan.resampled._parts import (
    all_steps,
    first_step,
    fit_weighted,
    last_step,
    seeded,
    with_checkpoint,
)

#: Rows of each class that a classifier is tried on.
N_TRIED = 20
#: How the names of parameters end that say how long a training is.
BUDGETS = ("_iter", "_epochs", "epochs", "n_estimators", "iterations")


@contextmanager
def tried(
    classifier: Any, sampler: Any, X: Any, y: np.ndarray, params: Mapping[str, Any]
) -> Iterator[None]:
    """Find out if a classifier can learn from rows: before what is inside, or if that fails.

    Before a sampler of this package, whose training takes time; with any other, if it fails.
    """
    parts = [sampler, *all_steps(sampler)]
    trains = sampler is None or any(isinstance(one, BaseGANOversampler) for one in parts)
    if trains:
        check_learns(classifier, X, y, params)
    try:
        yield
    except (TypeError, ValueError):
        if not trains:
            check_learns(classifier, X, y, params)
        raise


def check_learns(classifier: Any, X: Any, y: np.ndarray, params: Mapping[str, Any]) -> None:
    """Let a clone learn from few rows, for as short as can be; raise the error if it cannot.

    What fails so is tried on all rows, each class being repeated to the size of the largest, for as
    long as it takes: few rows may be too few, and a short training too short.

    Parameters
    ----------
    classifier : classifier
        What will learn.

    X : {ndarray, dataframe, sparse matrix}
        Rows in native form.

    y : ndarray of shape (n_samples,)
        Labels.

    params : dict
        What goes to its ``fit``.

    Raises
    ------
    ValueError
        If it fails, and rows hold what may be the reason: text, dates, gaps, or images.

    Exception
        If it fails for other reasons.
    """
    largest = int(np.unique(y, return_counts=True)[1].max())
    whole = seeded(classifier, 0)
    whole.set_params(**dict.fromkeys(with_checkpoint(whole)))  # its folder is for the training
    for one, n in ((_shortest(whole), N_TRIED), (whole, largest)):
        error = _failure(one, *_repeated(X, y, n), params)
        if error is None:
            return
    said = advice(classifier, X)
    if not said:
        raise error
    raise ValueError(
        f"classifier, a {type(classifier).__name__}, cannot learn from X: {shortened(error)}. "
        f"{said}"
    ) from error


def _shortest(classifier: Any) -> Any:
    """Return a clone that does all that it repeats once."""
    lengths = {
        name: 1
        for name, value in classifier.get_params().items()
        if name.endswith(BUDGETS)
        if (isinstance(value, Integral) and int(value) > 1) or str(value) == "auto"
    }
    return clone(classifier).set_params(**lengths)


def _failure(classifier: Any, X: Any, y: np.ndarray, params: Mapping[str, Any]) -> Any:
    """Return the error of a fit that may tell of rows that are not taken; None for no such."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real = np.zeros(len(y), dtype=bool)
            fit_weighted(classifier, X, y, None, dict(params), False, real)
    except np.linalg.LinAlgError:  # of repeated rows
        return None
    except (TypeError, ValueError) as error:
        return error
    except Exception:  # the training will tell
        return None
    return None


def _repeated(X: Any, y: np.ndarray, n: int) -> tuple[Any, np.ndarray]:
    """Return the first n rows of each class, or all and as many of them again as are lacking."""
    return some_of(
        X, y, np.concatenate([np.resize(np.flatnonzero(y == k), n) for k in np.unique(y)])
    )


def said_of(X: Any, estimator: Any = None) -> dict[str, list]:
    """Return names, or places, of columns by what they hold that not everybody takes.

    What the estimator, if there is one, says it takes is left out.
    """
    found: dict[str, list] = {"text": [], "dates": [], "missing values": []}
    if X.ndim != 2 or (sparse.issparse(X) and X.dtype == object):
        return {}
    names = list(X.columns) if is_frame(X) else range(X.shape[1])
    takes_gaps = _takes_gaps(estimator)
    for place, name in enumerate(names):
        column = column_of(X, place)
        kind = {"category": "text", "time": "dates"}.get(column_kind(column))
        if kind and not (_takes_categories(estimator) and str(column.dtype) == "category"):
            found[kind].append(name)
        if not takes_gaps and missing_in(column).any():
            found["missing values"].append(name)
    return {kind: columns for kind, columns in found.items() if columns}


def _takes_gaps(estimator: Any) -> bool:
    """Return whether an estimator says that it takes missing values."""
    return hasattr(estimator, "__sklearn_tags__") and get_tags(estimator).input_tags.allow_nan


def _takes_categories(estimator: Any) -> bool:
    """Return whether an estimator takes columns of the dtype category."""
    return getattr(estimator, "categorical_features", None) == "from_dtype"


def in_words(found: Mapping[str, list]) -> str:
    """Say which columns hold what."""
    said = [f"{kind} in the columns {first_of(columns)}" for kind, columns in found.items()]
    return f"X has {', and '.join(said)}."


def shortened(error: Exception) -> str:
    """Return the first sentence of what an error says."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].split(". ")[0].rstrip(".: ")


def advice(classifier: Any, X: Any) -> str:
    """Return what rows hold that a classifier may not take, and what to do; '' for nothing."""
    last, first = last_step(classifier)[1], first_step(classifier)
    short, found = repr(last), said_of(X, first)
    if len(short) > 80 or "\n" in short:
        short = f"{type(last).__name__}(...)"
    if X.ndim > 2:
        return (
            f"X holds arrays of shape {X.shape[1:]}: if it takes flat rows alone, give a pipeline "
            "that makes some: make_pipeline(FunctionTransformer(flat), "
            f"{short}), with flat(X) being X.reshape(len(X), -1)."
        )
    said = [in_words(found)] if found else []
    if text := found.get("text"):
        which = text if len(text) <= 5 else "make_column_selector(dtype_exclude='number')"
        said.append(
            "For text give a pipeline that encodes it as classifier: "
            "make_pipeline(make_column_transformer((OneHotEncoder(handle_unknown='ignore', "
            f"sparse_output=False), {which}), remainder='passthrough'), {short})."
        )
        if _takes_categories(first):
            said.append("Or let them be of the dtype category.")
    if "dates" in found:
        said.append(
            "For dates give a pipeline that turns them into features (year, month, days since), or "
            "drop the columns."
        )
    if "missing values" in found:
        said.append(f"For gaps give one that fills them: make_pipeline(SimpleImputer(), {short}).")
    return " ".join(said)
