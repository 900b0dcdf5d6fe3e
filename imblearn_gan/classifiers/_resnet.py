"""ResNet-18 as a scikit-learn classifier, trained by skorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from imblearn.utils import Substitution
from sklearn.utils import compute_class_weight
from sklearn.utils._param_validation import Interval, StrOptions
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format
from torch.optim import AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import TensorDataset

from imblearn_gan._training import autocast, resolve_device, resolve_precision, torch_scope
from imblearn_gan.base import SHARED_PARAMETERS, AdversarialEstimator
from imblearn_gan.classifiers._base import GameClassifier
from imblearn_gan.data import DataSpec
from imblearn_gan.networks._resnet import ResNet18


@Substitution(**SHARED_PARAMETERS)
class ResNetClassifier(GameClassifier):
    """ResNet-18 for images.

    The classifier to put after a sampler, or to compare with: it is trained by skorch and
    stopped early, on held-out rows, at the weights that did best there [1]_.

    Parameters
    ----------
    {random_state}

    width : int, default=64
        Channels of the first stage, see :class:`~imblearn_gan.networks.ResNet18`. 16 is enough
        for digits, and about ten times faster.

    max_epochs : int, default=50
        Passes over the training rows, at most. The learning rate falls to zero, batch by batch,
        along half a cosine of this length.

    batch_size : int, default=64
        Rows in a batch, at least 2.

    learning_rate : float, default=1e-3
        First step size of AdamW.

    weight_decay : float, default=1e-2
        Weight decay of AdamW.

    class_weight : dict, {{'balanced'}} or None, default=None
        Weights of the classes, ``{{label: weight}}``. ``'balanced'`` weighs rows inversely to the
        size of their class: the alternative to oversampling. None weighs all rows the same.

    augmentation : list of str, dict or None, default=None
        How training images are changed, at random, each time the network sees them, so that it
        cannot learn the few rows of a rare class by heart. Name only what leaves an image in its
        class. Of ``'mirror'``, ``'translation'``, ``'color'``, ``'cutout'`` and ``'noise'``; a
        dict gives their arguments, too:
        ``{{"mirror": {{}}, "translation": {{"ratio": 0.07}}}}`` shifts by up to two of 28 pixels.
        See :mod:`imblearn_gan.augmentation`. With it and balanced classes, random oversampling
        included, this network scored best, see the benchmarks.

    validation_fraction : float, default=0.1
        Share of the rows of each class that are held out to say when to stop; a class of which
        it is less than half a row is not held out. 0 trains on all rows for ``max_epochs``.

    patience : int, default=10
        Epochs without a smaller loss on the held-out rows after which training stops.

    {image_shape}

    {channels}

    {device}

    precision : {{'auto', 'float32', 'bfloat16'}}, default='float32'
        What convolutions and matrix products are computed in while training; weights are float32
        anyway. ``'auto'`` is bfloat16 where the hardware has it, in about half the time, else
        float32.

    verbose : int, default=0
        1 prints skorch's table of epochs.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    history_ : list of dict
        One record an epoch: ``'phase'``, ``'iteration'`` (the number of epochs), ``'train_loss'``
        and, of the held-out rows, ``'valid_loss'`` and ``'valid_acc'``.

    n_iter_ : int
        Epochs made.

    networks_ : torch.nn.ModuleDict
        ``'extractor'`` and ``'classifier'``, on the CPU: skorch is needed for training only.

    n_features_in_ : int
        Number of values in a row: all pixels of all channels.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames of flattened images whose names are all strings.

    See Also
    --------
    imblearn_gan.networks.ResNet18 : The network alone, for one's own skorch net.

    Notes
    -----
    In a pipeline after a sampler the held-out rows are a part of the resampled ones, generated
    rows and repeated ones included: they say when the network stops learning, not how good it
    is.

    In a parallel search each process computes with its share of the cores, as joblib gives it:
    ``GridSearchCV(n_jobs=2)`` needs no further setting.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition",
       CVPR 2016.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan.classifiers import ResNetClassifier
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> model = ResNetClassifier(width=2, max_epochs=2, image_shape=(8, 8), random_state=0)
    >>> model.fit(X, y).predict(X[:3]).shape
    (3,)
    """

    _parameter_constraints: dict = {
        **{
            name: AdversarialEstimator._parameter_constraints[name]
            for name in (
                "random_state",
                "batch_size",
                "learning_rate",
                "image_shape",
                "channels",
                "device",
                "precision",
                "verbose",
            )
        },
        "width": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "augmentation": [list, tuple, dict, None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
    }

    # settings of the base that this classifier does not offer
    architecture = "auto"
    categorical_features = None
    callbacks = None

    def __init__(
        self,
        *,
        random_state=None,
        width=64,
        max_epochs=50,
        batch_size=64,
        learning_rate=1e-3,
        weight_decay=1e-2,
        class_weight=None,
        augmentation=None,
        validation_fraction=0.1,
        patience=10,
        image_shape=None,
        channels="auto",
        device="auto",
        precision="float32",
        verbose=0,
    ):
        self.random_state = random_state
        self.width = width
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.class_weight = class_weight
        self.augmentation = augmentation
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.image_shape = image_shape
        self.channels = channels
        self.device = device
        self.precision = precision
        self.verbose = verbose

    def _read(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        X, y = super()._read(X, y)
        if not self.codec_.is_image:
            raise ValueError(
                f"{type(self).__name__} is for images, but X is a table of {X.shape[1]} columns. "
                "If its rows are flattened images, set image_shape."
            )
        return X, y

    def _train(
        self, encoded: np.ndarray, codes: np.ndarray, spec: DataSpec, n_to_make: Sequence[int]
    ) -> None:
        try:
            from skorch import NeuralNetClassifier
            from skorch.callbacks import EarlyStopping, LRScheduler
            from skorch.helper import predefined_split
        except ImportError as error:
            raise ImportError(
                "ResNetClassifier is trained by skorch: pip install skorch"
            ) from error
        device, seed = resolve_device(self.device), self._new_seed()
        dtype = resolve_precision(self.precision, device, images=True)
        layout = torch.contiguous_format if dtype == torch.float32 else torch.channels_last

        class Net(NeuralNetClassifier):
            def initialize_module(self):
                super().initialize_module()
                convert_conv2d_weight_memory_format(self.module_, layout)
                return self

            def infer(self, *args, **kwargs):
                with autocast(device, dtype):
                    return super().infer(*args, **kwargs).float()

        held_out = _held_out(codes, self.validation_fraction, np.random.RandomState(seed))
        images = torch.from_numpy(encoded).contiguous(memory_format=layout)
        train, valid = (
            TensorDataset(images[rows], torch.from_numpy(codes[rows]))
            for rows in (~held_out, held_out)
        )
        stopping = EarlyStopping(patience=self.patience, load_best=True)
        n_steps = self.max_epochs * len(_Batches(train, self.batch_size, shuffle=True))
        schedule = LRScheduler(policy=CosineAnnealingLR, T_max=n_steps, step_every="batch")
        sizes = {"n_channels": spec.shape[0], "n_classes": spec.n_classes, "width": self.width}
        weight = compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_[codes]
        )
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise ValueError(
                "class_weight must give every class a positive number. Got "
                f"{dict(zip(self.classes_.tolist(), weight.tolist()))}."
            )
        with torch_scope(seed, device):
            net = Net(
                ResNet18,
                **{f"module__{name}": size for name, size in sizes.items()},
                criterion=nn.CrossEntropyLoss,
                criterion__weight=torch.tensor(weight, dtype=torch.float32),
                optimizer=AdamW,
                optimizer__weight_decay=self.weight_decay,
                lr=self.learning_rate,
                max_epochs=self.max_epochs,
                batch_size=self.batch_size,
                iterator_train=_Batches,
                iterator_train__shuffle=True,
                iterator_train__augment=self._augmentation(spec),
                iterator_valid=_Batches,
                train_split=predefined_split(valid) if len(valid) else None,
                callbacks=[schedule, stopping] if len(valid) else [schedule],
                device=device,
                verbose=self.verbose,
            ).fit(train, None)
            network = ResNet18(**sizes)
        epochs = [epoch for epoch in net.history if "dur" in epoch]  # those that were finished
        if len(epochs) < self.max_epochs and stopping.misses_ < self.patience:
            raise KeyboardInterrupt  # which skorch takes for an early stop
        losses = ["train_loss", *(["valid_loss", "valid_acc"] if len(valid) else [])]
        self.history_ = [
            {"phase": "train", "iteration": i, **{name: float(epoch[name]) for name in losses}}
            for i, epoch in enumerate(epochs, start=1)
        ]
        self.n_iter_ = len(epochs)
        figures = [epoch[name] for epoch in self.history_ for name in losses]
        weights = net.module_.state_dict().values()  # also what the very last update made of them
        if not (np.isfinite(figures).all() and all(value.isfinite().all() for value in weights)):
            raise FloatingPointError(
                "The loss is not finite: training diverged. Try a smaller learning_rate."
            )
        network.load_state_dict(net.module_.state_dict())
        self.networks_ = nn.ModuleDict({"extractor": network.features, "classifier": network.head})
        self.networks_.eval().requires_grad_(False)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        return tags


class _Batches:
    """Batches of rows that are in memory.

    A last batch of one row, which batch norm cannot learn from, is left out in training.
    """

    def __init__(
        self,
        dataset: TensorDataset,
        batch_size: int,
        shuffle: bool = False,
        augment: Callable[[torch.Tensor], torch.Tensor] = lambda x: x,
    ):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.augment = augment

    def __len__(self) -> int:
        n_full, n_left = divmod(len(self.dataset), self.batch_size)
        return n_full + (n_left > 1 if self.shuffle else n_left > 0)

    def __iter__(self) -> Iterator[Any]:
        n = len(self.dataset)
        order = torch.randperm(n) if self.shuffle else torch.arange(n)
        for index in order.split(self.batch_size):
            if len(index) > 1 or not self.shuffle:
                x, y = self.dataset[index]
                yield self.augment(x), y


def _held_out(codes: np.ndarray, fraction: float, stream: np.random.RandomState) -> np.ndarray:
    """A mask of ``fraction`` of the rows of each class, never all of them."""
    held_out = np.zeros(len(codes), dtype=bool)
    for code in range(codes.max() + 1):
        rows = stream.permutation(np.flatnonzero(codes == code))
        held_out[rows[: min(int(fraction * len(rows) + 0.5), len(rows) - 1)]] = True
    return held_out
