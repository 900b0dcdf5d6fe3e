"""Tables of results: each function makes one from a frame with a row for each record."""

import json

import mixed
import numpy as np
import pandas as pd
import records
from scipy import stats

BASELINES = ["none", "class weight", "random oversampling", "SMOTE"]
TITLES = {
    "acsa": "ACSA",
    "gm": "GM",
    "ap": "average precision",
    "auc": "AUC",
    "right_labels": "rows with the label asked for",
    "recall_of_shirts": "recall of shirts",
}
FIDELITY = {
    "own_class": "own class",
    "frechet": "Fréchet",
    "ssim": "SSIM of pairs",
    "memorized": "memorised",
    "v_score": "V-score",
}
#: Measures of columns: how several tables and seeds are summed up, and digits.
COLUMNS = {
    "tv": ("TV of shares", "mean", 3),
    "tv_max": ("largest TV", "max", 3),
    "lost": ("frequent categories lost", "sum", 0),
    "ks": ("KS distance", "mean", 3),
    "ks_max": ("largest KS", "max", 3),
    "inflated": ("inflated value, share off by", "mean", 3),
    "missing": ("missing values, share off by", "mean", 3),
    "right_labels": ("rows with the label asked for", "mean", 3),
}
#: What the members of a bag learn from, if not from all rows; see ``members.py``.
SIZES = {
    **dict.fromkeys(["largest", "all"], ""),
    **dict.fromkeys(["geometric_mean", "gm"], " at the geometric mean"),
    "boot": " of bootstraps",
    "gm_boot": " at the geometric mean, of bootstraps",
    "x2": " at twice the rare class",
    "x3": " at three times the rare class",
    "under": " at the rare class",
}
#: Measures of which less is better.
LOSSES = ["brier", "log_loss", "brier_corrected", "log_loss_corrected"]
PAIR = ["dataset", "profile", "seed", "classifier_seed"]


def frame_of(found):
    """A row for each record, a column for each field and measure; of one key the last counts."""
    found = list({record.key(): record for record in found}.values())
    frame = pd.DataFrame([{**vars(r), **r.measures, **_dropped(r)} for r in found])
    if frame.empty:
        return frame
    frame["classifier_seed"] = frame["classifier_seed"].fillna(-1)
    frame["settings"] = frame["settings"].map(lambda s: json.dumps(s, separators=(",", ":")))
    settings = (" `" + frame["settings"] + "`").mask(frame["settings"] == "{}", "")
    bags = frame["n_draws"].map(lambda n: f", bag of {n}" if n > 1 else "")
    bags += frame["class_size"].map(lambda size: SIZES.get(size, f" of {size}"))
    recipes = frame["recipe"].map(lambda recipe: f", {recipe}" if recipe else "")
    frame["name"] = frame["method"] + recipes + bags + settings
    frame["fresh"] = frame["dataset"].isin(mixed.FRESH)
    return frame


def _dropped(record):
    """The class that lost rows, the fraction it lost, and its recall."""
    kind, *parts = record.profile.split(":")
    if kind != "drop" or "recalls" not in record.measures:
        return {}
    recalls = dict(zip(map(str, record.labels), record.measures["recalls"]))
    return {"label": parts[0], "fraction": float(parts[1]), "recall": recalls[parts[0]]}


def read(paths):
    """The frame of some files of results."""
    return frame_of([record for path in paths for record in records.read(path)])


def markdown(frame):
    """A frame as lines of Markdown; its index is the first column."""
    frame = frame.reset_index().astype(object)
    frame = frame.where(frame.notna(), "")
    rows = [frame.columns, ["---"] * frame.shape[1], *frame.to_numpy()]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def spread(values, digits=4):
    """Mean and standard deviation, as text."""
    values = values.dropna()
    if not len(values):
        return ""
    text = f"{values.mean():.{digits}f}"
    return text + (f" ± {values.std():.{digits}f}" if len(values) > 1 else "")


def interval(gaps, digits=4):
    """Mean of differences, and of three its 95 % interval."""
    if not len(gaps):
        return ""
    text = f"{gaps.mean():+.{digits}f}"
    if len(gaps) > 2:
        half = stats.t.ppf(0.975, len(gaps) - 1) * gaps.sem()
        text += f" [{gaps.mean() - half:+.{digits}f}, {gaps.mean() + half:+.{digits}f}]"
    return text


