"""Methods that can be compared: all of the package, and what every claim must stand beside."""

import importlib.util

import imblearn.over_sampling
import numpy as np
import pandas as pd
import torch
from classifiers import AUGMENTATION, FLAT, PREVALENCE, RESNETS, TUNED, UNDER
from sklearn.base import BaseEstimator
from sklearn.utils import resample as bootstrap

import imblearn_gan
from imblearn_gan import over_sampling
from imblearn_gan.presets import Epochs
from imblearn_gan.resampled._draws import draws

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
COPIES = ["mirrored copies", "augmented copies"]
#: Samplers of others that can start from some rows of large classes.
REFITTED = ["random oversampling", "SMOTE"]
UNCHANGED = ["none", PREVALENCE, TUNED, UNDER, "class weight", "balanced batches"]
#: All that ``--methods all`` means, and what must be named.
ALL = ["none", "class weight", *BASELINES, *SAMPLERS, *OWN_CLASSIFIERS]
NAMED = [PREVALENCE, TUNED, UNDER, "balanced batches", *PARTIAL, *COPIES, "CTGAN"]
NO_MISSING = ["SMOTE", "BorderlineSMOTE", "CTGAN"]
#: Columns, which are no classifier, are of generated rows; images have a fidelity of their own.
LOOKS = ["fidelity", "columns"]


def to_geometric_mean(y):
    """The rows that bring each class to the geometric mean of its size and the largest one's."""
    labels, counts = np.unique(y, return_counts=True)
    aims = np.sqrt(counts * counts.max()).astype(int)
    return {a: n for a, n, old in zip(labels.tolist(), aims.tolist(), counts) if n > old}


def instance(method, settings, **common):
    """A sampler or classifier of the package; with ``paper`` in its settings, of its paper.

    What ``paper`` holds are parameters of the class method ``paper()``, budgets among them like
    ``"30 epochs"``; DOS has none here. The ``sampling_strategy`` may be ``"geometric mean"``.
    """
    settings = dict(settings or {})
    paper = settings.pop("paper", None)
    paper = paper and {name: counted(value) for name, value in paper.items()}
    if settings.get("sampling_strategy") == "geometric mean":
        settings["sampling_strategy"] = to_geometric_mean
    kind = getattr(imblearn_gan, method)
    make = kind if paper is None else getattr(kind, "paper", kind)
    return make(**{**(paper or {}), **settings, **common})


def counted(value):
    """A budget like ``"30 epochs"``, which becomes updates; anything else as it is."""
    return Epochs(int(value.split()[0])) if str(value).endswith(" epochs") else value


def copies(method, X, y, seed):
    """Images repeated until classes are even, each added one mirrored, or changed at random."""
    if method == "augmented copies":
        sampler = over_sampling.CGANOversampler(
            replay=1.0, replay_augmentation=AUGMENTATION, random_state=seed
        )
        return *sampler.fit_resample(X, y), None
    rows = imblearn.over_sampling.RandomOverSampler(random_state=seed)
    index, y_res = rows.fit_resample(np.arange(len(X))[:, None], y)
    X_res = X[index.ravel()]
    X_res[len(X) :] = X_res[len(X) :, :, ::-1]
    return X_res, y_res, None


def has_settings(method):
    """Whether ``--settings`` is for this method."""
    return method in SAMPLERS or method in OWN_CLASSIFIERS or method == "CTGAN"


def source(method):
    """The method whose rows, and fitted classifiers, this one takes."""
    return "none" if method == PREVALENCE else method


def is_for(method, kind, n_draws=1, recipe="", class_size="largest"):
    """Whether this kind of classifier, or a look at the rows, says something of a method."""
    if class_size != "largest" and (n_draws == 1 or method not in [*SAMPLERS, *REFITTED]):
        return False
    if recipe and (kind not in RESNETS or n_draws > 1 or method in OWN_CLASSIFIERS):
        return False
    if method in OWN_CLASSIFIERS:
        return kind == OWN_CLASSIFIERS[method] and n_draws == 1
    if method == "balanced batches":
        return kind in ("cnn", "cnn_dos") and n_draws == 1
    if kind in LOOKS:
        return n_draws == 1 and (method == "none" or method not in UNCHANGED)
    if method == "class weight":
        return kind != "mlp" and n_draws == 1
    if method == PREVALENCE and kind not in (*FLAT, *RESNETS):
        return False
    if method in (TUNED, UNDER) and kind not in FLAT:
        return False
    return {TUNED: n_draws == 1, UNDER: n_draws > 1, "CTGAN": n_draws == 1}.get(method, True)


