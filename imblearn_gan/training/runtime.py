"""Devices, seeds, and generation in bounded memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from itertools import chain
from threading import RLock, get_ident

import torch
from torch import Tensor, nn

from imblearn_gan.seeding import own_generators, present_generators

_GLOBAL_STATE = RLock()
#: Who is in a scope, and the default dtype outside of it.
_INSIDE: list[tuple[int, torch.dtype]] = []


def resolve_device(device: str | torch.device) -> torch.device:
    """Return the torch device that the parameter ``device`` names.

    Raises
    ------
    ValueError
        If the name is unknown or the machine does not have such a device.
    """
    if isinstance(device, str) and device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", _current_cuda())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    advice = "Use 'auto', 'cpu', 'cuda', 'cuda:1' or 'mps'."
    try:
        resolved = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"device={device!r} is unknown. {advice}") from error
    if resolved.type == "cuda":
        if not torch.cuda.is_available():
            raise ValueError(f"device={str(device)!r} but torch finds no CUDA device. {advice}")
        index = _current_cuda() if resolved.index is None else resolved.index
        if index >= torch.cuda.device_count():
            raise ValueError(
                f"device={str(device)!r} but there are {torch.cuda.device_count()} CUDA devices."
            )
        return torch.device("cuda", index)
    if resolved.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError(f"device={str(device)!r} but torch finds no MPS device. {advice}")
    if resolved.type not in ("cpu", "mps"):
        raise ValueError(f"device={str(device)!r} is not supported. {advice}")
    return resolved


def _current_cuda() -> int:
    """Return the index of this process's CUDA device: torchrun's ranks have one each."""
    current, local = torch.cuda.current_device(), int(os.environ.get("LOCAL_RANK", 0))
    return local if current == 0 and local < torch.cuda.device_count() else current


_PRECISIONS = ("auto", "float32", "bfloat16")
_PRECISION: ContextVar[str] = ContextVar("precision", default="auto")


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Say what samplers and classifiers train in, inside a ``with`` block, in this thread.

    Matrix products and convolutions are meant; weights, losses and results are float32 anyway.

    Parameters
    ----------
    name : {'auto', 'float32', 'bfloat16'}
        ``'auto'``, as without this block, is bfloat16 for images where the hardware has it, which
        about halves the time of an iteration, and float32 elsewhere. In the benchmarks no score
        depends on it; float32 gives the same rows on machines of both kinds.

    Raises
    ------
    ValueError
        If the name is none of these.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.training import precision
    >>> digits = load_digits(n_class=2)
    >>> X, y = digits.images[:200], digits.target[:200]
    >>> with precision("float32"):
    ...     X_res, y_res = CGANOversampler(max_iter=5, random_state=0).fit_resample(X, y)
    """
    if name not in _PRECISIONS:
        raise ValueError(f"precision must be one of {_PRECISIONS}. Got {name!r}.")
    token = _PRECISION.set(name)
    try:
        yield
    finally:
        _PRECISION.reset(token)


def resolve_precision(name: str | None, device: torch.device, images: bool) -> torch.dtype:
    """Return the dtype that the name of a precision stands for.

    None takes that of the :func:`precision` block around.

    ``'auto'`` is bfloat16 for images where the hardware computes with it, else float32: on the
    small matrices of tables casting costs more than it saves.
    """
    name = _PRECISION.get() if name is None else name
    if name != "auto":
        return getattr(torch, name)
    if device.type == "cuda":
        native = torch.cuda.get_device_capability(device) >= (8, 0)
    else:
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)  # from torch 2.6
        native = device.type == "cpu" and supported()
    return torch.bfloat16 if images and native else torch.float32


def layout_of(images: bool, dtype: torch.dtype, device: torch.device) -> torch.memory_format:
    """Return how rows and weights lie in memory.

    Channels last makes trainings of images on a CPU up to half as fast again: convolutions then
    need no copies in another order. GPUs gain where they compute in bfloat16.
    """
    fast = device.type == "cpu" or dtype == torch.bfloat16
    return torch.channels_last if images and fast else torch.preserve_format


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager:
    """Compute matrix products and convolutions in ``dtype``; weights stay in float32."""
    if dtype == torch.float32:
        return torch.autocast(device.type, enabled=False)
    # without the cache: a cast made without gradients must not serve a step with them
    return torch.autocast(device.type, dtype, cache_enabled=False)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let threads in one after the other: torch's settings, and samplers, are shared by them."""
    with _GLOBAL_STATE:
        yield


