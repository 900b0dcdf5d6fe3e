"""Files that may be broken, or made to do harm."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

#: Most bytes of a file, packed or not: none of the data sets has one as large. A packed file may
#: hold a thousand times its size.
MAX_BYTES = 2**28


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Name the file in the error, whatever its content makes its reader raise."""
    try:
        yield
    except (FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise ValueError(f"{path} cannot be read: {error!r}. Replace it if broken.") from error


def first_file(folder: Path, *names: str) -> Path:
    """The first of the files that is there."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{folder / names[0]}" + "".join(f" or {n}" for n in names[1:]))


def read_whole(file: IO[bytes] | gzip.GzipFile) -> bytes:
    """All of a file that is no larger than one of the data sets can be."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it holds more than {MAX_BYTES:,} bytes: none of the data set does")
    return content


def check_labels(labels: np.ndarray, least: int = 0, most: int = 9) -> None:
    """Refuse labels that are no class."""
    wrong = labels[~np.isin(labels, np.arange(least, most + 1))]
    if len(wrong):
        raise ValueError(f"labels must be integers of {least} ... {most}. Got {wrong[0]}")
