"""Families of networks: an encoder and a decoder for any data shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from imblearn_gan.data import DataSpec
from imblearn_gan.seeding import generator_of

# of the softmax that passes gradients on where categories are drawn
_TEMPERATURE = 0.5

# bounds on a mean row that a generator starts from: of numbers, and of frequencies
_MOST, _LEAST = 0.95, 1e-3

# a probability that is never drawn beside others, and that makes a sum above 0
_TINY = torch.finfo(torch.float32).tiny

#: Size of the feature vectors that discriminators look at.
N_FEATURES = 256


@runtime_checkable
class Family(Protocol):
    """What ``architecture`` accepts besides names: an object with these two methods.

    Both get a :class:`~imblearn_gan.data.DataSpec`, whose ``shape`` is ``(n_values,)`` for
    tables and ``(channels, height, width)`` for images. Networks are built inside the sampler's
    seed scope; they must not touch devices or seeds. The object must be a plain value that
    ``copy.deepcopy`` and ``pickle`` can handle.

    Examples
    --------
    >>> from torch import nn
    >>> from imblearn_gan.networks import Family, TableOutput
    >>> class Narrow:
    ...     def encoder(self, spec, n_out):
    ...         return nn.Sequential(nn.Flatten(), nn.Linear(spec.n_values, n_out))
    ...     def decoder(self, spec, n_in):
    ...         return nn.Sequential(
    ...             nn.Linear(n_in, spec.n_values),
    ...             TableOutput(spec.categorical_slices),  # tanh alone where there are none
    ...             nn.Unflatten(1, spec.shape),
    ...         )
    >>> isinstance(Narrow(), Family)
    True
    """

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Return a network from rows ``(n, *spec.shape)`` to ``(n, n_out)``.

        It ends without an activation.
        """
        ...

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return a network from ``(n, n_in)`` to rows ``(n, *spec.shape)``.

        Values lie in [-1, 1]. Those of a group of outputs of which one is 1
        (``spec.categorical_slices``) are probabilities, as :class:`TableOutput` gives them; where
        a method draws one of them, values below 0 count as 0.
        """
        ...


def dense(sizes: Sequence[int], slope: float = 0.1) -> nn.Sequential:
    """Return linear layers with LeakyReLU between them."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.LeakyReLU(slope)]
    return nn.Sequential(*layers[:-1])


