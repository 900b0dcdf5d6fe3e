"""Callbacks: what they hear, early stopping, snapshots, the progress bar."""

import copy
import pickle
import re
import signal
import warnings
from threading import Thread

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from imblearn_gan import BAGANOversampler, GAMOClassifier, GANOversampler
from imblearn_gan.callbacks import Callback, EarlyStopping, FinishOnInterrupt, is_phase
from imblearn_gan.training import Engine, Phase
from tests.instances import SAMPLERS
from tests.players import Linear
from tests.samplers import Recorder, labels, tiny
from tests.training.players import At, player

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


# events -----------------------------------------------------------------------------------------


def test_events_of_a_callback():
    recorder = Recorder()
    tiny(max_iter=40, callbacks=[recorder]).fit_resample(X, Y)
    events = recorder.events
    assert events[0] == "fit_begin"
    assert events[1] == ("phase_begin", "adversarial", 0)
    logs = [event[2] for event in events if event[0] == "log"]
    assert logs == list(range(2, 41, 2))
    assert events[-2:] == [("phase_end", "adversarial", 40), "fit_end"]


def test_phases_and_networks_of_a_sampler_have_names():
    seen = {}

    def note(state):
        seen[state.phase] = set(state.networks), set(state.averages)

    sampler = BAGANOversampler(
        pretrain_iter=1,
        max_iter=1,
        batch_size=8,
        reject=True,
        callbacks=[At("phase_begin", note)],
        random_state=0,
    )
    sampler.fit_resample(X, Y)
    assert seen == {
        "pretrain": ({"encoder", "generator"}, set()),
        "adversarial": ({"discriminator", "generator"}, {"generator"}),
        "rejection": ({"rejection"}, {"rejection"}),
    }
    assert set(sampler.networks_) == {"encoder", "generator", "latent", "rejection"}


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


@pytest.mark.parametrize("event", ["fit_begin", "phase_begin", "log", "phase_end"])
def test_the_end_is_heard_after_an_error(event):
    def fails(*_):
        raise ZeroDivisionError

    recorder = Recorder()
    sampler = tiny(callbacks=[recorder, At(event, fails)])
    with pytest.raises(ZeroDivisionError):
        sampler.fit_resample(X, Y)
    assert recorder.events[-1] == "fit_end"
    assert recorder.events.count("fit_end") == 1
    assert not hasattr(sampler, "networks_")


@pytest.mark.parametrize("event", ["fit_begin", "phase_begin", "log", "phase_end"])
def test_what_fails_leaves_the_generator_that_was_there(event):
    recorder, sampler = Recorder(), tiny()
    sampler.fit_resample(X, Y)
    before = sampler.sample({1: 5}, random_state=0)[0]
    for error in (KeyboardInterrupt, ZeroDivisionError, MemoryError):

        def fails(*_, error=error):
            raise error

        sampler.set_params(callbacks=[recorder, At(event, fails)], random_state=1)
        with pytest.raises(error):
            sampler.fit_resample(X, Y)
        assert recorder.events[-1] == "fit_end"
        assert np.array_equal(sampler.sample({1: 5}, random_state=0)[0], before)
    again, fresh = sampler.set_params(callbacks=None), tiny(random_state=1)
    assert np.array_equal(again.fit_resample(X, Y)[0], fresh.fit_resample(X, Y)[0])


def test_a_callback_that_fails_at_the_end_leaves_the_new_generator():
    sampler = tiny()
    sampler.fit_resample(X, Y)
    sampler.set_params(callbacks=[FailsAtTheEnd()], random_state=1)
    with pytest.raises(RuntimeError, match="end"):
        sampler.fit_resample(X, Y)
    fresh = tiny(random_state=1)
    fresh.fit_resample(X, Y)
    assert np.array_equal(*(s.sample({1: 5}, random_state=0)[0] for s in (sampler, fresh)))
    assert len(sampler.sample({1: 5})[0]) == 5


