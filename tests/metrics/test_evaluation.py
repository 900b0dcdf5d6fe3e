"""What a sampler does for a classifier, by hand."""

from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.base import BaseSampler
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from scipy import sparse, stats
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import KFold, PredefinedSplit, StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from imblearn_gan import CGANOversampler, ResampledClassifier
from imblearn_gan.metrics import evaluate_sampler
from imblearn_gan.metrics._methods import USUAL
from tests.metrics.samples import LABELS, TABLE


class Spy(BaseSampler):
    """Repeats the rows of the smaller classes, and tells what it was given."""

    _sampling_type = "over-sampling"
    seen: list = []

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit_resample(self, X, y):
        self.seen.append((X, y, self.random_state))
        index, y = RandomOverSampler(random_state=0).fit_resample(np.arange(len(y))[:, None], y)
        return X[index[:, 0]], y

    def _fit_resample(self, X, y):
        raise NotImplementedError


@pytest.fixture
def spy():
    Spy.seen = []
    yield Spy()
    Spy.seen = []


def test_a_fold_by_hand(spy):
    model = LogisticRegression()
    cv = StratifiedKFold(4, shuffle=True, random_state=3)
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=model, cv=cv, random_state=0)
    train, test = list(cv.split(TABLE, LABELS))[1]
    seed = Spy.seen[1][2]
    ours = RandomOverSampler(random_state=0)
    sets = {"none": (TABLE[train], LABELS[train])}
    sets["class weight"] = sets["none"]
    for name, sampler in (
        ("random oversampling", RandomOverSampler(random_state=seed)),
        ("SMOTE", SMOTE(random_state=seed)),
        ("Spy", ours),
    ):
        sets[name] = sampler.fit_resample(*sets["none"])
    for name, (X, y) in sets.items():
        weight = "balanced" if name == "class weight" else None
        fitted = clone(model).set_params(class_weight=weight).fit(X, y)
        predicted, p = fitted.predict(TABLE[test]), fitted.predict_proba(TABLE[test])[:, 1]
        row = result.scores.query("fold == 1 and method == @name").iloc[0]
        assert row["acsa"] == balanced_accuracy_score(LABELS[test], predicted)
        assert row["gm"] == geometric_mean_score(LABELS[test], predicted)
        assert row["average_precision"] == pytest.approx(average_precision_score(LABELS[test], p))
    methods = [*list(sets)[:-1], "cut at the prevalence", "Spy"]
    assert result.scores["method"].unique().tolist() == methods
    assert len(result.scores) == 4 * len(methods)


def test_the_summary_by_hand():
    result = evaluate_sampler(
        SMOTE(k_neighbors=2), TABLE, LABELS, classifier=GaussianNB(), cv=4, random_state=0
    )
    assert result.scores["method"].unique().tolist() == [
        "none",
        "random oversampling",
        "SMOTE",
        "cut at the prevalence",
        "given SMOTE",
    ]
    table = result.scores.pivot(index="fold", columns="method", values="acsa")
    lead = (table["given SMOTE"] - table["none"]).to_numpy()
    row = result.summary.query("metric == 'acsa' and method == 'none'").iloc[0]
    assert row["mean"] == pytest.approx(table["none"].mean())
    assert row["std"] == pytest.approx(np.std(table["none"], ddof=1))
    assert row["lead"] == pytest.approx(lead.mean())
    assert row["lead_std"] == pytest.approx(np.std(lead, ddof=1))
    scale = np.std(lead, ddof=1) * np.sqrt(1 / 4 + 1 / 3)
    interval = stats.t.interval(0.95, 3, loc=lead.mean(), scale=scale)
    assert_allclose(row[["lead_low", "lead_high"]].astype(float), interval)
    assert result.summary.query("method == 'given SMOTE'")["lead"].isna().all()


