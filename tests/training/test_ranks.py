"""Two processes train one network together: they agree on all, and are worth twice the batch."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.distributed as dist

from imblearn_gan.training import (
    Ranks,
    alone,
    is_first_rank,
    joined,
    meeting,
    ranks,
    resolve_device,
)
from tests.training import ranked
from tests.training.pair import ROOT, pair, port

slow = pytest.mark.slow
CPU = torch.device("cpu")
NAMED = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("checkpoint")


@pytest.fixture(scope="module")
def both(folder, tmp_path_factory):
    """What each of two ranks has found."""
    return pair(ranked.everything, folder, folder=tmp_path_factory.mktemp("pair"))


@pytest.fixture
def found(both):
    """What the two ranks have found, by name."""
    return lambda name: [own[name] for own in both]


# every method -------------------------------------------------------------------------------------


@slow
@pytest.mark.parametrize("name", ranked.METHODS)
def test_networks_and_rows_of_every_method_are_the_same_on_all_ranks(name, found):
    first, other = (methods[name] for methods in found("methods"))
    assert first["states"] == other["states"]
    assert first["networks"] == other["networks"]
    assert first["history"] == other["history"]
    np.testing.assert_array_equal(first["rows"], other["rows"])


@slow
def test_two_ranks_are_another_training_than_one(found):
    one = ranked.trained(*ranked.METHODS["CGANOversampler"])
    assert one["networks"] != found("methods")[0]["CGANOversampler"]["networks"]


# the engine ---------------------------------------------------------------------------------------


@slow
@pytest.mark.parametrize("losses", [ranked.linear, ranked.squared])
def test_two_ranks_are_worth_twice_the_batch(losses, found):
    weights, history = ranked.played(ranked.ROWS, losses)
    for own, own_history in found(losses.__name__):
        for name, value in weights.items():
            if losses is ranked.linear:
                assert torch.equal(own[name], value)
            torch.testing.assert_close(own[name], value)
        for record, expected in zip(own_history, history, strict=True):
            assert record == pytest.approx(expected)


@slow
def test_ranks_draw_apart_in_a_phase_and_the_same_around_it(found):
    first, other = found("draws")
    assert first["weight"] == other["weight"]  # though they were built with other seeds
    assert first["before"] == other["before"]
    assert first["after"] == other["after"]
    assert not set(first["in"]) & set(other["in"])


@slow
def test_a_gradient_that_one_rank_lacks_is_zero_there(found):
    for before, after in found("gradients"):
        assert np.subtract(before, after) == pytest.approx([0.2, 0.2], abs=1e-3)


# decisions, failures ------------------------------------------------------------------------------


@slow
def test_all_ranks_stop_together(found):
    first, other = found("decisions")
    assert first == other
    assert first["one rank"] < 60
    assert first["early"][0] < 60
    assert first["utility"][1]
    assert 7 <= first["interrupt"] < 200


@slow
def test_a_rank_that_fails_leaves_no_other_waiting(found):
    first, other = found("failures")
    assert other["callback"].startswith("ZeroDivisionError")
    assert "has lost a rank" in first["callback"]
    for own in (first, other):
        assert "not given the same: X." in own["rows"]
        assert "not given the same: columns of X." in own["ranges"]
        assert "not given the same: learning_rate." in own["parameter"]


@slow
def test_a_rank_whose_other_does_not_come():
    ran = subprocess.run(
        [sys.executable, "-c", "from tests.training.ranked import absent; print(absent())"],
        env=os.environ | NAMED | {"MASTER_PORT": str(port()), "OMP_NUM_THREADS": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert "has lost a rank" in ran.stdout
    assert "training.alone()" in ran.stdout


@slow
def test_a_training_after_one_that_failed(found):
    (rows, first_open), (others, other_open) = found("after failures")
    np.testing.assert_array_equal(rows, others)
    assert not first_open
    assert not other_open


@slow
def test_one_rank_alone(found):
    rows, _ = found("alone")
    np.testing.assert_array_equal(rows, ranked.tiny().fit_resample(ranked.X, ranked.Y)[0])


# files --------------------------------------------------------------------------------------------


@slow
@pytest.mark.parametrize(("name", "files"), [("resumed", "a"), ("resumed in a pause", "b")])
def test_a_stopped_training_goes_on_from_one_set_of_files(name, files, found, folder):
    (first, expected), (other, _) = found(name)
    for own in (first, other):
        np.testing.assert_array_equal(own["rows"], expected["rows"])
        assert own["networks"] == expected["networks"]
        assert own["history"] == expected["history"]
    assert [path.name for path in (folder / files).iterdir()] == ["phase_1.safetensors"]


@slow
def test_more_iterations_are_the_same_on_all_ranks(found):
    (rows, n_iter, networks), other = found("warm")
    assert n_iter == other[1] == 10
    assert networks == other[2]
    np.testing.assert_array_equal(rows, other[0])


@slow
def test_the_first_rank_alone_shows_progress(found):
    first, other = found("shown")
    assert first
    assert not other


# where they come from -----------------------------------------------------------------------------


@slow
def test_a_group_of_the_users_is_used_and_left_as_it_was(found, tmp_path):
    (rows, total), (others, _) = pair(
        ranked.initialised_by_user, tmp_path / "store", folder=tmp_path
    )
    assert total == 2
    np.testing.assert_array_equal(rows, others)
    expected, is_open = found("plain")[0]
    np.testing.assert_array_equal(rows, expected)
    assert not is_open


SCRIPT = """
import os
import numpy as np
from tests.training.ranked import X, Y, tiny

