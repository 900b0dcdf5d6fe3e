"""Training data that live on the device, and the draws made from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from imblearn_gan.data import DataSpec


class Batch(NamedTuple):
    """Rows and their class codes."""

    x: Tensor
    y: Tensor


class TrainingData:
    """Encoded rows on the device, sorted by class, and the draws made from them.

    Batches are drawn with replacement by index, on the device: any batch size works with any
    number of rows, and nothing waits for the host.

    Parameters
    ----------
    x : Tensor of shape (n_rows, *spec.shape)
        Encoded rows.

    y : Tensor of shape (n_rows,), dtype int64
        Class codes.

    spec : DataSpec
        The facts about the data.

    n_to_make : sequence of int
        How many rows of each class are asked for.
    """

    def __init__(self, x: Tensor, y: Tensor, spec: DataSpec, n_to_make: Sequence[int]):
        order = torch.argsort(y, stable=True)
        self.x = x[order]
        self.y = y[order]
        self.spec = spec
        self.n_to_make = tuple(int(n) for n in n_to_make)
        self.device = x.device
        counts = torch.tensor(spec.class_counts)
        self._starts = (counts.cumsum(0) - counts).to(self.device)
        self._counts = counts.to(self.device)
        self._bounds = [0, *counts.cumsum(0).tolist()]

    def __len__(self) -> int:
        return len(self.y)

    def rows_of(self, code: int) -> slice:
        """Where the rows of a class lie in ``x`` and ``y``."""
        return slice(self._bounds[code], self._bounds[code + 1])

    def draw_index(self, size: int, balanced: bool = False) -> Tensor:
        """Indices of rows: each row equally likely, or each class (``balanced``)."""
        if not balanced:
            return torch.randint(len(self), (size,), device=self.device)
        codes = torch.randint(self.spec.n_classes, (size,), device=self.device)
        counts = self._counts[codes]
        within = (torch.rand(size, device=self.device) * counts).long()
        return self._starts[codes] + torch.minimum(within, counts - 1)

    def draw(self, size: int, balanced: bool = False) -> Batch:
        """A batch of rows with their class codes."""
        index = self.draw_index(size, balanced)
        return Batch(self.x[index], self.y[index])

    def parts(self, n_parts: int) -> Iterator[TrainingData]:
        """Sets with all rows of the classes below the mean size and a part of the others'.

        The parts of a large class are disjoint, and random.
        """
        mean = len(self) / self.spec.n_classes
        pieces = []
        for code, n in enumerate(self.spec.class_counts):
            index = self._bounds[code] + torch.randperm(n, device=self.device)
            large = n > mean and n >= n_parts
            pieces.append(index.tensor_split(n_parts) if large else [index] * n_parts)
        for part in zip(*pieces):
            index = torch.cat(part)
            spec = replace(self.spec, class_counts=tuple(len(rows) for rows in part))
            yield TrainingData(self.x[index], self.y[index], spec, self.n_to_make)

    @staticmethod
    def draw_labels(size: int, weights: Sequence[float]) -> list[int]:
        """How many of ``size`` labels fall to each class, drawn in proportion to ``weights``.

        Drawn on the host, so that per-class work needs no synchronisation with the device.
        """
        drawn = torch.multinomial(
            torch.tensor(weights, dtype=torch.float64), size, replacement=True
        )
        return torch.bincount(drawn, minlength=len(weights)).tolist()

    def one_hot(self, y: Tensor) -> Tensor:
        """Labels as rows of zeros with a one."""
        return torch.nn.functional.one_hot(y, self.spec.n_classes).to(self.x.dtype)
