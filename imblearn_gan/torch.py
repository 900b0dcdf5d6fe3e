"""Class-balanced batches for PyTorch, with fresh rows from a fitted sampler in every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import sparse
from sklearn.utils import _safe_indexing, gen_batches
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info
from torch.utils.data._utils.collate import default_collate_fn_map

from imblearn_gan._replay import deal, n_repeated
from imblearn_gan.base import BaseGANOversampler, check_trained
from imblearn_gan.data import (
    column_kind,
    column_of,
    first_of,
    is_frame,
    label_keys,
    plain_labels,
    to_native,
)
from imblearn_gan.seeding import MAX_SEED, stream_of
from imblearn_gan.training import rows_at_once

__all__ = ["BalancedBatches", "Batch"]

MAX_WORKERS = 1023


class Batch(NamedTuple):
    """What :class:`BalancedBatches` gives, unless ``marks=False``.

    Attributes
    ----------
    x : Tensor of shape (batch_size, ...)
        Rows.

    y : Tensor of shape (batch_size,), dtype int64
        Their class codes: positions in ``classes_``.

    synthetic : Tensor of shape (batch_size,), dtype bool
        Which of them are generated.
    """

    x: Tensor
    y: Tensor
    synthetic: Tensor


class Pair(NamedTuple):
    """What there is with ``marks=False``: ``(x, y)``."""

    x: Tensor
    y: Tensor


def _refuse(batch: Any, **_: Any) -> Any:
    raise ValueError(
        "BalancedBatches makes whole batches, and a DataLoader would stack them: give it "
        "batch_size=None (of skorch: iterator_train__batch_size=None)."
    )


# what a DataLoader that makes batches itself asks, as torch's documentation has it
default_collate_fn_map.update({Batch: _refuse, Pair: _refuse})


class BalancedBatches(IterableDataset):
    """Class-balanced batches of real rows and of rows that are generated as they are needed.

    Every class has its part of each batch. Real rows are dealt out: each as often as the others
    of its class, give or take one, within an epoch. The generated ones are new in every epoch, made
    for some batches at a time, so that the balanced set is never in memory; what a sampler has
    repeated (``replay``) are real rows here. Iterate over it, or give it to a DataLoader
    with ``batch_size=None``: with any other a ValueError says so.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        The real rows: what the sampler was fitted to.

    y : array-like of shape (n_samples,)
        Their labels.

    sampler : sampler of this package or None, default=None
        A fitted one, whose method ``sample`` gives new rows. None gives real rows alone.

    batch_size : int, default=64
        Rows of a batch.

    n_batches : int or None, default=None
        Batches of an epoch. None is as many as the balanced set would have: the largest class
        is seen once.

    synthetic_fraction : float or None, default=None
        Fraction of generated rows among those of a class that the sampler has oversampled. None
        is that of the sampler's own balanced set.

    transform : callable or None, default=None
        What turns rows, in the container of X, into a tensor; it is called with the real and with
        the generated rows of a batch. None takes finite numbers of any dtype, as float32,
        unscaled.

    marks : bool, default=True
        Whether a batch is a :class:`Batch`, ``(x, y, synthetic)``. If not, it is ``(x, y)``, as
        skorch asks for.

    chunk_size : int, default=16
        For how many batches rows are generated at a time: more are faster, fewer take less
        memory.

    random_state : int, RandomState instance or None, default=None
        With an integer, the sequence of epochs is the same in every run.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted: what the codes in batches stand for.

    Raises
    ------
    ValueError
        If a parameter is wrong, the sampler was fitted to rows of another container, other
        columns, dtypes or labels, or X holds what is no finite number and there is no
        ``transform``.

    sklearn.exceptions.NotFittedError
        If the sampler has no trained generator.

    Warns
    -----
    UserWarning
        If X has numbers far outside the ranges that the sampler has seen.

    Notes
    -----
    Each iteration is the next epoch; :meth:`set_epoch` goes to a certain one, also from outside of
    workers that live on. An epoch consists of the same batches whatever the number of workers:
    each makes chunks of its own, with seeds of their own, on the CPU. Their order depends on the
    number. The process that iterates itself and each worker count their epochs apart: whoever
    turns from one to the other, or changes the number of workers, gets epochs again that were
    there, unless :meth:`set_epoch` says which one comes. Under distributed training give each rank
    its own ``random_state``.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.torch import BalancedBatches
    >>> X, y = make_classification(200, weights=[0.9], flip_y=0, random_state=0)
    >>> sampler = CGANOversampler(max_iter=10, random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> batches = BalancedBatches(X, y, sampler, batch_size=32, random_state=0)
    >>> len(batches)
    12
    >>> for x, labels, synthetic in batches:
    ...     pass  # a step of any training
    >>> x.shape, labels.bincount(), synthetic[labels == 0].any()
    (torch.Size([32, 20]), tensor([16, 16]), tensor(False))
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        sampler: BaseGANOversampler | None = None,
        *,
        batch_size: int = 64,
        n_batches: int | None = None,
        synthetic_fraction: float | None = None,
        transform: Callable[[Any], Tensor] | None = None,
        marks: bool = True,
        chunk_size: int = 16,
        random_state: Any = None,
    ) -> None:
        for name, value in (
            ("batch_size", batch_size),
            ("n_batches", 1 if n_batches is None else n_batches),
            ("chunk_size", chunk_size),
        ):
            if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name} must be an integer >= 1. Got {value!r}.")
        if transform is not None and not callable(transform):
            raise ValueError(
                "transform must be a function that makes a tensor of rows of X, or None. "
                f"Got {transform!r}."
            )
        for name, value in (("X", X), ("y", y)):
            if hasattr(value, "fit_resample"):
                raise ValueError(
                    f"{name} must hold data: BalancedBatches(X, y, sampler). Got {value!r}."
                )
        self.batch_size, self.chunk_size, self.marks = batch_size, chunk_size, marks
        self.transform = as_float32 if transform is None else transform
        self._X, labels = to_native(X), column_or_1d(plain_labels(y))
        check_consistent_length(self._X, labels)
        self.classes_, self._y = np.unique(labels, return_inverse=True)
        self._n_by_class = np.bincount(self._y)
        self._sampler = sampler
        self._fractions = self._checked_fractions(synthetic_fraction)
        balanced = len(self.classes_) * int(self._n_by_class.max())
        self.n_batches = -(-balanced // batch_size) if n_batches is None else n_batches
        self._seed = int(stream_of(random_state).randint(MAX_SEED))
        # in shared memory, so that workers, which are copies, count on from epoch to epoch
        self._epochs = torch.zeros(1 + MAX_WORKERS, dtype=torch.int64).share_memory_()
        if transform is None:
            _check_numbers(self._X)
        self._tensor(_safe_indexing(self._X, [0]))  # a copy, as all that transform gets

    def _checked_fractions(self, fraction: float | None) -> np.ndarray:
        """Return the fraction of generated rows of each class, after all checks of the sampler."""
        n_classes, sampler = len(self.classes_), self._sampler
        number = isinstance(fraction, Real) and not isinstance(fraction, bool)
        if fraction is not None and not (number and 0 <= fraction <= 1):
            raise ValueError(f"synthetic_fraction must be from 0 to 1, or None. Got {fraction!r}.")
        if sampler is None:
            if fraction:
                raise ValueError(
                    f"synthetic_fraction={fraction} needs a fitted sampler, but sampler is None."
                )
            return np.zeros(n_classes)
        if not isinstance(sampler, BaseGANOversampler):
            raise ValueError(
                "sampler must be a fitted sampler of this package, which draws more rows by "
                f"sample(). Got {sampler!r}."
            )
        check_is_fitted(
            sampler,
            "sampling_strategy_",
            msg="This %(name)s instance is not fitted yet: call fit_resample(X, y) first.",
        )
        if not np.array_equal(sampler.classes_, self.classes_):
            raise ValueError(
                f"sampler was fitted to the labels {label_keys(sampler.classes_)}, but y holds "
                f"{label_keys(self.classes_)}."
            )
        self._check_rows(sampler)
        added = sampler._added_by_class()
        made = np.array(added) - n_repeated(added, sampler.replay)
        fractions = made / (self._n_by_class + added)
        if fraction is not None:
            fractions = np.where(np.array(added) > 0, fraction, 0.0)
        if fractions.any():
            check_trained(sampler)
        return fractions

    def _check_rows(self, sampler: BaseGANOversampler) -> None:
        """Raise a ValueError if X could not hold rows of the sampler."""
        if not hasattr(sampler, "codec_"):
            return  # it only repeats rows, those of X
        try:
            sampler.codec_.check_more(self._X)
        except ValueError as error:
            raise ValueError(
                f"The sampler was fitted to other columns or rows than those of X: {error} Give "
                "the X that fit_resample got."
            ) from error

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        return self.n_batches

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch the next iteration is.

        Parameters
        ----------
        epoch : int
            From 0.

        Raises
        ------
        ValueError
            If it is no such number.
        """
        if not isinstance(epoch, Integral) or isinstance(epoch, bool) or epoch < 0:
            raise ValueError(f"epoch must be an integer >= 0. Got {epoch!r}.")
        self._epochs.fill_(int(epoch))

    def __iter__(self) -> Iterator[Any]:
        """Return the batches of the next epoch; in a worker, its own."""
        worker = get_worker_info()
        first, step, place = (0, 1, 0)
        if worker is not None:
            first, step, place = worker.id, worker.num_workers, 1 + worker.id
            if self._sampler is not None:
                self._sampler.device = "cpu"  # its own copy: a fork cannot use CUDA
        epoch = int(self._epochs[place])
        self._epochs[place] += 1
        return self._batches(epoch, first, step)

    def _batches(self, epoch: int, first: int, step: int) -> Iterator[Any]:
        codes, source = self._plan(epoch)
        for chunk in range(first, -(-self.n_batches // self.chunk_size), step):
            rows = slice(chunk * self.chunk_size, (chunk + 1) * self.chunk_size)
            place, made = self._generated(codes[rows], source[rows], (epoch, chunk))
            for y, index, new in zip(codes[rows], source[rows], place):
                x, synthetic = self._rows(index, new, made), torch.from_numpy(index < 0)
                target = torch.from_numpy(y)
                yield Batch(x, target, synthetic) if self.marks else Pair(x, target)

    def _plan(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Return class codes, and which real rows; -1 for those to generate. One batch a line."""
        n_classes = len(self.classes_)
        stream = np.random.RandomState(self._state(epoch))
        n_whole, n_rest = divmod(self.batch_size, n_classes)
        whole = np.tile(np.repeat(np.arange(n_classes), n_whole), (self.n_batches, 1))
        n_turns = -(-self.n_batches * n_rest // n_classes)
        turns = [stream.permutation(n_classes) for _ in range(n_turns)]
        rest = np.concatenate([np.arange(0), *turns])[: self.n_batches * n_rest]
        codes = np.concatenate([whole, rest.reshape(self.n_batches, n_rest)], axis=1)
        flat = np.empty(codes.size, dtype=np.int64)
        of_class = [stream.permutation(np.flatnonzero(codes == c)) for c in range(n_classes)]
        n_made = [round(f * len(places)) for f, places in zip(self._fractions, of_class)]
        n_real = [len(places) - n for places, n in zip(of_class, n_made)]
        real = np.split(deal(self._y, n_real, stream), np.cumsum(n_real)[:-1])
        for places, n, rows in zip(of_class, n_made, real):
            flat[places[:n]], flat[places[n:]] = -1, rows
        return codes, flat.reshape(codes.shape)

    def _generated(
        self, codes: np.ndarray, source: np.ndarray, key: tuple[int, int]
    ) -> tuple[np.ndarray, Any]:
        """Return generated rows for some batches, and which of them goes where."""
        wanted = source < 0
        place = np.zeros(source.shape, dtype=np.int64)
        if not wanted.any() or self._sampler is None:
            return place, None
        n_by_class = np.bincount(codes[wanted], minlength=len(self.classes_))
        counts = dict(zip(label_keys(self.classes_), n_by_class.tolist()))
        made, _ = self._sampler.sample(counts, random_state=self._state(*key))
        # they come ordered by class
        order = np.argsort(codes[wanted], kind="stable")
        place[wanted] = np.argsort(order)
        return place, to_native(made)

    def _rows(self, index: np.ndarray, new: np.ndarray, made: Any) -> Tensor:
        """Return the rows of a batch, real and generated ones each at their places."""
        real = index >= 0
        if real.all():
            return self._tensor(_safe_indexing(self._X, index))
        x = self._tensor(_safe_indexing(made, new[~real]))
        if not real.any():
            return x
        rows = x.new_empty((len(index), *x.shape[1:]))
        rows[torch.from_numpy(~real)] = x
        rows[torch.from_numpy(real)] = self._tensor(_safe_indexing(self._X, index[real]))
        return rows

    def _tensor(self, rows: Any) -> Tensor:
        tensor = self.transform(rows)
        if not isinstance(tensor, Tensor) or len(tensor) != rows.shape[0]:
            raise ValueError("transform must return a tensor with as many rows as it was given.")
        return tensor

    def _state(self, *key: int) -> int:
        """Return the seed of an epoch, or of a chunk of it."""
        return int(np.random.SeedSequence([self._seed, *key]).generate_state(1)[0])

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._epochs.share_memory_()


def _check_numbers(X: Any) -> None:
    """Raise what :func:`as_float32` raises of any rows of X; a ValueError for dates and text."""
    if sparse.issparse(X):
        as_float32(X.data)
    elif is_frame(X) or X.dtype.kind not in "biu":
        for rows in gen_batches(X.shape[0], rows_at_once(prod(X.shape[1:]))):
            as_float32(_safe_indexing(X, rows))
        _check_kinds(X)


def _check_kinds(X: Any) -> None:
    """Raise a ValueError for dates, text and categories, which NumPy turns into numbers."""
    if is_frame(X):
        kinds = {name: column_kind(column_of(X, i)) for i, name in enumerate(X.columns)}
    else:
        kinds = {} if X.dtype.kind == "f" else {"": column_kind(X.reshape(-1))}
    if bad := [name for name, kind in kinds.items() if kind in ("time", "category")]:
        where = f" in the columns {first_of(bad)}" if is_frame(X) else f" of dtype {X.dtype}"
        raise ValueError(
            f"X holds dates, text or categories{where}: give a transform that makes tensors of its "
            "rows."
        )


def as_float32(rows: Any) -> Tensor:
    """Return rows of numbers as a tensor.

    Parameters
    ----------
    rows : {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows.

    Returns
    -------
    Tensor of shape (n_samples, ...), dtype float32
        The same numbers.

    Raises
    ------
    ValueError
        If there is something else among them, or some are missing or infinite in float32.
    """
    if sparse.issparse(rows):
        rows = rows.toarray()
    try:
        with np.errstate(over="ignore"):  # what becomes infinite is refused
            if is_frame(rows):
                values = rows.to_numpy(np.float32, copy=True, na_value=np.nan)
            else:
                values = rows.astype(np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"X holds other things than numbers ({error}): give a transform that makes tensors "
            "of its rows."
        ) from error
    if not np.isfinite(values).all():
        raise ValueError(
            "X holds numbers that are missing, infinite or too large for float32: impute or drop "
            "them (sklearn.impute), or give a transform that makes tensors of its rows."
        )
    return torch.from_numpy(values)
