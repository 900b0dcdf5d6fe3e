"""What a sampler does for a classifier on the data at hand, beside the usual remedies."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from scipy import stats
from sklearn.exceptions import FitFailedWarning
from sklearn.metrics import average_precision_score
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold, check_cv
from sklearn.utils import _safe_indexing, check_random_state, get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_consistent_length, column_or_1d

from imblearn_gan.data import DataCodec, plain_labels, to_native
from imblearn_gan.metrics._classification import acsa_score, gm_score
from imblearn_gan.metrics._features import import_optional
from imblearn_gan.metrics._remedies import (
    all_parameters,
    default_classifier,
    first_step,
    flat,
    repeat,
    seeded,
    smote,
    transformers,
    use,
    weighted,
)

_MAX_SEED = np.iinfo(np.int32).max


@dataclass(frozen=True)
class SamplerEvaluation:
    """What :func:`evaluate_sampler` gives.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row for each fold and method: ``fold``, ``method``, ``acsa``, ``gm`` and, for two
        classes, ``average_precision`` of the smaller one.

    summary : pandas.DataFrame
        One row for each metric and method: ``mean`` and ``std`` over folds; ``lead``, how much
        the sampler is ahead of the method in the mean of paired differences, ``lead_std``, and
        ``lead_low`` and ``lead_high``, the 95 % interval of the lead.
    """

    scores: Any
    summary: Any

    def __str__(self) -> str:
        return str(self.summary.round(3).to_string(index=False, na_rep=""))

    def _repr_html_(self) -> str:
        return str(self.summary.round(3).to_html(index=False, na_rep=""))


def _folds(cv: Any, y: np.ndarray, groups: Any, rng: np.random.RandomState) -> list[tuple]:
    seed, counts = rng.randint(_MAX_SEED), np.unique(y, return_counts=True)[1]
    smallest = counts.min()
    if cv is None:
        if smallest < 2:
            raise ValueError("y has a class of a single row: it cannot be both learnt and tested.")
        cv = RepeatedStratifiedKFold(n_splits=min(5, smallest), n_repeats=2, random_state=seed)
    elif isinstance(cv, Integral):
        cv = StratifiedKFold(int(cv), shuffle=True, random_state=seed)
    folds = [
        tuple(np.arange(len(y))[np.asarray(part)] for part in fold)  # masks become indices
        for fold in check_cv(cv).split(np.zeros((len(y), 1)), y, groups)
    ]
    if not folds or any(len(np.intersect1d(train, test)) for train, test in folds):
        raise ValueError("cv must give folds whose test rows are not among the training rows.")
    if any(len(np.unique(y[part])) < len(counts) for fold in folds for part in fold):
        raise ValueError(
            "cv must give folds with rows of every class to learn from and to test on: recalls are "
            f"not defined without. The smallest class has {smallest} rows: take stratified "
            "folds, at most that many."
        )
    return folds


def _score(
    name: str,
    resample: Callable | None,
    classifier: Any,
    X: Any,
    y: np.ndarray,
    fold: tuple,
    seed: int,
    flatten: bool,
) -> dict:
    """Return scores on the test rows, which neither sampler nor classifier has seen."""
    train, test = fold
    X_train, y_train, X_test = _safe_indexing(X, train), y[train], _safe_indexing(X, test)
    if resample is not None:
        X_train, y_train = resample(X_train, y_train, seed)
    if flatten:
        X_train, X_test = flat(X_train), flat(X_test)
    model = seeded(classifier, seed).fit(X_train, y_train)
    predicted = model.predict(X_test)
    scores = {"method": name, "acsa": acsa_score(y[test], predicted)}
    scores["gm"] = gm_score(y[test], predicted)
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) == 2:
        rare = int(counts.argmin())
        if hasattr(model, "predict_proba"):
            scores["average_precision"] = average_precision_score(
                y[test] == classes[rare], model.predict_proba(X_test)[:, rare]
            )
        elif hasattr(model, "decision_function"):
            scores["average_precision"] = average_precision_score(
                y[test] == classes[rare], model.decision_function(X_test) * (1 if rare else -1)
            )
    return scores


def _attempt(error_score: Any, name: str, *args: Any) -> dict:
    """Return scores, or what went wrong."""
    try:
        return _score(name, *args)
    except Exception as error:
        if error_score == "raise":
            raise
        return {"method": name, "error": f"{type(error).__name__}: {error}"}


def _with_failures(scores: Any, own: str, error_score: float) -> Any:
    """Return scores, those of fits that failed ``error_score``; a warning says which."""
    failed = scores["error"].notna()
    errors, scores = scores["error"], scores.drop(columns="error")
    for name in scores["method"].unique():
        here = scores["method"] == name
        if failed[here].all() and name in ("none", own):
            raise ValueError(f"{name} failed in every fold. {errors[here].iloc[0]}")
        if failed[here].any():
            folds = scores["fold"][here & failed].tolist()
            warnings.warn(
                f"{name} failed in the folds {folds}: its scores there are {error_score}. "
                f"{errors[here & failed].iloc[0]}",
                FitFailedWarning,
                stacklevel=3,
            )
    scores.loc[failed, scores.columns.difference(["fold", "method"])] = error_score
    return scores


def _summary(pd: Any, scores: Any, name: str, test_ratio: float) -> Any:
    """Return means, and the lead of ``name``; ``test_ratio`` is of test to training rows."""
    records = []
    for metric in [column for column in scores if column not in ("fold", "method")]:
        table = scores.pivot(index="fold", columns="method", values=metric)
        for method in scores["method"].unique():
            record = {"metric": metric, "method": method, "mean": table[method].mean()}
            record["std"] = table[method].std()
            if method != name:
                lead = table[name] - table[method]
                # folds share training rows, so that plain intervals would be too narrow
                n = lead.count()  # a fold in which a fit failed may have none
                error = lead.std() * np.sqrt(1 / n + test_ratio) if n else np.nan
                half = stats.t.ppf(0.975, n - 1) * error if n > 1 else np.nan
                record |= {"lead": lead.mean(), "lead_std": lead.std()}
                record |= {"lead_low": lead.mean() - half, "lead_high": lead.mean() + half}
            records.append(record)
    return pd.DataFrame(records)


def _check_arguments(sampler: Any, classifier: Any, flatten: Any, error_score: Any) -> None:
    for name, value, methods in (
        ("sampler", sampler, ("fit_resample", "get_params")),
        ("classifier", classifier, ("fit", "predict", "get_params")),
    ):
        missing = [m for m in methods if not hasattr(value, m)]
        if isinstance(value, type) or (missing and not (name == "classifier" and value is None)):
            raise ValueError(f"{name} must be an object with {', '.join(methods)}. Got {value!r}.")
    if flatten not in (True, False, "auto"):
        raise ValueError(f"flatten must be True, False or 'auto'. Got {flatten!r}.")
    if error_score != "raise" and not isinstance(error_score, Real):
        raise ValueError(f"error_score must be 'raise' or a number. Got {error_score!r}.")
    if changing := transformers(sampler):
        raise ValueError(
            f"sampler is a pipeline whose steps {changing} transform rows: test rows would stay as "
            "they are. Put these steps into classifier."
        )


def _runs(
    sampler: Any, classifier: Any, strategy: Any, categorical: list[int], smallest: int
) -> dict[str, tuple]:
    """Return how each method resamples, if it does, and what learns; the sampler is the last."""
    strategy = strategy if isinstance(sampler, BaseOverSampler) else "auto"
    runs: dict[str, tuple] = {"none": (None, classifier)}
    if (with_weights := weighted(classifier)) is not None:
        runs["class weight"] = None, with_weights
    runs["random oversampling"] = partial(repeat, strategy), classifier
    if smallest > 1:
        runs["SMOTE"] = partial(smote, strategy, categorical), classifier
    else:
        warnings.warn(
            "SMOTE is left out: it needs two rows of each class, and a class has a single "
            "training row in a fold.",
            stacklevel=3,
        )
    own = type(sampler).__name__
    runs[f"given {own}" if own in runs else own] = partial(use, sampler), classifier
    return runs


def evaluate_sampler(
    sampler: Any,
    X: Any,
    y: Any,
    *,
    classifier: Any = None,
    cv: Any = None,
    groups: Any = None,
    flatten: bool | str = "auto",
    error_score: Any = np.nan,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> SamplerEvaluation:
    """Evaluate what a sampler does for a classifier, beside nothing and the usual remedies.

    The same classifier learns from the training rows of each fold as they are (``'none'``), with
    class weights (where it has a parameter ``class_weight``), after random oversampling, after
    SMOTE, and after the sampler, and is scored on the same test rows, as they are. Nothing is
    tuned on, and no sampler sees, a test row.

    Parameters
    ----------
    sampler : object with the method ``fit_resample``
        A sampler of this package or any other, or a pipeline of samplers. It is cloned for each
        fold. Transformers belong into ``classifier``: test rows go through them, too.

    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Tables, also with categories, or images, as the sampler takes them. Columns of
        categories and flattened images are told by its parameters ``categorical_features`` and
        ``image_shape``, if it has them.

    y : array-like of shape (n_samples,)
        Labels.

    classifier : classifier or None, default=None
        It is cloned too. None is gradient boosting for tables, categories one-hot, and a random
        forest for images and sparse data.

    cv : int, cross-validation generator, iterable or None, default=None
        Folds; an integer is the number of stratified, shuffled folds. None is five of them, or
        as many as the smallest class has rows, twice.

    groups : array-like of shape (n_samples,) or None, default=None
        Groups of rows that stay together, for a ``cv`` that asks for them, such as
        ``StratifiedGroupKFold``.

    flatten : bool or 'auto', default='auto'
        Whether the classifier gets images as flat rows. ``'auto'`` asks its tags, those of the
        first step of a pipeline, whether it takes images.

    error_score : 'raise' or float, default=nan
        What a fit that fails scores, with a warning; ``'raise'`` ends the call with its error.
        The lead is that over the folds in which both fits did not score nan.

    random_state : int, RandomState instance or None, default=None
        Seed of the folds and, another one for each fold, of all that has a ``random_state`` of
        None.

    n_jobs : int or None, default=None
        Number of fits at a time, as in joblib.

    Returns
    -------
    SamplerEvaluation
        ``scores`` by fold, and their ``summary`` with the sampler's lead over each method.

    Warns
    -----
    UserWarning
        If SMOTE is left out because a class has a single training row.

    FitFailedWarning
        If a sampler or a classifier failed in some folds, and ``error_score`` is a number.

    Raises
    ------
    ValueError
        If a parameter is wrong, ``y`` has a class too small for the folds, or the sampler, or
        the classifier without any, fails in every fold.

    Notes
    -----
    Random oversampling and SMOTE have the ``sampling_strategy`` of the sampler, if that is an
    oversampler. SMOTE is SMOTENC, or SMOTEN, on data with categories, and takes fewer than five
    neighbours where a class has fewer than six rows. The interval of the lead is Student's with
    the variance that Nadeau and Bengio give for folds that share training rows [1]_.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning,
       2003.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.metrics import evaluate_sampler
    >>> X, y = make_classification(200, weights=[0.9], flip_y=0, random_state=0)
    >>> result = evaluate_sampler(
    ...     CGANOversampler(max_iter=10), X, y, classifier=LogisticRegression(), random_state=0
    ... )
    >>> result.scores["method"].unique().tolist()
    ['none', 'class weight', 'random oversampling', 'SMOTE', 'CGANOversampler']
    >>> result.summary.columns.tolist()
    ['metric', 'method', 'mean', 'std', 'lead', 'lead_std', 'lead_low', 'lead_high']
    """
    pd = import_optional("pandas", "evaluate_sampler")
    _check_arguments(sampler, classifier, flatten, error_score)
    error_score = error_score if error_score == "raise" else float(error_score)
    X, y = to_native(X), column_or_1d(plain_labels(y))
    check_consistent_length(X, y)
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError("y must have at least two classes.")
    params = all_parameters(sampler)
    codec = DataCodec(
        params.get("image_shape"),
        params.get("channels", "auto"),
        params.get("categorical_features", "auto"),
    ).fit(X)
    categorical = [column.index for column in codec.columns_ if column.kind == "category"]
    rng = check_random_state(random_state)
    folds = _folds(cv, y, groups, rng)
    seeds = rng.randint(_MAX_SEED, size=len(folds))
    if classifier is None:
        classifier = default_classifier(X, codec.is_image, categorical)
    if flatten == "auto":
        flatten = not get_tags(first_step(classifier)).input_tags.three_d_array

    smallest = min(np.unique(y[train], return_counts=True)[1].min() for train, _ in folds)
    runs = _runs(sampler, classifier, params.get("sampling_strategy"), categorical, smallest)
    own = list(runs)[-1]

    jobs = [(i, name, *run) for i in range(len(folds)) for name, run in runs.items()]
    scored = Parallel(n_jobs=n_jobs)(
        delayed(_attempt)(
            error_score, name, resample, model, X, y, folds[i], int(seeds[i]), flatten
        )
        for i, name, resample, model in jobs
    )
    scores = pd.DataFrame([{"fold": job[0]} | record for job, record in zip(jobs, scored)])
    if "error" in scores:
        scores = _with_failures(scores, own, error_score)
    test_ratio = float(np.mean([len(test) / len(train) for train, test in folds]))
    return SamplerEvaluation(scores, _summary(pd, scores, own, test_ratio))
