"""Scores by name or callable."""

import re
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from imblearn.over_sampling import SMOTE, RandomOverSampler
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    fbeta_score,
    make_scorer,
)
from sklearn.model_selection import StratifiedKFold
from sklearn.multiclass import OutputCodeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from imblearn_gan.metrics import evaluate_sampler
from imblearn_gan.metrics._all_classes import of_all_classes
from imblearn_gan.metrics._scoring import score, scorers
from imblearn_gan.resampled._decision import Rule
from tests.metrics.samples import LABELS, TABLE


def f2(y, predicted):
    return fbeta_score(y, predicted, beta=2)


def rows(model, X, y):
    return len(y)


@pytest.mark.parametrize(
    ("scoring", "columns"),
    [
        (None, ["acsa", "gm", "average_precision"]),
        ("neg_log_loss", ["neg_log_loss"]),
        (rows, ["rows"]),
        (["gm", "roc_auc", make_scorer(f2)], ["gm", "roc_auc", "f2"]),
        ({"Brier": "neg_brier_score", "n": rows}, ["Brier", "n"]),
    ],
)
def test_scores_by_name_or_callable(scoring, columns):
    result = evaluate_sampler(
        RandomOverSampler(),
        TABLE,
        LABELS,
        classifier=LogisticRegression(),
        scoring=scoring,
        cv=2,
        random_state=0,
    )
    assert result.scores.columns.tolist() == ["fold", "method", *columns]
    assert result.summary["metric"].unique().tolist() == columns


def test_a_score_by_hand():
    cv = StratifiedKFold(2)
    result = evaluate_sampler(
        RandomOverSampler(),
        TABLE,
        LABELS,
        classifier=LogisticRegression(),
        scoring=["neg_brier_score", "acsa"],
        cv=cv,
    )
    train, test = next(cv.split(TABLE, LABELS))
    p = LogisticRegression().fit(TABLE[train], LABELS[train]).predict_proba(TABLE[test])[:, 1]
    row = result.scores.query("fold == 0 and method == 'none'").iloc[0]
    assert row["neg_brier_score"] == pytest.approx(-brier_score_loss(LABELS[test], p))


THREE = np.array(["a", "b", "c"])[np.repeat([0, 2, 1], [20, 14, 6])]


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()])
def test_average_precision_of_several_classes_is_their_mean(model):
    model = model.fit(TABLE, THREE)
    p = getattr(model, "predict_proba", model.decision_function)(TABLE)
    parts = [average_precision_score(label == THREE, p[:, i]) for i, label in enumerate("abc")]
    assert scorers(None, THREE)["average_precision"](model, TABLE, THREE) == np.mean(parts)


@pytest.mark.parametrize("n_classes", [3, 4])
def test_nothing_ranks_rows(n_classes):
    y = np.arange(40) % n_classes
    rank = scorers(None, y)["average_precision"]
    pairs = SVC(decision_function_shape="ovo")
    for model in (pairs, make_pipeline(pairs), OutputCodeClassifier(LinearSVC())):
        assert rank(model.fit(TABLE, y), TABLE, y) is None
    lost = of_all_classes(pairs.fit(TABLE, y), np.arange(n_classes + 1))
    assert rank(lost, TABLE, y) is None
    assert rank(SVC().fit(TABLE, y), TABLE, y) > 0
    two = y < 1
    assert scorers(None, two)["average_precision"](pairs.fit(TABLE, two), TABLE, two) > 0


def test_rankings_of_three_classes():
    run = partial(evaluate_sampler, RandomOverSampler(), TABLE, THREE, cv=2, random_state=0)
    names = ["average_precision", "roc_auc_ovr", "neg_log_loss", "f1_macro"]
    result = run(classifier=LogisticRegression(), scoring=names, baselines="all")
    assert result.scores.columns.tolist() == ["fold", "method", *names]
    assert result.scores.notna().all(axis=None)
    wide = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(wide["none"], wide["cut at the prevalence"])  # thresholds move no ranking
    assert run(classifier=LogisticRegression()).scores.columns[-1] == "average_precision"


@pytest.mark.parametrize("name", ["roc_auc", "f1", "precision"])
def test_a_score_of_two_classes_is_named_before_any_fit(name):
    with pytest.raises(ValueError, match=rf"scoring has '{name}'.* the 3 classes: .*'roc_auc_ovr'"):
        scorers([name], THREE)


