"""Outputs of table networks: numbers, and groups of which one is 1."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from imblearn_gan.networks import TableOutput, _families, drawn
from imblearn_gan.seeding import own_generators

#: Numbers first, then groups of 2, 5, 1, 3 and 6 outputs.
N_NUMBERS, WIDTHS = 3, [2, 5, 1, 3, 6]
ENDS = (N_NUMBERS + np.cumsum(WIDTHS)).tolist()
GROUPS = [slice(end - width, end) for end, width in zip(ENDS, WIDTHS)]


@pytest.fixture
def logits():
    return torch.randn(4, ENDS[-1], generator=torch.Generator().manual_seed(0))


def test_each_group_is_a_softmax_in_its_own_place(logits):
    rows = TableOutput(GROUPS)(logits)
    assert rows.shape == logits.shape
    assert torch.allclose(rows[:, :N_NUMBERS], torch.tanh(logits[:, :N_NUMBERS]))
    for place in GROUPS:
        assert torch.allclose(rows[:, place], torch.softmax(logits[:, place], dim=1), atol=1e-6)


def test_without_groups_all_are_numbers(logits):
    assert torch.equal(TableOutput([])(logits), torch.tanh(logits))


def test_a_table_of_groups_alone(logits):
    groups = [slice(p.start - N_NUMBERS, p.stop - N_NUMBERS) for p in GROUPS]
    rows = TableOutput(groups)(logits[:, N_NUMBERS:])
    assert torch.allclose(rows, TableOutput(GROUPS)(logits)[:, N_NUMBERS:])


@pytest.mark.parametrize("how", ["the layer", "afterwards"])
def test_one_of_each_group_is_drawn_with_its_probability(logits, how):
    many = logits[:1].expand(20_000, -1)
    output = TableOutput(GROUPS)
    expected = output(logits[:1])[0]
    torch.manual_seed(0)
    if how == "the layer":
        output.draws = True
        rows = output(many)
    else:
        rows = drawn(output(many), GROUPS)
    assert torch.allclose(rows[:, :N_NUMBERS], expected[:N_NUMBERS])
    for place in GROUPS:
        assert torch.equal(rows[:, place].sum(dim=1), torch.ones(len(rows)))
        assert torch.isin(rows[:, place], torch.tensor([0.0, 1.0])).all()
        assert torch.allclose(rows[:, place].mean(dim=0), expected[place], atol=0.02)


def test_drawing_in_the_layer_passes_gradients_on(logits):
    output = TableOutput(GROUPS)
    output.draws = True
    logits.requires_grad_()
    weights = torch.arange(float(logits.shape[1]))
    (output(logits) * weights).sum().backward()
    for place in GROUPS:
        assert (logits.grad[:, place].abs().sum() > 0) == (place.stop - place.start > 1)


def test_drawing_afterwards_leaves_what_it_got(logits):
    rows = TableOutput(GROUPS)(logits)
    before = rows.clone()
    assert drawn(rows, []) is rows
    assert not torch.equal(drawn(rows, GROUPS), rows)
    assert torch.equal(rows, before)


def test_draws_are_those_of_gumbel_softmax(logits):
    output = TableOutput([slice(0, 4)])
    output.draws = True
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = functional.gumbel_softmax(logits[:, :4], _families._TEMPERATURE, hard=True)
    with own_generators(3, logits.device):
        assert torch.equal(output(logits[:, :4]), expected)


def test_values_that_are_no_probabilities_are_drawn_from():
    rows = drawn(torch.tensor([[-0.7, 0.3, -0.9, 0.1]]).expand(2000, -1), [slice(0, 4)])
    assert torch.allclose(rows.mean(dim=0), torch.tensor([0, 0.75, 0, 0.25]), atol=0.04)
    rows = drawn(torch.tensor([[-0.7, -0.1, 0.5]]).expand(2000, -1), [slice(0, 2)])
    assert torch.allclose(rows.mean(dim=0), torch.tensor([0.5, 0.5, 0.5]), atol=0.04)


def test_draws_from_probabilities_are_those_of_multinomial(logits):
    rows = torch.softmax(60 * logits.repeat(500, 1), dim=1)
    assert (rows == 0).any()
    torch.manual_seed(3)
    expected = torch.multinomial(rows, 1)
    torch.manual_seed(3)
    assert torch.equal(drawn(rows, [slice(0, rows.shape[1])]).argmax(dim=1), expected.ravel())
