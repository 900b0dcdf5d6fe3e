"""What a stored sampler or classifier is made of, and the classes that a file may name."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from imblearn_gan import latent
from imblearn_gan._version import __version__
from imblearn_gan.data import (
    codec,
    columns,
    containers,
    encodings,
    frames,
    images,
    labels,
    ranges,
    spec,
    table,
)
from imblearn_gan.networks import _conditional, _convex, _families, _paper, _resnet, _vae
from imblearn_gan.storage import Reader, Unwritable, Writer, digest, read, write
from imblearn_gan.storage.values import check_name

_KIND = "estimator"


def _classes_of(*modules: ModuleType) -> dict[str, type]:
    """Return the classes that modules define, by name."""
    return {
        name: cls
        for module in modules
        for name, cls in vars(module).items()
        if isinstance(cls, type)
        and cls.__module__ == module.__name__
        and not getattr(cls, "_is_protocol", False)
    }


#: What codecs and networks are made of: a file names them, it says not where they are.
CLASSES: Mapping[str, type] = MappingProxyType(
    _classes_of(
        *(codec, columns, containers, encodings, frames, images, labels, ranges, spec, table),
        *(_conditional, _convex, _families, _paper, _resnet, _vae, latent),
    )
)
#: Parameters that a file does not hold.
LEFT_OUT = ("callbacks",)
_ADVICE = {
    "architecture": "Use a name, or a family of imblearn_gan.networks",
    "sampling_strategy": "Set sampling_strategy to the dict in sampling_strategy_",
}


def save(estimator: BaseEstimator, path: str | os.PathLike) -> None:
    """Write a fitted estimator of this package; see ``CodecEstimator.save``."""
    name = type(estimator).__name__
    if not type(estimator).__module__.startswith("imblearn_gan."):
        raise ValueError(
            f"{name} is not a class of imblearn_gan: a file that runs no code cannot hold what it "
            "does. Store it with joblib, for those who trust the file."
        )
    check_is_fitted(estimator, "classes_")
    _check_parameters(estimator)  # as load does: no file is written that it refuses
    writer = Writer(CLASSES)
    params = estimator.get_params(deep=False)
    params |= {key: None for key in LEFT_OUT if key in params}
    content = {
        "class": name,
        "params": {
            key: _written(writer, value, f"{name}'s parameter {key}", _ADVICE.get(key))
            for key, value in params.items()
        },
        "state": {
            key: _written(writer, value, f"{name}'s attribute {key}", None)
            for key, value in vars(estimator).items()
            if key not in params
        },
        "libraries": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": str(torch.__version__),
        },
    }
    write(path, _KIND, content, writer.arrays, __version__)


def _check_parameters(estimator: Any) -> None:
    """Raise a ValueError for parameters that the estimator refuses, whatever the data."""
    estimator._validate_params()
    params = estimator.get_params(deep=False)
    params |= {key: None for key in LEFT_OUT if key in params}
    params["device"] = "cpu"  # the other may be that of another machine
    type(estimator)(**params)._check_settings()


def _written(writer: Writer, value: Any, what: str, advice: str | None) -> Any:
    try:
        return writer.write(value)
    except Unwritable as error:
        raise ValueError(
            f"{what} holds {error}, which a file that runs no code cannot hold. "
            f"{advice or 'Set it to plain values'}, or store it all with joblib, for those who "
            "trust the file."
        ) from error


def fingerprint(estimator: BaseEstimator, **facts: Any) -> dict[str, str]:
    """Return what tells a training from others, by name: parameters, and facts of the data."""
    left_out = (*LEFT_OUT, "verbose", "device")
    params = estimator.get_params(deep=False)
    values = {key: value for key, value in params.items() if key not in left_out} | facts
    return {"class": type(estimator).__qualname__} | {
        key: _digest(value) for key, value in values.items()
    }


def agreed(estimator: Any, ranks: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ranks add to the facts of a training, once it is sure that all train the same.

    Raises
    ------
    ValueError
        If parameters, data, or what was read of them differ: it names them. Of ``random_state``
        rank 0's is used.
    """
    if ranks.size == 1:
        return {}
    read = {"columns of X": estimator.codec_, "classes": estimator.classes_}
    prints = fingerprint(estimator, **facts, **read)
    ranks.check_same({key: value for key, value in prints.items() if key != "random_state"})
    return {"number of ranks": ranks.size}


def _digest(value: Any) -> str:
    try:
        return digest(value, CLASSES)
    except Unwritable:
        return f"{type(value).__module__}.{type(value).__qualname__}"


def load(path: str | os.PathLike, estimators: Mapping[str, type]) -> Any:
    """Read what :func:`save` has written; see ``imblearn_gan.load``."""
    content, arrays = read(path, _KIND, __version__)
    try:
        cls, reader = estimators[content["class"]], Reader(CLASSES, arrays)
        params = {key: reader.read(node) for key, node in content["params"].items()}
        state = {check_name(key): reader.read(node) for key, node in content["state"].items()}
        estimator = cls(**params)
        _check_parameters(estimator)
        vars(estimator).update(state)
    except ImportError as error:
        raise ImportError(
            f"{path} holds rows of {error.name}, which is not installed: pip install {error.name}"
        ) from error
    except Exception as error:  # whatever is not as this version writes it
        raise ValueError(
            f"{path} is whole, but not as imblearn_gan {__version__} writes files "
            f"({type(error).__name__}: {error}). Open it with the version that wrote it."
        ) from error
    return estimator
