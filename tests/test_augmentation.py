"""Random changes of rows."""

import numpy as np
import pytest
import torch

from imblearn_gan import CGANOversampler, CWGANGPOversampler
from imblearn_gan.augmentation import Augmentation, color, cutout, mirror, noise, translation
from imblearn_gan.data import DataSpec
from tests.samplers import images, labels

TABLE = DataSpec((4,), (9, 3))
COLOR_IMAGE = DataSpec((3, 8, 8), (9, 3))


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def gray(n=6, side=8):
    return torch.from_numpy(images(n, 1, side, side)).float() / 127.5 - 1


def test_translation_shifts_and_repeats_the_border():
    x = torch.arange(16.0).expand(40, 1, 16, 16).clone()
    moved = translation(x)
    shifts = {int(row[0, 0, 8]) - 8 for row in moved}
    assert shifts == {-2, -1, 0, 1, 2}
    steps = moved.diff(dim=3)
    assert ((steps == 0) | (steps == 1)).all()


def test_translation_moves_rows_and_columns_by_the_ratio():
    x = torch.zeros(300, 1, 20, 10)
    x[:, :, 10, 5] = 1.0
    places = translation(x, 0.2)[:, 0].nonzero()
    assert {int(row) - 10 for _, row, _ in places} == set(range(-4, 5))
    assert {int(column) - 5 for _, _, column in places} == {-2, -1, 0, 1, 2}


def test_cutout_hides_a_rectangle():
    x = torch.ones(200, 3, 8, 8)
    made = cutout(x)
    hidden = (made == 0).all(dim=1)
    share = hidden.float().mean(dim=(1, 2))
    assert share.max() <= 0.25
    assert 0.1 < share.mean() < 0.25
    assert ((made == 0) | (made == 1)).all()


def test_mirror_keeps_or_flips():
    x = gray(60)
    made = mirror(x)
    kept = (made == x).flatten(1).all(dim=1)
    flipped = (made == x.flip(3)).flatten(1).all(dim=1)
    assert (kept | flipped).all()
    assert 10 < int(kept.sum()) < 50


def test_color_keeps_shapes_in_the_image():
    x = gray(5).expand(-1, 3, -1, -1)
    made = color(x)
    assert made.shape == x.shape
    assert not torch.allclose(made, x)
    for one, other in zip(x[:, 0].flatten(1), made[:, 0].flatten(1)):
        assert torch.corrcoef(torch.stack([one, other]))[0, 1] > 0.999


def test_noise_has_the_scale_asked_for():
    torch.manual_seed(0)
    assert noise(torch.zeros(100, 100), 0.3).std() == pytest.approx(0.3, rel=0.05)
    assert noise(torch.zeros(100, 100)).std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("names", [["translation", "cutout"], ["cutout", "mirror"], ["color"]])
def test_gradients_pass(names):
    x = torch.zeros(4, 3, 8, 8, requires_grad=True)
    Augmentation(names, COLOR_IMAGE)(x).sum().backward()
    assert (x.grad != 0).any(dim=1).flatten(1).any(dim=1).all()


def test_automatic_augmentation():
    assert Augmentation("auto", TABLE).names == ("noise",)
    assert Augmentation("auto", COLOR_IMAGE).names == ()
    assert Augmentation(None, TABLE).names == ()


def test_changes_come_in_the_order_given_with_their_arguments():
    x = gray(4)
    augment = Augmentation({"noise": {"scale": 0.2}, "mirror": {}}, DataSpec((1, 8, 8), (9, 3)))
    assert augment.names == ("noise", "mirror")
    torch.manual_seed(0)
    found = augment(x)
    torch.manual_seed(0)
    assert torch.equal(found, mirror(noise(x, 0.2)))


def test_auto_gives_categories_more_noise_than_numbers():
    spec = DataSpec((50,), (9, 3), categorical_slices=(slice(20, 35), slice(35, 50)))
    torch.manual_seed(0)
    changed = Augmentation("auto", spec)(torch.zeros(200, 50))
    assert changed[:, :20].std() == pytest.approx(0.1, rel=0.05)
    assert changed[:, 20:].std() == pytest.approx(0.5, rel=0.05)
    named = Augmentation(["noise"], spec)(torch.zeros(200, 50))
    assert named.std() == pytest.approx(0.1, rel=0.05)


def test_flat_rows_get_only_noise():
    x = torch.zeros(5, 7)
    augment = Augmentation(["mirror", "noise"], COLOR_IMAGE)
    torch.manual_seed(0)
    changed = augment(x)
    torch.manual_seed(0)
    assert torch.equal(changed, noise(x))


@pytest.mark.parametrize("augmentation", ["mirror", ["unheard of"], ["translation"], [["noise"]]])
@pytest.mark.parametrize("method", [CGANOversampler, CWGANGPOversampler])
def test_augmentation_that_does_not_fit(method, augmentation):
    X, y = np.random.RandomState(0).normal(size=(12, 4)), labels(9, 3)
    with pytest.raises(ValueError, match="augmentation"):
        method(augmentation=augmentation).fit_resample(X, y)
