"""From the class shares that a classifier has seen to the true ones, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.svm import SVC, NuSVC
from sklearn.utils import compute_sample_weight

from imblearn_gan.data import warn_user
from imblearn_gan.resampled._parts import all_steps, last_step


def shift_priors(probabilities: Any, shares: Any, priors: Any) -> np.ndarray:
    """Carry probabilities over from the class shares that were learnt to those that are true.

    If only the sizes of the classes were changed and not what their rows look like,
    ``p(y | x)`` is multiplied by ``priors[y] / shares[y]`` and normalised [1]_ [2]_. Turned round
    it gives the balanced probabilities of a classifier that has seen the true shares.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, n_classes)
        What a classifier says that has learnt from rows whose classes have these ``shares``.

    shares : array-like of shape (n_classes,)
        Class shares of the rows that it has learnt from, by weight where rows had weights. What
        is said of a class without any is taken for zero: the classifier has not seen it.

    priors : array-like of shape (n_classes,)
        Class shares where the probabilities are to hold.

    Returns
    -------
    ndarray of shape (n_samples, n_classes), dtype float64
        Each row sums to one.

    Raises
    ------
    ValueError
        If the shapes do not fit, probabilities are negative, infinite or NaN, or shares are
        negative or all zero.

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to
       new a priori probabilities: a simple procedure", Neural Computation, 2002, eq. (2.4).

    .. [2] C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, theorem 2.

    Examples
    --------
    >>> from imblearn_gan.resampled import shift_priors
    >>> shift_priors([[0.5, 0.5], [0.1, 0.9]], shares=[0.5, 0.5], priors=[0.9, 0.1]).round(2)
    array([[0.9, 0.1],
           [0.5, 0.5]])
    """
    p = np.asarray(probabilities, dtype=np.float64)
    given, true = (np.asarray(values, dtype=np.float64) for values in (shares, priors))
    if p.ndim != 2 or given.shape != p.shape[1:] or true.shape != p.shape[1:]:
        raise ValueError(
            "probabilities must have a column, shares and priors a number for each class. Got "
            f"the shapes {p.shape}, {given.shape} and {true.shape}."
        )
    if not np.isfinite(p).all() or (p < 0).any():
        raise ValueError(
            "probabilities must be non-negative and finite. Got "
            f"{p[~(np.isfinite(p) & (p >= 0))][0]}."
        )
    for name, values in (("shares", given), ("priors", true)):
        if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
            raise ValueError(f"{name} must be non-negative and not all zero. Got {values}.")
    shifted = p * ratio(true, given)
    total = shifted.sum(axis=1, keepdims=True)
    # of a row whose every class has a share or a prior of zero only the priors are known
    return np.where(total > 0, ratio(shifted, total), true / true.sum())


def ratio(numerator: Any, denominator: Any) -> np.ndarray:
    """Divide; zero where the denominator is."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    return np.divide(numerator, denominator, out=np.zeros(shape), where=np.asarray(denominator) > 0)


def class_shares(y: np.ndarray, n_classes: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the share of each class code in the weight of all rows."""
    total = np.bincount(y, weight, minlength=n_classes).astype(np.float64)
    if not total.sum() > 0:
        raise ValueError("sample_weight must have a positive sum over the rows to learn from.")
    return total / total.sum()


def balanced_by_weight(
    classifier: Any, labels: np.ndarray, weight: np.ndarray | None
) -> tuple[Any, np.ndarray | None]:
    """Put the balance that a classifier asks for into weights of rows, if they have some.

    What is balanced then, rows or weights, is another thing from one classifier of scikit-learn to
    the next, and from version to version: here it is always the weights.

    Returns
    -------
    classifier : classifier
        The one given, without its ``class_weight`` where this is in the weights.

    weight : ndarray of shape (n_samples,) or None
        Weights of the rows.
    """
    prefix, last = last_step(classifier)
    class_weight = getattr(last, "class_weight", None)
    if weight is None or class_weight not in ("balanced", "balanced_subsample"):
        return classifier, weight
    codes = np.unique(labels, return_inverse=True)[1]
    total = np.bincount(codes, weight)
    classifier = classifier.set_params(**{f"{prefix}class_weight": None})
    return classifier, weight * ratio(total.mean(), total)[codes]


def effective_weight(
    classifier: Any, labels: np.ndarray, weight: np.ndarray | None
) -> np.ndarray | None:
    """Return the weights of rows in what a classifier says, its own class weights included."""
    last = last_step(classifier)[1]
    if isinstance(last, (SVC, NuSVC)):  # Platt's scaling counts the rows that are not left out
        return None if weight is None else (weight > 0).astype(np.float64)
    class_weight = getattr(last, "class_weight", None)
    if class_weight is None:
        return weight
    if class_weight == "balanced_subsample":  # of forests
        class_weight = "balanced"
    own = compute_sample_weight(class_weight, labels)
    return own if weight is None else own * weight


def learnt_shares(estimators: list, shares: list[np.ndarray]) -> np.ndarray:
    """Return the mean shares that classifiers have learnt: their own word before what was seen.

    A network that draws its classes as it likes tells what came of it in ``learnt_shares_``.
    """
    told = [getattr(last_step(estimator)[1], "learnt_shares_", None) for estimator in estimators]
    known = [
        seen if own is None or len(own) != len(seen) else own for own, seen in zip(told, shares)
    ]
    return np.mean(known, axis=0)


#: What else changes the shares that a classifier learns, and the values with which it does not.
_UNSEEN: dict[str, tuple] = {
    "class_weight": (None,),  # of a classifier in the classifier
    "priors": (None,),
    "class_prior": (None,),
    "fit_prior": (None, True),
    # of gradient boosting by XGBoost, LightGBM and CatBoost
    "scale_pos_weight": (None, 1),
    "is_unbalance": (None, False),
    "auto_class_weights": (None, "None"),
    "class_weights": (None,),
}


def warn_of_unseen(classifier: Any) -> None:
    """Warn of what changes the shares that a classifier learns, and is not known to change them."""
    prefix, last = last_step(classifier)
    params = {
        name: value
        for name, value in classifier.get_params(deep=True).items()
        if name.startswith(prefix)  # earlier steps only prepare rows
    }
    given = [
        f"{name}={value!r}"
        for name, value in params.items()
        if name != f"{prefix}class_weight" and _changes(name.rsplit("__", 1)[-1], value)
    ]
    balancing = [one for one in (last, *params.values()) if _is_balanced_ensemble(one)]
    balancing += [one for one in all_steps(classifier) if hasattr(one, "fit_resample")]
    given += [f"{type(one).__name__}, which balances its rows itself" for one in balancing]
    if given:
        warn_user(
            f"classifier has {', '.join(given)}: the class shares that it learns are others than "
            "the correction of its probabilities assumes, and these may be far off. Leave such "
            "parameters at their defaults, and such estimators out: the sampler sees to the "
            "balance. A class_weight of the classifier itself, or of the last step of a pipeline, "
            "is seen."
        )


def _changes(name: str, value: Any) -> bool:
    """Return whether a parameter changes class shares with this value."""
    if name not in _UNSEEN:
        return False
    return not any(value is one or (np.isscalar(value) and value == one) for one in _UNSEEN[name])


def _is_balanced_ensemble(one: Any) -> bool:
    """Return whether something is an ensemble of imbalanced-learn."""
    modules = [cls.__module__ for cls in type(one).__mro__]
    return any(f"{module}.".startswith("imblearn.ensemble.") for module in modules)
