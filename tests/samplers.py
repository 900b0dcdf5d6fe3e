"""A sampler that trains in milliseconds, and what hears of its training."""

from dataclasses import dataclass
from numbers import Integral
from typing import ClassVar

import torch
from sklearn.utils._param_validation import Interval
from torch import nn

from imblearn_gan import BaseGANOversampler
from imblearn_gan.callbacks import Callback
from imblearn_gan.testing import assert_oversampled, assert_same
from imblearn_gan.testing.asserts import class_codes, columns_of, in_order
from imblearn_gan.testing.rows import images, labels
from imblearn_gan.training import Phase, Player

__all__ = [
    "NeedsThreeRows",
    "Recorder",
    "TinySampler",
    "assert_oversampled",
    "assert_same",
    "class_codes",
    "columns_of",
    "head",
    "images",
    "in_order",
    "labels",
    "tiny",
]


@dataclass(kw_only=True, eq=False, repr=False)
class TinySampler(BaseGANOversampler):
    """A game with one player: a conditional decoder that imitates rows of its class."""

    _kept_networks = ("generator",)

    latent_dim: int = 2
    replay: float = 0.0

    _parameter_constraints: ClassVar[dict] = {
        **BaseGANOversampler._parameter_constraints,
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
    }

    def _build_networks(self, spec, n_to_make):
        decoder = self._family(spec).decoder(spec, self.latent_dim + spec.n_classes)
        return nn.ModuleDict({"generator": decoder})

    def _codes(self, y):
        z = torch.randn(len(y), self.latent_dim, device=y.device)
        return torch.cat([z, nn.functional.one_hot(y, len(self.classes_)).float()], dim=1)

    def _phases(self, networks, data):
        generator = networks["generator"]

        def losses(batch):
            return {"real": (generator(self._codes(batch.y)) - batch.x).square().mean()}

        def draw():
            return data.draw(self.batch_size_, balanced=True)

        learning = {"generator": generator}
        player = Player("generator", learning, losses, draw, self.learning_rate_)
        yield Phase("adversarial", [player], self.max_iter_)

    def _generate(self, networks, y):
        return networks["generator"](self._codes(y))


class NeedsThreeRows(TinySampler):
    """A method that cannot learn from fewer than three rows of a class."""

    _min_class_size = 3


def tiny(**params):
    """Return a small TinySampler."""
    return TinySampler(**{"max_iter": 3, "batch_size": 8, "random_state": 0} | params)


class Recorder(Callback):
    """Remembers what was called, with phase and iteration."""

    def __init__(self):
        self.events = []

    def on_fit_begin(self):
        self.events.append("fit_begin")

    def on_phase_begin(self, state):
        self.events.append(("phase_begin", state.phase, state.iteration))

    def on_log(self, state):
        self.events.append(("log", state.phase, state.iteration))

    def on_phase_end(self, state):
        self.events.append(("phase_end", state.phase, state.iteration))

    def on_fit_end(self):
        self.events.append("fit_end")


def head(rows, n):
    """Return the first n rows, indexed from 0."""
    return rows.iloc[:n] if hasattr(rows, "iloc") else rows[:n]
