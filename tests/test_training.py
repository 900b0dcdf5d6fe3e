"""The engine, the draws and the callbacks."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn

from imblearn_gan import GANOversampler
from imblearn_gan._training import Engine, Phase, Player, TrainingData, in_chunks
from imblearn_gan.callbacks import Callback, EarlyStopping
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import MLPFamily
from tests.samplers import Interrupt, Recorder, TinySampler, labels, tiny

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


def player(name, network, target=0.0, **params):
    x = torch.randn(8, 3)
    return Player(
        name, [network], lambda _: {"loss": (network(x) - target).square().mean()}, **params
    )


def test_average_is_the_exponential_moving_average_with_statistics():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    states, averages = [], None

    class Collect(Callback):
        def on_log(self, state):
            states.append(copy.deepcopy(network.state_dict()))

    phase = Phase("p", [player("a", network, learning_rate=0.1)], 15, ema_decay=0.6)
    Engine([Collect()]).run(phase)
    assert len(states) == 15
    averages = {k: v.clone() for k, v in states[0].items()}
    for n, state in enumerate(states[1:], start=1):
        decay = min(0.6, (1 + n) / (10 + n))
        for key, value in state.items():
            if value.is_floating_point():
                averages[key] = decay * averages[key] + (1 - decay) * value
    for key in ("0.weight", "0.bias", "1.weight", "1.running_mean", "1.running_var"):
        assert torch.allclose(network.state_dict()[key], averages[key], atol=1e-5)
        assert not torch.equal(network.state_dict()[key], states[-1][key])


def test_statistics_of_a_waiting_network_stand_still():
    first = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    second = nn.Linear(3, 3)
    x = torch.randn(8, 3) + 5

    def losses(_):
        return {"loss": second(first(x)).square().mean()}

    before = copy.deepcopy(first.state_dict())
    waiting = player("first", first, n_steps=1, learning_rate=1e-9)
    waiting.losses = lambda _: {"loss": (first[0].weight * 0).sum()}
    Engine().run(Phase("p", [waiting, Player("second", [second], losses)], 3))
    assert torch.equal(before["1.running_mean"], first.state_dict()["1.running_mean"])
    assert first[1].track_running_stats


def test_learning_rate_falls_to_zero():
    network = nn.Linear(3, 1)
    seen = []

    class Collect(Callback):
        def on_log(self, state):
            seen.append(network.weight.detach().clone())

    Engine([Collect()]).run(
        Phase("p", [player("a", network, 50.0, learning_rate=0.1)], 40, lr_decay=True)
    )
    steps = [(b - a).norm().item() for a, b in pairwise(seen)]
    assert steps[-1] < 0.05 * steps[0]


def test_non_finite_loss_stops_with_phase_and_iteration():
    network, count = nn.Linear(2, 1), iter(range(100))

    def losses(_):
        factor = float("nan") if next(count) == 6 else 1.0
        return {"loss": network.weight.sum() * factor}

    with pytest.raises(FloatingPointError, match=r"'a_loss'.*'p' at iteration 7 of 30.*learning"):
        Engine().run(Phase("p", [Player("a", [network], losses)], 30))


def test_several_steps_a_turn_draw_several_batches():
    network, drawn = nn.Linear(3, 1), []
    acting = player("a", network, n_steps=3)
    acting.draw = lambda: drawn.append(1)
    Engine().run(Phase("p", [acting], 4))
    assert len(drawn) == 12


def test_events_of_a_callback():
    recorder = Recorder()
    tiny(max_iter=40, callbacks=[recorder]).fit_resample(X, Y)
    events = recorder.events
    assert events[0] == "fit_begin"
    assert events[1] == ("phase_begin", "adversarial", 0)
    logs = [event[2] for event in events if event[0] == "log"]
    assert logs == sorted(set(logs))
    assert logs[-1] == 40
    assert events[-2:] == [("phase_end", "adversarial", 40), "fit_end"]


class Scripted(Callback):
    """Overwrite the newest record with a scripted value, and note the weights."""

    values = (5.0, 3.0, 4.0, 4.5, 4.6, 4.7)

    def on_fit_begin(self):
        self.left, self.weights = list(self.values), []

    def on_log(self, state):
        state.history[-1]["value"] = self.left.pop(0)
        self.weights.append(copy.deepcopy(state.networks[0].state_dict()))


def test_early_stopping_restores_the_best():
    scripted, stopping = Scripted(), EarlyStopping("value", patience=2)
    sampler = tiny(max_iter=6, callbacks=[scripted, stopping])
    sampler.fit_resample(X, Y)
    assert sampler.n_iter_ == 4
    assert stopping.best_iteration_ == 2
    kept = sampler.networks_["generator"].state_dict()
    assert all(torch.equal(kept[k], scripted.weights[1][k]) for k in kept)
    assert not any(torch.equal(kept[k], scripted.weights[-1][k]) for k in kept)


@pytest.mark.parametrize(
    ("stopping", "message"),
    [
        (EarlyStopping("value", mode="up"), "mode"),
        (EarlyStopping("value", patience=0), "patience"),
        (EarlyStopping("nothing", phase="adversarial"), "generator_real"),
    ],
)
def test_early_stopping_refuses(stopping, message):
    with pytest.raises(ValueError, match=message):
        tiny(callbacks=[stopping]).fit_resample(X, Y)


def test_early_stopping_says_that_it_had_nothing_to_monitor():
    with pytest.warns(UserWarning, match="'typo'.*generator_real"):
        tiny(callbacks=[EarlyStopping("typo")]).fit_resample(X, Y)


def test_early_stopping_says_that_its_phase_did_not_come():
    with pytest.warns(UserWarning, match="phase='adversary'.*were .'adversarial'"):
        tiny(callbacks=[EarlyStopping("generator_real", phase="adversary")]).fit_resample(X, Y)


def test_early_stopping_of_each_of_several_games():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 6, 4)
    stopping = EarlyStopping("generator_generated", patience=1, phase="adversarial")
    sampler = GANOversampler(max_iter=500, callbacks=[stopping], random_state=0)
    assert sampler.fit_resample(X, y)[0].shape == (60, 4)
    assert {r["phase"] for r in sampler.history_} == {"adversarial 1", "adversarial 2"}
    assert sampler.n_iter_ < 1000


def test_interrupt_leaves_no_broken_object():
    recorder = Recorder()
    sampler = tiny().set_params(max_iter=3)
    sampler.fit_resample(X, Y)
    sampler.set_params(callbacks=[recorder, Interrupt()])
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, Y)
    assert recorder.events[-1] == "fit_end"
    with pytest.raises(NotFittedError):
        sampler.sample({1: 1})
    X_res, _ = sampler.set_params(callbacks=None).fit_resample(X, Y)
    assert len(X_res) == 42


def test_progress_bar_names_phase_and_losses(capsys):
    tiny(verbose=1).fit_resample(X, Y)
    out, err = capsys.readouterr()
    assert out == ""
    assert "adversarial" in err
    assert "generator_real" in err


def test_generation_in_chunks():
    sizes = []

    class Counting(TinySampler):
        def _generate(self, networks, codes):
            sizes.append(len(codes))
            return super()._generate(networks, codes)

    sampler = Counting(max_iter=1, latent_dim=2, random_state=0)
    sampler.fit_resample(X, Y)
    sizes.clear()
    rows, _ = sampler.sample({1: 3000, 2: 2000})
    assert len(rows) == sum(sizes) == 5000
    assert max(sizes) <= 1024


def test_batch_larger_than_the_data():
    assert len(tiny(batch_size=500).fit_resample(X, Y)[0]) == 42


def data(*counts):
    y = torch.from_numpy(labels(*counts))
    x = y.float()[:, None] * 10 + torch.rand(len(y), 1)
    return TrainingData(x, y, DataSpec((1,), counts), [0] * len(counts))


def test_draws():
    torch.manual_seed(0)
    rows = data(400, 40, 1)
    for i, n in enumerate((400, 40, 1)):
        assert rows.y[rows.rows_of(i)].tolist() == [i] * n
        assert (rows.x[rows.rows_of(i)] // 10 == i).all()
    share = np.bincount(rows.draw(6000, balanced=True).y, minlength=3) / 6000
    assert np.allclose(share, 1 / 3, atol=0.03)
    share = np.bincount(rows.draw(6000).y, minlength=3) / 6000
    assert np.allclose(share, np.array([400, 40, 1]) / 441, atol=0.03)
    index = rows.draw_index(20_000, balanced=True)
    assert len(index.unique()) == 441


class FrozenLayer(MLPFamily):
    """A family whose first layer is not to be trained."""

    def decoder(self, spec, n_in):
        """Dense networks."""
        layers = super().decoder(spec, n_in)
        layers[0].requires_grad_(False)
        return layers


def test_frozen_layers_of_the_users_networks():
    X_res, _ = tiny(architecture=FrozenLayer()).fit_resample(X, Y)
    assert len(X_res) == 42


class FailsAtTheEnd(Callback):
    """Raises in ``on_fit_end``."""

    def on_fit_end(self):
        """Raise."""
        raise RuntimeError("end")


@pytest.mark.parametrize("first", [True, False])
def test_every_callback_hears_of_the_end(first):
    recorder = Recorder()
    callbacks = [FailsAtTheEnd(), recorder] if first else [recorder, FailsAtTheEnd()]
    with pytest.raises(RuntimeError, match="end"):
        tiny(callbacks=callbacks).fit_resample(X, Y)
    assert recorder.events[-1] == "fit_end"


def test_chunks_leave_gradients_on_between_them():
    inside, between = [], []

    def double(rows):
        inside.append(torch.is_grad_enabled())
        return rows * 2

    for _ in in_chunks(double, torch.zeros(4, 1), 2):
        between.append(torch.is_grad_enabled())
    assert inside == [False, False]
    assert between == [True, True]
