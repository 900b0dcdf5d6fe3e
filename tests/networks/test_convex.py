"""GAMO's generators: eq. (1), few rows, and the ablation."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from imblearn_gan.networks import ConditionalGenerator, ConvexGenerator, RowStore
from tests.players import array, linear, softmax


def of(*counts):
    """Class codes, ordered."""
    return torch.repeat_interleave(torch.tensor(counts))


@pytest.mark.parametrize("n_support", [None, 2])
@pytest.mark.parametrize("tilt", [None, 1.0])
def test_weights_are_nonnegative_and_sum_to_one(n_support, tilt):
    generator = ConvexGenerator(4, [0, 9, 5], n_support, tilt)
    y = of(0, 70, 40)
    index, weights = generator.weights(torch.randn(110, 4), y)
    assert weights.shape == (110, 14 if n_support is None else n_support)
    assert (weights >= 0).all()
    assert torch.allclose(weights.sum(1), torch.ones(110))
    if n_support is None:
        assert index is None
        assert (weights > 0).tolist() == [[i == 1] * 9 + [i == 2] * 5 for i in y.tolist()]
    else:
        assert [sorted(set(index[y == i].ravel().tolist())) for i in (1, 2)] == [
            list(range(9)),
            list(range(5)),
        ]


def test_full_weights_do_not_depend_on_how_rows_are_grouped():
    generator = ConvexGenerator(4, [3, 4]).eval()
    z, rows = torch.randn(6, 4), torch.randn(7, 5)
    together = generator(z, of(2, 4), rows)
    apart = torch.cat([generator(z[:2], of(2, 0), rows), generator(z[2:], of(0, 4), rows)])
    assert torch.allclose(together, apart, atol=1e-6)


@pytest.mark.parametrize("n_support", [None, 2])
def test_rows_may_lie_among_those_of_classes_that_are_not_made(n_support):
    generator = ConvexGenerator(4, [0, 3, 0, 4], n_support).eval()
    z, y, rows = torch.randn(6, 4), of(0, 2, 0, 4), torch.randn(7, 5)
    others = torch.full((2, 5), torch.nan)
    among = torch.cat([others, rows[:3], others, rows[3:]])
    made = []
    for given in ((rows,), (among, torch.tensor([0, 2, 5, 7]))):
        torch.manual_seed(0)
        made.append(generator(z, y, *given))
    assert torch.equal(*made)


def test_devices_other_than_the_cpu_combine_the_same_rows_at_once():
    generator = ConvexGenerator(4, [0, 3, 0, 4]).eval()
    z, y, rows, starts = torch.randn(6, 4), of(0, 2, 0, 4), torch.randn(11, 5), [0, 2, 5, 7]
    starts = torch.tensor(starts)
    expected = generator(z, y, rows, starts)
    assert torch.allclose(generator._all_at_once(z, y, rows, starts), expected, atol=1e-6)


def mapped(generator, z, counts):
    """What the mapping unit gives, in NumPy: no layer of it is trusted but the linear ones."""
    first, _, norm, second, _, last = generator.mapping.layers
    one_hot = np.repeat(np.eye(len(counts)), counts, axis=0)
    values = np.concatenate([array(z), one_hot], axis=1)
    for layer, unit in ((first, norm), (second, last)):
        values = np.maximum(0, linear(layer, values))
        values = (values - array(unit.running_mean)) / np.sqrt(array(unit.running_var) + unit.eps)
        values = values * array(unit.weight) + array(unit.bias)
    return values


def test_rows_are_the_softmax_of_the_class_times_its_rows():
    """Equation (1): G(z|i) = g_i(t(z|i))^T X_i."""
    torch.manual_seed(0)
    generator = ConvexGenerator(4, [0, 3, 5]).eval()
    z, rows = torch.randn(6, 4), torch.randn(8, 2)
    made = array(generator(z, of(0, 2, 4), rows))
    logits = linear(generator.instances, mapped(generator, z, [0, 2, 4]))
    for part, own in ((slice(0, 2), slice(0, 3)), (slice(2, 6), slice(3, 8))):
        weights = softmax(logits[part, own])
        assert np.allclose(made[part], weights @ array(rows[own]), atol=1e-5)
    weights = array(generator.weights(z, of(0, 2, 4))[1])
    assert np.allclose(made, weights @ array(rows), atol=1e-5)


@pytest.mark.parametrize("tilt", [None, 2.0, 0.5])
def test_few_rows_have_tilted_dirichlet_weights(tilt):
    torch.manual_seed(0)
    generator = ConvexGenerator(4, [0, 6], n_support=3, tilt=tilt).eval()
    with torch.no_grad():
        generator.instances.bias.mul_(40)  # far beyond any bound
    z = torch.randn(5, 4)
    torch.manual_seed(7)
    index, weights = generator.weights(z, of(0, 5))
    torch.manual_seed(7)
    same_index = torch.randint(2**62, (5, 3)) % 6
    draws = np.log(array(torch.empty(5, 3).exponential_()))
    assert torch.equal(index, same_index)
    logits = linear(generator.instances, mapped(generator, z, [0, 5]))
    logits = np.take_along_axis(logits, index.numpy(), axis=1)
    assert np.abs(logits).max() > 3
    if tilt is not None:
        logits = tilt * np.tanh(logits / tilt)
    assert np.allclose(array(weights), softmax(logits + draws), atol=1e-5)
    rows = torch.randn(6, 2)
    torch.manual_seed(7)
    made = generator(z, of(0, 5), rows)
    combined = np.einsum("ns,nsv->nv", array(weights), array(rows)[index])
    assert np.allclose(array(made), combined, atol=1e-5)


def test_untilted_weights_of_few_rows_are_uniform_on_the_simplex():
    generator = ConvexGenerator(4, [0, 6], n_support=2, tilt=2.0).eval()
    with torch.no_grad():
        for parameter in generator.instances.parameters():
            parameter.zero_()
    torch.manual_seed(0)
    index, weights = generator.weights(torch.randn(4000, 4), of(0, 4000))
    assert np.abs(np.sort(weights[:, 0].detach()) - np.linspace(0, 1, 4000)).max() < 0.04
    assert torch.bincount(index.ravel()) / 8000 == pytest.approx([1 / 6] * 6, abs=0.02)


@pytest.mark.parametrize("n_support", [None, 2])
def test_gradients_reach_the_mapping_and_the_units_of_the_class_alone(n_support):
    generator = ConvexGenerator(4, [0, 6, 5], n_support, tilt=2.0)
    generator(torch.randn(40, 4), of(0, 40, 0), torch.randn(11, 3)).square().sum().backward()
    assert generator.mapping.layers[0].weight.grad.any()
    moved = generator.instances.weight.grad.any(dim=1)
    assert moved.tolist() == [True] * 6 + [False] * 5


class Operations(TorchDispatchMode):
    """Counts operations."""

    n = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.n += 1
        return function(*args, **(kwargs or {}))


def test_few_rows_take_as_many_operations_whatever_the_number_of_classes():
    found = []
    for n_classes in (2, 200):
        generator = ConvexGenerator(4, [3] * n_classes, n_support=2, tilt=2.0)
        z, y = torch.randn(400, 4), torch.arange(n_classes).repeat_interleave(400 // n_classes)
        rows = torch.randn(3 * n_classes, 5)
        with Operations() as operations:
            generator(z, y, rows).sum().backward()
        found.append(operations.n)
    assert found[0] == found[1] > 20


def test_conditional_generator_is_told_the_label():
    torch.manual_seed(0)
    generator = ConditionalGenerator(4, 3, nn.Linear(64, 6)).eval()
    z = torch.randn(1, 4).repeat(2, 1)
    first, second = generator(z, of(1, 0, 1))
    assert not torch.allclose(first, second)
    expected = linear(generator.output, mapped(generator, z, [1, 0, 1]))
    assert np.allclose(array(generator(z, of(1, 0, 1))), expected, atol=1e-5)


def test_stored_rows_travel_with_the_networks():
    rows = torch.randn(3, 2)
    assert list(RowStore(None).state_dict()) == []
    stored = RowStore(rows).state_dict()
    assert torch.equal(stored["rows"], rows)
