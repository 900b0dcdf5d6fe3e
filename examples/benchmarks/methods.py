"""Methods that can be compared: all of the package, and what every claim must stand beside."""

import importlib.util

import imblearn.over_sampling
import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator

import imblearn_gan
from imblearn_gan import over_sampling

#: Samplers and classifiers of the package; a new sampler joins by itself. A classifier stands
#: among those of one kind, with whose budget it is trained.
SAMPLERS = [n for n in over_sampling.__all__ if hasattr(getattr(over_sampling, n), "fit_resample")]
OWN_CLASSIFIERS = {"GAMOClassifier": "cnn", "DOSClassifier": "cnn", "ResNetClassifier": "resnet"}


class PartialOversampler(BaseEstimator):
    """Random oversampling that repeats less, or replaces some of what it repeats by noise.

    Up to ``fraction`` of the largest class or, with ``fraction=None``, to the geometric mean of a
    class and the largest one.
    """

    def __init__(self, *, fraction=1.0, noise=0.0, random_state=None):
        self.fraction = fraction
        self.noise = noise
        self.random_state = random_state

    def fit_resample(self, X, y):
        """Real rows, and the added ones under them."""
        labels, counts = np.unique(y, return_counts=True)
        aims = np.sqrt(counts * counts.max())
        if self.fraction is not None:
            aims = np.maximum(counts, self.fraction * counts.max())
        sampler = imblearn.over_sampling.RandomOverSampler(
            sampling_strategy=dict(zip(labels.tolist(), aims.astype(int).tolist())),
            random_state=self.random_state,
        )
        X_res, y_res = sampler.fit_resample(X, y)
        if self.noise:
            stream = np.random.default_rng(self.random_state)
            added = len(X) + stream.permutation(len(X_res) - len(X))
            noisy = added[: int(self.noise * len(added))]
            X_res[noisy] = stream.uniform(X.min(), X.max(), X_res[noisy].shape)
        return X_res, y_res


class CTGANOversampler(BaseEstimator):
    """CTGAN, asked for rows of the rare class; those that come back with another are left out."""

    def __init__(self, *, epochs=300, random_state=None):
        self.epochs = epochs
        self.random_state = random_state

    def fit_resample(self, X, y):
        """Real rows, and the made ones under them; ``right_labels_`` is the fraction kept."""
        from ctgan import CTGAN

        torch.manual_seed(self.random_state)
        labels, counts = np.unique(y, return_counts=True)
        names = dict(zip(labels.tolist(), map(str, labels.tolist())))
        model = CTGAN(epochs=self.epochs, enable_gpu=False)
        texts = [*X.columns[X.dtypes == "category"], "label"]
        model.fit(X.assign(label=[names[label] for label in y.tolist()]), discrete_columns=texts)
        blocks, made_labels, n_drawn, n_kept = [X], [y], 0, 0
        for label, n_missing in zip(labels.tolist(), (counts.max() - counts).tolist()):
            made = X.iloc[:0]
            for _ in range(50 if n_missing else 0):
                drawn = model.sample(n_missing, "label", names[label])
                kept = drawn[drawn["label"] == names[label]].drop(columns="label")
                made = pd.concat([made, kept]) if len(made) else kept
                n_drawn, n_kept = n_drawn + len(drawn), n_kept + len(kept)
                if len(made) >= n_missing:
                    break
            blocks.append(made.iloc[:n_missing].astype(X.dtypes))
            made_labels.append(np.full(min(n_missing, len(made)), label, y.dtype))
        self.right_labels_ = round(n_kept / max(n_drawn, 1), 3)
        return pd.concat(blocks), np.concatenate(made_labels)


BASELINES = {
    "random oversampling": imblearn.over_sampling.RandomOverSampler,
    "SMOTE": imblearn.over_sampling.SMOTE,
    "BorderlineSMOTE": imblearn.over_sampling.BorderlineSMOTE,
}
PARTIAL = {
    "random oversampling to half": {"fraction": 0.5},
    "random oversampling to the geometric mean": {"fraction": None},
    "random oversampling, half noise": {"noise": 0.5},
}
UNCHANGED = ["none", "class weight", "balanced batches"]
#: All that ``--methods all`` means, and what must be named.
ALL = ["none", "class weight", *BASELINES, *SAMPLERS, *OWN_CLASSIFIERS]
NAMED = ["balanced batches", *PARTIAL, "CTGAN"]


def has_settings(method):
    """Whether ``--settings`` is for this method."""
    return method in SAMPLERS or method in OWN_CLASSIFIERS or method == "CTGAN"


def is_for(method, kind):
    """Whether this kind of classifier, or the fidelity of images, says something of a method."""
    if method in OWN_CLASSIFIERS:
        return kind == OWN_CLASSIFIERS[method]
    if method == "balanced batches":
        return kind in ("cnn", "cnn_dos")
    return kind != "fidelity" or method != "class weight"


def check_settings(method, settings):
    """A ValueError says what is wrong with settings, or with a method here, before any work."""
    if method == "CTGAN" and importlib.util.find_spec("ctgan") is None:
        raise ValueError("CTGAN needs ctgan: pip install --no-deps ctgan rdt")
    if method == "CTGAN":
        CTGANOversampler().set_params(**settings)
    elif has_settings(method):
        getattr(imblearn_gan, method)().set_params(**settings)._validate_params()


def smallest_class(y):
    """Its number of rows."""
    return int(np.unique(y, return_counts=True)[1].min())


def resample(method, X, y, *, seed, device="auto", settings=None):
    """The rows that a classifier learns from, and the fitted sampler, if any."""
    if method in UNCHANGED or method in OWN_CLASSIFIERS:
        return X, y, None
    if method in SAMPLERS:
        sampler = getattr(imblearn_gan, method)(
            random_state=seed, device=device, **(settings or {})
        )
        return *sampler.fit_resample(X, y), sampler
    if method == "CTGAN":
        sampler = CTGANOversampler(random_state=seed, **(settings or {}))
        return *sampler.fit_resample(X, y), sampler
    sampler = _baseline(method, X, y, seed)
    if isinstance(X, pd.DataFrame):
        return *sampler.fit_resample(X, y), sampler
    rows, labels = sampler.fit_resample(X.reshape(len(X), -1).astype(np.float32), y)
    rows = np.rint(rows) if X.dtype.kind in "iu" else rows
    return rows.reshape(-1, *X.shape[1:]).astype(X.dtype), labels, sampler


def _baseline(method, X, y, seed):
    """A sampler of imbalanced-learn; SMOTENC where a table has categories."""
    if method in PARTIAL:
        return PartialOversampler(random_state=seed, **PARTIAL[method])
    if method == "random oversampling":
        return BASELINES[method](random_state=seed)
    given = {"random_state": seed, "k_neighbors": min(5, smallest_class(y) - 1)}
    if method == "SMOTE" and isinstance(X, pd.DataFrame) and "category" in map(str, X.dtypes):
        return imblearn.over_sampling.SMOTENC("auto", **given)
    return BASELINES[method](**given)


def as_numbers(method, X):
    """BorderlineSMOTE knows no categories: it sees them as columns of 0 and 1."""
    if method == "BorderlineSMOTE" and isinstance(X, pd.DataFrame):
        return pd.get_dummies(X, dtype=float)
    return X
