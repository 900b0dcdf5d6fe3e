"""GAMO's end product, the classifier."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from imblearn_gan import GAMOClassifier
from imblearn_gan.games.gamo import _Play
from tests.samplers import labels

DIGITS = load_digits()


@pytest.mark.slow
def test_images_and_labels():
    X, y = DIGITS.images, np.array([f"digit {t}" for t in DIGITS.target])
    model = GAMOClassifier(max_iter=250, random_state=0).fit(X[:600], y[:600])
    assert model.score(X[600:], y[600:]) > 0.8
    probabilities = model.predict_proba(X[600:610])
    assert probabilities.shape == (10, 10)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert set(model.predict(X[600:610])) <= set(model.classes_)
    with pytest.raises(ValueError, match="rows of shape"):
        model.predict(X[:, :7])


def test_without_minority_no_game_is_played():
    X, y = np.random.RandomState(0).normal(size=(34, 12)), labels(17, 17)
    model = GAMOClassifier(max_iter=5, random_state=0).fit(X, y)
    assert set(model.history_[-1]) == {"phase", "iteration", "classifier_real"}


def test_every_class_is_filled_up_to_the_largest():
    class Watched(GAMOClassifier):
        def _build_networks(self, spec, n_to_make):
            self.n_to_make = list(n_to_make)
            return super()._build_networks(spec, n_to_make)

    y = labels(20, 9, 5)
    model = Watched(max_iter=2, random_state=0).fit(np.eye(34), y)
    assert model.n_to_make == [0, 11, 15]
    assert set(model.networks_) == {"extractor", "classifier"}


@pytest.mark.slow
def test_helps_the_rare_class_of_digits():
    """The game must lift a rare class's recall over the same networks without it."""
    X, y = DIGITS.images, (DIGITS.target == 8).astype(int)
    rare, common = np.flatnonzero(y), np.flatnonzero(1 - y)
    train = np.concatenate([rare[:12], common[:600]])
    test = np.concatenate([rare[12:], common[600:]])
    scores = []
    for weight in (0.0, 1.0):
        model = GAMOClassifier(
            max_iter=150,
            generated_weight=weight,
            balance=None,
            random_state=0,
        ).fit(X[train], y[train])
        scores.append((model.predict(X[test]) == 1)[y[test] == 1].mean())
    assert scores[1] > scores[0]


@pytest.mark.parametrize(
    "params",
    [{}, {"balance": "batches"}, {"balance": None}, {"generated_weight": None}, {"variant": "cG"}],
)
def test_shares_are_what_the_classes_weigh_in_the_loss(params, monkeypatch):
    """Counted: labels as they are drawn, times their weights."""
    weighed = torch.zeros(3)
    original = _Play.classifier_losses

    def counted(self, turn):
        for one_hot, weights in (
            (turn.real_labels, self.real_weights),
            (turn.generated_labels, self.generated_weights),
        ):
            weighed.add_(one_hot.mean(dim=0) * weights)
        return original(self, turn)

    monkeypatch.setattr(_Play, "classifier_losses", counted)
    X = np.random.RandomState(0).normal(size=(100, 3))
    model = GAMOClassifier(max_iter=20, batch_size=1000, random_state=0, **params).fit(
        X, labels(60, 30, 10)
    )
    np.testing.assert_allclose(model.learnt_shares_, weighed / weighed.sum(), atol=0.02)
    assert model.learnt_shares_.sum() == pytest.approx(1)
