"""Conditional WGAN-GP: a critic of the Wasserstein distance, with a gradient penalty."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import critic_loss, fooling_loss, gradient_penalty
from imblearn_gan.over_sampling._cgan import CONDITIONING, NOISE_PARAMETERS, NoiseSampler, Turn


@Substitution(**NOISE_PARAMETERS, attributes=SAMPLER_ATTRIBUTES)
class CWGANGPOversampler(NoiseSampler):
    """Conditional Wasserstein GAN with gradient penalty (CWGAN-GP).

    The discriminator's output is unbounded; a penalty holds the norm of its gradient near one,
    between real rows and generated rows of the same class [1]_ [3]_.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    max_iter : int, default=1000
        Generator updates.

    {batch_size}

    learning_rate : float, default=2e-4
        Step size of Adam (with betas 0 and 0.9) of the generator.

    {architecture}

    {image_shape}

    {channels}

    {categorical_features}

    {conditioning}

    n_discriminator_steps : int, default=2
        Discriminator updates to one of the generator. The paper has 5, for twice the time.

    penalty_weight : float, default=10.0
        Weight of the gradient penalty; the paper's value.

    {discriminator_learning_rate}

    {spectral_norm}

    {augmentation}

    {balance}

    {ema_decay}

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
    BAGANGPOversampler : Gradient penalty without the Wasserstein distance.

    References
    ----------
    .. [1] I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville, "Improved training
       of Wasserstein GANs", NeurIPS 2017.
    .. [2] T. Miyato and M. Koyama, "cGANs with projection discriminator", ICLR 2018.
    .. [3] M. Zheng et al., "Conditional Wasserstein generative adversarial network-gradient
       penalty-based approach to alleviating imbalanced data classification", Information
       Sciences 512, 2020.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CWGANGPOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = CWGANGPOversampler(max_iter=20, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _betas: ClassVar[tuple[float, float]] = (0.0, 0.9)

    _parameter_constraints: dict = {
        **NoiseSampler._parameter_constraints,
        "conditioning": [CONDITIONING],
        "penalty_weight": [Interval(Real, 0, None, closed="left")],
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
        conditioning="projection",
        n_discriminator_steps=2,
        penalty_weight=10.0,
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation="auto",
        balance="batches",
        ema_decay=0.99,
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
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            n_discriminator_steps=n_discriminator_steps,
            discriminator_learning_rate=discriminator_learning_rate,
            spectral_norm=spectral_norm,
            augmentation=augmentation,
            balance=balance,
            ema_decay=ema_decay,
            truncation=truncation,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
            reject=reject,
            replay=replay,
            replay_augmentation=replay_augmentation,
        )
        self.conditioning = conditioning
        self.penalty_weight = penalty_weight

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return self._conditional_discriminator(spec, self.conditioning)

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        share = torch.rand(len(turn.x), *[1] * (turn.x.dim() - 1), device=turn.x.device)
        between = torch.lerp(turn.made, turn.x, share)
        penalty = gradient_penalty(lambda x: discriminator(see(x), turn.y), between)
        rows = see(torch.cat([turn.x, turn.made]))
        real, made = discriminator(rows, turn.y.repeat(2)).chunk(2)
        return {
            "real": critic_loss(real, True, "wasserstein"),
            "generated": critic_loss(made, False, "wasserstein"),
            "penalty": self.penalty_weight * penalty,
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": fooling_loss(discriminator(seen, y), "wasserstein")}
