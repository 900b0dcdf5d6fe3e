"""One training on several processes, the ranks of ``torch.distributed``: what they tell each other.

Between phases all ranks do the same. In a phase each draws noise and batches of its own, and all
step along the mean of their gradients, so that their networks stay equal.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from multiprocessing import parent_process
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from imblearn_gan.callbacks import TrainingState
from imblearn_gan.training.runtime import generators_of

#: How long a rank waits for the others.
PATIENCE = timedelta(minutes=10)

_VARIABLES = "RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"  # which torchrun sets
_CPU = torch.device("cpu")
_BACKENDS = {"cpu": "gloo", "cuda": "cpu:gloo,cuda:nccl"}
_ALONE: ContextVar[bool] = ContextVar("alone", default=False)
#: Those that were joined in the fit that runs, at most one.
_JOINED: ContextVar[list[Ranks] | None] = ContextVar("joined", default=None)
#: By torchrun's variables: what they stand for, and numbers of the fits so far.
_STORES: dict[tuple[str, ...], tuple[Any, int, int, Iterator[int]]] = {}
_FORKED = False


@contextmanager
def alone() -> Iterator[None]:
    """Let trainings inside a ``with`` block be of this process alone.

    Under ``torchrun``, or once ``torch.distributed`` is initialised, all processes train one
    network together, and each has to call the same ``fit_resample``. In this block they do not:
    for scripts in which one rank alone balances the data, or each trains something else.

    The block is that of this thread: others need one of their own. joblib's processes are alone
    anyway, its threads (``parallel_config("threading")``) are not.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.training import alone
    >>> X, y = make_classification(n_samples=60, weights=[0.8], random_state=0)
    >>> with alone():
    ...     X_res, y_res = CGANOversampler(max_iter=5, random_state=0).fit_resample(X, y)
    """
    token = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(token)


class Ranks:
    """The processes that train together: one, or those of a group.

    Of one process all methods give back what they got, and change nothing.

    Parameters
    ----------
    device : torch.device, default=torch.device('cpu')
        Where this process trains.

    group : ProcessGroup or None, default=None
        What ``torch.distributed`` connects; None for a process alone.

    initialised : bool, default=False
        Whether ``torch.distributed`` was initialised for them, and is not to be in the end.

    Attributes
    ----------
    rank, size : int
        The number of this process, and of all of them.
    """

    def __init__(self, device: torch.device = _CPU, group: Any = None, initialised: bool = False):
        self.device, self._group, self._initialised = device, group, initialised
        self.rank = 0 if group is None else dist.get_rank(group)
        self.size = 1 if group is None else dist.get_world_size(group)

    # values ---------------------------------------------------------------------------------------

    def same(self, value: Any) -> Any:
        """Return what rank 0 has given."""
        if self.size == 1:
            return value
        box = [value]
        with _others_may_fail():
            dist.broadcast_object_list(box, src=0, group=self._group, device=_CPU)
        return box[0]

    def all(self, value: Any) -> list[Any]:
        """Return what every rank has given, in their order."""
        if self.size == 1:
            return [value]
        found = [None] * self.size
        with _others_may_fail():
            dist.all_gather_object(found, value, group=self._group)
        return found

    def by_first(self, function: Callable[[], Any]) -> Any:
        """Return on all ranks what a function gives on rank 0, or raise what it raises there."""
        if self.size == 1:
            return function()
        found: Any = None
        failed: Exception | None = None
        if self.rank == 0:
            try:
                found = function()
            except Exception as error:
                failed = error
        found, failed = self.same((found, failed))
        if failed is not None:
            raise failed
        return found

    def any(self, value: bool) -> bool:
        """Tell whether the value is true on any rank."""
        if self.size == 1:
            return value
        flag = torch.tensor(int(value))
        with _others_may_fail():
            dist.all_reduce(flag, dist.ReduceOp.MAX, self._group)
        return bool(flag)

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean over ranks."""
        self._mean([values])
        return values

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Raise a ValueError, on all ranks, if they are not about to train the same."""
        others = self.all(dict(facts))
        names = dict.fromkeys(itertools.chain(*others))
        differ = [name for name in names if any(o.get(name) != others[0].get(name) for o in others)]
        if differ:
            raise ValueError(
                f"The {self.size} ranks of torch.distributed train one network together, each on "
                f"all rows, but they were not given the same: {', '.join(differ)}. Give all of "
                "them the same data and parameters, or, if each is to train for itself, put the "
                "call into a `with imblearn_gan.training.alone():` block."
            )

    # a phase --------------------------------------------------------------------------------------

    def begin(self, state: TrainingState) -> None:
        """Let all begin with rank 0's networks, and draw apart."""
        if self.size == 1:
            return
        self._take_first(_tensors_of(state))
        generators = generators_of(self.device)
        firsts = self.same([generator.get_state() for generator in generators])
        for generator, first in zip(generators, firsts):
            if self.rank and torch.equal(generator.get_state(), first):  # not of a checkpoint
                drawn = torch.randint(
                    2**62, (self.rank,), generator=generator, device=generator.device
                )
                generator.manual_seed(int(drawn[-1]))

    def mean_gradients(self, parameters: Sequence[Tensor]) -> None:
        """Put the mean over ranks in the place of each gradient; one that is missing is zero."""
        if self.size == 1:
            return
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self._mean([p.grad for p in parameters if p.grad is not None])

    def mean_statistics(self, state: TrainingState) -> None:
        """Put the mean over ranks in the place of batch norm's statistics, averages' included."""
        if self.size == 1:
            return
        suffixes = "running_mean", "running_var"
        buffers = (named for network in _networks_of(state) for named in network.named_buffers())
        self._mean([buffer for name, buffer in buffers if name.endswith(suffixes)])

    def stopped(self, state: TrainingState, recorded: bool) -> bool:
        """Tell whether the phase ends; several ranks end it together, after a record."""
        if self.size > 1 and recorded:
            state.stopped = self.any(state.stopped)
        return state.stopped and (recorded or self.size == 1)

    def end(self, state: TrainingState, memory: Mapping[str, Tensor]) -> None:
        """Let all have the same networks and memory, and draw the same again."""
        if self.size == 1:
            return
        self.mean_statistics(state)
        self._take_first([*_tensors_of(state), *memory.values()])
        generators = generators_of(self.device)
        firsts = self.same([generator.get_state() for generator in generators])
        for generator, first in zip(generators, firsts):
            generator.set_state(first)

    # tensors --------------------------------------------------------------------------------------

    def _mean(self, tensors: Sequence[Tensor]) -> None:
        if self.size > 1 and tensors:
            flat = _flat(tensors)
            with _others_may_fail():
                dist.all_reduce(flat, group=self._group)
            _spread(flat.div_(self.size), tensors)

    def _take_first(self, tensors: Sequence[Tensor]) -> None:
        for dtype, device in dict.fromkeys((tensor.dtype, tensor.device) for tensor in tensors):
            alike = [t for t in tensors if (t.dtype, t.device) == (dtype, device)]
            flat = _flat(alike)
            with _others_may_fail():
                dist.broadcast(flat, src=0, group=self._group)
            _spread(flat, alike)

    def leave(self) -> None:
        """Close the connections: others that wait for this rank then hear that it is gone."""
        if self._group is not None:
            dist.destroy_process_group(None if self._initialised else self._group)
            self._group = None  # connections close with the last reference


