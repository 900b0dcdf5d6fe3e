"""How often a network sees which rows, and what it makes of them: sampling, losses, mixup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from imblearn_gan.losses import ldam_loss, logit_adjusted_loss, softmax_loss
from imblearn_gan.seeding import generator_of


@dataclass(frozen=True)
class Recipe:
    """How a network learns from classes of unlike size, and from synthetic rows among real ones.

    Parameters
    ----------
    class_sampling : float, default=1.0
        Exponent q: a class of n rows is drawn in proportion to ``n ** q``. 1 is as rows come, 0
        the same for all classes.

    loss, tau, mixup, deferred_balancing, synthetic_weight, synthetic_norm, real_epochs
        As in :class:`~imblearn_gan.ResNetClassifier`; ``'balanced_softmax'`` has a ``tau`` of 1.

    Examples
    --------
    >>> from imblearn_gan.training import Recipe
    >>> Recipe(class_sampling=0.5, loss="balanced_softmax", mixup=0.4).real_epochs
    0.0
    """

    class_sampling: float = 1.0
    loss: str = "cross_entropy"
    tau: float = 1.0
    mixup: float = 0.0
    deferred_balancing: float = 0.0
    synthetic_weight: float = 1.0
    synthetic_norm: bool = False
    real_epochs: float = 0.0


class Stage(NamedTuple):
    """What holds from an epoch on.

    ``probabilities`` are those of the rows to be drawn; None deals each row out once an epoch.
    ``shares`` are the shares of the classes in the weight of what is drawn.
    """

    first_epoch: int
    probabilities: Tensor | None
    shares: Tensor


class Course:
    """A recipe, laid out over the rows and the epochs of one training.

    Parameters
    ----------
    recipe : Recipe
        What is to be done.

    y : Tensor of shape (n_samples,)
        Class codes of the rows to learn from; every class has one.

    class_weight : Tensor of shape (n_classes,)
        Weights of the classes in the loss.

    synthetic : Tensor of shape (n_samples,), dtype bool, or None
        Which rows are synthetic; None if that is not known.

    max_epochs : int
        How many epochs there may be.
    """

    def __init__(
        self,
        recipe: Recipe,
        y: Tensor,
        class_weight: Tensor,
        synthetic: Tensor | None,
        max_epochs: int,
    ):
        self.recipe, self.y, self.class_weight = recipe, y, class_weight
        self.synthetic = torch.zeros_like(y, dtype=torch.bool) if synthetic is None else synthetic
        self.counts = torch.bincount(y, minlength=len(class_weight))
        self.plain = recipe == Recipe()
        self.stages = [*self._stages(max_epochs)]
        self._n_begun = 0

    def _stages(self, max_epochs: int) -> Iterator[Stage]:
        def first(fraction: float) -> int:
            """Return the epoch that the last fraction of them starts with."""
            return max_epochs - max(1, round(fraction * max_epochs)) if fraction else max_epochs

        even, real = first(self.recipe.deferred_balancing), first(self.recipe.real_epochs)
        for epoch in sorted({0, even, real} - {max_epochs}):
            q = 0.0 if epoch >= even else self.recipe.class_sampling
            yield self._stage(epoch, q, real_only=epoch >= real)

    def _stage(self, epoch: int, q: float, real_only: bool) -> Stage:
        drawn = ~self.synthetic if real_only else torch.ones_like(self.synthetic)
        n_drawn = torch.bincount(self.y[drawn], minlength=len(self.counts)).double()
        by_class = self.counts.double() ** q
        p = torch.where(drawn, (by_class / by_class.sum() / n_drawn)[self.y], 0.0)
        weights = torch.where(self.synthetic, self.recipe.synthetic_weight, 1.0)
        shares = torch.bincount(self.y, p * weights, minlength=len(self.counts))
        deals = q == 1 and bool(drawn.all())
        return Stage(epoch, None if deals else p, shares / shares.sum())

    @cached_property
    def held_out_factor(self) -> Tensor:
        """What makes rows that are held out, real ones, stand for those of the last stage."""
        real = torch.bincount(self.y[~self.synthetic], minlength=len(self.counts)).double()
        return torch.where(real > 0, self.stages[-1].shares / (real / real.sum()), 1.0)

    @property
    def stage(self) -> Stage:
        """Of the epoch that was begun last."""
        return [s for s in self.stages if s.first_epoch < max(self._n_begun, 1)][-1]

    def order(self) -> Tensor:
        """Begin an epoch: which rows it consists of."""
        self._n_begun += 1
        n, p = len(self.y), self.stage.probabilities
        if p is None:
            return torch.randperm(n, generator=generator_of())
        return torch.multinomial(p, n, replacement=True, generator=generator_of())

    def kept(self, index: Tensor) -> Tensor:
        """Return the rows of a batch that can be learnt from, real ones first if that matters.

        Batch norm cannot learn from a row alone.
        """
        if not self.recipe.synthetic_norm:
            return index
        parts = index[~self.synthetic[index]], index[self.synthetic[index]]
        return torch.cat([part for part in parts if len(part) > 1] or [index[:0]])

    def batch(self, x: Tensor, index: Tensor) -> tuple[Any, Any]:
        """Return what network and loss see of rows that were drawn."""
        y, made = self.y[index], self.synthetic[index]
        if self.plain:
            return x, y
        stage = self.stage
        scale = (stage.shares * self.class_weight).sum()
        weights = (self.class_weight / scale)[y]
        weights = torch.where(made, self.recipe.synthetic_weight * weights, weights).float()
        codes, weights = y[:, None], weights[:, None]
        if self.recipe.mixup:
            x, codes, weights = self._mixed(x, codes, weights, made)
        target = {"y": codes, "weights": weights, "priors": stage.shares.float()}
        return ({"x": x, "synthetic": made} if self.recipe.synthetic_norm else x), target

    def _mixed(
        self, x: Tensor, codes: Tensor, weights: Tensor, made: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Mix each row with another of the batch, synthetic ones with synthetic ones."""
        seed = torch.randint(2**31, (), generator=generator_of())
        share = float(np.random.RandomState(int(seed)).beta(self.recipe.mixup, self.recipe.mixup))
        other = torch.arange(len(x))
        for kind in (~made, made):
            rows = kind.nonzero()[:, 0]
            other[rows] = rows[torch.randperm(len(rows), generator=generator_of())]
        codes = torch.cat([codes, codes[other]], dim=1)
        weights = torch.cat([share * weights, (1 - share) * weights[other]], dim=1)
        return share * x + (1 - share) * x[other], codes, weights


