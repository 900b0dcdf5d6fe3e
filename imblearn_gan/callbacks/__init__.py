"""What can happen while a sampler trains: progress, early stopping, and what users add."""

from imblearn_gan.callbacks._base import Callback, TrainingRows, TrainingState, is_phase
from imblearn_gan.callbacks._lasting import Checkpoint, FinishOnInterrupt, WarmStart
from imblearn_gan.callbacks._progress import LogEvery, ProgressBar
from imblearn_gan.callbacks._rows import MaxRowsPerClass
from imblearn_gan.callbacks._stopping import EarlyStopping
from imblearn_gan.callbacks._utility import UtilityStopping

__all__ = [
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "FinishOnInterrupt",
    "LogEvery",
    "MaxRowsPerClass",
    "ProgressBar",
    "TrainingRows",
    "TrainingState",
    "UtilityStopping",
    "WarmStart",
    "is_phase",
]
