"""What callbacks hear of a training, and what they see of it."""

from __future__ import annotations

import copy
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
