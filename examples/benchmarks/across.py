"""Comparisons across many tables: before and after, leads over baselines, and what can be seen.

Within a table the interval of a mean over folds is Nadeau's and Bengio's, which knows that training
rows of folds overlap; across tables each table is one value, for Student's and Wilcoxon's tests.
"""

import numpy as np
import pandas as pd
from scipy import optimize, stats
from tables import (
    LOSSES,
    TITLES,
    _by_table,
    gaps,
    interval,
    mean_of,
    places_of,
    signed_ranks,
    spread,
)

FOLD = ["dataset", "seed", "classifier_seed"]
BASELINES = (
    *("none", "threshold at prevalence", "tuned threshold", "class weight"),
    *("random oversampling", "SMOTE"),
)


def corrected(gaps, split):
    """Mean of the differences of folds, and half of its 95 % interval by Nadeau and Bengio."""
    gaps = gaps.dropna()
    if len(gaps) < 3 or not split.startswith("folds:"):
        return gaps.mean(), np.nan
    n_folds = int(split.split(":")[1].split("x")[0])
    error = gaps.std() * np.sqrt(1 / len(gaps) + 1 / (n_folds - 1))
    return gaps.mean(), stats.t.ppf(0.975, len(gaps) - 1) * error


def folds_of(frame, measure):
    """A row for each fold, a column for each name; of several classifiers, their mean."""
    return frame.pivot_table(index=FOLD, columns="name", values=measure)


def by_dataset(frame, measure="ap", digits="3"):
    """Means and deviations of one measure, a column for each data set."""
    cells = frame.assign(value=frame[measure].map(mean_of))
    table = cells.pivot_table(
        index="name", columns="dataset", values="value", aggfunc=lambda v: spread(v, int(digits))
    )
    order = cells.groupby("name")["value"].mean()
    return table.loc[order.sort_values(ascending=measure not in TITLES).index].rename_axis(
        columns=None
    )


def leads_by_dataset(frame, over, measure="ap"):
    """Leads over one method, a column for each data set, with corrected intervals."""
    wide, (split,) = folds_of(frame, measure), set(frame["split"])
    columns = {}
    for dataset, rows in wide.groupby("dataset"):
        columns[dataset] = {}
        for name in wide.columns.drop(over):
            mean, half = corrected(rows[name] - rows[over], split)
            low, high = mean - half, mean + half
            text = "" if np.isnan(half) else f" [{low:+.3f}, {high:+.3f}]"
            columns[dataset][name] = "" if np.isnan(mean) else f"{mean:+.3f}{text}"
    return pd.DataFrame(columns).rename_axis("name")


def leads_across(frame, measure="ap", over=None, of=None):
    """Leads over baselines: mean over tables with its interval, Wilcoxon's p, and table counts.

    "3 / 1" are tables whose own interval is above, or below, zero. ``of`` is how the names of
    methods begin whose leads are wanted, a column each; else all of them are rows.
    """
    wide, (split,) = folds_of(frame, measure), set(frame["split"])
    sign = -1 if measure in LOSSES else 1
    others = over.split("|") if over else _baselines_in(wide)
    order = (sign * wide.groupby("dataset").mean().mean()).sort_values(ascending=False).index
    cells = {f"over {other}": [] for other in others}
    for other in others:
        for name in order:
            found = sign * (wide[name] - wide[other]).dropna()
            cells[f"over {other}"].append("" if name == other else _cell(found, split))
    table = pd.DataFrame(cells, index=pd.Index(order, name="name"))
    if of:
        table = table.loc[[name for name in order if name.startswith(of)]].T.rename_axis("lead")
        table.columns.name = None
    return table


def _cell(gaps, split):
    """A lead as text, from its value in each fold of each table."""
    if not len(gaps):
        return ""
    tables = gaps.groupby("dataset")
    means, found = tables.mean(), [corrected(part, split) for _, part in tables]
    above = sum(mean - half > 0 for mean, half in found)
    below = sum(mean + half < 0 for mean, half in found)
    return f"{interval(means, 3)}, p = {signed_ranks(means)}, {above} / {below}"


def _baselines_in(names):
    return [n for n in names if n.startswith(BASELINES)] + [n for n in names if "under-" in n]


def _lead_of_tables(frame, of, over, measure):
    wide, sign = folds_of(frame, measure), -1 if measure in LOSSES else 1
    return sign * (wide[of] - wide[over]).dropna().groupby("dataset").mean()


def mean_lead(frame, of, over, measure="ap", without=None):
    """Mean lead over tables, all or without one, of one method over another, with its interval."""
    leads = _lead_of_tables(frame, of, over, measure)
    return interval(leads.drop(without) if without else leads, 3)


def tables_led(frame, of, over, measure="ap"):
    """In how many tables one method is above another, and of how many, as text."""
    leads = _lead_of_tables(frame, of, over, measure)
    return f"{(leads > 0).sum()} of {len(leads)}"


def lead_p(frame, of, over, measure="ap"):
    """p of Wilcoxon's signed ranks, of the leads over tables."""
    return signed_ranks(_lead_of_tables(frame, of, over, measure))


def deviation(frame, of, over, measure="ap", digits="2"):
    """Standard deviation of a lead from table to table."""
    return f"{_lead_of_tables(frame, of, over, measure).std():.{digits}f}"


