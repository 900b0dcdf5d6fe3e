"""Iterations on a GPU are records, and a table."""

import pytest


@pytest.mark.slow
def test_ways_of_one_method(script, module, tmp_path):
    said = script(
        *("gpu", "--output", "gpu.jsonl", "--device", "cpu", "--iterations", "6"),
        *("--ways", "eager", "captured", "exact-eager"),
        *("--only", "CGANOversampler", "table"),
    )
    assert "0 cases left out" in said
    draws, eager, captured, exact = module("records").read(tmp_path / "gpu.jsonl")
    assert draws.measures["distinct draws of 20"] == 20
    assert eager.measures["ms adversarial"] > 0
    assert captured.measures["rows apart"] == 0  # on a CPU there is no graph
    assert exact.settings["way"] == "exact-eager"


def test_the_table_has_ways_side_by_side(module):
    def record(rows, way, **measures):
        return module("records").Record(
            dataset=rows,
            method="CGANOversampler",
            classifier="speed",
            settings={"way": way},
            measures=measures,
        )

    rows = [
        record("table", "eager", **{"ms pretrain": 1.0, "ms adversarial": 5.0}),
        record("table", "captured", **{"ms adversarial": 0.5}),
        record("28", "captured", **{"ms adversarial": 1.25}),
        record("28", "eager", error="RuntimeError"),
    ]
    table = module("tables").gpu(module("tables").frame_of(rows), "eager|captured")
    assert table.to_dict("index") == {"CGANOversampler": {"table": "5 → 0.5", "28": "– → 1.25"}}
