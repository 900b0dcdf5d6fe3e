"""Generators of one's own: what draws from them, and that they draw torch's numbers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from imblearn_gan import CWGANGPOversampler
from imblearn_gan.datasets import make_longtailed
from imblearn_gan.inspection import ProjectionDisplay
from imblearn_gan.metrics import ssim_of_pairs
from imblearn_gan.seeding import OwnWeights, generator_of, own_draws, own_generators, randn_like

CPU = torch.device("cpu")


def of_the_global_one(draw):
    """What is drawn from torch's global generator, seeded with 3."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return draw()


def of_our_own(draw):
    """What is drawn by generators of our own, seeded with 3; the global one stands still."""
    before = torch.get_rng_state()
    with own_generators(3, CPU):
        made = draw()
    assert torch.equal(torch.get_rng_state(), before)
    return made


def test_numbers_are_those_of_the_global_generator():
    x = torch.zeros(4, 3, 5, 5).contiguous(memory_format=torch.channels_last)
    made = of_our_own(lambda: randn_like(x))
    assert torch.equal(made, of_the_global_one(lambda: torch.randn_like(x)))
    made = of_our_own(lambda: torch.rand(3, **own_draws(CPU)))
    assert torch.equal(made, of_the_global_one(lambda: torch.rand(3)))


def test_generators_are_those_of_the_block_and_the_thread():
    assert generator_of() is None
    with own_generators(0, CPU):
        outer = generator_of()
        first = torch.rand(1, generator=outer)
        with own_generators(0, CPU):
            assert torch.equal(torch.rand(1, generator=generator_of()), first)
        assert generator_of() is outer
        with ThreadPoolExecutor() as other:
            assert other.submit(generator_of).result() is None
    assert generator_of() is None


class Free(nn.Module):
    """Weights that are drawn without ``torch.nn.init``."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(2, 3, device="cpu"))
        self.second = nn.Parameter(torch.empty(3).uniform_(-1, 1))
        nn.init.orthogonal_(self.first)
        nn.init.trunc_normal_(self.second)


LAYERS = {
    "Linear": lambda: nn.Linear(3, 2),
    "Conv2d": lambda: nn.Conv2d(1, 2, 3),
    "ConvTranspose2d": lambda: nn.ConvTranspose2d(1, 2, 3),
    "Embedding": lambda: nn.Embedding(3, 2),
    "Bilinear": lambda: nn.Bilinear(2, 3, 2),
    "LSTM": lambda: nn.LSTM(2, 3),
    "attention": lambda: nn.MultiheadAttention(4, 2),
    "spectral norm": lambda: spectral_norm(nn.Linear(3, 2)),
    "by hand": Free,
}


@pytest.mark.parametrize("build", LAYERS.values(), ids=LAYERS)
def test_first_weights(build):
    def weights():
        return list(build().state_dict().values())

    def ours():
        with OwnWeights():
            return weights()

    for own, expected in zip(of_our_own(ours), of_the_global_one(weights)):
        assert torch.equal(own, expected)


def test_a_generator_that_is_given_is_taken():
    def draw():
        with OwnWeights():
            return torch.rand(3, generator=torch.Generator().manual_seed(8))

    assert torch.equal(of_our_own(draw), torch.rand(3, generator=torch.Generator().manual_seed(8)))


def seeded_call(name, random_state):
    """A call of each function that takes a seed and is no estimator."""
    rng = np.random.default_rng(0)
    X = rng.integers(256, size=(12, 8, 8), dtype=np.uint8)
    y = np.repeat([0, 1], [8, 4])
    if name == "ssim_of_pairs":
        ssim_of_pairs(X, X, random_state=random_state)
    elif name == "make_longtailed":
        make_longtailed(X, y, {0: 8, 1: 2}, random_state=random_state)
    else:
        rows = rng.normal(size=(12, 3))
        sampler = CWGANGPOversampler(max_iter=1, random_state=0)
        sampler.fit_resample(rows, y)
        if name == "sample":
            sampler.sample({1: 2}, random_state=random_state)
        else:
            ProjectionDisplay.from_sampler(sampler, rows, y, random_state=random_state)


@pytest.mark.parametrize("random_state", [-1, "a"])
@pytest.mark.parametrize("name", ["ssim_of_pairs", "make_longtailed", "sample", "projection"])
@pytest.mark.filterwarnings("ignore")
def test_a_wrong_seed_is_named(name, random_state):
    with pytest.raises(ValueError, match=f"random_state must be .* Got {random_state!r}"):
        seeded_call(name, random_state)
