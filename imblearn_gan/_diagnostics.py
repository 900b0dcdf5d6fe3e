"""A look at generated rows, class by class, so that a collapse is not silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances
from sklearn.utils import _safe_indexing

from imblearn_gan.data import DataCodec, Output, RowStack, warn_user
from imblearn_gan.exceptions import CollapseWarning

#: Most rows of a class that are looked at, and most that are held against each other.
MAX_ROWS, MAX_PAIRS = 1000, 500
#: Most values of a class that are looked at, and fewest rows of it all the same.
MAX_VALUES, MIN_IMAGES = 2**21, 50
#: Fewest rows of a class that say something of its rows, and of its columns.
MIN_ROWS, MIN_VALUES = 3, 10
#: How near two rows nearly repeat each other, in spreads of the real rows.
NEAR = 0.003
#: How near to the ends of its range a number is at the border; the range is 2 wide.
BORDER = 0.02
#: How much of what is otherwise in real rows may repeat, and may lie at the border.
MAX_LOST = {"duplicates": 0.5, "border": 0.75}
#: Least spread of rows, and of a column, in spreads of the real ones.
MIN_SPREAD, MIN_STD = 0.05, 0.1
#: How much of a class one level holds that took over, and how often real rows have one missed.
TOOK_OVER, MISSED = 0.95, 0.1
#: How many rows with other levels are to be expected, so that it is no chance if none is there.
MIN_EXPECTED = 7
#: Which fraction of a class's columns must be lost for a warning.
MIN_COLUMNS = 0.05
#: Most classes and columns that a warning names.
MAX_NAMED = 3
#: What a warning says of the sampler's attribute, for those who have the sampler.
WHERE_FIGURES_ARE = "All figures are in diagnostics_. "

Finding = tuple[str, Any]


def diagnose(
    codec: DataCodec, labels: Sequence, X: Any, y: np.ndarray, room: RowStack, made_y: np.ndarray
) -> dict[Any, dict]:
    """Hold generated rows against the real ones, class by class.

    They are encoded again: what counts is what the user gets, with whole categories and numbers
    that keep to their range and steps, not what the network meant.

    Parameters
    ----------
    codec : DataCodec
        That of X.

    labels : sequence
        The label of each class.

    X, y : {ndarray, dataframe, sparse matrix} and ndarray
        Real rows in native form, and their class codes.

    room, made_y : RowStack and ndarray
        The real rows with generated ones under them, and the class codes of these.

    Returns
    -------
    dict
        What the attribute ``diagnostics_`` holds.
    """
    stream = np.random.RandomState(0)  # the sampler's own stream is left alone

    n_values = codec.spec(()).n_values
    n_rows = min(MAX_ROWS, max(MIN_IMAGES, MAX_VALUES // n_values))

    def some(rows: np.ndarray) -> np.ndarray:
        return stream.permutation(rows)[:n_rows]

    diagnostics = {}
    for c in np.unique(made_y):
        real = codec.encode(_safe_indexing(X, some(np.flatnonzero(y == c))))
        made = codec.encode(room.take(len(y) + some(np.flatnonzero(made_y == c))))
        made = np.random.RandomState(0).permutation(made)
        figures = _figures(codec, made, real)
        diagnostics[labels[c]] = figures | {"found": list(_found(figures))}
    return diagnostics


def warn_of_collapse(diagnostics: dict[Any, dict]) -> None:
    """Give one warning of all that was found, if something was, at the line of the user."""
    collapsed = [
        f"class {label!r}: {'; '.join(_phrases(figures))}"
        for label, figures in diagnostics.items()
        if _is_serious(figures)
    ]
    if not collapsed:
        return
    n_more = len(collapsed) - MAX_NAMED
    more = f" And {n_more} more of {len(diagnostics)} generated classes." if n_more > 0 else ""
    warn_user(
        f"Generated rows have collapsed. In {', in '.join(collapsed[:MAX_NAMED])}.{more} "
        f"{WHERE_FIGURES_ARE}Try a smaller learning_rate, more iterations (max_iter), "
        "more repeated rows in their place (replay), or another sampler.",
        CollapseWarning,
    )


def describe(figures: dict[str, Any]) -> list[str]:
    """Return what a warning would say of a class, one phrase a finding."""
    return list(_phrases(figures))


# figures ------------------------------------------------------------------------------------------


def _pair(made: Any, real: Any) -> dict[str, float]:
    return {"generated": float(made), "real": float(real)}


def _figures(codec: DataCodec, made: np.ndarray, real: np.ndarray) -> dict[str, Any]:
    """Return the figures of one class."""
    sets = [rows.reshape(len(rows), -1).astype(np.float64) for rows in (made, real)]
    spread = [np.sqrt(rows.var(axis=0).sum()) for rows in sets]
    n = min(len(made), len(real), MAX_PAIRS)  # as many of each, so that chance is the same
    figures = {
        "n_rows": {"generated": len(made), "real": len(real)},
        "duplicates": _pair(*(_duplicates(rows[:n], NEAR * spread[1]) for rows in sets)),
        "spread": _pair(*spread),
    }
    if codec.is_image:
        figures["border"] = _pair(*(_at_border(rows).mean() for rows in sets))
    figures["columns"] = dict(_of_columns(codec, *sets))
    return figures


def _duplicates(rows: np.ndarray, near: float) -> float:
    """Return which fraction of rows have another one near."""
    distances = pairwise_distances(rows - rows.mean(axis=0))
    np.fill_diagonal(distances, np.inf)
    return (distances.min(axis=1) <= near).mean()


def _at_border(numbers: np.ndarray) -> np.ndarray:
    return np.abs(numbers) >= 1 - BORDER


def _of_columns(
    codec: DataCodec, made: np.ndarray, real: np.ndarray
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield names of columns, or of the columns of one-hot blocks, and their figures."""
    names = [column.index if column.name is None else column.name for column in codec.columns_]
    outputs = sorted(codec.outputs_, key=lambda output: output.columns)
    plain = [o.number for o in outputs if o.number is not None and o.group is None]
    numbers = _of_numbers(made[:, plain], real[:, plain])
    for output in outputs:
        own = tuple(names[i] for i in output.columns)
        figures = next(numbers) if output.group is None else _of_group(output, made, real)
        yield (own if len(own) > 1 else own[0]), figures


