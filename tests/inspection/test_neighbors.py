"""Generated images beside their nearest neighbours."""

import numpy as np
import pytest
from scipy import sparse

from imblearn_gan import BAGANGPOversampler
from imblearn_gan.inspection import (
    GeneratedImagesDisplay,
    InterpolationDisplay,
    NearestNeighborsDisplay,
)
from tests.inspection.shown import BLOCK_GAP, CLASSES, SMALL, X, Y, drawn, same


def test_nearest_neighbors(fitted):
    display = NearestNeighborsDisplay.from_sampler(fitted, X, Y, n_images=2, n_neighbors=3)
    made, made_as = fitted.sample(dict.fromkeys(CLASSES, 2), random_state=0)
    assert display.labels.tolist() == made_as.tolist() == ["one", "one", "two", "two"]
    for row, image in enumerate(made):
        assert same(drawn(display, row, 0), image)
        squared = ((X - image) ** 2).sum(axis=(1, 2))
        nearest = np.sqrt(np.sort(squared)[:3]) / 8  # pixels from 0 ... 16 to -1 ... 1
        assert np.allclose(display.distances[row], nearest, atol=1e-4)
        assert np.allclose(squared[display.indices[row]], np.sort(squared)[:3], rtol=1e-4)
        for column, index in enumerate(display.indices[row]):
            assert same(drawn(display, row, 1 + column, BLOCK_GAP), X[index])
    with pytest.raises(ValueError, match="n_neighbors=66"):
        NearestNeighborsDisplay.from_sampler(fitted, X, Y, n_neighbors=66)


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_matrix])
def test_sparse_flattened_images(container):
    flat = container(X.reshape(len(X), -1))
    sampler = BAGANGPOversampler(image_shape=(8, 8), **SMALL)
    sampler.fit_resample(flat, Y)
    display = NearestNeighborsDisplay.from_sampler(sampler, flat, Y, n_neighbors=2)
    for neighbors, indices in zip(display.neighbors, display.indices):
        assert all(same(image, X[index]) for image, index in zip(neighbors, indices))
    ends = InterpolationDisplay.from_sampler(sampler, flat[[0, 64]], Y[[0, 64]]).ends
    assert same(ends, X[[0, 64]])
    assert GeneratedImagesDisplay.from_sampler(sampler, flat, Y).real[0].shape == (8, 8, 8)
