"""Players and callbacks for tests of the engine."""

import torch

from imblearn_gan.callbacks import Callback
from imblearn_gan.training import Player


def player(name, network, target=0.0, **params):
    """Return a player that draws its network's outputs to a target."""
    x = torch.randn(8, 3)

    def losses(_):
        return {"loss": (network(x) - target).square().mean()}

    return Player(name, {name: network}, losses, **params)


class At(Callback):
    """Calls a function with the state at an event."""

    def __init__(self, event, function):
        setattr(self, f"on_{event}", function)
