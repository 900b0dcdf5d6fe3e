"""CVAE: a conditional variational autoencoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

from sklearn.utils._param_validation import Interval
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.reconstruction import Reconstruction
from imblearn_gan.latent import NormalCodes
from imblearn_gan.losses import vae_loss
from imblearn_gan.networks import JoinedEncoder, JoinedGenerator, draw_codes, drawn, trunk_of
from imblearn_gan.training import Batch, Phase, TrainingData


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class CVAEOversampler(Reconstruction):
    """Conditional variational autoencoder (CVAE).

    An encoder gives the distribution of a code under a row and its label, a decoder gives the row
    back from code and label. The codes are held near a standard normal distribution, so that codes
    drawn from it, with the label that is asked for, are decoded to new rows of that class [1]_.

    Parameters
    ----------
    {data}

    kl_weight : float, default=0.1
        Weight of the Kullback-Leibler divergence of the codes from the prior. Less gives sharper
        reconstructions, and codes that lie further from those that are drawn.

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

    References
    ----------
    .. [1] K. Sohn, H. Lee and X. Yan, "Learning structured output representation using deep
       conditional generative models", NeurIPS 2015.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CVAEOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9], flip_y=0, random_state=0)
    >>> X_res, y_res = CVAEOversampler(max_iter=20, random_state=0).fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 181), (1, 181)]
    """

    _kept_networks = ("decoder",)

    kl_weight: float = 0.1

    _parameter_constraints: ClassVar[dict] = {
        **Reconstruction._parameter_constraints,
        "kl_weight": [Interval(Real, 0, None, closed="left")],
    }

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        family = self._family(spec)
        trunk, n_features = trunk_of(family, spec)
        decoder = family.decoder(spec, self.latent_dim + spec.n_classes)
        return nn.ModuleDict(
            {
                "encoder": JoinedEncoder(trunk, n_features, 2 * self.latent_dim, spec.n_classes),
                "decoder": JoinedGenerator(decoder, spec.n_classes),
            }
        )

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        encoder, decoder = networks["encoder"], networks["decoder"]

        def draw() -> Batch:
            return data.draw(self.batch_size_, balanced=self.balance == "batches")

        def losses(batch: Batch) -> dict[str, Tensor]:
            mean, log_variance = encoder(batch.x, batch.y).chunk(2, dim=1)
            decoded = decoder(draw_codes(mean, log_variance), batch.y)
            terms = vae_loss(decoded, batch.x, mean, log_variance)
            return {"reconstruction": terms["reconstruction"], "kl": self.kl_weight * terms["kl"]}

        yield self._autoencoder_phase(networks, losses, draw, averaged=["decoder"])

    def _generate(self, networks: nn.ModuleDict, y: Tensor) -> Tensor:
        rows = networks["decoder"](NormalCodes(self.latent_dim)(y), y)
        return drawn(rows, self.codec_.spec(()).categorical_slices)  # of p(x | z, y)
