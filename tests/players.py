"""A method's players, taken out of its game, and references for what they give.

Tests of value feed a fixed batch to a player and compare with the number that the paper's equation
gives in NumPy. Nothing is played here: networks, data and phases are built, and that is all.
"""

import numpy as np
import torch
from torch import nn

from imblearn_gan.data import DataSpec
from imblearn_gan.training import TrainingData

#: Rows of each class; the classes 1 and 2 lack 21 and 25.
COUNTS = (30, 9, 5)

CLOSE = {"rel": 1e-4, "abs": 1e-5}


class Linear:
    """A family of networks of one layer each: features and slopes are a line of NumPy."""

    n_features = 3

    def __repr__(self):
        return "Linear()"

    def trunk(self, spec):
        layers = nn.Sequential(nn.Flatten(), nn.Linear(spec.n_values, self.n_features))
        return layers, self.n_features

    def encoder(self, spec, n_out):
        return nn.Sequential(nn.Flatten(), nn.Linear(spec.n_values, n_out))

    def decoder(self, spec, n_in):
        return nn.Sequential(nn.Linear(n_in, spec.n_values), nn.Tanh(), nn.Unflatten(1, spec.shape))


#: Settings in which a game is small and its networks are plain.
SMALL = {"architecture": Linear(), "batch_size": 6}


def training_data(counts=COUNTS, n_values=4, shape=None):
    """Rows about a centre a class; every class is to be filled up to the largest."""
    generator = torch.Generator().manual_seed(0)
    y = torch.repeat_interleave(torch.tensor(counts))
    shape = (n_values,) if shape is None else shape
    centre = 0.4 * torch.sin(y.float()).view(-1, *[1] * len(shape))
    x = torch.tanh(centre + 0.5 * torch.randn(len(y), *shape, generator=generator))
    n_to_make = [max(counts) - n for n in counts]
    return TrainingData(x, y, DataSpec(shape, tuple(counts)), n_to_make)


class Game:
    """Networks, data, phases and the players of the main phase, as a method builds them."""

    def __init__(self, method, data=None):
        torch.manual_seed(0)
        self.data = training_data() if data is None else data
        method.classes_ = np.arange(self.data.spec.n_classes)
        method._choose(self.data.spec)
        self.networks = method._build_networks(self.data.spec, self.data.n_to_make)
        self.phases = list(method._phases(self.networks, self.data))
        self.main = [p for p in self.phases if p.name.startswith(method._main_phase)]
        self.players = {player.name: player for player in self.main[0].players}

    def draw(self, player, seed=0):
        """A batch as the player draws it."""
        torch.manual_seed(seed)
        return self.players[player].draw()

    def losses(self, player, batch=None, seed=0):
        """The player's losses on a batch, as numbers."""
        torch.manual_seed(seed)
        return numbers(self.players[player].losses(batch))


class Unread:
    """Rows of which none may be asked for."""

    def __getitem__(self, index):
        raise AssertionError("rows are read that nobody needs")


def which_rows(x, data):
    """The places of some rows in the data; each must be one of them."""
    same = (x.flatten(1)[:, None] == data.x.flatten(1)).all(dim=2)
    assert (same.sum(dim=1) == 1).all()
    return same.int().argmax(dim=1)


def numbers(losses):
    """Losses as plain numbers."""
    return {name: float(value.detach()) for name, value in losses.items()}


class Seen:
    """What a network was given and what it gave, call by call."""

    def __init__(self, network):
        self.inputs, self.outputs = [], []
        network.register_forward_hook(self._keep)

    def _keep(self, network, inputs, output):
        kept = [v.detach().clone() if isinstance(v, torch.Tensor) else v for v in inputs]
        self.inputs.append(kept)
        self.outputs.append(output.detach().clone())


def array(tensor):
    """A tensor as float64."""
    return tensor.detach().double().numpy()


def linear(layer, x):
    """What a linear layer gives."""
    return np.asarray(x) @ array(layer.weight).T + array(layer.bias)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def cross_entropy(logits, y):
    """Mean negative logarithm of the softmax output of the label."""
    return -np.log(softmax(logits)[np.arange(len(y)), np.asarray(y)]).mean()


#: A discriminator's loss on an output for a real, and for a generated row; a generator's loss.
REAL = {
    "cross_entropy": lambda d: -np.log(sigmoid(d)),
    "least_squares": lambda d: (d - 1) ** 2,
    "hinge": lambda d: np.maximum(0, 1 - d),
    "wasserstein": lambda d: -d,
}
GENERATED = {
    "cross_entropy": lambda d: -np.log(1 - sigmoid(d)),
    "least_squares": lambda d: d**2,
    "hinge": lambda d: np.maximum(0, 1 + d),
    "wasserstein": lambda d: d,
}
DECEIVED = {
    "cross_entropy": lambda d: -np.log(sigmoid(d)),
    "least_squares": lambda d: (d - 1) ** 2,
    "hinge": lambda d: -d,
    "wasserstein": lambda d: -d,
}
