"""Conditional WGAN-GP: a critic of the Wasserstein distance, with a gradient penalty."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.noise import (
    CONDITIONING,
    ConditionalGame,
    Turn,
    conditional_discriminator,
)
from imblearn_gan.losses import (
    PENALTY_WEIGHT,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    points_between,
)
from imblearn_gan.presets import from_preset


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class CWGANGPOversampler(ConditionalGame):
    """Conditional Wasserstein GAN with gradient penalty (CWGAN-GP).

    The discriminator's output is unbounded; a penalty holds the norm of its gradient near one,
    between real rows and generated rows of the same class [1]_ [3]_.

    Parameters
    ----------
    {data}

    n_discriminator_steps : int or 'auto', default='auto'
        Updates of the discriminator to one of the generator. ``'auto'`` is 2 on images and 5,
        the paper's, on tables, where the generator runs ahead of a weaker one.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANGPOversampler : Gradient penalty without the Wasserstein distance.

    Notes
    -----
    Adam's betas are 0 and 0.9 on images, 0.5 and 0.9 on tables, the weight of the penalty is 10:
    the values of the paper and of its authors' code.

    References
    ----------
    .. [1] I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville, "Improved training
       of Wasserstein GANs", NeurIPS 2017.
    .. [2] T. Miyato and M. Koyama, "cGANs with projection discriminator", ICLR 2018.
    .. [3] M. Zheng et al., "Conditional Wasserstein generative adversarial network-gradient
       penalty-based approach to alleviating imbalanced data classification", Information
       Sciences 512, 2020.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import CWGANGPOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = CWGANGPOversampler(max_iter=20, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _betas: ClassVar[tuple[float, float]] = (0.0, 0.9)
    _auto: ClassVar[dict[str, tuple[Any, Any]]] = ConditionalGame._auto | {
        "max_iter": (1000, 240),
        "learning_rate": (2e-4, 5e-4),
        "n_discriminator_steps": (2, 5),
    }

    conditioning: str = "projection"
    n_discriminator_steps: Any = "auto"

    _parameter_constraints: ClassVar[dict] = {
        **ConditionalGame._parameter_constraints,
        "conditioning": [CONDITIONING],
        "n_discriminator_steps": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    }

    @classmethod
    def paper(cls, **changes: Any) -> CWGANGPOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Not expressed: its networks, which are this package's. The paper knows no labels. Adam's
        betas are Algorithm 1's on images, those of its authors' code on tables.

        Parameters
        ----------
        {changes}

        Examples
        --------
        >>> from imblearn_gan import CWGANGPOversampler
        >>> CWGANGPOversampler.paper().replay
        0.0
        """
        return from_preset(cls, "CWGAN-GP", changes)

    def _moment_decays(self, spec: DataSpec) -> tuple[float, float]:
        return self._betas if spec.is_image else (0.5, 0.9)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return conditional_discriminator(self._family(spec), spec, self.conditioning)

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        between = points_between(turn.x, turn.made)
        penalty = gradient_penalty(lambda x: discriminator(see(x), turn.y), between)
        rows = see(torch.cat([turn.x, turn.made]))
        real, made = discriminator(rows, turn.y.repeat(2)).chunk(2)
        return {
            "real": discriminator_loss(real, 1.0, "wasserstein"),
            "generated": discriminator_loss(made, 0.0, "wasserstein"),
            "penalty": PENALTY_WEIGHT * penalty,
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        return {"generated": generator_loss(discriminator(seen, y), "wasserstein")}
