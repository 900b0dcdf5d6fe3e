"""What may be kept of a training, phase by phase, and what more of it starts from."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from imblearn_gan.callbacks import TrainingState, is_phase
from imblearn_gan.training.runtime import generators_of

if TYPE_CHECKING:
    from imblearn_gan.training.engine import Engine, Phase


class Keeper:
    """Base of what keeps a training, and puts it back: each method does nothing."""

    def skip(self, phase: Phase, engine: Engine) -> bool:
        """Put back a phase that is over; return whether it is."""
        return False

    def go_on(
        self, phase: Phase, turns: Sequence[Any], state: TrainingState, engine: Engine
    ) -> None:
        """Put back what there is of a phase that begins."""

    def record(self, state: TrainingState, engine: Engine) -> None:
        """Act after each record."""

    def leave(self, phase: Phase, turns: Sequence[Any], state: TrainingState) -> None:
        """Act after the last iteration, before averages replace weights."""

    def end(self, phase: Phase, engine: Engine) -> None:
        """Act once the phase is over."""


class Continuation(Keeper):
    """Keeps what more of a training starts from, and starts from what an earlier one has left.

    Phases before the main one are put back. The main one, and those after it, go on: networks,
    averages, optimizers and random numbers are those that were left, and iterations are counted
    on.

    Parameters
    ----------
    device : torch.device
        Whose random numbers are drawn, besides those of the CPU.

    main_phase : str
        The name of the first phase that goes on.

    made : list
        The labels of the classes that rows are generated for.

    data : list of str
        What tells the rows from others.

    before : dict or None, default=None
        What the training that is to go on has ``left``; None begins one. It is not changed.

    Attributes
    ----------
    phases : list of dict
        What is left of each phase, on the CPU.

    Raises
    ------
    ValueError
        If the training that is to go on was for other classes.
    """

    def __init__(
        self,
        device: torch.device,
        main_phase: str,
        made: list,
        data: list[str],
        before: dict[str, Any] | None = None,
    ):
        if before is not None and before["made"] != made:
            raise ValueError(
                "WarmStart goes on with the classes that rows were generated for, "
                f"{before['made']}, but now they would be {made}. Set sampling_strategy or replay "
                "so that they are the same, or train anew."
            )
        self._device, self._main_phase, self._made = device, main_phase, made
        self._data = data
        self._before = None if before is None else before["phases"]
        self._same_rows = before is not None and before["data"] == data
        self._main_came = self._warned = False
        self.phases: list[dict[str, Any]] = []

    @property
    def left(self) -> dict[str, Any]:
        """What more of the training starts from."""
        return {"made": self._made, "data": self._data, "phases": self.phases}

    def skip(self, phase: Phase, engine: Engine) -> bool:
        """Put back a phase before the main one; lengthen one that goes on."""
        self._main_came = self._main_came or is_phase(phase.name, self._main_phase)
        left = self._left(phase)
        if left is None:
            return False
        if self._main_came:
            phase.max_iter += left["iteration"]
            return False
        _put_back(phase.networks, left["networks"], phase.name)
        for network in phase.networks.values():
            network.eval()
        self._draw_on(left)
        self.phases.append(left)
        return True

    def _left(self, phase: Phase) -> dict | None:
        if self._before is None:
            return None
        n = len(self.phases)
        names = [left["name"] for left in self._before]
        if names[n : n + 1] != [phase.name]:
            raise ValueError(
                f"WarmStart: the training has come to the phase {phase.name!r}, but what was left "
                f"of the earlier one are the phases {names}: it was written by another version. "
                "Train anew."
            )
        return self._before[n]

    def go_on(
        self, phase: Phase, turns: Sequence[Any], state: TrainingState, engine: Engine
    ) -> None:
        """Put back what was left of a phase that goes on."""
        left = self._left(phase)
        if left is None:
            return
        _put_back(phase.networks, left["networks"], phase.name)
        for name, average in state.averages.items():
            average.load_state_dict(left["averages"][name])
        for turn, stored in zip(turns, left["optimizers"]):
            restore(turn.optimizer, stored)
            for group in turn.optimizer.param_groups:  # which may be another one now
                group["lr"] = turn.player.learning_rate
        self._remember(phase, left["memory"], engine)
        losses = left.get("losses", {})  # earlier versions have not left them
        state.losses = {name: value.to(self._device) for name, value in losses.items()}
        state.iteration = left["iteration"]
        self._draw_on(left)
        self._warn_of_rows_held_out(state, engine)

    def _warn_of_rows_held_out(self, state: TrainingState, engine: Engine) -> None:
        """Say, once, that rows held out now may be some that networks have learnt from."""
        held_out = engine.rows is not None and engine.rows.held_out is not None
        if state.is_main and held_out and not self._same_rows and not self._warned:
            self._warned = True
            warnings.warn(
                "WarmStart goes on with other rows than those of the earlier training, and some "
                "are held out: the networks may have learnt from them then, and scores on them "
                "would be too good. Give UtilityStopping rows of your own (X_val, y_val), or have "
                "it hold out the same rows from the first call on.",
                stacklevel=2,
            )

    def _remember(self, phase: Phase, memory: dict[str, Tensor], engine: Engine) -> None:
        """Put back what the losses take from earlier iterations, or, of other rows, find it."""
        if self._same_rows:
            phase.memory.update({k: v.clone().to(self._device) for k, v in memory.items()})
        elif memory and phase.before_iteration is not None:
            with engine.precision():
                phase.before_iteration(0)

    def _draw_on(self, left: dict[str, Any]) -> None:
        for generator, stored in zip(generators_of(self._device), left["generators"]):
            generator.set_state(stored)

    def leave(self, phase: Phase, turns: Sequence[Any], state: TrainingState) -> None:
        """Keep the phase as it is, with all that it needs to go on."""
        left = {
            "name": phase.name,
            "iteration": state.iteration,
            "networks": {name: n.state_dict() for name, n in phase.networks.items()},
            "averages": {name: a.state_dict() for name, a in state.averages.items()},
            "optimizers": [turn.optimizer.state_dict() for turn in turns],
            "memory": dict(phase.memory),
            "losses": state.losses,
            "generators": [g.get_state() for g in generators_of(self._device)],
        }
        self.phases.append(on_cpu(left))

    def end(self, phase: Phase, engine: Engine) -> None:
        """Of a phase that does not go on keep the result alone."""
        if not self._main_came:
            networks = {name: n.state_dict() for name, n in phase.networks.items()}
            generators = self.phases[-1]["generators"]
            left = {"name": phase.name, "networks": networks, "generators": generators}
            self.phases[-1] = on_cpu(left)


def on_cpu(value: Any) -> Any:
    """Return a copy of nested dicts and lists of tensors and plain values, on the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: on_cpu(part) for key, part in value.items()}
    if isinstance(value, list):
        return [on_cpu(part) for part in value]
    return copy.copy(value)


def restore(optimizer: torch.optim.Optimizer, stored: dict[str, Any]) -> None:
    """Put back an optimizer, its moments laid out as the weights are now.

    Fused steps go through memory in its order, whatever the order of the axes is. ``stored`` is
    left as it is.
    """
    optimizer.load_state_dict(copy.deepcopy(stored))
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.dim() and value.shape == weight.shape:
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def _put_back(networks: dict[str, nn.Module], left: dict[str, Any], phase: str) -> None:
    for name, network in networks.items():
        try:
            network.load_state_dict(left[name])
        except (KeyError, RuntimeError) as error:
            raise ValueError(
                f"WarmStart: the networks of the phase {phase!r} do not fit what was left of them. "
                "GAMO has weights for each row of a class, and goes on with the same rows. "
                f"({error})"
            ) from error
