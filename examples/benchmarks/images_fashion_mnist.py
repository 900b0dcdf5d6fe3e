"""Generated images of Fashion-MNIST: are they of their class, varied, and of use to a classifier?

For each sampler, seed and profile: the share of generated images that a classifier trained on all
60,000 images puts into the class asked for; the Fréchet distance by class, in that classifier's
features, to real images that the profile leaves out, beside that of the sampler's
reconstructions of its training images; the SSIM of pairs of generated images beside that of
pairs of real ones (collapse shows here); and the scores of the same CNN trained on the set as it
is, with random oversampling, and on the sampler's balanced set. Pictures are saved by class::

    python examples/benchmarks/images_fashion_mnist.py run --output images.jsonl --pictures grids
    python examples/benchmarks/images_fashion_mnist.py report --output images.jsonl

Needs torchmetrics. A run that was interrupted goes on where it stopped. No test rows are used
unless ``--score test`` says so.
"""

import argparse
import json
import time
from pathlib import Path

import gamo_fashion_mnist as gamo
import joblib
import numpy as np
import torch
from imblearn.metrics import geometric_mean_score
from sklearn.metrics import balanced_accuracy_score, recall_score
from torchmetrics.functional.image import structural_similarity_index_measure

import imblearn_gan
from imblearn_gan.datasets import load_fashion_mnist
from imblearn_gan.metrics import frechet_distance

PROFILES = {
    "gamo": gamo.PROFILE,
    "bagan_gp": [4166, 73, 139, 210, 287, 370, 422, 387, 545, 651],
}
SAMPLERS = ["BAGANOversampler", "BAGANGPOversampler", "CAPGANOversampler", "GANDAOversampler"]


def reference(folder, path):
    """A classifier trained on all 60,000 images; kept in a file."""
    if path.exists():
        return joblib.load(path)
    X, y = load_fashion_mnist(folder, split="train", return_X_y=True)
    model = gamo.PlainClassifier(balance="batches", max_iter=6000, random_state=0).fit(X, y)
    joblib.dump(model, path)
    return model


def frechet(model, first, second):
    """Fréchet distance of two sets of images in the reference's last hidden layer."""
    return frechet_distance(first, second, features=model)


def ssim_of_pairs(X, rng, n=1000):
    """Mean SSIM of random pairs of images of one class."""
    pairs = rng.integers(len(X), size=(2, n))
    first, second = (torch.from_numpy(X[i]).float()[:, None] / 255 for i in pairs)
    return float(structural_similarity_index_measure(first, second, data_range=1.0))


def by_class(function, classes):
    """A rounded figure for each class."""
    return [round(function(label), 4) for label in classes]


def fidelity(sampler, X, y, X_new, y_new, X_left, y_left, model):
    """What the generated images are like."""
    rng = np.random.default_rng(0)
    classes = np.unique(y_new)
    figures = {
        "frechet_training_rows": by_class(
            lambda k: frechet(model, X_left[y_left == k], X[y == k]), classes
        ),
    }
    if hasattr(sampler, "encode"):
        decoded = sampler.decode(sampler.encode(X, y), y)
        figures["frechet_reconstructed"] = by_class(
            lambda k: frechet(model, X_left[y_left == k], decoded[y == k]), classes
        )
    return figures | {
        "own_class": by_class(lambda k: (model.predict(X_new[y_new == k]) == k).mean(), classes),
        "frechet": by_class(
            lambda k: frechet(model, X_left[y_left == k], X_new[y_new == k]), classes
        ),
        "ssim": by_class(lambda k: ssim_of_pairs(X_new[y_new == k], rng), classes),
        "ssim_real": by_class(lambda k: ssim_of_pairs(X_left[y_left == k], rng), classes),
    }


def save_picture(path, X, y, X_new, y_new, n=12):
    """Real (left) and generated (right) images, one class a row."""
    from matplotlib.figure import Figure

    classes = np.unique(y_new)
    figure = Figure(figsize=(n + 0.5, 0.5 * len(classes)))
    for row, label in zip(figure.subplots(len(classes), 2 * n + 1), classes):
        blocks = (X[y == label][:n], row[:n]), (X_new[y_new == label][:n], row[n + 1 :])
        for images, places in blocks:
            for place, image in zip(places, images):
                place.imshow(image, cmap="gray_r")
        for place in row:
            place.axis("off")
    figure.savefig(path, dpi=70, bbox_inches="tight")


