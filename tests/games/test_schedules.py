"""Updates, rates, betas and averages of every player of every method, as they are played."""

import math

import numpy as np
import pytest
import torch

from imblearn_gan import (
    ACGANOversampler,
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    DOSClassifier,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    GANDAOversampler,
    GANOversampler,
)
from imblearn_gan.callbacks import Callback
from tests.samplers import images, labels

Y = labels(20, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))
RATE, FIRST_RATE = 0.004, 0.02  # unlike every default
USUAL = (0.5, 0.999)


@pytest.fixture
def optimizers(monkeypatch):
    """Every Adam that is made, with the learning rates of its steps."""
    made = []

    class Watched(torch.optim.Adam):
        def __init__(self, *args, **params):
            super().__init__(*args, **params)
            self.rates = []
            made.append(self)

        def step(self, *args):
            self.rates.append(self.param_groups[0]["lr"])
            return super().step(*args)

    monkeypatch.setattr(torch.optim, "Adam", Watched)
    return made


def constant(rate, n):
    return [rate] * n


def cosine(rate, n):
    """A rate that falls to zero along half a cosine."""
    return [rate * (1 + math.cos(math.pi * i / n)) / 2 for i in range(n)]


def fitted(method, X=X, **params):
    settings = {"learning_rate": RATE, "batch_size": 8, "random_state": 0}
    estimator = method(**settings | params)
    getattr(estimator, "fit_resample", getattr(estimator, "fit", None))(X, Y)
    return estimator


PRETRAINED = {"pretrain_iter": 4, "pretrain_learning_rate": FIRST_RATE, "max_iter": 3}
FIRST, THREE, SIX = constant(FIRST_RATE, 4), constant(RATE, 3), constant(RATE, 6)
TENTH = constant(FIRST_RATE / 10, 4)
FALLING = cosine(RATE, 3)

