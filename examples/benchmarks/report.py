"""Tables and plots of what ``run.py`` has measured.

For each data set, profile and classifier: means and standard deviations over seeds, and the lead
over each baseline, paired by seed, with its 95 % interval. For BAGAN's protocol (``drop:...``): the
recall of the class that lost rows. For fidelity: means over the classes that lack rows, and the
Fréchet distance by class::

    python examples/benchmarks/report.py results.jsonl --plots folder
"""

import argparse
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
from results import read
from scipy import stats

BASELINES = ["none", "class weight", "random oversampling", "SMOTE"]
SCORES = {"acsa": "ACSA", "gm": "GM"}
FIDELITY = {
    "own_class": "own class",
    "frechet": "Fréchet",
    "ssim": "SSIM of pairs",
    "memorized": "memorised",
    "v_score": "V-score",
}


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


def lead(wide, name, baseline):
    """Mean lead of a sampler over a baseline on the same seeds, and of three its interval."""
    gaps = (wide[name] - wide[baseline]).dropna()
    if name == baseline or not len(gaps):
        return ""
    text = f"{gaps.mean():+.4f}"
    if len(gaps) > 2:
        half = stats.t.ppf(0.975, len(gaps) - 1) * gaps.sem()
        text += f" [{gaps.mean() - half:+.4f}, {gaps.mean() + half:+.4f}]"
    return text


def score_tables(frame):
    """Scores, and leads in each of them; best ACSA first."""
    groups = frame.groupby("name")
    order = groups["acsa"].mean().sort_values(ascending=False).index
    table = pd.DataFrame({"seeds": groups.size()})
    for score, title in SCORES.items():
        table[title] = groups[score].apply(spread)
    seconds = groups["sampler_seconds"].median()
    table["seconds of the sampler"] = seconds.map(lambda s: f"{s:.0f}" if s else "")
    yield "", table.loc[order]
    for score, title in SCORES.items():
        wide = frame.pivot(index="seed", columns="name", values=score)
        known = [name for name in BASELINES if name in wide]
        yield (
            f"Lead in {title}:",
            pd.DataFrame(
                {f"over {other}": [lead(wide, name, other) for name in order] for other in known},
                index=order,
            ),
        )


def fidelity_tables(frame):
    """Means over classes and seeds, and the Fréchet distance by class."""
    groups = frame.groupby("name")
    by_class = _by_class(frame)
    order = by_class.mean(axis=1).sort_values().index
    table = pd.DataFrame({"seeds": groups.size()})
    for figure, title in FIDELITY.items():
        if figure in frame:
            digits = 1 if figure == "frechet" else 3
            means = frame[figure].map(_mean, na_action="ignore")
            table[title] = means.groupby(frame["name"]).apply(spread, digits)
    order = [*order, *table.index.difference(order)]  # the last have no distance at all
    yield "Means over the classes that lack rows:", table.loc[order]
    yield "Fréchet distance by class:", by_class.reindex(order).round(1)


def _mean(figures):
    """Over the classes that have a figure."""
    return pd.Series(figures, dtype=float).mean()


def _by_class(frame):
    rows = frame[["name", "rare", "frechet"]].explode(["rare", "frechet"])
    rows["frechet"] = rows["frechet"].astype(float)
    return rows.pivot_table(index="name", columns="rare", values="frechet")


def drop_tables(frame):
    """Recall of the class that lost rows, by the share it lost."""
    yield (
        f"Recall of the class that lost rows, classes {', '.join(sorted(set(frame['label'])))}:",
        frame.pivot_table(
            index="name", columns="share", values="recall", aggfunc=lambda r: spread(r, 3)
        ),
    )
    wide = frame.pivot_table(index=["seed", "label", "share"], columns="name", values="recall")
    known = [name for name in BASELINES if name in wide]
    yield (
        "Lead in that recall, paired by class, share and seed:",
        pd.DataFrame(
            {f"over {other}": [lead(wide, name, other) for name in wide] for other in known},
            index=wide.columns,
        ),
    )
    overall = frame.pivot_table(
        index="name", columns="share", values="acsa", aggfunc=lambda r: spread(r, 3)
    )
    yield "ACSA:", overall


def drop_columns(frame):
    """Which class lost what share, and its recall."""
    parts = frame["profile"].str.split(":")
    names = frame["labels"].map(lambda labels: list(map(str, labels)))
    recalls = [
        recalls[labels.index(label)]
        for recalls, labels, label in zip(frame["recalls"], names, parts.str[1])
    ]
    return frame.assign(label=parts.str[1], share=parts.str[2].astype(float), recall=recalls)


def _label(name):
    """A name that fits beside a plot."""
    return textwrap.fill(name.replace("`", ""), 44)