def signed_ranks(gaps):
    """p of Wilcoxon's test, as text; the exact one takes a second where tables tie."""
    p = stats.wilcoxon(gaps, method="approx").pvalue if gaps.any() else 1.0
    return f"{p:.2g}"


def lead(wide, name, baseline):
    """Mean lead of a method over another on the same rows."""
    return "" if name == baseline else interval((wide[name] - wide[baseline]).dropna())


def order_of(frame, measure="acsa"):
    """Names, the best first."""
    return frame.groupby("name")[measure].mean().sort_values(ascending=False).index


def _leads(frame, measure, order, index=PAIR, over=()):
    wide = frame.pivot_table(index=index, columns="name", values=measure)
    known = [name for name in BASELINES if name in wide]
    known += [name for name in order if name.startswith(over)]
    columns = {f"over {other}": [lead(wide, name, other) for name in order] for other in known}
    return pd.DataFrame(columns, index=pd.Index(order, name="name"))


def scores(frame, measures="acsa,gm", digits="4"):
    """Means and standard deviations over seeds or folds, and median seconds of the method."""
    groups, of_folds = frame.groupby("name"), frame["split"].str.startswith("folds:").all()
    table = pd.DataFrame({"folds" if of_folds else "seeds": groups.size()})
    for measure in measures.split(","):
        title = TITLES.get(measure, measure)
        table[title] = groups[measure].apply(spread, int(digits))
    seconds = groups["seconds"].median()
    table["seconds of the method"] = seconds.map(lambda s: f"{s:.0f}" if s else "", "ignore")
    return table.loc[order_of(frame, measures.split(",")[0])]


def leads(frame, measure="acsa", over=None):
    """Leads over the baselines, paired by seed, with their 95 % intervals.

    ``over`` is how the names of further ones begin, with ``|`` between them.
    """
    return _leads(frame, measure, order_of(frame), over=tuple(over.split("|")) if over else ())


def by_seed(frame):
    """ACSA / GM of each seed, and median seconds: seeds differ, so means would mislead."""
    cells = frame["acsa"].map("{:.4f}".format) + " / " + frame["gm"].map("{:.4f}".format)
    table = frame.assign(cell=cells).pivot(index="name", columns="seed", values="cell")
    table.columns = [f"seed {seed}" for seed in table.columns]
    seconds = frame.groupby("name")["seconds"].median()
    table["seconds of the method"] = seconds.map("{:.0f}".format, "ignore")
    return table


def deviations(frame, measures="acsa,gm"):
    """Means of several trainings on one set of rows, which were stored with their deviations."""
    table = frame.set_index("name").sort_values("acsa", ascending=False)
    return pd.DataFrame(
        {
            TITLES.get(name, name): [
                f"{value:.4f} ± {deviation:.4f}"
                for value, deviation in zip(table[name], table[f"{name}_deviation"])
            ]
            for name in measures.split(",")
        },
        index=table.index,
    )


def fidelity(frame):
    """What images are like: means over the classes that lack rows, and over seeds."""
    groups = frame.groupby("name")
    order = means_by_class(frame, "frechet").mean(axis=1).sort_values().index
    table = pd.DataFrame({"seeds": groups.size()})
    for measure, title in FIDELITY.items():
        if measure in frame:
            digits = 1 if measure == "frechet" else 3
            means = frame[measure].map(lambda v: pd.Series(v, dtype=float).mean(), "ignore")
            table[title] = means.groupby(frame["name"]).apply(spread, digits)
    return table.loc[[*order, *table.index.difference(order)]]  # the last have no distance


def mean_of(values):
    """Of a list by class, without classes that have none; a figure is its own."""
    known = [value for value in np.ravel(values) if value is not None and not pd.isna(value)]
    return float(np.mean(known)) if known else np.nan


def columns(frame):
    """What generated rows are like column by column, over tables, seeds and classes."""
    table = pd.DataFrame({"tables": frame.groupby("name")["dataset"].nunique()})
    for measure, (title, how, digits) in COLUMNS.items():
        if measure in frame:
            figures = frame[measure].map(lambda v: pd.Series(v, dtype=float).agg("mean"))
            if how != "mean":
                figures = frame[measure].map(lambda v, how=how: pd.Series(v, dtype=float).agg(how))
            found = figures.groupby(frame["name"]).agg(how)
            table[title] = found.map(f"{{:.{digits}f}}".format, "ignore")
    table["seconds of the method"] = frame.groupby("name")["seconds"].median().map("{:.1f}".format)
    worst = [measure for measure in ("tv", "ks") if measure in frame]
    figures = frame.set_index("name")[worst].map(mean_of).groupby("name").mean()
    order = figures.sum(axis=1)
    return table.loc[order.sort_values().index]


