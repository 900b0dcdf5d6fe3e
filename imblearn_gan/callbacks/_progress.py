"""What is shown of a training while it runs."""

from __future__ import annotations

from imblearn_gan.callbacks._base import Callback, TrainingState


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
