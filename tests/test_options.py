"""Options that every adversarial sampler has: augmentation, spectral norm, rates, truncation."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from imblearn_gan import BAGANGPOversampler, CGANOversampler, GAMOClassifier, GAMOOversampler
from imblearn_gan.augmentation import Augmentation, color, cutout, mirror, noise, translation
from imblearn_gan.callbacks import Callback
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import GaussianCodes, InterpolatedCodes, NormalCodes
from tests.instances import SAMPLERS
from tests.samplers import images, labels

TABLE = DataSpec((4,), (9, 3))
COLOR_IMAGE = DataSpec((3, 8, 8), (9, 3))


class Discriminators(Callback):
    """Keeps the discriminator of the game, as it starts and as it ends."""

    def on_phase_begin(self, state):
        if state.phase.startswith("adversarial"):
            self.before = [self._weights(network) for network in state.networks]

    def on_phase_end(self, state):
        if state.phase.startswith("adversarial"):
            self.networks = state.networks
            self.after = [self._weights(network) for network in state.networks]

    @staticmethod
    def _weights(network):
        return [p.detach().clone() for p in network.parameters()]

    def moved(self, i):
        """How far the i-th network has moved."""
        pairs = zip(self.before[i], self.after[i])
        return max(float((a - b).abs().max()) for a, b in pairs)


def gray(n=6, side=8):
    return torch.from_numpy(images(n, 1, side, side)).float() / 127.5 - 1


def test_translation_shifts_and_repeats_the_border():
    x = torch.arange(16.0).expand(40, 1, 16, 16).clone()
    moved = translation(x)
    shifts = {int(row[0, 0, 8]) - 8 for row in moved}
    assert shifts == {-2, -1, 0, 1, 2}
    steps = moved.diff(dim=3)
    assert ((steps == 0) | (steps == 1)).all()


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
    for one, other in zip(x[:, 0].flatten(1), made[:, 0].flatten(1)):
        assert torch.corrcoef(torch.stack([one, other]))[0, 1] > 0.999


def test_noise_has_the_scale_asked_for():
    assert noise(torch.zeros(100, 100), 0.3).std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("names", [["translation", "cutout"], ["cutout", "mirror"], ["color"]])
def test_gradients_pass(names):
    x = torch.zeros(4, 3, 8, 8, requires_grad=True)
    Augmentation(names, COLOR_IMAGE)(x).sum().backward()
    assert (x.grad != 0).any(dim=1).flatten(1).any(dim=1).all()


def test_automatic_augmentation():
    assert Augmentation("auto", TABLE).names == ("noise",)
    assert Augmentation("auto", COLOR_IMAGE).names == ()
    assert Augmentation(None, TABLE).names == ()


@pytest.mark.parametrize("augmentation", ["mirror", ["unheard of"], ["translation"], [["noise"]]])
@pytest.mark.parametrize("method", [CGANOversampler, GAMOOversampler, GAMOClassifier])
def test_augmentation_that_does_not_fit(method, augmentation):
    X, y = np.random.RandomState(0).normal(size=(12, 4)), labels(9, 3)
    estimator = method(augmentation=augmentation)
    with pytest.raises(ValueError, match="augmentation"):
        getattr(estimator, "fit_resample", getattr(estimator, "fit", None))(X, y)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize(
    "option",
    [
        {"augmentation": ["noise"]},
        {"spectral_norm": True},
        {"discriminator_learning_rate": 0.01},
        {"truncation": 0.3},
        {"ema_decay": 0.0},
    ],
    ids=lambda option: next(iter(option)),
)
def test_every_sampler_takes_the_option(sampler, option):
    X, y = images(20, 8, 8), labels(12, 5, 3)
    plain = clone(sampler).fit_resample(X, y)[0]
    changed = clone(sampler).set_params(**option).fit_resample(X, y)[0]
    assert len(changed) == len(plain) == 36
    assert np.array_equal(changed[:20], X)
    assert not np.array_equal(changed, plain)


@pytest.mark.parametrize("method", [CGANOversampler, BAGANGPOversampler])
def test_generated_rows_are_not_augmented(method):
    X, y = np.zeros((30, 8, 8)), labels(20, 10)
    X[:, 0, 0] = np.linspace(0, 1, 30)
    budget = {"pretrain_iter": 5} if method is BAGANGPOversampler else {}
    sampler = method(max_iter=5, augmentation=["noise"], random_state=0, replay=0, **budget)
    X_res, _ = sampler.fit_resample(X, y)
    assert (X_res[30:, 1:] == 0).all()


@pytest.mark.parametrize("method", [CGANOversampler, GAMOOversampler])
def test_spectral_norm_bounds_every_layer(method):
    watch = Discriminators()
    X, y = np.random.RandomState(0).normal(size=(40, 6)), labels(30, 10)
    sampler = method(max_iter=60, spectral_norm=True, callbacks=[watch], random_state=0)
    sampler.fit_resample(X, y)
    places = [i for i, n in enumerate(watch.networks) if _is_discriminator(n)]
    assert places
    for module in watch.networks[places[0]].modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            assert torch.linalg.matrix_norm(module.weight, 2) < 1.5


def _is_discriminator(network):
    return any("parametrizations" in name for name, _ in network.named_parameters())


def test_discriminator_has_its_own_rate():
    X, y = np.random.RandomState(0).normal(size=(40, 6)), labels(30, 10)
    moves = []
    for rate in (None, 1e-9):
        watch = Discriminators()
        sampler = CGANOversampler(
            max_iter=20, discriminator_learning_rate=rate, callbacks=[watch], random_state=0
        )
        sampler.fit_resample(X, y)
        moves.append((watch.moved(0), watch.moved(1)))
    (discriminator, generator), (slow, generator_too) = moves
    assert slow < 1e-6 < discriminator
    assert generator > 1e-4 < generator_too


@pytest.mark.parametrize("codes", [NormalCodes, GaussianCodes, InterpolatedCodes])
def test_truncation_draws_codes_towards_the_mean(codes):
    torch.manual_seed(0)
    real = torch.randn(60, 3) + torch.repeat_interleave(torch.tensor([0.0, 9.0]), 30)[:, None]
    distribution = codes(3) if codes is NormalCodes else codes(real, [30, 30])
    y = torch.ones(4000, dtype=torch.long)
    whole, half = distribution(y), distribution(y, 0.5)
    assert torch.allclose(half.std(0), whole.std(0) / 2, rtol=0.1)
    assert torch.allclose(half.mean(0), whole.mean(0), atol=0.2)


def test_truncation_can_be_set_on_a_fitted_sampler():
    X, y = np.random.RandomState(0).normal(size=(40, 6)), labels(30, 10)
    sampler = CGANOversampler(max_iter=20, random_state=0)
    sampler.fit_resample(X, y)
    whole, _ = sampler.sample({1: 500}, random_state=0)
    sampler.truncation = 0.1
    narrow, _ = sampler.sample({1: 500}, random_state=0)
    assert (narrow.std(axis=0) < whole.std(axis=0)).all()
