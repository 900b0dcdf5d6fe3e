"""Families: images of any sides and channels."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CGANOversampler,
    CVAEOversampler,
    DeepSMOTEOversampler,
    GAMO2pix,
)
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import ConvFamily, DCGANFamily, MLPFamily
from tests.players import Linear

FAMILIES = [MLPFamily(), ConvFamily(), DCGANFamily(), DCGANFamily(spectral=True)]
SHAPES = [
    *((2, 12, 1), (13, 12, 1), (2, 100, 1), (13, 100, 1), (2, 1, 100)),
    *((1, 1, 1), (5, 1, 2), (2, 7, 5), (13, 8, 6)),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: type(family).__name__)
def test_any_sides_and_channels(family, shape):
    spec = DataSpec(shape, (9, 3))
    rows = family.decoder(spec, 4)(torch.randn(3, 4))
    assert rows.shape == (3, *shape)
    assert family.encoder(spec, 6)(rows).shape == (3, 6)


@pytest.mark.parametrize("shape", [(2, 100, 1), (2, 1, 100)], ids=str)
@pytest.mark.parametrize("family", FAMILIES[1:3], ids=lambda family: type(family).__name__)
def test_a_side_of_one_stays_one_inside(family, shape):
    sides = []
    network = family.decoder(DataSpec(shape, (9, 3)), 4)
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            layer.register_forward_hook(lambda _, __, rows: sides.append(min(rows.shape[2:])))
    network(torch.randn(2, 4))
    assert set(sides) == {1}


@pytest.mark.parametrize(
    "method",
    [
        CVAEOversampler(),
        DeepSMOTEOversampler(),
        BAGANOversampler(pretrain_iter=2),
        BAGANGPOversampler(pretrain_iter=2),
    ],
    ids=lambda method: type(method).__name__,
)
def test_a_family_of_a_user_may_end_with_tanh(method):
    rng = np.random.RandomState(0)
    X = pd.DataFrame({"text": rng.choice(list("xyz"), 60), "often 0": rng.normal(size=60)})
    X.loc[::2, "often 0"] = 0.0
    method.set_params(architecture=Linear(), max_iter=2, random_state=0)
    new, _ = method.fit_resample(X, np.repeat([0, 1], [45, 15]))
    assert new["text"].isin(list("xyz")).all()
    assert (new["often 0"][60:] == 0).any()


class Viewing(nn.Module):
    """Convolves over the bands of an image, too, and views rows in another shape."""

    def __init__(self, n_values, width):
        super().__init__()
        self.bands, self.last = nn.Conv3d(1, 1, 3, padding=1), nn.Linear(n_values, width)

    def forward(self, rows):
        rows = self.bands(rows.view(len(rows), 1, *rows.shape[1:]))
        return self.last(rows.view(len(rows), -1))


class Views(MLPFamily):
    def encoder(self, spec, width):
        return Viewing(math.prod(spec.shape), width)


def test_a_family_of_a_user_may_take_images_for_contiguous():
    X, y = np.random.RandomState(0).rand(30, 3, 8, 6), np.repeat([0, 1], [20, 10])
    sampler = CGANOversampler(architecture=Views(), max_iter=2, random_state=0)
    assert sampler.fit_resample(X, y)[0].shape == (40, 3, 8, 6)
    features = Viewing(144, 5)
    assert GAMO2pix(features, max_iter=2, random_state=0).fit(X, y).transform(X).shape == (30, 5)
