"""Faults of the machine and of programs around: what follows, and that the next call works."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from torch import nn
from torch.overrides import TorchFunctionMode

from imblearn_gan import (
    BAGANOversampler,
    CGANOversampler,
    CVAEOversampler,
    GAMO2pix,
    GAMOOversampler,
)
from imblearn_gan.callbacks import Callback, Checkpoint, FinishOnInterrupt
from imblearn_gan.networks import MLPFamily
from imblearn_gan.training import runtime
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.samplers import Recorder, images, labels, tiny

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
PICTURES = images(len(Y), 8, 8)
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def result_of(estimator, rows=X, **params):
    """Everything that an estimator gives, in few iterations."""
    few = {"max_iter": 3, "pretrain_iter": 2, "max_epochs": 1}
    names = estimator.get_params()
    estimator = clone(estimator).set_params(**{k: v for k, v in few.items() if k in names})
    if hasattr(estimator, "fit_resample"):
        made, _ = estimator.set_params(**params).fit_resample(rows, Y)
        return made, estimator.sample({1: 5})[0]
    return (estimator.fit(rows, Y).predict_proba(rows),)


def coded(sampler, rows):
    """Codes of rows, and rows of codes."""
    codes = sampler.encode(rows, Y)
    return codes, sampler.decode(codes, Y)


def run_program(text, **kwargs):
    """Run a program in a process of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", dedent(text)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **kwargs,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


# the caller's torch -----------------------------------------------------------------------------


@contextmanager
def default_device(name):
    torch.set_default_device(name)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def deterministic():
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


SETTINGS = {
    "default device meta": lambda: default_device("meta"),
    "default device cpu": lambda: default_device("cpu"),
    "default dtype": lambda: default_dtype(torch.float64),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "inference mode": torch.inference_mode,
    "no gradients": torch.no_grad,
    "deterministic algorithms": deterministic,
}


def assert_settings_do_not_matter(estimator, rows, **params):
    expected = result_of(estimator, rows, **params)
    for name, setting in SETTINGS.items():
        with setting():
            found = result_of(estimator, rows, **params)
        for ours, theirs in zip(found, expected):
            np.testing.assert_array_equal(ours, theirs, err_msg=name)


@pytest.mark.parametrize("estimator", [tiny(), CGANOversampler(random_state=0)])
def test_settings_of_the_caller_do_not_matter(estimator):
    assert_settings_do_not_matter(estimator, X)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*still look like another class")
@pytest.mark.parametrize("rows", [X, PICTURES], ids=["table", "images"])
@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_settings_of_the_caller_do_not_matter_to_any(estimator, rows):
    assert_settings_do_not_matter(estimator, rows, reject=True)


@pytest.mark.slow
def test_settings_of_the_caller_do_not_matter_to_a_resnet():
    assert_settings_do_not_matter(IMAGE_CLASSIFIERS[0], PICTURES)


@pytest.mark.parametrize(
    "sampler", [s for s in SAMPLERS if hasattr(s, "encode")], ids=lambda s: type(s).__name__
)
def test_settings_of_the_caller_do_not_matter_to_codes(sampler):
    fitted = clone(sampler).set_params(max_iter=1)
    fitted.fit_resample(X, Y)
    expected = coded(fitted, X)
    for name, setting in SETTINGS.items():
        with setting():
            for ours, theirs in zip(coded(fitted, X), expected):
                np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_settings_of_the_caller_do_not_matter_to_images_of_features():
    model = GAMO2pix(nn.Flatten(), max_iter=1, random_state=0).fit(PICTURES, Y)
    features = model.transform(PICTURES)
    expected = model.decode(features, Y)
    for name, setting in SETTINGS.items():
        with setting():
            np.testing.assert_array_equal(model.transform(PICTURES), features, err_msg=name)
            np.testing.assert_array_equal(model.decode(features, Y), expected, err_msg=name)


def test_settings_of_the_caller_are_as_before():
    with default_device("meta"), default_dtype(torch.float64):
        tiny().fit_resample(X, Y)
        assert torch.get_default_device().type == "meta"
        assert torch.get_default_dtype() == torch.float64


# other draws ------------------------------------------------------------------------------------


