"""What networks need to know about data."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class DataSpec:
    """The facts about encoded data that networks are built from.

    Attributes
    ----------
    shape : tuple of int
        Shape of one encoded row: ``(n_values,)`` for tables, ``(channels, height, width)``
        for images.

    class_counts : tuple of int
        Number of training rows of each class, in the order of ``classes_``.

    categorical_slices : tuple of slice
        For tables, where groups of outputs lie of which one is 1: a categorical feature, the
        special values of a column of numbers (missing ones, frequent ones), its steps, columns
        that are one-hot already. All other values are scaled to [-1, 1].

    Examples
    --------
    >>> from imblearn_gan.data import DataSpec
    >>> spec = DataSpec(shape=(3, 8, 8), class_counts=(90, 10))
    >>> spec.is_image, spec.n_values, spec.n_classes
    (True, 192, 2)
    """

    shape: tuple[int, ...]
    class_counts: tuple[int, ...]
    categorical_slices: tuple[slice, ...] = ()

    @property
    def is_image(self) -> bool:
        """Whether rows are images."""
        return len(self.shape) == 3

    @property
    def n_values(self) -> int:
        """Number of values in one encoded row."""
        return prod(self.shape)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_counts)
