"""Recipes: what is drawn, what the loss is told, and what batch norm keeps."""

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan.training import Recipe, torch_scope
from imblearn_gan.training.recipe import Course, Criterion, kept_statistics, learnt_shares
from tests.players import softmax

COUNTS = np.array([900, 90, 10])
Y = torch.from_numpy(np.repeat([0, 1, 2], COUNTS))
CPU = torch.device("cpu")


def course(synthetic=None, max_epochs=10, weight=(1.0, 1.0, 1.0), **parameters):
    return Course(Recipe(**parameters), Y, torch.tensor(weight), synthetic, max_epochs)


def orders(of, n_epochs, seed=0):
    with torch_scope(seed, CPU):
        return [of.order() for _ in range(n_epochs)]


def shares(order):
    return np.bincount(Y[order], minlength=3) / len(order)


def some_made():
    """Synthetic rows: few of the largest class, most of the others."""
    return torch.from_numpy(np.random.RandomState(0).rand(len(Y)) < np.array([0.1, 0.8, 0.8])[Y])


# draws ------------------------------------------------------------------------------------------


def test_natural_draws_deal_each_row_out_once_an_epoch():
    for order in orders(course(), 3):
        assert order.sort().values.tolist() == list(range(len(Y)))


@pytest.mark.parametrize("q", [0.0, 0.25, 0.5, 0.75])
def test_classes_are_drawn_in_proportion_to_a_power_of_their_size(q):
    drawn = torch.cat(orders(course(class_sampling=q), 30))
    expected = COUNTS**q / (COUNTS**q).sum()
    np.testing.assert_allclose(shares(drawn), expected, atol=0.01)
    per_row = np.bincount(drawn[Y[drawn] == 1] - 900)
    assert per_row.min() > 0.5 * per_row.mean()  # no row of a class is forgotten


def test_an_epoch_has_as_many_draws_as_there_are_rows():
    assert [len(order) for order in orders(course(class_sampling=0.5), 2)] == [len(Y)] * 2


