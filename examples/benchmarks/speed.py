"""Speed and memory: of samplers, beside bare loops, beside CTGAN, and of a parallel search.

Each timing is a median of ``--repeats`` runs and one record, see ``records.py``; ratios are taken
of runs in turn in one process; peaks of memory, and the search for neighbours, are one run. What
can be timed:

``samplers``  milliseconds an update of each phase on images of 28 x 28, by default and in float32
``bare``      the same of GAMO's and BAGAN's games in float32, and the ratio to a bare loop of them
``growth``    GAMO's game with a table's features, rows and classes, GANs with its classes, others
              with the image's side and classes, and peak memory, each in a process of its own
``defaults``  minutes of a default call on colour photographs, by their side, from milliseconds an
              update of each phase and the updates that it makes by default
``fit``       seconds of ``fit_resample`` on a table as large as page-blocks0, CTGAN's beside ours
              where ``ctgan`` is installed
``draws``     seconds of ``sample``, by container
``memory``    peak memory of ``fit_resample`` on colour images, above them and the result
``neighbours``  seconds and peak memory of the search for neighbours of codes of one class
``grid``      a grid search in one process and in two
``folds``     five games on a table, as of five folds: in turn, in one loop, in two processes
``ranks``     one training on images of 64 x 64 by two processes with a thread each, and by one with
              twice the batch: at an efficiency of 1 it takes half of the time

::

    python examples/benchmarks/speed.py --output docs/results/speed.jsonl
    python examples/benchmarks/speed.py --output speed.jsonl --what samplers --device cuda
    python examples/benchmarks/report.py speed.jsonl
"""

import argparse
import gc
import importlib.util
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import loops
import methods
import numpy as np
import pandas as pd
import records
import torch
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from run import settings_of, surroundings
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import GridSearchCV

import imblearn_gan
from imblearn_gan import (
    CGANOversampler,
    CollapseWarning,
    GAMOClassifier,
    GANOversampler,
    ResNetClassifier,
)
from imblearn_gan.callbacks import Callback
from imblearn_gan.data import DataSpec
from imblearn_gan.datasets import make_longtailed
from imblearn_gan.latent import class_neighbours
from imblearn_gan.presets import PRESETS
from imblearn_gan.training import precision

PROFILE = [400, 200, 100, 75, 50, 35, 20, 10, 6, 4]
#: GAMO's game as in the paper, which the bare loop plays, and the same on tables.
GAMO, GAMO_ON_TABLES = (
    {
        name: value
        for name, value in GAMOClassifier.paper(images=images).get_params().items()
        if name in PRESETS[f"GAMO {images}"] or name == "loss"
    }
    for images in ("convolutional", "flattened")
)
TABLES = [(f, 200, 5) for f in (50, 500, 5000)]
TABLES += [(50, n, 5) for n in (2000, 20000)] + [(50, 200, c) for c in (2, 20, 100)]
#: By the number of classes, of which all but one lack rows; a GAN a class, in one loop.
CLASSES = [("GANOversampler", 20, 100, c) for c in (2, 3, 5, 11, 51)]
CLASSES += [("GAMOOversampler", 20, 20, c) for c in (10, 100, 1000)]
SIDES = [(8, 10), (28, 10), (64, 10), (28, 2), (28, 100)]
#: Sides of photographs.
PHOTOGRAPHS = [28, 64, 128, 224]
#: Rows of a batch of each of two ranks.
RANKED = {"BAGANGPOversampler": 64, "CWGANGPOversampler": 64}
#: Colour images, their side; codes of one class.
COLOURS, CODES = [(500, 64), (5000, 64), (600, 224)], [20_000, 100_000, 1_000_000]
#: What a case of its own process is a row of, if not of growth.
PROFILES = {"colours": "memory", "codes": "neighbours", "photographs": "defaults"}
GRID = {"cganoversampler__replay": [0.5, 0.75], "resnetclassifier__learning_rate": [1e-3, 3e-3]}


