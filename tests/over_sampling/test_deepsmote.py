"""DeepSMOTE: both losses of its autoencoder, and SMOTE between codes."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from imblearn_gan import DeepSMOTEOversampler
from imblearn_gan.over_sampling._deepsmote import _Turn
from imblearn_gan.training import Batch
from tests.players import CLOSE, SMALL, Game, array, linear
from tests.samplers import assert_oversampled, images, labels

Y = torch.tensor([0, 1, 2, 1, 2, 0])


def built(data=None, **settings):
    return Game(DeepSMOTEOversampler(latent_dim=2, **settings, **SMALL), data)


def layers(network):
    return [layer for layer in network.modules() if isinstance(layer, nn.Linear)]


@pytest.mark.parametrize("weight", [0, 0.3, 1])
def test_value_of_the_losses(weight):
    game = built(permutation_weight=weight)
    x, own = torch.randn(6, 4), torch.randn(6, 4)
    turn = _Turn(Batch(x, Y), Batch(own, torch.ones_like(Y)))
    found = game.losses("autoencoder", turn)

    features, head = layers(game.networks["encoder"])
    (output,) = layers(game.networks["generator"])

    def codes(rows):
        return linear(head, linear(features, array(rows)))

    def decoded(z):
        return np.tanh(linear(output, z))

    other = np.roll(codes(own), 1, axis=0)  # each row from the code of another one
    expected = {
        "reconstruction": ((decoded(codes(x)) - array(x)) ** 2).mean(),
        "permuted": weight * ((decoded(other) - array(own)) ** 2).mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)


def test_the_permuted_loss_teaches_the_decoder_alone():
    game = built(permutation_weight=1)
    turn = _Turn(Batch(torch.randn(6, 4), Y), Batch(torch.randn(6, 4), torch.ones_like(Y)))
    game.players["autoencoder"].losses(turn)["permuted"].backward()
    assert all(p.grad is None for p in game.networks["encoder"].parameters())
    assert all(p.grad is not None for p in game.networks["generator"].parameters())


def test_rows_of_one_class_at_a_time_each_as_often():
    game = built(balance=None)
    drawn = [game.draw("autoencoder", seed) for seed in range(600)]
    classes = [set(turn.of_class.y.tolist()) for turn in drawn]
    assert all(len(found) == 1 for found in classes)
    often = np.bincount([found.pop() for found in classes]) / 600
    assert np.allclose(often, 1 / 3, atol=0.06)
    common = np.bincount(torch.cat([turn.all.y for turn in drawn])) / 3600
    assert np.allclose(common, np.divide([30, 9, 5], 44), atol=0.03)


def test_one_player_trains_both_networks_and_both_are_averaged():
    game = built(max_iter=4, ema_decay=0.5, learning_rate=0.01)
    (phase,) = game.phases
    (player,) = phase.players
    assert (phase.ema_decay, phase.averaged) == (0.5, ["encoder", "generator"])
    assert (player.learning_rate, player.betas) == (0.01, (0.9, 0.999))


def test_new_rows_lie_between_rows_of_their_class():
    y = labels(60, 20, 8)
    X = y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2))
    sampler = DeepSMOTEOversampler(max_iter=400, replay=0, random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    made, made_y = X_res[len(X) :].mean(axis=1), y_res[len(X) :]
    assert np.allclose([np.median(made[made_y == k]) for k in (1, 2)], [10, 20], atol=1)
    z = sampler.encode(X, y)
    assert z.shape == (len(X), 100)
    assert np.abs(sampler.decode(z, y) - X).mean() < 1


def test_a_class_of_one_row_and_images_and_frames():
    X, y = images(12, 8, 8), labels(9, 2, 1)
    sampler = DeepSMOTEOversampler(max_iter=3, batch_size=8, random_state=0)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    y = labels(60, 20, 20)
    X = pd.DataFrame({"number": np.random.RandomState(0).normal(size=len(y))})
    X["kind"] = pd.Categorical(np.array(["a", "b", "c"])[y])
    X_res, y_res = DeepSMOTEOversampler(max_iter=300, replay=0, random_state=0).fit_resample(X, y)
    made, made_y = X_res["kind"][len(X) :], y_res[len(X) :]
    assert (made == np.array(["a", "b", "c"])[made_y]).mean() > 0.95
