"""Two ranks: this process, and another one that does the same."""

import os
import pickle
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import torch.distributed as dist

from imblearn_gan.training import ranks

ROOT = Path(__file__).parents[2]
PATIENCE = timedelta(minutes=1)


def port():
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def pair(function, *args, folder, timeout=300):
    """Call ``function(*args)`` on two ranks, and return both results."""
    if not (dist.is_available() and dist.is_gloo_available()):
        pytest.skip("torch has no gloo here")
    number = port()
    around = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(number)}
    asked, answer = folder / f"asked_{number}", folder / f"answer_{number}"
    asked.write_bytes(pickle.dumps((function, args)))
    command = [sys.executable, "-c", "from tests.training.pair import main; main()"]
    other = subprocess.Popen(
        [*command, asked, answer],
        env=os.environ | around | {"RANK": "1", "LOCAL_RANK": "1", "OMP_NUM_THREADS": "1"},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with mock.patch.dict(os.environ, around | {"RANK": "0", "LOCAL_RANK": "0"}):
            own = called(function, args)
        _, said = other.communicate(timeout=timeout)
    finally:
        other.kill()
        other.wait()
    assert other.returncode == 0, said[-3000:]
    return own, pickle.loads(answer.read_bytes())


def called(function, args):
    """Call a function, not to wait long for the other rank."""
    with mock.patch.object(ranks, "PATIENCE", PATIENCE):
        return function(*args)


def main():
    """Be the other rank."""
    asked, answer = map(Path, sys.argv[1:])
    function, args = pickle.loads(asked.read_bytes())
    answer.write_bytes(pickle.dumps(called(function, args)))
