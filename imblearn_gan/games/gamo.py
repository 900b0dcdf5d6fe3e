"""GAMO's game: a classifier, a discriminator and a convex generator."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, TypeVar

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan._estimator import NetworkEstimator, architecture_options
from imblearn_gan._limits import check_memory, warn_of_idle
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import classifier_loss, discriminator_loss, misleading_loss, vae_loss
from imblearn_gan.networks import (
    FAMILIES,
    ClassDecoders,
    ConditionalGenerator,
    ConvexGenerator,
    ConvFamily,
    Family,
    FeatureDecoder,
    RowStore,
    dense,
)
from imblearn_gan.presets import from_preset, gamo_preset
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import Batch, Phase, Player, TrainingData, extract

T = TypeVar("T", bound="GAMOGame")

#: Size of the vectors that the feature extractor F gives.
N_FEATURES = 512
#: Size of the code z.
LATENT_DIM = 100
#: Bound on the logits of the convex weights of a few rows.
TILT = 2.0


@dataclass
class _Turn:
    """What classifier and discriminator see in one turn: features and one-hot labels."""

    real: Tensor
    real_labels: Tensor
    generated: Any = None
    generated_labels: Any = None


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GAMOGame(NetworkEstimator):
    """The game of Generative Adversarial Minority Oversampling, for sampler and classifier."""

    # the convolutions of all are the authors'
    _families: ClassVar[dict] = {**FAMILIES, "paper": ConvFamily}

    variant: str = "GAMO"
    loss: str = "cross_entropy"
    combine: str = "rows"
    n_support: int | None = 2
    misleading: str = "own_class"
    balance: str | None = "weights"
    adversarial_weight: float | None = 3.0
    generated_weight: float | None = 0.2
    label_smoothing: float = 0.1
    ema_decay: float = 0.999

    _parameter_constraints: ClassVar[dict] = {
        **NetworkEstimator._parameter_constraints,
        "architecture": architecture_options("mlp", "conv", "paper"),
        "variant": [StrOptions({"GAMO", "GAMO-D", "cG+D", "cG"})],
        "loss": [StrOptions({"least_squares", "cross_entropy"})],
        "combine": [StrOptions({"rows", "features"})],
        "n_support": [Interval(Integral, 2, None, closed="left"), None],
        "misleading": [StrOptions({"own_class", "minorities", "complement"})],
        "balance": [StrOptions({"weights", "batches"}), None],
        "adversarial_weight": [Interval(Real, 0, None, closed="left"), None],
        "generated_weight": [Interval(Real, 0, None, closed="left"), None],
        "label_smoothing": [Interval(Real, 0, 0.5, closed="left")],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
    }

    @classmethod
    def paper(
        cls: type[T],
        *,
        images: str = "convolutional",
        variant: str = "GAMO",
        loss: str = "least_squares",
        **changes: Any,
    ) -> T:
        """Return the method with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Networks are the authors' on 28x28, with further stages on larger images; u and v of
        Algorithm 1 are the batches of an epoch, rounded up, as there, and ``max_iter`` counts the
        v steps. Not expressed: the steps of G in the authors' code, one against M and one against
        D for each minority class in turn, on ceil(batch_size / n_classes) rows of it (18 steps on
        Fashion-MNIST), where Algorithm 1, and so this game, has two on a batch of all of them; and
        a budget of its own for the sampler's GAMO2pix, which gets two updates for each of the
        game's.

        Parameters
        ----------
        images : {'convolutional', 'flattened'}, default='convolutional'
            ``'convolutional'``: the game is played on the features of images.
            ``'flattened'``: on their values; so it is on tables.

        variant : {'GAMO', 'GAMO-D', 'cG+D', 'cG'}, default='GAMO'
            The method and its ablations.

        loss : {'least_squares', 'cross_entropy'}, default='least_squares'
            Eq. (4)-(6), which the paper prefers, or eq. (2)-(3).

        {changes}

        Examples
        --------
        >>> from imblearn_gan import GAMOClassifier
        >>> GAMOClassifier.paper(variant="GAMO-D", images="flattened").max_iter
        25000
        """
        generated = {"replay": 0.0} if hasattr(cls, "replay") else {}
        changes = {"variant": variant, "loss": loss} | generated | changes
        return from_preset(cls, gamo_preset(images), changes)

    @property
    def _is_convex(self) -> bool:
        return self.variant in ("GAMO", "GAMO-D")

    @property
    def _has_discriminator(self) -> bool:
        return self.variant in ("GAMO", "cG+D")

    def _extracts(self, spec: DataSpec) -> bool:
        """Tell whether a feature extractor F is learnt; else rows are their own features."""
        if isinstance(self.architecture, str):
            return spec.is_image and self.architecture != "mlp"
        return True

    def _in_features(self, spec: DataSpec) -> bool:
        return self.combine == "features" and self._extracts(spec)

    def _without_effect(self, spec: DataSpec) -> dict[str, str]:
        own, ablation = {}, f"variant={self.variant!r}"
        if self.combine == "features" and not self._extracts(spec):
            own["combine"] = "without convolutions rows are their own features"
        if self.n_support not in (None, 2) and not self._is_convex:
            own["n_support"] = f"{ablation} combines no rows"
        if self.label_smoothing not in (0, 0.1) and not self._has_discriminator:
            own["label_smoothing"] = f"{ablation} has no discriminator"
        return super()._without_effect(spec) | own

    def _check_spec(self, spec: DataSpec) -> None:
        super()._check_spec(spec)
        if self.n_support is not None:
            check_memory(f"n_support={self.n_support}", [self.n_support], self.batch_size_)

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        n_features, extractor = spec.n_values, nn.Sequential(nn.Flatten())
        if self._extracts(spec):
            n_features = N_FEATURES
            extractor = nn.Sequential(family.encoder(spec, n_features), nn.Tanh())
        networks = nn.ModuleDict()
        networks["extractor"] = extractor
        networks["classifier"] = dense([n_features, 256, 128, spec.n_classes])
        if not any(n_to_make):
            return networks
        networks["generator"] = self._generator(spec, n_to_make, n_features)
        if self._has_discriminator:
            networks["discriminator"] = dense([n_features + spec.n_classes, 256, 128, 1])
        return networks

    def _generator(self, spec: DataSpec, n_to_make: Sequence[int], n_features: int) -> nn.Module:
        if self._is_convex:
            counts = [n if made else 0 for n, made in zip(spec.class_counts, n_to_make)]
            tilt = None if self.n_support is None else TILT
            return ConvexGenerator(LATENT_DIM, counts, self.n_support, tilt)
        output = self._family(spec).decoder(spec, 64)
        if self._in_features(spec):
            output = nn.Sequential(dense([64, 256, n_features]), nn.Tanh())
        return ConditionalGenerator(LATENT_DIM, spec.n_classes, output)

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        if self.misleading == "minorities" and sum(n > 0 for n in data.n_to_make) == 1:
            warn_of_idle(self, {"misleading": "one class alone is filled up, so it is 'own_class'"})
        play = _Play(self, networks, data)
        if not play.in_features:
            networks["rows"] = play.store
        yield Phase(
            "adversarial",
            play.players(),
            self.max_iter_,
            before_iteration=play.refresh if play.in_features else None,
            ema_decay=self.ema_decay,
            lr_decay=self.ema_decay > 0,
            memory=play.memory if play.in_features else {},
        )
        if play.in_features:
            play.extract()
            networks["rows"] = play.new_store()


class _Play:
    """One playing of the game: its networks and data, and what changes from turn to turn."""

    def __init__(self, game: GAMOGame, networks: nn.ModuleDict, data: TrainingData):
        parts: dict[str, Any] = dict(networks.items())
        self.game, self.data = game, data
        self.extractor, self.classifier = parts["extractor"], parts["classifier"]
        self.generator: Any = parts.get("generator")
        self.discriminator: Any = parts.get("discriminator")
        self.in_features = game._in_features(data.spec)
        self.minority = torch.tensor([float(n > 0) for n in data.n_to_make], device=data.device)
        self.drawn, self.real_weights, self.generated_weights = class_weights(game, data)
        #: What G combines: rows, or their features.
        self.memory = {"pool": data.x.flatten(1)}
        self.store = RowStore(None) if self.in_features else self.new_store()
        self._due = False

    @property
    def pool(self) -> Tensor:
        """Rows, or their features, of all classes."""
        return self.memory["pool"]

    def new_store(self) -> RowStore:
        """Return what G combines, of the classes that are made."""
        if self.generator is None or not self.game._is_convex:
            return RowStore(None)
        made = [i for i, n in enumerate(self.data.n_to_make) if n]
        return RowStore(torch.cat([self.pool[self.data.rows_of(i)] for i in made]))

    @property
    def epoch(self) -> int:
        """Batches in a pass over all rows, the last one counted whole: u and v of Algorithm 1."""
        return math.ceil(len(self.data) / self.game.batch_size_)

    def refresh(self, iteration: int) -> None:
        """Once an epoch, take the features of all rows under the F of the moment."""
        if iteration % self.epoch == 0:
            self._due = self.game.generated_weight is None  # once F has taken its steps
            if not self._due:
                self.extract()

    def extract(self) -> None:
        """Take the features of all rows."""
        self._due = False
        self.memory["pool"] = extract(self.extractor, self.data.x)

    def features(self, values: Tensor) -> Tensor:
        """Return the features of rows; what is combined may be features already."""
        if self.in_features:
            return values
        return self.extractor(values.view(-1, *self.data.spec.shape))

    def generate(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return generated rows and their one-hot labels, drawn in proportion to ``weights``."""
        y = self.data.draw_labels(self.game.batch_size_, weights).sort().values
        z = torch.randn(len(y), LATENT_DIM, **own_draws(y.device))
        combined = (self.pool, self.data.starts) if self.in_features else (self.store.rows,)
        return self.generator(z, y, *combined), self.data.one_hot(y)

    def draw(self) -> _Turn:
        """Return what M and D see."""
        if self._due:
            self.extract()
        index = self.data.draw_index(self.game.batch_size_, self.game.balance == "batches")
        labels = self.data.one_hot(self.data.y[index])
        if self.generator is None:
            return _Turn(self.features(self.pool[index]), labels)
        with torch.no_grad():
            generated, generated_labels = self.generate(self.drawn)
        both = self.features(torch.cat([self.pool[index], generated]))
        real, made = both.split(self.game.batch_size_)
        return _Turn(real, labels, made, generated_labels)

    def discriminator_term(self, x: Tensor, labels: Tensor, target: float) -> Tensor:
        """Return the loss of D's output against a target, eq. (3), (5), (6)."""
        outputs = self.discriminator(torch.cat([x, labels], 1))
        if self.game.loss == "least_squares":
            outputs = torch.sigmoid(outputs.float())
        return discriminator_loss(outputs, target, self.game.loss)

    def extractor_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return what F minimises where features are combined: M's loss on real rows."""
        logits = self.classifier(self.extractor(batch.x))
        return {"real": classifier_loss(logits, self.data.one_hot(batch.y), self.game.loss)}

    def classifier_losses(self, turn: _Turn) -> dict[str, Tensor]:
        """Return what M minimises on real and on generated rows, eq. (2), (4)."""

        def told_apart(x: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
            return classifier_loss(self.classifier(x), labels, self.game.loss, weights)

        losses = {"real": told_apart(turn.real, turn.real_labels, self.real_weights)}
        if turn.generated is not None:
            losses["generated"] = told_apart(
                turn.generated, turn.generated_labels, self.generated_weights
            )
        return losses

    def discriminator_losses(self, turn: _Turn) -> dict[str, Tensor]:
        """Return what D minimises on real and on generated rows, eq. (3), (5)."""
        smooth = self.game.label_smoothing
        return {
            "real": self.discriminator_term(turn.real.detach(), turn.real_labels, 1 - smooth),
            "generated": self.discriminator_term(
                turn.generated.detach(), turn.generated_labels, smooth
            ),
        }

    def generator_losses(self, _: Any) -> dict[str, Tensor]:
        """Return what G minimises: that M errs and D is deceived, eq. (2)-(3), (6)."""
        generated, labels = self.generate(self.minority)
        made = self.features(generated)
        pulled = None
        if self.game.misleading != "own_class":
            is_all = self.game.misleading == "complement"
            pulled = torch.ones_like(self.minority) if is_all else self.minority
        misled = misleading_loss(self.classifier(made), labels, self.game.loss, pulled)
        weight = self.game.adversarial_weight
        losses = {"classifier": misled if weight is None else weight * misled}
        if self.discriminator is not None:
            losses["discriminator"] = self.discriminator_term(made, labels, 1.0)
        return losses

    def players(self) -> list[Player]:
        """Return the players, in the order of their turns."""
        rate, size = self.game.learning_rate_, self.game.batch_size_
        apart = self.game.generated_weight is None
        extractor, classifier = {"extractor": self.extractor}, {"classifier": self.classifier}
        plays = self.generator is not None

        def player(name: str, networks: Any, losses: Any, apart: bool, draw: Any = None) -> Player:
            if apart:
                return Player(name, networks, one_by_one(losses), draw, rate, n_steps=2)
            return Player(name, networks, losses, draw, rate)

        players = []
        if self.in_features:

            def draw() -> Batch:
                return self.data.draw(size)

            first = player("extractor", extractor, self.extractor_losses, False, draw)
            if apart:  # u = v, an epoch
                first.n_steps = first.every = self.epoch
            players.append(first)
        learning = classifier if self.in_features else extractor | classifier
        losses = self.classifier_losses
        players.append(player("classifier", learning, losses, apart and plays, self.draw))
        deceives = self.discriminator is not None
        if deceives:
            network = {"discriminator": self.discriminator}
            players.append(player("discriminator", network, self.discriminator_losses, apart))
        if plays:
            network, apart = {"generator": self.generator}, self.game.adversarial_weight is None
            players.append(player("generator", network, self.generator_losses, apart and deceives))
        return players


def one_by_one(losses: Callable[[Any], dict[str, Tensor]]) -> Callable[[Any], dict[str, Tensor]]:
    """Return losses of which each call gives the next term alone, in turn."""
    steps = itertools.count()

    def one(batch: Any) -> dict[str, Tensor]:
        terms = list(losses(batch).items())
        return dict([terms[next(steps) % len(terms)]])

    return one


def class_weights(game: GAMOGame, data: TrainingData) -> tuple[Tensor, Tensor, Tensor]:
    """Return how labels of generated rows are drawn, and M's weights of real and generated rows.

    Unless ``balance`` is None the real rows of all classes weigh the same in total, and the
    generated ones of every minority class ``generated_weight`` times that.
    """
    deficit = torch.tensor(data.n_to_make, dtype=torch.float32, device=data.device)
    counts = torch.tensor(data.spec.class_counts, dtype=torch.float32, device=data.device)
    ones = torch.ones_like(counts)
    weight = 1.0 if game.generated_weight is None else game.generated_weight
    if game.balance is None:
        return deficit, ones, weight * ones
    made = (deficit > 0).float()
    if game.balance == "batches":
        return made, ones, weight * made.mean() * ones
    inverse, drawn = counts.mean() / counts, counts * made
    return drawn, inverse, weight * drawn.sum() / counts.sum() * inverse


def build_decoders(
    family: Family, spec: DataSpec, n_features: int, classes: Iterable[int], latent_dim: int
) -> ClassDecoders:
    """Return GAMO2pix's networks: one decoder from features to rows for each class."""

    def decoder() -> FeatureDecoder:
        return FeatureDecoder(n_features, latent_dim, family.decoder(spec, latent_dim))

    return ClassDecoders({i: decoder() for i in classes})


def decoding_phase(
    decoders: nn.Module,
    features: Tensor,
    data: TrainingData,
    max_iter: int,
    batch_size: int,
    learning_rate: float,
) -> Phase:
    """Return the phase in which each class's decoder learns its rows from fixed features."""

    def player(name: str, decoder: Any) -> Player:
        rows = data.rows_of(int(name))

        def losses(index: Tensor) -> dict[str, Tensor]:
            decoded, mean, log_variance = decoder.reconstruct(features[rows][index])
            return vae_loss(decoded, data.x[rows.start + index], mean, log_variance)

        def draw() -> Tensor:
            n = rows.stop - rows.start
            return torch.randint(n, (batch_size,), **own_draws(data.device))

        return Player(f"class_{name}", {f"decoder_{name}": decoder}, losses, draw, learning_rate)

    players = [player(name, decoder) for name, decoder in decoders.named_children()]
    return Phase("gamo2pix", players, max_iter, lr_decay=True)
