"""One runner for all data sets, profiles, samplers and classifiers.

Each combination of sampler and seed is one JSON line: scores on test rows, recalls, times, versions
and machine. A run that was killed goes on where it stopped::

    python examples/benchmarks/run.py --output results.jsonl --dataset fashion_mnist \
        --profile gamo_fashion_mnist --classifier cnn resnet --samplers none SMOTE CGANOversampler
    python examples/benchmarks/run.py --output drop.jsonl --dataset fashion_mnist \
        --profile drop:4:0.95 --classifier resnet
    python examples/benchmarks/run.py --output svhn.jsonl --dataset svhn --data-home ~/data \
        --profile gamo_svhn --classifier resnet --budget full --device cuda
    python examples/benchmarks/run.py --output celeba.jsonl --dataset folder:~/celeba \
        --profile gamo_celeba_small --classifier resnet --budget full --device cuda
    python examples/benchmarks/report.py results.jsonl

Profiles: a name of ``imblearn_gan.datasets.PROFILES``, an imbalance ratio (``50``), counts
(``4000,400,40``), ``drop:LABEL:SHARE`` (BAGAN's protocol) or ``divide:LABEL:DIVISOR`` (CAPGAN's).
Neural classifiers make the same number of updates with every sampler, however many rows it returns.
"""

import argparse
import json
import platform
import time
import warnings
from pathlib import Path

import gamo_fashion_mnist as gamo
import imblearn
import numpy as np
import sklearn
import torch
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, BorderlineSMOTE, RandomOverSampler
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, recall_score
from sklearn.model_selection import train_test_split

import imblearn_gan
from imblearn_gan import datasets

BASELINES = {
    "random oversampling": RandomOverSampler,
    "SMOTE": SMOTE,
    "BorderlineSMOTE": BorderlineSMOTE,
}
SAMPLERS = [name for name in imblearn_gan.over_sampling.__all__ if name.endswith("Oversampler")]
CLASSIFIERS = ["cnn", "resnet", "forest", "boosting"]


def load(name, data_home):
    """Training and test rows before any profile."""
    if name == "digits":
        X, y = load_digits(return_X_y=True)
        parts = train_test_split(X.reshape(-1, 8, 8), y, test_size=0.5, stratify=y, random_state=0)
        return parts[0], parts[2], parts[1], parts[3]
    if name.startswith("folder:"):
        path = Path(name.removeprefix("folder:")).expanduser()
        X, y = datasets.load_image_folder(path, image_size=(64, 64), return_X_y=True)
        parts = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
        return parts[0], parts[2], parts[1], parts[3]
    loader = getattr(datasets, f"load_{name}")
    X, y = loader(data_home, split="train", return_X_y=True)
    return X, y, *loader(data_home, split="test", return_X_y=True)


def profile_of(text, y):
    """What ``make_longtailed`` takes."""
    if text in datasets.PROFILES:
        return text
    if ":" in text:
        kind, label, number = text.split(":")
        made = {"drop": datasets.drop_share, "divide": datasets.divide_rest}[kind]
        return made(y, np.unique(y).dtype.type(label), float(number))
    numbers = [float(part) for part in text.split(",")]
    return numbers[0] if len(numbers) == 1 else [int(n) for n in numbers]


def resampled(name, X, y, seed, device, settings):
    """The rows that the classifier learns from, and the fitted sampler, if any."""
    if name in ("none", "class weight"):
        return X, y
    if name in BASELINES:
        given = {"random_state": seed}
        if "SMOTE" in name:
            given["k_neighbors"] = min(5, np.unique(y, return_counts=True)[1].min() - 1)
        rows, labels = BASELINES[name](**given).fit_resample(X.reshape(len(X), -1), y)
        return rows.reshape(-1, *X.shape[1:]), labels
    sampler = getattr(imblearn_gan, name)(random_state=seed, device=device, **settings)
    return sampler.fit_resample(X, y)


