"""One schema of results, which all stored rows keep."""

import gzip
import json
from collections import Counter

import pytest

from tests.benchmarks.conftest import ROOT

RESULTS = sorted((ROOT / "docs" / "results").glob("*.jsonl*"))


@pytest.fixture
def records(module):
    return module("records")


def record(records, **others):
    what = {"dataset": "digits", "method": "none", "classifier": "forest"}
    return records.Record(**what | {"measures": {"acsa": 0.5}} | others)


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_stored_rows_keep_the_schema_and_none_is_there_twice(records, path):
    found = records.read(path)
    assert found
    assert max(Counter(r.key() for r in found).values()) == 1
    unpack = gzip.open if path.suffix == ".gz" else open
    with unpack(path, "rt", encoding="utf-8") as file:
        assert file.read() == "".join(r.to_line() for r in found)


def test_a_line_holds_all_but_defaults(records):
    made = record(records, settings={"replay": 0.75}, seed=3, image_size=[64, 48])
    line = made.to_line()
    assert "profile" not in line
    assert json.loads(line)["version"] == records.VERSION
    assert records.Record.from_line(line) == made


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "wine"},
        {"profile": "50"},
        {"method": "SMOTE"},
        {"settings": {"replay": 0.75}},
        {"classifier": "cnn"},
        {"budget": "full"},
        {"seed": 1},
        {"classifier_seed": 0},
        {"split": "0.2"},
        {"score": "validation"},
        {"classes": ["a", "b"]},
        {"n_samples_per_class": 9},
        {"n_scored_per_class": 9},
        {"image_size": [8, 8]},
        {"crop": [8, 8]},
        {"resize": "box"},
        {"n_draws": 10},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_of_the_key_tells_records_apart(records, change):
    assert record(records, **change).key() != record(records).key()
    assert set(change) <= set(records.KEY)


def test_what_was_found_is_no_part_of_the_key(records):
    found = record(records, measures={}, seconds=3.5, threads=8, warnings=["slow"])
    assert found.key() == record(records).key()
    settings = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert len({record(records, settings=s).key() for s in settings}) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"method": "none"}', "lacks classifier, dataset"),
        ('{"dataset": "d", "method": "none", "classifier": "c", "sampler": 1}', "unknown.*sampler"),
        ('{"dataset": "d", "method": "none", "classifier": "c", "seed": "0"}', "seed must be"),
        ('{"dataset": "d", "method": "none", "classifier": "c", "version": 0}', "version must be"),
        ("[1]", "no JSON object"),
        ('{"dataset": ', "no record"),
    ],
)
def test_wrong_lines_are_refused_with_their_number(records, tmp_path, line, says):
    path = tmp_path / "results.jsonl"
    path.write_text(f"{record(records).to_line()}{line}\n")
    with pytest.raises(SystemExit, match=f"line 2.*{says}"):
        records.read(path)


@pytest.mark.parametrize("n_cut", [1, 9, 60])
def test_a_last_line_that_was_cut_is_taken_out(records, tmp_path, n_cut, capsys):
    path = tmp_path / "results.jsonl"
    whole = "".join(record(records, seed=seed).to_line() for seed in range(3))
    path.write_text(whole[:-n_cut])
    n_whole = 3 if n_cut == 1 else 2
    assert [r.seed for r in records.resume(path)] == list(range(n_whole))
    assert ("cut short" in capsys.readouterr().err) == (n_cut > 1)
    records.append(path, record(records, seed=9))
    assert [r.seed for r in records.read(path)] == [*range(n_whole), 9]


def test_packed_files_are_read(records, tmp_path):
    path = tmp_path / "results.jsonl.gz"
    made = [record(records, seed=seed) for seed in range(3)]
    path.write_bytes(gzip.compress("".join(r.to_line() for r in made).encode()))
    assert records.read(path) == made


def test_files_are_checked(script, records, tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_text(record(records).to_line() * 2)
    assert "2 records, 1 of them measured again" in script("records", path)
