"""The game of BAGAN-GP and CAPGAN: an embedding of the label, wrong labels, a gradient penalty."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan.data import DataSpec
from imblearn_gan.games.autoencoder import AutoencoderGame, Generate
from imblearn_gan.losses import (
    PENALTY_WEIGHT,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    points_between,
)
from imblearn_gan.networks import EmbeddedDiscriminator, EmbeddedGenerator
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import TrainingData


@dataclass
class EmbeddingTurn:
    """What the discriminator sees in one turn."""

    x: Tensor
    y: Tensor
    wrong_y: Tensor
    made: Tensor
    made_y: Tensor


@dataclass(kw_only=True, eq=False, repr=False)
class EmbeddingGame(AutoencoderGame):
    """A discriminator that says whether a row is a real one of the class named.

    A method gives the encoder, the loss of the autoencoder, and where the gradient penalty is
    taken.
    """

    _betas: ClassVar[tuple[float, float]] = (0.5, 0.9)

    n_discriminator_steps: int = 2

    _parameter_constraints: ClassVar[dict] = {
        **AutoencoderGame._parameter_constraints,
        "n_discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "balance": [StrOptions({"batches", "labels"}), None],
    }

    @abstractmethod
    def _encoder(self, spec: DataSpec) -> nn.Module:
        """Return the encoder."""

    @abstractmethod
    def _penalised(self, turn: EmbeddingTurn) -> Tensor:
        """Return the rows between which and the real ones the gradient penalty is taken."""

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        encoder = self._encoder(spec)
        decoder = self._family(spec).decoder(spec, self.latent_dim)
        return encoder, EmbeddedGenerator(decoder, self.latent_dim, spec.n_classes)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        trunk, n_features = self._discriminator_trunk(spec)
        family: Any = self._family(spec)
        if getattr(family, "judges_codes", False):
            layer, n_features = family.code_layers(n_features, self.latent_dim), self.latent_dim
            trunk = nn.Sequential(*trunk, layer)
        if hasattr(family, "label_layers"):
            embedding, head = family.label_layers(n_features, spec.n_classes)
            return EmbeddedDiscriminator(trunk, n_features, spec.n_classes, embedding, head)
        return EmbeddedDiscriminator(trunk, n_features, spec.n_classes)

    def _handed_over(self, encoder: Any) -> nn.Sequential:
        return nn.Sequential(*encoder.trunk, encoder.head)

    @property
    def _discriminator_steps(self) -> int:
        return self.n_discriminator_steps

    def _made_labels(self, data: TrainingData) -> Tensor:
        """Draw Y_f of eq. (15), or Y_r of eq. (13)."""
        if self.balance is None:
            return data.y[data.draw_index(self.batch_size_)]
        return super()._made_labels(data)

    def _turn(self, data: TrainingData, generate: Generate) -> EmbeddingTurn:
        x, y = self._batch(data)
        made_y = y if self.balance is None else self._made_labels(data)
        with torch.no_grad():
            made = generate(made_y).float()
        n_classes = data.spec.n_classes
        others = torch.randint(1, n_classes, y.shape, **own_draws(y.device))
        wrong_y = (y + others) % n_classes
        return EmbeddingTurn(x, y, wrong_y, made, made_y)

    def _discriminator_losses(self, discriminator: Any, turn: EmbeddingTurn) -> dict[str, Tensor]:
        real, made = discriminator.trunk(torch.cat([turn.x, turn.made])).chunk(2)

        def term(features: Tensor, y: Tensor, target: float) -> Tensor:
            return discriminator_loss(discriminator.of_features(features, y), target)

        losses = {"real": term(real, turn.y, 1.0), "generated": term(made, turn.made_y, 0.0)}
        if self.balance is not None:
            losses["wrong"] = term(real, turn.wrong_y, 0.0)
        between = points_between(turn.x, self._penalised(turn))
        penalty = gradient_penalty(lambda x: discriminator(x, turn.y), between)
        return losses | {"penalty": PENALTY_WEIGHT * penalty}

    def _generator_losses(self, discriminator: Any, made: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": generator_loss(discriminator(made, y))}
