"""A classifier behind a sampler that is trained once."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, _fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metadata_routing import (
    _raise_for_params,
    _routing_enabled,
)
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    _check_feature_names,
    _check_sample_weight,
    check_consistent_length,
    column_or_1d,
)

from imblearn_gan._limits import refuse_booleans
from imblearn_gan.data import label_keys, plain_labels, to_native
from imblearn_gan.resampled._decision import check_scores, scorer_of, tuned_weights
from imblearn_gan.resampled._draws import (
    NAMED_SIZES,
    BalancedSet,
    check_sampler,
    default_sampler,
    draws,
    known_source,
    next_set,
)
from imblearn_gan.resampled._folds import folds_of, groups_for, left_out
from imblearn_gan.resampled._of_parts import OfParts
from imblearn_gan.resampled._parts import (
    NotSaved,
    check_classifier,
    check_instance,
    fit_weighted,
    given_weight,
    refuse_checkpoint,
    restored_on_failure,
    seeded,
)
from imblearn_gan.resampled._predictions import Predictions
from imblearn_gan.resampled._priors import (
    balanced_by_weight,
    class_shares,
    effective_weight,
    learnt_shares,
    ratio,
    warn_of_unseen,
)
from imblearn_gan.resampled._trial import tried
from imblearn_gan.seeding import MAX_SEED, stream_of


@dataclass(eq=False, repr=False)
class ResampledClassifier(
    Predictions, OfParts, NotSaved, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """A classifier that learns from resampled rows, with probabilities that are right.

    The sampler is trained once. ``n_draws`` balanced sets are drawn, of real rows and fresh
    generated ones; a clone of the classifier learns from each, and their probabilities are
    averaged. They are then carried over from the class shares of the balanced sets to the true
    ones, in closed form, and an explicit rule turns them into labels.

    Parameters
    ----------
    classifier : classifier with the method ``predict_proba``
        It is cloned for each draw. It may be a pipeline. One that has only
        ``decision_function`` goes into :class:`~sklearn.calibration.CalibratedClassifierCV`.

    sampler : object with the method ``fit_resample`` or None, default=None
        A sampler of this package, of imbalanced-learn (under-samplers and combined ones, too), or
        a pipeline of samplers. Those of this package are trained once; all others, pipelines
        included, resample the rows anew for each draw. None is
        :class:`~imblearn_gan.CWGANGPOversampler` for tables (see :doc:`/benchmarks/proof`), and
        imbalanced-learn's ``RandomOverSampler`` for images: arrays of three dimensions or more,
        and flat rows for a classifier that has an ``image_shape``. That came first before a
        network that changes its images itself; before a plain CNN
        ``CGANOversampler(replay=0.75)`` surely leads it: see :doc:`/benchmarks/index`. Images go
        as flat rows to a sampler that takes no others.

    n_draws : int, default=1
        How many balanced sets are drawn, and classifiers trained. Ten of them rank rows better
        than one (in our pilot on tables by .01 in average precision), for ten times the fits of
        the classifier; the sampler costs no more.

    class_size : {'largest', 'geometric_mean', 'smallest'} or int, default='largest'
        How many rows of each class a balanced set has. Of larger classes so many are drawn for each
        set, without replacement; what smaller ones lack is made, if the ``sampling_strategy`` of
        the sampler names them. ``'largest'`` keeps all real rows, as over-sampling does.
        ``'geometric_mean'``, of the largest and the smallest class, is half-way to
        under-sampling, ``'smallest'``: of 10,000 and 100 rows, 1,000 of each. Ten such sets
        had surely more balanced accuracy than ten of the full size before forests, before boosting
        in the mean alone, not before a network, and no more average precision: see
        :doc:`/benchmarks/proof`. A number above the largest class is ``'largest'``; below the
        smallest, rare rows are drawn from, too.
        The ``sampling_strategy`` of the sampler may then name classes, but no numbers of rows.

    synthetic_weight : float, default=1.0
        Weight of generated rows in the classifier's ``fit``, from 0 to 1; real rows, repeated
        ones included, have 1. Other values than 1 need a classifier that takes ``sample_weight``,
        and a sampler that tells which rows it made: ours and the over-samplers of
        imbalanced-learn do, its combinations with cleaning and pipelines do not.

    correct_priors : bool, default=True
        Whether probabilities are in the scale of the true class shares. If not, they are in the
        scale of the balanced sets, as those of a pipeline of imbalanced-learn, and say far too
        much of rare classes.

    decision : {'balanced', 'prior'}, str or callable, default='balanced'
        What ``predict`` does. ``'balanced'`` takes the class whose probability is largest
        relative to its share, as is best for balanced accuracy. ``'prior'`` takes the most
        probable class of ``predict_proba``: with ``correct_priors`` as is best for
        accuracy. The name of a scorer, or a scorer, has weights of the classes
        (with two classes, the threshold) tuned on rows left out: ``'f1'``,
        ``'balanced_accuracy'``, what ``sklearn.metrics.make_scorer`` gives. Sampler and
        classifiers are then trained once more in each fold. ``'f1'`` is for the labels 0 and 1:
        else take ``'f1_macro'`` or ``make_scorer(f1_score, pos_label=...)``. A function of your
        own, ``scorer(estimator, X, y)``, gets the rows left out of all folds, as this ``fit`` got
        them (frames as those of pandas), and an estimator that predicts just these, all at once.
        With two classes it is called some 200 times, with n of them 50 to 250 times n.

    cv : int, cross-validation generator, iterable or None, default=None
        Folds whose test rows ``decision`` is tuned on, if it is a scorer. None is five
        stratified ones, or as many as the smallest class has rows. One that keeps groups of rows
        together, such as ``StratifiedGroupKFold()``, gets the ``groups`` of ``fit``. One that
        shuffles and has no seed gets one by ``random_state``.

    random_state : int, RandomState instance or None, default=None
        Seed of all that has a ``random_state`` of None, of all draws but the first, and of the
        rows that smaller sets hold.

    n_jobs : int or None, default=None
        How many classifiers are trained at a time, as in joblib. Each holds a balanced set.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    sampler_ : object
        The fitted sampler, of the first draw; not trained where sets need no made-up rows.

    estimators_ : list of classifiers
        One for each draw.

    priors_ : ndarray of shape (n_classes,)
        True shares of the classes, by ``sample_weight`` if there was one.

    shares_ : ndarray of shape (n_classes,)
        Shares of the classes in what the classifiers learnt from, in the mean over draws:
        weights of generated rows and the ``class_weight`` of the classifier count (not of an
        ``SVC``, whose probabilities are scaled to counts of rows); what is inside other
        classifiers and priors that are set does not (see Notes).

    decision_weights_ : ndarray of shape (n_classes,)
        ``predict`` takes the largest of ``predict_proba(X) * decision_weights_``.

    n_features_in_ : int
        Number of values in a row (of an image: all pixels of all channels).

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames whose names are all strings.

    See Also
    --------
    imblearn_gan.resampled.shift_priors : The correction alone, for any probabilities.
    imblearn_gan.metrics.evaluate_sampler : Whether it helps on data at hand.

    Notes
    -----
    A classifier whose ``fit`` takes ``synthetic``, as that of
    :class:`~imblearn_gan.ResNetClassifier`, is told which rows the sampler has made.

    The correction assumes that the classifier has learnt the probabilities of its training
    rows, and that generated rows look like their class. The classifiers of this package, which
    draw or weigh classes themselves, tell in ``learnt_shares_`` what they have learnt.

    Else what a classifier changes of the shares is known only of its own ``class_weight``,
    or that of a pipeline's last step. It is not of one inside others (grid search, bagging),
    nor of ``priors``, ``class_prior`` and ``fit_prior=False`` of naive Bayes and discriminant
    analysis, the weights of boosting by XGBoost, LightGBM and CatBoost (``scale_pos_weight``),
    and of the ensembles of ``imblearn.ensemble``: a warning names them. Leave them out.

    Frames of polars and pyarrow reach sampler and classifier as frames of pandas.

    ``sample_weight`` of real rows goes to the classifier with them; generated rows have the mean
    weight of their class. The sampler does not see it. Where rows have weights, a
    ``class_weight='balanced'`` of the classifier goes into them, so that the weights of all classes
    have the same sum: scikit-learn's classifiers do not agree on it.

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to
       new a priori probabilities: a simple procedure", Neural Computation, 2002.

    .. [2] C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imblearn_gan import ResampledClassifier
    >>> X, y = make_classification(1000, weights=[0.95], flip_y=0, random_state=0)
    >>> model = ResampledClassifier(LogisticRegression(), SMOTE(), random_state=0).fit(X, y)
    >>> shares = y.mean(), model.predict_proba(X)[:, 1].mean().round(2), model.predict(X).mean()
    >>> [float(share) for share in shares]
    [0.05, 0.05, 0.066]
    """

    classifier: Any
    sampler: Any = None
    _: KW_ONLY
    n_draws: int = 1
    class_size: str | int = "largest"
    synthetic_weight: float = 1.0
    correct_priors: bool = True
    decision: Any = "balanced"
    cv: Any = None
    random_state: Any = None
    n_jobs: int | None = None

    _parameter_constraints: ClassVar[dict] = {
        "classifier": [HasMethods(["fit", "predict"])],
        "sampler": [HasMethods(["fit_resample"]), None],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "class_size": [
            StrOptions(set(NAMED_SIZES)),
            Interval(Integral, 1, None, closed="left"),
        ],
        "synthetic_weight": [Interval(Real, 0, 1, closed="both")],
        "correct_priors": ["boolean"],
        "decision": [str, callable],
        "cv": ["cv_object"],
        "random_state": ["random_state"],
        "n_jobs": [
            Interval(Integral, None, -1, closed="right"),
            Interval(Integral, 1, None, closed="left"),
            None,
        ],
    }

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None, **fit_params: Any
    ) -> Any:
        """Train the sampler once, and a classifier on each balanced set.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            The training rows, as they are.

        y : array-like of shape (n_samples,)
            Labels.

        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weights of the rows, for the class shares and for the classifier; if metadata routing
            is enabled, by the name that it has asked for. A scorer as ``decision`` is not given
            them: it counts rows.

        groups : array-like of shape (n_samples,) or (n_samples, 1), or None, default=None
            What ``cv`` keeps together, if ``decision`` is a scorer: rows of one person, say.
            Values of any kind, none missing. Neither sampler nor classifier see them.

        **fit_params : dict
            Passed on to the ``fit`` of the classifier as they are, if metadata routing is enabled:
            they cannot be one a row.

        Returns
        -------
        self : object
            The fitted instance.

        Raises
        ------
        ValueError
            For a single class, a classifier without ``predict_proba``, weights that classifier
            or sampler cannot deal with, parameters that are one a row, rows that the classifier
            does not take (before a sampler of this package is trained a clone is tried on twenty
            of each class), a ``decision`` that cannot be tuned, or not on these labels or by
            this ``cv``, and a :class:`~imblearn_gan.callbacks.Checkpoint` in a part that is
            trained more than once.

        Warns
        -----
        UserWarning
            If the classifier sees to the balance in a way that the correction does not see, and
            for a scorer that scores the same whatever is predicted.
        """
        _raise_for_params(fit_params, self, "fit")
        refuse_booleans(self)
        check_instance("classifier", self.classifier)
        weight = given_weight(self.classifier, sample_weight, fit_params)
        check_classifier(self.classifier, weight, self.synthetic_weight)
        check_sampler(self.sampler, weight, self.synthetic_weight)
        if self.decision not in ("balanced", "prior"):
            scorer_of(self.decision)
        self._check_checkpoints()
        if self.correct_priors or self.decision == "balanced":
            warn_of_unseen(self.classifier)
        with restored_on_failure(self):
            X, codes, weight = self._read(X, y, weight)
            check_scores(self.decision, X, self.classes_, codes)
            groups = groups_for(self.cv, groups, len(codes))
            params, groups = self._routed(len(codes), weight, groups, fit_params)
            stream = stream_of(self.random_state)
            folds = folds_of(self, codes, groups, stream)
            with tried(self.classifier, self.sampler, X, self.classes_[codes], params):
                self._train(X, codes, weight, params, stream)
            self.decision_weights_ = self._rule(X, codes, weight, params, folds, stream)
        return self

    def _check_checkpoints(self) -> None:
        """Raise a ValueError for a Checkpoint in a part that is trained more than once."""
        if self.decision not in ("balanced", "prior"):
            again = f"those of the folds that decision={self.decision!r} is tuned in"
            refuse_checkpoint("sampler", self.sampler, again)
            refuse_checkpoint("classifier", self.classifier, again)
        if self.n_draws > 1:
            again = f"n_draws={self.n_draws}"
            refuse_checkpoint("classifier", self.classifier, again)
            if hasattr(self.sampler, "steps"):
                refuse_checkpoint("sampler", self.sampler, again)

    def _train(
        self, X: Any, codes: np.ndarray, weight: Any, params: dict, stream: np.random.RandomState
    ) -> None:
        """Train sampler and classifiers, all checks being done; in folds, too."""
        self.priors_ = class_shares(codes, len(self.classes_), weight)
        seeds = stream.randint(MAX_SEED, size=self.n_draws)
        sampler = self.sampler
        if sampler is None:
            sampler = default_sampler(X, self.classifier)
        labels = self.classes_[codes]
        self.sampler_, sets = draws(
            sampler, X, labels, self.n_draws, stream, self.class_size, weight
        )
        shares: list[np.ndarray] = []
        routed = weight is not None and _routing_enabled()

        context, config = copy_context(), get_config()  # joblib asks for sets in threads of its own

        def fits() -> Iterator[Any]:
            for seed in seeds:
                drawn = context.run(next_set, sets, config)
                own = self._weights(drawn, weight, codes)
                estimator = seeded(self.classifier, int(seed))
                estimator, own = balanced_by_weight(estimator, drawn.y, own)
                seen = effective_weight(estimator, drawn.y, own)
                drawn_codes = np.searchsorted(self.classes_, drawn.y)
                shares.append(class_shares(drawn_codes, len(self.classes_), seen))
                made = None if drawn.source is None else drawn.source < 0
                yield delayed(fit_weighted)(estimator, drawn.X, drawn.y, own, params, routed, made)

        self.estimators_ = Parallel(n_jobs=self.n_jobs)(fits())
        self.shares_ = learnt_shares(self.estimators_, shares)

    def _read(self, X: Any, y: Any, sample_weight: Any) -> tuple[Any, np.ndarray, Any]:
        """Return rows in native form, class codes and weights."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        X = to_native(X)
        _check_feature_names(self, X, reset=True)
        y = column_or_1d(plain_labels(y), warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        self.n_features_in_ = int(np.prod(X.shape[1:]))
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "Classifier can't train when only one class is present: y holds only the class "
                f"{label_keys(self.classes_)[0]!r}."
            )
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, np.zeros((len(y), 1)))
            if (sample_weight < 0).any():
                raise ValueError(f"sample_weight must not be negative. Got {sample_weight.min()}.")
        return X, codes, sample_weight

    def _weights(self, drawn: BalancedSet, weight: Any, codes: np.ndarray) -> Any:
        """Return the weights of the rows of a set, if they have any."""
        if weight is None and self.synthetic_weight == 1:
            return None
        source = known_source(self.sampler, drawn, weight, self.synthetic_weight)
        weight = np.ones(len(codes)) if weight is None else weight
        mean = ratio(np.bincount(codes, weight), np.bincount(codes))
        made = self.synthetic_weight * mean[np.searchsorted(self.classes_, drawn.y)]
        return np.where(source < 0, made, weight[source])

    def _rule(
        self,
        X: Any,
        codes: np.ndarray,
        weight: Any,
        params: dict,
        folds: list | None,
        stream: np.random.RandomState,
    ) -> np.ndarray:
        """Return the weights of the classes that ``decision`` stands for."""
        if self.decision == "prior":
            return np.ones(len(self.classes_))
        balanced = ratio(1.0, self.priors_ if self.correct_priors else self.shares_)
        if self.decision == "balanced":
            return balanced
        parts = zip(*left_out(self, X, codes, weight, params, folds, stream))
        p, rows = (np.concatenate(part) for part in parts)
        unseen = _safe_indexing(X, rows)
        scorer = scorer_of(self.decision)
        return tuned_weights(scorer, unseen, p, codes[rows], self.classes_, balanced)
