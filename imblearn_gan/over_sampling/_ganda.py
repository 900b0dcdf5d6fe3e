"""GANDA: BAGAN with a denoising autoencoder that knows the label, and spectral norm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from numbers import Real
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval
from torch import nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.autoencoder import AutoencoderGame
from imblearn_gan.networks import (
    DCGANFamily,
    GANDAFamily,
    JoinedEncoder,
    JoinedGenerator,
    MLPFamily,
)
from imblearn_gan.over_sampling._bagan import BAGANOversampler
from imblearn_gan.presets import from_preset


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GANDAOversampler(BAGANOversampler):
    """Data augmentation with a class-conditional GAN (GANDA).

    BAGAN with another autoencoder: it removes noise from its input and knows the label, which
    is joined to the encoder's features and again to the code. So codes of different classes
    lie apart, and a label always says which class is decoded [1]_.

    Parameters
    ----------
    {data}

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANOversampler : Without labels in the autoencoder.

    Notes
    -----
    With ``codes='interpolated'`` a fitted sampler holds the codes of the real rows.

    ``architecture='paper'`` builds Table 1 of the paper, for square images of side 32, 64, 128
    or 256.

    Differences from the paper: its text joins the label to the noisy input, its Table 1 to the
    features after the convolutions; Table 1 is followed. The paper draws codes from a Gaussian a
    class; here they are interpolated between real codes by default. :meth:`paper` has the
    paper's settings.

    References
    ----------
    .. [1] J. Lee, Y. Yoon and J. Kwon, "Generative Adversarial Network for Class-Conditional
       Data Augmentation", Applied Sciences 10(23), 8415, 2020.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import GANDAOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> sampler = GANDAOversampler(pretrain_iter=50, max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _families: ClassVar[dict] = {
        "mlp": MLPFamily,
        "conv": partial(DCGANFamily, slope=0.1, spectral=True),
        "paper": GANDAFamily,
    }

    _auto: ClassVar[dict[str, tuple[Any, Any]]] = AutoencoderGame._auto
    _of_autoencoder: ClassVar[dict] = {"noise_weight": 0.5}

    noise_weight: float = 0.5
    beta_2: float = 0.999

    _parameter_constraints: ClassVar[dict] = {
        **BAGANOversampler._parameter_constraints,
        "beta_2": [Interval(Real, 0, 1, closed="left")],
    }

    @classmethod
    def paper(cls, *, n_samples: int = 14_000, **changes: Any) -> GANDAOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Networks are those of Table 1, for 128x128 images, and of the same kind for other sides.
        Not expressed: the label that Table 1 names among the discriminator's inputs, which none
        of its layers takes. The paper does not say how long the game lasts: here, as long as
        the autoencoder is trained.

        Parameters
        ----------
        n_samples : int, default=14_000
            Rows of the training set, which turn epochs into updates. The paper's CelebA has
            14,000 images, once 60 % of one of its two classes are removed.

        {changes}

        Examples
        --------
        >>> from imblearn_gan import GANDAOversampler
        >>> GANDAOversampler.paper().beta_2
        0.9999
        """
        return from_preset(cls, "GANDA", changes, n_samples=n_samples)

    def _moment_decays(self) -> tuple[float, float]:
        return self._betas[0], self.beta_2

    def _autoencoder(self, spec: DataSpec) -> tuple[nn.Module, nn.Module]:
        n_classes, latent_dim = spec.n_classes, self.latent_dim
        encoder = JoinedEncoder(*self._trunk(spec), latent_dim, n_classes)
        decoder = self._family(spec).decoder(spec, latent_dim + n_classes)
        return encoder, JoinedGenerator(decoder, n_classes)