def test_the_sampler_sees_training_rows_only(spy):
    X = np.arange(40.0)[:, None]
    evaluate_sampler(spy, X, LABELS, classifier=GaussianNB(), random_state=0)
    assert len(Spy.seen) == 10
    for half in (Spy.seen[:5], Spy.seen[5:]):
        unseen = [np.setdiff1d(X, rows) for rows, _, _ in half]
        assert_array_equal(np.sort(np.concatenate(unseen)), X[:, 0])
    assert len({seed for _, _, seed in Spy.seen}) == 10
    with pytest.raises(ValueError, match="cv must"):
        evaluate_sampler(spy, X, LABELS, cv=[([0, 1, 30], [1, 31])])
    with pytest.raises(ValueError, match=r"cv must .* every class .* smallest class has 10 rows"):
        evaluate_sampler(spy, X, LABELS, cv=KFold(4))


def test_folds_and_baselines_are_the_same_for_every_sampler_and_way_to_run(spy):
    state = np.random.mtrand._rand.get_state()[1].tolist(), torch.get_rng_state().tolist()
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=DecisionTreeClassifier(), random_state=5
    )
    first, second = run(spy), run(CGANOversampler(max_iter=3))
    rest = [result.scores.query("method in ('none', 'SMOTE')") for result in (first, second)]
    assert_frame_equal(rest[0].reset_index(drop=True), rest[1].reset_index(drop=True))
    assert_frame_equal(run(CGANOversampler(max_iter=3)).scores, second.scores)
    assert state == (np.random.mtrand._rand.get_state()[1].tolist(), torch.get_rng_state().tolist())
    with joblib.parallel_config("threading"):
        parallel = run(SMOTE(), n_jobs=2)
    assert_frame_equal(parallel.scores, run(SMOTE()).scores)
    assert_frame_equal(parallel.summary, run(SMOTE()).summary)


def test_data_frames_with_categories():
    frame = pd.DataFrame(TABLE, columns=["a", "b", "c"])
    frame["kind"] = np.where(TABLE[:, 0] > 0, "high", "low")
    frame["level"] = pd.Categorical(np.where(TABLE[:, 1] > 0, "up", "down"))
    frame["flag"] = TABLE[:, 2] > 0
    frame["count"] = np.arange(40)
    result = evaluate_sampler(
        CGANOversampler(max_iter=2), frame, pd.Series(LABELS), cv=2, random_state=0
    )
    assert result.scores["method"].tolist() == [*USUAL, "CGANOversampler"] * 2
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    frame = frame.astype({"flag": float, "count": float})
    result = evaluate_sampler(
        SMOTENC(["kind", "level"]), frame, LABELS, classifier=model, cv=4, random_state=0
    )
    table = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(table["SMOTE"], table["SMOTENC"])
    result = evaluate_sampler(
        RandomOverSampler(), frame[["kind", "level"]], LABELS, classifier=model, cv=2
    )
    assert "SMOTE" in set(result.scores["method"])


class Looks(GaussianNB):
    """Tells the shape and dtype of what it was given."""

    seen: list = []

    def __init__(self, sees_images=False, priors=None, var_smoothing=1e-9):
        super().__init__(priors=priors, var_smoothing=var_smoothing)
        self.sees_images = sees_images

    def fit(self, X, y):
        self.seen.append((X.shape[1:], X.dtype))
        return super().fit(X.reshape(len(X), -1), y)

    def predict_joint_log_proba(self, X):
        return super().predict_joint_log_proba(X.reshape(len(X), -1))

    def predict(self, X):
        return super().predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        return super().predict_proba(X.reshape(len(X), -1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = self.sees_images
        return tags


@pytest.mark.parametrize(
    ("sees_images", "flatten", "shape"),
    [(True, "auto", (4, 4)), (False, "auto", (16,)), (False, False, (4, 4)), (True, True, (16,))],
)
def test_images_are_flat_only_where_they_must_be(spy, sees_images, flatten, shape):
    X = np.random.default_rng(0).integers(256, size=(40, 4, 4), dtype=np.uint8)
    Looks.seen = []
    result = evaluate_sampler(
        CGANOversampler(max_iter=2, latent_dim=4),
        X,
        LABELS,
        classifier=Looks(sees_images),
        cv=2,
        flatten=flatten,
        random_state=0,
    )
    assert set(Looks.seen) == {(shape, np.dtype(np.uint8))}
    assert result.scores["method"].nunique() == 5
    Looks.seen = []
    model = make_pipeline(Looks(sees_images))
    evaluate_sampler(spy, X, LABELS, classifier=model, cv=2, flatten=flatten, random_state=0)
    assert {seen for seen, _ in Looks.seen} == {shape}


def test_the_default_classifier_takes_images_and_sparse_rows(spy):
    X = np.random.default_rng(0).normal(size=(40, 4, 4)) + LABELS[:, None, None]
    for data in (X, sparse.csr_matrix(TABLE)):
        result = evaluate_sampler(spy, data, LABELS, cv=2, random_state=0)
        assert result.scores["method"].nunique() == 6


def test_class_weights_reach_the_last_step_of_a_pipeline(spy):
    model = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression()))
    X = LABELS[:, None] + np.linspace(0, 2, 40)[:, None] % 1.5
    result = evaluate_sampler(spy, X, LABELS, classifier=model, cv=2, random_state=0)
    scores = result.scores.pivot(index="fold", columns="method", values="acsa")
    assert (scores["class weight"] > scores["none"] + 0.1).all()