# Ctrl-C -----------------------------------------------------------------------------------------


def at_iteration(n, phase, act):
    """Return a callback that acts once, in the middle of an iteration."""

    class Within(Callback):
        def on_phase_begin(self, state):
            if state.phase == phase:
                generator = state.networks["generator"]
                self.handle = generator.register_forward_hook(self.count)
                self.n = 0

        def count(self, *_):
            self.n += 1
            if self.n == n:
                act()

        def on_phase_end(self, state):
            if state.phase == phase:
                self.handle.remove()

    return Within()


def press():
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_the_phase_where_asked():
    before = signal.getsignal(signal.SIGINT)
    callbacks = [FinishOnInterrupt(), at_iteration(57, "adversarial", press)]
    sampler = tiny(max_iter=2000, callbacks=callbacks)
    match = "Ctrl-C has ended the phase 'adversarial' after 57 of 2000 iterations"
    with pytest.warns(UserWarning, match=match):
        X_res, _ = sampler.fit_resample(X, Y)
    assert len(X_res) == 42
    assert sampler.n_iter_ == 57
    assert sampler.history_[-1]["iteration"] == 57  # losses since the last record are not lost
    assert signal.getsignal(signal.SIGINT) is before
    shorter = tiny(max_iter=57)
    assert np.array_equal(shorter.fit_resample(X, Y)[0], X_res)


def test_a_second_ctrl_c_raises():
    def twice():
        press()
        press()

    before = signal.getsignal(signal.SIGINT)
    sampler = tiny(callbacks=[FinishOnInterrupt(), at_iteration(1, "adversarial", twice)])
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, Y)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_before_the_first_phase_raises():
    sampler = tiny(callbacks=[FinishOnInterrupt(), At("fit_begin", lambda *_: press())])
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, Y)


def test_ctrl_c_is_left_alone_in_other_threads():
    before, results = signal.getsignal(signal.SIGINT), []
    sampler = tiny(callbacks=[FinishOnInterrupt()])
    thread = Thread(target=lambda: results.append(sampler.fit_resample(X, Y)))
    thread.start()
    thread.join()
    assert len(results) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_leads_to_the_next_phase():
    callbacks = [FinishOnInterrupt(), at_iteration(3, "pretrain", press)]
    sampler = BAGANOversampler(
        pretrain_iter=500, max_iter=3, batch_size=8, random_state=0, callbacks=callbacks
    )
    with pytest.warns(UserWarning, match="'pretrain' after 3 of 500"):
        sampler.fit_resample(X, Y)
    assert [r["phase"] for r in sampler.history_] == ["pretrain"] + ["adversarial"] * 3


# rows while training ----------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
def test_rows_can_be_drawn_while_a_sampler_trains(sampler):
    """The training does not notice, and after the last phase they are those of ``sample``."""
    drawn = []

    def draw(state):
        if state.is_main:
            drawn.append(state.sample({1: 4}))

    X_res, _ = clone(sampler).fit_resample(X, Y)
    watched = clone(sampler).set_params(callbacks=[At("log", draw), At("phase_end", draw)])
    assert np.array_equal(watched.fit_resample(X, Y)[0], X_res)
    assert len(drawn) > 2
    rows, made_y = drawn[-1]
    assert np.array_equal(made_y, [1] * 4)
    expected = watched.sample({1: 4}, random_state=0)[0]
    assert np.array_equal(rows, expected)
    assert not np.array_equal(drawn[0][0], rows)


def test_rows_of_what_is_not_there_yet():
    def draw(state):
        if state.phase == "pretrain":
            with pytest.raises(RuntimeError, match="nothing to draw rows from yet in the phase"):
                state.sample({1: 2})
            with pytest.raises(ValueError, match="counts asks for the class 7"):
                state.sample({7: 2})

    sampler = BAGANOversampler(pretrain_iter=3, max_iter=2, batch_size=8, random_state=0)
    plain = clone(sampler).fit_resample(X, Y)[0]
    assert np.array_equal(
        sampler.set_params(callbacks=[At("log", draw)]).fit_resample(X, Y)[0], plain
    )


