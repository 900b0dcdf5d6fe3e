"""A CPU that captures and replays as a CUDA device does: operators are noted, undone, repeated."""

from contextlib import contextmanager, nullcontext

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from imblearn_gan.seeding import present_generators
from imblearn_gan.training.graph import _tensors


class Graph:
    """Operators in their order, with the tensors that they read and write."""

    def __init__(self):
        self.calls = []
        self.n_replays = 0

    def register_generator_state(self, generator):
        """Take a generator, as a CUDA graph has to be told of."""

    @torch.no_grad()
    def replay(self):
        """Repeat all operators on the same tensors, whatever Python has done since."""
        self.n_replays += 1
        for function, args, kwargs, result in self.calls:
            for old, new in zip(_tensors(result), _tensors(function(*args, **kwargs))):
                if old.data_ptr() != new.data_ptr():
                    old.copy_(new)


class _Noting(TorchDispatchMode):
    def __init__(self, calls):
        super().__init__()
        self.calls, self.before = calls, []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        for place, argument in enumerate(function._schema.arguments):
            value = args[place] if place < len(args) else kwargs.get(argument.name)
            written = argument.alias_info is not None and argument.alias_info.is_write
            if written or argument.name.startswith("running_"):
                self.before += [(tensor, tensor.detach().clone()) for tensor in _tensors(value)]
        result = function(*args, **kwargs)
        self.calls.append((function, args, kwargs, result))
        return result


@contextmanager
def captured(graph, **_):
    """Note what is called inside; all tensors and generators are as before afterwards."""
    generators = [*present_generators(), torch.default_generator]
    states = [generator.get_state() for generator in generators]
    with _Noting(graph.calls) as noting:
        yield
    with torch.no_grad():
        for tensor, before in reversed(noting.before):
            tensor.copy_(before)
    for generator, state in zip(generators, states):
        generator.set_state(state)


class Stream:
    """An order of work: a CPU has one."""

    def __init__(self, device=None):
        self.device = device

    def wait_stream(self, other):
        """Do nothing."""


def on_cpu(monkeypatch):
    """Let torch.cuda capture what is computed on the CPU."""
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", captured)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
