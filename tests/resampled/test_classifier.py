"""A classifier behind a sampler: what a user relies on."""

import copy
import pickle
import subprocess
import sys
import threading
import warnings
from contextvars import ContextVar
from importlib.util import find_spec
from math import isqrt

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.ensemble import BalancedRandomForestClassifier, RUSBoostClassifier
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    make_scorer,
)
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    cross_val_score,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

import imblearn_gan
from imblearn_gan import (
    BaseGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    DOSClassifier,
    GAMOClassifier,
    ResampledClassifier,
    ResNetClassifier,
)
from imblearn_gan.callbacks import Checkpoint
from imblearn_gan.resampled import _draws, shift_priors
from tests.samplers import Recorder, TinySampler, images, tiny

X, Y = make_classification(
    600, n_features=6, n_informative=3, weights=[0.95], flip_y=0.01, class_sep=0.8, random_state=1
)
LOGISTIC = LogisticRegression()


def model(sampler=None, classifier=LOGISTIC, **params):
    return ResampledClassifier(classifier, sampler, **{"random_state": 0} | params)


LEFT_OUT = {
    "check_sample_weight_equivalence_on_dense_data": (
        "samplers count rows: one of weight two is not two"
    ),
    "check_sample_weight_equivalence_on_sparse_data": (
        "samplers count rows: one of weight two is not two"
    ),
}


@parametrize_with_checks(
    [
        model(tiny(), n_draws=2),
        model(RandomOverSampler(), n_draws=2),
        model(RandomUnderSampler(), make_pipeline(StandardScaler(), LOGISTIC)),
    ],
    expected_failed_checks=lambda estimator: LEFT_OUT,
)
def test_scikit_learn(estimator, check):
    check(estimator)


# probabilities ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sampler", [SMOTE(random_state=0), RandomOverSampler(), tiny(max_iter=300, replay=0.5)]
)
def test_probabilities_are_those_of_the_true_shares(sampler):
    """As good as without a sampler, of rows whose probabilities the classifier can learn."""
    stream = np.random.RandomState(0)
    y = (stream.rand(8000) < 0.1).astype(int)
    X = stream.normal(size=(8000, 3)) + np.outer(y, [1.5, 0.5, 0])
    seen, unseen = slice(0, 4000), slice(4000, None)

    def losses(classifier):
        p = classifier.fit(X[seen], y[seen]).predict_proba(X[unseen])
        assert_allclose(p.sum(axis=1), 1)
        found = [brier_score_loss(y[unseen], p[:, 1]), log_loss(y[unseen], p)]
        return np.array([*found, p[:, 1].mean()])

    none = losses(clone(LOGISTIC))
    assert_allclose(losses(model(sampler)), none, rtol=0.1)
    assert (losses(model(sampler, correct_priors=False)) > 1.5 * none).all()


def test_the_correction_by_hand():
    sampler = RandomOverSampler(sampling_strategy=0.5)
    raw = model(sampler, correct_priors=False).fit(X, Y).predict_proba(X)
    fitted = model(sampler).fit(X, Y)
    assert_allclose(fitted.priors_, np.bincount(Y) / len(Y))
    assert_allclose(fitted.shares_, [2 / 3, 1 / 3], atol=1e-3)
    assert_allclose(
        fitted.predict_proba(X), shift_priors(raw, fitted.shares_, fitted.priors_), atol=1e-12
    )


def test_a_classifier_that_knows_shares_alone_says_the_true_ones():
    prior = DummyClassifier(strategy="prior")
    for params in ({}, {"synthetic_weight": 0.3}, {"n_draws": 3}):
        p = model(tiny(replay=0.25), prior, **params).fit(X, Y).predict_proba(X)
        assert_allclose(p[0], np.bincount(Y) / len(Y))


def test_class_weights_of_the_classifier_are_corrected_too():
    weighted = LogisticRegression(class_weight="balanced", C=1e4)
    fitted = model(RandomOverSampler(sampling_strategy=0.3), weighted).fit(X, Y)
    assert_allclose(fitted.shares_, [0.5, 0.5])
    assert abs(fitted.predict_proba(X)[:, 1].mean() - Y.mean()) < 0.02


