"""The report prints what was measured, and writes it on the pages."""

import pytest

from tests.benchmarks.conftest import ROOT

PAGE = """
<!-- table: scores file=some classifier=forest -->
what stood here
<!-- end -->
Text, <!-- value: value file=some classifier=forest method="class weight" -->?<!-- end --> and so.
<!-- plot: scores file=some classifier=forest to=some.png -->
<!-- end -->
<!-- table: speed file=none_yet -->
<!-- end -->
"""


@pytest.fixture
def rows(module):
    """Some records: settings tell them apart, and of two that were measured the last counts."""
    record = module("records").Record
    forest = {"dataset": "digits", "classifier": "forest", "labels": [0, 1], "seconds": 0.0}
    scores = {"acsa": 0.7, "gm": 0.6, "recalls": [0.9, 0.5]}
    fidelity = {"rare": [1], "frechet": [3.0], "own_class": [0.5]}
    return [
        record(**forest, method="none", measures=scores | {"acsa": 0.1}),
        record(**forest, method="none", measures=scores),
        record(**forest, method="none", seed=1, measures=scores | {"acsa": 0.8}),
        record(**forest, method="class weight", measures=scores | {"acsa": 0.75}),
        record(**forest, method="class weight", seed=1, measures=scores | {"acsa": 0.95}),
        record(**forest, method="none", score="validation", measures=scores),
        record(**forest, method="none", profile="drop:1:0.9", measures=scores),
        record(**forest, method="SMOTE", profile="drop:1:0.5", measures=scores),
        record(
            **forest | {"classifier": "fidelity"},
            method="none",
            profile="drop:1:0.9",
            measures=fidelity,
        ),
    ]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(row.to_line() for row in rows))


def test_tables_of_what_stands_in_one_file(script, rows, tmp_path):
    write(tmp_path / "results.jsonl", rows)
    said = script("report", "results.jsonl", "--plots", "plots")
    assert "| none | 2 | 0.7500 ± 0.0707 | 0.6000 ± 0.0000 |" in said
    assert "| class weight | +0.1000 |" in said
    assert "| none | 1 | 0.7000 | 0.6000 |" in said  # of validation rows
    assert "| none |  | 0.500 |" in said
    assert "| none | 1 | 0.500 | 3.0 |" in said
    assert {plot.name for plot in (tmp_path / "plots").glob("*.png")} == {
        "digits_all_scores.png",
        "digits_all_validation_scores.png",
        "digits_drop_forest.png",
        "digits_drop_1_0.9_frechet.png",
    }


@pytest.mark.parametrize("text", ["", '{"method": "none"}\n', '{"dataset": \n{}\n'])
def test_refuses_files_without_records(script, tmp_path, text):
    (tmp_path / "results.jsonl").write_text(text)
    for wrong in ("results.jsonl", "nothing.jsonl"):
        with pytest.raises(SystemExit):
            script("report", wrong)


def test_pages_are_filled_and_checked(script, rows, tmp_path):
    page = tmp_path / "docs" / "benchmarks" / "page.md"
    results = tmp_path / "docs" / "results" / "some.jsonl"
    write(results, rows[:5])
    page.parent.mkdir()
    page.write_text(PAGE)
    with pytest.raises(SystemExit):
        script("report", "--docs", "docs", "--check")
    assert page.read_text() == PAGE
    script("report", "--docs", "docs")
    text = page.read_text()
    assert "| none | 2 | 0.7500 ± 0.0707 |" in text
    assert "-->0.850<!-- end --> and so" in text
    assert "what stood here" not in text
    assert "There are no rows" in text
    assert (tmp_path / "docs/images/benchmarks/some.png").exists()
    assert script("report", "--docs", "docs", "--check") == ""
    page.write_text(text.replace("0.7500", "0.7600"))
    with pytest.raises(SystemExit):
        script("report", "--docs", "docs", "--check")
    page.write_text(text)
    write(results, rows[:4])  # the plot is of other rows now
    with pytest.raises(SystemExit):
        script("report", "--docs", "docs", "--check")


@pytest.mark.parametrize(
    "block", ["table: foo file=some", "table: scores", "table: scores file=some method=foo"]
)
def test_refuses_wrong_blocks(script, rows, tmp_path, block):
    page = tmp_path / "docs" / "benchmarks" / "page.md"
    write(tmp_path / "docs" / "results" / "some.jsonl", rows)
    page.parent.mkdir()
    page.write_text(f"<!-- {block} -->\n<!-- end -->\n")
    with pytest.raises(SystemExit, match=block):
        script("report", "--docs", "docs")


@pytest.mark.skipif(not (ROOT / "docs").exists(), reason="installed without docs")
def test_the_pages_say_what_the_rows_say(script):
    assert script("report", "--check") == ""
