"""GANs that start from noise: a generator, a discriminator, and turns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan.augmentation import Augmentation
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import NormalCodes
from imblearn_gan.losses import discriminator_loss, generator_loss
from imblearn_gan.networks import (
    DCGANFamily,
    JoinedDiscriminator,
    JoinedGenerator,
    MLPFamily,
    ProjectionDiscriminator,
    draw_categories,
    start_from,
    trunk_of,
    with_spectral_norm,
)
from imblearn_gan.training import Phase, Player, TrainingData

#: How a discriminator can be told the label.
CONDITIONING = StrOptions({"projection", "concatenation"})
#: Losses of a discriminator that says 'real' or 'generated'.
LOSSES = StrOptions({"cross_entropy", "least_squares", "hinge"})


class Turn(NamedTuple):
    """Real rows, their labels, and rows generated under the same labels."""

    x: Tensor
    y: Tensor
    made: Tensor


@dataclass(kw_only=True, eq=False, repr=False)
class NoiseGame(BaseGANOversampler):
    """A generator that starts from noise, and a discriminator: what such games share.

    A method gives the discriminator and the losses of both players.
    """

    _kept_networks = ("generator",)
    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily}
    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = BaseGANOversampler._auto | {
        "max_iter": (1000, 300),
        "learning_rate": (2e-4, 1e-3),
        "n_discriminator_steps": (1, 1),
    }

    latent_dim: int = 100
    n_discriminator_steps: int = 1
    ema_decay: float = 0.99
    spectral_norm: bool = False
    augmentation: Any = "auto"

    _parameter_constraints: ClassVar[dict] = {
        **BaseGANOversampler._parameter_constraints,
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "n_discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
        "spectral_norm": ["boolean"],
        "augmentation": [str, list, tuple, dict, None],
    }

    @abstractmethod
    def _discriminator(self, spec: DataSpec) -> nn.Module:
        """Return a discriminator."""

    @abstractmethod
    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        """Return what the discriminator minimises; ``see`` augments what it sees."""

    @abstractmethod
    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return what the generator minimises, of its rows as the discriminator sees them."""

    def _check_spec(self, spec: DataSpec) -> None:
        super()._check_spec(spec)
        Augmentation(self.augmentation, spec)

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = self._players_networks(spec, n_to_make)
        draw_categories(networks["generator"])
        if self.spectral_norm:
            with_spectral_norm(networks["discriminator"])
        return networks

    def _players_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        """Return generator and discriminator."""
        decoder = self._family(spec).decoder(spec, self.latent_dim + spec.n_classes)
        return nn.ModuleDict(
            {
                "generator": JoinedGenerator(decoder, spec.n_classes),
                "discriminator": self._discriminator(spec),
            }
        )

    def _game(
        self,
        name: str,
        networks: nn.ModuleDict,
        data: TrainingData,
        draw_index: Callable[[], Tensor],
    ) -> Phase:
        """Return the phase in which generator and discriminator take turns.

        ``draw_index`` draws a batch of real rows; of those of the generator's turn only the labels
        are read.
        """
        spec = data.spec
        generator, discriminator = networks["generator"], networks["discriminator"]
        latent, see = NormalCodes(self.latent_dim), Augmentation(self.augmentation, spec)

        def draw() -> Turn:
            index = draw_index()
            x, y = data.x[index], data.y[index]
            with torch.no_grad():
                return Turn(x, y, generator(latent(y), y).float())

        def discriminator_losses(turn: Turn) -> dict[str, Tensor]:
            return self._discriminator_losses(discriminator, see, turn)

        def generator_losses(_: Any) -> dict[str, Tensor]:
            y = data.y[draw_index()]
            return self._generator_losses(discriminator, see(generator(latent(y), y)), y)

        adam = {"learning_rate": self.learning_rate_, "betas": self._moment_decays(spec)}
        players = [
            Player(
                "discriminator",
                {"discriminator": discriminator},
                discriminator_losses,
                draw,
                n_steps=self.n_discriminator_steps_,
                **adam,
            ),
            Player("generator", {"generator": generator}, generator_losses, **adam),
        ]
        return Phase(
            name, players, self.max_iter_, ema_decay=self.ema_decay, averaged=["generator"]
        )

    def _moment_decays(self, spec: DataSpec) -> tuple[float, float]:
        """Return the betas of Adam."""
        return self._betas

    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        return networks["generator"](NormalCodes(self.latent_dim)(y), y)


class VanillaLosses:
    """Losses of a discriminator with one output, 'real' or 'generated', and of what deceives it."""

    loss: str

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        rows = see(torch.cat([turn.x, turn.made]))
        real, made = discriminator(rows, turn.y.repeat(2)).chunk(2)
        return {
            "real": discriminator_loss(real, 1.0, self.loss),
            "generated": discriminator_loss(made, 0.0, self.loss),
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": generator_loss(discriminator(seen, y), self.loss)}


@dataclass(kw_only=True, eq=False, repr=False)
class ConditionalGame(NoiseGame):
    """One generator for all classes, which is told the label."""

    balance: str | None = "batches"

    _parameter_constraints: ClassVar[dict] = {
        **NoiseGame._parameter_constraints,
        "balance": [StrOptions({"batches"}), None],
    }

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        def draw_index() -> Tensor:
            return data.draw_index(self.batch_size_, self.balance == "batches")

        if not data.spec.is_image:
            means = [data.mean_of(i) for i in range(data.spec.n_classes)]
            start_from(networks["generator"], torch.stack(means).mean(dim=0))
        yield self._game("adversarial", networks, data, draw_index)


def conditional_discriminator(family: Any, spec: DataSpec, conditioning: str) -> nn.Module:
    """Return a discriminator that is told the label, by projection or by concatenation."""
    if conditioning == "projection":
        return ProjectionDiscriminator(*trunk_of(family, spec), spec.n_classes)
    joined = replace(spec, shape=(spec.shape[0] + spec.n_classes, *spec.shape[1:]))
    return JoinedDiscriminator(*trunk_of(family, joined), spec.n_classes)
