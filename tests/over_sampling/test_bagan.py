"""BAGAN: one softmax over the classes and 'generated'."""

import numpy as np
import pytest
import torch

from imblearn_gan import BAGANOversampler, GANDAOversampler
from imblearn_gan.training import Batch
from tests.players import (
    CLOSE,
    SMALL,
    Game,
    Seen,
    array,
    cross_entropy,
    training_data,
    which_rows,
)

BOTH = [BAGANOversampler, GANDAOversampler]


def built(method=BAGANOversampler, data=None, **params):
    return Game(method(**SMALL | {"latent_dim": 2} | params), data)


def test_value_of_the_autoencoders_loss():
    game = built()
    (player,) = game.phases[0].players
    batch = game.data.draw(6)
    decoded = game.networks["generator"].decoder(game.networks["encoder"](batch.x, None))
    expected = ((array(decoded) - array(batch.x)) ** 2).mean()
    assert player.losses(batch)["reconstruction"].item() == pytest.approx(expected, **CLOSE)
    assert list(player.losses(batch)) == ["reconstruction"]


@pytest.mark.parametrize("method", BOTH)
def test_value_of_the_losses(method):
    game = built(method, reconstruction_weight=0.0)
    discriminator = game.networks["discriminator"]
    x, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 3, 3, 1])
    expected = cross_entropy(array(discriminator(x)), y)
    assert array(discriminator(x)).shape == (6, 4)
    found = game.losses("discriminator", Batch(x, y))
    assert found == pytest.approx({"classes": expected}, **CLOSE)
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    # G wants its rows to be taken for the class asked for
    expected = cross_entropy(array(discriminator(seen.outputs[0])), seen.inputs[0][1])
    assert found == pytest.approx({"classes": expected}, **CLOSE)


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize(
    ("counts", "size", "n_generated"),
    [
        ((30, 9, 5), 40, 10),
        ((30, 9, 5), 64, 16),
        ((30, 10), 64, 21),
        ((30, 9, 5), 2, 1),
        ((30, *[5] * 9), 64, 6),
        ((30, *[5] * 9), 4, 1),
    ],
)
def test_a_fraction_of_the_batch_is_generated(method, counts, size, n_generated):
    """1 / (C + 1) of it, at least one row, with the label C, 'generated'."""
    game = built(method, training_data(counts), batch_size=size)
    seen = Seen(game.networks["generator"])
    x, y = game.draw("discriminator")
    assert len(x) == len(y) == size
    n_real = size - n_generated
    assert torch.equal(game.data.y[which_rows(x[:n_real], game.data)], y[:n_real])
    assert (y[n_real:] == len(counts)).all()
    assert torch.equal(x[n_real:], seen.outputs[0][:n_generated])
    assert not x.requires_grad
    assert len(seen.outputs[0]) == size  # a whole batch, for batch norm


@pytest.mark.parametrize(
    ("balance", "expected"), [("batches", [1 / 3] * 3), (None, [30 / 44, 9 / 44, 5 / 44])]
)
def test_labels_of_real_rows(balance, expected):
    _, y = built(balance=balance, batch_size=4000).draw("discriminator")
    real = torch.bincount(y[y < 3], minlength=3)
    assert real / real.sum() == pytest.approx(expected, abs=0.04)


def test_the_generator_is_told_nothing_but_the_code():
    game = built()
    z = torch.randn(1, 2).repeat(3, 1)
    first, second, third = game.networks["generator"](z, torch.arange(3))
    assert torch.equal(first, second)
    assert torch.equal(first, third)


def test_rows_of_a_class_lie_where_its_rows_are():
    y = np.repeat([0, 1, 2], [60, 20, 8])
    X = y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2))
    sampler = BAGANOversampler(pretrain_iter=200, max_iter=20, replay=0, random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    made, made_y = X_res[len(X) :].mean(axis=1), y_res[len(X) :]
    assert np.allclose([np.median(made[made_y == k]) for k in (1, 2)], [10, 20], atol=4)
