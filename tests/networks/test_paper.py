"""The papers' own networks, layer by layer."""

import pytest
import torch
from torch import nn

from imblearn_gan import GANDAOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import BAGANFamily, BAGANGPFamily, CAPGANFamily, GANDAFamily


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


def test_bagan_gp_and_capgan_have_mirrored_stages():
    spec = DataSpec((3, 64, 64), (20, 10))
    for family in (BAGANGPFamily(), CAPGANFamily()):
        stages = [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4)]
        assert sizes(family.trunk(spec)[0], spec.shape) == [*stages, (8192,)]
        assert sizes(family.decoder(spec, 128), (128,)) == [(8192,), *stages[2::-1], (3, 64, 64)]
    layers = list(CAPGANFamily().trunk(spec)[0]) + list(CAPGANFamily().decoder(spec, 128))
    assert sum(isinstance(layer, nn.LayerNorm) for layer in layers) == 8
    assert not any(isinstance(m, nn.BatchNorm2d) for m in BAGANGPFamily().trunk(spec)[0])


@pytest.mark.parametrize(
    ("family", "slope"),
    [(BAGANFamily, 0.3), (BAGANGPFamily, 0.2), (CAPGANFamily, 0.2), (GANDAFamily, 0.1)],
)
def test_slopes(family, slope):
    trunk, _ = family().trunk(DataSpec((3, 32, 32), (20, 10)))
    slopes = {m.negative_slope for m in trunk.modules() if isinstance(m, nn.LeakyReLU)}
    assert slopes == {slope}
