"""What is asked for in vain: numbers that are none, sizes beyond memory, families that misfit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import Interval
from torch import nn

from imblearn_gan.callbacks import Callback, Checkpoint
from imblearn_gan.data import DataSpec, check_bytes, label_keys, warn_user
from imblearn_gan.networks import Family
from imblearn_gan.training import torch_scope

#: Values of a code from which on no network can be meant.
MAX_LATENT_DIM = 100_000


def refuse_booleans(estimator: Any) -> None:
    """Raise a ValueError for booleans in place of numbers, which Python takes for 0 and 1."""
    for name, accepted in estimator._parameter_constraints.items():
        value = getattr(estimator, name)
        if not isinstance(value, bool) or not isinstance(accepted, list):
            continue
        if "boolean" not in accepted and any(isinstance(one, Interval) for one in accepted):
            raise ValueError(
                f"The {name!r} parameter of {type(estimator).__name__} must be a number. Got "
                f"{value!r}, a boolean."
            )


def warn_of_idle(estimator: Any, why: Mapping[str, str]) -> None:
    """Warn of parameters that were asked for and do nothing, by name, and say why."""
    for name, reason in why.items():
        warn_user(f"{name}={getattr(estimator, name)!r} does nothing: {reason}.")


def check_callbacks(callbacks: Sequence[Any], random_state: Any) -> None:
    """Raise a ValueError for what is no callback, and for a Checkpoint that could not go on."""
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise ValueError(
                "callbacks must hold instances of imblearn_gan.callbacks.Callback. Got "
                f"{callback!r}."
            )
    checkpoints = [c for c in callbacks if isinstance(c, Checkpoint)]
    if len(checkpoints) > 1:
        raise ValueError("callbacks must hold at most one Checkpoint.")
    for checkpoint in checkpoints:
        if not isinstance(checkpoint.every, Integral) or checkpoint.every < 1:
            raise ValueError(f"every must be an integer >= 1. Got {checkpoint.every!r}.")
        if not isinstance(random_state, Integral):
            raise ValueError(
                "random_state must be an integer for a Checkpoint: a training goes on only "
                f"where it draws the same numbers. Got {random_state!r}."
            )


def check_sizes(spec: DataSpec, batch_size: int, latent_dim: int) -> None:
    """Raise a ValueError for codes and batches that are too large for any machine, or this one."""
    if latent_dim > MAX_LATENT_DIM:
        raise ValueError(
            f"latent_dim must be at most {MAX_LATENT_DIM:,}; some hundreds are many. Got "
            f"{latent_dim}."
        )
    check_memory(f"batch_size={batch_size}", [batch_size], max(spec.n_values, latent_dim))


def check_counts(strategy: Mapping[Any, Any], n_values: int) -> None:
    """Raise a ValueError for numbers of rows that are none, or too large for memory."""
    for label, n in strategy.items():
        if isinstance(n, bool) or not isinstance(n, Real) or not float(n).is_integer():
            raise ValueError(
                f"sampling_strategy must give whole numbers of rows. Got {n!r} for the class "
                f"{label!r}."
            )
    counts = [int(n) for n in strategy.values()]
    check_memory(f"sampling_strategy asks for {sum(counts):,} rows", counts, n_values)


def requested(counts: Any, classes: np.ndarray, made: np.ndarray, n_values: int) -> list[int]:
    """Return how many rows of each class are asked for; ``made`` marks those that can be made.

    Raises
    ------
    ValueError
        If ``counts`` is no dict of whole numbers by label, asks for nothing, for what is not
        ``made``, or for more than fits into memory.
    """
    if not isinstance(counts, Mapping) or not counts:
        raise ValueError(f"counts must be a dict {{label: number of rows}}. Got {counts!r}.")
    n_by_class = [0] * len(classes)
    places = {own: place for place, own in enumerate(classes)}
    for label, n in counts.items():
        if isinstance(n, bool) or not isinstance(n, Integral) or n < 0:
            raise ValueError(f"counts[{label!r}] must be an integer >= 0. Got {n!r}.")
        found: Any = [places[label]] if label in places else []
        if not found:  # equal labels may have unlike hashes, as those of dates have
            found = np.flatnonzero([np.all(own == label) for own in classes])
        if not len(found) or (n and not made[found[0]]):
            raise ValueError(
                f"counts asks for the class {label!r}, but the classes that can be drawn are "
                f"{label_keys(classes[made])}."
            )
        n_by_class[found[0]] = int(n)
    if not sum(n_by_class):
        raise ValueError(f"counts must ask for at least one row. Got {counts!r}.")
    check_memory(f"counts asks for {sum(n_by_class):,} rows", n_by_class, n_values)
    return n_by_class


def asked_for(callbacks: Sequence[Callback] | None, name: str, labels: np.ndarray) -> np.ndarray:
    """Return a mask of the rows that a method of callbacks names, ``'leave_out'`` for example."""
    rows = np.zeros(len(labels), dtype=bool)
    for callback in callbacks or ():
        own = getattr(callback, name)(labels)
        mask = rows if own is None else np.asarray(own)
        if mask.shape != rows.shape or mask.dtype != bool:
            raise ValueError(
                f"{name} of {type(callback).__name__} must return a mask of the {len(rows)} rows, "
                f"booleans, or None. Got {own!r}."
            )
        rows |= mask
    return rows


def check_memory(what: str, counts: Sequence[int], n_values: int) -> None:
    """Raise a ValueError if so many rows of so many values, in float64, would not fit."""
    check_bytes(what, 8 * sum(counts) * n_values, "Take fewer.")


def check_family(family: Family, spec: DataSpec) -> None:
    """Raise a ValueError if a user's family builds what does not fit the data."""
    n, width = 2, 3
    shape = (n, *spec.shape)
    cases: Sequence[tuple[str, tuple[int, ...], tuple[int, ...]]] = (
        ("encoder", shape, (n, width)),
        ("decoder", (n, width), shape),
    )
    for name, given, expected in cases:
        with torch_scope(0, torch.device("cpu")), torch.no_grad():
            try:
                network = getattr(family, name)(spec, width)
            except Exception as error:
                raise ValueError(
                    f"architecture.{name}(spec, {width}) fails: {type(error).__name__}: {error}"
                ) from error
            if not isinstance(network, nn.Module):
                raise ValueError(
                    f"architecture.{name}(spec, {width}) must return a torch.nn.Module. Got "
                    f"{network!r}."
                )
            try:
                made = network.eval()(torch.zeros(given))
            except Exception as error:  # of any layer
                raise ValueError(
                    f"The network of architecture.{name}(spec, {width}) fails on an input of shape "
                    f"{given}, and must give an output of shape {expected}: {error}"
                ) from error
        got = tuple(made.shape) if isinstance(made, torch.Tensor) else type(made).__name__
        if got != expected:
            raise ValueError(
                f"The network of architecture.{name}(spec, {width}) must turn an input of shape "
                f"{given} into an output of shape {expected}. Got {got}."
            )


def check_class_weight(class_weight: Any) -> None:
    """Raise a ValueError for weights of classes that are no numbers."""
    for label, value in class_weight.items() if isinstance(class_weight, dict) else ():
        if not isinstance(value, Real):
            raise ValueError(f"class_weight[{label!r}] must be a number. Got {value!r}.")
