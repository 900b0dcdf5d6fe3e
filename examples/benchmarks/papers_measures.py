"""What is measured of a row of a paper's table, in its paper's setting or with defaults."""

import inspect
import time
import warnings

import classifiers
import fidelity
import methods
import numpy as np
import plans
import sources
from sklearn.metrics import balanced_accuracy_score

import imblearn_gan
from imblearn_gan import metrics

#: The loss that a case of GAMO's tables stands for.
LOSSES = {"CE": "cross_entropy", "LS": "least_squares"}


def settings_of(record, part, flattened):
    """The parameters of a record's method on these rows, its budget cut."""
    if record.method not in (*methods.SAMPLERS, *methods.OWN_CLASSIFIERS):
        return {}
    settings = with_loss(record, flattened)
    kind = getattr(imblearn_gan, record.method)
    if "paper" in settings and hasattr(kind, "paper"):
        counts = np.unique(part.y, return_counts=True)[1]
        sizes = {"n_samples": len(part.y), "n_balanced": len(counts) * int(counts.max())}
        taken = set(inspect.signature(kind.paper).parameters)
        own = {name: n for name, n in sizes.items() if name in taken}
        settings = settings | {"paper": own | settings["paper"]}
    return settings | cut(methods.instance(record.method, settings), record.spent)


def with_loss(record, flattened):
    """The parameters of a record, with the loss of its case and the kind of its images."""
    settings = {**record.settings}
    loss = loss_of(record) if record.classifier == "cn" else None
    takes_loss = "loss" in methods.instance(record.method, settings).get_params()
    added = {"loss": loss} if loss and takes_loss else {}
    if record.setting != "paper":
        return added | settings
    if record.method == "GAMOClassifier":
        added |= {"images": "flattened" if flattened else "convolutional"}
    return settings | {"paper": added | settings["paper"]}


def loss_of(record):
    """The loss of a case such as ``CE`` or ``CE, flattened``; least squares where it names none."""
    return LOSSES.get(record.case.partition(",")[0], "least_squares")


def cut(model, fraction):
    """The updates of a model, a fraction of them."""
    found = {}
    for name in ("pretrain_iter", "max_iter") if fraction != 1 else ():
        n = getattr(model, name, 0)
        n = model._auto[name][0] if n == "auto" else n  # of images
        if n:
            found[name] = max(1, round(n * fraction))
    return found


def network(record, flattened, device):
    """GAMO's classifier network CN, in the paper's setting or with defaults."""
    common = {"loss": loss_of(record), "random_state": record.seed, "device": device}
    images = "flattened" if flattened else "convolutional"
    paper = record.setting == "paper"
    model = classifiers.CNN.paper(images=images, **common) if paper else classifiers.CNN(**common)
    return model.set_params(**cut(model, record.spent))


def made(record, part, flattened, device):
    """The rows that a method returns, its sampler, and the seconds that it took."""
    settings = settings_of(record, part, flattened)
    start = time.perf_counter()
    X_res, y_res, sampler = methods.resample(
        record.method, part.X, part.y, seed=record.seed, device=device, settings=settings
    )
    return X_res, y_res, sampler, round(time.perf_counter() - start, 1)


def of_network(record, part, flattened, args):
    """ACSA and GM of the classifier network, on test rows and on training rows."""
    if record.method in methods.OWN_CLASSIFIERS:
        settings = settings_of(record, part, flattened)
        common = {"random_state": record.seed, "device": args.device}
        model, rows = methods.instance(record.method, settings, **common), (part.X, part.y)
    elif record.method == "SMOTE" and not flattened:
        model = classifiers.FeatureSMOTE(network(record, flattened, args.device))
        rows = part.X, part.y
    else:
        *rows, _, record.seconds = made(record, part, flattened, args.device)
        model = network(record, flattened, args.device)
    start = time.perf_counter()
    model.fit(*rows)
    record.classifier_seconds = round(time.perf_counter() - start, 1)
    found = classifiers.scores(model, record.method, "cn", part.X_test, part.y_test, part.y)
    trained = classifiers.scores(model, record.method, "cn", part.X, part.y, part.y)
    return found | {"acsa_train": trained["acsa"], "gm_train": trained["gm"]}


def of_minority(record, part, rows, args):
    """Percent of the test rows of the class that lost rows that a ResNet-18 finds."""
    model, record.classifier_seconds = classifiers.fitted(
        "resnet",
        record.method,
        [rows[:2]],
        seed=record.seed,
        budget=record.budget,
        device=args.device,
    )
    predicted = model.predict(part.X_test)
    kind, *which = record.profile.split(":")
    if kind != "drop":  # unbalanced from the start
        return {"recall": round(100 * float(balanced_accuracy_score(part.y_test, predicted)), 2)}
    mine = part.y_test.astype(str) == which[0]
    return {"recall": round(100 * float((predicted == part.y_test)[mine].mean()), 2)}


