"""Real and generated rows in the features of a classifier."""

import numpy as np
import pytest

from imblearn_gan import GAMOClassifier
from imblearn_gan.inspection import FeaturesDisplay
from imblearn_gan.metrics import extract_features
from tests.inspection.shown import CLASSES, X, Y


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_real_and_generated_rows(fitted, method):
    display = FeaturesDisplay.from_sampler(fitted, X, Y, n_rows=12, method=method)
    n_real = 12 + 5  # of "two" there are five
    assert display.positions.shape == (n_real + 24, 2)
    assert display.is_generated.tolist() == [False] * n_real + [True] * 24
    assert sorted(set(display.y)) == CLASSES
    names = [f"{label}, {kind}" for label in CLASSES for kind in ("real", "generated")]
    assert [scatter.get_label() for scatter in display.scatters_] == names
    for scatter, name in zip(display.scatters_, names):
        label, kind = name.split(", ")
        mine = (display.y == label) & (display.is_generated == (kind == "generated"))
        assert np.allclose(scatter.get_offsets(), display.positions[mine])
    again = FeaturesDisplay.from_sampler(fitted, X, Y, n_rows=12, method=method)
    assert np.array_equal(again.positions, display.positions)


def test_features_are_those_of_the_classifier(fitted):
    classifier = GAMOClassifier(max_iter=3, random_state=0).fit(X, Y)
    display = FeaturesDisplay.from_sampler(
        fitted, X, Y, features=classifier, n_rows=3, method="pca"
    )
    stream = np.random.RandomState(0)
    real = [stream.permutation(np.flatnonzero(label == Y))[:3] for label in CLASSES]
    made = fitted.sample(dict.fromkeys(CLASSES, 3), random_state=stream)[0]
    z = np.concatenate([extract_features(x, classifier) for x in (X[np.concatenate(real)], made)])
    spread = np.linalg.svd(z - z.mean(axis=0), compute_uv=False)[:2]
    assert np.allclose(np.linalg.norm(display.positions, axis=0), spread, rtol=1e-3)


def test_what_cannot_be_drawn(fitted):
    with pytest.raises(ValueError, match="method"):
        FeaturesDisplay.from_sampler(fitted, X, Y, method="umap")
    with pytest.raises(ValueError, match="n_rows"):
        FeaturesDisplay.from_sampler(fitted, X, Y, n_rows=0)
    with pytest.raises(ValueError, match="no row of a class that was oversampled"):
        FeaturesDisplay.from_sampler(fitted, X[Y == "zero"], Y[Y == "zero"])
