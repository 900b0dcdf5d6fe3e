"""How near generated rows are to real ones, as a set."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import svdvals
from scipy.special import rel_entr, softmax
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score
from sklearn.utils.validation import _num_samples, check_array, check_consistent_length
from torch import Tensor, nn

from imblearn_gan.data import plain_labels, to_native
from imblearn_gan.metrics._features import as_array, extract_features, outputs_of, two_features
from imblearn_gan.seeding import stream_of


def frechet_distance(X_real: Any, X_generated: Any, *, features: Any = None) -> float:
    """Compute the squared Fréchet distance of two sets of rows, in the features asked for.

    With Inception's features it is the FID of [1]_. Both sets are taken for Gaussians. The
    figure is biased, the more so the fewer rows there are: compare it only between sets of the
    same sizes and features, and to that of real rows that the sampler has not seen.

    Parameters
    ----------
    X_real, X_generated : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Rows, at least two of each: tables or images.

    features : callable, torch.nn.Module, fitted estimator or None, default=None
        Feature extractor, as in :func:`extract_features`.

    Returns
    -------
    float
        0 for sets of the same mean and covariance.

    Warns
    -----
    UserWarning
        If a set has no more rows than there are features: its covariance is then singular.

    References
    ----------
    .. [1] M. Heusel et al., "GANs trained by a two time-scale update rule converge to a local
       Nash equilibrium", NeurIPS 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import frechet_distance
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> round(frechet_distance(X, X + [2.0, 0.0]), 6)
    4.0
    """
    means, roots = [], []
    for name, rows in zip(("X_real", "X_generated"), two_features(X_real, X_generated, features)):
        n_samples, n_features = rows.shape
        if n_samples < 2:
            raise ValueError(f"{name} must have at least two rows for a Fréchet distance.")
        if n_samples < n_features + 1:
            warnings.warn(
                f"{name} has {n_samples} rows for {n_features} features: the covariance is "
                "singular and the Fréchet distance unreliable. Use fewer features or more rows.",
                stacklevel=2,
            )
        means.append(rows.mean(axis=0))
        roots.append(np.linalg.qr(rows - means[-1], mode="r") / np.sqrt(n_samples - 1))
    # the trace of the root of the product of two covariances R'R is the nuclear norm of R_1 R_2'
    first, second = roots
    overlap = svdvals(first @ second.T).sum()
    spread = np.square(first).sum() + np.square(second).sum() - 2 * overlap
    return float(np.square(means[0] - means[1]).sum() + max(spread, 0.0))


class Spread(NamedTuple):
    """Mean and standard deviation of a figure over parts of the rows."""

    mean: float
    std: float


def inception_score(
    X: Any, classifier: Any, *, n_splits: int | None = None, random_state: Any = None
) -> float | Spread:
    """Compute the inception score of rows: are they sharply of a class, and of all classes?

    The exponential of the mean divergence of the classes of a row from those of all [1]_, over
    all rows at once, or of random parts of them.

    Parameters
    ----------
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, ...)
        Generated rows.

    classifier : fitted classifier, torch.nn.Module or callable
        What knows the classes: by ``predict_proba``; a module gives logits, any other callable
        probabilities, such as :func:`inception_features` with ``output='probabilities'``.

    n_splits : int or None, default=None
        Number of random parts, of nearly the same size, that the score is computed of one by
        one, at most as many as there are rows; published figures are of 10. None computes it of
        all rows at once.

    random_state : int, RandomState instance or None, default=None
        Which rows fall into which part.

    Returns
    -------
    float, or mean and std
        Between 1 and the number of classes. With ``n_splits``, mean and standard deviation over
        the parts.

    Raises
    ------
    ValueError
        If the classifier gives no probabilities, or ``n_splits`` is no integer between 1 and the
        number of rows.

    Warns
    -----
    UserWarning
        If there are no more rows, in a part, than classes: the score cannot exceed the number of
        rows.

    References
    ----------
    .. [1] T. Salimans et al., "Improved techniques for training GANs", NeurIPS 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import inception_score
    >>> round(inception_score(np.arange(30), lambda X: np.eye(3)[X % 3]), 6)
    3.0
    """
    if hasattr(classifier, "predict_proba"):
        p = classifier.predict_proba(X)
    elif isinstance(classifier, nn.Module):
        p = softmax(outputs_of(classifier, X).astype(np.float64), axis=1)
    elif callable(classifier):
        p = classifier(X)
        p = as_array(p) if isinstance(p, Tensor) else p
    else:
        raise ValueError(
            "classifier must have the method predict_proba, or be a torch.nn.Module or a "
            f"callable. Got {classifier!r}."
        )
    p = check_array(p, dtype=np.float64, input_name="classifier(X)")
    if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        raise ValueError("classifier must give probabilities: not negative, rows that sum to 1.")
    n_samples, n_classes = _num_samples(X), p.shape[1]
    if len(p) != n_samples:
        raise ValueError(f"classifier must give {n_samples} rows of probabilities. Got {len(p)}.")
    whole = n_splits is None
    n_parts = 1 if n_splits is None else n_splits
    if not isinstance(n_parts, Integral) or not 1 <= n_parts <= n_samples:
        raise ValueError(
            f"n_splits must be an integer between 1 and {n_samples}, the rows of X, or None. Got "
            f"{n_splits!r}."
        )
    if n_samples // n_parts <= n_classes:
        each = "" if n_parts == 1 else " a part"
        warnings.warn(
            f"X has {n_samples // n_parts} rows{each} for {n_classes} classes: the inception score "
            "is too small. Use more rows.",
            stacklevel=2,
        )
    order = np.arange(n_samples) if whole else stream_of(random_state).permutation(len(p))
    scores = [
        float(np.exp(rel_entr(part, part.mean(axis=0)).sum(axis=1).mean()))
        for part in np.array_split(p[order], n_parts)
    ]
    return scores[0] if whole else Spread(float(np.mean(scores)), float(np.std(scores)))


def v_score(
    z: Any,
    y: Any,
    *,
    n_clusters: int | None = None,
    beta: float = 1.0,
    random_state: Any = None,
) -> float:
    """Tell how well clusters of latent codes are the classes: the V-measure of k-means.

    Parameters
    ----------
    z : array-like of shape (n_samples, n_features)
        Latent codes of rows, for example those that ``encode`` of an autoencoder sampler gives.

    y : array-like of shape (n_samples,)
        Labels of the rows.

    n_clusters : int or None, default=None
        Number of clusters; None is the number of classes.

    beta : float, default=1.0
        What completeness (a class lies in one cluster) weighs against homogeneity (a cluster is
        of one class); 1, of which both weigh the same, is GANDA's.

    random_state : int, RandomState instance or None, default=None
        Start of k-means, of which the best of ten runs is taken.

    Returns
    -------
    float
        Between 0 and 1, which is for clusters that are the classes.

    Examples
    --------
    >>> from imblearn_gan.metrics import v_score
    >>> v_score([[0.0], [0.1], [5.0], [5.1]], ["a", "a", "b", "b"], random_state=0)
    1.0
    """
    z, y = extract_features(to_native(z)), plain_labels(y)
    check_consistent_length(z, y)
    n_clusters = len(np.unique(y)) if n_clusters is None else n_clusters
    means = KMeans(n_clusters, n_init=10, random_state=random_state)
    return float(v_measure_score(y, means.fit_predict(z), beta=beta))
