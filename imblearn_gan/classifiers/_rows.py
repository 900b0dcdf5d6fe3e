"""Which of the rows that a classifier learns from are synthetic, and which are held out."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import column_or_1d

from imblearn_gan.data import warn_user


def synthetic_rows(given: Any, encoded: np.ndarray) -> np.ndarray | None:
    """Return which rows are synthetic, after all checks.

    Of rows behind those that were told of, which a sampler has put there, those are real that
    repeat a real one.
    """
    if given is None:
        return None
    try:
        told = column_or_1d(given)
    except ValueError as error:
        raise ValueError(
            f"synthetic must be a 1d array of True and False. Got the shape {np.shape(given)}."
        ) from error
    if not np.isin(told, (0, 1)).all():
        got = [*dict.fromkeys(told.tolist())][:5]
        raise ValueError(f"synthetic must hold True and False. Got {got}.")
    if len(told) > len(encoded):
        raise ValueError(
            f"synthetic must have an entry for each of the {len(encoded)} rows of X, or for the "
            f"first of them. Got {len(told)}."
        )
    if len(told) < len(encoded) and told.any():
        warn_user(
            f"synthetic has {len(told)} entries for the {len(encoded)} rows of X, and says of some "
            "that they are synthetic: those behind are taken for synthetic, too, unless they "
            "repeat a real one. Give an entry for each row if that is not meant."
        )
    real = {row.tobytes() for row, made in zip(encoded, told) if not made}
    behind = [row.tobytes() not in real for row in encoded[len(told) :]]
    return np.concatenate([told.astype(bool), np.array(behind, dtype=bool)])


def held_out_rows(
    y: np.ndarray,
    fraction: float,
    stream: np.random.RandomState,
    synthetic: np.ndarray | None = None,
) -> np.ndarray:
    """Return a mask of ``fraction`` of the real rows of each class, never all of them."""
    held_out = np.zeros(len(y), dtype=bool)
    real = np.ones(len(y), dtype=bool) if synthetic is None else ~synthetic
    for code in range(y.max() + 1):
        rows = stream.permutation(np.flatnonzero((y == code) & real))
        held_out[rows[: max(min(int(fraction * len(rows) + 0.5), len(rows) - 1), 0)]] = True
    return held_out
