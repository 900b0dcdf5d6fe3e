"""The way from ``fit_resample(X, y)`` to the balanced set, shared by every method."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import torch
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan._diagnostics import diagnose, warn_of_collapse
from imblearn_gan._docs import documented
from imblearn_gan._estimator import NetworkEstimator
from imblearn_gan._limits import asked_for, check_counts, requested
from imblearn_gan._more_rows import check_trained, read_rows
from imblearn_gan._rejection import (
    REJECTION,
    build_classifier,
    classifier_phase,
    most_plausible,
    warn_of_refused,
)
from imblearn_gan._replay import add_copies, deal, n_repeated
from imblearn_gan.augmentation import Augmentation
from imblearn_gan.callbacks import TrainingRows, TrainingState
from imblearn_gan.data import DataSpec, RowStack, label_keys, take
from imblearn_gan.seeding import MAX_SEED, stream_of
from imblearn_gan.training import (
    VALUES_AT_ONCE,
    Phase,
    TrainingData,
    in_chunks,
    memory_advice,
    one_at_a_time,
    resolve_device,
    rows_at_once,
    torch_scope,
)

__all__ = ["BaseGANOversampler", "check_trained", "documented"]


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class BaseGANOversampler(NetworkEstimator, BaseOverSampler):
    """Base of all samplers.

    A method subclasses it in one file and gives:

    - ``_build_networks(spec, n_to_make)``: its networks, in a ``torch.nn.ModuleDict``;
    - ``_phases(networks, data)``: its game, as phases of players;
    - ``_generate(networks, y)``: encoded rows of the classes asked for;
    - ``_kept_networks``: the names of the networks that ``_generate`` needs;
    - its own parameters, as fields of a keyword-only dataclass.

    It gets from here: containers, images, categories, labels, devices, seeds, progress,
    callbacks, exact counts, ``sample``, and imbalanced-learn's and scikit-learn's manners.

    Warning: this class should not be used directly. Use derived classes instead.

    Parameters
    ----------
    {data}

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}
    """

    #: Whether rows of the classes that lack none can be made, too.
    _makes_all_classes: ClassVar[bool] = True

    sampling_strategy: Any = "auto"
    reject: bool = False
    replay: float = 0.5
    replay_augmentation: Any = None

    _parameter_constraints: ClassVar[dict] = {
        **BaseOverSampler._parameter_constraints,
        **NetworkEstimator._parameter_constraints,
        "reject": ["boolean"],
        "replay": [Interval(Real, 0, 1, closed="both")],
        "replay_augmentation": [str, list, tuple, dict, None],
    }

    @abstractmethod
    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        """Return encoded rows (n_samples, *spec.shape) of the classes in ``y``, which is sorted.

        Called without gradients, in evaluation mode, with a bounded number of rows.
        """

    # fit_resample -----------------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, **params: Any) -> BaseGANOversampler:
        """Check X and y, and work out ``sampling_strategy_``; nothing is trained.

        It may ask for more rows than memory holds, for the ``out`` of :meth:`fit_resample`.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            Tables or images.

        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, or one-hot columns.

        **params : dict
            Ignored, as by imbalanced-learn's ``fit``.

        Returns
        -------
        self : BaseGANOversampler
            The instance, without what an earlier ``fit_resample`` has trained.
        """
        with self._restored_on_failure():
            _, labels, _ = self._check_X_y(X, y)
            self.sampling_strategy_ = self._n_to_add(labels, in_memory=False)
        return self

    def _n_to_add(self, y: np.ndarray, in_memory: bool) -> Mapping:
        """Return how many rows of each class are added; raise what ``fit_resample`` raises."""
        strategy = self.sampling_strategy
        if callable(strategy):
            strategy = strategy(y)
            if not isinstance(strategy, Mapping):
                raise ValueError(
                    "sampling_strategy is a function that must return a dict {label: number of "
                    f"rows}}. It returned {strategy!r}."
                )
        if isinstance(strategy, Mapping):
            check_counts(strategy, self.n_features_in_ if in_memory else 1)
            strategy = {label: int(n) for label, n in strategy.items()}
        return check_sampling_strategy(strategy, y, self._sampling_type)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: Any, y: Any, *, out: Any = None, **params: Any) -> tuple[Any, Any]:
        """Train, and put generated rows under the real ones.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
            Tables or images. Data frames are those of pandas and polars, and pyarrow's tables.

        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, or one-hot columns.

        out : array-like of shape (n_samples_resampled, ...) or None, default=None
            Where rows are written, some at a time: a memmap, or an array of Zarr or HDF5, for
            more rows than memory holds. :meth:`fit` tells how many will be added, in
            ``sampling_strategy_``. None makes a new container.

        **params : dict
            Passed on to ``_fit_resample``.

        Returns
        -------
        X_res : {array-like, dataframe, sparse matrix} of shape (n_samples_resampled, ...)
            The rows of X, untouched, and those that were added, in the container of X; ``out``
            itself, if it was given.

        y_res : array-like of shape (n_samples_resampled,) or (n_samples_resampled, n_classes)
            Their labels, in the container of y.
        """
        with self._restored_on_failure():
            # not imbalanced-learn's: that knows lists and pandas, and any DataFrame for pandas'
            rows, labels, _ = self._check_X_y(X, y)
            self.sampling_strategy_ = self._n_to_add(labels, in_memory=out is None)
            params |= {} if out is None else {"out": out}
            X_res, y_res = self._fit_resample(rows, labels, **params)
            source = unchanged = self.sample_source_
            if self.replay_augmentation is not None:
                unchanged = np.where(np.arange(len(source)) < len(labels), source, -1)
            _, first = np.unique(labels, return_index=True)
            labelled = np.where(source < 0, first[np.searchsorted(self.classes_, y_res)], source)
            X_res = self._origin.stack(X, X_res, unchanged) if out is None else out
            y_res = take(y, labelled)
            diagnostics = self.diagnostics_
        warn_of_collapse(diagnostics)
        return X_res, y_res

    def _check_X_y(self, X: Any, y: Any) -> tuple[Any, np.ndarray, bool]:
        X, y = self._read(X, y)
        return X, self.classes_[y], False

    @property
    def _encodes(self) -> bool:
        # rows that are repeated as they are need no encoding
        return self.replay < 1 or bool(self.replay_augmentation)

    def _check_spec(self, spec: DataSpec) -> None:
        super()._check_spec(spec)
        self._copies(spec)

    def _without_effect(self, spec: DataSpec) -> dict[str, str]:
        repeats = self.replay or not self.replay_augmentation
        own = {} if repeats else {"replay_augmentation": "replay=0 repeats no rows"}
        return super()._without_effect(spec) | own

    def _copies(self, spec: DataSpec) -> Augmentation:
        """Return how repeated rows are changed."""
        return Augmentation(self.replay_augmentation, spec, "replay_augmentation")

    def _kept(self, labels: np.ndarray) -> np.ndarray | None:
        left_out = asked_for(self.callbacks, "leave_out", labels)
        return np.flatnonzero(~left_out) if left_out.any() else None

    def _added_by_class(self) -> list[int]:
        """Return how many rows the balanced set adds to each of ``classes_``."""
        return [int(self.sampling_strategy_.get(label, 0)) for label in label_keys(self.classes_)]

    def _fit_resample(self, X: Any, y: np.ndarray, out: Any = None) -> tuple[Any, np.ndarray]:
        y = np.searchsorted(self.classes_, y)
        n_to_add = self._added_by_class()
        n_to_repeat = n_repeated(n_to_add, self.replay)
        n_to_make = [n - m for n, m in zip(n_to_add, n_to_repeat)]
        n_new = sum(n_to_add)
        room: Any = None
        if out is not None or (n_new and self._encodes):
            room = RowStack.like(X, len(y) + n_new, out)
        if sum(n_to_make) or self._before is not None:
            self._learn(X, y, n_to_add, n_to_make)
        else:
            self.history_, self.n_iter_ = [], 0
            self._stream = np.random.RandomState(self._new_seed())
        made_y, self.diagnostics_ = y[:0], {}
        if room is not None:
            room.add(X)
        if sum(n_to_make):
            made_y = self._draw(n_to_make, self._stream, room)
            self.diagnostics_ = diagnose(self.codec_, label_keys(self.classes_), X, y, room, made_y)
        copied = deal(y, n_to_repeat, self._stream)
        if room is not None and len(copied):
            spec = self.codec_.spec(np.bincount(y).tolist()) if self._encodes else None
            changes = None if spec is None else self._copies(spec)
            add_copies(room, X, copied, vars(self).get("codec_"), changes, self._stream)
        self.sample_source_ = np.concatenate([np.arange(len(y)), np.full(len(made_y), -1), copied])
        self.synthetic_mask_ = self.sample_source_ < 0
        y_res = np.concatenate([y, made_y, y[copied]])
        X_res = take(X, self.sample_source_) if room is None else room.rows
        return X_res, self.classes_[y_res]

    def _learn(
        self, X: Any, y: np.ndarray, n_to_add: Sequence[int], n_to_make: Sequence[int]
    ) -> None:
        """Train the networks, on all rows but those that callbacks leave or hold out."""
        kept = self._kept(self.classes_[y])
        if kept is not None:
            X, y = _safe_indexing(X, kept), y[kept]
        held = asked_for(self.callbacks, "hold_out", self.classes_[y])
        kept_out = None
        if held.any():
            left_out = np.flatnonzero(held)
            kept_out = _safe_indexing(X, left_out), self.classes_[y[left_out]]
            X, y = _safe_indexing(X, np.flatnonzero(~held)), y[~held]
            counts = np.bincount(y, minlength=len(self.classes_))
            self._check_class_sizes(counts, self.classes_, len(left_out))

        def shown(networks: nn.ModuleDict, device: torch.device) -> TrainingRows:
            added = {k: n for k, n in zip(self.classes_, n_to_add) if n}
            real, sample = (X, self.classes_[y]), self._sampling(networks, device)
            return TrainingRows(real, kept_out, added, self._encoded_rows, sample)

        counts = np.bincount(y, minlength=len(self.classes_)).tolist()
        self._train(self._encoded(X), y, self.codec_.spec(counts), n_to_make, shown)

    def _encoded_rows(self, X: Any) -> np.ndarray:
        return self.codec_.encode(read_rows(self, X))

    # rejection --------------------------------------------------------------------------------

    def _all_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = super()._all_networks(spec, n_to_make)
        if self.reject:
            networks[REJECTION] = build_classifier(self._family(spec), spec)
        return networks

    def _all_phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from super()._all_phases(networks, data)
        if self.reject:
            yield classifier_phase(networks[REJECTION], data)

    def _all_kept(self) -> tuple[str, ...]:
        return (*super()._all_kept(), REJECTION)

    # drawing ----------------------------------------------------------------------------------

    def _draw(self, n_by_class: Sequence[int], stream: np.random.RandomState, room: Any) -> Any:
        """Put generated rows into a :class:`RowStack`; return their class codes, sorted."""
        try:
            device = resolve_device(self.device)
        except ValueError:  # trained on a device that this machine does not have
            device = torch.device("cpu")
        try:
            return self._draw_from(self.networks_.to(device), device, n_by_class, stream, room)
        finally:
            self.networks_.cpu()

    def _draw_from(
        self,
        networks: nn.ModuleDict,
        device: torch.device,
        n_by_class: Sequence[int],
        stream: np.random.RandomState,
        room: Any,
        training: bool = False,
    ) -> np.ndarray:
        """Do what :meth:`_draw` does, with networks on a device."""
        y = np.repeat(np.arange(len(n_by_class)), n_by_class)
        refused: list[Tensor] = []

        def generate(y: Tensor) -> Tensor:
            return self._generate(networks, y).float()

        def drawn(y: Tensor) -> Tensor:
            if training or not self.reject:
                return generate(y)
            rows, n_refused = most_plausible(generate, networks[REJECTION], self.codec_, y)
            refused.append(n_refused)
            return rows

        n_values = self.codec_.spec(()).n_values
        size = rows_at_once(n_values)
        n_decoded = size * max(1, VALUES_AT_ONCE // (size * n_values))
        with torch_scope(int(stream.randint(MAX_SEED)), device):
            for part in torch.from_numpy(y).split(n_decoded):
                chunks = in_chunks(drawn, part.to(device), size)
                encoded = torch.cat([chunk.cpu() for chunk in chunks])
                room.add(self.codec_.decode(encoded.numpy(), part.numpy(), stream))
        warn_of_refused(sum(map(int, refused)), len(y))
        return y

    def _sampling(self, networks: nn.ModuleDict, device: torch.device) -> Any:
        def sample(state: TrainingState, counts: Mapping, random_state: Any) -> tuple[Any, Any]:
            n_by_class, stream = self._n_by_class(counts), stream_of(random_state)
            modes = [(module, module.training) for module in networks.modules()]
            snapshot = state.snapshot()
            try:
                for name, average in state.averages.items():
                    if average.n_averaged:
                        state.networks[name].load_state_dict(average.module.state_dict())
                networks.eval()
                room = self.codec_.new_rows(sum(n_by_class))
                y = self._draw_from(networks, device, n_by_class, stream, room, training=True)
            except KeyError as error:  # what comes later in the game
                raise RuntimeError(
                    f"{type(self).__name__} has nothing to draw rows from yet in the phase "
                    f"{state.phase!r}: {error} is not there."
                ) from error
            finally:
                state.restore(snapshot)
                for module, mode in modes:
                    module.training = mode
            return self._origin.give_back(room.rows), self.label_codec_.decode(y)

        return sample

    def sample(
        self, counts: Mapping, *, random_state: Any = None, out: Any = None
    ) -> tuple[Any, Any]:
        """Draw more generated rows without training again.

        Parameters
        ----------
        counts : dict
            How many rows of which class, ``{label: n}``: of any class, the largest included,
            unless the method makes rows of those alone that lacked some (GAN, GAMO).

        random_state : int, RandomState instance or None, default=None
            With None, each call continues the sampler's own stream: calls give different
            rows, and with an integer ``random_state`` of the sampler the same sequence of
            calls gives the same rows in every run.

        out : array-like of shape (n_samples_new, ...) or None, default=None
            Where rows are written, some at a time: a memmap, or an array of Zarr or HDF5, for
            more rows than memory holds. None makes a new container.

        Returns
        -------
        X_new : {array-like, dataframe, sparse matrix} of shape (n_samples_new, ...)
            Generated rows, ordered by class, in the container and with the dtypes that
            ``fit_resample`` got; ``out`` itself, if it was given.

        y_new : array-like of shape (n_samples_new,)
            Their labels.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit_resample``, or if the data were balanced, so that nothing was trained.

        ValueError
            If a label is unknown, or of a class that was not oversampled and that the method
            makes no rows of (GAN, GAMO), a count is negative or beyond memory, ``reject`` was set
            on a sampler that was trained without it, ``latent_dim`` was changed, or ``out`` is not
            of the shape and dtype of the rows.

        MemoryError
            If memory is not enough; it says what to do.
        """
        with one_at_a_time(), memory_advice():
            check_trained(self)
            self._validate_params()
            if self.reject and REJECTION not in self.networks_:
                raise ValueError(
                    "reject=True was set after training, but the classifier that rejects rows is "
                    "trained by fit_resample: call it again."
                )
            n_by_class = self._n_by_class(counts, out is None)
            room = self.codec_.new_rows(sum(n_by_class), out)
            stream = self._stream if random_state is None else stream_of(random_state)
            y = self.label_codec_.decode(self._draw(n_by_class, stream, room))
            return (self._origin.give_back(room.rows) if out is None else out), y

    def _n_by_class(self, counts: Any, in_memory: bool = True) -> list[int]:
        """Return how many rows of each class ``sample`` is asked for; raise what it raises."""
        makes_all, strategy = self._makes_all_classes, self.sampling_strategy_
        made = np.array([makes_all or bool(strategy.get(k)) for k in self.classes_])
        return requested(counts, self.classes_, made, self.n_features_in_ if in_memory else 1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.allow_nan = True  # in tables, not in images
        return tags