@pytest.mark.parametrize(
    "classifier",
    [
        make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")),
        DecisionTreeClassifier(max_depth=2, class_weight="balanced"),
        RandomForestClassifier(20, max_depth=2, class_weight="balanced"),
        RandomForestClassifier(20, max_depth=2, class_weight="balanced_subsample"),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_balance_by_weight_is_corrected_whoever_balances_how(classifier, weighted):
    """Some balance rows, others weights, and it differs between versions of scikit-learn."""
    weight = np.where(Y == 1, 3.0, 1.0) if weighted else None
    fitted = model(SMOTE(), classifier, synthetic_weight=0.1).fit(X, Y, sample_weight=weight)
    assert_allclose(fitted.shares_, [0.5, 0.5])
    said = np.average(fitted.predict_proba(X)[:, 1], weights=weight)
    assert said == pytest.approx(np.average(Y, weights=weight), rel=0.3)


@pytest.mark.filterwarnings("ignore:The `probability` parameter:FutureWarning")
@pytest.mark.parametrize("class_weight", [{0: 1, 1: 20}, "balanced", None])
def test_the_scale_of_platt_knows_no_weights(class_weight):
    machine = SVC(probability=True, class_weight=class_weight)
    fitted = model(SMOTE(), machine, synthetic_weight=0.1).fit(X, Y)
    assert_allclose(fitted.shares_, [0.5, 0.5])
    assert fitted.predict_proba(X)[:, 1].mean() == pytest.approx(Y.mean(), rel=0.25)


@pytest.mark.parametrize("correct_priors", [False, True])
def test_probabilities_that_are_none_are_said(correct_priors):
    class Diverged(Keeper):
        def predict_proba(self, X):
            return np.full((len(X), 2), np.nan)

    fitted = model(RandomOverSampler(), Diverged(), correct_priors=correct_priors).fit(X, Y)
    with pytest.raises(ValueError, match="classifier, a Diverged, gives probabilities of NaN"):
        fitted.predict(X)


@pytest.mark.parametrize(
    "classifier",
    [
        GAMOClassifier(max_iter=100),
        make_pipeline(StandardScaler(), DOSClassifier(pretrain_iter=50, max_iter=50)),
    ],
    ids=["GAMO", "DOS"],
)
def test_classifiers_that_balance_themselves_say_the_true_shares(classifier):
    """They have learnt others than those of the rows, and cut at these."""
    fitted = model(RandomOverSampler(sampling_strategy=0.3), classifier).fit(X, Y)
    raw = clone(fitted).set_params(correct_priors=False, decision="prior").fit(X, Y)
    assert raw.predict_proba(X)[:, 1].mean() > 2 * Y.mean()
    assert fitted.predict_proba(X)[:, 1].mean() == pytest.approx(Y.mean(), rel=0.25)
    balanced = raw.predict_proba(X) / raw.shares_
    assert_array_equal(fitted.predict(X), balanced.argmax(axis=1))


def test_logarithms_of_probabilities():
    fitted = model(RandomOverSampler()).fit(X, Y)
    assert_allclose(fitted.predict_log_proba(X), np.log(fitted.predict_proba(X)))
    certain = model(RandomOverSampler(), DecisionTreeClassifier()).fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isneginf(certain.predict_log_proba(X)).any()


# draws ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(random_state=3), RandomUnderSampler(random_state=3), tiny(random_state=3, replay=0.5)],
)
def test_one_draw_is_a_pipeline(sampler):
    pipeline = make_sampling_pipeline(clone(sampler), clone(LOGISTIC)).fit(X, Y)
    fitted = model(sampler, correct_priors=False, decision="prior").fit(X, Y)
    assert_array_equal(fitted.predict_proba(X), pipeline.predict_proba(X))
    assert_array_equal(fitted.predict(X), pipeline.predict(X))


class Keeper(ClassifierMixin, BaseEstimator):
    """Remembers what it has learnt from."""

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.weight_ = X, y, sample_weight
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((X.shape[0], len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return np.repeat(self.classes_[:1], X.shape[0])


@pytest.mark.parametrize("replay", [0, 0.5])
def test_draws_are_real_rows_and_fresh_generated_ones(replay):
    fitted = model(tiny(replay=replay), Keeper(), n_draws=3, synthetic_weight=0.5).fit(X, Y)
    n, n_added = len(Y), int(np.ptp(np.bincount(Y)))
    made = n_added - int(replay * n_added)
    sets = [estimator.X_ for estimator in fitted.estimators_]
    for estimator, rows in zip(fitted.estimators_, sets):
        assert_array_equal(rows[:n], X)
        assert np.bincount(estimator.y_).tolist() == [np.bincount(Y)[0]] * 2
        assert (estimator.y_[n:] == 1).all()
        assert_array_equal(np.flatnonzero(estimator.weight_ < 1), np.arange(n, n + made))
        repeated = {tuple(row) for row in rows[n + made :]}
        assert repeated <= {tuple(row) for row in X[Y == 1]}
        generated = {tuple(row) for row in rows[n : n + made]}
        assert not generated & {tuple(row) for row in X}
    for i in range(3):
        for j in range(i):
            generated = [{tuple(row) for row in rows[n : n + made]} for rows in (sets[i], sets[j])]
            assert not generated[0] & generated[1]
            assert not replay or not np.array_equal(sets[i][n + made :], sets[j][n + made :])


def test_a_sampler_of_this_package_is_trained_once(monkeypatch):
    trained = []
    original = BaseGANOversampler._train
    monkeypatch.setattr(
        BaseGANOversampler, "_train", lambda self, *a: trained.append(self) or original(self, *a)
    )
    recorder = Recorder()
    fitted = model(tiny(callbacks=[recorder], replay=0.5), n_draws=4).fit(X, Y)
    assert trained == [fitted.sampler_]
    heard = fitted.sampler_.callbacks[0].events
    assert (heard.count("fit_begin"), heard.count("fit_end")) == (1, 1)
    assert recorder.events == []  # the sampler given is not touched


@pytest.mark.parametrize("sampler", [SMOTE(random_state=0), RandomUnderSampler(), SMOTETomek()])
def test_other_samplers_resample_anew(sampler):
    fitted = model(sampler, Keeper(), n_draws=2).fit(X, Y)
    first, second = (estimator.X_ for estimator in fitted.estimators_)
    assert first.shape != second.shape or not np.array_equal(first, second)
    assert type(fitted.sampler_) is type(sampler)


def test_more_draws_are_averaged():
    fitted = model(SMOTE(), n_draws=3, correct_priors=False).fit(X, Y)
    single = [estimator.predict_proba(X) for estimator in fitted.estimators_]
    assert not np.array_equal(single[0], single[1])
    assert_allclose(fitted.predict_proba(X), np.mean(single, axis=0))
    again = model(SMOTE(), n_draws=3, correct_priors=False, n_jobs=2).fit(X, Y)
    assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    other = model(SMOTE(), n_draws=3, correct_priors=False, random_state=1).fit(X, Y)
    assert not np.array_equal(other.predict_proba(X), fitted.predict_proba(X))


def test_seeds_that_parts_have_are_kept_for_the_first_draw():
    fitted = model(SMOTE(random_state=7), Keeper(), n_draws=2).fit(X, Y)
    expected = SMOTE(random_state=7).fit_resample(X, Y)[0]
    assert_array_equal(fitted.estimators_[0].X_, expected)
    assert not np.array_equal(fitted.estimators_[1].X_, expected)


def test_labels_may_be_dates():
    days = np.array(["2020-01-01", "2020-01-05"], dtype="M8[ns]")
    dated, plain = (model(tiny(replay=0.5), n_draws=3).fit(X, y) for y in (days[Y], Y))
    assert_array_equal(dated.predict_proba(X), plain.predict_proba(X))
    assert_array_equal(dated.predict(X), days[plain.predict(X)])


def test_dates_are_dates_in_messages():
    days = np.array(["2020-01-01", "2020-01-02"], dtype="M8[ns]")
    with pytest.raises(ValueError, match=r"only the class .*2020-01-01"):
        model(RandomOverSampler()).fit(X, days[0 * Y])
    with pytest.raises(ValueError, match=r"the 2 labels .*2020-01-01.*pos_label=.*2020-01-02"):
        model(RandomOverSampler(), decision="f1").fit(X, days[Y])


def test_balanced_data_need_no_training():
    y = np.arange(len(X)) % 2
    fitted = model(tiny(), Keeper(), n_draws=2).fit(X, y)
    for estimator in fitted.estimators_:
        assert_array_equal(estimator.X_, X)


# how many rows a set has -----------------------------------------------------------------------

N, N_RARE = np.bincount(Y)


@pytest.mark.parametrize("sampler", [tiny(), tiny(replay=0.5), SMOTE(), RandomOverSampler()])
@pytest.mark.parametrize(
    ("class_size", "size"),
    [
        ("geometric_mean", isqrt(N * N_RARE)),
        ("smallest", N_RARE),
        ("largest", N),
        (100, 100),
        (20, 20),
        (10_000, N),
    ],
)
def test_sets_have_as_many_rows_of_each_class_as_asked(sampler, class_size, size):
    fitted = model(sampler, Keeper(), n_draws=3, class_size=class_size).fit(X, Y)
    of_class = [{tuple(row) for row in X[rows]} for rows in (Y == 0, Y == 1)]
    large = []
    for estimator in fitted.estimators_:
        assert np.bincount(estimator.y_).tolist() == [size, size]
        rows = [[tuple(row) for row in estimator.X_[estimator.y_ == label]] for label in (0, 1)]
        assert len({*rows[0]} & of_class[0]) == size  # real rows, each once
        assert len({*rows[1]} & of_class[1]) == min(size, N_RARE)
        large.append({*rows[0]})
    assert (large[0] == large[1]) == (size == N)
    assert_allclose(fitted.shares_, [0.5, 0.5])


@pytest.mark.parametrize("sampler", [tiny(), RandomOverSampler()])
def test_sets_of_images_can_be_smaller(sampler):
    fitted = model(sampler, Keeper(), n_draws=2, class_size="geometric_mean")
    for estimator in fitted.fit(X.reshape(600, 2, 3, 1), Y).estimators_:
        assert estimator.X_.shape == (2 * isqrt(N * N_RARE), 2, 3, 1)


def test_classes_that_the_strategy_leaves_out_get_no_rows():
    rows = np.r_[X, X[:40] + 1]
    y = np.r_[Y, np.full(40, 2)]
    fitted = model(tiny(sampling_strategy="minority"), Keeper(), n_draws=2, class_size=100).fit(
        rows, y
    )
    for estimator in fitted.estimators_:
        assert np.bincount(estimator.y_).tolist() == [100, 100, 40]


@pytest.mark.parametrize("strategy", [0.5, {1: 300}, lambda y: {1: 300}])
@pytest.mark.parametrize("sampler", [tiny(), SMOTE()])
def test_one_of_both_says_how_many_rows_there_are(sampler, strategy):
    own = clone(sampler).set_params(sampling_strategy=strategy)
    with pytest.raises(ValueError, match=r"class_size='geometric_mean' says.*sampling_strategy="):
        model(own, class_size="geometric_mean").fit(X, Y)
    assert model(own, Keeper()).fit(X, Y).estimators_[0].y_.sum() >= 280


def test_rows_without_weight_are_not_drawn_from_a_large_class():
    weight = (np.arange(len(Y)) % 10 == 0) | (Y == 1)
    for sampler in (tiny(), RandomOverSampler()):
        fitted = model(sampler, Keeper(), n_draws=2, class_size="smallest")
        for estimator in fitted.fit(X, Y, sample_weight=weight.astype(float)).estimators_:
            assert (estimator.weight_ == 1).all()


@pytest.mark.parametrize("sampler", [tiny(), SMOTE()])
@pytest.mark.parametrize(("class_size", "size"), [("smallest", N_RARE), (10, 10), (100, 100)])
def test_sets_are_as_large_where_few_rows_have_a_weight(sampler, class_size, size):
    weight = (np.arange(len(Y)) % 25 == 0).astype(float)
    fitted = model(sampler, Keeper(), n_draws=2, class_size=class_size)
    for estimator in fitted.fit(X, Y, sample_weight=weight).estimators_:
        assert np.bincount(estimator.y_).tolist() == [size, size]
        of_large = estimator.weight_[estimator.y_ == 0]
        assert of_large.sum() == min(size, weight[Y == 0].sum())


def test_nothing_is_trained_where_nothing_is_made(monkeypatch):
    monkeypatch.setattr(BaseGANOversampler, "_train", lambda *_: pytest.fail("trained"))
    for class_size in ("smallest", 20):
        fitted = model(tiny(), Keeper(), n_draws=2, class_size=class_size).fit(X, Y)
        assert len({tuple(row) for e in fitted.estimators_ for row in e.X_[e.y_ == 0]}) > N_RARE / 2


def test_sets_of_frames_keep_their_columns():
    frame = pd.DataFrame({"size": X[:, 0], "kind": pd.Categorical(np.where(X[:, 1] > 0, "a", "b"))})
    fitted = model(tiny(), Keeper(), n_draws=2, class_size=60).fit(frame, Y)
    for estimator in fitted.estimators_:
        assert estimator.X_.dtypes.tolist() == frame.dtypes.tolist()
        assert len(estimator.X_) == 120


# decisions --------------------------------------------------------------------------------------


def test_the_balanced_rule_is_that_of_the_balanced_sets():
    for strategy in ("auto", 0.4):
        sampler = RandomOverSampler(sampling_strategy=strategy)
        corrected = model(sampler, n_draws=2).fit(X, Y)
        raw = model(sampler, n_draws=2, correct_priors=False).fit(X, Y)
        assert_array_equal(corrected.predict(X), raw.predict(X))
        balanced = raw.predict_proba(X) / raw.shares_
        assert_array_equal(raw.predict(X), balanced.argmax(axis=1))
        p = model(sampler, n_draws=2, decision="prior").fit(X, Y)
        assert_array_equal(p.predict(X), p.predict_proba(X).argmax(axis=1))
    assert corrected.predict(X).mean() > 1.5 * p.predict(X).mean()


@pytest.mark.parametrize("decision", ["f1", make_scorer(f1_score)])
def test_a_tuned_rule(decision):
    tuned = model(RandomOverSampler(), decision=decision).fit(X, Y)
    plain = model(RandomOverSampler()).fit(X, Y)
    assert_array_equal(tuned.predict_proba(X), plain.predict_proba(X))
    assert f1_score(Y, tuned.predict(X)) > f1_score(Y, plain.predict(X)) + 0.05


class Rememberer(BaseEstimator):
    """A sampler that writes down what it was given, and adds nothing."""

    seen: list = []

    def fit_resample(self, X, y):
        self.seen.append(np.asarray(X)[:, 0])
        return X, y


class Reader(Keeper):
    """Writes down what it is asked to predict."""

    asked: list = []

    def predict_proba(self, X):
        self.asked.append(X[:, 0])
        return super().predict_proba(X)


@pytest.mark.parametrize(("cv", "n"), [(None, 5), (3, 3)])
def test_rules_are_tuned_on_rows_left_out(cv, n):
    Rememberer.seen, Reader.asked = [], []
    rows = np.arange(40.0)[:, None]
    y = np.repeat([0, 1], [30, 10])
    model(Rememberer(), Reader(), decision="balanced_accuracy", cv=cv).fit(rows, y)
    assert len(Rememberer.seen) == n + 1  # all rows, and once a fold
    assert sorted(map(len, Rememberer.seen))[-1] == 40
    folds = [seen for seen in Rememberer.seen if len(seen) < 40]
    for seen, asked in zip(folds, Reader.asked):
        assert not set(seen) & set(asked)
    assert_array_equal(np.sort(np.concatenate(Reader.asked)), rows[:, 0])


def test_several_classes():
    X, y = make_classification(
        900, n_informative=4, n_classes=3, weights=[0.8, 0.15], random_state=0
    )
    y = np.array(["common", "rare", "rarer"])[y]
    fitted = model(tiny(max_iter=100), n_draws=2, decision="f1_macro").fit(X, y)
    assert fitted.decision_weights_.shape == (3,)
    plain = model(tiny(max_iter=100), n_draws=2, decision="prior").fit(X, y)
    assert f1_score(y, fitted.predict(X), average="macro") >= f1_score(
        y, plain.predict(X), average="macro"
    )
    assert fitted.classes_.tolist() == ["common", "rare", "rarer"]


# weights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "classifier", [LOGISTIC, make_pipeline(StandardScaler(), make_pipeline(LOGISTIC))]
)
@pytest.mark.parametrize("routing", [False, True])
def test_generated_rows_of_no_weight_count_for_nothing(classifier, routing):
    with sklearn.config_context(enable_metadata_routing=routing):
        p = model(tiny(), classifier, synthetic_weight=0).fit(X, Y)
        heavy = model(tiny(), classifier).fit(X, Y)
    assert_allclose(p.shares_, np.bincount(Y) / len(Y))
    if classifier is LOGISTIC:
        none = clone(classifier).fit(X, Y)
        assert_allclose(p.predict_proba(X), none.predict_proba(X), atol=1e-3)
    assert not np.allclose(heavy.predict_proba(X), p.predict_proba(X), atol=0.01)


def test_weights_of_rows_go_with_them():
    weight = np.random.RandomState(0).rand(len(Y))
    for sampler in (tiny(replay=0.5), SMOTE(), RandomOverSampler(), RandomUnderSampler()):
        fitted = model(sampler, Keeper(), synthetic_weight=0.5, n_draws=2)
        fitted.fit(X, Y, sample_weight=weight)
        assert_allclose(fitted.priors_, np.bincount(Y, weight) / weight.sum())
        by_row = {tuple(row): w for row, w in zip(X, weight)}
        for estimator in fitted.estimators_:
            for row, w in zip(estimator.X_, estimator.weight_):
                assert w == pytest.approx(by_row.get(tuple(row), 0.5 * weight[Y == 1].mean()))


def test_weights_that_cannot_be():
    with pytest.raises(ValueError, match=r"synthetic_weight=0.5 needs .*KNeighborsClassifier"):
        model(tiny(), KNeighborsClassifier(), synthetic_weight=0.5).fit(X, Y)
    with pytest.raises(ValueError, match="sample_weight needs a classifier"):
        model(tiny(), KNeighborsClassifier()).fit(X, Y, sample_weight=np.ones(len(Y)))
    with pytest.raises(ValueError, match="does not tell which rows it has made"):
        model(make_sampling_pipeline(Untouched()), synthetic_weight=0.5).fit(X, Y)
    with pytest.raises(ValueError, match="does not tell which rows it has made") as half:
        model(SMOTETomek(), synthetic_weight=0.5).fit(X, Y)
    with pytest.raises(ValueError, match="has made: sample_weight cannot be used") as weighted:
        model(SMOTETomek()).fit(X, Y, sample_weight=np.ones(len(Y)))
    piped = make_sampling_pipeline(SMOTE(), RandomUnderSampler())
    with pytest.raises(ValueError, match=r"sample_weight and synthetic_weight=0\.5 .* pipeline"):
        model(piped, synthetic_weight=0.5).fit(X, Y, sample_weight=np.ones(len(Y)))
    assert "sample_weight" not in str(half.value)
    assert "synthetic_weight" not in str(weighted.value)
    assert str(half.value).startswith("SMOTETomek() does")
    assert not any("pipeline" in str(error.value) for error in (half, weighted))
    with pytest.raises(ValueError, match="sample_weight must not be negative"):
        model(tiny()).fit(X, Y, sample_weight=-np.ones(len(Y)))


class Booster(LogisticRegression):
    """Has the parameters by which libraries of gradient boosting balance classes."""

    def __init__(
        self,
        scale_pos_weight=1.0,
        is_unbalance=False,
        auto_class_weights=None,
        class_weights=None,
    ):
        super().__init__()
        self.scale_pos_weight = scale_pos_weight
        self.is_unbalance = is_unbalance
        self.auto_class_weights = auto_class_weights
        self.class_weights = class_weights


@pytest.mark.parametrize(
    ("classifier", "named"),
    [
        (GaussianNB(priors=[0.5, 0.5]), "priors="),
        (BernoulliNB(fit_prior=False), "fit_prior=False"),
        (
            make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(priors=[0.5, 0.5])),
            "lineardiscriminantanalysis__priors=",
        ),
        (
            BaggingClassifier(LogisticRegression(class_weight="balanced"), 2),
            "estimator__class_weight='balanced'",
        ),
        (BalancedRandomForestClassifier(5), "BalancedRandomForestClassifier, which balances"),
        (
            make_pipeline(StandardScaler(), RUSBoostClassifier(n_estimators=2)),
            "RUSBoostClassifier, which balances",
        ),
        (
            CalibratedClassifierCV(BalancedRandomForestClassifier(5), cv=2),
            "BalancedRandomForestClassifier, which balances",
        ),
        (
            make_sampling_pipeline(StandardScaler(), make_sampling_pipeline(SMOTE(), LOGISTIC)),
            "SMOTE, which balances",
        ),
        (Booster(scale_pos_weight=19), "scale_pos_weight=19"),
        (Booster(is_unbalance=True), "is_unbalance=True"),
        (Booster(auto_class_weights="Balanced"), "auto_class_weights='Balanced'"),
        (Booster(class_weights=[1, 19]), "class_weights=[1, 19]"),
        (Booster(), None),
        (Booster(None, None, "None"), None),
        (GaussianNB(), None),
        (BernoulliNB(), None),
        (LogisticRegression(class_weight="balanced"), None),
        (make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")), None),
        (
            make_pipeline(
                SelectFromModel(LogisticRegression(class_weight="balanced")), LogisticRegression()
            ),
            None,
        ),
    ],
)
def test_shares_that_cannot_be_seen_are_said(classifier, named):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model(SMOTE(), classifier, decision="f1").fit(X, Y)
    said = [w for w in caught if "class shares" in str(w.message)]
    assert len(said) == (named is not None)
    if named:
        assert f" {named}" in str(said[0].message)
        assert said[0].filename == __file__


def test_shares_that_nobody_uses_are_not_warned_of():
    classifier = GaussianNB(priors=[0.5, 0.5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(SMOTE(), classifier, correct_priors=False, decision="prior").fit(X, Y)


class Untouched(SMOTE):
    def fit_resample(self, X, y):
        raise AssertionError("nothing may be trained")


class Untrained(TinySampler):
    def fit_resample(self, X, y):
        raise AssertionError("nothing may be trained")


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (np.array(["no", "yes"])[Y], r"decision='f1' .*'no', 'yes'.*'f1_macro'.*pos_label='yes'"),
        (
            np.arange(len(Y)) % 3,
            r"decision='f1' .*3 labels \[0, 1, 2\]: Target is multiclass.*macro",
        ),
    ],
)
def test_labels_that_a_score_cannot_take_are_said_before_any_training(labels, match):
    with pytest.raises(ValueError, match=match):
        model(Untouched(), decision="f1").fit(X, labels)


def some_rows(model, X, y):
    return (model.predict(X[y == 1]) == 1).mean()


def a_dict(model, X, y):
    return {"f1": f1_score(y, model.predict(X))}


def never(model, X, y):
    return np.nan


@pytest.mark.parametrize(
    ("decision", "match"),
    [
        (f1_score, r"make_scorer\(f1_score\) makes one"),
        (make_scorer(f1_score, average=None), r"gives array.* no finite number.*'f1_macro'"),
        (a_dict, "gives {'f1': .*no finite number"),
        (never, "gives nan, which is no finite number"),
        (some_rows, f"predictions of {(Y == 1).sum()} rows.* all 600 rows"),
    ],
)
def test_scorers_that_give_no_number_are_said_before_any_training(decision, match):
    with pytest.raises(ValueError, match=f"decision=(.|\n)*{match}"):
        model(Untouched(), decision=decision).fit(X, Y)


def ranking(model, X, y):
    return average_precision_score(y, model.predict_proba(X)[:, 1])


def test_scorers_that_no_rule_changes_are_warned_of():
    with pytest.warns(UserWarning, match="scores the same whatever is predicted"):
        model(RandomOverSampler(), decision=ranking, cv=2).fit(X, Y)


def test_a_scorer_sees_the_rows_left_out():
    """Only frauds of some worth are worth an alarm."""
    frame = pd.DataFrame(X).add_prefix("x").assign(amount=np.arange(len(Y)))
    classifier = make_pipeline(StandardScaler(), LOGISTIC)
    sums = set()

    def gain(model, X, y):
        sums.add(int(X["amount"].sum()))
        said = model.predict(X) == 1
        return X["amount"][said & (y == 1)].sum() - 150 * said.sum()

    tuned, plain = (
        model(RandomOverSampler(), classifier, decision=decision, cv=3).fit(frame, Y)
        for decision in (gain, "prior")
    )
    assert sums == {int(frame["amount"].sum())}  # all rows, once each
    assert gain(tuned, frame, Y) > gain(plain, frame, Y)


@pytest.mark.parametrize("cv", [StratifiedKFold(3, shuffle=True), StratifiedShuffleSplit(2)])
def test_folds_have_the_seed_of_the_model(cv):
    first, again, other = (
        model(RandomOverSampler(), decision="f1", cv=cv, random_state=seed).fit(X, Y)
        for seed in (0, 0, 1)
    )
    assert_array_equal(first.decision_weights_, again.decision_weights_)
    assert not np.array_equal(first.decision_weights_, other.decision_weights_)
    assert cv.random_state is None


def test_a_fold_that_fails_is_said_to_be_one():
    few = np.r_[np.flatnonzero(Y == 0)[:60], np.flatnonzero(Y == 1)[:7]]
    with pytest.raises(ValueError, match=r"decision='f1' is tuned in folds.*n_neighbors"):
        model(SMOTE(), decision="f1").fit(X[few], Y[few])


def test_labels_of_text_are_tuned_as_the_error_says():
    labels = np.array(["no", "yes"])[Y]
    scorer = make_scorer(f1_score, pos_label="yes")
    tuned = model(SMOTE(), decision=scorer).fit(X, labels)
    numbers = model(SMOTE(), decision="f1").fit(X, Y)
    assert_array_equal(tuned.predict(X) == "yes", numbers.predict(X) == 1)


# manners ----------------------------------------------------------------------------------------


def test_search_over_both_parts():
    grid = {"classifier__C": [0.1, 1], "sampler__max_iter": [2, 3], "n_draws": [1, 2]}
    search = GridSearchCV(model(tiny()), grid, cv=2, scoring="neg_log_loss", error_score="raise")
    search.fit(X, Y)
    assert search.best_params_.keys() == grid.keys()
    assert len(search.cv_results_["params"]) == 8


def test_metadata_are_routed():
    weight = np.ones(len(Y))
    with sklearn.config_context(enable_metadata_routing=True):
        asks = Keeper().set_fit_request(sample_weight=True)
        fitted = model(tiny(), asks).fit(X, Y, sample_weight=weight)
        assert fitted.estimators_[0].weight_ is not None
        scores = cross_val_score(
            model(tiny(), asks), X, Y, cv=2, params={"sample_weight": weight}, error_score="raise"
        )
        assert len(scores) == 2
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError):
            model(tiny(), Keeper()).fit(X, Y, sample_weight=weight)
    with pytest.raises(ValueError, match="enable_metadata_routing"):
        model(tiny()).fit(X, Y, colour=3)


@pytest.mark.parametrize("piped", [False, True])
def test_weights_by_another_name_reach_the_classifier(piped):
    weight = np.random.RandomState(0).rand(len(Y)) + 0.1
    with sklearn.config_context(enable_metadata_routing=True):
        asks = Keeper().set_fit_request(sample_weight="w")
        asks = make_pipeline(StandardScaler(), asks) if piped else asks
        fitted = model(RandomOverSampler(), asks, n_draws=2).fit(X, Y, w=weight)
        plain = Keeper().set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        plain = make_pipeline(scaler, plain) if piped else plain
        expected = model(RandomOverSampler(), plain, n_draws=2).fit(X, Y, sample_weight=weight)
        with pytest.raises(ValueError, match="sample_weight and w are both given"):
            model(tiny(), asks).fit(X, Y, w=weight, sample_weight=weight)
        with pytest.raises(ValueError, match="sample_weight must not be negative"):
            model(tiny(), asks).fit(X, Y, w=-weight)
    assert_allclose(fitted.priors_, np.bincount(Y, weight) / weight.sum())
    for estimator, other in zip(fitted.estimators_, expected.estimators_):
        own, others = (e[-1].weight_ if piped else e.weight_ for e in (estimator, other))
        assert_array_equal(own, others)
        assert set(own) <= set(weight)


@pytest.mark.parametrize("asked", [False, None, "w"])
@pytest.mark.parametrize("scaled", [None, True])
def test_weights_that_the_classifier_has_not_asked_for_are_refused(asked, scaled):
    weight = np.where(Y == 1, 10.0, 1.0)
    message = (
        r"classifier asks .* as 'w': give fit\(\.\.\., w=" if asked else "has not asked for it"
    )
    with sklearn.config_context(enable_metadata_routing=True):
        asks = LogisticRegression().set_fit_request(sample_weight=asked)
        scaler = StandardScaler().set_fit_request(sample_weight=scaled)
        with pytest.raises(ValueError, match=message):
            model(Untouched(), make_pipeline(scaler, asks)).fit(X, Y, sample_weight=weight)
        if asked is not None:  # else scikit-learn says it
            with pytest.raises(ValueError, match=message):
                model(Untouched(), asks).fit(X, Y, sample_weight=weight)


def test_weights_of_the_classifier_reach_a_scaler_that_asks_for_them():
    weight = np.where(X[:, 0] > 0, 10.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        scaled = [
            make_pipeline(
                StandardScaler().set_fit_request(sample_weight=asked),
                Keeper().set_fit_request(sample_weight="w"),
            )
            for asked in ("w", False)
        ]
        both, one = (model(RandomOverSampler(), p).fit(X, Y, w=weight) for p in scaled)
        with pytest.raises(ValueError, match=r"give w alone\. Other steps"):
            model(Untouched(), scaled[0]).fit(X, Y, w=weight, sample_weight=weight)
    assert both.estimators_[0][0].mean_[0] > one.estimators_[0][0].mean_[0] + 0.1
    assert_array_equal(both.estimators_[0][1].weight_, one.estimators_[0][1].weight_)


class Coloured(Keeper):
    def fit(self, X, y, colour=None, sample_weight=None):
        self.colour_ = colour
        return super().fit(X, y, sample_weight)


@pytest.mark.parametrize("asked", [True, "shade"])
def test_what_is_the_same_for_all_rows_reaches_the_classifier(asked):
    name = "colour" if asked is True else asked
    with sklearn.config_context(enable_metadata_routing=True):
        asks = Coloured().set_fit_request(colour=asked)
        for value in ("green", [1, 2, 3], "x" * len(Y), np.array(600)):
            fitted = model(RandomOverSampler(), asks, decision="balanced_accuracy", cv=2)
            assert fitted.fit(X, Y, **{name: value}).estimators_[0].colour_ == value


@pytest.mark.parametrize("value", [np.arange(600), [0] * 600, pd.Series(Y), np.zeros((600, 2))])
def test_what_is_one_a_row_is_refused_before_any_training(value):
    with sklearn.config_context(enable_metadata_routing=True):
        asks = Coloured().set_fit_request(colour=True)
        with pytest.raises(ValueError, match=r"colour has an entry for each of the 600 rows"):
            model(Untouched(), asks).fit(X, Y, colour=value)


GROUPS = np.arange(len(Y)) % 50


@pytest.mark.parametrize("routing", [False, True])
def test_groups_are_kept_together_where_a_rule_is_tuned(routing):
    Rememberer.seen, Reader.asked = [], []
    rows = np.column_stack([GROUPS, X])
    with sklearn.config_context(enable_metadata_routing=routing):
        tuned = model(Rememberer(), Reader(), decision="f1", cv=StratifiedGroupKFold(4))
        tuned.fit(rows, Y, groups=GROUPS)
    assert len(Rememberer.seen) == 5
    folds = [seen for seen in Rememberer.seen if len(seen) < len(Y)]
    for seen, asked in zip(folds, Reader.asked):
        assert not set(seen) & set(asked)
    assert sum(map(len, Reader.asked)) == len(Y)


def test_folds_may_come_from_a_generator():
    splits = [*StratifiedGroupKFold(2).split(X, Y, GROUPS)]
    fitted = [
        model(RandomOverSampler(), decision="f1", cv=cv).fit(X, Y) for cv in (splits, iter(splits))
    ]
    assert_array_equal(*(one.decision_weights_ for one in fitted))


def test_groups_come_through_a_search_with_routing():
    grouped = model(RandomOverSampler(), decision="f1", cv=StratifiedGroupKFold(2))
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_val_score(
            grouped,
            X,
            Y,
            cv=StratifiedGroupKFold(2),
            params={"groups": GROUPS},
            error_score="raise",
        )
    assert len(scores) == 2


@pytest.mark.parametrize(
    ("cv", "groups", "match"),
    [
        (StratifiedGroupKFold(2), None, r"cv=StratifiedGroupKFold.* needs groups.*groups=\.\.\."),
        (None, GROUPS, "groups are given, but cv=None"),
        (3, GROUPS, "groups are given, but cv=3"),
        (StratifiedKFold(2), GROUPS, "groups are given, but cv=StratifiedKFold"),
        (StratifiedGroupKFold(2), GROUPS[:9], "groups is inconsistent with y"),
        (StratifiedGroupKFold(2), np.where(GROUPS, GROUPS, np.nan), "groups has 12 missing values"),
        (StratifiedGroupKFold(2), ["a", *[float("nan")] * 599], "groups has 599 missing values"),
        (StratifiedGroupKFold(2), pd.Series([None, *GROUPS[1:]], dtype="Int64"), "groups has 1 "),
        (StratifiedGroupKFold(2), np.zeros((600, 2)), "groups must be one column"),
        (700, None, "n_splits=700"),
        ([([0, 1], [2])], None, "cv must give folds with rows of every class"),
        ([], None, r"cv must give folds with test rows\. Got \[\]"),
        ([(np.arange(600), [])], None, "cv must give folds with test rows"),
        ([(np.arange(600), [3])], None, "cv must .* test rows are not among the training rows"),
        ([(np.arange(600),)], None, "cv must give pairs"),
        ([(np.arange(300), [900])], None, "cv must give pairs .* of the 600 that"),
        ([(Y >= 0, np.zeros(600, bool))], None, "cv must give folds with test rows"),
        (
            [(np.delete(np.arange(600), 0), [0])],
            None,
            "cv must give folds with rows of every class to test on",
        ),
    ],
)
@pytest.mark.parametrize("routing", [False, True])
def test_groups_and_folds_that_do_not_fit_are_said_before_any_training(cv, groups, match, routing):
    routed = sklearn.config_context(enable_metadata_routing=routing)
    with routed, pytest.raises(ValueError, match=match):
        model(Untouched(), decision="f1", cv=cv).fit(X, Y, groups=groups)


def test_groups_by_another_name_are_checked_too():
    cv = StratifiedGroupKFold(2)
    with sklearn.config_context(enable_metadata_routing=True):
        tuned = model(Untouched(), decision="f1", cv=cv.set_split_request(groups="person"))
        with pytest.raises(ValueError, match="groups has 12 missing values"):
            tuned.fit(X, Y, person=np.where(GROUPS, GROUPS, np.nan))


def test_groups_are_not_asked_for_where_nothing_is_tuned():
    cv = StratifiedGroupKFold(2)
    fitted = [model(RandomOverSampler(), cv=cv).fit(X, Y, groups=g) for g in (None, GROUPS)]
    assert_array_equal(*(one.predict_proba(X) for one in fitted))
    with pytest.raises(ValueError, match="groups is inconsistent with y: it has 9 rows"):
        model(Untouched(), cv=cv).fit(X, Y, groups=GROUPS[:9])


@pytest.mark.parametrize(
    "groups",
    [
        GROUPS[:, None],
        pd.DataFrame({"person": GROUPS}),
        pl.Series(GROUPS),
        [f"{group:02}" for group in GROUPS],
        np.array([group if group < 25 else f"p{group}" for group in GROUPS], dtype=object),
    ],
)
def test_groups_are_of_any_kind(groups):
    tuned = model(RandomOverSampler(), decision="f1", cv=StratifiedGroupKFold(2))
    expected = clone(tuned).fit(X, Y, groups=GROUPS).decision_weights_
    assert_array_equal(tuned.fit(X, Y, groups=groups).decision_weights_, expected)


def test_folds_are_not_printed_row_by_row():
    splits = [*StratifiedGroupKFold(5).split(X, Y, GROUPS)]
    with pytest.raises(ValueError, match="groups are given, but cv=") as refused:
        model(Untouched(), decision="f1", cv=splits).fit(X, Y, groups=GROUPS)
    assert len(str(refused.value)) < 400


def test_pickles_and_clones():
    fitted = model(tiny(), n_draws=2).fit(X, Y)
    again = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    with pytest.raises(NotFittedError):
        clone(fitted).predict(X)
    assert_array_equal(clone(fitted).fit(X, Y).predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize("sampler", [tiny(replay=1.0), RandomOverSampler()])
def test_frames_keep_their_names(sampler):
    frame = pd.DataFrame(X, columns=list("abcdef")).assign(g=np.where(X[:, 0] > 0, "u", "v"))
    encoder = make_column_transformer((OneHotEncoder(), ["g"]), remainder="passthrough")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = model(sampler, make_pipeline(encoder, LOGISTIC), n_draws=2).fit(
            frame, pd.Series(Y).map({0: "no", 1: "yes"})
        )
        p = fitted.predict_proba(frame)
    assert fitted.feature_names_in_.tolist() == [*"abcdefg"]
    assert set(fitted.predict(frame)) == {"no", "yes"}
    other = clone(fitted).fit(pl.DataFrame(frame), pl.Series(np.where(Y, "yes", "no")))
    assert_allclose(other.predict_proba(pl.DataFrame(frame)), p)
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame[[*"bacdefg"]])


FRAME = pd.DataFrame(X[:, :2], columns=["size", "age"]).assign(kind=np.where(Y, "u", "v"))


@pytest.mark.parametrize("dtype", [object, "string", "category"])
@pytest.mark.parametrize(
    "classifier",
    [LOGISTIC, HistGradientBoostingClassifier(), make_pipeline(KNeighborsClassifier())],
)
def test_text_before_a_classifier_of_numbers_is_said_before_any_training(classifier, dtype):
    frame = FRAME.astype({"kind": dtype})
    if dtype == "category" and isinstance(classifier, HistGradientBoostingClassifier):
        assert model(RandomOverSampler(), classifier).fit(frame, Y).estimators_  # takes it
        return
    with pytest.raises(ValueError, match=r"could not convert|unsupported|not supported|dtype"):
        clone(classifier).fit(frame, Y)
    with pytest.raises(ValueError, match=r"text in the columns \['kind'\].*OneHotEncoder"):
        model(Untrained(), classifier).fit(frame, Y)


def test_text_without_categories_or_in_many_columns_is_said_too():
    plain = HistGradientBoostingClassifier(categorical_features=None)
    with pytest.raises(ValueError, match=r"text in the columns \['kind'\].*sparse_output=False"):
        model(Untrained(), plain).fit(FRAME.astype({"kind": "category"}), Y)
    wide = pd.concat([FRAME[["kind"]].add_suffix(i) for i in "abcdef"], axis=1)
    with pytest.raises(ValueError, match=r"'kinde'\] and 1 more.*make_column_selector"):
        model(Untrained(), LOGISTIC).fit(wide, Y)


@pytest.mark.parametrize(
    ("classifier", "frame"),
    [
        (LOGISTIC, FRAME.assign(kind=np.where(Y, "1", "2")).astype({"kind": object})),
        (HistGradientBoostingClassifier(max_iter=2), FRAME.assign(kind=pd.array([None, 1] * 300))),
        (HistGradientBoostingClassifier(max_iter=2, categorical_features=["kind"]), FRAME),
        (DummyClassifier(), FRAME),
        (Keeper(), FRAME),
        (
            CalibratedClassifierCV(
                make_pipeline(OneHotEncoder(handle_unknown="ignore"), LOGISTIC), cv=2
            ),
            FRAME,
        ),
        (make_pipeline(OneHotEncoder(handle_unknown="ignore"), LOGISTIC), FRAME),
    ],
)
def test_text_that_a_classifier_takes_is_no_error(classifier, frame):
    clone(classifier).fit(frame, Y)
    assert model(RandomOverSampler(), classifier).fit(frame, Y).estimators_


GAPS = FRAME[["size", "age"]].mask(X[:, :2] > 1)


@pytest.mark.parametrize(
    ("rows", "classifier", "match"),
    [
        (
            FRAME.assign(kind=pd.Timestamp("2020-01-01")),
            LOGISTIC,
            r"DateTime64.* dates in the columns \['kind'\].*features \(year",
        ),
        (FRAME.to_numpy(object), LOGISTIC, r"text in the columns \[2\].*OneHotEncoder"),
        (GAPS, LOGISTIC, r"NaN.* missing values in the columns \['size', 'age'\].*SimpleImputer"),
        (
            GAPS.assign(kind="u"),
            make_pipeline(make_column_transformer((OneHotEncoder(), ["kind"])), LOGISTIC),
            None,
        ),
        (GAPS, HistGradientBoostingClassifier(max_iter=2), None),
        (X.reshape(600, 2, 3), RandomForestClassifier(2), r"dim 3.*shape \(2, 3\).*flat rows"),
    ],
)
def test_what_the_classifier_does_not_take_is_said_before_any_training(rows, classifier, match):
    if match is None:
        assert model(Rememberer(), classifier).fit(rows, Y).estimators_
        return
    for sampler in (Untrained(), RandomOverSampler()):
        with pytest.raises(ValueError, match=f"cannot learn from X(.|\n)*{match}"):
            model(sampler, classifier).fit(rows, Y)


def test_what_the_classifier_takes_is_not_blamed():
    town = pd.Series(pd.Categorical(FRAME["kind"]))
    rows = GAPS.assign(town=town, kind=FRAME["kind"].to_numpy())
    boosting = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5)
    with pytest.raises(ValueError, match=r"has text in the columns \['kind'\]\.") as refused:
        model(Untrained(), boosting).fit(rows, Y)
    said = str(refused.value)
    assert "HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5))" in said
    assert "town" not in said
    assert "missing values" not in said


def test_images_get_flat_as_the_error_says():
    flat = FunctionTransformer(lambda X: X.reshape(len(X), -1))
    forest = make_pipeline(flat, RandomForestClassifier(2))
    assert model(tiny(), forest).fit(X.reshape(600, 2, 3, 1), Y).estimators_


class Hungry(Keeper):
    """Needs more rows than a trial on few has."""

    def fit(self, X, y, sample_weight=None):
        if len(X) < 500:
            raise ValueError("too few rows")
        return super().fit(X, y, sample_weight)


def test_a_classifier_that_needs_many_rows_may_have_them():
    assert model(tiny(), Hungry()).fit(X, Y).estimators_
    with pytest.raises(ValueError, match="too few rows"):
        model(Untrained(), Hungry()).fit(X[::4], Y[::4])


class Lasting(Keeper):
    """Writes down how long its trainings are."""

    lengths = ()

    def __init__(self, max_iter="auto"):
        self.max_iter = max_iter

    def fit(self, X, y):
        Lasting.lengths += (self.max_iter,)
        return super().fit(X, y)


@pytest.mark.parametrize("length", [500, "auto"])
def test_a_trial_is_short(length, monkeypatch):
    monkeypatch.setattr(Lasting, "lengths", ())
    model(tiny(), Lasting(length)).fit(X, Y)
    assert Lasting.lengths == (1, length)


def test_few_rows_may_be_too_few_for_a_classifier_until_there_are_more():
    """A trial on rows as they are fails: five span no covariance of six columns."""
    rows, y = np.random.RandomState(0).normal(size=(100, 6)), np.repeat([0, 1], [95, 5])
    assert model(tiny(), QuadraticDiscriminantAnalysis()).fit(rows, y).estimators_


def test_columns_of_one_name_are_told():
    twice = FRAME.set_axis(["kind"] * FRAME.shape[1], axis=1)
    with pytest.raises(ValueError, match=r"several columns of the same name: \['kind'"):
        model(Untrained()).fit(twice, Y)


def test_text_that_a_sampler_does_not_take_is_named():
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), remainder="passthrough")
    with pytest.raises(ValueError, match=r"SMOTE, failed: .*\['kind'\].*SMOTENC"):
        model(SMOTE(), make_pipeline(encoder, LOGISTIC)).fit(FRAME, Y)


