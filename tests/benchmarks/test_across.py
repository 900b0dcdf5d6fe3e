"""Comparisons across tables: before and after, leads with intervals, and power."""

import gzip

import numpy as np
import pandas as pd
import pytest
from scipy import stats

LEADS = {"keel:a": 0.1, "keel:b": 0.0, "keel:c": 0.3, "keel:d": 0.2}


@pytest.fixture
def rows(module):
    """SMOTE and a sampler that leads it, by table and fold, and a bag of the sampler."""
    record = module("records").Record

    def rows(shift=0.0):
        rng = np.random.default_rng(0)
        found = []
        for dataset, lead in LEADS.items():
            for seed in range(5):
                noise = rng.normal(scale=0.02)
                common = {"dataset": dataset, "classifier": "forest", "seed": seed}
                common |= {"split": "folds:5", "seconds": 1.0}
                for name, n_draws, ap in (
                    ("SMOTE", 1, 0.5),
                    ("CGANOversampler", 1, 0.5 + lead + noise + shift),
                    ("CGANOversampler", 3, 0.6 + lead + noise),
                ):
                    measures = {"ap": ap, "acsa": ap, "gm": ap, "brier": 1 - ap, "recalls": []}
                    found.append(record(**common, method=name, n_draws=n_draws, measures=measures))
        return found

    return rows


@pytest.fixture
def frame(module, rows):
    def frame(shift=0.0):
        return module("tables").frame_of(rows(shift))

    return frame


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(row.to_line() for row in rows))


def test_intervals_of_folds_know_that_training_rows_overlap(module):
    gaps = pd.Series([0.1, 0.2, 0.3, 0.15, 0.25])
    mean, half = module("across").corrected(gaps, "folds:5x5")
    usual = stats.t.ppf(0.975, 4) * gaps.std() / np.sqrt(5)
    assert mean == pytest.approx(0.2)
    assert half == pytest.approx(usual * np.sqrt(1 + 5 / 4))
    assert np.isnan(module("across").corrected(gaps[:2], "folds:5")[1])


def test_leads_across_tables(module, frame):
    table = module("across").leads_across(frame())
    assert list(table) == ["over SMOTE"]
    assert list(table.index) == ["CGANOversampler, bag of 3", "CGANOversampler", "SMOTE"]
    cell = table.loc["CGANOversampler", "over SMOTE"]
    assert cell.startswith("+0.1")
    assert cell.endswith("3 / 0")  # there is no lead in one of the tables
    turned = module("across").leads_across(frame(), over="SMOTE", of="CGAN")
    assert turned.loc["over SMOTE"].to_dict() == table["over SMOTE"].drop("SMOTE").to_dict()
    three = module("across").mean_lead(frame(), "CGANOversampler", "SMOTE", without="keel:a")
    assert three.startswith("+0.16")
    text = module("across").mean_lead(frame(), "CGANOversampler", "SMOTE")
    assert table["over SMOTE"]["CGANOversampler"].startswith(f"{text}, p = ")
    losses = module("across").leads_across(frame(), "brier", over="SMOTE")
    assert losses.loc["CGANOversampler", "over SMOTE"] == cell  # less is better


def test_verdicts_say_which_intervals_hold_zero(module, frame):
    verdicts = module("across").verdicts
    (cell,) = verdicts(frame(), "CGANOversampler, bag of 3", "ap").loc["over SMOTE"]
    assert cell.startswith("ahead (+0.2")
    (cell,) = verdicts(frame(), "CGANOversampler, bag of 3", "brier").loc["over SMOTE"]
    assert cell.startswith("ahead (+0.2")  # less is better
    (cell,) = verdicts(frame(), "CGANOversampler", "ap").loc["over SMOTE"]
    assert cell.startswith("level (+0.1")
    (cell,) = verdicts(frame(-1), "CGANOversampler", "ap").loc["over SMOTE"]
    assert cell.startswith("behind (-0.8")


def test_what_is_said_of_the_leads_of_tables(module, frame):
    across, of = module("across"), ("CGANOversampler, bag of 3", "CGANOversampler")
    leads = pd.Series([lead + 0.1 for lead in LEADS.values()])
    assert across.tables_led(frame(), of[0], "SMOTE") == "4 of 4"
    assert across.tables_led(frame(-0.15), of[1], "SMOTE") == "2 of 4"
    p = stats.wilcoxon(leads, method="approx").pvalue
    assert across.lead_p(frame(), of[0], "SMOTE") == f"{p:.2g}"
    assert float(across.deviation(frame(), of[0], "SMOTE")) == pytest.approx(leads.std(), abs=0.02)
    seen, own = float(across.lead_seen(frame(), of[0], "SMOTE")), leads.std()
    assert seen == pytest.approx(across.smallest(own, 4, 0.8), rel=0.1)
    of_seeds = frame()[lambda rows: rows["dataset"] == "keel:a"]
    gaps = of_seeds.pivot_table(index="seed", columns="name", values="ap").T
    own = (gaps.loc["CGANOversampler"] - gaps.loc["SMOTE"]).std()
    text = across.gap_seen(of_seeds, "CGANOversampler", "SMOTE", "ap")
    assert text == f"{across.smallest(own, 5, 0.8):.3f}"


