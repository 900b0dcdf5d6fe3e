"""One runner for all data sets, profiles, samplers and classifiers.

Each combination of sampler, seed and classifier is one JSON line: scores on test rows, recalls,
times, versions and machine. ``fidelity`` in place of a classifier says what the generated images
are like. A run that was killed goes on where it stopped::

    python examples/benchmarks/run.py --output results.jsonl --dataset fashion_mnist \
        --profile gamo_fashion_mnist --classifier cnn resnet fidelity --samplers all
    python examples/benchmarks/run.py --output drop.jsonl --dataset fashion_mnist \
        --profile drop:4:0.95 --rows-per-class 2000 --classifier resnet
    python examples/benchmarks/run.py --output svhn.jsonl --dataset svhn --data-home ~/data \
        --profile gamo_svhn --classifier resnet --budget full --device cuda
    python examples/benchmarks/run.py --output celeba.jsonl --dataset folder:~/celeba \
        --profile gamo_celeba_small --classes blonde black bald brown gray \
        --classifier resnet --budget full --device cuda
    python examples/benchmarks/report.py results.jsonl

Profiles: a name of ``imblearn_gan.datasets.PROFILES``, an imbalance ratio (``50``), counts
(``4000,400,40``), ``drop:LABEL:SHARE`` (BAGAN's protocol) or ``divide:LABEL:DIVISOR`` (CAPGAN's).
``--classes`` names the classes in the order of the counts; without it they come sorted.
Neural classifiers make the same number of updates with every sampler, however many rows it
returns (ResNet whole epochs, rounded up). ``resnet_long`` makes twice as many, and
``resnet_augmented`` also mirrors and shifts its training images. ``GAMOClassifier`` and
``DOSClassifier`` among the samplers are classifiers themselves: they have the networks of ``cnn``,
or nearly, and stand in its table.

The fidelity of a sampler, by class that lacks rows: the share of generated images that a reference
classifier, trained on all training images, gives the label asked for; the Fréchet distance, in
its features, to real images that the profile leaves out; SSIM of pairs; the share that is nearer
to a training image than those are to each other; and the V-score of the sampler's codes of images
left out. The fidelity of 'none' is that of the training images.
"""

import argparse
import json
import platform
import sys
import time
import warnings
from pathlib import Path

import gamo_fashion_mnist as gamo
import imblearn
import joblib
import numpy as np
import sklearn
import torch
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, BorderlineSMOTE, RandomOverSampler
from results import resume
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, recall_score
from sklearn.model_selection import train_test_split

import imblearn_gan
from imblearn_gan import datasets, metrics

BASELINES = {
    "random oversampling": RandomOverSampler,
    "SMOTE": SMOTE,
    "BorderlineSMOTE": BorderlineSMOTE,
}
SAMPLERS = [name for name in imblearn_gan.over_sampling.__all__ if name.endswith("Oversampler")]
METHODS = ["none", "class weight", *BASELINES, *SAMPLERS]
OWN_CLASSIFIERS = ["GAMOClassifier", "DOSClassifier"]
RESNETS = ["resnet", "resnet_long", "resnet_augmented"]
CLASSIFIERS = ["cnn", *RESNETS, "forest", "boosting", "fidelity"]
DATASETS = ["digits", "mnist", "fashion_mnist", "cifar10", "svhn"]


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
    kind, *rest = text.split(":")
    makers = {"drop": datasets.drop_fraction, "divide": datasets.divide_rest}
    try:
        if len(rest) == 2 and kind in makers and rest[0] in map(str, np.unique(y)):
            label, number = np.unique(y).dtype.type(rest[0]), float(rest[1])
        elif "," in text:
            return [int(part) for part in text.split(",")]
        else:
            return float(text)
    except ValueError as error:
        raise ValueError(
            f"it must be an imbalance ratio, counts such as 400,40, drop:LABEL:SHARE, "
            f"divide:LABEL:DIVISOR with a label of the data, or one of "
            f"{sorted(datasets.PROFILES)}. Got {text!r}."
        ) from error
    return makers[kind](y, label, number)


def draw(y, profile, rows_per_class, seed, classes=None):
    """Indices of the training rows, and of the rows left out, shuffled."""
    if classes is not None:
        classes = np.array(classes).astype(y.dtype).tolist()
    rows = np.arange(len(y))
    if rows_per_class:
        wanted = [rows_per_class] * len(np.unique(y))
        rows, _ = datasets.make_longtailed(rows, y, wanted, random_state=seed)
    drawn, _ = datasets.make_longtailed(
        rows, y[rows], profile_of(profile, y[rows]), classes=classes, random_state=seed
    )
    left_out = np.setdiff1d(np.arange(len(y)), drawn)
    return drawn, np.random.default_rng(seed).permutation(left_out)


