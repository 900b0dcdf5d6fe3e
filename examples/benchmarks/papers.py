r"""The tables of the five papers: each method in its paper's setting, and with defaults.

Each combination of a table, a row of it, a setting and a seed is one record, see ``records.py``; a
run that was killed goes on where it stopped. The figures that the papers print stand in
``published.jsonl``; ``report.py`` puts them beside these records, in docs/papers.md::

    python examples/benchmarks/papers.py "GAMO 1" --data-home ~/data \
        --output docs/results/papers.jsonl
    python examples/benchmarks/papers.py "BAGAN 8" "BAGAN 9" --data-home ~/data \
        --datasets mnist --labels 0 --cases 95 --budget 0.1 --output docs/results/papers.jsonl
    python examples/benchmarks/papers.py all --check

``--data-home`` is the folder of the local files: MNIST and its like as ``load_mnist`` reads them;
``celeba`` with ``list_attr_celeba.txt`` and ``img_align_celeba``; ``lsun``, ``sun397``,
``flowers``, ``gtsrb``, ``cells`` and ``breakhis`` with a folder of images for each class. Central
parts are cut out, and images brought to the paper's side. What is missing is said, and left out;
``--check`` says it without any run.

``--budget`` is the fraction of the paper's budget, and of the defaults', that is spent: records
hold it. Epochs are of the rows that there are. ``--stand-in`` takes scikit-learn's digits where a
table has MNIST; ``--rows`` scales a profile to so many rows of its largest class.

FID, and the inception score, are of Inception with ``--inception``, the file of its weights, as in
the papers; without it they are of the features of a classifier that is trained on all images, and
cannot be held against the papers' figures.

What is measured is said on stderr, and what fails; the exit status is 0 once all that was asked for
is in the results.
"""

import argparse
import sys
import time
from functools import cache
from itertools import groupby
from pathlib import Path

import faces
import methods
import numpy as np
import plans
import records
import sources
from papers_measures import check_rows, eyes, measured
from run import budget_of, surroundings

from imblearn_gan import datasets

FOLDERS = ["lsun", "sun397", "flowers", "gtsrb", "cells", "breakhis"]
_IDX = "train-images-idx3-ubyte and the three other files, packed with gzip or not"
#: What ``--data-home`` must have.
FILES = {
    "mnist": f"mnist/{_IDX} (or give --stand-in)",
    "fashion_mnist": f"fashion-mnist/{_IDX}",
    "cifar10": "cifar10/cifar-10-python.tar.gz or cifar-10-binary.tar.gz, or what is in it",
    "svhn": "svhn/train_32x32.mat and svhn/test_32x32.mat",
    "celeba": "celeba/list_attr_celeba.txt, and the images in celeba/img_align_celeba",
    **{name: f"{name}, with a folder of images for each class" for name in FOLDERS},
}


def arguments():
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="Exit status: 0 if all that was asked for is in the results, or with --check can "
        "be measured; 1 if something is missing or failed; 2 if the command is wrong; 130 if it "
        "was stopped.",
    )
    known = ["all", *plans.TABLES]
    parser.add_argument("tables", nargs="+", choices=known, metavar="TABLE", help=f"of {known}")
    parser.add_argument("--output", type=Path, help="file of results")
    parser.add_argument("--check", action="store_true", help="say what is missing, and run nothing")
    data = parser.add_argument_group("data")
    data.add_argument("--data-home", help="folder of the files")
    data.add_argument(
        "--datasets", nargs="+", help="only these of the table; mnist, or digits, with --stand-in"
    )
    data.add_argument("--cases", nargs="+", help="only these: losses, fractions removed, rates")
    data.add_argument("--labels", nargs="+", help="of those that lose rows in turn")
    data.add_argument("--stand-in", action="store_true", help="digits in place of MNIST")
    data.add_argument("--rows", type=int, default=0, help="most rows of a class; 0: the paper's")
    data.add_argument("--image-size", type=int, help="side of images, where the paper's takes long")
    what = parser.add_argument_group("methods")
    what.add_argument("--methods", nargs="+", help="only these rows of the table")
    what.add_argument("--settings", nargs="+", choices=["paper", "default"])
    what.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    what.add_argument(
        "--budget",
        nargs="+",
        type=float,
        default=[1.0],
        help="fraction of the paper's budget and, after it, of the defaults'; 1",
    )
    what.add_argument(
        "--classifier-budget",
        type=budget_of,
        help="of ResNet-18, and of the classifier whose features stand in for Inception's: small, "
        "full or a number of updates; full, or small where the budget is cut",
    )
    what.add_argument(
        "--n-drawn", type=int, default=1000, help="images drawn of each class; CAPGAN's 1000"
    )
    what.add_argument("--inception", type=Path, help="file of the weights of Inception")
    what.add_argument("--device", default="auto")
    args = parser.parse_args()
    check_arguments(parser, args)
    return args