class Meddles(TorchFunctionMode):
    """Moves torch's global generator after each call of torch, as another thread may."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **kwargs or {})
        torch.rand(1)
        return result


def assert_draws_of_others_do_not_matter(estimator, rows, **params):
    expected = result_of(estimator, rows, **params)
    with Meddles():
        found = result_of(estimator, rows, **params)
    for ours, alone in zip(found, expected):
        np.testing.assert_array_equal(ours, alone)


@pytest.mark.filterwarnings("ignore:.*still look like another class")
@pytest.mark.parametrize("rows", [X, PICTURES], ids=["table", "images"])
@pytest.mark.parametrize("estimator", [*SAMPLERS, *CLASSIFIERS], ids=lambda e: type(e).__name__)
def test_draws_of_others_do_not_matter(estimator, rows):
    assert_draws_of_others_do_not_matter(estimator, rows)


@pytest.mark.parametrize(
    ("estimator", "rows", "params"),
    [
        (CGANOversampler(), X, {"categorical_features": [3], "augmentation": "auto"}),
        (CGANOversampler(), PICTURES, {"augmentation": ["color", "translation", "cutout"]}),
        (CGANOversampler(), X, {"replay": 0.5, "replay_augmentation": ["noise"]}),
        (CGANOversampler(), X, {"spectral_norm": True}),
        (CVAEOversampler(), X, {"categorical_features": [3]}),
        (IMAGE_CLASSIFIERS[0], PICTURES, {}),
    ],
    ids=["categories", "augmentation", "replay", "spectral norm", "CVAE", "ResNet"],
)
def test_draws_of_others_do_not_matter_to_options(estimator, rows, params):
    rows = rows.copy()
    if "categorical_features" in params:
        rows[:, 3] = Y
    estimator = clone(estimator).set_params(random_state=0)
    assert_draws_of_others_do_not_matter(estimator, rows, **params)


@contextmanager
def thread_that_draws():
    """Let another thread draw from torch's global generator all the time."""
    done, n_draws, interval = threading.Event(), [0], sys.getswitchinterval()

    def draw():
        while not done.is_set():
            torch.rand(1)
            n_draws[0] += 1

    thread = threading.Thread(target=draw)
    sys.setswitchinterval(1e-5)
    thread.start()
    try:
        yield
        assert n_draws[0] > 10
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("estimator", SAMPLERS, ids=lambda e: type(e).__name__)
def test_a_thread_that_draws_all_the_time(estimator):
    expected = result_of(estimator)
    with thread_that_draws():
        found = result_of(estimator)
    for ours, alone in zip(found, expected):
        np.testing.assert_array_equal(ours, alone)


class Dropping(MLPFamily):
    """A family of a user, with a layer that can draw from torch's global generator alone."""

    def encoder(self, spec, n_out):
        return nn.Sequential(nn.Dropout(0.5), super().encoder(spec, n_out))


def test_what_draws_from_the_global_generator_is_seeded():
    for estimator in (tiny(), CGANOversampler(architecture=Dropping(), random_state=0)):
        first = result_of(estimator)
        torch.rand(1)
        for ours, again in zip(result_of(estimator), first):
            np.testing.assert_array_equal(ours, again)


# threads ----------------------------------------------------------------------------------------


def test_two_trainings_in_two_threads_give_what_they_give_alone():
    samplers = [GAMOOversampler(max_iter=20, random_state=0), tiny(max_iter=40, random_state=1)]
    expected = [clone(sampler).fit_resample(X, Y)[0] for sampler in samplers]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda sampler: sampler.fit_resample(X, Y)[0], samplers))
    for ours, alone in zip(found, expected):
        np.testing.assert_array_equal(ours, alone)


def test_two_threads_fit_one_object():
    sampler = tiny(max_iter=20)
    inputs = [X, X[:, :2], X + 10, X * 3] * 2
    expected = [tiny(max_iter=20).fit_resample(rows, Y)[0] for rows in inputs]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda rows: sampler.fit_resample(rows, Y)[0], inputs))
    for ours, alone in zip(found, expected):
        np.testing.assert_array_equal(ours, alone)


def test_many_threads_draw_from_one_object():
    sampler, alone = tiny(), tiny()
    sampler.fit_resample(X, Y)
    alone.fit_resample(X, Y)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: sampler.sample({1: 6})[0].tobytes(), range(24)))
    assert sorted(found) == sorted(alone.sample({1: 6})[0].tobytes() for _ in range(24))


def test_a_thread_draws_while_another_one_fits():
    sampler, rows = tiny(max_iter=200), []
    sampler.fit_resample(X, Y)

    class Waits(Callback):
        """Lets the other thread come while the object is trained anew."""

        def on_fit_begin(self):
            other.start()
            other.join(0.1)

    other = threading.Thread(target=lambda: rows.append(sampler.sample({1: 6})[0]))
    sampler.set_params(callbacks=[Waits()]).fit_resample(X, Y)
    other.join(30)
    assert len(rows) == 1
    assert rows[0].shape == (6, 4)


# forks ------------------------------------------------------------------------------------------


