"""Autoencoder, hand-over, game: what BAGAN, BAGAN-GP, CAPGAN and GANDA share."""

import io
import re
import sys
import warnings

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    DeepSMOTEOversampler,
    GANDAOversampler,
    latent,
)
from imblearn_gan.callbacks import Callback, Checkpoint
from imblearn_gan.latent import GaussianCodes, InterpolatedCodes, NormalCodes
from imblearn_gan.training import precision
from tests.players import CLOSE, SMALL, Game, Seen, array
from tests.samplers import assert_oversampled, assert_same, images, labels

FAMILY = [BAGANOversampler, BAGANGPOversampler, CAPGANOversampler, GANDAOversampler]
BUDGET = {"pretrain_iter": 4, "max_iter": 3, "batch_size": 40, "random_state": 0, "latent_dim": 5}


@pytest.fixture(params=FAMILY, ids=lambda cls: cls.__name__)
def method(request):
    return request.param


def built(method, **params):
    return Game(method(**SMALL | {"latent_dim": 2} | params))


def table(n=30):
    return np.random.RandomState(0).normal(size=(n, 4))


# Pre-training and hand-over ---------------------------------------------------------------------


def copies(networks):
    return {
        name: {k: v.clone() for k, v in net.state_dict().items()} for name, net in networks.items()
    }


class Boundaries(Callback):
    """Weights at the end of pre-training and at the start of the game."""

    def on_phase_end(self, state):
        if state.phase == "pretrain":
            self.autoencoder = copies(state.networks)

    def on_phase_begin(self, state):
        if state.phase == "adversarial":
            self.game = copies(state.networks)


def at_the_boundary(method, **params):
    boundaries = Boundaries()
    method(**BUDGET, callbacks=[boundaries], **params).fit_resample(
        images(30, 10, 10), labels(20, 10)
    )
    return boundaries


def test_generator_starts_equal_to_the_decoder(method):
    boundaries = at_the_boundary(method)
    decoder, generator = boundaries.autoencoder["generator"], boundaries.game["generator"]
    assert decoder.keys() == generator.keys()
    assert all(torch.equal(decoder[name], generator[name]) for name in decoder)


@pytest.mark.parametrize("init", ["encoder", "random"])
def test_discriminator_starts_from_the_encoder_on_request(method, init):
    """GANDA's trunk has spectral norm on both sides, the others' have none."""
    boundaries = at_the_boundary(method, discriminator_init=init)
    encoder, discriminator = boundaries.autoencoder["encoder"], boundaries.game["discriminator"]
    weights = [n for n in encoder if n.startswith("trunk") and encoder[n].dim() > 1]
    assert weights
    assert any("parametrizations" in n for n in weights) == (method is GANDAOversampler)
    same = [torch.equal(encoder[n], discriminator[n]) for n in weights]
    assert same == [init == "encoder"] * len(weights)


@pytest.mark.parametrize("change", [{"discriminator_init": "random"}, {"pretrain_iter": 0}])
def test_hand_over_changes_the_outcome(change):
    X, y = images(30, 10, 10), labels(20, 10)
    outcomes = []
    for params in ({}, change):
        sampler = BAGANOversampler(**BUDGET | params)
        sampler.fit_resample(X, y)
        outcomes.append(sampler.networks_["generator"].state_dict())
    assert any(not torch.equal(outcomes[0][n], outcomes[1][n]) for n in outcomes[0])


def test_pretrain_iter_of_zero_plays_the_game_alone(method):
    sampler = method(**BUDGET | {"pretrain_iter": 0})
    sampler.fit_resample(table(), labels(20, 10))
    assert {record["phase"] for record in sampler.history_} == {"adversarial"}
    sampler = method(**BUDGET)
    sampler.fit_resample(table(), labels(20, 10))
    assert [r["phase"] for r in sampler.history_] == ["pretrain"] * 4 + ["adversarial"] * 3


