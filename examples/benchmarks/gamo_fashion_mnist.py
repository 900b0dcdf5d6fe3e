"""GAMO against strong simple baselines on Fashion-MNIST with the paper's profile.

Every method trains the same networks F and M with the same optimizer, number of iterations,
rows a step, learning-rate schedule and weight averaging; what differs is only which rows an
iteration sees and how they are weighted. No rule looks at test rows::

    python examples/benchmarks/gamo_fashion_mnist.py run --output gamo.jsonl
    python examples/benchmarks/gamo_fashion_mnist.py report --output gamo.jsonl

``run.py`` compares all samplers; this is about GAMO's own variants (``--methods "GAMO, as in the
paper"``, ``"GAMO, no discriminator"``, ``"GAMO, mixing without a game"``) and settings. A run
that was interrupted goes on where it stopped. Settings are chosen with ``--score validation``:
1,000 rows a class from the training images that the profile leaves out.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE
from scipy import stats
from sklearn.metrics import balanced_accuracy_score, recall_score

import imblearn_gan
from imblearn_gan import DOSClassifier, GAMOClassifier
from imblearn_gan._training import Phase, Player
from imblearn_gan.datasets import load_fashion_mnist, make_longtailed
from imblearn_gan.losses import classifier_loss

PROFILE = [4000, 2000, 1000, 750, 500, 350, 200, 100, 60, 40]
METHODS = ["none", "class weight", "random oversampling", "SMOTE", "DOS", "GAMO"]
PAPER = {
    "loss": "least_squares",
    "combine": "features",
    "n_support": None,
    "tilt": None,
    "misleading": "complement",
    "balance": None,
    "adversarial_weight": 1.0,
    "generated_weight": 1.0,
    "learning_rate": 2e-4,
    "ema_decay": 0.0,
    "lr_decay": False,
    "batch_size": 32,
}


class PlainClassifier(GAMOClassifier):
    """F and M of the game on real rows alone."""

    def __init__(self, *, balance=None, batch_size=64, **others):
        super().__init__(balance=balance, batch_size=batch_size, **others)

    def _build_networks(self, spec, n_to_make):
        return super()._build_networks(spec, [0] * spec.n_classes)

    def _phases(self, networks, data):
        extractor, classifier = networks["extractor"], networks["classifier"]
        counts = torch.tensor(data.spec.class_counts)
        weights = len(data) / (len(counts) * counts) if self.balance == "weights" else None

        def losses(batch):
            logits = classifier(extractor(batch.x))
            labels = data.one_hot(batch.y)
            return {"real": classifier_loss(logits, labels, self.loss, weights)}

        player = Player(
            "classifier",
            [extractor, classifier],
            losses,
            lambda: data.draw(self.batch_size, self.balance == "batches"),
            self.learning_rate,
        )
        yield Phase(
            "adversarial",
            [player],
            self.max_iter,
            ema_decay=self.ema_decay,
            lr_decay=self.lr_decay,
        )


class PlainDOSClassifier(PlainClassifier):
    """The networks of DOS on real rows alone."""

    def _build_networks(self, spec, n_to_make):
        return DOSClassifier()._build_networks(spec, n_to_make)


def split(folder, seed, score):
    """Training rows of the profile, and the rows that scores are taken on."""
    X, y = load_fashion_mnist(folder, split="train", return_X_y=True)
    *train, _, left_out = make_longtailed(X, y, PROFILE, random_state=seed, return_indices=True)
    if score == "validation":
        by_class = [left_out[y[left_out] == label][:1000] for label in range(len(PROFILE))]
        unused = np.concatenate(by_class)
        return *train, X[unused], y[unused]
    return *train, *load_fashion_mnist(folder, split="test", return_X_y=True)


def fitted(method, X, y, seed, max_iter, settings):
    """The classifier that a method gives."""
    common = {"random_state": seed, "max_iter": max_iter, **settings}
    if method == "GAMO":
        return GAMOClassifier(**common).fit(X, y)
    if method == "DOS":  # 500 updates before and the rest with over-sampling
        return DOSClassifier(random_state=seed, max_iter=max_iter - 500).fit(X, y)
    if method == "GAMO, no discriminator":
        return GAMOClassifier(discriminator=False, **common).fit(X, y)
    if method == "GAMO, mixing without a game":
        return GAMOClassifier(discriminator=False, adversarial_weight=0.0, **common).fit(X, y)
    if method == "GAMO, as in the paper":
        return GAMOClassifier(random_state=seed, max_iter=max_iter, **PAPER).fit(X, y)
    if method == "SMOTE":
        flat, y = SMOTE(random_state=seed).fit_resample(X.reshape(len(X), -1).astype(np.float32), y)
        X = flat.reshape(-1, *X.shape[1:]).round().astype(np.uint8)
    network, _, method = method.rpartition(
        ", "
    )  # "class weight", or "networks of DOS, class weight"
    balance = {"class weight": "weights", "random oversampling": "batches"}.get(method)
    plain = PlainDOSClassifier if network else PlainClassifier
    return plain(balance=balance, **common).fit(X, y)


def run(args):
    """Train and score what is not in the results yet."""
    done = set()
    if args.output.exists():
        lines = [json.loads(line) for line in args.output.read_text().splitlines()]
        done = {(r["method"], r["seed"], r["max_iter"], r["score"]) for r in lines}
    for seed in args.seeds:
        X, y, X_test, y_test = split(args.data, seed, args.score)
        for method in args.methods:
            if (method, seed, args.max_iter, args.score) in done:
                continue
            start = time.perf_counter()
            model = fitted(method, X, y, seed, args.max_iter, json.loads(args.settings))
            seconds = time.perf_counter() - start
            predicted = model.predict(X_test)
            record = {
                "method": method,
                "seed": seed,
                "max_iter": args.max_iter,
                "score": args.score,
                "settings": args.settings,
                "acsa": balanced_accuracy_score(y_test, predicted),
                "gm": geometric_mean_score(y_test, predicted),
                "recalls": recall_score(y_test, predicted, average=None).round(4).tolist(),
                "seconds": round(seconds, 1),
                "torch": torch.__version__,
                "imblearn_gan": imblearn_gan.__version__,
                "machine": platform.machine(),
                "threads": torch.get_num_threads(),
            }
            print(json.dumps(record), flush=True)
            with args.output.open("a") as file:
                file.write(json.dumps(record) + "\n")


def report(args):
    """Means, spreads, and differences to one method paired by seed."""
    lines = [json.loads(line) for line in args.output.read_text().splitlines()]
    lines = [r for r in lines if r["max_iter"] == args.max_iter and r["score"] == args.score]
    table = {}
    for record in lines:
        name = record["method"]
        if record.get("settings", "{}") != "{}":
            name += f" `{record['settings']}`"
        table.setdefault(name, {})[record["seed"]] = record
    ours = table[args.leader]
    print(f"| method | seeds | ACSA | GM | lead of {args.leader} in ACSA | in GM | seconds |")
    print("|---|---|---|---|---|---|---|")
    for method, by_seed in table.items():
        cells = [method, str(len(by_seed))]
        for score in ("acsa", "gm"):
            values = [r[score] for r in by_seed.values()]
            cells.append(f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}")
        for score in ("acsa", "gm"):
            lead = [ours[s][score] - by_seed[s][score] for s in by_seed if s in ours]
            if method == args.leader or len(lead) < 2:
                cells.append("")
                continue
            half = stats.t.ppf(0.975, len(lead) - 1) * np.std(lead, ddof=1) / len(lead) ** 0.5
            cells.append(
                f"{np.mean(lead):+.4f} [{np.mean(lead) - half:+.4f}, {np.mean(lead) + half:+.4f}]"
            )
        cells.append(f"{np.median([r['seconds'] for r in by_seed.values()]):.0f}")
        print("| " + " | ".join(cells) + " |")


def main():
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "report"])
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--leader", default="GAMO", help="for report: whose leads")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--max-iter", type=int, default=2000)
    parser.add_argument("--score", choices=["test", "validation"], default="test")
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every method")
    args = parser.parse_args()
    {"run": run, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
