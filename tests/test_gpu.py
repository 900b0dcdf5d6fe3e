"""On a CUDA device: ``python -m pytest -m gpu``."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from sklearn.base import clone
from torch import nn

from imblearn_gan import CGANOversampler, GAMOOversampler, load
from imblearn_gan.callbacks import Callback, Checkpoint, WarmStart
from imblearn_gan.networks import MLPFamily
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import Engine, Phase, Player, capture, engine, precision, torch_scope
from imblearn_gan.training.graph import CapturedIteration
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


# iterations as graphs ---------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch):
    """What played the phases of a training, in their order."""
    found = []

    class Remembered(CapturedIteration):
        def __init__(self, *args):
            super().__init__(*args)
            found.append(self)

    monkeypatch.setattr(engine, "CapturedIteration", Remembered)
    return found


def long(estimator, n_iter=24):
    """The estimator with phases that become graphs."""
    budgets = {"max_iter": n_iter, "pretrain_iter": n_iter}
    known = estimator.get_params()
    return clone(estimator).set_params(**{k: v for k, v in budgets.items() if k in known})


def assert_losses_agree(one, other, n_iter, rtol):
    """Of each phase's first iterations: replays begin with the 5th, games amplify round-off."""
    for record, same in zip(one.history_, other.history_, strict=True):
        if record["iteration"] <= n_iter:
            found, expected = ([*r.values()][2:] for r in (record, same))
            np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-2)


def test_rows_of_a_captured_sampler_are_those_of_one_that_is_not(sampler, played):
    one, other = long(sampler), long(sampler)
    found = one.fit_resample(X, Y)[0]
    assert [iteration.refused for iteration in played] == [""] * len(played)
    assert all(iteration.is_captured for iteration in played)
    with capture(False):
        expected = other.fit_resample(X, Y)[0]
    scale = float(np.abs(expected).max())
    np.testing.assert_allclose(found / scale, expected / scale, atol=2e-2)
    assert_losses_agree(one, other, 24, rtol=2e-2)


def test_losses_on_images_begin_as_those_of_a_sampler_that_is_not_captured(sampler, played):
    # some convolutions of a GPU are not repeatable, without a graph either
    rows, one, other = images(len(Y), 3, 8, 8), long(sampler), long(sampler)
    one.fit_resample(rows, Y)
    assert [iteration.refused for iteration in played] == [""] * len(played)
    assert all(iteration.is_captured for iteration in played)
    with capture(False):
        other.fit_resample(rows, Y)
    assert_losses_agree(one, other, 8, rtol=5e-2)


@pytest.mark.parametrize("rows", [X, images(len(Y), 3, 8, 8)], ids=["table", "images"])
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=name)
def test_a_captured_classifier_learns_the_same(classifier, rows, played):
    model = long(classifier).set_params(device=DEVICE)
    with precision("float32"):
        found = clone(model).fit(rows, Y).predict_proba(rows)
        assert all(iteration.is_captured for iteration in played)
        with capture(False):
            expected = clone(model).fit(rows, Y).predict_proba(rows)
    np.testing.assert_allclose(found, expected, atol=2e-2)


@pytest.mark.parametrize(
    "settings",
    [
        {"combine": "features"},
        {"n_support": None, "misleading": "complement"},
        {"variant": "cG+D"},
        {"combine": "features", "generated_weight": None, "adversarial_weight": None},
    ],
    ids=str,
)
def test_gamo_in_other_ways(settings, played):
    rows = images(len(Y), 3, 8, 8)
    sampler = GAMOOversampler(max_iter=30, batch_size=16, random_state=0, device=DEVICE, **settings)
    with precision("float32"):
        found = sampler.fit_resample(rows, Y)[0]
        assert any(iteration.is_captured for iteration in played)
        with capture(False):
            expected = clone(sampler).fit_resample(rows, Y)[0]
    np.testing.assert_allclose(found / 255, expected / 255, atol=3e-2)


class Noise:
    """A game that draws, with a weight that learns nothing."""

    def __init__(self):
        self.network = nn.Linear(1, 1).to(DEVICE)
        self.player = Player("p", {"n": self.network}, self.losses)
        self.also = lambda drawn: drawn

    def losses(self, _):
        drawn = torch.randn(64, **own_draws(torch.device(DEVICE))) + torch.rand(64, device=DEVICE)
        return {"noise": self.also(drawn).square().mean() + 0 * self.network.weight.sum()}

    def play(self, use):
        with torch_scope(0, torch.device(DEVICE)):
            game = Engine(capture=use)
            game.run(Phase("noise", [self.player], 20))
            after = torch.randn(2, **own_draws(torch.device(DEVICE))).tolist()
        return [record["p_noise"] for record in game.history], after


def test_each_replay_draws_what_would_be_drawn_without(played):
    drawn, after = Noise().play(True)
    assert played[0].is_captured
    assert len(set(drawn)) == 20
    expected, after_all = Noise().play(False)
    np.testing.assert_allclose(drawn, expected, rtol=1e-6)
    assert after == after_all


