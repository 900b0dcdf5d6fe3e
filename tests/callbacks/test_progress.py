"""The progress bar and the log: what is shown, and when."""

import io
import logging
import sys

import numpy as np
import pytest

from imblearn_gan import BAGANOversampler
from imblearn_gan.callbacks import Checkpoint, LogEvery
from tests.samplers import labels, tiny
from tests.training.test_checkpoints import Stop

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
BAGAN = BAGANOversampler(pretrain_iter=7, max_iter=3, batch_size=8, random_state=0)


def test_the_progress_bar_never_shows_one_phase_with_what_is_of_another(monkeypatch):
    """Name, length and losses change at once."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    BAGAN.set_params(verbose=1).fit_resample(X, Y)
    lines = sys.stderr.getvalue().replace("\n", "\r").split("\r")
    shown = [line for line in lines if " [" in line and not line.startswith("building")]
    of = {
        "pretrain": [line for line in shown if line.startswith("pretrain:")],
        "adversarial": [line for line in shown if line.startswith("adversarial:")],
    }
    assert len(of["pretrain"]) + len(of["adversarial"]) == len(shown)
    assert of["adversarial"]
    assert all("/7 [" in line for line in of["pretrain"])
    assert all("/3 [" in line for line in of["adversarial"])
    assert not [line for line in of["adversarial"] if "autoencoder_reconstruction" in line]
    assert not [line for line in of["pretrain"] if "discriminator" in line]


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.DEBUG, "imblearn_gan")
    return lambda: [record.getMessage().split(": ")[0] for record in caplog.records]


def test_every_so_many_iterations_are_logged_and_the_last(logged, caplog):
    tiny(max_iter=50, callbacks=[LogEvery(20)]).fit_resample(X, Y)
    assert logged() == ["adversarial 20/50", "adversarial 40/50", "adversarial 50/50"]
    assert {(r.name, r.levelno) for r in caplog.records} == {("imblearn_gan", logging.INFO)}
    assert "generator_real=" in caplog.records[0].getMessage()


def test_each_phase_is_logged(logged, caplog):
    callbacks = [LogEvery(5, logging.getLogger("imblearn_gan.mine"), logging.DEBUG)]
    BAGAN.set_params(verbose=0, callbacks=callbacks).fit_resample(X, Y)
    assert logged() == ["pretrain 5/7", "pretrain 7/7", "adversarial 3/3"]
    assert {(r.name, r.levelno) for r in caplog.records} == {("imblearn_gan.mine", logging.DEBUG)}


def test_the_log_goes_on_with_the_training(logged, tmp_path):
    checkpoint = Checkpoint(tmp_path, every=1)
    with pytest.raises(KeyboardInterrupt):
        tiny(max_iter=20, callbacks=[LogEvery(7), checkpoint, Stop(11)]).fit_resample(X, Y)
    tiny(max_iter=20, callbacks=[LogEvery(7), checkpoint]).fit_resample(X, Y)
    assert logged() == ["adversarial 7/20", "adversarial 14/20", "adversarial 20/20"]


@pytest.mark.parametrize("every", [0, 1.5])
def test_what_is_refused(every):
    with pytest.raises(ValueError, match=f"every must be an integer >= 1. Got {every}"):
        tiny(callbacks=[LogEvery(every)]).fit_resample(X, Y)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"logger": None}, "logger must be a name or a logger. Got None"),
        ({"logger": 5}, "logger must be a name or a logger. Got 5"),
        ({"level": "LOUD"}, "level must be an integer, or a name such as 'INFO'. Got 'LOUD'"),
        ({"level": None}, "level must be an integer"),
    ],
)
def test_loggers_and_levels_that_are_none_are_refused_before_training(params, match):
    sampler = tiny(callbacks=[LogEvery(1, **params)])
    with pytest.raises(ValueError, match=match):
        sampler.fit_resample(X, Y)
    assert not hasattr(sampler, "history_")


def test_levels_go_by_their_names(logged, caplog):
    tiny(max_iter=2, callbacks=[LogEvery(1, level="WARNING")]).fit_resample(X, Y)
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