def classifier_scores(X, y, X_test, y_test, seed, max_iter, balance=None):
    """Scores of the CNN."""
    model = gamo.PlainClassifier(balance=balance, max_iter=max_iter, random_state=seed)
    predicted = model.fit(X, y).predict(X_test)
    return {
        "acsa": round(balanced_accuracy_score(y_test, predicted), 4),
        "gm": round(geometric_mean_score(y_test, predicted), 4),
        "recalls": recall_score(y_test, predicted, average=None).round(3).tolist(),
    }


def run(args):
    """Train and score what is not in the results yet."""
    done = set()
    if args.output.exists():
        lines = [json.loads(line) for line in args.output.read_text().splitlines()]
        done = {(r["method"], r["profile"], r["seed"], r["settings"]) for r in lines}
    model = reference(args.data, args.reference)
    for profile in args.profiles:
        for seed in args.seeds:
            gamo.PROFILE = PROFILES[profile]
            X, y, X_test, y_test = gamo.split(args.data, seed, args.score)
            _, _, X_left, y_left = gamo.split(args.data, seed, "validation")
            for name in args.methods:
                if (name, profile, seed, args.settings) in done:
                    continue
                record = {"method": name, "profile": profile, "seed": seed}
                record |= {"settings": args.settings, "score": args.score}
                if name in ("none", "class weight", "random oversampling"):
                    balance = {"class weight": "weights", "random oversampling": "batches"}
                    record |= classifier_scores(
                        X, y, X_test, y_test, seed, args.max_iter, balance.get(name)
                    )
                else:
                    sampler = getattr(imblearn_gan, name)(
                        random_state=seed, **json.loads(args.settings)
                    )
                    start = time.perf_counter()
                    X_res, y_res = sampler.fit_resample(X, y)
                    record["seconds"] = round(time.perf_counter() - start, 1)
                    counts = {k: 1000 for k, n in sampler.sampling_strategy_.items() if n}
                    X_new, y_new = sampler.sample(counts, random_state=0)
                    record |= fidelity(sampler, X, y, X_new, y_new, X_left, y_left, model)
                    if args.pictures:
                        args.pictures.mkdir(exist_ok=True)
                        path = args.pictures / f"{name}_{profile}_{seed}.png"
                        save_picture(path, X, y, X_new, y_new)
                    record |= classifier_scores(X_res, y_res, X_test, y_test, seed, args.max_iter)
                record |= {"max_iter": args.max_iter, "threads": torch.get_num_threads()}
                print(json.dumps(record), flush=True)
                with args.output.open("a") as file:
                    file.write(json.dumps(record) + "\n")


def report(args):
    """One line a profile and method: means over seeds."""
    lines = [json.loads(line) for line in args.output.read_text().splitlines()]
    print("| profile | method | seeds | own class | Fréchet | reconstructed |", end="")
    print(" training rows | SSIM | SSIM of real | ACSA | GM | seconds |")
    print("|---" * 12 + "|")
    groups = {}
    for record in lines:
        name = record["method"]
        if record["settings"] != "{}":
            name += f" `{record['settings']}`"
        groups.setdefault((record["profile"], name), []).append(record)
    for (profile, method), records in sorted(groups.items()):
        cells = [profile, method, str(len(records))]
        for key in (
            "own_class",
            "frechet",
            "frechet_reconstructed",
            "frechet_training_rows",
            "ssim",
            "ssim_real",
        ):
            known = [np.mean(r[key]) for r in records if key in r]
            cells.append(f"{np.mean(known):.3f}" if known else "")
        for key in ("acsa", "gm"):
            values = [r[key] for r in records]
            spread = f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
            cells.append(f"{np.mean(values):.4f}{spread}")
        seconds = [r["seconds"] for r in records if "seconds" in r]
        cells.append(f"{np.median(seconds):.0f}" if seconds else "")
        print("| " + " | ".join(cells) + " |")


def main():
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "report"])
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, help="folder for grids of images")
    parser.add_argument("--reference", type=Path, default=Path("reference.joblib"))
    parser.add_argument(
        "--methods",
        nargs="+",
        default=["none", "class weight", "random oversampling", *SAMPLERS],
    )
    parser.add_argument("--profiles", nargs="+", default=list(PROFILES), choices=list(PROFILES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--max-iter", type=int, default=2000, help="updates of the CNN")
    parser.add_argument("--score", choices=["test", "validation"], default="test")
    parser.add_argument("--settings", default="{}", help="JSON of parameters for every sampler")
    args = parser.parse_args()
    {"run": run, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
