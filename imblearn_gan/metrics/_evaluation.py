"""What a sampler does for a classifier on the data at hand, beside the usual remedies."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from imblearn_gan.data import DataCodec, plain_labels, to_native
from imblearn_gan.metrics._features import import_optional
from imblearn_gan.metrics._fits import (
    Task,
    as_frame,
    attempts,
    check_some_work,
    pass_on_warnings,
    tell_failures,
)
from imblearn_gan.metrics._folds import fewest, folds_of
from imblearn_gan.metrics._methods import (
    methods,
    named_baselines,
    named_samplers,
    on_flat_rows,
    smotenc_hint,
)
from imblearn_gan.metrics._remedies import all_parameters, default_classifier, refused_by_smote
from imblearn_gan.metrics._scoring import scorers
from imblearn_gan.metrics._summary import SamplerEvaluation, how_sure, summarize
from imblearn_gan.resampled._folds import codes_of
from imblearn_gan.resampled._parts import refuse_checkpoint
from imblearn_gan.resampled._trial import advice, check_learns
from imblearn_gan.seeding import MAX_SEED, stream_of


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
        Tables, also with categories, or images. Columns of categories and flattened images are
        told by the parameters ``categorical_features`` and ``image_shape`` of the sampler, if it
        has them. Arrays of images are flat rows to a sampler whose tags say that it takes no
        others.

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
        first step of a pipeline, whether it takes images. In a
        :class:`~imblearn_gan.ResampledClassifier` this holds for its classifier: its sampler gets
        images.

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
        their names. Larger must be better: what falls with better predictions wants
        ``make_scorer(..., greater_is_better=False)``. ``'acsa'``, ``'gm'`` and
        ``'average_precision'`` are known, too: None is all three. The last is that of the smaller
        one of two classes, which is what has to be found, and the mean over all of more.

    error_score : 'raise' or float, default=nan
        What a fit that fails scores, with a warning, be it in some folds or in all; ``'raise'``
        ends the call with its error. The lead is that over the folds in which both fits did not
        score nan.

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

    UserWarning
        If a sampler leaves no row of a class: its probability is 0 then. What samplers and
        classifiers warn of is passed on with method and folds, unless joblib has them in threads.

    FitFailedWarning
        If a sampler or a classifier failed in some folds, or all, and ``error_score`` is a number.

    Raises
    ------
    ValueError
        If a parameter is wrong, a score does not take the labels, ``y`` has a class too small for
        the folds, ``X`` has dates or text that the classifier does not take, or in every fold all
        samplers fail, or the classifier without any, which is fitted first.

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
    rng = stream_of(random_state)
    if groups is not None:
        groups = codes_of(groups, len(y))
    folds = folds_of(cv, y, groups, rng)
    refuse_checkpoint("classifier", classifier, "one a method and fold")
    for name, one in samplers.items() if len(folds) > 1 else ():
        refuse_checkpoint(f"sampler {name!r}", one, "one a fold")
    seeds = rng.randint(MAX_SEED, size=len(folds))
    if classifier is None:
        classifier = default_classifier(X, codec.is_image, categorical)
    if X.ndim > 2:
        classifier = on_flat_rows(classifier, flatten)
        samplers = {
            name: one if hasattr(one, "fit_resample") else on_flat_rows(one, flatten)
            for name, one in samplers.items()
        }
    smallest, n_groups = (
        min(fewest(y[train], None if of is None else of[train]) for train, _ in folds)
        for of in (None, groups)
    )
    refused = refused_by_smote(X, codec.columns_)
    runs = methods(samplers, wanted, classifier, categorical, smallest, n_groups, refused)
    dated = any(column.kind == "time" for column in codec.columns_)
    if dated and any(model is classifier for _, model in runs.values()):
        check_learns(classifier, X, y, {})
    hints = {name: smotenc_hint(one, X, categorical) for name, one in samplers.items()}
    hints["none"] = advice(classifier, X)
    task = Task(X, y, groups, scoring)
    done = attempts(task, runs, folds, seeds, hints, error_score, n_jobs)
    pass_on_warnings(done)
    check_some_work(done, samplers)
    tell_failures(done, error_score)
    scores = as_frame(pd, done, error_score)
    test_ratio = float(np.mean([len(test) / len(train) for train, test in folds]))
    summary = summarize(pd, scores, [*samplers], test_ratio)
    return SamplerEvaluation(scores, summary, how_sure(summary, [y[test] for _, test in folds]))
