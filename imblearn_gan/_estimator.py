"""What every estimator that trains networks shares: data, settings, seeds, devices, the engine."""

from __future__ import annotations

import copy
import os
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_feature_names, check_consistent_length
from torch import nn

from imblearn_gan import _auto, _limits, _stored
from imblearn_gan._more_rows import read_more, some_of
from imblearn_gan.callbacks import Checkpoint, ProgressBar, TrainingRows, WarmStart, is_phase
from imblearn_gan.data import (
    DataCodec,
    DataSpec,
    LabelCodec,
    Origin,
    is_frame,
    label_keys,
    to_native,
)
from imblearn_gan.networks import FAMILIES, Family, resolve_family, without_parametrizations
from imblearn_gan.seeding import MAX_SEED, OwnWeights, stream_of
from imblearn_gan.training import (
    CheckpointKeeper,
    Continuation,
    Engine,
    Keeper,
    Phase,
    Ranks,
    TrainingData,
    autocast,
    captures,
    encoded_for,
    joined,
    layout_of,
    meeting,
    memory_advice,
    one_at_a_time,
    placed,
    resolve_device,
    resolve_precision,
    stored_of,
    torch_scope,
)

#: What helps tables against losses that are not finite.
_SCALE = " Or scale extreme columns of X, as sklearn.preprocessing.QuantileTransformer does."


def architecture_options(*names: str) -> list:
    """Return what ``_parameter_constraints`` has of ``architecture``, for names of families."""
    return [StrOptions({"auto", *names}), HasMethods(["encoder", "decoder"])]


