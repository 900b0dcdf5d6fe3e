"""An autoencoder starts the game: what BAGAN, BAGAN-GP, CAPGAN and GANDA share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_array, check_consistent_length
from torch import Tensor, nn

from imblearn_gan._estimator import architecture_options
from imblearn_gan._more_rows import read_encoded
from imblearn_gan.base import BaseGANOversampler, check_trained
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import (
    N_NEIGHBORS,
    GaussianCodes,
    InterpolatedCodes,
    NeighbourSearch,
    NormalCodes,
)
from imblearn_gan.networks import DCGANFamily, MLPFamily, copy_layers, drawn, trunk_of
from imblearn_gan.training import (
    Batch,
    Phase,
    Player,
    TrainingData,
    extract,
    inference,
    latent_codes,
)

Generate = Callable[[Tensor], Tensor]
#: Codes that are kept of a class that lacks no rows, for ``sample``.
N_KEPT = 100


class LatentSampler(BaseGANOversampler):
    """A sampler whose rows have codes: it draws codes of classes, and encodes and decodes rows."""

    _kept_networks = ("encoder", "generator", "latent")

    latent_dim: int

    @staticmethod
    def _interpolated(networks: nn.ModuleDict, z: Tensor, counts: Sequence[int]) -> Iterator[Phase]:
        """Let codes be drawn between those of real rows and of their neighbours.

        The search for neighbours is a phase of its own where it takes seconds, or more.
        """
        search = NeighbourSearch(z, counts, N_NEIGHBORS)
        if search.is_long:
            yield Phase("neighbours", [], search.n_steps, search.step)
        networks["latent"] = InterpolatedCodes(z, counts, neighbours=search.finish())

    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        rows = networks["generator"](networks["latent"](y), y)
        return drawn(rows, self.codec_.spec(()).categorical_slices)

    # Codes for plots and scores ---------------------------------------------------------------

    def encode(self, X: Any, y: Any) -> np.ndarray:
        """Return the latent codes of rows, by the trained encoder.

        Parameters
        ----------
        X : array-like
            Rows of the kind that ``fit_resample`` got.

        y : array-like of shape (n_samples,)
            Their labels. Methods whose encoder knows no label do not use them.

        Returns
        -------
        ndarray of shape (n_samples, latent_dim), dtype float32
            The codes.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing has been trained, as on balanced data: there a ``sampling_strategy`` that
            asks for more rows than there are, such as ``{0: 200, 1: 200}``, trains.

        ValueError
            If X does not fit what ``fit_resample`` got, or y holds an unknown label.
        """
        check_trained(self)
        rows, y = read_encoded(self, X), self.label_codec_.encode(y)
        check_consistent_length(rows, y)
        with inference():
            return extract(self.networks_["encoder"], rows, torch.from_numpy(y)).numpy()

    def decode(self, Z: Any, y: Any) -> Any:
        """Return the rows of latent codes, by the trained generator.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Codes, for example between two that ``encode`` gave.

        y : array-like of shape (n_samples,)
            The class each row is to be of; it need not be the class of the row that was encoded.
            BAGAN's generator knows no label: there the code alone says the class.

        Returns
        -------
        array-like of shape (n_samples, ...)
            Rows in the container and with the dtypes that ``fit_resample`` got.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing has been trained.

        ValueError
            If a code has not ``latent_dim`` values, or y holds an unknown label.
        """
        check_trained(self)
        Z, y = check_array(Z, dtype=np.float32, copy=True, order="C"), self.label_codec_.encode(y)
        check_consistent_length(Z, y)
        if Z.shape[1] != self.latent_dim:
            raise ValueError(
                f"Z has {Z.shape[1]} columns, but codes have latent_dim={self.latent_dim} values."
            )
        generator, n_values = self.networks_["generator"], self.codec_.spec(()).n_values
        with inference():
            rows = extract(generator, torch.from_numpy(Z), torch.from_numpy(y), n_values=n_values)
            return self._origin.give_back(self.codec_.decode(rows.numpy()))


@dataclass(kw_only=True, eq=False, repr=False)
class AutoencoderGame(LatentSampler):
    """Autoencoder, hand-over, adversarial training: the way of the whole family.

    A method gives the autoencoder, whose decoder is the generator, its loss, the discriminator,
    and the losses of both players.
    """

    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily}
    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = BaseGANOversampler._auto | {
        "pretrain_iter": (1000, 400),
        "pretrain_learning_rate": (1e-3, 2e-3),
        "max_iter": (500, 200),
        "learning_rate": (2e-4, 5e-4),
    }

    latent_dim: int = 100
    pretrain_iter: Any = "auto"
    pretrain_learning_rate: Any = "auto"
    codes: str = "interpolated"
    discriminator_init: str = "encoder"
    reconstruction_weight: float = 10.0
    balance: str | None = "batches"
    ema_decay: float = 0.99

    _parameter_constraints: ClassVar[dict] = {
        **BaseGANOversampler._parameter_constraints,
        "architecture": architecture_options("mlp", "conv", "paper"),
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "pretrain_iter": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "max_iter": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "pretrain_learning_rate": [
            Interval(Real, 0, None, closed="neither"),
            StrOptions({"auto"}),
        ],
        "codes": [StrOptions({"gaussian", "interpolated", "normal"})],
        "discriminator_init": [StrOptions({"encoder", "random"})],
        "reconstruction_weight": [Interval(Real, 0, None, closed="left")],
        "balance": [StrOptions({"batches"}), None],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
    }

    # What a method gives ----------------------------------------------------------------------

    @abstractmethod
    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        """Return encoder, with a ``trunk``, and generator."""

    @abstractmethod
    def _discriminator(self, spec: DataSpec) -> nn.Module:
        """Return the discriminator, with a ``trunk``."""

    @abstractmethod
    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of the autoencoder on real rows."""

    @abstractmethod
    def _turn(self, data: TrainingData, generate: Generate) -> Any:
        """Return what the discriminator sees in one turn; ``generate`` makes rows of classes."""

    @abstractmethod
    def _discriminator_losses(self, discriminator: Any, turn: Any) -> dict[str, Tensor]:
        """Return what the discriminator minimises."""

    @abstractmethod
    def _generator_losses(self, discriminator: Any, made: Tensor, y: Tensor) -> dict[str, Tensor]:
        """Return what the generator minimises, of its rows."""

    # What they share --------------------------------------------------------------------------

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        encoder, generator = self._autoencoder(spec)
        networks = {"encoder": encoder, "generator": generator}
        return nn.ModuleDict(networks | {"discriminator": self._discriminator(spec)})

    #: Parameters of the autoencoder alone, and the values that ask for nothing.
    _of_autoencoder: ClassVar[dict[str, Any]] = {}

    def _without_effect(self, spec: DataSpec) -> dict[str, str]:
        asked = {n for n, value in self._of_autoencoder.items() if getattr(self, n) != value}
        why = "pretrain_iter=0 leaves the autoencoder out"
        own = {} if self.pretrain_iter else dict.fromkeys(sorted(asked), why)
        return super()._without_effect(spec) | own

    def _trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return the first layers of the encoder, and the size of what they give."""
        return trunk_of(self._family(spec), spec)

    def _discriminator_trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return the first layers of the discriminator: the encoder's, or the first of them."""
        family: Any = self._family(spec)
        if hasattr(family, "discriminator_trunk"):
            return family.discriminator_trunk(spec)
        return self._trunk(spec)

    def _handed_over(self, encoder: Any) -> nn.Sequential:
        """Return the layers of the encoder that the discriminator can start from."""
        return encoder.trunk

    def _batch(self, data: TrainingData, size: int | None = None) -> Batch:
        """Draw a batch of real rows."""
        return data.draw(self.batch_size_ if size is None else size, self.balance == "batches")

    @property
    def _discriminator_steps(self) -> int:
        """Updates of the discriminator to one of the generator."""
        return 1

    def _moment_decays(self) -> tuple[float, float]:
        """Return the betas of Adam, for the autoencoder and for the game."""
        return self._betas

    def _made_labels(self, data: TrainingData) -> Tensor:
        """Draw the labels of generated rows."""
        return data.draw_labels(self.batch_size_)

    def _pretraining(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield self._autoencoder_phase(networks, lambda: self._batch(data))

    def _autoencoder_phase(
        self, networks: nn.ModuleDict, draw: Callable[[], Batch], rate_factor: float = 1.0
    ) -> Phase:
        player = Player(
            "autoencoder",
            {name: networks[name] for name in ("encoder", "generator")},
            lambda batch: self._autoencoder_losses(networks, batch),
            draw,
            rate_factor * self.pretrain_learning_rate_,
            self._moment_decays(),
        )
        return Phase("pretrain", [player], self.pretrain_iter_, rate_name="pretrain_learning_rate")

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from self._pretraining(networks, data)
        encoder: Any = networks["encoder"]
        discriminator: Any = networks["discriminator"]
        if self.discriminator_init == "encoder":
            copy_layers(self._handed_over(encoder), discriminator.trunk)
        real_z = latent_codes(encoder, data.x, data.y, rate_name="pretrain_learning_rate")
        if self.codes == "interpolated":
            yield from self._interpolated(networks, real_z, data.spec.class_counts)
        else:
            networks["latent"] = self._latent(real_z, data)
        yield Phase(
            "adversarial",
            self._players(networks, data, real_z),
            self.max_iter_,
            ema_decay=self.ema_decay,
            averaged=["generator"],
        )
        if isinstance(networks["latent"], InterpolatedCodes):
            networks["latent"].forget([i for i, n in enumerate(data.n_to_make) if not n], N_KEPT)

    def _latent(self, real_z: Tensor, data: TrainingData) -> nn.Module:
        """Return what draws a code for each label, unless codes are interpolated."""
        if self.codes == "normal":
            return NormalCodes(self.latent_dim)
        return GaussianCodes(real_z, data.spec.class_counts)

    def _players(self, networks: nn.ModuleDict, data: TrainingData, real_z: Tensor) -> list[Player]:
        generator, latent = networks["generator"], networks["latent"]
        discriminator = networks["discriminator"]

        def generate(y: Tensor) -> Tensor:
            return generator(latent(y), y)

        def draw() -> Any:
            return self._turn(data, generate)

        def discriminator_losses(turn: Any) -> dict[str, Tensor]:
            return self._discriminator_losses(discriminator, turn)

        def generator_losses(_: Any) -> dict[str, Tensor]:
            held = self._reconstruction(generator, data, real_z)
            y = self._made_labels(data)
            return self._generator_losses(discriminator, generate(y), y) | held

        adam = {"learning_rate": self.learning_rate_, "betas": self._moment_decays()}
        return [
            Player(
                "discriminator",
                {"discriminator": discriminator},
                discriminator_losses,
                draw,
                n_steps=self._discriminator_steps,
                **adam,
            ),
            Player("generator", {"generator": generator}, generator_losses, **adam),
        ]

    def _reconstruction(
        self, generator: nn.Module, data: TrainingData, real_z: Tensor
    ) -> dict[str, Tensor]:
        """Return the loss that holds the generator to decoding real rows' codes to real rows."""
        if not self.reconstruction_weight:
            return {}
        index = data.draw_index(self.batch_size_, self.balance == "batches")
        decoded = generator(real_z[index], data.y[index]).float()
        error = (decoded - data.x[index]).square().mean()
        return {"reconstruction": self.reconstruction_weight * error}
