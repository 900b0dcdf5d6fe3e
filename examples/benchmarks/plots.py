"""Plots of results: each function makes one from a frame with a row for each record."""

import textwrap

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from tables import BASELINES, means_by_class

SCORES = {"acsa": "ACSA", "gm": "GM"}


def _label(name):
    """A name that fits beside a plot."""
    return textwrap.fill(name.replace("`", ""), 44)


def scores(frame):
    """ACSA and GM of each method with each classifier: seeds, means and deviations."""
    frames = dict(list(frame.groupby("classifier")))
    means = [part.groupby("name")["acsa"].mean().sort_values() for part in frames.values()]
    order = list(dict.fromkeys(name for values in means for name in values.index))
    places = {name: place for place, name in enumerate(order)}
    figure = Figure(figsize=(5 * len(frames) + 2, 0.36 * len(order) + 1.2), layout="constrained")
    grid = figure.subplots(1, len(frames), sharey=True, squeeze=False)[0]
    for axes, (title, part) in zip(grid, frames.items()):
        for score, color, shift in zip(SCORES, ("C0", "C1"), (0.12, -0.12)):
            axes.plot(part[score], part["name"].map(places) + shift, ".", color=color, alpha=0.35)
            groups = part.groupby("name")[score]
            axes.errorbar(
                groups.mean(),
                groups.mean().index.map(places) + shift,
                xerr=groups.std().fillna(0),
                fmt="o",
                color=color,
                label=SCORES[score],
            )
        axes.set_yticks(range(len(order)), [_label(name) for name in order], fontsize=8)
        axes.set_title(title)
        axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    return figure


def frechet(frame):
    """Fréchet distance by method and class."""
    values = means_by_class(frame, "frechet")
    values = values.loc[values.mean(axis=1).sort_values().index]
    figure = Figure(figsize=(0.8 * values.shape[1] + 3, 0.36 * len(values) + 1), layout="tight")
    if values.empty:
        return figure
    axes = figure.subplots()
    axes.imshow(values, norm=LogNorm(), cmap="viridis_r", aspect="auto")
    middle = np.sqrt(np.nanmin(values.to_numpy()) * np.nanmax(values.to_numpy()))
    for (i, j), number in np.ndenumerate(values.to_numpy()):
        color = "white" if number > middle else "black"
        axes.text(j, i, f"{number:.0f}", ha="center", va="center", fontsize=8, color=color)
    axes.set_yticks(range(len(values)), [_label(name) for name in values.index], fontsize=8)
    axes.set_xticks(range(values.shape[1]), values.columns)
    axes.set_xlabel("class")
    return figure


def by_fraction(frame):
    """Recall of the class that lost rows against the fraction it lost."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    fractions = sorted(set(frame["fraction"]))
    for place, (name, rows) in enumerate(frame.groupby("name")):
        means = rows.groupby("fraction")["recall"].mean().reindex(fractions)
        x = np.arange(len(fractions)) + 0.03 * place
        style = "o--" if name in BASELINES else "s-"
        axes.plot(x, means, style, label=_label(name), alpha=0.8)
    axes.set_xticks(range(len(fractions)), [f"{fraction:.1%}" for fraction in fractions])
    axes.set_xlabel("fraction of its rows that the class lost")
    axes.set_ylabel("recall of that class, mean over classes")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def ranks(frame):
    """Mean ranks over tables in balanced accuracy and geometric mean, by classifier."""
    kinds = sorted(set(frame["classifier"]))
    figure = Figure(figsize=(5 * len(kinds) + 2, 0.32 * frame["name"].nunique() + 1.2))
    figure.set_layout_engine("constrained")
    order = None
    for axes, kind in zip(figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0], kinds):
        part = frame[frame["classifier"] == kind]
        means = part.groupby(["name", "dataset"])[list(SCORES)].mean()
        places = means.groupby("dataset").rank(ascending=False).groupby("name").mean()
        if order is None:
            order = places.mean(axis=1).sort_values(ascending=False).index
        for score, color in zip(SCORES, ("C0", "C1")):
            axes.plot(places.loc[order, score], range(len(order)), "o", color=color, label=score)
        axes.set_yticks(range(len(order)), [_label(name) for name in order], fontsize=8)
        axes.set_title(f"{kind}: mean rank, 1 is best")
        axes.grid(alpha=0.3)
    axes.legend([SCORES[score] for score in SCORES], loc="upper right")
    return figure


PLOTS = {function.__name__: function for function in (scores, frechet, by_fraction, ranks)}
