"""One vanilla GAN a class."""

import numpy as np
import pytest
import torch

from imblearn_gan import GANOversampler
from imblearn_gan.callbacks import Callback
from imblearn_gan.games.noise import Turn
from imblearn_gan.over_sampling import _gan
from tests.players import (
    CLOSE,
    DECEIVED,
    GENERATED,
    REAL,
    SMALL,
    Game,
    Linear,
    Seen,
    array,
    which_rows,
)
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


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares", "hinge"])
def test_games_in_one_loop_have_the_mean_of_their_losses(loss):
    settings = {"loss": loss, "augmentation": None, "latent_dim": 2, "batch_size": 6}
    game = Game(GANOversampler(**settings))
    assert [phase.name for phase in game.phases] == ["adversarial 1 to 2"]
    turn = game.draw("discriminator")
    assert turn.y.tolist() == [1, 2] * 6
    assert torch.equal(game.data.y[which_rows(turn.x, game.data)], turn.y)
    by_class = game.networks["discriminator"]
    real, made = (
        np.concatenate([array(by_class[k](rows[turn.y == int(k)], None)) for k in by_class])
        for rows in (turn.x, turn.made)
    )
    expected = {"real": REAL[loss](real).mean(), "generated": GENERATED[loss](made).mean()}
    assert game.losses("discriminator", turn) == pytest.approx(expected, **CLOSE)
    seen = Seen(game.players["generator"].networks["generator"])
    found = game.losses("generator")
    (_, y), rows = seen.inputs[0], seen.outputs[0]
    outputs = [array(by_class[k](rows[y == int(k)], None)) for k in by_class]
    expected = DECEIVED[loss](np.concatenate(outputs)).mean()
    assert found == pytest.approx({"generated": expected}, **CLOSE)


def test_rows_of_each_class_are_drawn_evenly():
    game = Game(GANOversampler(batch_size=4000))
    turn = game.draw("discriminator")
    times = torch.bincount(which_rows(turn.x, game.data), minlength=44)
    assert times / 4000 == pytest.approx([0] * 30 + [1 / 9] * 9 + [1 / 5] * 5, abs=0.03)


APART = {
    "images": ({}, (8, 8)),
    "a family of one's own": ({"architecture": Linear()}, (4,)),
    "spectral norm": ({"spectral_norm": True}, (4,)),
}


@pytest.mark.parametrize(("params", "shape"), APART.values(), ids=APART)
def test_games_of_other_networks_come_one_after_the_other(params, shape):
    X, y = np.random.RandomState(0).normal(size=(44, *shape)), labels(30, 9, 5)
    watch = Networks()
    sampler = GANOversampler(max_iter=10, callbacks=[watch], random_state=0, **params)
    sampler.fit_resample(X, y)
    assert list(watch.by_phase) == ["adversarial 1", "adversarial 2"]
    first, second = ({id(n) for n in nets} for nets in watch.by_phase.values())
    assert len(first) == len(second) == 2
    assert not first & second
    assert sampler.n_iter_ == 20


def test_no_loop_has_too_many_classes(monkeypatch):
    monkeypatch.setattr(_gan, "_AT_ONCE", 2)
    X, y = np.random.RandomState(0).normal(size=(24, 3)), labels(9, 5, 5, 5)
    sampler = GANOversampler(max_iter=3, random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    assert {r["phase"] for r in sampler.history_} == {"adversarial 1 to 2", "adversarial 3"}
    assert sampler.n_iter_ == 6
    assert len(X_res) == 36


def test_rows_drawn_while_classes_are_trained_at_once():
    """From what the networks are at the moment."""
    drawn = []

    class Draws(Callback):
        def on_log(self, state):
            drawn.append(state.sample({1: 40, 2: 40}, random_state=0)[0])

    X, y = clusters()
    sampler = GANOversampler(
        max_iter=40, ema_decay=0, learning_rate=0.01, callbacks=[Draws()], random_state=0
    )
    sampler.fit_resample(X, y)
    assert len({rows.tobytes() for rows in drawn}) == len(drawn) == 20
    assert np.allclose(drawn[-1], sampler.sample({1: 40, 2: 40}, random_state=0)[0], atol=1e-4)


def test_networks_have_memory_of_their_own():
    X, y = clusters()
    sampler = GANOversampler(max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    for parameter in sampler.networks_.parameters():
        assert parameter.untyped_storage().nbytes() == parameter.nbytes


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
