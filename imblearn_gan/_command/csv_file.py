"""CSV files, whose records are written again as they stand."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from imblearn_gan._command.cells import TypedColumn, read_cells
from imblearn_gan._command.common import (
    REAL,
    Added,
    InputError,
    Source,
    check_columns,
    check_labels,
    complete,
    import_optional,
)


class CsvFile(Source):
    """A table with a header.

    Parameters
    ----------
    path : Path
        The file.

    target : str
        The column of labels.

    ignored : list of str
        Columns that the sampler does not see.

    mark : str or None
        The column that marks rows.

    separator, decimal, encoding : str
        How the file is written.

    time_formats : dict
        How dates of a column are written.
    """

    def __init__(
        self,
        path: Path,
        *,
        target: str,
        ignored: list[str],
        mark: str | None,
        separator: str,
        decimal: str,
        encoding: str,
        time_formats: dict[str, str],
    ):
        pd = import_optional("pandas")
        self.target, self.ignored, self.mark = target, ignored, mark
        self.separator, self.encoding = separator, encoding
        self.records, rows = _read(path, separator, encoding)
        self.names, *self.rows = rows
        hint = ""
        if len(self.names) == 1:
            hint = f" It is read as one column: name what separates cells, --separator. {path}"
        check_columns(self.names, target, ignored, mark, hint)
        try:
            (mark or "").encode(encoding)
        except UnicodeError as error:
            raise InputError(
                f"--mark-synthetic {mark!r} cannot be written in --encoding {encoding}: give "
                "another name."
            ) from error
        if not self.rows:
            raise InputError(f"{path} has a header, but no rows.")
        if unknown := set(time_formats) - set(self.names):
            raise InputError(f"--date names {unknown.pop()!r}, which is no column: {self.names}.")

        cells = dict(zip(self.names, map(list, zip(*self.rows))))
        self.y = cells[target]
        check_labels([label == "" for label in self.y], target)
        self.columns: dict[str, TypedColumn] = {}
        for name in self.names:
            if name in (target, *ignored):
                continue
            try:
                column = read_cells(pd, cells[name], time_formats.get(name), decimal)
            except ValueError as error:
                raise InputError(f"--date {name!r}: {error}.") from error
            self.columns[name] = column
        self.X = pd.DataFrame({name: column.values for name, column in self.columns.items()})

    def write(self, out: Path, added: Added) -> None:
        """Write the records of the file, to the letter, and those that were added."""
        end = _end(self.records[0]) or "\n"
        records = self.records
        if self.mark is not None:
            cells = [self.mark, *[REAL] * len(self.rows)]
            records = [self._with(record, cell) for record, cell in zip(records, cells)]
        with complete(out) as path, path.open("w", encoding=self.encoding, newline="") as file:
            file.writelines(record if _end(record) else record + end for record in records)
            writer = csv.writer(file, delimiter=self.separator, lineterminator=end)
            for row, mark in zip(self._added_rows(added), added.marks()):
                writer.writerow(row if self.mark is None else [*row, mark])

    def _with(self, record: str, cell: str) -> str:
        """Return a record with one more cell."""
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator, lineterminator="").writerow([cell])
        end = _end(record)
        return record.removesuffix(end) + self.separator + text.getvalue() + end

    def _added_rows(self, added: Added) -> list[tuple[str, ...]]:
        """Return the cells of rows that were added."""
        rows: list[Any] = []
        repeated = [-1 if added.changed else row for row in added.source.tolist()]
        for i, name in enumerate(self.names):
            if name == self.target:
                rows.append(added.labels)
            elif name in self.ignored:
                rows.append([""] * len(added.labels))
            else:
                cells = self.columns[name].to_cells(added.X[name])
                rows.append(
                    [cells[k] if row < 0 else self.rows[row][i] for k, row in enumerate(repeated)]
                )
        return list(zip(*rows))


def _end(record: str) -> str:
    return record[len(record.rstrip("\r\n")) :]


def _read(path: Path, separator: str, encoding: str) -> tuple[list[str], list[list[str]]]:
    """Return the records of a file, to the letter, and their cells."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = file.readlines()
    except UnicodeError as error:
        raise InputError(
            f"{path} is not written in {encoding}: name its encoding, such as --encoding latin-1."
        ) from error
    except LookupError as error:
        raise InputError(f"--encoding {encoding!r} is unknown.") from error
    without_mark = [line.removeprefix("\ufeff") if not i else line for i, line in enumerate(lines)]
    reader = csv.reader(without_mark, delimiter=separator, strict=True)
    records, rows, start = [], [], 0
    try:
        for row in reader:
            if row:  # a blank line is none
                records.append("".join(lines[start : reader.line_num]))
                rows.append(row)
                if len(row) != len(rows[0]):
                    raise InputError(
                        f"{path}, line {start + 1}: {len(row)} cells, but the header has "
                        f"{len(rows[0])}."
                    )
            start = reader.line_num
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}.") from error
    if not rows:
        raise InputError(f"{path} is empty.")
    return records, rows
