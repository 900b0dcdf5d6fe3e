"""The one schema of results: a record is one line of JSON in a file of results.

A record says what was measured (``KEY``, by which finished ones are looked up), what was found
(``measures``), and how. Fields that have their default are left out of the line. Check files::

    python examples/benchmarks/records.py docs/results/*.jsonl

Files whose names end in ``.gz`` are read, too: large ones are stored so.
"""

import argparse
import gzip
import json
import sys
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path

#: Version of the schema. Whoever changes what a field means counts it up and carries rows over.
VERSION = 1


@dataclass(kw_only=True)
class Record:
    """One method on one data set and seed, as one classifier, or a look at its images, sees it."""

    # What was measured
    dataset: str  #: ``digits``, ``fashion_mnist``, ``keel:glass1``, ``folder:PATH``, ...
    method: str  #: a sampler or classifier of the package, or a baseline
    classifier: str  #: ``cnn``, ``forest``, ...; ``fidelity``, ``columns``, ``speed``
    profile: str = "all"  #: which training rows stay, as ``run.py`` takes it; what was timed
    settings: dict = field(
        default_factory=dict
    )  #: parameters of the method, under their names then
    seed: int = 0  #: of the draw and the method; the number of the fold
    split: str = "own"  #: of test rows: ``own``, ``rest``, ``folds:5``, ``folds:5x5`` or a fraction
    score: str = "test"  #: which rows were scored: ``test`` or ``validation``
    budget: str = "small"  #: updates of neural classifiers: ``small``, ``full`` or their number
    classes: list | None = None  #: classes in the order of the profile; None: sorted
    n_samples_per_class: int = 0  #: rows that the profile was drawn from; 0: all
    n_scored_per_class: int = 0  #: rows scored, at most; 0: all
    classifier_seed: int | None = None  #: None: ``seed``
    image_size: list | None = None  #: height and width that images were brought to
    crop: list | None = None  #: height and width of their central part that was kept before
    resize: str | None = None  #: by which filter
    n_draws: int = 1  #: balanced sets drawn, a classifier from each; their probabilities averaged
    class_size: str = "largest"  #: rows of a class in each of several sets: ``geometric_mean``
    recipe: str = ""  #: of the network: its parts, as ``recipes.py`` names them
    table: str = ""  #: of a paper, ``GAMO 1``, see ``papers.py``
    case: str = ""  #: its column: a loss, a fraction of rows removed, ...
    row: str = ""  #: its row, as the paper names it
    setting: str = ""  #: ``paper``: of the method's ``paper()``; ``default``
    spent: float | int = 1  #: fraction of the budget of that setting
    # What was found
    measures: dict = field(default_factory=dict)  #: figures, or lists of them by class
    # How
    labels: list | None = None  #: classes in the order of ``recalls``
    seconds: float | int | None = None  #: of the method
    classifier_seconds: float | int | None = None
    warnings: list = field(default_factory=list)
    versions: dict = field(default_factory=dict)
    machine: str = ""
    threads: int | None = None
    version: int = VERSION

    def __post_init__(self):
        """Refuse what does not belong into a record."""
        if self.version != VERSION:
            raise ValueError(f"version must be {VERSION}. Got {self.version!r}")
        for known in fields(self):
            value = getattr(self, known.name)
            if not isinstance(value, known.type):
                raise ValueError(f"{known.name} must be {known.type}. Got {value!r}")

    @classmethod
    def from_line(cls, line):
        """The record that a line holds; a ValueError says what is wrong with it."""
        values = json.loads(line)
        if not isinstance(values, dict):
            raise ValueError("it is no JSON object")
        names = {known.name for known in fields(cls)}
        required = {known.name for known in fields(cls) if _default(known) is MISSING}
        if missing := sorted(required - set(values)):
            raise ValueError(f"it lacks {', '.join(missing)}")
        if unknown := sorted(set(values) - names):
            raise ValueError(f"it has the unknown fields {', '.join(unknown)}")
        return cls(**values)

    def to_line(self):
        """The record as a line, without what has its default; the version is always there."""
        kept = {
            known.name: getattr(self, known.name)
            for known in fields(self)
            if known.name == "version" or getattr(self, known.name) != _default(known)
        }
        return json.dumps(kept) + "\n"

    def key(self):
        """All that defines the record: two of one key measure the same."""
        values = asdict(self)
        return json.dumps([values[name] for name in KEY], sort_keys=True)


#: The fields that say what was measured.
KEY = [known.name for known in fields(Record)]
KEY = KEY[: KEY.index("measures")]


def _default(known):
    return known.default if known.default_factory is MISSING else known.default_factory()


def read(path):
    """The records of a file; a last line that was cut short is skipped, with a note."""
    return _read(path)[0]


def _read(path):
    """The records of a file, and whether its last line was cut short."""
    unpack = gzip.open if Path(path).suffix == ".gz" else open
    with unpack(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
        lines = file.read().split("\n")
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            records += [Record.from_line(line)] if line else []
        except ValueError as error:
            if number == len(lines) and isinstance(error, json.JSONDecodeError):
                print(f"{path}: the last line was cut short and is skipped", file=sys.stderr)
                return records, True
            raise SystemExit(f"{path}, line {number}, is no record: {error}") from error
    return records, False


def resume(path):
    """The records of a file to append to; a last line that was cut short is taken out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return []
    records, cut = _read(path)
    text = path.read_bytes()
    with path.open("ab") as file:
        if cut:
            file.truncate(text.rfind(b"\n") + 1)
        elif text and not text.endswith(b"\n"):
            file.write(b"\n")
    return records


def append(path, record):
    """Write a record at the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(record.to_line())


def main():
    """Check files, and count their records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path, help="files of results")
    for path in parser.parse_args().results:
        records = read(path)
        n_keys = len({record.key() for record in records})
        print(f"{path}: {len(records)} records, {len(records) - n_keys} of them measured again")


if __name__ == "__main__":
    main()