def test_the_autoencoder_trains_encoder_and_generator(method):
    game = built(method)
    (player,) = game.phases[0].players
    assert player.networks == {k: game.networks[k] for k in ("encoder", "generator")}
    losses = player.losses(game.data.draw(6))
    sum(losses.values()).backward()
    for network in player.networks.values():
        assert all(p.grad is not None for p in network.parameters())


@pytest.mark.parametrize("method", [BAGANOversampler, BAGANGPOversampler, GANDAOversampler])
@pytest.mark.parametrize("balance", ["batches", None])
def test_batches_of_the_autoencoder(method, balance):
    game = built(method, balance=balance, batch_size=3000)
    y = game.phases[0].players[0].draw().y
    expected = [1 / 3] * 3 if balance else [30 / 44, 9 / 44, 5 / 44]
    assert torch.bincount(y) / 3000 == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("method", [BAGANOversampler, BAGANGPOversampler, GANDAOversampler])
def test_autoencoder_learns_to_reconstruct(method):
    X = np.random.RandomState(0).uniform(size=(200, 1)) * np.ones(6)
    X += np.random.RandomState(1).normal(size=X.shape) * 0.01
    y = labels(150, 50)
    params = {**BUDGET, "pretrain_iter": 400, "max_iter": 1, "latent_dim": 3}
    sampler = method(**params, reconstruction_weight=0.0)
    sampler.fit_resample(X, y)
    error = np.abs(sampler.decode(sampler.encode(X, y), y) - X).mean()
    assert error < 0.5 * np.abs(X - X.mean(axis=0)).mean()


def test_diverging_autoencoder_says_what_to_try():
    X, y = np.random.RandomState(0).normal(size=(90, 4)), np.repeat([0, 1, 2], [60, 20, 10])
    params = {"pretrain_iter": 1, "max_iter": 2, "random_state": 0}
    for method in FAMILY:
        with pytest.raises(FloatingPointError, match="learning_rate"):
            method(**params, pretrain_learning_rate=1e30).fit_resample(X, y)


# Codes ------------------------------------------------------------------------------------------


def real_codes(game):
    x, y = game.data.x, game.data.y
    return game.networks["encoder"](x, y).detach()


def test_interpolated_codes_are_those_of_the_real_rows(method):
    game = built(method, codes="interpolated")
    latent = game.networks["latent"]
    assert type(latent) is InterpolatedCodes
    assert torch.allclose(latent.z, real_codes(game), atol=1e-6)


def test_gaussian_codes_are_fitted_to_the_real_rows_of_each_class(method):
    game = built(method, codes="gaussian")
    latent = game.networks["latent"]
    assert type(latent) is GaussianCodes
    means = torch.stack([z.mean(dim=0) for z in real_codes(game).split((30, 9, 5))])
    assert torch.allclose(latent.mean, means, atol=1e-5)


def test_normal_codes(method):
    latent = built(method, codes="normal").networks["latent"]
    assert type(latent) is NormalCodes
    assert latent.latent_dim == 2


def test_codes_are_those_of_the_trained_encoder():
    X, y = table(), labels(20, 10)
    sampler = BAGANOversampler(**BUDGET | {"pretrain_learning_rate": 0.05})
    sampler.fit_resample(X, y)
    order = np.argsort(y, kind="stable")
    z = sampler.encode(X[order], y[order])
    np.testing.assert_allclose(sampler.networks_["latent"].z, z, atol=1e-5)


def test_gaussians_stay_fixed_during_the_game():
    class Watch(Callback):
        def on_fit_begin(self):
            self.seen = []

        def on_log(self, state):
            if state.phase == "adversarial":
                self.seen.append(self.sampler.distribution.mean.clone())

    class Watched(BAGANOversampler):
        def _latent(self, real_z, data):
            self.distribution = super()._latent(real_z, data)
            return self.distribution

    watch = Watch()
    sampler = Watched(**BUDGET, codes="gaussian", callbacks=[watch])
    watch.sampler = sampler
    sampler.fit_resample(table(), labels(20, 10))
    assert len(watch.seen) == 3
    assert all(torch.equal(watch.seen[0], mean) for mean in watch.seen)
    assert torch.equal(watch.seen[0], sampler.networks_["latent"].mean)


