"""ResNet-18 as a scikit-learn classifier."""

import pickle
import sys
import warnings

import numpy as np
import pytest
import torch
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

import imblearn_gan
from imblearn_gan import BAGANOversampler, CGANOversampler
from imblearn_gan.classifiers import ResNetClassifier, _resnet
from imblearn_gan.classifiers._rows import held_out_rows, synthetic_rows
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
        with pytest.raises(ValueError, match=r"table of 64 columns.*set image_shape, as \(8, 8\)"):
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


# recipes ----------------------------------------------------------------------------------------


def lopsided(rare=8, seed=0):
    """Digits of which the twos are rare, and as many rows of noise, which are synthetic."""
    stream = np.random.RandomState(seed)
    rows = np.r_[np.flatnonzero(Y < 2), np.flatnonzero(Y == 2)[:rare]]
    noise = stream.uniform(0, 16, (30, 8, 8))
    made = np.r_[np.zeros(len(rows), bool), np.ones(30, bool)]
    return np.concatenate([X[rows], noise]), np.r_[Y[rows], np.full(30, 2)], made


@pytest.mark.parametrize(
    "recipe",
    [
        {"class_sampling": "sqrt", "loss": "balanced_softmax"},
        {"class_sampling": 0.3, "mixup": 0.2},
        {"loss": "logit_adjusted", "tau": 1.5},
        {"loss": "ldam", "deferred_balancing": 0.3},
        {"class_sampling": "balanced", "class_weight": "balanced"},
    ],
)
def test_recipes_learn_and_repeat_themselves(recipe, tmp_path):
    rows, y, made = lopsided()
    rows, y = rows[~made], y[~made]
    model = small(width=4, max_epochs=8, batch_size=16, **recipe).fit(rows, y)
    assert balanced_accuracy_score(y, model.predict(rows)) > 0.85
    p = model.predict_proba(rows)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert np.array_equal(clone(model).fit(rows, y).predict_proba(rows), p)
    model.save(tmp_path / "model.safetensors")
    assert np.array_equal(imblearn_gan.load(tmp_path / "model.safetensors").predict_proba(rows), p)


def test_names_of_samplings_are_exponents():
    rows, y, made = lopsided()
    rows, y = rows[~made], y[~made]
    for name, q in (("natural", 1.0), ("sqrt", 0.5), ("balanced", 0)):
        by_name, by_number = (
            small(class_sampling=given).fit(rows, y).predict_proba(rows) for given in (name, q)
        )
        assert np.array_equal(by_name, by_number)


def test_balance_by_draws_and_by_loss_raises_the_rare_class():
    """Where rows tell nothing, probabilities are the shares that were learnt."""
    y = labels(300, 30)
    rows = np.tile(images(30, 8, 8), (11, 1, 1))  # each ten times in class 0, once in class 1
    common = {"max_epochs": 8, "batch_size": 32, "validation_fraction": 0, "learning_rate": 0.02}
    for recipe in (
        {},
        {"class_sampling": "balanced"},
        {"loss": "balanced_softmax"},
        {"class_sampling": "sqrt"},
    ):
        model = small(**common, **recipe).fit(rows, y)
        found = model.predict_proba(rows[:30])[:, 1].mean()
        assert found == pytest.approx(model.learnt_shares_[1], abs=0.12)
        expected = {(): 1 / 11, ("sqrt",): 0.24025}.get(tuple(recipe.values()), 0.5)
        assert model.learnt_shares_[1] == pytest.approx(expected, abs=1e-4)


class Noting(ResNet18):
    """Notes whether rows are noise, where it learns."""

    seen: list = []

    def forward(self, x):
        """Logits."""
        if self.training:
            corners = x[:, 0, 0, 0].detach()  # of digits they are empty
            Noting.seen.append((corners > -1).tolist())
        return super().forward(x)


@pytest.fixture
def noted(monkeypatch):
    """What the network has learnt from, batch by batch."""
    Noting.seen = []
    monkeypatch.setattr(_resnet, "ResNet18", Noting)
    return Noting.seen


def test_the_last_epochs_see_real_rows_alone(noted):
    rows, y, made = lopsided()
    small(max_epochs=5, batch_size=16, real_epochs=0.4).fit(rows, y, synthetic=made)
    n = len(noted) // 5
    assert [any(map(any, noted[e * n : (e + 1) * n])) for e in range(5)] == [True] * 3 + [False] * 2


def test_synthetic_rows_are_not_held_out_and_have_batches_of_their_own(noted):
    rows, y, made = lopsided()
    common = {"max_epochs": 1, "batch_size": 32}
    small(**common, synthetic_norm=True).fit(rows, y, synthetic=made)
    assert {len(set(batch)) for batch in noted} == {1}  # no batch has both
    assert sum(map(sum, noted)) >= 29
    noted.clear()
    small(**common).fit(rows, y, synthetic=made)
    assert {len(set(batch)) for batch in noted} == {2}
    assert sum(map(sum, noted)) == 30  # and all of them are learnt from


