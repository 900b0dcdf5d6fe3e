"""Speed of an iteration on a GPU: as it comes, and as one captured graph; and that rows agree.

Each case is a method, rows and a way to compute, and becomes one record (``records.py``):
milliseconds an iteration by phase, the seconds of the call, peak memory, how far losses and rows
are from those of the first way of the same precision, and how many phases became graphs. Cases run
in a process of their own, which is begun anew after an error of the device; a case that fails is
recorded with its error. The most important come first, so that a limit of time cuts off the rest.

Ways, of ``--ways``:

``eager``, ``captured``  in the precision that is the default: bfloat16 for images
``again``        as ``eager``, once more: how far rows are apart that no graph has made
``eager32``, ``captured32``  in float32
``call``, ``eager-call``  a whole call with the default budget, of some methods
``exact``, ``exact-eager``  with convolutions that give the same twice
``compile``      as ``eager``, networks through ``torch.compile``

::

    python examples/benchmarks/gpu.py --output gpu.jsonl --limit-seconds 150
    python examples/benchmarks/gpu.py --output cpu.jsonl --device cpu --only CGANOversampler table
"""

import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys
import threading
import time
import warnings
from itertools import pairwise, product
from pathlib import Path
from unittest import mock

import numpy as np
import records
import torch

import imblearn_gan
from imblearn_gan.callbacks import Callback
from imblearn_gan.over_sampling import __all__ as SAMPLERS
from imblearn_gan.seeding import own_draws
from imblearn_gan.training import Engine, Phase, Player, capture, engine, precision, torch_scope
from imblearn_gan.training.graph import CapturedIteration

METHODS = [name for name in SAMPLERS if name != "GAMO2pix"] + ["GAMOClassifier", "DOSClassifier"]
#: Rows by name: number, and the side of images.
ROWS = {
    "table": (5000, None),
    "8": (1000, 8),
    "28": (2000, 28),
    "64": (1000, 64),
    "128": (400, 128),
    "224": (600, 224),
}
#: Ways in which all methods and rows are gone through, one after the other; that and its precision.
PASSES = [
    {"eager": "auto", "captured": "auto"},
    {"again": "auto"},
    {"eager32": "float32", "captured32": "float32"},
    {"eager-call": "auto", "call": "auto"},
    {"exact-eager": "auto", "exact": "auto"},
    {"compile": "auto"},
]
WAYS = [way for ways in PASSES for way in ways]
EAGER = {"eager", "again", "eager32", "eager-call", "exact-eager", "compile"}
CALLS = ["CGANOversampler", "BAGANOversampler", "GAMOOversampler", "CWGANGPOversampler"]
CUDNN = torch.backends.cudnn
POISON = re.compile(r"CUDA|cuda|CUBLAS|CUDNN|AcceleratorError")


