"""The cells of a text file's column: what they are, and how generated ones are written.

A column is of a type if every cell is written as that type is, so that it could be written again:
``7`` is an integer, ``007`` is text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

#: What stands for a missing number or date. In a column of text only the empty cell does.
MISSING = {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None"}

INTEGER = r"0|-?[1-9]\d{0,17}"
DECIMAL = r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"

#: Dates and times that are found: those of ISO 8601.
TIMES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
)


class TypedColumn(NamedTuple):
    """Values for a sampler, and how values become cells."""

    values: Any
    to_cells: Callable[[Any], list[str]]


def read_cells(pd: Any, cells: list[str], time_format: str | None, decimal: str) -> TypedColumn:
    """Return the values of a column, and the way back.

    Parameters
    ----------
    pd : module
        pandas.

    cells : list of str
        What the file holds.

    time_format : str or None
        How dates are written; None tries those of ISO 8601.

    decimal : str
        The decimal mark.

    Returns
    -------
    TypedColumn
        A series of integers, floats, times or strings, and a function of such a series.

    Raises
    ------
    ValueError
        If cells are not written as ``time_format`` says.
    """
    text = pd.Series(cells, dtype=object)
    missing = text.isin(MISSING)
    present = text[~missing]
    as_missing = Counter(text[missing]).most_common(1)[0][0] if missing.any() else ""
    found = None
    if len(present):
        times = _times(pd, present, time_format)
        found = times or _integers(pd, present, missing) or _decimals(present, decimal)
        if time_format is not None and times is None:
            raise ValueError(
                f"cells are not written as {time_format!r}, such as {present.iloc[0]!r}"
            )
    if found is None:
        missing, as_missing, found = text == "", "", (text[text != ""], str)
    values, write = found
    values = values.reindex(text.index)
    if values.dtype == object:
        values = values.where(~missing, None)

    def to_cells(generated: Any) -> list[str]:
        gaps = generated.isna().tolist()
        return [as_missing if gap else write(value) for value, gap in zip(generated, gaps)]

    return TypedColumn(values, to_cells)


def _integers(pd: Any, present: Any, missing: Any) -> tuple[Any, Callable] | None:
    if not present.str.fullmatch(INTEGER).all():
        return None
    return present.astype("int64").astype("Int64" if missing.any() else "int64"), _integer


def _integer(value: Any) -> str:
    return str(int(value))


def _decimals(present: Any, decimal: str) -> tuple[Any, Callable] | None:
    if decimal != ".":
        if present.str.contains(".", regex=False).any():
            return None
        present = present.str.replace(decimal, ".", regex=False)
    if not present.str.fullmatch(DECIMAL).all() or not present.str.contains("[.eE]").any():
        return None  # a whole number of more digits than fit is an id
    values = present.astype("float64")
    if not np.isfinite(values).all():
        return None
    if present.str.contains("[eE]").any():
        return values, partial(_decimal, n_digits=None, fixed=False, mark=decimal)
    n_digits = present.str.partition(".")[2].str.len()
    most, fixed = int(n_digits.max()), bool((n_digits == n_digits.max()).all())
    return values, partial(_decimal, n_digits=most, fixed=fixed, mark=decimal)


def _decimal(value: float, n_digits: int | None, fixed: bool, mark: str) -> str:
    """Write a number with as many digits as the column has."""
    if n_digits is None:
        return repr(float(value)).replace(".", mark)
    text = f"{value:.{n_digits}f}"
    if not fixed and "." in text:
        text = text.rstrip("0").rstrip(".")
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace(".", mark)


def _times(pd: Any, present: Any, time_format: str | None) -> tuple[Any, Callable] | None:
    for written in TIMES if time_format is None else (time_format,):
        # the first cell tells most formats apart
        if all(_is_written_as(pd, cells, written) for cells in (present.iloc[:1], present)):
            values = pd.to_datetime(present, format=written)
            return values, lambda value, written=written: value.strftime(written)
    return None


def _is_written_as(pd: Any, cells: Any, written: str) -> bool:
    values = pd.to_datetime(cells, format=written, errors="coerce")
    return bool(values.notna().all() and (values.dt.strftime(written) == cells).all())
