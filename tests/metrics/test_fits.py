"""What fits leave behind: scores where classes are gone, warnings, and the order of errors."""

import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from imblearn.base import BaseSampler
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from imblearn_gan._diagnostics import WHERE_FIGURES_ARE
from imblearn_gan.exceptions import CollapseWarning
from imblearn_gan.metrics import evaluate_sampler
from tests.metrics.samples import LABELS, TABLE


class Drops(BaseSampler):
    """Leaves no row of one class."""

    _sampling_type = "under-sampling"

    def __init__(self, label):
        self.label = label

    def fit_resample(self, X, y):
        return X[y != self.label], y[y != self.label]

    def _fit_resample(self, X, y):
        raise NotImplementedError


def evaluate(sampler, y=LABELS, X=TABLE, **params):
    defaults = {"classifier": GaussianNB(), "cv": 2, "baselines": ["none"], "random_state": 0}
    return evaluate_sampler(sampler, X, y, **defaults | params)


@pytest.mark.parametrize("classifier", [GaussianNB(), HistGradientBoostingClassifier(max_iter=2)])
@pytest.mark.parametrize("rare", ["a", "z"])
def test_a_class_without_rows_is_never_found(rare, classifier):
    y = np.where(LABELS == 1, rare, "m")
    scoring = ["average_precision", "roc_auc", "acsa"]
    with pytest.warns(UserWarning, match=rf"'Drops', in the folds \[0, 1\]: .*'{rare}'"):
        result = evaluate(Drops(rare), y, classifier=classifier, scoring=scoring)
    scores = result.scores.query("method == 'Drops'")[scoring].to_numpy()
    assert scores.tolist() == [[0.25, 0.5, 0.5]] * 2  # the share of the class, and a blind guess


@pytest.mark.parametrize("classifier", [LogisticRegression(), LinearSVC()])
def test_two_of_three_classes_are_scored_as_they_are(classifier):
    y = np.where(np.arange(40) % 4 == 0, "b", np.where(LABELS == 1, "c", "a"))
    run = {"classifier": classifier, "scoring": "average_precision"}
    with pytest.warns(UserWarning, match="'b'"):
        result = evaluate(Drops("b"), y, **run)
    found = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert (found["Drops"] > 0.4).all()
    assert (found["Drops"] < 0.9).all()
    if hasattr(classifier, "predict_proba"):
        with pytest.warns(UserWarning, match="'b'"):
            sure = evaluate(Drops("b"), y, **run | {"scoring": "neg_log_loss"}).scores
        assert (sure.query("method == 'Drops'")["neg_log_loss"] < -5).all()


class Trained(Drops):
    """Tells that it was asked for rows."""

    seen: list = []

    def __init__(self):
        super().__init__(None)

    def fit_resample(self, X, y):
        self.seen.append(len(y))
        return X, y


def test_text_is_named_before_a_sampler_is_trained():
    Trained.seen = []
    boosting = HistGradientBoostingClassifier(max_iter=2)
    frame = pd.DataFrame({"a": TABLE[:, 0], "colour": np.where(LABELS, "red", "black")})
    with pytest.raises(ValueError, match=r"text in the columns \['colour'\].*make_pipeline\("):
        evaluate(Trained(), X=frame, classifier=boosting)
    with pytest.raises(ValueError, match=r"The method 'none' failed in every fold.* to float"):
        evaluate(Trained(), X=frame.to_numpy(dtype=object), classifier=boosting)
    assert not Trained.seen


class Warns(Trained):
    def fit_resample(self, X, y):
        warnings.warn(f"It broke. {WHERE_FIGURES_ARE}Mend it.", CollapseWarning, stacklevel=1)
        return X, y


def test_a_warning_names_its_method_and_folds_once():
    with pytest.warns(CollapseWarning) as told:
        evaluate(Warns(), cv=3)
    assert [str(one.message) for one in told] == [
        "The method 'Warns', in the folds [0, 1, 2]: It broke. Mend it."
    ]
    assert told[0].filename == __file__
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore", CollapseWarning)
        evaluate(Warns())
    assert not told


def test_warnings_in_threads_are_not_lost():
    with joblib.parallel_config("threading"), pytest.warns(CollapseWarning, match="It broke"):
        evaluate(Warns(), n_jobs=2)