def test_a_seed_gives_the_same_draws():
    first, again, other = (orders(course(class_sampling=0.0), 2, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.cat(first), torch.cat(again))
    assert not torch.equal(torch.cat(first), torch.cat(other))


@pytest.mark.parametrize(("fraction", "n_last"), [(0.3, 3), (0.01, 1), (0.95, 10), (0.9, 9)])
def test_the_last_epochs_are_balanced(fraction, n_last):
    found = orders(course(deferred_balancing=fraction), 10)
    even = [bool(np.allclose(shares(order), 1 / 3, atol=0.06)) for order in found]
    assert even == [False] * (10 - n_last) + [True] * n_last


@pytest.mark.parametrize("q", [1.0, 0.5])
def test_the_last_epochs_see_real_rows_alone_and_classes_as_often(q):
    made = some_made()
    found = orders(course(made, real_epochs=0.2, class_sampling=q), 10)
    assert [bool(made[order].any()) for order in found] == [True] * 8 + [False] * 2
    before, after = torch.cat(found[:8]), torch.cat(found[8:])
    np.testing.assert_allclose(shares(before), shares(after), atol=0.04)


def test_real_rows_and_balance_may_begin_at_different_epochs():
    made = some_made()
    found = orders(course(made, real_epochs=0.2, deferred_balancing=0.5), 10)
    even = [bool(np.allclose(shares(order), 1 / 3, atol=0.06)) for order in found]
    assert even == [False] * 5 + [True] * 5
    assert [bool(made[order].any()) for order in found] == [True] * 8 + [False] * 2


# what a batch is told ---------------------------------------------------------------------------


def batch(of, index, x=None):
    x = torch.randn(len(index), 1, 2, 2) if x is None else x
    with torch_scope(0, CPU):
        of.order()
        return of.batch(x, index)


INDEX = torch.tensor([0, 1, 2, 950, 995, 3, 901, 999])


def test_nothing_is_told_without_a_recipe():
    x = torch.randn(8, 1, 2, 2)
    same, y = batch(course(some_made()), INDEX, x)
    assert same is x
    assert torch.equal(y, Y[INDEX])


def test_priors_are_those_of_the_draws_and_of_the_weights_of_rows():
    _, target = batch(course(class_sampling=0.5, loss="balanced_softmax"), INDEX)
    np.testing.assert_allclose(target["priors"], COUNTS**0.5 / (COUNTS**0.5).sum(), rtol=1e-6)
    made = torch.arange(len(Y)) >= 900 + 45  # half of class 1, all of class 2
    _, target = batch(course(made, synthetic_weight=0.5, loss="balanced_softmax"), INDEX)
    weight = np.array([900, 45 + 45 / 2, 10 / 2])
    np.testing.assert_allclose(target["priors"], weight / weight.sum(), rtol=1e-6)


def test_rows_are_weighed_by_class_and_by_what_they_are():
    made = torch.zeros(len(Y), dtype=torch.bool)
    made[[1, 950]] = True
    told = course(made, weight=(1.0, 2.0, 4.0), synthetic_weight=0.25)
    _, target = batch(told, INDEX)
    expected = np.array([1.0, 0.25, 1, 2 * 0.25, 4, 1, 2, 4])
    found = target["weights"][:, 0].numpy()
    np.testing.assert_allclose(found / found[0], expected, rtol=1e-6)


def test_mixup_mixes_rows_and_losses_in_one_proportion():
    x = torch.eye(8).view(8, 1, 2, 4)
    mixed, target = batch(course(mixup=1.0), INDEX, x)
    flat = mixed.view(8, 8).numpy()
    share = float(target["weights"][0, 0])
    np.testing.assert_allclose(target["weights"].sum(dim=1), 1, rtol=1e-6)
    assert 0 < share < 1
    for row in range(8):
        (other,) = np.flatnonzero(np.delete(flat[row], row)) if flat[row, row] < 1 else (row,)
        other += other >= row if flat[row, row] < 1 else 0
        assert target["y"][row].tolist() == [int(Y[INDEX[row]]), int(Y[INDEX[other]])]
        if other != row:
            assert flat[row, row] == pytest.approx(share)
            assert flat[row, other] == pytest.approx(1 - share)


def test_mixup_draws_a_proportion_for_each_batch_by_a_beta_distribution():
    told, found = course(mixup=0.3), []
    with torch_scope(0, CPU):
        told.order()
        for _ in range(2000):
            found.append(float(told.batch(torch.zeros(8, 1), INDEX)[1]["weights"][0, 0]))
    assert np.mean(found) == pytest.approx(0.5, abs=0.04)
    assert np.var(found) == pytest.approx(1 / (4 * (2 * 0.3 + 1)), rel=0.1)


def test_synthetic_rows_are_mixed_with_synthetic_ones():
    made = torch.zeros(len(Y), dtype=torch.bool)
    made[INDEX[:3]] = True
    x = torch.where(made[INDEX], 1.0, -1.0).view(8, 1, 1, 1)
    mixed, _ = batch(course(made, mixup=1.0), INDEX, x)
    np.testing.assert_allclose(mixed, x, rtol=1e-6)


def test_rows_alone_are_left_out_where_each_kind_has_its_statistics():
    made = torch.zeros(len(Y), dtype=torch.bool)
    made[INDEX[1]] = True
    told = course(made, synthetic_norm=True)
    assert told.kept(INDEX).tolist() == [i for i in INDEX.tolist() if i != 1]
    made[INDEX[2]] = True
    assert course(made, synthetic_norm=True).kept(INDEX).tolist()[-2:] == [1, 2]
    assert course(made).kept(INDEX) is INDEX
    assert len(told.kept(INDEX[:2])) == 0


# the loss ---------------------------------------------------------------------------------------

LOGITS = np.random.RandomState(1).normal(size=(8, 3)) * 3


def cross_entropy(logits, y):
    return -np.log(softmax(logits)[np.arange(len(y)), y])


@pytest.mark.parametrize("tau", [1.0, 2.0])
def test_the_loss_of_a_mixed_batch(tau):
    told = course(class_sampling=0.5, loss="logit_adjusted", tau=tau, mixup=1.0)
    _, target = batch(told, INDEX)
    adjusted = LOGITS + tau * np.log(COUNTS**0.5 / (COUNTS**0.5).sum())
    codes, weights = target["y"].T.numpy(), target["weights"].T.numpy()
    parts = [cross_entropy(adjusted, y) * w for y, w in zip(codes, weights)]
    found = Criterion(told)(torch.tensor(LOGITS), target)
    assert found.item() == pytest.approx(np.sum([part.mean() for part in parts]), rel=1e-5)


def test_held_out_rows_are_weighed_as_the_last_epochs_draw_them():
    told = course(deferred_balancing=0.2)
    logits = torch.stack([torch.zeros(len(Y)), *[torch.full((len(Y),), -50.0)] * 2], dim=1)
    of_class = cross_entropy(logits.numpy(), Y.numpy())
    found = Criterion(told)(logits, Y).item()
    assert found == pytest.approx(np.mean([of_class[c == Y].mean() for c in range(3)]), rel=1e-5)


@pytest.mark.parametrize(
    "recipe", [{}, {"class_sampling": 0.5}, {"synthetic_weight": 0.5}, {"loss": "balanced_softmax"}]
)
def test_held_out_rows_are_real_ones_and_stand_for_what_is_drawn(recipe):
    """Of 900, 90 and 10 rows 600, 60 and none are real; a tenth of these is held out."""
    n_real = torch.tensor([600, 60, 0])
    place = torch.cat([torch.arange(n) for n in COUNTS])
    told = course(place >= n_real[Y], **recipe)
    shares, held_out = told.stages[-1].shares, torch.repeat_interleave(n_real // 10)
    logits = torch.tensor(np.random.RandomState(0).normal(size=(66, 3))).float()
    criterion = Criterion(told).eval()
    adjusted = logits.numpy() + (np.log(shares.numpy()) if "loss" in recipe else 0)
    of_row = cross_entropy(adjusted, held_out.numpy())
    expected = sum(float(shares[c]) * of_row[held_out == c].mean() for c in (0, 1))
    assert criterion(logits, held_out).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", ["cross_entropy", "balanced_softmax"])
def test_plain_recipes_are_torchs_cross_entropy(loss):
    weight = torch.tensor([1.0, 2.0, 0.5])
    told = course(weight=(1.0, 2.0, 0.5), loss=loss)
    logits, y = torch.tensor(LOGITS).float(), Y[INDEX]
    if loss == "cross_entropy":
        expected = nn.CrossEntropyLoss(weight=weight)(logits, y)
        assert torch.equal(Criterion(told)(logits, y), expected)
    else:
        assert Criterion(told)(logits, y) != nn.CrossEntropyLoss(weight=weight)(logits, y)


# batch norm -------------------------------------------------------------------------------------


def test_kept_statistics_are_left_as_they_are_and_weights_learn():
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))
    norm = network[1]
    real, made = torch.randn(16, 1, 4, 4), 5 + 3 * torch.randn(16, 1, 4, 4)
    network(real)
    before = norm.running_mean.clone(), norm.running_var.clone()
    with kept_statistics(network):
        out = network(made)
    assert torch.equal(norm.running_mean, before[0])
    assert torch.equal(norm.running_var, before[1])
    np.testing.assert_allclose(out.mean(dim=(0, 2, 3)).detach(), 0, atol=1e-5)  # its own
    out.square().mean().backward()
    assert norm.weight.grad is not None
    network(made)
    assert not torch.equal(norm.running_mean, before[0])


def test_kept_statistics_end_with_an_error():
    norm = nn.BatchNorm2d(2)
    with pytest.raises(RuntimeError, match="stop"), kept_statistics(norm):
        raise RuntimeError("stop")
    assert norm.momentum == 0.1


# the scale of probabilities ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, COUNTS),
        ({"class_sampling": 0.5}, COUNTS**0.5),
        ({"class_sampling": 0.0}, COUNTS**0),
        ({"deferred_balancing": 0.2}, COUNTS**0),
        ({"loss": "balanced_softmax", "class_sampling": 0.5}, COUNTS**0),
        ({"loss": "logit_adjusted", "tau": 0.5}, COUNTS**0.5),
        ({"loss": "logit_adjusted", "tau": 1e6}, COUNTS.min() == COUNTS),
    ],
)
def test_shares_that_were_learnt(parameters, expected):
    found = learnt_shares(Recipe(**parameters), Y.numpy(), np.ones(3), None)
    np.testing.assert_allclose(found, expected / expected.sum())


def test_class_weights_count_in_what_was_learnt():
    found = learnt_shares(Recipe(), Y.numpy(), np.array([1.0, 10.0, 90.0]), None)
    np.testing.assert_allclose(found, np.full(3, 1 / 3))
