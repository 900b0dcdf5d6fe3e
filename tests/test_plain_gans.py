"""The systems that the papers compare with: vanilla, conditional, auxiliary, Wasserstein; DOS."""

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan import (
    ACGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    DOSClassifier,
    GANOversampler,
)
from imblearn_gan.callbacks import Callback
from imblearn_gan.data import DataSpec
from imblearn_gan.latent import class_neighbours
from imblearn_gan.losses import critic_loss, fooling_loss
from imblearn_gan.networks import (
    JoinedDiscriminator,
    ProjectionDiscriminator,
    TwoHeadedDiscriminator,
)
from imblearn_gan.over_sampling._cgan import Turn
from tests.samplers import images, labels


def clusters():
    """Three classes far apart, in two dimensions."""
    y = labels(60, 20, 8)
    return y[:, None] * 10.0 + np.random.RandomState(0).normal(size=(len(y), 2)), y


class Names(Callback):
    """The networks of every phase, by the phase's name."""

    def __init__(self):
        self.by_phase = {}

    def on_phase_begin(self, state):
        self.by_phase[state.phase] = list(state.networks)


@pytest.mark.parametrize("real", [True, False])
def test_losses_of_the_discriminator(real):
    outputs = torch.tensor([-2.0, 0.5, 3.0])
    p = 1 / (1 + np.exp(-outputs.numpy()))
    sign = 1 if real else -1
    expected = {
        "non_saturating": -np.log(p if real else 1 - p).mean(),
        "least_squares": ((outputs.numpy() - real) ** 2).mean(),
        "hinge": np.maximum(0, 1 - sign * outputs.numpy()).mean(),
        "wasserstein": -sign * outputs.numpy().mean(),
    }
    for loss, value in expected.items():
        assert float(critic_loss(outputs, real, loss)) == pytest.approx(value, rel=1e-5)


def test_losses_of_the_generator():
    outputs = torch.tensor([-2.0, 0.5, 3.0])
    for loss in ("non_saturating", "least_squares", "wasserstein"):
        assert fooling_loss(outputs, loss) == critic_loss(outputs, True, loss)
    assert float(fooling_loss(outputs, "hinge")) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("network", "n_in"), [(JoinedDiscriminator, 7), (ProjectionDiscriminator, 4)]
)
def test_discriminator_is_told_the_label(network, n_in):
    discriminator = network(nn.Linear(n_in, 5), 5, 3)
    x = torch.randn(2, 4)
    first, second = (discriminator(x, torch.full((2,), k)) for k in (0, 2))
    assert first.shape == (2, 1)
    assert not torch.allclose(first, second)


def test_auxiliary_discriminator_has_two_heads():
    source, classes = TwoHeadedDiscriminator(nn.Linear(4, 5), 5, 3).both(torch.randn(2, 4))
    assert source.shape == (2, 1)
    assert classes.shape == (2, 3)


@pytest.mark.parametrize(
    ("method", "names"),
    [
        (CGANOversampler, {"real", "generated"}),
        (ACGANOversampler, {"real", "generated", "classes"}),
        (CWGANGPOversampler, {"real", "generated", "penalty"}),
    ],
)
def test_terms_of_the_losses(method, names):
    X, y = clusters()
    sampler = method(max_iter=2, random_state=0)
    sampler.fit_resample(X, y)
    assert {f"discriminator_{name}" for name in names} < sampler.history_[0].keys()


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares"])
def test_one_gan_a_class(loss):
    X, y = clusters()
    watch = Names()
    sampler = GANOversampler(max_iter=10, loss=loss, callbacks=[watch], random_state=0)
    sampler.fit_resample(X, y)
    assert list(watch.by_phase) == ["adversarial 1", "adversarial 2"]
    first, second = ({id(n) for n in nets} for nets in watch.by_phase.values())
    assert not first & second
    assert sampler.n_iter_ == 20