@pytest.mark.slow
@FORKS
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_fork_while_another_thread_trains(dtype):
    """The child trains and draws; it has none of the locks of threads that it lacks."""
    printed = run_program(
        f"""
        import os, threading, time, torch
        torch.set_num_threads(1)
        torch.set_default_dtype({dtype})
        from tests.test_faults import X, Y, tiny
        from imblearn_gan.callbacks import Callback
        inside, done = threading.Event(), threading.Event()
        class Waits(Callback):
            def on_phase_begin(self, state):
                inside.set()
                done.wait(60)
        train = lambda: tiny(callbacks=[Waits()]).fit_resample(X, Y)
        thread = threading.Thread(target=train)
        thread.start()
        inside.wait(60)
        child = os.fork()
        if not child:
            assert torch.get_default_dtype() == {dtype}
            sampler = tiny()
            sampler.fit_resample(X, Y)
            sampler.sample({{1: 3}})
            os._exit(7)
        for _ in range(600):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                break
            time.sleep(0.1)
        else:
            os.kill(child, 9)
        done.set()
        thread.join()
        print(os.waitstatus_to_exitcode(status))
        """
    )
    assert printed == ["7"]


@FORKS
def test_a_callback_may_fork():
    class Forks(Callback):
        def on_log(self, state):
            if not (child := os.fork()):
                rows, _ = tiny().fit_resample(X, Y)
                os._exit(len(rows))
            self.status = os.waitpid(child, 0)[1]

    torch.set_num_threads(1)
    forks = Forks()
    rows, _ = tiny(callbacks=[forks]).fit_resample(X, Y)
    assert os.waitstatus_to_exitcode(forks.status) == len(rows)


# memory -----------------------------------------------------------------------------------------

NO_MEMORY = {
    "host": MemoryError("Unable to allocate 7.45 GiB for an array"),
    "torch": RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"),
    "CUDA": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    "MPS": RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"),
    "cuBLAS": RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"),
}


class Lacks(Callback):
    def __init__(self, error):
        self.error = error

    def on_log(self, state):
        raise self.error


@pytest.mark.parametrize("error", NO_MEMORY.values(), ids=NO_MEMORY)
def test_a_lack_of_memory_says_what_to_do(error):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    before = sampler.sample({1: 5}, random_state=0)[0]
    with pytest.raises(MemoryError, match=r"batch_size.*device='cpu'") as caught:
        sampler.set_params(callbacks=[Lacks(error)], random_state=1).fit_resample(X, Y)
    assert str(error) in str(caught.value)
    assert caught.value.__cause__ is error
    assert np.array_equal(sampler.sample({1: 5}, random_state=0)[0], before)
    again, fresh = sampler.set_params(callbacks=None), tiny(random_state=1)
    assert np.array_equal(again.fit_resample(X, Y)[0], fresh.fit_resample(X, Y)[0])


@pytest.mark.parametrize("method", ["encode", "decode"])
def test_a_lack_of_memory_while_codes_are_computed(method, monkeypatch):
    sampler = BAGANOversampler(pretrain_iter=1, max_iter=1, random_state=0)
    sampler.fit_resample(X, Y)
    codes = sampler.encode(X, Y)
    network = sampler.networks_["encoder" if method == "encode" else "generator"]
    monkeypatch.setattr(network, "forward", lambda *_: torch.empty(2**60))
    with pytest.raises(MemoryError, match=r"allocate.*batch_size"):
        getattr(sampler, method)(X if method == "encode" else codes, Y)


def test_a_lack_of_memory_in_a_draw(monkeypatch):
    sampler = tiny()
    sampler.fit_resample(X, Y)
    with monkeypatch.context() as patched:
        patched.setattr(type(sampler), "_generate", lambda *_: torch.empty(2**60))
        with pytest.raises(MemoryError, match=r"allocate.*batch_size"):
            sampler.sample({1: 5})
    assert len(sampler.sample({1: 5})[0]) == 5


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match=r"^of one's own$"):
        tiny(callbacks=[Lacks(RuntimeError("of one's own"))]).fit_resample(X, Y)


def test_advice_is_given_once():
    with (
        pytest.raises(MemoryError) as caught,
        runtime.memory_advice(),
        runtime.memory_advice(),
    ):
        raise NO_MEMORY["host"]
    assert str(caught.value).count("batch_size") == 1


