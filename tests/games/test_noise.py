"""GANs that start from noise: what their players draw and see."""

import numpy as np
import pytest
import torch

from imblearn_gan import (
    ACGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    GANOversampler,
)
from imblearn_gan.callbacks import Callback
from imblearn_gan.games.noise import Turn
from tests.players import Game, Linear, Seen, Unread, training_data, which_rows
from tests.samplers import images, labels

CONDITIONAL = [CGANOversampler, ACGANOversampler, CWGANGPOversampler]
METHODS = [GANOversampler, *CONDITIONAL]
SETTINGS = {"architecture": Linear(), "latent_dim": 3, "batch_size": 4000, "augmentation": None}
BATCHES = {"batches": [1 / 3, 1 / 3, 1 / 3], None: [30 / 44, 9 / 44, 5 / 44]}


def networks_of(game):
    """Generator and discriminator; those of the first class that has a GAN of its own."""
    pair = [game.networks[name] for name in ("generator", "discriminator")]
    return [net["1"] if hasattr(net, "keys") else net for net in pair]


def assert_fractions(y, expected):
    assert torch.bincount(y, minlength=3) / len(y) == pytest.approx(expected, abs=0.04)


def assert_standard_normal(z):
    assert z.mean(dim=0).abs().max() < 0.08
    assert torch.allclose(z.T.cov(), torch.eye(z.shape[1]), atol=0.12)


@pytest.mark.parametrize("method", CONDITIONAL)
@pytest.mark.parametrize("balance", BATCHES)
def test_rows_are_generated_from_noise_under_the_labels_of_the_real_ones(method, balance):
    game = Game(method(balance=balance, **SETTINGS))
    generator, _ = networks_of(game)
    seen = Seen(generator)
    turn = game.draw("discriminator")
    z, y = seen.inputs[0]
    assert torch.equal(turn.y, y)
    assert torch.equal(turn.made, seen.outputs[0])
    assert not turn.made.requires_grad
    assert torch.equal(game.data.y[which_rows(turn.x, game.data)], y)
    assert_standard_normal(z)
    assert_fractions(y, BATCHES[balance])
    # the generator's own turn draws anew, and like the discriminator's
    game.losses("generator", turn, seed=1)
    z, y = seen.inputs[1]
    assert not torch.equal(y, turn.y)
    assert_standard_normal(z)
    assert_fractions(y, BATCHES[balance])


def test_the_gan_of_a_class_draws_its_rows_evenly():
    game = Game(GANOversampler(**SETTINGS))
    generator, _ = networks_of(game)
    seen = Seen(generator)
    turn = game.draw("discriminator")
    assert (turn.y == 1).all()
    times = torch.bincount(which_rows(turn.x, game.data), minlength=44)
    assert times / 4000 == pytest.approx([0] * 30 + [1 / 9] * 9 + [0] * 5, abs=0.03)
    assert_standard_normal(seen.inputs[0][0])
    assert torch.equal(turn.made, seen.outputs[0])


@pytest.mark.parametrize("method", METHODS)
def test_the_discriminator_sees_real_and_generated_rows_changed_alike(method):
    change = {"noise": {"scale": 0.5}}
    game = Game(method(**SETTINGS | {"augmentation": change}))
    generator, discriminator = networks_of(game)
    discriminator_saw, made = Seen(discriminator.trunk), Seen(generator)
    zeros = torch.zeros(4000, 4)
    turn = Turn(zeros, torch.ones(4000, dtype=torch.long), zeros)
    game.losses("discriminator", turn)
    # real and generated rows together; the places of the penalty, if there is one
    n_calls = 2 if method is CWGANGPOversampler else 1
    assert [len(x) for (x,) in discriminator_saw.inputs] == [4000, 8000][-n_calls:]
    for (x,) in discriminator_saw.inputs:
        for half in x.split(4000):
            assert half.std().item() == pytest.approx(0.5, rel=0.05)
            assert half.mean().item() == pytest.approx(0, abs=0.02)
    game.losses("generator", turn)
    noise = discriminator_saw.inputs[-1][0] - made.outputs[-1]
    assert noise.std().item() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_without_augmentation_the_discriminator_sees_rows_as_they_are(method):
    game = Game(method(**SETTINGS | {"batch_size": 6}))
    generator, discriminator = networks_of(game)
    discriminator_saw, made = Seen(discriminator.trunk), Seen(generator)
    turn = Turn(torch.randn(6, 4), torch.ones(6, dtype=torch.long), torch.randn(6, 4))
    game.losses("discriminator", turn)
    assert torch.equal(discriminator_saw.inputs[-1][0], torch.cat([turn.x, turn.made]))
    game.losses("generator", turn)
    assert torch.equal(discriminator_saw.inputs[-1][0], made.outputs[-1])


