"""What callbacks hear of a training, and what they see of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from torch import Tensor, nn


@dataclass(frozen=True)
class TrainingRows:
    """What a sampler shows callbacks of the rows that it trains on.

    Attributes
    ----------
    real : tuple of (rows, ndarray of shape (n_samples,))
        The rows that networks are trained on, and their labels. Frames are those of pandas.

    held_out : tuple of (rows, ndarray of shape (n_samples,)) or None
        Those that :meth:`Callback.hold_out` has kept from the networks.

    n_to_add : dict
        How many rows of which class are to be added, ``{label: n}``, repeated ones included.

    encode : callable
        From rows of the kind that ``fit_resample`` got to what networks see: arrays of float32,
        numbers in [-1, 1], categories one-hot, images (n, channels, height, width).

    sample : callable
        What :meth:`TrainingState.sample` calls.
    """

    real: tuple[Any, np.ndarray]
    held_out: tuple[Any, np.ndarray] | None
    n_to_add: Mapping
    encode: Callable[[Any], np.ndarray]
    sample: Callable[[TrainingState, Mapping, Any], tuple[Any, Any]]


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

    n_steps : dict of str to int
        Updates, of one batch each, that each player makes in one iteration, by its name.
    """

    def __init__(
        self,
        phase: str,
        max_iter: int,
        history: list[dict[str, Any]],
        networks: dict[str, nn.Module],
        rows: TrainingRows | None = None,
        is_main: bool = False,
        n_steps: Mapping[str, int] | None = None,
    ):
        self.phase = phase
        self.max_iter = max_iter
        self.history = history
        self.iteration = 0
        self.stopped = False
        #: Those of each player's last turn: who pauses is recorded all the same.
        self.losses: dict[str, Tensor] = {}
        self.networks = networks
        self.averages: dict[str, Any] = {}
        self._rows = rows
        self.is_main = is_main
        self.n_steps = dict(n_steps or {})

    @property
    def n_batches(self) -> dict[str, int]:
        """Batches that each player has learnt from in this phase, by its name."""
        return {name: n * self.iteration for name, n in self.n_steps.items()}

    @property
    def rows(self) -> TrainingRows:
        """The rows that a sampler trains on; a RuntimeError in classifiers."""
        if self._rows is None:
            raise RuntimeError("Rows are shown, and drawn, while a sampler trains; this is none.")
        return self._rows

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
        return self.rows.sample(self, counts, random_state)


class Callback:
    """Base of callbacks: each method does nothing until a subclass overrides it.

    A callback holds no state of a training from one ``fit`` to the next: what it keeps is set in
    ``on_fit_begin``. ``on_fit_end`` is called whatever happens, also after an error or Ctrl-C.

    Attributes
    ----------
    first_rank_only : bool
        Whether, of several processes that train together (torchrun), the first one alone calls
        it: for what shows or writes something. By default all of them do, and see the same.

    Examples
    --------
    >>> from imblearn_gan.callbacks import Callback
    >>> class Collect(Callback):
    ...     def on_fit_begin(self):
    ...         self.phases = []
    ...     def on_phase_begin(self, state):
    ...         self.phases.append(state.phase)
    """

    first_rank_only: ClassVar[bool] = False

    def leave_out(self, y: np.ndarray) -> np.ndarray | None:
        """Say which rows a sampler's training does without; called before all else.

        They are checked and in the result, and nothing else: not in ``state.rows``, and
        :meth:`hold_out` is asked of the others alone. It is called more than once, and must give
        the same each time.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            The labels of all rows.

        Returns
        -------
        ndarray of shape (n_samples,), dtype bool, or None
            Which rows; None for none.
        """
        return None

    def hold_out(self, y: np.ndarray) -> np.ndarray | None:
        """Say which rows a sampler's networks must not learn from; called before training.

        They are in the result all the same, and in ``state.rows.held_out``. Ranges and categories
        are known from all rows.

        Parameters
        ----------
        y : ndarray of shape (n_samples,)
            The labels of all rows.

        Returns
        -------
        ndarray of shape (n_samples,), dtype bool, or None
            Which rows; None for none. What several callbacks hold out is held out for all.
        """
        return None

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


def check_integer(name: str, value: Any, low: int = 1, high: int | None = None) -> None:
    """Raise a ValueError unless a parameter is an integer between bounds."""
    if (
        not isinstance(value, Integral)
        or isinstance(value, bool)
        or int(value) < low
        or (high is not None and int(value) > high)
    ):
        most = "" if high is None else f" and at most {high}"
        raise ValueError(f"{name} must be an integer, at least {low}{most}. Got {value!r}.")


def check_number(name: str, value: Any) -> None:
    """Raise a ValueError unless a parameter is a finite number."""
    if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(float(value)):
        raise ValueError(f"{name} must be a finite number. Got {value!r}.")


def is_phase(phase: str, name: str) -> bool:
    """Tell if a phase has that name, or is one of several: ``'adversarial 3'``."""
    return phase == name or phase.startswith(f"{name} ")
