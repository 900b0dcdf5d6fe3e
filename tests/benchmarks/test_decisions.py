"""Cuts of bags: fixed ones, and those of rows left out."""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from tests.samplers import tiny


def test_each_method_is_scored_at_both_cuts(module, monkeypatch):
    decisions = module("decisions")
    monkeypatch.setattr(decisions, "CWGANGPOversampler", tiny)
    monkeypatch.setitem(
        decisions.CLASSIFIERS, "boosting_leaves5", lambda seed: LogisticRegression()
    )
    X, y = make_classification(240, weights=[0.8], flip_y=0, class_sep=0.5, random_state=0)
    found = list(decisions.fold("made", 0, X[:160], y[:160], X[160:], y[160:]))
    assert [record.n_draws for record in found] == [1, 1] + 8 * [10]
    fixed, tuned = found[::2], found[1::2]
    assert not any(record.settings for record in fixed)
    assert all(record.settings == {"decision": "balanced_accuracy"} for record in tuned)
    for one, other in zip(fixed, tuned):
        assert all(one.measures[name] == other.measures[name] for name in ("ap", "brier"))
    assert any(one.measures["acsa"] != other.measures["acsa"] for one, other in zip(fixed, tuned))


def test_a_corrected_bag_is_cut_where_balanced_cuts(module, monkeypatch):
    decisions = module("decisions")
    monkeypatch.setitem(
        decisions.CLASSIFIERS, "boosting_leaves5", lambda seed: LogisticRegression()
    )
    X, y = make_classification(240, weights=[0.8], flip_y=0, class_sep=0.5, random_state=0)
    *_, smote, _ = decisions.models(y, 0)
    model, cut = smote[2:]
    model.set_params(decision="balanced").fit(X, y)
    assert np.array_equal(model.predict(X), model.predict_proba(X)[:, 1] >= cut)
