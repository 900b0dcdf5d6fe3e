"""GAMO2pix: images from feature vectors, one variational autoencoder a class."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from imblearn.utils import Substitution
from sklearn.base import _fit_context
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
)
from torch import Tensor, nn

from imblearn_gan._estimator import read_rows
from imblearn_gan._training import Phase, Player, TrainingData, extract
from imblearn_gan.base import SHARED_PARAMETERS, AdversarialEstimator
from imblearn_gan.data import DataSpec
from imblearn_gan.losses import vae_loss
from imblearn_gan.networks import ClassDecoders, Family, FeatureDecoder

_LATENT_DIM = 100
_LEARNING_RATE = 3e-3


def build_decoders(
    family: Family,
    spec: DataSpec,
    n_features: int,
    classes: Iterable[int],
    latent_dim: int = _LATENT_DIM,
) -> ClassDecoders:
    """One decoder from features to rows for each class."""

    def decoder() -> FeatureDecoder:
        return FeatureDecoder(n_features, latent_dim, family.decoder(spec, latent_dim))

    return ClassDecoders({i: decoder() for i in classes})


def decoding_phase(
    decoders: nn.Module,
    features: Tensor,
    data: TrainingData,
    max_iter: int,
    batch_size: int,
    learning_rate: float = _LEARNING_RATE,
) -> Phase:
    """Each class's autoencoder reconstructs its rows from their (fixed) features."""

    def player(i: int) -> Player:
        rows = data.rows_of(i)
        decoder: Any = decoders.get_submodule(str(i))
        x, f = data.x[rows], features[rows]

        def losses(index: Tensor) -> dict[str, Tensor]:
            decoded, mean, log_variance = decoder.reconstruct(f[index])
            return vae_loss(decoded, x[index], mean, log_variance)

        return Player(
            f"class_{i}",
            [decoder],
            losses,
            lambda: torch.randint(len(x), (batch_size,), device=x.device),
            learning_rate,
        )

    players = [player(int(i)) for i, _ in decoders.named_children()]
    return Phase("gamo2pix", players, max_iter, lr_decay=True)


@Substitution(**SHARED_PARAMETERS)
class GAMO2pix(AdversarialEstimator):
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

    {random_state}

    {latent_dim}

    max_iter : int, default=1000
        Updates of each class's network. The paper has 25,000.

    {batch_size}

    learning_rate : float, default=3e-3
        Step size of Adam at the start; it falls to zero along half a cosine.

    {architecture}

    {image_shape}

    {channels}

    {categorical_features}

    {device}

    {precision}

    {callbacks}

    {verbose}

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

    _parameter_constraints: dict = {
        "extractor": [nn.Module],
        **AdversarialEstimator._parameter_constraints,
    }

    def __init__(
        self,
        extractor,
        *,
        random_state=None,
        latent_dim=_LATENT_DIM,
        max_iter=1000,
        batch_size=64,
        learning_rate=_LEARNING_RATE,
        architecture="auto",
        image_shape=None,
        channels="auto",
        categorical_features="auto",
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
    ):
        self.extractor = extractor
        super().__init__(
            random_state=random_state,
            latent_dim=latent_dim,
            max_iter=max_iter,
            batch_size=batch_size,
            learning_rate=learning_rate,
            architecture=architecture,
            image_shape=image_shape,
            channels=channels,
            categorical_features=categorical_features,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
        )

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Learn to decode the features of real images.

        Parameters
        ----------
        X : array-like
            Images, as the samplers take them.

        y : array-like of shape (n_rows,)
            Labels.

        Returns
        -------
        self : object
            The fitted instance.
        """
        self._forget()
        X, y = self._read(X, y)
        counts = np.bincount(y).tolist()
        self._train(self.codec_.encode(X), y, self.codec_.spec(counts), counts)
        return self

    def _build_networks(self, spec: DataSpec, n_to_make: Sequence[int]) -> nn.ModuleDict:
        extractor = copy.deepcopy(self.extractor).eval()
        with torch.no_grad():
            shape = extractor(torch.zeros(2, *spec.shape)).shape
        if len(shape) != 2 or shape[0] != 2:
            raise ValueError(
                "extractor must give one feature vector for each image, (2, n_features) for two. "
                f"Got a tensor of shape {tuple(shape)}."
            )
        family = self._family(spec)
        decoders = build_decoders(family, spec, shape[1], range(spec.n_classes), self.latent_dim)
        return nn.ModuleDict({"extractor": extractor, "decoders": decoders})

    def _phases(self, networks: nn.ModuleDict, data: TrainingData) -> Iterator[Phase]:
        features = extract(networks["extractor"], data.x)
        yield decoding_phase(
            networks["decoders"],
            features,
            data,
            self.max_iter,
            self.batch_size,
            self.learning_rate,
        )

    def transform(self, X):
        """Features of images.

        Parameters
        ----------
        X : array-like
            Images of the shape that ``fit`` got.

        Returns
        -------
        ndarray of shape (n_rows, n_features), dtype float32
            Their features.
        """
        check_is_fitted(self)
        encoded = torch.from_numpy(self.codec_.encode(read_rows(self, X)))
        return extract(self.networks_["extractor"], encoded).numpy()

    def decode(self, features, y):
        """Images of feature vectors.

        Parameters
        ----------
        features : array-like of shape (n_rows, n_features)
            Feature vectors.

        y : array-like of shape (n_rows,)
            The class of each, one of ``classes_``.

        Returns
        -------
        array-like
            Images in the container, layout and dtype that ``fit`` got.
        """
        check_is_fitted(self)
        features = check_array(features, dtype=np.float32)
        check_consistent_length(features, y)
        codes = self.label_codec_.encode(y)
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(self.classes_)).tolist()
        with torch.no_grad():
            images = self.networks_["decoders"](torch.from_numpy(features[order]), counts)
        return self.codec_.decode(images.numpy()[np.argsort(order)])
