"""Checks of the fitted object, and of manners: what is left alone, printed and kept."""

from __future__ import annotations

import copy
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import numpy as np
from sklearn.utils import get_tags

from imblearn_gan.base import BaseGANOversampler
from imblearn_gan.callbacks import is_phase
from imblearn_gan.testing.asserts import assert_same, require
from imblearn_gan.testing.rows import (
    COUNTS,
    at_least,
    frame_for,
    has_pandas,
    labels,
    prepared,
    resampled,
    rows_for,
)


def check_fitted_attributes(sampler: BaseGANOversampler) -> None:
    """Check the attributes that every fitted sampler has."""
    sampler, X = prepared(sampler), rows_for(sampler)
    X_res, _ = sampler.fit_resample(X, labels(*COUNTS))
    require(sampler.history_, "history_ must hold the records of the training.")
    main = sampler._main_phase
    games = {r["phase"] for r in sampler.history_ if is_phase(r["phase"], main)}
    require(games, f"No phase is called {main!r}. Call it so, or name it in _main_phase.")
    expected = sampler.max_iter_ * len(games)  # one game, or one a class
    require(
        sampler.n_iter_ == expected,
        f"n_iter_ must be {expected}: max_iter for each phase of {sorted(games)}. Got "
        f"{sampler.n_iter_}. Does the phase run for max_iter iterations?",
    )
    for record in sampler.history_:
        losses = record.keys() - {"phase", "iteration"}
        require(losses, f"The record {record} of history_ holds no loss.")
    require(sampler.classes_.tolist() == [0, 1, 2], "classes_ must hold the labels, sorted.")
    require(sampler.n_features_in_ == X[0].size, "n_features_in_ must count the values of a row.")
    require(
        set(sampler.diagnostics_) == {1, 2},
        "diagnostics_ must hold the figures of each class that rows were generated for.",
    )
    mask = sampler.synthetic_mask_
    require(
        mask.dtype == bool and len(mask) == len(X_res),
        "synthetic_mask_ must have a bool for each row of the result.",
    )
    networks = sampler.networks_
    states = [*networks.parameters(), *networks.buffers()]
    devices = {state.device.type for state in states}
    require(
        devices <= {"cpu"} and not any(module.training for module in networks.modules()),
        f"Fitted networks must rest on the CPU, in evaluation mode. They lie on {devices}.",
    )
    require(
        not any(parameter.requires_grad for parameter in networks.parameters()),
        "Fitted networks must need no gradients.",
    )


def _fitted_size(sampler: BaseGANOversampler, n_majority: int) -> int:
    """Return the bytes of the fitted sampler, without what has one entry a row."""
    few = at_least(sampler, 10)
    sampler = prepared(sampler, sampling_strategy={1: few + 5})
    y = labels(n_majority, few)
    sampler.fit_resample(np.tile(rows_for(sampler, len(y)), 8), y)
    vectors = (sampler.synthetic_mask_, sampler.sample_source_)
    return len(pickle.dumps(sampler)) - sum(rows.nbytes for rows in vectors)


def check_size(sampler: BaseGANOversampler) -> None:
    """Check that a fitted sampler does not hold the rows of classes that nothing is added to."""
    small, large = (_fitted_size(sampler, n) for n in (100, 1000))
    require(
        abs(large - small) < 1000,
        f"With 900 more rows of a class that nothing is added to, the fitted sampler grows by "
        f"{large - small} bytes. Keep no training data: _kept_networks names what sample needs.",
    )


def check_fit_only_validates(sampler: BaseGANOversampler) -> None:
    """Check that ``fit`` trains nothing."""
    sampler = prepared(sampler)
    require(
        sampler.fit(rows_for(sampler), labels(*COUNTS)) is sampler, "fit must return the sampler."
    )
    require(
        sampler.sampling_strategy_ == {1: 5, 2: 9},
        f"fit must work out sampling_strategy_. Got {sampler.sampling_strategy_}.",
    )
    require(not hasattr(sampler, "networks_"), "fit must only validate; fit_resample trains.")


def check_input_is_not_changed(sampler: BaseGANOversampler) -> None:
    """Check that X and y stay as they are, and that the result is no view of them."""
    y = labels(*COUNTS)
    inputs: list[tuple[Any, Any]] = [(rows_for(sampler), y)]
    if has_pandas() and get_tags(sampler).input_tags.two_d_array:
        import pandas as pd

        index = np.arange(len(y))[::-1]
        inputs.append((frame_for(sampler).set_index(index), pd.Series(y, index=index)))
    for X, labels_ in inputs:
        X_before, y_before = copy.deepcopy(X), copy.deepcopy(labels_)
        X_res, _ = prepared(sampler).fit_resample(X, labels_)
        assert_same(X, X_before, "fit_resample must not change X. Before and after, they")
        assert_same(labels_, y_before, "fit_resample must not change y. Before and after, they")
        if hasattr(X_res, "iloc"):
            X_res.iloc[:, :] = 0.0
        else:
            X_res[:] = 0
        assert_same(X, X_before, "The result must be no view of X. X before and after a change")


@contextmanager
def _elsewhere(folder: str) -> Iterator[None]:
    before = os.getcwd()
    try:
        os.chdir(folder)
        yield
    finally:
        os.chdir(before)


@contextmanager
def _descriptor_to(number: int, file: Any) -> Iterator[None]:
    """Send what is written to a file descriptor to a file, also what is written by C code."""
    saved = os.dup(number)
    try:
        os.dup2(file.fileno(), number)
        yield
    finally:
        os.dup2(saved, number)
        os.close(saved)


def check_silence(sampler: BaseGANOversampler) -> None:
    """Check that nothing is printed, and that no file is left in the working directory."""
    sampler, text = prepared(sampler), io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        file = stack.enter_context(tempfile.TemporaryFile())
        for context in (
            _elsewhere(folder),
            _descriptor_to(1, file),
            _descriptor_to(2, file),
            redirect_stdout(text),
            redirect_stderr(text),
        ):
            stack.enter_context(context)
        resampled(sampler)
        sampler.sample({1: 2})
        left = os.listdir(folder)
        file.seek(0)
        printed = text.getvalue() + file.read().decode(errors="replace")
    require(
        not printed,
        f"With verbose=0 nothing must be printed. Got {printed[:200]!r}. Say what is to be said "
        "by warnings, or in history_.",
    )
    require(not left, f"{left} were left in the working directory. Write no files.")