def check_settings(method, settings):
    """A ValueError says what is wrong with settings, or with a method here, before any work."""
    if method == "CTGAN" and importlib.util.find_spec("ctgan") is None:
        raise ValueError("CTGAN needs ctgan: pip install --no-deps ctgan rdt")
    if method == "CTGAN":
        CTGANOversampler().set_params(**settings)
    elif has_settings(method):
        try:
            instance(method, settings)._validate_params()
        except TypeError as error:  # of paper()
            raise ValueError(str(error)) from error


def smallest_class(y):
    """Its number of rows."""
    return int(np.unique(y, return_counts=True)[1].min())


def redraw(method, sampler, rows, *, seed, draw, device="auto", settings=None):
    """The rows of a later draw, of the balanced set that the first one was and what made it.

    A sampler of the package is not trained again: its generated rows are replaced by fresh ones.
    What draws nothing is a bootstrap of its rows.
    """
    X, y, X_res, y_res = rows
    if method in UNCHANGED:
        return bootstrap(X, y, stratify=y, random_state=np.random.RandomState([seed, draw]))
    if method not in SAMPLERS:
        return resample(method, X, y, seed=1000 * draw + seed)[:2]
    made = sampler.synthetic_mask_
    labels, counts = np.unique(y_res[made], return_counts=True)
    X_new, y_new = sampler.sample(dict(zip(labels.tolist(), counts.tolist())), random_state=draw)
    kept = X_res[~made]
    stack = pd.concat if isinstance(X, pd.DataFrame) else np.concatenate
    return stack([kept, X_new]), np.concatenate([y_res[~made], y_new])


def smaller_sets(method, X, y, *, n_draws, class_size, seed, device="auto", settings=None):
    """Sets with as many rows of each class as ``class_size`` says, and the fitted sampler."""
    if method in SAMPLERS:
        sampler = instance(method, settings, random_state=seed, device=device)
    else:
        sampler = _baseline(method, X, y, seed)
    stream = np.random.RandomState(seed)
    sampler, sets = draws(sampler, X, y, n_draws, stream, class_size)
    return [(drawn.X, drawn.y) for drawn in sets], sampler


def resample(method, X, y, *, seed, device="auto", settings=None):
    """The rows that a classifier learns from, and the fitted sampler, if any."""
    if method in UNCHANGED or method in OWN_CLASSIFIERS:
        return X, y, None
    if method in SAMPLERS:
        sampler = instance(method, settings, random_state=seed, device=device)
        return *sampler.fit_resample(X, y), sampler
    if method in COPIES:
        return copies(method, X, y, seed)
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
    texts = [dtype == "category" for dtype in X.dtypes] if isinstance(X, pd.DataFrame) else [False]
    if method == "SMOTE" and all(texts):
        return imblearn.over_sampling.SMOTEN(**given)
    if method == "SMOTE" and any(texts):
        return imblearn.over_sampling.SMOTENC("auto", **given)
    return BASELINES[method](**given)


def suited(method, X, X_test):
    """The rows as a method takes them.

    SMOTE and CTGAN know no missing values, which are filled in by medians and modes of the
    training rows; BorderlineSMOTE, no categories, which it sees as columns of 0 and 1.
    """
    if not isinstance(X, pd.DataFrame):
        return X, X_test
    if method in NO_MISSING and (X.isna().any(axis=None) or X_test.isna().any(axis=None)):
        texts = X.select_dtypes("category").columns
        values = {**X.drop(columns=texts).median(), **{text: X[text].mode()[0] for text in texts}}
        X, X_test = X.fillna(values), X_test.fillna(values)
    if method == "BorderlineSMOTE":
        X, X_test = pd.get_dummies(X, dtype=float), pd.get_dummies(X_test, dtype=float)
    return X, X_test