def lead_seen(frame, of, over, measure="ap", chance="0.8"):
    """Which mean lead over as many tables would have been found with this chance."""
    leads = _lead_of_tables(frame, of, over, measure)
    return f"{smallest(leads.std(), len(leads), float(chance)):.3f}"


def gap_seen(frame, of, over, measure="acsa", chance="0.8"):
    """Which mean lead over as many seeds would have been found with this chance."""
    leads = gaps(frame, of, over, measure)
    return f"{smallest(leads.std(), len(leads), float(chance)):.3f}"


def width_change(frame, of, measure="ap", over=None):
    """By how much repeats changed the intervals of mean leads: percent, of several the range."""
    n_folds = int(frame["split"].iloc[0].split(":")[1].split("x")[0])
    first = frame[frame["seed"] < n_folds]
    changes = []
    for other in over.split("|") if over else _baselines_in(sorted(set(frame["name"]))):
        then, now = (_lead_of_tables(rows, of, other, measure).sem() for rows in (first, frame))
        changes.append(100 * (now / then - 1))
    ends = sorted({f"{change:+.0f}" for change in (min(changes), max(changes))}, key=int)
    return " to ".join(ends) + " %"


def verdicts(frame, of, measures="ap,acsa"):
    """Whether a method is surely ahead of each baseline, level or behind, and its mean lead.

    A column for each classifier and measure; the interval is that of ``mean_lead``.
    """
    columns = {}
    for kind, rows in frame.groupby("classifier"):
        for measure in measures.split(","):
            columns[f"{kind} {TITLES.get(measure, measure)}"] = {
                f"over {other}": _verdict(_lead_of_tables(rows, of, other, measure))
                for other in _baselines_in(sorted(set(rows["name"])))
            }
    return pd.DataFrame(columns).rename_axis("lead")


def _verdict(leads):
    sure = stats.ttest_1samp(leads, 0).pvalue < 0.05
    said = ("ahead" if leads.mean() > 0 else "behind") if sure else "level"
    return f"{said} ({leads.mean():+.3f})"


def power(frame, over, measures="ap,acsa", n_tables="32", chance="0.8"):
    """Which mean lead over so many tables is seen with 80 % chance, at 5 % and two sides."""
    rows = {}
    for measure in measures.split(","):
        wide = folds_of(frame, measure)
        for name in wide.columns.drop(over):
            seen = (wide[name] - wide[over]).dropna().groupby("dataset").mean().std()
            title = TITLES.get(measure, measure)
            rows.setdefault(name, {}).update(
                {
                    f"{title}: deviation between tables": f"{seen:.3f}",
                    f"{title}: lead seen": f"{smallest(seen, int(n_tables), float(chance)):.3f}",
                }
            )
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def smallest(deviation, n, chance):
    """The mean of ``n`` differences that Student's paired test finds with this chance."""
    border = stats.t.ppf(0.975, n - 1)

    def lacking(effect):
        shift = effect * np.sqrt(n)
        return stats.nct.sf(border, n - 1, shift) + stats.nct.cdf(-border, n - 1, shift) - chance

    return deviation * optimize.brentq(lacking, 1e-6, 8 / np.sqrt(n))


def together(frame, before):
    """Rows of both versions on the same folds, of the methods that both have."""
    key = [*FOLD, "name", "classifier", "split", "profile", "score", "n_draws", "class_size"]
    common = frame[key].merge(before[key])
    return frame.merge(common), before.merge(common)


def since(frame, before, measures="ap,acsa,gm"):
    """Before and now, on the same folds: means over tables, mean ranks, and the difference."""
    now, then = together(frame, before)
    measures = measures.split(",")
    means = [_by_table(rows, measures) for rows in (then, now)]
    places = [places_of(m) for m in means]
    columns = {}
    for column in sorted(means[0]):
        wide = [m[column].unstack("name") for m in means]
        columns[column] = {
            name: f"{wide[0][name].mean():.3f} ({places[0].loc[name, column]:.1f}) → "
            f"{wide[1][name].mean():.3f} ({places[1].loc[name, column]:.1f}), "
            f"{interval((wide[1][name] - wide[0][name]).dropna(), 3)}"
            for name in wide[0]
        }
    return pd.DataFrame(columns).rename_axis("name")


def since_by_table(frame, before, measure="ap"):
    """What changed, a row for each table and a column for each method, with intervals by folds."""
    now, then = together(frame, before)
    gaps = (folds_of(now, measure) - folds_of(then, measure)).groupby("dataset")
    (split,) = set(now["split"])
    rows = {}
    for dataset, part in gaps:
        found = {name: corrected(part[name], split) for name in part}
        rows[dataset] = {
            name: "" if np.isnan(mean) else f"{mean:+.3f}{_margin(half)}"
            for name, (mean, half) in found.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("table")


def _margin(half):
    return "" if np.isnan(half) else f" ± {half:.3f}"


VALUES = {
    function.__name__: function
    for function in (mean_lead, tables_led, lead_p, deviation, lead_seen, gap_seen, width_change)
}
TABLES = {
    function.__name__: function
    for function in (
        *(by_dataset, leads_by_dataset, leads_across, verdicts),
        *(power, since, since_by_table),
    )
}
