"""GAMO: rows by a convex generator that plays against a classifier and a discriminator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.data import DataSpec
from imblearn_gan.games.gamo import (
    LATENT_DIM,
    N_FEATURES,
    GAMOGame,
    build_decoders,
    decoding_phase,
)
from imblearn_gan.over_sampling._gamo2pix import RATE, GAMO2pix
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import Phase, TrainingData, extract


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GAMOOversampler(GAMOGame, BaseGANOversampler):
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
    {data}

    {gamo}

    {game}

    {result}

    {run}

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
    holds them, and so does its pickle. A class of one row can only be repeated.

    With ``architecture='mlp'`` images are treated as flattened rows, the paper's variant
    without F. The convolutions are the authors', so ``'paper'`` is ``'conv'``. With
    ``combine='features'`` each class's GAMO2pix network gets two updates for each of the game's.

    Oversampling changes the class priors that a classifier learns: its probabilities are no
    longer calibrated to the original data.

    Differences from the paper: defaults that differ from the paper's are said at each parameter;
    :meth:`paper` has the paper's settings.

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
    _makes_all_classes: ClassVar[bool] = False

    replay: float = 0.0

    _parameter_constraints: ClassVar[dict] = {
        **BaseGANOversampler._parameter_constraints,
        **GAMOGame._parameter_constraints,
    }

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        networks = super()._build_networks(spec, n_to_make)
        if self._in_features(spec):
            classes = [i for i, n in enumerate(n_to_make) if n]
            networks["decoders"] = build_decoders(
                self._family(spec), spec, N_FEATURES, classes, GAMO2pix.latent_dim
            )
        return networks

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        yield from super()._phases(networks, data)
        if "decoders" in networks:
            features = extract(networks["extractor"], data.x)
            n_iter = 2 * self.max_iter_
            yield decoding_phase(
                networks["decoders"], features, data, n_iter, self.batch_size_, RATE
            )

    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        store: Any = networks["rows"]
        z = torch.randn(len(y), LATENT_DIM, **own_draws(y.device))
        generated = networks["generator"](z, y, store.rows)
        if "decoders" in networks:
            counts = torch.bincount(y, minlength=len(self.classes_)).tolist()
            return networks["decoders"](generated, counts)
        return generated.view(-1, *self.codec_.spec(()).shape)
