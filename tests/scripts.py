"""Scripts run as a user runs them."""

import os
import subprocess
import sys


def run_script(path, *arguments, cwd):
    """What a script prints, run in a process of its own with one thread; it must not fail."""
    ran = subprocess.run(
        [sys.executable, str(path), *arguments],
        cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
