"""Two processes train one network together: they agree on all, and are worth twice the batch."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.distributed as dist

from tests.training import ranked
from tests.training.pair import ROOT, pair, port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (dist.is_available() and dist.is_gloo_available()), reason="torch has no gloo here"
    ),
]


@pytest.fixture(scope="module")
def methods(tmp_path_factory):
    return pair(ranked.all_methods, folder=tmp_path_factory.mktemp("ranks"))


@pytest.mark.parametrize("name", ranked.METHODS)
def test_networks_and_rows_of_every_method_are_the_same_on_all_ranks(name, methods):
    first, other = (found[name] for found in methods)
    assert first["states"] == other["states"]
    assert first["networks"] == other["networks"]
    assert first["history"] == other["history"]
    np.testing.assert_array_equal(first["rows"], other["rows"])


def test_two_ranks_are_another_training_than_one(methods):
    alone = ranked.trained(*ranked.METHODS["CGANOversampler"])
    assert alone["networks"] != methods[0]["CGANOversampler"]["networks"]


# the engine ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("losses", [ranked.linear, ranked.squared])
def test_two_ranks_are_worth_twice_the_batch(losses, tmp_path):
    x = torch.arange(24.0).reshape(8, 3).roll(5) / 4  # sums of these are exact
    weights, history = ranked.played(x, losses)
    for own, own_history in pair(ranked.played_together, x, losses, folder=tmp_path):
        for name, value in weights.items():
            if losses is ranked.linear:
                assert torch.equal(own[name], value)
            torch.testing.assert_close(own[name], value)
        for record, expected in zip(own_history, history):
            assert record == pytest.approx(expected)


def test_ranks_draw_apart_in_a_phase_and_the_same_around_it(tmp_path):
    first, other = pair(ranked.draws, folder=tmp_path)
    assert first["weight"] == other["weight"]  # though they were built with other seeds
    assert first["before"] == other["before"]
    assert first["after"] == other["after"]
    assert not set(first["in"]) & set(other["in"])


def test_a_gradient_that_one_rank_lacks_is_zero_there(tmp_path):
    for before, after in pair(ranked.one_has_no_gradient, folder=tmp_path):
        assert np.subtract(before, after) == pytest.approx([0.2, 0.2], abs=1e-3)


# decisions, failures ------------------------------------------------------------------------------


def test_all_ranks_stop_together(tmp_path):
    first, other = pair(ranked.decisions, folder=tmp_path)
    assert first == other
    assert first["one rank"] < 60
    assert first["early"][0] < 60
    assert first["utility"][1]
    assert 7 <= first["interrupt"] < 200


def test_a_rank_that_fails_leaves_no_other_waiting(tmp_path):
    first, other = pair(ranked.failures, folder=tmp_path)
    assert other["callback"].startswith("ZeroDivisionError")
    assert "has lost a rank" in first["callback"]
    for found in (first, other):
        assert "not given the same: X." in found["rows"]
        assert "not given the same: columns of X." in found["ranges"]
        assert "not given the same: learning_rate." in found["parameter"]


def test_a_rank_whose_other_does_not_come():
    around = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    ran = subprocess.run(
        [sys.executable, "-c", "from tests.training.ranked import absent; print(absent())"],
        env=os.environ | around | {"MASTER_PORT": str(port()), "OMP_NUM_THREADS": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "has lost a rank" in ran.stdout
    assert "training.alone()" in ran.stdout


def test_a_training_after_one_that_failed(tmp_path):
    (rows, first_open), (others, other_open) = pair(ranked.after_failures, folder=tmp_path)
    np.testing.assert_array_equal(rows, others)
    assert not first_open
    assert not other_open


def test_one_rank_alone(tmp_path):
    rows, _ = pair(ranked.first_rank_alone, folder=tmp_path)
    np.testing.assert_array_equal(rows, ranked.tiny().fit_resample(ranked.X, ranked.Y)[0])


# files --------------------------------------------------------------------------------------------


def test_a_stopped_training_goes_on_from_one_set_of_files(tmp_path):
    folder = tmp_path / "checkpoint"
    (got, expected), (others, _) = pair(ranked.resumed, folder, folder=tmp_path)
    for found in (got, others):
        np.testing.assert_array_equal(found["rows"], expected["rows"])
        assert found["networks"] == expected["networks"]
        assert found["history"] == expected["history"]
    assert [path.name for path in folder.iterdir()] == ["phase_1.safetensors"]


def test_more_iterations_are_the_same_on_all_ranks(tmp_path):
    (rows, n_iter, networks), other = pair(ranked.warm, folder=tmp_path)
    assert n_iter == other[1] == 10
    assert networks == other[2]
    np.testing.assert_array_equal(rows, other[0])


def test_the_first_rank_alone_shows_progress(tmp_path):
    first, other = pair(ranked.shown, folder=tmp_path)
    assert first
    assert not other


# where they come from -----------------------------------------------------------------------------


def test_a_group_of_the_users_is_used_and_left_as_it_was(tmp_path):
    (rows, total), (others, _) = pair(
        ranked.initialised_by_user, tmp_path / "store", folder=tmp_path
    )
    assert total == 2
    np.testing.assert_array_equal(rows, others)
    (expected, is_open), _ = pair(ranked.plain, folder=tmp_path)
    np.testing.assert_array_equal(rows, expected)
    assert not is_open


SCRIPT = """
import os
import numpy as np
from tests.training.ranked import X, Y, tiny

np.save(f"rows_{os.environ['RANK']}.npy", tiny().fit_resample(X, Y)[0])
"""


def test_torchrun_needs_no_change_of_code(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "script.py"]
    around = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run(command, cwd=tmp_path, env=around, check=True, timeout=300)
    first, other = (np.load(tmp_path / f"rows_{rank}.npy") for rank in range(2))
    np.testing.assert_array_equal(first, other)
    (expected, _), _ = pair(ranked.plain, folder=tmp_path)
    np.testing.assert_array_equal(first, expected)
