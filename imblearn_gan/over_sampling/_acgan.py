"""ACGAN: a discriminator with two heads, one for 'real' and one for the class."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from imblearn_gan._docs import documented
from imblearn_gan.data import DataSpec
from imblearn_gan.games.noise import LOSSES, ConditionalGame, Turn
from imblearn_gan.losses import discriminator_loss, generator_loss, softmax_loss
from imblearn_gan.networks import TwoHeadedDiscriminator, trunk_of
from imblearn_gan.presets import from_preset


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class ACGANOversampler(ConditionalGame):
    """Auxiliary classifier GAN (ACGAN).

    The discriminator is not told the label: it names it. Both players gain from rows whose class
    is easily named, which draws generated rows to the middle of their class [1]_.

    Parameters
    ----------
    {data}

    class_loss_weight : float or 'auto', default='auto'
        Weight of naming the class in both players' losses. ``'auto'`` is 1 on images, the
        paper's value, and 0.2 on tables, whose columns lose their shape with more.

    {game}

    {result}

    {run}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    BAGANOversampler : One softmax over the classes and 'generated'.
    CGANOversampler : The discriminator is told the label.

    References
    ----------
    .. [1] A. Odena, C. Olah and J. Shlens, "Conditional image synthesis with auxiliary
       classifier GANs", ICML 2017.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imblearn_gan import ACGANOversampler
    >>> X, y = make_classification(n_samples=200, weights=[0.9, 0.1], random_state=0)
    >>> X_res, y_res = ACGANOversampler(max_iter=50, random_state=0).fit_resample(X, y)
    >>> counts = Counter(y_res.tolist())
    >>> counts[0] == counts[1]
    True
    """

    _auto: ClassVar[dict[str, tuple[Any, Any]]] = ConditionalGame._auto | {
        "class_loss_weight": (1.0, 0.2)
    }

    loss: str = "cross_entropy"
    class_loss_weight: Any = "auto"

    _parameter_constraints: ClassVar[dict] = {
        **ConditionalGame._parameter_constraints,
        "loss": [LOSSES],
        "class_loss_weight": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
    }

    @classmethod
    def paper(cls, **changes: Any) -> ACGANOversampler:
        """Return the sampler with the settings of its paper, see :mod:`imblearn_gan.presets`.

        Not expressed: its networks, which are this package's, and noise on activations.

        Parameters
        ----------
        {changes}

        Examples
        --------
        >>> from imblearn_gan import ACGANOversampler
        >>> ACGANOversampler.paper().replay
        0.0
        """
        return from_preset(cls, "ACGAN", changes)

    def _discriminator(self, spec: DataSpec) -> nn.Module:
        return TwoHeadedDiscriminator(*trunk_of(self._family(spec), spec), spec.n_classes)

    def _discriminator_losses(self, discriminator: Any, see: Any, turn: Turn) -> dict[str, Tensor]:
        source, classes = discriminator.both(see(torch.cat([turn.x, turn.made])))
        real, made = source.chunk(2)
        named = [softmax_loss(half, turn.y) for half in classes.chunk(2)]
        return {
            "real": discriminator_loss(real, 1.0, self.loss),
            "generated": discriminator_loss(made, 0.0, self.loss),
            "classes": self.class_loss_weight_ * torch.stack(named).sum(),
        }

    def _generator_losses(self, discriminator: Any, seen: Tensor, y: Tensor) -> dict[str, Tensor]:
        source, classes = discriminator.both(seen)
        return {
            "generated": generator_loss(source, self.loss),
            "classes": self.class_loss_weight_ * softmax_loss(classes, y),
        }