def test_copies_that_were_moved_are_not_real():
    for shrinkage, n_made in ((2.0, N - N_RARE), ({1: 0.0}, 0), (None, 0)):
        sampler = RandomOverSampler(shrinkage=shrinkage)
        made = model(sampler, Told()).fit(X, Y).estimators_[0].made_
        assert_array_equal(np.flatnonzero(made), np.arange(600, 600 + n_made))


def test_sparse_rows():
    fitted = model(tiny(), n_draws=2).fit(sparse.csr_matrix(X), Y)
    assert fitted.predict_proba(sparse.csr_matrix(X)).shape == (len(X), 2)


@pytest.mark.parametrize("sampler", [None, SMOTE(), tiny()])
def test_images(sampler):
    pictures = images(30, 1, 8, 8)
    y = np.repeat([0, 1], [22, 8])
    network = ResNetClassifier(width=2, max_epochs=1, random_state=0)
    fitted = model(sampler, network, n_draws=2).fit(pictures, y)
    assert fitted.predict_proba(pictures).shape == (30, 2)
    learnt = model(sampler, Keeper(), n_draws=2).fit(pictures, y).estimators_
    for estimator in learnt:
        assert estimator.X_.dtype == pictures.dtype
        assert estimator.X_.shape == (44, 1, 8, 8)
        assert_array_equal(estimator.X_[:30], pictures)


