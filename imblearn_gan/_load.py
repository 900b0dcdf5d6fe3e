"""Stored samplers and classifiers, back."""

from __future__ import annotations

import os
from typing import Any

from imblearn_gan import _stored, classifiers, over_sampling


def load(path: str | os.PathLike) -> Any:
    """Read a sampler or classifier that ``save`` has written.

    Nothing in the file is run: it names classes of this package and layers of torch, out of a
    fixed list, and holds tensors and plain values. Every bit is checked first.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    estimator : object
        The fitted sampler or classifier, without its callbacks. It gives the rows, codes and
        probabilities that the stored one gives, on the same kind of machine to the bit.

    Raises
    ------
    OSError
        If the file cannot be opened.

    ValueError
        If it is not a file of ``save``, is damaged, or was written by a version of the package
        whose files this one cannot read; the message says which version can.

    ImportError
        If it holds data frames of a library that is not installed.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn.datasets import make_classification
    >>> import imblearn_gan
    >>> X, y = make_classification(n_samples=60, weights=[0.8], random_state=0)
    >>> sampler = imblearn_gan.CGANOversampler(max_iter=5, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sampler.save(os.path.join(folder, "sampler.safetensors"))
    ...     loaded = imblearn_gan.load(os.path.join(folder, "sampler.safetensors"))
    >>> X_new, y_new = loaded.sample({1: 3}, random_state=0)
    >>> bool((X_new == sampler.sample({1: 3}, random_state=0)[0]).all())
    True
    """
    public = [(module, name) for module in (over_sampling, classifiers) for name in module.__all__]
    return _stored.load(path, {name: getattr(module, name) for module, name in public})
