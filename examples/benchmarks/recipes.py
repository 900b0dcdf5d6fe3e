r"""Recipes of ``ResNetClassifier`` on Fashion-MNIST: chosen on held-out images, then measured once.

A recipe is what a network that knows its classes does against imbalance, named by its parts, as
``run.py --recipes`` takes it: ``"sqrt draws + balanced softmax + mixup"``. Hypotheses, measure and
rule are on the page ``docs/benchmarks/recipes.md``. The runs are processes of ``run.py``, several
at once, which go on where they were stopped::

    python examples/benchmarks/recipes.py selection --output found --jobs 2
    python examples/benchmarks/recipes.py choose --output found
    python examples/benchmarks/recipes.py final --output found --jobs 2

Rows are gathered in ``found/recipes_selection.jsonl`` and ``found/recipes_final.jsonl``.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import records

#: Parameters of ``ResNetClassifier``, by the name of a part of a recipe.
PARTS = {
    "balanced draws": {"class_sampling": "balanced"},
    "sqrt draws": {"class_sampling": "sqrt"},
    "balanced softmax": {"loss": "balanced_softmax"},
    "logit adjusted": {"loss": "logit_adjusted"},
    "LDAM": {"loss": "ldam"},
    "balanced at the end": {"deferred_balancing": 0.25},
    "mixup": {"mixup": 0.4},
    "half weight": {"synthetic_weight": 0.5},
    "own statistics": {"synthetic_norm": True},
    "real rows at the end": {"real_epochs": 0.2},
}
RECIPES = [
    "balanced draws",
    "balanced draws + mixup",
    "sqrt draws + balanced softmax",
    "sqrt draws + balanced softmax + mixup",
    "logit adjusted",
    "LDAM + balanced at the end",
]
KNOWS = " + own statistics + real rows at the end"
#: Pictures that look like clothes, three in ten of the rows that are added.
CGAN = {
    "learning_rate": 5e-4,
    "spectral_norm": True,
    "max_iter": 2500,
    "reject": True,
    "replay": 0.7,
    "sampling_strategy": "geometric mean",
}
REPEATED = "random oversampling to the geometric mean"


def parameters(recipe):
    """What a recipe stands for; a ValueError says which part there is not."""
    found = {}
    for part in recipe.split(" + ") if recipe else []:
        if part not in PARTS:
            raise ValueError(f"a recipe has parts of {', '.join(PARTS)}. Got {part!r}.")
        found |= PARTS[part]
    return found


def after_sampling(recipe):
    """The recipe for rows that a sampler has brought to the geometric mean: the root is drawn."""
    return recipe.replace("sqrt draws + ", "")


def selection():
    """Arguments of each process: a recipe on a seed of held-out images."""
    scored = ["--score", "validation", "--score-per-class", "1000"]
    return [
        [*scored, "--seeds", seed, "--methods", "none", "--recipes", recipe]
        for seed in ("0", "1", "2")
        for recipe in RECIPES
    ]


def final(chosen):
    """Arguments of each process: the chosen recipe, with and without generated rows, test images.

    What takes longest comes first.
    """
    plain = after_sampling(chosen)
    gan = ["--methods", "CGANOversampler", "--settings", json.dumps(CGAN)]
    return [
        ["--seeds", str(seed), *what]
        for what in (
            [*gan, "--recipes", plain + KNOWS, plain],
            ["--methods", REPEATED, "--recipes", plain],
            ["--methods", "none", "--recipes", chosen],
        )
        for seed in range(5)
    ]


def choose(found):
    """The recipe with the best mean ACSA over seeds, of equal ones the better GM; all means."""
    scores = {}
    for record in (record for record in found if record.recipe):
        pair = record.measures["acsa"], record.measures["gm"]
        scores.setdefault(record.recipe, []).append(pair)
    means = {name: tuple(np.mean(pairs, axis=0).round(4)) for name, pairs in scores.items()}
    return max(means, key=means.get), means


def play(all_arguments, name, args):
    """Run the processes, some at a time, and gather their rows; say what failed."""
    parts = args.output / name
    parts.mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("run.py")
    common = ["--dataset", "fashion_mnist", "--classifiers", args.classifier]
    common += ["--budget", args.budget, "--device", args.device]
    if args.data_home:
        common += ["--data-home", args.data_home]

    def one(numbered):
        number, arguments = numbered
        path = parts / f"{number:03}.jsonl"
        done = subprocess.run(
            [sys.executable, script, "--output", path, *common, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        path.with_suffix(".log").write_text(done.stdout + done.stderr)
        return done.returncode

    with ThreadPoolExecutor(args.jobs) as pool:
        codes = [*pool.map(one, enumerate(all_arguments))]
    found = [record for path in sorted(parts.glob("*.jsonl")) for record in records.read(path)]
    lines = [record.to_line() for record in found]
    (args.output / f"recipes_{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    print(f"{len(found)} rows; {sum(map(bool, codes))} of {len(codes)} processes failed")
    return found


def main():
    """Run a part of the protocol."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["selection", "choose", "final"])
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--classifier", default="resnet_augmented", help="as run.py takes it")
    parser.add_argument("--budget", default="small", help="as run.py takes it")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data-home", help="folder of the files of Fashion-MNIST")
    parser.add_argument("--recipe", help="of the final run; what the rule chooses")
    args = parser.parse_args()
    if args.part == "selection":
        play(selection(), "selection", args)
    chosen = args.recipe
    if chosen is None:
        chosen, means = choose(records.read(args.output / "recipes_selection.jsonl"))
        for recipe, (acsa, gm) in sorted(means.items(), key=lambda item: -item[1][0]):
            print(f"{acsa:.4f} {gm:.4f} {recipe}")
    print(f"the recipe: {chosen}")
    if args.part == "final":
        play(final(chosen), "final", args)


if __name__ == "__main__":
    main()
