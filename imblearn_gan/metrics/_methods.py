"""What is compared: the remedies beside the samplers, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import _safe_indexing

from imblearn_gan.data import is_frame
from imblearn_gan.metrics._remedies import (
    bootstrap,
    flat,
    repeat,
    smote,
    unchanged,
    use,
    weighted,
)
from imblearn_gan.resampled import ResampledClassifier
from imblearn_gan.resampled._parts import takes_images, transformers

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
WITH_SMOTE = ("SMOTE", "SMOTE bagging")
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
                f"list or dict, not a class. Got {one!r}."
            )
        if changing := transformers(one) if hasattr(one, "fit_resample") else []:
            raise ValueError(
                f"sampler is a pipeline whose steps {changing} transform rows: test rows would "
                "stay as they are. Put these steps into classifier."
            )
    renamed = {name: f"given {name}" if name in USUAL + MORE else name for name in named}
    if len(set(renamed.values())) < len(named):
        raise ValueError(
            f"sampler holds two of one name, since a baseline's is 'given' here: {list(named)}. "
            "Name them otherwise."
        )
    return {renamed[name]: one for name, one in named.items()}


def named_baselines(baselines: Any) -> tuple[str, ...]:
    """Return names of baselines; raise a ValueError for others."""
    if isinstance(baselines, str) and baselines in ("usual", "all"):
        return USUAL if baselines == "usual" else USUAL + MORE
    known = USUAL + MORE
    several = isinstance(baselines, Iterable) and not isinstance(baselines, str)
    asked = [*baselines] if several else []
    if not several or not all(name in known for name in asked):
        raise ValueError(
            f"baselines must be 'usual', 'all' or a list of some of {list(known)}, [] for none of "
            f"them. Got {baselines!r}."
        )
    return tuple(name for name in known if name in asked)


def methods(
    samplers: dict[str, Any],
    baselines: tuple[str, ...],
    classifier: Any,
    categorical: list[int],
    smallest: int,
    n_groups: int,
    refused: str = "",
) -> dict[str, tuple]:
    """Return how each method resamples, if it does, and what learns; the samplers are the last.

    Parameters
    ----------
    samplers : dict
        Samplers, and classifiers that see to the balance themselves, by name.

    baselines : tuple of str
        Those that are asked for. What cannot be done is left out, with a warning.

    classifier : classifier
        What learns.

    categorical : list of int
        Columns of categories.

    smallest : int
        Rows of the smallest class in a fold.

    n_groups : int
        In how many groups they are; without groups, as many as rows.

    refused : str, default=''
        What X holds that SMOTE does not take, if there is something.
    """
    strategy = _shared_strategy([*samplers.values()])
    resampled = {
        "random oversampling": partial(repeat, strategy),
        "SMOTE": partial(smote, strategy, categorical),
    }
    cut = partial(ResampledClassifier, classifier, Remedy(unchanged))
    bag = partial(ResampledClassifier, classifier, n_draws=N_BAGS)
    ways: dict[str, Any] = {
        "none": (None, classifier),
        "class weight": (None, weighted(classifier)),
        "cut at the prevalence": (None, cut()),
        "tuned cut": (None, cut(decision="balanced_accuracy")),
        "bagging": (None, bag(Remedy(bootstrap))),
        "under-sampling bagging": (None, bag(RandomUnderSampler())),
    }
    ways |= {name: (way, classifier) for name, way in resampled.items()}
    ways |= {f"{name} bagging": (None, bag(Remedy(way))) for name, way in resampled.items()}
    reasons = _impossible(classifier, smallest, n_groups, refused)
    _tell(baselines, reasons)
    runs = {name: ways[name] for name in baselines if name not in reasons}
    if runs.get("class weight") == (None, None):  # it takes none
        del runs["class weight"]
    for name, one in samplers.items():
        resamples = hasattr(one, "fit_resample")
        runs[name] = (partial(use, one), classifier) if resamples else (None, one)
    return runs


def _impossible(classifier: Any, smallest: int, n_groups: int, refused: str) -> dict[str, str]:
    """Return the names of baselines that cannot be, and why."""
    reasons: dict[str, str] = {}
    if refused:
        advice = (
            "To have it, give a pipeline of imbalanced-learn among the samplers: what turns these "
            "into numbers, SMOTE(), the classifier"
        )
        reasons |= dict.fromkeys(WITH_SMOTE, f"SMOTE takes no {refused}. {advice}")
    if n_groups < 2:
        reasons["tuned cut"] = (
            "two groups of each class are needed, and a class has a single one to learn from in a "
            "fold"
        )
    if smallest < 2:
        reason = (
            "two rows of each class are needed, and a class has a single training row in a fold"
        )
        reasons |= dict.fromkeys((*WITH_SMOTE, "tuned cut"), reason)
    if not hasattr(classifier, "predict_proba"):
        reasons |= dict.fromkeys(WITH_RULE, "the classifier has no predict_proba")
    return reasons


def _tell(baselines: Iterable[str], reasons: dict[str, str]) -> None:
    """Warn of baselines that are asked for and left out."""
    asked = [name for name in baselines if name in reasons]
    for reason in dict.fromkeys(reasons[name] for name in asked):
        out = [name for name in asked if reasons[name] == reason]
        verb = "are" if len(out) > 1 else "is"
        warnings.warn(f"{', '.join(out)} {verb} left out: {reason}.", stacklevel=4)


def on_flat_rows(model: Any, flatten: bool | str) -> Any:
    """Return a classifier that gets images as flat rows, where it must.

    In a ResampledClassifier it is the inner one that does: the sampler gets images.
    """
    if isinstance(model, ResampledClassifier):
        inner = on_flat_rows(model.classifier, flatten)
        return clone(model).set_params(classifier=inner)
    flattens = not takes_images(model) if flatten == "auto" else flatten
    return make_pipeline(FunctionTransformer(flat), model) if flattens else model


def smotenc_hint(sampler: Any, X: Any, categorical: list[int]) -> str:
    """Return what to give in place of SMOTE, if a sampler or its parts are SMOTE and X has text."""
    parts = [sampler, *sampler.get_params().values()]
    plain = any(isinstance(p, SMOTE) and not isinstance(p, (SMOTEN, SMOTENC)) for p in parts)
    if not (plain and categorical):
        return ""
    try:
        np.asarray(_safe_indexing(X, categorical, axis=1)).astype(np.float64)
    except (TypeError, ValueError):
        columns = [X.columns[i] for i in categorical] if is_frame(X) else categorical
        of_all = len(categorical) == X.shape[1]
        return "Give " + ("SMOTEN()" if of_all else f"SMOTENC({columns})") + " in place of SMOTE."
    return ""


def _shared_strategy(samplers: list) -> Any:
    """Return the ``sampling_strategy`` of the oversamplers, if they agree."""
    found = [s.sampling_strategy for s in samplers if isinstance(s, BaseOverSampler)]
    same = len(found) == len(samplers) and all(one == found[0] for one in found[1:])
    return found[0] if same else "auto"
