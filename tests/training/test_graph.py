"""Iterations that a graph can hold: nothing in them waits for the host, seen without a GPU."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from torch import Tensor
from torch.overrides import TorchFunctionMode

from imblearn_gan import GAMO2pix, GAMOClassifier, GAMOOversampler, _estimator
from imblearn_gan.games import gamo
from imblearn_gan.training import engine
from imblearn_gan.training.graph import Watch
from tests.instances import CLASSIFIERS, SAMPLERS
from tests.samplers import images, labels

CPU = torch.device("cpu")
Y = labels(14, 9, 5)
TABLE = np.random.RandomState(0).normal(size=(len(Y), 4))
IMAGES = images(len(Y), 3, 8, 8)
FRAME = pd.DataFrame(TABLE).rename(columns="x{}".format)
FRAME["kind"] = pd.Categorical(np.array(["u", "v", "w"])[np.arange(len(Y)) % 3])


class Host(TorchFunctionMode):
    """Notes functions that take values to the host, or bring some from there."""

    functions = frozenset(
        (
            *(
                Tensor.cpu,
                Tensor.numpy,
                Tensor.tolist,
                Tensor.item,
                Tensor.nonzero,
                Tensor.__bool__,
            ),
            *(Tensor.__int__, Tensor.__float__, Tensor.__index__, Tensor.__array__),
            *(torch.tensor, torch.as_tensor, torch.from_numpy, torch.nonzero),
        )
    )

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        to_host = function is Tensor.to and any(arg in ("cpu", CPU) for arg in args[1:])
        if function in self.functions or to_host:
            self.found.append(function.__name__)
        return function(*args, **(kwargs or {}))


@pytest.fixture
def found(monkeypatch):
    """What iterations called that makes one wait; on a CPU that passes for another device."""
    calls = []

    class Watched:
        def __init__(self, iteration, *_):
            self.iteration = iteration

        def __call__(self, *args):
            with Watch(CPU) as watch, Host() as host:
                losses = self.iteration(*args)
            calls.append([*watch.found, *host.found])
            return losses

    built = gamo._Play.__init__

    def elsewhere(self, *args):
        built(self, *args)
        self.by_class = False

    monkeypatch.setattr(gamo._Play, "__init__", elsewhere)
    monkeypatch.setattr(engine, "CapturedIteration", Watched)
    monkeypatch.setattr(_estimator, "captures", lambda _: True)
    return calls


GAMO = {"max_iter": 3, "batch_size": 16, "random_state": 0}
IN_OTHER_WAYS = [
    GAMOOversampler(combine="features", **GAMO),
    GAMOOversampler(n_support=None, misleading="complement", **GAMO),
    GAMOOversampler(variant="cG+D", balance="batches", **GAMO),
    GAMOClassifier(generated_weight=None, adversarial_weight=None, loss="least_squares", **GAMO),
    GAMO2pix(torch.nn.Flatten(), max_iter=3, random_state=0),
]


def fitted(estimator, rows):
    budgets = {"max_iter": 3, "pretrain_iter": 3}
    known = estimator.get_params()
    model = clone(estimator).set_params(**{k: v for k, v in budgets.items() if k in known})
    return (model.fit_resample if hasattr(model, "fit_resample") else model.fit)(rows, Y)


@pytest.mark.parametrize("rows", [TABLE, IMAGES, FRAME], ids=["table", "images", "frame"])
@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_nothing_in_an_iteration_waits(estimator, rows, found):
    fitted(estimator, rows)
    assert len(found) >= 3
    assert set().union(*found) == set()


@pytest.mark.parametrize("estimator", IN_OTHER_WAYS, ids=str)
def test_nothing_in_an_iteration_waits_in_other_ways(estimator, found):
    fitted(estimator, IMAGES)
    assert set().union(*found) == set()


@pytest.mark.parametrize(
    "waits",
    [
        lambda x: x.mean().item(),
        lambda x: bool((x > 0).all()),
        lambda x: x.tolist(),
        lambda x: x.nonzero(),
        lambda x: x[x > 0],
        lambda x: x.unique(),
        lambda x: x.masked_select(x > 0),
        lambda x: x.long().bincount(),
        lambda x: x.index_put_((x > 0,), torch.ones(3)),
    ],
)
def test_what_waits_is_found(waits):
    x = torch.arange(4.0)
    with Watch(CPU) as watch, Host() as host:
        waits(x)
    assert watch.found or host.found


def test_tensors_of_another_device_are_found():
    x = torch.zeros(3, device="meta")
    with Watch(x.device) as watch:
        x + x.exp().sum() * 2
    assert not watch.found
    with Watch(x.device) as watch:
        x + torch.ones(())
    assert watch.found
