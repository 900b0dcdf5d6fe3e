"""Images into folders, one folder a class."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length

from imblearn_gan.data import LabelCodec

#: Characters that have a meaning in paths, on some system.
FORBIDDEN = set('/\\<>:"|?*')


def _check_name(name: str, what: str) -> None:
    """Raise unless a name is that of one visible file or folder, on every system."""
    unseen = any(unicodedata.category(character)[0] == "C" for character in name)
    if unseen or not FORBIDDEN.isdisjoint(name) or name.startswith("."):
        raise ValueError(
            f"{what} must be the name of a folder or file that is seen: no control characters, "
            f"none of {' '.join(sorted(FORBIDDEN))}, no dot at the start. Got {name!r}: rename it."
        )
    if name != name.strip() or name.endswith(".") or len(name.encode()) > 200:
        raise ValueError(
            f"{what} must have at most 200 bytes, no space at its ends and no dot at its end. "
            f"Got {name!r}: rename it."
        )


def _check_images(X: Any) -> np.ndarray:
    X = np.asarray(X)
    if X.ndim == 4 and X.shape[3] == 1:
        X = X[..., 0]
    if X.dtype != np.uint8 or not (X.ndim == 3 or (X.ndim == 4 and X.shape[3] == 3)):
        raise ValueError(
            "X must hold images of shape (n, height, width) or (n, height, width, 3) and dtype "
            f"uint8, which PNG stores as they are. Got shape {X.shape} and {X.dtype}: for "
            "channels first np.moveaxis(X, 1, -1), for values in [0, 1] "
            "(255 * X).round().astype('uint8')."
        )
    return X


def folder_names(labels: Sequence[Any]) -> list[str]:
    """Return the name of the folder of each class; a ValueError where there is none."""
    names = [str(label) for label in labels]
    for name in names:
        _check_name(name, "a label of y")
        if not name:
            raise ValueError("y has an empty label: a folder needs a name.")
    # on some systems two such folders are one
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names]
    same = [name for name, key in zip(names, folded) if folded.count(key) > 1]
    if same:
        raise ValueError(
            f"y has labels that only case tells apart, or nothing: {same}. Their folders would be "
            "one on some systems: rename them."
        )
    return names


def save_image_folder(
    path: str | os.PathLike[str],
    X: Any,
    y: Any,
    *,
    mask: Any = None,
    prefix: str = "synthetic_",
) -> list[Path]:
    """Write images as PNG files, into a folder with a sub-folder a class.

    The inverse of :func:`load_image_folder`, and the layout of torchvision's ``ImageFolder``.
    PNG is lossless: images come back to the bit. Files are named by their row in X, so that they
    are read in the order of X within a class, those with the prefix last. Needs Pillow.

    Parameters
    ----------
    path : str or path-like
        The folder. It is made if it is not there; if it is, the files are put beside others.

    X : array-like of shape (n, height, width), (n, height, width, 1) or (n, height, width, 3)
        Gray or RGB images, uint8. Those with one channel come back without its axis.

    y : array-like of shape (n,)
        Labels: ``str(label)`` is the name of a class's sub-folder.

    mask : array-like of shape (n,), dtype bool, default=None
        Which images are synthetic, for example ``synthetic_mask_`` of a sampler. The names of
        their files begin with ``prefix``. None marks none.

    prefix : str, default: ``'synthetic_'``
        What the names of synthetic images begin with.

    Returns
    -------
    list of Path
        The file of each row of X.

    Raises
    ------
    ImportError
        If Pillow is not installed.

    FileExistsError
        If one of the files is there. Nothing is written then, and nothing is ever replaced.

    ValueError
        If X does not hold such images, a label is no name of a folder, as ``'../a'`` is none, or
        two of them would share one, a sub-folder is a link that leads elsewhere, or ``mask`` or
        ``prefix`` is wrong.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from imblearn_gan.datasets import load_image_folder, save_image_folder
    >>> X = np.random.default_rng(0).integers(256, size=(3, 8, 8, 3), dtype=np.uint8)
    >>> with TemporaryDirectory() as folder:
    ...     files = save_image_folder(folder, X, ["cat", "dog", "dog"], mask=[False, False, True])
    ...     X_again, y = load_image_folder(folder, return_X_y=True)
    >>> [f"{file.parent.name}/{file.name}" for file in files]
    ['cat/0.png', 'dog/1.png', 'dog/synthetic_2.png']
    >>> bool((X_again == X).all()), y.tolist()
    (True, ['cat', 'dog', 'dog'])
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("save_image_folder needs Pillow: pip install pillow") from error
    X = _check_images(X)
    labels = LabelCodec()
    codes = labels.fit_encode(y)
    names = folder_names(labels.classes_.tolist())
    mask = np.zeros(len(X), dtype=bool) if mask is None else np.asarray(mask)
    check_consistent_length(X, codes, mask)
    if mask.dtype != bool or mask.ndim != 1:
        raise ValueError(
            f"mask must be a boolean array, one entry an image. Got {mask.dtype} of shape "
            f"{mask.shape}."
        )
    if not isinstance(prefix, str):
        raise ValueError(f"prefix must be a string. Got {prefix!r}.")
    _check_name(prefix, "prefix")

    root = Path(path)
    for name in names:
        if (root / name).resolve() != root.resolve() / name:
            raise ValueError(f"{root / name} is a link that leads elsewhere: remove it.")
    width = len(str(max(len(X) - 1, 0)))
    files = [
        root / names[code] / f"{prefix if synthetic else ''}{i:0{width}d}.png"
        for i, (code, synthetic) in enumerate(zip(codes, mask))
    ]
    if there := [file for file in files if file.is_symlink() or file.exists()]:
        raise FileExistsError(
            f"{len(there)} files are there already, such as {there[0]}. Nothing was written: name "
            "another folder or another prefix, or remove them."
        )
    written: list[Path] = []
    try:
        for file, image in zip(files, X):
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as stream:
                written.append(file)
                Image.fromarray(image).save(stream, format="PNG")
    except BaseException:  # no half of a data set is left
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return files
