"""GAMO2pix's networks."""

import numpy as np
import torch
from torch import nn

from imblearn_gan.networks import ClassDecoders, FeatureDecoder, draw_codes
from tests.players import array, linear


def decoder():
    torch.manual_seed(0)
    return FeatureDecoder(6, 2, nn.Linear(2, 5))


def test_rows_come_from_the_mean_code():
    network, features = decoder(), torch.randn(4, 6)
    hidden = np.tanh(linear(network.trunk[0], features))
    mean, log_variance = np.split(linear(network.head, hidden), 2, axis=1)
    assert network.trunk[0].out_features == 128
    for found, expected in zip(network.encode(features), (mean, log_variance)):
        assert np.allclose(array(found), expected, atol=1e-5)
    assert np.allclose(array(network(features)), linear(network.decoder, mean), atol=1e-5)


def test_codes_follow_their_distributions_and_pass_gradients_on():
    mean = torch.tensor([[1.0, -2.0]], requires_grad=True)
    log_variance = torch.tensor([[0.0, 2.0]], requires_grad=True)
    torch.manual_seed(0)
    codes = draw_codes(mean.expand(40_000, -1), log_variance.expand(40_000, -1))
    assert torch.allclose(codes.mean(dim=0), mean[0], atol=0.05)
    assert torch.allclose(codes.var(dim=0).log(), log_variance[0], atol=0.05)
    codes.square().mean(dim=0).sum().backward()
    assert torch.allclose(mean.grad, 2 * mean, atol=0.1)
    assert torch.allclose(log_variance.grad, log_variance.exp(), rtol=0.1)


def test_training_draws_the_code():
    network, features = decoder(), torch.randn(4, 6)
    torch.manual_seed(5)
    decoded, mean, log_variance = network.reconstruct(features)
    torch.manual_seed(5)
    z = array(mean) + np.exp(array(log_variance) / 2) * array(torch.randn(4, 2))
    assert np.allclose(array(decoded), linear(network.decoder, z), atol=1e-5)


def test_each_class_has_its_decoder():
    first, second = decoder(), FeatureDecoder(6, 2, nn.Linear(2, 5))
    features = torch.randn(5, 6)
    made = ClassDecoders({0: first, 2: second})(features, [2, 0, 3])
    assert torch.allclose(made, torch.cat([first(features[:2]), second(features[2:])]))
