"""The way from ``fit_resample(X, y)`` to the balanced set, shared by every method."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils._validation import ArraysTransformer
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import (
    _check_feature_names,
    check_consistent_length,
    check_is_fitted,
)
from torch import Tensor, nn

from imblearn_gan._training import (
    Engine,
    Phase,
    Player,
    TrainingData,
    autocast,
    in_chunks,
    resolve_device,
    resolve_precision,
    torch_scope,
)
from imblearn_gan.augmentation import Augmentation
from imblearn_gan.callbacks import Callback, ProgressBar, is_phase
from imblearn_gan.data import DataCodec, DataSpec, LabelCodec, to_native
from imblearn_gan.losses import softmax_loss
from imblearn_gan.networks import (
    FAMILIES,
    Family,
    resolve_family,
    with_spectral_norm,
    without_parametrizations,
)

_MAX_SEED = np.iinfo(np.int32).max

# the classifier that rejects generated rows, and how often a row is drawn again
_JUDGE, _JUDGE_ITER, _JUDGE_BATCH, _JUDGE_RATE = "judge", 500, 64, 1e-3
_MAX_REDRAWS = 9


#: What ``_parameter_constraints`` has of a game with a discriminator.
GAME_CONSTRAINTS: dict = {
    "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither"), None],
    "spectral_norm": ["boolean"],
    "augmentation": [str, list, tuple, dict, None],
    "balance": [StrOptions({"batches"}), None],
    "ema_decay": [Interval(Real, 0, 1, closed="left")],
}


def _deal(rows: np.ndarray, size: int, stream: np.random.RandomState) -> np.ndarray:
    """``size`` of the rows, each as often as the others, give or take one."""
    rounds = [stream.permutation(rows) for _ in range(-(-size // len(rows)))]
    return np.concatenate([rows[:0], *rounds])[:size]


class AdversarialEstimator(BaseEstimator):
    """What every estimator that plays a game shares: checks, seeds, devices, the engine.

    A method gives its networks (:meth:`_build_networks`), its game (:meth:`_phases`) and the
    names of the networks to keep (``_kept_networks``). It calls no optimizer and no
    ``backward``, and moves nothing between devices.
    """

    #: The fewest real rows of a class that the method can learn from.
    _min_class_size: ClassVar[int] = 1
    #: The phase whose iterations ``max_iter`` and ``n_iter_`` count.
    _main_phase: ClassVar[str] = "adversarial"
    #: Networks that a fitted object needs; the others are dropped after training.
    _kept_networks: ClassVar[tuple[str, ...]] = ()
    #: What the names that ``architecture`` takes stand for.
    _families: ClassVar[Mapping[str, Callable[[], Family]]] = FAMILIES

    _parameter_constraints: dict = {
        "random_state": ["random_state"],
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "architecture": [
            StrOptions({"auto", "mlp", "conv"}),
            HasMethods(["encoder", "decoder"]),
        ],
        "image_shape": [tuple, list, None],
        "channels": [StrOptions({"auto", "first", "last"})],
        "categorical_features": [StrOptions({"auto"}), "array-like", None],
        "device": [str, torch.device],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "callbacks": [list, tuple, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        random_state=None,
        latent_dim=100,
        max_iter=1000,
        batch_size=64,
        learning_rate=2e-4,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
    ):
        self.random_state = random_state
        self.latent_dim = latent_dim
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.architecture = architecture
        self.image_shape = image_shape
        self.channels = channels
        self.categorical_features = categorical_features
        self.device = device
        self.precision = precision
        self.callbacks = callbacks
        self.verbose = verbose

    # What a method gives ----------------------------------------------------------------------

    @abstractmethod
    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        """All networks of the game, by name; called inside the seed scope."""

    @abstractmethod
    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        """The phases of the game, one after the other.

        A generator: what stands between two ``yield`` runs when the phase before is over.
        """

    # What the base does -----------------------------------------------------------------------

    def _new_seed(self) -> int:
        return int(check_random_state(self.random_state).randint(_MAX_SEED))

    def _forget(self) -> None:
        """Drop what an earlier fit left, so that an interrupted one leaves nothing half done."""
        for name in [n for n in vars(self) if n.endswith("_") and not n.startswith("_")]:
            delattr(self, name)

    def _read(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        """X in its native form and class codes; every check before training."""
        self._check_settings()
        X, label_codec = to_native(X), LabelCodec()
        y = label_codec.fit_encode(y)
        check_consistent_length(X, y)
        codec = DataCodec(self.image_shape, self.channels, self.categorical_features).fit(X)
        _check_feature_names(self, X, reset=True)
        self.n_features_in_ = int(np.prod(X.shape[1:]))
        counts = np.bincount(y)
        self._family(codec.spec(counts.tolist()))
        self._augmentation(codec.spec(counts.tolist()))
        if len(counts) > 1 and counts.min() < self._min_class_size:
            small = label_codec.classes_[counts < self._min_class_size].tolist()
            raise ValueError(
                f"{type(self).__name__} needs at least {self._min_class_size} rows of each class. "
                f"Classes {small[:5]} have fewer: leave them out, or gather more rows."
            )
        self.codec_, self.label_codec_, self.classes_ = codec, label_codec, label_codec.classes_
        return X, y

    def _check_settings(self) -> None:
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
        for callback in self.callbacks or ():
            if not isinstance(callback, Callback):
                raise ValueError(
                    "callbacks must hold instances of imblearn_gan.callbacks.Callback. Got "
                    f"{callback!r}."
                )

    def _family(self, spec: DataSpec) -> Family:
        """The family of networks that ``architecture`` stands for."""
        return resolve_family(self.architecture, spec, self._families)

    def _augmentation(self, spec: DataSpec) -> Augmentation:
        """What a discriminator sees of rows: games call it on real and generated ones."""
        return Augmentation(getattr(self, "augmentation", None), spec)

    @property
    def _discriminator_rate(self) -> float:
        own = getattr(self, "discriminator_learning_rate", None)
        return self.learning_rate if own is None else own

    def _all_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = self._build_networks(spec, n_to_make)
        if getattr(self, "spectral_norm", False) and "discriminator" in networks:
            with_spectral_norm(networks["discriminator"])
        return networks

    def _all_phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from self._phases(networks, data)

    def _train(
        self, encoded: np.ndarray, codes: np.ndarray, spec: DataSpec, n_to_make: Sequence[int]
    ) -> None:
        """Build the networks, play the game, and keep what is needed, on the CPU."""
        device = resolve_device(self.device)
        seed = self._new_seed()
        callbacks = [*(self.callbacks or ()), *([ProgressBar()] if self.verbose else [])]
        dtype = resolve_precision(self.precision, device, spec.is_image)
        layout = torch.preserve_format
        if spec.is_image and dtype == torch.bfloat16:
            layout = torch.channels_last
        engine = Engine(callbacks, partial(autocast, device, dtype))
        with torch_scope(seed, device), engine.session():
            networks = self._all_networks(spec, n_to_make)
            networks.to(device, memory_format=layout)  # type: ignore[call-overload]
            x = torch.from_numpy(encoded).to(device, memory_format=layout)
            y = torch.from_numpy(codes).to(device)
            data = TrainingData(x, y, spec, n_to_make)
            for phase in self._all_phases(networks, data):
                engine.run(phase)
        kept = nn.ModuleDict(
            {name: networks[name] for name in (*self._kept_networks, _JUDGE) if name in networks}
        )
        without_parametrizations(kept)
        self.networks_ = kept.cpu().eval().requires_grad_(False)
        self.history_ = engine.history
        self.n_iter_ = sum(
            n for phase, n in engine.n_iter.items() if is_phase(phase, self._main_phase)
        )
        self._seed = seed


class BaseGANOversampler(AdversarialEstimator, BaseOverSampler):
    """Base of all samplers.

    A method subclasses it in one file and gives:

    - ``_build_networks(spec, n_to_make)``: its networks, in a ``torch.nn.ModuleDict``;
    - ``_phases(networks, data)``: its game, as phases of players;
    - ``_generate(networks, codes)``: encoded rows of the classes asked for;
    - ``_kept_networks``: the names of the networks that ``_generate`` needs.

    It gets from here: containers, images, categories, labels, devices, seeds, progress,
    callbacks, exact counts, ``sample``, and imbalanced-learn's and scikit-learn's manners.

    Warning: this class should not be used directly. Use derived classes instead.
    """

    _parameter_constraints: dict = {
        "sampling_strategy": BaseOverSampler._parameter_constraints["sampling_strategy"],
        **AdversarialEstimator._parameter_constraints,
        **GAME_CONSTRAINTS,
        "truncation": [Interval(Real, 0, 1, closed="right")],
        "reject": ["boolean"],
        "replay": [Interval(Real, 0, 1, closed="both")],
        "replay_augmentation": GAME_CONSTRAINTS["augmentation"],
    }

    def __init__(
        self,
        *,
        sampling_strategy="auto",
        random_state=None,
        latent_dim=100,
        max_iter=1000,
        batch_size=64,
        learning_rate=2e-4,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation=None,
        balance="batches",
        ema_decay=0.99,
        truncation=1.0,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        reject=False,
        replay=0.0,
        replay_augmentation=None,
    ):
        self.sampling_strategy = sampling_strategy
        self.reject = reject
        self.replay = replay
        self.replay_augmentation = replay_augmentation
        self.discriminator_learning_rate = discriminator_learning_rate
        self.spectral_norm = spectral_norm
        self.augmentation = augmentation
        self.balance = balance
        self.ema_decay = ema_decay
        self.truncation = truncation
        super().__init__(
            random_state=random_state,
            latent_dim=latent_dim,
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
        )

    @abstractmethod
    def _generate(self, networks: nn.ModuleDict, codes: Tensor) -> Tensor:
        """Encoded rows (n_rows, *spec.shape) of the classes in ``codes``, which is sorted.

        Called without gradients, in evaluation mode, with a bounded number of rows.
        """

    def _replay_augmentation(self) -> Augmentation:
        return Augmentation(self.replay_augmentation, self.codec_.spec(()), "replay_augmentation")

    def _check_X_y(self, X, y):
        self._forget()
        native, codes = self._read(X, y)
        self._replay_augmentation()
        self._container = ArraysTransformer(X, y)
        return native, self.classes_[codes], False

    def _fit_resample(self, X, y):
        y = self.label_codec_.encode(y)
        to_add = [int(self.sampling_strategy_.get(label, 0)) for label in self.classes_]
        to_repeat = [int(self.replay * n + 1e-9) for n in to_add]  # 0.29 * 100 is below 29
        to_make = [n - m for n, m in zip(to_add, to_repeat)]
        blocks, codes, sources = [X], [y], [np.arange(len(y))]
        if sum(to_make):
            spec = self.codec_.spec(np.bincount(y).tolist())
            self._train(self.codec_.encode(X), y, spec, to_make)
        else:
            self.history_, self.n_iter_ = [], 0
            self._seed = self._new_seed()
        self._stream = np.random.RandomState(self._seed)
        if sum(to_make):
            rows, made = self._draw(to_make, self._stream)
            blocks.append(rows)
            codes.append(made)
            sources.append(np.full(len(made), -1))
        if sum(to_repeat):
            repeated = np.concatenate(
                [_deal(np.flatnonzero(y == i), n, self._stream) for i, n in enumerate(to_repeat)]
            )
            blocks.extend(self._repeat(X, repeated))
            codes.append(y[repeated])
            sources.append(repeated)
        self.sample_source_ = np.concatenate(sources)
        self.synthetic_mask_ = self.sample_source_ < 0
        return self.codec_.stack(blocks), self.label_codec_.decode(np.concatenate(codes))

    def _repeat(self, X, rows):
        """Blocks of copies of these rows of X, changed by ``replay_augmentation``."""
        change = self._replay_augmentation()
        if not change.names:
            return [_safe_indexing(X, rows)]

        def changed(index):
            encoded = torch.from_numpy(self.codec_.encode(_safe_indexing(X, index.numpy())))
            made = change(encoded)
            for place in self.codec_.spec(()).categorical_slices:
                made[:, place] = encoded[:, place]  # a category is not noisy
            return made

        with torch_scope(int(self._stream.randint(_MAX_SEED)), torch.device("cpu")):
            parts = in_chunks(changed, torch.from_numpy(rows))
            return [self.codec_.decode(part.numpy(), moved=True) for part in parts]

    # Rejection --------------------------------------------------------------------------------

    def _all_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = super()._all_networks(spec, n_to_make)
        if self.reject:
            networks[_JUDGE] = self._family(spec).encoder(spec, spec.n_classes)
        return networks

    def _all_phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from super()._all_phases(networks, data)
        if not self.reject:
            return
        judge = networks[_JUDGE]

        def losses(batch) -> dict[str, Tensor]:
            return {"real": softmax_loss(judge(batch.x), batch.y)}

        def draw():
            return data.draw(_JUDGE_BATCH, balanced=True)

        player = Player(_JUDGE, [judge], losses, draw, _JUDGE_RATE)
        yield Phase(_JUDGE, [player], _JUDGE_ITER, ema_decay=0.99, lr_decay=True)

    def _generate_checked(
        self, networks: nn.ModuleDict, codes: Tensor, refused: list[Tensor]
    ) -> Tensor:
        """Generated rows; with ``reject`` the most plausible of a few draws for each.

        How many look like another class all the same is added to ``refused``.
        """
        rows = self._generate(networks, codes).float()
        if not self.reject:
            return rows

        def plausibility(rows: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
            given = self.codec_.encode(self.codec_.decode(rows.cpu().numpy()))
            outputs = networks[_JUDGE](torch.from_numpy(given).to(rows.device)).softmax(dim=1)
            return outputs.gather(1, codes[:, None])[:, 0], outputs.argmax(dim=1) == codes

        best, accepted = plausibility(rows, codes)
        for _ in range(_MAX_REDRAWS):
            again = (~accepted).nonzero()[:, 0]
            if not len(again):
                break
            drawn = self._generate(networks, codes[again]).float()
            p, fits = plausibility(drawn, codes[again])
            better = fits | (p > best[again])
            rows[again[better]] = drawn[better]
            best[again[better]] = p[better]
            accepted[again] = fits
        refused.append((~accepted).sum())
        return rows

    def _draw(self, n_by_class: Sequence[int], stream: np.random.RandomState) -> tuple:
        """Rows in native form and their class codes, ordered by class."""
        try:
            device = resolve_device(self.device)
        except ValueError:  # trained on a device that this machine does not have
            device = torch.device("cpu")
        codes = np.repeat(np.arange(len(n_by_class)), n_by_class)
        refused: list[Tensor] = []
        try:
            networks = self.networks_.to(device)
            with torch_scope(int(stream.randint(_MAX_SEED)), device):
                chunks = in_chunks(
                    lambda chunk: self._generate_checked(networks, chunk, refused),
                    torch.from_numpy(codes).to(device),
                )
                blocks = [self.codec_.decode(chunk.cpu().numpy()) for chunk in chunks]
        finally:
            self.networks_.cpu()
        n_implausible = sum(map(int, refused))
        if n_implausible:
            warnings.warn(
                f"{n_implausible} of {len(codes)} generated rows still look like another class "
                f"after {1 + _MAX_REDRAWS} draws; the most plausible were taken. Train longer "
                "(max_iter), or let real rows be repeated in their place (replay).",
                stacklevel=4,
            )
        return self.codec_.stack(blocks), codes

    def _check_trained(self) -> None:
        check_is_fitted(
            self,
            "networks_",
            msg=(
                "This %(name)s instance has no trained generator: call fit_resample first, on "
                "data that are not balanced and with replay below 1."
            ),
        )

    def sample(self, counts, *, random_state=None):
        """Draw more generated rows without training again.

        Parameters
        ----------
        counts : dict
            How many rows of which class, ``{label: n}``, as in ``sampling_strategy_``.

        random_state : int, RandomState instance or None, default=None
            With None, each call continues the sampler's own stream: calls give different
            rows, and with an integer ``random_state`` of the sampler the same sequence of
            calls gives the same rows in every run.

        Returns
        -------
        X_new : {array-like, dataframe, sparse matrix} of shape (n_new, ...)
            Generated rows, ordered by class, in the container and with the dtypes that
            ``fit_resample`` got.

        y_new : array-like of shape (n_new,)
            Their labels.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit_resample``, or if the data were balanced, so that nothing was trained.

        ValueError
            If a label is unknown or was not oversampled, a count is negative, or ``reject`` was
            set on a sampler that was trained without it.
        """
        self._check_trained()
        self._validate_params()
        if self.reject and _JUDGE not in self.networks_:
            raise ValueError(
                "reject=True was set after training, but the classifier that judges rows is "
                "trained by fit_resample: call it again."
            )
        if not isinstance(counts, Mapping) or not counts:
            raise ValueError(f"counts must be a dict {{label: number of rows}}. Got {counts!r}.")
        n_by_class = [0] * len(self.classes_)
        for label, n in counts.items():
            if not isinstance(n, Integral) or int(n) < 0:
                raise ValueError(f"counts[{label!r}] must be an integer >= 0. Got {n!r}.")
            found = np.flatnonzero(self.classes_ == label)
            known = len(found) and (
                self.sampling_strategy_.get(self.classes_[found[0]], 0) or not n
            )
            if not known:
                made = [k for k in self.classes_.tolist() if self.sampling_strategy_.get(k)]
                raise ValueError(
                    f"counts asks for the class {label!r}, but only the classes that were "
                    f"oversampled can be drawn: {made}."
                )
            n_by_class[found[0]] = int(n)
        if not sum(n_by_class):
            raise ValueError(f"counts must ask for at least one row. Got {counts!r}.")
        stream = self._stream if random_state is None else check_random_state(random_state)
        rows, y = self._draw(n_by_class, stream)
        return self._container.transform(rows, self.label_codec_.decode(y))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


#: Text for parameters that every estimator shares, for ``imblearn.utils.Substitution``.
SHARED_PARAMETERS = {
    "sampling_strategy": BaseOverSampler._sampling_strategy_docstring,
    "random_state": """random_state : int, RandomState instance or None, default=None
        With an integer every call on a CPU gives the same rows. None draws a seed from NumPy's
        global generator, as scikit-learn does.""",
    "latent_dim": """latent_dim : int, default=100
        Size of the code that the generator starts from.""",
    "batch_size": """batch_size : int, default=64
        Rows in a batch, at least 2. Batches are drawn with replacement, so it may exceed the
        number of rows.""",
    "architecture": """architecture : {'auto', 'mlp', 'conv'} or object, default='auto'
        The family of networks: dense, convolutional, or ``'auto'`` for convolutional on images
        and dense on tables. An object with the methods ``encoder(spec, n_out)`` and
        ``decoder(spec, n_in)`` brings its own, see :class:`~imblearn_gan.networks.Family`.""",
    "image_shape": """image_shape : tuple of int or None, default=None
        For images given as flattened rows: ``(H, W)``, ``(C, H, W)`` or ``(H, W, C)``. None
        takes two-dimensional data as tables. Arrays of three or four dimensions are images
        anyway.""",
    "channels": """channels : {'auto', 'first', 'last'}, default='auto'
        Which axis of an image is the channels. ``'auto'`` takes the first or last axis,
        whichever has 1, 3 or 4 entries, and refuses to guess when both or neither have.""",
    "categorical_features": """categorical_features : 'auto', array-like or None, default='auto'
        Columns whose values are categories: indices, names, or a boolean mask. ``'auto'``
        takes strings and pandas categories; None refuses them. Generated rows hold only
        categories that were seen.""",
    "device": """device : str or torch.device, default='auto'
        ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ``'mps'``, or ``'auto'`` for the fastest there is.
        Fitted networks rest on the CPU: they pickle and load on any machine.""",
    "precision": """precision : {'auto', 'float32', 'bfloat16'}, default='auto'
        What matrix products and convolutions are computed in while training; weights, losses
        and generated rows are float32 anyway. ``'auto'`` is bfloat16 for images where the
        hardware has it, which about halves the time of an iteration, else float32.""",
    "callbacks": """callbacks : list of Callback or None, default=None
        See :mod:`imblearn_gan.callbacks`, for example
        :class:`~imblearn_gan.callbacks.EarlyStopping`.""",
    "verbose": """verbose : int, default=0
        1 shows a progress bar with phase, losses and time left.""",
    "balance": """balance : {'batches'} or None, default='batches'
        ``'batches'``: every class is equally likely among the real rows of a batch, and so are
        the labels of generated ones. None draws them as they come.""",
    "ema_decay": """ema_decay : float, default=0.99
        Decay of the moving average of the generator's weights, batch-norm statistics included,
        which replaces them in the end. 0 keeps the last weights.""",
    "discriminator_learning_rate": """discriminator_learning_rate : float or None, default=None
        Step size of the discriminator, where it is not that of the generator: two time scales
        (Heusel et al. 2017). None takes ``learning_rate``.""",
    "spectral_norm": """spectral_norm : bool, default=False
        Whether every layer of the discriminator has spectral norm (Miyato et al. 2018), which
        bounds its slope.""",
    "augmentation": """augmentation : 'auto', list of str, dict or None, default=None
        How real and generated rows are changed, at random, before the discriminator sees them:
        with few real rows it learns them by heart otherwise (Zhao et al. 2020). Of
        ``'translation'``, ``'cutout'``, ``'color'`` and ``'mirror'`` for images and ``'noise'``
        for all; a dict gives their arguments, too. ``'auto'`` is noise for tables and nothing for
        images. See :mod:`imblearn_gan.augmentation`.""",
    "truncation": """truncation : float, default=1.0
        Share, in (0, 1], of the way from the mean code of the class that codes of generated rows
        may go, once training is over. Smaller values give more typical, less varied rows. It can
        be set on a fitted sampler, before ``sample``.""",
    "reject": """reject : bool, default=False
        Whether generated rows that look like another class are drawn again, up to nine times,
        after which the most plausible draw is taken, with a warning. What a row looks like is
        said by a classifier that is trained on the real rows, with balanced batches, inside
        the call.""",
    "replay": """replay : float, default=0.0
        Share of the added rows that are real rows of the class, repeated: 0 adds generated rows
        only, as the papers do, and 1 is random oversampling, without any training. Generated
        rows that outnumber the real ones of a class drown them. See ``replay_augmentation``.""",
    "replay_augmentation": """replay_augmentation : 'auto', list of str, dict or None, default=None
        How repeated rows are changed, at random, so that a classifier cannot learn them by heart.
        Name only what leaves a row in its class: a mirrored shoe is a shoe, a mirrored digit is
        none. Of ``'mirror'``, ``'translation'``, ``'color'`` and ``'cutout'`` for images and
        ``'noise'`` for all; a dict gives their arguments, too:
        ``{"mirror": {}, "translation": {"ratio": 0.07}}`` shifts by up to two of 28 pixels.
        ``'auto'`` is noise for tables and nothing for images; None repeats rows as they are. See
        :mod:`imblearn_gan.augmentation`. It computes in float32; values keep to the range that
        was seen, integers are rounded, categories stay, zeros of sparse rows do not (noise).
        Without ``replay`` it does nothing.""",
}

#: Text for the attributes that every sampler has after ``fit_resample``.
SAMPLER_ATTRIBUTES = """sampling_strategy_ : dict
        How many rows of each class are added.

    synthetic_mask_ : ndarray of shape (n_rows_resampled,), dtype bool
        Which rows of the result are generated: not those that are repeated, even if
        ``replay_augmentation`` changed them. Real rows come first, bit-identical.

    sample_source_ : ndarray of shape (n_rows_resampled,), dtype int
        Which row of X each row of the result is, or was before ``replay_augmentation`` changed
        it; -1 for generated rows. Rows that ``replay`` repeats come last.

    history_ : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses.

    n_iter_ : int
        Generator updates made; 0 if the data were balanced.

    networks_ : torch.nn.ModuleDict
        What draws new rows, on the CPU. Absent if the data were balanced.

    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    n_features_in_ : int
        Number of values in a row (of an image: all pixels of all channels).

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames whose names are all strings."""
