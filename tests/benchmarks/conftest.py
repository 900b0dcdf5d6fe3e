"""The scripts of examples/benchmarks, run in this process."""

import sys
from importlib import import_module
from pathlib import Path

import joblib
import pytest
from sklearn.datasets import load_digits

from imblearn_gan import GAMOClassifier

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "examples" / "benchmarks"
collect_ignore_glob = [] if BENCHMARKS.exists() else ["test_*.py"]  # installed without examples


@pytest.fixture
def module(monkeypatch):
    """Import a script as a module."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def script(module, monkeypatch, tmp_path, capsys):
    """Run a script in an empty folder: what it prints; a SystemExit if it refuses.

    What its ``main`` gives, the exit status, is in ``script.status``.
    """
    monkeypatch.chdir(tmp_path)

    def script(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        try:
            script.status = module(name).main()
        finally:
            said = capsys.readouterr()
        return said.out + said.err

    return script


@pytest.fixture
def measure(script, module, tmp_path):
    """Run the runner, one seed unless said otherwise: the records that it has written."""

    def measure(*arguments, seeds=(0,)):
        measure.said = script("run", "--output", "results.jsonl", "--seeds", *seeds, *arguments)
        return module("records").read(tmp_path / "results.jsonl")

    return measure


@pytest.fixture
def reference(tmp_path):
    """The file of a classifier that has hardly learnt anything, and the option that names it."""
    digits = load_digits()
    path = tmp_path / "reference.joblib"
    joblib.dump(GAMOClassifier(max_iter=3, random_state=0).fit(digits.images, digits.target), path)
    return "--reference", path
