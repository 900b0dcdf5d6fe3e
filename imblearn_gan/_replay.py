"""Real rows repeated, as they are or changed."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from sklearn.utils import _safe_indexing
from torch import Tensor

from imblearn_gan.augmentation import Augmentation
from imblearn_gan.data import RowStack
from imblearn_gan.seeding import MAX_SEED
from imblearn_gan.training import VALUES_AT_ONCE, in_chunks, rows_at_once, torch_scope


def n_repeated(n_to_add: Sequence[int], fraction: float) -> list[int]:
    """Return how many of the rows to add of each class are repeated ones."""
    return [int(fraction * n + 1e-9) for n in n_to_add]  # 0.29 * 100 is below 29


def deal(y: np.ndarray, counts: Sequence[int], stream: np.random.RandomState) -> np.ndarray:
    """Draw ``counts[i]`` rows of each class i, each as often as the others, give or take one.

    Returns
    -------
    ndarray of shape (sum(counts),), dtype int64
        Indices of rows, ordered by class.
    """

    def of_class(rows: np.ndarray, n: int) -> np.ndarray:
        rounds = [stream.permutation(rows) for _ in range(-(-n // len(rows)))]
        return np.concatenate([rows[:0], *rounds])[:n]

    return np.concatenate([of_class(np.flatnonzero(y == i), n) for i, n in enumerate(counts)])


def add_copies(
    room: RowStack,
    X: Any,
    rows: np.ndarray,
    codec: Any,
    augmentation: Augmentation | None,
    stream: np.random.RandomState,
) -> None:
    """Put copies of rows of X, changed or as they are, under other rows.

    Parameters
    ----------
    room : RowStack
        The other rows.

    X : {ndarray, dataframe, sparse matrix}
        Real rows in native form.

    rows : ndarray of int
        Which of them.

    codec : DataCodec or None
        That of X, if rows are changed.

    augmentation : Augmentation or None
        How encoded rows are changed; categories stay.

    stream : RandomState
        Draws the seed of changes, if there are some.
    """
    index = torch.from_numpy(rows)
    if augmentation is None or not augmentation.names:
        for part in index.split(max(1, VALUES_AT_ONCE // prod(X.shape[1:]))):
            room.add(_safe_indexing(X, part.numpy()))
        return

    change = augmentation

    def changed(part: Tensor) -> Tensor:
        real = _safe_indexing(X, part.numpy())
        made = change(torch.from_numpy(codec.encode(real)))
        room.add(codec.decode(made.numpy(), like=real))
        return made

    with torch_scope(int(stream.randint(MAX_SEED)), torch.device("cpu")):
        for _ in in_chunks(changed, index, rows_at_once(codec.spec(()).n_values)):
            pass
