"""The engine that plays the games."""

from imblearn_gan._training._batches import TrainingData
from imblearn_gan._training._engine import Engine, Phase, Player
from imblearn_gan._training._runtime import (
    autocast,
    extract,
    in_chunks,
    resolve_device,
    resolve_precision,
    torch_scope,
)

__all__ = [
    "Engine",
    "Phase",
    "Player",
    "TrainingData",
    "autocast",
    "extract",
    "in_chunks",
    "resolve_device",
    "resolve_precision",
    "torch_scope",
]
