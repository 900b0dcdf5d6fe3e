"""CAPGAN: the variational autoencoder's objective, and three ways of pre-training."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification

from imblearn_gan import CAPGANOversampler, CollapseWarning
from imblearn_gan.over_sampling._capgan import N_SUBSETS
from imblearn_gan.training import Batch
from tests.players import CLOSE, SMALL, Game, Seen, array, numbers, training_data, which_rows
from tests.samplers import assert_oversampled, labels

BUDGET = {"pretrain_iter": 4, "max_iter": 3, "batch_size": 40, "random_state": 0, "latent_dim": 5}
LARGE = (60, 20, 4)


def built(data=None, **params):
    return Game(CAPGANOversampler(**SMALL | {"latent_dim": 2} | params), data)


# the objective ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "weight"), [((1, 2, 2), 1.0), ((4,), 0.01)])
def test_value_of_the_objective(shape, weight):
    """Equation (7): divergence, cross entropy of values in [0, 1], squared error; sums of a row.

    The divergence weighs a hundredth on tables.
    """
    game = built(training_data(shape=shape))
    (player,) = game.phases[0].players
    batch = game.data.draw(6)
    seen = Seen(game.networks["generator"])
    torch.manual_seed(3)
    found = numbers(player.losses(batch))
    torch.manual_seed(3)
    noise = array(torch.randn(6, 2))
    mean, log_variance = map(array, game.networks["encoder"].distribution(batch.x))
    z, y = seen.inputs[0]
    assert np.allclose(array(z), mean + np.exp(log_variance / 2) * noise, atol=1e-5)
    assert torch.equal(y, batch.y)
    x, decoded = (array(rows.flatten(1)) for rows in (batch.x, seen.outputs[0]))
    p, q = (x + 1) / 2, (decoded + 1) / 2
    variance = np.exp(log_variance)
    expected = {
        "reconstruction": ((decoded - x) ** 2).sum(axis=1).mean(),
        "kl": weight * ((mean**2 + variance - 1 - log_variance) / 2).sum(axis=1).mean(),
        "cross_entropy": -(p * np.log(q) + (1 - p) * np.log(1 - q)).sum(axis=1).mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_objective_is_finite_at_the_ends_of_the_range():
    game = built()
    (player,) = game.phases[0].players
    with torch.no_grad():
        game.networks["generator"].decoder[0].bias.fill_(99)
    batch = Batch(torch.tensor([[-1.0, 1.0, -1.0, 1.0]]), torch.tensor([1]))
    assert np.isfinite(list(numbers(player.losses(batch)).values())).all()


def test_columns_of_tables_keep_their_spread(monkeypatch):
    """The autoencoder alone: with the paper's weight all codes are decoded to one row."""
    X, y = make_classification(700, 8, n_informative=5, weights=[0.85], flip_y=0, random_state=0)

    def spread():
        sampler = CAPGANOversampler(max_iter=0, replay=0, random_state=0)
        made = sampler.fit_resample(X, y)[0][len(X) :]
        return np.median(made.std(axis=0) / X[y == 1].std(axis=0))

    assert spread() > 0.5
    monkeypatch.setattr("imblearn_gan.over_sampling._capgan._KL_WEIGHT_ON_TABLES", 1.0)
    with pytest.warns(CollapseWarning):
        assert spread() < 0.1


def test_codes_are_the_means():
    game = built(codes="interpolated")
    mean, _ = game.networks["encoder"].distribution(game.data.x)
    assert torch.allclose(game.networks["latent"].z, mean, atol=1e-6)


def test_terms_are_recorded():
    sampler = CAPGANOversampler(**BUDGET)
    sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10))
    assert set(sampler.history_[0]) == {
        "phase",
        "iteration",
        "autoencoder_reconstruction",
        "autoencoder_kl",
        "autoencoder_cross_entropy",
    }


def test_survives_a_large_learning_rate():
    X, y = np.random.RandomState(0).normal(size=(90, 4)), np.repeat([0, 1, 2], [60, 20, 10])
    sampler = CAPGANOversampler(
        pretrain_iter=200, max_iter=2, pretrain_learning_rate=0.03, random_state=0
    )
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


# pre-training -----------------------------------------------------------------------------------

BALANCED, AS_THEY_COME = [1 / 3, 1 / 3, 1 / 3], [30 / 44, 9 / 44, 5 / 44]


