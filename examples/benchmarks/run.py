r"""One runner for all data sets, profiles, methods and classifiers.

Each combination of data set, method, seed and classifier is one record, see ``records.py``. A run
that was killed goes on where it stopped; what is finished is looked up by all that defines it::

    python examples/benchmarks/run.py --output digits.jsonl --methods all --seeds 0 1 2
    python examples/benchmarks/run.py --output images.jsonl --dataset fashion_mnist \
        --methods all --classifiers cnn resnet fidelity
    python examples/benchmarks/run.py --output drop.jsonl --dataset fashion_mnist \
        --profile drop:4:0.95 --samples-per-class 2000 --classifiers resnet
    python examples/benchmarks/run.py --output tables.jsonl --dataset keel --methods all
    python examples/benchmarks/run.py --output columns.jsonl --dataset columns --split 0.3 \
        --methods none CGANOversampler --classifiers columns --settings '{"replay": 0}'
    python examples/benchmarks/run.py --output proof.jsonl --dataset keel fresh --split folds:5x5 \
        --methods none "tuned threshold" SMOTE --draws 1 10 --classifiers boosting_leaves5 mlp
    python examples/benchmarks/run.py --output mine.jsonl --dataset csv:mine.csv --target label
    python examples/benchmarks/run.py --output celeba.jsonl --dataset folder:~/celeba \
        --crop 140 --image-size 64 --profile gamo_celeba_small \
        --classes blonde black bald brown gray --classifiers resnet --budget full --device cuda
    python examples/benchmarks/report.py digits.jsonl

Profiles: ``all`` rows, a name of ``imblearn_gan.datasets.PROFILES``, an imbalance ratio (``50``),
counts (``4000,400,40``), ``drop:LABEL:FRACTION`` (BAGAN's protocol) or ``divide:LABEL:DIVISOR``
(CAPGAN's). ``--classes`` names the classes in the order of the counts; without it they come sorted.

Splits: test rows are the data set's ``own``, the ``rest`` that the profile leaves out, a stratified
fraction drawn by seed (``0.2``), or ``folds:5``, where seeds are numbers of folds; ``folds:5x5`` is
five repeats of them, with seeds from 0 to 24. ``--score validation`` scores the training rows that
the profile leaves out or, of ``all``, a quarter of them.

Classifiers: GAMO's CNN (``cnn``; ``cnn_dos`` with the networks of DOS), ResNet-18 (``resnet_long``
makes twice as many updates, ``resnet_augmented`` also mirrors and shifts its images, so does
``resnet_wide`` at its full width), ``logistic``,
``boosting``, ``boosting_leaves5``, ``forest``, ``mlp``; ``fidelity`` says what generated images are
like, ``columns`` what generated rows of tables are. The package's own classifiers are methods: they
stand among those of ``cnn`` and ``resnet``.

``--draws 10`` is a bag: a sampler is trained once, ten balanced sets are drawn, a classifier learns
from each, and probabilities are averaged. One training serves all classifiers and draws.
``--class-sizes geometric_mean`` are bags of smaller sets, see ``ResampledClassifier``.
``--recipes`` are for ResNet-18: how it draws its classes, by what loss it learns, ..., see
``recipes.py``.
"""

import argparse
import json
import platform
import sys
import time
import warnings
from itertools import product
from pathlib import Path

import classifiers
import columns
import fidelity
import imblearn
import methods
import numpy as np
import recipes
import records
import sklearn
import sources
import torch

import imblearn_gan


