"""Conditional GAN: one generator for all classes, which is told the label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.noise import (
    CONDITIONING,
    LOSSES,
    ConditionalGame,
    VanillaLosses,
    conditional_discriminator,
)
from imblearn_gan.presets import from_preset


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class CGANOversampler(VanillaLosses, ConditionalGame):
    """Conditional GAN: one generator for all classes, which is told the label.

    The system that GAMO's paper calls cGAN on tables and cDCGAN on images [1]_. On images its
    networks are convolutional.

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
    ACGANOversampler : The discriminator names the class.
    CWGANGPOversampler : Wasserstein distance with a gradient penalty.
    BAGANGPOversampler : An autoencoder starts the game.

    References
    ----------
    .. [1] M. Mirza and S. Osindero, "Conditional generative adversarial nets",
       arXiv:1411.1784, 2014.
    .. [2] T. Miyato and M. Koyama, "cGANs with projection discriminator", ICLR 2018.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = CGANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    loss: str = "cross_entropy"
    conditioning: str = "projection"

    _parameter_constraints: ClassVar[dict] = {
        **ConditionalGame._parameter_constraints,
        "loss": [LOSSES],
        "conditioning": [CONDITIONING],
    }

    @classmethod
    def paper(cls, **changes: Any) -> CGANOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Not expressed: its dense networks with maxout, its gradient descent with momentum, its
        uniform noise, and its budget, for which it gives no figure: they are this package's.

        Parameters
        ----------
        {changes}

        Examples
        --------
        >>> from imblearn_gan import CGANOversampler
        >>> CGANOversampler.paper().replay
        0.0
        """
        return from_preset(cls, "CGAN", changes)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return conditional_discriminator(self._family(spec), spec, self.conditioning)
