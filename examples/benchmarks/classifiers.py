"""Classifiers that methods are compared by, and what is said of them.

Neural ones make the same number of updates with every method, however many rows it returns
(ResNet-18 whole epochs, rounded up): ``small`` is GAMO's CNN for 2,000 updates of 64 rows and a
ResNet-18 of width 16 for 625; ``full`` is both for 20,000, ResNet-18 at its full width.
"""

import time
import warnings

import numpy as np
from imblearn.metrics import geometric_mean_score
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score, recall_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import imblearn_gan
from imblearn_gan import DOSClassifier, GAMOClassifier, ResNetClassifier

CNNS = ["cnn", "cnn_dos"]
RESNETS = ["resnet", "resnet_long", "resnet_augmented"]
FLAT = ["logistic", "boosting", "forest"]
ALL = [*CNNS, *RESNETS, *FLAT]
AUGMENTATION = {"mirror": {}, "translation": {"ratio": 0.07}}


class CNN(GAMOClassifier):
    """F and M of GAMO's game, on real rows alone."""

    def _build_networks(self, spec, n_to_make):
        return super()._build_networks(spec, [0] * len(n_to_make))


class DOSNetwork(CNN):
    """The same training, with the networks of DOS."""

    def _build_networks(self, spec, n_to_make):
        return DOSClassifier()._build_networks(spec, n_to_make)


def updates(kind, budget):
    """How many updates a neural classifier makes."""
    small, full = (2000, 20000) if kind in CNNS else (625, 20000)
    n = {"small": small, "full": full}.get(budget) or int(budget)
    return n if kind in (*CNNS, "resnet") else 2 * n


def classifier(kind, method, *, seed, budget, n_rows, device="auto", settings=None):
    """A fresh classifier of this kind for the rows, ``n_rows`` of them, of this method."""
    if kind in FLAT:
        return _flat(kind, method, seed)
    common = {"random_state": seed, "device": device}
    n_updates = updates(kind, budget)
    if kind in CNNS:
        return _cnn(kind, method, n_updates, common, settings or {})
    common |= {
        "width": 64 if budget == "full" else 16,
        "max_epochs": int(np.ceil(n_updates * 64 / n_rows)),
        "validation_fraction": 0,
        "precision": "auto",
        "class_weight": "balanced" if method == "class weight" else None,
        "augmentation": AUGMENTATION if kind == "resnet_augmented" else None,
    }
    return ResNetClassifier(**{**common, **(settings or {})})


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


def _flat(kind, method, seed):
    weight = "balanced" if method == "class weight" else None
    if kind == "logistic":
        return LogisticRegression(class_weight=weight, max_iter=1000)
    if kind == "forest":
        return RandomForestClassifier(300, class_weight=weight, random_state=seed)
    return HistGradientBoostingClassifier(class_weight=weight, random_state=seed)


def for_table(model):
    """Behind one-hot codes of categories and scaled numbers."""
    columns = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_include="category"),
        ),
        remainder=StandardScaler(),
    )
    return make_pipeline(columns, model)


def fit_and_score(model, kind, X, y, X_test, y_test, labels, rare):
    """What a classifier learns from the rows: measures, and seconds of training.

    Recalls are of ``labels``; average precision is of the class ``rare``, or a mean over classes.
    """
    is_table = hasattr(X, "iloc")
    if kind in FLAT and is_table:
        model = for_table(model)
    elif kind in FLAT:
        X, X_test = X.reshape(len(X), -1), X_test.reshape(len(X_test), -1)
        model = make_pipeline(StandardScaler(), model) if kind == "logistic" else model
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    seconds = round(time.perf_counter() - start, 1)
    predicted = model.predict(X_test)
    recalls = recall_score(y_test, predicted, labels=labels, average=None, zero_division=np.nan)
    measures = {
        "acsa": round(float(balanced_accuracy_score(y_test, predicted)), 4),
        "gm": round(float(geometric_mean_score(y_test, predicted)), 4),
        "ap": average_precision(model, X_test, y_test, rare),
        "recalls": [None if np.isnan(r) else round(float(r), 4) for r in recalls],
    }
    return measures, seconds


def average_precision(model, X_test, y_test, rare):
    """Of the rare class where there are two classes, else the mean over those that were scored."""
    probabilities = model.predict_proba(X_test)
    values = [
        average_precision_score(y_test == label, probabilities[:, place])
        for place, label in enumerate(model.classes_)
        if (y_test == label).any() and (len(model.classes_) > 2 or label == rare)
    ]
    return round(float(np.mean(values)), 4) if values else None