@pytest.mark.parametrize(("dtype", "low", "high"), [("uint8", 0, 255), ("bool", 0, 1)])
def test_pixels_that_are_moved_do_not_wrap_round(dtype, low, high):
    pictures = np.random.default_rng(0).choice([low, high], size=(40, 3, 3)).astype(dtype)
    y = np.repeat([0, 1], [30, 10])
    moves = model(RandomOverSampler(shrinkage=1.0, random_state=0), Keeper())
    made, reals = (moves.fit(x, y).estimators_[0].X_ for x in (pictures, pictures.astype(float)))
    assert reals.min() < low - 0.5
    assert_array_equal(made, np.rint(reals).clip(low, high).astype(dtype))


def test_the_default_sampler_is_said_in_one_place(monkeypatch):
    monkeypatch.setitem(_draws.DEFAULT_SAMPLERS, "tables", CWGANGPOversampler(max_iter=2))
    fitted = model().fit(X, Y)
    assert isinstance(fitted.sampler_, CWGANGPOversampler)
    assert isinstance(
        model(None, Keeper()).fit(images(12, 8, 8), np.repeat([0, 1], [8, 4])).sampler_,
        RandomOverSampler,
    )
    network = ResNetClassifier(width=2, max_epochs=1, image_shape=(8, 8), random_state=0)
    flat = model(None, network).fit(images(12, 64), np.repeat([0, 1], [8, 4]))
    assert isinstance(flat.sampler_, RandomOverSampler)


