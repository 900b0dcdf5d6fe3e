"""Scores by name or callable."""

import warnings

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, fbeta_score, make_scorer
from sklearn.model_selection import StratifiedKFold

from imblearn_gan.metrics import evaluate_sampler
from imblearn_gan.metrics._scoring import scorers
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


def test_average_precision_of_several_classes_is_that_of_scikit_learn():
    y = np.arange(40) % 3
    assert list(scorers(None, y)) == ["acsa", "gm"]
    model = LogisticRegression().fit(TABLE, y)
    assert 0 < scorers("average_precision", y)["average_precision"](model, TABLE, y) <= 1


@pytest.mark.parametrize(
    ("scoring", "match"),
    [
        ("best", "scoring has 'best', which is no scorer"),
        ([3], "must name at least one score|must hold names or callables|which is no scorer"),
        ([], "must name at least one score"),
        ({"fold": "roc_auc"}, "none of"),
        ({1: "roc_auc"}, "by a string"),
        ([make_scorer(f2), make_scorer(f2)], "two of one name"),
    ],
)
def test_what_is_no_score(scoring, match):
    with pytest.raises(ValueError, match=match):
        scorers(scoring, LABELS)


@pytest.mark.parametrize("name", ["f1", "precision", "neg_brier_score"])
def test_a_score_of_a_class_that_is_not_there(name):
    y = np.array(["bad"] * 3 + ["good"] * 7)
    with pytest.raises(ValueError, match=f"'{name}'.*labels are .*pos_label='bad'"):
        scorers([name], y)


def test_a_score_of_the_larger_class():
    y = np.array([0] * 3 + [1] * 7)
    with pytest.warns(UserWarning, match="'f1'.*the larger class.*pos_label=0"):
        scorers(["f1"], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scorers(["f1"], 1 - y)
        scorers(["f1_macro", "roc_auc", "neg_brier_score"], y)
