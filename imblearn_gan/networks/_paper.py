"""The papers' own networks, for ``architecture='paper'``."""

from __future__ import annotations

from itertools import pairwise

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from imblearn_gan.data import DataSpec


class _PaperFamily:
    """What the papers' convolutional networks share: a trunk that ends in its feature vector.

    Besides the two methods of every family it has ``trunk(spec)``, the encoder without its last
    dense layer, with the size of what it gives.
    """

    #: Sides are this many positions times a power of two.
    _base: int
    _halvings: range
    _name: str

    def _n_halvings(self, spec: DataSpec) -> int:
        sides = [self._base * 2**n for n in self._halvings]
        _, height, width = spec.shape
        if height != width or height not in sides:
            shapes = ", ".join(f"{side}x{side}" for side in sides)
            raise ValueError(
                f"architecture='paper' of {self._name} is for images of {shapes}. Got "
                f"{height}x{width}: use architecture='conv', or resize the images."
            )
        return self._halvings[sides.index(height)]

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Convolutions and flatten."""
        raise NotImplementedError

    def encoder(self, spec: DataSpec, n_out: int) -> nn.Module:
        """Convolutions, then one dense layer."""
        trunk, n_features = self.trunk(spec)
        return nn.Sequential(*trunk, nn.Linear(n_features, n_out))


class BAGANFamily(_PaperFamily):
    """BAGAN's networks.

    Encoder: 3x3 convolutions of 32 (stride 2), 64, 128 (stride 2), 256, then pairs of 256
    (strides 2 and 1) down to 8x8, LeakyReLU, dropout 0.3. Decoder: dense 1024 and 128*8*8, then
    nearest upsampling by 2 and 5x5 convolutions of 256, the last of 128, and a 2x2 convolution
    with tanh; ReLU, no biases.
    """

    _base, _halvings, _name = 8, range(2, 6), "BAGAN"

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Convolutions and flatten."""
        pairs = self._n_halvings(spec) - 2
        channels = [spec.shape[0], 32, 64, 128, 256, *[256, 256] * pairs]
        layers: list[nn.Module] = []
        for i, (n_in, n) in enumerate(pairwise(channels)):
            layers += [
                nn.Conv2d(n_in, n, 3, stride=2 - i % 2, padding=1),
                nn.LeakyReLU(0.3),
                nn.Dropout(0.3),
            ]
        return nn.Sequential(*layers, nn.Flatten()), 256 * 8 * 8

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Dense layers, then upsampling and convolutions."""
        halvings = self._n_halvings(spec)
        layers: list[nn.Module] = [
            nn.Linear(n_in, 1024, bias=False),
            nn.ReLU(),
            nn.Linear(1024, 128 * 8 * 8, bias=False),
            nn.ReLU(),
            nn.Unflatten(1, (128, 8, 8)),
        ]
        channels = [128, *[256] * (halvings - 1), 128]
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
    """BAGAN-GP's networks: 4x4 convolutions of stride 2 down to 4x4, and their mirror image.

    LeakyReLU 0.2, batch norm in the generator only. The paper gives no table of layers; widths
    are 64, 128, 256 and 512, as in DCGAN.
    """

    _base, _halvings, _name = 4, range(3, 5), "BAGAN-GP"

    def _channels(self, spec: DataSpec) -> list[int]:
        return [64 * 2**i for i in range(self._n_halvings(spec))]

    def _encoder_norm(self, channels: int, side: int) -> list[nn.Module]:
        return []

    def _decoder_norm(self, channels: int, side: int) -> list[nn.Module]:
        return [nn.BatchNorm2d(channels)]

    def trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """Convolutions and flatten."""
        channels = self._channels(spec)
        layers: list[nn.Module] = []
        side = spec.shape[1]
        for n_in, n in pairwise([spec.shape[0], *channels]):
            side //= 2
            layers += [nn.Conv2d(n_in, n, 4, stride=2, padding=1)]
            layers += [*self._encoder_norm(n, side), nn.LeakyReLU(0.2)]
        return nn.Sequential(*layers, nn.Flatten()), channels[-1] * 4 * 4

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """A dense layer, then transposed convolutions."""
        channels = self._channels(spec)
        side, first = 4, channels[-1]
        layers: list[nn.Module] = [
            nn.Linear(n_in, first * side * side),
            nn.Unflatten(1, (first, side, side)),
            *self._decoder_norm(first, side),
            nn.LeakyReLU(0.2),
        ]
        for wide, narrow in pairwise(reversed(channels)):
            side *= 2
            layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1)]
            layers += [*self._decoder_norm(narrow, side), nn.LeakyReLU(0.2)]
        last = nn.ConvTranspose2d(channels[0], spec.shape[0], 4, stride=2, padding=1)
        return nn.Sequential(*layers, last, nn.Tanh())


class CAPGANFamily(BAGANGPFamily):
    """CAPGAN's networks: BAGAN-GP's with layer norm in encoder and decoder."""

    _name = "CAPGAN"

    def _encoder_norm(self, channels: int, side: int) -> list[nn.Module]:
        return [nn.LayerNorm([channels, side, side])]

    _decoder_norm = _encoder_norm


class GANDAFamily(_PaperFamily):
    """GANDA's networks, Table 1: for 128x128, and for other sides with other numbers of stages.

    Encoder: 3x3 convolutions with spectral norm and LeakyReLU 0.1, to 32 channels (stride 2),
    64, 128 (stride 2), 256 (stride 2), 256 (stride 2), 256, 256 (stride 2), 256. The
    discriminator has the first six. Decoder: dense 1024 and 8192 with ReLU, then transposed 4x4
    convolutions of stride 2 to 128, 128, 64 and 32 channels and a transposed 3x3 one to the
    image's, with tanh. The table gives no sizes of kernels.
    """

    _base, _halvings, _name = 4, range(3, 7), "GANDA"

    def _layers(self, spec: DataSpec) -> list[tuple[int, int]]:
        """Channels and stride of the convolutions; the last two are the encoder's alone."""
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
        """Convolutions and flatten, down to 4x4."""
        return self._convolutions(spec, self._layers(spec), 4)

    def discriminator_trunk(self, spec: DataSpec) -> tuple[nn.Sequential, int]:
        """The first convolutions of the encoder, down to 8x8, and flatten."""
        return self._convolutions(spec, self._layers(spec)[:-2], 8)

    def decoder(self, spec: DataSpec, n_in: int) -> nn.Module:
        """Dense layers, then transposed convolutions from 8x8."""
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