@dataclass(kw_only=True, eq=False, repr=False)
class CodecEstimator(BaseEstimator):
    """What estimators share that read tables and images: the codecs of X and y, and checks.

    Parameters are fields: a class lists those that it adds, or whose default it changes.
    """

    #: The fewest real rows of a class that the method can learn from.
    _min_class_size: ClassVar[int] = 1
    #: Networks that a fitted object needs; the others are dropped after training.
    _kept_networks: ClassVar[tuple[str, ...]] = ()

    image_shape: Any = None
    channels: Any = "auto"
    batch_size: int = 64
    random_state: Any = None
    device: Any = "auto"
    verbose: int = 0

    _parameter_constraints: ClassVar[dict] = {
        "image_shape": [tuple, list, None],
        "channels": [StrOptions({"auto", "first", "last"})],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
        "device": [str, torch.device],
        "verbose": ["verbose"],
    }

    def _codec(self) -> DataCodec:
        """Return an empty codec for X."""
        return DataCodec(self.image_shape, self.channels, None)

    def _encoded(self, X: Any) -> Any:
        """Return rows as the training takes them."""
        return self.codec_.encode(X)

    @property
    def _encodes(self) -> bool:
        """Whether rows become tensors; if not, they may hold anything."""
        return True

    def _validate_params(self) -> None:
        super()._validate_params()
        _limits.refuse_booleans(self)

    def _new_seed(self) -> int:
        seed = int(stream_of(self.random_state).randint(MAX_SEED))
        return joined(resolve_device(self.device)).same(seed)

    def _forget(self) -> None:
        """Drop what an earlier fit left, so that an interrupted one leaves nothing half done."""
        for name in [n for n in vars(self) if n.endswith("_") and not n.startswith("_")]:
            delattr(self, name)

    @contextmanager
    def _restored_on_failure(self) -> Iterator[None]:
        """If what is inside fails, let the object be as it was, unless a training was finished.

        Other threads wait.
        """
        with one_at_a_time(), memory_advice(), meeting():
            before = dict(vars(self))
            try:
                yield
            except BaseException:
                if vars(self).get("networks_") in (None, before.get("networks_")):
                    self.__dict__.clear()
                    self.__dict__.update(before)
                raise

    def _read(self, X: Any, labels: Any) -> tuple[Any, np.ndarray]:
        """Return X in its native form and class codes; make every check before training."""
        self._forget()
        self._check_settings()
        self._origin = Origin(X)
        repeated = not self._encodes and is_frame(X)  # a frame of any columns
        X, label_codec = X if repeated else to_native(X), LabelCodec()
        y = label_codec.fit_encode(labels)
        check_consistent_length(X, y)
        codec = None
        if self._encodes:
            kept = self._kept(label_codec.classes_[y])
            codec = self._codec().fit(*some_of(X, y, kept))
            if kept is not None:
                codec.check(X)
        _check_feature_names(self, X, reset=True)
        self.n_features_in_ = int(np.prod(X.shape[1:]))
        if codec is not None:
            self._check_counts(codec, label_codec.classes_, y, kept)
            self.codec_ = codec
        self.label_codec_, self.classes_ = label_codec, label_codec.classes_
        return X, y

    def _kept(self, labels: np.ndarray) -> np.ndarray | None:
        """Return which rows the training looks at; None for all."""
        return None

    def _check_counts(
        self, codec: DataCodec, classes: np.ndarray, y: np.ndarray, kept: np.ndarray | None
    ) -> None:
        """Raise a ValueError for rows, of which some are kept, that are too few to learn from."""
        counts = np.bincount(y if kept is None else y[kept], minlength=len(classes))
        self._check_class_sizes(counts, classes, len(y) - int(counts.sum()))
        self._check_spec(codec.spec(counts.tolist()))

    def _check_class_sizes(self, counts: np.ndarray, classes: np.ndarray, n_out: int = 0) -> None:
        if len(counts) > 1 and counts.min() < self._min_class_size:
            small = label_keys(classes[counts < self._min_class_size])
            raise ValueError(
                f"{type(self).__name__} needs at least {self._min_class_size} rows of each class. "
                f"Classes {small[:5]} have fewer: leave them out, or gather more rows."
                + (f" Callbacks hold out {n_out} rows." if n_out else "")
            )

    def _check_settings(self) -> None:
        """Raise a ValueError for parameters that are wrong whatever the data."""
        resolve_device(self.device)
        shape = self.image_shape
        if shape is not None and not (
            len(shape) in (2, 3)
            and all(isinstance(side, Integral) and int(side) > 0 for side in shape)
        ):
            raise ValueError(
                "image_shape must have two or three positive integers, (H, W), (C, H, W) or "
                f"(H, W, C). Got {shape!r}."
            )

    def _check_spec(self, spec: DataSpec) -> None:
        """Raise a ValueError for parameters that do not fit the data."""

    def save(self, path: str | os.PathLike) -> None:
        """Write the fitted object into a file that runs no code, for :func:`imblearn_gan.load`.

        The file is one of safetensors: the arrays and tensors, and, in its header, the parameters
        and all else as JSON, with a checksum. It is written beside, and moved to its place once
        it is complete. ``callbacks`` are left out.

        Parameters
        ----------
        path : path-like
            The file, for example ``'sampler.safetensors'``. One that is there is replaced.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before it is fitted.

        ValueError
            If a parameter is a function or an object of a class of your own, or the object itself
            is: no file can hold these without running code.

        OSError
            If the file cannot be written. A file that was there is as it was.
        """
        _stored.save(self, path)


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkEstimator(CodecEstimator, metaclass=ABCMeta):
    """What every estimator that plays a game shares: families of networks, and the engine.

    A method gives its networks (:meth:`_build_networks`), its game (:meth:`_phases`) and the
    names of the networks to keep (``_kept_networks``). It calls no optimizer and no
    ``backward``, and moves nothing between devices.
    """

    #: The phase whose iterations ``max_iter`` and ``n_iter_`` count.
    _main_phase: ClassVar[str] = "adversarial"
    #: What the names that ``architecture`` takes stand for.
    _families: ClassVar[Mapping[str, Callable[[], Family]]] = FAMILIES

    #: What ``'auto'`` stands for on images and on tables, by parameter. What is used stands in
    #: an attribute of the same name with an underscore.
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = {
        "batch_size": (64, 64),
        "max_iter": (500, 500),
        "learning_rate": (2e-4, 2e-4),
    }

    categorical_features: Any = "auto"
    encoding: Any = "auto"
    architecture: Any = "auto"
    max_iter: Any = "auto"
    batch_size: Any = "auto"
    learning_rate: Any = "auto"
    callbacks: Any = None

    _parameter_constraints: ClassVar[dict] = {
        **CodecEstimator._parameter_constraints,
        "categorical_features": [StrOptions({"auto"}), "array-like", None],
        "encoding": [StrOptions({"auto", "plain"}), dict],
        "architecture": architecture_options(*FAMILIES),
        "max_iter": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "batch_size": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "callbacks": [list, tuple, None],
    }

    # What a method gives ----------------------------------------------------------------------

    @abstractmethod
    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        """Return all networks of the game, by name; called inside the seed scope."""

    @abstractmethod
    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        """Yield the phases of the game, one after the other.

        What stands between two ``yield`` runs when the phase before is over.
        """

    # What the house does ----------------------------------------------------------------------

    def _codec(self) -> DataCodec:
        return DataCodec(self.image_shape, self.channels, self.categorical_features, self.encoding)

    def _check_settings(self) -> None:
        super()._check_settings()
        _limits.check_callbacks(self.callbacks or (), self.random_state)

    def _check_spec(self, spec: DataSpec) -> None:
        family = self._family(spec)
        self._choose(spec)
        _limits.check_sizes(spec, self.batch_size_, getattr(self, "latent_dim", 1))
        if not isinstance(self.architecture, str):
            _limits.check_family(family, spec)
        _limits.warn_of_idle(self, self._without_effect(spec))

    def _without_effect(self, spec: DataSpec) -> dict[str, str]:
        """Return what was asked for that does nothing in this setting, and why."""
        return {}

    @property
    def _warm(self) -> bool:
        return any(isinstance(callback, WarmStart) for callback in self.callbacks or ())

    @property
    def _before(self) -> dict[str, Any] | None:
        """What an earlier training has left, if the next one goes on from it."""
        return vars(self).get("_training") if self._warm else None

    def _forget(self) -> None:
        super()._forget()
        self.__dict__.pop("_training", None)

    def _read(self, X: Any, labels: Any) -> tuple[Any, np.ndarray]:
        if self._before is None:
            if self._warm and hasattr(self, "networks_"):
                raise ValueError(
                    "WarmStart cannot go on: the earlier training was without one, and has not "
                    "kept what more iterations start from. Train a clone with a WarmStart."
                )
            return super()._read(X, labels)
        self._check_settings()
        origin = Origin(X)
        X, y = read_more(self, X, labels, self._before["parameters"])
        self._check_counts(self.codec_, self.classes_, y, self._kept(self.classes_[y]))
        self._origin = origin
        return X, y

    def _family(self, spec: DataSpec) -> Family:
        """Return the family of networks that ``architecture`` stands for."""
        return resolve_family(self.architecture, spec, self._families)

    def _encoded(self, X: Any) -> Any:
        return encoded_for(resolve_device(self.device), X, self.codec_)

    def _choose(self, spec: DataSpec) -> None:
        """Keep what each ``'auto'`` stands for."""
        for name, chosen in _auto.defaults(spec, self._auto, self.batch_size == "auto").items():
            value = getattr(self, name)
            value = chosen if value == "auto" else value
            # torch takes no integers of NumPy's
            setattr(self, f"{name}_", int(value) if isinstance(value, Integral) else value)

    # Where a sampler adds what is no part of the method.

    def _all_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        return self._build_networks(spec, n_to_make)

    def _all_phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        return self._phases(networks, data)

    def _all_kept(self) -> tuple[str, ...]:
        return self._kept_networks

    def _train(
        self,
        encoded: Any,
        y: np.ndarray,
        spec: DataSpec,
        n_to_make: Sequence[int],
        shown: Callable[[nn.ModuleDict, torch.device], TrainingRows] | None = None,
    ) -> None:
        """Build the networks, play the game, and keep what is needed, on the CPU.

        ``shown`` gives what callbacks see of the rows.
        """
        device = resolve_device(self.device)
        seed = self._new_seed()
        ranks = joined(device)
        callbacks = [*(self.callbacks or ()), *([ProgressBar()] if self.verbose else [])]
        callbacks = [c for c in callbacks if ranks.rank == 0 or not c.first_rank_only]
        dtype = resolve_precision(None, device, spec.is_image)
        layout = layout_of(spec.is_image and self._is_of_this_package, dtype, device)
        kept = any(isinstance(callback, Checkpoint) for callback in callbacks)
        stored = stored_of(encoded) if kept or self._warm or ranks.size > 1 else None
        facts = {"X": stored, "y": y, "number of rows to make": list(n_to_make)}
        facts |= {"device": device.type, "precision": str(dtype)}
        facts |= _stored.agreed(self, ranks, facts)
        before, continuation = self._before, None
        if self._warm:
            made = [label for label, n in zip(label_keys(self.classes_), n_to_make) if n]
            prints = _stored.fingerprint(self, X=stored, y=y)
            of_rows = [prints["X"], prints["y"]]
            continuation = Continuation(device, self._main_phase, made, of_rows, before)
        engine = Engine(
            callbacks,
            partial(autocast, device, dtype),
            self._keepers(device, facts, continuation, ranks),
            ranks,
            main_phase=self._main_phase,
            advice="" if spec.is_image else _SCALE,
            capture=captures(device) and self._is_of_this_package,
        )
        with torch_scope(seed, device), engine.session():
            with OwnWeights():
                networks = self._all_networks(spec, n_to_make)
            networks.to(device, memory_format=layout)  # type: ignore[call-overload]
            x = placed(encoded, device, layout)
            data = TrainingData(x, torch.from_numpy(y).to(device), spec, n_to_make)
            engine.rows = None if shown is None else shown(networks, device)
            if before is not None:
                engine.history += self.history_
            for phase in self._all_phases(networks, data):
                engine.run(phase)
            self._keep(networks, engine, seed)  # also if a callback then fails
            if continuation is not None:
                self._training = continuation.left | {"parameters": _stored.fingerprint(self)}

    @property
    def _is_of_this_package(self) -> bool:
        """Whether game and networks are: those of others may freeze in a graph, and view rows."""
        own = type(self).__module__.startswith("imblearn_gan.")
        return own and isinstance(self.architecture, str)

    def _keepers(
        self,
        device: torch.device,
        facts: dict[str, Any],
        continuation: Continuation | None,
        ranks: Ranks,
    ) -> list[Keeper]:
        """Return what keeps the training: for a WarmStart, and for a Checkpoint."""
        keepers: list[Keeper] = [] if continuation is None else [continuation]
        for callback in self.callbacks or ():
            if isinstance(callback, Checkpoint):
                facts |= {"version of torch": str(torch.__version__)}
                facts |= {"training so far": self._before}
                subject = _stored.fingerprint(self, **facts)
                keepers.append(CheckpointKeeper(callback, subject, device, continuation, ranks))
        return keepers

    def _keep(self, networks: nn.ModuleDict, engine: Engine, seed: int) -> None:
        """Keep what is needed of a finished training, on the CPU."""
        kept = nn.ModuleDict(
            {name: networks[name] for name in self._all_kept() if name in networks}
        )
        without_parametrizations(kept)
        self.history_ = engine.history
        self.n_iter_ = sum(
            n for phase, n in engine.n_iter.items() if is_phase(phase, self._main_phase)
        )
        if self._before is None:
            self._stream = np.random.RandomState(seed)
        else:
            self._stream = copy.deepcopy(vars(self)["_stream"])  # what comes may fail
        if hasattr(self, "latent_dim"):
            self._latent_dim = self.latent_dim
        self.networks_ = kept.cpu().eval().requires_grad_(False)
