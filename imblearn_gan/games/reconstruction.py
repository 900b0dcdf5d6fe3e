"""Autoencoders that learn alone, without a discriminator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.training import Phase, Player


@dataclass(kw_only=True, eq=False, repr=False)
class Reconstruction(BaseGANOversampler):
    """An encoder and a decoder that give rows back: a game of one player.

    A method gives the networks, and what is to be given back.
    """

    _main_phase = "autoencoder"
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = BaseGANOversampler._auto | {
        "max_iter": (3000, 3000),
        "learning_rate": (1e-3, 1e-3),
    }

    latent_dim: int = 100
    balance: str | None = "batches"
    ema_decay: float = 0.99

    _parameter_constraints: ClassVar[dict] = {
        **BaseGANOversampler._parameter_constraints,
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "balance": [StrOptions({"batches"}), None],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
    }

    def _autoencoder_phase(
        self,
        networks: nn.ModuleDict,
        losses: Callable[[Any], dict[str, Tensor]],
        draw: Callable[[], Any],
        averaged: Sequence[str],
    ) -> Phase:
        """Return the phase in which all of these networks learn together."""
        rate = self.learning_rate_
        learning = dict(networks.items())
        player = Player("autoencoder", learning, losses, draw, rate, betas=(0.9, 0.999))
        return Phase(
            "autoencoder", [player], self.max_iter_, ema_decay=self.ema_decay, averaged=averaged
        )
