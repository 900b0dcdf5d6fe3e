"""Wrong input is refused before training, by a message that names what to change."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.exceptions import NotFittedError

from tests.samplers import NeedsThreeRows, Recorder, images, labels, tiny

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


def spoilt(value, as_type=np.asarray):
    wrong = X.copy()
    wrong[3, 2] = value
    return as_type(wrong)


def frame(value):
    return pd.DataFrame(spoilt(value), columns=["a", "b", "income", "d"])


def spoilt_images():
    wrong = images(len(Y), 4, 4, dtype=np.float32)
    wrong[0, 0, 0] = np.nan
    return wrong


CASES = {
    "nan": ({}, spoilt(np.nan), Y, r"NaN in columns \[2\]"),
    "infinity": ({}, spoilt(np.inf), Y, r"infinity in columns \[2\]"),
    "nan in a frame": ({}, frame(np.nan), Y, r"NaN in columns \['income'\]"),
    "infinity in a frame": ({}, frame(-np.inf), Y, r"infinity in columns \['income'\]"),
    "nan in sparse": ({}, spoilt(np.nan, sparse.csr_matrix), Y, r"NaN in columns \[2\]"),
    "nan in images": ({}, spoilt_images(), Y, "NaN in pixels"),
    "missing word": (
        {},
        pd.DataFrame({"a": X[:, 0], "w": ["x", None] * 14}),
        Y,
        r"NaN in columns \['w'\]",
    ),
    "one class": ({}, X, np.zeros(len(Y), dtype=int), "class"),
    "lengths": ({}, X[:-1], Y, "inconsistent numbers of samples"),
    "one dimension": ({}, X[:, 0], Y, "Expected 2D array|dim"),
    "five dimensions": ({}, X.reshape(-1, 2, 2, 1, 1), Y, "dim 5"),
    "image_shape": ({"image_shape": (3, 3)}, X, Y, "image_shape=.*4"),
    "image_shape of images": ({"image_shape": (3, 3)}, images(len(Y), 4, 4), Y, "image_shape"),
    "image_shape of one": ({"image_shape": (4,)}, X, Y, "image_shape must have two or three"),
    "both could be channels": ({}, images(len(Y), 3, 8, 3), Y, "ambiguous.*channels"),
    "none could be channels": ({}, images(len(Y), 5, 8, 6), Y, "ambiguous.*channels"),
    "channels": ({"channels": "last"}, images(len(Y), 3, 8, 6), Y, "channels='last'"),
    "device": ({"device": "abacus"}, X, Y, "device='abacus'"),
    "index": ({"categorical_features": [7]}, X, Y, "categorical_features.*7.*out of range"),
    "name": ({"categorical_features": ["z"]}, frame(0.0), Y, "categorical_features.*'z'"),
    "mask": ({"categorical_features": [True]}, X, Y, "categorical_features.*mask"),
    "strings refused": (
        {"categorical_features": None},
        np.resize(["a", "b"], (len(Y), 2)),
        Y,
        "categorical_features",
    ),
    "max_iter": ({"max_iter": 0}, X, Y, "max_iter"),
    "batch_size 0": ({"batch_size": 0}, X, Y, "batch_size"),
    "batch_size 1": ({"batch_size": 1}, X, Y, "batch_size"),
    "learning_rate": ({"learning_rate": -1.0}, X, Y, "learning_rate"),
    "latent_dim": ({"latent_dim": 0}, X, Y, "latent_dim"),
    "callbacks": ({"callbacks": ["stop"]}, X, Y, "callbacks"),
    "architecture": ({"architecture": "transformer"}, X, Y, "architecture"),
    "architecture object": ({"architecture": object()}, X, Y, "architecture"),
    "conv on tables": ({"architecture": "conv"}, X, Y, "architecture='conv' needs images"),
    "dates": (
        {},
        pd.DataFrame({"a": X[:, 0], "t": pd.date_range("2020", periods=len(Y))}),
        Y,
        r"\['t'\].*datetime64",
    ),
    "complex": ({}, X + 1j, Y, "[Cc]omplex"),
    "same names": ({}, pd.DataFrame(X, columns=list("aabc")), Y, "same name"),
    "continuous": ({}, X, X[:, 0], "Unknown label type"),
    "many labels": ({}, X, np.ones((len(Y), 3), dtype=int), "Multilabel"),
    "no class": ({}, X, np.eye(3, dtype=int)[Y] * (np.arange(len(Y)) > 0)[:, None], "one-vs-rest"),
}


@pytest.mark.parametrize(("params", "data", "y", "message"), CASES.values(), ids=CASES)
def test_refused_before_training(params, data, y, message):
    recorder = Recorder()
    sampler = tiny(**{"callbacks": [recorder]} | params)
    with pytest.raises((ValueError, TypeError), match=message):
        sampler.fit_resample(data, y)
    assert recorder.events == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_no_cuda(device):
    with pytest.raises(ValueError, match=r"device='cuda.*no CUDA device"):
        tiny(device=device).fit_resample(X, Y)


def test_a_class_too_small_for_the_method():
    y = labels(20, 6, 2)
    sampler = NeedsThreeRows(max_iter=2, random_state=0)
    with pytest.raises(ValueError, match=r"at least 3 rows of each class. Classes \[2\]"):
        sampler.fit_resample(X, y)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({9: 1}, "9"),
        ({0: 1}, "oversampled"),
        ({1: -1}, ">= 0"),
        ({}, "dict"),
        (3, "dict"),
        ({1: 0}, "at least"),
    ],
)
def test_sample_refuses(counts, message):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    with pytest.raises(ValueError, match=message):
        sampler.sample(counts)


def test_sample_needs_training():
    with pytest.raises(NotFittedError):
        tiny().sample({1: 1})
    balanced = tiny()
    balanced.fit_resample(X, labels(14, 14))
    with pytest.raises(NotFittedError, match="not balanced"):
        balanced.sample({1: 1})
