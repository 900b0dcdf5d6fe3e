"""Training data that live on the device, and the draws made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import sparse
from sklearn.utils import _safe_indexing
from torch import Tensor

from imblearn_gan.data import DataCodec, DataSpec, lie_in_file
from imblearn_gan.networks import one_hot
from imblearn_gan.seeding import generator_of, own_draws

# values of rows that are not there as a tensor: up to so many have their mean taken at once, of
# more sums of so many are added
_MEAN_AT_ONCE, _SUMMED_AT_ONCE = 2**24, 2**22


#: Most bytes that rows of a file are encoded to as a whole; more stay there.
MAX_ENCODED = 2**26
_HOST = torch.device("cpu")


class Batch(NamedTuple):
    """Rows and their class codes."""

    x: Tensor
    y: Tensor


class SparseRows:
    """Encoded rows that are mostly like one row, in memory in proportion to what differs.

    Rows that are asked for, by index or slice, come as dense tensors.

    Parameters
    ----------
    common : ndarray of shape (n_values,), dtype float32
        The row that all are like.

    others : csr_matrix of shape (n_samples, n_values), dtype float32
        What is stored, zeros included, stands in place of the values of ``common``.

    device : torch.device
        Where rows that are asked for lie; what is stored stays on the host.
    """

    def __init__(self, common: np.ndarray, others: sparse.csr_matrix, device: torch.device):
        self.common, self.others, self.device = common, others, device
        self.dtype = torch.float32

    def __len__(self) -> int:
        return self.others.shape[0]

    @property
    def shape(self) -> torch.Size:
        """Numbers of rows and of values."""
        return torch.Size(self.others.shape)

    def __getitem__(self, index: Tensor | slice) -> Tensor:
        found = self.others[index.cpu().numpy() if isinstance(index, Tensor) else index]
        rows = np.tile(self.common, (found.shape[0], 1))
        rows[np.repeat(np.arange(len(rows)), np.diff(found.indptr)), found.indices] = found.data
        return torch.from_numpy(rows).to(self.device)

    def taken(self, index: Tensor) -> SparseRows:
        """Return some of the rows, as they are stored."""
        return SparseRows(self.common, self.others[index.cpu().numpy()], self.device)

    def flatten(self, _: int) -> SparseRows:
        """Return the rows: they are those of a table."""
        return self


class EncodedRows:
    """Rows that stay as they are, where they are, and are encoded when they are asked for.

    Rows that are asked for, by index or slice, come as tensors. Images of bytes take a quarter of
    the memory so, and no copy; rows in a file stay there.

    Parameters
    ----------
    rows : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        The rows, in native form.

    encode : callable
        From rows to an array ``(n_samples, *shape)`` of float32.

    shape : tuple of int
        Shape of an encoded row.

    index : ndarray of int or None, default=None
        Which rows, in which order; None for all.

    device : torch.device, default=torch.device('cpu')
        Where rows that are asked for lie.

    layout : torch.memory_format, default=torch.preserve_format
        How they lie there.
    """

    def __init__(
        self,
        rows: Any,
        encode: Callable[[Any], np.ndarray],
        shape: Sequence[int],
        index: np.ndarray | None = None,
        device: torch.device = _HOST,
        layout: torch.memory_format = torch.preserve_format,
    ):
        self.rows, self.encode, self._shape = rows, encode, tuple(shape)
        self.index = np.arange(rows.shape[0]) if index is None else index
        self.device, self.layout, self.dtype = device, layout, torch.float32
        self._flat = False

    def __len__(self) -> int:
        return len(self.index)

    @property
    def shape(self) -> torch.Size:
        """Number of rows, and shape of one."""
        return torch.Size(
            (len(self), prod(self._shape)) if self._flat else (len(self), *self._shape)
        )

    def __getitem__(self, index: Tensor | slice) -> Tensor:
        own = self.index[index if isinstance(index, slice) else np.asarray(index)]
        x = torch.from_numpy(self.encode(_safe_indexing(self.rows, own)))
        x = x.to(self.device, memory_format=self.layout)
        return x.flatten(1) if self._flat else x

    def taken(self, index: Tensor) -> EncodedRows:
        """Return some of the rows, not encoded."""
        some = copy(self)
        some.index = self.index[index.cpu().numpy()]
        return some

    def to(self, device: torch.device, memory_format: torch.memory_format) -> EncodedRows:
        """Return the same rows, to come on a device, in a layout."""
        some = copy(self)
        some.device, some.layout = device, memory_format
        return some

    def flatten(self, _: int) -> EncodedRows:
        """Return the rows, to come flattened."""
        some = copy(self)
        some._flat = True
        return some


class TrainingData:
    """Encoded rows on the device, sorted by class, and the draws made from them.

    Batches are drawn with replacement by index, on the device: any batch size works with any
    number of rows, and nothing waits for the host.

    Parameters
    ----------
    x : Tensor of shape ``(n_samples, *spec.shape)``, dtype float32, SparseRows or EncodedRows
        Encoded rows, or what gives them.

    y : Tensor of shape (n_samples,), dtype int64
        Class codes.

    spec : DataSpec
        The facts about the data.

    n_to_make : sequence of int
        How many rows of each class are asked for.

    Attributes
    ----------
    x : Tensor, SparseRows or EncodedRows
        The rows, sorted by class. Indices and slices of it are tensors.

    y : Tensor
        Their class codes.

    spec : DataSpec
        As given.

    n_to_make : tuple of int
        As given.

    device : torch.device
        Where the rows lie.

    starts : Tensor of shape (n_classes,), dtype int64
        Where the rows of each class begin.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.data import DataSpec
    >>> from imblearn_gan.training import TrainingData
    >>> spec = DataSpec((2,), class_counts=(3, 1))
    >>> data = TrainingData(torch.zeros(4, 2), torch.tensor([0, 1, 0, 0]), spec, (0, 2))
    >>> data.draw(8, balanced=True).x.shape
    torch.Size([8, 2])
    """

    def __init__(self, x: Any, y: Tensor, spec: DataSpec, n_to_make: Sequence[int]):
        order = torch.argsort(y, stable=True)
        self.x = _taken(x, order)
        self.y = y[order]
        self.spec = spec
        self.n_to_make = tuple(int(n) for n in n_to_make)
        self.device = x.device
        counts = torch.tensor(spec.class_counts)
        self.starts = (counts.cumsum(0) - counts).to(self.device)
        self._counts = counts.to(self.device)
        self._bounds = [0, *counts.cumsum(0).tolist()]

    def __len__(self) -> int:
        return len(self.y)

    def rows_of(self, y: int) -> slice:
        """Return where the rows of a class lie in ``x`` and ``y``."""
        return slice(self._bounds[y], self._bounds[y + 1])

    def mean_of(self, y: int) -> Tensor:
        """Return the mean row of a class."""
        rows = self.rows_of(y)
        n_values = (rows.stop - rows.start) * self.spec.n_values
        is_encoded = isinstance(self.x, EncodedRows) and n_values <= _MEAN_AT_ONCE
        if is_encoded or isinstance(self.x, Tensor):
            return self.x[rows].mean(dim=0)
        size = max(1, _SUMMED_AT_ONCE // self.spec.n_values)
        starts = range(rows.start, rows.stop, size)
        sums = [self.x[slice(i, min(i + size, rows.stop))].sum(dim=0) for i in starts]
        return torch.stack(sums).sum(dim=0) / (rows.stop - rows.start)

    def draw_index(self, size: int, balanced: bool = False) -> Tensor:
        """Draw indices of rows: each row equally likely, or each class (``balanced``)."""
        if not balanced:
            return torch.randint(len(self), (size,), **own_draws(self.device))
        return self.draw_index_of(self.draw_labels(size))

    def draw_index_of(self, y: Tensor) -> Tensor:
        """Draw the index of a row of each class code in ``y``."""
        counts = self._counts[y]
        within = (torch.rand(len(y), **own_draws(self.device)) * counts).long()
        return self.starts[y] + torch.minimum(within, counts - 1)

    def draw(self, size: int, balanced: bool = False) -> Batch:
        """Draw a batch of rows with their class codes."""
        index = self.draw_index(size, balanced)
        return Batch(self.x[index], self.y[index])

    def draw_labels(self, size: int, weights: Tensor | None = None) -> Tensor:
        """Draw class codes, in proportion to ``weights``; without, all classes equally likely."""
        if weights is not None:
            generator = generator_of(self.device)
            return torch.multinomial(weights, size, replacement=True, generator=generator)
        return torch.randint(self.spec.n_classes, (size,), **own_draws(self.device))

    def parts(self, n_parts: int) -> Iterator[TrainingData]:
        """Yield sets with all rows of the classes below the mean size and a part of the others'.

        The parts of a large class are disjoint, and random.
        """
        mean = len(self) / self.spec.n_classes
        pieces = []
        for y, n in enumerate(self.spec.class_counts):
            index = self._bounds[y] + torch.randperm(n, **own_draws(self.device))
            large = n > mean and n >= n_parts
            pieces.append(index.tensor_split(n_parts) if large else [index] * n_parts)
        for part in zip(*pieces):
            index = torch.cat(part)
            spec = replace(self.spec, class_counts=tuple(len(rows) for rows in part))
            yield TrainingData(_taken(self.x, index), self.y[index], spec, self.n_to_make)

    def one_hot(self, y: Tensor) -> Tensor:
        """Return class codes as rows of zeros with a one."""
        return one_hot(y, self.spec.n_classes, self.x.dtype)


def encoded_for(device: torch.device, X: Any, codec: DataCodec) -> Any:
    """Return rows as a training on a device takes them, for :func:`placed`.

    Images stay as they are on the host, but a GPU waits for no host: it has all rows, as floats.
    So do many rows of a table that lie in a file.
    """
    spec = codec.spec(())
    stay = spec.is_image and device.type == "cpu"
    too_many = 4 * spec.n_values * X.shape[0] > MAX_ENCODED and lie_in_file(X)
    if stay or too_many:
        return EncodedRows(X, codec.encode, spec.shape)
    return codec.encode_compact(X)


def placed(encoded: Any, device: torch.device, layout: torch.memory_format) -> Any:
    """Return encoded rows for a device: what is sparse, or encoded when drawn, stays on the host.

    Parameters
    ----------
    encoded : ndarray, tuple of ndarray and csr_matrix, or EncodedRows
        Rows: dense, sparse as those of :class:`SparseRows`, or as they are.

    device : torch.device
        Where rows that are drawn lie.

    layout : torch.memory_format
        How they lie there, unless they are sparse.
    """
    if isinstance(encoded, tuple):
        common, others = encoded
        return SparseRows(common, others, device)
    x = torch.from_numpy(encoded) if isinstance(encoded, np.ndarray) else encoded
    return x.to(device, memory_format=layout)


def stored_of(encoded: Any) -> Any:
    """Return what tells encoded rows from others: plain values and arrays.

    Arrays that stay as they are, in a file or not, are looked at in pieces: they are not copied.
    """
    if isinstance(encoded, tuple):
        common, others = encoded
        return [common, others.data, others.indices, others.indptr]
    if not isinstance(encoded, EncodedRows):
        return encoded
    rows = encoded.rows
    if not (isinstance(rows, np.ndarray) or lie_in_file(rows)) or rows.dtype.kind not in "biuf":
        return rows
    hashed, size = hashlib.sha256(), max(1, _SUMMED_AT_ONCE // prod(rows.shape[1:]))
    for i in range(0, rows.shape[0], size):
        hashed.update(np.ascontiguousarray(rows[i : i + size]).data)
    return [rows.dtype.str, list(rows.shape), hashed.hexdigest()]


def _taken(x: Any, index: Tensor) -> Any:
    return x[index] if isinstance(x, Tensor) else x.taken(index)
