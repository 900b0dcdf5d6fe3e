"""The engine that plays the games, the data that it plays on, and where it runs."""

from imblearn_gan.seeding import generator_of
from imblearn_gan.training.batches import (
    Batch,
    EncodedRows,
    SparseRows,
    TrainingData,
    encoded_for,
    placed,
    stored_of,
)
from imblearn_gan.training.checkpoints import CheckpointKeeper
from imblearn_gan.training.engine import Engine, Phase, Player
from imblearn_gan.training.epochs import EpochTraining
from imblearn_gan.training.keepers import Continuation, Keeper
from imblearn_gan.training.runtime import (
    CHUNK_VALUES,
    autocast,
    extract,
    in_chunks,
    memory_advice,
    one_at_a_time,
    precision,
    resolve_device,
    resolve_precision,
    rows_at_once,
    torch_scope,
)

__all__ = [
    "CHUNK_VALUES",
    "Batch",
    "CheckpointKeeper",
    "Continuation",
    "EncodedRows",
    "Engine",
    "EpochTraining",
    "Keeper",
    "Phase",
    "Player",
    "SparseRows",
    "TrainingData",
    "autocast",
    "encoded_for",
    "extract",
    "generator_of",
    "in_chunks",
    "memory_advice",
    "one_at_a_time",
    "placed",
    "precision",
    "resolve_device",
    "resolve_precision",
    "rows_at_once",
    "stored_of",
    "torch_scope",
]
