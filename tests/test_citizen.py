"""Samplers inside pipelines, searches and other people's programs."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.preprocessing import StandardScaler
from torch import nn

from imblearn_gan import GAMOOversampler
from imblearn_gan.networks import MLPFamily
from tests.samplers import TinySampler, images, labels, tiny

Y = labels(60, 18)
X = np.random.RandomState(0).normal(size=(len(Y), 3)) + Y[:, None]


def test_pipeline_with_memory(tmp_path, monkeypatch):
    model = make_pipeline(StandardScaler(), tiny(), LogisticRegression(), memory=str(tmp_path))
    first = model.fit(X, Y).predict_proba(X)
    monkeypatch.delattr(TinySampler, "_phases")  # what was cached is not trained again
    assert np.array_equal(clone(model).fit(X, Y).predict_proba(X), first)


@pytest.mark.slow
def test_cross_validation_and_grid_search():
    model = make_pipeline(GAMOOversampler(max_iter=3, random_state=0), LogisticRegression())
    scores = cross_validate(model, X, Y, cv=3, scoring="balanced_accuracy", error_score="raise")
    assert (scores["test_score"] > 0.6).all()
    grid = {"gamooversampler__max_iter": [2, 3], "gamooversampler__n_support": [2, None]}
    search = GridSearchCV(model, grid, cv=2, n_jobs=2, error_score="raise").fit(X, Y)
    assert search.predict(X).shape == Y.shape


class SmallNet(nn.Module):
    """Images to two logits."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 2))

    def forward(self, x):
        """Logits."""
        return self.layers(x)


def test_images_to_a_skorch_network():
    from skorch import NeuralNetClassifier

    net = NeuralNetClassifier(
        SmallNet, criterion=nn.CrossEntropyLoss, max_epochs=2, train_split=None, verbose=0
    )
    pictures = images(len(Y), 1, 8, 8, dtype=np.float32) / 255
    model = make_pipeline(GAMOOversampler(max_iter=2, random_state=0), net).fit(pictures, Y)
    assert set(model.predict(pictures)) <= {0, 1}


def test_threads_do_not_disturb_each_other():
    expected = tiny(max_iter=30).fit_resample(X, Y)[0]
    state = torch.get_rng_state()
    results = Parallel(2, backend="threading")(
        delayed(tiny(max_iter=30).fit_resample)(X, Y) for _ in range(4)
    )
    assert all(np.array_equal(rows, expected) for rows, _ in results)
    assert torch.equal(torch.get_rng_state(), state)


class Shifted(MLPFamily):
    """Dense networks whose decoder only gives ones."""

    def decoder(self, spec, n_in):
        """Ones."""
        return nn.Sequential(super().decoder(spec, n_in), nn.Hardtanh(1.0, 1.0001))


def test_architecture_of_the_user():
    X_res, _ = tiny(architecture=Shifted()).fit_resample(X, Y)
    assert np.allclose(X_res[len(X) :], X.max(axis=0))


def test_fitted_on_another_device_draws_here():
    sampler = tiny()
    sampler.fit_resample(X, Y)
    expected = sampler.sample({1: 3}, random_state=0)[0]
    sampler.device = "cuda:7"  # as after loading a sampler trained elsewhere
    if not torch.cuda.is_available():
        assert np.array_equal(sampler.sample({1: 3}, random_state=0)[0], expected)


def test_import_is_quiet_and_light():
    code = """
import socket, sys
def refuse(*args, **kwargs): raise RuntimeError("network")
socket.socket.connect = refuse
import imblearn_gan, torch
assert not torch.cuda.is_initialized()
assert "matplotlib" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code], capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == b""


LOADED = """
import sys
import imblearn, torch
before = set(sys.modules)
import imblearn_gan
imported = set(sys.modules) - before
torch.optim.Adam([torch.zeros(1, requires_grad=True)]).zero_grad()  # loads torch's compiler
import numpy as np
before = set(sys.modules)
X, y = np.random.RandomState(0).normal(size=(30, 4, 4)), [0] * 20 + [1] * 10
for rows in (X, X.reshape(30, 16)):
    imblearn_gan.CGANOversampler(max_iter=2, random_state=0).fit_resample(rows, y)
    imblearn_gan.GAMOClassifier(max_iter=2, random_state=0).fit(rows, y)
fitted = set(sys.modules) - before
print(*imported, "/", *fitted)
"""


def test_import_and_fit_load_little_beyond_torch_and_imbalanced_learn():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED], capture_output=True, text=True, check=True
    )
    imported, fitted = (set(part.split()) for part in done.stdout.split("/"))
    assert "imblearn_gan.over_sampling" in imported
    assert not {"torch._dynamo", "torch._inductor", "sympy", "torch.onnx"} & imported
    for names in (imported, fitted):
        packages = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"torch"}
        assert packages <= {"imblearn_gan", "narwhals", "safetensors", "tqdm"}
