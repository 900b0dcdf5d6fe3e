"""Trainings that are stopped anywhere go on, and give the rows of those that never were."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone

from imblearn_gan import (
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    DOSClassifier,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    GANOversampler,
)
from imblearn_gan.callbacks import Callback, Checkpoint, EarlyStopping
from imblearn_gan.networks import MLPFamily
from imblearn_gan.training import CheckpointKeeper
from tests.data.test_sliced import InFile
from tests.instances import SAMPLERS
from tests.samplers import Recorder, images, labels, tiny

pytestmark = pytest.mark.filterwarnings("error:Checkpoint could not write")

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
IMAGES = images(len(Y), 8, 8)
SMALL = {"pretrain_iter": 4, "max_iter": 6, "batch_size": 8, "random_state": 0}


class Stop(Callback):
    """Fails at an event, counted over all phases: a power cut of this process."""

    def __init__(self, n):
        self.n = n

    def _count(self, _):
        self.n -= 1
        if self.n < 0:
            raise KeyboardInterrupt

    on_phase_begin = on_log = on_phase_end = _count


def fitted(estimator, X=X, y=Y):
    """Train, and return what can be compared."""
    if hasattr(estimator, "fit_resample"):
        result = estimator.fit_resample(X, y)[0]
    elif hasattr(estimator.fit(X, y), "predict_proba"):
        result = estimator.predict_proba(X)
    else:
        result = estimator.transform(X)
    return result, estimator.history_, estimator.n_iter_


def assert_goes_on(estimator, folder, stops, X=X, y=Y, every=1):
    """Stop a training again and again, then let it end; hold it against one never stopped."""
    expected = fitted(clone(estimator), X, y)
    for n in stops:
        stopped = clone(estimator)
        callbacks = [*(stopped.callbacks or ()), Checkpoint(folder, every=every), Stop(n)]
        stopped.set_params(callbacks=callbacks)
        with pytest.raises(KeyboardInterrupt):
            fitted(stopped, X, y)
    callbacks = [*(estimator.callbacks or ()), Checkpoint(folder, every=every)]
    got = fitted(clone(estimator).set_params(callbacks=callbacks), X, y)
    np.testing.assert_array_equal(got[0], expected[0])
    assert got[1:] == expected[1:]


# every method -------------------------------------------------------------------------------------

METHODS = [
    *((sampler, X) for sampler in SAMPLERS),
    (GAMOOversampler(combine="features", max_iter=6, batch_size=8, random_state=0), IMAGES),
    (CAPGANOversampler(pretraining="ensemble", **SMALL), X),
    (CAPGANOversampler(pretraining="two_phase", codes="gaussian", **SMALL), X),
    (CGANOversampler(spectral_norm=True, reject=True, max_iter=4, random_state=0), X),
    (GAMOClassifier(max_iter=6, batch_size=8, random_state=0), IMAGES),
    (DOSClassifier(pretrain_iter=4, max_iter=8, batch_size=8, random_state=0), X),
]


@pytest.mark.parametrize("n", range(len(METHODS)))
def test_every_method_goes_on_from_random_moments(n, tmp_path):
    estimator, rows = METHODS[n]
    recorder = Recorder()
    fitted(clone(estimator).set_params(callbacks=[recorder]), rows)
    n_events = len(recorder.events) - 2
    stream = np.random.RandomState(n)
    # each run goes on from the one before, so that the later ones stop in later phases
    stops = stream.randint(0, max(1, min(5, n_events - 1)), size=3)
    stops = [*stops[np.cumsum(stops) < n_events - 1]] or [0]  # while there is something to stop
    assert_goes_on(estimator, tmp_path / "a", stops, rows)
    assert_goes_on(estimator, tmp_path / "b", [int(stream.randint(n_events))], rows)


def test_rows_in_a_file_go_on(tmp_path):
    sampler = CGANOversampler(max_iter=6, batch_size=8, random_state=0)
    assert_goes_on(sampler, tmp_path, [2], InFile(IMAGES))
    sampler.set_params(callbacks=[Checkpoint(tmp_path)])
    with pytest.raises(ValueError, match="What differs: X"):
        sampler.fit_resample(InFile(255 - IMAGES), Y)


def test_images_from_features(tmp_path):
    model = GAMOClassifier(max_iter=2, batch_size=8, random_state=0).fit(IMAGES, Y)
    decoder = GAMO2pix(model.networks_["extractor"], max_iter=4, batch_size=8, random_state=0)
    assert_goes_on(decoder, tmp_path, [2], IMAGES)
    resumed = clone(decoder).set_params(callbacks=[Checkpoint(tmp_path)]).fit(IMAGES, Y)
    features, plain = decoder.fit(IMAGES, Y).transform(IMAGES), decoder
    np.testing.assert_array_equal(resumed.decode(features, Y), plain.decode(features, Y))


@pytest.mark.parametrize(
    ("estimator", "n_before"),
    [
        (GAMOOversampler(combine="features", max_iter=6, batch_size=8, random_state=0), 1),
        (DOSClassifier(pretrain_iter=0, max_iter=6, batch_size=8, random_state=0), 3),
    ],
    ids=["GAMO", "DOS"],
)
def test_what_is_taken_once_an_epoch_goes_on(estimator, n_before, tmp_path):
    """Three iterations are an epoch: after the second one, features of the first are in use."""
    assert_goes_on(estimator, tmp_path, [n_before + 2], IMAGES)


#: Two iterations are an epoch: in the second one F pauses.
PAUSING = GAMOClassifier(
    combine="features", generated_weight=None, max_iter=6, batch_size=14, random_state=0
)


def test_who_pauses_is_recorded_as_without_a_stop(tmp_path):
    """In each record there are the losses of its last turn: a callback may look at them."""
    stopping = EarlyStopping("extractor_real", phase="adversarial", patience=9)
    estimator = clone(PAUSING).set_params(callbacks=[stopping])
    assert_goes_on(estimator, tmp_path, [2], IMAGES)


def test_checkpoints_without_losses_go_on(tmp_path, monkeypatch):
    """Those of earlier versions."""
    expected, write = fitted(clone(PAUSING), IMAGES), CheckpointKeeper._write

    def without(self, path, content):
        write(self, path, {name: part for name, part in content.items() if name != "losses"})

    monkeypatch.setattr(CheckpointKeeper, "_write", without)
    stopped = clone(PAUSING).set_params(callbacks=[Checkpoint(tmp_path, every=1), Stop(2)])
    with pytest.raises(KeyboardInterrupt):
        fitted(stopped, IMAGES)
    got = fitted(clone(PAUSING).set_params(callbacks=[Checkpoint(tmp_path)]), IMAGES)
    np.testing.assert_array_equal(got[0], expected[0])


@pytest.mark.parametrize("n", range(0, 9, 2))
def test_early_stopping_goes_on_too(n, tmp_path):
    stopping = EarlyStopping("autoencoder_reconstruction", patience=2)
    sampler = BAGANOversampler(**SMALL | {"pretrain_iter": 60}, callbacks=[stopping])
    assert_goes_on(sampler, tmp_path, [n])


@pytest.mark.parametrize("folder", [None, 5, "a file"])
def test_what_is_no_folder_is_refused_before_training(folder, tmp_path):
    if folder == "a file":
        folder = tmp_path / "file"
        folder.write_text("mine")
    recorder = Recorder()
    with pytest.raises(ValueError, match="folder must be "):
        tiny(callbacks=[Checkpoint(folder), recorder]).fit_resample(X, Y)
    assert recorder.events == []


def test_rows_are_stored_less_often(tmp_path):
    sampler = tiny(max_iter=400)
    for n in (3, 9):
        assert_goes_on(sampler, tmp_path / str(n), [n], every=50)


def test_a_training_that_is_over_is_not_done_again(tmp_path):
    sampler = tiny(callbacks=[Checkpoint(tmp_path)])
    expected = sampler.fit_resample(X, Y)[0]
    recorder = Recorder()
    again = tiny(callbacks=[Checkpoint(tmp_path), recorder])
    np.testing.assert_array_equal(again.fit_resample(X, Y)[0], expected)
    assert recorder.events == ["fit_begin", "fit_end"]
    assert sorted(os.listdir(tmp_path)) == ["phase_1.safetensors"]


# kill -9 ------------------------------------------------------------------------------------------

#: At most, of each method; ten pass, too, and take minutes.
N_KILLS = 4


def train_and_be_killed(folder):
    """For each method, fork trainings that are killed at random moments; print how often.

    Moments are records, and writes of files: what was there must stay whole. Runs in a process of
    its own, which has no threads that a fork would lose.
    """

    class Dies(Callback):
        def __init__(self, n):
            self.n = n

        def on_log(self, state):
            self.n -= 1
            if self.n < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def die_while_writing(n):
        for _ in range(n):
            yield
        os.kill(os.getpid(), signal.SIGKILL)

    torch.set_num_threads(1)
    for i, (estimator, rows) in enumerate(METHODS):
        stream, n_killed = np.random.RandomState(i), 0
        for _ in range(N_KILLS):
            n, while_writing = int(stream.randint(3)), stream.rand() < 0.5
            if not (child := os.fork()):
                callbacks = [Checkpoint(Path(folder) / str(i), every=1)]
                if while_writing:
                    left = die_while_writing(n)
                    os.fsync = lambda _, left=left: next(left)
                else:
                    callbacks.append(Dies(n))
                fitted(clone(estimator).set_params(callbacks=callbacks), rows)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if status == 0:
                break
            n_killed += os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write(f"{n_killed}\n")
        sys.stdout.flush()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_kill_9_at_random_moments(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-c"),
            f"from {__name__} import train_and_be_killed as run; run({str(tmp_path)!r})",
        ],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    n_killed = [int(line) for line in done.stdout.split()]
    assert len(n_killed) == len(METHODS)
    assert min(n_killed) >= 1
    assert sum(n_killed) >= 2 * len(METHODS)
    for i, (estimator, rows) in enumerate(METHODS):
        assert_goes_on(estimator, tmp_path / str(i), [], rows)
        assert [name for name in os.listdir(tmp_path / str(i)) if name.endswith(".part")] == []


# what is refused ----------------------------------------------------------------------------------


@pytest.fixture
def stopped(tmp_path):
    """The folder of a training that was stopped."""
    callbacks = [Checkpoint(tmp_path, every=1), Stop(2)]
    sampler = CGANOversampler(max_iter=4, random_state=0, callbacks=callbacks)
    with pytest.raises(KeyboardInterrupt):
        sampler.fit_resample(X, Y)
    return tmp_path


@pytest.mark.parametrize(
    ("params", "rows", "y", "named"),
    [
        ({"max_iter": 5}, X, Y, "max_iter"),
        ({"random_state": 1}, X, Y, "random_state"),
        ({"latent_dim": 7, "loss": "hinge"}, X, Y, "latent_dim, loss"),
        ({"augmentation": ["noise"]}, X, Y, "augmentation"),
        ({"architecture": MLPFamily((8,))}, X, Y, "architecture"),
        ({"sampling_strategy": {1: 20}}, X, Y, "sampling_strategy, number of rows to make"),
        ({}, X + X**2, Y, "X"),
        ({}, X, Y[::-1].copy(), "y"),
    ],
)
def test_another_training_is_refused_by_name(params, rows, y, named, stopped):
    sampler = CGANOversampler(max_iter=4, random_state=0, callbacks=[Checkpoint(stopped)])
    before = {name: (stopped / name).read_bytes() for name in os.listdir(stopped)}
    with pytest.raises(ValueError, match=f"another training. What differs: {named}. Give"):
        sampler.set_params(**params).fit_resample(rows, y)
    assert before == {name: (stopped / name).read_bytes() for name in os.listdir(stopped)}


def test_another_method_is_refused(stopped):
    with pytest.raises(ValueError, match="What differs: class"):
        GANOversampler(callbacks=[Checkpoint(stopped)], random_state=0).fit_resample(X, Y)


def test_what_does_not_matter_is_not_compared(stopped, capsys):
    sampler = CGANOversampler(max_iter=4, random_state=0, verbose=1, device="cpu")
    sampler.set_params(callbacks=[Recorder(), Checkpoint(str(stopped), every=3)])
    expected = CGANOversampler(max_iter=4, random_state=0).fit_resample(X, Y)[0]
    np.testing.assert_array_equal(sampler.fit_resample(X, Y)[0], expected)


class Family(MLPFamily):
    """A family of a user's own, which is compared by its name."""


