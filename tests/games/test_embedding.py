"""The game of BAGAN-GP and CAPGAN: eq. (12)-(15) of BAGAN-GP's paper."""

import numpy as np
import pytest
import torch

from imblearn_gan import BAGANGPOversampler, CAPGANOversampler
from imblearn_gan.games.embedding import EmbeddingTurn
from imblearn_gan.networks import EmbeddedDiscriminator, EmbeddedGenerator
from tests.players import (
    CLOSE,
    DECEIVED,
    GENERATED,
    REAL,
    SMALL,
    Game,
    Seen,
    Unread,
    array,
    which_rows,
)

METHODS = [BAGANGPOversampler, CAPGANOversampler]
BALANCED, AS_THEY_COME = [1 / 3, 1 / 3, 1 / 3], [30 / 44, 9 / 44, 5 / 44]
Y = torch.tensor([0, 1, 2, 1, 2, 0])


@pytest.fixture(params=METHODS, ids=lambda cls: cls.__name__)
def method(request):
    return request.param


def built(method, **params):
    return Game(method(**SMALL | {"latent_dim": 2} | params))


def turn():
    """A turn whose rows and labels are not random."""
    torch.manual_seed(1)
    wrong, made_y = torch.tensor([1, 2, 0, 0, 1, 2]), torch.tensor([2, 2, 1, 0, 1, 0])
    return EmbeddingTurn(torch.randn(6, 4), Y, wrong, torch.randn(6, 4), made_y)


def slopes(discriminator, y):
    """The gradient of a discriminator that is linear in the row, wherever it is taken."""
    weight, head = array(discriminator.trunk[1].weight), array(discriminator.head.weight)
    return (head * array(discriminator.embedding.weight)[y]) @ weight


@pytest.mark.parametrize("balance", ["batches", "labels", None])
def test_value_of_the_discriminators_loss(method, balance):
    """Equation (14), and (12) without wrong labels; the penalty is of the real labels."""
    game, shown = built(method, balance=balance), turn()
    discriminator = game.networks["discriminator"]
    assert type(discriminator) is EmbeddedDiscriminator

    def term(table, x, y):
        return table["cross_entropy"](array(discriminator(x, y))).mean()

    norms = np.linalg.norm(slopes(discriminator, Y), axis=1)
    expected = {
        "real": term(REAL, shown.x, shown.y),
        "generated": term(GENERATED, shown.made, shown.made_y),
        "wrong": term(GENERATED, shown.x, shown.wrong_y),
        "penalty": 10 * ((norms - 1) ** 2).mean(),
    }
    assert expected["penalty"] > 0.1
    if balance is None:
        del expected["wrong"]
    assert game.losses("discriminator", shown) == pytest.approx(expected, **CLOSE)


def test_value_of_the_generators_loss(method):
    """Equations (13) and (15)."""
    game = built(method, reconstruction_weight=0.0)
    assert type(game.networks["generator"]) is EmbeddedGenerator
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    outputs = array(game.networks["discriminator"](seen.outputs[0], seen.inputs[0][1]))
    expected = {"generated": DECEIVED["cross_entropy"](outputs).mean()}
    assert found == pytest.approx(expected, **CLOSE)


def fractions(y):
    return torch.bincount(y, minlength=3) / len(y)


@pytest.mark.parametrize(
    ("balance", "real", "made"),
    [
        ("batches", BALANCED, BALANCED),
        ("labels", AS_THEY_COME, BALANCED),
        (None, AS_THEY_COME, AS_THEY_COME),
    ],
)
def test_labels_of_real_and_generated_rows(method, balance, real, made):
    game = built(method, balance=balance, batch_size=4000, reconstruction_weight=0.0)
    seen = Seen(game.networks["generator"])
    shown = game.draw("discriminator")
    assert torch.equal(game.data.y[which_rows(shown.x, game.data)], shown.y)
    assert fractions(shown.y) == pytest.approx(real, abs=0.04)
    assert fractions(shown.made_y) == pytest.approx(made, abs=0.04)
    assert torch.equal(seen.inputs[0][1], shown.made_y)
    assert torch.equal(seen.outputs[0], shown.made)
    assert not shown.made.requires_grad
    game.losses("generator", seed=1)
    assert fractions(seen.inputs[1][1]) == pytest.approx(made, abs=0.04)


def test_of_real_rows_whose_labels_are_generated_under_only_these_are_read(method):
    game = built(method, balance=None, reconstruction_weight=0.0)
    game.data.x = Unread()
    assert game.losses("generator")


def test_versions_with_real_labels_generate_rows_under_those_of_the_batch(method):
    """Equation (12): (x_g, y_r) and (x_r, y_r) share Y_r."""
    shown = built(method, balance=None, batch_size=50).draw("discriminator")
    assert torch.equal(shown.made_y, shown.y)
    shown = built(method, balance="labels", batch_size=50).draw("discriminator")
    assert not torch.equal(shown.made_y, shown.y)


def test_wrong_labels_are_never_true_and_evenly_the_others(method):
    shown = built(method, batch_size=6000).draw("discriminator")
    assert (shown.wrong_y != shown.y).all()
    for y in range(3):
        expected = [0.0 if k == y else 0.5 for k in range(3)]
        assert fractions(shown.wrong_y[shown.y == y]) == pytest.approx(expected, abs=0.05)


def test_number_of_discriminator_steps(method):
    for n in (1, 4):
        game = built(method, n_discriminator_steps=n)
        assert [player.n_steps for player in game.main[0].players] == [n, 1]


# where the penalty is taken ---------------------------------------------------------------------


def test_bagan_gp_takes_the_penalty_between_real_and_generated_rows():
    game, shown = built(BAGANGPOversampler), turn()
    seen = Seen(game.networks["discriminator"])
    game.losses("discriminator", shown)
    between, y = seen.inputs[-1]
    assert torch.equal(y, shown.y)
    line = shown.x - shown.made
    place = ((between - shown.made) * line).sum(1, keepdim=True) / line.square().sum(1, True)
    assert torch.allclose(between, shown.made + place * line, atol=1e-5)
    assert ((place > 0) & (place < 1)).all()
    assert place.std() > 0.05


def test_capgan_takes_the_penalty_between_real_rows_and_normal_noise():
    """u x + (1 - u) n has the mean x / 2 and the moments of u, uniform, and n, normal."""
    n = 20_000
    game = built(CAPGANOversampler)
    seen = Seen(game.networks["discriminator"])
    y = torch.zeros(n, dtype=torch.long)
    for x in (0.0, 0.8):
        rows = torch.full((n, 4), x)
        shown = EmbeddingTurn(rows, y, y + 1, torch.full((n, 4), 7.0), y)
        game.losses("discriminator", shown)
        between, labels = seen.inputs[-1]
        assert torch.equal(labels, y)
        assert between.mean().item() == pytest.approx(x / 2, abs=0.02)
        assert between.var().item() == pytest.approx(1 / 3 + x**2 / 12, abs=0.02)
    fourth = seen.inputs[0][0].pow(4).mean().item()
    assert fourth == pytest.approx(3 / 5, rel=0.1)  # E (1 - u)^4 E n^4
