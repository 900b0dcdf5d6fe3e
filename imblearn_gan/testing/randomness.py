"""Checks of seeds, of ``sample``, and of copies."""

from __future__ import annotations

import copy
import io
import pickle
import random
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import torch
from sklearn.base import clone

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.testing.asserts import assert_same, assert_values_like, columns_of, require
from imblearn_gan.testing.rows import COUNTS, labels, prepared, resampled, rows_for


def check_seed(sampler: BaseGANOversampler) -> None:
    """Check that a seed gives the same rows each time, and another seed others."""
    sampler = prepared(sampler)
    first, y = resampled(sampler)
    np.random.rand()  # noqa: NPY002  no one's business
    torch.rand(1)
    advice = (
        "With an integer random_state every call must give the same rows: draw from torch's "
        "generator, which is seeded while networks are built, trained and used, and from no other. "
        "Rows of two calls"
    )
    assert_same(resampled(sampler)[0], first, advice)
    assert_same(resampled(clone(sampler))[0], first, advice)
    other, _ = resampled(clone(sampler).set_params(random_state=1))
    made = sampler.synthetic_mask_
    require(made.any(), "No row is generated.")
    require(
        (other != first)[made].any(),
        "random_state=0 and random_state=1 give the same generated rows.",
    )
    require(len(y) == len(made), "synthetic_mask_ must have one entry a row of the result.")


def check_global_generators(sampler: BaseGANOversampler) -> None:
    """Check that the global generators of Python, NumPy and torch stand still."""
    sampler = prepared(sampler)

    def states() -> dict[str, Any]:
        found: dict[str, Any] = {
            "random": random.getstate(),
            "numpy.random": pickle.dumps(np.random.get_state()),  # noqa: NPY002
            "torch": torch.get_rng_state().tolist(),
        }
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            found["torch.cuda"] = torch.cuda.get_rng_state().tolist()
        return found

    before = states()
    resampled(sampler)
    sampler.sample({1: 3})
    after = states()
    moved = [name for name, state in after.items() if before.get(name, state) != state]
    require(
        not moved,
        f"The global generators of {moved} were moved or seeded. Draw from torch's generator, "
        "whose state is put back, and leave the others alone.",
    )


def check_callers_settings(sampler: BaseGANOversampler) -> None:
    """Check that torch's default dtype and inference mode of the caller do not matter."""
    sampler = prepared(sampler)
    expected, _ = resampled(sampler)
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        with torch.inference_mode():
            rows, _ = resampled(sampler)
        kept = torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(before)
    require(kept, "torch's default dtype was changed.")
    advice = "torch's default dtype and inference mode must not matter. Rows with and without them"
    assert_same(rows, expected, advice)


def check_sample(sampler: BaseGANOversampler) -> None:
    """Check that ``sample`` draws as many rows of each class as asked for, like those of X."""
    sampler, X = prepared(sampler), rows_for(sampler)
    X = X.astype(np.float32) if X.dtype.kind == "f" else X
    sampler.fit_resample(X, labels(*COUNTS))
    X_new, y_new = sampler.sample({2: 4, 1: 7})
    require(
        y_new.tolist() == [1] * 7 + [2] * 4,
        f"sample({{2: 4, 1: 7}}) must give seven labels 1, then four labels 2. Got {y_new}.",
    )
    require(
        X_new.shape == (11, *X.shape[1:]) and X_new.dtype == X.dtype,
        f"sample must give 11 rows of shape {X.shape[1:]} and dtype {X.dtype}. Got an array of "
        f"shape {X_new.shape} and dtype {X_new.dtype}.",
    )
    for i, (seen, made) in enumerate(zip(columns_of(X), columns_of(X_new))):
        assert_values_like(seen, made, f"Column {i} of what sample gives")


def check_stream_of_samples(sampler: BaseGANOversampler) -> None:
    """Check that calls of ``sample`` give other rows each, the same ones after the same fit."""
    sampler = prepared(sampler)
    resampled(sampler)
    first, second = sampler.sample({1: 4})[0], sampler.sample({1: 4})[0]
    require((first != second).any(), "Two calls of sample give the same rows.")
    resampled(sampler)
    advice = "After the same fit_resample the first call of sample must give the same rows. They"
    assert_same(sampler.sample({1: 4})[0], first, advice)
    first, second = (sampler.sample({1: 4}, random_state=3)[0] for _ in range(2))
    assert_same(first, second, "With random_state=3 sample must give the same rows. They")


def _through_joblib(fitted: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(fitted, file)
    file.seek(0)
    return joblib.load(file)


def check_copies(sampler: BaseGANOversampler) -> None:
    """Check that copies by pickle, joblib and deepcopy draw the rows that the sampler draws."""
    copies: dict[str, Callable[[Any], Any]] = {
        "pickle": lambda fitted: pickle.loads(pickle.dumps(fitted)),
        "joblib": _through_joblib,
        "copy.deepcopy": copy.deepcopy,
    }
    sampler = prepared(sampler)
    resampled(sampler)
    twins = {how: copied(sampler) for how, copied in copies.items()}
    expected = sampler.sample({1: 5, 2: 2})
    for how, twin in twins.items():
        for rows, own in zip(twin.sample({1: 5, 2: 2}), expected):
            assert_same(rows, own, f"A copy by {how} must draw the same rows. Both")