@pytest.mark.parametrize("codes", ["gaussian", "interpolated", "normal"])
def test_a_class_of_one_row(method, codes):
    X, y = np.random.RandomState(0).normal(size=(25, 3)), labels(20, 4, 1)
    sampler = method(**BUDGET, codes=codes)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


def test_the_search_for_neighbours_of_many_rows_is_a_phase_that_shows(monkeypatch, tmp_path):
    monkeypatch.setattr(latent, "MAX_EXACT", 100)
    monkeypatch.setattr(latent, "PART", 64)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    X, y = np.random.RandomState(0).normal(size=(350, 3)), labels(200, 150)
    BAGANOversampler(**BUDGET, verbose=1).fit_resample(X, y)
    (n_steps,) = set(re.findall(r"neighbours: +\d+%[^\r]*?/(\d+) ", sys.stderr.getvalue()))
    assert int(n_steps) == 2 * (4 + 4)


@pytest.mark.parametrize("cls", [BAGANOversampler, DeepSMOTEOversampler])
def test_a_stored_training_searches_again(cls, monkeypatch, tmp_path):
    monkeypatch.setattr(latent, "MAX_EXACT", 100)
    monkeypatch.setattr(latent, "PART", 64)
    X, y = np.random.RandomState(0).normal(size=(350, 3)), labels(200, 150)
    few = {k: v for k, v in BUDGET.items() if k in cls().get_params()}
    whole, stored = cls(**few), cls(**few, callbacks=[Checkpoint(tmp_path)])
    X_res, _ = whole.fit_resample(X, y)
    steps = [r["iteration"] for r in whole.history_ if r["phase"] == "neighbours"]
    assert steps[-1] >= 2 * 4
    assert whole.n_iter_ == few["max_iter"]
    for _ in range(2):  # the second one takes all phases from the files
        assert np.array_equal(stored.fit_resample(X, y)[0], X_res)
    assert stored.history_ == whole.history_


def test_of_a_class_that_is_not_oversampled_a_hundred_codes_are_kept():
    X, y = np.random.RandomState(0).normal(size=(450, 3)), labels(300, 150)
    sampler = BAGANOversampler(**BUDGET)
    sampler.fit_resample(X, y)
    latent = sampler.networks_["latent"]
    assert latent.counts.tolist() == [100, 150]
    order = np.argsort(y, kind="stable")
    z = sampler.encode(X[order], y[order])
    np.testing.assert_allclose(latent.z[100:], z[300:], atol=1e-5)
    near = np.abs(latent.z[:100, None].numpy() - z[:300]).max(axis=2).min(axis=1)
    assert near.max() < 1e-5


# The game ---------------------------------------------------------------------------------------

INDEX = torch.tensor([0, 31, 40, 12, 35, 43])
Y = torch.tensor([1, 2, 0, 2, 1, 0])


def fixed(method, **params):
    """A game whose real rows and labels of generated ones are not random."""
    game = built(method, **params)
    game.asked = []

    def draw_index(size, balanced=False):
        game.asked.append((size, balanced))
        return INDEX[:size]

    game.data.draw_index = draw_index
    game.data.draw_labels = lambda size: Y[:size]
    return game


@pytest.mark.parametrize("weight", [0.3, 10.0])
@pytest.mark.parametrize("balance", ["batches", None])
def test_value_of_the_reconstruction(method, weight, balance):
    game = fixed(method, reconstruction_weight=weight, balance=balance)
    losses = game.losses("generator")
    x, y = game.data.x[INDEX], game.data.y[INDEX]
    z = game.networks["encoder"](x, y)
    error = array(game.networks["generator"](z, y)) - array(x)
    assert losses["reconstruction"] == pytest.approx(weight * (error**2).mean(), **CLOSE)
    assert game.asked[0] == (6, balance == "batches")
    assert len(losses) == 2