def test_classifiers_draw_no_rows():
    def draw(state):
        with pytest.raises(RuntimeError, match="while a sampler trains; this is none"):
            state.sample({1: 2})

    GAMOClassifier(max_iter=2, callbacks=[At("log", draw)]).fit(X, Y)


@pytest.mark.parametrize(
    ("phase", "name", "expected"),
    [
        ("adversarial", "adversarial", True),
        ("adversarial 3", "adversarial", True),
        ("adversarial", "adversarial 3", False),
        ("adversarial 31", "adversarial 3", False),
        ("adversarially", "adversarial", False),
        ("pretrain", "adversarial", False),
    ],
)
def test_a_phase_may_be_one_of_several(phase, name, expected):
    assert is_phase(phase, name) is expected


# snapshots --------------------------------------------------------------------------------------


def test_a_snapshot_restores_networks_and_averages():
    networks = {"a": nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)), "b": nn.Linear(3, 1)}
    snapshots = {}

    def states(state):
        return copy.deepcopy(
            {
                (kind, name): network.state_dict()
                for kind in ("networks", "averages")
                for name, network in getattr(state, kind).items()
            }
        )

    def take(state):
        if state.iteration == 2:
            snapshots["taken"], snapshots["then"] = state.snapshot(), states(state)

    def put_back(state):
        snapshots["before"] = states(state)
        state.restore(snapshots["taken"])
        snapshots["after"] = states(state)

    players = [player(name, network, learning_rate=0.1) for name, network in networks.items()]
    callbacks = [At("log", take), At("phase_end", put_back)]
    Engine(callbacks).run(Phase("p", players, 6, ema_decay=0.5, averaged=["b"]))
    then, before, after = (snapshots[when] for when in ("then", "before", "after"))
    assert then.keys() == {("networks", "a"), ("networks", "b"), ("averages", "b")}
    for place, tensors in then.items():
        assert any(not torch.equal(before[place][key], tensors[key]) for key in tensors)
        assert all(torch.equal(after[place][key], tensors[key]) for key in tensors)
    average = {key.removeprefix("module."): v for key, v in then["averages", "b"].items()}
    for key, value in networks["b"].state_dict().items():
        assert torch.equal(value, average[key])  # the average replaces the weights


# early stopping ---------------------------------------------------------------------------------


class Scripted(Callback):
    """Overwrite the newest record with a scripted value, and note the weights."""

    values = (5.0, 3.0, 4.0, 4.5, 4.6, 4.7)

    def on_fit_begin(self):
        self.left, self.weights = list(self.values), []

    def on_log(self, state):
        state.history[-1]["value"] = self.left.pop(0)
        self.weights.append(copy.deepcopy(state.networks["generator"].state_dict()))


@pytest.mark.parametrize("restore_best", [True, False])
def test_early_stopping_restores_the_best(restore_best):
    scripted = Scripted()
    stopping = EarlyStopping("value", patience=2, restore_best=restore_best)
    sampler = tiny(max_iter=6, callbacks=[scripted, stopping])
    sampler.fit_resample(X, Y)
    assert sampler.n_iter_ == 4
    assert stopping.best_iteration_ == 2
    assert stopping.best_value_ == 3.0
    kept = sampler.networks_["generator"].state_dict()
    best, last = scripted.weights[1], scripted.weights[-1]
    expected, other = (best, last) if restore_best else (last, best)
    assert all(torch.equal(kept[k], expected[k]) for k in kept)
    assert not any(torch.equal(kept[k], other[k]) for k in kept)