def plot_scores(groups, path):
    """ACSA and GM of each sampler with each classifier: seeds, means and deviations."""
    from matplotlib.figure import Figure

    frames = dict(groups)
    means = [frame.groupby("name")["acsa"].mean().sort_values() for frame in frames.values()]
    order = list(dict.fromkeys(name for values in means for name in values.index))
    figure = Figure(figsize=(5 * len(frames) + 2, 0.36 * len(order) + 1.2), layout="constrained")
    for axes, (title, frame) in zip(
        figure.subplots(1, len(frames), sharey=True, squeeze=False)[0], frames.items()
    ):
        places = {name: place for place, name in enumerate(order)}
        for score, color, shift in zip(SCORES, ("C0", "C1"), (0.12, -0.12)):
            y = frame["name"].map(places) + shift
            axes.plot(frame[score], y, ".", color=color, alpha=0.35)
            for name, values in frame.groupby("name")[score]:
                label = SCORES[score] if name == frame["name"].iloc[0] else None
                error = values.std() if len(values) > 1 else None
                where = values.mean(), places[name] + shift
                axes.errorbar(*where, xerr=error, fmt="o", color=color, label=label)
        axes.set_yticks(range(len(order)), [_label(name) for name in order], fontsize=8)
        axes.set_title(title)
        axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=90)


def plot_frechet(frame, path):
    """Fréchet distance by sampler and class."""
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    values = _by_class(frame)
    values = values.loc[values.mean(axis=1).sort_values().index]
    if values.empty:
        return
    figure = Figure(figsize=(0.8 * values.shape[1] + 3, 0.36 * len(values) + 1), layout="tight")
    axes = figure.subplots()
    axes.imshow(values, norm=LogNorm(), cmap="viridis_r", aspect="auto")
    middle = np.sqrt(np.nanmin(values.to_numpy()) * np.nanmax(values.to_numpy()))
    for (i, j), value in np.ndenumerate(values.to_numpy()):
        color = "white" if value > middle else "black"
        axes.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=8, color=color)
    axes.set_yticks(range(len(values)), [_label(name) for name in values.index], fontsize=8)
    axes.set_xticks(range(values.shape[1]), values.columns)
    axes.set_xlabel("class")
    figure.savefig(path, dpi=90)


def plot_drop(frame, path):
    """Recall of the class that lost rows against the share it lost."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    shares = sorted(set(frame["share"]))
    for place, (name, rows) in enumerate(frame.groupby("name")):
        means = rows.groupby("share")["recall"].mean().reindex(shares)
        x = np.arange(len(shares)) + 0.03 * place
        style = "o--" if name in BASELINES else "s-"
        axes.plot(x, means, style, label=_label(name), alpha=0.8)
    axes.set_xticks(range(len(shares)), [f"{share:.1%}" for share in shares])
    axes.set_xlabel("share of its rows that the class lost")
    axes.set_ylabel("recall of that class, mean over classes")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    figure.savefig(path, dpi=90)


def main():
    """Read the lines, print the tables, save the plots."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--plots", type=Path, help="folder for plots")
    args = parser.parse_args()
    for path in args.results:
        if not path.is_file():
            parser.error(f"there is no file {path}")
    frame = pd.DataFrame([record for path in args.results for record in read(path)])
    if frame.empty:
        parser.error("there are no results yet")
    if not {"dataset", "profile", "classifier", "sampler", "settings"} <= set(frame):
        parser.error("these are no results of run.py")
    order = frame["classes"] if "classes" in frame else pd.Series(None, frame.index, dtype=object)
    frame["order"] = [" ".join(names) if isinstance(names, list) else "" for names in order]
    own = frame["sampler"].str.endswith("Oversampler")
    frame["settings"] = frame["settings"].where(own, "{}")  # of samplers only
    settings = ("`" + frame["settings"] + "`").mask(frame["settings"] == "{}", "")
    frame["name"] = (frame["sampler"] + " " + settings).str.strip()
    dropped = frame["profile"].str.startswith("drop:") & (frame["classifier"] != "fidelity")
    frame["group"] = frame["profile"].mask(dropped, "drop")
    keys = ["dataset", "group", "order", "rows_per_class", "budget", "score"]
    frame = frame.drop_duplicates([*keys, "profile", "classifier", "name", "seed"], keep="last")
    if args.plots:
        args.plots.mkdir(parents=True, exist_ok=True)
    for (dataset, group, order, n_rows, *rest), part in frame.groupby(keys):
        where = [dataset, group, *[order] * bool(order)]
        where += [f"{n_rows} rows a class"] * bool(n_rows) + rest
        unusual = [order.replace(" ", "_")] * bool(order) + [str(n_rows)] * bool(n_rows)
        unusual += [r for r in rest if r not in ("small", "test")]
        name = "_".join([dataset, group, *unusual]).replace(":", "_").replace("/", "_")
        scored = []
        for kind, rows in part.groupby("classifier"):
            print(f"\n### {', '.join([*where, kind])}\n")
            if group == "drop":
                rows = drop_columns(rows)
                tables, plot, path = drop_tables(rows), plot_drop, f"{name}_{kind}.png"
            elif kind == "fidelity":
                tables, plot, path = fidelity_tables(rows), plot_frechet, f"{name}_frechet.png"
            else:
                tables, plot = score_tables(rows), None
                scored.append((kind, rows))
            for title, table in tables:
                print(f"{title}\n\n{markdown(table)}\n" if title else f"{markdown(table)}\n")
            if args.plots and plot:
                plot(rows, args.plots / path)
        if args.plots and scored:
            plot_scores(scored, args.plots / f"{name}_scores.png")


if __name__ == "__main__":
    main()
