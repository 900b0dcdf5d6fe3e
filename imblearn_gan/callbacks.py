"""What can happen while a sampler trains: progress, early stopping, and what users add."""

from __future__ import annotations

import copy
import os
import signal
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from torch import nn


class TrainingState:
    """What a callback sees of the training.

    Attributes
    ----------
    phase : str
        Name of the running phase.

    iteration : int
        Iterations of this phase done so far.

    max_iter : int
        Iterations this phase has at most.

    history : list of dict
        All records so far; the last one is the newest.

    networks : dict of str to Module
        The networks that the phase trains, by name, for example ``'generator'``.

    averages : dict of str to Module
        Moving averages of those that have one, by the same names.

    is_main : bool
        Whether the phase is the one that ``max_iter`` counts, or one of several of its name.
    """

    def __init__(
        self,
        phase: str,
        max_iter: int,
        history: list[dict[str, Any]],
        networks: dict[str, nn.Module],
        sample: Callable[[TrainingState, Mapping, Any], tuple[Any, Any]] | None = None,
        is_main: bool = False,
    ):
        self.phase = phase
        self.max_iter = max_iter
        self.history = history
        self.iteration = 0
        self.stopped = False
        self.networks = networks
        self.averages: dict[str, Any] = {}
        self._sample = sample
        self.is_main = is_main

    def stop_phase(self) -> None:
        """End the running phase after this iteration; the next phase, if any, follows."""
        self.stopped = True

    def snapshot(self) -> list[dict[str, dict[str, Any]]]:
        """Copy the state of all networks in the phase, averages included."""
        return [
            {name: copy.deepcopy(network.state_dict()) for name, network in networks.items()}
            for networks in (self.networks, self.averages)
        ]

    def restore(self, snapshot: list[dict[str, dict[str, Any]]]) -> None:
        """Put the networks back to a snapshot of the same phase."""
        for networks, saved in zip((self.networks, self.averages), snapshot):
            for name, network in networks.items():
                network.load_state_dict(saved[name])

    def sample(self, counts: Mapping, *, random_state: Any = 0) -> tuple[Any, Any]:
        """Draw rows from the generator as it stands; the training does not notice.

        Averages of weights are used where there are some. Rows are not rejected.

        Parameters
        ----------
        counts : dict
            How many rows of which class, ``{label: n}``, as in the sampler's ``sample``.

        random_state : int, RandomState instance or None, default=0
            An integer takes the same noise each time, so that rows can be compared.

        Returns
        -------
        X_new, y_new
            As the sampler's ``sample`` gives them.

        Raises
        ------
        RuntimeError
            If there is nothing to draw from: in classifiers, and before the autoencoder's codes
            or GAMO's features are there.
        """
        if self._sample is None:
            raise RuntimeError("Rows can be drawn while a sampler trains; this is none.")
        return self._sample(self, counts, random_state)