def _networks_of(state: TrainingState) -> list[nn.Module]:
    return [*state.networks.values(), *state.averages.values()]


def _tensors_of(state: TrainingState) -> list[Tensor]:
    values = (v for network in _networks_of(state) for v in network.state_dict().values())
    return [value for value in values if isinstance(value, Tensor)]


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def _spread(flat: Tensor, tensors: Sequence[Tensor]) -> None:
    parts = flat.split([tensor.numel() for tensor in tensors])
    with torch.no_grad():
        for tensor, part in zip(tensors, parts):
            tensor.copy_(part.view(tensor.shape))


# who trains together ------------------------------------------------------------------------------


@contextmanager
def meeting() -> Iterator[None]:
    """Let the ranks that are :func:`joined` inside part at the end, whatever happens."""
    present: list[Ranks] = []
    token = _JOINED.set(present)
    try:
        yield
        for ranks in present:
            ranks.any(False)  # nobody leaves whom another one still needs
    finally:
        _JOINED.reset(token)
        for ranks in present:
            ranks.leave()


def joined(device: torch.device) -> Ranks:
    """Return those that the fit that runs is to be trained with.

    They are the ranks of ``torch.distributed``, if it is initialised, or those that torchrun's
    variables name; else the process is alone. All of them have to come here.

    Raises
    ------
    ValueError
        If there are several, and they cannot share the device.

    RuntimeError
        If others have not come.
    """
    present = _JOINED.get()
    if present is None or not _has_others():
        return Ranks(device)
    if not present:
        if device.type == "mps":
            raise ValueError("Several ranks cannot share the device 'mps': set device='cpu'.")
        present.append(_met(device))
    return present[0]


def _has_others() -> bool:
    if _ALONE.get() or _FORKED or not dist.is_available():
        return False
    if dist.is_initialized():
        return dist.get_world_size() > 1
    # workers of joblib and Dask inherit the variables, but are no ranks
    named = all(name in os.environ for name in _VARIABLES) and parent_process() is None
    return named and int(os.environ["WORLD_SIZE"]) > 1


def is_first_rank() -> bool:
    """Tell whether this process is the one that shows and writes what all ranks have.

    Returns
    -------
    bool
        Whether it is rank 0 of those that train together, or alone.

    Examples
    --------
    >>> from imblearn_gan.training import is_first_rank
    >>> is_first_rank()
    True
    """
    if not _has_others():
        return True
    return (dist.get_rank() if dist.is_initialized() else int(os.environ["RANK"])) == 0


def _met(device: torch.device) -> Ranks:
    initialised = dist.is_initialized()
    with _others_may_fail():
        if not initialised:
            _initialise()
        # modules of torch that are imported meanwhile hold on to the default group, not to this one
        group = dist.new_group(backend=_BACKENDS[device.type], timeout=PATIENCE)
    return Ranks(device, group, not initialised)


def _initialise() -> None:
    address = tuple(os.environ[name] for name in _VARIABLES)
    if address not in _STORES:
        found = next(iter(dist.rendezvous("env://", timeout=PATIENCE)))
        _STORES[address] = *found, itertools.count()
    store, rank, size, count = _STORES[address]
    # a prefix of its own: nothing is in the way of what users initialise later
    store = dist.PrefixStore(f"imblearn_gan/{next(count)}", store)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=size, timeout=PATIENCE)


@contextmanager
def _others_may_fail() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        minutes = PATIENCE.total_seconds() / 60
        raise RuntimeError(
            "A training on several processes has lost a rank: another one failed, which its own "
            f"message says, or did not come within {minutes:g} minutes. All ranks have to make the "
            "same call; if this one is to train for itself, put the call into a `with "
            f"imblearn_gan.training.alone():` block, in the thread that makes it. ({error})"
        ) from error


def _after_fork() -> None:
    """Let a child that inherits connections be no rank."""
    global _FORKED
    _FORKED = dist.is_available() and dist.is_initialized()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
