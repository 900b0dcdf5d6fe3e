"""Parts of estimators: their seeds, the step of a pipeline that classifies, and its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import _routing_enabled
from sklearn.utils.validation import has_fit_parameter

from imblearn_gan.callbacks import Checkpoint


class NotSaved:
    """An estimator without ``save``, which says what to do in its place."""

    @property
    def save(self) -> None:
        """Raise an AttributeError: a file that runs no code cannot hold objects of any class."""
        name = type(self).__name__
        raise AttributeError(
            f"{name} has no save: a file that runs no code cannot hold classifiers of any class. "
            "Store it with joblib.dump or pickle, for those who trust the file; or its sampler "
            "alone, sampler_.save(path), and what predicts with skops: see 'Saving and loading' in "
            "the guide."
        )


@contextmanager
def restored_on_failure(estimator: Any) -> Iterator[None]:
    """If what is inside fails, let the estimator be as it was."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def seeded(estimator: Any, seed: int, *, afresh: bool = False) -> Any:
    """Return a clone, with a seed wherever it has none of its own; ``afresh`` everywhere."""
    estimator = clone(estimator)
    names = [
        name
        for name, value in estimator.get_params().items()
        if name.split("__")[-1] == "random_state" and (afresh or value is None)
    ]
    return estimator.set_params(**dict.fromkeys(names, seed))


def steps(estimator: Any) -> list:
    """Return what does something in a pipeline; nothing of an estimator that is none."""
    steps = getattr(estimator, "steps", [])
    return [step for _, step in steps if step is not None and step != "passthrough"]


def all_steps(estimator: Any) -> list:
    """Return what does something in a pipeline, and in pipelines in it."""
    return [part for one in steps(estimator) for part in (one, *all_steps(one))]


def first_step(estimator: Any) -> Any:
    """Return what sees the rows first, of a pipeline or of pipelines in it."""
    while inner := steps(estimator):
        estimator = inner[0]
    return estimator


def transformers(sampler: Any) -> list[str]:
    """Return names of the steps, if it is a pipeline, that change rows without resampling."""
    return [
        name
        for name, step in getattr(sampler, "steps", [])
        if hasattr(step, "transform") or transformers(step)
    ]


def check_instance(name: str, estimator: Any) -> None:
    """Raise a TypeError for a class in place of an estimator."""
    if isinstance(estimator, type):
        one = estimator.__name__
        raise TypeError(f"{name} must be an instance. Got the class {one}: give {one}().")


def with_checkpoint(estimator: Any) -> list[str]:
    """Return names of the parameters of an estimator and its parts that hold a Checkpoint."""
    return [
        name
        for name, value in getattr(estimator, "get_params", dict)().items()
        if name.split("__")[-1] == "callbacks" and isinstance(value, (list, tuple))
        if any(isinstance(one, Checkpoint) for one in value)
    ]


def refuse_checkpoint(name: str, estimator: Any, again: str) -> None:
    """Raise a ValueError for a Checkpoint in what is trained ``again``."""
    if found := with_checkpoint(estimator):
        raise ValueError(
            f"{name} has a Checkpoint in {found[0]}: its folder holds one training, but there are "
            f"several, {again}. Leave the Checkpoint out."
        )


def takes_images(estimator: Any) -> bool:
    """Return whether an estimator, or the first step of a pipeline, takes arrays of images."""
    return bool(get_tags(first_step(estimator)).input_tags.three_d_array)


def last_step(classifier: Any) -> tuple[str, Any]:
    """Return the step of a pipeline, or of pipelines in it, that classifies, and its prefix."""
    prefix = ""
    while hasattr(classifier, "steps"):
        name, classifier = classifier.steps[-1]
        prefix += f"{name}__"
    return prefix, classifier


def check_weights_are_taken(classifier: Any, what: str) -> None:
    """Raise a ValueError if a classifier cannot weigh rows."""
    last = last_step(classifier)[1]
    if not has_fit_parameter(last, "sample_weight"):
        raise ValueError(
            f"{what} needs a classifier whose fit takes sample_weight, but that of {last!r} does "
            "not. Leave it at its default, or take another classifier."
        )


def check_classifier(classifier: Any, sample_weight: Any, synthetic_weight: float) -> None:
    """Raise a ValueError for a classifier that cannot do what is asked, whatever the data."""
    if not hasattr(classifier, "predict_proba"):
        raise ValueError(
            f"classifier must have predict_proba, but {classifier!r} has not. Wrap it: "
            "CalibratedClassifierCV(classifier)."
        )
    if sample_weight is not None:
        check_weights_are_taken(classifier, "sample_weight")
    if synthetic_weight != 1:
        check_weights_are_taken(classifier, f"synthetic_weight={synthetic_weight}")


