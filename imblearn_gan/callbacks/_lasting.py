"""Trainings that are stopped, and go on."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from typing import Any, ClassVar

from imblearn_gan.callbacks._base import Callback, TrainingState


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


class WarmStart(Callback):
    """Let a second call go on from where the first one has ended.

    Networks, averages, optimizers and random numbers are those that were left, ``max_iter`` more
    iterations are made, and what comes before the main phase, such as the autoencoder's
    pre-training, is not done again. On a CPU two calls of 500 iterations give the networks of one
    of 1000, unless the method has a schedule (GAMO, DOS) or plays several games one after the
    other (``GANOversampler``). This is scikit-learn's ``warm_start``, as a callback: it must be
    there from the first call on, which then keeps all networks and optimizers. They make
    the object, and the file of ``save``, several times as large. A loaded object goes on, too, if
    it was trained with a WarmStart.

    Attributes
    ----------
    may_change : tuple of str
        The parameters that may have other values in the second call.

    Raises
    ------
    ValueError
        Before training, if another parameter was changed, X has other columns, dtypes or shapes,
        y has other classes, or rows of other classes are to be generated. What is refused is
        named, and the object is as it was.

    Notes
    -----
    X may hold other rows: they are encoded by the ranges and categories of the first call. A
    category that was not there is unknown, and values of generated rows keep to the first range.
    GAMO has weights for each row: it goes on with the same ones. What comes after the main phase,
    such as the classifier of ``reject``, goes on, too.

    The rows that ``fit_resample`` adds continue the object's own stream, as ``sample`` does.
    An integer ``random_state`` says where the first call begins. A call without a WarmStart, or
    with a clone, trains anew.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> from imblearn_gan.callbacks import WarmStart
    >>> X, y = make_classification(n_samples=60, weights=[0.8], random_state=0)
    >>> sampler = CGANOversampler(max_iter=20, random_state=0, callbacks=[WarmStart()])
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> X_res, y_res = sampler.set_params(max_iter=10).fit_resample(X, y)
    >>> sampler.n_iter_
    30
    """

    may_change: ClassVar[tuple[str, ...]] = (
        *("max_iter", "batch_size", "learning_rate", "random_state"),
        *("sampling_strategy", "replay", "replay_augmentation"),
    )


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
