"""What BAGAN, BAGAN-GP, CAPGAN and GANDA share: an autoencoder that starts the game."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_array, check_consistent_length
from torch import Tensor, nn
from torch.nn.utils import parametrize

from imblearn_gan._estimator import read_rows
from imblearn_gan._training import Phase, Player, TrainingData, extract
from imblearn_gan.base import SHARED_PARAMETERS, BaseGANOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import GaussianCodes, InterpolatedCodes, NormalCodes
from imblearn_gan.networks import DCGANFamily, MLPFamily, trunk_of


class AutoencoderSampler(BaseGANOversampler):
    """Autoencoder, hand-over, adversarial training: the way of the whole family.

    A method gives the autoencoder, whose decoder is the generator, its loss, the discriminator,
    and the game.
    """

    _kept_networks = ("encoder", "generator", "codes")
    _families: ClassVar[dict] = {"mlp": MLPFamily, "conv": DCGANFamily}

    _parameter_constraints: dict = {
        **BaseGANOversampler._parameter_constraints,
        "pretrain_iter": [Interval(Integral, 0, None, closed="left")],
        "pretrain_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "architecture": [
            StrOptions({"auto", "mlp", "conv", "paper"}),
            HasMethods(["encoder", "decoder"]),
        ],
        "codes": [StrOptions({"gaussian", "interpolated", "normal"})],
        "discriminator_init": [StrOptions({"encoder", "random"})],
        "reconstruction_weight": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        pretrain_iter,
        pretrain_learning_rate,
        codes,
        discriminator_init,
        reconstruction_weight,
        **shared,
    ):
        super().__init__(**shared)
        self.pretrain_iter = pretrain_iter
        self.pretrain_learning_rate = pretrain_learning_rate
        self.codes = codes
        self.discriminator_init = discriminator_init
        self.reconstruction_weight = reconstruction_weight

    # What a method gives ----------------------------------------------------------------------

    @abstractmethod
    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        """Encoder, with a ``trunk``, and generator."""

    @abstractmethod
    def _discriminator(self, spec: DataSpec) -> nn.Module:
        """Discriminator, with a ``trunk``."""

    @abstractmethod
    def _autoencoder_losses(self, networks: nn.ModuleDict, batch: Any) -> dict[str, Tensor]:
        """Losses of the autoencoder on real rows."""

    @abstractmethod
    def _players(
        self, networks: nn.ModuleDict, data: TrainingData, codes: nn.Module
    ) -> list[Player]:
        """Discriminator and generator; ``codes`` draws a code for each label."""

    # What they share --------------------------------------------------------------------------

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        encoder, generator = self._autoencoder(spec)
        networks = {"encoder": encoder, "generator": generator}
        return nn.ModuleDict(networks | {"discriminator": self._discriminator(spec)})

    def _trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """First layers of the encoder, and the size of what they give."""
        return trunk_of(self._family(spec), spec)

    def _discriminator_trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """First layers of the discriminator: the encoder's, or the first of them."""
        family: Any = self._family(spec)
        if hasattr(family, "discriminator_trunk"):
            return family.discriminator_trunk(spec)
        return self._trunk(spec)

    def _batches(self, data: TrainingData, size: int | None = None) -> Any:
        """A batch of real rows."""
        return data.draw(self.batch_size if size is None else size, self.balance == "batches")

    def _pretraining(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield self._autoencoder_phase(networks, lambda: self._batches(data))

    def _autoencoder_phase(
        self, networks: nn.ModuleDict, draw: Any, rate_factor: float = 1.0
    ) -> Phase:
        player = Player(
            "autoencoder",
            [networks["encoder"], networks["generator"]],
            lambda batch: self._autoencoder_losses(networks, batch),
            draw,
            rate_factor * self.pretrain_learning_rate,
        )
        return Phase("pretrain", [player], self.pretrain_iter)

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from self._pretraining(networks, data)
        discriminator: Any = networks["discriminator"]
        encoder: Any = networks["encoder"]
        if self.discriminator_init == "encoder":
            hand_over(encoder.trunk, discriminator.trunk)
        real_codes = extract(encoder, data.x, data.y).float()
        if not real_codes.isfinite().all():
            raise FloatingPointError(
                "The autoencoder's codes are not finite after pre-training. Try a smaller "
                "pretrain_learning_rate."
            )
        networks["codes"] = codes = self._distribution(real_codes, data)
        players = self._players(networks, data, codes)
        if self.reconstruction_weight:
            players[-1].losses = self._anchored(players[-1].losses, networks, data, real_codes)
        yield Phase(
            "adversarial",
            players,
            self.max_iter,
            ema_decay=self.ema_decay,
            averaged=[networks["generator"]],
        )
        if isinstance(codes, InterpolatedCodes):
            codes.forget([i for i, n in enumerate(data.n_to_make) if not n])

    def _distribution(self, real_codes: Tensor, data: TrainingData) -> nn.Module:
        if self.codes == "normal":
            return NormalCodes(self.latent_dim)
        distribution = GaussianCodes if self.codes == "gaussian" else InterpolatedCodes
        return distribution(real_codes, data.spec.class_counts)

    def _anchored(
        self, losses: Any, networks: nn.ModuleDict, data: TrainingData, real_codes: Tensor
    ) -> Any:
        """The generator's losses, and that it still decodes real rows' codes to real rows."""

        def anchored(batch: Any) -> dict[str, Tensor]:
            index = data.draw_index(self.batch_size, self.balance == "batches")
            decoded = networks["generator"](real_codes[index], data.y[index]).float()
            error = (decoded - data.x[index]).square().mean()
            return losses(batch) | {"reconstruction": self.reconstruction_weight * error}

        return anchored

    def _generate(self, networks: nn.ModuleDict, codes: Tensor) -> Tensor:
        return networks["generator"](networks["codes"](codes, self.truncation), codes)

    # Codes for plots and scores ---------------------------------------------------------------

    def encode(self, X, y):
        """Codes of rows, by the trained encoder.

        Parameters
        ----------
        X : array-like
            Rows of the kind that ``fit_resample`` got.

        y : array-like of shape (n_rows,)
            Their labels. Methods whose encoder knows no label do not use them.

        Returns
        -------
        ndarray of shape (n_rows, latent_dim), dtype float32
            The codes.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing has been trained.

        ValueError
            If X does not fit what ``fit_resample`` got, or y holds an unknown label.
        """
        self._check_trained()
        X, y = read_rows(self, X), self.label_codec_.encode(y)
        check_consistent_length(X, y)
        rows, labels = torch.from_numpy(self.codec_.encode(X)), torch.from_numpy(y)
        return extract(self.networks_["encoder"], rows, labels).numpy()

    def decode(self, Z, y):
        """Rows of codes, by the trained generator.

        Parameters
        ----------
        Z : array-like of shape (n_rows, latent_dim)
            Codes, for example between two that ``encode`` gave.

        y : array-like of shape (n_rows,)
            The class each row is to be of; it need not be the class of the row that was encoded.
            BAGAN's generator knows no label: there the code alone says the class.

        Returns
        -------
        array-like of shape (n_rows, ...)
            Rows in the container and with the dtypes that ``fit_resample`` got.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing has been trained.

        ValueError
            If a code has not ``latent_dim`` values, or y holds an unknown label.
        """
        self._check_trained()
        Z, y = check_array(Z, dtype=np.float32, copy=True, order="C"), self.label_codec_.encode(y)
        check_consistent_length(Z, y)
        if Z.shape[1] != self.latent_dim:
            raise ValueError(
                f"Z has {Z.shape[1]} columns, but codes have latent_dim={self.latent_dim} values."
            )
        rows = extract(self.networks_["generator"], torch.from_numpy(Z), torch.from_numpy(y))
        labels = self.label_codec_.decode(y)
        return self._container.transform(self.codec_.decode(rows.numpy()), labels)[0]


def draw_labels(size: int, data: TrainingData) -> Tensor:
    """Class codes, all classes equally likely."""
    return torch.randint(data.spec.n_classes, (size,), device=data.device)


def hand_over(encoder: nn.Sequential, discriminator: nn.Sequential) -> None:
    """Give a discriminator's layers, one by one, the weights of the encoder's first layers."""
    for source, target in zip(encoder, discriminator):
        if not any(True for _ in target.parameters()):
            continue  # a discriminator may have fewer layers
        for name, layer in source.named_modules():
            if "parametrizations" not in name:
                _copy_weights(layer, target.get_submodule(name))


def _copy_weights(source: nn.Module, target: nn.Module) -> None:
    """Copy a layer's own weights, whether or not the target alone has spectral norm."""
    if parametrize.is_parametrized(source):
        target.load_state_dict(source.state_dict())
        return
    with torch.no_grad():
        for name, value in source.named_parameters(recurse=False):
            if parametrize.is_parametrized(target, name):
                setattr(target, name, value.clone())
            else:
                getattr(target, name).copy_(value)
        for name, buffer in source.named_buffers(recurse=False):
            getattr(target, name).copy_(buffer)


#: Text for the parameters of the family, for ``imblearn.utils.Substitution``.
AUTOENCODER_PARAMETERS = {
    "pretrain_iter": """pretrain_iter : int, default={pretrain_iter}
        Updates of the autoencoder before the game; 0 starts the game from random weights.""",
    "pretrain_learning_rate": """pretrain_learning_rate : float, default=1e-3
        Step size of Adam for the autoencoder.""",
    "codes": """codes : {{'gaussian', 'interpolated', 'normal'}}, default={codes!r}
        Where the codes of generated rows come from. ``'gaussian'``: one Gaussian a class, fitted
        to the codes of its real rows. ``'interpolated'``: between the codes of a real row and of
        one of its five nearest neighbours in the class, so that no code is far from real ones.
        ``'normal'``: a standard normal, the same for all classes.""",
    "discriminator_init": """discriminator_init : {{'encoder', 'random'}}, default={init!r}
        Whether the discriminator's first layers start from the encoder.""",
    "balance": """balance : {{'batches'}} or None, default={balance!r}
        ``'batches'``: every class is equally likely among the real rows of a batch. None draws
        them as they come.""",
    "reconstruction_weight": """reconstruction_weight : float, default={reconstruction_weight}
        Weight, in the generator's loss, of the squared error of real rows decoded from their
        codes: the game sharpens what the autoencoder has learnt and cannot lose it. 0 is the
        paper's way.""",
    "replay": """replay : float, default=0.5
        Share of the added rows that are real rows of the class, repeated: 0 adds generated rows
        only, as the paper does, and 1 is random oversampling, without any training. Half of
        each trained better classifiers than either alone, see the benchmarks.""",
    "ema_decay": """ema_decay : float, default={ema_decay}
        Decay of the moving average of the generator's weights, batch-norm statistics included,
        which replaces them in the end. 0 is the paper's: the last weights.""",
}


def family_parameters(**defaults: Any) -> dict[str, str]:
    """Text for all shared parameters, with a method's defaults."""
    own = {name: text.format(**defaults) for name, text in AUTOENCODER_PARAMETERS.items()}
    return SHARED_PARAMETERS | own
