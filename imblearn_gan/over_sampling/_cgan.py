"""Conditional GANs that start from noise, and the one the papers compare with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar, NamedTuple

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._training import Phase, Player, TrainingData
from imblearn_gan._training._batches import Batch
from imblearn_gan.base import SAMPLER_ATTRIBUTES, SHARED_PARAMETERS, BaseGANOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import NormalCodes
from imblearn_gan.losses import critic_loss, fooling_loss
from imblearn_gan.networks import (
    DCGANFamily,
    JoinedDiscriminator,
    JoinedGenerator,
    MLPFamily,
    ProjectionDiscriminator,
    trunk_of,
)

#: Text for the parameters of games from noise, for ``imblearn.utils.Substitution``.
NOISE_PARAMETERS = SHARED_PARAMETERS | {
    "n_discriminator_steps": """n_discriminator_steps : int, default=1
        Discriminator updates to one of the generator.""",
    "replay": """replay : float, default=0.5
        Share of the added rows that are real rows of the class, repeated: 0 adds generated rows
        only, and 1 is random oversampling, without any training. See the benchmarks.""",
    "augmentation": SHARED_PARAMETERS["augmentation"].replace("default=None", "default='auto'"),
    "conditioning": """conditioning : {'projection', 'concatenation'}, default='projection'
        How the discriminator sees the label: by the product of its features with a learnt
        embedding [2]_, or joined, one-hot, to the row (as channels of images). The generator's
        noise is joined with the one-hot label.""",
}

#: How a discriminator can be told the label.
CONDITIONING = StrOptions({"projection", "concatenation"})


class Turn(NamedTuple):
    """Real rows, their labels, and rows generated under the same labels."""

    x: Tensor
    y: Tensor
    made: Tensor


class NoiseSampler(BaseGANOversampler):
    """A generator of noise and label, and a discriminator: what such games share.

    A method gives the discriminator and the losses of both players.
    """

    _kept_networks = ("generator",)
    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily}
    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)

    _parameter_constraints: dict = {
        **BaseGANOversampler._parameter_constraints,
        "n_discriminator_steps": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, *, n_discriminator_steps, **shared):
        super().__init__(**shared)
        self.n_discriminator_steps = n_discriminator_steps

    @abstractmethod
    def _discriminator(self, spec: DataSpec) -> nn.Module:
        """The discriminator."""

    @abstractmethod
    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        """What the discriminator minimises; ``see`` augments what it sees."""

    @abstractmethod
    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        """What the generator minimises, of generated rows as the discriminator sees them."""

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family, n_classes = self._family(spec), spec.n_classes
        decoder = family.decoder(spec, self.latent_dim + n_classes)
        return nn.ModuleDict(
            {
                "generator": JoinedGenerator(decoder, n_classes),
                "discriminator": self._discriminator(spec),
            }
        )

    def _conditional_discriminator(self, spec: DataSpec, conditioning: str) -> nn.Module:
        """A discriminator that is told the label, in one of two ways."""
        family, n_classes = self._family(spec), spec.n_classes
        if conditioning == "projection":
            return ProjectionDiscriminator(*trunk_of(family, spec), n_classes)
        joined = replace(spec, shape=(spec.shape[0] + n_classes, *spec.shape[1:]))
        return JoinedDiscriminator(*trunk_of(family, joined), n_classes)

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        size, balanced = self.batch_size, self.balance == "batches"
        yield self._game(
            "adversarial",
            (networks["generator"], networks["discriminator"]),
            data.spec,
            lambda: data.draw(size, balanced),
        )

    def _game(
        self,
        name: str,
        networks: tuple[nn.Module, nn.Module],
        spec: DataSpec,
        draw_real: Callable[[], Batch],
    ) -> Phase:
        """A generator and a discriminator taking turns."""
        generator, discriminator = networks
        codes, see = NormalCodes(self.latent_dim), self._augmentation(spec)

        def draw() -> Turn:
            x, y = draw_real()
            with torch.no_grad():
                return Turn(x, y, generator(codes(y), y).float())

        def discriminator_losses(turn: Turn) -> dict[str, Tensor]:
            return self._discriminator_losses(discriminator, see, turn)

        def generator_losses(_) -> dict[str, Tensor]:
            y = draw_real().y
            return self._generator_losses(discriminator, see(generator(codes(y), y)), y)

        rate, betas, steps = self._discriminator_rate, self._betas, self.n_discriminator_steps
        players = [
            Player(
                "discriminator", [discriminator], discriminator_losses, draw, rate, betas, steps
            ),
            Player("generator", [generator], generator_losses, None, self.learning_rate, betas),
        ]
        return Phase(name, players, self.max_iter, ema_decay=self.ema_decay, averaged=[generator])

    def _generate(self, networks: nn.ModuleDict, codes: Tensor) -> Tensor:
        z = NormalCodes(self.latent_dim)(codes, self.truncation)
        return networks["generator"](z, codes)


@Substitution(**NOISE_PARAMETERS, attributes=SAMPLER_ATTRIBUTES)
class CGANOversampler(NoiseSampler):
    """Conditional GAN: one generator for all classes, which is told the label.

    The system that GAMO's paper calls cGAN on tables and cDCGAN on images [1]_. On images its
    networks are convolutional.

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

    {conditioning}

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
    ACGANOversampler : The discriminator names the class.
    CWGANGPOversampler : Wasserstein distance with a gradient penalty.
    BAGANGPOversampler : An autoencoder starts the game.

    References
    ----------
    .. [1] M. Mirza and S. Osindero, "Conditional generative adversarial nets",
       arXiv:1411.1784, 2014.
    .. [2] T. Miyato and M. Koyama, "cGANs with projection discriminator", ICLR 2018.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = CGANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _parameter_constraints: dict = {
        **NoiseSampler._parameter_constraints,
        "loss": [StrOptions({"non_saturating", "least_squares", "hinge"})],
        "conditioning": [CONDITIONING],
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
        conditioning="projection",
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
        self.conditioning = conditioning

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return self._conditional_discriminator(spec, self.conditioning)

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        rows = see(torch.cat([turn.x, turn.made]))
        real, made = discriminator(rows, turn.y.repeat(2)).chunk(2)
        return {
            "real": critic_loss(real, True, self.loss),
            "generated": critic_loss(made, False, self.loss),
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": fooling_loss(discriminator(seen, y), self.loss)}
