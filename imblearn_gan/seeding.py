"""Random numbers: generators of one's own, so that no other thread's draws come between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import Tensor
from torch.overrides import TorchFunctionMode

#: Seeds are drawn below it: NumPy's and torch's streams take them all.
MAX_SEED = 2**31 - 1

_HOST = torch.device("cpu")
_OWN: ContextVar[Mapping[str, torch.Generator]] = ContextVar(
    "generators", default=MappingProxyType({})
)
#: What takes a generator, but is often called without one where networks are built.
_DRAWS = frozenset(
    (
        *(Tensor.normal_, Tensor.uniform_, Tensor.random_, Tensor.bernoulli_, Tensor.exponential_),
        *(torch.randn, torch.rand, torch.randint, torch.randperm, torch.normal, torch.bernoulli),
    )
)


def stream_of(random_state: Any) -> np.random.RandomState:
    """Return what numbers are drawn from; raise a ValueError that names the parameter."""
    try:
        return check_random_state(random_state)
    except ValueError as error:
        raise ValueError(
            "random_state must be an integer from 0 to 2**32 - 1, a RandomState instance or None. "
            f"Got {random_state!r}."
        ) from error


def generator_of(device: torch.device = _HOST) -> torch.Generator | None:
    """Return what draws random numbers while networks are built, trained and used in this thread.

    Functions of torch take it as ``generator``. No other thread draws from it.

    Parameters
    ----------
    device : torch.device, default=torch.device('cpu')
        Where numbers are drawn.

    Returns
    -------
    torch.Generator or None
        None, which functions of torch take for the global one, outside of a training and of
        ``sample``.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.training import generator_of
    >>> x = torch.zeros(3, 2)
    >>> z = torch.randn(3, 2, device=x.device, generator=generator_of(x.device))
    >>> noise = torch.empty_like(x).normal_(generator=generator_of(x.device))
    """
    return _OWN.get().get(device.type)


def own_draws(device: torch.device) -> dict[str, Any]:
    """Return the ``device`` and ``generator`` that functions of torch draw with."""
    return {"device": device, "generator": _OWN.get().get(device.type)}


def randn_like(x: Tensor) -> Tensor:
    """Return what ``torch.randn_like`` returns, which takes no generator."""
    return torch.empty_like(x).normal_(generator=_OWN.get().get(x.device.type))


@contextmanager
def own_generators(seed: int, device: torch.device) -> Iterator[None]:
    """Seed generators for what happens inside: one of the CPU, and one of the device."""
    kinds = {kind.type: kind for kind in (_HOST, device)}
    token = _OWN.set({name: torch.Generator(k).manual_seed(seed) for name, k in kinds.items()})
    try:
        yield
    finally:
        _OWN.reset(token)


def present_generators() -> list[torch.Generator]:
    """Return the generators that are one's own: of the CPU, then of the device if another."""
    return list(_OWN.get().values())


class OwnWeights(TorchFunctionMode):
    """Lets layers draw their first weights from one's own generators: they take none.

    It costs too much to stand around a training.
    """

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        draws = "generator" in kwargs or function in _DRAWS  # torch.nn.init says it
        if draws and kwargs.get("generator") is None:
            given = [x.device for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
            device = given[0] if given else torch.device(kwargs.get("device") or "cpu")
            kwargs["generator"] = generator_of(device)
        return function(*args, **kwargs)
