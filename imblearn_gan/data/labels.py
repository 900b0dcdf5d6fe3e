"""Labels and class codes."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from imblearn.utils import check_target_type
from scipy import sparse
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from imblearn_gan.data.containers import missing_in
from imblearn_gan.data.frames import is_frame, take, to_pandas


def check_no_label_missing(labels: Any) -> None:
    """Raise a ValueError if rows have no label.

    Parameters
    ----------
    labels : array-like of shape (n_samples,) or (n_samples, n_columns)
        Labels.

    Raises
    ------
    ValueError
        If some are None, NaN, null, masked or not a time.

    Examples
    --------
    >>> from imblearn_gan.data import check_no_label_missing
    >>> check_no_label_missing(["a", None])
    Traceback (most recent call last):
    ...
    ValueError: y lacks the labels of 1 rows (NaN or None): drop these first.
    """
    labels = to_pandas(labels, "y")
    if np.ma.isMaskedArray(labels):
        missing = np.ma.getmaskarray(labels)
    elif hasattr(labels, "isna"):
        missing = np.asarray(labels.isna())
    else:
        # the labels themselves: as an array, ["a", nan] is ["a", "nan"]
        typed = isinstance(getattr(labels, "dtype", None), np.dtype)  # HDF5 makes no objects
        values = labels.toarray() if sparse.issparse(labels) else labels
        values = np.asarray(values, dtype=None if typed else object)
        missing = missing_in(values.ravel()).reshape(values.shape)
    if n_missing := int(missing.any(axis=tuple(range(1, missing.ndim))).sum()):
        raise ValueError(f"y lacks the labels of {n_missing} rows (NaN or None): drop these first.")


def plain_labels(labels: Any) -> np.ndarray:
    """Return labels as an array of one type, as it can be sorted.

    Parameters
    ----------
    labels : array-like of shape (n_samples,) or (n_samples, n_columns)
        Labels, plain or one-hot columns, in any container.

    Returns
    -------
    ndarray of shape (n_samples,) or (n_samples, n_columns)
        Booleans, numbers, times or strings.

    Raises
    ------
    ValueError
        If labels are missing, of several types, or of one that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.data import plain_labels
    >>> plain_labels(np.array([3, 4], dtype=object))
    array([3, 4])
    >>> plain_labels([7, "other"])
    Traceback (most recent call last):
    ...
    ValueError: y mixes labels of the types int and str: give all of them one type.
    """
    labels = to_pandas(labels, "y")
    if labels is None:
        raise ValueError("Training requires y to be passed, but the target y is None.")
    shape = getattr(labels, "shape", None) or np.asarray(labels, dtype=object).shape
    if len(shape) not in (1, 2):
        got = f"an array of shape {tuple(shape)}" if shape else repr(labels)
        raise ValueError(f"y must be labels, one a row, or one-hot columns. Got {got}.")
    check_no_label_missing(labels)
    if sparse.issparse(labels):
        return labels.toarray()
    if is_frame(labels) and labels.shape[1] == 1:
        labels = labels.iloc[:, 0]
    numpy_dtype = getattr(getattr(labels, "dtype", None), "numpy_dtype", None)
    if numpy_dtype is not None and numpy_dtype.kind in "biuf":
        return labels.to_numpy(dtype=numpy_dtype)  # large integers are no floats
    listed = isinstance(labels, (list, tuple)) or is_frame(labels)
    values = np.asarray(labels, dtype=object if listed else None)
    if values.dtype.kind == "c":
        raise ValueError(f"y holds complex numbers, of the dtype {values.dtype}: give labels.")
    return _of_one_type(values, listed) if values.dtype.kind in "OT" else values


def label_keys(labels: np.ndarray) -> list:
    """Return labels as they are told by, in dicts and messages.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        Labels of one type.

    Returns
    -------
    list
        Python's own values, as ``tolist`` gives them; of times NumPy's: ``tolist`` makes integers
        of nanoseconds, which no time is equal to.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.data import label_keys
    >>> label_keys(np.array([3, 4]))
    [3, 4]
    >>> str(label_keys(np.array(["2020-01-02"], dtype="M8[D]"))[0])
    '2020-01-02'
    """
    return list(labels) if labels.dtype.kind in "Mm" else labels.tolist()


def _of_one_type(values: np.ndarray, listed: bool) -> np.ndarray:
    """Return objects as an array of a dtype of their own; strings stay objects unless listed."""
    flat = values.astype(object).ravel().tolist()
    types = {type(value) for value in flat}
    names = sorted({kind.__name__ for kind in types})
    families = {_family(kind) for kind in types}
    if len(families) > 1:
        raise ValueError(
            f"y mixes labels of the types {', '.join(names[:-1])} and {names[-1]}: give all of "
            "them one type."
        )
    if families == {str} and not listed:
        return values.astype(object)
    known = families <= {str, bool, Real} or all(issubclass(kind, np.generic) for kind in types)
    plain = np.array(flat) if known else values
    if plain.dtype.kind == "O" or label_keys(plain) != flat:
        raise ValueError(
            f"y holds labels of the type {names[0]} that cannot be used: turn them into strings "
            "or integers of 64 bits."
        )
    return plain.reshape(values.shape)


def _family(kind: type) -> type:
    """Return the type that stands for types whose values can be compared."""
    for family in (str, bool, Real):
        if issubclass(kind, family) or (family is bool and kind is np.bool_):
            return family
    return kind


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
    ['yes', 'yes']
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
            If labels are missing, of several types or no classes, or a row of one-hot columns has
            no class or several.
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
            If labels are missing, of several types or no classes, or a row of one-hot columns has
            no class or several.
        """
        plain = plain_labels(labels)
        check_classification_targets(plain)
        numbers, self._one_hot = check_target_type(plain, indicate_one_vs_all=True)
        if self._one_hot and not plain.any(axis=1).all():
            raise ValueError("y in one-vs-rest form has rows without a class.")
        self.classes_, first, y = np.unique(numbers, return_index=True, return_inverse=True)
        self._examples = take(labels, first)
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
            If labels are missing, or there is one that ``fit`` has not seen.
        """
        plain = plain_labels(labels)
        plain = column_or_1d(plain.argmax(axis=1) if self._one_hot and plain.ndim == 2 else plain)
        classes = self.classes_
        if plain.dtype.kind in "Mm" and plain.dtype.kind == classes.dtype.kind:
            # to NumPy 1 equal times of two units are two keys
            unit = np.result_type(plain, classes)
            plain, classes = plain.astype(unit), classes.astype(unit)
        code_of = {label: code for code, label in enumerate(label_keys(classes))}
        y = np.array([code_of.get(label, -1) for label in label_keys(plain)], dtype=np.int64)
        if (y < 0).any():
            unknown = list(dict.fromkeys(label_keys(plain[y < 0])))
            raise ValueError(f"y has the classes {unknown[:5]}, which fit has not seen.")
        return y

    def decode(self, y: Any) -> Any:
        """Turn class codes into labels in the form, and in the container, that were seen.

        Parameters
        ----------
        y : array-like of int of shape (n_samples,)
            Class codes.

        Returns
        -------
        array-like of shape (n_samples,) or (n_samples, n_columns)
            Plain labels, or one-hot columns.
        """
        return take(self._examples, y)
