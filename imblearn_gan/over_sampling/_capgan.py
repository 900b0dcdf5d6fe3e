"""CAPGAN: BAGAN-GP's game, started by a variational autoencoder on balanced batches."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from sklearn.utils._param_validation import StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.embedding import EmbeddingGame, EmbeddingTurn
from imblearn_gan.losses import vae_loss
from imblearn_gan.networks import (
    CAPGANFamily,
    DCGANFamily,
    MLPFamily,
    VariationalEncoder,
    draw_codes,
)
from imblearn_gan.presets import check_version, from_preset
from imblearn_gan.seeding import randn_like
from imblearn_gan.training import Batch, Phase, TrainingData

#: Autoencoders of the ensemble.
N_SUBSETS = 3

# a probability that rounds to zero, for logarithms
_LEAST = 1e-6
# of eq. (7): with 1 all codes of rows of few values come to be decoded to the same row
_KL_WEIGHT_ON_TABLES = 0.01
# batches that an autoencoder of the ensemble is scored on
_N_SCORED = 8


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class CAPGANOversampler(EmbeddingGame):
    """Conditional variational autoencoder pre-training for GANs (CAPGAN).

    BAGAN-GP with three things of its own: a variational autoencoder in place of the plain one,
    trained on a set that random oversampling has balanced; the discriminator, too, starts from
    it; and the gradient penalty is taken between real rows and noise [1]_.

    Parameters
    ----------
    {data}

    pretraining : {'oversample', 'two_phase', 'ensemble'}, default='oversample'
        ``'oversample'``: on balanced batches. ``'two_phase'``: then on the rows as they come,
        for as long, with a tenth of the learning rate. ``'ensemble'``: three autoencoders, each
        on all rows of the classes below the mean and on its own third of the others, unless
        they have fewer than three rows; their weights are averaged in inverse proportion to
        their losses.

    balance : {'batches', 'labels'} or None, default='batches'
        ``'batches'``: every class is equally likely among the real rows of a batch and among the
        labels of generated ones, and real rows are shown under wrong labels, too, eq. (14)-(15)
        of BAGAN-GP. ``'labels'``: the same with real rows as they come, the paper's way. None
        draws labels of generated rows as the real ones come and leaves wrong labels out, eq.
        (12)-(13).

    n_discriminator_steps : int, default=2
        Updates of the discriminator to one of the generator. The paper tried 2 to 10.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANGPOversampler : The game with another autoencoder.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    ``architecture='paper'`` is for images of 32x32 and 64x64.

    Differences from the paper: codes are interpolated between the means of real rows' codes,
    batches of the game are balanced, and weights averaged by default; :meth:`paper` has the
    paper's settings. The noise of eq. (5) is normal, as text and code mean, where the equation
    says uniform. On tables, whose rows have few values to be summed, the divergence of eq. (7)
    weighs a hundredth. For the cross entropy of eq. (9) values are rescaled from [-1, 1] to [0, 1].
    Adam's betas are 0.5 and 0.9, the weight of the penalty is 10, as in the authors' code.

    References
    ----------
    .. [1] Y. Yao, X. Wang, Y. Ma, H. Fang, J. Wei, L. Chen, A. Anaissi and A. Braytee,
       "Conditional Variational Autoencoder with Balanced Pre-training for Generative
       Adversarial Networks", arXiv:2201.04809, 2022.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CAPGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = CAPGANOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily, "paper": CAPGANFamily}

    _of_autoencoder: ClassVar[dict] = {"pretraining": "oversample"}

    pretraining: str = "oversample"

    _parameter_constraints: ClassVar[dict] = {
        **EmbeddingGame._parameter_constraints,
        "pretraining": [StrOptions({"oversample", "two_phase", "ensemble"})],
    }

    @classmethod
    def paper(
        cls,
        *,
        pretraining: str = "oversample",
        n_samples: int = 9_500,
        n_balanced: int = 50_000,
        **changes: Any,
    ) -> CAPGANOversampler:
        """Return the sampler with settings of its paper, see :mod:`imblearn_gan.presets`.

        The paper has no single setting: values are of its Table 3, those of its authors' script
        where it lies in the table; its 12 steps of the discriminator to one of the generator do
        not. Networks are those of that script, the one for CIFAR-10 and Cells, for images of 32x32
        and 64x64; the discriminator's first layers are the encoder's, up to the mean of the code.
        Adam's betas are fixed, no parameter: 0.5 and 0.9, the script's, in the autoencoder's
        training and in the game. Not expressed: the autoencoder's beta_1 of 0.6 to 0.8, which
        Table 3 lists beside 0.5, and its other weight of the penalty, 5; rates and batches of
        their own for generator, discriminator and autoencoder; and the mean over values of eq.
        (10), which is a sum here.

        Parameters
        ----------
        pretraining : {'oversample', 'two_phase', 'ensemble'}, default='oversample'
            The three strategies of its section 3.4; the paper adopts the first.

        n_samples : int, default=9_500
            Rows of the training set, which turn the game's epochs into updates: one class of
            5,000 images and nine of a tenth of that.

        n_balanced : int, default=50_000
            Rows of that set once it is balanced, the number of classes times the rows of the
            largest, for the epochs of the autoencoder.

        {changes}

        Examples
        --------
        >>> from imblearn_gan import CAPGANOversampler
        >>> CAPGANOversampler.paper(pretraining="two_phase").latent_dim
        64
        """
        check_version(pretraining, ("oversample", "two_phase", "ensemble"), "pretraining")
        changes = {"pretraining": pretraining} | changes
        rows = {"n_samples": n_samples, "n_balanced": n_balanced}
        return from_preset(cls, "CAPGAN", changes, **rows)

    def _encoder(self, spec: DataSpec) -> nn.Module:
        return VariationalEncoder(*self._trunk(spec), self.latent_dim)

    def _penalised(self, turn: EmbeddingTurn) -> Tensor:
        return randn_like(turn.x)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Batch) -> dict[str, Tensor]:
        """Return the objective of eq. (7): divergence, cross entropy and squared error."""
        encoder: Any = networks["encoder"]
        mean, log_variance = encoder.distribution(batch.x)
        z = draw_codes(mean, log_variance)
        decoded = networks["generator"](z, batch.y).float()
        losses = vae_loss(decoded, batch.x, mean, log_variance)
        losses["kl"] = losses["kl"] * (1.0 if batch.x.dim() > 2 else _KL_WEIGHT_ON_TABLES)
        return losses | {"cross_entropy": _cross_entropy(decoded, batch.x)}

    def _pretraining(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        def balanced() -> Batch:
            return data.draw(self.batch_size_, balanced=True)

        if self.pretraining == "ensemble":
            yield from self._ensemble(networks, data)
            return
        yield self._autoencoder_phase(networks, balanced)
        if self.pretraining == "two_phase":
            yield self._autoencoder_phase(networks, lambda: data.draw(self.batch_size_), 0.1)

    def _mean_loss(self, networks: nn.ModuleDict, data: TrainingData) -> Tensor:
        losses: list[Tensor] = []
        with torch.no_grad():
            for _ in range(_N_SCORED):
                losses += self._autoencoder_losses(
                    networks, data.draw(self.batch_size_, True)
                ).values()
        return torch.stack(losses).sum() / _N_SCORED

    def _ensemble(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        """Train an autoencoder for each part of the large classes; mean them, weighed by loss."""
        names = ("encoder", "generator")
        weights, states = [], []
        for part in data.parts(N_SUBSETS):
            member = nn.ModuleDict({name: copy.deepcopy(networks[name]) for name in names})

            def draw(part: TrainingData = part) -> Batch:
                return part.draw(self.batch_size_, balanced=True)

            yield self._autoencoder_phase(member, draw)
            weights.append(1 / self._mean_loss(member, part))
            states.append(member.state_dict())
        fractions = torch.stack(weights) / torch.stack(weights).sum()
        for name in names:
            networks[name].load_state_dict(_weighted_mean(states, fractions, f"{name}."))


def _cross_entropy(decoded: Tensor, x: Tensor) -> Tensor:
    """Return eq. (9) for p and 1 - p: summed over the values of a row, mean over rows."""
    p, q = ((values + 1) / 2 for values in (x, decoded))
    q = q.clamp(_LEAST, 1 - _LEAST)
    return -(p * q.log() + (1 - p) * (1 - q).log()).flatten(1).sum(dim=1).mean()


def _weighted_mean(states: list[dict], fractions: Tensor, prefix: str) -> dict[str, Tensor]:
    """Return the mean of the entries whose names have the prefix; counters are the first one's."""
    mean = {}
    for name, first in states[0].items():
        if name.startswith(prefix):
            mixed = sum(f * state[name] for f, state in zip(fractions, states))
            mean[name.removeprefix(prefix)] = mixed if first.is_floating_point() else first
    return mean
