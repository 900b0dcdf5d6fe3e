"""From the class shares that were learnt to the true ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imblearn_gan.resampled import shift_priors
from imblearn_gan.resampled._priors import class_shares, effective_weight


def test_the_closed_form_is_bayes_rule():
    """Two coins: what is seen is drawn with known likelihoods, so all is known."""
    likelihood = np.array([[0.7, 0.2, 0.5], [0.3, 0.8, 0.5]])  # p(x | y), rows are x

    def posterior(priors):
        joint = likelihood * priors
        return joint / joint.sum(axis=1, keepdims=True)

    balanced, true = np.array([0.4, 0.3, 0.3]), np.array([0.9, 0.08, 0.02])
    assert_allclose(shift_priors(posterior(balanced), balanced, true), posterior(true))
    assert_allclose(shift_priors(posterior(true), true, balanced), posterior(balanced))


def test_shares_need_no_unit_and_classes_may_be_gone():
    assert_allclose(shift_priors([[0.5, 0.5]], [1, 1], [9, 1]), [[0.9, 0.1]])
    p = shift_priors([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], [0.5, 0.5, 0], [0.6, 0.2, 0.2])
    assert_allclose(p, [[0.75, 0.25, 0], [0.6, 0.2, 0.2]])


@pytest.mark.parametrize(
    ("shares", "priors", "match"),
    [
        ([0.5, 0.5], [1], "shapes"),
        ([0.5, -0.5], [1, 1], "shares must be non-negative"),
        ([1, 1], [0, 0], "priors must be non-negative"),
        ([1, np.nan], [1, 1], "shares must"),
    ],
)
def test_what_are_no_shares(shares, priors, match):
    with pytest.raises(ValueError, match=match):
        shift_priors([[0.5, 0.5]], shares, priors)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1])
def test_what_are_no_probabilities(value):
    with pytest.raises(ValueError, match=f"probabilities must be .*finite. Got {value}"):
        shift_priors([[0.5, 0.5], [value, 0.5]], [1, 1], [1, 1])


def test_shares_by_weight():
    y = np.array([0, 0, 0, 1])
    assert_allclose(class_shares(y, 3), [0.75, 0.25, 0])
    assert_allclose(class_shares(y, 2, np.array([1, 1, 0, 2.0])), [0.5, 0.5])
    with pytest.raises(ValueError, match="sample_weight must have a positive sum"):
        class_shares(y, 2, np.zeros(4))


def test_class_weights_of_the_classifier_count():
    labels = np.array(["a", "a", "a", "b"])
    codes = np.array([0, 0, 0, 1])
    assert effective_weight(LogisticRegression(), labels, None) is None
    for model in (
        LogisticRegression(class_weight="balanced"),
        RandomForestClassifier(class_weight="balanced_subsample"),
        make_pipeline(StandardScaler(), LogisticRegression(class_weight={"a": 1, "b": 3})),
    ):
        assert_allclose(class_shares(codes, 2, effective_weight(model, labels, None)), [0.5, 0.5])
    own = effective_weight(LogisticRegression(class_weight={"a": 2}), labels, np.arange(4.0))
    assert_allclose(own, [0, 2, 4, 3])
