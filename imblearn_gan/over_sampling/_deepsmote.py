"""DeepSMOTE: an autoencoder, and SMOTE between the codes of real rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, NamedTuple

import torch
from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.autoencoder import N_KEPT, LatentSampler
from imblearn_gan.games.reconstruction import Reconstruction
from imblearn_gan.latent import InterpolatedCodes, evenly_spaced
from imblearn_gan.networks import Encoder, Generator, trunk_of
from imblearn_gan.presets import from_preset
from imblearn_gan.training import Batch, Phase, TrainingData, latent_codes


class _Turn(NamedTuple):
    """Rows of all classes, and rows of one class."""

    all: Batch
    of_class: Batch


class _CodesOfTheMoment(nn.Module):
    """Codes between those that the encoder gives real rows now: for rows drawn while it learns."""

    def __init__(self, encoder: nn.Module, data: TrainingData):
        super().__init__()
        self._parts = encoder, data  # no part of the state

    def now(self, counts: Sequence[int]) -> Tensor:
        """Return codes of so many real rows of each class, ordered by class."""
        encoder, data = self._parts
        kept = torch.from_numpy(evenly_spaced(data.spec.class_counts, counts))
        return latent_codes(encoder, data.x, data.y)[kept]

    def forward(self, y: Tensor) -> Tensor:
        """Draw one code for each class code in ``y``."""
        asked = set(y.tolist())
        counts = [n if i in asked else 0 for i, n in enumerate(self._parts[1].spec.class_counts)]
        return InterpolatedCodes(self.now(counts), counts)(y)


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class DeepSMOTEOversampler(Reconstruction, LatentSampler):
    """SMOTE in the codes of an autoencoder (DeepSMOTE).

    An autoencoder learns all classes together, without labels and without a game. New rows are
    decoded from codes between that of a real row and that of one of its five nearest neighbours
    in the class. A second loss gets the decoder used to codes that are not of the row that is
    wanted: it decodes the codes of rows of one class in a permuted order [1]_.

    Parameters
    ----------
    {data}

    permutation_weight : float, default=1.0
        Weight of the squared error between rows of one class and what is decoded from their codes
        in another order. 1 is the paper's; the larger it is, the nearer to the mean of the class,
        and the more blurred, are rows. It teaches the decoder alone.

    max_iter : int or 'auto', default='auto'
        Updates of the encoder and the decoder. ``'auto'`` is 3000.

    learning_rate : float or 'auto', default='auto'
        Step size of Adam. ``'auto'`` is 0.001.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANOversampler : With a game after the autoencoder.
    imblearn.over_sampling.SMOTE : Between the rows themselves.

    Notes
    -----
    A fitted sampler holds the codes of the real rows of classes that lacked some, and a hundred of
    each other class.

    Differences from the paper: class-balanced batches, averaged weights of the decoder and half of
    the added rows real by default; :meth:`paper` has the paper's settings. Its authors' code
    permutes codes and rows alike, so that the second loss is the first one on rows of one class;
    here codes alone are permuted.

    References
    ----------
    .. [1] D. Dablain, B. Krawczyk and N. V. Chawla, "DeepSMOTE: Fusing Deep Learning and SMOTE for
       Imbalanced Data", arXiv:2105.02340, 2021.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import DeepSMOTEOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9], flip_y=0, random_state=0)
    >>> X_res, y_res = DeepSMOTEOversampler(max_iter=20, random_state=0).fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 181), (1, 181)]
    """

    permutation_weight: float = 1.0

    _parameter_constraints: ClassVar[dict] = {
        **Reconstruction._parameter_constraints,
        "permutation_weight": [Interval(Real, 0, None, closed="left")],
    }

    @classmethod
    def paper(cls, *, n_samples: int = 9_000, **changes: Any) -> DeepSMOTEOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Not expressed: its authors' networks; those of this package are of the same kind.

        Parameters
        ----------
        n_samples : int, default=9_000
            Rows of the training set, which turn epochs into updates. GAMO's profile of MNIST has
            9,000.

        {changes}

        Examples
        --------
        >>> from imblearn_gan import DeepSMOTEOversampler
        >>> DeepSMOTEOversampler.paper().latent_dim
        300
        """
        return from_preset(cls, "DeepSMOTE", changes, n_samples=n_samples)

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        encoder = Encoder(*trunk_of(family, spec), self.latent_dim)
        generator = Generator(family.decoder(spec, self.latent_dim))
        return nn.ModuleDict({"encoder": encoder, "generator": generator})

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        encoder, generator = networks["encoder"], networks["generator"]
        size = self.batch_size_

        def draw() -> _Turn:
            index = data.draw_index_of(data.draw_labels(1).expand(size))
            one = Batch(data.x[index], data.y[index])
            return _Turn(data.draw(size, self.balance == "batches"), one)

        def losses(turn: _Turn) -> dict[str, Tensor]:
            (x, y), (own, own_y) = turn
            with torch.no_grad():
                z = encoder(own, own_y).roll(1, dims=0)
            error = (generator(encoder(x, y), y).float() - x).square().mean()
            permuted = (generator(z, own_y).float() - own).square().mean()
            return {"reconstruction": error, "permuted": self.permutation_weight * permuted}

        # before the codes are among the networks: they do not learn
        phase = self._autoencoder_phase(networks, losses, draw, averaged=["encoder", "generator"])
        codes = networks["latent"] = _CodesOfTheMoment(encoder, data)
        yield phase
        counts = zip(data.spec.class_counts, data.n_to_make)
        kept = [n if n_made else min(n, N_KEPT) for n, n_made in counts]
        yield from self._interpolated(networks, codes.now(kept), kept)
