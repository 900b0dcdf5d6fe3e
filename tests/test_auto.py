"""What ``'auto'`` stands for."""

import numpy as np
import pytest

from imblearn_gan import BAGANOversampler
from imblearn_gan._auto import batch_size
from imblearn_gan.data import DataSpec
from tests.samplers import labels, tiny

Y = labels(14, 9, 5)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((7,), 64),
        ((10**6,), 64),
        ((3, 128, 128), 64),
        ((1, 128, 129), 63),
        ((3, 224, 224), 20),
        ((1, 2000, 2000), 8),
    ],
)
def test_batches_of_large_images_are_smaller(shape, expected):
    assert batch_size(DataSpec(shape=shape, class_counts=(9, 3)), 64) == expected


@pytest.mark.parametrize(("given", "used"), [("auto", 12), (40, 40)])
def test_the_default_alone_depends_on_the_size_of_images(given, used, monkeypatch):
    monkeypatch.setattr("imblearn_gan._auto.MAX_PIXELS", 12 * 8 * 8)
    pixels = np.random.default_rng(0).integers(0, 256, (len(Y), 8, 8)).astype(np.uint8)
    sampler = tiny(batch_size=given).fit(pixels, Y)
    assert sampler.batch_size_ == used


@pytest.mark.parametrize(
    ("given", "updates"),
    [({}, 1600), ({"batch_size": 20}, 500), ({"batch_size": 64}, 500), ({"max_iter": 30}, 30)],
)
def test_smaller_batches_by_default_are_as_many_more(given, updates):
    sampler = BAGANOversampler(**given)
    sampler._choose(DataSpec(shape=(3, 224, 224), class_counts=(9, 3)))
    assert sampler.max_iter_ == updates
    assert sampler.pretrain_iter_ == (1000 if "batch_size" in given else 3200)
    sampler._choose(DataSpec(shape=(3, 128, 128), class_counts=(9, 3)))
    assert (sampler.batch_size_, sampler.pretrain_iter_) == (given.get("batch_size", 64), 1000)
