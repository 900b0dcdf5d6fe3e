"""ResNet-18 as a scikit-learn classifier."""

import pickle
import sys

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from imblearn_gan import BAGANOversampler
from imblearn_gan.classifiers import ResNetClassifier
from imblearn_gan.classifiers._rows import held_out_rows
from imblearn_gan.data import DataSpec
from imblearn_gan.networks import ResNet18
from tests.samplers import images, labels

X, Y = load_digits(n_class=3, return_X_y=True)
X = X.reshape(-1, 8, 8)[:240]
Y = Y[:240]


def small(**params):
    return ResNetClassifier(**{"width": 2, "max_epochs": 2, "random_state": 0} | params)


class Lines(ResNetClassifier):
    """Tables as images of one line, for checks that only know tables."""

    def _check_spec(self, spec):
        """Take tables."""

    def _train(self, encoded, y, spec, n_to_make, synthetic=None):
        shape = (1, 1, encoded.shape[1])
        spec = DataSpec(shape, spec.class_counts)
        super()._train(encoded.reshape(-1, *shape), y, spec, n_to_make, synthetic)
        lines = nn.Unflatten(1, (1, 1, -1))
        self.networks_["extractor"] = nn.Sequential(lines, self.networks_["extractor"])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = tags.input_tags.allow_nan = True
        tags.classifier_tags.poor_score = True  # of one epoch
        return tags


RECIPE = {"class_sampling": "sqrt", "loss": "balanced_softmax", "mixup": 0.2}


@parametrize_with_checks(
    [
        Lines(width=2, max_epochs=1, random_state=0),
        Lines(width=2, max_epochs=2, random_state=0, deferred_balancing=0.5, **RECIPE),
    ]
)
def test_scikit_learn(estimator, check):
    check(estimator)


def test_learns_digits_and_repeats_itself():
    state = torch.get_rng_state()
    model = small(width=4, max_epochs=6, batch_size=16).fit(X, Y)
    assert model.score(X, Y) > 0.95
    again = clone(model).fit(X, Y)
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert torch.equal(torch.get_rng_state(), state)
    other = clone(model).set_params(random_state=1).fit(X, Y)
    assert not np.array_equal(other.predict_proba(X), model.predict_proba(X))
    loaded = pickle.loads(pickle.dumps(model))
    assert np.array_equal(loaded.predict(X), model.predict(X))
    p = model.predict_proba(X)
    assert p.shape == (len(X), 3)
    assert np.allclose(p.sum(axis=1), 1)


def test_the_best_weights_on_held_out_rows_are_kept():
    model = small(
        max_epochs=60, patience=2, learning_rate=0.05, batch_size=8, precision="float32"
    ).fit(X, Y)
    losses = [epoch["valid_loss"] for epoch in model.history_]
    assert model.n_iter_ == len(losses) < 60  # two epochs without progress end the training
    held_out = held_out_rows(Y, 0.1, np.random.RandomState(model._new_seed()))
    assert np.bincount(Y[held_out]).tolist() == [int(n / 10 + 0.5) for n in np.bincount(Y)]
    p = model.predict_proba(X[held_out])[np.arange(held_out.sum()), Y[held_out]]
    assert -np.log(p).mean() == pytest.approx(min(losses), rel=1e-4)
    assert losses[-1] > min(losses)


def test_bfloat16_learns_nearly_the_same():
    losses = {}
    for precision in ("float32", "bfloat16"):
        model = small(width=4, max_epochs=3, batch_size=16, precision=precision).fit(X, Y)
        losses[precision] = [epoch["train_loss"] for epoch in model.history_]
        assert {p.dtype for p in model.networks_.parameters()} == {torch.float32}
    assert losses["float32"] != losses["bfloat16"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.3)


@pytest.mark.parametrize("counts", [(40, 1), (1, 1), (1, 3, 2), (20, 1, 4)])
@pytest.mark.parametrize("fraction", [0, 0.1, 0.9])
def test_small_classes_are_never_held_out_whole(counts, fraction):
    y = labels(*counts)
    kept = ~held_out_rows(y, fraction, np.random.RandomState(0))
    assert set(y[kept]) == set(y)
    model = small(validation_fraction=fraction, batch_size=2).fit(images(len(y), 8, 8), y)
    assert set(model.predict(images(len(y), 8, 8))) <= set(y)
    assert ("valid_loss" in model.history_[0]) == (not kept.all())


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, bool])
@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 10), (8, 10, 3), (1, 12, 9)])
def test_layouts_and_dtypes(shape, dtype):
    pictures, y = images(20, *shape, dtype=dtype), labels(12, 8)
    expected = small().fit(pictures, y).predict_proba(pictures)
    flat = pictures.reshape(20, -1)
    model = small(image_shape=shape).fit(flat, y)
    assert np.array_equal(model.predict_proba(flat), expected)
    with pytest.raises(ValueError, match=r"has rows of shape|features"):
        model.predict(flat[:, 1:])