class TableOutput(nn.Module):
    """Tanh for numbers, softmax for each group of outputs of which one is 1.

    Parameters
    ----------
    slices : sequence of slice
        Where the groups are.

    Attributes
    ----------
    draws : bool
        Whether one of each group is drawn, with the probabilities of the softmax, and passes
        gradients on as Gumbel's softmax does (straight through) [1]_: then a discriminator does
        not see whole categories in real rows only, and categories keep their frequencies without
        the noise having to.

    References
    ----------
    .. [1] E. Jang, S. Gu and B. Poole, "Categorical reparameterization with Gumbel-softmax",
       ICLR 2017.
    """

    def __init__(self, slices: Sequence[slice]):
        super().__init__()
        self.slices = tuple(slices)
        self.draws = False
        self.n_numbers = self.slices[0].start if self.slices else 0
        self.widths, columns = _by_width(self.slices, self.n_numbers)
        for i, index in enumerate(columns):
            self.register_buffer(f"columns_{i}", index, persistent=False)
        found = torch.cat([torch.arange(self.n_numbers), *columns]) if columns else torch.empty(0)
        self.register_buffer("order", found.argsort(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if not self.slices:
            return torch.tanh(x)
        padded = functional.pad(x, (0, 1), value=-torch.inf).float()
        parts = [torch.tanh(x[:, : self.n_numbers])]
        for i, width in enumerate(self.widths):  # groups of about the same width at once
            logits = padded[:, self.get_buffer(f"columns_{i}")].unflatten(1, (-1, width))
            made = _one_drawn(logits) if self.draws else torch.softmax(logits, dim=-1)
            parts.append(made.flatten(1))
        return torch.cat(parts, dim=1)[:, self.get_buffer("order")[: x.shape[1]]]


def _one_drawn(logits: Tensor) -> Tensor:
    """Return ``functional.gumbel_softmax(logits, hard=True)``, which takes no generator."""
    draws = torch.empty_like(logits).exponential_(generator=generator_of(logits.device))
    soft = ((logits - draws.log()) / _TEMPERATURE).softmax(dim=-1)
    one = soft.max(dim=-1, keepdim=True)[1]
    return torch.zeros_like(logits).scatter_(-1, one, 1.0) - soft.detach() + soft


def _by_width(slices: Sequence[slice], n_numbers: int) -> tuple[list[int], list[Tensor]]:
    """Return widths, powers of two, and the columns of all groups that fit into each.

    Narrower groups are filled up with the column after the last.
    """
    groups: dict[int, list[int]] = {}
    n_values = slices[-1].stop if slices else 0
    for place in slices:
        columns = range(place.start, place.stop)
        width = 2 ** math.ceil(math.log2(len(columns)))
        filled = [*columns, *[n_values] * (width - len(columns))]
        groups.setdefault(width, []).extend(filled)
    return list(groups), [torch.tensor(columns) for columns in groups.values()]


class MLPFamily:
    """Dense networks, for tables and for small images taken as rows of numbers.

    Parameters
    ----------
    hidden : tuple of int, default=(256, 128)
        Sizes of the encoder's hidden layers; the decoder has them in reverse.
    """

    def __init__(self, hidden: Sequence[int] = (256, 128)):
        self.hidden = tuple(hidden)

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Return flatten, then dense layers."""
        return nn.Sequential(nn.Flatten(), *dense([spec.n_values, *self.hidden, n_out]))

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return dense layers, then tanh for numbers and softmax for each categorical feature."""
        return nn.Sequential(
            *dense([n_in, *reversed(self.hidden), spec.n_values]),
            TableOutput(spec.categorical_slices),
            nn.Unflatten(1, spec.shape),
        )


def _sides(spec: DataSpec, size: int, size_of_one: int) -> tuple[int, int]:
    """Return the size of a kernel, stride or padding for each side; a side of 1 keeps it."""
    height, width = (size if side > 1 else size_of_one for side in spec.shape[1:])
    return height, width


class ConvFamily:
    """GAMO's convolutional networks, with as many stages as the image needs.

    The encoder is the authors' feature extractor on 28x28 images: two stages of a 5x5
    convolution, LeakyReLU and average pooling by 2. Larger images get a further stage for each
    doubling of the side, so that no more than 8x8 positions reach the dense layer. The decoder
    is the generator of GAMO2pix: a dense layer, one 4x4 transposed convolution of stride 2 a
    stage, and a last 4x4 convolution with tanh.

    Parameters
    ----------
    width : int, default=32
        Channels of each stage.

    Notes
    -----
    Sides that the stages do not divide are rounded up inside and cropped at the end: images of
    any side work, 1x1 included. Along a side of 1, as series have, kernels and strides are 1.
    """

    def __init__(self, width: int = 32):
        self.width = width

    @staticmethod
    def _stages(spec: DataSpec) -> int:
        return max(2, math.ceil(math.log2(max(spec.shape[1:]) / 8)))

    def _reduced(self, spec: DataSpec) -> tuple[int, int]:
        factor = 2 ** self._stages(spec)
        return math.ceil(spec.shape[1] / factor), math.ceil(spec.shape[2] / factor)

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Return convolutions, then one dense layer."""
        _require_images(spec)
        layers: list[nn.Module] = []
        channels = spec.shape[0]
        kernel, padding, pool = _sides(spec, 5, 1), _sides(spec, 2, 0), _sides(spec, 2, 1)
        for _ in range(self._stages(spec)):
            layers += [
                nn.Conv2d(channels, self.width, kernel, padding=padding),
                nn.LeakyReLU(0.1),
                nn.AvgPool2d(pool, ceil_mode=True),
            ]
            channels = self.width
        height, width = self._reduced(spec)
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * height * width, n_out))

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return a dense layer, then transposed convolutions."""
        _require_images(spec)
        height, width = self._reduced(spec)
        layers: list[nn.Module] = [
            nn.Linear(n_in, self.width * height * width),
            nn.LeakyReLU(0.1),
            nn.Unflatten(1, (self.width, height, width)),
        ]
        kernel, stride, padding = _sides(spec, 4, 1), _sides(spec, 2, 1), _sides(spec, 1, 0)
        for _ in range(self._stages(spec)):
            layers += [
                nn.ConvTranspose2d(self.width, self.width, kernel, stride, padding),
                nn.LeakyReLU(0.1),
            ]
        # as padding="same", whose warning says that it copies
        before, after = _sides(spec, 1, 0), _sides(spec, 2, 0)
        layers += [
            nn.ZeroPad2d((before[1], after[1], before[0], after[0])),
            nn.Conv2d(self.width, spec.shape[0], kernel),
            nn.Tanh(),
        ]
        return nn.Sequential(*layers, _Crop(spec.shape[1], spec.shape[2]))


class _Crop(nn.Module):
    """The first rows and columns of an image."""

    def __init__(self, height: int, width: int):
        super().__init__()
        self.height, self.width = height, width

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : self.height, : self.width]


def _require_images(spec: DataSpec, architecture: str = "conv") -> None:
    if not spec.is_image:
        auto = "architecture='auto'"
        if architecture == "paper":
            auto += ", paper(architecture='auto'), or of GAMO paper(images='flattened')"
        raise ValueError(
            f"architecture={architecture!r} needs images, and X is a table, of {spec.n_values} "
            f"values a row once it is encoded. For a table take {auto}; images have the shape "
            "(n, H, W), (n, C, H, W) or (n, H, W, C), or image_shape says it of flattened ones."
        )


class DCGANFamily:
    """Strided convolutions and their mirror image, as most image GANs have them.

    The encoder halves the image with 3x3 convolutions of stride 2 until no side is above 7,
    with twice the channels each time, then mixes the positions with one more convolution. The
    decoder is a dense layer, a transposed 4x4 convolution of stride 2 for each halving, and a
    last 3x3 convolution with tanh.

    Parameters
    ----------
    width : int, default=32
        Channels of the first stage; later ones have up to eight times as many.

    slope : float, default=0.2
        Slope of the encoder's LeakyReLU.

    spectral : bool, default=False
        Whether the encoder's convolutions have spectral norm.

    Notes
    -----
    Sides that the stages do not divide are rounded up inside and cropped at the end: images of
    any side work, 1x1 included. Along a side of 1, as series have, kernels and strides are 1.
    """

    def __init__(self, width: int = 32, slope: float = 0.2, spectral: bool = False):
        self.width = width
        self.slope = slope
        self.spectral = spectral

    def _channels(self, spec: DataSpec) -> list[int]:
        """Return channels of the stages, and of the convolution after them."""
        _require_images(spec)
        stages = max(1, math.ceil(math.log2(max(spec.shape[1:]) / 7)))
        return [self.width * 2 ** min(i, 3) for i in range(stages + 1)]

    @staticmethod
    def _reduced(spec: DataSpec, stages: int) -> tuple[int, int]:
        return math.ceil(spec.shape[1] / 2**stages), math.ceil(spec.shape[2] / 2**stages)

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Return convolutions, then one dense layer."""
        channels = self._channels(spec)
        layers: list[nn.Module] = []
        kernel, padding = _sides(spec, 3, 1), _sides(spec, 1, 0)
        for i, (n_in, n) in enumerate(pairwise([spec.shape[0], *channels])):
            stride = _sides(spec, 1 if i == len(channels) - 1 else 2, 1)
            convolution: nn.Module = nn.Conv2d(n_in, n, kernel, stride, padding)
            if self.spectral:
                convolution = spectral_norm(convolution)
            layers += [convolution, nn.LeakyReLU(self.slope)]
        height, width = self._reduced(spec, len(channels) - 1)
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * height * width, n_out))

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return a dense layer, then transposed convolutions with batch norm."""
        channels = self._channels(spec)
        height, width = self._reduced(spec, len(channels) - 1)
        first = channels[-1]
        layers: list[nn.Module] = [
            nn.Linear(n_in, first * height * width),
            nn.Unflatten(1, (first, height, width)),
            nn.BatchNorm2d(first),
            nn.ReLU(),
        ]
        kernel, stride, padding = _sides(spec, 4, 1), _sides(spec, 2, 1), _sides(spec, 1, 0)
        for wide, narrow in pairwise(reversed(channels)):
            layers += [
                nn.ConvTranspose2d(wide, narrow, kernel, stride, padding, bias=False),
                nn.BatchNorm2d(narrow),
                nn.ReLU(),
            ]
        last = nn.Conv2d(channels[0], spec.shape[0], _sides(spec, 3, 1), padding=padding)
        layers += [last, nn.Tanh()]
        return nn.Sequential(*layers, _Crop(spec.shape[1], spec.shape[2]))


def draw_categories(network: nn.Module) -> nn.Module:
    """Let a generator draw one of each group of outputs, see :class:`TableOutput`."""
    for module in network.modules():
        if isinstance(module, TableOutput):
            module.draws = True
    return network


def drawn(rows: Tensor, slices: Sequence[slice]) -> Tensor:
    """Return rows with one of each group of outputs drawn, with the probabilities that they hold.

    The most probable one would be the same in all rows of a class where one is frequent. Networks
    of a user's own may give values that are no probabilities: what is below 0 is not drawn, unless
    all of a group are.
    """
    if not slices:
        return rows
    rows = rows.float().clone()
    for place in slices:
        weights = rows[:, place].clamp_min(_TINY)
        one = torch.multinomial(weights, 1, generator=generator_of(rows.device))
        rows[:, place] = torch.zeros_like(rows[:, place]).scatter_(1, one, 1.0)
    return rows


def start_from(network: nn.Module, mean: Tensor) -> None:
    """Let a table's generator start from the mean row: its last biases give it, before training.

    Frequencies of categories, zeros of sparse rows and the places of numbers are then right from
    the first batch on, and the game is about the rest.

    Parameters
    ----------
    network : Module
        A generator. Others than those of :class:`MLPFamily` stay as they are.

    mean : Tensor of shape (n_values,)
        Mean of encoded rows. That of images starts nothing.
    """
    if mean.dim() > 1:
        return
    for module in network.modules():
        for linear, output in pairwise(module if isinstance(module, nn.Sequential) else ()):
            if isinstance(linear, nn.Linear) and isinstance(output, TableOutput):
                bias = torch.atanh(mean.clamp(-_MOST, _MOST))
                for place in output.slices:
                    bias[place] = mean[place].clamp_min(_LEAST).log()
                with torch.no_grad():
                    linear.bias.copy_(bias)


def trunk_of(family: Any, spec: DataSpec) -> tuple[nn.Sequential, int]:
    """Return the first layers of an encoder or discriminator, and the size of what they give.

    They are the family's own ``trunk``, if it has one, else its encoder.
    """
    if hasattr(family, "trunk"):
        return family.trunk(spec)
    return nn.Sequential(family.encoder(spec, N_FEATURES), nn.LeakyReLU(0.2)), N_FEATURES


#: Families by name, where a method has no others.
FAMILIES: Mapping[str, Callable[[], Family]] = MappingProxyType(
    {"mlp": MLPFamily, "conv": ConvFamily}
)


def resolve_family(
    architecture: Any,
    spec: DataSpec,
    families: Mapping[str, Callable[[], Family]] = FAMILIES,
) -> Family:
    """Return the family that the parameter ``architecture`` stands for.

    Raises
    ------
    ValueError
        If ``architecture`` does not fit the data, or is no name and lacks ``encoder`` or
        ``decoder``.
    """
    if isinstance(architecture, str):
        if architecture == "auto":
            architecture = "conv" if spec.is_image else "mlp"
        if architecture != "mlp":
            _require_images(spec, architecture)
        if architecture in families:
            return families[architecture]()
    if not isinstance(architecture, Family) or isinstance(architecture, type):
        raise ValueError(
            "architecture must be 'auto', 'mlp', 'conv' or an object with the methods "
            "encoder(spec, n_out) and decoder(spec, n_in), see imblearn_gan.networks.Family. "
            f"Got {architecture!r}."
        )
    return architecture
