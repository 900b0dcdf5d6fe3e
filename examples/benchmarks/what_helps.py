"""What in a balanced set helps the classifier: the images, or only fewer repetitions?

Fashion-MNIST with GAMO's profile: the CNN of GAMO's paper is trained three times on each of
several balanced sets, and scored on training images that the profile leaves out. Beside a
conditional GAN: partial random oversampling, half of the repeated images replaced by pure noise,
and a generator that has hardly begun to learn::

    python examples/benchmarks/what_helps.py --output what_helps.jsonl
"""

import argparse
import json
from pathlib import Path

import gamo_fashion_mnist as gamo
import numpy as np
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import RandomOverSampler
from sklearn.metrics import balanced_accuracy_score, recall_score

from imblearn_gan import CGANOversampler


def repeated(X, y, counts="auto"):
    """Random oversampling, to the largest class or to the counts given."""
    sampler = RandomOverSampler(sampling_strategy=counts, random_state=0)
    rows, labels = sampler.fit_resample(X.reshape(len(X), -1), y)
    return rows.reshape(-1, *X.shape[1:]), labels


def half_noise(X, y):
    """Random oversampling, half of the added images uniform noise."""
    rows, labels = repeated(X, y)
    stream = np.random.default_rng(0)
    added = len(X) + stream.permutation(len(rows) - len(X))
    noisy = added[: len(added) // 2]
    rows[noisy] = stream.integers(0, 256, rows[noisy].shape)
    return rows, labels


def generated(X, y, **settings):
    """By a conditional GAN."""
    return CGANOversampler(random_state=0, **settings).fit_resample(X, y)


def main():
    """Each set, three times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    X, y, X_test, y_test = gamo.split(args.data, 0, "validation")
    n = np.bincount(y)
    half = {label: max(count, n[0] // 2) for label, count in enumerate(n)}
    root = {label: int(np.sqrt(count * n[0])) for label, count in enumerate(n)}
    sets = {
        "class weight": lambda: (X, y),
        "random oversampling": lambda: repeated(X, y),
        "random oversampling, to half": lambda: repeated(X, y, half),
        "random oversampling, to the geometric mean": lambda: repeated(X, y, root),
        "half noise": lambda: half_noise(X, y),
        "CGAN after 100 updates": lambda: generated(X, y, max_iter=100),
        "CGAN": lambda: generated(X, y),
        "CGAN, replay=0.75": lambda: generated(X, y, replay=0.75),
    }
    for name, made in sets.items():
        rows, labels = made()
        scores = []
        for seed in range(100, 103):
            balance = "weights" if name == "class weight" else None
            model = gamo.PlainClassifier(balance=balance, max_iter=2000, random_state=seed)
            predicted = model.fit(rows, labels).predict(X_test)
            acsa = balanced_accuracy_score(y_test, predicted)
            gm = geometric_mean_score(y_test, predicted)
            scores.append((acsa, gm, recall_score(y_test, predicted, average=None)[6]))
        record = {"set": name, "rows": len(rows)}
        for i, key in enumerate(("acsa", "gm", "recall of shirts")):
            values = [score[i] for score in scores]
            record[key] = round(np.mean(values), 4)
            record[f"{key}, deviation"] = round(np.std(values, ddof=1), 4)
        with args.output.open("a") as file:
            file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
