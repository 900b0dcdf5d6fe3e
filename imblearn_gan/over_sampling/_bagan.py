"""BAGAN: an autoencoder starts the game, one softmax over classes and 'generated' judges it."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import torch
from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.autoencoder import AutoencoderGame, Generate
from imblearn_gan.losses import softmax_loss
from imblearn_gan.networks import (
    BAGANFamily,
    DCGANFamily,
    Encoder,
    Generator,
    MLPFamily,
    SoftmaxDiscriminator,
)
from imblearn_gan.presets import from_preset
from imblearn_gan.seeding import randn_like
from imblearn_gan.training import Batch, TrainingData


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class BAGANOversampler(AutoencoderGame):
    """Balancing GAN (BAGAN).

    An autoencoder learns all classes together, without labels. Its decoder becomes the
    generator and its encoder the discriminator's first layers; the codes of each class's real
    rows say where in code space the class lies. In the game that follows the discriminator has
    one softmax over the classes and 'generated', so that looking real and being of the class
    asked for are one aim and cannot contradict each other [1]_.

    Parameters
    ----------
    {data}

    {game}

    {result}

    {run}

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

    ``architecture='paper'`` is for square images whose side, halved until it is at most 8, stays
    whole, as its authors' code is: 28, 32, 64, 128, 224, 320, 512, ...

    Differences from the paper: the codes are interpolated by default and batches balanced;
    :meth:`paper` has the paper's settings. The covariance of a class is shrunk, so that it
    exists for any number of rows. The discriminator starts from the encoder without its last
    layer.

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

    # its autoencoder knows no label: at twice the rate it learns sparse tables as their mean
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = AutoencoderGame._auto | {
        "pretrain_iter": (1000, 1000),
        "pretrain_learning_rate": (1e-3, 1e-3),
        "max_iter": (500, 500),
        "learning_rate": (2e-4, 2e-4),
    }
    _of_autoencoder: ClassVar[dict] = {"noise_weight": 0.0}

    noise_weight: float = 0.0

    _parameter_constraints: ClassVar[dict] = {
        **AutoencoderGame._parameter_constraints,
        "noise_weight": [Interval(Real, 0, None, closed="left")],
    }

    @classmethod
    def paper(cls, *, n_samples: int = 60_000, **changes: Any) -> BAGANOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Networks are the authors'. Not expressed: a class's covariance is shrunk here.

        Parameters
        ----------
        n_samples : int, default=60_000
            Rows of the training set, which turn epochs into updates. MNIST has 60,000.

        {changes}

        Examples
        --------
        >>> from imblearn_gan import BAGANOversampler
        >>> BAGANOversampler.paper(max_iter=500).learning_rate
        5e-05
        """
        return from_preset(cls, "BAGAN", changes, n_samples=n_samples)

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        encoder = Encoder(*self._trunk(spec), self.latent_dim)
        return encoder, Generator(self._family(spec).decoder(spec, self.latent_dim))

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return SoftmaxDiscriminator(*self._discriminator_trunk(spec), spec.n_classes)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Batch) -> dict[str, Tensor]:
        seen = batch.x
        if self.noise_weight:
            seen = seen + self.noise_weight * randn_like(seen)
        decoded = networks["generator"](networks["encoder"](seen, batch.y), batch.y)
        return {"reconstruction": (decoded.float() - batch.x).square().mean()}

    def _turn(self, data: TrainingData, generate: Generate) -> Batch:
        """Return real rows and generated ones, 1 / (C + 1) of the batch, labelled C."""
        n_classes = data.spec.n_classes
        n_generated = max(1, round(self.batch_size_ / (n_classes + 1)))
        real = self._batch(data, max(1, self.batch_size_ - n_generated))
        y = self._made_labels(data)
        with torch.no_grad():  # a whole batch, for the sake of batch norm
            made = generate(y)[:n_generated].float()
        labels = torch.full_like(y[:n_generated], n_classes)
        return Batch(torch.cat([real.x, made]), torch.cat([real.y, labels]))

    def _discriminator_losses(self, discriminator: Any, turn: Batch) -> dict[str, Tensor]:
        return {"classes": softmax_loss(discriminator(turn.x), turn.y)}

    def _generator_losses(self, discriminator: Any, made: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"classes": softmax_loss(discriminator(made), y)}
