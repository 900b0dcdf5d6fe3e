"""DOS: a classifier whose rows are over-sampled in the feature space that it learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan._estimator import NetworkEstimator
from imblearn_gan._limits import check_memory
from imblearn_gan.classifiers._base import NetworkClassifier
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import class_neighbours
from imblearn_gan.losses import classifier_loss, micro_cluster_loss, softmax_loss
from imblearn_gan.networks import dense
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import Batch, Phase, Player, TrainingData, latent_codes


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class DOSClassifier(NetworkClassifier, NetworkEstimator):
    """Deep over-sampling (DOS): a classifier that over-samples in its own feature space.

    Each row is paired with a target in the space of deep features, drawn from the convex hull of
    its nearest neighbours in the class; rare classes are drawn as often as large ones. The
    feature extractor learns to put the row near the neighbours, the classifier learns from the
    target, and the neighbours are found anew once an epoch [1]_.

    Parameters
    ----------
    {data}

    latent_dim : int, default=128
        Size of the deep features.

    pretrain_iter : int, default=500
        Updates without over-sampling, which give the first features.

    max_iter : int or 'auto', default='auto'
        Updates with over-sampling. ``'auto'`` is 1500.

    learning_rate : float or 'auto', default='auto'
        Step size of Adam (with beta_1 = 0.5). ``'auto'`` is 0.001.

    loss : {'cross_entropy', 'least_squares'}, default='cross_entropy'
        Of the classifier's softmax outputs: cross entropy, or the squared distance to the one-hot
        label, as the least-squares baselines of GAMO's paper.

    n_neighbors : int, default=5
        How many neighbours in the class a target combines; fewer if the class has fewer.

    micro_cluster_weight : float, default=0.1
        Weight of the squared distances between the features of a row and those of its
        neighbours, which draws classes together. 0 leaves it out.

    balance : {'batches', 'softmax'} or None, default='batches'
        ``'batches'``: every class is equally likely in a batch, which over-samples rare ones
        evenly, as the paper does. ``'softmax'`` draws rows as they come and adds the log-priors
        of the classes to the logits while training, which then are those of balanced classes
        (balanced softmax, see :func:`~imblearn_gan.losses.logit_adjusted_loss`). None draws rows
        as they come.

    ema_decay : float, default=0.999
        Decay of the moving average of the weights, which replaces them in the end, while the
        learning rate falls to zero along half a cosine. 0 is the paper's: a constant rate and
        the last weights.

    {game}

    {run}

    Attributes
    ----------
    {classifier_attributes}

    See Also
    --------
    GAMOClassifier : Over-samples where the classifier errs.

    Notes
    -----
    Differences from the paper: features are bounded by a hyperbolic tangent, the classifier
    also learns from the features of the row itself, weights are averaged, the learning rate
    falls, and the networks are
    those that all classifiers here have. Predicted probabilities are those of balanced classes,
    unless ``balance`` is None: :class:`~imblearn_gan.ResampledClassifier` and
    :func:`~imblearn_gan.resampled.shift_priors` carry them over to the true shares.

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
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = NetworkEstimator._auto | {
        "max_iter": (1500, 1500),
        "learning_rate": (1e-3, 1e-3),
    }

    batch_size: Any = "auto"  # NetworkClassifier, which comes first, has the number

    latent_dim: int = 128
    pretrain_iter: int = 500
    loss: str = "cross_entropy"
    n_neighbors: int = 5
    micro_cluster_weight: float = 0.1
    balance: str | None = "batches"
    ema_decay: float = 0.999

    _parameter_constraints: ClassVar[dict] = {
        **NetworkEstimator._parameter_constraints,
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "pretrain_iter": [Interval(Integral, 0, None, closed="left")],
        "loss": [StrOptions({"cross_entropy", "least_squares"})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "micro_cluster_weight": [Interval(Real, 0, None, closed="left")],
        "balance": [StrOptions({"batches", "softmax"}), None],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
    }

    def _check_spec(self, spec: DataSpec) -> None:
        super()._check_spec(spec)
        n = max(sum(spec.class_counts), self.batch_size_ * self.latent_dim)
        check_memory(f"n_neighbors={self.n_neighbors}", [self.n_neighbors], n)

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        encoder = self._family(spec).encoder(spec, self.latent_dim)
        classifier = dense([self.latent_dim, 128, spec.n_classes])
        extractor = nn.Sequential(encoder, nn.Tanh())
        return nn.ModuleDict({"extractor": extractor, "classifier": classifier})

    def _shares(self, counts: np.ndarray, added: np.ndarray) -> np.ndarray:
        return counts if self.balance is None else np.ones(len(counts))

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        extractor, classifier = networks["extractor"], networks["classifier"]
        size, balanced = self.batch_size_, self.balance == "batches"
        epoch = max(1, len(data) // size)
        memory: dict[str, Tensor] = {}
        shift = float(self.balance == "softmax") * (data.y.bincount() / len(data)).log()

        def refresh(iteration: int) -> None:
            """Once an epoch, find the neighbours in the feature space of the moment."""
            if iteration % epoch == 0:
                z, counts = latent_codes(extractor, data.x), data.spec.class_counts
                memory.update(features=z, neighbours=class_neighbours(z, counts, self.n_neighbors))

        def told_apart(features: Tensor, y: Tensor) -> Tensor:
            logits = classifier(features) + shift
            if self.loss == "least_squares":
                return classifier_loss(logits, data.one_hot(y), self.loss)
            return softmax_loss(logits, y)

        def first_losses(batch: Batch) -> dict[str, Tensor]:
            return {"real": told_apart(extractor(batch.x), batch.y)}

        def losses(index: Tensor) -> dict[str, Tensor]:
            own, y = extractor(data.x[index]), data.y[index]
            near = memory["features"][memory["neighbours"][index]]
            # rand draws zeros, too, if rarely
            weights = torch.rand(near.shape[:2], **own_draws(data.device)).clamp(1e-37).log().neg()
            weights = weights / weights.sum(dim=1, keepdim=True)  # uniform over the simplex
            targets = torch.einsum("nk,nkd->nd", weights, near)
            cluster = micro_cluster_loss(own.float(), near, weights)
            return {
                "real": told_apart(own, y),
                "synthetic": told_apart(targets, y),
                "micro_cluster": self.micro_cluster_weight * cluster,
            }

        def player(losses: Any, draw: Any) -> Player:
            learning = {"extractor": extractor, "classifier": classifier}
            return Player("classifier", learning, losses, draw, self.learning_rate_)

        first = player(first_losses, lambda: data.draw(size, balanced))
        yield Phase("pretrain", [first], self.pretrain_iter)
        yield Phase(
            self._main_phase,
            [player(losses, lambda: data.draw_index(size, balanced))],
            self.max_iter_,
            before_iteration=refresh,
            ema_decay=self.ema_decay,
            lr_decay=self.ema_decay > 0,
            memory=memory,
        )
