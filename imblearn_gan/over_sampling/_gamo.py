"""GAMO: a game of a classifier, a discriminator and a convex generator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import torch
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._training import Phase, Player, TrainingData, extract
from imblearn_gan.augmentation import Augmentation
from imblearn_gan.base import (
    GAME_CONSTRAINTS,
    SAMPLER_ATTRIBUTES,
    SHARED_PARAMETERS,
    AdversarialEstimator,
    BaseGANOversampler,
)
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import classifier_loss, discriminator_loss, misleading_loss
from imblearn_gan.networks import (
    ConditionalGenerator,
    ConvexGenerator,
    RowStore,
    dense,
    one_hot_of,
)
from imblearn_gan.over_sampling._gamo2pix import build_decoders, decoding_phase

N_FEATURES = 512


@dataclass
class _Turn:
    """What classifier and discriminator see in one turn: features and one-hot labels."""

    real: Tensor
    real_labels: Tensor
    generated: Any = None
    generated_labels: Any = None


class GAMOMethod(AdversarialEstimator):
    """The game itself, shared by the sampler and the classifier."""

    _parameter_constraints: dict = {
        **AdversarialEstimator._parameter_constraints,
        **GAME_CONSTRAINTS,
        "loss": [StrOptions({"least_squares", "cross_entropy"})],
        "generator": [StrOptions({"convex", "conditional"})],
        "discriminator": ["boolean"],
        "combine": [StrOptions({"rows", "features"})],
        "n_support": [Interval(Integral, 2, None, closed="left"), None],
        "tilt": [Interval(Real, 0, None, closed="neither"), None],
        "misleading": [StrOptions({"own_class", "complement"})],
        "balance": [StrOptions({"weights", "batches"}), None],
        "adversarial_weight": [Interval(Real, 0, None, closed="left")],
        "generated_weight": [Interval(Real, 0, None, closed="left")],
        "label_smoothing": [Interval(Real, 0, 0.5, closed="left")],
        "lr_decay": ["boolean"],
    }

    def _augmentation(self, spec: DataSpec) -> Augmentation:
        """D sees features, or flat rows: nothing is an image to it."""
        return super()._augmentation(replace(spec, shape=(spec.n_values,)))

    def _extracts(self, spec: DataSpec) -> bool:
        """Whether a feature extractor F is learnt; else rows are their own features."""
        if isinstance(self.architecture, str):
            return spec.is_image and self.architecture != "mlp"
        return True

    def _in_features(self, spec: DataSpec) -> bool:
        return self.combine == "features" and self._extracts(spec)

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        n_classes, n_features = spec.n_classes, spec.n_values
        extractor: nn.Module = nn.Flatten()
        if self._extracts(spec):
            n_features = N_FEATURES
            extractor = nn.Sequential(family.encoder(spec, n_features), nn.Tanh())
        networks = nn.ModuleDict()
        networks["extractor"] = extractor
        networks["classifier"] = dense([n_features, 256, 128, n_classes])
        if not any(n_to_make):
            return networks
        if self.generator == "convex":
            counts = [n if made else 0 for n, made in zip(spec.class_counts, n_to_make)]
            networks["generator"] = ConvexGenerator(
                self.latent_dim, counts, self.n_support, self.tilt
            )
        else:
            output = family.decoder(spec, 64)
            if self._in_features(spec):
                output = nn.Sequential(dense([64, 256, n_features]), nn.Tanh())
            networks["generator"] = ConditionalGenerator(self.latent_dim, n_classes, output)
        if self.discriminator:
            networks["discriminator"] = dense([n_features + n_classes, 256, 128, 1])
        return networks

    def _balance(self, data: TrainingData) -> tuple[list[float], Tensor, Tensor]:
        """How labels of generated rows are drawn; M's weights of real and generated rows."""
        deficit = torch.tensor(data.n_to_make, dtype=torch.float32, device=data.device)
        counts = torch.tensor(data.spec.class_counts, dtype=torch.float32, device=data.device)
        ones, weight = torch.ones_like(counts), self.generated_weight
        if self.balance is None:
            return deficit.tolist(), ones, weight * ones
        made = (deficit > 0).float()
        # real rows of all classes weigh the same in total, generated ones ``weight`` times that
        if self.balance == "batches":
            return made.tolist(), ones, weight * made.mean() * ones
        inverse, drawn = counts.mean() / counts, counts * made
        return drawn.tolist(), inverse, weight * drawn.sum() / counts.sum() * inverse

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        extractor, classifier = networks["extractor"], networks["classifier"]
        parts = dict(networks.items())
        generator: Any = parts.get("generator")
        judge: Any = parts.get("discriminator")
        in_features = self._in_features(data.spec)
        deficit, size = data.n_to_make, self.batch_size
        minority = [float(n > 0) for n in deficit]
        shares, real_weights, generated_weights = self._balance(data)
        see = self._augmentation(data.spec)
        pool = data.x.flatten(1)  # what is combined: rows, or their features

        def by_class() -> list[Tensor | None]:
            return [pool[data.rows_of(i)] if n else None for i, n in enumerate(deficit)]

        rows = by_class()

        def refresh(iteration: int) -> None:
            """Once an epoch, take the features of all rows under the F of the moment."""
            nonlocal pool, rows
            if iteration % max(1, len(data) // size) == 0:
                pool = extract(extractor, data.x)
                rows = by_class()

        def features(values: Tensor) -> Tensor:
            return values if in_features else extractor(values.view(-1, *data.spec.shape))

        def generate(labels_drawn: Sequence[float]) -> tuple[Tensor, Tensor]:
            n_by_class = data.draw_labels(size, labels_drawn)
            z = torch.randn(size, self.latent_dim, device=data.device)
            return generator(z, n_by_class, rows), one_hot_of(n_by_class, z)

        def draw() -> _Turn:
            index = data.draw_index(size, self.balance == "batches")
            labels = data.one_hot(data.y[index])
            if generator is None:
                return _Turn(features(pool[index]), labels)
            with torch.no_grad():
                generated, generated_labels = generate(shares)
            real, made = features(torch.cat([pool[index], generated])).split(size)
            return _Turn(real, labels, made, generated_labels)

        def judged(x: Tensor, labels: Tensor, target: float) -> Tensor:
            return discriminator_loss(judge(torch.cat([see(x), labels], 1)), target, self.loss)

        def extractor_losses(batch) -> dict[str, Tensor]:
            logits = classifier(extractor(batch.x))
            return {"real": classifier_loss(logits, data.one_hot(batch.y), self.loss)}

        def classifier_losses(turn: _Turn) -> dict[str, Tensor]:
            def told_apart(x: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
                return classifier_loss(classifier(x), labels, self.loss, weights)

            losses = {"real": told_apart(turn.real, turn.real_labels, real_weights)}
            if turn.generated is not None:
                losses["generated"] = told_apart(
                    turn.generated, turn.generated_labels, generated_weights
                )
            return losses

        def discriminator_losses(turn: _Turn) -> dict[str, Tensor]:
            smooth = self.label_smoothing
            return {
                "real": judged(turn.real.detach(), turn.real_labels, 1 - smooth),
                "generated": judged(turn.generated.detach(), turn.generated_labels, smooth),
            }

        def generator_losses(_) -> dict[str, Tensor]:
            generated, labels = generate(minority)
            made = features(generated)
            fooled = misleading_loss(classifier(made), labels, self.loss, pulled)
            losses = {"classifier": self.adversarial_weight * fooled}
            if judge is not None:
                losses["discriminator"] = judged(made, labels, 1.0)
            return losses

        pulled = None
        if self.misleading == "complement":
            pulled = torch.tensor(minority, device=data.device)
        rate = self.learning_rate
        players = []
        if in_features:
            players.append(
                Player("extractor", [extractor], extractor_losses, lambda: data.draw(size), rate)
            )
        learning = [classifier] if in_features else [extractor, classifier]
        players.append(Player("classifier", learning, classifier_losses, draw, rate))
        if judge is not None:
            players.append(
                Player(
                    "discriminator",
                    [judge],
                    discriminator_losses,
                    learning_rate=self._discriminator_rate,
                )
            )
        if generator is not None:
            players.append(Player("generator", [generator], generator_losses, learning_rate=rate))
        yield Phase(
            "adversarial",
            players,
            self.max_iter,
            before_iteration=refresh if in_features else None,
            ema_decay=self.ema_decay,
            lr_decay=self.lr_decay,
        )
        if in_features:
            refresh(0)
        networks["rows"] = RowStore(rows if self.generator == "convex" else [None] * len(rows))


#: Text for the parameters of the game, for ``imblearn.utils.Substitution``.
GAMO_PARAMETERS = {
    "gamo": """loss : {'least_squares', 'cross_entropy'}, default='cross_entropy'
        Least squares, eq. (4)-(6), which the paper finds better, or cross entropy, eq. (2)-(3),
        which did better on Fashion-MNIST.

    generator : {'convex', 'conditional'}, default='convex'
        ``'conditional'`` is the paper's ablation cG (with ``discriminator=False``) or cG+D: an
        ordinary conditional generator, free to leave its class.

    discriminator : bool, default=True
        False is the paper's GAMO\\D: nothing holds generated rows inside the class but
        convexity.

    n_support : int or None, default=2
        How many real rows of the class each generated row combines, drawn at random for each
        row. None combines all of them, as the paper does.

    tilt : float or None, default=2.0
        Bound on the logits of the convex weights: how far the game can move them away from
        uniform draws. None bounds nothing, as in the paper.

    misleading : {'own_class', 'complement'}, default='own_class'
        What the generator does to mislead the classifier: drive the output of the row's own
        class to zero, L_i7 of eq. (6), or also the outputs of all other minority classes to
        one, L_i8, the paper's complemented labels.

    balance : {'weights', 'batches'} or None, default='weights'
        What makes up for the imbalance in the classifier's loss. ``'weights'``: real rows are
        drawn as they come and generated ones of the minority classes in the same proportion,
        both weighed by one over the size of their class. ``'batches'``: every class is equally
        likely among the real rows, every minority class among the generated ones. None follows
        the paper: real rows as they come, generated ones in proportion to what a class lacks,
        n_max - n_i. With ``'weights'`` the few rows of a rare class are seen less often, and
        learnt by heart later.

    adversarial_weight : float, default=3.0
        Weight of misleading the classifier in the generator's loss; misleading the
        discriminator has weight 1. The paper weighs both the same.

    generated_weight : float, default=0.2
        Weight of generated rows in the classifier's loss; real rows have weight 1. Unless
        ``balance`` is None, the real rows of every class have the same weight in total, and
        the generated ones of every minority class this many times that.

    label_smoothing : float, default=0.1
        The discriminator aims at ``1 - label_smoothing`` for real and ``label_smoothing`` for
        generated rows. 0 is the paper's.

    ema_decay : float, default=0.999
        Decay of the moving average of all networks' weights, batch-norm statistics included,
        which replaces them in the end. 0 is the paper's: the last weights.

    lr_decay : bool, default=True
        Whether the learning rates fall to zero along half a cosine. False is the paper's.""",
}


@Substitution(
    **SHARED_PARAMETERS,
    **GAMO_PARAMETERS,
    attributes=SAMPLER_ATTRIBUTES,
)
class GAMOOversampler(GAMOMethod, BaseGANOversampler):
    """Generative Adversarial Minority Oversampling (GAMO).

    A convex generator G makes rows of the minority classes as convex combinations of their real
    rows, eq. (1) in [1]_. It plays against two: a classifier M, which it tries to mislead, so
    that rows appear where the class is hard to tell from others, and a discriminator D, which
    holds them inside the distribution of their class.

    On tables and flattened images the rows themselves are combined. On images with
    ``combine='features'`` the game is played in the space of a learnt feature extractor F, and
    GAMO2pix (:class:`~imblearn_gan.over_sampling.GAMO2pix`) turns features back into images.

    Parameters
    ----------
    {sampling_strategy}

    {random_state}

    {latent_dim}

    max_iter : int, default=500
        Generator updates. The paper has 25,000 on images.

    {batch_size}

    learning_rate : float, default=2e-4
        Step size of Adam (with beta_1 = 0.5) for all players; the paper's value.

    {architecture}
        With ``'mlp'`` images are treated as flattened rows, the paper's variant without F.

    {image_shape}

    {channels}

    {categorical_features}

    combine : {{'rows', 'features'}}, default='rows'
        What the generator combines where there is a feature extractor: the rows themselves or,
        as in the paper, their features, which GAMO2pix then turns back into images. On digits
        the rows train the better classifier, see the benchmarks.

    {gamo}

    decoder_iter : int, default=1000
        Updates of each class's GAMO2pix network, where it is needed. The paper has 25,000.

    {discriminator_learning_rate}

    {spectral_norm}

    augmentation : 'auto', list of str, dict or None, default=None
        How real and generated rows are changed before the discriminator sees them, as feature
        vectors or flat rows: by ``'noise'``, or not at all. A dict gives its scale,
        ``{{"noise": {{"scale": 0.1}}}}``; ``'auto'`` is noise for tables and nothing for images.

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
    GAMOClassifier : The classifier of the same game, the paper's end product.
    GAMO2pix : Images from features, usable by itself.

    Notes
    -----
    The convex generator needs the real minority rows (or their features): a fitted sampler
    holds them, and so does its pickle.

    A class of one row can only be repeated.

    Oversampling changes the class priors that a classifier learns: its probabilities are no
    longer calibrated to the original data.

    Differences from the paper: one step of the generator minimises the sum of its two losses,
    eq. (6), where Algorithm 1 takes two steps in turn. Defaults that differ from the paper's are
    said at each parameter.

    References
    ----------
    .. [1] S. S. Mullick, S. Datta and S. Das, "Generative Adversarial Minority Oversampling",
       ICCV 2019.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import GAMOOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = GAMOOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _kept_networks = ("generator", "rows", "decoders")

    _parameter_constraints: dict = {
        **BaseGANOversampler._parameter_constraints,
        **GAMOMethod._parameter_constraints,
        "decoder_iter": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        sampling_strategy="auto",
        random_state=None,
        latent_dim=100,
        max_iter=500,
        batch_size=64,
        learning_rate=2e-4,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        loss="cross_entropy",
        generator="convex",
        discriminator=True,
        combine="rows",
        n_support=2,
        tilt=2.0,
        misleading="own_class",
        balance="weights",
        adversarial_weight=3.0,
        generated_weight=0.2,
        label_smoothing=0.1,
        ema_decay=0.999,
        lr_decay=True,
        decoder_iter=1000,
        discriminator_learning_rate=None,
        spectral_norm=False,
        augmentation=None,
        truncation=1.0,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        reject=False,
        replay=0.0,
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
            discriminator_learning_rate=discriminator_learning_rate,
            spectral_norm=spectral_norm,
            augmentation=augmentation,
            truncation=truncation,
            balance=balance,
            ema_decay=ema_decay,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
            reject=reject,
            replay=replay,
            replay_augmentation=replay_augmentation,
        )
        self.loss = loss
        self.generator = generator
        self.discriminator = discriminator
        self.combine = combine
        self.n_support = n_support
        self.tilt = tilt
        self.misleading = misleading
        self.adversarial_weight = adversarial_weight
        self.generated_weight = generated_weight
        self.label_smoothing = label_smoothing
        self.lr_decay = lr_decay
        self.decoder_iter = decoder_iter

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = super()._build_networks(spec, n_to_make)
        if self._in_features(spec):
            family = self._family(spec)
            classes = [i for i, n in enumerate(n_to_make) if n]
            networks["decoders"] = build_decoders(family, spec, N_FEATURES, classes)
        return networks

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from super()._phases(networks, data)
        if "decoders" in networks:
            features = extract(networks["extractor"], data.x)
            yield decoding_phase(
                networks["decoders"], features, data, self.decoder_iter, self.batch_size
            )

    def _generate(self, networks: nn.ModuleDict, codes: Tensor) -> Tensor:
        store: Any = networks["rows"]
        counts = torch.bincount(codes, minlength=store.n_classes).tolist()
        z = self.truncation * torch.randn(len(codes), self.latent_dim, device=codes.device)
        generated = networks["generator"](z, counts, store.by_class)
        if "decoders" in networks:
            return networks["decoders"](generated, counts)
        return generated.view(-1, *self.codec_.spec(()).shape)
