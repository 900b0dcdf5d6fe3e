"""Figures of predicted labels."""

from __future__ import annotations

from typing import Any

from imblearn.metrics import geometric_mean_score
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from imblearn_gan.data import plain_labels


def acsa_score(y_true: Any, y_pred: Any) -> float:
    """Compute average class-specific accuracy: the mean recall of the classes.

    scikit-learn's ``balanced_accuracy_score``, under the name that GAMO's paper has for it.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> from imblearn_gan.metrics import acsa_score
    >>> acsa_score([0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 0])
    0.75
    """
    return float(balanced_accuracy_score(plain_labels(y_true), plain_labels(y_pred)))


def gm_score(y_true: Any, y_pred: Any) -> float:
    """Compute the geometric mean of the recalls of the classes.

    imbalanced-learn's ``geometric_mean_score``.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels.

    Returns
    -------
    float
        Between 0, also where a single class is never found, and 1. A class that is predicted
        but not among the true labels counts as never found.

    Examples
    --------
    >>> from imblearn_gan.metrics import gm_score
    >>> round(gm_score([0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 0]), 4)
    0.7071
    """
    return float(geometric_mean_score(plain_labels(y_true), plain_labels(y_pred)))


def label_accuracy(X: Any, y: Any, classifier: Any) -> float:
    """Compute the fraction of generated rows that a classifier puts into their class.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Generated rows.

    y : array-like of shape (n_samples,)
        The classes that were asked for.

    classifier : fitted classifier
        A good one, that has not learnt from generated rows.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from imblearn_gan.metrics import by_class, label_accuracy
    >>> tree = DecisionTreeClassifier().fit([[0], [1]], ["no", "yes"])
    >>> X, y = np.array([[0], [0], [0], [1]]), np.array(["no", "no", "yes", "yes"])
    >>> label_accuracy(X, y, tree)
    0.75
    >>> by_class(label_accuracy, X, y, classifier=tree)
      class  label_accuracy  n
    0    no             1.0  2
    1   yes             0.5  2
    """
    if not hasattr(classifier, "predict"):
        raise ValueError(f"classifier must have the method predict. Got {classifier!r}.")
    return float(accuracy_score(plain_labels(y), plain_labels(classifier.predict(X))))
