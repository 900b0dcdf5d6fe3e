"""Checks of what ``fit_resample`` gives: containers, counts, repeated rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.testing.asserts import assert_oversampled, assert_same, require
from imblearn_gan.testing.rows import (
    COUNTS,
    at_least,
    frame_for,
    images,
    labels,
    needs_pandas,
    prepared,
    resampled,
    rows_for,
)


def check_tables(sampler: BaseGANOversampler) -> None:
    """Check tables of several dtypes."""
    X, y = rows_for(sampler), labels(*COUNTS)
    for dtype in (np.float64, np.float32, np.int16):
        sampler = prepared(sampler)
        rows = (10 * X).astype(dtype)
        assert_oversampled(sampler, rows, y, *sampler.fit_resample(rows, y))


def check_images(sampler: BaseGANOversampler) -> None:
    """Check images of all layouts: they come back as they came in."""
    y = labels(*COUNTS)
    for shape, dtype in (
        ((8, 8), np.uint8),
        ((3, 8, 7), np.uint8),
        ((7, 8, 3), np.uint8),
        ((1, 5, 5), np.float32),
    ):
        X, sampler = images(len(y), *shape, dtype=dtype), prepared(sampler)
        assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
        flat, sampler = X.reshape(len(X), -1), prepared(sampler, image_shape=shape)
        assert_oversampled(sampler, flat, y, *sampler.fit_resample(flat, y))


def check_categories(sampler: BaseGANOversampler) -> None:
    """Check data frames with categories, words, flags and integers."""
    needs_pandas()
    import pandas as pd

    sampler, y = prepared(sampler), labels(*COUNTS)
    X = pd.DataFrame(
        {
            "real": rows_for(sampler)[:, 0],
            "count": np.arange(len(y)),
            "colour": pd.Categorical(["red", "green", "blue", "red"] * 7),
            "word": ["yes", "no"] * 14,
            "flag": [True, False] * 14,
        },
        index=np.arange(len(y)) * 2,
    )
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


def check_missing(sampler: BaseGANOversampler) -> None:
    """Check data frames with missing values, dates and one-hot columns."""
    needs_pandas()
    import pandas as pd

    sampler, y = prepared(sampler), labels(*COUNTS)
    gone = np.arange(len(y)) % 3 == 0
    X = pd.DataFrame(
        {
            "real": np.where(gone, np.nan, rows_for(sampler)[:, 0]),
            "count": pd.array(np.arange(len(y)), dtype="Int64"),
            "word": pd.Series(["yes", "no"] * 14, dtype=object),
            "day": pd.date_range("2024-01-01", periods=len(y)),
            "first": gone,
            "second": ~gone,
        }
    )
    X.loc[gone, ["count", "word", "day"]] = None
    X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)
    require(
        (X_res["first"] != X_res["second"]).all(),
        "One-hot columns must stay so: generate every slice of the spec's categorical_slices as "
        "one of its categories.",
    )


def check_frames(sampler: BaseGANOversampler) -> None:
    """Check that data frames come back with the names and dtypes of their columns."""
    needs_pandas()
    import pandas as pd

    sampler, X = prepared(sampler), frame_for(sampler)
    y = pd.Series(labels(*COUNTS), name="label")
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    require(
        sampler.feature_names_in_.tolist() == list(X.columns),
        "feature_names_in_ must hold the names of the columns.",
    )
    X_new, y_new = sampler.sample({1: 2})
    assert_same(X_new.dtypes, X.dtypes, "Dtypes of what sample gives and of X")
    require(y_new.name == "label", "sample must give labels with the name of y.")


def check_counts(sampler: BaseGANOversampler) -> None:
    """Check that each sampling strategy gives exactly the counts that it asks for."""
    strategies: Sequence[tuple[Any, Sequence[int], Sequence[int]]] = (
        ("auto", COUNTS, [14, 14, 14]),
        ("all", COUNTS, [14, 14, 14]),
        ("minority", COUNTS, [14, 9, 14]),
        ("not minority", COUNTS, [14, 14, 5]),
        ({0: 20, 2: 11}, COUNTS, [20, 9, 11]),
        (lambda y: {1: 10}, COUNTS, [14, 10, 5]),
        (0.5, (20, 4), [20, 10]),
    )
    for strategy, counts, expected in strategies:
        sampler = prepared(sampler, sampling_strategy=strategy)
        X_res, y_res = sampler.fit_resample(rows_for(sampler, sum(counts)), labels(*counts))
        got = np.bincount(y_res).tolist()
        require(
            got == expected and len(X_res) == sum(expected),
            f"With sampling_strategy={strategy!r} classes of {list(counts)} rows must become "
            f"{expected}. Got {got} labels, {len(X_res)} rows.",
        )


def check_many_classes(sampler: BaseGANOversampler) -> None:
    """Check thirty classes of a few rows each."""
    few = at_least(sampler, 2)
    y, sampler = labels(few + 1, *[few] * 29), prepared(sampler)
    X = rows_for(sampler, len(y))
    X_res, y_res = sampler.fit_resample(X, y)
    require(
        np.bincount(y_res).tolist() == [few + 1] * 30, "Thirty classes must become equally large."
    )
    assert_oversampled(sampler, X, y, X_res, y_res)


def check_balanced_set(sampler: BaseGANOversampler) -> None:
    """Check that a balanced set comes back untouched, and that nothing is trained on it."""
    sampler, y = prepared(sampler), labels(14, 14)
    resampled(sampler)  # what it left must go
    X = rows_for(sampler, len(y))
    X_res, y_res = sampler.fit_resample(X, y)
    assert_same(X_res, X, "A balanced set must come back untouched. X and what comes back")
    assert_same(y_res, y, "A balanced set must come back untouched. y and what comes back")
    require(not np.shares_memory(X_res, X), "The result must be no view of X.")
    trained = sampler.history_ or sampler.n_iter_ or hasattr(sampler, "networks_")
    require(not trained, "Nothing must be trained on a balanced set.")
    require(not sampler.synthetic_mask_.any(), "A balanced set has no generated rows.")
    require(sampler.diagnostics_ == {}, "diagnostics_ of a balanced set must be empty.")


def check_replay(sampler: BaseGANOversampler) -> None:
    """Check that the fraction ``replay`` of the added rows are real rows, repeated."""
    y = labels(*COUNTS)
    for replay in (0.0, 0.5, 1.0):
        sampler = prepared(sampler, replay=replay)
        X = rows_for(sampler)
        assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
        require(
            hasattr(sampler, "networks_") == (replay < 1),
            f"With replay={replay} networks must {'' if replay < 1 else 'not '}be trained.",
        )