def _after_fork() -> None:
    """Free a child of what threads hold that it does not have."""
    global _GLOBAL_STATE
    _GLOBAL_STATE = RLock()
    if _INSIDE and _INSIDE[0][0] != get_ident():
        torch.set_default_dtype(_INSIDE[0][1])
        _INSIDE.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def torch_scope(seed: int, device: torch.device) -> Iterator[None]:
    """Seed generators of our own for what happens inside, and leave torch's state as it was.

    Its global generators are seeded, too, for what takes no other (``nn.Dropout``, methods and
    networks of users), and put back.

    Gradients are on inside, there is no autocast, the default dtype is float32 and the default
    device the CPU, whatever the caller has set. Threads enter one after the other: torch's
    settings and global generators are shared by all of them.
    """
    with one_at_a_time(), ExitStack() as settings:
        generators = _shared_generators(device)
        states = [generator.get_state() for generator in generators]
        dtype = torch.get_default_dtype()
        _INSIDE.append((get_ident(), dtype))
        try:
            torch.set_default_dtype(torch.float32)
            for generator in generators:
                generator.manual_seed(seed + 1)
            settings.enter_context(own_generators(seed, device))
            settings.enter_context(torch.inference_mode(False))
            settings.enter_context(torch.enable_grad())
            for kind in {"cpu", device.type}:
                settings.enter_context(torch.autocast(kind, enabled=False))
            if torch.get_default_device().type != "cpu":
                settings.enter_context(torch.device("cpu"))
            yield
        finally:
            if _INSIDE:
                _INSIDE.pop()
            torch.set_default_dtype(dtype)
            for generator, state in zip(generators, states):
                generator.set_state(state)


def generators_of(device: torch.device) -> list[torch.Generator]:
    """Return what draws random numbers in a :func:`torch_scope` of the device, the CPU's first."""
    return [*chain.from_iterable(zip(present_generators(), _shared_generators(device)))]


def _shared_generators(device: torch.device) -> list[torch.Generator]:
    generators = [torch.default_generator]
    if device.type == "cuda":
        torch.cuda.init()
        generators.append(torch.cuda.default_generators[device.index or 0])
    elif device.type == "mps":
        generators.append(torch.mps._get_default_mps_generator())
    return generators


#: Most rows that are computed at a time, as many as caches hold, and most values of them: those of
#: colour images of 32 x 32. What networks hold of a row between layers is in proportion.
CHUNK = 256
VALUES_AT_ONCE = CHUNK * 3 * 32 * 32


def rows_at_once(n_values: int) -> int:
    """Return how many rows of so many values are computed at a time."""
    return min(CHUNK, max(1, VALUES_AT_ONCE // n_values))


# torch has an error of its own for CUDA alone
_NO_MEMORY = re.compile("out of memory|can't allocate memory|not enough memory|ALLOC_FAILED")


@contextmanager
def memory_advice() -> Iterator[None]:
    """Let a lack of memory, of the host or of a device, be a MemoryError that says what to do."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        of_host = isinstance(error, MemoryError)
        if isinstance(error.__cause__, (MemoryError, RuntimeError)) and of_host:
            raise  # has its advice
        if not (of_host or _NO_MEMORY.search(str(error))):
            raise
        raise MemoryError(
            f"Memory was not enough: {str(error) or type(error).__name__}. Take a smaller "
            "batch_size or smaller networks (architecture, latent_dim), fewer rows "
            "(sampling_strategy) or columns, or another device: device='cpu' where that of a GPU "
            "was not enough."
        ) from error


@contextmanager
def inference() -> Iterator[None]:
    """Let fitted networks compute on the CPU as they are, whatever the caller has set.

    Without gradients and autocast; a lack of memory says what to do.
    """
    with torch.no_grad(), torch.autocast("cpu", enabled=False), memory_advice():
        yield


def in_chunks(
    function: Callable[[Tensor], Tensor], rows: Tensor, size: int = CHUNK
) -> Iterator[Tensor]:
    """Yield ``function`` of ``rows``, at most ``size`` of them at a time, without gradients."""
    for chunk in rows.split(size):
        with torch.no_grad():
            made = function(chunk)
        yield made


def extract(network: nn.Module, *rows: Tensor, n_values: int = 1) -> Tensor:
    """Return outputs for all rows, in evaluation mode, without gradients, in bounded memory.

    ``n_values`` is the number of values of an output, where there are more than of an input.
    """
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    index = torch.arange(len(rows[0]), device=rows[0].device)
    size = rows_at_once(max(n_values, rows[0].shape[1:].numel()))

    def run(part: Tensor) -> Tensor:
        return network(*(r[part] for r in rows))

    outputs = torch.cat(list(in_chunks(run, index, size)))
    for module, training in modes:
        module.training = training
    return outputs


def latent_codes(network: nn.Module, *rows: Tensor, rate_name: str = "learning_rate") -> Tensor:
    """Return what a network that was trained gives for all real rows, in float32.

    Raises
    ------
    FloatingPointError
        If a value is not finite; it names the parameter that sets the step size.
    """
    codes = extract(network, *rows).float()
    if not codes.isfinite().all():
        raise FloatingPointError(
            "The latent codes of the real rows are not finite: training diverged. Try a smaller "
            f"{rate_name} or a larger batch_size."
        )
    return codes
