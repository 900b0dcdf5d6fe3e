"""SVHN, in files of Matlab."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from scipy.io import loadmat, whosmat

from imblearn_gan.datasets._files import (
    MAX_BYTES,
    check_labels,
    first_file,
    read_whole,
    reading,
)

#: How a version 5 file ends its head, and the byte order it tells of.
HEADS = {b"\0\1IM": "<", b"\1\0MI": ">"}
HEAD_SIZE = 128

PACKED = 15

NUMBERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
NUMBERS |= {"double", "single"}


def _unpacked(content: bytes) -> bytes:
    """The same file without packed parts: what SciPy reads of it is as long as it is itself."""
    if content[HEAD_SIZE - 4 : HEAD_SIZE] not in HEADS:
        raise ValueError("not a MAT file of version 5")
    tag = struct.Struct(HEADS[content[HEAD_SIZE - 4 : HEAD_SIZE]] + "2I")
    parts, room, at = [content[:HEAD_SIZE]], MAX_BYTES, HEAD_SIZE
    while at < len(content):
        kind, size = tag.unpack_from(content, at)
        part = content[at : at + tag.size + size]
        if kind == PACKED:
            unpacker = zlib.decompressobj()
            part = unpacker.decompress(part[tag.size :], room + 1)
            if len(part) <= room and not unpacker.eof:
                raise ValueError("a part of it is cut off")
        room -= len(part)
        if room < 0:
            raise ValueError(f"it holds more than {MAX_BYTES:,} bytes: none of the data set does")
        parts.append(part)
        at += tag.size + size
    return b"".join(parts)


def read_svhn(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of a part of SVHN."""
    path = first_file(folder, f"{part}_32x32.mat")
    with reading(path), path.open("rb") as file:
        unpacked = io.BytesIO(_unpacked(read_whole(file)))
        # cells, structures and functions nest
        for name, _, kind in whosmat(unpacked):
            if name in ("X", "y") and kind not in NUMBERS:
                raise ValueError(f"{name} must be an array of numbers. Got one of {kind}")
        content = loadmat(unpacked, variable_names=["X", "y"])
        X, y = content["X"], content["y"].ravel()
        if X.dtype != np.uint8 or X.shape != (32, 32, 3, len(y)):
            raise ValueError(
                f"X must be bytes of shape (32, 32, 3, {len(y)}), as y has labels. Got {X.dtype} "
                f"of shape {X.shape}"
            )
        check_labels(y, 0, 10)
    return X.transpose(3, 0, 1, 2), y % 10