class Told(Keeper):
    """Remembers which rows it was told are synthetic."""

    def fit(self, X, y, synthetic=None, sample_weight=None):
        self.made_ = synthetic
        return super().fit(X, y, sample_weight)


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("weight", [1.0, 0.5])
@pytest.mark.parametrize("piped", [False, True])
def test_a_classifier_is_told_which_rows_are_synthetic(piped, weight, routing):
    with sklearn.config_context(enable_metadata_routing=routing):
        classifier = Told().set_fit_request(synthetic=True) if routing else Told()
        classifier = make_pipeline(StandardScaler(), classifier) if piped else classifier
        fitted = model(tiny(replay=0.5), classifier, n_draws=2, synthetic_weight=weight).fit(X, Y)
    for estimator in fitted.estimators_:
        last = estimator[-1] if piped else estimator
        n_added = int(np.ptp(np.bincount(Y)))
        made = np.arange(len(Y), len(Y) + n_added - n_added // 2)
        assert_array_equal(np.flatnonzero(last.made_), made)


@pytest.mark.parametrize("piped", [False, True])
def test_which_rows_are_synthetic_is_not_given(piped):
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = Told().set_fit_request(synthetic=True)
        classifier = make_pipeline(StandardScaler(), classifier) if piped else classifier
        with pytest.raises(ValueError, match="synthetic cannot be given"):
            model(tiny(), classifier).fit(X, Y, synthetic=np.zeros(len(Y), bool))


def test_a_pipeline_that_does_not_ask_is_not_told():
    piped = make_pipeline(StandardScaler(), Told())
    with sklearn.config_context(enable_metadata_routing=True):
        assert model(tiny(), piped).fit(X, Y).estimators_[0][-1].made_ is None
    assert model(SMOTETomek(), Told()).fit(X, Y).estimators_[0].made_ is None  # nobody knows


@pytest.mark.parametrize(
    "recipe", [{"class_sampling": "balanced"}, {"loss": "balanced_softmax"}, {}]
)
def test_shares_that_a_network_has_learnt_are_its_own(recipe):
    pictures, y = images(33, 8, 8), np.repeat([0, 1], [30, 3])
    network = ResNetClassifier(width=2, max_epochs=1, **recipe)
    partial = RandomOverSampler(sampling_strategy={1: 10})
    fitted = model(partial, network).fit(pictures, y)
    assert_allclose(fitted.shares_, [0.5, 0.5] if recipe else [0.75, 0.25])


def test_a_class_that_a_draw_has_lost():
    class Loses(Rememberer):
        def fit_resample(self, X, y):
            return X[y < 2], y[y < 2]

    y = np.arange(len(X)) % 3
    p = model(Loses()).fit(X, y).predict_proba(X)
    assert p.shape == (len(X), 3)
    assert (p[:, 2] == 0).all()


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"classifier": LinearSVC()}, r"must have predict_proba.*CalibratedClassifierCV"),
        ({"classifier": 3}, "'classifier' parameter"),
        ({"sampler": StandardScaler()}, "'sampler' parameter"),
        ({"n_draws": 0}, "'n_draws' parameter"),
        ({"class_size": 0}, "'class_size' parameter"),
        ({"class_size": "mean"}, "'class_size' parameter"),
        ({"synthetic_weight": 1.5}, "'synthetic_weight' parameter"),
        ({"n_jobs": 0}, "'n_jobs' parameter"),
        ({"decision": "best"}, "decision must be"),
        ({"decision": "roc_auc"}, "no rule changes"),
        ({"cv": [([0, 1], [2])], "decision": "f1"}, "cv must give folds with rows of every class"),
    ],
)
def test_what_is_refused(params, match):
    with pytest.raises(ValueError, match=match):
        model(**{"sampler": Rememberer()} | params).fit(X, np.sort(Y))


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"classifier": LogisticRegression}, r"classifier must be.*give LogisticRegression\(\)"),
        ({"sampler": SMOTE}, r"sampler must be an instance.*give SMOTE\(\)"),
    ],
)
def test_classes_are_no_instances(params, match):
    with pytest.raises(TypeError, match=match):
        model(**{"sampler": Untouched()} | params).fit(X, Y)


