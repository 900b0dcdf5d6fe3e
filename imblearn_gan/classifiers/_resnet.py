"""ResNet-18 as a scikit-learn classifier, trained by skorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from torch import nn
from torch.utils.data import TensorDataset

from imblearn_gan._docs import documented
from imblearn_gan._estimator import CodecEstimator
from imblearn_gan._limits import check_memory
from imblearn_gan.augmentation import Augmentation
from imblearn_gan.classifiers._base import NetworkClassifier
from imblearn_gan.classifiers._recipe import RecipeParameters
from imblearn_gan.classifiers._rows import held_out_rows, synthetic_rows
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import LDAM_SCALE
from imblearn_gan.networks import ResNet18
from imblearn_gan.training import (
    EpochTraining,
    resolve_device,
    resolve_precision,
    torch_scope,
)
from imblearn_gan.training.recipe import learnt_shares


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class ResNetClassifier(RecipeParameters, NetworkClassifier):
    """ResNet-18 for images.

    The classifier to put after a sampler, or to compare with: it is trained by skorch and
    stopped early, on held-out rows, at the weights that did best there [1]_.

    Parameters
    ----------
    {data}

    width : int, default=64
        Channels of the first stage, see :class:`~imblearn_gan.networks.ResNet18`. 16 is enough
        for digits, and about ten times faster.

    max_epochs : int, default=50
        Passes over the training rows, at most. The learning rate falls to zero, batch by batch,
        along half a cosine of this length.

    learning_rate : float, default=0.001
        First step size of AdamW.

    weight_decay : float, default=0.01
        Weight decay of AdamW.

    class_weight : dict, {'balanced'} or None, default=None
        Weights of the classes, ``{label: weight}``. ``'balanced'`` weighs rows inversely to the
        size of their class: the alternative to oversampling. None weighs all rows the same.

    class_sampling : {'natural', 'sqrt', 'balanced'} or float, default='natural'
        How often classes are drawn: one of n rows in proportion to ``n ** q``. ``'natural'``
        (q = 1) deals each row out once an epoch; ``'balanced'`` (q = 0) draws all classes
        equally often, as after random oversampling, without its copies in memory; ``'sqrt'``
        (q = 1/2) is between [2]_. Rows of a class are equally likely, drawn with replacement,
        as many as there are an epoch. After a sampler n counts its rows, too: what it has balanced
        stays balanced.

    loss : {'cross_entropy', 'balanced_softmax', 'logit_adjusted', 'ldam'}, default='cross_entropy'
        ``'balanced_softmax'`` adds the log-priors of the classes, as often as they are *drawn*, to
        the logits while training, which then are those of balanced classes [3]_;
        ``'logit_adjusted'`` adds ``tau`` times as much [4]_. ``'ldam'``: cosines of features with
        a direction of each class, with margins that are wider for rare classes [5]_. See
        :mod:`imblearn_gan.losses`.

    tau : float, default=1.0
        Factor of the log-priors of ``loss='logit_adjusted'``.

    mixup : float, default=0.0
        Images of a batch are mixed in pairs, and their losses in the same proportion, which is
        drawn for each batch from a beta distribution with both parameters of this value [6]_.
        0 is off; 0.2 to 1 are usual.

    deferred_balancing : float, default=0.0
        Fraction of the epochs, the last ones, in which classes are drawn equally often,
        whatever ``class_sampling`` says: the deferred re-sampling of [5]_.

    synthetic_weight : float, default=1.0
        Weight of synthetic rows in the loss, from 0 to 1; real rows have 1. This and the next
        two need to know which rows are synthetic, see :meth:`fit`.

    synthetic_norm : bool, default=False
        Whether synthetic rows are normalised by statistics of their own in batch norm, which
        leaves those of real rows, by which the network predicts, to real rows [7]_.

    real_epochs : float, default=0.0
        Fraction of the epochs, the last ones, in which only real rows are drawn, each class as
        often as before.

    augmentation : list of str, dict or None, default=None
        How training images are changed, at random, each time the network sees them, so that it
        cannot learn the few rows of a rare class by heart. Name only what leaves an image in its
        class. Of ``'mirror'``, ``'translation'``, ``'color'``, ``'cutout'`` and ``'noise'``; a
        dict gives their arguments, too:
        ``{"mirror": {}, "translation": {"ratio": 0.07}}`` shifts by up to two of 28 pixels.
        See :mod:`imblearn_gan.augmentation`. With it, and ``class_sampling='sqrt'`` with
        ``loss='balanced_softmax'`` or, level with that, ``class_sampling='balanced'``, this
        network scored best, see :doc:`/benchmarks/recipes`.

    validation_fraction : float, default=0.1
        Fraction of the rows of each class that are held out to say when to stop; a class of which
        it is less than half a row is not held out. 0 trains on all rows for ``max_epochs``.

    patience : int, default=10
        Epochs without a smaller loss on the held-out rows after which training stops.

    batch_size : int, default=64
        Rows in a batch, at least 2, and at most all of them. Each row is dealt out once an epoch
        unless ``class_sampling`` says otherwise. A last batch of a single row is left out.

    precision : {'auto', 'float32', 'bfloat16'}, default='float32'
        What convolutions and matrix products are computed in while training; weights are float32
        anyway. ``'auto'`` is bfloat16 where the hardware has it, in about half the time, else
        float32.

    {run}

    device : str or torch.device, default='auto'
        ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ``'mps'``, or ``'auto'`` for the fastest there is.
        Fitted networks rest on the CPU: they pickle and load on any machine. ``precision`` says
        what is computed in; a block of :func:`imblearn_gan.training.precision` changes nothing.

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

    learnt_shares_ : ndarray of shape (n_classes,)
        The class shares in whose scale ``predict_proba`` is: of what is drawn in the last epochs,
        by weight; equal ones by the balanced softmax. See
        :func:`~imblearn_gan.resampled.shift_priors`.

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
    rows (unless ``fit`` is told which these are) and repeated ones included: they say when the
    network stops learning, not how good it is. They are weighed as the last epochs draw their
    classes. With ``deferred_balancing`` and ``real_epochs`` training stops no earlier than in the
    last stage, whose best weights are kept; each is at least one epoch.

    In a parallel search each process computes with its fraction of the cores, as joblib gives it:
    ``GridSearchCV(n_jobs=2)`` needs no further setting.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition",
       CVPR 2016.
    .. [2] B. Kang et al., "Decoupling representation and classifier for long-tailed
       recognition", ICLR 2020.
    .. [3] J. Ren et al., "Balanced meta-softmax for long-tailed visual recognition", NeurIPS
       2020.
    .. [4] A. K. Menon et al., "Long-tail learning via logit adjustment", ICLR 2021.
    .. [5] K. Cao, C. Wei, A. Gaidon, N. Arechiga and T. Ma, "Learning imbalanced datasets with
       label-distribution-aware margin loss", NeurIPS 2019.
    .. [6] H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, "mixup: beyond empirical risk
       minimization", ICLR 2018.
    .. [7] S. Zada, I. Benou and M. Irani, "Pure noise to the rescue of insufficient data:
       improving imbalanced classification by training on random noise images", ICML 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan.classifiers import ResNetClassifier
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> model = ResNetClassifier(width=2, max_epochs=2, image_shape=(8, 8), random_state=0)
    >>> model.fit(X, y).predict(X[:3]).shape
    (3,)
    """

    width: int = 64
    max_epochs: int = 50
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    augmentation: Any = None
    validation_fraction: float = 0.1
    patience: int = 10
    precision: str = "float32"

    _parameter_constraints: ClassVar[dict] = {
        **CodecEstimator._parameter_constraints,
        **RecipeParameters._recipe_constraints,
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "width": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "augmentation": [list, tuple, dict, None],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
    }

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, synthetic: Any = None) -> ResNetClassifier:
        """Train the network.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            The training images.

        y : array-like of shape (n_samples,)
            Labels.

        synthetic : array-like of bool of shape (n_samples,) or None, default=None
            Which rows are synthetic, for example the ``synthetic_mask_`` of a sampler. It may be
            shorter, for a pipeline, whose sampler puts rows under those that the pipeline got:
            ``np.zeros(len(X), bool)`` says that the first ones are real. Rows behind it that
            repeat a real one are real, too, and all others synthetic. None if that is not known.

        Returns
        -------
        self : object
            The fitted instance.

        Raises
        ------
        ValueError
            For a table, infinity or NaN in X, a single class, a mask that does not fit,
            ``real_epochs``, ``synthetic_norm`` or ``synthetic_weight=0`` without real rows of a
            class, and parameters that do not fit the data.

        Warns
        -----
        UserWarning
            If parameters do nothing, since ``synthetic`` is None, or by ``loss``; if
            ``synthetic`` is shorter than X and says of some rows that they are synthetic; and if
            ``class_weight='balanced'`` stands beside a ``loss`` or draws that see to the balance.
        """
        return self._fit(X, y, synthetic=synthetic)

    def _check_spec(self, spec: DataSpec) -> None:
        if not spec.is_image:
            raise ValueError(
                f"{type(self).__name__} is for images, and X a table of {self.n_features_in_} "
                "columns. If they are pixels, set image_shape, as (8, 8) for 64 of them."
            )
        Augmentation(self.augmentation, spec)
        # weights of all layers go with its square, and Adam's moments beside them
        check_memory(f"width={self.width}", [self.width**2], 8000)

    def _train(
        self,
        encoded: np.ndarray,
        y: np.ndarray,
        spec: DataSpec,
        n_to_make: Sequence[int],
        synthetic: Any = None,
    ) -> None:
        made = synthetic_rows(synthetic, encoded)
        recipe, weight = self._recipe(y, made), self._class_weight(y)
        device, seed = resolve_device(self.device), self._new_seed()
        training = EpochTraining(
            max_epochs=self.max_epochs,
            batch_size=max(2, min(int(self.batch_size), len(y))),
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            patience=self.patience,
            verbose=self.verbose,
            device=device,
            dtype=resolve_precision(self.precision, device, images=True),
        )
        held_out = held_out_rows(y, self.validation_fraction, np.random.RandomState(seed), made)
        images = torch.from_numpy(encoded)
        train, valid = (
            TensorDataset(images[rows], torch.from_numpy(y[rows])) for rows in (~held_out, held_out)
        )
        sizes = {"n_channels": spec.shape[0], "n_classes": spec.n_classes, "width": self.width}
        if self.loss == "ldam":
            sizes["cosine_scale"] = LDAM_SCALE
        augment = Augmentation(self.augmentation, spec)
        learnt = None if made is None else torch.from_numpy(made[~held_out])
        with torch_scope(seed, device):
            state, self.history_ = training.run(
                ResNet18, sizes, train, valid, weight, augment, recipe, learnt
            )
            network = ResNet18(**sizes)
        self.n_iter_ = len(self.history_)
        network.load_state_dict(state)
        self.networks_ = nn.ModuleDict({"extractor": network.features, "classifier": network.head})
        self.networks_.eval().requires_grad_(False)
        self.learnt_shares_ = learnt_shares(recipe, y, weight, made)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        tags.input_tags.allow_nan = False
        return tags