@pytest.mark.parametrize("balance", ["batches", "labels", None])
@pytest.mark.parametrize(
    ("pretraining", "rates", "fractions"),
    [
        ("oversample", [0.01], [BALANCED]),
        ("two_phase", [0.01, 0.001], [BALANCED, AS_THEY_COME]),
        ("ensemble", [0.01] * 3, [BALANCED] * 3),
    ],
)
def test_batches_and_rates(pretraining, rates, fractions, balance):
    """They do not depend on ``balance``, which is the game's."""
    settings = {"pretraining": pretraining, "balance": balance, "pretrain_learning_rate": 0.01}
    game = built(batch_size=4000, pretrain_iter=7, **settings)
    *phases, main = game.phases
    assert main.name == "adversarial"
    assert [(phase.name, phase.max_iter) for phase in phases] == [("pretrain", 7)] * len(rates)
    players = [player for phase in phases for player in phase.players]
    assert [player.learning_rate for player in players] == pytest.approx(rates)
    for player, expected in zip(players, fractions):
        y = player.draw().y
        assert torch.bincount(y, minlength=3) / len(y) == pytest.approx(expected, abs=0.04)


def test_ensemble_trains_on_parts_of_the_large_classes():
    game = built(training_data(LARGE), pretraining="ensemble", batch_size=3000)
    *phases, _ = game.phases
    seen = []
    for phase in phases:
        batch = phase.players[0].draw()
        rows = which_rows(batch.x, game.data)
        assert torch.equal(game.data.y[rows], batch.y)
        seen.append(set(rows.tolist()))
    small = set(range(60, 84))  # 84 / 3 = 28 rows are the mean: only class 0 is above
    assert [part - set(range(60)) for part in seen] == [small] * 3
    large = [part - small for part in seen]
    assert [len(part) for part in large] == [20, 20, 20]
    assert set.union(*large) == set(range(60))


def test_parts_of_classes_with_fewer_rows_than_parts_are_whole():
    data = training_data((300, 80, 20))
    parts = list(data.parts(3))
    assert [part.spec.class_counts for part in parts] == [(100, 80, 20)] * 3
    assert [part.spec.class_counts for part in training_data((2, 1)).parts(3)] == [(2, 1)] * 3


def test_ensembles_weights_are_the_inverse_of_the_losses():
    assert N_SUBSETS == 3
    sampler = CAPGANOversampler(pretraining="ensemble", **SMALL | {"latent_dim": 2})
    losses, scored = [1.0, 2.0, 4.0], []

    def mean_loss(networks, data):
        scored.append(data)
        return torch.tensor(losses[len(scored) - 1])

    sampler._mean_loss = mean_loss
    data = training_data(LARGE)
    sampler._choose(data.spec)
    networks = sampler._build_networks(data.spec, data.n_to_make)
    members = []
    for phase, value in zip(sampler._pretraining(networks, data), (7.0, 14.0, 28.0)):
        members.append(phase.players[0].networks)
        for network in members[-1].values():
            for parameter in network.parameters():
                parameter.data.fill_(value)
    expected = (4 * 7 + 2 * 14 + 1 * 28) / 7
    weights = [p for name in ("encoder", "generator") for p in networks[name].parameters()]
    assert all(torch.allclose(p, torch.full_like(p, expected)) for p in weights)
    assert len({id(member["encoder"]) for member in members}) == 3
    assert [part.spec.class_counts for part in scored] == [(20, 20, 4)] * 3


def test_members_of_the_ensemble_are_scored_on_balanced_batches_of_their_part():
    sampler = CAPGANOversampler(**SMALL | {"latent_dim": 2})
    data = training_data(LARGE)
    sampler._choose(data.spec)
    asked, values = [], iter(range(1, 9))

    def draw(size, balanced=False):
        asked.append((size, balanced))
        return None

    def losses(networks, batch):
        n = float(next(values))
        return {"reconstruction": torch.tensor(n), "kl": torch.tensor(10.0 * n)}

    data.draw, sampler._autoencoder_losses = draw, losses
    # the sum of the terms, in the mean over 8 batches
    assert sampler._mean_loss(None, data).item() == pytest.approx(11 * 4.5)
    assert asked == [(6, True)] * 8


def test_ensemble_gives_a_sampler():
    sampler = CAPGANOversampler(**BUDGET, pretraining="ensemble")
    X, y = np.random.RandomState(0).normal(size=(100, 4)), labels(90, 10)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    assert [r["phase"] for r in sampler.history_].count("pretrain") == 3 * 4
