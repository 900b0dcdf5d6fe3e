"""Real images from local files or OpenML, images into folders, and the papers' profiles."""

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
from imblearn_gan.datasets._save import save_image_folder

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
    "save_image_folder",
]
