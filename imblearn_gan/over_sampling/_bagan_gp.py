"""BAGAN-GP: an embedding of the label and a gradient penalty."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._training import Player, TrainingData
from imblearn_gan.base import SAMPLER_ATTRIBUTES
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import discriminator_loss, gradient_penalty
from imblearn_gan.networks import (
    BAGANGPFamily,
    DCGANFamily,
    EmbeddedCritic,
    EmbeddedGenerator,
    Encoder,
    MLPFamily,
)
from imblearn_gan.over_sampling._autoencoder import (
    AutoencoderSampler,
    draw_labels,
    family_parameters,
)


@dataclass
class _Turn:
    """What the discriminator sees in one turn."""

    x: Tensor
    y: Tensor
    wrong: Tensor
    made: Tensor
    made_y: Tensor


@Substitution(
    **family_parameters(
        pretrain_iter=1000,
        codes="interpolated",
        init="random",
        balance="batches",
        reconstruction_weight=10.0,
        ema_decay=0.99,
    ),
    attributes=SAMPLER_ATTRIBUTES,
)
class BAGANGPOversampler(AutoencoderSampler):
    """Balancing GAN with gradient penalty (BAGAN-GP).

    The code of a row is multiplied by a learnt embedding of its label before it is decoded, so
    that the autoencoder learns where the classes differ; decoder and embedding become the
    generator. The discriminator says whether a row is a real one *of the class named*: it also
    sees real rows under wrong labels. A gradient penalty keeps it smooth [1]_.

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

    autoencoder : {{'supervised', 'unsupervised'}} or None, default='supervised'
        ``'supervised'``: codes are multiplied by the embedding of the label, the paper's v3.
        ``'unsupervised'``: the autoencoder knows no label, the paper's v2. None: no autoencoder
        starts the game.

    balanced_labels : bool, default=True
        Whether labels of generated rows are uniform and real rows are shown under wrong labels,
        too, eq. (14)-(15). False gives generated rows the labels of the real ones and leaves
        wrong labels out, eq. (12)-(13): the paper's v1 with ``autoencoder='unsupervised'`` and
        cDRAGAN with ``autoencoder=None, codes='normal', reconstruction_weight=0``.

    n_discriminator_steps : int, default=2
        Discriminator updates to one of the generator. The paper has 5.

    penalty : {{'model', 'noise'}}, default='model'
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
    CAPGANOversampler : With a variational autoencoder, trained on balanced batches.
    BAGANOversampler : With one softmax over classes and 'generated'.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    Differences from the paper: its codes are standard normal (``codes='normal'``), its batches
    as they come (``balance=None``), its weights the last ones (``ema_decay=0``). The
    autoencoder's loss is the squared error of the paper, where its authors' code has the
    absolute one.

    References
    ----------
    .. [1] G. Huang and A. H. Jafari, "Enhanced balancing GAN: minority-class image
       generation", Neural Computing and Applications, 2021.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import BAGANGPOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = BAGANGPOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily, "paper": BAGANGPFamily}

    _parameter_constraints: dict = {
        **AutoencoderSampler._parameter_constraints,
        "autoencoder": [StrOptions({"supervised", "unsupervised"}), None],
        "balanced_labels": ["boolean"],
        "n_discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "penalty": [StrOptions({"model", "noise"})],
        "penalty_weight": [Interval(Real, 0, None, closed="left")],
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
        autoencoder="supervised",
        balanced_labels=True,
        n_discriminator_steps=2,
        penalty="model",
        penalty_weight=10.0,
        codes="interpolated",
        discriminator_init="random",
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
        self.autoencoder = autoencoder
        self.balanced_labels = balanced_labels
        self.n_discriminator_steps = n_discriminator_steps
        self.penalty = penalty
        self.penalty_weight = penalty_weight

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        encoder = Encoder(*self._trunk(spec), self.latent_dim)
        decoder = self._family(spec).decoder(spec, self.latent_dim)
        return encoder, EmbeddedGenerator(decoder, self.latent_dim, spec.n_classes)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return EmbeddedCritic(*self._discriminator_trunk(spec), spec.n_classes)

    def _pretraining(self, networks: nn.ModuleDict, data: TrainingData):
        if self.autoencoder is not None:
            yield from super()._pretraining(networks, data)

    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Any) -> dict[str, Tensor]:
        generator: Any = networks["generator"]
        z = networks["encoder"](batch.x, batch.y)
        supervised = self.autoencoder == "supervised"
        decoded = generator(z, batch.y) if supervised else generator.decoder(z)
        return {"reconstruction": (decoded.float() - batch.x).square().mean()}

    def _players(
        self, networks: nn.ModuleDict, data: TrainingData, codes: nn.Module
    ) -> list[Player]:
        generator = networks["generator"]
        discriminator: Any = networks["discriminator"]
        n_classes, size = data.spec.n_classes, self.batch_size
        see = self._augmentation(data.spec)

        def labels() -> Tensor:
            """Of generated rows: Y_f of eq. (14), or Y_r of eq. (12)."""
            return draw_labels(size, data) if self.balanced_labels else self._batches(data).y

        def draw() -> _Turn:
            real, made_y = self._batches(data), labels()
            with torch.no_grad():
                made = generator(codes(made_y), made_y).float()
            wrong = (real.y + torch.randint_like(real.y, 1, n_classes)) % n_classes
            return _Turn(real.x, real.y, wrong, made, made_y)

        def discriminator_losses(turn: _Turn) -> dict[str, Tensor]:
            real, made = discriminator.trunk(see(torch.cat([turn.x, turn.made]))).chunk(2)
            losses = {
                "real": discriminator_loss(discriminator.judge(real, turn.y), 1.0),
                "generated": discriminator_loss(discriminator.judge(made, turn.made_y), 0.0),
            }
            if self.balanced_labels:
                losses["wrong"] = discriminator_loss(discriminator.judge(real, turn.wrong), 0.0)
            if self.penalty_weight:
                other = turn.made if self.penalty == "model" else torch.randn_like(turn.x)
                share = torch.rand(size, *[1] * (turn.x.dim() - 1), device=data.device)
                between = torch.lerp(other, turn.x, share)
                penalty = gradient_penalty(lambda x: discriminator(see(x), turn.y), between)
                losses["penalty"] = self.penalty_weight * penalty
            return losses

        def generator_losses(_) -> dict[str, Tensor]:
            y = labels()
            judged = discriminator(see(generator(codes(y), y)), y)
            return {"generated": discriminator_loss(judged, 1.0)}

        rate, betas, steps = self._discriminator_rate, (0.5, 0.9), self.n_discriminator_steps
        return [
            Player(
                "discriminator", [discriminator], discriminator_losses, draw, rate, betas, steps
            ),
            Player("generator", [generator], generator_losses, None, self.learning_rate, betas),
        ]