@pytest.mark.parametrize(
    "names", [["no", "yes"], [False, True], [0.0, 2.0], np.array(["a", "b"], dtype=object)]
)
def test_labels_of_any_type(names):
    y = np.array(names)[labels(12, 8)]
    model = small().fit(images(20, 8, 8), y)
    assert model.classes_.tolist() == np.unique(y).tolist()
    assert set(model.predict(images(20, 8, 8)).tolist()) <= set(y.tolist())


def test_class_weights_count():
    y = labels(200, 20)
    pictures = images(len(y), 8, 8)
    plain, balanced, named = (
        small(
            class_weight=weight,
            max_epochs=4,
            batch_size=16,
            learning_rate=0.01,
            validation_fraction=0,
        )
        .fit(pictures, y)
        .predict_proba(pictures)
        for weight in (None, "balanced", {0: 0.55, 1: 5.5})
    )
    assert plain[:, 1].mean() < 0.25 < 0.35 < balanced[:, 1].mean()
    assert np.allclose(named, balanced, atol=1e-4)


def test_augmentation_changes_what_is_learnt_and_nothing_else():
    """Left or right: what a mirror does not leave in its class cannot be learnt under it."""
    sides = np.zeros((60, 8, 8), dtype=np.uint8)
    y = np.arange(60) % 2
    sides[y == 0, :, :3] = 200
    sides[y == 1, :, 5:] = 200
    before = sides.copy()
    model = small(width=4, max_epochs=15, batch_size=12, validation_fraction=0)
    assert model.fit(sides, y).score(sides, y) == 1
    for change in (["mirror"], {"mirror": {}}):
        mirrored = clone(model).set_params(augmentation=change).fit(sides, y)
        certainty = mirrored.predict_proba(sides).max(axis=1)
        assert certainty.max() < 0.9
        np.testing.assert_array_equal(mirrored.predict_proba(sides).max(axis=1), certainty)
    np.testing.assert_array_equal(sides, before)


@pytest.mark.parametrize(
    "change",
    [
        ["spin"],
        {"mirror": {"ratio": 1}},
        "mirror",
        ["cutout", 3],
        {"translation": {"ratio": 1.5}},
        {"cutout": {"ratio": np.nan}},
    ],
)
def test_augmentation_refuses_before_training(change):
    model = small(augmentation=change)
    with pytest.raises(ValueError, match="augmentation"):
        model.fit(X, Y)
    assert not hasattr(model, "networks_")


def test_errors():
    pictures, y = images(20, 8, 8), labels(12, 8)
    for change in (None, ["mirror"]):
        with pytest.raises(ValueError, match="set image_shape"):
            small(augmentation=change).fit(pictures.reshape(20, -1), y)
    with pytest.raises(ValueError, match="'class_weight' parameter"):
        small(class_weight="even").fit(pictures, y)
    for weight in ({0: -1.0, 1: 1.0}, {0: 0.0, 1: 1.0}, {0: np.inf, 1: 1.0}):
        with pytest.raises(ValueError, match="class_weight must give every class a positive"):
            small(class_weight=weight).fit(pictures, y)
    with pytest.raises(ValueError, match="device='abacus'"):
        small(device="abacus").fit(pictures, y)
    with pytest.raises(ValueError, match="only one class"):
        small().fit(pictures, np.zeros(20))
    with pytest.raises(ValueError, match="NaN"):
        small().fit(np.full((20, 8, 8), np.nan), y)
    with pytest.raises(NotFittedError):
        small().predict(pictures)
    with pytest.raises(FloatingPointError, match="learning_rate"):
        small(learning_rate=1e30).fit(pictures, y)


@pytest.mark.parametrize("max_epochs", [1, 2])
def test_ctrl_c_is_no_early_stop(monkeypatch, max_epochs):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ResNet18, "forward", interrupted)
    model = small(max_epochs=max_epochs)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    with pytest.raises(NotFittedError):
        model.predict(X)


@pytest.mark.parametrize("held_out", [0, 0.2])
def test_divergence_in_the_last_update(held_out):
    model = small(max_epochs=1, learning_rate=1e30, validation_fraction=held_out)
    with pytest.raises(FloatingPointError, match="smaller learning_rate"):
        model.fit(X, Y)


def test_without_skorch(monkeypatch):
    model = small().fit(X, Y)
    monkeypatch.setitem(sys.modules, "skorch", None)
    assert len(model.predict(X)) == len(X)
    with pytest.raises(ImportError, match="pip install skorch"):
        small().fit(X, Y)


@pytest.mark.slow
def test_search_over_sampler_and_network():
    rows = np.r_[np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:12]]
    sampler = BAGANOversampler(pretrain_iter=3, max_iter=3, batch_size=8, random_state=0)
    model = make_pipeline(sampler, small())
    grid = {"baganoversampler__max_iter": [2], "resnetclassifier__width": [2, 3]}
    search = GridSearchCV(model, grid, cv=2, n_jobs=2, error_score="raise").fit(X[rows], Y[rows])
    assert search.predict(X[rows]).shape == rows.shape


def test_workers_share_the_cores():
    threads = Parallel(2)(delayed(torch.get_num_threads)() for _ in range(2))
    assert sum(threads) <= max(2, torch.get_num_threads())