def _asked_weight(classifier: Any) -> Any:
    """Return what a classifier, or a pipeline's last step, has asked of weights.

    It is True or False, an alias, or None if it has not said; True of what keeps no requests.
    """
    routing = getattr(last_step(classifier)[1], "get_metadata_routing", None)
    request = getattr(routing(), "fit", None) if routing else None  # routers have none
    return True if request is None else request.requests.get("sample_weight", True)


def weight_name(classifier: Any) -> str:
    """Return the name by which a classifier, or a pipeline's last step, has asked for weights."""
    name = _asked_weight(classifier)
    return name if isinstance(name, str) and name.isidentifier() else "sample_weight"


def given_weight(classifier: Any, sample_weight: Any, fit_params: Mapping[str, Any]) -> Any:
    """Return the weights of rows, by the name that the classifier has asked for them.

    Raises
    ------
    ValueError
        With metadata routing, for weights that the classifier, or a pipeline's last step, has not
        asked for: priors and rule would be weighted, and what has been learnt would not.
    """
    if not _routing_enabled():
        return sample_weight
    name, (prefix, last) = weight_name(classifier), last_step(classifier)
    if name != "sample_weight":
        return _by_alias(name, sample_weight, fit_params)
    asked = _asked_weight(classifier)
    unsaid = asked is None and not prefix  # scikit-learn says what to do
    if sample_weight is not None and asked is not True and not unsaid:
        raise ValueError(
            f"sample_weight is given, but {last!r}, which classifies, has not asked for it. Call "
            "its set_fit_request(sample_weight=True), or leave the weights out: they cannot be "
            "given to the other steps of a pipeline alone."
        )
    return sample_weight


def _by_alias(name: str, sample_weight: Any, fit_params: Mapping[str, Any]) -> Any:
    """Return weights that are asked for by another name; raise a ValueError for others."""
    weight = fit_params.get(name)
    if sample_weight is None:
        return weight
    if weight is None:
        raise ValueError(
            f"the classifier asks for its weights as {name!r}: give fit(..., {name}=...), and no "
            "sample_weight."
        )
    raise ValueError(
        f"sample_weight and {name} are both given, and the classifier asks for its weights as "
        f"{name!r}: give {name} alone. Other steps of a pipeline can have no weights but these."
    )


def of_all_rows(classifier: Any, params: Mapping[str, Any], n: int) -> dict[str, Any]:
    """Return what was given to a classifier's ``fit`` but for weights.

    Raises
    ------
    ValueError
        For what is told the classifier, and for what has an entry for each of the n rows.
    """
    if params.get("synthetic") is not None:
        raise ValueError(
            "synthetic cannot be given: the classifier is told which rows the sampler has made."
        )
    weights = ("sample_weight", weight_name(classifier))
    kept = {name: value for name, value in params.items() if name not in weights}
    for name, value in kept.items():
        if not isinstance(value, (str, bytes, Mapping)) and _has_length(n, value):
            raise ValueError(
                f"{name} has an entry for each of the {n} rows, but the classifier learns from "
                "others, which the sampler has drawn and made. Weights of rows can be given, as "
                "sample_weight, and what is the same for all rows."
            )
    return kept


def _has_length(n: int, value: Any) -> bool:
    """Return whether something has the length n."""
    if hasattr(value, "shape"):
        return tuple(value.shape)[:1] == (n,)
    return hasattr(value, "__len__") and len(value) == n


def told(classifier: Any, synthetic: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return what says which rows are synthetic, to a classifier whose ``fit`` takes it."""
    prefix, last = last_step(classifier)
    if synthetic is None or not has_fit_parameter(last, "synthetic"):
        return {}
    if prefix and _routing_enabled():  # a pipeline passes on what is asked for
        asked = last.get_metadata_routing().fit.requests.get("synthetic") is True
        return {"synthetic": synthetic} if asked else {}
    return {f"{prefix}synthetic": synthetic}


def fit_weighted(
    classifier: Any,
    X: Any,
    y: np.ndarray,
    weight: np.ndarray | None,
    params: dict,
    routed: bool,
    synthetic: np.ndarray | None = None,
) -> Any:
    """Fit a classifier, or the pipeline that it ends, on weighted rows.

    ``routed`` says that the steps of the pipeline have been asked which of them take weights.
    """
    if weight is None:
        return classifier.fit(X, y, **params, **told(classifier, synthetic))
    prefix = last_step(classifier)[0]
    if routed or params:
        name = weight_name(classifier) if prefix else "sample_weight"
        return classifier.fit(X, y, **params, **told(classifier, synthetic), **{name: weight})
    with config_context(enable_metadata_routing=False):
        weights = {f"{prefix}sample_weight": weight}
        return classifier.fit(X, y, **weights, **told(classifier, synthetic))
