"""Networks come back: the layers that are known, with weights that fit."""

import json

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from imblearn_gan._stored import CLASSES
from imblearn_gan.networks import ResNet18
from imblearn_gan.storage import Reader, Unwritable, Writer
from imblearn_gan.storage.modules import LAYERS
from tests.storage.test_values import again

EXAMPLES = [
    nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1, bias=False)),
    nn.ModuleList([nn.Tanh(), nn.Sigmoid(), nn.Identity(), nn.Softmax(1), nn.SiLU()]),
    nn.ModuleDict({"a": nn.ReLU(), "b": nn.LeakyReLU(0.3), "c": nn.ELU(2.0), "d": nn.GELU()}),
    nn.Sequential(nn.Dropout(0.3), nn.Flatten(2), nn.Unflatten(1, (2, 1)), nn.ZeroPad2d(2)),
    nn.Upsample(scale_factor=2.0),
    nn.AvgPool2d(2, ceil_mode=True),
    nn.MaxPool2d(3, 2, 1),
    nn.AdaptiveAvgPool2d((1, None)),
    nn.Embedding(4, 2),
    nn.LayerNorm([3, 2], bias=False),
    nn.BatchNorm1d(3, momentum=None),
    nn.BatchNorm2d(3, affine=False),
    nn.Conv2d(2, 4, (3, 1), stride=2, padding="valid", groups=2, bias=False),
    nn.ConvTranspose2d(2, 4, 3, stride=2, output_padding=1, padding=(1, 0)),
    ResNet18(1, 2, 4),
]


@pytest.mark.parametrize("network", EXAMPLES, ids=lambda network: type(network).__name__)
def test_layers(network):
    got = again(network)
    assert repr(got) == repr(network)
    assert got.training
    state = got.state_dict()
    assert list(state) == list(network.state_dict())
    assert all(torch.equal(state[k], v) for k, v in network.state_dict().items())
    assert not again(network.eval()).training


def test_every_layer_has_an_example():
    assert {type(m) for network in EXAMPLES for m in network.modules()} >= set(LAYERS)


def test_weights_that_do_not_fit():
    writer = Writer(CLASSES)
    node = json.loads(json.dumps(writer.write(nn.Linear(2, 3))))
    node["attributes"]["in_features"] = 10**9
    with pytest.raises(ValueError, match="weights of the shapes"):
        Reader(CLASSES, writer.arrays).read(node)


class Own(nn.Linear):
    """A layer of a user's own."""


@pytest.mark.parametrize("network", [Own(1, 1), spectral_norm(nn.Linear(1, 1)), nn.LSTM(1, 1)])
def test_what_is_not_known_is_refused(network):
    with pytest.raises(Unwritable, match="a network of the class"):
        Writer(CLASSES).write(nn.Sequential(network))
