"""The papers' own networks, for ``architecture='paper'``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from imblearn_gan.data import DataSpec
from imblearn_gan.seeding import generator_of


class Dropout(nn.Dropout):
    """Dropout whose draws are those of the training alone."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=generator_of(x.device))
        return x * kept.div_(1 - self.p)


class _PaperFamily:
    """What the papers' convolutional networks share: a trunk that ends in its feature vector.

    Besides the two methods of every family it has ``trunk(spec)``, the encoder without its last
    dense layer, with the size of what it gives.
    """

    #: The sides of its square images, or some of them, and what is said of the others.
    _sides: Sequence[int]
    _others = ""
    _name: str

    def _takes(self, side: int) -> bool:
        return side in self._sides

    def _side(self, spec: DataSpec) -> int:
        _, height, width = spec.shape
        if height != width or not self._takes(height):
            shapes = ", ".join(f"{side}x{side}" for side in self._sides)
            raise ValueError(
                f"architecture='paper' of {self._name} is for images of {shapes}{self._others}. "
                f"Got {height}x{width}: take architecture='auto', paper(architecture='auto'), or "
                "resize the images."
            )
        return height

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return convolutions and flatten."""
        raise NotImplementedError

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Return convolutions, then one dense layer."""
        trunk, n_features = self.trunk(spec)
        return nn.Sequential(*trunk, nn.Linear(n_features, n_out))


class BAGANFamily(_PaperFamily):
    """BAGAN's networks.

    Encoder: 3x3 convolutions of 32 (stride 2), 64, 128 (stride 2), 256, then pairs of 256
    (strides 2 and 1) down to 8x8, or to the first side below that a side is halved to (28 and 224
    to 7), LeakyReLU, dropout 0.3. Decoder: dense 1024 and 128 maps of that side, then nearest
    upsampling by 2 and 5x5 convolutions of 256, the last of 128, and a 2x2 convolution with tanh;
    ReLU, no biases. The encoder halves sides of up to 16 twice nevertheless.
    """

    _sides, _name = (28, 32, 64, 128, 224, 256), "BAGAN"
    _others = ", and every square whose side, halved until it is at most 8, stays whole"

    @staticmethod
    def _n_halvings(side: int) -> int:
        """Return how often a side is halved until it is at most 8."""
        return ((side - 1) // 8).bit_length()

    def _takes(self, side: int) -> bool:
        return side % 2 ** self._n_halvings(side) == 0

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return convolutions and flatten."""
        side = self._side(spec)
        halvings = max(self._n_halvings(side), 2)
        channels = [spec.shape[0], 32, 64, 128, 256, *[256, 256] * (halvings - 2)]
        layers: list[nn.Module] = []
        for i, (n_in, n) in enumerate(pairwise(channels)):
            layers += [
                nn.Conv2d(n_in, n, 3, stride=2 - i % 2, padding=1),
                nn.LeakyReLU(0.3),
                Dropout(0.3),
            ]
        return nn.Sequential(*layers, nn.Flatten()), 256 * math.ceil(side / 2**halvings) ** 2

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return dense layers, then upsampling and convolutions."""
        halvings = self._n_halvings(self._side(spec))
        side = self._side(spec) // 2**halvings
        layers: list[nn.Module] = [
            nn.Linear(n_in, 1024, bias=False),
            nn.ReLU(),
            nn.Linear(1024, 128 * side**2, bias=False),
            nn.ReLU(),
            nn.Unflatten(1, (128, side, side)),
        ]
        channels = [128, *[256] * (halvings - 1), 128][: halvings + 1]
        for wide, narrow in pairwise(channels):
            layers += [
                nn.Upsample(scale_factor=2),
                nn.Conv2d(wide, narrow, 5, padding=2, bias=False),
                nn.ReLU(),
            ]
        # as padding="same", whose warning says that it copies
        last = nn.Conv2d(128, spec.shape[0], 2, bias=False)
        return nn.Sequential(*layers, nn.ZeroPad2d((0, 1, 0, 1)), last, nn.Tanh())


class BAGANGPFamily(_PaperFamily):
    """BAGAN-GP's networks: four 4x4 convolutions of stride 2, and their mirror image.

    They have 64, 128, 128 and 256 channels; LeakyReLU 0.2, after the code, too, and batch norm in
    the generator only. A discriminator multiplies its features by an embedding of the label, of
    512 values, that goes through a dense layer; a dense layer of 512 follows.
    """

    _sides, _name = (32, 64), "BAGAN-GP"
    _channels = (64, 128, 128, 256)
    _slope = 0.2

    def _after_encoding(self, channels: int) -> list[nn.Module]:
        return [nn.LeakyReLU(self._slope)]

    def _after_dense(self, width: int) -> list[nn.Module]:
        return [nn.LeakyReLU(self._slope)]

    def _after_decoding(self, channels: int) -> list[nn.Module]:
        return [nn.BatchNorm2d(channels), nn.LeakyReLU(self._slope)]

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return convolutions and flatten."""
        side = self._side(spec) // 16
        layers: list[nn.Module] = []
        for n_in, n in pairwise([spec.shape[0], *self._channels]):
            layers += [nn.Conv2d(n_in, n, 4, stride=2, padding=1), *self._after_encoding(n)]
        return nn.Sequential(*layers, nn.Flatten()), self._channels[-1] * side**2

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return a dense layer, then transposed convolutions."""
        side, first = self._side(spec) // 16, self._channels[-1]
        width = first * side**2
        layers: list[nn.Module] = [
            nn.Linear(n_in, width),
            *self._after_dense(width),
            nn.Unflatten(1, (first, side, side)),
        ]
        for wide, narrow in pairwise(reversed(self._channels)):
            layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1)]
            layers += self._after_decoding(narrow)
        last = nn.ConvTranspose2d(self._channels[0], spec.shape[0], 4, stride=2, padding=1)
        return nn.Sequential(*layers, last, nn.Tanh())

    def code_layers(self, n_features: int, latent_dim: int) -> nn.Module:
        """Return what follows the trunk in an autoencoder's encoder."""
        return nn.Sequential(nn.Linear(n_features, latent_dim), nn.LeakyReLU(self._slope))

    def label_layers(self, n_features: int, n_classes: int) -> tuple[nn.Module, nn.Module]:
        """Return what embeds the label in a discriminator, and what follows the product."""
        embedding = nn.Sequential(
            nn.Embedding(n_classes, 512), nn.Linear(512, n_features), nn.LeakyReLU(0.2)
        )
        return embedding, nn.Sequential(nn.Linear(n_features, 512), nn.Linear(512, 1))


