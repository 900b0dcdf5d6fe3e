"""Weights: the hand-over from one network to another, and spectral norm."""

import pickle

import pytest
import torch
from torch import nn

from imblearn_gan.networks import (
    ProjectionDiscriminator,
    copy_layers,
    with_spectral_norm,
    without_parametrizations,
)


def layers():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(64, 5)
    )


def stirred(network):
    """A network whose weights and statistics are no longer those of the start."""
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(8, 1, 6, 6) + 2)
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return network.eval()


@pytest.mark.parametrize("spectral", [False, True])
def test_copied_layers_give_the_same(spectral):
    torch.manual_seed(0)
    source, target = layers(), layers()
    if spectral:
        with_spectral_norm(source)
        with_spectral_norm(target)
    stirred(source)
    target.eval()
    x = torch.randn(3, 1, 6, 6)
    assert not torch.allclose(source(x), target(x))
    copy_layers(source, target)
    assert torch.allclose(source(x), target(x), atol=1e-6)


def test_copied_layers_are_copies():
    source, target = layers(), layers()
    copy_layers(source, target)
    with torch.no_grad():
        target[0].weight.zero_()
    assert source[0].weight.any()


def test_only_as_many_layers_as_the_target_has():
    source, target = stirred(layers()), layers()[:2]
    copy_layers(source, target)
    assert torch.equal(source[0].weight, target[0].weight)
    assert torch.equal(source[1].running_mean, target[1].running_mean)


def test_spectral_norm_of_the_target_holds_copied_weights():
    torch.manual_seed(0)
    source, target = stirred(layers()), layers()
    with_spectral_norm(target)
    copy_layers(source, target)
    target.train()
    for _ in range(30):  # the largest singular value is found step by step
        target(torch.randn(4, 1, 6, 6))
    for i in (0, 4):
        norm = torch.linalg.matrix_norm(source[i].weight.flatten(1), 2)
        assert torch.allclose(target[i].weight, source[i].weight / norm, atol=1e-4)


def test_spectral_norm_bounds_every_layer_with_weights():
    torch.manual_seed(0)
    trunk = nn.Sequential(nn.Conv2d(1, 4, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(64, 5))
    network = ProjectionDiscriminator(trunk, 5, 3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(9)
    with_spectral_norm(network)
    for _ in range(50):
        network(torch.randn(4, 1, 6, 6), torch.tensor([0, 1, 2, 0]))
    weights = [network.embedding.weight, network.head.weight, trunk[0].weight, trunk[3].weight]
    for weight in weights:
        assert torch.linalg.matrix_norm(weight.flatten(1), 2).item() == pytest.approx(1, abs=0.02)


def test_layers_that_have_spectral_norm_keep_the_one_they_have():
    network = nn.Sequential(nn.Linear(3, 4))
    with_spectral_norm(network)
    names = list(network.state_dict())
    with_spectral_norm(network)
    assert list(network.state_dict()) == names


def test_weights_are_written_down_as_they_stand():
    torch.manual_seed(0)
    network = layers()
    with_spectral_norm(network)
    stirred(network)
    x = torch.randn(3, 1, 6, 6)
    before = network(x)
    without_parametrizations(network)
    assert set(network.state_dict()) == set(layers().state_dict())
    assert torch.allclose(pickle.loads(pickle.dumps(network))(x), before, atol=1e-6)