class Criterion(nn.Module):
    """The loss of a course, of batches that it gave, and of held-out rows with their codes."""

    def __init__(self, course: Course):
        super().__init__()
        self.recipe, self.plain = course.recipe, course.plain
        self.all_real = not course.synthetic.any()
        priors, factor = course.stages[-1].shares, course.held_out_factor
        scale = (priors * course.class_weight).sum()
        self.class_weight: Tensor
        self.counts: Tensor
        self.held_out: Tensor
        self.register_buffer("class_weight", course.class_weight)
        self.register_buffer("counts", course.counts)
        self.register_buffer("priors", priors.float())
        self.register_buffer("held_out", (factor * course.class_weight / scale).float())

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        """Return the mean over rows."""
        if self.plain and (self.training or self.all_real):
            return functional.cross_entropy(logits, target, weight=self.class_weight)
        if not isinstance(target, Mapping):
            weights = self.held_out[target][:, None]
            target = {"y": target[:, None], "weights": weights, "priors": self.priors}
        losses = [
            self._loss(logits, y, weights, target["priors"])
            for y, weights in zip(target["y"].T, target["weights"].T)
        ]
        return torch.stack(losses).sum()

    def _loss(self, logits: Tensor, y: Tensor, weights: Tensor, priors: Tensor) -> Tensor:
        if self.recipe.loss == "ldam":
            return ldam_loss(logits, y, self.counts, weights)
        if self.recipe.loss == "cross_entropy":
            return softmax_loss(logits, y, weights)
        return logit_adjusted_loss(logits, y, priors, self.recipe.tau, weights)


@contextmanager
def kept_statistics(network: nn.Module) -> Iterator[None]:
    """Let batch norm use the statistics of each batch, and leave those that it keeps as they are.

    A batch of synthetic rows then has statistics of its own, and weights in common with real
    ones: the batch norm of "Pure noise to the rescue of insufficient data" (S. Zada, I. Benou and
    M. Irani, ICML 2022).
    """
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, before):
            norm.momentum = momentum


def learnt_shares(
    recipe: Recipe, y: np.ndarray, class_weight: np.ndarray, synthetic: np.ndarray | None
) -> np.ndarray:
    """Return the class shares in whose scale the probabilities of a trained network are."""
    made = None if synthetic is None else torch.from_numpy(synthetic)
    course = Course(recipe, torch.from_numpy(y), torch.from_numpy(class_weight), made, 1)
    shares = course.stages[-1].shares.numpy()
    if recipe.loss in ("balanced_softmax", "logit_adjusted"):
        shares = (shares / shares.min()) ** (1 - recipe.tau)  # of a large tau, finite
    shares = shares * class_weight
    return shares / shares.sum()
