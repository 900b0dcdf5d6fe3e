"""Speed and memory of GAMO's game.

Seconds an iteration with the paper's networks, batch and schedule on images of Fashion-MNIST's
shape and GAMO's profile; the ratio to a bare hand-written loop of the same networks, taken in
turn in one process; peak memory; and growth with features, rows a class and classes::

    python examples/benchmarks/bench_gamo.py
    python examples/benchmarks/bench_gamo.py --device cuda
"""

import argparse
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from gamo_fashion_mnist import PAPER, PROFILE
from torch import nn

from imblearn_gan import GAMOClassifier
from imblearn_gan.callbacks import Callback


class Stopwatch(Callback):
    """Seconds of the adversarial phase."""

    def on_phase_begin(self, state):
        """Start."""
        self._start = time.perf_counter()

    def on_phase_end(self, state):
        """Stop."""
        self.seconds = time.perf_counter() - self._start


def random_images(counts, side=28, seed=0):
    """Images and labels; what is on them does not change the speed."""
    y = np.repeat(np.arange(len(counts)), counts)
    X = np.random.RandomState(seed).randint(0, 256, (len(y), side, side)).astype(np.uint8)
    return X, y


def ours(X, y, n_iter, device, **params):
    """Seconds an iteration of the package's engine."""
    watch = Stopwatch()
    GAMOClassifier(random_state=0, max_iter=n_iter, device=device, callbacks=[watch], **params).fit(
        X, y
    )
    return watch.seconds / n_iter


