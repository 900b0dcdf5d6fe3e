"""The engine that plays games: phases in which players take turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import AveragedModel

from imblearn_gan.callbacks import Callback, TrainingRows, TrainingState, is_phase
from imblearn_gan.training.graph import CapturedIteration
from imblearn_gan.training.keepers import Keeper
from imblearn_gan.training.ranks import Ranks


@dataclass
class Player:
    """One side of a game: the networks it trains and what it wants.

    Parameters
    ----------
    name : str
        Prefix of its losses in the history.

    networks : dict of str to Module
        What it trains, by name. The networks of the other players stand still in its turn.

    losses : callable
        From a batch to a dict of scalar tensors, whose sum is minimised.

    draw : callable or None, default=None
        Makes the batch. A player without one plays on the batch of the player before it.

    learning_rate : float, default=2e-4
        Step size of Adam.

    betas : tuple of float, default=(0.5, 0.999)
        Moment decays of Adam.

    n_steps : int, default=1
        Steps a turn, each on a batch of its own where ``draw`` is given.

    every : int, default=1
        It takes its turn in one of so many iterations, the first of them.
    """

    name: str
    networks: Mapping[str, nn.Module]
    losses: Callable[[Any], dict[str, Tensor]]
    draw: Callable[[], Any] | None = None
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    n_steps: int = 1
    every: int = 1


@dataclass
class Phase:
    """Some players taking turns, ``max_iter`` times.

    Parameters
    ----------
    name : str
        As it appears in the history and the progress bar.

    players : list of Player
        In the order of their turns. None of them, if something else is done, step by step, by
        ``before_iteration``.

    max_iter : int
        Number of iterations: one turn of every player each.

    before_iteration : callable or None, default=None
        Called with the number of iterations done so far, before each of them.

    ema_decay : float, default=0.0
        Decay of the exponential moving average of the weights (batch-norm statistics
        included) that replaces them at the end of the phase; 0 for none.

    lr_decay : bool, default=False
        Whether learning rates fall to zero along half a cosine.

    averaged : sequence of str or None, default=None
        Names of the networks that are averaged; None for all.

    memory : dict of str to Tensor, default={}
        What the losses take from earlier iterations, if anything, besides the networks: it is
        stored in checkpoints, and put back into this dict. If a training goes on with other rows,
        ``before_iteration(0)`` finds it anew.

    rate_name : str or None, default='learning_rate'
        The parameter that sets the step sizes, for messages; None if there is none.
    """

    name: str
    players: Sequence[Player]
    max_iter: int
    before_iteration: Callable[[int], None] | None = None
    ema_decay: float = 0.0
    lr_decay: bool = False
    averaged: Sequence[str] | None = None
    memory: dict[str, Tensor] = field(default_factory=dict)
    rate_name: str | None = "learning_rate"

    @property
    def networks(self) -> dict[str, nn.Module]:
        """The networks of all players that have something to learn, by name."""
        return {
            name: network
            for player in self.players
            for name, network in player.networks.items()
            if any(True for _ in network.parameters())
        }


class _Turns:
    """A player with its optimizer, the parameters it trains and its batch norms."""

    def __init__(self, player: Player, ranks: Ranks):
        self.player, self.ranks = player, ranks
        networks = player.networks.values()
        self.optimizer = torch.optim.Adam(
            [p for net in networks for p in net.parameters() if p.requires_grad],
            lr=player.learning_rate,
            betas=player.betas,
            fused=_can_fuse(networks),
        )
        self.parameters = self.optimizer.param_groups[0]["params"]
        self.norms = [m for net in networks for m in net.modules() if _keeps_statistics(m)]

    def take(self, batch: Any, precision: Callable[[], AbstractContextManager]) -> tuple:
        """Take the player's steps; return the last batch, and its losses by name."""
        player = self.player
        seen: dict[str, Tensor] = {}
        for _ in range(player.n_steps):
            with precision():
                if player.draw is not None:
                    batch = player.draw()
                losses = player.losses(batch)
            self.optimizer.zero_grad(set_to_none=True)
            sum(losses.values()).backward(inputs=self.parameters)  # type: ignore[union-attr]
            self.ranks.mean_gradients(self.parameters)
            self.optimizer.step()
            seen |= losses
        return batch, {f"{player.name}_{key}": value.detach() for key, value in seen.items()}

    def decay(self, progress: float) -> None:
        """Put the learning rate where half a cosine has it."""
        factor = 0.5 * (1 + math.cos(math.pi * progress))
        for group in self.optimizer.param_groups:
            group["lr"] = self.player.learning_rate * factor


