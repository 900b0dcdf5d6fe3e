"""GAMO2pix: images from feature vectors, one variational autoencoder a class."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted
from torch import nn

from imblearn_gan._docs import documented
from imblearn_gan._estimator import NetworkEstimator
from imblearn_gan._more_rows import read_encoded
from imblearn_gan.data import DataSpec
from imblearn_gan.games.gamo import build_decoders, decoding_phase
from imblearn_gan.training import Phase, TrainingData, extract, inference

#: Adam's step size at the start.
RATE = 3e-3


@documented
@dataclass(kw_only=True, eq=False, repr=False)
class GAMO2pix(NetworkEstimator):
    """Images from the feature vectors of a fixed feature extractor.

    For each class one variational autoencoder is trained whose encoder is the given feature
    extractor F, left as it is, followed by a dense layer; section 5 of [1]_. Vectors between
    those of real images, such as GAMO's convex combinations, decode to images between them.

    Parameters
    ----------
    extractor : torch.nn.Module
        F, from images (n, channels, height, width) with values in [-1, 1] to feature vectors
        (n, n_features). Copied, never changed. ``GAMOClassifier(...).fit(X,
        y).networks_["extractor"]`` is one.

    {data}

    max_iter : int or 'auto', default='auto'
        Updates of each class's network. ``'auto'`` is 1000; the paper has 25,000.

    learning_rate : float or 'auto', default='auto'
        Step size of Adam at the start; it falls to zero along half a cosine. ``'auto'`` is 0.003.

    {game}

    {run}

    Attributes
    ----------
    networks_ : torch.nn.ModuleDict
        ``'extractor'`` and ``'decoders'``, on the CPU.

    history_ : list of dict
        One record a logging interval: ``'phase'``, ``'iteration'`` and mean losses by class.

    n_iter_ : int
        Updates made of each class's network.

    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.

    Raises
    ------
    ValueError
        By ``fit``, if ``extractor`` does not give one vector for each image.

    Notes
    -----
    The loss is the Kullback-Leibler divergence of the code plus the squared error summed over
    pixels (the authors' 784 times the mean squared error, for 28x28). ``decode`` uses the mean
    of the code; only training draws from it.

    References
    ----------
    .. [1] S. S. Mullick, S. Datta and S. Das, "Generative Adversarial Minority Oversampling",
       ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from sklearn.datasets import load_digits
    >>> from imblearn_gan.over_sampling import GAMO2pix
    >>> X, y = load_digits(return_X_y=True)
    >>> images = X[:50].reshape(-1, 8, 8)
    >>> flatten = torch.nn.Flatten()
    >>> model = GAMO2pix(flatten, max_iter=5, random_state=0).fit(images, y[:50])
    >>> features = model.transform(images)
    >>> features.shape, model.decode(features[:3], y[:3]).shape
    ((50, 64), (3, 8, 8))
    """

    _main_phase = "gamo2pix"
    _kept_networks = ("extractor", "decoders")

    _auto: ClassVar[dict[str, tuple[Any, Any]]] = NetworkEstimator._auto | {
        "max_iter": (1000, 1000),
        "learning_rate": (RATE, RATE),
    }

    extractor: Any = field(kw_only=False)
    latent_dim: int = 100

    _parameter_constraints: ClassVar[dict] = {
        **NetworkEstimator._parameter_constraints,
        "extractor": [nn.Module],
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
    }

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> GAMO2pix:
        """Learn to decode the features of real images.

        Parameters
        ----------
        X : array-like
            Images, as the samplers take them.

        y : array-like of shape (n_samples,)
            Labels.

        Returns
        -------
        self : object
            The fitted instance.
        """
        with self._restored_on_failure():
            X, y = self._read(X, y)
            counts = np.bincount(y).tolist()
            self._train(self._encoded(X), y, self.codec_.spec(counts), counts)
        return self

    @property
    def _is_of_this_package(self) -> bool:
        parts = self.extractor.modules()
        known = all(type(p).__module__.startswith(("imblearn_gan.", "torch.nn.")) for p in parts)
        return super()._is_of_this_package and known

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        extractor = copy.deepcopy(self.extractor).eval()
        with torch.no_grad():
            shape = extractor(torch.zeros(2, *spec.shape)).shape
        if len(shape) != 2 or shape[0] != 2:
            raise ValueError(
                "extractor must give one feature vector for each image, (2, n_features) for two. "
                f"Got a tensor of shape {tuple(shape)}."
            )
        family, classes = self._family(spec), range(spec.n_classes)
        decoders = build_decoders(family, spec, shape[1], classes, self.latent_dim)
        return nn.ModuleDict({"extractor": extractor, "decoders": decoders})

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        decoders, features = networks["decoders"], extract(networks["extractor"], data.x)
        yield decoding_phase(
            decoders, features, data, self.max_iter_, self.batch_size_, self.learning_rate_
        )

    def transform(self, X: Any) -> np.ndarray:
        """Return features of images.

        Parameters
        ----------
        X : array-like
            Images of the shape that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_samples, n_features), dtype float32
            Their features.
        """
        check_is_fitted(self)
        with inference():
            return extract(self.networks_["extractor"], read_encoded(self, X)).numpy()

    def decode(self, features: Any, y: Any) -> Any:
        """Return images of feature vectors.

        Parameters
        ----------
        features : array-like of shape (n_samples, n_features)
            Feature vectors.

        y : array-like of shape (n_samples,)
            The class of each, one of ``classes_``.

        Returns
        -------
        array-like
            Images in the container, layout and dtype that ``fit`` got.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.

        ValueError
            If vectors are not as long as those of the extractor, or y holds an unknown label.
        """
        check_is_fitted(self)
        features = check_array(features, dtype=np.float32)
        check_consistent_length(features, y)
        y = self.label_codec_.encode(y)
        decoders: Any = self.networks_["decoders"]
        n_features = next(iter(decoders.values())).trunk[0].in_features
        if features.shape[1] != n_features:
            raise ValueError(
                f"features has {features.shape[1]} columns, but the extractor gives vectors of "
                f"{n_features} values, as transform does."
            )
        spec = self.codec_.spec(())
        images = np.empty((len(y), *spec.shape), dtype=np.float32)
        with inference():
            for code in np.unique(y):
                mine = torch.from_numpy(features[y == code])
                images[y == code] = extract(decoders[str(code)], mine, n_values=spec.n_values)
            return self._origin.give_back(self.codec_.decode(images))
