"""CelebA by its attribute file: faces of one hair colour, or of women and men."""

from pathlib import Path

import numpy as np
import pandas as pd
from sources import _sized

#: Attributes of GAMO's classes of hair; a face must have one of them alone.
HAIR = {
    "blonde": "Blond_Hair",
    "black": "Black_Hair",
    "bald": "Bald",
    "brown": "Brown_Hair",
    "gray": "Gray_Hair",
}
ATTRIBUTES = "list_attr_celeba.txt"


def attributes(folder):
    """The table of attributes, 1 and -1, by name of the image's file."""
    path = folder / ATTRIBUTES
    if not path.is_file():
        raise FileNotFoundError(f"CelebA needs {path}, and the images in {folder}/img_align_celeba")
    return pd.read_csv(path, sep=r"\s+", skiprows=1)


def labels_of(table, kind):
    """Label by file: hair colours that do not overlap (``hair``), or the sex (``sex``)."""
    if kind == "sex":
        return table["Male"].map({1: "male", -1: "female"})
    wanted = table[list(HAIR.values())] == 1
    alone = wanted[wanted.sum(axis=1) == 1]
    return alone.idxmax(axis=1).map({name: label for label, name in HAIR.items()})


def load(home, kind, most, *, image_size=None, crop=None):
    """Images and labels, of each class at most so many as ``most`` says, drawn by one seed."""
    from PIL import Image

    folder = Path(home or ".") / "celeba"
    labels = labels_of(attributes(folder), kind)
    kept = pd.concat(
        part.sample(min(len(part), most(label)), random_state=0)
        for label, part in labels.groupby(labels)
    )
    images = []
    for name in kept.index:
        with Image.open(folder / "img_align_celeba" / name) as image:
            images.append(_sized(np.asarray(image.convert("RGB")), image_size, crop, None))
    return np.stack(images), kept.to_numpy().astype(str)
