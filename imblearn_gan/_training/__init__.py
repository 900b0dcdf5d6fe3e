"""The engine that plays the games."""

from imblearn_gan._training._batches import TrainingData
from imblearn_gan._training._engine import Engine, Phase, Player
from imblearn_gan._training._runtime import in_chunks, resolve_device, torch_scope

__all__ = [
    "Engine",
    "Phase",
    "Player",
    "TrainingData",
    "in_chunks",
    "resolve_device",
    "torch_scope",
]