@pytest.mark.parametrize("name", ["n_draws", "class_size", "synthetic_weight"])
def test_booleans_are_no_numbers(name):
    with pytest.raises(ValueError, match=f"'{name}' .* boolean"):
        model(Untouched(), **{name: True}).fit(X, Y)


@pytest.mark.parametrize(
    ("piped", "params", "match"),
    [
        (False, {"decision": "f1"}, "sampler has a Checkpoint in callbacks.* decision='f1' is"),
        (True, {"n_draws": 2}, "sampler has a Checkpoint in tinysampler__callbacks.* n_draws=2"),
    ],
)
def test_a_checkpoint_is_of_one_training(piped, params, match, tmp_path):
    sampler = tiny(callbacks=[Checkpoint(tmp_path)])
    given = make_sampling_pipeline(sampler) if piped else sampler
    with pytest.raises(ValueError, match=f"{match}.* Leave the Checkpoint out"):
        model(given, **params).fit(X, Y)
    assert not [*tmp_path.iterdir()]
    model(sampler, n_draws=2).fit(X, Y)
    assert [*tmp_path.iterdir()]


class Stored(Keeper):
    """A classifier with a folder for its training."""

    fitted = ()

    def __init__(self, callbacks=None):
        self.callbacks = callbacks

    def fit(self, X, y):
        Stored.fitted += (self.callbacks,)
        return super().fit(X, y)