def bare(X, y, n_iter, device, batch=32):
    """Seconds an iteration of the paper's game written down in plain PyTorch."""
    torch.manual_seed(0)
    slope, n_classes = 0.1, int(y.max()) + 1
    counts = np.bincount(y)
    x = torch.from_numpy(X).float().div(127.5).sub(1)[:, None].to(device)
    labels = torch.from_numpy(y).to(device)
    F = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.LeakyReLU(slope), nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 5, padding=2), nn.LeakyReLU(slope), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(1568, 512), nn.Tanh(),
    ).to(device)  # fmt: skip
    M = nn.Sequential(
        nn.Linear(512, 256), nn.LeakyReLU(slope), nn.Linear(256, 128), nn.LeakyReLU(slope),
        nn.Linear(128, n_classes),
    ).to(device)  # fmt: skip
    D = nn.Sequential(
        nn.Linear(512 + n_classes, 256), nn.LeakyReLU(slope), nn.Linear(256, 128),
        nn.LeakyReLU(slope), nn.Linear(128, 1),
    ).to(device)  # fmt: skip
    T = nn.Sequential(
        nn.Linear(100 + n_classes, 256), nn.ReLU(), nn.BatchNorm1d(256), nn.Linear(256, 64),
        nn.ReLU(), nn.BatchNorm1d(64),
    ).to(device)  # fmt: skip
    units = nn.ModuleList([nn.Linear(64, int(n)) for n in counts]).to(device)
    deficit = torch.tensor(counts.max() - counts, dtype=torch.float64)
    minority = (deficit > 0).double()
    G = [
        *T.parameters(),
        *(p for i, u in enumerate(units) if deficit[i] > 0 for p in u.parameters()),
    ]
    groups = [list(F.parameters()), list(M.parameters()), list(D.parameters()), G]
    optimizers = [torch.optim.Adam(g, 2e-4, betas=(0.5, 0.999), fused=True) for g in groups]
    starts = np.concatenate([[0], np.cumsum(counts)])

    def one_hot(y):
        return nn.functional.one_hot(y, n_classes).float()

    def step(i, loss):
        optimizers[i].zero_grad()
        loss.backward(inputs=groups[i])
        optimizers[i].step()

    def generate(weights):
        drawn = torch.multinomial(weights, batch, replacement=True).sort()[0]
        y = one_hot(drawn.to(device))
        mapped = T(torch.cat([torch.randn(batch, 100, device=device), y], 1))
        parts, start = [], 0
        for i, n in enumerate(torch.bincount(drawn, minlength=n_classes).tolist()):
            if n:
                w = torch.softmax(units[i](mapped[start : start + n]), 1)
                parts.append(w @ pool[starts[i] : starts[i + 1]])
                start += n
        return torch.cat(parts), y

    def squared(logits, target):
        return (torch.softmax(logits, 1) - target).square().sum(1).mean()

    def judged(v, y, target):
        return (torch.sigmoid(D(torch.cat([v, y], 1))) - target).square().mean()

    begin = time.perf_counter()
    for iteration in range(n_iter):
        if iteration % (len(x) // batch) == 0:
            with torch.no_grad():
                pool = torch.cat([F(part) for part in x.split(1024)])
        index = torch.randint(len(x), (batch,), device=device)
        step(0, squared(M(F(x[index])), one_hot(labels[index])))
        index = torch.randint(len(x), (batch,), device=device)
        real, real_y = pool[index], one_hot(labels[index])
        with torch.no_grad():
            made, made_y = generate(deficit)
        step(1, squared(M(real), real_y) + squared(M(made), made_y))
        step(2, judged(real, real_y, 0.9) + judged(made, made_y, 0.1))
        made, made_y = generate(minority)
        step(3, squared(M(made), 1 - made_y) + judged(made, made_y, 1.0))
    if device != "cpu":
        torch.cuda.synchronize()
    return (time.perf_counter() - begin) / n_iter


def peak_memory():
    """Largest resident set of this process, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent's, from before this program began
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table_case(n_features, n_rows, n_classes, device):
    """One row of the growth table: minority classes of ``n_rows`` rows each."""
    counts = [2 * n_rows] + [n_rows] * (n_classes - 1)
    y = np.repeat(np.arange(n_classes), counts)
    X = np.random.RandomState(0).normal(size=(len(y), n_features))
    paper = {**PAPER, "max_iter": 200}
    n_iter = paper.pop("max_iter")
    seconds = statistics.median(ours(X, y, n_iter, device, **paper) for _ in range(3))
    print(
        f"| {n_features} | {n_rows} | {n_classes} | {1e3 * seconds:.2f} "
        f"| {peak_memory():.0f} | {X.nbytes / 2**20:.0f} |",
        flush=True,
    )


def main():
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--iterations", type=int, default=300)
    parser.add_argument("--case", nargs=3, type=int, help="one growth case, in this process")
    args = parser.parse_args()
    if args.case:
        table_case(*args.case, args.device)
        return
    X, y = random_images(PROFILE)
    n_iter = args.iterations
    runs = [
        (
            ours(X, y, n_iter, args.device, **PAPER),
            ours(X, y, n_iter, args.device, precision="float32", **PAPER),
            bare(X, y, n_iter, args.device),
        )
        for _ in range(args.repeats)
    ]
    seconds = statistics.median(a for a, _, _ in runs)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, device {args.device}")
    print("The paper's networks, batch 32, 28x28 images, profile", PROFILE)
    print(
        f"seconds an iteration: {seconds:.4f}, 25,000 iterations: {25_000 * seconds / 60:.1f} min"
    )
    print(f"float32, ratio to the bare loop: {statistics.median(b / c for _, b, c in runs):.3f}")
    print(
        f"default precision, ratio to float32: {statistics.median(a / b for a, b, _ in runs):.3f}"
    )
    print(f"peak memory: {peak_memory():.0f} MiB", flush=True)
    print("| features | rows a class | classes | ms an iteration | peak MiB | MiB of data |")
    print("|---|---|---|---|---|---|")
    cases = [(50, 200, 5), (500, 200, 5), (5000, 200, 5), (50, 2000, 5), (50, 20000, 5)]
    cases += [(50, 200, 2), (50, 200, 20), (50, 200, 100)]
    for case in cases:
        command = [sys.executable, __file__, "--device", args.device, "--case", *map(str, case)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