def test_gan_of_a_class_sees_its_rows_only():
    """The same rows of a class make the same generator, whatever the other classes are like."""
    X, y = clusters()
    X = np.concatenate([X, [[-500, -500], [500, 500]]])  # a scale that both sets share
    y = np.append(y, [0, 0])
    other = np.where((y == 0)[:, None], np.roll(X, 7, axis=1), X)
    other[-2:] = X[-2:]
    settings = {"max_iter": 20, "random_state": 0, "replay": 0}
    rows = [GANOversampler(**settings).fit_resample(data, y)[0][len(y) :] for data in (X, other)]
    assert np.array_equal(*rows)


@pytest.mark.parametrize("conditioning", ["projection", "concatenation"])
def test_conditional_gan_learns_where_classes_are(conditioning):
    X, y = clusters()
    sampler = CGANOversampler(
        max_iter=300, learning_rate=1e-3, conditioning=conditioning, replay=0, random_state=0
    )
    X_res, y_res = sampler.fit_resample(X, y)
    made, made_y = X_res[len(X) :].mean(axis=1), y_res[len(X) :]
    medians = [np.median(made[made_y == k]) for k in (1, 2)]
    assert np.allclose(medians, [10, 20], atol=5)


@pytest.mark.parametrize(
    "method", [GANOversampler, CGANOversampler, ACGANOversampler, CWGANGPOversampler]
)
@pytest.mark.parametrize("shape", [(9, 7), (3, 12, 12), (16, 11, 4)])
def test_images(method, shape):
    X, y = images(20, *shape), labels(14, 5, 1)
    X_res, _ = method(max_iter=2, batch_size=8, random_state=0).fit_resample(X, y)
    assert X_res.shape == (42, *shape)
    assert X_res.dtype == X.dtype


def test_neighbours_are_of_the_class():
    codes = torch.tensor([[0.0], [1.0], [5.0], [0.9], [0.1], [7.0]])
    found = class_neighbours(codes, [3, 2, 1], 2)
    assert found.tolist() == [[1, 2], [0, 2], [1, 0], [4, 4], [3, 3], [5, 5]]


def test_deep_oversampling_finds_rare_rows():
    rng = np.random.RandomState(0)
    y = labels(400, 12)
    X = rng.normal(size=(412, 5)) + 2.5 * y[:, None] * np.eye(5)[0]
    test_y = np.repeat([0, 1], 200)
    test_X = rng.normal(size=(400, 5)) + 2.5 * test_y[:, None] * np.eye(5)[0]
    recalls = []
    for balance in ("batches", None):
        model = DOSClassifier(pretrain_iter=50, max_iter=200, balance=balance, random_state=0)
        predicted = model.fit(X, y).predict(test_X)
        recalls.append((predicted[test_y == 1] == 1).mean())
    assert recalls[0] > recalls[1]
    assert {record["phase"] for record in model.history_} == {"pretrain", "over-sampling"}


def test_micro_clusters_draw_classes_together():
    X, y = clusters()
    spread = []
    for weight in (0.0, 5.0):
        model = DOSClassifier(
            pretrain_iter=0,
            max_iter=200,
            micro_cluster_weight=weight,
            lr_decay=False,
            ema_decay=0.0,
            random_state=0,
        ).fit(X, y)
        rows = torch.from_numpy(model.codec_.encode(X))
        features = model.networks_["extractor"](rows)
        spread.append(float(features[y == 0].var(dim=0).sum()))
    assert spread[1] < spread[0]


def test_acgan_names_real_and_generated_rows_with_equal_weight():
    sampler, y = ACGANOversampler(class_loss_weight=3.0), torch.randint(0, 2, (64,))
    discriminator = sampler._discriminator(DataSpec((4,), (20, 10)))
    x, made = torch.randn(64, 4), torch.randn(64, 4)
    losses = sampler._discriminator_losses(discriminator, lambda rows: rows, Turn(x, y, made))
    named = [
        torch.nn.functional.cross_entropy(discriminator.both(rows)[1], y) for rows in (x, made)
    ]
    assert losses["classes"].item() == pytest.approx(3 * sum(named).item(), rel=1e-5)
