"""scikit-learn's checks over every classifier."""

import pickle

import numpy as np
import pytest
from imblearn.utils.estimator_checks import check_param_validation
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.utils.estimator_checks import parametrize_with_checks

from imblearn_gan import GAMOClassifier
from tests.instances import CLASSIFIERS
from tests.samplers import labels


@parametrize_with_checks(CLASSIFIERS)
def test_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(params=CLASSIFIERS, ids=lambda model: type(model).__name__)
def classifier(request):
    return clone(request.param)


def test_parameter_validation(classifier):
    check_param_validation(type(classifier).__name__, classifier)


def test_frames_categories_and_pickle(classifier):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.assign(size=np.where(X["mean area"] > 600, "large", "small"))
    y = y.map({0: "malignant", 1: "benign"})
    classifier.fit(X, y)
    assert classifier.score(X, y) > 0.85
    again = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(again.predict_proba(X), classifier.predict_proba(X))
    X.loc[0, "size"] = "unheard of"
    assert len(classifier.predict(X)) == len(X)


def test_networks_stay_in_evaluation_mode():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    model = GAMOClassifier(max_iter=2, random_state=0).fit(X, y)
    model.predict(X)
    assert not any(module.training for module in model.networks_.modules())