def drawn(record, part, sampler, n):
    """Images that a sampler makes of each class that it can; training images if there is none."""
    if sampler is None:
        return sources.at_most(n, part.X, part.y)
    if plans.TABLES[record.table].rows[record.row].reconstructs:
        X, y = sources.at_most(n, part.X_test, part.y_test)
        return sampler.decode(sampler.encode(X, y), y), y
    labels, counts = np.unique(part.y, return_counts=True)
    asked = labels if sampler._makes_all_classes else labels[counts < counts.max()]
    return sampler.sample(dict.fromkeys(asked.tolist(), n), random_state=record.seed)


def of_images(record, part, sampler, n, features, probabilities):
    """FID and SSIM to test images, by class and for the classes with fewer rows, and IS."""
    X_new, y_new = drawn(record, part, sampler, n)
    X_test, y_test = sources.at_most(n, part.X_test, part.y_test)
    sets = X_test, y_test, X_new, y_new
    fid = metrics.by_class(metrics.frechet_distance, *sets, features=features)
    ssim = metrics.by_class(metrics.ssim_between, *sets, random_state=0)
    labels, counts = np.unique(part.y, return_counts=True)
    largest = set(labels[counts == counts.max()].tolist())
    found = {"drawn": [str(label) for label in fid["class"]]}
    for name, values in (("fid", fid.iloc[:, 1]), ("ssim", ssim.iloc[:, 1])):
        digits = 2 if name == "fid" else 4
        rare = ~fid["class"].isin(largest)
        means = {"minority": values[rare].mean(), "majority": values[~rare].mean()}
        found[f"{name}s"] = values.round(digits).tolist()
        found |= {f"{name}_{k}": round(float(v), digits) for k, v in means.items() if v == v}
    found["n_drawn"] = n
    found["fid"] = round(float(metrics.frechet_distance(X_test, X_new, features=features)), 2)
    n_parts = min(10, len(X_new))
    score = metrics.inception_score(X_new, probabilities, n_splits=n_parts, random_state=0)
    found |= {"is": round(float(score.mean), 3), "is_std": round(float(score.std), 3)}
    return found


def of_pairs(record, part, sampler, n):
    """SSIM of pairs of generated images, of the class that lost rows, and of real ones."""
    X_new, y_new = drawn(record, part, sampler, n)
    kind, *which = record.profile.split(":")
    rare = which[:1] if kind == "drop" else np.unique(y_new)
    pairs = [
        metrics.ssim_of_pairs(
            part.X_test[part.y_test.astype(str) == str(label)],
            X_new[y_new.astype(str) == str(label)],
            random_state=0,
        )
        for label in rare
    ]
    generated, real = np.mean(pairs, axis=0).round(4).tolist()
    return {"ssim_pairs": generated, "ssim_real": real}


def of_codes(part, sampler):
    """How well clusters of the codes of test images are the classes."""
    X, y = sources.at_most(200, part.X_test, part.y_test)
    return {"v_score": round(metrics.v_score(sampler.encode(X, y), y, random_state=0), 4)}


def eyes(args, dataset, source):
    """What features and probabilities are of: Inception, or a classifier of all images."""
    if args.inception:
        return [
            metrics.inception_features(args.inception),
            metrics.inception_features(args.inception, output="probabilities"),
        ]
    side = "x".join(map(str, source.X.shape[1:3]))
    path = args.output.with_suffix(f".{dataset.replace(':', '_')}_{side}.joblib")
    model = fidelity.reference_classifier(
        path, source.X, source.y, budget=args.classifier_budget or "small", device=args.device
    )
    return [model, model]


def check_rows(todo, part):
    """Raise a ValueError where the measures of records say nothing on these rows."""
    kinds = {record.classifier for record in todo}
    scored, counts = np.unique(part.y_test), np.unique(part.y, return_counts=True)[1]
    if "codes" in kinds and len(scored) < 2:
        raise ValueError(
            "a V-score needs test rows of several classes. Got those of "
            f"{', '.join(map(str, scored))} alone: give --rows, fewer than there are of a class, "
            "so that some of each are left to score."
        )
    makes_rows = kinds & {"pairs", "images", "codes"} and todo[0].method in methods.SAMPLERS
    if makes_rows and len(set(counts)) == 1:
        raise ValueError(
            f"a sampler trains where rows lack. Got {counts[0]} of each class by the profile "
            f"{todo[0].profile}: give more --rows."
        )


def measured(todo, part, flattened, look, args):
    """Finish records that share the rows of a method."""
    with warnings.catch_warnings(record=True) as caught:
        if any(record.classifier != "cn" for record in todo):
            *rows, sampler, seconds = made(todo[0], part, flattened, args.device)
        for record in todo:
            if record.classifier == "cn":
                record.measures = of_network(record, part, flattened, args)
            else:
                record.seconds = seconds
                record.measures = {
                    "minority": lambda r: of_minority(r, part, rows, args),
                    "pairs": lambda r: of_pairs(r, part, sampler, args.n_drawn),
                    "images": lambda r: of_images(r, part, sampler, args.n_drawn, *look()),
                    "codes": lambda r: of_codes(part, sampler),
                }[record.classifier](record)
    for record in todo:
        record.labels = np.unique(part.y).tolist()
        record.warnings = list(dict.fromkeys(str(warning.message) for warning in caught))
        if record.classifier == "images":
            record.measures["features"] = "Inception" if args.inception else "own"
        yield record
