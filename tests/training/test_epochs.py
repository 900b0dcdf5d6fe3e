"""Training by epochs: batches, early stopping, weights, what goes wrong."""

import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from imblearn_gan.training import EpochTraining, Recipe, layout_of, torch_scope
from imblearn_gan.training.epochs import _Batches
from imblearn_gan.training.recipe import Course

CPU = torch.device("cpu")
N_CLASSES = 2


class Small(nn.Module):
    """Two logits of images of one pixel; notes what it sees."""

    seen: list = []

    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, width, 1), nn.Flatten(), nn.Linear(width, 2))

    def forward(self, x):
        """Logits."""
        Small.seen.append((self.training, x.detach().clone(), torch.is_autocast_enabled("cpu")))
        return self.layers(x)


@pytest.fixture(autouse=True)
def forget():
    Small.seen = []


def rows(n, *, shift=3.0, noise=0.5):
    """One pixel, above zero for class 1."""
    y = torch.arange(n) % N_CLASSES
    generator = torch.Generator().manual_seed(n)
    x = (2 * y - 1) * shift + noise * torch.randn(n, generator=generator)
    return TensorDataset(x.float()[:, None, None, None], y)


def run(train=None, valid=None, *, weight=(1.0, 1.0), augment=lambda x: x, seed=0, **params):
    settings = {
        "max_epochs": 5,
        "batch_size": 8,
        "learning_rate": 0.05,
        "weight_decay": 0.0,
        "patience": 5,
        "verbose": 0,
        "device": CPU,
        "dtype": torch.float32,
    }
    training = EpochTraining(**settings | params)
    train = rows(40) if train is None else train
    valid = rows(0) if valid is None else valid
    with torch_scope(seed, CPU):
        return training.run(Small, {"width": 3}, train, valid, np.array(weight), augment)


def network(state):
    made = Small(width=3)
    made.load_state_dict(state)
    return made.eval()


def loss(state, dataset):
    x, y = dataset.tensors
    with torch.no_grad():
        return nn.functional.cross_entropy(network(state)(x), y).item()


def test_learns_and_records_epochs():
    state, history = run(rows(40), rows(10))
    assert [record["iteration"] for record in history] == [1, 2, 3, 4, 5]
    assert all(
        record.keys() == {"phase", "iteration", "train_loss", "valid_loss", "valid_acc"}
        for record in history
    )
    assert {record["phase"] for record in history} == {"train"}
    assert history[-1]["train_loss"] < history[0]["train_loss"] / 2
    assert history[-1]["valid_acc"] == 1
    assert loss(state, rows(10)) == pytest.approx(min(r["valid_loss"] for r in history), rel=1e-4)


