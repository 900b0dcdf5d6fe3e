"""One vanilla GAN a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.noise import LOSSES, NoiseGame, VanillaLosses
from imblearn_gan.latent import NormalCodes
from imblearn_gan.networks import (
    Discriminator,
    Generator,
    MLPFamily,
    stacked,
    start_from,
    trunk_of,
    unstack,
)
from imblearn_gan.presets import from_preset
from imblearn_gan.training import Phase, TrainingData

_PLAYERS = "generator", "discriminator"

#: Classes in one loop: a thousand would take gigabytes.
_AT_ONCE = 64


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GANOversampler(VanillaLosses, NoiseGame):
    """One vanilla GAN for each class that lacks rows, trained on the rows of that class alone.

    The plainest baseline of BAGAN's paper [1]_: nothing is learnt from the other classes. The
    dense networks of tables, of up to 64 classes, are trained at once, in one loop; those of
    images, with spectral norm or of an ``architecture`` of one's own one after the other: there
    the time grows with the number of classes.

    Parameters
    ----------
    {data}

    max_iter : int or 'auto', default='auto'
        Updates of the generator of each class; ``n_iter_`` counts those of all loops together.
        ``'auto'`` is 500 on images and 300 on tables.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    CGANOversampler : One GAN for all classes.

    Notes
    -----
    A loop is a phase of ``history_``, by the labels of its classes: ``'adversarial 1 to 9'``, whose
    losses are means over the classes, or ``'adversarial 3'``. What a callback stops is a loop.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import GANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = GANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _makes_all_classes: ClassVar[bool] = False
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = NoiseGame._auto | {"max_iter": (500, 300)}

    loss: str = "cross_entropy"

    _parameter_constraints: ClassVar[dict] = {
        **NoiseGame._parameter_constraints,
        "loss": [LOSSES],
    }

    @classmethod
    def paper(cls, **changes: Any) -> GANOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Not expressed: networks, rates, batches and budget. This paper, and BAGAN's, which compares
        with it, give no figures: they are this package's.

        Parameters
        ----------
        {changes}

        Examples
        --------
        >>> from imblearn_gan import GANOversampler
        >>> GANOversampler.paper().replay
        0.0
        """
        return from_preset(cls, "GAN", changes)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return Discriminator(*trunk_of(self._family(spec), spec))

    def _players_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        generators, discriminators = nn.ModuleDict(), nn.ModuleDict()
        for y, n in enumerate(n_to_make):
            if n:
                generators[str(y)] = Generator(family.decoder(spec, self.latent_dim))
                discriminators[str(y)] = self._discriminator(spec)
        return nn.ModuleDict({"generator": generators, "discriminator": discriminators})

    def _groups(self, networks: nn.ModuleDict, spec: DataSpec) -> Iterator[list[str]]:
        """Yield the classes whose games are played in one loop."""
        classes = list(networks["generator"])  # type: ignore[call-overload]
        stacks = type(self._family(spec)) is MLPFamily and not self.spectral_norm
        size = _AT_ONCE if stacks else 1
        for start in range(0, len(classes), size):
            yield classes[start : start + size]

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        by_class: Any = networks
        for group in self._groups(networks, data.spec):
            codes = [int(key) for key in group]
            y = torch.tensor(codes * self.batch_size_, device=data.device)

            def draw_index(y: Tensor = y) -> Tensor:
                return data.draw_index_of(y)

            if not data.spec.is_image:
                for key, code in zip(group, codes):
                    start_from(by_class["generator"][key], data.mean_of(code))
            own = {name: [by_class[name][key] for key in group] for name in _PLAYERS}
            players = nn.ModuleDict({name: stacked(own[name]) for name in _PLAYERS})
            labels = [str(self.classes_[code]) for code in codes]
            name = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
            yield self._game(f"adversarial {name}", players, data, draw_index)
            for network in own["generator"]:
                unstack(network)

    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        generators: Any = networks["generator"]
        z = NormalCodes(self.latent_dim)(y)
        rows = torch.empty(len(y), *self.codec_.spec(()).shape, device=y.device)
        for code in y.unique():
            mine = y == code
            rows[mine] = generators[str(int(code))](z[mine], code)
        return rows
