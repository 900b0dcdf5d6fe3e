"""What is compared: the remedies beside the samplers, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator

from imblearn_gan.metrics._remedies import (
    bootstrap,
    repeat,
    smote,
    transformers,
    unchanged,
    use,
    weighted,
)
from imblearn_gan.resampled import ResampledClassifier

USUAL = ("none", "class weight", "random oversampling", "SMOTE", "cut at the prevalence")
MORE = (
    "tuned cut",
    "bagging",
    "random oversampling bagging",
    "SMOTE bagging",
    "under-sampling bagging",
)
#: What puts a rule for labels behind probabilities, and so needs some.
WITH_RULE = ("cut at the prevalence", *MORE)
N_BAGS = 10


class Remedy(BaseEstimator):
    """A remedy as a sampler, which a bag asks for each of its sets anew."""

    def __init__(self, way: Callable, random_state: Any = None):
        self.way = way
        self.random_state = random_state

    def fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        """Return rows and labels, resampled."""
        return self.way(X, y, self.random_state)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def named_samplers(sampler: Any) -> dict[str, Any]:
    """Return samplers by name, also if there is only one; raise a ValueError if one is none."""
    if isinstance(sampler, Mapping):
        named = dict(sampler)
    elif isinstance(sampler, (list, tuple)):
        named = {}
        for one in sampler:
            name = type(one).__name__
            n = sum(key.rstrip(" 0123456789") == name for key in named)
            named[f"{name} {n + 1}" if n else name] = one
    else:
        named = {type(sampler).__name__: sampler}
    if not named:
        raise ValueError("sampler must be a sampler, or a list or dict of some. Got none.")
    for name, one in named.items():
        if not isinstance(name, str):
            raise ValueError(f"sampler must be a dict by name. Got the key {name!r}.")
        balances = hasattr(one, "fit_resample") or hasattr(one, "predict")
        if isinstance(one, type) or not (balances and hasattr(one, "get_params")):
            raise ValueError(
                "sampler must be an object with fit_resample, get_params, or several of them in a "
                f"list or dict. Got {one!r}."
            )
        if changing := transformers(one) if hasattr(one, "fit_resample") else []:
            raise ValueError(
                f"sampler is a pipeline whose steps {changing} transform rows: test rows would "
                "stay as they are. Put these steps into classifier."
            )
    return {f"given {name}" if name in USUAL + MORE else name: s for name, s in named.items()}


def named_baselines(baselines: Any) -> tuple[str, ...]:
    """Return names of baselines; raise a ValueError for others."""
    if isinstance(baselines, str) and baselines in ("usual", "all"):
        return USUAL if baselines == "usual" else USUAL + MORE
    known = USUAL + MORE
    if isinstance(baselines, str) or not set(baselines) <= set(known):
        raise ValueError(
            f"baselines must be 'usual', 'all' or a list of some of {list(known)}. Got "
            f"{baselines!r}."
        )
    return tuple(name for name in known if name in set(baselines))


def methods(
    samplers: dict[str, Any],
    baselines: tuple[str, ...],
    classifier: Any,
    categorical: list[int],
    smallest: int,
    refused: str = "",
) -> dict[str, tuple]:
    """Return how each method resamples, if it does, and what learns; the samplers are the last.

    Parameters
    ----------
    samplers : dict
        Samplers, and classifiers that see to the balance themselves, by name.

    baselines : tuple of str
        Those that are asked for.

    classifier : classifier
        What learns.

    categorical : list of int
        Columns of categories.

    smallest : int
        Rows of the smallest class in a fold.

    refused : str, default=''
        What X holds that SMOTE does not take, if there is something.
    """
    strategy = _shared_strategy([*samplers.values()])
    ways: dict[str, Any] = {"none": (None, classifier)}
    if (with_weights := weighted(classifier)) is not None:
        ways["class weight"] = None, with_weights
    resampled = {"random oversampling": partial(repeat, strategy)}
    if smallest > 1 and not refused:
        resampled["SMOTE"] = partial(smote, strategy, categorical)
    ways |= {name: (way, classifier) for name, way in resampled.items()}
    if hasattr(classifier, "predict_proba"):
        bag = partial(ResampledClassifier, classifier, n_draws=N_BAGS)
        ways["cut at the prevalence"] = None, ResampledClassifier(classifier, Remedy(unchanged))
        if smallest > 1:
            ways["tuned cut"] = (
                None,
                ResampledClassifier(classifier, Remedy(unchanged), decision="balanced_accuracy"),
            )
        ways["bagging"] = None, bag(Remedy(bootstrap))
        ways |= {f"{name} bagging": (None, bag(Remedy(way))) for name, way in resampled.items()}
        ways["under-sampling bagging"] = None, bag(RandomUnderSampler())
    if not hasattr(classifier, "predict_proba"):
        _tell(baselines, WITH_RULE, "the classifier has no predict_proba")
    if smallest < 2:
        reason = (
            "two rows of each class are needed, and a class has a single training row in a fold"
        )
        _tell(baselines, ("SMOTE", "tuned cut", "SMOTE bagging"), reason)
    elif refused:
        advice = (
            "To have it, give a pipeline of imbalanced-learn among the samplers: what turns these "
            "into numbers, SMOTE(), the classifier"
        )
        _tell(baselines, ("SMOTE", "SMOTE bagging"), f"SMOTE takes no {refused}. {advice}")
    runs = {name: ways[name] for name in baselines if name in ways}
    for name, one in samplers.items():
        resamples = hasattr(one, "fit_resample")
        runs[name] = (partial(use, one), classifier) if resamples else (None, one)
    return runs


def _tell(baselines: Iterable[str], names: tuple[str, ...], reason: str) -> None:
    """Warn of baselines that are asked for and left out."""
    if out := [name for name in baselines if name in names]:
        verb = "are" if len(out) > 1 else "is"
        warnings.warn(f"{', '.join(out)} {verb} left out: {reason}.", stacklevel=4)


def _shared_strategy(samplers: list) -> Any:
    """Return the ``sampling_strategy`` of the oversamplers, if they agree."""
    found = [s.sampling_strategy for s in samplers if isinstance(s, BaseOverSampler)]
    same = len(found) == len(samplers) and all(one == found[0] for one in found[1:])
    return found[0] if same else "auto"