# callbacks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["state_dict", "load_state_dict"])
def test_a_state_that_fails(event, tmp_path):
    """The training ends, nothing half-written is left, and without it the training goes on."""

    class Fails(Callback):
        def state_dict(self):
            return 1 / 0 if event == "state_dict" else {"seen": 1}

        def load_state_dict(self, state):
            raise ZeroDivisionError

    class Stops(Callback):
        def on_log(self, state):
            if state.iteration == 3:
                raise KeyboardInterrupt

    expected = tiny(max_iter=5).fit_resample(X, Y)[0]
    checkpoint = Checkpoint(tmp_path, every=1)
    for last in (Stops(), Recorder()):
        sampler = tiny(max_iter=5, callbacks=[checkpoint, Fails(), last])
        with pytest.raises((ZeroDivisionError, KeyboardInterrupt)):
            sampler.fit_resample(X, Y)
        assert not hasattr(sampler, "networks_")
        assert [path for path in os.listdir(tmp_path) if path.endswith(".part")] == []

    class Plain(Fails):
        def state_dict(self):
            return {"seen": 1}

        def load_state_dict(self, state):
            pass

    rows, _ = tiny(max_iter=5, callbacks=[checkpoint, Plain(), Recorder()]).fit_resample(X, Y)
    np.testing.assert_array_equal(rows, expected)


# signals ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="this system has no SIGTERM")
def test_sigterm_ends_the_process_and_a_checkpoint_goes_on(tmp_path):
    program = f"""
    import os, signal
    from tests.test_faults import X, Y, tiny
    from imblearn_gan.callbacks import Callback, Checkpoint
    class Ends(Callback):
        def on_log(self, state):
            if state.iteration == 6:
                os.kill(os.getpid(), signal.SIGTERM)
    tiny(max_iter=10, callbacks=[Checkpoint({str(tmp_path)!r}, every=2), Ends()]).fit_resample(X, Y)
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", dedent(program)],
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    assert done.returncode == -signal.SIGTERM
    assert [path for path in os.listdir(tmp_path) if path.endswith(".part")] == []
    recorder = Recorder()
    sampler = tiny(max_iter=10, callbacks=[Checkpoint(tmp_path, every=2), recorder])
    rows, _ = sampler.fit_resample(X, Y)
    assert next(event for event in recorder.events if event[0] == "log")[2] > 3
    np.testing.assert_array_equal(rows, tiny(max_iter=10).fit_resample(X, Y)[0])


@pytest.mark.skipif(os.name == "nt", reason="this system has no SIGTERM")
def test_sigterm_as_ctrl_c():
    class Terminates(Callback):
        def on_log(self, state):
            if state.iteration == 2:
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        sampler = tiny(max_iter=10, callbacks=[FinishOnInterrupt(), Terminates()])
        with pytest.warns(UserWarning, match="Ctrl-C"):
            sampler.fit_resample(X, Y)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert 2 <= sampler.n_iter_ < 10


# workers ----------------------------------------------------------------------------------------


class Dies(Callback):
    """Kills the process that trains, where the file is not there yet; then it is."""

    def __init__(self, file):
        self.file = Path(file)

    def on_phase_begin(self, state):
        if not self.file.exists() and multiprocessing.parent_process() is not None:
            self.file.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def searched(callbacks, n_jobs):
    sampler = CGANOversampler(max_iter=2, random_state=0, callbacks=callbacks)
    pipeline = make_pipeline(sampler, LogisticRegression())
    grid = {"cganoversampler__replay": [0.0, 0.5]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs, error_score="raise")
    return search.fit(X, Y).cv_results_["mean_test_score"]


@pytest.mark.slow
@FORKS
def test_a_killed_worker_of_loky(tmp_path):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    dies = Dies(tmp_path / "died")
    with pytest.raises(TerminatedWorkerError):
        searched([dies], n_jobs=2)
    assert dies.file.exists()
    np.testing.assert_array_equal(searched([dies], n_jobs=2), searched(None, n_jobs=None))


@pytest.mark.slow
@FORKS
def test_a_killed_worker_of_a_pool_of_processes(tmp_path):
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    sampler = CGANOversampler(max_iter=2, random_state=0, callbacks=[Dies(tmp_path / "died")])
    with ProcessPoolExecutor(1, context) as pool, pytest.raises(BrokenProcessPool):
        pool.submit(sampler.fit_resample, X, Y).result(120)
    with ProcessPoolExecutor(1, context) as pool:
        rows, _ = pool.submit(sampler.fit_resample, X, Y).result(120)
    expected, _ = clone(sampler).set_params(callbacks=None).fit_resample(X, Y)
    np.testing.assert_array_equal(rows, expected)


@pytest.mark.slow
@FORKS
@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_of_dask(tmp_path):
    dask, distributed = map(pytest.importorskip, ("dask", "distributed"))
    sampler = CGANOversampler(max_iter=2, random_state=0, callbacks=[Dies(tmp_path / "died")])
    settings = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with pytest.raises(distributed.KilledWorker):
            client.submit(sampler.fit_resample, X, Y).result(120)
        rows, _ = client.submit(sampler.fit_resample, X, Y, pure=False).result(120)
    expected, _ = clone(sampler).set_params(callbacks=None).fit_resample(X, Y)
    np.testing.assert_array_equal(rows, expected)