def size_of(text):
    """Height and width; one number is both."""
    try:
        sides = [int(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) not in (1, 2) or min(sides) < 1:
        raise argparse.ArgumentTypeError(f"must be like 64 or 64,48. Got {text}")
    return sides * 2 if len(sides) == 1 else sides


def settings_of(text):
    """The parameters that ``--settings`` names."""
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise argparse.ArgumentTypeError(f"must be JSON: {error}. Got {text}") from error
    if not isinstance(settings, dict):
        raise argparse.ArgumentTypeError(f'must be like {{"replay": 0.75}}. Got {text}')
    return settings


def budget_of(text):
    """``small``, ``full``, or how many updates."""
    if text not in ("small", "full") and not (text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"must be small, full or a number. Got {text}")
    return text


def parser_of_arguments():
    """The options, by what they are about."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    data = parser.add_argument_group("data")
    data.add_argument("--dataset", nargs="+", default=["digits"], help=f"of {sources.KNOWN}")
    data.add_argument("--data-home", help="folder of the files of MNIST and its like")
    data.add_argument("--target", help="column of a CSV that holds the classes; the last one")
    data.add_argument("--image-size", type=size_of, help="bring images to it; 64 for folders")
    data.add_argument("--crop", type=size_of, help="central part of an image to keep before")
    data.add_argument(
        "--resize",
        choices=["bilinear", "nearest", "box", "hamming", "bicubic", "lanczos"],
        help="filter that images are resized by; bilinear",
    )
    data.add_argument("--profile", help="which training rows stay; the paper's, or all")
    data.add_argument("--classes", nargs="+", help="classes in the order of the profile")
    data.add_argument(
        "--samples-per-class", type=int, default=0, help="rows to draw the profile from; 0: all"
    )
    data.add_argument("--split", help="own, rest, folds:N or a fraction; by data set")
    data.add_argument("--score", choices=["test", "validation"], default="test")
    data.add_argument(
        "--score-per-class", type=int, default=0, help="most rows of a class to score; 0: all"
    )
    data.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    what = parser.add_argument_group("methods and classifiers")
    what.add_argument(
        "--methods",
        nargs="+",
        choices=["all", *methods.ALL, *methods.NAMED],
        metavar="METHOD",
        default=["none", "class weight", *methods.BASELINES],
        help=f"all, which is {', '.join(methods.ALL)}; or some of them, or of "
        f"{', '.join(methods.NAMED)}",
    )
    what.add_argument(
        "--settings",
        type=settings_of,
        default={},
        help="JSON of parameters for every sampler and classifier of the package among the methods",
    )
    what.add_argument("--classifiers", nargs="+", choices=[*classifiers.ALL, *methods.LOOKS])
    what.add_argument(
        "--draws", nargs="+", type=int, default=[1], help="sets drawn for a bag of classifiers; 1"
    )
    what.add_argument(
        "--class-sizes",
        nargs="+",
        default=["largest"],
        choices=["largest", "geometric_mean"],
        help="rows of a class in each set of a bag, as in ResampledClassifier",
    )
    what.add_argument(
        "--recipes", nargs="+", default=[""], help=f"of ResNet-18: parts of {list(recipes.PARTS)}"
    )
    what.add_argument("--classifier-seeds", nargs="+", type=int, help="several trainings on a set")
    what.add_argument(
        "--budget", type=budget_of, default="small", help="small, full, or a number of updates"
    )
    what.add_argument("--device", default="auto")
    what.add_argument(
        "--reference",
        type=Path,
        help="file of the reference classifier of fidelity; made if missing",
    )
    what.add_argument("--pictures", type=Path, help="folder for grids of generated images")
    return parser


def arguments():
    """What was asked for; an error says what is wrong before any work."""
    parser = parser_of_arguments()
    args = parser.parse_args()
    args.methods = list(dict.fromkeys(methods.ALL if "all" in args.methods else args.methods))
    args.seeds = list(dict.fromkeys(args.seeds))
    args.dataset = sources.expand(args.dataset)
    if own := {"random_state", "device"} & set(args.settings):
        parser.error(f"--settings has {own}: use --seeds and --device")
    for name in args.methods:
        try:
            methods.check_settings(name, args.settings)
        except ValueError as error:
            parser.error(f"--settings: {error}")
    if args.device != "auto":
        try:
            torch.zeros(1, device=args.device)
        except (RuntimeError, AssertionError) as error:
            parser.error(f"--device: {error}")
    numbers = [*args.seeds, *(args.classifier_seeds or []), args.samples_per_class]
    if min(*numbers, args.score_per_class) < 0:
        parser.error("seeds and numbers of rows must not be negative")
    for recipe in args.recipes:
        try:
            recipes.parameters(recipe)
        except ValueError as error:
            parser.error(f"--recipes: {error}")
    if min(args.draws) < 1:
        parser.error(f"--draws must be at least 1. Got {args.draws}")
    if args.output.is_dir():
        parser.error(f"--output must be a file. Got {args.output}")
    return parser, args


def plan(name, args):
    """A data set, what defines its records, and its classifiers; that its rows can be had."""
    image_size = args.image_size
    if name.startswith("folder:") and not (image_size or args.crop):
        image_size = [64, 64]
    if args.resize and not image_size:
        raise ValueError("--resize is of no use without --image-size.")
    how = {"image_size": image_size, "crop": args.crop, "resize": args.resize}
    source = sources.load(name, data_home=args.data_home, target=args.target, **how)
    setting = {
        "dataset": f"{name}:{args.target}" if args.target and name.startswith("csv:") else name,
        "profile": args.profile or sources.default_profile(name),
        "split": args.split or source.default_split(name),
        "score": args.score,
        "budget": args.budget,
        "classes": args.classes,
        "n_samples_per_class": args.samples_per_class,
        "n_scored_per_class": args.score_per_class,
        **how,
    }
    kinds = args.classifiers or (["logistic", "boosting"] if source.is_table else ["forest"])
    check_kinds(source, kinds, args)
    for seed in args.seeds:
        sources.indices(source, argparse.Namespace(**setting), seed)
    return source, setting, kinds


def check_kinds(source, kinds, args):
    """A ValueError says which methods and classifiers are not for the data, or for each other."""
    if source.is_table and {"fidelity", *classifiers.RESNETS} & set(kinds):
        raise ValueError(f"--classifiers {' '.join(kinds)}: some of them are for images.")
    if not source.is_table and "columns" in kinds:
        raise ValueError("--classifiers columns is for tables.")
    if source.is_table and "random oversampling, half noise" in args.methods:
        raise ValueError("--methods: half noise is for images.")
    if "CTGAN" in args.methods and not source.is_table:
        raise ValueError("--methods: CTGAN is for tables.")
    if methods.TUNED in args.methods and len(np.unique(source.y)) > 2:
        raise ValueError(f"--methods: {methods.TUNED} is for two classes.")
    combined = product(args.methods, kinds, args.draws, args.recipes, args.class_sizes)
    if not any(methods.is_for(*combination) for combination in combined):
        raise ValueError(f"--classifiers {' '.join(kinds)} measure none of the methods.")


def machine():
    """Processor, and graphics card if there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line for line in lines if line.startswith("model name")).split(": ")[1]
    except (OSError, StopIteration):
        name = platform.processor()
    cards = [torch.cuda.get_device_name()] if torch.cuda.is_available() else []
    return ", ".join([platform.machine(), name, *cards])