def check_arguments(parser, args):
    """End with what is wrong with the arguments; bring names to those of the plans."""
    if args.output is None and not args.check:
        parser.error("--output must name the file of results, unless --check is given")
    if len(args.budget) > 2 or not all(0 < part <= 1 for part in args.budget):
        parser.error(f"--budget must be one or two fractions in (0, 1]. Got {args.budget}")
    if args.n_drawn < 2:
        parser.error(f"--n-drawn must be at least 2. Got {args.n_drawn}")
    if args.inception and not args.inception.is_file():
        parser.error(f"--inception must be a file of weights. Got {args.inception}")
    if "all" in args.tables:
        args.tables = list(plans.TABLES)
    if min(args.seeds) < 0:
        parser.error(f"--seeds must not be negative. Got {args.seeds}")
    if args.stand_in and args.datasets:
        args.datasets = ["mnist" if name == "digits" else name for name in args.datasets]
    elif "digits" in (args.datasets or ()):
        parser.error("--datasets: digits stand in for mnist, with --stand-in. Got no --stand-in")
    parts = [part for name in args.tables for part in plans.TABLES[name].parts]
    known = {"datasets": {part.dataset for part in parts}}
    known["cases"] = {case for part in parts for case in part.profiles}
    for option, names in known.items():
        if unknown := set(getattr(args, option) or ()) - names:
            parser.error(f"--{option}: the tables have {sorted(names)}. Got {sorted(unknown)}")
    wanted = {row for name in args.tables for row in plans.TABLES[name].rows}
    if unknown := set(args.methods or ()) - wanted:
        parser.error(f"--methods: the tables have the rows {sorted(wanted)}. Got {sorted(unknown)}")


# data -------------------------------------------------------------------------------------------


def load(part, args):
    """The data set of a part of a table, and the name that records have for it."""
    side = args.image_size or part.image_size
    crop = [part.crop] * 2 if part.crop else None
    how = {"image_size": [side, side] if side else None, "crop": crop}
    name, _, kind = part.dataset.partition(":")
    if name == "celeba":
        return part.dataset, sources.Source(*faces.load(args.data_home, kind, needed(part), **how))
    if name in FOLDERS:
        folder = Path(args.data_home or ".") / name
        return name, sources.load(f"folder:{folder}", **how)
    if name == "mnist" and args.stand_in:
        return "digits", sources.load("digits", **how)
    return name, sources.load(name, data_home=args.data_home, **how)


def tried(part, args):
    """What ``load`` gives; if it fails, None and what is missing."""
    kind = part.dataset.partition(":")[0]
    try:
        return load(part, args)
    except (OSError, ValueError, ImportError) as error:
        home = Path(args.data_home or ".")
        if isinstance(error, FileNotFoundError) or (kind in FOLDERS and not (home / kind).is_dir()):
            got = args.data_home or "no --data-home"
            return None, f"--data-home must be a folder that has {FILES[kind]}. Got {got}."
        return None, str(error)


def needed(part):
    """Of a class, rows of the largest profile and as many again as are scored; at least 2,000."""

    def most(label):
        n = part.n_samples_per_class
        for profile in part.profiles.values():
            if profile in datasets.PROFILES:
                counts = dict(zip(part.classes, datasets.PROFILES[profile]))
                n = max(n, counts[label])
        return n + 2000

    return most


def scaled(profile, n_rows):
    """Counts of a profile, the largest of them ``n_rows``; a class keeps two rows at least."""
    listed = profile.split(",") if "," in profile else datasets.PROFILES.get(profile)
    if not n_rows or not listed:
        return profile
    counts = np.array(listed, dtype=int)
    return ",".join(map(str, np.maximum(2, np.rint(counts * n_rows / counts.max()).astype(int))))


# plan -------------------------------------------------------------------------------------------


def planned(name, part, dataset, source, args):
    """The records of a part of a table."""
    table, own = plans.TABLES[name], source.X_test is not None
    side = args.image_size or part.image_size
    labels = [str(label) for label in np.unique(source.y)]
    labels = [label for label in args.labels or labels if label in labels]
    for case, pattern in part.profiles.items():
        if args.cases and case not in args.cases:
            continue
        several = table.one_class_each and "LABEL" in pattern
        for label in labels if several else labels[:1]:
            profile = scaled(pattern.replace("LABEL", label), args.rows)
            by_rows = profile.startswith(("drop:", "divide:")) or profile == "all"
            yield from rows_of_table(
                name,
                args,
                dataset=dataset,
                case=case,
                profile=profile,
                split="own" if own else "0.2" if profile == "all" else "rest",
                classes=part.classes,
                n_samples_per_class=args.rows * by_rows or part.n_samples_per_class,
                n_scored_per_class=table.n_scored_per_class,
                image_size=[side, side] if side else None,
                crop=[part.crop] * 2 if part.crop else None,
            )


