"""What holds for every display."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from sklearn.exceptions import NotFittedError

from imblearn_gan import BAGANOversampler, CGANOversampler
from imblearn_gan.inspection import (
    CodesDisplay,
    ConfusionDisplay,
    GeneratedImagesDisplay,
    InterpolationDisplay,
    MarginalsDisplay,
    NearestNeighborsDisplay,
    ProjectionDisplay,
    TrainingHistoryDisplay,
)
from tests.inspection.shown import X, Y

OF_SAMPLERS = [
    GeneratedImagesDisplay,
    InterpolationDisplay,
    NearestNeighborsDisplay,
    CodesDisplay,
    MarginalsDisplay,
]


@pytest.mark.parametrize("display", OF_SAMPLERS)
def test_what_is_not_fitted_or_no_sampler(display):
    with pytest.raises(NotFittedError, match="fit_resample"):
        display.from_sampler(BAGANOversampler(), X[:2], Y[:2])
    with pytest.raises(TypeError, match="sampler must be"):
        display.from_sampler("BAGAN", X[:2], Y[:2])


@pytest.mark.parametrize("display", [InterpolationDisplay, CodesDisplay])
def test_sampler_without_encoder(display):
    sampler = CGANOversampler(max_iter=2, batch_size=8)
    sampler.fit_resample(X, Y)
    with pytest.raises(TypeError, match="'encode'"):
        display.from_sampler(sampler, X[:2], Y[:2])


@pytest.mark.parametrize("display", OF_SAMPLERS[:3])
def test_table_for_images(display, table):
    sampler, frame, y, _ = table
    with pytest.raises(ValueError, match="X must hold images"):
        display.from_sampler(sampler, frame[:2], y[:2])


def test_images_for_a_table(fitted):
    with pytest.raises(ValueError, match="X must be a table"):
        MarginalsDisplay.from_sampler(fitted, X, Y)


@pytest.mark.parametrize("display", OF_SAMPLERS[:4])
def test_rows_unlike_those_of_fit(fitted, display):
    with pytest.raises(ValueError, match="rows of shape"):
        display.from_sampler(fitted, X[:2, :4], Y[:2])
    with pytest.raises(ValueError, match="'nine'"):
        display.from_sampler(fitted, X[:2], ["nine", "one"])


def test_axes_of_ones_own(fitted, table):
    _, axes = plt.subplots(2, 4)
    single = axes.flat[0]
    assert GeneratedImagesDisplay.from_sampler(fitted, X, Y, ax=single).ax_ is single
    assert (
        CodesDisplay.from_sampler(fitted, X, Y, method="pca", ax=axes.flat[1]).ax_ is axes.flat[1]
    )
    history = TrainingHistoryDisplay.from_estimator(fitted, ax=axes.flat[2:4])
    assert list(history.axes_) == list(axes.flat[2:4])
    sampler, frame, y, _ = table
    marginals = MarginalsDisplay.from_sampler(sampler, frame, y, features=["a"], ax=axes[1, 0])
    assert marginals.axes_[0] is axes[1, 0]
    with pytest.raises(ValueError, match="ax must hold 2 axes"):
        TrainingHistoryDisplay.from_estimator(fitted, ax=axes[1, 1])
    assert len(plt.get_fignums()) == 1


def test_without_matplotlib(fitted, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"TrainingHistoryDisplay.plot requires matplotlib"):
        TrainingHistoryDisplay.from_estimator(fitted)
    with pytest.raises(ImportError, match=r"GeneratedImagesDisplay.plot requires matplotlib"):
        GeneratedImagesDisplay.from_sampler(fitted, X, Y)


def test_dollars_are_no_formulas():
    """Names of classes and columns are drawn to the letter: some would be no formula at all."""
    labels = np.array(["$_$", "a$b$"])
    y = np.repeat(labels, [6, 4])
    X = np.random.RandomState(0).normal(size=(10, 2))
    frame = pd.DataFrame({"$_$": X[:, 0], "c": y})
    images = np.random.RandomState(0).rand(2, 4, 4)
    history = [{"phase": "adversarial $_$", "iteration": 1, "loss": 0.5}]
    made = np.arange(10) % 5 == 0
    for display, shown in (
        (ConfusionDisplay.from_predictions(y, y, y), labels),
        (ProjectionDisplay(X, y, X, y).plot(), labels),
        (MarginalsDisplay.from_resampled(frame, y, made), ["$_$", *labels]),
        (CodesDisplay(X, y).plot(), labels),
        (NearestNeighborsDisplay(images, images[:, None], labels).plot(), labels),
        (TrainingHistoryDisplay(history).plot(), ["adversarial $_$"]),
    ):
        display.figure_.canvas.draw()
        texts = [
            t for t in display.figure_.findobj(Text) if t.get_visible() and "$" in t.get_text()
        ]
        assert {text.get_text() for text in texts} >= set(shown), display
        assert not any(text.get_parse_math() for text in texts), display
