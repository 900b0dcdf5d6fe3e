"""Conditional WGAN-GP: the Wasserstein distance, and a penalty of weight 10."""

import numpy as np
import pytest
import torch

from imblearn_gan import CWGANGPOversampler
from imblearn_gan.games.noise import Turn
from tests.players import CLOSE, SMALL, Game, Seen, array

Y = torch.tensor([0, 1, 2, 1, 2, 0])


def built(**params):
    return Game(CWGANGPOversampler(latent_dim=2, augmentation=None, **params, **SMALL))


def slopes(discriminator, conditioning, y):
    """The gradient of a critic that is linear in the row: wherever it is taken, it is the same."""
    weight, head = array(discriminator.trunk[1].weight), array(discriminator.head.weight)
    if conditioning == "concatenation":
        return np.repeat(head @ weight[:, :4], len(y), axis=0)
    return (head + array(discriminator.embedding.weight)[y]) @ weight


@pytest.mark.parametrize("conditioning", ["projection", "concatenation"])
def test_value_of_the_losses(conditioning):
    game = built(conditioning=conditioning)
    discriminator = game.networks["discriminator"]
    x, made = torch.randn(6, 4), torch.randn(6, 4)
    found = game.losses("discriminator", Turn(x, Y, made))
    norms = np.linalg.norm(slopes(discriminator, conditioning, Y), axis=1)
    expected = {
        "real": -array(discriminator(x, Y)).mean(),
        "generated": array(discriminator(made, Y)).mean(),
        "penalty": 10 * ((norms - 1) ** 2).mean(),
    }
    assert expected["penalty"] > 0.1
    assert found == pytest.approx(expected, **CLOSE)
    seen = Seen(game.networks["generator"])
    found = game.losses("generator")
    outputs = array(discriminator(seen.outputs[0], seen.inputs[0][1]))
    assert found == pytest.approx({"generated": -outputs.mean()}, **CLOSE)


def test_penalty_is_taken_between_each_real_row_and_the_generated_one_of_its_class():
    game = built()
    seen = Seen(game.networks["discriminator"])
    x, made = torch.randn(6, 4), torch.randn(6, 4)
    game.losses("discriminator", Turn(x, Y, made))
    (between, y), _ = seen.inputs
    assert torch.equal(y, Y)
    line = x - made
    place = ((between - made) * line).sum(dim=1, keepdim=True) / line.square().sum(1, keepdim=True)
    assert torch.allclose(between, made + place * line, atol=1e-5)
    assert ((place > 0) & (place < 1)).all()
    assert place.std() > 0.05


def test_penalty_holds_the_slope():
    """Its gradient alone brings the slope to one."""
    game = built()
    discriminator = game.networks["discriminator"]
    optimizer = torch.optim.Adam(discriminator.parameters(), lr=0.02)
    turn = Turn(torch.randn(6, 4), Y, torch.randn(6, 4))
    far = np.abs(np.linalg.norm(slopes(discriminator, "projection", Y), axis=1) - 1).max()
    for _ in range(200):
        optimizer.zero_grad()
        game.players["discriminator"].losses(turn)["penalty"].backward()
        optimizer.step()
    near = np.abs(np.linalg.norm(slopes(discriminator, "projection", Y), axis=1) - 1).max()
    assert near < 0.05 < far


def test_terms_are_recorded():
    X, y = np.random.RandomState(0).normal(size=(30, 2)), np.repeat([0, 1], [20, 10])
    sampler = CWGANGPOversampler(max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    names = {f"discriminator_{name}" for name in ("real", "generated", "penalty")}
    assert set(sampler.history_[0]) == {"phase", "iteration", "generator_generated"} | names
