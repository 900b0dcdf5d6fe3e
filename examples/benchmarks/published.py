"""What the papers print, beside what was measured here: the tables of docs/papers.md.

Figures stand in ``published.jsonl``, a line for each row of a table: mean, and deviation where
there is one. Only those are there that can be read in a paper's text: not those of bar charts.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import plans
from tables import spread

PATH = Path(__file__).with_name("published.jsonl")
#: Measures, their titles and digits.
MEASURES = {
    "acsa": ("ACSA", 3),
    "gm": ("GM", 3),
    "acsa_train": ("ACSA in training", 3),
    "gm_train": ("GM in training", 3),
    "recall": ("recall of the class, %", 2),
    "ssim_pairs": ("SSIM of pairs", 3),
    "ssim_real": ("SSIM of real pairs", 3),
    "fid": ("FID", 1),
    "fid_minority": ("FID, minority", 1),
    "fid_majority": ("FID, majority", 1),
    "ssim_minority": ("SSIM, minority", 3),
    "ssim_majority": ("SSIM, majority", 3),
    "is": ("IS", 2),  # of ten parts of the images
    "v_score": ("V-score", 3),
}
#: Data sets that stand in for a paper's.
STAND_INS = {"digits": "mnist"}


def read():
    """The figures of the papers: by table, data set, case and row, a dict of measures."""
    found = {}
    for line in PATH.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        key = tuple(record.pop(name) for name in ("table", "dataset", "case", "row"))
        found[key] = record
    return found


def printed(key, measure):
    """A figure as the paper has it, or nothing; what it has of all cases stands without one."""
    table, dataset, _, row = key
    figures = read()
    values = figures.get(key, figures.get((table, dataset, "", row), {})).get(measure)
    return " ± ".join(f"{value:g}" for value in values) if values else ""


def comparable(rows, measure):
    """Whether a figure is of the features that the paper's is of."""
    if not measure.startswith(("fid", "is")) or "features" not in rows:
        return True
    return set(rows["features"].dropna()) == {"Inception"}


def papers(rows, measures=""):
    """A line for each row, case and measure of a table: the paper's figure, and both of ours."""
    table = rows["table"].iloc[0]
    rows = rows.assign(**of_classes(rows, table))
    of_all = [m for m in rows if ":" in m and rows[m].notna().any()]
    wanted = [m for m in (measures.split(",") if measures else [*MEASURES, *of_all]) if m in rows]
    lines = []
    order = list(plans.TABLES[table].rows)
    groups = rows.groupby(["dataset", "case", "row"])
    for (dataset, case, row), part in sorted(
        groups, key=lambda g: (*g[0][:2], order.index(g[0][2]))
    ):
        for measure in wanted:
            if part[measure].notna().any():
                lines.append(_line(table, dataset, case, row, measure, part))
    return pd.DataFrame(lines).set_index("row")


def of_classes(rows, table):
    """Fréchet distances of the classes that a table prints one by one, such as ``fid:normal``."""
    known = read().items()
    names = {name for key, figures in known if key[0] == table for name in figures if ":" in name}
    each = [dict(zip(*pair)) for pair in zip(rows["drawn"], rows["fids"])] if names else []
    return {name: [found.get(name[4:]) for found in each] for name in sorted(names)}


def _line(table, dataset, case, row, measure, part):
    measure_of, _, label = measure.partition(":")
    title, digits = MEASURES[measure_of]
    title += f", {label}" if label else ""
    dataset = dataset.partition(":")[0]  # celeba:hair
    key = table, STAND_INS.get(dataset, dataset), case, row
    figure = printed(key, measure)
    settings = dict(list(part.groupby("setting")))
    return {
        "row": row,
        "data": dataset,
        "case": case,
        "measure": title,
        "paper": figure if comparable(part, measure) or not figure else f"({figure})",
        "in its setting": _ours(settings.get("paper"), measure, digits),
        "our default": _ours(settings.get("default"), measure, digits),
    }


def _ours(rows, measure, digits):
    """Mean and deviation over seeds, how many they are, and the fraction of the budget."""
    if rows is None or rows[measure].isna().all():
        return ""
    cuts = sorted(set(rows["spent"].astype(float)))
    notes = [f"n={rows[measure].notna().sum()}"]
    notes += [f"{100 * cut:g} % of the budget" for cut in cuts if cut != 1]
    return f"{spread(rows[measure], digits)} ({', '.join(notes)})"


def figure(rows, measure, digits="3"):
    """The mean of the rows that are left, for a sentence."""
    return f"{np.mean(rows[measure].dropna()):.{int(digits)}f}"


TABLES = {"papers": papers}
VALUES = {"paper": figure}