def _of_numbers(made: np.ndarray, real: np.ndarray) -> Iterator[dict[str, Any]]:
    """Yield the figures of each column of numbers."""
    measures = {
        "border": lambda rows: _at_border(rows).mean(axis=0),
        "std": lambda rows: rows.std(axis=0),
        "iqr": lambda rows: np.subtract(*np.quantile(rows, [0.75, 0.25], axis=0)),
    }
    values = [(measure(made), measure(real)) for measure in measures.values()]
    for i in range(made.shape[1]):
        yield {name: _pair(a[i], b[i]) for name, (a, b) in zip(measures, values)}


def _of_group(output: Output, made: np.ndarray, real: np.ndarray) -> dict[str, Any]:
    """Return the figures of levels, and of the numbers beside them, if these are enough."""
    groups = made[:, output.group], real[:, output.group]
    shares = zip(output.levels, *(group.mean(axis=0) for group in groups))
    levels = {"levels": {level: _pair(*share) for level, *share in shares}}
    if output.number is None:
        return levels
    usual = [
        rows[group[:, 0] == 1, output.number, None] for rows, group in zip((made, real), groups)
    ]
    return levels | (next(_of_numbers(*usual)) if min(map(len, usual)) >= MIN_VALUES else {})


# findings -----------------------------------------------------------------------------------------


def _found(figures: dict[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with a class, and with which column; None stands for all together."""
    n_rows = min(figures["n_rows"].values())
    if n_rows < MIN_ROWS:
        return
    for kind in ("duplicates", "border"):
        if kind in figures and _lost(**figures[kind]) > MAX_LOST[kind]:
            yield kind, None
    if figures["spread"]["generated"] < MIN_SPREAD * figures["spread"]["real"]:
        yield "spread", None
    if n_rows < MIN_VALUES:
        return
    for name, column in figures["columns"].items():
        if "border" in column and _lost(**column["border"]) > MAX_LOST["border"]:
            yield "border", name
        if "std" in column and _has_no_spread(**column):
            yield "std", name
        if "levels" in column and _levels_lost(list(column["levels"].values()), n_rows):
            yield "levels", name


def _lost(generated: float, real: float) -> float:
    """Return how much of what is otherwise in real rows is not so in generated ones."""
    return (generated - real) / (1 - real) if real < 1 else 0.0


def _has_no_spread(std: dict[str, float], iqr: dict[str, float], **_: Any) -> bool:
    """Tell whether a column has lost its spread: not that of a few odd values alone."""
    return std["generated"] < MIN_STD * min(std["real"], iqr["real"])


def _is_serious(figures: dict[str, Any]) -> bool:
    """Tell whether what was found is of rows as a whole, or of more than a few of many columns."""
    lost = {name for _, name in figures["found"]}
    return None in lost or len(lost) >= max(1, MIN_COLUMNS * len(figures["columns"]))


def _levels_lost(levels: list[dict[str, float]], n_rows: int) -> bool:
    """Tell whether one level took over, or one that is frequent never appears."""
    frequent = max(MISSED, MIN_EXPECTED / n_rows)
    first = max(levels, key=lambda level: level["generated"])
    took_over = (
        first["generated"] >= TOOK_OVER
        and 1 - first["real"] >= frequent
        and _lost(**first) > 1 - MISSED
    )
    return took_over or any(
        level["generated"] == 0 and level["real"] >= frequent for level in levels
    )


def _phrases(figures: dict[str, Any]) -> Iterator[str]:
    """Yield what a warning says of a class."""
    found = figures["found"]
    if ("duplicates", None) in found:
        made, real = figures["duplicates"].values()
        yield f"{made:.0%} of the rows nearly repeat another one (real rows: {real:.0%})"
    if ("spread", None) in found:
        made, real = figures["spread"].values()
        yield f"rows spread {made / real:.2%} as far as real ones"
    if ("border", None) in found:
        made, real = figures["border"].values()
        yield f"{made:.0%} of the pixels are at the ends of their range (real images: {real:.0%})"
    for kind, text in (
        ("border", "values at the ends of the range"),
        ("std", "no spread"),
        ("levels", "frequent levels lost"),
    ):
        names = [name for what, name in found if what == kind and name is not None]
        if names:
            more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
            yield f"{text} in columns {', '.join(map(repr, names[:MAX_NAMED]))}{more}"
