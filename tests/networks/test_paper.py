"""The papers' own networks, layer by layer."""

import pytest
import torch
from torch import nn

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    GANDAOversampler,
)
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import BAGANFamily, BAGANGPFamily, CAPGANFamily, GANDAFamily
from imblearn_gan.networks._paper import ChannelNorm, Dropout
from imblearn_gan.seeding import own_generators
from tests.players import Game, training_data


def sizes(network, shape):
    """Shapes of what each layer with weights, or upsampling, gives for one row."""
    seen = []
    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, nn.Flatten)
    for module in network.modules():
        if isinstance(module, kinds):
            module.register_forward_hook(lambda net, inputs, out: seen.append(tuple(out.shape[1:])))
    with torch.no_grad():
        network.eval()(torch.zeros(1, *shape))
    return seen


def test_ganda_has_the_layers_of_table_1():
    spec = DataSpec((3, 128, 128), (20, 10))
    family = GANDAFamily()
    trunk, n_features = family.trunk(spec)
    assert sizes(trunk, spec.shape) == [
        (32, 64, 64),
        (64, 64, 64),
        (128, 32, 32),
        (256, 16, 16),
        (256, 8, 8),
        (256, 8, 8),
        (256, 4, 4),
        (256, 4, 4),
        (4096,),
    ]
    assert n_features == 4096
    assert sizes(family.discriminator_trunk(spec)[0], spec.shape)[-2:] == [(256, 8, 8), (16384,)]
    assert sizes(family.decoder(spec, 102), (102,)) == [
        (1024,),
        (8192,),
        (128, 16, 16),
        (128, 32, 32),
        (64, 64, 64),
        (32, 128, 128),
        (3, 128, 128),
    ]


def test_ganda_joins_the_label_twice_as_in_table_1():
    spec = DataSpec((3, 128, 128), (20, 10))
    networks = GANDAOversampler(architecture="paper")._build_networks(spec, [0, 10])
    assert networks["encoder"].head.in_features == 4098
    assert networks["encoder"].head.out_features == 100
    assert networks["generator"].decoder[0].in_features == 102
    assert networks["discriminator"].head.in_features == 16384
    assert networks["discriminator"].head.out_features == 3


def test_every_convolution_of_gandas_trunks_has_spectral_norm():
    spec = DataSpec((3, 32, 32), (20, 10))
    for trunk, _ in (GANDAFamily().trunk(spec), GANDAFamily().discriminator_trunk(spec)):
        convolutions = [m for m in trunk.modules() if isinstance(m, nn.Conv2d)]
        assert convolutions
        assert all(nn.utils.parametrize.is_parametrized(m, "weight") for m in convolutions)


def test_bagan_has_its_authors_layers():
    spec = DataSpec((3, 64, 64), (20, 10))
    trunk, n_features = BAGANFamily().trunk(spec)
    assert sizes(trunk, spec.shape) == [
        (32, 32, 32),
        (64, 32, 32),
        (128, 16, 16),
        (256, 16, 16),
        (256, 8, 8),
        (256, 8, 8),
        (n_features,),
    ]
    assert sizes(BAGANFamily().decoder(spec, 100), (100,)) == [
        (1024,),
        (8192,),
        (256, 16, 16),
        (256, 32, 32),
        (128, 64, 64),
        (3, 64, 64),
    ]


@pytest.mark.parametrize(
    ("side", "left", "pairs"),
    [
        *[(28, 7, 0), (32, 8, 0), (48, 6, 1), (64, 8, 1), (128, 8, 2), (224, 7, 3), (256, 8, 3)],
        *[(320, 5, 4), (384, 6, 4), (448, 7, 4), (512, 8, 4), (1024, 8, 5)],
    ],
)
def test_bagan_halves_a_side_until_it_is_at_most_8(side, left, pairs):
    spec = DataSpec((1, side, side), (20, 10))
    with torch.device("meta"):  # shapes alone: nothing is computed
        trunk, n_features = BAGANFamily().trunk(spec)
        *_, last, flat = sizes(trunk, spec.shape)
        decoded = sizes(BAGANFamily().decoder(spec, 100), (100,))
    assert last == (256, left, left)
    assert flat == (n_features,) == (256 * left**2,)
    assert sum(isinstance(layer, nn.Conv2d) for layer in trunk) == 4 + 2 * pairs
    halvings = pairs + 2
    between = [(256, left * 2**i, left * 2**i) for i in range(1, halvings)]
    assert decoded[1:] == [(128 * left**2,), *between, (128, side, side), spec.shape]