def at_most(n, X, y):
    """The first ``n`` rows of each class."""
    if not len(y):
        return X, y
    rows = np.concatenate([np.flatnonzero(y == label)[:n] for label in np.unique(y)])
    return X[rows], y[rows]


def smallest_class(y):
    """Its number of rows."""
    return int(np.unique(y, return_counts=True)[1].min())


def resampled(name, X, y, seed, device, settings):
    """The rows that the classifier learns from, and the fitted sampler, if any."""
    if name in ("none", "class weight", *OWN_CLASSIFIERS):
        return X, y, None
    if name in BASELINES:
        sampler = BASELINES[name](random_state=seed)
        if "SMOTE" in name:
            sampler.set_params(k_neighbors=min(5, smallest_class(y) - 1))
        rows, labels = sampler.fit_resample(X.reshape(len(X), -1).astype(np.float32), y)
        rows = np.rint(rows) if X.dtype.kind in "iu" else rows
        return rows.reshape(-1, *X.shape[1:]).astype(X.dtype), labels, sampler
    sampler = getattr(imblearn_gan, name)(random_state=seed, device=device, **settings)
    return *sampler.fit_resample(X, y), sampler


def classifier(kind, name, seed, budget, device, n_rows):
    """A fresh classifier of this kind for the rows, ``n_rows`` of them, of this sampler."""
    weight = "balanced" if name == "class weight" else None
    if kind == "cnn":
        max_iter = 2000 if budget == "small" else 20000
        settings = {"max_iter": max_iter, "random_state": seed, "device": device}
        if name == "GAMOClassifier":
            return imblearn_gan.GAMOClassifier(**settings)
        if name == "DOSClassifier":  # a quarter of the updates before over-sampling
            settings["max_iter"] = max_iter * 3 // 4
            return imblearn_gan.DOSClassifier(pretrain_iter=max_iter // 4, **settings)
        return gamo.PlainClassifier(balance="weights" if weight else None, **settings)
    if kind in RESNETS:
        width, n_updates = (16, 625) if budget == "small" else (64, 20000)
        n_updates *= 1 if kind == "resnet" else 2
        augmentation = {"mirror": {}, "translation": {"ratio": 0.07}}
        return imblearn_gan.classifiers.ResNetClassifier(
            width=width,
            max_epochs=int(np.ceil(n_updates * 64 / n_rows)),
            validation_fraction=0,
            precision="auto",
            class_weight=weight,
            augmentation=augmentation if kind == "resnet_augmented" else None,
            random_state=seed,
            device=device,
        )
    if kind == "forest":
        return RandomForestClassifier(300, class_weight=weight, random_state=seed)
    return HistGradientBoostingClassifier(class_weight=weight, random_state=seed)


def scores(model, X, y, X_test, y_test, flat):
    """What a classifier learns from the rows."""
    start = time.perf_counter()
    shape = (-1,) if flat else X.shape[1:]
    model.fit(X.reshape(len(X), *shape), y)
    seconds = time.perf_counter() - start
    predicted = model.predict(X_test.reshape(len(X_test), *shape))
    recalls = recall_score(
        y_test, predicted, labels=np.unique(y), average=None, zero_division=np.nan
    )
    return {
        "acsa": round(float(balanced_accuracy_score(y_test, predicted)), 4),
        "gm": round(float(geometric_mean_score(y_test, predicted)), 4),
        "recalls": [None if np.isnan(r) else round(float(r), 4) for r in recalls],
        "classifier_seconds": round(seconds, 1),
    }


def reference_of(path, X, y, args):
    """A classifier trained on all training images; kept in a file."""
    if not path.exists():
        max_iter = 6000 if args.budget == "small" else 60000
        model = gamo.PlainClassifier(
            balance="batches", max_iter=max_iter, random_state=0, device=args.device
        )
        joblib.dump(model.fit(X, y), path)
    return joblib.load(path)


def measures(kind, name):
    """Whether this kind of classifier, or 'fidelity', says something of this sampler."""
    if name in OWN_CLASSIFIERS:
        return kind == "cnn"
    return kind != "fidelity" or name != "class weight"


def fidelity(sampler, X, y, X_res, y_res, X_left, y_left, reference):
    """What the generated images are like, by class that lacks rows, and these images."""
    labels, counts = np.unique(y, return_counts=True)
    rare = labels[counts < counts.max()].tolist()
    if sampler is None:
        lacking = np.isin(y, rare)
        X_new, y_new = X[lacking], y[lacking]
    elif hasattr(sampler, "sample"):
        X_new, y_new = sampler.sample(dict.fromkeys(rare, 1000), random_state=0)
    else:
        X_new, y_new = at_most(1000, X_res[len(X) :], y_res[len(X) :])
    X_real, y_real = at_most(1000, X_left, y_left)

    def figures(metric, *sets, **options):
        """The first figure that a metric gives, by class; None where rows are too few."""
        try:
            frame = metrics.by_class(metric, *sets, **options).set_index("class")
        except ValueError as error:  # of all classes
            print(f"{metric.__name__} is left out: {error}", file=sys.stderr)
            return [None] * len(rare)
        found = frame.iloc[:, 0].reindex(rare).round(4)
        return found.astype(object).where(found.notna(), None).tolist()

    made = X_new, y_new
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of too few rows: said in the docs
        found = {
            "rare": rare,
            "own_class": figures(metrics.label_accuracy, *made, classifier=reference),
            "frechet": figures(metrics.frechet_distance, X_real, y_real, *made, features=reference),
            "ssim": figures(metrics.ssim_of_pairs, X_real, y_real, *made, random_state=0),
        }
        if sampler is not None:
            found["memorized"] = figures(metrics.memorized_fraction, X, y, *made)
    if hasattr(sampler, "encode") and len(y_left):
        X_some, y_some = at_most(200, X_left, y_left)
        codes = sampler.encode(X_some, y_some)
        found["v_score"] = round(metrics.v_score(codes, y_some, random_state=0), 4)
    return found, X_new, y_new


def save_picture(path, X, y, X_new, y_new, n=12):
    """Real (left) and generated (right) images, one class a row."""
    from matplotlib.figure import Figure

    classes = np.unique(y_new)
    figure = Figure(figsize=(n + 0.5, 0.5 * len(classes)))
    grid = figure.subplots(len(classes), 2 * n + 1, squeeze=False)
    for row, label in zip(grid, classes):
        blocks = (X[y == label][:n], row[:n]), (X_new[y_new == label][:n], row[n + 1 :])
        for images, places in blocks:
            for place, image in zip(places, images):
                place.imshow(image, cmap="gray_r")
        for place in row:
            place.axis("off")
    figure.savefig(path, dpi=70, bbox_inches="tight")


def machine():
    """Processor, and graphics card if there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line for line in lines if line.startswith("model name")).split(": ")[1]
    except (OSError, StopIteration):
        name = platform.processor()
    cards = [torch.cuda.get_device_name()] if torch.cuda.is_available() else []
    return ", ".join([platform.machine(), name, *cards])


def settings_of(text):
    """The parameters that ``--settings`` names."""
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise argparse.ArgumentTypeError(f"must be JSON: {error}. Got {text}") from error
    if not isinstance(settings, dict):
        raise argparse.ArgumentTypeError(f'must be like {{"replay": 0.75}}. Got {text}')
    return text


def arguments():
    """What was asked for; an error says what is wrong before any work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = [*METHODS, *OWN_CLASSIFIERS]
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dataset", default="digits", help=f"{', '.join(DATASETS)} or folder:PATH")
    parser.add_argument("--data-home", default=None)
    parser.add_argument("--profile", default="80,70,50,40,30,25,20,15,10,8")
    parser.add_argument("--classes", nargs="+", help="classes in the order of the profile")
    parser.add_argument(
        "--rows-per-class", type=int, default=0, help="rows to draw the profile from; 0 for all"
    )
    parser.add_argument(
        "--samplers",
        nargs="+",
        choices=["all", *known],
        metavar="SAMPLER",
        default=["none", "class weight", *BASELINES],
        help=f"all, or some of {', '.join(known)}",
    )
    parser.add_argument("--classifier", nargs="+", choices=CLASSIFIERS, default=["forest"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--budget", choices=["small", "full"], default="small")
    parser.add_argument("--score", choices=["test", "validation"], default="test")
    parser.add_argument(
        "--settings", type=settings_of, default="{}", help="JSON of parameters for every sampler"
    )
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--reference", type=Path, help="file of the reference classifier; made if missing"
    )
    parser.add_argument("--pictures", type=Path, help="folder for grids of generated images")
    args = parser.parse_args()
    args.samplers = known if "all" in args.samplers else list(dict.fromkeys(args.samplers))
    args.seeds = list(dict.fromkeys(args.seeds))
    if args.dataset not in DATASETS and not args.dataset.startswith("folder:"):
        parser.error(f"--dataset must be {', '.join(DATASETS)} or folder:PATH. Got {args.dataset}")
    if not any(measures(kind, name) for kind in args.classifier for name in args.samplers):
        parser.error(f"--classifier {' '.join(args.classifier)} measures none of the samplers")
    settings = json.loads(args.settings)
    if own := {"random_state", "device"} & set(settings):
        parser.error(f"--settings has {own}: use --seeds and --device")
    for name in set(args.samplers) & set(SAMPLERS):
        try:
            getattr(imblearn_gan, name)().set_params(**settings)._validate_params()
        except ValueError as error:
            parser.error(f"--settings: {error}")
    if args.device != "auto":
        try:
            torch.zeros(1, device=args.device)
        except (RuntimeError, AssertionError) as error:
            parser.error(f"--device: {error}")
    if min(args.seeds) < 0 or args.rows_per_class < 0:
        parser.error("--seeds and --rows-per-class must not be negative")
    if args.output.is_dir():
        parser.error(f"--output must be a file. Got {args.output}")
    return parser, args


def main():
    """Score what is not in the results yet."""
    parser, args = arguments()
    keys = ("dataset", "profile", "classes", "rows_per_class", "budget", "score")
    setting = {key: getattr(args, key) for key in keys}
    settings = {name: args.settings if name in SAMPLERS else "{}" for name in args.samplers}
    done = {
        (old["sampler"], old["settings"], old["seed"], old["classifier"])
        for old in resume(args.output)
        if all(old.get(key) == setting[key] for key in keys)
    }
    try:
        X_all, y_all, *test = load(args.dataset, args.data_home)
        drawn_by_seed = {
            seed: draw(y_all, args.profile, args.rows_per_class, seed, args.classes)
            for seed in args.seeds
        }
    except (OSError, ValueError) as error:
        parser.error(f"the profile cannot be drawn: {error}")
    if args.score == "validation" and not all(len(left) for _, left in drawn_by_seed.values()):
        parser.error("--score validation: the profile leaves no rows out")
    reference = None
    if "fidelity" in args.classifier:
        path = args.reference or args.output.with_suffix(".reference.joblib")
        reference = reference_of(path, X_all, y_all, args)
    for seed, (drawn, left_out) in drawn_by_seed.items():
        X, y, X_left, y_left = X_all[drawn], y_all[drawn], X_all[left_out], y_all[left_out]
        X_test, y_test = test if args.score == "test" else (X_left, y_left)
        for name in args.samplers:
            todo = [
                kind
                for kind in args.classifier
                if (name, settings[name], seed, kind) not in done and measures(kind, name)
            ]
            if "SMOTE" in name and smallest_class(y) < 2:
                print(f"{name} is left out: a class has a single row", file=sys.stderr)
                continue
            if not todo:
                continue
            start = time.perf_counter()
            with warnings.catch_warnings(record=True) as caught:
                X_res, y_res, sampler = resampled(
                    name, X, y, seed, args.device, json.loads(settings[name])
                )
            record = setting | {
                "settings": settings[name],
                "sampler": name,
                "seed": seed,
                "labels": np.unique(y).tolist(),
                "sampler_seconds": round(time.perf_counter() - start, 1),
                "warnings": [str(w.message) for w in caught],
                "versions": {
                    m.__name__: m.__version__ for m in (imblearn_gan, torch, sklearn, imblearn)
                },
                "machine": machine(),
                "threads": torch.get_num_threads(),
            }
            for kind in todo:
                if kind == "fidelity":
                    found, X_new, y_new = fidelity(
                        sampler, X, y, X_res, y_res, X_left, y_left, reference
                    )
                    if args.pictures and sampler is not None:
                        args.pictures.mkdir(parents=True, exist_ok=True)
                        path = args.pictures / f"{name}_{args.profile}_{seed}.png".replace(":", "_")
                        save_picture(path, X, y, X_new, y_new)
                else:
                    model = classifier(kind, name, seed, args.budget, args.device, len(X_res))
                    flat = kind in ("forest", "boosting")
                    found = scores(model, X_res, y_res, X_test, y_test, flat)
                with args.output.open("a") as file:
                    file.write(json.dumps(record | {"classifier": kind} | found) + "\n")


if __name__ == "__main__":
    main()
