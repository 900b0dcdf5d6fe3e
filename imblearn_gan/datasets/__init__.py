"""Real images from local files or OpenML, and the long-tailed profiles of the papers."""

from imblearn_gan.datasets._folder import load_image_folder
from imblearn_gan.datasets._loaders import (
    load_cifar10,
    load_fashion_mnist,
    load_mnist,
    load_svhn,
)
from imblearn_gan.datasets._profiles import (
    PROFILES,
    decaying_counts,
    divide_rest,
    drop_fraction,
    make_longtailed,
)

__all__ = [
    "PROFILES",
    "decaying_counts",
    "divide_rest",
    "drop_fraction",
    "load_cifar10",
    "load_fashion_mnist",
    "load_image_folder",
    "load_mnist",
    "load_svhn",
    "make_longtailed",
]