def classifier(name, weighted, seed, budget, device, n_rows):
    """A fresh classifier, for so many rows."""
    weight = "balanced" if weighted else None
    if name == "cnn":
        max_iter = 2000 if budget == "small" else 20000
        balance = "weights" if weighted else None
        return gamo.PlainClassifier(
            balance=balance, max_iter=max_iter, random_state=seed, device=device
        )
    if name == "resnet":
        width, n_updates = (16, 1250) if budget == "small" else (64, 20000)
        return imblearn_gan.classifiers.ResNetClassifier(
            width=width,
            max_epochs=max(1, round(n_updates * 64 / n_rows)),
            validation_fraction=0,
            precision="auto",
            class_weight=weight,
            random_state=seed,
            device=device,
        )
    if name == "forest":
        return RandomForestClassifier(300, class_weight=weight, random_state=seed)
    return HistGradientBoostingClassifier(class_weight=weight, random_state=seed)


def main():
    """Score what is not in the results yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--data-home", default=None)
    parser.add_argument("--profile", default="80,70,50,40,30,25,20,15,10,8")
    parser.add_argument("--samplers", nargs="+", default=["none", "class weight", *BASELINES])
    parser.add_argument("--classifier", nargs="+", choices=CLASSIFIERS, default=["forest"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--budget", choices=["small", "full"], default="small")
    parser.add_argument("--score", choices=["test", "validation"], default="test")
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every sampler")
    parser.add_argument("--device", default="auto")
    args = parser.parse_args()
    if args.samplers == ["all"]:
        args.samplers = ["none", "class weight", *BASELINES, *SAMPLERS]
    keys = ("dataset", "profile", "budget", "score", "settings")
    setting = {key: getattr(args, key) for key in keys}
    done = set()
    if args.output.exists():
        for line in args.output.read_text().splitlines():
            old = json.loads(line)
            if all(old[key] == setting[key] for key in keys):
                done.add((old["sampler"], old["seed"], old["classifier"]))
    for seed in args.seeds:
        X_all, y_all, X_test, y_test = load(args.dataset, args.data_home)
        X, y, _, left_out = datasets.make_longtailed(
            X_all, y_all, profile_of(args.profile, y_all), random_state=seed, return_indices=True
        )
        if args.score == "validation":
            X_test, y_test = X_all[left_out], y_all[left_out]
        for name in args.samplers:
            todo = [c for c in args.classifier if (name, seed, c) not in done]
            if not todo:
                continue
            start = time.perf_counter()
            with warnings.catch_warnings(record=True) as caught:
                X_res, y_res = resampled(name, X, y, seed, args.device, json.loads(args.settings))
            sampler_seconds = time.perf_counter() - start
            weighted = name == "class weight"
            for kind in todo:
                start = time.perf_counter()
                model = classifier(kind, weighted, seed, args.budget, args.device, len(X_res))
                shape = (-1,) if kind in ("forest", "boosting") else X.shape[1:]
                model.fit(X_res.reshape(len(X_res), *shape), y_res)
                predicted = model.predict(X_test.reshape(len(X_test), *shape))
                record = setting | {
                    "classifier": kind,
                    "sampler": name,
                    "seed": seed,
                    "acsa": round(float(balanced_accuracy_score(y_test, predicted)), 4),
                    "gm": round(float(geometric_mean_score(y_test, predicted)), 4),
                    "recalls": recall_score(y_test, predicted, average=None).round(4).tolist(),
                    "sampler_seconds": round(sampler_seconds, 1),
                    "classifier_seconds": round(time.perf_counter() - start, 1),
                    "warnings": [str(w.message) for w in caught],
                    "versions": {m.__name__: m.__version__ for m in (torch, sklearn, imblearn)},
                    "machine": platform.machine(),
                    "threads": torch.get_num_threads(),
                }
                with args.output.open("a") as file:
                    file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