class Callback:
    """Base of callbacks: each method does nothing until a subclass overrides it.

    A callback holds no state of a training from one ``fit`` to the next: what it keeps is set in
    ``on_fit_begin``. ``on_fit_end`` is called whatever happens, also after an error or Ctrl-C.

    Examples
    --------
    >>> from imblearn_gan.callbacks import Callback
    >>> class Collect(Callback):
    ...     def on_fit_begin(self):
    ...         self.phases = []
    ...     def on_phase_begin(self, state):
    ...         self.phases.append(state.phase)
    """

    def on_fit_begin(self) -> None:
        """Act once, before the first phase."""

    def on_phase_begin(self, state: TrainingState) -> None:
        """Act before the first iteration of each phase."""

    def on_log(self, state: TrainingState) -> None:
        """Act after each record that is added to ``state.history``."""

    def on_phase_end(self, state: TrainingState) -> None:
        """Act after the last iteration of a phase, before averages replace weights."""

    def on_fit_end(self) -> None:
        """Act once at the end, whatever happened."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a training that goes on from a :class:`Checkpoint` must know: plain values.

        Returns
        -------
        dict
            Numbers, strings, tensors, arrays, and lists, tuples, sets and dicts of them.
        """
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take what :meth:`state_dict` has given; called after ``on_phase_begin``.

        Parameters
        ----------
        state : dict
            What was given.
        """


def is_phase(phase: str, name: str) -> bool:
    """Tell if a phase has that name, or is one of several: ``'adversarial 3'``, one a class."""
    return phase == name or phase.startswith(f"{name} ")


class EarlyStopping(Callback):
    """Stop a phase when a monitored value no longer improves.

    Parameters
    ----------
    monitor : str
        A key of the records in ``history_``, for example ``'classifier_real'``.

    patience : int, default=10
        Number of records without an improvement after which the phase ends.

    min_delta : float, default=0.0
        An improvement is a change by more than this.

    mode : {'min', 'max'}, default='min'
        Whether small or large values are good.

    restore_best : bool, default=True
        Whether the networks go back to the best record's state when the phase ends.

    phase : str or None, default=None
        The phase it acts on; None for every phase whose records have the key. A vanilla GAN's
        are called ``'adversarial <label>'``, and ``'adversarial'`` means all of them.

    Raises
    ------
    ValueError
        When training starts, if a parameter is out of range; at the first record of ``phase``, or
        of the main phase, if neither it nor an earlier phase has the key ``monitor``.

    Examples
    --------
    >>> from imblearn_gan.callbacks import EarlyStopping
    >>> stopping = EarlyStopping("classifier_real", patience=3)
    """

    def __init__(
        self,
        monitor: str,
        *,
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
        phase: str | None = None,
    ):
        self.monitor = monitor
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.restore_best = restore_best
        self.phase = phase

    def on_fit_begin(self) -> None:
        """Check the parameters."""
        self._best_state: list | None = None
        self._recorded: set[str] = set()
        self._phases: set[str] = set()
        if self.mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max'. Got {self.mode!r}.")
        if self.patience < 1:
            raise ValueError(f"patience must be at least 1. Got {self.patience!r}.")

    def on_phase_begin(self, state: TrainingState) -> None:
        """Forget the phase before."""
        self.best_value_: float | None = None
        self.best_iteration_: int | None = None
        self._best_state = None
        self._waited = 0

    def on_log(self, state: TrainingState) -> None:
        """Compare the newest record with the best."""
        record = state.history[-1]
        self._recorded.update(record)
        self._phases.add(state.phase)
        if self.phase is not None and not is_phase(state.phase, self.phase):
            return
        if self.monitor not in record:
            # a phase after the main one has to be named
            if self.phase is None and (not state.is_main or self.monitor in self._recorded):
                return
            raise ValueError(
                f"EarlyStopping monitors {self.monitor!r}, which phase {state.phase!r} does not "
                f"record. It records {[k for k in record if k not in ('phase', 'iteration')]}. "
                "If a later phase records it, say which (phase)."
            )
        value = record[self.monitor]
        sign = 1 if self.mode == "min" else -1
        if self.best_value_ is None or sign * (self.best_value_ - value) > self.min_delta:
            self.best_value_, self.best_iteration_ = value, state.iteration
            self._waited = 0
            if self.restore_best:
                self._best_state = state.snapshot()
            return
        self._waited += 1
        if self._waited >= self.patience:
            state.stop_phase()

    def on_phase_end(self, state: TrainingState) -> None:
        """Restore the best state."""
        if self._best_state is not None:
            state.restore(self._best_state)
            self._best_state = None

    def state_dict(self) -> dict[str, Any]:
        """Return what was best so far."""
        names = ("best_value_", "best_iteration_", "_best_state", "_waited")
        seen = {"_recorded": self._recorded, "_phases": self._phases}
        return seen | {name: getattr(self, name) for name in names if hasattr(self, name)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what was best."""
        vars(self).update(state)

    def on_fit_end(self) -> None:
        """Let go of the networks' copies; say so if there was nothing to monitor."""
        self._best_state = None
        came = self.phase is None or any(is_phase(phase, self.phase) for phase in self._phases)
        if self._phases and not came:
            warnings.warn(
                f"EarlyStopping has phase={self.phase!r}, but there was no such phase: it did "
                f"nothing. The phases were {sorted(self._phases)}.",
                stacklevel=2,
            )
        elif self._recorded and self.monitor not in self._recorded:
            warnings.warn(
                f"EarlyStopping monitors {self.monitor!r}, which no phase has recorded: it did "
                f"nothing. Recorded were {sorted(self._recorded - {'phase', 'iteration'})}.",
                stacklevel=2,
            )


