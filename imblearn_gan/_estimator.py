"""What all that reads data and trains networks has in common."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import _check_feature_names, _check_n_features

from imblearn_gan.data import to_native


def read_rows(estimator: Any, X: Any) -> Any:
    """Return X in its native form, checked against what ``fit`` has seen.

    Parameters
    ----------
    estimator : sampler or classifier
        Fitted, so that it has a ``codec_``.

    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows.

    Returns
    -------
    {ndarray, dataframe, sparse matrix} of shape (n_samples, ...)
        The rows, as :func:`imblearn_gan.data.to_native` gives them.

    Raises
    ------
    ValueError
        If their shape, names or kinds of columns differ, or values are missing or infinite.
    """
    X = to_native(X)
    _check_feature_names(estimator, X, reset=False)
    if len(X.shape) == 2:
        _check_n_features(estimator, X, reset=False)
    estimator.codec_.check(X)
    return X
