"""Classifiers that methods are compared by, and what is said of them.

Neural ones make the same number of updates with every method, however many rows it returns
(ResNet-18 whole epochs, rounded up): ``small`` is GAMO's CNN for 2,000 updates of 64 rows and a
ResNet-18 of width 16 for 625; ``full`` is both for 20,000, ResNet-18 at its full width, which
``resnet_wide`` always has.

``boosting`` is scikit-learn's with its defaults, whose leaves of 20 rows a class of ten cannot
fill; ``boosting_leaves5`` has leaves of five. A bag of k forests has as many trees as one forest.
"""

import time
import warnings

import numpy as np
import recipes
import torch
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    log_loss,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import imblearn_gan
from imblearn_gan import DOSClassifier, GAMOClassifier, ResNetClassifier
from imblearn_gan.resampled import shift_priors
from imblearn_gan.training import extract

CNNS = ["cnn", "cnn_dos"]
RESNETS = ["resnet", "resnet_long", "resnet_augmented", "resnet_wide"]
FLAT = ["logistic", "boosting", "boosting_leaves5", "forest", "mlp"]
SCALED = ["logistic", "mlp"]  # the others take numbers as they are, and missing ones
#: Methods that decide otherwise than by the largest probability, or whose members draw their rows.
PREVALENCE, TUNED, UNDER = "threshold at prevalence", "tuned threshold", "under-sampling bagging"
ALL = [*CNNS, *RESNETS, *FLAT]
AUGMENTATION = {"mirror": {}, "translation": {"ratio": 0.07}}


class CNN(GAMOClassifier):
    """F and M of GAMO's game, on real rows alone."""

    def _build_networks(self, spec, n_to_make):
        return super()._build_networks(spec, [0] * len(n_to_make))


class UnderSamplingBagging(BalancedBaggingClassifier):
    """Under-sampling bagging that draws again where a bootstrap has no row of a class.

    Of 220 rows with five rare ones, one bootstrap in 150 has none of them; imbalanced-learn's own
    refuses it.
    """

    def fit(self, X, y):
        """Fit with the first seed with which each member has rows of both classes."""
        while True:
            try:
                return super().fit(X, y)
            except ValueError as error:
                if "needs to have more than 1 class" not in str(error) or len(np.unique(y)) < 2:
                    raise
                self.random_state += 1000


class DOSNetwork(CNN):
    """The same training, with the networks of DOS."""

    def _build_networks(self, spec, n_to_make):
        return DOSClassifier()._build_networks(spec, n_to_make)


class FeatureSMOTE(BaseEstimator):
    """SMOTE in the features that GAMO's classifier network has learnt, and its M learnt anew."""

    def __init__(self, network):
        self.network = network

    def fit(self, X, y):
        """F on the rows, then M on their features and SMOTE's."""
        self.first_ = clone(self.network).fit(X, y)
        self.classes_ = self.first_.classes_
        least = int(np.unique(y, return_counts=True)[1].min())
        smote = SMOTE(k_neighbors=min(5, least - 1), random_state=self.network.random_state)
        plain = {"architecture": "mlp", "combine": "rows"}
        self.second_ = clone(self.network).set_params(**plain)
        self.second_.fit(*smote.fit_resample(self._features(X), y))
        return self

    def _features(self, X):
        rows = torch.from_numpy(self.first_.codec_.encode(X))
        return extract(self.first_.networks_["extractor"], rows).numpy()

    def predict_proba(self, X):
        """Probabilities by the second M."""
        return self.second_.predict_proba(self._features(X))

    def predict(self, X):
        """Classes by the second M."""
        return self.second_.predict(self._features(X))


def updates(kind, budget):
    """How many updates a neural classifier makes."""
    small, full = (2000, 20000) if kind in CNNS else (625, 20000)
    n = {"small": small, "full": full}.get(budget) or int(budget)
    return n if kind in (*CNNS, "resnet") else 2 * n


def classifier(
    kind, method, *, seed, budget, n_rows, device="auto", settings=None, recipe="", n_draws=1
):
    """A fresh classifier of this kind for the rows, ``n_rows`` of them, of this method."""
    if kind in FLAT:
        return _flat(kind, method, seed, n_draws)
    common = {"random_state": seed, "device": device}
    n_updates = updates(kind, budget)
    if kind in CNNS:
        return _cnn(kind, method, n_updates, common, settings or {})
    common |= {
        "width": 64 if budget == "full" or kind == "resnet_wide" else 16,
        "max_epochs": int(np.ceil(n_updates * 64 / n_rows)),
        "validation_fraction": 0,
        "precision": "auto",
        "class_weight": "balanced" if method == "class weight" else None,
        "augmentation": AUGMENTATION if kind in ("resnet_augmented", "resnet_wide") else None,
    }
    return ResNetClassifier(**{**common, **(settings or {}), **recipes.parameters(recipe)})


def _cnn(kind, method, n_updates, common, settings):
    if method == "DOSClassifier":  # a quarter of the updates before over-sampling
        before = n_updates // 4
        budget = {"pretrain_iter": before, "max_iter": n_updates - before}
    else:
        budget = {"max_iter": n_updates}
    if method in ("GAMOClassifier", "DOSClassifier"):
        return getattr(imblearn_gan, method)(**{**common, **budget, **settings})
    balance = {"class weight": "weights", "balanced batches": "batches"}.get(method)
    network = DOSNetwork if kind == "cnn_dos" else CNN
    return network(balance=balance, **common, **budget)


