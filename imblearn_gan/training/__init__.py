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
from imblearn_gan.training.graph import capture, captures
from imblearn_gan.training.keepers import Continuation, Keeper
from imblearn_gan.training.ranks import Ranks, alone, is_first_rank, joined, meeting
from imblearn_gan.training.recipe import Recipe
from imblearn_gan.training.runtime import (
    VALUES_AT_ONCE,
    autocast,
    extract,
    in_chunks,
    inference,
    latent_codes,
    layout_of,
    memory_advice,
    one_at_a_time,
    precision,
    resolve_device,
    resolve_precision,
    rows_at_once,
    torch_scope,
)

__all__ = [
    "VALUES_AT_ONCE",
    "Batch",
    "CheckpointKeeper",
    "Continuation",
    "EncodedRows",
    "Engine",
    "EpochTraining",
    "Keeper",
    "Phase",
    "Player",
    "Ranks",
    "Recipe",
    "SparseRows",
    "TrainingData",
    "alone",
    "autocast",
    "capture",
    "captures",
    "encoded_for",
    "extract",
    "generator_of",
    "in_chunks",
    "inference",
    "is_first_rank",
    "joined",
    "latent_codes",
    "layout_of",
    "meeting",
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
