"""Conditional variational autoencoder."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from imblearn_gan import CVAEOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.training import Batch
from tests.players import CLOSE, SMALL, Game, Seen, array, linear, training_data
from tests.samplers import labels

Y = torch.tensor([0, 1, 2, 1, 2, 0])
ONE_HOT = np.eye(3)[Y]


def built(data=None, **settings):
    return Game(CVAEOversampler(latent_dim=2, **settings, **SMALL), data)


def layers(network):
    return [layer for layer in network.modules() if isinstance(layer, nn.Linear)]


@pytest.mark.parametrize("kl_weight", [0, 0.3, 1])
def test_value_of_the_losses(kl_weight):
    game = built(kl_weight=kl_weight)
    x = torch.randn(6, 4)
    found = game.losses("autoencoder", Batch(x, Y), seed=1)

    features, head = layers(game.networks["encoder"])
    (output,) = layers(game.networks["decoder"])
    code = linear(head, np.hstack([linear(features, array(x)), ONE_HOT]))
    mean, log_variance = code[:, :2], code[:, 2:]
    torch.manual_seed(1)
    z = mean + np.exp(log_variance / 2) * array(torch.randn(6, 2))
    decoded = np.tanh(linear(output, np.hstack([z, ONE_HOT])))
    kl = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1)
    expected = {
        "reconstruction": ((array(x) - decoded) ** 2).sum(axis=1).mean(),
        "kl": kl_weight * kl.mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_one_player_trains_both_networks_and_the_decoder_is_averaged():
    game = built(max_iter=7, ema_decay=0.5, learning_rate=0.01)
    (phase,) = game.phases
    (player,) = phase.players
    assert (phase.max_iter, phase.ema_decay, phase.averaged) == (7, 0.5, ["decoder"])
    assert (player.learning_rate, player.betas) == (0.01, (0.9, 0.999))
    assert {name: game.networks[name] for name in player.networks} == dict(player.networks)
    assert set(player.networks) == {"encoder", "decoder"}


@pytest.mark.parametrize(("balance", "shares"), [("batches", [1, 1, 1]), (None, [30, 9, 5])])
def test_classes_of_a_batch(balance, shares):
    game = built(balance=balance)
    drawn = torch.cat([game.draw("autoencoder", seed).y for seed in range(500)])
    assert np.allclose(np.bincount(drawn) / 3000, np.divide(shares, sum(shares)), atol=0.03)


def test_rows_are_decoded_from_the_prior_under_their_label():
    sampler = CVAEOversampler(latent_dim=2, **SMALL)
    spec = DataSpec((4,), (30, 9, 5))
    sampler.codec_ = SimpleNamespace(spec=lambda _: spec)
    networks = sampler._build_networks(spec, [0, 21, 25])
    seen = Seen(networks["decoder"])
    torch.manual_seed(0)
    y = torch.arange(3).repeat(2000)
    rows = sampler._generate(networks, y)
    z, given = seen.inputs[0]
    assert torch.equal(given, y)
    assert torch.equal(rows, seen.outputs[0])
    assert np.allclose(z.mean(dim=0), 0, atol=0.05)
    assert np.allclose(np.cov(z.T), np.eye(2), atol=0.06)


def test_images_have_networks_of_their_shape():
    game = built(training_data(shape=(1, 4, 4)))
    batch = game.draw("autoencoder")
    z = torch.randn(len(batch.y), 2)
    assert game.networks["encoder"](batch.x, batch.y).shape == (6, 4)
    assert game.networks["decoder"](z, batch.y).shape == batch.x.shape


def test_learns_where_classes_are():
    y = labels(60, 20, 8)
    X = y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2))
    sampler = CVAEOversampler(max_iter=300, replay=0, random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    made, made_y = X_res[len(X) :].mean(axis=1), y_res[len(X) :]
    medians = [np.median(made[made_y == k]) for k in (1, 2)]
    assert np.allclose(medians, [10, 20], atol=2)


def test_learns_which_categories_a_class_has():
    y = labels(60, 20, 20)
    X = pd.DataFrame({"number": np.random.RandomState(0).normal(size=len(y))})
    X["kind"] = pd.Categorical(np.array(["a", "b", "c"])[y])
    X_res, y_res = CVAEOversampler(max_iter=300, replay=0, random_state=0).fit_resample(X, y)
    made, made_y = X_res["kind"][len(X) :], y_res[len(X) :]
    assert (made == np.array(["a", "b", "c"])[made_y]).mean() > 0.95
