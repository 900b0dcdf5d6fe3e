"""ResNet-18 as a network."""

import pytest
import torch
from torch import nn

from imblearn_gan.networks import ResNet18


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (8, 8), (28, 28), (32, 17), (65, 20), (96, 96)])
def test_any_side(shape):
    assert ResNet18(3, 4, width=2)(torch.zeros(2, 3, *shape)).shape == (2, 4)


def test_is_the_resnet_of_the_paper():
    network = ResNet18(3, 10)
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert len([m for m in convolutions if m.kernel_size == (3, 3)]) + 1 == 18  # and the head
    # 11.17 million parameters, as the usual CIFAR variant has
    assert sum(p.numel() for p in network.parameters()) == 11_173_962


@pytest.mark.parametrize(("side", "seen"), [(64, 8), (65, 3), (224, 7)])
def test_large_images_are_made_smaller_at_the_start(side, seen):
    maps = nn.Sequential(*list(ResNet18(1, 2, width=1).features)[:-2])(
        torch.zeros(1, 1, side, side)
    )
    assert maps.shape[2:] == (seen, seen)
