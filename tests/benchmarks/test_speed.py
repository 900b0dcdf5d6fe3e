"""Timings are records."""

import pytest

TINY = ["--output", "speed.jsonl", "--iterations", "1", "--repeats", "1"]


def test_medians_and_the_runs_they_are_of(module):
    runs = [{"seconds": n} for n in (3.0, 1.0, 2.0)]
    assert module("speed").medians(runs) == {"seconds": 2.0, "seconds_runs": [3.0, 1.0, 2.0]}


@pytest.mark.slow
def test_timings_of_each_kind(script, module, tmp_path, monkeypatch):
    monkeypatch.setitem(module("speed").GRID, "cganoversampler__replay", [1])
    monkeypatch.setitem(module("speed").GRID, "resnetclassifier__learning_rate", [1e-3])
    monkeypatch.setattr(module("speed"), "RANKED", {"CWGANGPOversampler": 2})
    common = [*TINY, "--methods", "CGANOversampler"]
    script("speed", *common, "--cases", "1", "--settings", '{"max_iter": 2}')
    found = module("records").read(tmp_path / "speed.jsonl")
    assert [(r.profile, r.method) for r in found] == [
        ("samplers", "CGANOversampler"),
        ("samplers", "CGANOversampler"),
        ("bare", "GAMOClassifier"),
        ("bare", "BAGANOversampler"),
        ("growth", "GAMOClassifier"),
        ("fit", "CGANOversampler"),
        ("fit", "SMOTE"),
        ("grid", "GridSearchCV"),
        ("ranks", "CWGANGPOversampler"),
    ]
    assert found[2].measures["ratio to bare loop"] > 0
    assert found[4].measures["peak MiB"] > 0
    assert found[8].measures["efficiency"] > 0
    assert "| CGANOversampler | table:4377:10 |" in script("report", "speed.jsonl")
