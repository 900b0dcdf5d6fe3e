"""The file: safetensors, whose header holds JSON and a checksum of every bit."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from safetensors.numpy import load, save

#: The format of files that are written, and the newest that is read.
FORMAT = 1

_MARK = "imblearn_gan"
_LENGTH = 8  # bytes before the header, which say how long it is
# one entry, and this first in it: so the same content gives the same file
_CHECKSUM = re.compile(rb'\{"__metadata__":\{"imblearn_gan":"\{\\"checksum\\":\\"([0-9a-f]{64})\\"')
_NONE = b"0" * 64


def write(
    path: str | os.PathLike, kind: str, content: Any, arrays: Mapping[str, np.ndarray], version: str
) -> None:
    """Write a file: as a whole, or not at all.

    Parameters
    ----------
    path : path-like
        Where. A file that is there is replaced once the new one is complete.

    kind : str
        What the file holds; :func:`read` must be told the same.

    content : object
        What JSON can hold.

    arrays : dict of str to ndarray
        Arrays of dtypes that safetensors knows.

    version : str
        The version of this package.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    about = {
        "checksum": _NONE.decode(),
        "format": f"{kind} {FORMAT}",
        "version": version,
        "content": content,
    }
    text = json.dumps(about, allow_nan=False, separators=(",", ":"))
    data = save(dict(arrays), {_MARK: text})
    place = _place_of_checksum(data)
    if place is None:
        raise RuntimeError("safetensors has written a header of another form: please report this.")
    digest = hashlib.sha256(data).hexdigest().encode()
    _replace(Path(path), data[: place.start] + digest + data[place.stop :])


def _replace(path: Path, data: bytes) -> None:
    """Put a complete file in the place of what is there."""
    beside = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: str | os.PathLike, kind: str, version: str) -> tuple[Any, dict[str, np.ndarray]]:
    """Read a file that :func:`write` has written; look at every bit of it first.

    Nothing in the file is run or imported, and no more memory is taken than a few times its size.

    Parameters
    ----------
    path : path-like
        Which file.

    kind : str
        What it must hold.

    version : str
        The version of this package.

    Returns
    -------
    content : object
        What JSON held.

    arrays : dict of str to ndarray
        The arrays, which are read-only.

    Raises
    ------
    OSError
        If there is no such file.

    ValueError
        If it is of another kind, damaged, or of a format that this version does not know.
    """
    data = Path(path).read_bytes()
    place = _place_of_checksum(data)
    if place is None:
        raise ValueError(
            f"{path} is not a file of imblearn_gan, or damaged: its header has no checksum. "
            "Pickles are opened with pickle or joblib, if they are from someone you trust."
        )
    blank = hashlib.sha256(data[: place.start])
    blank.update(_NONE)
    blank.update(data[place.stop :])
    if blank.hexdigest().encode() != data[place]:
        raise ValueError(
            f"{path} is damaged: its checksum is not that of what it holds. Copy it again from "
            "where it is whole, or train again."
        )
    try:
        about = json.loads(json.loads(_header(data))["__metadata__"][_MARK])
        held, form = about["format"].split(" ")
        if form != str(FORMAT):
            raise _OtherFormatError(
                f"{path} is of format {form}, written by imblearn_gan {about['version']}; this is "
                f"version {version}, which reads format {FORMAT}. Open it with that version."
            )
        if held != kind:
            raise _OtherFormatError(f"{path} holds: {held}, and not: {kind}.")
        return about["content"], load(data)
    except _OtherFormatError:
        raise
    except Exception as error:  # safetensors and json have several
        raise ValueError(f"{path} cannot be read: {error}.") from error


class _OtherFormatError(ValueError):
    """The file is whole, but not what is asked for."""


def _header(data: bytes) -> bytes:
    """Return the header, however much of it there is."""
    return data[_LENGTH : _LENGTH + int.from_bytes(data[:_LENGTH], "little")]


def _place_of_checksum(data: bytes) -> slice | None:
    """Return where the checksum lies."""
    found = _CHECKSUM.match(_header(data))
    if found is None:
        return None
    start, stop = found.span(1)
    return slice(_LENGTH + start, _LENGTH + stop)
