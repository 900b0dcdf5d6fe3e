"""BAGAN-GP: its versions, and the supervised autoencoder."""

import numpy as np
import pytest
import torch

from imblearn_gan import BAGANGPOversampler
from imblearn_gan.callbacks import Callback
from imblearn_gan.training import Batch
from tests.players import CLOSE, SMALL, Game, array
from tests.samplers import labels

BUDGET = {"pretrain_iter": 4, "max_iter": 3, "batch_size": 40, "random_state": 0, "latent_dim": 5}


@pytest.mark.parametrize("autoencoder", ["supervised", "unsupervised"])
def test_value_of_the_autoencoders_loss(autoencoder):
    game = Game(BAGANGPOversampler(autoencoder=autoencoder, latent_dim=2, **SMALL))
    (player,) = game.phases[0].players
    torch.manual_seed(0)
    x, y = game.data.draw(6, balanced=True)
    generator = game.networks["generator"]
    z = array(game.networks["encoder"](x, y))
    if autoencoder == "supervised":
        z = z * array(generator.embedding.weight)[y]
    decoded = array(generator.decoder(torch.from_numpy(z).float()))
    losses = player.losses(Batch(x, y))
    assert list(losses) == ["reconstruction"]
    expected = ((decoded - array(x)) ** 2).mean()
    assert losses["reconstruction"].item() == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize(
    ("version", "phases", "wrong"),
    [
        ("v1", ["pretrain", "adversarial"], False),
        ("v2", ["pretrain", "adversarial"], True),
        ("v3", ["pretrain", "adversarial"], True),
        ("cDRAGAN", ["adversarial"], False),
    ],
)
def test_versions(version, phases, wrong):
    small = BUDGET | {"architecture": "auto"}
    if version == "cDRAGAN":
        del small["pretrain_iter"]
    sampler = BAGANGPOversampler.paper(version=version, **small)
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10)
    _, y_res = sampler.fit_resample(X, y)
    assert np.bincount(y_res).tolist() == [20, 20]
    assert list(dict.fromkeys(r["phase"] for r in sampler.history_)) == phases
    assert ("discriminator_wrong" in sampler.history_[-1]) == wrong
    assert "generator_reconstruction" not in sampler.history_[-1]


def test_unsupervised_autoencoder_leaves_the_embedding_alone():
    class Embedding(Callback):
        def on_fit_begin(self):
            self.weights = {"pretrain": [], "adversarial": []}

        def on_log(self, state):
            weight = state.networks["generator"].embedding.weight
            self.weights[state.phase].append(weight.detach().clone())

    moved = {}
    for autoencoder in ("supervised", "unsupervised"):
        watch = Embedding()
        sampler = BAGANGPOversampler(**BUDGET, autoencoder=autoencoder, callbacks=[watch])
        sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), labels(20, 10))
        pretrain, game = watch.weights.values()
        moved[autoencoder] = not torch.equal(pretrain[0], pretrain[-1])
        assert not torch.equal(game[0], game[-1])  # "the embedding goes on learning"
    assert moved == {"supervised": True, "unsupervised": False}
