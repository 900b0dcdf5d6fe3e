"""What a fitted ResampledClassifier says of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted

from imblearn_gan.data import to_native
from imblearn_gan.resampled._priors import shift_priors


class Predictions:
    """Probabilities of fitted classifiers in the mean, corrected, and labels by a rule."""

    correct_priors: bool
    classes_: np.ndarray
    estimators_: list
    shares_: np.ndarray
    priors_: np.ndarray
    decision_weights_: np.ndarray

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            Rows like those that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            In the order of ``classes_``; each row sums to one. With ``correct_priors`` in the
            scale of the true class shares ``priors_``, else of ``shares_``.

        Raises
        ------
        ValueError
            If the classifier gives NaN, as those do whose training has diverged.
        """
        check_is_fitted(self, "estimators_")
        X = to_native(X)
        _check_feature_names(self, X, reset=False)
        if len(X.shape) == 2:
            _check_n_features(self, X, reset=False)
        p = np.zeros((X.shape[0], len(self.classes_)))
        for estimator in self.estimators_:
            # an under-sampler may have left out a class
            p[:, np.searchsorted(self.classes_, estimator.classes_)] += estimator.predict_proba(X)
        p /= len(self.estimators_)
        if n_failed := int(np.isnan(p).any(axis=1).sum()):
            raise ValueError(
                f"The classifier, a {type(self.estimators_[0]).__name__}, gives probabilities of "
                f"NaN for {n_failed} of {len(p)} rows: its training has diverged, or rows hold "
                "what it has not learnt."
            )
        return shift_priors(p, self.shares_, self.priors_) if self.correct_priors else p

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            Rows like those that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            In the order of ``classes_``; ``-inf`` where a probability is zero.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return labels, by the rule that ``decision`` says.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            Rows like those that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        p = self.predict_proba(X)
        return self.classes_[(p * self.decision_weights_).argmax(axis=1)]
