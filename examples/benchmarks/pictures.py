r"""Are generated images of a long training worth more than repeated ones? Fashion-MNIST, ResNet-18.

CGAN learns from GAMO's profile of a seed for ten times the updates of ``recipes.py``, on a GPU; its
samplers are kept. Then sets at the geometric mean of the class sizes are made, in which a share of
the repeated images, ``replay``, stays and the others are generated ones, and the recipe of
``recipes.py`` learns from them, on any machine. Protocol and rows are on the page
``docs/benchmarks/recipes.md``::

    python examples/benchmarks/pictures.py train --samplers found --seeds 0 1 2 3 4 --device cuda
    python examples/benchmarks/pictures.py score --samplers found --seeds 0 1 --score validation \
        --replay 0.7 0.35 0 --output docs/results/recipes_pictures_selection.jsonl
    python examples/benchmarks/pictures.py look --samplers found --seeds 0 1 --score validation \
        --output docs/results/recipes_pictures_selection.jsonl
"""

import argparse
import json
import time
from pathlib import Path

import classifiers
import fidelity
import methods
import numpy as np
import records
import run
import sources
from recipes import CGAN, KNOWS, REPEATED

from imblearn_gan import CGANOversampler, load, metrics
from imblearn_gan.callbacks import FinishOnInterrupt

LEFT_OUT = "images left out"
RECIPE = "balanced softmax" + KNOWS
SETTING = {
    "dataset": "fashion_mnist",
    "profile": "gamo_fashion_mnist",
    "split": "own",
    "budget": "1335",
}


def setting_of(score):
    """What all records have in common; of held-out images some are scored, of test images all."""
    return SETTING | {"score": score, "n_scored_per_class": 1000 if score == "validation" else 0}


def part_of(source, seed, args):
    """The rows of a seed."""
    asked = setting_of(args.score) | {"classes": None, "n_samples_per_class": 0}
    return sources.part(source, argparse.Namespace(**asked), seed)


def train(source, seed, args):
    """Keep the sampler of a seed; an interrupt ends its training, not the sampler."""
    part = part_of(source, seed, args)
    sampler = CGANOversampler(
        **CGAN | {"max_iter": args.max_iter, "sampling_strategy": methods.to_geometric_mean},
        random_state=seed,
        device=args.device,
        callbacks=[FinishOnInterrupt()],
    )
    start = time.perf_counter()
    sampler.fit_resample(part.X, part.y)
    played = [one["iteration"] for one in sampler.history_ if one["phase"] == "adversarial"]
    about = {"updates": max(played), "seconds": round(time.perf_counter() - start, 1)}
    sampler.set_params(callbacks=None, sampling_strategy="auto", device="auto")
    sampler.save(args.samplers / f"{seed}.safetensors")
    (args.samplers / f"{seed}.json").write_text(json.dumps(about))


def mixed(part, sampler, replay, seed):
    """Repeated rows at the geometric mean, but a share of the added ones generated; which."""
    X, y, _ = methods.resample(REPEATED, part.X, part.y, seed=seed)
    made = np.zeros(len(y), dtype=bool)
    for label in np.unique(y[len(part.y) :]):
        added = len(part.y) + np.flatnonzero(y[len(part.y) :] == label)
        new = added[round(replay * len(added)) :]
        X[new], _ = sampler.sample({label: len(new)}, random_state=seed)
        made[new] = True
    return X, y, made


def kept(seed, args):
    """The sampler of a seed, and what its records begin with."""
    about = json.loads((args.samplers / f"{seed}.json").read_text())
    begun = {
        "method": "CGANOversampler",
        "measures": {"updates": about["updates"]},
        "seconds": about["seconds"],
    }
    return load(args.samplers / f"{seed}.safetensors"), begun


def record_of(seed, args, **given):
    """A record to fill."""
    return records.Record(**setting_of(args.score), seed=seed, **given, **run.surroundings())


def score(source, seed, replay, done, args):
    """Measure one share of repeated rows on one seed, unless it is done."""
    sampler, begun = kept(seed, args)
    settings = CGAN | {"max_iter": args.max_iter, "replay": replay}
    kind = {"classifier": "resnet_augmented", "recipe": RECIPE}
    record = record_of(seed, args, settings=settings, **kind, **begun)
    if record.key() in done:
        return
    part = part_of(source, seed, args)
    X, y, made = mixed(part, sampler, replay, seed)
    model, record.classifier_seconds = classifiers.fitted(
        record.classifier,
        record.method,
        [(X, y)],
        seed=seed,
        budget=record.budget,
        device=args.device,
        recipe=RECIPE,
        synthetic=made,
    )
    record.labels = np.unique(part.y).tolist()
    record.measures |= classifiers.scores(
        model, record.method, record.classifier, part.X_test, part.y_test, part.y
    )
    records.append(args.output, record)


def look(source, seed, done, args):
    """Say what the images of a sampler are like, and real ones left out, unless it is done."""
    sampler, begun = kept(seed, args)
    settings = CGAN | {"max_iter": args.max_iter}
    record = record_of(seed, args, settings=settings, classifier="fidelity", **begun)
    yardstick = record_of(seed, args, method=LEFT_OUT, classifier="fidelity")
    if record.key() in done:
        return
    part = part_of(source, seed, args)
    reference = fidelity.reference_classifier(
        args.samplers / "reference.joblib", source.X, source.y, budget="small", device=args.device
    )
    record.measures |= fidelity.fidelity(sampler, part, None, None, reference)[0]
    yardstick.measures = memorized(part, record.measures["rare"])
    for one in (record, yardstick):
        records.append(args.output, one)


def memorized(part, rare):
    """What fraction of images that were never learnt from seems memorised."""
    found = metrics.by_class(
        metrics.memorized_fraction, part.X, part.y, part.X_test, part.y_test
    ).set_index("class")["generated"]
    fractions = found[rare].round(3).tolist()
    return {"rare": rare, "memorized": fractions, "frechet": [None] * len(rare)}


def main():
    """Train, score what is not in the results yet, or look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["train", "score", "look"])
    parser.add_argument("--samplers", type=Path, required=True, help="folder of trained samplers")
    parser.add_argument("--output", type=Path, help="file of results")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--score", choices=["test", "validation"], default="test")
    parser.add_argument("--replay", nargs="+", type=float, default=[0.7])
    parser.add_argument("--max-iter", type=int, default=25_000, help="updates of CGAN")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data-home", help="folder of the files of Fashion-MNIST")
    args = parser.parse_args()
    if args.part != "train" and args.output is None:
        parser.error("--output is missing")
    source = sources.load("fashion_mnist", data_home=args.data_home)
    if args.part == "train":
        args.samplers.mkdir(parents=True, exist_ok=True)
        for seed in args.seeds:
            train(source, seed, args)
        return
    done = {record.key() for record in records.resume(args.output)}
    for seed in args.seeds:
        if args.part == "look":
            look(source, seed, done, args)
            continue
        for replay in args.replay:
            score(source, seed, replay, done, args)


if __name__ == "__main__":
    main()
