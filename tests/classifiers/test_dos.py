"""DOS: targets in the hull of neighbours, micro-clusters, and when neighbours are found."""

import numpy as np
import pytest
import torch

from imblearn_gan import DOSClassifier
from imblearn_gan.latent import class_neighbours
from imblearn_gan.training import Engine
from tests.players import CLOSE, Game, Linear, Seen, array, cross_entropy, numbers, softmax
from tests.samplers import labels

INDEX = torch.tensor([0, 31, 40, 12, 35, 43])


def built(**params):
    settings = {"architecture": Linear(), "latent_dim": 3, "batch_size": 6}
    return Game(DOSClassifier(**settings | params))


def refreshed(**params):
    """A game that knows neighbours, and the features that they were found in."""
    game = built(**params)
    game.main[0].before_iteration(0)
    return game, game.networks["extractor"](game.data.x).detach()


@pytest.mark.parametrize("n_neighbors", [2, 5])
@pytest.mark.parametrize("weight", [0.1, 2.0])
def test_value_of_the_losses(n_neighbors, weight):
    game, features = refreshed(n_neighbors=n_neighbors, micro_cluster_weight=weight)
    y = game.data.y[INDEX]
    found = game.losses("classifier", INDEX, seed=5)
    torch.manual_seed(5)
    draws = -np.log(array(torch.rand(6, n_neighbors)))
    weights = draws / draws.sum(axis=1, keepdims=True)  # uniform on the simplex
    near = array(features)[class_neighbours(features, (30, 9, 5), n_neighbors)[INDEX]]
    targets = (weights[:, :, None] * near).sum(axis=1)
    own = array(features[INDEX])
    squared = ((own[:, None] - near) ** 2).sum(axis=2)

    def named(rows):
        logits = array(game.networks["classifier"](torch.from_numpy(rows).float()))
        return cross_entropy(logits, y)

    expected = {
        "real": named(own),
        "synthetic": named(targets),
        "micro_cluster": weight * (weights * squared).sum(axis=1).mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_a_draw_of_zero_is_a_weight(monkeypatch):
    """One in some forty trainings of the default length draws it."""
    monkeypatch.setattr(torch, "rand", lambda shape, **options: torch.ones(shape).triu(1) / 2)
    found = refreshed()[0].losses("classifier", INDEX)
    assert np.isfinite([*found.values()]).all()


def test_balanced_softmax_adds_the_log_priors_of_rows_as_they_come():
    game, features = refreshed(balance="softmax")
    logits = array(game.networks["classifier"](features[INDEX]))
    shifted = logits + np.log(np.array([30, 9, 5]) / 44)
    found = game.losses("classifier", INDEX)["real"]
    assert found == pytest.approx(cross_entropy(shifted, game.data.y[INDEX]), **CLOSE)


def test_balanced_softmax_gives_probabilities_of_balanced_classes():
    """The same rows in both classes, ten times in one: what is learnt is even."""
    X, y = np.tile(np.random.RandomState(0).normal(size=(20, 3)), (11, 1)), labels(200, 20)
    means = {
        balance: DOSClassifier(balance=balance, pretrain_iter=0, max_iter=300, random_state=0)
        .fit(X, y)
        .predict_proba(X[:20])[:, 1]
        .mean()
        for balance in ("softmax", None)
    }
    assert means["softmax"] == pytest.approx(0.5, abs=0.1)
    assert means[None] == pytest.approx(1 / 11, abs=0.06)


def test_targets_are_between_neighbours_of_the_class():
    game, features = refreshed(n_neighbors=1)
    seen = Seen(game.networks["classifier"])
    game.losses("classifier", INDEX)
    own, targets = (x for (x,) in seen.inputs)
    assert torch.allclose(own, features[INDEX], atol=1e-6)
    distance = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    distance.fill_diagonal_(9)
    distance[game.data.y[:, None] != game.data.y] = 9
    nearest = distance.argmin(dim=1)
    assert torch.allclose(targets, features[nearest[INDEX]], atol=1e-6)


def test_least_squares():
    game = built(loss="least_squares")
    batch = game.data.draw(6)
    logits = game.networks["classifier"](game.networks["extractor"](batch.x))
    wrong = softmax(array(logits)) - np.eye(3)[batch.y]
    found = numbers(game.phases[0].players[0].losses(batch))
    assert found == pytest.approx({"real": (wrong**2).sum(axis=1).mean()}, **CLOSE)


def test_value_of_the_first_phase():
    game = built()
    first = game.phases[0]
    assert (first.name, first.ema_decay, first.lr_decay) == ("pretrain", 0, False)
    batch = game.data.draw(6)
    logits = game.networks["classifier"](game.networks["extractor"](batch.x))
    expected = cross_entropy(array(logits), batch.y)
    assert numbers(first.players[0].losses(batch)) == pytest.approx({"real": expected}, **CLOSE)


@pytest.mark.parametrize(
    ("balance", "expected"), [("batches", [1 / 3] * 3), (None, [30 / 44, 9 / 44, 5 / 44])]
)
def test_labels_of_rows(balance, expected):
    game = built(balance=balance, batch_size=4000)
    y = game.phases[0].players[0].draw().y
    assert torch.bincount(y) / 4000 == pytest.approx(expected, abs=0.04)
    y = game.data.y[game.draw("classifier")]
    assert torch.bincount(y) / 4000 == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_rates_fall_while_weights_are_averaged(decay):
    (phase,) = built(ema_decay=decay).main
    assert (phase.ema_decay, phase.lr_decay) == (decay, decay > 0)


def test_neighbours_are_found_anew_once_an_epoch():
    """44 rows in batches of 8: before the iterations 0, 5 and 10."""
    game = built(batch_size=8, max_iter=12, ema_decay=0, learning_rate=0.05)
    (phase,) = game.main
    counted, iterations = [], []
    game.networks["extractor"].register_forward_hook(
        lambda net, inputs, out: counted.append(len(out)) if not net.training else None
    )
    refresh = phase.before_iteration

    def watched(iteration):
        before = len(counted)
        refresh(iteration)
        if len(counted) > before:
            iterations.append(iteration)

    phase.before_iteration = watched
    Engine().run(phase)
    assert iterations == [0, 5, 10]
    assert counted == [44] * 3


def test_rows_are_compared_with_the_features_of_the_last_refresh():
    game, features = refreshed(n_neighbors=1)
    with torch.no_grad():
        for parameter in game.networks["extractor"].parameters():
            parameter.add_(0.3)
    seen = Seen(game.networks["classifier"])
    game.losses("classifier", INDEX)
    own, targets = (x for (x,) in seen.inputs)
    assert not torch.allclose(own, features[INDEX], atol=1e-3)
    nearest = class_neighbours(features, (30, 9, 5), 1)[INDEX, 0]
    assert torch.allclose(targets, features[nearest], atol=1e-6)
    game.main[0].before_iteration(7)  # 44 rows in batches of 6: every 7
    game.losses("classifier", INDEX)
    own, targets = (x for (x,) in seen.inputs[2:])
    features = game.networks["extractor"](game.data.x).detach()
    nearest = class_neighbours(features, (30, 9, 5), 1)[INDEX, 0]
    assert torch.allclose(targets, features[nearest], atol=1e-6)


def test_finds_rare_rows():
    rng = np.random.RandomState(0)
    y = labels(400, 12)
    X = rng.normal(size=(412, 5)) + 2.5 * y[:, None] * np.eye(5)[0]
    test_y = np.repeat([0, 1], 200)
    test_X = rng.normal(size=(400, 5)) + 2.5 * test_y[:, None] * np.eye(5)[0]
    recalls = []
    for balance in ("batches", None):
        model = DOSClassifier(pretrain_iter=50, max_iter=200, balance=balance, random_state=0)
        predicted = model.fit(X, y).predict(test_X)
        recalls.append((predicted[test_y == 1] == 1).mean())
    assert recalls[0] > recalls[1]
    assert {record["phase"] for record in model.history_} == {"pretrain", "over-sampling"}


def test_micro_clusters_draw_classes_together():
    y = labels(60, 20, 8)
    X = y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2))
    spread = []
    for weight in (0.0, 5.0):
        model = DOSClassifier(
            pretrain_iter=0,
            max_iter=200,
            micro_cluster_weight=weight,
            ema_decay=0.0,
            random_state=0,
        ).fit(X, y)
        rows = torch.from_numpy(model.codec_.encode(X))
        features = model.networks_["extractor"](rows)
        spread.append(float(features[y == 0].var(dim=0).sum()))
    assert spread[1] < spread[0]


@pytest.mark.parametrize(
    ("balance", "expected"),
    [("batches", [1 / 3] * 3), ("softmax", [1 / 3] * 3), (None, [0.6, 0.3, 0.1])],
)
def test_shares_that_were_learnt(balance, expected):
    X = np.random.RandomState(0).normal(size=(100, 3))
    model = DOSClassifier(pretrain_iter=1, max_iter=1, balance=balance, random_state=0)
    np.testing.assert_allclose(model.fit(X, labels(60, 30, 10)).learnt_shares_, expected)
