"""Real and generated images, by class."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from imblearn_gan import BAGANOversampler
from imblearn_gan.inspection import (
    GeneratedImagesDisplay,
)
from tests.inspection.shown import BLOCK_GAP, CLASSES, SMALL, X, Y, drawn, same
from tests.samplers import images, labels


def test_generated_images(fitted):
    display = GeneratedImagesDisplay.from_sampler(fitted, X, Y, n_images=7)
    assert display.labels.tolist() == CLASSES
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == CLASSES
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["real", "generated"]
    assert isinstance(display.figure_, Figure)
    assert display.figure_.axes == [display.ax_]
    assert len(display.ax_.images) == 1
    assert [len(part) for part in display.real] == [7, 5]  # there are no more twos
    assert [len(part) for part in display.generated] == [7, 7]
    for row, label in enumerate(CLASSES):
        for column, image in enumerate(display.real[row]):
            assert np.array_equal(drawn(display, row, column), image)
            assert any(same(image, pixels) for pixels in X[label == Y])
    made, made_as = fitted.sample(dict.fromkeys(CLASSES, 7), random_state=0)
    for row, label in enumerate(CLASSES):
        for column, pixels in enumerate(made[made_as == label]):
            shown = drawn(display, row, 7 + column, BLOCK_GAP)
            if len(display.generated[row]) == 7:
                assert any(same(shown, p) for p in made[made_as == label])
            assert any(same(image, pixels) for image in display.generated[row])
    assert np.isnan(drawn(display, 1, 5)).all()


def test_what_is_looked_at_does_not_change_what_is_drawn():
    samplers = [BAGANOversampler(**SMALL) for _ in range(2)]
    for sampler in samplers:
        sampler.fit_resample(X, Y)
    GeneratedImagesDisplay.from_sampler(samplers[0], X, Y)
    first, second = (sampler.sample({"two": 3})[0] for sampler in samplers)
    assert np.array_equal(first, second)


def test_resampled_images(fitted):
    X_res, y_res = BAGANOversampler(**SMALL).fit_resample(X, Y)
    mask = np.arange(len(X_res)) >= len(X)
    display = GeneratedImagesDisplay.from_resampled(X_res, y_res, mask, n_images=3)
    for label, real, made in zip(CLASSES, display.real, display.generated):
        assert len(real) == len(made) == 3
        assert all(any(same(i, p) for p in X[label == Y]) for i in real)
        assert all(any(same(i, p) for p in X_res[mask & (y_res == label)]) for i in made)
    flat = X_res.reshape(len(X_res), -1)
    with pytest.raises(ValueError, match="set image_shape"):
        GeneratedImagesDisplay.from_resampled(flat, y_res, mask)
    again = GeneratedImagesDisplay.from_resampled(flat, y_res, mask, n_images=3, image_shape=(8, 8))
    assert np.array_equal(again.real, display.real)
    with pytest.raises(ValueError, match="synthetic_mask"):
        GeneratedImagesDisplay.from_resampled(X_res, y_res, np.zeros(len(X_res), dtype=bool))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        GeneratedImagesDisplay.from_resampled(X_res, y_res, mask[1:])


@pytest.mark.parametrize("shape", [(3, 8, 10), (8, 10, 3), (10, 8, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_colours_and_layouts(shape, dtype):
    pictures, y = images(20, *shape, dtype=dtype), labels(14, 6)
    mask = np.arange(20) >= 10
    display = GeneratedImagesDisplay.from_resampled(pictures, y, mask, n_images=50)
    last = pictures.transpose(0, 2, 3, 1) if shape[0] == 3 else pictures
    low = 0 if dtype == np.uint8 else last.min()
    scaled = (last - low) / ((255 if dtype == np.uint8 else last.max()) - low)
    for code in range(2):
        expected = scaled[~mask & (y == code)]
        assert display.real[code].shape == expected.shape
        assert all(
            np.isclose(expected, im, atol=1e-6).all((1, 2, 3)).any() for im in display.real[code]
        )
    assert display.im_.get_array().shape[2] == last.shape[3]
