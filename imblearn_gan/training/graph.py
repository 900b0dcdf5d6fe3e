"""Iterations as one CUDA graph: a device that need not wait for the host to name each kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from imblearn_gan.training.runtime import generators_of

#: Iterations played as they come before one is captured: the last of them is watched.
N_WARM_UP = 4

_CAPTURE: ContextVar[bool] = ContextVar("capture", default=True)


@contextmanager
def capture(use: bool) -> Iterator[None]:
    """Say whether iterations become CUDA graphs, inside a ``with`` block, in this thread.

    On a CUDA device whole iterations of the games of this package are captured once and then
    replayed, which spares the host the naming of each small kernel. Rows are the same up to
    round-off. Other devices, trainings by several processes together, networks of your own
    (``architecture`` is no name), samplers that you have derived, sparse rows, and iterations in
    which a player acts that pauses in others are played as they come anyway.

    Parameters
    ----------
    use : bool
        False plays all iterations as they come. True is what holds without this block.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.training import capture
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> with capture(False):
    ...     X_res, y_res = CGANOversampler(max_iter=5, random_state=0).fit_resample(X, y)
    """
    token = _CAPTURE.set(bool(use))
    try:
        yield
    finally:
        _CAPTURE.reset(token)


def captures(device: torch.device) -> bool:
    """Tell whether iterations on a device are captured, as the block around says.

    Not those that several processes play together: each would wait for the others inside a graph.
    """
    together = torch.distributed.is_available() and torch.distributed.is_initialized()
    return device.type == "cuda" and _CAPTURE.get() and not together


class Watch(TorchDispatchMode):
    """Notes what a graph cannot hold: waiting for the device, sizes it decides, other devices.

    Parameters
    ----------
    device : torch.device
        Where all tensors are to lie.

    Attributes
    ----------
    found : list of str
        Names of the operators that were called, and are none for a graph.
    """

    _tags = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)

    def __init__(self, device: torch.device):
        super().__init__()
        self.device = device
        self.found: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        name = str(func)
        if "index" in name:  # by numbers, or by a mask, whose number of rows the device knows
            kinds = {tensor.dtype for tensor in _tensors(args[1:2])}
            waits = not kinds.isdisjoint((torch.bool, torch.uint8))
        else:
            waits = any(tag in func.tags for tag in self._tags)
        tensors = _tensors((args, kwargs or {}, result))
        if waits or any(tensor.device != self.device for tensor in tensors):
            self.found.append(name)
        return result


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        yield from _tensors([*value.values()])


class _Dial:
    """A number on the device, which a graph reads and the host sets without a copy."""

    def __init__(self, device: torch.device):
        self.tensor = torch.zeros((), device=device)
        self._value = 0.0

    def turn(self, value: float) -> None:
        if value != self._value:
            self.tensor.fill_(value)
            self._value = value


class CapturedIteration:
    """An iteration of a phase on a CUDA device: a few times as it comes, then as a graph.

    Random numbers are those that would be drawn without the graph: its generators are registered.

    Parameters
    ----------
    iteration : callable
        Lets players take their turns, and averages follow: from those that act, and the weight of
        averages, to losses by name.

    turns : sequence
        All players, with their optimizers.

    memory : dict of str to Tensor
        What losses take from earlier iterations, see :class:`~imblearn_gan.training.Phase`.

    Attributes
    ----------
    refused : str
        Why iterations are played as they come; empty where they need not be.
    """

    def __init__(
        self,
        iteration: Callable[[Sequence[Any], Any], dict[str, Tensor]],
        turns: Sequence[Any],
        memory: dict[str, Tensor],
    ):
        self._iteration, self._turns, self._memory = iteration, turns, memory
        self._weights = [weight for turn in turns for weight in turn.parameters]
        self._device = self._weights[0].device
        self._stream = torch.cuda.Stream(self._device)
        self._share = _Dial(self._device)
        self._rates = [_Dial(self._device) for _ in turns]
        self._n_played, self.refused = 0, ""
        self._graph: torch.cuda.CUDAGraph | None = None
        self._places: list[int] = []
        self._losses: dict[str, Tensor] = {}
        self._kept: dict[str, Tensor] = {}

    @property
    def is_captured(self) -> bool:
        """Whether there is a graph."""
        return self._graph is not None

    def __call__(self, acting: Sequence[Any], weight: float) -> dict[str, Tensor]:
        """Play one iteration."""
        if self.refused or any(turn.player.every > 1 for turn in acting):
            return self._iteration(acting, weight)
        if self._graph is not None and self._places != [w.data_ptr() for w in self._weights]:
            self._graph, self._n_played = None, 0  # a callback has moved a network
        if self._graph is None and self._n_played < N_WARM_UP:
            return self._warm_up(acting, weight)
        if self._graph is None:
            self._capture(acting)
        if self._graph is None:
            return self._iteration(acting, weight)
        self._renew(weight)
        self._graph.replay()
        return self._losses

    def _warm_up(self, acting: Sequence[Any], weight: float) -> dict[str, Tensor]:
        """Play as it comes, where it will be captured; the last time, see whether it can be."""
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        self._n_played += 1
        with torch.cuda.stream(self._stream):
            if self._n_played < N_WARM_UP:
                losses = self._iteration(acting, weight)
            else:
                before = self._buffers()
                with Watch(self._device) as watch:
                    losses = self._iteration(acting, weight)
                moved = [] if before == self._buffers() else ["statistics that move"]
                self.refused = ", ".join(sorted({*watch.found, *moved}))
        current.wait_stream(self._stream)
        return losses

    def _buffers(self) -> list[int]:
        """Return where statistics lie: a network of one's own may put new ones in their place."""
        networks = [net for turn in self._turns for net in turn.player.networks.values()]
        return [buffer.data_ptr() for net in networks for buffer in net.buffers()]

    def _capture(self, acting: Sequence[Any]) -> None:
        """Make the graph; where it cannot be made, iterations go on as they come."""
        generators = [g for g in generators_of(self._device) if g.device.type == "cuda"]
        states = [generator.get_state() for generator in generators]
        groups = [turn.optimizer.param_groups[0] for turn in self._turns]
        rates = [group["lr"] for group in groups]
        for group, dial in zip(groups, self._rates):
            group.update(lr=dial.tensor, capturable=True)
        try:
            with torch.cuda.stream(self._stream):
                graph = torch.cuda.CUDAGraph()
                for generator in generators:
                    graph.register_generator_state(generator)
                mode = "thread_local"  # other threads may do what they like
                with torch.cuda.graph(graph, stream=self._stream, capture_error_mode=mode):
                    self._losses = self._iteration(acting, self._share.tensor)
            self._graph, self._kept = graph, dict(self._memory)
            self._places = [weight.data_ptr() for weight in self._weights]
        except RuntimeError as error:
            self.refused = f"{type(error).__name__}: {error}"
            for generator, state in zip(generators, states):
                fresh = torch.Generator(self._device)  # the other one is left in the capture
                fresh.set_state(state)
                generator.graphsafe_set_state(fresh.graphsafe_get_state())
        finally:
            for group, rate in zip(groups, rates):
                group.update(lr=rate, capturable=False)

    def _renew(self, weight: float) -> None:
        """Put what the host has changed where the graph reads it."""
        self._share.turn(weight)
        for turn, dial in zip(self._turns, self._rates):
            dial.turn(turn.optimizer.param_groups[0]["lr"])
        for name, kept in self._kept.items():
            if self._memory[name] is not kept:
                kept.copy_(self._memory[name])
                self._memory[name] = kept
