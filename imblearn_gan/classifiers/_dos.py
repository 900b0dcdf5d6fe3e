"""DOS: a classifier whose rows are over-sampled in the feature space that it learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral, Real

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan._training import Phase, Player, TrainingData, extract
from imblearn_gan.base import GAME_CONSTRAINTS, SHARED_PARAMETERS, AdversarialEstimator
from imblearn_gan.classifiers._base import GameClassifier
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import class_neighbours
from imblearn_gan.losses import micro_cluster_loss, softmax_loss
from imblearn_gan.networks import dense


@Substitution(**SHARED_PARAMETERS)
class DOSClassifier(GameClassifier):
    """Deep over-sampling (DOS): a classifier that over-samples in its own feature space.

    Each row is paired with a target in the space of deep features, drawn from the convex hull of
    its nearest neighbours in the class; rare classes are drawn as often as large ones. The
    feature extractor learns to put the row near the neighbours, the classifier learns from the
    target, and the neighbours are found anew once an epoch [1]_.

    Parameters
    ----------
    {random_state}

    latent_dim : int, default=128
        Size of the deep features.

    pretrain_iter : int, default=500
        Updates without over-sampling, which give the first features.

    max_iter : int, default=1500
        Updates with over-sampling.

    {batch_size}

    learning_rate : float, default=1e-3
        Step size of Adam (with beta_1 = 0.5).

    {architecture}

    {image_shape}

    {channels}

    {categorical_features}

    n_neighbors : int, default=5
        How many neighbours in the class a target combines; fewer if the class has fewer.

    micro_cluster_weight : float, default=0.1
        Weight of the squared distances between the features of a row and those of its
        neighbours, which draws classes together. 0 leaves it out.

    balance : {{'batches'}} or None, default='batches'
        ``'batches'``: every class is equally likely in a batch, which over-samples rare ones
        evenly, as the paper does. None draws rows as they come.

    ema_decay : float, default=0.999
        Decay of the moving average of the weights, which replaces them in the end. 0 keeps the
        last weights, as the paper does.

    lr_decay : bool, default=True
        Whether the learning rate falls to zero along half a cosine. False is the paper's.

    {device}

    {precision}

    {callbacks}

    {verbose}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    history_ : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses.

    n_iter_ : int
        Updates with over-sampling.

    networks_ : torch.nn.ModuleDict
        ``'extractor'`` and ``'classifier'``, on the CPU.

    n_features_in_ : int
        Number of values in a row (of an image: all pixels of all channels).

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, for data frames whose names are all strings.

    See Also
    --------
    GAMOClassifier : Over-samples where the classifier errs.

    Notes
    -----
    Differences from the paper: features are bounded by a hyperbolic tangent, the classifier
    also learns from the features of the row itself, weights are averaged, and the networks are
    those that all classifiers here have. Predicted probabilities are those of balanced classes.

    References
    ----------
    .. [1] S. Ando and C. Y. Huang, "Deep over-sampling framework for classifying imbalanced
       data", ECML PKDD 2017.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import DOSClassifier
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> model = DOSClassifier(pretrain_iter=50, max_iter=100, random_state=0).fit(X, y)
    >>> model.predict(X[:3]).shape
    (3,)
    """

    _main_phase = "over-sampling"

    _parameter_constraints: dict = {
        **AdversarialEstimator._parameter_constraints,
        "pretrain_iter": [Interval(Integral, 0, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "micro_cluster_weight": [Interval(Real, 0, None, closed="left")],
        "balance": GAME_CONSTRAINTS["balance"],
        "ema_decay": GAME_CONSTRAINTS["ema_decay"],
        "lr_decay": ["boolean"],
    }

    def __init__(
        self,
        *,
        random_state=None,
        latent_dim=128,
        pretrain_iter=500,
        max_iter=1500,
        batch_size=64,
        learning_rate=1e-3,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        n_neighbors=5,
        micro_cluster_weight=0.1,
        balance="batches",
        ema_decay=0.999,
        lr_decay=True,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
    ):
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
        self.pretrain_iter = pretrain_iter
        self.n_neighbors = n_neighbors
        self.micro_cluster_weight = micro_cluster_weight
        self.balance = balance
        self.ema_decay = ema_decay
        self.lr_decay = lr_decay

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        return nn.ModuleDict(
            {
                "extractor": nn.Sequential(family.encoder(spec, self.latent_dim), nn.Tanh()),
                "classifier": dense([self.latent_dim, 128, spec.n_classes]),
            }
        )

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        extractor, classifier = networks["extractor"], networks["classifier"]
        size, balanced = self.batch_size, self.balance == "batches"
        epoch = max(1, len(data) // size)
        features = neighbours = torch.empty(0)

        def refresh(iteration: int) -> None:
            """Once an epoch, find the neighbours in the feature space of the moment."""
            nonlocal features, neighbours
            if iteration % epoch == 0:
                features = extract(extractor, data.x).float()
                counts = data.spec.class_counts
                neighbours = class_neighbours(features, counts, self.n_neighbors)

        def told_apart(rows: Tensor, labels: Tensor) -> Tensor:
            return softmax_loss(classifier(rows), labels)

        def first_losses(batch) -> dict[str, Tensor]:
            return {"real": told_apart(extractor(batch.x), batch.y)}

        def losses(index: Tensor) -> dict[str, Tensor]:
            own, labels = extractor(data.x[index]), data.y[index]
            near = features[neighbours[index]]
            shares = torch.rand(near.shape[:2], device=data.device).log().neg()
            shares = shares / shares.sum(dim=1, keepdim=True)  # uniform over the simplex
            targets = torch.einsum("nk,nkd->nd", shares, near)
            cluster = micro_cluster_loss(own.float(), near, shares)
            return {
                "real": told_apart(own, labels),
                "synthetic": told_apart(targets, labels),
                "micro_cluster": self.micro_cluster_weight * cluster,
            }

        def player(losses, draw) -> Player:
            return Player("classifier", [extractor, classifier], losses, draw, self.learning_rate)

        first = player(first_losses, lambda: data.draw(size, balanced))
        yield Phase("pretrain", [first], self.pretrain_iter)
        yield Phase(
            self._main_phase,
            [player(losses, lambda: data.draw_index(size, balanced))],
            self.max_iter,
            before_iteration=refresh,
            ema_decay=self.ema_decay,
            lr_decay=self.lr_decay,
        )
