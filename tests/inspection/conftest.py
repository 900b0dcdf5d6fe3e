"""Fitted samplers of images and of a table."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from imblearn_gan import BAGANGPOversampler, BAGANOversampler
from tests.inspection.shown import SMALL, X, Y


@pytest.fixture(autouse=True)
def _no_figures_left():
    matplotlib.use("Agg")
    settings = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == settings


@pytest.fixture(scope="package")
def fitted():
    sampler = BAGANGPOversampler(**SMALL)
    sampler.fit_resample(X, Y)
    return sampler


@pytest.fixture(scope="package")
def table():
    stream = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], [60, 20, 10])
    frame = pd.DataFrame(
        {
            "a": stream.normal(size=90) + y,
            "b": stream.randint(0, 9, 90),
            "colour": stream.choice(["red", "green", "blue"], 90),
        }
    )
    sampler = BAGANOversampler(**SMALL)
    return sampler, frame, y, sampler.fit_resample(frame, y)