def test_the_interval_of_a_mean_is_students(module, frame):
    rows = frame()[lambda rows: rows["name"] == "CGANOversampler"]
    low, high = stats.t.interval(0.95, len(rows) - 1, rows["ap"].mean(), rows["ap"].sem())
    text = module("tables").mean_interval(rows, "ap", "3")
    assert text == f"{rows['ap'].mean():.3f} [{low:.3f}, {high:.3f}]"


def test_repeats_change_the_widths_of_intervals(module, frame):
    change, first = module("across").width_change, frame()
    assert change(first, "CGANOversampler") == "+0 %"
    again = frame(0.4).assign(seed=lambda rows: rows["seed"] + 5)
    more = pd.concat([first, again[again["dataset"] == "keel:b"]])  # whose lead becomes a usual one
    of = [rows[rows["name"] == "CGANOversampler"] for rows in (first, more)]
    then, now = (rows.groupby("dataset")["ap"].mean().std() for rows in of)
    assert now < then
    assert change(more, "CGANOversampler") == f"{100 * (now / then - 1):+.0f} %"


def test_ranks_leave_what_was_not_measured_empty(module, rows):
    tables, found = module("tables"), rows()
    others = [vars(r) | {"classifier": "mlp"} for r in found if r.method != "SMOTE"]
    table = tables.ranks(tables.frame_of([*found, *(type(found[0])(**r) for r in others)]), "ap")
    assert table.loc["SMOTE", "mlp average precision"] == ""
    assert table.loc["SMOTE", "forest average precision"].startswith("0.500 (3.")


def test_scores_call_folds_folds(module, frame):
    assert next(iter(module("tables").scores(frame(), "ap"))) == "folds"


def test_leads_and_means_by_table(module, frame):
    across = module("across")
    table = across.leads_by_dataset(frame(), over="SMOTE")
    assert list(table) == list(LEADS)
    assert table.loc["CGANOversampler, bag of 3", "keel:c"].startswith("+0.38")
    means = across.by_dataset(frame())
    assert list(means.index)[-1] == "SMOTE"
    assert means.loc["SMOTE", "keel:a"] == "0.500 ± 0.000"
    assert next(iter(across.by_dataset(frame(), "brier").index)) == "CGANOversampler, bag of 3"


def test_power_is_that_of_students_test(module):
    """As tables of power have it: 34 pairs for half a deviation."""
    smallest = module("across").smallest
    assert smallest(1.0, 34, 0.8) == pytest.approx(0.5, abs=0.01)
    assert smallest(2.0, 34, 0.8) == pytest.approx(2 * smallest(1.0, 34, 0.8))


def test_more_tables_see_smaller_leads(module, frame):
    across, of = module("across"), "CGANOversampler"
    few, many = (
        across.power(frame(), "SMOTE", measures="ap", n_tables=n).loc[of] for n in ("4", "20")
    )
    seen = "average precision: lead seen"
    assert 0 < float(many[seen]) < float(few[seen])
    assert few[seen] == across.lead_seen(frame(), of, "SMOTE")  # of the four tables themselves


def test_before_and_after(script, rows, tmp_path):
    write(tmp_path / "before.jsonl", rows())
    write(tmp_path / "now.jsonl", [r for r in rows(shift=0.05) if r.seed < 4])
    said = script("report", "now.jsonl", "--before", "before.jsonl")
    line = next(line for line in said.splitlines() if line.startswith("| CGANOversampler |"))
    assert line.count("+0.050 [+0.050, +0.050]") == 3
    assert "| keel:a | +0.050 ± 0.000 | +0.000 ± 0.000 | +0.000 ± 0.000 |" in said


def test_pages_with_rows_that_are_packed_or_not_there_yet(script, rows, tmp_path):
    page = tmp_path / "docs" / "benchmarks" / "page.md"
    write(tmp_path / "docs/results/before.jsonl", rows())
    path = tmp_path / "docs" / "results" / "now.jsonl.gz"
    blocks = (
        "table: since before=before file=now optional",
        "table: leads_across over=SMOTE file=now classifier=forest optional",
        "table: leads_across over=SMOTE file=now classifier=mlp optional",
    )
    page.parent.mkdir(parents=True)
    page.write_text("".join(f"<!-- {block} -->\n<!-- end -->\n" for block in blocks))
    script("report", "--docs", "docs")
    assert page.read_text().count("There are no rows") == 3
    path.write_bytes(gzip.compress("".join(r.to_line() for r in rows(0.05)).encode()))
    script("report", "--docs", "docs")
    text = page.read_text()
    assert text.count("There are no rows") == 1
    assert "+0.050 [+0.050, +0.050]" in text
