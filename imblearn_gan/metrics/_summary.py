"""What an evaluation says: means by method, and who leads whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

LEGEND = "lead of the sampler over the method, with its 95 % interval; * where zero is outside"
#: Fewest folds in which somebody can lead: of two the spread is not known.
MIN_FOLDS = 3


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
        has no lead.

    Notes
    -----
    Printed, several samplers stand beside each other, each a column of leads with their intervals,
    with one line a metric and method. Of a single sampler ``summary`` is printed as it is.
    """

    scores: Any
    summary: Any

    def __str__(self) -> str:
        if self.summary["sampler"].nunique() < 2:
            return str(self.summary.round(3).to_string(index=False, na_rep=""))
        return f"{side_by_side(self.summary).to_string()}\n({LEGEND})"

    def _repr_html_(self) -> str:
        if self.summary["sampler"].nunique() < 2:
            return str(self.summary.round(3).to_html(index=False, na_rep=""))
        return f"{side_by_side(self.summary).to_html()}<p>{LEGEND}</p>"


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
        for method in scores["method"].unique():
            base = {"metric": metric, "method": method, "mean": table[method].mean()}
            base["std"] = table[method].std()
            leads = [
                {"sampler": name} | _lead(table, name, method, test_ratio)
                for name in samplers
                if name != method
            ]
            records += [base | lead for lead in leads or [{"sampler": method, "leader": ""}]]
    return pd.DataFrame(records)


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


def side_by_side(summary: Any) -> Any:
    """Return means and, in a column for each sampler, its leads as text."""

    def text(row: Any) -> str:
        star = " *" if row["leader"] else "  "
        return f"{row['lead']:+.3f} [{row['lead_low']:+.3f}, {row['lead_high']:+.3f}]{star}"

    order = summary[["metric", "method"]].drop_duplicates()
    keys = ["metric", "method"]
    wide = summary.assign(text=summary.apply(text, axis=1)).pivot(
        index=keys, columns="sampler", values="text"
    )[list(dict.fromkeys(summary["sampler"]))]
    wide.columns.name = None
    means = summary.drop_duplicates(keys).set_index(keys)["mean"].map("{:.3f}".format)
    wide.insert(0, "mean", means)
    return wide.loc[list(map(tuple, order.to_numpy()))].fillna("")
