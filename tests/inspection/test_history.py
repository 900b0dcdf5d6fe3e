"""Losses of a training."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.tree import DecisionTreeClassifier

from imblearn_gan import BAGANOversampler
from imblearn_gan.inspection import (
    TrainingHistoryDisplay,
)
from tests.inspection.shown import SMALL, X


def test_history(fitted):
    display = TrainingHistoryDisplay.from_estimator(fitted)
    assert [ax.get_title() for ax in display.axes_] == ["pretrain", "adversarial"]
    for lines, phase in zip(display.lines_, ["pretrain", "adversarial"]):
        records = [record for record in fitted.history_ if record["phase"] == phase]
        names = [name for name in records[0] if name not in ("phase", "iteration")]
        assert [line.get_label() for line in lines] == [name.replace("_", " ") for name in names]
        for line, name in zip(lines, names):
            assert line.get_xdata().tolist() == [record["iteration"] for record in records]
            assert line.get_ydata().tolist() == [record[name] for record in records]


def test_history_of_phases_that_were_run_again():
    history = [
        {"phase": phase, "iteration": i, "loss": 0.5}
        for phase, i in [("a", 1), ("a", 2), ("a", 1), ("b", 2), ("c", 9)]
    ]
    display = TrainingHistoryDisplay(history).plot()
    assert [ax.get_title() for ax in display.axes_] == ["a", "a", "b", "c"]
    assert len(display.figure_.axes) == 4  # of a grid for six


def test_history_of_nothing():
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(BAGANOversampler())
    tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(TypeError, match="history_ of its training"):
        TrainingHistoryDisplay.from_estimator(tree)
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(X[:40], np.arange(40) % 2)
    with pytest.raises(ValueError, match="history_ of estimator is empty"):
        TrainingHistoryDisplay.from_estimator(sampler)


def test_history_shows_losses_only():
    history = [
        {"phase": "train", "iteration": i, "train_loss": 1 / i, "valid_loss": 2 / i, "valid_acc": i}
        for i in (1, 2)
    ]
    (lines,) = TrainingHistoryDisplay(history).plot().lines_
    assert [line.get_label() for line in lines] == ["train loss", "valid loss"]
    with pytest.raises(ValueError, match="history is empty"):
        TrainingHistoryDisplay([]).plot()
