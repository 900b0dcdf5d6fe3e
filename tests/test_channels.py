"""Images of any number of channels, channels in unlike units, and series."""

import matplotlib as mpl
import numpy as np
import pytest
import torch
from sklearn.base import clone

from imblearn_gan import BAGANGPOversampler, CGANOversampler
from imblearn_gan.inspection import (
    GeneratedImagesDisplay,
    InterpolationDisplay,
    NearestNeighborsDisplay,
)
from imblearn_gan.metrics import ssim_of_pairs, ssim_to_nearest
from imblearn_gan.over_sampling import GAMO2pix
from tests.instances import CLASSIFIERS, IMAGE_CLASSIFIERS, SAMPLERS
from tests.samplers import assert_oversampled, assert_same, images, labels, tiny

mpl.use("Agg")

Y = labels(20, 6)
N = len(Y)

#: Shape and ``channels``: spectral bands, and series.
BANDS = [((2, 8, 6), "first"), ((8, 6, 5), "last"), ((7, 7, 13), "last")]
SERIES = [((12, 2), "last"), ((13, 20), "first"), ((12, 1), "last"), ((1, 2), "last")]


def floats(*shape):
    return np.random.RandomState(0).rand(N, *shape).astype(np.float32)


def few(estimator, **params):
    """Return an instance that trains in no time."""
    small = {"max_iter": 2, "pretrain_iter": 2, "max_epochs": 1}
    known = estimator.get_params()
    small = {name: value for name, value in small.items() if name in known}
    return clone(estimator).set_params(**small | params)


@pytest.mark.parametrize(("shape", "channels"), BANDS + SERIES, ids=str)
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
def test_samplers(sampler, architecture, shape, channels):
    sampler = few(sampler, architecture=architecture, channels=channels)
    X = floats(*shape)
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


@pytest.mark.parametrize(("shape", "channels"), [BANDS[0], SERIES[0]], ids=str)
@pytest.mark.parametrize(
    "classifier", CLASSIFIERS + IMAGE_CLASSIFIERS, ids=lambda classifier: type(classifier).__name__
)
def test_classifiers(classifier, shape, channels):
    X = floats(*shape)
    model = few(classifier, channels=channels).fit(X, Y)
    assert model.predict_proba(X).shape == (N, 2)


@pytest.mark.parametrize(("shape", "channels"), [BANDS[1], SERIES[1]], ids=str)
def test_features_are_turned_back(shape, channels):
    X = floats(*shape)
    model = GAMO2pix(torch.nn.Flatten(), max_iter=2, random_state=0, channels=channels).fit(X, Y)
    assert model.decode(model.transform(X), Y).shape == X.shape


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float64, np.bool_])
@pytest.mark.parametrize(("shape", "channels"), BANDS + SERIES, ids=str)
def test_dtypes(shape, channels, dtype):
    X = images(N, *shape, dtype=dtype)
    sampler = tiny(channels=channels)
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


def test_layouts_mean_the_same_series():
    X = floats(12, 2)
    made, _ = tiny(channels="last").fit_resample(X, Y)
    turned = np.ascontiguousarray(X.transpose(0, 2, 1))
    first, _ = tiny(channels="first").fit_resample(turned, Y)
    flat, _ = tiny(channels="last", image_shape=(12, 2)).fit_resample(X.reshape(N, -1), Y)
    image, _ = tiny(channels="last").fit_resample(X[:, :, None], Y)
    assert_same(np.ascontiguousarray(first.transpose(0, 2, 1)), made)
    assert_same(flat.reshape(made.shape), made)
    assert_same(image[:, :, 0], made)
    gray, _ = tiny().fit_resample(X, Y)
    assert not np.array_equal(gray, made)


# unlike units -----------------------------------------------------------------------------------


def unlike_series(n=240):
    """A fraction and a pressure in pascal, at twelve times."""
    rng = np.random.RandomState(0)
    X = np.stack([rng.normal(0.5, 0.1, (n, 12)), rng.normal(101325, 400, (n, 12))], axis=-1)
    return X, (np.arange(n) % 8 == 0).astype(int)


