"""Trainings that go on where they were stopped: what is stored of them, and put back."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from imblearn_gan._version import __version__
from imblearn_gan.callbacks import Callback, Checkpoint, TrainingState
from imblearn_gan.storage import Reader, Unwritable, Writer, read, write
from imblearn_gan.training.keepers import Continuation, Keeper, on_cpu, restore
from imblearn_gan.training.ranks import Ranks
from imblearn_gan.training.runtime import generators_of

if TYPE_CHECKING:
    from imblearn_gan.training.engine import Engine, Phase

_KIND = "checkpoint"


class CheckpointKeeper(Keeper):
    """Stores a training in a folder, phase by phase, and puts it back.

    A phase that is over has a file of its own, with its networks; the one that runs has one with
    all that it needs to go on. Phases are told apart by their number.

    Parameters
    ----------
    checkpoint : Checkpoint
        Where, and how often.

    subject : dict of str to str
        What the training is of: only one of the same goes on.

    device : torch.device
        Whose random numbers it draws, besides those of the CPU.

    continuation : Continuation or None, default=None
        What more of the training starts from: it is stored, too.

    ranks : Ranks or None, default=None
        The processes that train together: the first one alone reads and writes. None is one.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        subject: Mapping[str, str],
        device: torch.device,
        continuation: Continuation | None = None,
        ranks: Ranks | None = None,
    ):
        if not isinstance(checkpoint.folder, (str, os.PathLike)):
            raise ValueError(f"folder must be a path, of a folder. Got {checkpoint.folder!r}.")
        if Path(checkpoint.folder).exists() and not Path(checkpoint.folder).is_dir():
            raise ValueError(
                f"folder must be the path of a folder, but {str(checkpoint.folder)!r} is a file."
            )
        self.folder, self.every = Path(checkpoint.folder), checkpoint.every
        self.subject, self._device = dict(subject), device
        self._continuation = continuation
        self._ranks = Ranks(device) if ranks is None else ranks
        self._n_phases = self._saved_at = 0
        self._running: tuple[Phase, Sequence[Any]] | None = None
        if self._ranks.rank == 0:
            for part in self.folder.glob(".*.part"):  # of a write that was killed
                part.unlink(missing_ok=True)

    def skip(self, phase: Phase, engine: Engine) -> bool:
        """Put back a phase that is over; return whether it is."""
        self._n_phases += 1
        content = self._read(self._path_of_phase)
        if content is None:
            return False
        self._check_phase(content, phase, self._path_of_phase)
        self._put_back(content, phase, engine)
        for network in phase.networks.values():
            network.eval()
        if self._continuation is not None:
            self._continuation.phases.append(content["left"])
        return True

    def go_on(
        self, phase: Phase, turns: Sequence[Any], state: TrainingState, engine: Engine
    ) -> None:
        """Put back what is stored of a phase that begins, if it had begun before."""
        self._running = phase, turns
        content = self._read(self._path)
        if content is not None and content["phase"] == [self._n_phases, phase.name]:
            self._put_back(content, phase, engine)
            for name, average in state.averages.items():
                average.load_state_dict(content["averages"][name])
            for turn, stored in zip(turns, content["optimizers"]):
                restore(turn.optimizer, stored)
            phase.memory.update(
                {name: value.to(self._device) for name, value in content["memory"].items()}
            )
            if "losses" in content:  # earlier versions have not stored them
                losses = content["losses"][self._ranks.rank]
                state.losses = {name: value.to(self._device) for name, value in losses.items()}
            state.iteration, state.stopped = content["iteration"], content["stopped"]
        self._saved_at = state.iteration

    def record(self, state: TrainingState, engine: Engine) -> None:
        """Store the phase that runs, if it is time to."""
        if self._running is None or state.iteration - self._saved_at < self.every:
            return
        phase, turns = self._running
        more = {
            "iteration": state.iteration,
            "stopped": state.stopped,
            "averages": {name: dict(a.state_dict()) for name, a in state.averages.items()},
            "optimizers": [turn.optimizer.state_dict() for turn in turns],
            "memory": dict(phase.memory),
            "losses": self._ranks.all(on_cpu(state.losses)),
        }
        self._write(self._path, self._content(phase, engine) | more)
        self._saved_at = state.iteration

    def end(self, phase: Phase, engine: Engine) -> None:
        """Store a phase that is over."""
        more = {} if self._continuation is None else {"left": self._continuation.phases[-1]}
        self._write(self._path_of_phase, self._content(phase, engine) | more)
        if self._ranks.rank == 0 and self._path_of_phase.exists():
            self._path.unlink(missing_ok=True)
        self._running = None

    # files ----------------------------------------------------------------------------------------

    @property
    def _path(self) -> Path:
        return self.folder / "running.safetensors"

    @property
    def _path_of_phase(self) -> Path:
        return self.folder / f"phase_{self._n_phases}.safetensors"

    def _content(self, phase: Phase, engine: Engine) -> dict[str, Any]:
        states = [generator.get_state() for generator in generators_of(self._device)]
        first, *others = self._ranks.all(states)
        return {
            "subject": self.subject,
            "phase": [self._n_phases, phase.name],
            "history": engine.history,
            "n_iter": engine.n_iter,
            "networks": {name: dict(n.state_dict()) for name, n in phase.networks.items()},
            "generators": first,
            **({"generators of other ranks": others} if others else {}),
            "callbacks": [[type(c).__name__, c.state_dict()] for c in engine.callbacks],
        }

    def _write(self, path: Path, content: dict) -> None:
        if self._ranks.rank:
            return
        writer = Writer({})
        try:
            written = writer.write(content)
            self.folder.mkdir(parents=True, exist_ok=True)
            write(path, _KIND, written, writer.arrays, __version__)
        except (OSError, Unwritable) as error:  # a training is worth more than its copy
            warnings.warn(
                f"Checkpoint could not write {path}: {error}. The training goes on, and the last "
                "checkpoint is as it was.",
                stacklevel=2,
            )

    def _read(self, path: Path) -> dict | None:
        return self._ranks.by_first(lambda: self._found(path))

    def _found(self, path: Path) -> dict | None:
        if not path.exists():
            return None
        written, arrays = read(path, _KIND, __version__)
        content = Reader({}, arrays).read(written)
        stored = content["subject"]
        both = {**self.subject, **stored}
        names = [name for name in both if self.subject.get(name) != stored.get(name)]
        if names:
            raise ValueError(
                f"Checkpoint's folder {str(self.folder)!r} holds another training. What differs: "
                f"{', '.join(names)}. Give this training a folder of its own, "
                "or set back what differs."
            )
        return content

    def _check_phase(self, content: dict, phase: Phase, path: Path) -> None:
        if content["phase"][1] != phase.name:
            raise ValueError(
                f"{path} holds the phase {content['phase'][1]!r}, but the training has come to "
                f"{phase.name!r}: it was written by another version. Give it a folder of its own."
            )

    def _put_back(self, content: dict, phase: Phase, engine: Engine) -> None:
        for name, network in phase.networks.items():
            network.load_state_dict(content["networks"][name])
        engine.history[:] = content["history"]
        engine.n_iter.clear()
        engine.n_iter.update(content["n_iter"])
        _put_back_callbacks(engine.callbacks, content["callbacks"])
        states = [content["generators"], *content.get("generators of other ranks", [])]
        for generator, stored in zip(generators_of(self._device), states[self._ranks.rank]):
            generator.set_state(stored)


def _put_back_callbacks(callbacks: Sequence[Callback], stored: Sequence[Sequence]) -> None:
    """Give each callback the state of the one of its class, in their order."""
    left = list(stored)
    for callback in callbacks:
        for i, (name, state) in enumerate(left):
            if name == type(callback).__name__:
                callback.load_state_dict(state)
                del left[i]
                break