np.save(f"rows_{os.environ['RANK']}.npy", tiny().fit_resample(X, Y)[0])
"""


@slow
def test_torchrun_needs_no_change_of_code(found, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"]
    around = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command += [f"--master-port={port()}", "script.py"]
    subprocess.run(command, cwd=tmp_path, env=around, check=True, timeout=300)
    expected, _ = found("plain")[0]
    for rank in range(2):
        np.testing.assert_array_equal(np.load(tmp_path / f"rows_{rank}.npy"), expected)


@pytest.mark.skipif(not dist.is_available(), reason="torch has no torch.distributed here")
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (NAMED, True),
        (NAMED | {"WORLD_SIZE": "1"}, False),
        ({k: v for k, v in NAMED.items() if k != "MASTER_PORT"}, False),
    ],
)
def test_others_are_those_of_torchruns_variables(variables, expected, monkeypatch):
    for name in NAMED:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ranks._has_others() == expected
    assert is_first_rank()
    monkeypatch.setenv("RANK", "1")
    assert is_first_rank() != expected
    with alone():
        assert not ranks._has_others()
        assert is_first_rank()
    monkeypatch.setattr(ranks, "parent_process", lambda: "of a worker of joblib")
    assert not ranks._has_others()


@pytest.mark.skipif(not dist.is_available(), reason="torch has no torch.distributed here")
def test_a_child_that_inherits_connections_is_no_rank(monkeypatch):
    monkeypatch.setattr(dist, "is_initialized", lambda: True)
    monkeypatch.setattr(dist, "get_world_size", lambda *_: 2)
    assert ranks._has_others()
    monkeypatch.setattr(ranks, "_FORKED", False)
    ranks._after_fork()
    assert not ranks._has_others()


def test_devices_that_cannot_be_shared_are_refused(monkeypatch):
    for name, value in NAMED.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="device='cpu'"), meeting():
        joined(torch.device("mps"))


@pytest.mark.parametrize(
    ("current", "local", "expected"), [(0, None, 0), (0, "2", 2), (1, "2", 1), (0, "4", 0)]
)
def test_each_rank_has_a_gpu_of_its_own(current, local, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: current)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    if local is not None:
        monkeypatch.setenv("LOCAL_RANK", local)
    for device in ("auto", "cuda"):
        assert resolve_device(device) == torch.device("cuda", expected)
    assert resolve_device("cuda:3") == torch.device("cuda", 3)


def test_one_process_gives_back_what_it_got():
    one = Ranks()
    assert one.all(3) == [3]
    assert one.same(3) == one.by_first(lambda: 3) == 3
    assert one.any(True)
    assert not one.any(False)
    assert one.mean(torch.ones(2)).tolist() == [1, 1]
    parameter = torch.nn.Parameter(torch.ones(1))
    one.mean_gradients([parameter])
    assert parameter.grad is None
