"""The benchmark runner goes on where it stopped, and its report holds what was measured."""

import json
import sys
from importlib import import_module
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits

from imblearn_gan import GAMOClassifier
from tests.scripts import run_script

BENCHMARKS = Path(__file__).parent.parent / "examples" / "benchmarks"
TINY_FAMILY = '{"max_iter": 2, "pretrain_iter": 2}'
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCHMARKS.exists(), reason="installed without examples"),
]


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


@pytest.fixture
def script(monkeypatch, tmp_path, capsys):
    """Run a script in this process: what it prints; a SystemExit if it refuses."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.chdir(tmp_path)

    def script(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        try:
            import_module(name).main()
        finally:
            said = capsys.readouterr()
        return said.out + said.err

    return script


@pytest.mark.parametrize(
    "arguments",
    [
        ["--samplers", "none", "Smote"],
        ["--settings", "{replay: 1}"],
        ["--settings", "[1]"],
        *(
            ["--settings", wrong, "--samplers", "none", "CGANOversampler"]
            for wrong in ('{"replya": 1}', '{"max_iter": -1}', '{"random_state": 1}')
        ),
        ["--device", "foo"],
        ["--seeds", "-1"],
        ["--rows-per-class", "9999"],
        ["--dataset", "folder:nowhere"],
        ["--classes", "3", "4"],
        ["--dataset", "foo"],
        ["--profile", "foo"],
        ["--profile", "drop:4"],
        ["--profile", "zip:4:0.9"],
        ["--profile", "drop:11:0.9"],
        ["--profile", "drop:04:0.9"],
        ["--profile", "30,20"],
        ["--samplers", "GAMOClassifier", "--classifier", "forest"],
    ],
)
def test_runner_refuses_before_any_work(script, arguments, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr("run.resampled", None)
    with pytest.raises(SystemExit) as refused:
        script("run", "--output", "made/results.jsonl", *arguments)
    assert refused.value.code == 2
    assert not list(tmp_path.rglob("*.jsonl"))


def test_runner_goes_on_after_a_line_that_was_cut(script, tmp_path):
    path = tmp_path / "results.jsonl"
    common = ["--output", path.name, "--seeds", "0", "0", "1", "--samplers", "none", "SMOTE"]
    script("run", *common, "--settings", '{"max_iter": 3}')
    whole = path.read_text()
    assert len(whole.splitlines()) == 4
    for cut in (whole[:-1], whole[:-9], whole[: whole.rindex("{")]):
        path.write_text(cut)
        assert "| none | " in script("report", path.name)
        script("run", *common)  # settings do not concern these
        again = [json.loads(line) for line in path.read_text().splitlines()]
        assert [(r["seed"], r["sampler"]) for r in again] == [
            (seed, name) for seed in (0, 1) for name in ("none", "SMOTE")
        ]
    common = ["--output", path.name, "--seeds", "0", "--samplers", "CGANOversampler"]
    for settings in ('{"max_iter": 2}', '{"max_iter": 3}', '{"max_iter": 2}'):
        script("run", *common, "--settings", settings)
    assert len(path.read_text().splitlines()) == 4 + 2
    order = [str(label) for label in range(9, -1, -1)]
    for _ in range(2):
        script("run", "--output", path.name, "--seeds", "0", "--classes", *order)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == 4 + 2 + 5
    assert rows[-1]["classes"] == order
    assert "### digits, 80,70,50,40,30,25,20,15,10,8, 9 8 7 6 5 4 3 2 1 0, small" in script(
        "report", path.name
    )
    path.write_text(whole[:50] + whole)
    with pytest.raises(SystemExit, match="line 1, is no JSON"):
        script("report", path.name)


def test_classes_of_one_and_two_rows(script, tmp_path, reference):
    said = script(
        *("run", "--output", "results.jsonl", "--reference", str(reference), "--seeds", "0"),
        *("--profile", "30,20,20,1,2,20,20,20,20,20", "--settings", '{"max_iter": 3}'),
        *("--samplers", "none", "SMOTE", "CGANOversampler", "--classifier", "forest", "fidelity"),
    )
    assert "SMOTE is left out: a class has a single row" in said
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [r["sampler"] for r in rows] == ["none"] * 2 + ["CGANOversampler"] * 2
    none, made = rows[1], rows[3]
    assert none["rare"] == list(range(1, 10))
    assert none["frechet"][2] is None
    assert made["memorized"][2:4] == [None, None]
    assert None not in none["frechet"][:2] + made["frechet"]
    said = script("report", "results.jsonl", "--plots", "deep/plots")
    assert "Fréchet distance by class" in said
    assert len(list((tmp_path / "deep/plots").glob("*.png"))) == 2


def test_report_of_what_stands_in_one_file(script, tmp_path):
    """Settings of baselines do not matter, and a class that lost rows may have its fidelity."""
    common = {"dataset": "digits", "rows_per_class": 0, "budget": "small", "seed": 0}
    common |= {"labels": [0, 1], "sampler": "none", "sampler_seconds": 0}
    scores = {"classifier": "forest", "recalls": [0.9, 0.5], "acsa": 0.7, "gm": 0.6}
    fidelity = {"classifier": "fidelity", "rare": [1], "frechet": [3.0], "own_class": [0.5]}
    rows = [
        scores | {"profile": "5", "settings": "{}", "score": "test"},
        scores | {"profile": "5", "settings": '{"replay": 1}', "score": "test"},
        scores | {"profile": "5", "settings": "{}", "score": "validation"},
        scores | {"profile": "drop:1:0.9", "settings": "{}", "score": "test"},
        scores | {"profile": "drop:1:0.5", "sampler": "SMOTE", "settings": "{}", "score": "test"},
        fidelity | {"profile": "drop:1:0.9", "settings": "{}", "score": "test"},
    ]
    path = tmp_path / "results.jsonl"
    path.write_text("".join(json.dumps(common | row) + "\n" for row in rows))
    said = script("report", path.name, "--plots", "plots")
    assert said.count("| none | 1 | 0.7000 | 0.6000 |") == 2
    assert "| none |  | 0.500 |" in said
    assert "| none | 1 | 0.500 | 3.0 |" in said
    assert {plot.name for plot in (tmp_path / "plots").glob("*.png")} == {
        "digits_5_scores.png",
        "digits_5_validation_scores.png",
        "digits_drop_forest.png",
        "digits_drop_1_0.9_frechet.png",
    }
    for text in ("", '{"method": "none"}\n'):
        path.write_text(text)
        for wrong in (path.name, "nothing.jsonl"):
            with pytest.raises(SystemExit):
                script("report", wrong)


def test_recalls_of_classes_that_validation_rows_lack(script, tmp_path):
    """Only the class that lost rows is left out."""
    common = ["--output", "results.jsonl", "--samplers", "none", "--seeds", "0"]
    script("run", *common, "--profile", "drop:4:0.5", "--score", "validation")
    row = json.loads((tmp_path / "results.jsonl").read_text())
    assert [recall is not None for recall in row["recalls"]] == [label == 4 for label in range(10)]
    assert f"| none | {row['recalls'][4]:.3f} |" in script("report", "results.jsonl")


def test_fidelity_where_no_row_is_left_out(script, tmp_path, reference, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    counts = np.bincount(import_module("run").load("digits", None)[1])
    common = ["run", "--output", "results.jsonl", "--reference", str(reference), "--seeds", "0"]
    common += ["--profile", ",".join(map(str, counts)), "--classifier", "fidelity"]
    said = script(*common, "--samplers", "none", "BAGANOversampler", "--settings", TINY_FAMILY)
    assert "frechet_distance is left out" in said
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert set(rows[0]["frechet"]) == {None}
    assert None not in rows[1]["own_class"]
    said = script("report", "results.jsonl", "--plots", "plots")
    assert "| none | 1 | " in said
    assert "| BAGANOversampler" in said
    with pytest.raises(SystemExit):
        script(*common, "--score", "validation")


def test_classes_in_the_order_of_the_profile(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from run import draw

    y = np.repeat(["bald", "black", "gray"], 50)
    drawn, _ = draw(y, "30,20,10", 0, 0, ["gray", "bald", "black"])
    assert np.unique(y[drawn], return_counts=True)[1].tolist() == [20, 10, 30]


def test_runner_draws_a_profile_from_some_rows(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from run import draw

    y = np.repeat([3, 5], 100)
    drawn, left_out = draw(y, "drop:5:0.9", 50, 0)
    assert np.bincount(y[drawn]).tolist() == [0, 0, 0, 50, 0, 5]
    assert sorted([*drawn, *left_out]) == list(range(200))
