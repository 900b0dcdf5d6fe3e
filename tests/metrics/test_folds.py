"""Folds, and what keeps groups together in them."""

from functools import partial

import numpy as np
import pytest
import sklearn
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold, StratifiedKFold

from imblearn_gan import ResampledClassifier
from imblearn_gan.metrics import evaluate_sampler

# groups of four rows; in each fourth of them three rows are of the rare class
GROUPS = np.arange(80) // 4
LABELS = np.where(np.arange(80) % 4, GROUPS % 4 == 0, False).astype(int)
X = np.column_stack([GROUPS, np.random.RandomState(0).normal(size=80) + LABELS])


class Groups(LogisticRegression):
    """Tells whether it is asked for rows of groups that it has learnt from, in each fold."""

    asked_for_its_own: list = []

    def fit(self, X, y):
        self.groups = set(X[:, 0])
        return super().fit(X, y)

    def predict_proba(self, X):
        self.asked_for_its_own.append(bool(self.groups & set(X[:, 0])))
        return super().predict_proba(X)


@pytest.fixture
def asked():
    Groups.asked_for_its_own = []
    yield Groups.asked_for_its_own
    Groups.asked_for_its_own = []


def evaluate(sampler, **params):
    defaults = {"classifier": Groups(), "groups": GROUPS, "random_state": 0}
    return evaluate_sampler(sampler, X, LABELS, **defaults | params)


def test_a_cut_is_tuned_on_whole_groups(asked):
    run = partial(evaluate, cv=StratifiedGroupKFold(2), scoring="accuracy")
    tuned = partial(ResampledClassifier, Groups(), RandomOverSampler(), decision="f1_macro")
    result = run({"given": tuned()}, baselines=["tuned cut"])
    assert len(asked) >= 2 * 2 * (2 + 1)  # folds, methods, and inner folds and the test rows
    assert not any(asked)
    assert result.scores.notna().all(axis=None)
    run({"given": tuned(cv=StratifiedKFold(2))}, baselines=[])  # folds of its own stay
    assert any(asked)


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("inner", [3, StratifiedGroupKFold(3)])
def test_folds_of_its_own_are_of_whole_groups(asked, inner, routing):
    tuned = ResampledClassifier(Groups(), RandomOverSampler(), decision="f1_macro", cv=inner)
    params = {"baselines": [], "scoring": "accuracy", "error_score": "raise"}
    with sklearn.config_context(enable_metadata_routing=routing):
        evaluate({"given": tuned}, cv=StratifiedGroupKFold(2), **params)
    assert len(asked) == 2 * (3 + 1)  # folds, and in each inner folds and the test rows
    assert not any(asked)


@pytest.mark.parametrize(("cv", "n_folds"), [(None, 10), (2, 2), (LeaveOneGroupOut(), 5)])
@pytest.mark.parametrize("names", [np.str_, np.int64])
def test_folds_are_of_whole_groups(asked, cv, n_folds, names):
    of = GROUPS // 4 if isinstance(cv, LeaveOneGroupOut) else GROUPS
    params = {"baselines": ["none"], "scoring": "neg_log_loss"}
    result = evaluate(RandomOverSampler(), cv=cv, groups=of.astype(names).tolist(), **params)
    assert result.scores["fold"].nunique() == n_folds
    assert len(asked) == 2 * n_folds
    assert not any(asked)


def test_few_groups():
    few = np.where(LABELS, GROUPS % 8, GROUPS)  # of the rare class two are left
    result = evaluate(RandomOverSampler(), groups=few, classifier=LogisticRegression())
    assert result.scores["fold"].nunique() == 4
    with pytest.warns(UserWarning, match="tuned cut is left out: two groups of each class"):
        evaluate(RandomOverSampler(), groups=few, baselines=["tuned cut"])
    with pytest.raises(ValueError, match="y has a class of a single group"):
        evaluate(RandomOverSampler(), groups=np.where(LABELS, -1, GROUPS))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (GROUPS[:5], "inconsistent"),
        ([None, *GROUPS[1:]], "groups has 1 missing values: give each of these rows"),
        ([float("nan"), *map(str, GROUPS[1:])], "groups has 1 missing values"),
    ],
)
def test_what_are_no_groups(groups, message):
    with pytest.raises(ValueError, match=message):
        evaluate(RandomOverSampler(), groups=groups)