def rows_of_table(name, args, **where):
    """The records of a case of a table: its rows, in both settings, by seed."""
    table, (first, *rest) = plans.TABLES[name], args.budget
    fractions = {"paper": first, "default": rest[0] if rest else 1.0}
    for seed in args.seeds:
        for title, row in table.rows.items():
            if args.methods and title not in args.methods:
                continue
            for setting in args.settings or ["paper", "default"]:
                given = {"paper": row.paper} if setting == "paper" else row.default
                known = row.method in (*methods.SAMPLERS, *methods.OWN_CLASSIFIERS)
                yield records.Record(
                    **where,
                    table=name,
                    row=title,
                    setting=setting,
                    method=row.method,
                    settings=given if known else {},
                    classifier=table.measure,
                    seed=seed,
                    spent=fractions[setting],
                    budget=args.classifier_budget or ("full" if first == 1 else "small"),
                )


def together(record):
    """What records must share to be of the same rows."""
    names = ["dataset", "image_size", "crop", "profile", "n_samples_per_class", "split", "classes"]
    names += ["seed", "method", "settings", "setting", "spent"]
    return [getattr(record, name) for name in names]


def wanted(args, done):
    """Records that are not done, each with its source and kind of images; and if all are known."""
    loaded, missing, todo, n_planned = {}, {}, [], 0
    for name in args.tables:
        for part in plans.TABLES[name].parts:
            if args.datasets and part.dataset not in args.datasets:
                continue
            key = (part.dataset, part.image_size, part.crop, part.n_samples_per_class)
            if key not in loaded:
                loaded[key] = tried(part, args)
            dataset, source = loaded[key]
            if dataset is None:
                missing.setdefault((part.dataset, source), {})[name] = None
                continue
            for record in planned(name, part, dataset, source, args):
                n_planned += 1
                if record.key() not in done:
                    todo.append((record, source, part.flattened))
    for (dataset, why), tables in missing.items():
        say(f"{dataset} is missing, for {', '.join(tables)}: {why}")
    if not n_planned and not missing:
        say("nothing was asked for: no case, label, row or data set of these tables is left")
    return todo, n_planned > 0 and not missing


def say(text):
    """A line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


def rows(todo, source, args):
    """The rows of records that share them; a ValueError says why they cannot be measured."""
    try:
        part = sources.part(source, todo[0], todo[0].seed)
    except ValueError as error:
        if "more rows than there are" not in str(error):
            raise
        n = 2 * methods.smallest_class(source.y) // 3
        raise ValueError(
            f"{error} Give --rows, the most rows of a class, such as --rows {n}."
        ) from error
    check_rows(todo, part)
    return part


def measure(todo, args):
    """Measure records, and write them down; the number of those that failed."""
    around, told, n_seen, n_failed = surroundings(), set(), 0, 0
    todo.sort(key=lambda item: str(together(item[0])))
    for _, group in groupby(todo, key=lambda item: str(together(item[0]))):
        found, (source, *_), (flattened, *_) = map(list, zip(*group))
        first, start = found[0], time.monotonic()
        look = cache(lambda name=first.dataset, source=source: eyes(args, name, source))
        what = f"{first.table}, {first.dataset}"
        try:
            part = rows(found, source, args)
            what = titled(first)
            for number, record in enumerate(measured(found, part, flattened, look, args), 1):
                vars(record).update(around)
                records.append(args.output, record)
                seconds = round(time.monotonic() - start)
                say(f"{n_seen + number} of {len(todo)}: {titled(record)}, {seconds} s")
        except ValueError as error:
            n_failed += len(found)
            if (text := f"{what}: {error}") not in told:
                say(text)
            told.add(text)
        n_seen += len(found)
    return n_failed


def titled(record):
    """What a record is of, in words."""
    parts = [record.table, record.dataset, record.case, record.row, record.setting]
    return ", ".join([*filter(None, parts), f"seed {record.seed}"])


def run(args):
    """Measure what is not in the results yet; the exit status."""
    there = []
    if not args.check:
        there = records.resume(args.output)
    elif args.output and args.output.exists():
        there = records.read(args.output)
    todo, complete = wanted(args, {record.key() for record in there})
    say(f"{len(todo)} records to measure")
    n_failed = 0 if args.check else measure(todo, args)
    if n_failed:
        say(f"{n_failed} of {len(todo)} records failed")
    return 0 if complete and not n_failed else 1


def main():
    """Run, and say how it goes on where it is stopped."""
    args = arguments()
    try:
        return run(args)
    except KeyboardInterrupt:
        say("stopped: the same command goes on where it stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main())
