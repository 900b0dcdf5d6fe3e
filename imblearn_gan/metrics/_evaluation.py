"""What a sampler does for a classifier on the data at hand, beside the usual remedies."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from sklearn.exceptions import FitFailedWarning
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_consistent_length, column_or_1d

from imblearn_gan.data import DataCodec, plain_labels, to_native
from imblearn_gan.metrics._features import import_optional
from imblearn_gan.metrics._folds import fewest, folds_of, tune_on_whole_groups
from imblearn_gan.metrics._methods import methods, named_baselines, named_samplers
from imblearn_gan.metrics._remedies import (
    all_parameters,
    check_dates,
    default_classifier,
    flat,
    refused_by_smote,
)
from imblearn_gan.metrics._scoring import scorers
from imblearn_gan.metrics._summary import SamplerEvaluation, summarize
from imblearn_gan.resampled._folds import codes_of
from imblearn_gan.resampled._parts import seeded, takes_images
from imblearn_gan.seeding import MAX_SEED


def _score(
    name: str,
    resample: Callable | None,
    classifier: Any,
    scoring: dict[str, Callable],
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    fold: tuple,
    seed: int,
    flatten: bool,
) -> dict:
    """Return scores on the test rows, which neither sampler nor classifier has seen."""
    train, test = fold
    X_train, y_train, X_test = _safe_indexing(X, train), y[train], _safe_indexing(X, test)
    model, params = seeded(classifier, seed), {}
    if resample is not None:
        X_train, y_train = resample(X_train, y_train, seed)
    elif groups is not None:
        params = tune_on_whole_groups(model, y_train, groups[train], seed)
    if flatten:
        X_train, X_test = flat(X_train), flat(X_test)
    model.fit(X_train, y_train, **params)
    scores = {metric: scorer(model, X_test, y[test]) for metric, scorer in scoring.items()}
    return {"method": name} | {k: value for k, value in scores.items() if value is not None}


def _attempt(error_score: Any, name: str, *args: Any) -> dict:
    """Return scores, or what went wrong."""
    try:
        return _score(name, *args)
    except Exception as error:
        if error_score == "raise":
            raise
        return {"method": name, "error": f"{type(error).__name__}: {error}"}


def _with_failures(scores: Any, needed: list[str], error_score: float) -> Any:
    """Return scores, those of fits that failed ``error_score``; a warning says which."""
    failed = scores["error"].notna()
    errors, scores = scores["error"], scores.drop(columns="error")
    for name in scores["method"].unique():
        here = scores["method"] == name
        if failed[here].all() and name in needed:
            raise ValueError(f"The method {name!r} failed in every fold. {errors[here].iloc[0]}")
        if failed[here].any():
            folds = scores["fold"][here & failed].tolist()
            warnings.warn(
                f"The method {name!r} failed in the folds {folds}: its scores there are "
                f"{error_score}. {errors[here & failed].iloc[0]}",
                FitFailedWarning,
                stacklevel=3,
            )
    scores.loc[failed, scores.columns.difference(["fold", "method"])] = error_score
    return scores


def _check_arguments(classifier: Any, flatten: Any, error_score: Any) -> None:
    needed = ("fit", "predict", "get_params")
    missing = [method for method in needed if not hasattr(classifier, method)]
    if isinstance(classifier, type) or (missing and classifier is not None):
        raise ValueError(
            f"classifier must be an object with {', '.join(needed)}. Got {classifier!r}."
        )
    if flatten not in (True, False, "auto"):
        raise ValueError(f"flatten must be True, False or 'auto'. Got {flatten!r}.")
    if error_score != "raise" and not isinstance(error_score, Real):
        raise ValueError(f"error_score must be 'raise' or a number. Got {error_score!r}.")


def _all_parameters(samplers: dict[str, Any]) -> dict:
    """Return the parameters of all samplers, the first of them first."""
    parameters: dict = {}
    for sampler in samplers.values():
        parameters = all_parameters(sampler) | parameters
    return parameters


def evaluate_sampler(
    sampler: Any,
    X: Any,
    y: Any,
    *,
    classifier: Any = None,
    cv: Any = None,
    groups: Any = None,
    flatten: bool | str = "auto",
    baselines: Any = "usual",
    scoring: Any = None,
    error_score: Any = np.nan,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> SamplerEvaluation:
    """Evaluate what samplers do for a classifier, beside nothing and the usual remedies.

    The same classifier learns from the training rows of each fold as they are (``'none'``), with
    class weights (where it has a parameter ``class_weight``), after random oversampling, after
    SMOTE, and after each sampler, and is scored on the same test rows, as they are; so it is
    without any of them, but with a moved threshold. With ``baselines='all'`` a tuned threshold
    and bags stand beside them. Nothing is tuned on, and no sampler sees, a test row.

    Parameters
    ----------
    sampler : object with the method ``fit_resample``, or a list or dict of such
        A sampler of this package or any other, or a pipeline of samplers. It is cloned for each
        fold. Transformers belong into ``classifier``: test rows go through them, too. With
        several, a dict gives their names. Among them, a classifier that sees to the balance
        itself, such as :class:`~imblearn_gan.ResampledClassifier`, is taken as it is.

    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Tables, also with categories, or images, as the sampler takes them. Columns of
        categories and flattened images are told by its parameters ``categorical_features`` and
        ``image_shape``, if it has them.

    y : array-like of shape (n_samples,)
        Labels.

    classifier : classifier or None, default=None
        It is cloned too. None is gradient boosting for tables, categories one-hot, and a random
        forest for images and sparse data. The boosting has leaves of five rows: with
        scikit-learn's default of 20 it cannot learn a class of ten, and any oversampling would
        look good beside it.

    cv : int, cross-validation generator, iterable or None, default=None
        Folds; an integer is the number of stratified, shuffled folds. None is five of them, or
        as many as the smallest class has rows, twice. With ``groups`` both are folds of whole
        groups, and None at most as many as a class has groups.

    groups : array-like of shape (n_samples,) or None, default=None
        Groups of rows that stay together: in the folds, if ``cv`` is None, an integer or asks for
        them, as ``StratifiedGroupKFold`` does, and in those that a cut is tuned on, of
        ``'tuned cut'`` and, by the same rule for its own ``cv``, of a given
        :class:`~imblearn_gan.ResampledClassifier`.

    flatten : bool or 'auto', default='auto'
        Whether the classifier gets images as flat rows. ``'auto'`` asks its tags, those of the
        first step of a pipeline, whether it takes images.

    baselines : {'usual', 'all'} or list of str, default='usual'
        What the samplers stand beside. ``'usual'`` is ``'none'``, ``'class weight'``,
        ``'random oversampling'``, ``'SMOTE'`` and ``'cut at the prevalence'``: none of them, but
        the class that is most probable relative to its share, without which any balancing looks
        good in scores of labels. ``'all'`` adds ``'tuned cut'``, which tunes this cut for balanced
        accuracy on training rows left out, and averages of ten, cut at the prevalence:
        ``'bagging'``, of bootstraps, ``'random oversampling bagging'``, ``'SMOTE bagging'`` and
        ``'under-sampling bagging'``, each on a balanced set of its own draw. All that cut need
        ``predict_proba``; what ``'all'`` adds takes 46 fits of the classifier in each fold.

    scoring : str, callable, list or dict of them, or None, default=None
        Scores: names of scikit-learn's, such as ``'neg_log_loss'``, or scorers; a dict gives
        their names. Larger must be better. ``'acsa'``, ``'gm'`` and ``'average_precision'`` are
        known, too: None is all three. The last is that of the smaller one of two classes, which
        is what has to be found, and the mean over all of more.

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
        ``scores`` by fold, and their ``summary`` with the lead of each sampler over each method:
        for one sampler a row for each metric and method, the sampler's own last and without lead.

    Warns
    -----
    UserWarning
        If a baseline is left out: SMOTE because a class has a single training row, or columns
        hold dates or missing values; the tuned cut because a class has a single row or group;
        others because the classifier has no ``predict_proba``.

    FitFailedWarning
        If a sampler or a classifier failed in some folds, and ``error_score`` is a number.

    Raises
    ------
    ValueError
        If a parameter is wrong, ``y`` has a class too small for the folds, ``X`` has dates that
        the classifier does not take, or a sampler, or the classifier without any, fails in every
        fold.

    Notes
    -----
    Random oversampling and SMOTE have the ``sampling_strategy`` of the samplers, if these are
    oversamplers and agree. SMOTE is SMOTENC, or SMOTEN, on data with categories, and takes
    fewer than five neighbours where a class has fewer than six rows. The interval of the lead is
    Student's with the variance that Nadeau and Bengio give for folds that share training rows
    [1]_. It holds for one comparison: of twenty without any difference one is expected to lead.

    Weights of rows, ``sample_weight``, are not taken: every row counts the same in learning and in
    scores, as for most samplers, which cannot weigh rows.

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
    ['none', 'class weight', 'random oversampling', 'SMOTE', 'cut at the prevalence',
     'CGANOversampler']
    >>> result.summary.columns.tolist()
    ['metric', 'method', 'mean', 'std', 'sampler', 'lead', 'lead_std', 'lead_low', 'lead_high',
     'leader']
    """
    pd = import_optional("pandas", "evaluate_sampler")
    samplers, wanted = named_samplers(sampler), named_baselines(baselines)
    _check_arguments(classifier, flatten, error_score)
    error_score = error_score if error_score == "raise" else float(error_score)
    X, y = to_native(X), column_or_1d(plain_labels(y))
    check_consistent_length(X, y)
    check_classification_targets(y)
    if len(np.unique(y)) < 2:
        raise ValueError("y must have at least two classes.")
    scoring = scorers(scoring, y)
    params = _all_parameters(samplers)
    codec = DataCodec(
        params.get("image_shape"),
        params.get("channels", "auto"),
        params.get("categorical_features", "auto"),
    ).fit(X)
    categorical = [column.index for column in codec.columns_ if column.kind == "category"]
    rng = check_random_state(random_state)
    if groups is not None:
        groups = codes_of(groups, len(y))
    folds = folds_of(cv, y, groups, rng)
    seeds = rng.randint(MAX_SEED, size=len(folds))
    if classifier is None:
        classifier = default_classifier(X, codec.is_image, categorical)
    smallest, n_groups = (
        min(fewest(y[train], None if of is None else of[train]) for train, _ in folds)
        for of in (None, groups)
    )
    refused = refused_by_smote(X, codec.columns_)
    runs = methods(samplers, wanted, classifier, categorical, smallest, n_groups, refused)
    if any(model is classifier for _, model in runs.values()):
        check_dates(classifier, X, y, codec.columns_)

    def flattens(model: Any) -> bool:
        return not takes_images(model) if flatten == "auto" else bool(flatten)

    jobs = [(i, name, *run) for i in range(len(folds)) for name, run in runs.items()]
    scored = Parallel(n_jobs=n_jobs)(
        delayed(_attempt)(
            error_score,
            name,
            resample,
            model,
            scoring,
            X,
            y,
            groups,
            folds[i],
            int(seeds[i]),
            flattens(model),
        )
        for i, name, resample, model in jobs
    )
    scores = pd.DataFrame([{"fold": job[0]} | record for job, record in zip(jobs, scored)])
    if "error" in scores:
        scores = _with_failures(scores, ["none", *samplers], error_score)
    test_ratio = float(np.mean([len(test) / len(train) for train, test in folds]))
    return SamplerEvaluation(scores, summarize(pd, scores, [*samplers], test_ratio))
