"""What an evaluation says: means by method, and who leads whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

LEGEND = (
    "lead of the sampler over the method, 95 % interval; 'ahead' or 'behind' where zero is outside"
)
#: Fewest folds in which somebody can lead: of two the spread is not known.
MIN_FOLDS = 3
#: What puts another rule for labels behind the classifier as it is.
MOVED = ("cut at the prevalence", "tuned cut")


@dataclass(frozen=True)
class SamplerEvaluation:
    """What :func:`evaluate_sampler` gives.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row for each fold and method: ``fold``, ``method``, and a column for each score:
        ``acsa``, ``gm`` and ``average_precision`` (of the smaller one of two classes, or the mean
        over more), or what ``scoring`` asked for.

    summary : pandas.DataFrame
        One row for each metric and method: ``mean`` and ``std`` over folds; ``lead``, how much
        the sampler is ahead of the method in the mean of paired differences, ``lead_std``,
        ``lead_low`` and ``lead_high``, the 95 % interval of the lead, and ``leader``, the name of
        the one of the two that leads, empty where the interval holds zero, or says nothing:
        of fewer than three folds, or of leads that are all equal. With several samplers there
        is a row for each of them, whose name ``sampler`` has. The row of a sampler beside itself
        has no lead. A cut that scores as ``'none'`` does in every fold, since a ranking or
        probabilities have none, has no row.

    note : str
        How far to trust the leads: folds, rows of the smallest class in a test fold, and how many
        leaders there would be by chance.

    Notes
    -----
    Printed, several samplers stand beside each other, each a column of leads with their intervals,
    with one line a metric and method. Of a single sampler ``summary`` is printed as it is.
    """

    scores: Any
    summary: Any
    note: str = ""

    def __str__(self) -> str:
        if self.summary["sampler"].nunique() < 2:
            table = str(self.summary.round(3).to_string(index=False, na_rep=""))
        else:
            table = f"{side_by_side(self.summary).to_string()}\n({LEGEND})"
        return f"{table}\n{self.note}".rstrip()

    def _repr_html_(self) -> str:
        if self.summary["sampler"].nunique() < 2:
            table = str(self.summary.round(3).to_html(index=False, na_rep=""))
        else:
            table = f"{side_by_side(self.summary).to_html()}<p>{LEGEND}</p>"
        return f"{table}<p>{self.note}</p>"


def summarize(pd: Any, scores: Any, samplers: list[str], test_ratio: float) -> Any:
    """Return means, and the leads of the samplers.

    Parameters
    ----------
    pd : module
        pandas.

    scores : pandas.DataFrame
        Scores by fold and method.

    samplers : list of str
        Which methods they are.

    test_ratio : float
        Test rows to training rows: folds share these, plain intervals would be too narrow.
    """
    records = []
    for metric in [column for column in scores if column not in ("fold", "method")]:
        table = scores.pivot(index="fold", columns="method", values=metric)
        same = [name for name in MOVED if _equal(table, name, "none")]
        for method in scores["method"][~scores["method"].isin(same)].unique():
            base = {"metric": metric, "method": method, "mean": table[method].mean()}
            base["std"] = table[method].std()
            leads = [
                {"sampler": name} | _lead(table, name, method, test_ratio)
                for name in samplers
                if name != method
            ]
            records += [base | lead for lead in leads or [{"sampler": method, "leader": ""}]]
    return pd.DataFrame(records)


def _equal(table: Any, name: str, other: str) -> bool:
    """Return whether two methods are there and score the same in every fold, but for rounding."""
    there = name in table and other in table
    return there and np.allclose(table[name], table[other], rtol=1e-9, atol=0, equal_nan=True)


def _lead(table: Any, name: str, method: str, test_ratio: float) -> dict:
    lead = table[name] - table[method]
    n = lead.count()  # a fold in which a fit failed may have none
    error = lead.std() * np.sqrt(1 / n + test_ratio) if n else np.nan
    half = stats.t.ppf(0.975, n - 1) * error if n > 1 else np.nan
    low, high = lead.mean() - half, lead.mean() + half
    # equal but for rounding: an interval without width would have zero outside of it
    spread, scale = lead.max() - lead.min(), table[[name, method]].abs().max(axis=None)
    told = n >= MIN_FOLDS and spread > 1e-12 * scale
    leader = "" if not told else name if low > 0 else method if high < 0 else ""
    record = {"lead": lead.mean(), "lead_std": lead.std()}
    return record | {"lead_low": low, "lead_high": high, "leader": leader}


def how_sure(summary: Any, tested: list[np.ndarray]) -> str:
    """Return in a few words how far to trust the leads.

    Parameters
    ----------
    summary : pandas.DataFrame
        Means and leads.

    tested : list of ndarray
        Labels of the test rows of each fold.
    """
    sizes = {int(np.unique(y, return_counts=True)[1].min()) for y in tested}
    rows = " to ".join(str(n) for n in sorted({min(sizes), max(sizes)}))
    note = f"{_counted(len(tested), 'fold')}; rows of the smallest class to test on: {rows}."
    if len(tested) < MIN_FOLDS:
        return f"{note} So few folds show nothing, nobody leads: take cv=5, or repeats."
    told = int(summary["lead_low"].notna().sum()) if "lead_low" in summary else 0
    if told:
        note += (
            f" By chance alone {told / 20:.2g} of {_counted(told, 'interval')} would have a leader."
        )
    return note


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def side_by_side(summary: Any) -> Any:
    """Return means and, in a column for each sampler, its leads as text."""

    def text(row: Any) -> str:
        if np.isnan(row["lead"]):
            return "nan"
        mark = "" if not row["leader"] else "ahead" if row["lead"] > 0 else "behind"
        interval = f"[{row['lead_low']:+.3f}, {row['lead_high']:+.3f}]"
        return f"{row['lead']:+.3f} {interval} {mark:<6}"

    order = summary[["metric", "method"]].drop_duplicates()
    keys = ["metric", "method"]
    wide = summary.assign(text=summary.apply(text, axis=1)).pivot(
        index=keys, columns="sampler", values="text"
    )[list(dict.fromkeys(summary["sampler"]))]
    wide.columns.name = None
    means = summary.drop_duplicates(keys).set_index(keys)["mean"].map("{:.3f}".format)
    wide.insert(0, "mean", means, allow_duplicates=True)  # a sampler may have this name
    return wide.loc[list(map(tuple, order.to_numpy()))].fillna("")
