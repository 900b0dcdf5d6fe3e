"""Rules that turn probabilities into labels."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    get_scorer,
    make_scorer,
    recall_score,
)
from sklearn.utils.validation import check_is_fitted

from imblearn_gan.resampled._decision import Rule, scorer_of, tuned_weights


def predicted(p, weights):
    return (p * weights).argmax(axis=1)


def test_two_classes_have_the_best_of_all_thresholds():
    r = np.random.RandomState(0)
    y = (r.rand(150) < 0.3).astype(int)
    p = 1 / (1 + np.exp(-(r.normal(size=150) + 1.5 * y - 3)))
    p = np.column_stack([1 - p, p])
    for name, metric in (("f1", f1_score), ("balanced_accuracy", balanced_accuracy_score)):
        best = max(metric(y, p[:, 1] >= t) for t in [0, *p[:, 1], 1.1])
        weights = tuned_weights(get_scorer(name), p, p, y, np.array([0, 1]), np.ones(2))
        assert metric(y, predicted(p, weights)) == pytest.approx(best)


def test_several_classes_gain_from_where_they_start():
    r = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], [200, 40, 20])
    p = np.exp(r.normal(size=(260, 3)) + 1.5 * np.eye(3)[y] + [2.0, 0.5, 0.0])
    p /= p.sum(axis=1, keepdims=True)
    classes = np.array(["a", "b", "c"])
    weights = tuned_weights(get_scorer("balanced_accuracy"), p, p, y, classes, np.ones(3))
    found = balanced_accuracy_score(y, predicted(p, weights))
    assert found > balanced_accuracy_score(y, p.argmax(axis=1)) + 0.1
    grid = np.exp(np.linspace(-3, 3, 25))
    best = max(
        balanced_accuracy_score(y, predicted(p, np.array([1, u, v]))) for u in grid for v in grid
    )
    assert found > best - 0.01


def test_a_plateau_is_cut_in_its_middle():
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.1, 0.9]])
    weights = tuned_weights(
        get_scorer("accuracy"), p, p, np.array([0, 0, 1, 1]), np.array([0, 1]), np.array([1, 1e-3])
    )
    assert weights[1] == pytest.approx(weights[0])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("start", [(1.0, 1.0), (1.0, 0.0), (0.0, 1e9)])
def test_probabilities_of_zero_and_one(start):
    """Forests are certain of many rows."""
    p = np.array([0, 0, 0, 1e-320, 0.1, 0.2, 0.3, 1, 1])
    y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1])
    p, classes, best = np.column_stack([1 - p, p]), np.array([0, 1]), get_scorer("accuracy")
    weights = tuned_weights(best, p, p, y, classes, np.array(start))
    assert np.isfinite(weights).all()
    assert_array_equal(predicted(p, weights), y)
    certain = np.eye(2)[y]
    assert_array_equal(
        predicted(certain, tuned_weights(best, certain, certain, y, classes, np.ones(2))), y
    )


def test_many_rows_are_cut_where_the_rare_class_is():
    """Twenty of ten thousand rows: quantiles of all would step over them."""
    y = np.zeros(10_000, dtype=int)
    y[:20] = 1
    p = np.where(y == 1, 0.011 + np.arange(10_000) * 1e-5, 0.01 * np.random.RandomState(0).rand())
    p = np.column_stack([1 - p, p])
    weights = tuned_weights(get_scorer("f1"), p, p, y, np.array([0, 1]), np.ones(2))
    assert f1_score(y, predicted(p, weights)) == 1


def test_scorers_see_labels():
    p = np.array([[0.8, 0.2], [0.95, 0.05]])
    rule = Rule(np.array(["no", "yes"]), np.array([1.0, 9.0]), p)
    assert rule.predict(p).tolist() == ["yes", "no"]
    recall = make_scorer(recall_score, pos_label="yes")
    assert scorer_of(recall)(rule, p, ["yes", "yes"]) == 0.5


def test_a_scorer_of_ones_own_sees_rows_and_probabilities():
    """What is said to be rare costs one, what is found brings what it is worth."""
    p = np.linspace(0.05, 0.95, 10)
    y = np.array([0, 0, 1, 0, 0, 0, 1, 0, 1, 1])
    p = np.column_stack([1 - p, p])

    def gain(model, X, y):
        check_is_fitted(model)
        assert_array_equal(model.predict_proba(X), p)
        said = model.predict(X) == 1
        return X["worth"][said & (y == 1)].sum() - said.sum()

    for worth, expected in ((5, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]), (1.5, [0] * 8 + [1, 1])):
        X = pd.DataFrame({"worth": np.full(10, worth)})
        weights = tuned_weights(scorer_of(gain), X, p, y, np.array([0, 1]), np.ones(2))
        assert predicted(p, weights).tolist() == expected


def test_many_classes_take_few_calls():
    r = np.random.RandomState(0)
    y, calls = np.repeat(np.arange(10), 30), []
    p = r.dirichlet(np.ones(10), size=300) + 0.5 * np.eye(10)[y]
    p /= p.sum(axis=1, keepdims=True) * np.arange(1, 11)

    def accuracy(model, X, y):
        calls.append(None)
        return (model.predict(X) == y).mean()

    weights = tuned_weights(accuracy, p, p, y, np.arange(10), np.ones(10))
    assert (predicted(p, weights) == y).mean() > (p.argmax(axis=1) == y).mean() + 0.1
    assert len(calls) < 2500


def test_scores_that_are_none_are_never_best():
    p = np.column_stack([np.linspace(0.9, 0.1, 5), np.linspace(0.1, 0.9, 5)])

    def precision(model, X, y):
        said = model.predict(X) == 1
        return (y[said] == 1).mean() if 0 < said.sum() < 5 else np.nan

    y = np.array([0, 0, 0, 1, 1])
    weights = tuned_weights(precision, p, p, y, np.array([0, 1]), np.array([1, 1e-9]))
    assert_array_equal(predicted(p, weights), y)


@pytest.mark.parametrize("decision", ["roc_auc", "neg_log_loss", "average_precision"])
def test_scorers_of_probabilities_are_refused(decision):
    with pytest.raises(ValueError, match="scores probabilities, which no rule changes"):
        scorer_of(decision)


@pytest.mark.parametrize(
    ("decision", "advice"), [("acsa", "'balanced_accuracy', which"), ("gm", "make_scorer")]
)
def test_scores_that_have_another_name_here(decision, advice):
    with pytest.raises(ValueError, match=f"Take {advice}"):
        scorer_of(decision)


def test_names_that_are_no_scorers():
    with pytest.raises(ValueError, match="decision must be 'balanced', 'prior' or a scorer"):
        scorer_of("best")