def test_without_the_game_the_decoder_makes_the_rows(method):
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    sampler = method(**BUDGET | {"pretrain_iter": 20, "max_iter": 0})
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    assert {record["phase"] for record in sampler.history_} == {"pretrain"}
    assert (sampler.n_iter_, sampler.max_iter_) == (0, 0)
    with pytest.raises(ValueError, match="max_iter"):
        method(max_iter=-1).fit_resample(X, y)


def test_without_reconstruction_the_papers_generator(method):
    game = fixed(method, reconstruction_weight=0.0)
    seen = Seen(game.networks["generator"])
    assert "reconstruction" not in game.losses("generator")
    assert len(seen.inputs) == 1


def test_reconstruction_keeps_the_autoencoder(method):
    X, y = images(60, 8, 8), labels(40, 20)
    errors = []
    for weight in (0.0, 100.0):
        budget = BUDGET | {"max_iter": 40, "pretrain_iter": 40, "architecture": "mlp"}
        sampler = method(**budget, reconstruction_weight=weight)
        sampler.fit_resample(X, y)
        decoded = sampler.decode(sampler.encode(X, y), y)
        errors.append(np.square(decoded.astype(float) - X).mean())
    assert errors[1] < errors[0]


def balances(method):
    """Settings in which the labels of generated rows are uniform: all, or all but v1's."""
    return ["batches", None] if method in (BAGANOversampler, GANDAOversampler) else ["batches"]


@pytest.mark.parametrize(
    ("method", "balance"), [(method, balance) for method in FAMILY for balance in balances(method)]
)
def test_rows_are_generated_from_the_codes_of_uniform_labels(method, balance):
    game = built(method, batch_size=3000, balance=balance)
    seen = Seen(game.networks["generator"])
    latent = Seen(game.networks["latent"])
    game.draw("discriminator")
    game.losses("generator")
    for (z, y), drawn, (asked,) in zip(
        (seen.inputs[0], seen.inputs[2]), latent.outputs, latent.inputs
    ):
        assert torch.equal(z, drawn)
        assert torch.equal(y, asked)
        assert torch.bincount(y, minlength=3) / 3000 == pytest.approx([1 / 3] * 3, abs=0.04)


def test_fitted_sampler_draws_codes_of_the_labels_asked_for(method):
    sampler = method(**BUDGET)
    sampler.fit_resample(table(), labels(20, 6, 4))
    latent, generator = (Seen(sampler.networks_[name]) for name in ("latent", "generator"))
    sampler.sample({1: 5, 2: 3})
    ((z, y),) = generator.inputs
    assert y.tolist() == [1] * 5 + [2] * 3
    assert torch.equal(latent.inputs[0][0], y)
    assert torch.equal(latent.outputs[0], z)


def test_players_train_their_own_network(method):
    game = built(method)
    assert [player.name for player in game.main[0].players] == ["discriminator", "generator"]
    for name in ("discriminator", "generator"):
        assert game.players[name].networks == {name: game.networks[name]}
    assert game.players["generator"].draw is None
    sum(game.players["generator"].losses(None).values()).backward()
    assert all(p.grad.abs().sum() > 0 for p in game.networks["generator"].parameters())


def test_codes_of_a_balanced_set(method):
    X, y = images(8, 8, 8), labels(4, 4)
    sampler = method(**BUDGET)
    sampler.fit_resample(X, y)
    with pytest.raises(NotFittedError, match=r"On a balanced set .*\{0: 200, 1: 200\}"):
        sampler.encode(X, y)
    sampler.set_params(sampling_strategy={0: 5}).fit_resample(X, y)
    assert sampler.encode(X, y).shape == (8, 5)


# Images and encode, decode ----------------------------------------------------------------------


def test_paper_networks_name_the_shapes_that_they_are_for(method):
    auto = r"paper\(architecture='auto'\)"
    with pytest.raises(ValueError, match=rf"architecture='paper'.*32x32.*Got 30x30.*{auto}"):
        method(**BUDGET, architecture="paper").fit_resample(images(12, 30, 30), labels(8, 4))
    with pytest.raises(ValueError, match=f"needs images, and X is a table, of 12 .*{auto}"):
        method(**BUDGET, architecture="paper").fit_resample(np.eye(12), labels(8, 4))


