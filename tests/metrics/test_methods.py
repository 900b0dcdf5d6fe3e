"""What is compared, by name."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from imblearn.under_sampling import RandomUnderSampler
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import make_column_transformer
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from imblearn_gan import ResampledClassifier, ResNetClassifier
from imblearn_gan.callbacks import Checkpoint
from imblearn_gan.metrics import evaluate_sampler
from imblearn_gan.metrics._methods import MORE, USUAL, WITH_RULE
from imblearn_gan.metrics._remedies import bootstrap
from imblearn_gan.seeding import MAX_SEED
from tests.metrics.samples import LABELS, TABLE
from tests.samplers import images, tiny

CV = StratifiedKFold(4, shuffle=True, random_state=3)


def evaluate(sampler, X=TABLE, y=LABELS, **params):
    defaults = {"classifier": LogisticRegression(), "cv": CV, "random_state": 0}
    return evaluate_sampler(sampler, X, y, **defaults | params)


@pytest.fixture
def spy_on_fits(monkeypatch):
    """Have a class of classifiers tell how many rows each fit has, and the share of class 1."""

    def spy_on(model):
        fitted, original = [], model.fit

        def fit(self, X, y, sample_weight=None):
            fitted.append((len(y), y.mean()))
            return original(self, X, y, sample_weight)

        monkeypatch.setattr(model, "fit", fit)
        return fitted

    return spy_on


def score(result, method, fold=1, metric="acsa"):
    return result.scores.query("fold == @fold and method == @method").iloc[0][metric]


def test_all_baselines_by_hand():
    result = evaluate(tiny(), baselines="all")
    assert tuple(result.scores["method"].unique()) == (*USUAL, *MORE, "TinySampler")
    train, test = list(CV.split(TABLE, LABELS))[1]
    X, y, unseen = TABLE[train], LABELS[train], TABLE[test]
    p = LogisticRegression().fit(X, y).predict_proba(unseen)[:, 1]
    expected = balanced_accuracy_score(LABELS[test], p > y.mean())
    assert score(result, "cut at the prevalence") == expected
    assert score(result, "none") == balanced_accuracy_score(LABELS[test], p > 0.5)
    metric = "average_precision"
    assert score(result, "tuned cut", metric=metric) == score(result, "none", metric=metric)


def test_the_usual_ones_hold_a_moved_threshold(spy_on_fits):
    X = LABELS[:, None] + np.linspace(0, 2, 40)[:, None] % 1.5
    fitted = spy_on_fits(LogisticRegression)
    result = evaluate(RandomOverSampler(), X, baselines="usual")
    moved, plain = ("cut at the prevalence", "none")
    for fold in range(4):
        assert score(result, moved, fold) > score(result, plain, fold) + 0.1
        ranking = [score(result, name, fold, "average_precision") for name in (moved, plain)]
        assert ranking[0] == ranking[1]
    assert len(fitted) == 4 * (len(USUAL) + 1)  # it takes one fit


def test_bags_average_ten(spy_on_fits):
    fitted = spy_on_fits(LogisticRegression)
    evaluate(
        tiny(), baselines=["bagging", "under-sampling bagging"], cv=[*CV.split(TABLE, LABELS)][:1]
    )
    n = int(LABELS[next(CV.split(TABLE, LABELS))[0]].sum())
    assert [size for size, _ in fitted[:10]] == [30] * 10
    assert fitted[10:20] == [(2 * n, 0.5)] * 10
    assert len(fitted) == 21  # and the sampler's


def test_bags_of_oversamplers_are_balanced_sets_each_of_its_own_draw(spy_on_fits):
    names, fold = ["random oversampling bagging", "SMOTE bagging"], [*CV.split(TABLE, LABELS)][:1]
    fitted = spy_on_fits(LogisticRegression)
    half = {"half": RandomOverSampler(sampling_strategy=0.5)}
    result = evaluate(half, baselines=names, cv=fold)
    train, test = fold[0]
    X, y, unseen = TABLE[train], LABELS[train], TABLE[test]
    n = int((y == 0).sum())
    assert [size for size, _ in fitted[:20]] == [n + n // 2] * 20  # with the sampler's strategy
    stream = np.random.RandomState(0)
    seed = int(stream.randint(MAX_SEED, size=2)[1])  # the first is that of the folds
    for name, sampler in zip(names, (RandomOverSampler, SMOTE)):
        own = sampler(sampling_strategy=0.5, random_state=seed)
        bag = ResampledClassifier(
            LogisticRegression(random_state=seed), own, n_draws=10, random_state=seed
        ).fit(X, y)
        assert len({float(model.coef_[0, 0]) for model in bag.estimators_}) == 10
        p = bag.predict_proba(unseen)[:, 1]
        expected = average_precision_score(LABELS[test], p)
        assert score(result, name, 0, "average_precision") == expected
        expected = balanced_accuracy_score(LABELS[test], p > y.mean())
        assert score(result, name, 0) == expected


def test_rows_are_drawn_within_their_classes():
    X = np.arange(40.0)[:, None]
    drawn, y = bootstrap(X, LABELS, 0)
    assert_array_equal(np.bincount(y), np.bincount(LABELS))
    assert_array_equal(LABELS[drawn[:, 0].astype(int)], y)
    assert len(np.unique(drawn)) < 40
    other, _ = bootstrap(X, LABELS, 1)
    assert not np.array_equal(drawn, other)


def test_several_samplers_in_a_list_or_a_dict():
    samplers = [SMOTE(), tiny(), tiny(replay=1.0), tiny(replay=0.5)]
    result = evaluate(samplers)
    with pytest.raises(ValueError, match="two of one name"):
        evaluate({"SMOTE": SMOTE(), "given SMOTE": SMOTE()})
    names = ["given SMOTE", "TinySampler", "TinySampler 2", "TinySampler 3"]
    assert result.scores["method"].unique().tolist() == [*USUAL, *names]
    named = evaluate({"a": tiny(), "b": RandomUnderSampler()}, baselines=["none"])
    assert named.scores["method"].unique().tolist() == ["none", "a", "b"]
    alone = evaluate(tiny(), baselines=["none"])
    assert_array_equal(
        alone.scores.query("method == 'TinySampler'")["acsa"],
        named.scores.query("method == 'a'")["acsa"],
    )


def test_classifiers_that_see_to_the_balance_themselves():
    own = ResampledClassifier(LogisticRegression(), SMOTE(), n_draws=2)
    pipeline = make_sampling_pipeline(SMOTE(), LogisticRegression())
    parts = {"own": own, "pipeline": pipeline, "sampler": SMOTE()}
    result = evaluate(parts, scoring="neg_log_loss")
    rows = {name: result.scores.query("method == @name")["neg_log_loss"] for name in parts}
    assert_array_equal(rows["pipeline"], rows["sampler"])
    assert rows["own"].mean() > rows["sampler"].mean()  # probabilities that are right
    assert len(rows["own"]) == 4
    assert not hasattr(own, "estimators_")


def test_baselines_have_the_strategy_on_which_samplers_agree():
    half = evaluate(
        [RandomOverSampler(sampling_strategy=0.5), RandomOverSampler(sampling_strategy=0.5)]
    )
    table = half.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(table["random oversampling"], table["RandomOverSampler"])
    mixed = evaluate({"half": RandomOverSampler(sampling_strategy=0.5), "all": RandomOverSampler()})
    table = mixed.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(table["random oversampling"], table["all"])


def test_what_is_left_out_is_said():
    with pytest.warns(UserWarning, match="under-sampling bagging are left out: the classifier has"):
        result = evaluate(tiny(), classifier=LinearSVC(), baselines="all")
    assert not set(WITH_RULE) & set(result.scores["method"])
    y = np.zeros(40, dtype=int)
    y[:2] = 1  # one in each half
    with pytest.warns(UserWarning, match="SMOTE, tuned cut, SMOTE bagging are left out: two rows"):
        result = evaluate(tiny(), y=y, cv=2, baselines="all", classifier=GaussianNB())
    assert "cut at the prevalence" in set(result.scores["method"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(tiny(replay=1.0), baselines=["none"], y=y, cv=2)
    X = TABLE.copy()
    X[3, 1] = np.nan
    with pytest.warns(UserWarning, match=r"SMOTE, SMOTE bagging are left out: .*missing.*\[1\]"):
        result = evaluate(RandomOverSampler(), X, baselines="all", cv=2, classifier=None)
    assert "random oversampling bagging" in set(result.scores["method"])


def test_baselines_on_images_and_frames():
    pictures = images(40, 8, 8)
    methods = evaluate(tiny(), pictures, baselines="all", cv=2).scores["method"].nunique()
    assert methods == len(USUAL + MORE) + 1
    network = ResNetClassifier(width=2, max_epochs=1)
    bags = evaluate(tiny(), pictures, baselines=["tuned cut"], cv=2, classifier=network)
    assert bags.scores.notna().all(axis=None)
    frame = pd.DataFrame(TABLE).add_prefix("c").assign(kind=np.where(TABLE[:, 0] > 0, "u", "v"))
    result = evaluate(tiny(), frame, baselines="all", cv=2, classifier=None)
    assert result.scores["method"].nunique() == len(USUAL + MORE) + 1
    assert result.scores.notna().all(axis=None)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"sampler": []}, "sampler must be a sampler, or a list or dict"),
        ({"sampler": {1: SMOTE()}}, "sampler must be a dict by name"),
        ({"sampler": [SMOTE(), 3]}, "sampler must be an object with fit_resample"),
        ({"sampler": [SMOTE]}, "sampler must be an object with fit_resample"),
        (
            {"sampler": {"a": make_sampling_pipeline(StandardScaler(), SMOTE())}},
            r"steps \['standardscaler'\] transform rows",
        ),
        ({"baselines": "most"}, "baselines must be 'usual', 'all' or a list"),
        ({"baselines": ["none", "luck"]}, "baselines must be"),
        ({"baselines": [["none"]]}, "baselines must be"),
        ({"baselines": None}, r"baselines must be .*\[\] for none of them\. Got None"),
    ],
)
def test_what_cannot_be_compared(change, match):
    with pytest.raises(ValueError, match=match):
        evaluate(**{"sampler": SMOTE()} | change)


def test_a_checkpoint_is_of_one_fold(tmp_path):
    sampler = tiny(callbacks=[Checkpoint(tmp_path)])
    inside = ResampledClassifier(LogisticRegression(), sampler)
    for given, name in ((sampler, "callbacks"), (inside, "sampler__callbacks")):
        with pytest.raises(ValueError, match=rf"has a Checkpoint in {name}.* Leave the Checkpoint"):
            evaluate(given)
    assert not [*tmp_path.iterdir()]
    evaluate(sampler, cv=[(np.arange(0, 40, 2), np.arange(1, 40, 2))], baselines=[])
    assert [*tmp_path.iterdir()]


class Broken(SMOTE):
    def fit_resample(self, X, y):
        raise RuntimeError("it broke")


def test_a_sampler_that_fails_everywhere_is_named_and_the_others_are_scored():
    said = r"The method 'b' failed in the folds \[0, 1, 2, 3\]: .* nan\. RuntimeError: it broke"
    with pytest.warns(FitFailedWarning, match=said):
        result = evaluate({"a": SMOTE(), "b": Broken()}, baselines=[])
    acsa = result.scores.pivot(index="fold", columns="method", values="acsa")
    assert acsa["a"].notna().all()
    assert acsa["b"].isna().all()
    assert "nan" in str(result)
    with pytest.raises(
        ValueError, match=r"The method 'b' failed in every fold.*'c' failed in every"
    ):
        evaluate({"b": Broken(), "c": Broken()}, baselines=["none"])


@pytest.mark.parametrize("inner", [False, True])
def test_smote_before_text_is_told_what_takes_it(inner):
    frame = pd.DataFrame({"a": TABLE[:, 0], "kind": np.where(TABLE[:, 1] > 0, "high", "low")})
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), remainder="passthrough")
    model = make_pipeline(encoder, GaussianNB())
    smote = ResampledClassifier(model, SMOTE()) if inner else SMOTE()
    samplers = {"repeats": RandomOverSampler(), "made": smote}
    with pytest.warns(
        FitFailedWarning, match=r"'made'.*Give SMOTENC\(\['kind'\]\) in place of"
    ) as told:
        result = evaluate(samplers, frame, classifier=model, cv=2, baselines=["none"])
    assert result.scores.query("method != 'made'")["acsa"].notna().all()
    assert ("SMOTENC(categorical_features=...)" in str(told[0].message)) == inner  # advised once


class Pictures(RandomOverSampler):
    """Repeats images, and tells the shape of what it was given."""

    seen: list = []

    def fit_resample(self, X, y):
        self.seen.append(X.shape[1:])
        index, y = super().fit_resample(np.arange(len(y))[:, None], y)
        return X[index[:, 0]], y

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


@pytest.mark.parametrize("flatten", [True, "auto"])
def test_a_sampler_in_a_classifier_gets_images_and_the_classifier_flat_rows(flatten):
    Pictures.seen = []
    model = GaussianNB()
    samplers = {"inside": ResampledClassifier(model, Pictures()), "outside": Pictures()}
    result = evaluate(
        samplers, images(40, 4, 4), classifier=model, cv=2, baselines=["none"], flatten=flatten
    )
    assert {shape[:2] for shape in Pictures.seen} == {(4, 4)}
    assert len(Pictures.seen) == 4
    assert result.scores.notna().all(axis=None)


def test_samplers_that_take_no_images_get_flat_rows():
    pictures = images(40, 3, 5, 5)
    samplers = [RandomOverSampler(), SMOTE(k_neighbors=2)]
    result = evaluate(samplers, pictures, cv=2, baselines=["none"])
    assert result.scores.notna().all(axis=None)


def test_samplers_alone():
    result = evaluate({"a": SMOTE(), "b": RandomUnderSampler()}, baselines=[])
    lead = result.summary.query("metric == 'acsa' and method == 'b'").iloc[0]
    table = result.scores.pivot(index="fold", columns="method", values="acsa")
    assert_allclose(lead["lead"], (table["a"] - table["b"]).mean())