def surroundings():
    """What else a figure may depend on."""
    return {
        "versions": {m.__name__: m.__version__ for m in (imblearn_gan, torch, sklearn, imblearn)},
        "machine": machine(),
        "threads": torch.get_num_threads(),
    }


def unfinished(setting, method, seed, kinds, size, done, args):
    """Records to fill, by classifier, its seed, and the sets drawn for it."""
    settings = args.settings if methods.has_settings(method) else {}
    for kind, n_draws, recipe in product(kinds, args.draws, args.recipes):
        if not methods.is_for(method, kind, n_draws, recipe, size):
            continue
        for classifier_seed in args.classifier_seeds or [None]:
            record = records.Record(
                **setting,
                method=method,
                settings=settings,
                classifier=kind,
                seed=seed,
                classifier_seed=None if kind in methods.LOOKS else classifier_seed,
                n_draws=n_draws,
                class_size=size,
                recipe=recipe,
            )
            if record.key() not in done:
                done.add(record.key())
                yield record


def draw(todo, X, y, args):
    """The sets of rows of a method, the seconds that each took, its sampler, and warnings."""
    method, seed = methods.source(todo[0].method), todo[0].seed
    given = {"seed": seed, "device": args.device, "settings": todo[0].settings}
    sets, seconds, rows = [], [], ()
    n_draws, size = max(record.n_draws for record in todo), todo[0].class_size
    with warnings.catch_warnings(record=True) as caught:
        if size != "largest":
            start = time.perf_counter()
            given |= {"n_draws": n_draws, "class_size": size}
            sets, sampler = methods.smaller_sets(method, X, y, **given)
            return sets, [time.perf_counter() - start], sampler, _texts(caught)
        for number in range(n_draws):
            start = time.perf_counter()
            if not number:
                *rows, sampler = methods.resample(method, X, y, **given)
                sets.append(rows)
            else:
                sets.append(methods.redraw(method, sampler, (X, y, *rows), draw=number, **given))
            seconds.append(time.perf_counter() - start)
    return sets, seconds, sampler, _texts(caught)


def _texts(caught):
    return [str(warning.message) for warning in caught]


