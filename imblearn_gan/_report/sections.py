"""The sections of a report."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import _safe_indexing

from imblearn_gan._diagnostics import describe
from imblearn_gan._report.document import Html, details, heading, paragraph, picture, table, text
from imblearn_gan._report.look import Look
from imblearn_gan._version import __version__
from imblearn_gan.data import label_keys
from imblearn_gan.inspection import (
    GeneratedImagesDisplay,
    MarginalsDisplay,
    NearestNeighborsDisplay,
    ProjectionDisplay,
    TrainingHistoryDisplay,
)
from imblearn_gan.metrics import density_coverage, memorized_fraction

#: Fewest real rows of a class from which on figures are computed.
MIN_REAL = 6
#: How much closer than real rows are to each other a copy is.
COPY_RATIO = 0.5
#: Which fraction of copies is flagged, if it is also twice that of real rows.
MANY_COPIES = 0.3
#: Most rows of a picture of neighbours.
MAX_NEIGHBORS = 8
#: Most columns and rows that a table of neighbours shows.
MAX_COLUMNS, N_NEIGHBORS_SHOWN = 12, 3


def parts(look: Look, title: str, n_images: int) -> list[str]:
    """Return the markup of all sections."""
    import matplotlib

    memory = list(_memorised(look))
    # labels and columns are text: a dollar sign starts no formula
    with matplotlib.rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        return [
            *_summary(look, title),
            *_findings(look, memory),
            *_counts(look),
            *(_images(look, n_images) if look.codec.is_image else _columns(look)),
            *_projection(look),
            *_losses(look),
            *_figures(look, memory),
            paragraph(
                "To look is not to know: whether these rows help a classifier, "
                "imblearn_gan.metrics.evaluate_sampler says, beside class weights, random "
                "oversampling, SMOTE and a moved threshold.",
                "soft",
            ),
        ]


def _summary(look: Look, title: str) -> Iterator[Html]:
    yield Html(f"<h1>{text(title)}</h1>")
    shape = " × ".join(map(str, look.X.shape[1:]))
    of = f"of {shape} pixels" if look.codec.is_image else f"with {shape} columns"
    trained = f"trained for {look.sampler.n_iter_:,} iterations"
    yield paragraph(
        f"{len(look.y):,} {look.what} {of}, {len(look.classes)} classes, {trained}; imblearn-gan "
        f"{__version__}",
        "soft",
    )
    # parameters that differ from the defaults; long values are cut by scikit-learn
    yield Html(f"<p><code>{text(' '.join(repr(look.sampler).split()))}</code></p>")


def _findings(look: Look, memory: list[dict[str, Any]]) -> Iterator[Html]:
    yield heading("What was found")
    found = []
    for label, figures in look.sampler.diagnostics_.items():
        found += [(label, phrase) for phrase in describe(figures)]
    for row in memory:
        if row["copies"] > max(MANY_COPIES, 2 * row["copies_real"]):
            found.append(
                (row["label"], f"{row['copies']:.0%} of the generated rows nearly copy a real one "
                 f"(real rows: {row['copies_real']:.0%})")
            )  # fmt: skip
    counts = np.bincount(look.y, minlength=len(look.classes))
    for k in look.generated:
        if counts[k] < MIN_REAL:
            n = counts[k]
            found.append((look.classes[k], f"{n} real rows: too few to say how rows compare"))
    if not found:
        yield paragraph(
            "No sign of a collapse, and no crowd of copies. (Losses are not looked at here.)",
            "fine",
        )
        return
    items = "".join(f"<li><b>{text(label)}</b>: {text(what)}</li>" for label, what in found)
    yield Html(f'<ul class="findings">{items}</ul>')


def _counts(look: Look) -> Iterator[Html]:
    yield heading("Rows by class")
    source = getattr(look.sampler, "sample_source_", np.empty(0, dtype=int))
    n_samples = len(look.y)
    counts = np.bincount(look.y, minlength=len(look.classes))
    added = {label: int(n) for label, n in look.sampler.sampling_strategy_.items()}
    seen = int((source >= 0).sum()) and len(source) - sum(added.values()) == n_samples
    most = max(counts[k] + added.get(label, 0) for k, label in enumerate(look.classes))
    rows = []
    for k in np.argsort(-counts, kind="stable"):
        n_added = added.get(look.classes[k], 0)
        n_repeated = (
            int((look.y[source[n_samples:][source[n_samples:] >= 0]] == k).sum()) if seen else 0
        )
        sizes = counts[k], n_added - n_repeated, n_repeated
        bars = "".join(f'<i style="width: {100 * size / most:.1f}%"></i>' for size in sizes)
        bar = Html(f'<span class="bar" aria-hidden="true">{bars}</span>')
        rows.append((look.classes[k], *(f"{n:,}" for n in (*sizes, counts[k] + n_added)), bar))
    yield table(["class", "real", "generated", "repeated", "balanced", ""], rows)
    yield paragraph("Bars: real rows, then generated ones, then real rows repeated.", "soft")


def _images(look: Look, n_images: int) -> Iterator[Html]:
    labels = look.classes[look.shown]
    sets = [look.rows_of(k, n_images) for k in look.shown]
    real, made = ([look.codec.pictures(pair[i]) for pair in sets] for i in (0, 1))
    yield heading("Images")
    yield _some(look)
    display = GeneratedImagesDisplay(real, made, labels).plot()
    yield picture(_fit(display.figure_), "Real and generated images, a class a row")

    yield heading("Nearest real images")
    yield paragraph(
        "Generated images, and the real ones nearest to each. One that equals its neighbour was "
        "learnt by heart."
    )
    n_each = max(1, MAX_NEIGHBORS // len(look.shown))
    own = np.concatenate([np.flatnonzero(look.made_y == k)[:n_each] for k in look.shown])
    n = min(5, len(look.y))
    search = NearestNeighbors(n_neighbors=n).fit(look.real_values)
    nearest = search.kneighbors(look.made_values[own], return_distance=False)
    neighbors = np.stack([look.codec.pictures(_safe_indexing(look.X, rows)) for rows in nearest])
    images = look.codec.pictures(_safe_indexing(look.made, own))
    labels = look.classes[look.made_y[own]]
    nearby = NearestNeighborsDisplay(images, neighbors, labels).plot()
    yield picture(_fit(nearby.figure_), "Generated images beside their nearest real ones")


def _columns(look: Look) -> Iterator[Html]:
    yield heading("Columns")
    n_columns = len(look.codec.columns_)
    more = f" The first nine of {n_columns} columns." if n_columns > 9 else ""
    yield paragraph(f"Real rows and generated ones of a class, column by column.{more}")
    yield _some(look)
    for k in look.shown:
        if not (look.y == k).any():
            continue
        yield heading(look.classes[k], 3)
        display = MarginalsDisplay.from_sampler(
            look.sampler, *look.given, label=look.classes[k], random_state=look.random_state
        )
        figure = display.figure_
        if display.axes_.size < 3:
            figure.set_size_inches(4 * display.axes_.size, 3)
        yield picture(_fit(figure), f"Columns of the class {look.classes[k]}")

    yield heading("Nearest real rows")
    yield paragraph(
        "Generated rows, and below each the real row nearest to it; what differs is marked. A row "
        "without a mark was learnt by heart."
    )
    names = [f"column {c.index}" if c.name is None else c.name for c in look.codec.columns_]
    closest = NearestNeighbors(n_neighbors=1).fit(look.real_values)
    for k in look.shown:
        own = np.flatnonzero(look.made_y == k)[:N_NEIGHBORS_SHOWN]
        nearest = closest.kneighbors(look.made_values[own], return_distance=False)[:, 0]
        rows: list[list[Any]] = []
        for i, j in zip(own, nearest):
            made, real = _cells(look.made, i), _cells(look.X, j)
            label = look.classes[look.y[j]]
            rows += [
                [
                    "generated",
                    *(Html(f"<b>{text(a)}</b>") if a != b else a for a, b in zip(made, real)),
                ],
                [f"real, {label}" if look.y[j] != k else "real", *real],
            ]
        yield heading(look.classes[k], 3)
        yield table(["", *names[:MAX_COLUMNS]], rows)
    if len(names) > MAX_COLUMNS:
        yield paragraph(f"The first {MAX_COLUMNS} of {len(names)} columns.", "soft")


def _cells(X: Any, i: int) -> list[str]:
    """Return the first cells of a row, as text."""
    row = _safe_indexing(X, [int(i)])
    if hasattr(row, "iloc"):
        values = [row.iloc[0, j] for j in range(min(MAX_COLUMNS, row.shape[1]))]
    else:
        row = row.toarray() if hasattr(row, "toarray") else np.asarray(row)
        values = list(row[0, :MAX_COLUMNS])
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return "–" if np.isnan(value) else f"{value:.5g}"
    shown = str(value).removesuffix(" 00:00:00")
    return "–" if shown in ("None", "NaT", "<NA>") else shown[:40]


def _projection(look: Look) -> Iterator[Html]:
    yield heading("In two dimensions")
    yield paragraph(
        "The first two principal components of the real rows. Generated rows should lie where "
        "their class lies, as widely, and not on the others."
    )
    display = ProjectionDisplay.from_sampler(
        look.sampler,
        *look.given,
        labels=label_keys(look.classes[look.shown]),
        max_rows=look.max_rows,
        random_state=look.random_state,
    )
    yield picture(_fit(display.figure_), "Real and generated rows in two dimensions, by class")


def _losses(look: Look) -> Iterator[Html]:
    if not look.sampler.history_:
        return
    yield heading("Losses")
    yield paragraph(
        "A GAN's losses need not fall: they should settle. One that grows without end, or falls to "
        "nothing, tells of a game that one side has won."
    )
    display = TrainingHistoryDisplay.from_estimator(look.sampler)
    n = len(display.axes_)
    display.figure_.set_size_inches(min(9.6, 4.8 * n + 1.2), 3.2 * -(-n // 3))
    yield picture(_fit(display.figure_), "Losses of each phase of the training")


def _memorised(look: Look) -> Iterator[dict[str, Any]]:
    """Yield figures of each class that has enough rows."""
    for k in look.generated:
        real = look.real_values[look.y == k]
        made = look.made_values[look.made_y == k]
        if len(real) < MIN_REAL or len(np.unique(real, axis=0)) < 3:
            continue
        copies = memorized_fraction(real, made, ratio=COPY_RATIO)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of rows that repeat each other
            density, coverage = density_coverage(real, made)
        yield {
            "label": look.classes[k],
            "n": (len(real), len(made)),
            "copies": copies.generated,
            "copies_real": copies.real,
            "density": density,
            "coverage": coverage,
        }


def _figures(look: Look, memory: list[dict[str, Any]]) -> Iterator[Html]:
    yield heading("Figures")
    if memory:
        yield paragraph(
            "Of rows drawn afresh. Copies: rows less than half as far from a real row as real"
            " rows are from each other, beside the same figure of real rows. Density: how far"
            " generated rows lie among real ones, about 1 for rows of the same distribution. "
            "Coverage: what part of the real rows has a generated one near; it says little of"
            " a few rows."
        )
        header = ["class", "real", "generated", "copies", "of real rows", "density", "coverage"]
        yield table(
            header,
            [
                (
                    row["label"],
                    *row["n"],
                    f"{row['copies']:.0%}",
                    f"{row['copies_real']:.0%}",
                    f"{row['density']:.2f}",
                    f"{row['coverage']:.2f}",
                )
                for row in memory
            ],
        )
    yield paragraph(
        "diagnostics_, of the rows that fit_resample has made: how many nearly repeat another one, "
        "and how far rows spread."
    )
    diagnostics = look.sampler.diagnostics_
    yield table(
        ["class", "repeat another", "of real rows", "spread", "of real rows"],
        [
            (
                label,
                *(f"{figures['duplicates'][side]:.0%}" for side in ("generated", "real")),
                *(f"{figures['spread'][side]:.2f}" for side in ("generated", "real")),
            )
            for label, figures in diagnostics.items()
        ],
    )
    for label, figures in diagnostics.items():
        if figures["columns"]:
            rows = [(name, *_of_column(column)) for name, column in figures["columns"].items()]
            header = ["column", "spread", "of real rows", "levels: generated / real"]
            yield details(f"columns of {label}", table(header, rows))


def _of_column(figures: dict[str, Any]) -> tuple[str, str, str]:
    std = [
        f"{figures['std'][side]:.2f}" if "std" in figures else "" for side in ("generated", "real")
    ]
    levels = list(figures.get("levels", {}).items())
    shown = sorted(levels, key=lambda level: -level[1]["real"])[:4]
    named = [f"{str(k)[:24]} {v['generated']:.0%} / {v['real']:.0%}" for k, v in shown]
    more = f" … {len(levels) - 4} more" if len(levels) > 4 else ""
    return std[0], std[1], ", ".join(named) + more


def _some(look: Look) -> Html:
    n = len(look.generated)
    if n == len(look.shown):
        return Html("")
    return paragraph(f"The {len(look.shown)} classes with the fewest rows, of {n}.", "soft")


def _fit(figure: Any, width: float = 9.6) -> Any:
    """Return a figure that is no wider than the page."""
    size = figure.get_size_inches()
    if size[0] > width:
        figure.set_size_inches(size * width / size[0])
    return figure
