"""Devices, precision, the seed scope, and outputs in bounded memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from imblearn_gan.training import (
    autocast,
    extract,
    in_chunks,
    precision,
    resolve_device,
    resolve_precision,
    rows_at_once,
    torch_scope,
)

CPU = torch.device("cpu")


# devices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, False, "cuda:1"), (False, True, "mps"), (False, False, "cpu"), (True, True, "cuda:1")],
)
def test_auto_is_the_fastest_there_is(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert resolve_device("auto") == torch.device(expected)


def test_cuda_is_the_current_device_unless_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("cuda") == torch.device("cuda:1")
    assert resolve_device(torch.device("cuda:0")) == torch.device("cuda:0")


@pytest.mark.parametrize("device", ["cpu", CPU])
def test_cpu(device):
    assert resolve_device(device) == CPU


# precision --------------------------------------------------------------------------------------


@pytest.mark.parametrize("native", [False, True])
def test_auto_precision_is_bfloat16_for_images_where_there_is_hardware(monkeypatch, native):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native, raising=False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (8, 0) if native else (7, 5))
    expected = torch.bfloat16 if native else torch.float32
    for device in (CPU, torch.device("cuda:0")):
        assert resolve_precision("auto", device, images=True) == expected
        assert resolve_precision("auto", device, images=False) == torch.float32
    assert resolve_precision("auto", torch.device("mps"), images=True) == torch.float32
    assert resolve_precision("bfloat16", CPU, images=False) == torch.bfloat16


def test_precision_holds_inside_its_block_and_in_its_thread():
    with precision("bfloat16"):
        assert resolve_precision(None, CPU, images=False) == torch.bfloat16
        with precision("float32"):
            assert resolve_precision(None, CPU, images=True) == torch.float32
        assert resolve_precision(None, CPU, images=False) == torch.bfloat16
        with ThreadPoolExecutor() as other:
            there = other.submit(resolve_precision, None, CPU, False).result()
        assert there == torch.float32
    assert resolve_precision(None, CPU, images=False) == torch.float32
    with (
        pytest.raises(ValueError, match=r"precision must be one of .*'float16'"),
        precision("float16"),
    ):
        pass


def test_autocast_computes_products_in_its_dtype_and_keeps_weights():
    network, x = nn.Linear(3, 2), torch.ones(1, 3)
    with autocast(CPU, torch.bfloat16):
        assert network(x).dtype == torch.bfloat16
        with autocast(CPU, torch.float32):
            assert network(x).dtype == torch.float32
    assert network.weight.dtype == torch.float32


def test_a_cast_without_gradients_serves_no_step_with_them():
    network, x = nn.Linear(3, 2), torch.ones(1, 3)
    with autocast(CPU, torch.bfloat16):
        assert not torch.is_autocast_cache_enabled()
        with torch.no_grad():
            network(x)
        network(x).sum().backward()
    assert network.weight.grad is not None


# the seed scope ---------------------------------------------------------------------------------


def drawn(seed):
    with torch_scope(seed, CPU):
        return torch.rand(3).tolist()


def test_a_scope_is_seeded_and_leaves_the_generator_alone():
    before = torch.get_rng_state()
    assert drawn(1) == drawn(1) != drawn(2)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_scope_puts_everything_back_after_an_error():
    def fails():
        with torch_scope(0, CPU):
            assert torch.get_default_dtype() == torch.float32
            torch.rand(1)
            raise ZeroDivisionError

    before = torch.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(ZeroDivisionError):
            fails()
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_on_in_a_scope(mode):
    with mode():
        with torch_scope(0, CPU):
            assert torch.is_grad_enabled()
            assert not torch.is_inference_mode_enabled()
            nn.Linear(1, 1)(torch.ones(1, 1)).sum().backward()
        assert not torch.is_grad_enabled()


def test_scopes_may_be_nested():
    with torch_scope(0, CPU):
        first = torch.rand(1).item()
        assert drawn(5) == drawn(5)
        second = torch.rand(1).item()
    with torch_scope(0, CPU):
        assert [torch.rand(1).item() for _ in range(2)] == [first, second]


def test_threads_enter_one_after_the_other():
    entered, results = threading.Event(), []

    def enter():
        entered.set()
        results.append(drawn(1))

    with torch_scope(0, CPU):
        thread = threading.Thread(target=enter)
        thread.start()
        assert entered.wait(10)
        thread.join(0.05)
        assert results == []  # it waits
    thread.join(10)
    assert results == [drawn(1)]


# outputs ----------------------------------------------------------------------------------------


def test_chunks_leave_gradients_on_between_them():
    inside, between = [], []

    def double(rows):
        inside.append(torch.is_grad_enabled())
        return rows * 2

    for _ in in_chunks(double, torch.zeros(4, 1), 2):
        between.append(torch.is_grad_enabled())
    assert inside == [False, False]
    assert between == [True, True]


def test_chunks_are_bounded_and_in_order():
    sizes = []

    def note(rows):
        sizes.append(len(rows))
        return rows

    rows = torch.arange(700)
    assert torch.equal(torch.cat(list(in_chunks(note, rows))), rows)
    assert sizes == [256, 256, 188]


def test_the_larger_rows_are_the_fewer_are_computed_at_a_time():
    sizes = [rows_at_once(n) for n in (1, 784, 3072, 12_288, 150_528, 2**20)]
    assert sizes == [256, 256, 256, 64, 5, 1]

    class Noting(nn.Module):
        def forward(self, x):
            sizes.append(len(x))
            return x.flatten(1)[:, :1]

    for shape, n_values in (((3, 64, 64), 1), ((2,), 3 * 64 * 64)):
        sizes = []
        extract(Noting(), torch.zeros(70, *shape), n_values=n_values)
        assert sizes == [64, 6]


def test_extract_gives_outputs_in_evaluation_mode_and_puts_modes_back():
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout()).train()
    network[1].eval()
    before = [module.training for module in network.modules()]
    statistics = network[1].running_mean.clone()
    x = torch.randn(600, 2)
    outputs = extract(network, x)
    assert [module.training for module in network.modules()] == before
    assert torch.equal(network[1].running_mean, statistics)
    assert not outputs.requires_grad
    assert torch.allclose(outputs, network.eval()(x), atol=1e-6)


def test_extract_of_several_inputs():
    network = nn.Bilinear(2, 1, 3)
    x, y = torch.randn(300, 2), torch.randn(300, 1)
    assert torch.allclose(extract(network, x, y), network(x, y), atol=1e-6)