@pytest.mark.parametrize(
    ("shape", "channels"),
    [((12, 2), "auto"), ((12, 2), "last"), ((2, 12), "first"), ((4, 3, 2), "last")],
    ids=str,
)
def test_the_narrow_unit_is_not_lost(shape, channels):
    X, y = unlike_series()
    narrow = X[..., 0]
    X = X.transpose(0, 2, 1) if shape[0] == 2 else X
    sampler = CGANOversampler(
        channels=channels, max_iter=150, batch_size=32, replay=0.0, random_state=0
    )
    made = sampler.fit_resample(X.reshape(-1, *shape), y)[0][len(X) :]
    made = made[:, 0] if shape[0] == 2 else made[..., 0].reshape(-1, 12)
    on_a_bound = (made <= narrow.min(axis=0)) | (made >= narrow.max(axis=0))
    assert on_a_bound.mean() < 0.1
    assert 0.5 < made.std() / narrow[y == 1].std() < 2


def test_a_constant_channel_stays_constant():
    X = floats(5, 6, 3)
    X[..., 1] = 7000
    changes = {"cutout": {}, "color": {}, "translation": {}}
    for params in ({}, {"replay": 1.0, "replay_augmentation": changes}):
        made, _ = tiny(**params).fit_resample(X, Y)
        assert (made[..., 1] == 7000).all()
    assert np.ptp(made[N:, ..., 0]) > 0.5


# changes, displays, metrics ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["translation", "cutout", "noise"])
@pytest.mark.parametrize(("shape", "channels"), [BANDS[0], SERIES[0]], ids=str)
def test_changes(shape, channels, name):
    X = floats(*shape)
    sampler = tiny(channels=channels, replay=1.0, replay_augmentation=[name])
    made, _ = sampler.fit_resample(X, Y)
    assert not np.array_equal(made[N:], X[sampler.sample_source_[N:]])


@pytest.mark.parametrize(
    ("name", "shape", "channels", "match"),
    [
        ("color", (2, 8, 6), "first", "needs images of 1, 3 or 4 channels"),
        ("color", (12, 2), "last", "needs images of 1, 3 or 4 channels"),
        ("mirror", (12, 2), "last", "width of 1"),
    ],
)
def test_changes_that_make_no_sense(name, shape, channels, match):
    for parameter in ("augmentation", "replay_augmentation"):
        sampler = CGANOversampler(channels=channels, max_iter=2, **{parameter: [name]})
        with pytest.raises(ValueError, match=match):
            sampler.fit_resample(floats(*shape), Y)


def test_displays_show_bands_and_features_side_by_side():
    for shape, channels, shown in [
        ((2, 8, 6), "first", (8, 12)),
        ((8, 6, 13), "last", (8, 78)),
        ((12, 3), "last", (12, 3)),
    ]:
        X = floats(*shape)
        sampler = few(BAGANGPOversampler(random_state=0), channels=channels)
        X_res, y_res = sampler.fit_resample(X, Y)
        pictures = sampler.codec_.pictures(X)
        assert pictures.shape == (N, *shown)
        last = (
            X.transpose(0, 2, 3, 1)
            if channels == "first"
            else X.reshape(N, *shown[:1], -1, shape[-1])
        )
        side = np.concatenate(list(np.moveaxis(last, -1, 0)), axis=-1)
        np.testing.assert_allclose(pictures, (side - X.min()) / np.ptp(X), atol=1e-5)
        GeneratedImagesDisplay.from_sampler(sampler, X, Y, n_images=2)
        mask = sampler.synthetic_mask_
        GeneratedImagesDisplay.from_resampled(X_res, y_res, mask, channels=channels, n_images=2)
        NearestNeighborsDisplay.from_sampler(sampler, X, Y, n_images=2, n_neighbors=2)
        InterpolationDisplay.from_sampler(sampler, X[-2:], Y[-2:])


@pytest.mark.parametrize("n_channels", [3, 4])
def test_displays_show_colours_only_of_one_unit(n_channels):
    X = floats(8, 6, n_channels)
    codec = few(tiny()).fit(X, Y).codec_
    assert codec.pictures(X).shape == X.shape
    X[..., 0] *= 1000
    codec = few(tiny()).fit(X, Y).codec_
    assert codec.pictures(X).shape == (N, 8, 6 * n_channels)


def test_metrics():
    pytest.importorskip("torchmetrics")
    X = np.repeat(floats(12, 12, 5), 2, axis=0)
    X[..., 2] *= 1000
    assert ssim_to_nearest(X, X[:4], channels="last").generated == pytest.approx(1)
    alone = [ssim_of_pairs(X[..., [c]], X[:9, ..., [c]], random_state=0).real for c in range(5)]
    together = ssim_of_pairs(X, X[:9], channels="last", random_state=0).real
    assert together == pytest.approx(np.mean(alone), abs=1e-3)
    with pytest.raises(ValueError, match="at least 3 x 3 pixels"):
        ssim_of_pairs(floats(12, 2), floats(12, 2), channels="last")