@pytest.mark.parametrize("rare", ["a", "z"])
def test_average_precision_is_of_the_smaller_class(spy, rare):
    y = np.where(LABELS == 1, rare, "m")
    split = PredefinedSplit(np.tile([0, 1], 20))
    train, test = next(split.split())
    model = LinearSVC(random_state=0)
    result = evaluate_sampler(spy, TABLE, y, classifier=model, cv=split, baselines=["none"])
    margin = clone(model).fit(TABLE[train], LABELS[train]).decision_function(TABLE[test])
    expected = average_precision_score(LABELS[test], margin)
    row = result.scores.query("method == 'none' and fold == 0").iloc[0]
    assert row["average_precision"] == pytest.approx(expected, abs=1e-6)


def test_several_classes_and_few_rows(spy):
    y = np.repeat(["a", "b", "c"], [30, 7, 3])
    model = GaussianNB()
    result = evaluate_sampler(spy, TABLE, y, classifier=model, random_state=0)
    assert result.scores["fold"].nunique() == 6
    assert result.scores.columns.tolist() == ["fold", "method", "acsa", "gm", "average_precision"]
    y[-1] = "b"
    with pytest.warns(UserWarning, match="SMOTE is left out"):
        result = evaluate_sampler(spy, TABLE, y, classifier=model, random_state=0)
    assert "SMOTE" not in set(result.scores["method"])
    y[-2] = "b"
    for cv in (None, 2):
        with pytest.raises(ValueError, match=r"single row.*Merge it"):
            evaluate_sampler(spy, TABLE, y, cv=cv)


class Fragile(Spy):
    """Fails on training rows that hold one of these rows."""

    def __init__(self, row=None, random_state=None):
        self.row = row
        self.random_state = random_state

    def fit_resample(self, X, y):
        if self.row is None or (self.row == X).all(axis=1).any():
            raise RuntimeError("it broke")
        return super().fit_resample(X, y)


class Unweighted(GaussianNB):
    """Has class weights, and fails with them."""

    def __init__(self, class_weight=None):
        super().__init__()
        self.class_weight = class_weight

    def fit(self, X, y):
        if self.class_weight is not None:
            raise RuntimeError("no weights")
        return super().fit(X, y)


