"""BAGAN: an autoencoder starts the game, one softmax over classes and 'generated' judges it."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from imblearn.utils import Substitution
from torch import Tensor, nn

from imblearn_gan._training import Player, TrainingData
from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import softmax_loss
from imblearn_gan.networks import (
    BAGANFamily,
    DCGANFamily,
    Encoder,
    Generator,
    MLPFamily,
    SoftmaxDiscriminator,
)
from imblearn_gan.over_sampling._autoencoder import (
    AutoencoderSampler,
    draw_labels,
    family_parameters,
)


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
class BAGANOversampler(AutoencoderSampler):
    """Balancing GAN (BAGAN).

    An autoencoder learns all classes together, without labels. Its decoder becomes the
    generator and its encoder the discriminator's first layers; the codes of each class's real
    rows say where in code space the class lies. In the game that follows the discriminator has
    one softmax over the classes and 'generated', so that looking real and being of the class
    asked for are one aim and cannot contradict each other [1]_.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    {pretrain_iter}

    {pretrain_learning_rate}

    max_iter : int, default=500
        Generator updates. The paper has about 100 epochs for each of the two stages.

    {batch_size}

    learning_rate : float, default=2e-4
        Step size of Adam (with beta_1 = 0.5). The paper has 5e-5.

    {architecture}
        ``'paper'`` builds the authors' networks, for square images of side 32, 64, 128 or 256.

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
    GANDAOversampler : With a denoising autoencoder that knows the label.
    BAGANGPOversampler : With an embedding of the label and a gradient penalty.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    Differences from the paper: the codes are interpolated by default and batches balanced;
    ``codes='gaussian', balance=None,
    reconstruction_weight=0, ema_decay=0, replay=0`` is the paper's way. The covariance of a
    class is shrunk, so that it exists for any number of rows. The discriminator starts from the
    encoder without its last layer.

    References
    ----------
    .. [1] G. Mariani, F. Scheidegger, R. Istrate, C. Bekas and C. Malossi, "BAGAN: Data
       Augmentation with Balancing GAN", arXiv:1803.09655, 2018.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = BAGANOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily, "paper": BAGANFamily}

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
        )

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        encoder = Encoder(*self._trunk(spec), self.latent_dim)
        return encoder, Generator(self._family(spec).decoder(spec, self.latent_dim))

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return SoftmaxDiscriminator(*self._discriminator_trunk(spec), spec.n_classes)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Any) -> dict[str, Tensor]:
        decoded = networks["generator"](networks["encoder"](batch.x, batch.y), batch.y)
        return {"reconstruction": (decoded.float() - batch.x).square().mean()}

    def _players(
        self, networks: nn.ModuleDict, data: TrainingData, codes: nn.Module
    ) -> list[Player]:
        generator, discriminator = networks["generator"], networks["discriminator"]
        see, n_classes = self._augmentation(data.spec), data.spec.n_classes
        n_generated = max(1, round(self.batch_size / (n_classes + 1)))
        n_real = max(1, self.batch_size - n_generated)

        def draw() -> tuple[Tensor, Tensor]:
            real, y = self._batches(data, n_real), draw_labels(self.batch_size, data)
            with torch.no_grad():  # a whole batch, for the sake of batch norm
                made = generator(codes(y), y)[:n_generated].float()
            labels = torch.cat([real.y, torch.full_like(y[:n_generated], n_classes)])
            return torch.cat([real.x, made]), labels

        def discriminator_losses(batch) -> dict[str, Tensor]:
            rows, labels = batch
            return {"classes": softmax_loss(discriminator(see(rows)), labels)}

        def generator_losses(_) -> dict[str, Tensor]:
            y = draw_labels(self.batch_size, data)
            return {"classes": softmax_loss(discriminator(see(generator(codes(y), y))), y)}

        rates = self._discriminator_rate, self.learning_rate
        return [
            Player("discriminator", [discriminator], discriminator_losses, draw, rates[0]),
            Player("generator", [generator], generator_losses, learning_rate=rates[1]),
        ]
