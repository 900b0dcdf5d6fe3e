"""Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

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


class ParquetFile(Source):
    """A table with the dtypes that the file says.

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
    """

    def __init__(self, path: Path, *, target: str, ignored: list[str], mark: str | None):
        self._pa = import_optional("pyarrow", "pandas")
        from pyarrow import parquet

        try:
            # one file: folders above whose names look like partitions say nothing
            self.table = parquet.ParquetFile(path).read()
        except self._pa.ArrowInvalid as error:
            raise InputError(f"{path} cannot be read as Parquet: {error}") from error
        self.target, self.ignored, self.mark = target, ignored, mark
        check_columns(self.table.column_names, target, ignored, mark)
        self._check_fields()
        if not self.table.num_rows:
            raise InputError(f"{path} has no rows.")
        self.y = self.table[target].to_pylist()
        check_labels([label is None for label in self.y], target)
        self.X = self.table.drop_columns([target, *ignored])

    def _check_fields(self) -> None:
        kind = self.table.schema.field(self.target).type
        if self._pa.types.is_nested(kind):
            raise InputError(f"--target {self.target!r} holds {kind}, which is no label.")
        for name in self.ignored:
            if not self.table.schema.field(name).nullable:
                raise InputError(f"--ignore {name!r} may not be empty, but added rows would be.")

    def write(self, out: Path, added: Added) -> None:
        """Write the table, as it was, and the rows that were added."""
        from pyarrow import parquet

        n_added = len(added.labels)
        first = {label: i for i, label in reversed(list(enumerate(self.y)))}
        columns: list[Any] = []
        for field in self.table.schema:
            if field.name == self.target:
                rows = np.array([first[label] for label in added.labels], dtype=np.int64)
                columns.append(self.table[self.target].take(self._pa.array(rows)))
            elif field.name in self.ignored:
                columns.append(self._pa.nulls(n_added, field.type))
            else:
                columns.append(added.X[field.name].cast(field.type))
        new = self._pa.table(columns, schema=self.table.schema)
        table = self._pa.concat_tables([self.table, new])
        if self.mark is not None:
            marks = [REAL] * self.table.num_rows + added.marks()
            table = table.append_column(self.mark, self._pa.array(marks, self._pa.string()))
        with complete(out) as path:
            parquet.write_table(table, path)