@pytest.mark.parametrize(
    "also",
    [lambda x: x * x.mean().item(), lambda x: x[x > 0], lambda x: x + torch.ones(1).to(DEVICE)],
    ids=["item", "mask", "host"],
)
def test_what_waits_for_the_host_is_played_as_it_comes(also, played):
    waits, same = Noise(), Noise()
    waits.also = same.also = also
    assert waits.play(True) == same.play(False)
    assert played[0].refused
    assert not played[0].is_captured


def test_a_capture_that_fails_leaves_no_trace(played):
    def also(drawn):
        torch.cuda.synchronize()
        return drawn

    waits, same = Noise(), Noise()
    waits.also = same.also = also
    assert waits.play(True) == same.play(False)
    assert "Error" in played[0].refused
    drawn, _ = Noise().play(True)
    assert played[-1].is_captured
    assert len(set(drawn)) == 20


def test_sparse_rows_are_played_as_they_come(played):
    counts = csr_matrix(([3, 1, 2] * 20, (range(60), [0, 700, 1500] * 20)), shape=(60, 2000))
    sampler = CGANOversampler(max_iter=12, random_state=0, device=DEVICE)
    rows, _ = sampler.fit_resample(counts, [0] * 50 + [1] * 10)
    assert rows.shape == (100, 2000)
    assert played[0].refused


def test_networks_of_ones_own_are_played_as_they_come(played):
    CGANOversampler(architecture=MLPFamily(), max_iter=12, device=DEVICE).fit_resample(X, Y)
    assert not played


def test_rates_and_averages_move_on_in_graphs(played):
    def weights(use):
        with torch_scope(0, torch.device(DEVICE)):
            network = nn.Linear(3, 1, bias=False).to(DEVICE)
            start = network.weight.detach().clone()
            player = Player("p", {"n": network}, lambda _: {"loss": network.weight.sum()})
            player.learning_rate = 0.1
            seen = []
            stop = Callback()
            stop.on_phase_end = lambda state: seen.append(network.weight - start)
            game = Engine([stop], capture=use)
            game.run(Phase("p", [player], 30, ema_decay=0.9, lr_decay=True))
        return torch.cat([seen[0], network.weight - start]).detach().cpu()

    torch.testing.assert_close(weights(True), weights(False), rtol=1e-4, atol=1e-6)
    assert played[0].is_captured


def test_a_captured_training_goes_on(tmp_path, played):
    class Stop(Callback):
        def on_log(self, state):
            if state.iteration == 20:
                raise KeyboardInterrupt

    whole = CGANOversampler(max_iter=40, batch_size=16, random_state=0, device=DEVICE)
    stopped = clone(whole).set_params(callbacks=[Checkpoint(tmp_path, every=2), Stop()])
    with pytest.raises(KeyboardInterrupt):
        stopped.fit_resample(X, Y)
    resumed = clone(whole).set_params(callbacks=[Checkpoint(tmp_path, every=2)])
    found, expected = resumed.fit_resample(X, Y)[0], whole.fit_resample(X, Y)[0]
    assert [iteration.is_captured for iteration in played] == [True] * 3
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-2)


def test_callbacks_may_move_networks(played):
    class Move(Callback):
        def on_log(self, state):
            if state.iteration == 16:
                self.keep = torch.empty(2**20, device=DEVICE)
                for network in state.networks.values():
                    network.cpu()
                self.also = [torch.empty(2**n, device=DEVICE) for n in range(18)]
                for network in state.networks.values():
                    network.to(DEVICE)

    sampler = CGANOversampler(max_iter=40, batch_size=16, random_state=0, device=DEVICE)
    expected = sampler.fit_resample(X, Y)[0]
    found = clone(sampler).set_params(callbacks=[Move()]).fit_resample(X, Y)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=name)
def test_nothing_in_an_iteration_waits_for_the_device(estimator, monkeypatch):
    class Strict:
        def __init__(self, iteration, *_):
            self.iteration, self.n = iteration, 0

        def __call__(self, *args):
            self.n += 1
            torch.cuda.set_sync_debug_mode("error" if self.n > 3 else "default")
            try:
                return self.iteration(*args)
            finally:
                torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(engine, "CapturedIteration", Strict)
    model = long(estimator, 6).set_params(device=DEVICE)
    for rows in (X, images(len(Y), 3, 8, 8)):
        (model.fit_resample if hasattr(model, "fit_resample") else model.fit)(rows, Y)


def test_two_ranks_train_together(tmp_path):
    """With two GPUs one each, by NCCL; else on the same one, which NCCL does not do."""
    nccl = torch.cuda.device_count() > 1
    backend = "cpu:gloo,cuda:nccl" if nccl else "cpu:gloo,cuda:gloo"
    first, other = pair(ranked.on_gpus, backend, folder=tmp_path)
    for name, own in first.items():
        assert own["states"] == other[name]["states"]
        assert own["networks"] == other[name]["networks"]
        np.testing.assert_allclose(own["rows"], other[name]["rows"], rtol=1e-4, atol=1e-5)
