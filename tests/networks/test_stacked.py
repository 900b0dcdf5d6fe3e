"""Networks that are computed at once."""

import pickle

import pytest
import torch
from torch import nn

from imblearn_gan.data import DataSpec
from imblearn_gan.networks import Generator, MLPFamily, stacked, unstack

SPEC = DataSpec((5,), (20, 10, 5), categorical_slices=(slice(2, 5),))


def built(n=3):
    torch.manual_seed(0)
    return [Generator(MLPFamily(hidden=(6, 4)).decoder(SPEC, 2)) for _ in range(n)]


def test_rows_go_to_the_networks_in_turn():
    networks = built()
    z = torch.randn(12, 2)
    expected = torch.stack([networks[i % 3](row[None], None)[0] for i, row in enumerate(z)])
    assert torch.allclose(stacked(networks)(z, None), expected, atol=1e-6)


def test_one_network_stays_as_it_is():
    (network,) = built(1)
    assert stacked([network]) is network


def test_networks_follow_what_is_trained_and_put_back():
    networks = built()
    together = stacked(networks)
    z = torch.randn(12, 2)
    start = {name: value.clone() for name, value in together.state_dict().items()}
    optimizer = torch.optim.Adam(together.parameters(), lr=0.1, fused=True)
    together(z, None).square().sum().backward()
    optimizer.step()
    trained = together(z, None).detach()
    assert torch.allclose(
        torch.cat([n(z[i::3], None) for i, n in enumerate(networks)]).detach(),
        torch.cat([trained[i::3] for i in range(3)]),
        atol=1e-6,
    )
    together.load_state_dict(start)
    assert torch.allclose(networks[1](z[1::3], None), together(z, None)[1::3], atol=1e-6)
    assert not torch.allclose(together(z, None), trained, atol=1e-3)


def test_each_network_learns_from_its_own_rows():
    """Two steps of gradient descent on the sum, alone and together."""
    alone, networks = built(), built()
    together = stacked(networks)
    z = torch.randn(12, 2)
    for network, rows in ((together, z), *((n, z[i::3]) for i, n in enumerate(alone))):
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        for _ in range(2):
            optimizer.zero_grad()
            network(rows, None).square().sum().backward()
            optimizer.step()
    for one, other, first in zip(alone, networks, built()):
        for a, b, c in zip(one.parameters(), other.parameters(), first.parameters()):
            assert torch.allclose(a, b, atol=1e-6)
            assert not torch.allclose(a, c, atol=1e-6)


def test_memory_of_their_own_again():
    networks = built()
    together = stacked(networks)
    assert networks[0].decoder[0].weight.untyped_storage().nbytes() > 4 * 2 * 4
    for network in networks:
        unstack(network)
    size = len(pickle.dumps(networks[0]))
    assert size == pytest.approx(len(pickle.dumps(built(1)[0])), abs=100)
    before = networks[0].decoder[0].weight.clone()
    with torch.no_grad():
        for parameter in together.parameters():
            parameter.zero_()
    assert torch.equal(networks[0].decoder[0].weight, before)


def test_layers_without_weights_are_kept():
    network = stacked(built())
    kinds = {type(m).__name__ for m in network.modules()}
    assert {"StackedLinear", "LeakyReLU", "TableOutput", "Unflatten"} <= kinds
    assert not any(isinstance(m, nn.Linear) for m in network.modules())
