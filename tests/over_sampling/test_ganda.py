"""GANDA: noise, the label in the autoencoder, spectral norm."""

import pytest
import torch
from torch import nn

from imblearn_gan import BAGANOversampler, GANDAOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.training import Batch
from tests.players import CLOSE, SMALL, Game, Seen, array
from tests.samplers import images, labels


def built(**params):
    return Game(GANDAOversampler(**SMALL | {"latent_dim": 2} | params))


def test_value_of_the_autoencoders_loss():
    """The squared error of the clean row, decoded from the noisy one."""
    game = built()
    (player,) = game.phases[0].players
    batch = game.data.draw(6)
    encoder, generator = game.networks["encoder"], game.networks["generator"]
    seen = Seen(encoder)
    torch.manual_seed(4)
    losses = player.losses(batch)
    torch.manual_seed(4)
    noisy = batch.x + 0.5 * torch.randn(6, 4)
    assert torch.allclose(seen.inputs[0][0], noisy)
    assert torch.equal(seen.inputs[0][1], batch.y)
    decoded = array(generator(encoder(noisy, batch.y), batch.y))
    expected = ((decoded - array(batch.x)) ** 2).mean()
    assert {k: v.item() for k, v in losses.items()} == pytest.approx(
        {"reconstruction": expected}, **CLOSE
    )


def test_noise_has_the_weight_of_the_paper():
    game = built()
    (player,) = game.phases[0].players
    seen = Seen(game.networks["encoder"])
    player.losses(Batch(torch.zeros(5000, 4), torch.zeros(5000, dtype=torch.long)))
    noise = seen.inputs[0][0]
    assert noise.std().item() == pytest.approx(0.5, abs=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.02)


def test_codes_are_those_of_clean_rows():
    game = built(codes="interpolated")
    z = game.networks["encoder"](game.data.x, game.data.y)
    assert torch.allclose(game.networks["latent"].z, z, atol=1e-6)


def test_the_label_says_which_class_is_encoded_and_decoded():
    game = built()
    x, z = torch.randn(1, 4).repeat(2, 1), torch.randn(1, 2).repeat(2, 1)
    for network, rows in (("encoder", x), ("generator", z)):
        first, second = game.networks[network](rows, torch.tensor([0, 1]))
        assert not torch.allclose(first, second)


def test_lipschitz_constants_of_the_encoder_are_bounded():
    norms = {}
    for method in (BAGANOversampler, GANDAOversampler):
        sampler = method(
            pretrain_iter=40,
            max_iter=3,
            batch_size=40,
            latent_dim=5,
            pretrain_learning_rate=0.05,
            random_state=0,
        )
        sampler.fit_resample(images(30, 10, 10), labels(20, 10))
        convolutions = [
            m for m in sampler.networks_["encoder"].modules() if isinstance(m, nn.Conv2d)
        ]
        norms[method] = max(torch.linalg.matrix_norm(c.weight.flatten(1), 2) for c in convolutions)
    assert norms[GANDAOversampler] < 1.2 < norms[BAGANOversampler]


@pytest.mark.parametrize("network", ["encoder", "discriminator"])
def test_every_convolution_has_spectral_norm(network):
    built = GANDAOversampler()._build_networks(DataSpec((1, 8, 8), (20, 10)), [0, 10])[network]
    convolutions = [m for m in built.modules() if isinstance(m, nn.Conv2d)]
    assert convolutions
    assert all(nn.utils.parametrize.is_parametrized(m, "weight") for m in convolutions)
