"""Images in folders, one folder a class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.utils import Bunch

from imblearn_gan.datasets._files import reading

if TYPE_CHECKING:
    from PIL import Image as PILImage

#: Pillow's formats that are read, whatever a file's name says. It knows more, but some are no still
#: images or need a plugin or a program, such as MPEG, HDF5 and EPS.
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")

#: Most pixels of an image: as many as 8192 x 8192. Pillow's own bound can be switched off.
MAX_PIXELS = 2**26

#: Pillow's modes of gray images with 8 bits or fewer.
GRAY_MODES = {"1", "L", "LA"}

#: TIFF's tags of the width and height of a tile, which is unpacked whole.
TILE_TAGS = (322, 323)


def _is_count(value: Any) -> bool:
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return is_integer and bool(value >= 1)


def _check_image_size(image_size: Any) -> tuple[int, int] | None:
    """Height and width, or None."""
    size: Any = image_size.tolist() if isinstance(image_size, np.ndarray) else image_size
    size = (size, size) if isinstance(size, (int, np.integer)) else size
    if size is not None and not (
        isinstance(size, Sequence) and len(size) == 2 and all(map(_is_count, size))
    ):
        raise ValueError(
            f"image_size must be an integer >= 1, or (height, width) of such. Got {image_size!r}."
        )
    return None if size is None else (size[0], size[1])


def _find_images(path: Path, max_per_class: int | None) -> dict[str, list[Path]]:
    """Files of each class by their names."""
    from PIL import Image

    extensions = {e for e, kind in Image.registered_extensions().items() if kind in FORMATS}
    by_class = {
        folder.name: [
            file
            for file in sorted(folder.rglob("*"))
            if file.suffix.lower() in extensions
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        ][:max_per_class]
        for folder in (sorted(path.iterdir()) if path.is_dir() else [])
        if folder.is_dir() and not folder.name.startswith(".")
    }
    if not by_class:
        raise FileNotFoundError(
            f"path must be a folder with a sub-folder a class. Got {str(path)!r}."
        )
    if empty := [name for name, files in by_class.items() if not files]:
        raise FileNotFoundError(f"{path} has no images ({', '.join(FORMATS)}) in {empty}.")
    return by_class


@contextmanager
def _open(file: Path) -> Iterator[PILImage.Image]:
    """An image of a format that is read and no larger than may be: only its header is read yet."""
    from PIL import Image

    with reading(file), Image.open(file, formats=FORMATS) as image:
        tags = getattr(image, "tag_v2", {})
        for width, height in (image.size, [tags.get(tag, 1) for tag in TILE_TAGS]):
            if width * height > MAX_PIXELS:
                raise ValueError(
                    f"{height} x {width} pixels are more than {MAX_PIXELS:,}: shrink the image or "
                    "take it out of the folder"
                )
        yield image


def load_image_folder(
    path: str | os.PathLike[str],
    *,
    image_size: int | tuple[int, int] | None = None,
    color: Literal["auto", "gray", "rgb"] = "auto",
    max_per_class: int | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Load images from a folder whose sub-folders are the classes.

    That is how CelebA, GTSRB, Flowers, Cells, BreakHis, LSUN and SUN397 come or are laid out.
    Images lie at any depth below the sub-folder of their class, as AVIF, BMP, GIF, JPEG, JPEG 2000,
    PNG, PPM, TIFF or WebP, upright as a camera marked them; other files, hidden ones and all in
    hidden folders are passed over.
    Needs Pillow.

    Parameters
    ----------
    path : str or path-like
        The folder.

    image_size : int, (height, width) or None, default=None
        Size that images are brought to; an int means a square. None takes them as they are:
        they must all have one size.

    color : {'auto', 'gray', 'rgb'}, default='auto'
        'auto' means gray if all images are gray, else RGB. Transparency is dropped.

    max_per_class : int or None, default=None
        Most images of a class: the first ones by path. For a random draw load all and use
        :func:`make_longtailed`.

    return_X_y : bool, default=False
        Whether to give ``(data, target)`` instead of a Bunch.

    Returns
    -------
    Bunch or (data, target)
        ``data`` : ndarray of shape (n, height, width) or (n, height, width, 3) and dtype uint8;
        ``target`` : ndarray of shape (n,), the names of the sub-folders; ``target_names``,
        ``filenames`` and ``DESCR``. Rows are ordered by class, then by path.

    Raises
    ------
    ImportError
        If Pillow is not installed.

    FileNotFoundError
        If there are no sub-folders, or one has no images.

    ValueError
        If sizes differ and ``image_size`` is None, an image is broken, of none of these formats
        whatever its name, has more than 8 bits a channel or more than 67,108,864 pixels (8192 x
        8192), or a parameter is wrong.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> from imblearn_gan.datasets import load_image_folder
    >>> with TemporaryDirectory() as folder:
    ...     for name, side in [("cat", 8), ("dog", 16)]:
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (side, side)).save(Path(folder) / name / "1.png")
    ...     X, y = load_image_folder(folder, image_size=8, return_X_y=True)
    >>> X.shape, y.tolist()
    ((2, 8, 8, 3), ['cat', 'dog'])
    """
    try:
        from PIL import ExifTags, Image, ImageOps
    except ImportError as error:
        raise ImportError("load_image_folder needs Pillow: pip install pillow") from error
    if color not in ("auto", "gray", "rgb"):
        raise ValueError(f"color must be 'auto', 'gray' or 'rgb'. Got {color!r}.")
    size = _check_image_size(image_size)
    if max_per_class is not None and not _is_count(max_per_class):
        raise ValueError(f"max_per_class must be an integer >= 1. Got {max_per_class!r}.")

    by_class = _find_images(Path(path), max_per_class)
    files = [file for of_class in by_class.values() for file in of_class]

    # the first image of each kind; headers only, but of those that are to be turned
    sizes: dict[tuple[int, int], Path] = {}
    modes: dict[str, Path] = {}
    for file in files:
        with _open(file) as image:
            upright = image.getexif().get(ExifTags.Base.Orientation, 1) == 1
            width, height = (image if upright else ImageOps.exif_transpose(image)).size
            sizes.setdefault((height, width), file)
            modes.setdefault(image.mode, file)
    for mode, file in modes.items():
        if mode[0] in "IF":
            raise ValueError(f"{file} has more than 8 bits a channel: convert it first.")
    if size is None and len(sizes) > 1:
        some = ", ".join(f"{h} x {w} ({file})" for (h, w), file in list(sizes.items())[:2])
        raise ValueError(
            f"images have {len(sizes)} sizes, such as {some}: pass image_size=(height, width)."
        )

    gray = color == "gray" or (color == "auto" and set(modes) <= GRAY_MODES)
    height, width = size or next(iter(sizes))
    X = np.empty((len(files), height, width) + (() if gray else (3,)), np.uint8)
    for row, file in zip(X, files):
        with _open(file) as image:
            pixels = ImageOps.exif_transpose(image).convert("L" if gray else "RGB")
        if pixels.size != (width, height):
            pixels = pixels.resize((width, height), Image.Resampling.BILINEAR)
        row[...] = np.asarray(pixels)
    names = np.array(list(by_class))
    y = np.repeat(names, [len(of_class) for of_class in by_class.values()])
    if return_X_y:
        return X, y
    return Bunch(
        data=X,
        target=y,
        target_names=names,
        filenames=np.array([str(file) for file in files]),
        DESCR=f"{len(X)} images of shape {X.shape[1:]} in {len(names)} classes from {path}.",
    )