class ChannelNorm(nn.Module):
    """Layer norm over the channels at each place of an image."""

    def __init__(self, channels: int):
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


class CAPGANFamily(BAGANGPFamily):
    """CAPGAN's networks: BAGAN-GP's with layer norm, over the channels, after activations.

    LeakyReLU 0.3; batch norm after the decoder's dense layer. The discriminator's features are the
    mean of a code.
    """

    _name = "CAPGAN"
    _slope = 0.3
    #: Whether a discriminator goes on with codes, not with the encoder's features.
    judges_codes = True

    def code_layers(self, n_features: int, latent_dim: int) -> nn.Module:
        """Return what follows the trunk where a discriminator takes the mean of a code."""
        return nn.Linear(n_features, latent_dim)

    def _after_encoding(self, channels: int) -> list[nn.Module]:
        return [nn.LeakyReLU(self._slope), ChannelNorm(channels)]

    def _after_dense(self, width: int) -> list[nn.Module]:
        return [nn.LeakyReLU(self._slope), nn.BatchNorm1d(width)]

    _after_decoding = _after_encoding


class GANDAFamily(_PaperFamily):
    """GANDA's networks, Table 1: for 128x128, and for other sides with other numbers of stages.

    Encoder: 3x3 convolutions with spectral norm and LeakyReLU 0.1, to 32 channels (stride 2),
    64, 128 (stride 2), 256 (stride 2), 256 (stride 2), 256, 256 (stride 2), 256. The
    discriminator has the first six. Decoder: dense 1024 and 8192 with ReLU, then transposed 4x4
    convolutions of stride 2 to 128, 128, 64 and 32 channels and a transposed 3x3 one to the
    image's, with tanh. The table gives no sizes of kernels.
    """

    _sides, _name = (32, 64, 128, 256), "GANDA"

    def _n_halvings(self, spec: DataSpec) -> int:
        """Return how often the side is halved down to 4."""
        return (self._side(spec) // 4).bit_length() - 1

    def _layers(self, spec: DataSpec) -> list[tuple[int, int]]:
        """Return channels and stride of the convolutions; the last two are the encoder's alone."""
        further = self._n_halvings(spec) - 2  # halvings between the first and the last one
        middle = [(min(128 * 2**i, 256), 2) for i in range(further)]
        return [(32, 2), (64, 1), *middle, (256, 1), (256, 2), (256, 1)]

    def _convolutions(
        self, spec: DataSpec, stages: list[tuple[int, int]], side: int
    ) -> tuple[nn.Sequential, int]:
        layers: list[nn.Module] = []
        n_in = spec.shape[0]
        for n, stride in stages:
            convolution = nn.Conv2d(n_in, n, 3, stride, padding=1)
            layers += [spectral_norm(convolution), nn.LeakyReLU(0.1)]
            n_in = n
        return nn.Sequential(*layers, nn.Flatten()), n_in * side * side

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return convolutions and flatten, down to 4x4."""
        return self._convolutions(spec, self._layers(spec), 4)

    def discriminator_trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Return the first convolutions of the encoder, down to 8x8, and flatten."""
        return self._convolutions(spec, self._layers(spec)[:-2], 8)

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Return dense layers, then transposed convolutions from 8x8."""
        channels = [128, *[128] * (self._n_halvings(spec) - 3), 64, 32]
        layers: list[nn.Module] = [
            nn.Linear(n_in, 1024),
            nn.ReLU(),
            nn.Linear(1024, 128 * 8 * 8),
            nn.ReLU(),
            nn.Unflatten(1, (128, 8, 8)),
        ]
        for wide, narrow in pairwise(channels):
            layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1), nn.ReLU()]
        last = nn.ConvTranspose2d(32, spec.shape[0], 3, padding=1)
        return nn.Sequential(*layers, last, nn.Tanh())
