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
    monkeypatch.setattr(module("speed"), "COLOURS", [(60, 8)])
    monkeypatch.setattr(module("speed"), "CODES", [300])
    monkeypatch.setattr(module("speed"), "PHOTOGRAPHS", [8])
    few = ["--cases", "1", "--rows", "300", "--settings", '{"max_iter": 2}']
    script("speed", *common, *few)
    found = module("records").read(tmp_path / "speed.jsonl")
    assert [(r.profile, r.method) for r in found] == [
        ("samplers", "CGANOversampler"),
        ("samplers", "CGANOversampler"),
        ("bare", "GAMOClassifier"),
        ("bare", "BAGANOversampler"),
        ("growth", "GAMOClassifier"),
        ("defaults", "CGANOversampler"),
        ("fit", "CGANOversampler"),
        ("fit", "SMOTE"),
        *[("draws", "CGANOversampler")] * 4,
        ("memory", "CGANOversampler"),
        ("neighbours", "InterpolatedCodes"),
        ("grid", "GridSearchCV"),
        ("folds", "GANOversampler"),
        ("ranks", "CWGANGPOversampler"),
    ]
    assert found[2].measures["ratio to bare loop"] > 0
    for i in (4, 12, 13):
        assert found[i].measures["peak MiB"] >= 0
    assert found[5].measures["minutes"] == pytest.approx(
        1000 * found[5].measures["ms adversarial"] / 60_000
    )
    assert found[-1].measures["efficiency"] > 0
    assert found[12].measures["MiB of result"] > found[12].measures["MiB of data"] > 0
    assert "| CGANOversampler | table:4377:10 |" in script("report", "speed.jsonl")


def test_growth_of_images_has_a_column_for_each_size(module):
    def record(dataset, method, **measures):
        return module("records").Record(
            dataset=dataset, method=method, classifier="speed", measures=measures
        )

    rows = [
        record("images:8:10", "CVAEOversampler", **{"ms autoencoder": 6.354, "peak MiB": 505}),
        record("images:8:10", "BAGANOversampler", **{"ms adversarial": 11.2, "peak MiB": 517}),
        record("table:50:200:5", "GAMOClassifier", **{"ms adversarial": 5.0, "peak MiB": 485}),
    ]
    table = module("tables").growth(module("tables").frame_of(rows))
    assert table["8x8, 10 classes"].to_dict() == {
        "BAGANOversampler": "11.2 (517)",
        "CVAEOversampler": "6.35 (505)",
    }
