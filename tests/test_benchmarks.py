"""The benchmark runner goes on where it stopped, and its report holds what was measured."""

import json
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits

from imblearn_gan import GAMOClassifier
from tests.scripts import run_script

BENCHMARKS = Path(__file__).parent.parent / "examples" / "benchmarks"
pytestmark = pytest.mark.skipif(not BENCHMARKS.exists(), reason="installed without examples")


def measure(cwd, *arguments):
    run_script(
        BENCHMARKS / "run.py", "--output", "results.jsonl", "--seeds", "0", *arguments, cwd=cwd
    )
    return [json.loads(line) for line in (cwd / "results.jsonl").read_text().splitlines()]


@pytest.fixture
def reference(tmp_path):
    digits = load_digits()
    path = tmp_path / "reference.joblib"
    model = GAMOClassifier(max_iter=3, random_state=0).fit(digits.images, digits.target)
    joblib.dump(model, path)
    return path


def test_runner_goes_on_and_report_says_what_was_measured(tmp_path, reference):
    common = ["--classifier", "forest", "fidelity", "--settings", '{"max_iter": 3}']
    common += ["--reference", str(reference)]
    first = measure(tmp_path, *common, "--samplers", "none", "SMOTE")
    again = measure(tmp_path, *common, "--samplers", "none", "SMOTE", "CGANOversampler")
    assert again[: len(first)] == first
    assert [(r["sampler"], r["classifier"]) for r in again] == [
        (sampler, kind)
        for sampler in ("none", "SMOTE", "CGANOversampler")
        for kind in ("forest", "fidelity")
    ]
    assert all(len(r["recalls"]) == 10 for r in again if r["classifier"] == "forest")
    assert all(len(r["frechet"]) == 9 for r in again if r["classifier"] == "fidelity")
    said = run_script(BENCHMARKS / "report.py", "results.jsonl", "--plots", "plots", cwd=tmp_path)
    assert f"| none | 1 | {again[0]['acsa']:.4f} |" in said
    assert 'CGANOversampler `{"max_iter": 3}`' in said
    assert len(list((tmp_path / "plots").glob("*.png"))) == 2


def test_report_of_a_class_that_lost_rows(tmp_path):
    rows = measure(
        tmp_path, "--profile", "drop:3:0.9", "--rows-per-class", "30", "--samplers", "none"
    )
    said = run_script(BENCHMARKS / "report.py", "results.jsonl", cwd=tmp_path)
    assert f"| none | {rows[0]['recalls'][3]:.3f} |" in said


def test_runner_draws_a_profile_from_some_rows(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from run import draw

    y = np.repeat([3, 5], 100)
    drawn, left_out = draw(y, "drop:5:0.9", 50, 0)
    assert np.bincount(y[drawn]).tolist() == [0, 0, 0, 50, 0, 5]
    assert sorted([*drawn, *left_out]) == list(range(200))