@pytest.mark.parametrize("apart", [True, False])
def test_statistics_of_batch_norm_are_of_real_rows(apart):
    """What synthetic rows look like leaves no trace in them, if each kind has its own."""
    rows, y, made = lopsided()
    rows = rows.astype(np.uint8)
    bright = np.where(made[:, None, None], 255 - rows, rows)
    still = {"max_epochs": 2, "batch_size": 16, "learning_rate": 1e-12, "validation_fraction": 0}
    first, second = (
        small(**still, synthetic_norm=apart, real_epochs=0.0)
        .fit(given, y, synthetic=made)
        .networks_["extractor"]
        .state_dict()
        for given in (rows, bright)
    )
    names = [name for name in first if "running" in name]
    assert len(names) == 40
    same = [torch.allclose(first[name], second[name], atol=1e-6) for name in names]
    assert all(same) if apart else not any(same)


def test_synthetic_rows_of_little_weight_are_learnt_little_from():
    rows, y, made = lopsided()
    rows, y = rows[~made], y[~made]
    made = np.r_[np.zeros(len(y), bool), np.ones(len(y), bool)]
    doubled, wrong = np.concatenate([rows, rows]), np.r_[y, (y + 1) % 2]  # zeros are ones there
    common = {"width": 4, "max_epochs": 8, "batch_size": 16, "validation_fraction": 0}
    scores = [
        small(**common, synthetic_weight=weight).fit(doubled, wrong, made).score(rows, y)
        for weight in (0.0, 1.0)
    ]
    assert scores[0] > 0.9 > 0.7 > scores[1]


def test_rows_behind_the_mask_are_synthetic_unless_they_repeat_a_real_one():
    encoded = images(10, 8, 8).astype(np.float32)
    given = np.concatenate([encoded, encoded[3:5], encoded[:1] + 1, encoded[7:8]])
    told = np.zeros(10, dtype=bool)
    told[7] = True
    with pytest.warns(
        UserWarning, match=f"synthetic has {len(told)} entries for the {len(given)} rows"
    ):
        assert synthetic_rows(told, given).tolist() == [*told, False, False, True, True]
    assert synthetic_rows(None, given) is None
    assert synthetic_rows(np.ones(14, int), given).all()


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(random_state=0), RandomOverSampler(random_state=0), CGANOversampler(max_iter=2)],
    ids=lambda sampler: type(sampler).__name__,
)
def test_a_pipeline_tells_which_rows_are_real(sampler, monkeypatch):
    found = {}

    def noting(given, encoded):
        found["made"] = synthetic_rows(given, encoded)
        return found["made"]

    monkeypatch.setattr(_resnet, "synthetic_rows", noting)
    rows, y, made = lopsided()
    flat, y = rows[~made].reshape(-1, 64), y[~made]
    sampler = clone(sampler)
    if hasattr(sampler, "image_shape"):
        sampler.set_params(image_shape=(8, 8), random_state=0)
    model = make_pipeline(sampler, small(image_shape=(8, 8), synthetic_norm=True))
    model.fit(flat, y, resnetclassifier__synthetic=np.zeros(len(y), dtype=bool))
    n_added = 2 * np.bincount(y).max() - np.bincount(y)[1:].sum()
    expected = {"SMOTE": n_added, "RandomOverSampler": 0}.get(type(sampler).__name__)
    if expected is None:
        expected = model[0].synthetic_mask_.sum()
    assert found["made"].sum() == expected


def test_a_mask_is_routed_in_a_search():
    rows, y, made = lopsided()
    grid = {"synthetic_weight": [0.5, 1.0]}
    with config_context(enable_metadata_routing=True):
        model = small(max_epochs=1).set_fit_request(synthetic=True)
        search = GridSearchCV(model, grid, cv=2, error_score="raise")
        assert search.fit(rows, y, synthetic=made).predict(rows).shape == y.shape


@pytest.mark.parametrize(
    ("recipe", "name"),
    [
        ({"class_sampling": "even"}, "class_sampling"),
        ({"class_sampling": 1.5}, "class_sampling"),
        ({"loss": "focal"}, "loss"),
        ({"tau": -1.0}, "tau"),
        ({"mixup": -0.1}, "mixup"),
        ({"deferred_balancing": 1.0}, "deferred_balancing"),
        ({"synthetic_weight": 1.1}, "synthetic_weight"),
        ({"synthetic_norm": 1}, "synthetic_norm"),
        ({"real_epochs": 1.0}, "real_epochs"),
    ],
)
def test_recipes_are_checked(recipe, name):
    rows, y, _ = lopsided()
    with pytest.raises(ValueError, match=f"'{name}' parameter of ResNetClassifier"):
        small(**recipe).fit(rows, y)


