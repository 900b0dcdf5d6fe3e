"""On a CUDA device: ``python -m pytest -m gpu``."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sklearn.base import clone

from imblearn_gan import load
from imblearn_gan.callbacks import Callback, Checkpoint, WarmStart
from tests.instances import CLASSIFIERS, SAMPLERS
from tests.samplers import assert_oversampled, assert_same, images, labels
from tests.training import ranked
from tests.training.pair import pair

DEVICE = "cuda"
Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device"),
]


def name(estimator):
    return type(estimator).__name__


@pytest.fixture(params=SAMPLERS, ids=name)
def sampler(request):
    return clone(request.param).set_params(device=DEVICE)


@pytest.mark.parametrize("rows", [X, images(len(Y), 3, 8, 8)], ids=["table", "images"])
def test_every_sampler_fits(sampler, rows):
    assert_oversampled(sampler, rows, Y, *sampler.fit_resample(rows, Y))
    assert {p.device.type for p in sampler.networks_.parameters()} == {"cpu"}


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=name)
def test_every_classifier_fits(classifier):
    classifier = clone(classifier).set_params(device=DEVICE).fit(X, Y)
    assert classifier.predict_proba(X).shape == (len(Y), 3)


def test_what_was_fitted_here_draws_where_there_is_no_device(sampler, tmp_path):
    sampler.fit_resample(X, Y)
    (tmp_path / "sampler.pkl").write_bytes(pickle.dumps(sampler))
    code = """
import pickle
import torch
assert not torch.cuda.is_available()
with open("sampler.pkl", "rb") as file:
    rows, labels = pickle.load(file).sample({1: 3, 2: 4})
assert rows.shape == (7, 4)
assert labels.tolist() == [1] * 3 + [2] * 4
"""
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=hidden, check=True)


def test_what_was_stored_here_draws_the_same_rows(sampler, tmp_path):
    sampler.fit_resample(X, Y)
    sampler.save(tmp_path / "sampler.safetensors")
    loaded = load(tmp_path / "sampler.safetensors")
    for seed in (0, None):
        rows, expected = (s.sample({1: 5}, random_state=seed)[0] for s in (loaded, sampler))
        np.testing.assert_allclose(rows, expected, rtol=1e-4, atol=1e-5)


def test_a_training_goes_on(sampler, tmp_path):
    class Stop(Callback):
        def on_log(self, state):
            if state.is_main and state.iteration > 1:
                raise KeyboardInterrupt

    stopped = clone(sampler).set_params(callbacks=[Checkpoint(tmp_path, every=1), Stop()])
    with pytest.raises(KeyboardInterrupt):
        stopped.fit_resample(X, Y)
    resumed = clone(sampler).set_params(callbacks=[Checkpoint(tmp_path, every=1)])
    expected, rows = sampler.fit_resample(X, Y)[0], resumed.fit_resample(X, Y)[0]
    assert resumed.n_iter_ == sampler.n_iter_
    np.testing.assert_allclose(rows, expected, rtol=1e-2, atol=1e-2)


def test_more_iterations_go_on(sampler):
    one = clone(sampler).set_params(callbacks=[WarmStart()])
    one.fit_resample(X, Y)
    other = pickle.loads(pickle.dumps(one))
    assert {t.device.type for t in one._training["phases"][-1]["generators"]} == {"cpu"}
    rows, expected = (s.fit_resample(X, Y)[0] for s in (one, other))
    np.testing.assert_allclose(rows, expected, rtol=1e-2, atol=1e-2)
    elsewhere = pickle.loads(pickle.dumps(one)).set_params(device="cpu")
    elsewhere.fit_resample(X, Y)
    assert elsewhere.n_iter_ == one.n_iter_ * 3 // 2


def test_seed_gives_the_same_rows(sampler):
    first, _ = sampler.fit_resample(X, Y)
    again, _ = clone(sampler).fit_resample(X, Y)
    other, _ = clone(sampler).set_params(random_state=1).fit_resample(X, Y)
    assert_same(first, again)
    assert (first != other).any()


def test_global_generators_stand_still(sampler):
    on_cpu, on_device = torch.get_rng_state(), torch.cuda.get_rng_state()
    sampler.fit_resample(X, Y)
    sampler.sample({1: 3})
    assert torch.equal(torch.get_rng_state(), on_cpu)
    assert torch.equal(torch.cuda.get_rng_state(), on_device)


def test_many_threads_draw_from_one_object():
    sampler = clone(SAMPLERS[6]).set_params(device=DEVICE)
    sampler.fit_resample(X, Y)
    alone = pickle.loads(pickle.dumps(sampler))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: sampler.sample({1: 6})[0], range(24)))
    expected = [alone.sample({1: 6})[0] for _ in range(24)]
    rows, own = (np.stack(sorted(sets, key=lambda x: x.sum())) for sets in (found, expected))
    np.testing.assert_allclose(rows, own, rtol=1e-4, atol=1e-5)


def test_a_lack_of_memory_says_what_to_do(sampler):
    class Greedy(Callback):
        def on_phase_begin(self, state):
            torch.empty(2**42, device=DEVICE)

    with pytest.raises(MemoryError, match=r"batch_size.*device='cpu'"):
        clone(sampler).set_params(callbacks=[Greedy()]).fit_resample(X, Y)
    assert len(sampler.fit_resample(X, Y)[0]) == 42


def test_two_ranks_train_together(tmp_path):
    """With two GPUs one each, by NCCL; else on the same one, which NCCL does not do."""
    nccl = torch.cuda.device_count() > 1
    backend = "cpu:gloo,cuda:nccl" if nccl else "cpu:gloo,cuda:gloo"
    first, other = pair(ranked.on_gpus, backend, folder=tmp_path)
    for name, own in first.items():
        assert own["states"] == other[name]["states"]
        assert own["networks"] == other[name]["networks"]
        np.testing.assert_allclose(own["rows"], other[name]["rows"], rtol=1e-4, atol=1e-5)
