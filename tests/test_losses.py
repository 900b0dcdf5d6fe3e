"""Every loss against the formula of its paper, in NumPy."""

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan.losses import (
    PENALTY_WEIGHT,
    classifier_loss,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    ldam_loss,
    logit_adjusted_loss,
    micro_cluster_loss,
    misleading_loss,
    points_between,
    softmax_loss,
    vae_loss,
)
from tests.players import DECEIVED, GENERATED, REAL, cross_entropy, softmax

OUTPUTS = np.array([-2.0, 0.5, 3.0, -0.25])


def batch():
    rng = np.random.RandomState(3)
    logits = rng.normal(size=(7, 4))
    return logits, softmax(logits), rng.randint(4, size=7)


# discriminators and generators ---------------------------------------------------------------


@pytest.mark.parametrize("loss", REAL)
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_discriminator_and_generator(loss, shape):
    outputs = torch.tensor(OUTPUTS).view(shape)
    found = [
        discriminator_loss(outputs, 1.0, loss).item(),
        discriminator_loss(outputs, 0.0, loss).item(),
        generator_loss(outputs, loss).item(),
    ]
    expected = [table[loss](OUTPUTS).mean() for table in (REAL, GENERATED, DECEIVED)]
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", ["cross_entropy", "hinge", "wasserstein"])
@pytest.mark.parametrize("target", [0.9, 0.3])
def test_smoothed_target_weighs_the_terms(loss, target):
    found = discriminator_loss(torch.tensor(OUTPUTS), target, loss).item()
    real, generated = REAL[loss](OUTPUTS).mean(), GENERATED[loss](OUTPUTS).mean()
    assert found == pytest.approx(target * real + (1 - target) * generated, rel=1e-5)


def test_smoothed_target_of_least_squares():
    found = discriminator_loss(torch.tensor(OUTPUTS), 0.9, "least_squares").item()
    assert found == pytest.approx(((OUTPUTS - 0.9) ** 2).mean(), rel=1e-5)


def test_names_default_to_cross_entropy():
    outputs = torch.tensor(OUTPUTS)
    assert discriminator_loss(outputs, 1.0) == discriminator_loss(outputs, 1.0, "cross_entropy")
    assert generator_loss(outputs) == generator_loss(outputs, "cross_entropy")


# GAMO ----------------------------------------------------------------------------------------


def classifier_terms(p, y, loss):
    """Each row's J_i1 ... J_i4 of eq. (2), with the sign of a loss, or L_i1 ... L_i4 of eq. (4)."""
    terms = np.zeros(len(y))
    for k, (row, label) in enumerate(zip(p, y)):
        for i, m in enumerate(row):
            own = i == label
            if loss == "cross_entropy":
                terms[k] -= np.log(m) if own else np.log(1 - m)
            else:
                terms[k] += (1 - m) ** 2 if own else m**2
    return terms


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares"])
def test_classifier_loss_is_equations_2_and_4(loss):
    logits, p, y = batch()
    expected = classifier_terms(p, y, loss).mean()
    one_hot = torch.from_numpy(np.eye(4)[y])
    assert np.isclose(classifier_loss(torch.from_numpy(logits), one_hot, loss), expected)


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares"])
def test_classifier_loss_weighs_rows_by_their_class(loss):
    logits, p, y = batch()
    weights = np.array([0.5, 2.0, 3.0, 7.0])
    assert len(set(y)) == 4
    expected = (weights[y] * classifier_terms(p, y, loss)).mean()
    one_hot = torch.from_numpy(np.eye(4)[y])
    found = classifier_loss(torch.from_numpy(logits), one_hot, loss, torch.from_numpy(weights))
    assert np.isclose(found, expected)


