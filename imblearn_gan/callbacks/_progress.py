"""What is shown of a training while it runs."""

from __future__ import annotations

import logging
from numbers import Integral
from typing import ClassVar

from imblearn_gan.callbacks._base import Callback, TrainingState


class ProgressBar(Callback):
    """One progress bar with phase, losses and time left (what ``verbose=1`` shows)."""

    first_rank_only: ClassVar[bool] = True

    def on_fit_begin(self) -> None:
        """Open the bar."""
        from tqdm.auto import tqdm

        self._bar = tqdm(desc="building networks", leave=True)

    def on_phase_begin(self, state: TrainingState) -> None:
        """Start over with the phase's name and length."""
        # nothing is shown until all of it is new: not beside the old length, or the old losses
        self._bar.set_description(state.phase, refresh=False)
        self._bar.set_postfix(refresh=False)
        self._bar.reset(total=state.max_iter)

    def on_log(self, state: TrainingState) -> None:
        """Show the newest losses."""
        self._bar.set_postfix(_losses(state), refresh=False)
        self._bar.update(state.iteration - self._bar.n)

    def on_fit_end(self) -> None:
        """Close the bar."""
        self._bar.close()
        del self._bar


class LogEvery(Callback):
    """Log phase, iteration and losses, by Python's ``logging``.

    Parameters
    ----------
    every : int, default=100
        Log the first record after so many iterations, and the last one of each phase. Records are
        up to 100 iterations apart.

    logger : str or logging.Logger, default='imblearn_gan'
        Where to. A library shows nothing by itself: ``logging.basicConfig(level="INFO")`` shows
        it.

    level : int or str, default=logging.INFO
        At which level, a number or a name such as ``"DEBUG"``.

    Raises
    ------
    ValueError
        When training starts, if ``every`` is not a positive integer, or there is no such logger
        or level.

    Examples
    --------
    >>> import logging, sys
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CVAEOversampler
    >>> from imblearn_gan.callbacks import LogEvery
    >>> logger = logging.Logger("example")
    >>> logger.addHandler(logging.StreamHandler(sys.stdout))
    >>> X, y = make_classification(n_samples=60, weights=[0.8], random_state=0)
    >>> sampler = CVAEOversampler(max_iter=40, random_state=0, callbacks=[LogEvery(20, logger)])
    >>> X_res, y_res = sampler.fit_resample(X, y)
    autoencoder 20/40: autoencoder_reconstruction=..., autoencoder_kl=...
    autoencoder 40/40: autoencoder_reconstruction=..., autoencoder_kl=...
    """

    first_rank_only: ClassVar[bool] = True

    def __init__(
        self,
        every: int = 100,
        logger: str | logging.Logger = "imblearn_gan",
        level: int | str = logging.INFO,
    ):
        self.every = every
        self.logger = logger
        self.level = level

    def on_fit_begin(self) -> None:
        """Check the parameters."""
        if not isinstance(self.every, Integral) or self.every < 1:
            raise ValueError(f"every must be an integer >= 1. Got {self.every!r}.")
        if not isinstance(self.logger, (str, logging.Logger, logging.LoggerAdapter)):
            raise ValueError(f"logger must be a name or a logger. Got {self.logger!r}.")
        # of a name it gives the number, of an unknown one a string
        level = logging.getLevelName(self.level) if isinstance(self.level, str) else self.level
        if not isinstance(level, int):
            raise ValueError(
                f"level must be an integer, or a name such as 'INFO'. Got {self.level!r}."
            )
        self._level: int = level

    def on_phase_begin(self, state: TrainingState) -> None:
        """Count from here."""
        self._logged_at = state.iteration

    def on_log(self, state: TrainingState) -> None:
        """Log the newest record, if it is time to."""
        if state.iteration - self._logged_at >= self.every:
            self._log(state)

    def on_phase_end(self, state: TrainingState) -> None:
        """Log the last record, unless it was."""
        if self._logged_at < state.iteration:
            self._log(state)

    def _log(self, state: TrainingState) -> None:
        logger = logging.getLogger(self.logger) if isinstance(self.logger, str) else self.logger
        losses = ", ".join(f"{name}={value:.4g}" for name, value in _losses(state).items())
        logger.log(
            self._level, "%s %d/%d: %s", state.phase, state.iteration, state.max_iter, losses
        )
        self._logged_at = state.iteration

    def state_dict(self) -> dict[str, int]:
        """Return when it logged last."""
        return {"_logged_at": self._logged_at} if hasattr(self, "_logged_at") else {}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from there."""
        vars(self).update(state)


def _losses(state: TrainingState) -> dict[str, float]:
    """Return the newest losses by name."""
    return {k: v for k, v in state.history[-1].items() if k not in ("phase", "iteration")}
