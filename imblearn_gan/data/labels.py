"""Labels and class codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from imblearn.utils import check_target_type
from scipy import sparse
from sklearn.utils.validation import column_or_1d

from imblearn_gan.data.containers import is_missing


def check_no_label_missing(labels: Any) -> None:
    """Raise a ValueError if rows have no label.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        Labels.

    Raises
    ------
    ValueError
        If some are None, NaN or pandas' NA.

    Examples
    --------
    >>> from imblearn_gan.data import check_no_label_missing
    >>> check_no_label_missing(["a", None])
    Traceback (most recent call last):
    ...
    ValueError: y lacks the labels of 1 rows (NaN or None): drop these first.
    """
    # the labels themselves: as an array, ["a", nan] is ["a", "nan"]
    if missing := sum(map(is_missing, np.asarray(labels, dtype=object).ravel())):
        raise ValueError(f"y lacks the labels of {missing} rows (NaN or None): drop these first.")


class LabelCodec:
    """Turn labels into class codes 0 ... C-1, and class codes into labels like those seen.

    Labels are plain, one a row, or one-hot columns.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The plain labels, sorted: of one-hot columns their numbers.

    Examples
    --------
    >>> from imblearn_gan.data import LabelCodec
    >>> codec = LabelCodec()
    >>> codec.fit_encode(["no", "yes", "no"])
    array([0, 1, 0])
    >>> codec.decode([1, 1])
    array(['yes', 'yes'], dtype='<U3')
    """

    def fit(self, labels: Any) -> LabelCodec:
        """Learn the classes, and whether they are one-hot columns.

        Parameters
        ----------
        labels : array-like of shape (n_samples,) or (n_samples, n_columns)
            Labels.

        Returns
        -------
        self : LabelCodec
            The fitted codec.

        Raises
        ------
        ValueError
            If labels are missing, or a row of one-hot columns has no class or several.
        """
        self.fit_encode(labels)
        return self

    def fit_encode(self, labels: Any) -> np.ndarray:
        """Learn the classes, and return the class codes.

        Parameters
        ----------
        labels : array-like of shape (n_samples,) or (n_samples, n_columns)
            Labels.

        Returns
        -------
        y : ndarray of shape (n_samples,), dtype int64
            Class codes.

        Raises
        ------
        ValueError
            If labels are missing, or a row of one-hot columns has no class or several.
        """
        labels = _as_array(labels)
        plain, one_hot = check_target_type(labels, indicate_one_vs_all=True)
        self._one_hot = (labels.shape[1], labels.dtype) if one_hot else None
        if one_hot and not np.asarray(labels).any(axis=1).all():
            raise ValueError("y in one-vs-rest form has rows without a class.")
        self.classes_, y = np.unique(np.asarray(plain), return_inverse=True)
        return y

    def encode(self, labels: Any) -> np.ndarray:
        """Turn labels into class codes.

        Parameters
        ----------
        labels : array-like of shape (n_samples,) or (n_samples, n_columns)
            Labels in the form that was seen, or plain ones.

        Returns
        -------
        y : ndarray of shape (n_samples,), dtype int64
            Class codes.

        Raises
        ------
        ValueError
            If there is a label that ``fit`` has not seen.
        """
        labels = labels.toarray() if sparse.issparse(labels) else np.asarray(labels)
        plain = labels.argmax(axis=1) if self._one_hot and labels.ndim == 2 else labels
        plain = column_or_1d(plain)
        code_of = {label: code for code, label in enumerate(self.classes_.tolist())}
        y = np.array([code_of.get(label, -1) for label in plain.tolist()], dtype=np.int64)
        if (y < 0).any():
            unknown = list(dict.fromkeys(plain[y < 0].tolist()))
            raise ValueError(f"y has the classes {unknown[:5]}, which fit has not seen.")
        return y

    def decode(self, y: Any) -> np.ndarray:
        """Turn class codes into labels in the form that was seen.

        Parameters
        ----------
        y : array-like of int of shape (n_samples,)
            Class codes.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_columns)
            Plain labels, or one-hot columns.
        """
        labels = self.classes_[y]
        if self._one_hot is None:
            return labels
        n_columns, dtype = self._one_hot
        return np.eye(n_columns, dtype=dtype)[labels]


def _as_array(labels: Any) -> Any:
    """Return labels as something whose classes imbalanced-learn can tell."""
    if isinstance(labels, list) and len(labels) and np.ndim(labels) == 2:
        return np.asarray(labels)
    if sparse.issparse(labels):
        return labels.toarray()
    if hasattr(labels, "to_numpy") and getattr(labels, "ndim", 1) == 2 and labels.shape[1] > 1:
        return np.array(labels.to_numpy().tolist())  # nullable dtypes come as objects
    if hasattr(getattr(labels, "dtype", None), "numpy_dtype") and not labels.isna().any():
        return labels.to_numpy(dtype=labels.dtype.numpy_dtype)  # large integers are no floats
    return labels