def test_masks_are_checked():
    rows, y, made = lopsided()
    for given, message in (
        (np.zeros(len(y) + 1), f"each of the {len(y)} rows of X, or for the first"),
        (np.full(len(y), 2), "True and False. Got \\[2\\]"),
        (np.zeros((len(y), 2)), f"synthetic must be a 1d array.*shape \\({len(y)}, 2\\)"),
        (True, "synthetic must be a 1d array"),
        ([None] * len(y), "True and False. Got \\[None\\]"),
    ):
        with pytest.raises(ValueError, match=message):
            small().fit(rows, y, synthetic=given)
    for name, value in (("real_epochs", 0.5), ("synthetic_weight", 0.0), ("synthetic_norm", True)):
        message = f"{name}={value} needs real rows of each class, but all rows of \\[2\\]"
        with pytest.raises(ValueError, match=message):
            small(**{name: value}).fit(rows, y, synthetic=made | (y == 2))


def test_statistics_of_their_own_need_two_rows_of_a_kind():
    rows, y, _ = lopsided()
    few = [0, 0, np.flatnonzero(y != y[0])[0]]
    model = small(synthetic_norm=True, batch_size=2, max_epochs=20)
    with pytest.raises(ValueError, match="synthetic_norm=True needs batches with two real rows"):
        model.fit(rows[few], y[few], synthetic=[False, True, False])


def test_one_image_is_no_set_of_rows():
    model = small(max_epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match=r"shape \(8, 8\)\. Of a single row give X\[None\]"):
        model.predict(X[0])
    assert model.predict(X[0][None]).shape == (1,)


def test_images_on_another_scale_are_told():
    model = small(max_epochs=1).fit(X, Y)
    message = "another scale than .* values from 0 to 16"
    for other in (X / 16, X * 16):
        with pytest.warns(UserWarning, match=message):
            model.predict(other)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X / 4)
        model.predict(X[:3] / 16)  # three images may be dark
        model.predict(np.concatenate([X[:12] / 16, X]))  # and those that come first
    with pytest.warns(UserWarning, match=message):
        model.predict(np.concatenate([X[:12], np.repeat(X * 16, 9, axis=0)]))


@pytest.mark.parametrize(
    "recipe",
    [{"class_sampling": "sqrt"}, {"loss": "balanced_softmax"}, {"deferred_balancing": 0.5}],
)
def test_what_equal_classes_leave_nothing_to_do(recipe):
    rows, y = images(12, 1, 8, 8), labels(6, 6)
    (name,) = recipe
    with pytest.warns(UserWarning, match=f"{name}=.* does nothing: all classes are equally large"):
        small(max_epochs=1, **recipe).fit(rows, y)


@pytest.mark.parametrize(
    "recipe", [{"synthetic_weight": 0.5}, {"synthetic_norm": True}, {"real_epochs": 0.2}]
)
def test_what_does_nothing_is_told(recipe):
    rows, y, made = lopsided()
    (name,) = recipe
    with pytest.warns(UserWarning, match=f"{name}=.* does nothing: fit was not told"):
        small(max_epochs=1, **recipe).fit(rows, y)
    with pytest.warns(UserWarning, match="tau=2.0 does nothing"):
        small(max_epochs=1, tau=2.0).fit(rows, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        small(max_epochs=1, **recipe).fit(rows, y, synthetic=made)


@pytest.mark.parametrize(
    "other", ["loss='balanced_softmax'", "loss='logit_adjusted'", "class_sampling='sqrt'"]
)
def test_a_balance_that_is_seen_to_twice_is_told(other):
    rows, y, _ = lopsided()
    name, value = other.replace("'", "").split("=")
    with pytest.warns(UserWarning, match=f"class_weight='balanced' and {other} see to"):
        small(max_epochs=1, class_weight="balanced", **{name: value}).fit(rows, y)


def test_a_loss_of_balanced_draws_is_said_to_do_nothing():
    rows, y, _ = lopsided()
    with pytest.warns(UserWarning, match="loss='balanced_softmax' does nothing: class_sampling"):
        small(max_epochs=1, class_sampling="balanced", loss="balanced_softmax").fit(rows, y)


def test_a_schedule_is_never_cut_short():
    rows, y, made = lopsided()
    model = small(max_epochs=20, patience=1, learning_rate=0.05, deferred_balancing=0.2)
    assert model.fit(rows[~made], y[~made]).n_iter_ > 16
