"""What every kind of input has in common."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

#: What the column that marks rows says of them.
REAL, GENERATED, REPEATED = "real", "generated", "repeated"


class InputError(ValueError):
    """Something that the user gave is wrong; the message says what to do."""


@dataclass
class Added:
    """The rows that a sampler added.

    Attributes
    ----------
    X : object
        The rows, in the container that the source gave.

    labels : list
        Their labels, among those of the source.

    source : ndarray of int
        Which row of the source each one repeats; -1 for generated ones.

    changed : bool
        Whether repeated rows are changed, so that they are none of the source.
    """

    X: Any
    labels: list
    source: np.ndarray
    changed: bool

    def marks(self) -> list[str]:
        """Return what the column that marks rows says of each."""
        return [GENERATED if row < 0 else REPEATED for row in self.source.tolist()]


class Source(ABC):
    """An input: rows and labels for a sampler, and the way back into a file.

    Attributes
    ----------
    X : object
        Rows, as ``fit_resample`` takes them.

    y : list
        Their labels.
    """

    X: Any
    y: list
    what: ClassVar[str] = "rows"

    @abstractmethod
    def write(self, out: Path, added: Added) -> None:
        """Write the rows of the input, as they are, and those that were added."""


def check_columns(
    names: list[str], target: str, ignored: list[str], mark: str | None, hint: str = ""
) -> None:
    """Raise an InputError for names of columns that are wrong."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"the input has several columns of the name {twice[0]!r}: rename them.")
    for option, name in [("--target", target), *(("--ignore", name) for name in ignored)]:
        if name not in names:
            raise InputError(f"{option} {name!r} is no column of the input: {names}.{hint}")
    if target in ignored:
        raise InputError(f"--ignore {target!r} is the target.")
    if mark == "":
        raise InputError("--mark-synthetic must be the name of a column. Got ''.")
    if mark in names:
        raise InputError(f"--mark-synthetic {mark!r} is a column of the input: give a new name.")
    if len(names) == 1 + len(set(ignored)):
        raise InputError("the input has no columns but the target and those that are ignored.")


def check_labels(missing: list[bool], target: str) -> None:
    """Raise an InputError where rows have no label."""
    if n_missing := sum(missing):
        raise InputError(f"{n_missing} rows have no label in {target!r}: drop or label them.")


def import_optional(*names: str) -> Any:
    """Import the first of some modules, all of which a kind of file needs."""
    try:
        first, *_ = [__import__(name) for name in names]
    except ImportError as error:
        raise InputError(
            f"the input needs {' and '.join(names)}: pip install {' '.join(names)}"
        ) from error
    return first


@contextmanager
def complete(out: Path) -> Iterator[Path]:
    """Give a file beside, and move it to its place once it is complete."""
    try:
        with tempfile.TemporaryDirectory(prefix=".", dir=out.parent) as folder:
            path = Path(folder) / out.name
            yield path
            path.replace(out)
    except FileNotFoundError as error:
        if out.parent.is_dir():
            raise
        raise InputError(f"--out: the folder {out.parent} is not there.") from error