PLAYED = {
    "GAN, two classes in one loop": (GANOversampler, {}, [(THREE, USUAL)] * 2),
    "GAN, one class after the other": (
        GANOversampler,
        {"spectral_norm": True},
        [(THREE, USUAL)] * 4,
    ),
    "GAN, two steps": (
        GANOversampler,
        {"n_discriminator_steps": 2},
        [(SIX, USUAL), (THREE, USUAL)],
    ),
    "CGAN": (CGANOversampler, {}, [(THREE, USUAL)] * 2),
    "CGAN, two steps": (
        CGANOversampler,
        {"n_discriminator_steps": 2},
        [(SIX, USUAL), (THREE, USUAL)],
    ),
    "ACGAN": (ACGANOversampler, {}, [(THREE, USUAL)] * 2),
    "ACGAN, two steps": (
        ACGANOversampler,
        {"n_discriminator_steps": 2},
        [(SIX, USUAL), (THREE, USUAL)],
    ),
    "CWGAN-GP, the paper's five steps": (
        CWGANGPOversampler,
        {},
        [(constant(RATE, 15), (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "CWGAN-GP, two steps": (
        CWGANGPOversampler,
        {"n_discriminator_steps": 2},
        [(constant(RATE, 6), (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "BAGAN": (BAGANOversampler, PRETRAINED, [(FIRST, USUAL), (THREE, USUAL), (THREE, USUAL)]),
    "BAGAN, no autoencoder": (
        BAGANOversampler,
        PRETRAINED | {"pretrain_iter": 0},
        [([], USUAL), (THREE, USUAL), (THREE, USUAL)],
    ),
    "GANDA": (GANDAOversampler, PRETRAINED, [(FIRST, USUAL), (THREE, USUAL), (THREE, USUAL)]),
    "GANDA, the paper's second moment": (
        GANDAOversampler,
        PRETRAINED | {"beta_2": 0.9999},
        [(FIRST, (0.5, 0.9999)), (THREE, (0.5, 0.9999)), (THREE, (0.5, 0.9999))],
    ),
    "BAGAN-GP": (
        BAGANGPOversampler,
        PRETRAINED,
        [(FIRST, (0.5, 0.9)), (SIX, (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "BAGAN-GP, the paper's five steps": (
        BAGANGPOversampler,
        PRETRAINED | {"n_discriminator_steps": 5},
        [(FIRST, (0.5, 0.9)), (constant(RATE, 15), (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "CAPGAN": (
        CAPGANOversampler,
        PRETRAINED,
        [(FIRST, (0.5, 0.9)), (SIX, (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "CAPGAN, two phases": (
        CAPGANOversampler,
        PRETRAINED | {"pretraining": "two_phase"},
        [(FIRST, (0.5, 0.9)), (TENTH, (0.5, 0.9)), (SIX, (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "CAPGAN, ensemble": (
        CAPGANOversampler,
        PRETRAINED | {"pretraining": "ensemble"},
        [(FIRST, (0.5, 0.9))] * 3 + [(SIX, (0.5, 0.9)), (THREE, (0.5, 0.9))],
    ),
    "GAMO": (GAMOOversampler, {}, [(FALLING, USUAL)] * 3),
    "GAMO, the paper's rates": (GAMOOversampler, {"ema_decay": 0}, [(THREE, USUAL)] * 3),
    "GAMO without D": (GAMOOversampler, {"variant": "GAMO-D"}, [(FALLING, USUAL)] * 2),
    "GAMO's classifier": (GAMOClassifier, {}, [(FALLING, USUAL)] * 3),
    "GAMO's classifier, constant": (GAMOClassifier, {"ema_decay": 0}, [(THREE, USUAL)] * 3),
    "DOS": (
        DOSClassifier,
        {"pretrain_iter": 4},
        [(constant(RATE, 4), USUAL), (FALLING, USUAL)],
    ),
    "DOS, the paper's rates": (
        DOSClassifier,
        {"pretrain_iter": 4, "ema_decay": 0},
        [(constant(RATE, 4), USUAL), (THREE, USUAL)],
    ),
}


@pytest.mark.parametrize(("method", "params", "expected"), PLAYED.values(), ids=PLAYED)
def test_updates_rates_and_betas(optimizers, method, params, expected):
    fitted(method, **{"max_iter": 3} | params)
    assert len(optimizers) == len(expected)
    for optimizer, (rates, betas) in zip(optimizers, expected):
        assert optimizer.rates == pytest.approx(rates, rel=1e-6, abs=1e-12)
        (group,) = optimizer.param_groups
        assert group["betas"] == betas
        assert (group["eps"], group["weight_decay"], group["amsgrad"]) == (1e-8, 0, False)


def test_critic_on_images_has_the_papers_betas_and_two_steps(optimizers):
    fitted(CWGANGPOversampler, images(len(Y), 8, 8), max_iter=3)
    critic, generator = optimizers
    assert (len(critic.rates), len(generator.rates)) == (6, 3)
    assert {o.param_groups[0]["betas"] for o in optimizers} == {(0.0, 0.9)}


@pytest.mark.filterwarnings("ignore:.*still look like another class")
def test_rejections_classifier_falls_from_its_own_rate(optimizers):
    fitted(CGANOversampler, max_iter=3, reject=True, replay=0.9)
    *game, classifier = optimizers
    assert [o.rates for o in game] == [THREE, THREE]
    assert classifier.rates == pytest.approx(cosine(1e-3, 500), rel=1e-6)


def test_gamo_on_features_turns_them_back_in_twice_as_many_updates(optimizers):
    """F, M, D, G; then one GAMO2pix network for each class that lacks rows."""
    fitted(GAMOOversampler, images(len(Y), 8, 8), max_iter=3, combine="features")
    assert len(optimizers) == 4 + 2
    for optimizer in optimizers[:4]:
        assert optimizer.rates == pytest.approx(FALLING, rel=1e-6)
    for optimizer in optimizers[4:]:
        assert optimizer.rates == pytest.approx(cosine(3e-3, 6), rel=1e-6)
    assert {o.param_groups[0]["betas"] for o in optimizers} == {USUAL}


def test_gamo2pix_has_one_falling_player_a_class(optimizers):
    GAMO2pix(torch.nn.Flatten(), max_iter=5, learning_rate=0.01).fit(images(len(Y), 8, 8), Y)
    assert [o.rates for o in optimizers] == [pytest.approx(cosine(0.01, 5), rel=1e-6)] * 3


# averages ---------------------------------------------------------------------------------------


class Weights(Callback):
    """The weights of the game's networks after each iteration, and which have an average."""

    def on_fit_begin(self):
        self.states, self.averaged = [], []

    def on_log(self, state):
        if state.phase.startswith(("adversarial", "over-sampling")):
            self.averaged = sorted(state.averages)
            self.phase = state.phase
            self.states.append(
                {
                    f"{name}.{key}": value.detach().clone()
                    for name, network in state.networks.items()
                    for key, value in network.state_dict().items()
                    if value.is_floating_point()
                }
            )


ALL, GENERATOR = ["classifier", "discriminator", "generator"], ["generator"]
AVERAGED = {
    GAMOOversampler: ALL,
    GAMOClassifier: ALL,
    DOSClassifier: ["classifier", "extractor"],
    BAGANOversampler: GENERATOR,
    BAGANGPOversampler: GENERATOR,
    CAPGANOversampler: GENERATOR,
    GANDAOversampler: GENERATOR,
    GANOversampler: GENERATOR,
    CGANOversampler: GENERATOR,
    ACGANOversampler: GENERATOR,
    CWGANGPOversampler: GENERATOR,
}


@pytest.mark.parametrize("method", AVERAGED, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("decay", [0.0, 0.35])
def test_kept_weights_are_the_moving_average(method, decay):
    """Early on the decay is at most (1 + n) / (10 + n), so that the start is forgotten."""
    watch, y = Weights(), np.where(Y == 2, 1, Y)  # two classes: GAN plays one game
    names = set(method.__dataclass_fields__)
    budget = {"pretrain_iter": 2} if "pretrain_iter" in names else {}
    params = {"max_iter": 9, "learning_rate": 0.02, "ema_decay": decay, "callbacks": [watch]}
    estimator = method(batch_size=8, random_state=0, **params, **budget)
    getattr(estimator, "fit_resample", getattr(estimator, "fit", None))(X, y)
    assert len(watch.states) == 9
    assert watch.averaged == (AVERAGED[method] if decay else [])
    expected = watch.states[0]
    for n, state in enumerate(watch.states[1:], start=1):
        d = min(decay, (1 + n) / (10 + n))
        expected = {key: d * expected[key] + (1 - d) * value for key, value in state.items()}
    kept = dict(estimator.networks_.state_dict())
    if method is GANOversampler:
        kept = {key.replace("generator.1.", "generator."): value for key, value in kept.items()}
    compared = [key for key in kept if key.split(".")[0] in AVERAGED[method] and key in expected]
    assert len(compared) >= 4
    for key in compared:
        assert torch.allclose(kept[key], expected[key], atol=1e-5), key
    last = [torch.allclose(kept[key], watch.states[-1][key], atol=1e-5) for key in compared]
    assert (sum(last) < len(last) / 2) if decay else all(last)
