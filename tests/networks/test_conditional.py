"""Where the label enters, layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan.networks import (
    Discriminator,
    EmbeddedDiscriminator,
    EmbeddedGenerator,
    Encoder,
    JoinedDiscriminator,
    JoinedEncoder,
    JoinedGenerator,
    ProjectionDiscriminator,
    SoftmaxDiscriminator,
    TwoHeadedDiscriminator,
    VariationalEncoder,
)
from tests.players import array, linear

X = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
Y = torch.tensor([0, 1, 2, 2, 0])
ONE_HOT = np.eye(3)[Y]


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def trunk(n_in=4):
    return nn.Linear(n_in, 6)


def test_encoders():
    plain = Encoder(trunk(), 6, 2)
    features = linear(plain.trunk, X)
    assert np.allclose(array(plain(X, Y)), linear(plain.head, features), atol=1e-5)
    joined = JoinedEncoder(trunk(), 6, 2, 3)
    features = np.concatenate([linear(joined.trunk, X), ONE_HOT], axis=1)
    assert np.allclose(array(joined(X, Y)), linear(joined.head, features), atol=1e-5)


def test_variational_encoder_has_two_heads_and_encodes_to_the_mean():
    encoder = VariationalEncoder(trunk(), 6, 2)
    mean, log_variance = encoder.distribution(X)
    features = linear(encoder.trunk, X)
    assert np.allclose(array(mean), linear(encoder.head, features), atol=1e-5)
    assert np.allclose(array(log_variance), linear(encoder.log_variance, features), atol=1e-5)
    assert torch.equal(encoder(X, Y), mean)
    _, log_variance = encoder.distribution(1e9 * X)
    assert log_variance.exp().isfinite().all()


def test_generators():
    joined = JoinedGenerator(nn.Linear(7, 5), 3)
    expected = linear(joined.decoder, np.concatenate([X, ONE_HOT], axis=1))
    assert np.allclose(array(joined(X, Y)), expected, atol=1e-5)
    embedded = EmbeddedGenerator(nn.Linear(4, 5), 4, 3)
    expected = linear(embedded.decoder, array(X) * array(embedded.embedding.weight)[Y])
    assert np.allclose(array(embedded(X, Y)), expected, atol=1e-5)


def test_discriminators():
    plain = Discriminator(trunk(), 6)
    expected = linear(plain.head, linear(plain.trunk, X))
    assert np.allclose(array(plain(X, Y)), expected, atol=1e-5)
    joined = JoinedDiscriminator(trunk(7), 6, 3)
    features = linear(joined.trunk, np.concatenate([X, ONE_HOT], axis=1))
    assert np.allclose(array(joined(X, Y)), linear(joined.head, features), atol=1e-5)
    projection = ProjectionDiscriminator(trunk(), 6, 3)
    features = linear(projection.trunk, X)
    product = (features * array(projection.embedding.weight)[Y]).sum(axis=1, keepdims=True)
    expected = linear(projection.head, features) + product
    assert np.allclose(array(projection(X, Y)), expected, atol=1e-5)
    embedded = EmbeddedDiscriminator(trunk(), 6, 3)
    features = linear(embedded.trunk, X) * array(embedded.embedding.weight)[Y]
    assert np.allclose(array(embedded(X, Y)), linear(embedded.head, features), atol=1e-5)


@pytest.mark.parametrize(
    ("network", "n_in"),
    [(JoinedDiscriminator, 7), (ProjectionDiscriminator, 4), (EmbeddedDiscriminator, 4)],
)
def test_discriminator_is_told_the_label(network, n_in):
    discriminator = network(trunk(n_in), 6, 3)
    first, second = (discriminator(X, torch.full((5,), k)) for k in (0, 2))
    assert first.shape == (5, 1)
    assert not torch.isclose(first, second).any()


def test_labels_are_joined_to_images_as_channels():
    class Shape(nn.Module):
        def forward(self, x):
            self.seen = x
            return x.flatten(1)[:, :6]

    shape = Shape()
    x = torch.randn(5, 2, 4, 3)
    JoinedDiscriminator(shape, 6, 3)(x, Y)
    assert torch.equal(shape.seen[:, :2], x)
    maps = torch.from_numpy(ONE_HOT).float()[:, :, None, None].expand(-1, -1, 4, 3)
    assert torch.equal(shape.seen[:, 2:], maps)


def test_auxiliary_discriminator_has_two_heads():
    network = TwoHeadedDiscriminator(trunk(), 6, 3)
    source, classes = network.both(X)
    features = linear(network.trunk, X)
    assert np.allclose(array(source), linear(network.head, features), atol=1e-5)
    assert np.allclose(array(classes), linear(network.classes, features), atol=1e-5)
    assert classes.shape == (5, 3)


def test_softmax_discriminator_has_one_output_more_than_classes():
    network = SoftmaxDiscriminator(trunk(), 6, 3)
    assert network(X).shape == (5, 4)
    expected = linear(network.head, linear(network.trunk, X))
    assert np.allclose(array(network(X)), expected, atol=1e-5)
