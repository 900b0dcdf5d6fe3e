"""Random changes of rows: of what a discriminator sees, and of real rows that are repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from numbers import Real
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imblearn_gan.data import DataSpec
from imblearn_gan.seeding import own_draws, randn_like

__all__ = ["AUGMENTATIONS", "Augmentation", "color", "cutout", "mirror", "noise", "translation"]

_COLORS = (1, 3, 4)  # numbers of channels: gray, RGB, with or without opacity


def translation(x: Tensor, ratio: float = 0.125) -> Tensor:
    """Shift each image by up to ``ratio`` of its sides; its border is repeated.

    Parameters
    ----------
    x : Tensor of shape (n_samples, channels, height, width)
        Images.

    ratio : float, default=0.125
        Largest shift, as a fraction of the side; at least one pixel.

    Returns
    -------
    Tensor of the same shape
        Shifted images.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.augmentation import translation
    >>> translation(torch.ones(2, 1, 4, 4)).shape
    torch.Size([2, 1, 4, 4])
    """
    n, _, height, width = x.shape

    def places(side: int) -> Tensor:
        most = max(1, round(ratio * side))
        shift = torch.randint(-most, most + 1, (n, 1), **own_draws(x.device))
        return (torch.arange(side, device=x.device) + shift).clamp(0, side - 1)

    rows, columns = places(height)[:, :, None], places(width)[:, None, :]
    which = torch.arange(n, device=x.device)[:, None, None]
    return x.permute(0, 2, 3, 1)[which, rows, columns].permute(0, 3, 1, 2)


def cutout(x: Tensor, ratio: float = 0.5) -> Tensor:
    """Set a rectangle of each image, ``ratio`` of its sides, to the middle of the range, 0.

    Parameters
    ----------
    x : Tensor of shape (n_samples, channels, height, width)
        Images.

    ratio : float, default=0.5
        Sides of the rectangle, which may lie partly outside, as a fraction of the image's.

    Returns
    -------
    Tensor of the same shape
        Images with a gray patch.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.augmentation import cutout
    >>> bool((cutout(torch.ones(2, 1, 8, 8)) == 0).any())
    True
    """
    n, _, height, width = x.shape

    def inside(side: int) -> Tensor:
        half = max(1, int(ratio * side)) / 2
        centre = torch.rand(n, 1, **own_draws(x.device)) * side
        return (torch.arange(side, device=x.device) + 0.5 - centre).abs() <= half

    patch = inside(height)[:, None, :, None] & inside(width)[:, None, None, :]
    return x.masked_fill(patch, 0.0)


def color(x: Tensor) -> Tensor:
    """Change brightness, saturation and contrast of each image.

    Parameters
    ----------
    x : Tensor of shape (n_samples, channels, height, width)
        Images.

    Returns
    -------
    Tensor of the same shape
        Images brighter or darker by up to 0.5, with up to twice the saturation and half to
        one and a half times the contrast.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.augmentation import color
    >>> color(torch.zeros(2, 3, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """

    def factor(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(len(x), 1, 1, 1, **own_draws(x.device))

    x = x + factor(-0.5, 0.5)
    gray = x.mean(dim=1, keepdim=True)
    x = gray + factor(0.0, 2.0) * (x - gray)
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    return mean + factor(0.5, 1.5) * (x - mean)


def mirror(x: Tensor) -> Tensor:
    """Mirror half of the images, left to right.

    Parameters
    ----------
    x : Tensor of shape (n_samples, channels, height, width)
        Images.

    Returns
    -------
    Tensor of the same shape
        Images as they were, or mirrored.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.augmentation import mirror
    >>> mirror(torch.zeros(2, 3, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """
    which = torch.rand(len(x), 1, 1, 1, **own_draws(x.device)) < 0.5
    return torch.where(which, x.flip(3), x)


def noise(x: Tensor, scale: float = 0.1) -> Tensor:
    """Add normal noise.

    Parameters
    ----------
    x : Tensor
        Rows.

    scale : float, default=0.1
        Standard deviation; values lie in [-1, 1].

    Returns
    -------
    Tensor of the same shape
        Rows with noise.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.augmentation import noise
    >>> noise(torch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return x + scale * randn_like(x)


#: What the parameters ``augmentation`` and ``replay_augmentation`` name.
AUGMENTATIONS: MappingProxyType[str, Callable[..., Tensor]] = MappingProxyType(
    {
        "color": color,
        "translation": translation,
        "cutout": cutout,
        "mirror": mirror,
        "noise": noise,
    }
)


# of 'auto' on tables: drawn categories are whole, and a discriminator that sees them too sharply
# drives a generator to a few of them
_CATEGORY_SCALE = 0.5


def _noise_on_tables(x: Tensor, n_numbers: int) -> Tensor:
    """Add noise to numbers, and more to categories."""
    numbers, categories = x[:, :n_numbers], x[:, n_numbers:]
    return torch.cat([noise(numbers), noise(categories, _CATEGORY_SCALE)], dim=1)


class Augmentation:
    """Random changes of encoded rows, one after the other.

    A discriminator sees real and generated rows alike through them: they pass gradients on to
    the generator, which is never shown that they happened; a discriminator with few real rows
    cannot learn them by heart, and generated rows are not changed [1]_.

    Parameters
    ----------
    names : 'auto', sequence of str, dict or None
        Of ``'translation'``, ``'cutout'``, ``'color'``, ``'mirror'`` (images only) and
        ``'noise'``, in the order in which they come. A dict gives their arguments, too:
        ``{"translation": {"ratio": 0.07}}``.
        ``'auto'`` is noise for tables, of scale 0.1 for numbers and 0.5 for categories, and
        nothing for images, where the others kept games of minutes from learning, see the
        benchmarks. None changes nothing.

    spec : DataSpec
        The shape of a row.

    parameter : str, default='augmentation'
        What error messages call ``names``.

    Raises
    ------
    ValueError
        If a name or an argument is unknown, an argument is no positive number or a ratio is
        above 1, or a change is named that the rows do not allow: of images if they are none, of
        colours if there are not 1, 3 or 4 channels, of left and right if the width is 1.

    References
    ----------
    .. [1] S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu and S. Han, "Differentiable augmentation for
       data-efficient GAN training", NeurIPS 2020.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.data import DataSpec
    >>> from imblearn_gan.augmentation import Augmentation
    >>> Augmentation("auto", DataSpec((5,), (90, 10))).names
    ('noise',)
    >>> augment = Augmentation(["translation", "cutout"], DataSpec((1, 8, 8), (90, 10)))
    >>> augment(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 1, 8, 8])
    """

    def __init__(self, names: Any, spec: DataSpec, parameter: str = "augmentation"):
        automatic = isinstance(names, str) and names == "auto"
        if names is None:
            names = ()
        elif automatic:
            names = () if spec.is_image else ("noise",)
        known = not isinstance(names, str) and all(
            isinstance(name, str) and name in AUGMENTATIONS for name in names
        )
        if not known:
            raise ValueError(
                f"{parameter} must be None, 'auto' (of a sampler), or a list or dict of "
                f"{sorted(AUGMENTATIONS)}. Got {names!r}."
            )
        options = names if isinstance(names, Mapping) else {name: {} for name in names}
        for name, given in options.items():
            wanted = list(signature(AUGMENTATIONS[name]).parameters)[1:]
            if not (isinstance(given, Mapping) and set(given) <= set(wanted)):
                raise ValueError(
                    f"{parameter}[{name!r}] must be a dict of arguments, of {wanted}. "
                    f"Got {given!r}."
                )
            for argument, value in given.items():
                most = 1.0 if argument == "ratio" else np.finfo(np.float32).max
                is_number = isinstance(value, Real) and not isinstance(value, bool)
                if not (is_number and 0 < float(value) <= most):
                    raise ValueError(
                        f"{parameter}[{name!r}][{argument!r}] must be a number above 0"
                        f"{' and at most 1' if most == 1 else ''}. Got {value!r}."
                    )
        _check_rows(names, spec, parameter)
        self.names = tuple(options)
        self._changes = [partial(AUGMENTATIONS[name], **options[name]) for name in self.names]
        if automatic and spec.categorical_slices:
            n_numbers = spec.categorical_slices[0].start
            self._changes = [partial(_noise_on_tables, n_numbers=n_numbers)]

    def __call__(self, x: Tensor) -> Tensor:
        """Return changed rows. Flat ones, such as features of images, only ever get noise."""
        for name, change in zip(self.names, self._changes):
            if x.dim() == 4 or name == "noise":
                x = change(x)
        return x


def _check_rows(names: Any, spec: DataSpec, parameter: str) -> None:
    """Raise unless the changes make sense for rows of that shape."""
    for_images = [name for name in names if name != "noise"]
    if for_images and not spec.is_image:
        raise ValueError(
            f"{parameter}={names!r} has {for_images[0]!r}, which needs images; it changes "
            f"rows of shape {spec.shape}. Use ['noise'] or None, or set image_shape if the "
            "rows are flattened images."
        )
    if "color" in names and spec.shape[0] not in _COLORS:
        raise ValueError(
            f"{parameter}={names!r} has 'color', which needs images of 1, 3 or 4 channels: "
            f"{spec.shape[0]} are no colours."
        )
    if "mirror" in names and spec.shape[-1] == 1:
        raise ValueError(
            f"{parameter}={names!r} has 'mirror', which swaps left and right, but images have a "
            "width of 1, as series have."
        )
