"""The only training loop: phases in which players take turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import AveragedModel

from imblearn_gan.callbacks import Callback, TrainingState


@dataclass
class Player:
    """One side of a game: the networks it trains and what it wants.

    Parameters
    ----------
    name : str
        Prefix of its losses in the history.

    networks : list of Module
        What it trains. The networks of the other players stand still during its turn.

    losses : callable
        From a batch to a dict of scalar tensors, whose sum is minimised.

    draw : callable, optional
        Makes the batch. A player without one plays on the batch of the player before it.

    learning_rate : float
        Step size of Adam.

    betas : tuple of float
        Moment decays of Adam.

    n_steps : int
        Steps a turn, each on a batch of its own where ``draw`` is given.
    """

    name: str
    networks: Sequence[nn.Module]
    losses: Callable[[Any], dict[str, Tensor]]
    draw: Callable[[], Any] | None = None
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    n_steps: int = 1


@dataclass
class Phase:
    """Some players taking turns, ``max_iter`` times.

    Parameters
    ----------
    name : str
        As it appears in the history and the progress bar.

    players : list of Player
        In the order of their turns.

    max_iter : int
        Number of iterations: one turn of every player each.

    before_iteration : callable, optional
        Called with the number of iterations done so far, before each of them.

    ema_decay : float
        Decay of the exponential moving average of the weights (batch-norm statistics
        included) that replaces them at the end of the phase; 0 for none.

    lr_decay : bool
        Whether learning rates fall to zero along half a cosine.

    averaged : list of Module, optional
        The networks that are averaged; None for all.
    """

    name: str
    players: Sequence[Player]
    max_iter: int
    before_iteration: Callable[[int], None] | None = None
    ema_decay: float = 0.0
    lr_decay: bool = False
    averaged: Sequence[nn.Module] | None = None

    @property
    def networks(self) -> list[nn.Module]:
        """The networks of all players that have something to learn, each once."""
        unique = {
            id(net): net
            for player in self.players
            for net in player.networks
            if any(True for _ in net.parameters())
        }
        return list(unique.values())


@dataclass
class Engine:
    """Runs phases, records history, and calls callbacks.

    Parameters
    ----------
    callbacks : sequence of Callback
        Told of the events of the training.

    precision : callable
        Makes the context that batches and losses are computed in.
    """

    callbacks: Sequence[Callback] = ()
    precision: Callable[[], AbstractContextManager] = nullcontext
    history: list[dict[str, Any]] = field(default_factory=list)
    n_iter: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def session(self) -> Iterator[Engine]:
        """Call ``on_fit_begin`` and, whatever happens, ``on_fit_end``."""
        with ExitStack() as ends:
            for callback in self.callbacks:
                ends.callback(callback.on_fit_end)
                callback.on_fit_begin()
            yield self

    def run(self, phase: Phase) -> None:
        """Play one phase."""
        networks = phase.networks
        for network in networks:
            network.train()
        optimizers = [
            torch.optim.Adam(
                [p for net in player.networks for p in net.parameters() if p.requires_grad],
                lr=player.learning_rate,
                betas=player.betas,
                fused=_can_fuse(player.networks),
            )
            for player in phase.players
        ]
        parameters = [optimizer.param_groups[0]["params"] for optimizer in optimizers]
        batch_norms = [
            [m for net in player.networks for m in net.modules() if _keeps_statistics(m)]
            for player in phase.players
        ]
        state = TrainingState(phase.name, phase.max_iter, self.history, networks)
        averages, averaged = [], networks if phase.averaged is None else phase.averaged
        if phase.ema_decay:
            averages = [_averaged(network, phase.ema_decay, state) for network in averaged]
            state.networks.extend(averages)
        log_interval = max(1, min(100, phase.max_iter // 20))
        recorded: list[dict[str, Tensor]] = []
        self._call("on_phase_begin", state)
        _watch(batch_norms, None)
        try:
            while state.iteration < phase.max_iter and not state.stopped:
                if phase.before_iteration is not None:
                    with self.precision():
                        phase.before_iteration(state.iteration)
                if phase.lr_decay:
                    _decay(optimizers, phase.players, state.iteration / phase.max_iter)
                batch: Any = None
                losses: dict[str, Tensor] = {}
                for player, optimizer, own, own_norms in zip(
                    phase.players, optimizers, parameters, batch_norms
                ):
                    _watch(batch_norms, own_norms)
                    for _ in range(player.n_steps):
                        with self.precision():
                            if player.draw is not None:
                                batch = player.draw()
                            parts = player.losses(batch)
                        optimizer.zero_grad(set_to_none=True)
                        sum(parts.values()).backward(inputs=own)  # type: ignore[union-attr]
                        optimizer.step()
                    for key, value in parts.items():
                        losses[f"{player.name}_{key}"] = value.detach()
                for average, network in zip(averages, averaged):
                    average.update_parameters(network)
                recorded.append(losses)
                state.iteration += 1
                if len(recorded) == log_interval or state.iteration == phase.max_iter:
                    self._log(state, recorded)
                    recorded = []
            self.n_iter[phase.name] = self.n_iter.get(phase.name, 0) + state.iteration
            self._call("on_phase_end", state)
        finally:
            for norm in {m for norms in batch_norms for m in norms}:
                norm.track_running_stats = True
        for average, network in zip(averages, averaged):
            if average.n_averaged:
                network.load_state_dict(average.module.state_dict())
        for network in networks:
            network.eval()
            network.zero_grad(set_to_none=True)

    def _log(self, state: TrainingState, recorded: list[dict[str, Tensor]]) -> None:
        """Fetch the losses since the last record from the device, all at once."""
        names = list(recorded[0])
        values = torch.stack([torch.stack([r[n] for n in names]) for r in recorded]).cpu().double()
        bad = (~values.isfinite()).nonzero()
        if len(bad):
            step, which = bad[0].tolist()
            iteration = state.iteration - len(recorded) + step + 1
            raise FloatingPointError(
                f"The loss '{names[which]}' became {values[step, which].item()} in phase "
                f"'{state.phase}' at iteration {iteration} of {state.max_iter}. Try a smaller "
                "learning_rate, a larger batch_size, or scale extreme columns of X (for example "
                "with sklearn.preprocessing.QuantileTransformer)."
            )
        record = {"phase": state.phase, "iteration": state.iteration}
        record.update(zip(names, values.mean(dim=0).tolist()))
        self.history.append(record)
        self._call("on_log", state)

    def _call(self, event: str, state: TrainingState) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(state)


def _keeps_statistics(module: nn.Module) -> TypeGuard[_BatchNorm]:
    return isinstance(module, _BatchNorm) and bool(module.track_running_stats)


def _watch(batch_norms: Sequence[Sequence[_BatchNorm]], own: Sequence[_BatchNorm] | None) -> None:
    """Only the acting player's batch-norm statistics move; the others' stand still."""
    for norms in batch_norms:
        for norm in norms:
            norm.track_running_stats = own is not None and any(norm is mine for mine in own)


def _decay(
    optimizers: Sequence[torch.optim.Optimizer], players: Sequence[Player], progress: float
) -> None:
    for optimizer, player in zip(optimizers, players):
        for group in optimizer.param_groups:
            group["lr"] = player.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))


def _averaged(network: nn.Module, decay: float, state: TrainingState) -> AveragedModel:
    """Average of weights and statistics; early on it forgets faster, not to keep the start."""

    def update(averaged: Any, current: Any, _: Any) -> None:
        n = state.iteration
        weight = 1 - min(decay, (1 + n) / (10 + n))
        if averaged[0].is_floating_point():
            torch._foreach_lerp_(averaged, current, weight)
        else:
            torch._foreach_copy_(averaged, current)

    return AveragedModel(network, multi_avg_fn=update, use_buffers=True)


def _can_fuse(networks: Sequence[nn.Module]) -> bool:
    devices = {p.device.type for network in networks for p in network.parameters()}
    return devices <= {"cpu", "cuda", "mps"}