@pytest.mark.parametrize("method", METHODS)
def test_gradients_reach_the_generator_through_the_augmentation(method):
    game = Game(method(**SETTINGS | {"batch_size": 6, "augmentation": "auto"}))
    generator, _ = networks_of(game)
    sum(game.players["generator"].losses(None).values()).backward()
    assert all(p.grad.abs().sum() > 0 for p in generator.parameters())


@pytest.mark.parametrize("method", METHODS)
def test_players_train_their_own_network(method):
    game = Game(method(**SETTINGS | {"batch_size": 6}))
    generator, discriminator = networks_of(game)
    assert [player.name for player in game.main[0].players] == ["discriminator", "generator"]
    assert game.players["generator"].networks == {"generator": generator}
    assert game.players["discriminator"].networks == {"discriminator": discriminator}
    assert game.players["generator"].draw is None


@pytest.mark.parametrize("method", [CGANOversampler, CWGANGPOversampler])
def test_generated_rows_are_not_augmented(method):
    X, y = np.zeros((30, 8, 8)), labels(20, 10)
    X[:, 0, 0] = np.linspace(0, 1, 30)
    sampler = method(max_iter=5, augmentation=["noise"], random_state=0, replay=0)
    X_res, _ = sampler.fit_resample(X, y)
    assert len(X_res) == 40
    assert (X_res[30:, 1:] == 0).all()


class Discriminators(Callback):
    """Keeps the discriminators of the games."""

    def on_fit_begin(self):
        self.networks = []

    def on_phase_end(self, state):
        self.networks.append(state.networks["discriminator"])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("spectral_norm", [True, False])
def test_spectral_norm_bounds_every_layer_of_the_discriminator(method, spectral_norm):
    watch = Discriminators()
    X, y = np.random.RandomState(0).normal(size=(40, 6)), labels(30, 10)
    sampler = method(
        max_iter=60,
        learning_rate=0.02,
        spectral_norm=spectral_norm,
        callbacks=[watch],
        random_state=0,
    )
    sampler.fit_resample(X, y)
    layers = [
        module.train()
        for network in watch.networks
        for module in network.modules()
        if isinstance(module, (torch.nn.Linear, torch.nn.Embedding))
    ]
    for layer in layers * 50:  # each look is a step of the power iteration, which updates outrun
        layer.weight  # noqa: B018
    norms = [torch.linalg.matrix_norm(layer.weight, 2).item() for layer in layers]
    assert len(norms) >= 4
    if spectral_norm:
        assert norms == pytest.approx([1] * len(norms), abs=0.05)
    else:
        assert max(norms) > 2


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("spectral_norm", [True, False])
def test_spectral_norm_is_the_discriminators_alone(method, spectral_norm):
    game = Game(method(**SETTINGS | {"spectral_norm": spectral_norm}))
    has = [
        any("parametrizations" in name for name, _ in network.named_parameters())
        for network in networks_of(game)
    ]
    assert has == [False, spectral_norm]


@pytest.mark.parametrize("method", METHODS)
def test_fitted_sampler_draws_from_noise_under_the_labels_asked_for(method):
    X, y = np.random.RandomState(0).normal(size=(40, 4)), labels(25, 10, 5)
    sampler = method(max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    generator = sampler.networks_["generator"]
    parts = [generator["1"], generator["2"]] if method is GANOversampler else [generator]
    seen = [Seen(part) for part in parts]
    sampler.sample({1: 150, 2: 50})
    inputs = [part.inputs[0] for part in seen]
    z = torch.cat([z for z, _ in inputs])
    assert z.shape == (200, 100)
    assert z.std().item() == pytest.approx(1, abs=0.05)
    assert z.mean().item() == pytest.approx(0, abs=0.05)
    if method is GANOversampler:
        assert [(len(z), int(y)) for z, y in inputs] == [(150, 1), (50, 2)]
    else:
        assert inputs[0][1].tolist() == [1] * 150 + [2] * 50


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(9, 7), (3, 12, 12), (16, 11, 4)])
def test_images(method, shape):
    X, y = images(20, *shape), labels(14, 5, 1)
    X_res, _ = method(max_iter=2, batch_size=8, random_state=0).fit_resample(X, y)
    assert X_res.shape == (42, *shape)
    assert X_res.dtype == X.dtype


# what is not read -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_of_the_rows_of_the_generators_turn_only_labels_are_read(method):
    game = Game(method(**SETTINGS))
    game.data.x = Unread()
    assert game.losses("generator")
    with pytest.raises(AssertionError, match="rows are read"):
        game.draw("discriminator")


@pytest.mark.parametrize("method", METHODS)
def test_no_means_of_images_are_taken(method):
    data = training_data(shape=(1, 4, 4))
    data.x = Unread()
    Game(method(**SETTINGS), data)
    data = training_data()
    data.x = Unread()
    with pytest.raises(AssertionError, match="rows are read"):
        Game(method(**SETTINGS), data)