class Clock(Callback):
    """When each record was made, and what it says."""

    def __init__(self):
        self.phases = {}

    def on_phase_begin(self, state):
        """Start."""
        self.now = self.phases.setdefault(re.match(r"[\w-]+", state.phase)[0], [])
        self.now.append((time.perf_counter(), 0, None))

    def on_log(self, state):
        """Note the time: losses have been fetched, the device is done."""
        losses = [v for k, v in state.history[-1].items() if k not in ("phase", "iteration")]
        self.now.append((time.perf_counter(), state.iteration, losses))

    def milliseconds(self):
        """Of an iteration, by phase: medians over the last two thirds of the records."""
        found = {}
        for phase, marks in self.phases.items():
            pairs = list(pairwise(marks))
            pairs = pairs[len(pairs) // 3 :]
            taken = [1e3 * (b[0] - a[0]) / (b[1] - a[1]) for a, b in pairs if b[1] > a[1]]
            found[f"ms {phase}"] = round(statistics.median(taken), 4)
        return found

    def losses(self):
        """All records of all phases, one after the other."""
        marks = [mark for phase in self.phases.values() for mark in phase if mark[2]]
        return [loss for mark in marks for loss in mark[2]]


def rows_of(name):
    """Rows and labels of two classes, a tenth of them rare; what they are does not change speed."""
    n, side = ROWS[name]
    stream = np.random.default_rng(0)
    y = (np.arange(n) % 10 == 0).astype(int)
    if side is None:
        return stream.normal(size=(n, 10)) + y[:, None], y
    return stream.integers(0, 256, (n, side, side, 3), dtype=np.uint8), y


def compiled(estimator):
    """Let networks be compiled as they are built."""
    build = estimator._all_networks

    def networks(self, *args):
        built = build(self, *args)
        for network in built.values():
            network.compile()
        return built

    return mock.patch.object(estimator, "_all_networks", networks)


def way_of(way, estimator):
    """What stands around a case that is computed in some way."""
    stack = contextlib.ExitStack()
    stack.enter_context(capture(way not in EAGER))
    if way == "compile":
        stack.enter_context(compiled(estimator))
    if way.startswith("exact"):
        stack.callback(setattr, CUDNN, "deterministic", CUDNN.deterministic)
        CUDNN.deterministic = True
    stack.enter_context(mock.patch.object(engine, *Seen.patch()))
    return stack


def play(method, rows, way, precise, args):
    """Measures of one case, its losses, and the rows or probabilities that it gives."""
    X, y = rows_of(rows)
    estimator, clock = getattr(imblearn_gan, method), Clock()
    model = estimator(random_state=0, device=args.device, callbacks=[clock])
    if "call" not in way:
        budgets = {"max_iter": args.iterations, "pretrain_iter": args.iterations}
        model.set_params(**{b: n for b, n in budgets.items() if b in model.get_params()})
        if hasattr(model, "sampling_strategy"):
            model.set_params(sampling_strategy={1: int(y.sum()) + 64}, replay=0.0)
    on_cuda = torch.device(args.device).type == "cuda"
    if on_cuda:
        torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    with precision(precise), way_of(way, estimator):
        if hasattr(model, "fit_resample"):
            made = np.asarray(model.fit_resample(X, y)[0][len(y) :], dtype=float)
        else:
            made = model.fit(X, y).predict_proba(X[:64])
    found = clock.milliseconds() | {"seconds": round(time.perf_counter() - start, 3)} | Seen.found()
    if on_cuda:
        found["peak MiB"] = torch.cuda.max_memory_allocated() // 2**20
    return found, clock.losses(), made


class Seen(CapturedIteration):
    """Remembers what came of each phase."""

    all: list = []

    def __init__(self, *args):
        super().__init__(*args)
        self.all.append(self)

    @classmethod
    def patch(cls):
        """The name of what is replaced, and by what."""
        cls.all.clear()
        return "CapturedIteration", cls

    @classmethod
    def found(cls):
        """How many phases became a graph, and why others did not."""
        if not cls.all:
            return {}
        refused = sorted({one.refused for one in cls.all if one.refused})
        done = sum(one.is_captured for one in cls.all)
        cls.all.clear()
        return {"graphs": done} | ({"refused": refused} if refused else {})


def draws_differ(device):
    """Whether noise is fresh in each iteration, and as without a graph."""

    def drawn(use):
        network = torch.nn.Linear(1, 1).to(device)

        def losses(_):
            noise = torch.randn(64, **own_draws(torch.device(device)))
            return {"noise": noise.square().mean() + 0 * network.weight.sum()}

        with torch_scope(0, torch.device(device)):
            game = Engine(capture=use)
            game.run(Phase("noise", [Player("p", {"n": network}, losses)], 20))
        return [record["p_noise"] for record in game.history]

    graph, eager = drawn(device != "cpu"), drawn(False)
    return {"distinct draws of 20": len(set(graph)), "as without a graph": graph == eager}


def distance(first, second):
    """The largest absolute difference, of the largest value."""
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape:
        return float("nan")
    return float(f"{np.abs(first - second).max() / max(1e-12, np.abs(second).max()):.3g}")


def compared(found, losses, made, reference):
    """Measures with the distance to the reference: of early and all losses, and of rows."""
    other_losses, other = reference
    n = max(1, len(losses) // 4)
    return found | {
        "early losses apart": distance(losses[:n], other_losses[:n]),
        "losses apart": distance(losses, other_losses),
        "rows apart": distance(made, other),
    }


def cases_of(args):
    """All cases, in their order."""
    for ways in PASSES:
        for rows, method in product(ROWS, METHODS):
            for way, precise in ways.items():
                if rows == "table" and precise == "float32":
                    continue  # as in another way
                if way in ("call", "eager-call", "compile") and method not in CALLS:
                    continue
                words = {method, rows, way}
                wanted = way in args.ways and set(args.only) <= words
                if wanted and not words & set(args.leave_out):
                    yield method, rows, way, precise


def work(args):
    """Play cases that come by the standard input, and write down what was found."""
    around = {
        "versions": {"torch": torch.__version__, "imblearn_gan": imblearn_gan.__version__},
        "machine": torch.cuda.get_device_name() if args.device != "cpu" else "cpu",
    }
    warnings.simplefilter("ignore")
    references = {}
    for line in sys.stdin:
        case = method, rows, way, precise = json.loads(line)
        start, failed = time.perf_counter(), False
        try:
            if method == "draws":
                found = draws_differ(args.device)
            else:
                found, losses, made = play(*case, args)
                kind = way.startswith("exact"), method, rows, precise
                if way in ("eager", "eager32", "exact-eager"):
                    references[kind] = losses, made
                elif kind in references and "call" not in way:
                    found = compared(found, losses, made, references[kind])
        except Exception as error:
            failed = bool(POISON.search(f"{type(error).__name__} {error}"))
            found = {"error": f"{type(error).__name__}: {error}"[:500]}
        found["took"] = round(time.perf_counter() - start, 2)
        record = records.Record(
            dataset=rows,
            method=method,
            classifier="speed",
            profile="gpu",
            settings={"way": way, "precision": precise, "device": args.device},
            budget=str(args.iterations),
            measures=found,
            **around,
        )
        records.append(args.output, record)
        print(*case, json.dumps(found), flush=True)
        if failed:
            return


def main():
    """Hand cases to a process, and begin another one where it ends or hangs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="file of results")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--only", nargs="+", default=[], help="words that a case must all have")
    parser.add_argument("--leave-out", nargs="+", default=[], help="words that no case has")
    parser.add_argument("--iterations", type=int, default=40, help="of each phase")
    parser.add_argument("--limit-seconds", type=float, default=150.0)
    parser.add_argument("--case-seconds", type=float, default=40.0, help="of one case, at most")
    parser.add_argument(
        "--ways", nargs="+", choices=WAYS, default=WAYS[:-1], help="all but the last"
    )
    parser.add_argument("--work", action="store_true", help="play cases of the standard input")
    args = parser.parse_args()
    records.resume(args.output)
    if args.work:
        work(args)
        return
    begun = time.monotonic()
    left = [("draws", "-", "-", "-"), *cases_of(args)]
    command = [sys.executable, __file__, "--work", "--output", str(args.output)]
    command += ["--device", args.device, "--iterations", str(args.iterations)]
    worker = None
    while left and time.monotonic() - begun < args.limit_seconds:
        if worker is None:
            worker = Worker(command)
        limit = min(args.case_seconds, begun + args.limit_seconds - time.monotonic())
        if worker.play(left.pop(0), limit + (30 if worker.is_new else 0)):
            continue
        worker = worker.end()
    if worker is not None:
        worker.end()
    print(f"{len(left)} cases left out, after {time.monotonic() - begun:.0f} s")


class Worker:
    """A process that plays cases, one after the other."""

    def __init__(self, command):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, **pipes)
        self.is_new = True

    def play(self, case, limit):
        """Whether the process has played the case in time, and can play another."""
        said = []
        reader = threading.Thread(
            target=lambda: said.append(self.process.stdout.readline()), daemon=True
        )
        try:
            self.process.stdin.write(json.dumps(case) + "\n")
            self.process.stdin.flush()
        except OSError:
            print(*case, "no process took it", flush=True)
            return False
        reader.start()
        reader.join(limit)
        self.is_new = False
        if not said:
            print(*case, f"not done after {limit:.0f} s", flush=True)
            return False
        print(said[0] or f"{case} ended its process\n", end="", flush=True)
        return bool(said[0])

    def end(self):
        """Let the process end, whatever it does."""
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    main()
