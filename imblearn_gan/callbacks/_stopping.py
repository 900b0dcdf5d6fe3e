"""Phases that end when a recorded value no longer improves."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from imblearn_gan.callbacks._base import (
    Callback,
    TrainingState,
    check_integer,
    check_number,
    is_phase,
)


class KeepsBest(Callback):
    """End a phase when a value no longer improves, and go back to where it was best."""

    patience: int
    min_delta: float
    restore_best: bool

    def on_fit_begin(self) -> None:
        """Check the parameters."""
        self.best_value_: float | None = None
        self.best_iteration_: int | None = None
        self._best_state: list | None = None
        self._check()

    def _check(self) -> None:
        """Raise a ValueError for parameters that are wrong whatever the data."""
        check_integer("patience", self.patience)
        check_number("min_delta", self.min_delta)

    def on_phase_begin(self, state: TrainingState) -> None:
        """Begin anew; what was best is kept until this phase has a value of its own."""
        self._begins = True
        self._best_state = None
        self._waited = 0
        self._warned = False

    def _compare(self, state: TrainingState, value: float, smaller: bool = False) -> None:
        """Compare a value with the best one; stop if that was too long ago."""
        if self._begins:
            self.best_value_, self.best_iteration_, self._begins = None, None, False
        sign = 1 if smaller else -1
        if np.isnan(value):
            self._warn_of_nan(state)
        elif self.best_value_ is None or sign * (self.best_value_ - value) > self.min_delta:
            self.best_value_, self.best_iteration_ = value, state.iteration
            self._waited = 0
            if self.restore_best:
                self._best_state = state.snapshot()
            return
        self._waited += 1
        if self._waited >= self.patience:
            state.stop_phase()

    def _warn_of_nan(self, state: TrainingState) -> None:
        """Say, once a phase, that a value is none."""
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{type(self).__name__}: at iteration {state.iteration} of the phase "
                f"{state.phase!r} the value is NaN, which counts as no improvement.",
                stacklevel=4,
            )

    def on_phase_end(self, state: TrainingState) -> None:
        """Restore the best state."""
        if self._best_state is not None:
            state.restore(self._best_state)
            self._best_state = None

    def state_dict(self) -> dict[str, Any]:
        """Return what was best so far."""
        names = ("best_value_", "best_iteration_", "_begins", "_best_state", "_waited")
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what was best."""
        vars(self).update(state)

    def on_fit_end(self) -> None:
        """Let go of the networks' copies."""
        self._best_state = None


class EarlyStopping(KeepsBest):
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
        have the labels of their classes behind, and ``'adversarial'`` means all of them.

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
        self._recorded: set[str] = set()
        self._phases: set[str] = set()
        super().on_fit_begin()

    def _check(self) -> None:
        super()._check()
        if self.mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max'. Got {self.mode!r}.")
        if not isinstance(self.monitor, str):
            raise ValueError(f"monitor must be a string, a key of records. Got {self.monitor!r}.")
        if not (self.phase is None or isinstance(self.phase, str)):
            raise ValueError(f"phase must be a string or None. Got {self.phase!r}.")

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
            self._recorded = set()  # the error says it all
            raise ValueError(
                f"EarlyStopping monitors {self.monitor!r}, which phase {state.phase!r} does not "
                f"record. It records {[k for k in record if k not in ('phase', 'iteration')]}. "
                "If a later phase records it, say which (phase)."
            )
        self._compare(state, record[self.monitor], smaller=self.mode == "min")

    def state_dict(self) -> dict[str, Any]:
        """Return what was best so far."""
        seen = {"_recorded": self._recorded, "_phases": self._phases}
        return super().state_dict() | seen

    def on_fit_end(self) -> None:
        """Let go of the networks' copies; say so if there was nothing to monitor."""
        super().on_fit_end()
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