@pytest.mark.parametrize("loss", ["cross_entropy", "least_squares"])
def test_misleading_loss_is_equation_6(loss):
    logits, p, y = batch()
    y = y % 3  # class 3 is the largest: never generated, and no target
    driven_out, pulled_up = 0.0, 0.0
    for row, label in zip(p, y):
        for i, m in enumerate(row):
            if i == label:  # L_i7
                driven_out += m**2 if loss == "least_squares" else -np.log(1 - m)
            elif i != 3:  # L_i8
                pulled_up += (1 - m) ** 2 if loss == "least_squares" else -np.log(m)
    one_hot = torch.from_numpy(np.eye(4)[y])
    own = misleading_loss(torch.from_numpy(logits), one_hot, loss)
    assert np.isclose(own, driven_out / 7)
    pulled = torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    both = misleading_loss(torch.from_numpy(logits), one_hot, loss, pulled)
    assert np.isclose(both, (driven_out + pulled_up) / 7)


def test_losses_stay_finite_for_certain_classifiers():
    logits = torch.tensor([[80.0, -80.0]], requires_grad=True)
    for one_hot in (torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])):
        logits.grad = None
        loss = classifier_loss(logits, one_hot) + misleading_loss(logits, one_hot)
        loss.backward()
        assert loss.isfinite()
        assert logits.grad.isfinite().all()


# the others ----------------------------------------------------------------------------------


def test_micro_clusters():
    rng = np.random.RandomState(0)
    own, near = rng.normal(size=(5, 3)), rng.normal(size=(5, 2, 3))
    weights = rng.dirichlet([1, 1], size=5)
    expected = np.mean(
        [
            sum(w * ((x - other) ** 2).sum() for w, other in zip(row, others))
            for x, others, row in zip(own, near, weights)
        ]
    )
    found = micro_cluster_loss(*map(torch.from_numpy, (own, near, weights)))
    assert np.isclose(found, expected)


def test_softmax_loss():
    logits, _, y = batch()
    found = softmax_loss(torch.from_numpy(logits), torch.from_numpy(y))
    assert found.item() == pytest.approx(cross_entropy(logits, y), rel=1e-5)


def test_weight_of_the_penalty_is_that_of_the_papers():
    assert PENALTY_WEIGHT == 10


def test_gradient_penalty_is_the_squared_excess_of_the_slope():
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    x = torch.randn(7, 4)
    jacobian = torch.stack([torch.autograd.functional.jacobian(critic, row)[0] for row in x])
    expected = (jacobian.norm(dim=1) - 1).square().mean()
    assert gradient_penalty(critic, x).item() == pytest.approx(expected.item(), rel=1e-5)
    weights = torch.tensor([0.6, 0.0, 0.8, 0.0])
    assert gradient_penalty(lambda rows: rows @ weights, x).item() == pytest.approx(0, abs=1e-10)


def test_gradient_penalty_teaches_the_critic():
    """Its own gradient is that of (|w| - 1)^2, 2 (|w| - 1) w / |w|: no slope is detached."""
    weights = torch.tensor([3.0, 4.0], requires_grad=True)
    gradient_penalty(lambda rows: rows @ weights, torch.randn(3, 2)).backward()
    assert weights.grad.tolist() == pytest.approx([8 * 0.6, 8 * 0.8], rel=1e-5)


def test_gradient_penalty_is_safe_at_a_slope_of_zero():
    scale = torch.zeros(1, requires_grad=True)
    penalty = gradient_penalty(lambda rows: (scale * rows).sum(dim=1), torch.randn(3, 4))
    penalty.backward()
    assert penalty.item() == pytest.approx(1, abs=1e-5)
    assert scale.grad.isfinite().all()


@pytest.mark.parametrize("shape", [(3,), (2, 4, 3)])
def test_points_between_are_uniform_on_the_line_of_each_pair(shape):
    torch.manual_seed(0)
    x, other = torch.randn(4000, *shape), torch.randn(4000, *shape)
    points = points_between(x, other).flatten(1)
    line = (x - other).flatten(1)
    place = ((points - other.flatten(1)) * line).sum(dim=1) / line.square().sum(dim=1)
    assert torch.allclose(points, other.flatten(1) + place[:, None] * line, atol=1e-4)
    places = np.sort(place.numpy())
    assert np.abs(places - np.linspace(0, 1, 4000)).max() < 0.04