def test_a_classifier_is_tried_without_its_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(Stored, "fitted", ())
    stored = Stored([Checkpoint(tmp_path)])
    model(tiny(), stored).fit(X, Y)
    tried, trained = Stored.fitted
    assert tried is None
    assert isinstance(trained[0], Checkpoint)
    with pytest.raises(ValueError, match="classifier has a Checkpoint"):
        model(tiny(), stored, n_draws=2).fit(X, Y)


def test_samplers_change_no_rows():
    """Those to predict would stay as they are."""
    piped = make_sampling_pipeline(make_sampling_pipeline(StandardScaler(), Untouched()))
    with pytest.raises(ValueError, match=r"steps \['pipeline'\] transform rows.*into classifier"):
        model(piped).fit(X, Y)


@pytest.mark.parametrize("params", [{"sampler__max_iter": 3}, {"sampler__k_neighbors": [1]}])
def test_parameters_of_a_sampler_that_is_none(params):
    with pytest.raises(ValueError, match=r"sampler is None, which has no [a-z].*: name it"):
        model().set_params(**params)
    assert model().set_params(sampler=tiny(), sampler__max_iter=4).sampler.max_iter == 4


def test_a_class_of_one_row_cannot_be_left_out():
    y = np.zeros(len(X), dtype=int)
    y[0] = 1
    with pytest.raises(ValueError, match="a class has a single row"):
        model(Untouched(), decision="f1").fit(X, y)


