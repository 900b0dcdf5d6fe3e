"""Folders of images."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from imblearn_gan._command.common import Added, InputError, Source
from imblearn_gan.datasets import load_image_folder, save_image_folder
from imblearn_gan.datasets._save import folder_names

PREFIXES = {"generated": "synthetic_", "repeated": "repeated_"}


class ImageFolder(Source):
    """Images in a sub-folder a class.

    Parameters
    ----------
    path : Path
        The folder.

    image_size : int or None
        The size that images are brought to; None takes them as they are.
    """

    what: ClassVar[str] = "images"

    def __init__(self, path: Path, image_size: int | None):
        bunch: Any = load_image_folder(path, image_size=image_size)
        self.path, self.image_size = path, image_size
        self.X, self.y = bunch.data, bunch.target.tolist()
        folder_names(sorted(set(self.y)))  # those that cannot be written are refused
        self.files = [Path(name) for name in bunch.filenames]
        marked = [file for file in self.files if file.name.startswith(tuple(PREFIXES.values()))]
        if marked:
            raise InputError(
                f"{marked[0]} looks like an image of an earlier run, from which a sampler should "
                "not learn: take such images out, or rename them."
            )

    def write(self, out: Path, added: Added) -> None:
        """Copy the images, or save those that were brought to a size, and save those added."""
        if not out.parent.is_dir():
            raise InputError(f"--out: the folder {out.parent} is not there.")
        with tempfile.TemporaryDirectory(prefix=".", dir=out.parent) as beside:
            root = Path(beside) / "images"
            if self.image_size is None:
                for file in self.files:
                    copy = root / file.relative_to(self.path)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, copy)
            else:
                save_image_folder(root, self.X, self.y)
            marks, labels = np.array(added.marks()), np.array(added.labels)
            for mark, prefix in PREFIXES.items():
                own = marks == mark
                if own.any():
                    save_image_folder(
                        root,
                        added.X[own],
                        labels[own],
                        mask=np.ones(int(own.sum()), dtype=bool),
                        prefix=prefix,
                    )
            root.replace(out)
