"""Classifiers that have not seen all classes, since a sampler took some away."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if


class AllClasses(ClassifierMixin, BaseEstimator):
    """A fitted classifier as one of all classes: those that it has not learnt are improbable."""

    def __init__(self, model: Any, classes: np.ndarray):
        self.model = model
        self.classes = classes
        self.classes_ = classes

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: Any) -> np.ndarray:
        """Return predicted labels."""
        return self.model.predict(X)

    @available_if(lambda self: hasattr(self.model, "predict_proba"))
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities, 0 of classes that were not learnt."""
        return self._wide(self.model.predict_proba(X), 0)

    @available_if(lambda self: hasattr(self.model, "decision_function"))
    def decision_function(self, X: Any) -> np.ndarray:
        """Return scores, the lowest there is for classes that were not learnt."""
        score = self.model.decision_function(X)
        if len(self.classes_) == 2:  # a single one was learnt, and nothing is ranked
            return np.zeros(len(score))
        return self._wide(by_class(score), score.min())

    def _wide(self, values: np.ndarray, missing: float) -> np.ndarray:
        learnt = np.isin(self.classes_, self.model.classes_)
        wide = np.full((len(values), len(self.classes_)), missing, dtype=np.float64)
        wide[:, learnt] = values[:, : learnt.sum()]
        return wide


def of_all_classes(model: Any, classes: np.ndarray) -> Any:
    """Return a fitted classifier as one of all these classes."""
    known = np.isin(classes, getattr(model, "classes_", classes))
    return model if known.all() else AllClasses(model, classes)


def by_class(score: np.ndarray) -> np.ndarray:
    """Return what a decision function says, a column for each class."""
    return np.column_stack([-score, score]) if score.ndim == 1 else score
