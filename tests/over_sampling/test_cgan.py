"""Conditional GAN."""

import numpy as np
import pytest
import torch

from imblearn_gan import CGANOversampler
from imblearn_gan.games.noise import Turn
from imblearn_gan.networks import JoinedDiscriminator, ProjectionDiscriminator
from tests.players import CLOSE, DECEIVED, GENERATED, REAL, SMALL, Game, Seen, array
from tests.samplers import labels

NETWORKS = {"projection": ProjectionDiscriminator, "concatenation": JoinedDiscriminator}
Y = torch.tensor([0, 1, 2, 1, 2, 0])


@pytest.mark.parametrize("conditioning", NETWORKS)
@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares", "hinge"])
def test_value_of_the_losses(loss, conditioning):
    settings = {"loss": loss, "conditioning": conditioning, "augmentation": None}
    game = Game(CGANOversampler(latent_dim=2, **settings, **SMALL))
    discriminator = game.networks["discriminator"]
    assert type(discriminator) is NETWORKS[conditioning]
    x, made = torch.randn(6, 4), torch.randn(6, 4)
    found = game.losses("discriminator", Turn(x, Y, made))
    expected = {
        "real": REAL[loss](array(discriminator(x, Y))).mean(),
        "generated": GENERATED[loss](array(discriminator(made, Y))).mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    outputs = array(discriminator(seen.outputs[0], seen.inputs[0][1]))
    assert found == pytest.approx({"generated": DECEIVED[loss](outputs).mean()}, **CLOSE)


@pytest.mark.parametrize("conditioning", NETWORKS)
def test_learns_where_classes_are(conditioning):
    y = labels(60, 20, 8)
    X = y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2))
    sampler = CGANOversampler(
        max_iter=300, learning_rate=1e-3, conditioning=conditioning, replay=0, random_state=0
    )
    X_res, y_res = sampler.fit_resample(X, y)
    made, made_y = X_res[len(X) :].mean(axis=1), y_res[len(X) :]
    medians = [np.median(made[made_y == k]) for k in (1, 2)]
    assert np.allclose(medians, [10, 20], atol=5)
