"""Do the tests bite? Put one fault after the other into a copy of the package, and run its tests.

    python examples/benchmarks/mutants.py                 # all faults
    python examples/benchmarks/mutants.py --only engine   # those whose file or text has the word

Each fault is a line of the package replaced by a wrong one; the tests named beside it must fail.
The script prints what went through, and fails if fewer than 95 % of the faults are caught. Faults
live in a temporary copy: the package itself is never touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOOR = 0.95


@dataclass(frozen=True)
class Fault:
    """One wrong line.

    Parameters
    ----------
    file : str
        Path in the package.

    right, wrong : str
        What stands there, once, and what is put in its place.

    tests : str
        Paths of the tests that should fail, separated by spaces.
    """

    file: str
    right: str
    wrong: str
    tests: str


GAMO = "tests/games/test_gamo.py"
NOISE = "tests/games/test_noise.py tests/games/test_schedules.py tests/over_sampling"
AUTOENCODER = "tests/games tests/over_sampling"
LOSSES = "tests/test_losses.py"
ENGINE = "tests/training"
LATENT = "tests/test_latent.py"
BASE = "tests/test_base.py tests/test_replay.py tests/test_rejection.py"

CODEC = "tests/data/test_encodings.py tests/data/test_table.py tests/data/test_hostile_tables.py"
DOS = "tests/classifiers/test_dos.py"
RECIPE = "tests/training/test_recipe.py tests/classifiers/test_resnet.py"
RESNET = "tests/classifiers/test_resnet.py tests/training/test_epochs.py"

FAULTS = [
    # losses
    Fault("losses/_games.py", "PENALTY_WEIGHT = 10.0", "PENALTY_WEIGHT = 1.0", f"{LOSSES} {NOISE}"),
    Fault("losses/_games.py", "return (outputs - target).square().mean()",
          "return (outputs - target).abs().mean()", LOSSES),
    Fault("losses/_games.py", "real, generated = functional.relu(1 - outputs), functional.relu(1 + outputs)",
          "real, generated = functional.relu(-outputs), functional.relu(outputs)", LOSSES),
    Fault("losses/_games.py", "real, generated = -outputs, outputs",
          "real, generated = outputs, -outputs", LOSSES),
    Fault("losses/_games.py", 'return discriminator_loss(outputs, 1.0, "wasserstein" if loss == "hinge" else loss)',
          "return discriminator_loss(outputs, 1.0, loss)", LOSSES),
    Fault("losses/_games.py", "+ _LEAST_SQUARED_NORM).sqrt() - 1).square().mean()",
          "+ _LEAST_SQUARED_NORM).sqrt()).square().mean()", LOSSES),
    Fault("losses/_games.py", "kl = 0.5 * (mean.square()", "kl = (mean.square()", LOSSES),
    Fault("losses/_games.py", "return (weights * squared).sum(dim=1).mean()",
          "return squared.sum(dim=1).mean()", f"{LOSSES} {DOS}"),
    Fault("losses/_games.py", "(by_row * (labels @ weights)).mean()", "by_row.mean()", f"{LOSSES} {GAMO}"),
    Fault("losses/_games.py", "torch.maximum(labels, pulled.expand_as(labels))", "labels", f"{LOSSES} {GAMO}"),
    Fault("losses/_games.py", "return torch.lerp(other, x, place)", "return torch.lerp(other, x, 0.5)", LOSSES),
    # games
    Fault("over_sampling/_cwgan_gp.py", '"penalty": PENALTY_WEIGHT * penalty', '"penalty": 0 * penalty', NOISE),
    Fault("over_sampling/_cwgan_gp.py", "(0.0, 0.9)", "(0.5, 0.999)", NOISE),
    Fault("over_sampling/_acgan.py", '"classes": self.class_loss_weight_ * softmax_loss(classes, y)',
          '"classes": softmax_loss(classes, y)', NOISE),
    Fault("games/noise.py", '"generated": discriminator_loss(made, 0.0, self.loss)',
          '"generated": discriminator_loss(made, 1.0, self.loss)', NOISE),
    Fault("games/noise.py", "n_steps=self.n_discriminator_steps_,", "n_steps=1,", NOISE),
    Fault("games/noise.py", 'averaged=["generator"]', "averaged=[]", NOISE),
    Fault("games/noise.py", 'return data.draw_index(self.batch_size_, self.balance == "batches")',
          "return data.draw_index(self.batch_size_)", NOISE),
    Fault("games/gamo.py", "return drawn, inverse, weight * drawn.sum() / counts.sum() * inverse",
          "return drawn, ones, weight * ones", GAMO),
    Fault("games/gamo.py", "misled if weight is None else weight * misled", "misled", GAMO),
    Fault("games/gamo.py", "smooth = self.game.label_smoothing", "smooth = 0.0", GAMO),
    Fault("games/gamo.py", "tilt = None if self.n_support is None else TILT", "tilt = None", GAMO),
    Fault("games/gamo.py", 'if self.game.misleading != "own_class":', "if False:", GAMO),
    Fault("games/gamo.py", 'is_all = self.game.misleading == "complement"', "is_all = False", GAMO),
    Fault("games/gamo.py", "outputs = torch.sigmoid(outputs.float())", "outputs = outputs.float()", GAMO),
    Fault("games/gamo.py", "lr_decay=self.ema_decay > 0", "lr_decay=False", GAMO),
    Fault("games/autoencoder.py", "self.reconstruction_weight * error", "error", AUTOENCODER),
    Fault("games/autoencoder.py", "rate_factor * self.pretrain_learning_rate", "self.pretrain_learning_rate", AUTOENCODER),
    Fault("games/autoencoder.py", "copy_layers(self._handed_over(encoder), discriminator.trunk)", "pass", AUTOENCODER),
    Fault("games/embedding.py", "torch.randint(1, n_classes, y.shape", "torch.randint(0, n_classes, y.shape", AUTOENCODER),
    Fault("games/embedding.py", "y if self.balance is None else self._made_labels(data)",
          "self._made_labels(data)", AUTOENCODER),
    Fault("games/embedding.py", 'losses["wrong"] = term(real, turn.wrong_y, 0.0)',
          'losses["wrong"] = term(real, turn.wrong_y, 1.0)', AUTOENCODER),
    Fault("games/embedding.py", "return data.y[data.draw_index(self.batch_size_)]",
          "return super()._made_labels(data)", AUTOENCODER),
    Fault("over_sampling/_bagan.py", "labels = torch.full_like(y[:n_generated], n_classes)",
          "labels = y[:n_generated]", AUTOENCODER),
    Fault("over_sampling/_bagan.py", "round(self.batch_size_ / (n_classes + 1))",
          "round(self.batch_size_ / 2)", AUTOENCODER),
    Fault("over_sampling/_ganda.py", "noise_weight: float = 0.5", "noise_weight: float = 0.0", AUTOENCODER),
    Fault("over_sampling/_capgan.py", "return randn_like(turn.x)", "return turn.made", AUTOENCODER),
    Fault("over_sampling/_capgan.py", "weights.append(1 / self._mean_loss(member, part))",
          "weights.append(self._mean_loss(member, part))", AUTOENCODER),
    # classifiers
    Fault("classifiers/_dos.py", "self.micro_cluster_weight * cluster", "cluster", DOS),
    Fault("training/epochs.py", "load_best=True", "load_best=False", RESNET),
    Fault("training/epochs.py", "> course.stages[-1].first_epoch", "> 0", RECIPE),
    Fault("training/recipe.py", "self.counts.double() ** q", "self.counts.double()", RECIPE),
    Fault("training/recipe.py", "by_class.sum() / n_drawn", "by_class.sum() / self.counts", RECIPE),
    Fault("training/recipe.py", "self.stages[-1].shares / (real / real.sum())", "real / real", RECIPE),
    Fault("training/recipe.py", "norm.momentum = 0.0", "pass", RECIPE),
    Fault("training/recipe.py", "if len(part) > 1] or", "if len(part) > 0] or", RECIPE),
    Fault("training/recipe.py", "(1 - share) * weights[other]", "share * weights[other]", RECIPE),
    Fault("training/recipe.py", "for kind in (~made, made):", "for kind in (made | ~made,):", RECIPE),
    Fault("losses/_classes.py", "pow(-0.25)", "pow(-0.5)", LOSSES),
    Fault("losses/_classes.py", "tau * priors", "priors", LOSSES),
    Fault("classifiers/_rows.py", "np.flatnonzero((y == code) & real)", "np.flatnonzero(y == code)", RECIPE),
    # latent codes
    Fault("latent.py", 'torch.einsum("nij,nj->ni", self.factor[y], noise)', "noise", LATENT),
    Fault("latent.py", "found += start", "found += 0", LATENT),
    # engine
    Fault("training/engine.py", "return 1 - min(phase.ema_decay, (1 + n) / (10 + n))", "return 1 - phase.ema_decay",
          ENGINE),
    Fault("training/graph.py", "self._share.turn(weight)", "pass", ENGINE),
    Fault("training/graph.py", 'dial.turn(turn.optimizer.param_groups[0]["lr"])', "pass", ENGINE),
    Fault("training/graph.py", "kept.copy_(self._memory[name])", "pass", ENGINE),
    Fault("training/engine.py", "factor = 0.5 * (1 + math.cos(math.pi * progress))", "factor = 1 - progress", ENGINE),
    Fault("training/engine.py", "betas=player.betas,", "betas=(0.9, 0.999),", f"{ENGINE} {NOISE}"),
    Fault("training/engine.py", "norm.track_running_stats = acting is not None and any(norm is m for m in acting.norms)",
          "norm.track_running_stats = True", ENGINE),
    Fault("training/engine.py", "self.optimizer.zero_grad(set_to_none=True)", "pass", f"{ENGINE} {NOISE}"),
    Fault("training/batches.py", "return self.starts[y] + torch.minimum(within, counts - 1)",
          "return self.starts[y]", ENGINE),
    Fault("training/runtime.py", "generator.set_state(state)", "pass", f"{ENGINE} {BASE}"),
    # rejection and replay
    Fault("_rejection.py", "for _ in range(MAX_DRAWS - 1):", "for _ in range(1):", BASE),
    Fault("_rejection.py", "better = fits | (p > best[again])", "better = p > -1", BASE),
    Fault("_replay.py", "int(fraction * n + 1e-9)", "int(fraction * n)", BASE),
    Fault("data/table.py", "values = self._objects(like, level.index)",
          "values = level.decode(encoded[:, level.place], None, np.random.RandomState(0))",
          "tests/data/test_table.py tests/test_tables.py tests/test_replay.py"),
    Fault("_replay.py", "rounds = [stream.permutation(rows) for _ in range(-(-n // len(rows)))]",
          "rounds = [stream.choice(rows, n)]", BASE),
    # codec
    Fault("data/encodings.py", "/ self._half - self._has_range", "/ self._half - 1", CODEC),
    Fault("data/encodings.py", "(largest > 2.0**1000) | (largest < 2.0**-1000)", "largest < 0", CODEC),
    Fault("data/encodings.py", "own = rare if len(rare) else np.flatnonzero(n)", "own = others", CODEC),
    Fault("data/encodings.py", "exact = [int(n) * self.step + self.zero for n in steps]",
          "exact = [int(n * self.step + self.zero) for n in steps]", CODEC),
    Fault("data/encodings.py", "out[:] = np.where(usual, self.scale.encode(np.where(usual, numbers, 0.0)), self.filler)",
          "out[:] = np.where(usual, self.scale.encode(np.where(usual, numbers, 0.0)), 0.0)", CODEC),
    Fault("data/containers.py", "return np.asarray(column).astype(np.int64)",
          "return np.asarray(column).view(np.int64)", CODEC),
    Fault("data/containers.py", "pd.Series(columns[i], dtype=columns[i].dtype)", "pd.Series(columns[i])", CODEC),
    Fault("data/containers.py", "above, below = places - origin, origin - places",
          "above, below = places - origin, places - origin", CODEC),
    Fault("data/table.py", "distinct = distinct.astype(np.uint64)", "distinct = distinct.astype(np.float64).astype(np.int64)", CODEC),
    Fault("data/table.py", "while run and (run[-1] != i - 1 or taken[ones[i]].any()):",
          "while run and taken[ones[i]].any():", CODEC),
    Fault("data/table.py", "spikes |= dict.fromkeys(values[counts >= MIN_SPIKE * len(own)].tolist())", "pass", CODEC),
]  # fmt: skip


def caught(fault: Fault, folder: Path) -> bool:
    """Tell whether the fault makes its tests fail; ``folder`` holds a sound copy of all."""
    path = folder / "imblearn_gan" / fault.file
    sound = path.read_text()
    if sound.count(fault.right) != 1:
        raise SystemExit(f"{fault.file} has {sound.count(fault.right)} times: {fault.right}")
    path.write_text(sound.replace(fault.right, fault.wrong))
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        tests = [name for name in fault.tests.split() if (folder / name).exists()]
        ran = subprocess.run(
            [*command, *tests],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        path.write_text(sound)
    if ran.returncode not in (0, 1):  # neither passed nor failed
        raise SystemExit(f"{fault.file}: {fault.wrong}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.returncode == 1


def main() -> None:
    parser = argparse.ArgumentParser(description="Put faults into the package, and run its tests.")
    parser.add_argument("--only", default="", help="only faults whose file or text has this word")
    only = parser.parse_args().only
    faults = [fault for fault in FAULTS if only in fault.file + fault.right + fault.wrong]
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("imblearn_gan", "tests", "docs", "examples"):
            shutil.copytree(ROOT / part, folder / part)
        for part in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / part, folder / part)
        for i, fault in enumerate(faults, start=1):
            found = caught(fault, folder)
            print(
                f"{i:2} {'caught' if found else 'MISSED'}  {fault.file}: {fault.wrong}", flush=True
            )
            if not found:
                missed.append(fault)
    fraction = 1 - len(missed) / len(faults)
    print(f"{len(faults) - len(missed)} of {len(faults)} faults caught ({fraction:.0%})")
    if fraction < FLOOR:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