class Stopwatch(Callback):
    """Milliseconds an update, by phase."""

    def __init__(self):
        self.taken = {}

    def on_phase_begin(self, state):
        """Start."""
        self._start = time.perf_counter()

    def on_phase_end(self, state):
        """Stop."""
        taken = 1e3 * (time.perf_counter() - self._start) / state.max_iter
        phase = re.match(r"[\w-]+", state.phase)[0]  # a game for each class counts as one
        self.taken.setdefault(phase, []).append(taken)


def random_images(counts, side=28):
    """Images and labels; what is on them does not change the speed."""
    y = np.repeat(np.arange(len(counts)), counts)
    X = np.random.default_rng(0).integers(0, 256, (len(y), side, side), dtype=np.uint8)
    return X, y


def play(name, X, y, n_iter, **params):
    """Milliseconds an update of each phase of a sampler or classifier."""
    watch = Stopwatch()
    model = getattr(imblearn_gan, name)(random_state=0, callbacks=[watch], **params)
    budgets = {"max_iter": n_iter, "pretrain_iter": n_iter}
    model.set_params(**{b: n for b, n in budgets.items() if b in model.get_params()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapseWarning)  # after so few updates
        (model.fit_resample if hasattr(model, "fit_resample") else model.fit)(X, y)
    return {phase: statistics.median(taken) for phase, taken in watch.taken.items()}


def medians(runs):
    """Of each measure the median and the runs themselves."""
    found = {}
    for measure in runs[0]:
        values = [round(run[measure], 4) for run in runs]
        found |= {measure: statistics.median(values), f"{measure}_runs": values}
    return found


def peak_memory(anew=False):
    """Largest resident set of this process, in MiB; ``anew``, from what it is now on."""
    status = Path("/proc/self/status")
    if anew and status.exists():
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")
    if status.exists():  # getrusage would count the parent's, from before this program began
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def samplers(args):
    """Each phase of each sampler, by default and in float32."""
    X, y = random_images(PROFILE)
    for name in args.methods:
        for precise in ({}, {"precision": "float32"}):
            with precision(precise.get("precision", "auto")):
                runs = [
                    play(name, X, y, args.iterations, device=args.device, **args.settings)
                    for _ in range(args.repeats)
                ]
            found = medians([{f"ms {phase}": ms for phase, ms in run.items()} for run in runs])
            settings = {**precise, **args.settings}
            yield {"dataset": "images:28:10", "method": name, "settings": settings}, found


def bare(args):
    """Two games beside bare loops of the same networks."""
    X, y = random_images(PROFILE)
    games = {
        "GAMOClassifier": (loops.gamo, GAMO),
        "BAGANOversampler": (loops.bagan, {}),
    }
    for name, (loop, settings) in games.items():
        runs = []
        for _ in range(args.repeats):
            with precision("float32"):
                run = play(name, X, y, args.iterations, device=args.device, **settings)
            ours = run["adversarial"]
            theirs = 1e3 * loop(X, y, args.iterations, args.device)
            runs.append({"ms adversarial": ours, "ratio to bare loop": ours / theirs})
        settings = {**settings, "precision": "float32"}
        yield {"dataset": "images:28:10", "method": name, "settings": settings}, medians(runs)


def growth(args):
    """Each case in a process of its own, for its peak memory."""
    cases = [("table", "GAMOClassifier", *case) for case in TABLES]
    cases += [("table", *case) for case in CLASSES]
    cases += [("images", name, *c) for name in args.methods for c in SIDES if name != "GAMO2pix"]
    return each(args, cases)


def defaults(args):
    """Default calls, each in a process of its own."""
    cases = [("photographs", name, side) for side in PHOTOGRAPHS for name in args.methods]
    return each(args, cases)


def photographs(args, name, side):
    """Minutes of a default call on photographs of two classes, without the rows that are drawn.

    The last phase makes ``max_iter`` updates, one before it ``pretrain_iter``.
    """
    X = np.random.default_rng(0).integers(0, 256, (500, side, side, 3), dtype=np.uint8)
    y = np.arange(len(X)) % 10 == 0
    params = {"device": args.device} | args.settings
    runs = [play(name, X, y, args.iterations, **params) for _ in range(args.repeats)]
    found = medians([{f"ms {phase}": ms for phase, ms in run.items()} for run in runs])
    chosen = default(name, X, y)
    *before, last = (found[f"ms {phase}"] for phase in runs[0])
    ms = chosen.max_iter_ * last + sum(chosen.pretrain_iter_ * ms for ms in before)
    return found | {"minutes": ms / 60_000}


def default(name, X, y):
    """A sampler that knows what its defaults are for these images: how many updates it makes."""
    sampler = getattr(imblearn_gan, name)()
    shape = (X.shape[-1], *X.shape[1:-1])
    sampler._choose(DataSpec(shape=shape, class_counts=tuple(np.bincount(y))))
    return sampler


def memory(args):
    """Peaks above images and result, each in a process of its own."""
    return each(args, [("colours", name, *case) for name in args.methods for case in COLOURS])


def neighbours(args):
    """The search for neighbours, each in a process of its own."""
    return each(args, [("codes", "InterpolatedCodes", n) for n in CODES])


def each(args, cases):
    """Run cases, each in a process of its own, which writes its record."""
    for case in cases[: args.cases]:
        command = [sys.executable, __file__, "--output", str(args.output), "--device", args.device]
        command += ["--iterations", str(args.iterations), "--repeats", str(args.repeats)]
        command += ["--settings", json.dumps(args.settings)]
        subprocess.run([*command, "--case", *map(str, case)], check=True)
    return iter(())


def one_case(args):
    """A case of growth in this process."""
    kind, name, *numbers = args.case
    numbers = [int(number) for number in numbers]
    if kind in PROFILES:
        found = {"colours": colours, "codes": codes, "photographs": photographs}[kind](
            args, name, *numbers
        )
        dataset = ":".join([kind, *map(str, numbers)])
        settings = {} if kind == "codes" else args.settings  # a search, of no sampler
        yield {"dataset": dataset, "method": name, "settings": settings}, found
        return
    if kind == "images":
        side, n_classes = numbers
        X, y = random_images([40] + [20] * (n_classes - 1), side)
        settings = {}
    else:
        n_features, n_samples, n_classes = numbers
        y = np.repeat(np.arange(n_classes), [2 * n_samples] + [n_samples] * (n_classes - 1))
        X = np.random.default_rng(0).normal(size=(len(y), n_features))
        settings = GAMO_ON_TABLES if name == "GAMOClassifier" else {}
    runs = [
        play(name, X, y, args.iterations, device=args.device, **settings)
        for _ in range(args.repeats)
    ]
    found = medians([{f"ms {phase}": ms for phase, ms in run.items()} for run in runs])
    found |= {"peak MiB": peak_memory(), "MiB of data": X.nbytes // 2**20}
    dataset = ":".join([kind, *map(str, numbers)])
    yield {"dataset": dataset, "method": name, "settings": settings}, found


def colours(args, name, n, side):
    """Peak memory of a call on images of bytes, a tenth of them rare, in the shortest training."""
    X = np.random.default_rng(0).integers(0, 256, (n, 3, side, side), dtype=np.uint8)
    y = np.arange(n) % 10 == 0
    play(name, X[:40], y[:40], 1, device=args.device, **args.settings)  # libraries are loaded
    before = peak_memory(anew=True)
    play(name, X, y, 1, device=args.device, **args.settings)
    peak, mib = peak_memory() - before, X.nbytes / 2**20
    result = mib * 1.8
    of_data = (peak - result) / mib
    return {
        "MiB of data": mib,
        "MiB of result": result,
        "peak MiB": peak,
        "above, of data": of_data,
    }


def codes(args, _, n):
    """Seconds of the search among codes of 100 values that lie near a bent sheet of eight."""
    stream = torch.Generator().manual_seed(0)
    sheet, bend, turn = (torch.randn(*s, generator=stream) for s in ((n, 8), (8, 64), (64, 100)))
    z = torch.tanh(sheet @ bend) @ turn / 8
    class_neighbours(z[:100], [100], 5)
    before = peak_memory(anew=True)
    start = time.perf_counter()
    class_neighbours(z, [n], 5)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "peak MiB": peak_memory() - before,
        "MiB of data": z.nbytes // 2**20,
    }


def draws(args):
    """Rows of a trained sampler, as arrays and as data frames, with and without categories."""
    stream, n = np.random.default_rng(0), 4000
    numbers = stream.normal(size=(n, 10))
    whole = stream.integers(0, 10**6, (n, 10))
    frame = pd.DataFrame(numbers).rename(columns="x{}".format)
    mixed = frame.assign(x8=whole[:, 8], x9=np.array(list("uvwxyz"))[whole[:, 9] % 6])
    kinds = {"floats": numbers, "integers": whole, "frame": frame, "mixed frame": mixed}
    for name in args.methods:
        for kind, X in kinds.items():
            model = getattr(imblearn_gan, name)(random_state=0, device=args.device, **args.settings)
            few = {b: 1 for b in ("max_iter", "pretrain_iter") if b in model.get_params()}
            model.set_params(**few).fit_resample(X, np.arange(n) % 10 == 0)
            runs = []
            for _ in range(args.repeats):
                start = time.perf_counter()
                model.sample({True: args.rows})
                runs.append({"seconds": time.perf_counter() - start})
            yield {"dataset": f"{kind}:{args.rows}:10", "method": name}, medians(runs)


def fit(args):
    """Whole calls on a table of 4,377 x 10, a tenth of it rare."""
    X, y = make_classification(4377, 10, n_informative=6, weights=[0.9], flip_y=0, random_state=0)
    X = pd.DataFrame(X).rename(columns="x{}".format)
    names = [name for name in args.methods if name in methods.SAMPLERS]
    names += ["SMOTE"] + ["CTGAN"] * bool(importlib.util.find_spec("ctgan"))
    for name in names:
        settings = args.settings if name in methods.SAMPLERS else {}
        if name == "CTGAN":
            settings = {"epochs": args.ctgan_epochs}
        runs = []
        for _ in range(args.repeats):
            start = time.perf_counter()
            *_, made = methods.resample(name, X, y, seed=0, device=args.device, settings=settings)
            runs.append({"seconds": time.perf_counter() - start})
        found = medians(runs)
        if hasattr(made, "right_labels_"):
            found["right_labels"] = made.right_labels_
        yield {"dataset": "table:4377:10", "method": name, "settings": settings}, found


def grid(args):
    """A search over sampler and network in two processes must not be slower than in one."""
    digits = load_digits()
    X, y = make_longtailed(digits.images, digits.target, 10, random_state=0)
    model = make_pipeline(
        CGANOversampler(max_iter=args.iterations, random_state=0),
        ResNetClassifier(width=8, max_epochs=2, random_state=0),
    )
    runs = []
    for _ in range(args.repeats):
        seconds = []
        for n_jobs in (1, 2):
            start = time.perf_counter()
            GridSearchCV(model, GRID, cv=3, n_jobs=n_jobs, refit=False).fit(X, y)
            seconds.append(time.perf_counter() - start)
        one, two = seconds
        runs.append({"s, one process": one, "s, two": two, "ratio": two / one})
    yield {"dataset": f"digits:{len(X)}", "method": "GridSearchCV"}, medians(runs)


def folds(args):
    """Five games of one size: one after the other, stacked in one loop, and in two processes."""
    n = 5
    X = np.random.default_rng(0).normal(size=(400 + 20 * n, 10))
    y = np.repeat(np.arange(n + 1), [400] + [20] * n)
    pair = X[:420], y[:420]

    def one(X, y):
        GANOversampler(max_iter=10 * args.iterations, random_state=0).fit_resample(X, y)

    def seconds(call):
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    runs = []
    with Parallel(n_jobs=2) as two:
        tasks = [delayed(one)(*pair)] * n
        two(tasks)  # libraries are loaded
        for _ in range(args.repeats):
            run = {
                "s, in turn": seconds(lambda: [one(*pair) for _ in range(n)]),
                "s, one loop": seconds(lambda: one(X, y)),
                "s, two processes": seconds(lambda: two(tasks)),
            }
            runs.append(run)
    yield {"dataset": f"table:{len(X)}:10", "method": "GANOversampler"}, medians(runs)


def ranks(args):
    """Two processes with a thread each beside one with twice the batch, in turn."""
    for name, size in RANKED.items():
        runs = []
        for _ in range(args.repeats):
            one, two = (ranked(args, name, n, 2 * size // n) for n in (1, 2))
            runs.append({"ms, one process": one, "ms, two": two, "efficiency": one / (2 * two)})
        settings = {"batch_size": 2 * size}
        yield {"dataset": "images:64:2", "method": name, "settings": settings}, medians(runs)


def ranked(args, name, n_processes, batch_size):
    """Milliseconds an update of the game that so many processes play."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", str(n_processes), __file__, "--output", str(args.output)]
    command += ["--iterations", str(args.iterations), "--device", args.device]
    ran = subprocess.run(
        [*command, "--rank", name, str(batch_size)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)["adversarial"]


def one_rank(args):
    """What each of the processes does."""
    name, batch_size = args.rank
    X, y = random_images([200, 100], 64)
    run = play(name, X, y, args.iterations, device=args.device, batch_size=int(batch_size))
    if os.environ["RANK"] == "0":
        print(json.dumps(run))


KINDS = (samplers, bare, growth, defaults, fit, draws, memory, neighbours, grid, folds, ranks)
WHAT = {function.__name__: function for function in KINDS}


def main():
    """Time what was asked for, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    parser.add_argument("--what", nargs="+", choices=WHAT, default=list(WHAT))
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=[*methods.SAMPLERS, "GAMOClassifier", "DOSClassifier"],
        metavar="METHOD",
        default=methods.SAMPLERS,
        help=f"of {', '.join(methods.SAMPLERS)}, GAMOClassifier, DOSClassifier; all samplers",
    )
    parser.add_argument(
        "--settings", type=settings_of, default={}, help="JSON of parameters, for samplers and fit"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=3, help="runs to take the median of")
    parser.add_argument("--iterations", type=int, default=30, help="updates of a timed phase")
    parser.add_argument("--ctgan-epochs", type=int, default=300, help="300 is its default")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of draws")
    parser.add_argument("--cases", type=int, help="of growth, memory and neighbours, at most")
    parser.add_argument("--case", nargs="+", help="one case of these, in this process")
    parser.add_argument("--rank", nargs=2, help="a method and its batch, as one of some processes")
    args = parser.parse_args()
    if args.rank:
        one_rank(args)
        return
    records.resume(args.output)
    around = surroundings()
    for timed in [one_case] if args.case else [WHAT[name] for name in args.what]:
        for what, measures in timed(args):
            settings = {**what.get("settings", {}), "device": args.device}
            record = records.Record(
                **what | {"settings": settings},
                classifier="speed",
                profile=PROFILES.get(args.case[0], "growth") if args.case else timed.__name__,
                split="rest",
                budget=str(args.iterations),
                measures=measures,
                **around,
            )
            records.append(args.output, record)
            print(record.to_line(), end="", flush=True)


if __name__ == "__main__":
    main()
