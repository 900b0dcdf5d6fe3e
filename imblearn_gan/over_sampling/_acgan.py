"""ACGAN: a discriminator with two heads, one for 'real' and one for the class."""

from __future__ import annotations

from numbers import Real
from typing import Any

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import critic_loss, fooling_loss, softmax_loss
from imblearn_gan.networks import TwoHeadedDiscriminator, trunk_of
from imblearn_gan.over_sampling._cgan import NOISE_PARAMETERS, NoiseSampler, Turn


@Substitution(**NOISE_PARAMETERS, attributes=SAMPLER_ATTRIBUTES)
class ACGANOversampler(NoiseSampler):
    """Auxiliary classifier GAN (ACGAN).

    The discriminator is not told the label: it names it. Both players gain from rows whose class
    is easily named, which draws generated rows to the middle of their class [1]_.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    max_iter : int, default=1000
        Generator updates.

    {batch_size}

    learning_rate : float, default=2e-4
        Step size of Adam (with beta_1 = 0.5) of the generator.

    {architecture}

    {image_shape}

    {channels}

    {categorical_features}

    loss : {{'non_saturating', 'least_squares', 'hinge'}}, default='non_saturating'
        See :func:`~imblearn_gan.losses.critic_loss`.

    class_loss_weight : float, default=1.0
        Weight of naming the class in both players' losses; the paper's value.

    {n_discriminator_steps}

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
    BAGANOversampler : One softmax over the classes and 'generated'.
    CGANOversampler : The discriminator is told the label.

    References
    ----------
    .. [1] A. Odena, C. Olah and J. Shlens, "Conditional image synthesis with auxiliary
       classifier GANs", ICML 2017.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import ACGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = ACGANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _parameter_constraints: dict = {
        **NoiseSampler._parameter_constraints,
        "loss": [StrOptions({"non_saturating", "least_squares", "hinge"})],
        "class_loss_weight": [Interval(Real, 0, None, closed="left")],
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
        loss="non_saturating",
        class_loss_weight=1.0,
        n_discriminator_steps=1,
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
        self.loss = loss
        self.class_loss_weight = class_loss_weight

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return TwoHeadedDiscriminator(*trunk_of(self._family(spec), spec), spec.n_classes)

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        source, classes = discriminator.both(see(torch.cat([turn.x, turn.made])))
        real, made = source.chunk(2)
        named = sum(softmax_loss(half, turn.y) for half in classes.chunk(2))
        return {
            "real": critic_loss(real, True, self.loss),
            "generated": critic_loss(made, False, self.loss),
            "classes": self.class_loss_weight * named,
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        source, classes = discriminator.both(seen)
        return {
            "generated": fooling_loss(source, self.loss),
            "classes": self.class_loss_weight * softmax_loss(classes, y),
        }
