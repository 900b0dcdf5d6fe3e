"""scikit-learn's checks over every classifier, and what they share."""

import pickle

import numpy as np
import pytest
from imblearn.utils.estimator_checks import check_param_validation
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import estimator_checks_generator

from imblearn_gan import BaseGANOversampler, DOSClassifier, GAMOClassifier
from imblearn_gan._estimator import NetworkEstimator
from tests.data.test_sliced import InFile
from tests.instances import CLASSIFIERS
from tests.samplers import Recorder, images, labels

#: The one check that asks for a good score.
LEARNS = "check_classifiers_train"


def name_of(check):
    keywords = "".join(f"-{key}={value}" for key, value in check.keywords.items())
    return check.func.__name__ + keywords


def quick(model):
    """The same with a small budget: enough for all checks but one."""
    budget = {name: 5 for name in ("max_iter", "pretrain_iter") if name in model.get_params()}
    return clone(model).set_params(**budget)


def checks():
    for model in CLASSIFIERS:
        for (_, check), (small, _) in zip(
            estimator_checks_generator(clone(model)), estimator_checks_generator(quick(model))
        ):
            used = model if name_of(check).startswith(LEARNS) else small
            yield pytest.param(used, check, id=f"{type(model).__name__}-{name_of(check)}")


@pytest.mark.parametrize(("estimator", "check"), list(checks()))
def test_scikit_learn(estimator, check):
    check(estimator)


def test_all_of_scikit_learns_checks_run():
    names = [param.values[1].func.__name__ for param in checks()]
    assert names.count(LEARNS) == 3 * len(CLASSIFIERS)
    assert len(names) > 50 * len(CLASSIFIERS)


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


def test_images_of_all_layouts(classifier):
    y, model = labels(14, 9, 5), quick(classifier)
    for shape in ((8, 8), (3, 8, 7), (7, 8, 3)):
        X = images(len(y), *shape)
        p = clone(model).fit(X, y).predict_proba(X)
        assert p.shape == (28, 3)
        assert np.allclose(p.sum(axis=1), 1)
        flat = clone(model).set_params(image_shape=shape).fit(X.reshape(28, -1), y)
        assert np.array_equal(flat.predict_proba(X.reshape(28, -1)), p)


def test_rows_are_predicted_some_at_a_time(classifier, monkeypatch):
    X, y = images(600, 8, 8), np.arange(600) % 3
    model = quick(classifier).fit(X, y)
    expected, encode, sizes = model.predict_proba(X), model.codec_.encode, []
    monkeypatch.setattr(model.codec_, "encode", lambda X: sizes.append(len(X)) or encode(X))
    np.testing.assert_array_equal(model.predict_proba(InFile(X)), expected)
    assert sizes == [256, 256, 88]


def test_fitted_attributes(classifier):
    y = np.array(["no", "yes"])[labels(20, 10)]
    X = np.random.RandomState(0).normal(size=(30, 4))
    recorder = Recorder()
    model = quick(classifier).set_params(callbacks=[recorder]).fit(X, y)
    assert model.classes_.tolist() == ["no", "yes"]
    assert model.label_codec_.decode(np.array([1, 0])).tolist() == ["yes", "no"]
    assert model.codec_.encode(X).shape == (30, 4)
    assert model.n_features_in_ == 4
    assert model.n_iter_ == model.max_iter_ == 5
    assert list(model.networks_) == ["extractor", "classifier"]
    assert not any(module.training for module in model.networks_.modules())
    assert not any(p.requires_grad for p in model.networks_.parameters())
    assert {r["phase"] for r in model.history_} == {
        event[1] for event in recorder.events if event[0] == "phase_begin"
    }
    model.predict(X)
    assert not any(module.training for module in model.networks_.modules())


def test_predictions_are_those_of_the_largest_probability(classifier):
    y = np.array(["a", "b", "c"])[labels(14, 9, 5)]
    X = np.random.RandomState(0).normal(size=(28, 4))
    model = quick(classifier).fit(X, y)
    assert np.array_equal(model.predict(X), model.classes_[model.predict_proba(X).argmax(axis=1)])


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_before_fit(classifier, method):
    with pytest.raises(NotFittedError):
        getattr(classifier, method)(np.zeros((2, 3)))


def test_a_seed_gives_the_same_classifier(classifier):
    y, X = labels(14, 9, 5), np.random.RandomState(0).normal(size=(28, 4))
    model = quick(classifier)
    first = model.fit(X, y).predict_proba(X)
    assert np.array_equal(clone(model).fit(X, y).predict_proba(X), first)
    other = clone(model).set_params(random_state=1).fit(X, y).predict_proba(X)
    assert not np.array_equal(other, first)


def test_classifiers_are_no_samplers():
    for cls in (DOSClassifier, GAMOClassifier):
        assert issubclass(cls, NetworkEstimator)
        assert not issubclass(cls, BaseGANOversampler)
        assert not {"sampling_strategy", "replay", "reject"} & set(cls().get_params())
