"""GAMO's generators: eq. (1), few rows, and the ablation."""

import numpy as np
import pytest
import torch
from torch import nn

from imblearn_gan.networks import ConditionalGenerator, ConvexGenerator, RowStore, one_hot_of
from tests.players import array, linear, softmax


@pytest.mark.parametrize("n_support", [None, 2])
@pytest.mark.parametrize("tilt", [None, 1.0])
def test_weights_are_nonnegative_and_sum_to_one(n_support, tilt):
    generator = ConvexGenerator(4, [0, 9, 5], n_support, tilt)
    weights = generator.weights(torch.randn(11, 4), [0, 7, 4])
    assert sorted(weights) == [1, 2]
    for i, n in ((1, 7), (2, 4)):
        index, w = weights[i]
        assert len(w) == n
        assert (w >= 0).all()
        assert torch.allclose(w.sum(1), torch.ones(n))
        assert index is None or index.max() < generator.class_counts[i]


def test_full_weights_do_not_depend_on_how_rows_are_grouped():
    generator = ConvexGenerator(4, [3, 4]).eval()
    z, rows = torch.randn(6, 4), [torch.randn(3, 5), torch.randn(4, 5)]
    together = generator(z, [2, 4], rows)
    apart = torch.cat([generator(z[:2], [2, 0], rows), generator(z[2:], [0, 4], rows)])
    assert torch.allclose(together, apart, atol=1e-6)


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
    z, rows = torch.randn(6, 4), [None, torch.randn(3, 2), torch.randn(5, 2)]
    made = array(generator(z, [0, 2, 4], rows))
    values = mapped(generator, z, [0, 2, 4])
    for i, part in ((1, slice(0, 2)), (2, slice(2, 6))):
        weights = softmax(linear(generator.instances[i], values[part]))
        assert np.allclose(made[part], weights @ array(rows[i]), atol=1e-5)


@pytest.mark.parametrize("tilt", [None, 2.0, 0.5])
def test_few_rows_have_tilted_dirichlet_weights(tilt):
    torch.manual_seed(0)
    generator = ConvexGenerator(4, [0, 6], n_support=3, tilt=tilt).eval()
    with torch.no_grad():
        generator.instances[1].bias.mul_(40)  # far beyond any bound
    z = torch.randn(5, 4)
    torch.manual_seed(7)
    index, weights = generator.weights(z, [0, 5])[1]
    torch.manual_seed(7)
    same_index = torch.randint(6, (5, 3))
    draws = np.log(array(torch.empty(5, 3).exponential_()))
    assert torch.equal(index, same_index)
    logits = linear(generator.instances[1], mapped(generator, z, [0, 5]))
    logits = np.take_along_axis(logits, index.numpy(), axis=1)
    assert np.abs(logits).max() > 3
    if tilt is not None:
        logits = tilt * np.tanh(logits / tilt)
    assert np.allclose(array(weights), softmax(logits + draws), atol=1e-5)
    rows = torch.randn(6, 2)
    torch.manual_seed(7)
    made = generator(z, [0, 5], [None, rows])
    combined = np.einsum("ns,nsv->nv", array(weights), array(rows)[index])
    assert np.allclose(array(made), combined, atol=1e-5)


def test_untilted_weights_of_few_rows_are_uniform_on_the_simplex():
    generator = ConvexGenerator(4, [0, 6], n_support=2, tilt=2.0).eval()
    with torch.no_grad():
        for parameter in generator.instances[1].parameters():
            parameter.zero_()
    torch.manual_seed(0)
    index, weights = generator.weights(torch.randn(4000, 4), [0, 4000])[1]
    assert np.abs(np.sort(weights[:, 0].detach()) - np.linspace(0, 1, 4000)).max() < 0.04
    assert torch.bincount(index.ravel()) / 8000 == pytest.approx([1 / 6] * 6, abs=0.02)


def test_gradients_reach_the_mapping_and_the_unit_of_the_class_alone():
    generator = ConvexGenerator(4, [0, 6, 5], n_support=2, tilt=2.0)
    rows = [None, torch.randn(6, 3), torch.randn(5, 3)]
    generator(torch.randn(8, 4), [0, 8, 0], rows).square().sum().backward()
    moved = {n for n, p in generator.named_parameters() if p.grad is not None and p.grad.any()}
    assert {"mapping.layers.0.weight", "instances.1.weight"} <= moved
    assert not any(name.startswith("instances.2") for name in moved)


def test_conditional_generator_is_told_the_label():
    torch.manual_seed(0)
    generator = ConditionalGenerator(4, 3, nn.Linear(64, 6)).eval()
    z = torch.randn(1, 4).repeat(2, 1)
    first, second = generator(z, [1, 0, 1])
    assert not torch.allclose(first, second)
    expected = linear(generator.output, mapped(generator, z, [1, 0, 1]))
    assert np.allclose(array(generator(z, [1, 0, 1])), expected, atol=1e-5)


def test_one_hot_labels_are_ordered_by_class():
    found = one_hot_of([2, 0, 1], torch.zeros(3, 5))
    assert found.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]


def test_stored_rows_travel_with_the_networks():
    rows = torch.randn(3, 2)
    store = RowStore([None, rows])
    assert store.by_class[0] is None
    assert torch.equal(store.by_class[1], rows)
    assert list(store.state_dict()) == ["class_1"]