def _flat(kind, method, seed, n_draws):
    weight = "balanced" if method == "class weight" else None
    if kind == "logistic":
        return LogisticRegression(class_weight=weight, max_iter=1000)
    if kind == "mlp":
        return MLPClassifier((64,), max_iter=100, random_state=seed)
    if kind == "forest":
        n_trees = max(300 // n_draws, 1)
        return RandomForestClassifier(n_trees, class_weight=weight, random_state=seed)
    leaf = 5 if kind == "boosting_leaves5" else 20
    return HistGradientBoostingClassifier(
        class_weight=weight, min_samples_leaf=leaf, random_state=seed
    )


def for_table(kind, model):
    """Behind one-hot codes of categories and scaled numbers."""
    filled = [SimpleImputer(strategy="median")] * (kind in SCALED)
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_include="category"),
        ),
        remainder=make_pipeline(*filled, StandardScaler()),
    )
    return make_pipeline(columns, model)


class Bag:
    """Classifiers that learnt from one draw of rows each: their probabilities are averaged."""

    def __init__(self, models):
        self.models = models
        self.classes_ = models[0].classes_

    def predict_proba(self, X):
        """Mean probabilities of the classes."""
        return np.mean([model.predict_proba(X) for model in self.models], axis=0)

    def predict(self, X):
        """The class of the largest one."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def flat_rows(X):
    """Images as rows; tables as they are."""
    return X if hasattr(X, "iloc") else X.reshape(len(X), -1)


def fitted(kind, method, sets, *, n_draws=1, synthetic=None, **options):
    """What learns from the first ``n_draws`` sets of rows, a bag if there are several; seconds.

    ``synthetic`` says which of them, or of the first of them, are; a recipe asks for it.
    """
    told = {"synthetic": synthetic} if options.get("recipe") else {}
    n_models = 1 if method == UNDER else n_draws
    start, models = time.perf_counter(), []
    seed = options.pop("seed")
    for number, (X, y) in enumerate(sets[:n_models]):
        own = {**options, "seed": 1000 * number + seed}
        model = classifier(kind, method, n_draws=n_draws, n_rows=len(X), **own)
        model = _deciding(method, model, y, n_draws, seed)
        if kind in FLAT and hasattr(X, "iloc"):
            model = for_table(kind, model)
        elif kind in FLAT:
            X = flat_rows(X)
            model = make_pipeline(StandardScaler(), model) if kind in SCALED else model
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            models.append(model.fit(X, y, **told))
    model = models[0] if n_models == 1 else Bag(models)
    model.learnt = class_shares(method, sets[:n_models])
    return model, round(time.perf_counter() - start, 1)


def class_shares(method, sets):
    """Shares of the classes in what was learnt from, by weight."""
    shares = [np.unique(y, return_counts=True)[1] / len(y) for _, y in sets]
    even = method in (UNDER, "class weight")
    return np.full_like(shares[0], 1 / len(shares[0])) if even else np.mean(shares, axis=0)


def _deciding(method, model, y, n_draws, seed):
    """A classifier with a threshold of its own, or in a bag over rows left out."""
    if method == TUNED:
        n_folds = min(5, int(np.unique(y, return_counts=True)[1].min()))
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        return TunedThresholdClassifierCV(model, scoring="balanced_accuracy", cv=folds)
    if method == UNDER:
        return UnderSamplingBagging(model, n_estimators=n_draws, random_state=seed)
    return model


def scores(model, method, kind, X_test, y_test, y):
    """Measures of a fitted classifier; ``y`` are the labels before any resampling.

    Recalls are of its classes in their order; average precision and AUC are of the rare one, or
    means over classes. Brier score and log-loss are of the probabilities as they come and, with
    ``corrected``, carried over to the shares before any resampling.
    """
    labels, counts = np.unique(y, return_counts=True)
    X_test = flat_rows(X_test) if kind in FLAT else X_test
    probabilities = model.predict_proba(X_test)
    if method == PREVALENCE:
        predicted = labels[(probabilities / counts).argmax(axis=1)]
    else:
        predicted = model.predict(X_test)
    recalls = recall_score(y_test, predicted, labels=labels, average=None, zero_division=np.nan)
    measures = {
        "acsa": round(float(balanced_accuracy_score(y_test, predicted)), 4),
        "gm": round(float(geometric_mean_score(y_test, predicted)), 4),
        "ap": average_precision(model.classes_, probabilities, y_test, labels[counts.argmin()]),
        "recalls": [None if np.isnan(r) else round(float(r), 4) for r in recalls],
    }
    if kind in FLAT and set(y_test) == set(labels):
        measures |= of_probabilities(model.classes_, probabilities, y_test)
        true = of_probabilities(
            model.classes_, shift_priors(probabilities, model.learnt, counts), y_test
        )
        measures |= {f"{name}_corrected": true[name] for name in ("brier", "log_loss")}
    return measures


def of_probabilities(classes, probabilities, y_test):
    """AUC, Brier score (halved, so that it is the usual one of two classes) and log-loss."""
    shares = probabilities[:, 1] if len(classes) == 2 else probabilities
    hits = y_test[:, None] == classes
    found = {
        "auc": roc_auc_score(y_test, shares, multi_class="ovr"),
        "brier": np.square(probabilities - hits).sum(axis=1).mean() / 2,
        "log_loss": log_loss(y_test, probabilities, labels=classes),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def average_precision(classes, probabilities, y_test, rare):
    """Of the rare class where there are two classes, else the mean over those that were scored."""
    values = [
        average_precision_score(y_test == label, probabilities[:, place])
        for place, label in enumerate(classes)
        if (y_test == label).any() and (len(classes) > 2 or label == rare)
    ]
    return round(float(np.mean(values)), 4) if values else None