@pytest.mark.parametrize(
    ("side", "left", "stages"),
    [(5, 2, []), (8, 2, []), (10, 3, [10]), (14, 4, [14]), (16, 4, [16])],
)
def test_bagan_on_small_sides(side, left, stages):
    """The encoder halves twice whatever the side; the decoder starts from 5x5 to 8x8."""
    spec = DataSpec((3, side, side), (20, 10))
    trunk, n_features = BAGANFamily().trunk(spec)
    *_, last, flat = sizes(trunk, spec.shape)
    assert last == (256, left, left)
    assert flat == (n_features,) == (256 * left**2,)
    decoded = sizes(BAGANFamily().decoder(spec, 100), (100,))
    assert decoded[2:] == [*((128, n, n) for n in stages), spec.shape]


@pytest.mark.parametrize("side", [9, 30, 36, 100, 225, 288, 500])
def test_bagan_names_the_sides_that_it_takes(side):
    words = rf"28x28, 32x32.*side, halved until it is at most 8, stays whole\. Got {side}x{side}"
    for build in (BAGANFamily().trunk, lambda spec: BAGANFamily().decoder(spec, 9)):
        with pytest.raises(ValueError, match=words):
            build(DataSpec((3, side, side), (20, 10)))


@pytest.mark.parametrize("family", [BAGANGPFamily(), CAPGANFamily()])
@pytest.mark.parametrize("side", [32, 64])
def test_bagan_gp_and_capgan_have_their_authors_stages(family, side):
    spec = DataSpec((3, side, side), (20, 10))
    stages = [(n, side // 2**i, side // 2**i) for i, n in enumerate((64, 128, 128, 256), start=1)]
    flat = (256 * (side // 16) ** 2,)
    assert sizes(family.trunk(spec)[0], spec.shape) == [*stages, flat]
    assert sizes(family.decoder(spec, 128), (128,)) == [flat, *stages[2::-1], spec.shape]


def test_norms_of_bagan_gp_and_capgan():
    spec = DataSpec((3, 64, 64), (20, 10))
    kinds = [type(layer).__name__ for layer in BAGANGPFamily().decoder(spec, 128)]
    assert kinds[:3] == ["Linear", "LeakyReLU", "Unflatten"]
    assert kinds[3:12] == ["ConvTranspose2d", "BatchNorm2d", "LeakyReLU"] * 3
    kinds = [type(layer).__name__ for layer in CAPGANFamily().trunk(spec)[0]]
    assert kinds == ["Conv2d", "LeakyReLU", "ChannelNorm"] * 4 + ["Flatten"]
    kinds = [type(layer).__name__ for layer in CAPGANFamily().decoder(spec, 128)]
    assert kinds[:4] == ["Linear", "LeakyReLU", "BatchNorm1d", "Unflatten"]
    assert kinds[4:13] == ["ConvTranspose2d", "LeakyReLU", "ChannelNorm"] * 3
    assert not any(isinstance(m, nn.BatchNorm2d) for m in BAGANGPFamily().trunk(spec)[0])


def test_capgan_norms_over_the_channels_of_each_place():
    x = torch.randn(2, 5, 3, 4)
    centred = x - x.mean(1, keepdim=True)
    expected = centred / (x.var(1, keepdim=True, correction=0) + 1e-3).sqrt()
    assert torch.allclose(ChannelNorm(5)(x), expected, atol=1e-5)


@pytest.mark.parametrize("autoencoder", ["supervised", "unsupervised"])
def test_bagan_gps_codes_go_through_an_activation(autoencoder):
    spec = DataSpec((3, 64, 64), (20, 10))
    sampler = BAGANGPOversampler(architecture="paper", autoencoder=autoencoder, latent_dim=128)
    encoder = sampler._encoder(spec)
    linear, activation = encoder.head
    assert (linear.in_features, linear.out_features) == (4096, 128)
    assert type(activation) is nn.LeakyReLU
    assert activation.negative_slope == 0.2
    x = torch.randn(2, *spec.shape)
    expected = linear(encoder.trunk(x))
    expected = torch.where(expected > 0, expected, 0.2 * expected)
    assert torch.allclose(encoder(x, torch.tensor([0, 1])), expected, atol=1e-6)


def test_codes_of_others_are_linear():
    spec = DataSpec((3, 64, 64), (20, 10))
    assert type(BAGANGPOversampler(architecture="conv")._encoder(spec).head) is nn.Linear
    encoder = CAPGANOversampler(architecture="paper")._encoder(spec)
    assert {type(encoder.head), type(encoder.log_variance)} == {nn.Linear}
    for method in (BAGANOversampler, GANDAOversampler):
        encoder, _ = method(architecture="paper")._autoencoder(spec)
        assert type(encoder.head) is nn.Linear


@pytest.mark.parametrize("side", [32, 64])
@pytest.mark.parametrize(
    ("method", "last", "n_features"),
    [
        (BAGANGPOversampler, nn.Flatten, {32: 1024, 64: 4096}),  # the flattened maps
        (CAPGANOversampler, nn.Linear, {32: 48, 64: 48}),  # the mean of a code
    ],
)
def test_features_are_multiplied_by_a_label_from_a_dense_layer(method, last, n_features, side):
    spec, n = DataSpec((3, side, side), (20, 10)), n_features[side]
    discriminator = method(architecture="paper", latent_dim=48)._discriminator(spec)
    assert type(discriminator.trunk[-1]) is last
    assert sizes(discriminator.trunk, spec.shape)[-1] == (n,)
    table, linear, activation = discriminator.embedding
    assert (table.num_embeddings, table.embedding_dim) == (2, 512)
    assert (linear.out_features, activation.negative_slope) == (n, 0.2)
    assert [layer.out_features for layer in discriminator.head] == [512, 1]


@pytest.mark.parametrize("init", ["encoder", "random"])
def test_capgans_discriminator_starts_from_the_encoder_up_to_the_mean(init):
    data = training_data(shape=(1, 32, 32))
    sampler = CAPGANOversampler(architecture="paper", latent_dim=7, discriminator_init=init)
    networks = Game(sampler, data).networks
    encoder, discriminator = networks["encoder"], networks["discriminator"]
    mean, _ = encoder.distribution(data.x)
    features = discriminator.trunk(data.x)
    assert features.shape == (len(data), 7)
    assert torch.allclose(features, mean, atol=1e-5) == (init == "encoder")
    assert discriminator.trunk[-1].weight is not encoder.head.weight
    labels = discriminator.embedding(data.y)
    expected = discriminator.head(features * labels)
    assert torch.allclose(discriminator(data.x, data.y), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("family", "slope"),
    [(BAGANFamily, 0.3), (BAGANGPFamily, 0.2), (CAPGANFamily, 0.3), (GANDAFamily, 0.1)],
)
def test_slopes(family, slope):
    trunk, _ = family().trunk(DataSpec((3, 32, 32), (20, 10)))
    slopes = {m.negative_slope for m in trunk.modules() if isinstance(m, nn.LeakyReLU)}
    assert slopes == {slope}


def test_dropout_draws_the_numbers_of_torch_from_our_own_generator():
    x = torch.randn(20, 3, 4, 4)
    ours, theirs = Dropout(0.3), nn.Dropout(0.3)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = theirs(x)
    before = torch.get_rng_state()
    with own_generators(3, x.device):
        assert torch.equal(ours(x), expected)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(ours.eval()(x), x)
    kept = [m for m in BAGANFamily().trunk(DataSpec((1, 28, 28), (2, 2)))[0] if "Drop" in repr(m)]
    assert {type(module) for module in kept} == {Dropout}