def test_a_family_of_ones_own_goes_on(tmp_path):
    sampler = CGANOversampler(max_iter=4, architecture=Family((4,)), random_state=0)
    assert_goes_on(sampler, tmp_path, [2])
    sampler.set_params(architecture=MLPFamily((4,)), callbacks=[Checkpoint(tmp_path)])
    with pytest.raises(ValueError, match=r"What differs: architecture\."):
        sampler.fit_resample(X, Y)


def test_what_a_killed_write_has_left_is_cleaned_up(stopped):
    (stopped / ".running.safetensors.1234.part").write_bytes(b"half")
    sampler = CGANOversampler(max_iter=4, random_state=0, callbacks=[Checkpoint(stopped)])
    sampler.fit_resample(X, Y)
    assert os.listdir(stopped) == ["phase_1.safetensors"]


def test_damage_is_found(stopped):
    path = stopped / "running.safetensors"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(bytes(data))
    sampler = CGANOversampler(max_iter=4, random_state=0, callbacks=[Checkpoint(stopped)])
    with pytest.raises(ValueError, match="is damaged"):
        sampler.fit_resample(X, Y)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"random_state": None}, "random_state must be an integer for a Checkpoint"),
        ({"callbacks": [Checkpoint("a"), Checkpoint("b")]}, "at most one Checkpoint"),
        ({"callbacks": [Checkpoint("a", every=0)]}, "every must be an integer >= 1. Got 0"),
    ],
)
def test_parameters_that_are_refused(params, match, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=match):
        tiny(**{"callbacks": [Checkpoint("a")]} | params).fit_resample(X, Y)
    assert os.listdir(tmp_path) == []


# what goes on -------------------------------------------------------------------------------------


def test_a_full_disk_ends_no_training(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    expected = tiny().fit_resample(X, Y)[0]
    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="could not write .*No space left.* goes on"):
        got = tiny(callbacks=[Checkpoint(tmp_path)]).fit_resample(X, Y)[0]
    np.testing.assert_array_equal(got, expected)
    assert os.listdir(tmp_path) == []


def test_a_state_of_ones_own(tmp_path):
    class Sums(Callback):
        total = 0.0

        def on_log(self, state):
            self.total += state.history[-1]["generator_real"]

        def state_dict(self):
            return {"total": self.total, "shape": torch.ones(2)}

        def load_state_dict(self, state):
            self.total = state["total"]
            assert state["shape"].shape == (2,)

    whole, first, second = Sums(), Sums(), Sums()
    tiny(callbacks=[whole]).fit_resample(X, Y)
    with pytest.raises(KeyboardInterrupt):
        tiny(callbacks=[first, Checkpoint(tmp_path, every=1), Stop(2)]).fit_resample(X, Y)
    tiny(callbacks=[Recorder(), second, Checkpoint(tmp_path, every=1)]).fit_resample(X, Y)
    assert first.total != whole.total
    assert second.total == whole.total
