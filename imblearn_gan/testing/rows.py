"""Data for the checks, and samplers made ready for them."""

from __future__ import annotations

from typing import Any
from unittest import SkipTest

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

from imblearn_gan.base import BaseGANOversampler

#: Rows of each class.
COUNTS = (14, 9, 5)


def prepared(sampler: BaseGANOversampler, **params: Any) -> Any:
    """Return an unfitted copy for the checks' data, with a seed, which generates rows."""
    settings: dict[str, Any] = {
        "sampling_strategy": "auto",
        "image_shape": None,
        "channels": "auto",
        "categorical_features": "auto",
        "encoding": "auto",
        "random_state": 0,
        "verbose": 0,
        "replay": min(sampler.replay, 0.5),
        "device": "cpu" if sampler.device == "auto" else sampler.device,
    }
    return clone(sampler).set_params(**settings | params)


def at_least(sampler: BaseGANOversampler, n: int) -> int:
    """Return ``n``, or more where the method needs more rows of a class."""
    return max(n, sampler._min_class_size)


def labels(*counts: int) -> np.ndarray:
    """Return shuffled labels: ``counts[i]`` times i."""
    return np.random.RandomState(1).permutation(np.repeat(np.arange(len(counts)), counts))


def images(n_samples: int, *shape: int, dtype: Any = np.uint8) -> np.ndarray:
    """Return random images."""
    values = np.random.RandomState(0).randint(0, 256, size=(n_samples, *shape))
    return (values > 127) if np.dtype(dtype).kind == "b" else values.astype(dtype)


def rows_for(sampler: BaseGANOversampler, n_samples: int = sum(COUNTS)) -> np.ndarray:
    """Return a table; images for a method that takes no tables."""
    if not get_tags(sampler).input_tags.two_d_array:
        return images(n_samples, 8, 8)
    return np.random.RandomState(0).normal(size=(n_samples, 4))


def resampled(sampler: BaseGANOversampler) -> tuple[Any, Any]:
    """Return what ``fit_resample`` gives for the checks' rows."""
    return sampler.fit_resample(rows_for(sampler), labels(*COUNTS))


def frame_for(sampler: BaseGANOversampler) -> Any:
    """Return the checks' table as a data frame."""
    import pandas as pd

    return pd.DataFrame(rows_for(sampler), columns=list("abcd"))


def has_pandas() -> bool:
    """Tell whether pandas is installed."""
    try:
        import pandas  # noqa: F401
    except ImportError:
        return False
    return True


def needs_pandas() -> None:
    """Skip a check without pandas."""
    if not has_pandas():
        raise SkipTest("pandas is not installed: no data frames")
