"""One vanilla GAN a class."""

import numpy as np
import pytest
import torch

from imblearn_gan import GANOversampler
from imblearn_gan.callbacks import Callback
from imblearn_gan.games.noise import Turn
from tests.players import CLOSE, DECEIVED, GENERATED, REAL, SMALL, Game, Seen, array
from tests.samplers import labels


def clusters():
    """Three classes far apart, in two dimensions."""
    y = labels(60, 20, 8)
    return y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2)), y


class Networks(Callback):
    """The networks of every phase, by the phase's name."""

    def on_fit_begin(self):
        self.by_phase = {}

    def on_phase_begin(self, state):
        self.by_phase[state.phase] = list(state.networks.values())


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares", "hinge"])
def test_value_of_the_losses(loss):
    game = Game(GANOversampler(loss=loss, augmentation=None, latent_dim=2, **SMALL))
    discriminator = game.networks["discriminator"]["1"]
    x, made, y = torch.randn(6, 4), torch.randn(6, 4), torch.ones(6, dtype=torch.long)
    found = game.losses("discriminator", Turn(x, y, made))
    expected = {
        "real": REAL[loss](array(discriminator(x, None))).mean(),
        "generated": GENERATED[loss](array(discriminator(made, None))).mean(),
    }
    assert found == pytest.approx(expected, **CLOSE)
    seen = Seen(game.networks["generator"]["1"])
    found = game.losses("generator")
    outputs = array(discriminator(seen.outputs[0], None))
    assert found == pytest.approx({"generated": DECEIVED[loss](outputs).mean()}, **CLOSE)


def test_a_gan_for_each_class_that_lacks_rows():
    game = Game(GANOversampler(latent_dim=2, **SMALL))
    assert [phase.name for phase in game.phases] == ["adversarial 1", "adversarial 2"]
    assert list(game.networks["generator"]) == ["1", "2"]


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares"])
def test_one_gan_a_class(loss):
    X, y = clusters()
    watch = Networks()
    sampler = GANOversampler(max_iter=10, loss=loss, callbacks=[watch], random_state=0)
    sampler.fit_resample(X, y)
    assert list(watch.by_phase) == ["adversarial 1", "adversarial 2"]
    first, second = ({id(n) for n in nets} for nets in watch.by_phase.values())
    assert len(first) == len(second) == 2
    assert not first & second
    assert sampler.n_iter_ == 20


def test_gan_of_a_class_sees_its_rows_only():
    """The same rows of a class make the same generator, whatever the other classes are like."""
    X, y = clusters()
    X = np.concatenate([X, [[-500, -500], [500, 500]]])  # a scale that both sets share
    y = np.append(y, [0, 0])
    other = np.where((y == 0)[:, None], np.roll(X, 7, axis=1), X)
    other[-2:] = X[-2:]
    assert not np.array_equal(X, other)
    settings = {"max_iter": 20, "random_state": 0, "replay": 0}
    rows = [GANOversampler(**settings).fit_resample(data, y)[0][len(y) :] for data in (X, other)]
    assert np.array_equal(*rows)


def test_rows_of_a_class_come_from_its_generator():
    X, y = clusters()
    sampler = GANOversampler(max_iter=3, replay=0, random_state=0)
    sampler.fit_resample(X, y)
    generators = sampler.networks_["generator"]
    for key, value in (("1", -0.5), ("2", 0.5)):
        seen = []
        generators[key].register_forward_hook(
            lambda net, inputs, out, value=value, seen=seen: (
                seen.append(len(out)),
                torch.full_like(out, value),
            )[1]
        )
    X_new, y_new = sampler.sample({1: 4, 2: 3})
    rows = sampler.codec_.encode(X_new)
    assert np.allclose(rows[y_new == 1], -0.5, atol=1e-5)
    assert np.allclose(rows[y_new == 2], 0.5, atol=1e-5)