def by_column(frame, measure="tv"):
    """TV or KS of each column of a table, means over seeds and classes, in the order of means."""
    cells = {}
    for name, rows in frame.groupby("name"):
        found = [pd.Series(d) for lists in rows[f"{measure}_by_column"] for d in lists if d]
        cells[name] = pd.concat(found, axis=1).mean(axis=1) if found else pd.Series()
    table = pd.DataFrame(cells).T.rename_axis("name")
    return table.loc[table.mean(axis=1).sort_values().index].round(3)


def means_by_class(frame, measure):
    """Means of what images are like, a column a class."""
    rows = frame[["name", "rare", measure]].explode(["rare", measure])
    rows[measure] = rows[measure].astype(float)
    return rows.pivot_table(index="name", columns="rare", values=measure)


def frechet(frame):
    """Fréchet distance by class, in the order of the means."""
    table = means_by_class(frame, "frechet")
    return table.loc[table.mean(axis=1).sort_values().index].round(1)


def memorized(frame):
    """The fraction of images that are nearer to a real one than that is to others, by class."""
    return means_by_class(frame, "memorized").round(2)


def by_fraction(frame, measure="recall"):
    """Recall of the class that lost rows, or another measure, by the fraction it lost."""
    return frame.pivot_table(
        index="name", columns="fraction", values=measure, aggfunc=lambda r: spread(r, 3)
    )


def over_others(frame, of, measures="acsa,gm"):
    """Leads of one method over each other one, paired."""
    columns = {}
    for measure in measures.split(","):
        wide = frame.pivot_table(index=PAIR, columns="name", values=measure)
        others = wide.columns.drop(of)
        columns[f"lead in {TITLES.get(measure, measure)}"] = {
            f"over {other}": lead(wide, of, other) for other in others
        }
    return pd.DataFrame(columns).rename_axis("")


def recall_leads(frame):
    """Lead in the recall of the class that lost rows, paired by class, fraction and seed."""
    return _leads(frame, "recall", sorted(set(frame["name"])), index=["seed", "label", "fraction"])


def _by_table(frame, measures):
    """Means over folds: rows are methods and tables, columns classifiers and measures."""
    means = frame.groupby(["name", "dataset", "classifier"])[measures].mean().unstack("classifier")
    means.columns = [f"{kind} {TITLES.get(name, name)}" for name, kind in means.columns]
    return means


def places_of(means):
    """Mean ranks over tables, 1 being best: the largest, or of losses the least."""
    losses = [column for column in means if column.endswith(tuple(LOSSES))]
    signed = means.assign(**{column: -means[column] for column in losses})
    return signed.groupby("dataset").rank(ascending=False).groupby("name").mean()


def ranks(frame, measures="ap,acsa,gm"):
    """Means over tables, with mean ranks in parentheses, 1 being best."""
    means = _by_table(frame, measures.split(","))
    places = places_of(means)
    means = means.groupby("name").mean().round(9)  # halves are rounded alike by any pandas
    table = pd.DataFrame(
        {
            column: [
                "" if pd.isna(m) else f"{m:.3f} ({p:.1f})"
                for m, p in zip(means[column], places[column])
            ]
            for column in sorted(means)
        },
        index=means.index,
    )
    table["seconds of the method"] = (
        frame.groupby("name")["seconds"].median().map("{:.1f}".format, "ignore")
    )
    return table.loc[places.mean(axis=1).sort_values().index]


def friedman(frame, measures="ap,acsa,gm"):
    """Friedman's test of equal ranks over the tables: p."""
    means = _by_table(frame, measures.split(","))
    rows = {
        column: stats.friedmanchisquare(*means[column].unstack("name").to_numpy().T).pvalue
        for column in sorted(means)
    }
    return pd.DataFrame({"p": [f"{p:.2g}" for p in rows.values()]}, index=pd.Index(rows, name=""))


