"""The engine that plays the games, the data that it plays on, and where it runs."""

from imblearn_gan.seeding import generator_of
from imblearn_gan.training.batches import Batch, SparseRows, TrainingData
from imblearn_gan.training.checkpoints import CheckpointKeeper
from imblearn_gan.training.engine import Engine, Phase, Player
from imblearn_gan.training.epochs import EpochTraining
from imblearn_gan.training.keepers import Continuation, Keeper
from imblearn_gan.training.recipe import Recipe
from imblearn_gan.training.runtime import (
    autocast,
    extract,
    in_chunks,
    memory_advice,
    one_at_a_time,
    precision,
    resolve_device,
    resolve_precision,
    torch_scope,
)

__all__ = [
    "Batch",
    "CheckpointKeeper",
    "Continuation",
    "Engine",
    "EpochTraining",
    "Keeper",
    "Phase",
    "Player",
    "Recipe",
    "SparseRows",
    "TrainingData",
    "autocast",
    "extract",
    "generator_of",
    "in_chunks",
    "memory_advice",
    "one_at_a_time",
    "precision",
    "resolve_device",
    "resolve_precision",
    "torch_scope",
]