@pytest.mark.parametrize(
    ("scoring", "match"),
    [
        ("best", "scoring has 'best', which is no scorer"),
        ([3], "must name at least one score|must hold names or callables|which is no scorer"),
        ([], "must name at least one score"),
        ({"fold": "roc_auc"}, "none of"),
        ({1: "roc_auc"}, "by a string"),
        ([make_scorer(f2), make_scorer(f2)], "two of one name"),
        (make_scorer(f1_score, average=None), r"'f1_score', which must give a number\. Got array"),
        (f1_score, r"'f1_score', a function of labels.* give make_scorer\(f1_score\)"),
        ({"mine": brier_score_loss}, r"give make_scorer\(brier_score_loss\)"),
    ],
)
def test_what_is_no_score(scoring, match):
    with pytest.raises(ValueError, match=match):
        scorers(scoring, LABELS)


@pytest.mark.parametrize(
    ("scoring", "right"),
    [
        ("f1", 1),
        ("precision", 1),
        ("neg_brier_score", 0),
        (make_scorer(fbeta_score, beta=2), 1),
    ],
)
def test_a_score_of_a_class_that_is_not_there_says_what_to_give(scoring, right):
    y = np.array(["bad"] * 3 + ["good"] * 7)
    with pytest.raises(ValueError, match=r"labels are \['bad', 'good'\].*pos_label='bad'") as told:
        scorers([scoring], y)
    line = re.search(r"Give (make_scorer\(.*\)) in its place", str(told.value))[1]
    (scorer,) = scorers([eval(line, vars(sklearn.metrics))], y).values()
    X = np.eye(2)[(y == "good").astype(int)]
    sure, wrong = [Rule(np.array(["bad", "good"]), np.ones(2), p) for p in (X, 1 - X)]
    assert scorer(sure, X, y) == right > scorer(wrong, X, y)


@pytest.mark.parametrize(
    ("scoring", "classifier", "match"),
    [
        ("neg_log_loss", LinearSVC(), "'neg_log_loss', which failed: .* predict_proba"),
        (lambda model, X, y: [1, 2], LogisticRegression(), "'<lambda>', which must give a number"),
        (lambda model, X, y: None, LogisticRegression(), "must give a real number. Got None"),
        (lambda model, X, y: "0.5", LogisticRegression(), "must give a real number. Got '0.5'"),
    ],
)
def test_a_score_that_fails_ends_it_before_a_sampler_is_trained(scoring, classifier, match):
    class Never(RandomOverSampler):
        def fit_resample(self, X, y):
            raise AssertionError("trained")

    with pytest.raises(ValueError, match=f"The method 'none' failed.*{match}"):
        evaluate_sampler(
            Never(), TABLE, LABELS, classifier=classifier, baselines=["none"], scoring=scoring, cv=2
        )


@pytest.mark.parametrize(
    "labels",
    [
        np.array([False, True]),
        np.array([0.0, 1.0]),
        pd.array([False, True], dtype="boolean"),
        np.array(["2020-01-01", "2020-01-02"], dtype="M8[ns]"),
    ],
    ids=["bool", "float", "pandas boolean", "dates"],
)
def test_scores_of_labels_of_any_type(labels):
    y = labels[np.repeat([0, 1], [40, 20])]
    X = np.arange(60.0)[:, None]
    scoring = ["average_precision", "acsa", "balanced_accuracy", "neg_log_loss"]
    result = evaluate_sampler(
        SMOTE(), X, y, classifier=LogisticRegression(), baselines=["none"], cv=2, scoring=scoring
    )
    assert result.scores[scoring].notna().all(axis=None)


def test_a_score_of_the_larger_class():
    y = np.array([0] * 3 + [1] * 7)
    with pytest.warns(UserWarning, match="'f1'.*the larger class.*pos_label=0"):
        scorers(["f1"], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scorers(["f1"], 1 - y)
        scorers(["f1_macro", "roc_auc", "neg_brier_score"], y)


def test_a_classifier_that_ranks_nothing_has_no_average_precision():
    model = SVC(decision_function_shape="ovo").fit(TABLE, THREE)
    found = {
        name: score(name, scorer, model, TABLE, THREE)
        for name, scorer in scorers(None, THREE).items()
    }
    assert found["average_precision"] is None
    assert found["acsa"] > 0
