"""Speed and memory of BAGAN, BAGAN-GP, CAPGAN and GANDA.

Real images a second in each phase, in the default precision and in float32; the ratio of BAGAN's
game to a bare hand-written loop of the same networks, taken in turn in one process; peak memory;
and growth with the image's side and the number of classes::

    python examples/benchmarks/bench_autoencoder_family.py
    python examples/benchmarks/bench_autoencoder_family.py --device cuda
"""

import argparse
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from bench_gamo import peak_memory, random_images
from torch import nn

import imblearn_gan
from imblearn_gan.callbacks import Callback
from imblearn_gan.networks import DCGANFamily

SAMPLERS = ["BAGANOversampler", "BAGANGPOversampler", "CAPGANOversampler", "GANDAOversampler"]
PROFILE = [400, 200, 100, 75, 50, 35, 20, 10, 6, 4]
BATCH = 64


class Stopwatch(Callback):
    """Seconds an iteration, by phase."""

    def __init__(self):
        self.seconds = {}

    def on_phase_begin(self, state):
        """Start."""
        self._start = time.perf_counter()

    def on_phase_end(self, state):
        """Stop."""
        elapsed = time.perf_counter() - self._start
        self.seconds.setdefault(state.phase, []).append(elapsed / state.max_iter)


def phases(name, X, y, n_iter, repeats=1, **params):
    """Median seconds an iteration of each phase."""
    watch = Stopwatch()
    for _ in range(repeats):
        sampler = getattr(imblearn_gan, name)(
            random_state=0, pretrain_iter=n_iter, max_iter=n_iter, callbacks=[watch], **params
        )
        sampler.fit_resample(X, y)
    return {phase: statistics.median(seconds) for phase, seconds in watch.seconds.items()}


def bare(X, y, n_iter, device):
    """Seconds an iteration of BAGAN's game, in float32, written down in plain PyTorch."""
    torch.manual_seed(0)
    spec_of = imblearn_gan.data.DataSpec
    n_classes = int(y.max()) + 1
    spec = spec_of((1, *X.shape[1:]), tuple(np.bincount(y)))
    family = DCGANFamily()
    x = torch.from_numpy(X).float().div(127.5).sub(1)[:, None].to(device)
    labels = torch.from_numpy(y).to(device)
    trunk = nn.Sequential(family.encoder(spec, 256), nn.LeakyReLU(0.2))
    D = nn.Sequential(trunk, nn.Linear(256, n_classes + 1)).to(device)
    G = family.decoder(spec, 100).to(device)
    average = torch.optim.swa_utils.AveragedModel(
        G, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    codes = torch.randn(len(x), 100, device=device)
    starts = torch.from_numpy(np.r_[0, np.cumsum(np.bincount(y))[:-1]]).to(device)
    counts = torch.from_numpy(np.bincount(y)).to(device)
    adams = [
        torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999), fused=True) for net in (D, G)
    ]

    def rows(size):
        drawn = torch.randint(n_classes, (size,), device=device)
        return starts[drawn] + (torch.rand(size, device=device) * counts[drawn]).long(), drawn

    def draw(size):
        first, drawn = rows(size)
        share = torch.rand(size, 1, device=device)
        return torch.lerp(codes[first], codes[rows(size)[0]], share), drawn

    n_generated = round(BATCH / (n_classes + 1))
    begin = time.perf_counter()
    for _ in range(n_iter):
        index, _ = rows(BATCH - n_generated)
        with torch.no_grad():
            made = G(draw(BATCH)[0])[:n_generated]
        targets = torch.cat([labels[index], torch.full((n_generated,), n_classes, device=device)])
        loss = nn.functional.cross_entropy(D(torch.cat([x[index], made])), targets)
        adams[0].zero_grad()
        loss.backward()
        adams[0].step()
        z, drawn = draw(BATCH)
        index, _ = rows(BATCH)
        loss = nn.functional.cross_entropy(D(G(z)), drawn)
        loss = loss + 10 * (G(codes[index]) - x[index]).square().mean()
        adams[1].zero_grad()
        loss.backward(inputs=list(G.parameters()))
        adams[1].step()
        average.update_parameters(G)
    if device != "cpu":
        torch.cuda.synchronize()
    return (time.perf_counter() - begin) / n_iter


def growth_case(name, side, n_classes, n_iter, device):
    """One row of the growth table."""
    X, y = random_images([40] + [20] * (n_classes - 1), side)
    seconds = phases(name, X, y, n_iter, device=device)
    cells = [f"{1e3 * seconds[phase]:.1f}" for phase in ("pretrain", "adversarial")]
    print(
        f"| {name} | {side} | {n_classes} | {' | '.join(cells)} | {peak_memory():.0f} |", flush=True
    )


def main():
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=30)
    parser.add_argument("--case", nargs=3, help="one growth case, in this process")
    args = parser.parse_args()
    n_iter = args.iterations
    if args.case:
        name, side, n_classes = args.case
        growth_case(name, int(side), int(n_classes), n_iter, args.device)
        return
    X, y = random_images(PROFILE)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, device {args.device}")
    print("Real images a second, 28x28, batch 64:")
    print("| | pretrain | adversarial | pretrain, float32 | adversarial, float32 |")
    print("|---|---|---|---|---|")
    for name in SAMPLERS:
        cells = []
        for precision in ("auto", "float32"):
            seconds = phases(
                name, X, y, n_iter, args.repeats, device=args.device, precision=precision
            )
            cells += [f"{BATCH / seconds[phase]:.0f}" for phase in ("pretrain", "adversarial")]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    ratios = []
    for _ in range(args.repeats):
        ours = phases("BAGANOversampler", X, y, n_iter, device=args.device, precision="float32")
        ratios.append(ours["adversarial"] / bare(X, y, n_iter, args.device))
    print(f"BAGAN's game in float32, ratio to the bare loop: {statistics.median(ratios):.3f}")
    print("| | side | classes | pretrain, ms | adversarial, ms | peak MiB |")
    print("|---|---|---|---|---|---|", flush=True)
    cases = [
        ("BAGANOversampler", s, c) for s, c in ((8, 10), (28, 10), (64, 10), (28, 2), (28, 100))
    ]
    cases += [("BAGANGPOversampler", 28, 10), ("BAGANGPOversampler", 64, 10)]
    for case in cases:
        command = [sys.executable, __file__, "--device", args.device, "--iterations", str(n_iter)]
        subprocess.run([*command, "--case", *map(str, case)], check=True)


if __name__ == "__main__":
    main()
