"""Samplers on scikit-learn's digits, made imbalanced: does a random forest learn more?

Digits of 8x8 with 120, 90, 70, 50, 40, 30, 20, 15, 10 and 8 rows a class, drawn by seed; a forest
of 300 trees is scored on all digits left out. Settings follow the sampler's name::

    python examples/benchmarks/digits.py run --output digits.jsonl
    python examples/benchmarks/digits.py run --output digits.jsonl --methods GANDAOversampler \
        --settings '{"replay": 0}'
    python examples/benchmarks/digits.py report --output digits.jsonl

A run that was interrupted goes on where it stopped.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import pandas as pd
import torch
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score

import imblearn_gan

sys.path.insert(0, str(Path(__file__).parents[1]))
from plot_quick_start import imbalanced_digits

BASELINES = {
    "random oversampling": lambda seed: RandomOverSampler(random_state=seed),
    "SMOTE": lambda seed: SMOTE(random_state=seed),
}
SAMPLERS = [name for name in imblearn_gan.over_sampling.__all__ if name.endswith("Oversampler")]
METHODS = ["none", "class weight", *BASELINES, *SAMPLERS]


def resampled(method, X, y, seed, settings):
    """The rows that the forest learns from."""
    if method in ("none", "class weight"):
        return X, y
    if method in BASELINES:
        rows, labels = BASELINES[method](seed).fit_resample(X.reshape(len(X), -1), y)
        return rows.reshape(-1, *X.shape[1:]), labels
    return getattr(imblearn_gan, method)(random_state=seed, **settings).fit_resample(X, y)


def run(args):
    """Score what is not in the results yet."""
    done = set()
    if args.output.exists():
        lines = [json.loads(line) for line in args.output.read_text().splitlines()]
        done = {(r["method"], r["settings"], r["seed"]) for r in lines}
    for seed in args.seeds:
        X, y, X_test, y_test = imbalanced_digits(seed)
        for method in args.methods:
            if (method, args.settings, seed) in done:
                continue
            start = time.perf_counter()
            X_res, y_res = resampled(method, X, y, seed, json.loads(args.settings))
            seconds = time.perf_counter() - start
            weight = "balanced" if method == "class weight" else None
            forest = RandomForestClassifier(300, class_weight=weight, random_state=seed)
            forest.fit(X_res.reshape(len(X_res), -1), y_res)
            predicted = forest.predict(X_test.reshape(len(X_test), -1))
            record = {
                "method": method,
                "settings": args.settings,
                "seed": seed,
                "bacc": round(balanced_accuracy_score(y_test, predicted), 4),
                "gm": round(geometric_mean_score(y_test, predicted), 4),
                "seconds": round(seconds, 1),
                "threads": torch.get_num_threads(),
            }
            with args.output.open("a") as file:
                file.write(json.dumps(record) + "\n")


def report(args):
    """Mean and standard deviation over seeds."""
    frame = pd.DataFrame([json.loads(line) for line in args.output.read_text().splitlines()])
    print(
        "| method | seeds | balanced accuracy | geometric mean | seconds |\n|---|---|---|---|---|"
    )
    for (method, settings), rows in frame.groupby(["method", "settings"], sort=False):
        name = method if settings == "{}" else f"{method} `{settings}`"
        cells = [f"{rows[s].mean():.3f} ± {rows[s].std():.3f}" for s in ("bacc", "gm")]
        print(f"| {name} | {len(rows)} | {' | '.join(cells)} | {rows['seconds'].median():.0f} |")


def main():
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "report"])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every sampler")
    args = parser.parse_args()
    {"run": run, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
