"""Tables and plots of what ``run.py`` has measured.

One table for each data set, profile and classifier: means and standard deviations over seeds, and
the lead over each baseline, paired by seed, with its 95 % interval::

    python examples/benchmarks/report.py results.jsonl --plot results.png
"""

import argparse
import json
from pathlib import Path

import pandas as pd
from scipy import stats

BASELINES = ["none", "class weight", "random oversampling", "SMOTE"]
SCORES = ["acsa", "gm"]


def lead(frame, name, baseline, score):
    """Mean lead of a sampler over a baseline on the same seeds, with its interval."""
    wide = frame.pivot(index="seed", columns="name", values=score)
    if baseline not in wide or name == baseline:
        return ""
    gaps = (wide[name] - wide[baseline]).dropna()
    if not len(gaps):
        return ""
    text = f"{gaps.mean():+.4f}"
    if len(gaps) > 1:
        half = stats.t.ppf(0.975, len(gaps) - 1) * gaps.sem()
        text += f" [{gaps.mean() - half:+.4f}, {gaps.mean() + half:+.4f}]"
    return text


def table(frame):
    """Markdown lines, best ACSA first."""
    known = [name for name in BASELINES if name in set(frame["name"])]
    heads = ["sampler", "seeds", "ACSA", "GM", "seconds"]
    heads += [f"ACSA over {name}" for name in known] + [f"GM over {name}" for name in known]
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for name in frame.groupby("name")["acsa"].mean().sort_values(ascending=False).index:
        rows = frame[frame["name"] == name]
        cells = [name, str(len(rows))]
        cells += [f"{rows[s].mean():.4f} ± {rows[s].std():.4f}" for s in SCORES]
        cells.append(f"{rows['sampler_seconds'].median():.0f}")
        cells += [lead(frame, name, other, score) for score in SCORES for other in known]
        yield "| " + " | ".join(cells) + " |"


def plot(groups, path):
    """ACSA and GM of each sampler, seed by seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 0.4 * sum(f["name"].nunique() for _, f in groups) + 1))
    for axes, (title, frame) in zip(figure.subplots(len(groups), 1, squeeze=False)[:, 0], groups):
        order = frame.groupby("name")["acsa"].mean().sort_values().index
        for score, marker in zip(SCORES, "ox"):
            places = [list(order).index(name) for name in frame["name"]]
            axes.plot(frame[score], places, marker, label=score.upper(), alpha=0.7)
        axes.set_yticks(range(len(order)), order)
        axes.set_title(title, fontsize=9)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    """Read the lines, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    lines = [json.loads(line) for path in args.results for line in path.read_text().splitlines()]
    frame = pd.DataFrame(lines)
    plain = (frame["settings"] == "{}") | frame["sampler"].isin([*BASELINES, "BorderlineSMOTE"])
    settings = frame["settings"].mask(plain, "")
    frame["name"] = (frame["sampler"] + " " + settings).str.strip()
    groups = []
    for keys, part in frame.groupby(["dataset", "profile", "classifier", "budget", "score"]):
        title = ", ".join(keys)
        groups.append((title, part))
        print(f"\n### {title}\n")
        print("\n".join(table(part)))
    if args.plot:
        plot(groups, args.plot)


if __name__ == "__main__":
    main()