def test_a_fold_that_fails_does_not_take_the_others_with_it():
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=GaussianNB(), cv=4, random_state=0
    )
    with pytest.warns(
        FitFailedWarning, match=r"The method 'Fragile' failed in the folds \[\d, \d, \d\]: .* nan"
    ):
        result = run(Fragile(row=TABLE[0]))
    scores = result.scores.query("method == 'Fragile'")
    assert scores["acsa"].isna().sum() == 3
    assert result.scores.query("method != 'Fragile'").notna().all(axis=None)
    row = result.summary.query("metric == 'acsa' and method == 'none'").iloc[0]
    none = result.scores.query("method == 'none'")["acsa"].to_numpy()
    assert row["lead"] == pytest.approx(np.nanmean(scores["acsa"].to_numpy() - none))
    assert np.isnan(row["lead_low"])
    with pytest.warns(FitFailedWarning):
        zero = run(Fragile(row=TABLE[0]), error_score=0).scores.query("method == 'Fragile'")
    assert (zero["acsa"] == 0).sum() == 3
    with pytest.raises(RuntimeError, match="it broke"):
        run(Fragile(row=TABLE[0]), error_score="raise")
    (train, test), other = [*StratifiedKFold(4).split(TABLE, LABELS)][:2]
    folds = [(train, test), (train[3:], test), other]  # the last has a row that breaks it
    with pytest.warns(FitFailedWarning):
        result = run(Fragile(row=TABLE[test[0]]), cv=folds)
    wide = result.scores.pivot(index="fold", columns="method", values="acsa")
    gap = (wide["Fragile"] - wide["SMOTE"])[:2]
    share = np.mean([10 / 30, 10 / 27, 10 / 30])
    row = result.summary.query("metric == 'acsa' and method == 'SMOTE'").iloc[0]
    half = stats.t.ppf(0.975, 1) * gap.std() * np.sqrt(1 / 2 + share)
    assert gap.std() > 0
    assert row["lead_low"] == pytest.approx(gap.mean() - half)
    with pytest.warns(FitFailedWarning, match="'class weight' failed in the folds"):
        result = run(SMOTE(), classifier=Unweighted())
    assert result.scores.query("method == 'class weight'")["acsa"].isna().all()
    assert result.scores.query("method != 'class weight'")["acsa"].notna().all()
    with pytest.raises(
        ValueError, match=r"The method 'Fragile' failed in every fold\. RuntimeError: it"
    ):
        run(Fragile())


def test_groups_and_masks_make_folds(spy):
    groups = np.arange(40) % 20
    cv = StratifiedGroupKFold(2)
    run = partial(evaluate_sampler, spy, TABLE, LABELS, classifier=GaussianNB(), random_state=0)
    result = run(cv=cv, groups=groups)
    rows = [{tuple(row) for row in X} for X, *_ in Spy.seen]
    assert not rows[0] & rows[1]
    for seen in rows:
        inside = [tuple(row) in seen for row in TABLE]
        assert len(set(groups[inside]) & set(groups[~np.array(inside)])) == 0
    masks = [
        tuple(np.isin(np.arange(40), part) for part in fold)
        for fold in cv.split(TABLE, LABELS, groups)
    ]
    assert_frame_equal(run(cv=masks).scores, result.scores)


def test_an_evaluation_prints_all_of_its_summary(spy):
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=GaussianNB(), cv=2, random_state=0)
    for text in (str(result), result._repr_html_()):
        for column in result.summary.columns:
            assert column in text
    assert f"{result.summary['lead_low'].iloc[0]:.3f}" in str(result)


def test_a_pipeline_of_samplers_but_not_of_transformers():
    samplers = make_sampling_pipeline(RandomOverSampler(sampling_strategy=0.5), SMOTE())
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=GaussianNB(), cv=2, random_state=0
    )
    assert "Pipeline" in run(samplers).scores["method"].tolist()
    with pytest.raises(ValueError, match=r"sampler is a pipeline.*\['standardscaler'\]"):
        run(make_sampling_pipeline(StandardScaler(), SMOTE()))
    nested = make_sampling_pipeline(make_sampling_pipeline(StandardScaler(), SMOTE()), SMOTE())
    with pytest.raises(ValueError, match=r"sampler is a pipeline.*\['pipeline'\]"):
        run(nested)


def test_samplers_within_others_tell_categories():
    X = np.column_stack([LABELS, np.arange(40) % 7, np.arange(40)])
    sampler = CGANOversampler(max_iter=2, categorical_features=[0, 1])
    run = partial(evaluate_sampler, X=X, y=LABELS, classifier=GaussianNB(), cv=2, random_state=0)
    alone, piped, inside = (
        run(s).scores.query("method == 'SMOTE'").reset_index(drop=True)
        for s in (
            sampler,
            make_sampling_pipeline(sampler),
            ResampledClassifier(GaussianNB(), sampler),
        )
    )
    assert_frame_equal(alone, piped)
    assert_frame_equal(alone, inside)