class _Recorded:
    """Losses of the iterations since the last record, on the device."""

    def __init__(self, size: int):
        self._size, self._n = size, 0
        self._values: Tensor | None = None
        self.names: list[str] = []

    def __len__(self) -> int:
        return self._n

    def add(self, losses: dict[str, Tensor]) -> None:
        """Write down the losses of an iteration."""
        if not self._n:
            self.names = list(losses)
        values = [losses[name] for name in self.names]
        row = torch.stack(values) if values else torch.empty(0)
        if self._values is None or self._values.shape[1] != len(row):
            self._values = row.new_empty(self._size, len(row))
        self._values[self._n] = row
        self._n += 1

    def fetch(self) -> Tensor:
        """Return losses of shape (n_iterations, n_losses) on the host, and forget them."""
        assert self._values is not None
        values = self._values[: self._n].cpu().double()
        self._n = 0
        return values


@dataclass
class Engine:
    """Runs phases, records history, and calls callbacks. It knows no method.

    Parameters
    ----------
    callbacks : sequence of Callback, default=()
        Told of the events of the training.

    precision : callable, default=contextlib.nullcontext
        Makes the context that batches and losses are computed in.

    keepers : sequence of Keeper, default=()
        Store the training, and put it back.

    ranks : Ranks, default=Ranks()
        The processes that train together; of one alone nothing changes.

    rows : TrainingRows or None, default=None
        What callbacks are shown of the rows.

    main_phase : str or None, default=None
        The name of the phase that callbacks are told is the main one.

    advice : str, default=''
        What else helps against losses that are not finite, besides a smaller step.

    capture : bool, default=False
        Whether iterations may become one graph of a CUDA device, see :mod:`.graph`.

    Attributes
    ----------
    history : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses.

    n_iter : dict of str to int
        Iterations made, by phase.
    """

    callbacks: Sequence[Callback] = ()
    precision: Callable[[], AbstractContextManager] = nullcontext
    keepers: Sequence[Keeper] = ()
    ranks: Ranks = field(default_factory=Ranks)
    rows: TrainingRows | None = None
    main_phase: str | None = None
    advice: str = ""
    capture: bool = False
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
        """Play one phase.

        Raises
        ------
        FloatingPointError
            If a loss is not finite; it names the loss, the phase and the iteration.
        """
        if any(keeper.skip(phase, self) for keeper in self.keepers):
            return
        networks = phase.networks
        for network in networks.values():
            network.train()
        turns = [_Turns(player, self.ranks) for player in phase.players]
        is_main = self.main_phase is not None and is_phase(phase.name, self.main_phase)
        n_steps = {player.name: player.n_steps for player in phase.players}
        state = TrainingState(
            phase.name, phase.max_iter, self.history, networks, self.rows, is_main, n_steps
        )
        if phase.ema_decay:
            averaged = networks if phase.averaged is None else phase.averaged
            state.averages = {
                name: AveragedModel(networks[name], use_buffers=True) for name in averaged
            }
        self._call("on_phase_begin", state)
        for keeper in self.keepers:
            keeper.go_on(phase, turns, state, self)
        self.ranks.begin(state)
        _watch(turns, None)
        try:
            self._play(phase, turns, state)
            self.n_iter[phase.name] = self.n_iter.get(phase.name, 0) + state.iteration
            self._call("on_phase_end", state)
            self.ranks.end(state, phase.memory)
            for keeper in self.keepers:
                keeper.leave(phase, turns, state)
        finally:
            for norm in {norm for turn in turns for norm in turn.norms}:
                norm.track_running_stats = True
        for name, average in state.averages.items():
            if average.n_averaged:
                networks[name].load_state_dict(average.module.state_dict())
        for network in networks.values():
            network.eval()
            network.zero_grad(set_to_none=True)
        for keeper in self.keepers:
            keeper.end(phase, self)

    def _play(self, phase: Phase, turns: Sequence[_Turns], state: TrainingState) -> None:
        def iteration(acting: Sequence[_Turns], weight: float | Tensor) -> dict[str, Tensor]:
            batch: Any = None
            losses: dict[str, Tensor] = {}
            for turn in acting:
                _watch(turns, turn)
                batch, own = turn.take(batch, self.precision)
                losses |= own
            for name, average in state.averages.items():
                _follow(average.module, state.networks[name], weight)
            return losses

        play: Callable[[Sequence[_Turns], float], dict[str, Tensor]] = iteration
        if self.capture and turns and self.ranks.size == 1:
            play = CapturedIteration(iteration, turns, phase.memory)
        log_interval = max(1, min(100, phase.max_iter // 20))
        recorded = _Recorded(log_interval)
        stopped = self.ranks.stopped(state, True)
        while state.iteration < phase.max_iter and not stopped:
            n = state.iteration
            if phase.before_iteration is not None:
                with self.precision():
                    phase.before_iteration(n)
            acting = [turn for turn in turns if not n % turn.player.every]
            if phase.lr_decay:
                for turn in acting:
                    turn.decay(n / phase.max_iter)
            state.losses = state.losses | play(acting, _weight(phase, state))
            for average in state.averages.values():
                average.n_averaged += 1
            recorded.add(state.losses)
            state.iteration += 1
            if len(recorded) == log_interval:
                self._log(state, recorded, phase.rate_name)
            stopped = self.ranks.stopped(state, not len(recorded))
        if len(recorded):
            self._log(state, recorded, phase.rate_name)

    def _log(self, state: TrainingState, recorded: _Recorded, rate_name: str | None) -> None:
        """Fetch the losses since the last record from the device, all at once."""
        names, values = recorded.names, self.ranks.mean(recorded.fetch())
        bad = (~values.isfinite()).nonzero()
        if len(bad):
            step, which = bad[0].tolist()
            iteration = state.iteration - len(values) + step + 1
            raise FloatingPointError(
                f"The loss '{names[which]}' became {values[step, which].item()} in phase "
                f"'{state.phase}' at iteration {iteration} of {state.max_iter}. Try "
                + (f"a smaller {rate_name}, or " if rate_name else "")
                + f"a larger batch_size.{self.advice}"
            )
        record = {"phase": state.phase, "iteration": state.iteration}
        record.update(zip(names, values.mean(dim=0).tolist()))
        self.history.append(record)
        self.ranks.mean_statistics(state)
        self._call("on_log", state)
        for keeper in self.keepers:
            keeper.record(state, self)

    def _call(self, event: str, state: TrainingState) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(state)


def _keeps_statistics(module: nn.Module) -> TypeGuard[_BatchNorm]:
    return isinstance(module, _BatchNorm) and bool(module.track_running_stats)


def _watch(turns: Sequence[_Turns], acting: _Turns | None) -> None:
    """Let only the acting player's batch-norm statistics move; the others' stand still."""
    for turn in turns:
        for norm in turn.norms:
            norm.track_running_stats = acting is not None and any(norm is m for m in acting.norms)


def _weight(phase: Phase, state: TrainingState) -> float:
    """Return how far averages move; early on they forget faster, not to keep the start."""
    if not all(average.n_averaged for average in state.averages.values()):
        return 1.0
    n = state.iteration
    return 1 - min(phase.ema_decay, (1 + n) / (10 + n))


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, weight: float | Tensor) -> None:
    """Move weights and statistics of an average; a weight on the device is read by a graph."""
    averaged = chain(average.parameters(), average.buffers())
    pairs = [*zip(averaged, chain(network.parameters(), network.buffers()))]
    numbers = [pair for pair in pairs if pair[0].is_floating_point()]
    values, aims = ([pair[i] for pair in numbers] for i in range(2))
    if isinstance(weight, Tensor):
        way = torch._foreach_sub(aims, values)
        torch._foreach_mul_(way, weight)
        torch._foreach_add_(values, way)
    else:
        torch._foreach_lerp_(values, aims, weight)
    for value, aim in pairs:
        if not value.is_floating_point():
            value.copy_(aim)


def _can_fuse(networks: Any) -> bool:
    devices = {p.device.type for network in networks for p in network.parameters()}
    return devices <= {"cpu", "cuda", "mps"}