def test_vae_loss_is_the_divergence_of_torch():
    mean, log_variance = torch.randn(5, 3), torch.randn(5, 3)
    normal = torch.distributions.Normal
    posterior = normal(mean, (0.5 * log_variance).exp())
    divergence = torch.distributions.kl_divergence(posterior, normal(0.0, 1.0)).sum(1).mean()
    decoded, x = torch.randn(5, 1, 4, 4), torch.randn(5, 1, 4, 4)
    parts = vae_loss(decoded, x, mean, log_variance)
    assert set(parts) == {"reconstruction", "kl"}
    assert torch.isclose(parts["kl"], divergence)
    # the authors' number of values times the mean squared error
    assert torch.isclose(parts["reconstruction"], 16 * (decoded - x).square().mean())


# a softmax that knows how often classes are drawn ----------------------------------------------

COUNTS = np.array([900, 90, 10, 16])


@pytest.mark.parametrize("tau", [0.0, 1.0, 1.7])
def test_logit_adjusted(tau):
    logits, _, y = batch()
    priors = COUNTS / COUNTS.sum()
    found = logit_adjusted_loss(
        torch.tensor(logits), torch.tensor(y), torch.tensor(priors), tau
    ).item()
    shifted = softmax(logits + tau * np.log(priors))[np.arange(7), y]
    assert found == pytest.approx(-np.log(shifted).mean(), rel=1e-5)


def test_logits_of_an_adjusted_loss_are_those_of_balanced_classes():
    """What is learnt of rows that tell nothing: equal logits, whatever the priors."""
    logits = torch.zeros(1, 4, requires_grad=True)
    y = torch.tensor(np.repeat(np.arange(4), COUNTS))
    priors = torch.tensor(COUNTS / COUNTS.sum())
    logit_adjusted_loss(logits.expand(len(y), 4), y, priors).backward()
    np.testing.assert_allclose(logits.grad, 0, atol=1e-6)


def test_ldam():
    cosines, _, y = batch()
    cosines = np.tanh(cosines)
    margins = 0.5 * COUNTS**-0.25 / (COUNTS**-0.25).max()
    assert margins[2] == 0.5
    own = np.arange(4) == y[:, None]
    expected = -np.log(softmax(30 * (cosines - own * margins))[np.arange(7), y]).mean()
    found = ldam_loss(30 * torch.tensor(cosines), torch.tensor(y), torch.tensor(COUNTS)).item()
    assert found == pytest.approx(expected, rel=1e-5)
    wide = 2 * cosines - own * 2 * margins
    expected = -np.log(softmax(wide)[np.arange(7), y]).mean()
    given = torch.tensor(2 * cosines), torch.tensor(y), torch.tensor(COUNTS)
    assert ldam_loss(*given, max_margin=1.0, scale=2).item() != pytest.approx(expected)
    assert ldam_loss(*given, scale=2).item() == pytest.approx(expected, rel=1e-5)


def test_weights_of_rows():
    logits, _, y = batch()
    given = torch.tensor(logits), torch.tensor(y)
    weights = torch.arange(7.0)
    expected = -(np.arange(7) * np.log(softmax(logits)[np.arange(7), y])).mean()
    for loss, more in (
        (softmax_loss, ()),
        (logit_adjusted_loss, (torch.full((4,), 0.25),)),
    ):
        assert loss(*given, *more, weights=weights).item() == pytest.approx(expected, rel=1e-5)
    ldam = ldam_loss(*given, torch.tensor(COUNTS), weights, max_margin=0.0).item()
    assert ldam == pytest.approx(expected, rel=1e-5)
