"""GANDA: BAGAN with a denoising autoencoder that knows the label, and spectral norm."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import torch
from imblearn.utils import Substitution
from torch import Tensor, nn

from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import (
    DCGANFamily,
    GANDAFamily,
    JoinedEncoder,
    JoinedGenerator,
    MLPFamily,
)
from imblearn_gan.over_sampling._autoencoder import family_parameters
from imblearn_gan.over_sampling._bagan import BAGANOversampler

#: Weight of the noise that is added to the autoencoder's input.
NOISE = 0.5


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
class GANDAOversampler(BAGANOversampler):
    """Data augmentation with a class-conditional GAN (GANDA).

    BAGAN with another autoencoder: it removes noise from its input and knows the label, which
    is joined to the encoder's features and again to the code. So codes of different classes
    lie apart, and a label always says which class is decoded [1]_.

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
        The paper has 32.

    learning_rate : float, default=2e-4
        Step size of Adam (with beta_1 = 0.5). The paper has 5e-5.

    {architecture}
        ``'paper'`` builds Table 1 of the paper, for square images of side 32, 64, 128 or 256.

    {image_shape}

    {channels}

    {categorical_features}

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
    BAGANOversampler : Without labels in the autoencoder.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    Differences from the paper: its text joins the label to the noisy input, its Table 1 to the
    features after the convolutions; Table 1 is followed. The class's distribution of codes,
    which the paper calls multinomial without saying more, is interpolated between real codes,
    or the Gaussian of BAGAN with ``codes='gaussian'``. beta_2 of Adam is 0.999, not 0.9999.

    References
    ----------
    .. [1] "Generative Adversarial Network for Class-Conditional Data Augmentation", Applied
       Sciences 10(23), 8415, 2020.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import GANDAOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = GANDAOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {
        "mlp": MLPFamily,
        "conv": partial(DCGANFamily, slope=0.1, spectral=True),
        "paper": GANDAFamily,
    }

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        n_classes, latent_dim = spec.n_classes, self.latent_dim
        encoder = JoinedEncoder(*self._trunk(spec), latent_dim, n_classes)
        decoder = self._family(spec).decoder(spec, latent_dim + n_classes)
        return encoder, JoinedGenerator(decoder, n_classes)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Any) -> dict[str, Tensor]:
        noisy = batch.x + NOISE * torch.randn_like(batch.x)
        decoded = networks["generator"](networks["encoder"](noisy, batch.y), batch.y)
        return {"reconstruction": (decoded.float() - batch.x).square().mean()}
