"""Data sets that the papers use, from their own files or from OpenML."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from imblearn.utils import Substitution
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

from imblearn_gan.datasets._cifar import BINARY, PYTHON, read_cifar
from imblearn_gan.datasets._files import MAX_BYTES, check_labels, first_file, reading
from imblearn_gan.datasets._mat import read_svhn

Split: TypeAlias = Literal["train", "test", "all"]

#: Parts of the data that a split has, in order.
PARTS = {"train": ["train"], "test": ["test"], "all": ["train", "test"]}

#: Where Debian's packages of data sets put them.
SYSTEM_DATA = Path("/usr/share/datasets")

DIGITS = "0,1,2,3,4,5,6,7,8,9"

#: Text that the loaders share, for ``imblearn.utils.Substitution``.
LOADER_TEXT = {
    "parameters": """data_home : str, path-like or None, default=None
        Folder with the files, or with a sub-folder of them. None looks in scikit-learn's data
        folder (``~/scikit_learn_data`` or ``SCIKIT_LEARN_DATA``) and in ``/usr/share/datasets``.

    split : {'train', 'test', 'all'}, default='train'
        Which rows; 'all' puts the test rows after the training rows.

    return_X_y : bool, default=False
        Whether to give ``(data, target)`` instead of a Bunch.

    download : bool, default=False
        Whether :func:`~sklearn.datasets.fetch_openml` may fetch what no folder has; it keeps its
        own copy in ``data_home``. Without it the network is never used.

    Returns
    -------
    Bunch or (data, target)
        ``data`` : images, uint8; ``target`` : ndarray of shape (n,), int64; ``target_names`` and
        ``DESCR``.

    Raises
    ------
    FileNotFoundError
        If no folder has the files and ``download`` is false. It lists the paths tried.

    ValueError
        If ``split`` is unknown, or a file is broken, not what its name says or larger than any of
        the data set, packed or not (256 MiB), or has labels of no class."""
}


class _Source(NamedTuple):
    """Where a data set lies and how it is read."""

    title: str
    folders: tuple[str, ...]
    read: Callable[[Path, str], tuple[np.ndarray, np.ndarray]]
    openml: str
    n_train: int
    names: str
    hint: str = ""


def _idx(path: Path, n_axes: int) -> np.ndarray:
    """Content of an idx file of unsigned bytes."""
    problem = f"not a whole idx file of a {n_axes}-D array of unsigned bytes"
    magic = bytes([0, 0, 8, n_axes])
    with reading(path), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        head = file.read(4 * (1 + n_axes))
        shape = [int.from_bytes(head[i : i + 4], "big") for i in range(4, len(head), 4)]
        size = prod(shape)
        if head[:4] != magic or len(head) < 4 * (1 + n_axes):
            raise ValueError(f"{problem}: it starts with {head!r}")
        if size > MAX_BYTES:
            raise ValueError(
                f"{problem}: it promises {size:,} bytes, but none of the data set has more than "
                f"{MAX_BYTES:,}"
            )
        # one more shows a surplus; all of it may be much more
        content = file.read(size + 1)
        if len(content) != size:
            got = f"{len(content):,}" if len(content) < size else "more"
            raise ValueError(f"{problem}: it promises {size:,} bytes but holds {got}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _read_idx(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    prefix = {"train": "train", "test": "t10k"}[part]
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    images, labels = (first_file(folder, name, f"{name}.gz") for name in names)
    X, y = _idx(images, 3), _idx(labels, 1)
    with reading(labels):
        check_labels(y)
    if len(X) != len(y):
        raise ValueError(
            f"{images} has {len(X)} images but {labels} has {len(y)} labels: they must be of one "
            "data set."
        )
    return X, y


def _square_images(flat: np.ndarray, n_channels: int) -> np.ndarray:
    """Images of flat rows.

    OpenML does not say whether the channels of a colour image are planes or its last axis: it is
    the reading in which a pixel is more like the one below it.
    """
    side = round((flat.shape[1] / n_channels) ** 0.5)
    if n_channels == 1:
        return flat.reshape(-1, side, side)
    planes = flat.reshape(-1, n_channels, side, side).transpose(0, 2, 3, 1)
    pixels = flat.reshape(-1, side, side, n_channels)

    def roughness(images: np.ndarray) -> float:
        return float(np.abs(np.diff(images[:500].astype(np.float32), axis=1)).mean())

    return min(planes, pixels, key=roughness)


def _from_openml(
    source: _Source, data_home: str | os.PathLike[str] | None, split: Split
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that OpenML has: the training rows first, then the test rows."""
    flat, labels = fetch_openml(
        source.openml, version=1, data_home=data_home, as_frame=False, return_X_y=True
    )
    n = source.n_train
    rows = {"train": slice(n), "test": slice(n, None), "all": slice(None)}[split]
    images = _square_images(flat[rows].astype(np.uint8), 1 if source.read is _read_idx else 3)
    return images, labels[rows].astype(int) % 10


def _places(source: _Source, data_home: str | os.PathLike[str] | None) -> list[Path]:
    """Folders that may have the files.

    A folder asked for may hold them itself. It comes last: MNIST and Fashion-MNIST share names.
    """
    if data_home is not None:
        home = Path(data_home).expanduser()
        return [*(home / name for name in source.folders), home]
    # sklearn.datasets.get_data_home would make the folder
    cache = Path(os.environ.get("SCIKIT_LEARN_DATA", "~/scikit_learn_data")).expanduser()
    return [home / name for home in (cache, SYSTEM_DATA) for name in source.folders]