# files ------------------------------------------------------------------------------------------


def test_a_failed_fit_leaves_the_model_as_it_was():
    fitted = model(RandomOverSampler()).fit(X, Y)
    before = fitted.predict_proba(X)
    fitted.set_params(sampler=RandomOverSampler(sampling_strategy={"no such class": 9}))
    with pytest.raises(ValueError, match="no such class"):
        fitted.fit(X[:, :2], np.where(Y == 1, "b", "a"))
    assert fitted.classes_.tolist() == [0, 1]
    assert_array_equal(fitted.predict_proba(X), before)


def test_sets_are_drawn_under_the_callers_settings_in_any_thread():
    mine, seen = ContextVar("mine", default="lost"), []

    class Watching(BaseEstimator):
        random_state = None

        def fit_resample(self, X, y):
            here = threading.current_thread() is threading.main_thread()
            seen.append((here, mine.get(), sklearn.get_config()["assume_finite"]))
            return X, y

    token = mine.set("kept")
    with sklearn.config_context(assume_finite=True):
        model(Watching(), n_draws=8, n_jobs=2).fit(X, Y)
    mine.reset(token)
    assert not all(here for here, *_ in seen)  # joblib asks for some in threads of its own
    assert {tuple(settings) for _, *settings in seen} == {("kept", True)}


OWN_JOBS = """
import sys
from imblearn.over_sampling import SMOTE
from joblib import parallel_config
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from imblearn_gan import ResampledClassifier

X, y = make_classification(300, 4, weights=[0.9], flip_y=0, random_state=0)
model = ResampledClassifier(LogisticRegression(), SMOTE(), n_draws=6, random_state=0)
with parallel_config(backend=sys.argv[1], n_jobs=2):
    both = model.fit(X, y).predict_proba(X)
print((both == model.fit(X, y).predict_proba(X)).all())
"""


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_samplers_with_jobs_of_their_own_wait_for_nobody(backend):
    """The search for neighbours in few columns starts jobs, while joblib waits for a set."""
    run = [sys.executable, "-c", OWN_JOBS, backend]
    done = subprocess.run(run, capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "True"


def test_what_takes_rows_away_again_does_not_tell_which_are_which():
    order = np.argsort(Y, kind="stable")
    cleaning = SMOTEENN(enn=EditedNearestNeighbours(sampling_strategy=[1]), random_state=0)
    assert_array_equal(cleaning.fit_resample(X[order], Y[order])[1][: len(Y)], Y[order])
    with pytest.raises(ValueError, match="does not tell which rows"):
        model(cleaning).fit(X[order], Y[order], sample_weight=np.ones(len(Y)))


def test_save_says_what_to_do_in_its_place(tmp_path):
    fitted = model(tiny()).fit(X, Y)
    assert not hasattr(fitted, "save")
    with pytest.raises(AttributeError, match=r"has no save.*joblib\.dump.*sampler_\.save.*skops"):
        fitted.save(tmp_path / "model")
    assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict(X), fitted.predict(X))


def test_what_predicts_needs_no_sampler(tmp_path):
    """skops stores what predicts, if it is there, and the sampler itself."""
    sampler = CGANOversampler(max_iter=3, random_state=0)
    fitted = model(sampler, n_draws=2).fit(X, Y)
    fitted.sampler_.save(tmp_path / "sampler")
    loaded = imblearn_gan.load(tmp_path / "sampler")
    rows = [s.sample({1: 3}, random_state=0)[0] for s in (loaded, fitted.sampler_)]
    assert_array_equal(*rows)
    predictor = copy.copy(fitted)
    predictor.sampler = None
    del predictor.sampler_
    if find_spec("skops"):
        import skops.io

        stored = skops.io.dumps(predictor)
        trusted = ["imblearn_gan.resampled._classifier.ResampledClassifier"]
        assert skops.io.get_untrusted_types(data=stored) == trusted
        predictor = skops.io.loads(stored, trusted=trusted)
    assert_array_equal(predictor.predict_proba(X), fitted.predict_proba(X))
    assert_array_equal(predictor.predict(X), fitted.predict(X))
