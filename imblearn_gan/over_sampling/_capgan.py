"""CAPGAN: BAGAN-GP started from a conditional variational autoencoder on balanced batches."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from numbers import Integral
from typing import Any, ClassVar

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._training import Phase, TrainingData
from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import vae_loss
from imblearn_gan.networks import (
    CAPGANFamily,
    DCGANFamily,
    EmbeddedGenerator,
    MLPFamily,
    VariationalEncoder,
)
from imblearn_gan.over_sampling._autoencoder import family_parameters
from imblearn_gan.over_sampling._bagan_gp import BAGANGPOversampler

# a probability that rounds to zero, for logarithms
_LEAST = 1e-6
# batches that an autoencoder of the ensemble is scored on
_N_SCORED = 8


@Substitution(
    **family_parameters(
        pretrain_iter=1000,
        codes="interpolated",
        init="encoder",
        balance="batches",
        reconstruction_weight=10.0,
        ema_decay=0.99,
    ),
    attributes=SAMPLER_ATTRIBUTES,
)
class CAPGANOversampler(BAGANGPOversampler):
    """Conditional variational autoencoder pre-training for GANs (CAPGAN).

    BAGAN-GP with three things of its own: a variational autoencoder in place of the plain one,
    trained on a set that random oversampling has balanced; the discriminator, too, starts from
    it; and the gradient penalty is taken between real rows and noise [1]_.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    {pretrain_iter}

    {pretrain_learning_rate}

    max_iter : int, default=500
        Generator updates.

    {batch_size}
        The paper has 128.

    learning_rate : float, default=2e-4
        Step size of Adam (with betas 0.5 and 0.9) in the game; the paper's value.

    {architecture}
        ``'paper'`` builds the papers' networks, for images of 32x32 and 64x64.

    {image_shape}

    {channels}

    {categorical_features}

    pretraining : {{'oversample', 'two_phase', 'ensemble'}}, default='oversample'
        ``'oversample'``: on balanced batches. ``'two_phase'``: then on the rows as they come,
        for as long, with a tenth of the learning rate. ``'ensemble'``: several autoencoders,
        each on all rows of the classes below the mean and on its own part of the others; their
        weights are averaged in inverse proportion to their losses.

    n_subsets : int, default=3
        Autoencoders of the ensemble. Classes with fewer rows are not split.

    balanced_labels : bool, default=True
        As in :class:`~imblearn_gan.BAGANGPOversampler`.

    n_discriminator_steps : int, default=2
        Discriminator updates to one of the generator. The paper tried 2 to 10.

    penalty : {{'model', 'noise'}}, default='noise'
        Where the gradient penalty is taken: between real and generated rows, or between real
        rows and standard normal noise.

    penalty_weight : float, default=10.0
        Weight of the gradient penalty; the paper's value. 0 leaves it out.

    {codes}

    {discriminator_init}

    {balance}

    {reconstruction_weight}

    {ema_decay}

    {discriminator_learning_rate}

    {spectral_norm}

    {augmentation}

    {truncation}

    {device}

    {precision}

    {callbacks}

    {verbose}

    {reject}

    {replay}

    {replay_augmentation}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANGPOversampler : The game with another autoencoder.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    Differences from the paper: codes are interpolated between the means of real rows' codes
    by default (``codes='normal'`` is the paper's way), batches of the game balanced
    (``balance=None``) and weights averaged (``ema_decay=0``). The noise of eq. (5) is normal,
    as text and code mean, where the equation says uniform. For the cross entropy of eq. (9)
    values are rescaled from [-1, 1] to [0, 1].

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

    _parameter_constraints: dict = {
        **{
            k: v for k, v in BAGANGPOversampler._parameter_constraints.items() if k != "autoencoder"
        },
        "pretraining": [StrOptions({"oversample", "two_phase", "ensemble"})],
        "n_subsets": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        *,
        sampling_strategy="auto",
        random_state=None,
        latent_dim=100,
        pretrain_iter=1000,
        pretrain_learning_rate=1e-3,
        max_iter=500,
        batch_size=64,
        learning_rate=2e-4,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        pretraining="oversample",
        n_subsets=3,
        balanced_labels=True,
        n_discriminator_steps=2,
        penalty="noise",
        penalty_weight=10.0,
        codes="interpolated",
        discriminator_init="encoder",
        balance="batches",
        reconstruction_weight=10.0,
        ema_decay=0.99,
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation=None,
        truncation=1.0,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        reject=False,
        replay=0.5,
        replay_augmentation=None,
    ):
        super().__init__(
            sampling_strategy=sampling_strategy,
            random_state=random_state,
            latent_dim=latent_dim,
            pretrain_iter=pretrain_iter,
            pretrain_learning_rate=pretrain_learning_rate,
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            codes=codes,
            discriminator_init=discriminator_init,
            balance=balance,
            reconstruction_weight=reconstruction_weight,
            ema_decay=ema_decay,
            discriminator_learning_rate=discriminator_learning_rate,
            spectral_norm=spectral_norm,
            augmentation=augmentation,
            truncation=truncation,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
            reject=reject,
            replay=replay,
            replay_augmentation=replay_augmentation,
            balanced_labels=balanced_labels,
            n_discriminator_steps=n_discriminator_steps,
            penalty=penalty,
            penalty_weight=penalty_weight,
        )
        self.pretraining = pretraining
        self.n_subsets = n_subsets

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        encoder = VariationalEncoder(*self._trunk(spec), self.latent_dim)
        decoder = self._family(spec).decoder(spec, self.latent_dim)
        return encoder, EmbeddedGenerator(decoder, self.latent_dim, spec.n_classes)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Any) -> dict[str, Tensor]:
        """Objective of eq. (7): divergence, cross entropy and squared error of a row."""
        encoder: Any = networks["encoder"]
        mean, log_variance = encoder.distribution(batch.x)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        decoded = networks["generator"](z, batch.y).float()
        losses = vae_loss(decoded, batch.x, mean, log_variance)
        return losses | {"cross_entropy": _cross_entropy(decoded, batch.x)}

    def _pretraining(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        def balanced() -> Any:
            return data.draw(self.batch_size, balanced=True)

        if self.pretraining == "ensemble":
            yield from self._ensemble(networks, data)
            return
        yield self._autoencoder_phase(networks, balanced)
        if self.pretraining == "two_phase":
            yield self._autoencoder_phase(networks, lambda: data.draw(self.batch_size), 0.1)

    def _mean_loss(self, networks: nn.ModuleDict, data: TrainingData) -> Tensor:
        losses: list[Tensor] = []
        with torch.no_grad():
            for _ in range(_N_SCORED):
                losses += self._autoencoder_losses(
                    networks, data.draw(self.batch_size, True)
                ).values()
        return torch.stack(losses).sum() / _N_SCORED

    def _ensemble(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        """One autoencoder for each part of the large classes; their mean, weighed by loss."""
        names = ("encoder", "generator")
        weights, states = [], []
        for part in data.parts(self.n_subsets):
            member = nn.ModuleDict({name: copy.deepcopy(networks[name]) for name in names})
            yield self._autoencoder_phase(member, lambda p=part: p.draw(self.batch_size, True))
            weights.append(1 / self._mean_loss(member, part))
            states.append(member.state_dict())
        shares = torch.stack(weights) / torch.stack(weights).sum()
        for name in names:
            networks[name].load_state_dict(_weighted_mean(states, shares, f"{name}."))


def _cross_entropy(decoded: Tensor, x: Tensor) -> Tensor:
    """Eq. (9) for p and 1 - p: summed over the values of a row, mean over rows."""
    p, q = ((values + 1) / 2 for values in (x, decoded))
    q = q.clamp(_LEAST, 1 - _LEAST)
    return -(p * q.log() + (1 - p) * (1 - q).log()).flatten(1).sum(dim=1).mean()


def _weighted_mean(states: list[dict], shares: Tensor, prefix: str) -> dict[str, Tensor]:
    """Mean of the entries whose names have the prefix; counters are the first one's."""
    mean = {}
    for name, first in states[0].items():
        if name.startswith(prefix):
            mixed = sum(share * state[name] for share, state in zip(shares, states))
            mean[name.removeprefix(prefix)] = mixed if first.is_floating_point() else first
    return mean
