"""Structural similarity of images: within a set, and to the nearest real image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import _safe_indexing

from imblearn_gan.data import to_native
from imblearn_gan.metrics._features import Pair, image_reader, import_optional, two_features
from imblearn_gan.seeding import stream_of

_SIGMA, _SIDE, _CHUNK = 1.5, 11, 128


def _mean_ssim(read: Callable, first: Any, i: np.ndarray, second: Any, j: np.ndarray) -> float:
    """Return the mean SSIM of pairs first[i], second[j]; the window shrinks to fit the images."""
    ssim = import_optional("torchmetrics.functional.image", "SSIM")
    values = []
    for part in np.array_split(np.arange(len(i)), range(_CHUNK, len(i), _CHUNK)):
        a, b = read(_safe_indexing(first, i[part])), read(_safe_indexing(second, j[part]))
        side = min(a.shape[2:])
        if side < 3:
            raise ValueError(f"SSIM needs images of at least 3 x 3 pixels. Got {side}.")
        # torchmetrics' window has 2 * int(3.5 * sigma + 0.5) + 1 pixels a side
        sigma = _SIGMA if side >= _SIDE else (side - 1) // 2 / 3.5
        values.append(
            ssim.structural_similarity_index_measure(
                a, b, sigma=sigma, data_range=1.0, reduction="none"
            ).reshape(-1)
        )
    return float(torch.cat(values).mean())


def _pairs(n_samples: int, n_pairs: int, rng: np.random.RandomState) -> tuple:
    """Return pairs of different rows: all of them, or as many as asked for, at random."""
    if n_samples < 2:
        raise ValueError("SSIM of pairs needs at least two images of each set.")
    if n_samples * (n_samples - 1) // 2 <= n_pairs:
        return np.triu_indices(n_samples, k=1)
    first = rng.randint(n_samples, size=n_pairs)
    return first, (first + rng.randint(1, n_samples, size=n_pairs)) % n_samples


def _check_n_pairs(n_pairs: Any) -> None:
    if not isinstance(n_pairs, Integral) or n_pairs < 1:
        raise ValueError(f"n_pairs must be an integer of at least 1. Got {n_pairs!r}.")


def ssim_of_pairs(
    X_real: Any,
    X_generated: Any,
    *,
    n_pairs: int = 1000,
    image_shape: Sequence[int] | None = None,
    channels: str = "auto",
    data_range: Sequence[float] | None = None,
    random_state: Any = None,
) -> Pair:
    """Compute the mean SSIM of pairs of generated images, and of real ones: diversity.

    More than the real ones means less varied. Give the images of one class, or use
    :func:`by_class`. Needs torchmetrics. The Gaussian window of 11 x 11 pixels shrinks to fit
    smaller images.

    Parameters
    ----------
    X_real, X_generated : array-like of shape (n, H, W), (n, C, H, W) or (n, H, W, C)
        Images of one layout, or flattened rows with ``image_shape``.

    n_pairs : int, default=1000
        Number of random pairs of different images; all pairs where there are no more.

    image_shape, channels
        As in the samplers.

    data_range : tuple of two floats or None, default=None
        The values of black and white. None is (0, 255) for uint8, else the least and the
        largest value of the real images.

    random_state : int, RandomState instance or None, default=None
        Choice of pairs.

    Returns
    -------
    generated, real : float
        Mean SSIM of the pairs of each set; 1 is for images that are all the same.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import ssim_of_pairs
    >>> X = np.random.default_rng(0).integers(256, size=(9, 16, 16), dtype=np.uint8)
    >>> ssim_of_pairs(X, X[[0, 0, 0]]).generated
    1.0
    """
    _check_n_pairs(n_pairs)
    real, generated = to_native(X_real), to_native(X_generated)
    read, rng = image_reader(real, image_shape, channels, data_range), stream_of(random_state)
    figures = []
    for X in (generated, real):
        i, j = _pairs(X.shape[0], n_pairs, rng)
        figures.append(_mean_ssim(read, X, i, X, j))
    return Pair(*figures)


def ssim_between(
    X_real: Any,
    X_generated: Any,
    *,
    n_pairs: int = 1000,
    image_shape: Sequence[int] | None = None,
    channels: str = "auto",
    data_range: Sequence[float] | None = None,
    random_state: Any = None,
) -> float:
    """Compute the mean SSIM of pairs of a real and a generated image, as in CAPGAN's tables [1]_.

    More is better there, but it is no measure of quality alone: one blurred mean image, drawn
    again and again, scores high. Read it beside :func:`ssim_of_pairs`. Give the images of one
    class, or use :func:`by_class`. Needs torchmetrics.

    Parameters
    ----------
    X_real, X_generated : array-like of shape (n, H, W), (n, C, H, W) or (n, H, W, C)
        Test images, and generated ones.

    n_pairs : int, default=1000
        Number of random pairs; all pairs where there are no more.

    image_shape, channels
        As in the samplers.

    data_range : tuple of two floats or None, default=None
        As in :func:`ssim_of_pairs`.

    random_state : int, RandomState instance or None, default=None
        Choice of pairs.

    Returns
    -------
    float
        Mean SSIM; 1 is for images that are all the same.

    Raises
    ------
    ValueError
        If ``n_pairs`` is no integer of at least 1, a set is empty, or X holds no images.

    References
    ----------
    .. [1] Y. Yao et al., "Conditional Variational Autoencoder with Balanced Pre-training for
       Generative Adversarial Networks", arXiv:2201.04809, 2022, section 4.3.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import ssim_between
    >>> X = np.random.default_rng(0).integers(256, size=(9, 16, 16), dtype=np.uint8)
    >>> ssim_between(X[:1], X[[0, 0]])
    1.0
    """
    _check_n_pairs(n_pairs)
    real, generated = to_native(X_real), to_native(X_generated)
    sizes = real.shape[0], generated.shape[0]
    read = image_reader(real, image_shape, channels, data_range)
    if sizes[0] * sizes[1] <= n_pairs:
        i, j = np.indices(sizes).reshape(2, -1)
    else:
        rng = stream_of(random_state)
        i, j = (rng.randint(n, size=n_pairs) for n in sizes)
    return _mean_ssim(read, real, i, generated, j)


def ssim_to_nearest(
    X_real: Any,
    X_generated: Any,
    *,
    image_shape: Sequence[int] | None = None,
    channels: str = "auto",
    data_range: Sequence[float] | None = None,
) -> Pair:
    """Compute the mean SSIM of images to their nearest real image: memorisation.

    Nearest by the Euclidean distance of pixels; of real images, the nearest other. Generated
    ones well above the real ones, towards 1, are copies of training images. Give the images of
    one class, or use :func:`by_class`. Needs torchmetrics.

    Parameters
    ----------
    X_real, X_generated : array-like of shape (n, H, W), (n, C, H, W) or (n, H, W, C)
        The images that the sampler was trained on, and generated ones.

    image_shape, channels
        As in the samplers.

    data_range : tuple of two floats or None, default=None
        As in :func:`ssim_of_pairs`.

    Returns
    -------
    generated, real : float
        Mean SSIM to the nearest real image.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_gan.metrics import ssim_to_nearest
    >>> X = np.random.default_rng(0).integers(256, size=(9, 16, 16), dtype=np.uint8)
    >>> ssim_to_nearest(X, X[:3]).generated
    1.0
    """
    real, generated = to_native(X_real), to_native(X_generated)
    read = image_reader(real, image_shape, channels, data_range)
    if real.shape[0] < 2:
        raise ValueError("X_real must have at least two images.")
    rows, new_rows = two_features(real, generated, None)
    neighbors = NearestNeighbors(n_neighbors=1).fit(rows)
    figures = []
    for X, found in (
        (generated, neighbors.kneighbors(new_rows, return_distance=False)),
        (real, neighbors.kneighbors(return_distance=False)),
    ):
        figures.append(_mean_ssim(read, X, np.arange(X.shape[0]), real, found[:, 0]))
    return Pair(*figures)
