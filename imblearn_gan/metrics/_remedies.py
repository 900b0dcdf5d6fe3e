"""The usual remedies for imbalance, for classifiers and data of any kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC, RandomOverSampler
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import _safe_indexing

from imblearn_gan.data import column_kind, is_frame, is_missing
from imblearn_gan.resampled._draws import fit_resample
from imblearn_gan.resampled._parts import last_step, seeded, steps

#: Rows in a leaf of the default boosting. scikit-learn's 20 leave no leaf to a class of ten: any
#: over-sampler would seem to help, by what is no lack of rows.
MIN_SAMPLES_LEAF = 5


def use(sampler: Any, X: Any, y: np.ndarray, seed: int) -> tuple:
    """Resample by a clone of the sampler, which gets flat images if it takes no others."""
    return fit_resample(seeded(sampler, seed), X, y)


def unchanged(X: Any, y: np.ndarray, seed: int) -> tuple:
    """Return rows as they are."""
    return X, y


def bootstrap(X: Any, y: np.ndarray, seed: int) -> tuple:
    """Draw as many rows of each class, with replacement."""
    stream = np.random.RandomState(seed)
    of_class = [np.flatnonzero(y == label) for label in np.unique(y)]
    drawn = [rows[stream.randint(len(rows), size=len(rows))] for rows in of_class]
    index = np.concatenate(drawn)
    return _safe_indexing(X, index), y[index]


def repeat(strategy: Any, X: Any, y: np.ndarray, seed: int) -> tuple:
    """Resample at random, rows in any container."""
    sampler = RandomOverSampler(sampling_strategy=strategy, random_state=seed)
    index, labels = sampler.fit_resample(np.arange(len(y))[:, None], y)
    return _safe_indexing(X, index[:, 0]), labels


def smote(strategy: Any, categorical: list[int], X: Any, y: np.ndarray, seed: int) -> tuple:
    """Resample by SMOTE of the kind that fits the columns, with as many neighbours as there are.

    It interpolates in floating point: differences of unsigned integers wrap round.
    """
    smallest = np.unique(y, return_counts=True)[1].min()
    params = {"k_neighbors": min(5, smallest - 1), "sampling_strategy": strategy}
    params |= {"random_state": seed}
    if not categorical:
        sampler = SMOTE(**params)
    elif len(categorical) == X.shape[1]:
        sampler = SMOTEN(**params)
    else:
        sampler = SMOTENC(categorical, **params)
    if is_frame(X):
        columns = [c for i, c in enumerate(X.columns) if i not in categorical]
        rows, labels = sampler.fit_resample(X.astype(dict.fromkeys(columns, np.float64)), y)
        whole = [c for c in columns if column_kind(X[c]) != "float"]
        rows[whole] = rows[whole].round()
        return rows.astype({c: X[c].dtype for c in columns}), labels
    numeric = X.dtype.kind in "fiub"
    rows, labels = sampler.fit_resample(flat(X).astype(np.float64) if numeric else X, y)
    if X.dtype.kind in "iub":
        rows = rows.rint() if sparse.issparse(rows) else np.rint(rows)
    if X.ndim > 2:
        rows = rows.reshape(-1, *X.shape[1:])
    return rows.astype(X.dtype), labels


def flat(X: Any) -> Any:
    """Return images as flat rows, and tables as they are."""
    return X.reshape(len(X), -1) if X.ndim > 2 else X


def weighted(classifier: Any) -> Any:
    """Return the classifier with balanced class weights; None if it has no such parameter."""
    prefix, last = last_step(classifier)
    if "class_weight" not in getattr(last, "get_params", dict)():
        return None
    return clone(classifier).set_params(**{f"{prefix}class_weight": "balanced"})


def default_classifier(X: Any, is_image: bool, categorical: list[int]) -> Any:
    """Return a classifier that takes these data."""
    if is_image or sparse.issparse(X):
        return RandomForestClassifier()
    model = HistGradientBoostingClassifier(min_samples_leaf=MIN_SAMPLES_LEAF)
    if not categorical:
        return model
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer((encoder, categorical), remainder="passthrough"), model
    )


def refused_by_smote(X: Any, columns: tuple) -> str:
    """Return what rows hold that SMOTE takes none of, dates or gaps, and where; '' for nothing.

    Parameters
    ----------
    X : {ndarray, dataframe, sparse matrix}
        Rows in native form.

    columns : sequence of Column
        What the columns are.
    """
    if X.ndim > 2 or (not is_frame(X) and X.dtype != object and not _has_gaps(X)):
        return ""
    dates = [c for c in columns if c.kind == "time"]
    rest = [c for c in columns if c.kind != "time"]
    found = {"dates": dates, "missing values": [c for c in rest if _has_gaps(c.values(X))]}
    return " and no ".join(
        f"{what} (columns {[c.index if c.name is None else c.name for c in some[:5]]})"
        for what, some in found.items()
        if some
    )


def _has_gaps(values: Any) -> bool:
    if values.dtype == object:
        return any(map(is_missing, values.tolist()))
    values = values.data if sparse.issparse(values) else values
    return values.dtype.kind == "f" and bool(np.isnan(values).any())


def all_parameters(sampler: Any) -> dict:
    """Return the parameters of a sampler and those in it, the first of a pipeline first."""
    parameters = sampler.get_params(deep=False)
    for part in (*steps(sampler), parameters.get("sampler")):
        if hasattr(part, "get_params"):
            parameters = all_parameters(part) | parameters
    return parameters