def test_a_seed_gives_the_same_weights():
    first, again, other = (run(seed=seed)[0] for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_without_held_out_rows_all_epochs_are_made():
    _, history = run(rows(40), rows(0), patience=1, max_epochs=4)
    assert len(history) == 4
    assert not any("valid_loss" in record for record in history)


def test_patience_ends_the_training_at_the_best_weights():
    opposite = TensorDataset(rows(20).tensors[0], 1 - rows(20).tensors[1])
    state, history = run(rows(40), opposite, patience=2, max_epochs=30, learning_rate=0.2)
    losses = [record["valid_loss"] for record in history]
    assert len(history) == 3  # what is learnt is wrong there: the first epoch is the best
    assert losses == sorted(losses)
    assert loss(state, opposite) == pytest.approx(losses[0], rel=1e-4)


def test_only_training_rows_are_augmented():
    run(rows(16), rows(6), augment=lambda x: x + 100, max_epochs=2)
    modes = {training for training, *_ in Small.seen}
    assert modes == {True, False}
    for training, x, _ in Small.seen:
        assert (x.min() > 50) == training


def test_class_weights_count():
    mixed = rows(200, shift=0.3, noise=2.0)
    plain, weighted = (
        network(run(mixed, weight=weight, max_epochs=10)[0])(mixed.tensors[0]).argmax(1)
        for weight in ((1.0, 1.0), (1.0, 20.0))
    )
    assert plain.float().mean() < 0.7
    assert weighted.float().mean() > 0.9


def test_learning_rate_falls_to_zero():
    states = []

    class Noting(Small):
        def forward(self, x):
            if self.training:
                states.append(self.layers[0].weight.detach().clone())
            return super().forward(x)

    training = EpochTraining(10, 8, 0.05, 0.0, 5, 0, CPU, torch.float32)
    with torch_scope(0, CPU):
        training.run(Noting, {"width": 3}, rows(40), rows(0), np.ones(2), lambda x: x)
    steps = [(b - a).abs().max().item() for a, b in pairwise(states)]
    assert len(states) == 50
    assert steps[-1] < 0.01 * max(steps)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_precision_and_layout(dtype):
    state, _ = run(dtype=dtype)
    assert {value.dtype for value in state.values()} == {torch.float32}
    assert {cast for *_, cast in Small.seen} == {dtype == torch.bfloat16}


@pytest.mark.parametrize(
    ("images", "dtype", "device", "layout"),
    [
        (True, torch.float32, CPU, torch.channels_last),
        (True, torch.bfloat16, CPU, torch.channels_last),
        (True, torch.bfloat16, torch.device("cuda"), torch.channels_last),
        (True, torch.float32, torch.device("cuda"), torch.preserve_format),
        (False, torch.float32, CPU, torch.preserve_format),
    ],
)
def test_layout(images, dtype, device, layout):
    assert layout_of(images, dtype, device) == layout


def test_network_learns_in_its_layout():
    seen = []

    class Convolving(Small):
        def __init__(self, width):
            super().__init__(width)
            self.convolution = nn.Conv2d(3, 2, 3)

        def forward(self, x):
            seen.append(self.convolution.weight.is_contiguous(memory_format=torch.channels_last))
            return super().forward(x)

    training = EpochTraining(1, 8, 0.05, 0.0, 5, 0, CPU, torch.float32)
    with torch_scope(0, CPU):
        training.run(Convolving, {"width": 3}, rows(40), rows(0), np.ones(2), lambda x: x)
    assert seen
    assert all(seen)


# batches ----------------------------------------------------------------------------------------


def course_of(dataset):
    y = dataset.tensors[1]
    return Course(Recipe(), y, torch.ones(N_CLASSES), None, 3)


@pytest.mark.parametrize(
    ("n", "size", "shuffled", "in_order"),
    [(8, 4, [4, 4], [4, 4]), (10, 4, [4, 4, 2], [4, 4, 2]), (9, 4, [4, 4], [4, 4, 1])],
)
def test_a_last_batch_of_one_row_is_left_out_in_training(n, size, shuffled, in_order):
    torch.manual_seed(0)
    for course, expected in ((course_of(rows(n)), shuffled), (None, in_order)):
        batches = _Batches(rows(n), size, course)
        assert [len(y) for _, y in batches] == expected
        assert len(batches) == len(expected)


def test_batches_are_shuffled_each_time_with_their_labels():
    torch.manual_seed(0)
    dataset = rows(40)
    batches = _Batches(dataset, 10, course_of(dataset))
    first, second = (torch.cat([x for x, _ in batches]) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(first.sort(dim=0).values, dataset.tensors[0].sort(dim=0).values)
    assert all(((x[:, 0, 0, 0] > 0) == (y == 1)).all() for x, y in batches)
    held_out = _Batches(dataset, 10)
    assert torch.equal(torch.cat([x for x, _ in held_out]), dataset.tensors[0])


# what goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize("held_out", [0, 10])
@pytest.mark.parametrize("max_epochs", [1, 3])
def test_divergence_is_told(held_out, max_epochs):
    with pytest.raises(FloatingPointError, match="smaller learning_rate"):
        run(valid=rows(held_out), learning_rate=1e30, max_epochs=max_epochs)


def test_divergence_in_the_last_update_is_told():
    """The loss is still finite: only the weights are not."""
    with pytest.raises(FloatingPointError, match="smaller learning_rate"):
        run(batch_size=40, max_epochs=1, learning_rate=1e30, weight_decay=1e10)


@pytest.mark.parametrize("held_out", [0, 10])
@pytest.mark.parametrize("at", [0, 7])
def test_ctrl_c_is_no_early_stop(held_out, at):
    calls = iter(range(1000))

    def interrupted(x):
        if next(calls) == at:
            raise KeyboardInterrupt
        return x

    with pytest.raises(KeyboardInterrupt):
        run(valid=rows(held_out), augment=interrupted)


def test_without_skorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "skorch", None)
    with pytest.raises(ImportError, match="pip install skorch"):
        run()