def test_steps_of_a_classifier_that_do_nothing(spy):
    model = Pipeline([("a", "passthrough"), ("b", None), ("c", GaussianNB())])
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=model, cv=2, random_state=0)
    assert result.scores["acsa"].notna().all()


def test_baselines_follow_the_strategy_of_the_sampler():
    sampler = RandomOverSampler(sampling_strategy=0.5)
    model = LogisticRegression()
    result = evaluate_sampler(sampler, TABLE, LABELS, classifier=model, cv=2, random_state=0)
    scores = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(scores["random oversampling"], scores["RandomOverSampler"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampler": 3}, "sampler must"),
        ({"sampler": SMOTE}, "sampler must"),
        ({"classifier": SMOTE()}, "classifier must"),
        ({"flatten": "yes"}, "flatten must"),
        ({"error_score": "nan"}, "error_score must"),
        ({"y": np.zeros(40)}, "y must have at least two"),
        ({"y": LABELS[:5]}, "inconsistent"),
        ({"y": TABLE[:, 0]}, "label type"),
        ({"X": np.full((40, 2), np.inf)}, "infinity"),
        ({"cv": 1}, "cv must be a number of folds, at least 2"),
        ({"cv": True}, "cv must be .* Got True"),
        ({"random_state": -1}, "random_state must be .* Got -1"),
    ],
)
def test_what_cannot_be_evaluated(change, message):
    with pytest.raises(ValueError, match=message):
        evaluate_sampler(**{"sampler": SMOTE(), "X": TABLE, "y": LABELS} | change)


def days_since(X):
    return X.assign(day=(X["day"] - pd.Timestamp("2020-01-01")).dt.days)


def test_dates_are_named_before_any_fold(spy):
    X = pd.DataFrame(TABLE, columns=["a", "b", "c"])
    X["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(len(X)), unit="D")
    run = partial(evaluate_sampler, X=X, y=LABELS, baselines=["none"], cv=2, random_state=0)
    for classifier in (None, GaussianNB()):
        with pytest.raises(ValueError, match=r"dates in the columns \['day'\].*a pipeline"):
            run(spy, classifier=classifier)
    assert not Spy.seen
    dated = make_pipeline(FunctionTransformer(days_since), GaussianNB())
    sampler = CGANOversampler(max_iter=1)
    assert run(sampler, classifier=dated).scores.notna().all(axis=None)
    alone = run(ResampledClassifier(dated, sampler), baselines=[])  # no other classifier learns
    assert alone.scores.notna().all(axis=None)


def test_smote_is_left_out_where_it_takes_none_of_the_columns():
    X = pd.DataFrame(TABLE.copy(), columns=["a", "b", "c"])
    X["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(len(X)), unit="D")
    numbers, model = FunctionTransformer(days_since), HistGradientBoostingClassifier(max_iter=2)
    run = partial(evaluate_sampler, y=LABELS, cv=2, random_state=0)
    dated = make_pipeline(numbers, model)
    samplers = {
        "other": RandomOverSampler(),
        "as the warning says": make_sampling_pipeline(numbers, SMOTE(k_neighbors=2), model),
    }
    with pytest.warns(UserWarning, match=r"SMOTE takes no dates.*'day'.*pipeline"):
        result = run(samplers, X, classifier=dated)
    assert {*result.scores["method"]} == {*USUAL, *samplers} - {"SMOTE"}
    assert result.scores.notna().all(axis=None)
    X.loc[::9, ["a", "c"]] = np.nan
    with pytest.warns(UserWarning, match=r"'day'\]\) and no missing values \(columns \['a', 'c'\]"):
        run(RandomOverSampler(), X, classifier=dated)
    with pytest.warns(UserWarning, match=r"SMOTE is left out: SMOTE takes no missing.*\[0\]"):
        run(RandomOverSampler(), X[["a", "b"]].to_numpy(), classifier=model)


class Unfit(GaussianNB):
    def fit(self, X, y):
        raise RuntimeError("it broke")


def test_a_method_called_none_is_not_read_as_nothing(spy):
    with pytest.raises(ValueError, match=r"^The method 'none' failed in every fold"):
        evaluate_sampler(spy, TABLE, LABELS, classifier=Unfit(), cv=2)