@pytest.mark.parametrize(
    ("params", "n_iter", "best"),
    [
        ({"mode": "max", "patience": 2}, 3, 1),
        ({"mode": "max", "patience": 5}, 6, 1),
        ({"min_delta": 3.0, "patience": 3}, 4, 1),
    ],
)
def test_early_stopping_has_a_mode_and_a_least_change(params, n_iter, best):
    stopping = EarlyStopping("value", **params)
    sampler = tiny(max_iter=6, callbacks=[Scripted(), stopping])
    sampler.fit_resample(X, Y)
    assert (sampler.n_iter_, stopping.best_iteration_) == (n_iter, best)


@pytest.mark.parametrize(
    ("stopping", "message"),
    [
        (EarlyStopping("value", mode="up"), "mode"),
        (EarlyStopping("value", patience=0), "patience"),
        (EarlyStopping("nothing", phase="adversarial"), "generator_real"),
    ],
)
@pytest.mark.filterwarnings("ignore:EarlyStopping monitors")
def test_early_stopping_refuses(stopping, message):
    with pytest.raises(ValueError, match=message):
        tiny(callbacks=[stopping]).fit_resample(X, Y)


def test_early_stopping_finds_a_wrong_monitor_at_the_first_record():
    recorder = Recorder()
    sampler = tiny(max_iter=500, callbacks=[recorder, EarlyStopping("typo")])
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "EarlyStopping")  # the error says it all
        with pytest.raises(ValueError, match=r"'typo', which phase 'adversarial' .*generator_real"):
            sampler.fit_resample(X, Y)
    assert [event for event in recorder.events if event[0] == "log"] == [("log", "adversarial", 25)]


def test_early_stopping_waits_for_the_phase_that_records():
    """It may be one before the main phase, which then does not have it."""
    params = {"pretrain_iter": 3, "max_iter": 3, "batch_size": 8, "random_state": 0}
    for monitor in ("autoencoder_reconstruction", "generator_classes"):
        stopping = EarlyStopping(monitor)
        BAGANOversampler(callbacks=[stopping], **params).fit_resample(X, Y)


def test_early_stopping_says_that_its_phase_did_not_come():
    with pytest.warns(UserWarning, match="phase='adversary'.*were .'adversarial'"):
        tiny(callbacks=[EarlyStopping("generator_real", phase="adversary")]).fit_resample(X, Y)


def test_early_stopping_of_each_of_several_games():
    X, y = np.random.RandomState(0).normal(size=(30, 4)), labels(20, 6, 4)
    stopping = EarlyStopping("generator_generated", patience=1, phase="adversarial")
    params = {"architecture": Linear(), "max_iter": 500, "random_state": 0}  # one game a class
    sampler = GANOversampler(callbacks=[stopping], **params)
    assert sampler.fit_resample(X, y)[0].shape == (60, 4)
    assert {r["phase"] for r in sampler.history_} == {"adversarial 1", "adversarial 2"}
    assert sampler.n_iter_ < 1000


def test_early_stopping_keeps_nothing_of_a_training():
    stopping = EarlyStopping("generator_real")
    tiny(callbacks=[stopping]).fit_resample(X, Y)
    assert stopping.best_iteration_ is not None
    assert len(pickle.dumps(stopping)) < 1000  # no copy of the networks


# progress ---------------------------------------------------------------------------------------


def test_progress_bar_names_phase_and_losses(capsys):
    tiny(verbose=1).fit_resample(X, Y)
    out, err = capsys.readouterr()
    assert out == ""
    assert "adversarial" in err
    assert "generator_real" in err
    assert "3/3" in err


def test_progress_bar_gives_no_phase_the_length_of_another(capsys):
    sampler = BAGANOversampler(pretrain_iter=7, max_iter=3, batch_size=8, random_state=0)
    sampler.set_params(verbose=1).fit_resample(X, Y)
    err = capsys.readouterr().err
    shown = set(re.findall(r"(building networks|pretrain|adversarial):[^\r\n]*?/([37]) \[", err))
    assert shown == {("pretrain", "7"), ("adversarial", "3")}
