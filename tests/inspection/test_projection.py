"""Real and generated rows in two dimensions."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from imblearn_gan import BAGANOversampler, GAMOClassifier
from imblearn_gan.inspection import ProjectionDisplay
from tests.inspection.shown import CLASSES, SMALL, X, Y


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_images(fitted, method):
    display = ProjectionDisplay.from_sampler(fitted, X, Y, method=method)
    assert display.real.shape == (65, 2)
    assert display.y_real.tolist() == Y.tolist()
    assert display.y_generated.tolist() == ["one"] * 20 + ["two"] * 5
    assert [ax.get_title() for ax in display.axes_] == CLASSES
    for label, (others, real, generated) in zip(CLASSES, display.scatters_):
        assert np.allclose(others.get_offsets(), display.real[label != Y])
        assert np.allclose(real.get_offsets(), display.real[label == Y])
        assert np.allclose(generated.get_offsets(), display.generated[display.y_generated == label])
    again = ProjectionDisplay.from_sampler(fitted, X, Y, method=method)
    assert np.array_equal(again.generated, display.generated)


def test_components_are_those_of_real_rows(fitted):
    display = ProjectionDisplay.from_sampler(fitted, X, Y)
    flat = X.reshape(len(X), -1) / 8
    reduction = PCA(2).fit(flat)
    assert np.allclose(np.abs(display.real), np.abs(reduction.transform(flat)), atol=1e-3)
    assert display.explained == pytest.approx(reduction.explained_variance_ratio_.sum(), abs=1e-4)
    assert f"{display.explained:.0%}" in display.axes_[0].get_xlabel()


def test_features_of_a_classifier(fitted):
    model = GAMOClassifier(max_iter=2, random_state=0).fit(X, Y)
    display = ProjectionDisplay.from_sampler(fitted, X, Y, features=model, method="tsne")
    assert display.real.shape == (65, 2)
    means = ProjectionDisplay.from_sampler(
        fitted, X, Y, features=lambda rows: rows.reshape(len(rows), -1)[:, :1] * 0 + 3
    )
    assert (means.real[:, 0] == 3).all()  # one feature needs no components
    assert not means.real[:, 1].any()


def test_tables(table):
    sampler, frame, y, (X_res, y_res) = table
    display = ProjectionDisplay.from_sampler(sampler, frame, y)
    assert display.real.shape == (90, 2)
    resampled = ProjectionDisplay.from_resampled(X_res, y_res, sampler.synthetic_mask_)
    assert len(resampled.generated) == sampler.synthetic_mask_.sum()
    assert len(resampled.real) == (~sampler.synthetic_mask_).sum()


def test_flattened_images_after_resampling():
    sampler = BAGANOversampler(image_shape=(8, 8), **SMALL)
    X_res, y_res = sampler.fit_resample(X.reshape(len(X), -1), Y)
    settings = {"image_shape": (8, 8)}
    display = ProjectionDisplay.from_resampled(X_res, y_res, sampler.synthetic_mask_, **settings)
    assert [ax.get_title() for ax in display.axes_] == CLASSES


def test_a_part_and_what_is_refused(fitted):
    display = ProjectionDisplay.from_sampler(fitted, X, Y, max_rows=12)
    assert len(display.real) == len(display.generated) == 12
    with pytest.raises(ValueError, match="method must be 'pca' or 'tsne'"):
        ProjectionDisplay.from_sampler(fitted, X, Y, method="umap")
    with pytest.raises(ValueError, match="max_rows"):
        ProjectionDisplay.from_sampler(fitted, X, Y, max_rows=0)
    with pytest.raises(ValueError, match="synthetic_mask"):
        ProjectionDisplay.from_resampled(X, Y, np.zeros(len(Y), dtype=bool))


def test_some_classes(fitted):
    display = ProjectionDisplay.from_sampler(fitted, X, Y, labels=["two"])
    assert [ax.get_title() for ax in display.axes_] == ["two"]
    assert display.y_real.tolist() == Y.tolist()
    with pytest.raises(ValueError, match=r"labels .*'zero'"):
        ProjectionDisplay.from_sampler(fitted, X, Y, labels=["two", "zero"])


def test_axes_and_keywords_of_ones_own(fitted):
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2)
    display = ProjectionDisplay.from_sampler(fitted, X, Y, ax=axes, scatter_kw={"s": 3})
    assert display.axes_.tolist() == axes.tolist()
    assert display.scatters_[0][1].get_sizes().tolist() == [3]
    with pytest.raises(ValueError, match="ax must hold 2 axes"):
        display.plot(ax=axes[0])
