"""ResNet-18, for images from 8x8 on."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_LARGE = 64  # images with a longer side are made smaller by the first layers


class _Stem(nn.Module):
    """A 3x3 convolution; for large images with stride 2 and max pooling, as for ImageNet."""

    def __init__(self, n_channels: int, width: int):
        super().__init__()
        self.convolution = nn.Conv2d(n_channels, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        large = max(x.shape[2:]) > _LARGE
        x = functional.conv2d(x, self.convolution.weight, stride=2 if large else 1, padding=1)
        x = functional.relu(self.norm(x))
        return functional.max_pool2d(x, 3, stride=2, padding=1) if large else x


class _Block(nn.Module):
    """Two 3x3 convolutions beside a short cut."""

    def __init__(self, n_in: int, n: int, stride: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(n_in, n, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(n),
            nn.ReLU(),
            nn.Conv2d(n, n, 3, padding=1, bias=False),
            nn.BatchNorm2d(n),
        )
        self.shortcut = nn.Sequential()
        if stride > 1 or n_in != n:
            self.shortcut = nn.Sequential(
                nn.Conv2d(n_in, n, 1, stride, bias=False), nn.BatchNorm2d(n)
            )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.layers(x) + self.shortcut(x))


class CosineHead(nn.Module):
    """Logits that are cosines between features and a direction of each class, times ``scale``."""

    def __init__(self, n_features: int, n_classes: int, scale: float):
        super().__init__()
        self.directions = nn.Linear(n_features, n_classes, bias=False)
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            directions = functional.normalize(self.directions.weight)
            return self.scale * functional.linear(functional.normalize(x.float()), directions)


class ResNet18(nn.Module):
    """ResNet-18 [1]_ for images of any size.

    Sides of up to 64 pixels keep their resolution until the second stage: a 3x3 convolution of
    stride 1 without pooling stands at the start, as for CIFAR. Larger images are made four times
    smaller there, as for ImageNet.

    Parameters
    ----------
    n_channels : int
        Channels of the images.

    n_classes : int
        Number of outputs.

    width : int, default=64
        Channels of the first stage, doubled by each of the three others (the paper's value).
        16 is enough for digits, and about ten times faster.

    cosine_scale : float or None, default=None
        With a number, logits are this many times the cosines between features and a direction of
        each class, as :func:`~imblearn_gan.losses.ldam_loss` asks for. None is a linear layer.

    Attributes
    ----------
    features : torch.nn.Module
        From images (n, n_channels, height, width) to (n, 8 * width).

    head : torch.nn.Module
        From features to logits.

    See Also
    --------
    imblearn_gan.classifiers.ResNetClassifier : The network as a scikit-learn classifier.

    Notes
    -----
    For full control over the training hand it to skorch:
    ``NeuralNetClassifier(ResNet18, module__n_channels=1, module__n_classes=10,
    criterion=torch.nn.CrossEntropyLoss)``.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition",
       CVPR 2016.

    Examples
    --------
    >>> import torch
    >>> from imblearn_gan.networks import ResNet18
    >>> ResNet18(n_channels=1, n_classes=10, width=4)(torch.zeros(2, 1, 8, 8)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self, n_channels: int, n_classes: int, width: int = 64, cosine_scale: float | None = None
    ):
        super().__init__()
        layers: list[nn.Module] = [_Stem(n_channels, width)]
        n_in = width
        for stage in range(4):
            n = width * 2**stage
            layers += [_Block(n_in, n, stride=2 if stage else 1), _Block(n, n, stride=1)]
            n_in = n
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head: nn.Module = nn.Linear(n_in, n_classes)
        if cosine_scale is not None:
            self.head = CosineHead(n_in, n_classes, cosine_scale)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, n_classes) of images (n, n_channels, height, width)."""
        return self.head(self.features(x))