def measure(todo, part, reference, args):
    """Make the rows of a method once, and finish its records one by one.

    Methods that differ in their decisions alone have the same rows, and the same classifiers.
    """
    X, X_test = methods.suited(todo[0].method, part.X, part.X_test)
    sets, seconds, sampler, caught = draw(todo, X, part.y, args)
    fits = {}
    for record in todo:
        record.seconds = round(sum(seconds[: record.n_draws]), 2)
        record.labels, record.warnings = np.unique(part.y).tolist(), caught
        if record.classifier in methods.LOOKS:
            record.measures = look(record, part, X, sets[0], sampler, reference, args)
        else:
            key = record.classifier, record.n_draws, record.classifier_seed, record.recipe
            if key not in fits:
                made = getattr(sampler, "synthetic_mask_", np.zeros(len(part.y), dtype=bool))
                fits[key] = fit(record, sets, args, made)
            model, record.classifier_seconds = fits[key]
            record.measures = classifiers.scores(
                model, record.method, record.classifier, X_test, part.y_test, part.y
            )
        if hasattr(sampler, "right_labels_"):
            record.measures["right_labels"] = sampler.right_labels_
        yield record


def look(record, part, X, rows, sampler, reference, args):
    """What the generated rows are like."""
    if record.classifier == "columns":
        return columns.columns(sampler, part, *rows)
    found, X_new, y_new = fidelity.fidelity(sampler, part, *rows, reference())
    if args.pictures and sampler is not None:
        name = f"{record.dataset}_{record.method}_{record.profile}_{record.seed}.png"
        path = args.pictures / name.replace(":", "_").replace("/", "_")
        fidelity.save_picture(path, X, part.y, X_new, y_new)
    return found


def fit(record, sets, args, synthetic=None):
    """The classifier of a record, or a bag of them, and the seconds that it took."""
    return classifiers.fitted(
        record.classifier,
        record.method,
        sets,
        n_draws=record.n_draws,
        seed=record.seed if record.classifier_seed is None else record.classifier_seed,
        budget=record.budget,
        device=args.device,
        settings=record.settings if record.method in methods.OWN_CLASSIFIERS else None,
        recipe=record.recipe,
        synthetic=synthetic,
    )


def rounds(split, seeds):
    """The seeds, in parts that are a repeat of the folds each: all data sets get one by one."""
    n = int(split.split(":")[1].split("x")[0]) if "x" in split else max(seeds) + 1
    parts = {}
    for seed in seeds:
        parts.setdefault(seed // n, []).append(seed)
    return parts.values()


def groups(names):
    """Methods that have the same rows, together."""
    found = {}
    for name in names:
        found.setdefault(methods.source(name), []).append(name)
    return found.items()


def reference_of(name, source, args):
    """The reference classifier of a data set, trained or read when it is first asked for."""
    sides = [*(args.image_size or []), *(args.crop or [])]
    parts = [name.replace(":", "_").replace("/", "_"), *map(str, sides), args.budget]
    path = args.reference or args.output.with_suffix(f".{'_'.join(parts)}.joblib")
    return lambda: fidelity.reference_classifier(
        path, source.X, source.y, budget=args.budget, device=args.device
    )


def main():
    """Measure what is not in the results yet."""
    parser, args = arguments()
    try:
        plans = {name: plan(name, args) for name in args.dataset}
    except (OSError, ValueError, ImportError) as error:
        parser.error(f"the rows cannot be had: {error}")
    done = {record.key() for record in records.resume(args.output)}
    around = surroundings()
    for seeds in rounds(args.split or "", args.seeds):
        for name, planned in plans.items():
            for seed in seeds:
                for record in finished(name, *planned, seed, done, args):
                    vars(record).update(around)
                    records.append(args.output, record)


def finished(name, source, setting, kinds, seed, done, args):
    """The records of one seed that are not done yet, as they are finished."""
    part = sources.part(source, argparse.Namespace(**setting), seed)
    reference = reference_of(name, source, args)
    for rows, names in groups(args.methods):
        if "SMOTE" in rows and methods.smallest_class(part.y) < 2:
            print(f"{rows} is left out: a class has a single row", file=sys.stderr)
            continue
        for size in args.class_sizes:
            todo = [
                record
                for method in names
                for record in unfinished(setting, method, seed, kinds, size, done, args)
            ]
            yield from measure(todo, part, reference, args) if todo else ()


if __name__ == "__main__":
    main()