@pytest.mark.parametrize("shape", [(32, 32), (32, 32, 3)])
def test_paper_networks_train(method, shape):
    params = {**BUDGET, "pretrain_iter": 1, "max_iter": 1, "batch_size": 4}
    X, y = images(12, *shape), labels(8, 4)
    sampler = method(**params, architecture="paper")
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (5, 13), (3, 17, 9), (28, 28, 4), (40, 224)])
def test_images_of_any_shape(method, shape):
    params = {**BUDGET, "pretrain_iter": 1, "max_iter": 1, "batch_size": 4}
    X, y = images(12, *shape), labels(8, 4)
    sampler = method(**params)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


def test_encode_and_decode(method):
    X, y = images(60, 8, 8), labels(40, 20)
    sampler = method(**BUDGET)
    sampler.fit_resample(X, y)
    codes = sampler.encode(X, y)
    assert codes.shape == (60, 5)
    assert codes.dtype == np.float32
    decoded = sampler.decode(codes, y)
    assert decoded.shape == X.shape
    assert decoded.dtype == X.dtype
    assert_same(decoded, sampler.decode(codes, y))


def test_decoding_under_another_label_changes_rows():
    X, y = images(60, 8, 8), labels(40, 20)
    for method in (BAGANGPOversampler, CAPGANOversampler, GANDAOversampler):
        sampler = method(**BUDGET)
        sampler.fit_resample(X, y)
        codes = sampler.encode(X, y)
        assert not np.array_equal(sampler.decode(codes, y), sampler.decode(codes, 1 - y))


def test_encode_and_decode_refuse():
    X, y = table(), labels(20, 10)
    sampler = BAGANOversampler(**BUDGET)
    with pytest.raises(NotFittedError):
        sampler.encode(X, y)
    with pytest.raises(NotFittedError):
        sampler.decode(np.zeros((2, 5)), [0, 1])
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="classes"):
        sampler.encode(X[:2], [0, 7])
    with pytest.raises(ValueError, match="features"):
        sampler.encode(X[:, :3], y)
    with pytest.raises(ValueError, match="latent_dim=5"):
        sampler.decode(np.zeros((2, 4)), [0, 1])
    with pytest.raises(ValueError, match="inconsistent"):
        sampler.decode(np.zeros((2, 5)), [0, 1, 1])


def test_labels_and_codes_come_in_every_form():
    X, y = table(), np.repeat([0, 1, 2], [15, 10, 5])
    sampler = BAGANOversampler(**BUDGET)
    sampler.fit_resample(X, np.eye(3, dtype=int)[y])
    codes = sampler.encode(X, np.eye(3, dtype=int)[y])
    np.testing.assert_array_equal(codes, sampler.encode(X, y))
    backwards = sampler.decode(codes[::-1], y[::-1])
    np.testing.assert_array_equal(backwards[::-1], sampler.decode(codes, y))
    codes.setflags(write=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.decode(codes, y)
    sampler = BAGANOversampler(**BUDGET)
    sampler.fit_resample(X.tolist(), [["a", "b", "c"][i] for i in y])
    assert type(sampler.decode(codes, np.array(list("abc"))[y])) is list
    with pytest.raises(ValueError, match="classes"):
        sampler.encode(X, y)


def test_bfloat16_trains_to_nearly_the_same_float32_networks():
    X, y = images(30, 10, 10), labels(20, 10)
    fitted = {}
    for name in ("float32", "bfloat16"):
        sampler = BAGANOversampler(pretrain_iter=10, max_iter=5, batch_size=16, random_state=0)
        with precision(name):
            sampler.fit_resample(X, y)
        fitted[name] = sampler
        parameters = list(sampler.networks_.parameters())
        assert all(p.dtype == torch.float32 for p in parameters)
    losses = {p: s.history_[9]["autoencoder_reconstruction"] for p, s in fitted.items()}
    assert losses["float32"] != losses["bfloat16"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.05)