def _load(
    source: _Source,
    data_home: str | os.PathLike[str] | None,
    split: Split,
    return_X_y: bool,
    download: bool,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """What every loader does."""
    if split not in PARTS:
        raise ValueError(f"split must be one of {list(PARTS)}. Got {split!r}.")
    missing = []
    for folder in _places(source, data_home):
        try:
            parts = [source.read(folder, part) for part in PARTS[split]]
        except FileNotFoundError as error:
            missing.append(str(error))
            continue
        X, y = (np.concatenate(arrays) for arrays in zip(*parts))
        break
    else:
        if not download:
            raise FileNotFoundError(
                f"{source.title} was not found. Missing:\n  "
                + "\n  ".join(missing)
                + "\nPut the files into one of these folders, pass the one that has them as "
                f"data_home, {source.hint}or pass download=True to fetch {source.openml!r} from "
                "OpenML."
            )
        X, y = _from_openml(source, data_home, split)
    X, y = np.ascontiguousarray(X), y.astype(np.int64)
    if return_X_y:
        return X, y
    description = f"{source.title}, split {split!r}: {len(X)} images of shape {X.shape[1:]}."
    return Bunch(
        data=X, target=y, target_names=np.array(source.names.split(",")), DESCR=description
    )


MNIST = _Source("MNIST", ("mnist", "MNIST/raw"), _read_idx, "mnist_784", 60_000, DIGITS)

FASHION_MNIST = _Source(
    "Fashion-MNIST",
    ("fashion-mnist", "FashionMNIST/raw"),
    _read_idx,
    "Fashion-MNIST",
    60_000,
    "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot",
    "install Debian's package dataset-fashion-mnist and leave data_home out, ",
)

CIFAR10 = _Source(
    "CIFAR-10",
    (
        "cifar10",
        *(f"{above}{inner}" for above in ("cifar10/", "") for _, inner in (BINARY, PYTHON)),
    ),
    read_cifar,
    "CIFAR_10",
    50_000,
    "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck",
)

SVHN = _Source("SVHN", ("svhn", "SVHN"), read_svhn, "SVHN", 73_257, DIGITS)


@Substitution(**LOADER_TEXT)
def load_mnist(
    data_home: str | os.PathLike[str] | None = None,
    *,
    split: Split = "train",
    return_X_y: bool = False,
    download: bool = False,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Load MNIST: 60,000 and 10,000 handwritten digits of shape (28, 28).

    From the four idx files, packed (``.gz``) or not.

    Parameters
    ----------
    {parameters}

    Examples
    --------
    >>> from imblearn_gan.datasets import load_mnist
    >>> X, y = load_mnist("no/such/folder", return_X_y=True)
    Traceback (most recent call last):
    ...
    FileNotFoundError: MNIST was not found. Missing:
    ...
    """
    return _load(MNIST, data_home, split, return_X_y, download)


@Substitution(**LOADER_TEXT)
def load_fashion_mnist(
    data_home: str | os.PathLike[str] | None = None,
    *,
    split: Split = "train",
    return_X_y: bool = False,
    download: bool = False,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Load Fashion-MNIST: 60,000 and 10,000 images of clothes of shape (28, 28).

    From the four idx files, packed (``.gz``) or not. Debian's package ``dataset-fashion-mnist``
    puts them where this looks.

    Parameters
    ----------
    {parameters}

    Examples
    --------
    >>> from imblearn_gan.datasets import load_fashion_mnist
    >>> X, y = load_fashion_mnist("no/such/folder", return_X_y=True)
    Traceback (most recent call last):
    ...
    FileNotFoundError: Fashion-MNIST was not found. Missing:
    ...
    """
    return _load(FASHION_MNIST, data_home, split, return_X_y, download)


@Substitution(**LOADER_TEXT)
def load_cifar10(
    data_home: str | os.PathLike[str] | None = None,
    *,
    split: Split = "train",
    return_X_y: bool = False,
    download: bool = False,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Load CIFAR-10: 50,000 and 10,000 images of things of shape (32, 32, 3).

    From the batches of its binary or its Python version, unpacked or in ``cifar-10-binary.tar.gz``
    or ``cifar-10-python.tar.gz``. Those of the Python version are pickles, but nothing that they
    name is called: one that holds more than an array of bytes and plain values is refused.

    Parameters
    ----------
    {parameters}

    Examples
    --------
    >>> from imblearn_gan.datasets import load_cifar10
    >>> X, y = load_cifar10("no/such/folder", return_X_y=True)
    Traceback (most recent call last):
    ...
    FileNotFoundError: CIFAR-10 was not found. Missing:
    ...
    """
    return _load(CIFAR10, data_home, split, return_X_y, download)


@Substitution(**LOADER_TEXT)
def load_svhn(
    data_home: str | os.PathLike[str] | None = None,
    *,
    split: Split = "train",
    return_X_y: bool = False,
    download: bool = False,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Load SVHN: 73,257 and 26,032 digits of house numbers of shape (32, 32, 3).

    From ``train_32x32.mat`` and ``test_32x32.mat``, the cropped digits. Their label 10 of the
    digit 0 becomes 0.

    Parameters
    ----------
    {parameters}

    Examples
    --------
    >>> from imblearn_gan.datasets import load_svhn
    >>> X, y = load_svhn("no/such/folder", return_X_y=True)
    Traceback (most recent call last):
    ...
    FileNotFoundError: SVHN was not found. Missing:
    ...
    """
    return _load(SVHN, data_home, split, return_X_y, download)
