"""Sets of repeated and of generated images, which are compared."""

from types import SimpleNamespace

import numpy as np


class White:
    """Makes white images."""

    def sample(self, n_samples, random_state):
        ((label, n),) = n_samples.items()
        return np.full((n, 2, 2), 255, dtype=np.uint8), np.full(n, label)


def test_a_share_of_the_added_images_of_each_class_is_generated(module):
    y = np.repeat([0, 1, 2], [100, 25, 4])
    part = SimpleNamespace(X=np.zeros((len(y), 2, 2), dtype=np.uint8), y=y)
    X, labels, made = module("pictures").mixed(part, White(), 0.5, 0)
    np.testing.assert_array_equal(labels[: len(y)], y)
    assert np.bincount(labels).tolist() == [100, 50, 20]
    np.testing.assert_array_equal(made, (X == 255).all(axis=(1, 2)))
    assert not made[: len(y)].any()
    assert np.bincount(labels[made], minlength=3).tolist() == [0, 13, 8]