class ProgressBar(Callback):
    """One progress bar with phase, losses and time left (what ``verbose=1`` shows)."""

    def on_fit_begin(self) -> None:
        """Open the bar."""
        from tqdm.auto import tqdm

        self._bar = tqdm(desc="building networks", leave=True)

    def on_phase_begin(self, state: TrainingState) -> None:
        """Start over with the phase's name and length."""
        self._bar.set_description(state.phase, refresh=False)  # not beside the old length
        self._bar.reset(total=state.max_iter)

    def on_log(self, state: TrainingState) -> None:
        """Show the newest losses."""
        losses = {k: v for k, v in state.history[-1].items() if k not in ("phase", "iteration")}
        self._bar.set_postfix(losses, refresh=False)
        self._bar.update(state.iteration - self._bar.n)

    def on_fit_end(self) -> None:
        """Close the bar."""
        self._bar.close()
        del self._bar


class Checkpoint(Callback):
    """Store a training in a folder, from which the next call goes on.

    After a kill or an error, call ``fit_resample`` again, with the same parameters and data and
    the same folder: phases that are over are put back, and the one that ran goes on. On a CPU the
    rows are, to the bit, those of a training that was never stopped. Files are safetensors, run
    no code, have a checksum, and are moved to their place once they are complete.

    Parameters
    ----------
    folder : path-like
        Where. It is made if it is not there; each training needs one of its own. Nothing in it is
        deleted: once the training is over, the same call gives the same rows at once.

    every : int, default=500
        Store the running phase at the first record after so many iterations. Records are up to
        100 iterations apart. Phases that are over are stored anyway.

    Raises
    ------
    ValueError
        Before training, if a parameter is out of range, the estimator's ``random_state`` is not an
        integer, or the folder holds a training of other data or parameters; the message names them.

    Warns
    -----
    UserWarning
        If a file cannot be written, for example because the disk is full: the training goes on.

    Notes
    -----
    What is compared: the class, all parameters but ``callbacks`` and ``verbose``, the kind of the
    device, the version of torch, the encoded rows, their labels, and how many are to be made. Of
    objects of your own classes, such as a family of networks, only the name of the class.

    Other callbacks are not told of phases that are put back. Those with a state, such as
    :class:`EarlyStopping`, must be there again. A phase that :class:`FinishOnInterrupt` has ended
    is over for good.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.callbacks import Checkpoint
    >>> X, y = make_classification(n_samples=60, weights=[0.8], random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     checkpoint = Checkpoint(folder, every=500)
    ...     sampler = CGANOversampler(max_iter=5, random_state=0, callbacks=[checkpoint])
    ...     X_res, y_res = sampler.fit_resample(X, y)
    """

    def __init__(self, folder: str | os.PathLike, *, every: int = 500):
        self.folder = folder
        self.every = every


class FinishOnInterrupt(Callback):
    """Take Ctrl-C as the end of the running phase: what was trained so far is the result.

    The iteration is finished, the phase ends as if it was over, and the next one follows; a
    warning says so. A second Ctrl-C in the same phase raises a KeyboardInterrupt as usual. Without
    this callback the first one does, and the object is what it was before.

    Only the main thread hears of Ctrl-C: elsewhere this callback does nothing.

    Warns
    -----
    UserWarning
        When a phase was ended.

    Examples
    --------
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.callbacks import FinishOnInterrupt
    >>> sampler = CGANOversampler(callbacks=[FinishOnInterrupt()])
    """

    def on_fit_begin(self) -> None:
        """Listen to Ctrl-C."""
        self._state: TrainingState | None = None
        self._heard = False
        self._before: Any = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)

    def _hear(self, *_: Any) -> None:
        if self._state is None or self._heard:
            raise KeyboardInterrupt
        self._heard = True
        self._state.stop_phase()

    def on_phase_begin(self, state: TrainingState) -> None:
        """Listen for this phase."""
        self._state, self._heard = state, False

    def on_phase_end(self, state: TrainingState) -> None:
        """Say that the phase was ended."""
        if self._heard:
            warnings.warn(
                f"Ctrl-C has ended the phase {state.phase!r} after {state.iteration} of "
                f"{state.max_iter} iterations. What was trained so far is used.",
                stacklevel=2,
            )
        self._state = None

    def on_fit_end(self) -> None:
        """Listen no more."""
        self._state = None
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