def wilcoxon(frame, measures="acsa,gm"):
    """Leads over the baselines, averaged over tables, and p of Wilcoxon's signed ranks."""
    baselines = [*BASELINES, "BorderlineSMOTE"]
    means = frame.groupby(["name", "dataset"])[measures.split(",")].mean()
    gaps, names = {}, [n for n in means.index.unique("name") if n not in baselines]
    for other in baselines:
        gaps[f"over {other}"] = []
        for name in names:
            difference = means.loc[name] - means.loc[other]
            values = " / ".join(f"{value:+.3f}" for value in difference.mean())
            p = ", ".join(signed_ranks(d) for _, d in difference.items())
            gaps[f"over {other}"].append(f"{values} (p = {p})")
    return pd.DataFrame(gaps, index=pd.Index(names, name="name"))


def speed(frame):
    """The newest timings: measures are columns."""
    columns = list({m: None for found in frame["measures"] for m in found if m[-5:] != "_runs"})
    table = frame.set_index("method")[["dataset", *columns]]
    for name in ("device", "precision"):
        given = [json.loads(settings).get(name, "") for settings in frame["settings"]]
        table.insert(1, name, given)
    table = table.sort_index(kind="stable")
    return table.map(lambda v: f"{v:.3g}" if isinstance(v, float) and pd.notna(v) else v)


def by_side(frame):
    """Minutes of default calls on photographs, a column for each side in pixels."""
    sides = frame["dataset"].str.split(":").str[1].astype(int)
    minutes = frame["measures"].map(lambda found: found["minutes"])
    wide = pd.DataFrame({"name": frame["method"], "side": sides, "minutes": minutes})
    table = wide.pivot_table(index="name", columns="side", values="minutes", aggfunc="last")
    table.columns = [f"{side}x{side}" for side in table]
    return table.sort_values("64x64").map("{:.1f}".format, "ignore")


def growth(frame):
    """Milliseconds an update of the last phase, and peak MiB, by side and classes of images."""
    cells = {}
    for method, dataset, measures in zip(frame["method"], frame["dataset"], frame["measures"]):
        kind, side, n_classes = dataset.split(":")[:3]
        if kind == "images":
            game = measures.get("ms adversarial", measures.get("ms autoencoder"))
            column = f"{side}x{side}, {n_classes} classes"
            cells.setdefault(column, {})[method] = f"{game:.3g} ({measures['peak MiB']})"
    return pd.DataFrame(cells).rename_axis("name").sort_index()


def gpu(frame, ways):
    """Milliseconds an iteration of the last phase, in some ways, by method and rows."""
    found = {}
    for method, rows, settings, measures in frame[
        ["method", "dataset", "settings", "measures"]
    ].itertuples(index=False):
        taken = [value for name, value in measures.items() if name.startswith("ms ")]
        way = json.loads(settings)["way"]
        if taken and way in ways.split("|"):
            found[method, rows, way] = f"{taken[-1]:.3g}"
    methods, columns = (list(dict.fromkeys(key[i] for key in found)) for i in range(2))
    cells = {
        rows: [
            " → ".join(found.get((m, rows, way), "–") for way in ways.split("|")) for m in methods
        ]
        for rows in columns
    }
    return pd.DataFrame(cells, index=pd.Index(methods, name="method")).sort_index()


TABLES = {
    function.__name__: function
    for function in (
        *(scores, leads, over_others, by_seed, deviations, fidelity, frechet, memorized),
        *(by_fraction, recall_leads, columns, by_column),
        *(ranks, friedman, wilcoxon, speed, by_side, growth, gpu),
    )
}


def value(frame, measure="acsa", digits="3"):
    """Mean of one method; of several tables, the mean of theirs."""
    return f"{frame.groupby('dataset')[measure].mean().mean():.{digits}f}"


def mean_interval(frame, measure="acsa", digits="4"):
    """Mean of one method over its seeds, with its 95 % interval."""
    return interval(frame[measure], int(digits)).replace("+", "")


def gaps(frame, of, over, measure):
    """Leads of a method over another, paired."""
    wide = frame.pivot_table(index=PAIR, columns="name", values=measure)
    return (wide[of] - wide[over]).dropna()


def gap(frame, of, over, measure="acsa", digits="3"):
    """Mean lead of a method over another, paired, with its 95 % interval."""
    return interval(gaps(frame, of, over, measure), int(digits))


VALUES = {"value": value, "mean_interval": mean_interval, "gap": gap}
