"""What classifiers that train a network share: ``fit`` and ``predict``."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils.validation import check_is_fitted, column_or_1d

from imblearn_gan._estimator import CodecEstimator
from imblearn_gan._more_rows import read_encoded
from imblearn_gan.training import extract, inference


class NetworkClassifier(ClassifierMixin, CodecEstimator):
    """A classifier whose networks ``extractor`` and ``classifier`` give logits.

    A class beside it in the tree has ``_train``, which gives ``networks_``.
    """

    _kept_networks = ("extractor", "classifier")

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> NetworkClassifier:
        """Train the networks.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            The training rows: tables, or images as the samplers take them.

        y : array-like of shape (n_samples,)
            Labels.

        Returns
        -------
        self : object
            The fitted instance.

        Raises
        ------
        ValueError
            For infinity in X, NaN in images, a single class, and parameters that do not fit the
            data.
        """
        return self._fit(X, y)

    def _fit(self, X: Any, y: Any, **given: Any) -> NetworkClassifier:
        """Train on rows, and on what else is ``given`` of them to ``_train``."""
        if getattr(y, "ndim", 1) == 2 and np.shape(y)[1] == 1:
            y = column_or_1d(y, warn=True)
        with self._restored_on_failure():
            X, y = self._read(X, y)
            if len(shape := np.shape(self.label_codec_.decode([0]))) > 1:
                raise ValueError(
                    "y must be labels, one a row, for a classifier. Got "
                    f"{shape[1]} one-hot columns: take y.argmax(axis=1)."
                )
            counts = np.bincount(y)
            if len(counts) < 2:
                raise ValueError(
                    "Classifier can't train when only one class is present: y holds only the class "
                    f"{self.classes_[:1].tolist()[0]!r}."
                )
            encoded, spec = self._encoded(X), self.codec_.spec(counts.tolist())
            added = counts.max() - counts
            if (shares := self._shares(counts, added)) is not None:
                self.learnt_shares_ = shares / shares.sum()
            self._train(encoded, y, spec, added.tolist(), **given)
        return self

    def _shares(self, counts: np.ndarray, added: np.ndarray) -> np.ndarray | None:
        """Return what each class weighs in the loss; None where ``_train`` says it itself."""
        return None

    def _logits(self, X: Any) -> torch.Tensor:
        check_is_fitted(self, "networks_")
        network = torch.nn.Sequential(self.networks_["extractor"], self.networks_["classifier"])
        with inference():
            return extract(network, read_encoded(self, X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            Rows like those that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            In the order of ``classes_``; each row sums to one.
        """
        return torch.softmax(self._logits(X).double(), dim=1).numpy()

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features), or images
            Rows like those that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        y = self._logits(X).argmax(dim=1).numpy()
        return self.classes_[y]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.allow_nan = True  # in tables, not in images
        return tags
