"""Each metric against a closed form or an independent reference."""

import sys
import warnings
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.base import BaseSampler
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from scipy import sparse, stats
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score, v_measure_score
from sklearn.model_selection import KFold, PredefinedSplit, StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from imblearn_gan import CGANOversampler, GAMOClassifier
from imblearn_gan.metrics import (
    acsa_score,
    by_class,
    density_coverage,
    evaluate_sampler,
    extract_features,
    frechet_distance,
    gm_score,
    inception_features,
    inception_score,
    label_accuracy,
    memorized_fraction,
    precision_recall,
    ssim_of_pairs,
    ssim_to_nearest,
    v_score,
)
from imblearn_gan.metrics._remedies import smote

RNG = np.random.default_rng(0)
REAL, FAKE = RNG.normal(size=(60, 4)), RNG.normal(0.5, 1.5, size=(40, 4))
IMAGES = RNG.integers(256, size=(12, 16, 20, 3), dtype=np.uint8)
LABELS = np.repeat([0, 1], [30, 10])
TABLE = RNG.normal(size=(40, 3)) + LABELS[:, None]


class Vectors(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.num_features = num_features

    def forward(self, x):
        return x


def reference_ssim(first, second, **params):
    ssim = pytest.importorskip("torchmetrics.functional.image").structural_similarity_index_measure
    first, second = (torch.from_numpy(np.asarray(X)).double() / 255 for X in (first, second))
    return float(ssim(first, second, data_range=1.0, **params))


# features -----------------------------------------------------------------------------------


def test_rows_are_their_own_features():
    assert_array_equal(extract_features(IMAGES), IMAGES.reshape(12, -1))
    assert_array_equal(extract_features(pd.DataFrame(REAL)), REAL)
    assert_array_equal(extract_features(sparse.csr_matrix(REAL)), REAL)
    assert extract_features(REAL.astype(np.float32)).dtype == np.float64


def test_modules_run_in_evaluation_mode_and_are_left_as_they_were():
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        expected = network[0](torch.from_numpy(REAL).float()) / np.sqrt(1 + 1e-5)
    assert_allclose(extract_features(REAL, network), expected, rtol=1e-5)
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert_array_equal(extract_features(IMAGES, nn.Flatten()), IMAGES.reshape(12, -1))
    assert_allclose(extract_features(REAL, network.double()), expected, rtol=1e-5, atol=1e-6)


def test_a_classifier_of_ours_gives_its_last_hidden_layer():
    X, y = IMAGES[:, :, :16], np.repeat([0, 1], [8, 4])
    model = GAMOClassifier(max_iter=2, batch_size=4, random_state=0).fit(X, y)
    features = extract_features(X, model)
    assert features.shape == (12, 128)
    logits = model.networks_["classifier"][-1](torch.from_numpy(features).float())
    assert_allclose(logits.softmax(dim=1).numpy(), model.predict_proba(X), atol=1e-5)


def test_a_transformer_makes_features_of_categories():
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "c": ["a", "b", "a"]})
    encoder = make_column_transformer((OneHotEncoder(), ["c"]), remainder="passthrough").fit(frame)
    assert_array_equal(extract_features(frame, encoder), [[1, 0, 0], [0, 1, 1], [1, 0, 2]])
    with pytest.raises(ValueError, match="give features"):
        extract_features(frame)


@pytest.mark.parametrize("features", [3, lambda X: X[:2], lambda X: X[:, 0]])
def test_features_that_are_none(features):
    with pytest.raises(ValueError, match="features must"):
        extract_features(REAL, features)


def test_missing_values_and_widths_that_differ():
    with pytest.raises(ValueError, match="NaN"):
        extract_features([[np.nan]])
    with pytest.raises(ValueError, match="X_generated has 3 values a row, but X_real has 4"):
        precision_recall(REAL, FAKE[:, :3])


def test_inception_by_name_of_a_file_only(tmp_path, monkeypatch):
    fid = pytest.importorskip("torchmetrics.image.fid")
    seen = []

    class Fake(nn.Module):
        def __init__(self, name, layers, path):
            super().__init__()
            seen.append((layers, path))

        def forward(self, x):
            assert x.dtype == torch.uint8
            assert x.shape[1] == 3
            return x.float().mean(dim=(2, 3))

    monkeypatch.setattr(fid, "NoTrainInceptionV3", Fake)
    with pytest.raises(ValueError, match="weights_path"):
        inception_features(tmp_path / "none.pth")
    path = tmp_path / "weights.pth"
    path.touch()
    assert_allclose(inception_features(path)(IMAGES), IMAGES.mean(axis=(1, 2)), rtol=1e-6)
    grey = np.repeat(IMAGES[..., 0], 11, axis=0)
    rows = inception_features(path, data_range=(0, 1))(grey / 255)
    assert_allclose(rows, np.repeat(grey.mean(axis=(1, 2))[:, None], 3, axis=1), rtol=1e-6)
    assert frechet_distance(IMAGES, IMAGES, features=inception_features(path)) < 1e-9
    assert 1 <= inception_score(IMAGES, inception_features(path, output="probabilities")) <= 3
    with pytest.raises(ValueError, match="data_range"):
        inception_features(path)(grey / 255)
    assert (["2048"], str(path)) in seen
    assert (["logits_unbiased"], str(path)) in seen


# Fréchet distance, inception score -------------------------------------------------------------


def test_frechet_distance_of_diagonal_gaussians():
    # rows whose mean and covariance are exactly those asked for
    rows = RNG.normal(size=(50, 4))
    rows = np.linalg.qr(rows - rows.mean(axis=0))[0] * np.sqrt(49)
    first, second = np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 1, 0.5])
    shift = np.array([1.0, 0, 0, -2])
    expected = np.square(shift).sum() + np.square(first - second).sum()
    assert_allclose(frechet_distance(rows * first, rows * second + shift), expected)


def test_frechet_distance_by_the_textbook_and_torchmetrics():
    covariances = [np.cov(X, rowvar=False) for X in (REAL, FAKE)]
    expected = np.square(REAL.mean(axis=0) - FAKE.mean(axis=0)).sum() + np.trace(
        covariances[0] + covariances[1] - 2 * sqrtm(covariances[0] @ covariances[1]).real
    )
    assert_allclose(frechet_distance(REAL, FAKE), expected)
    assert_allclose(frechet_distance(FAKE + 1e6, REAL + 1e6), expected, rtol=1e-6)
    metric = pytest.importorskip("torchmetrics.image.fid").FrechetInceptionDistance(Vectors(4))
    metric.update(torch.from_numpy(REAL), real=True)
    metric.update(torch.from_numpy(FAKE), real=False)
    assert_allclose(frechet_distance(REAL, FAKE), float(metric.compute()))


def test_frechet_distance_of_few_rows():
    assert frechet_distance(REAL, REAL) == pytest.approx(0, abs=1e-12)
    with pytest.warns(UserWarning, match="X_generated has 4 rows for 4 features"):
        frechet_distance(REAL, FAKE[:4])
    with pytest.warns(UserWarning, match="has 12 rows for 960"):
        assert frechet_distance(IMAGES, IMAGES) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="X_generated must have at least two"):
        frechet_distance(REAL, FAKE[:1])


@pytest.mark.filterwarnings("ignore:Metric `InceptionScore`", "ignore:std")
def test_inception_score():
    assert inception_score(np.arange(40), lambda X: np.eye(4)[X % 4]) == pytest.approx(4)
    assert inception_score(np.arange(40), lambda X: np.full((40, 4), 0.25)) == pytest.approx(1)
    model = LogisticRegression().fit(TABLE, LABELS)
    p = model.predict_proba(TABLE)
    expected = np.exp((p * np.log(p / p.mean(axis=0))).sum(axis=1).mean())
    assert inception_score(TABLE, model) == pytest.approx(expected)
    metric = pytest.importorskip("torchmetrics.image.inception").InceptionScore(Vectors(4), 1)
    metric.update(torch.from_numpy(REAL))
    with torch.random.fork_rng():
        expected = float(metric.compute()[0])
    assert inception_score(REAL, Vectors(4)) == pytest.approx(expected, rel=1e-5)
    for wrong in (lambda X: X, 3, lambda X: np.eye(4)):
        with pytest.raises(ValueError, match="classifier must"):
            inception_score(REAL, wrong)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inception_score(np.arange(5), lambda X: np.eye(4)[X % 4])
    p = torch.eye(60, dtype=torch.bfloat16, requires_grad=True) * 1.0
    with pytest.warns(UserWarning, match="60 rows for 60 classes"):
        assert inception_score(REAL, lambda X: p) == pytest.approx(60)


# neighbours -------------------------------------------------------------------------------------


def test_neighbour_figures_by_their_definitions():
    real_radii, fake_radii = (np.sort(cdist(X, X))[:, 4] for X in (REAL, FAKE))
    between = cdist(REAL, FAKE)
    inside_real, inside_fake = between < real_radii[:, None], between < fake_radii
    expected = inside_real.any(axis=0).mean(), inside_fake.any(axis=1).mean()
    assert 0 < expected[0] < 1
    assert_allclose(precision_recall(REAL, FAKE, n_neighbors=4), expected)
    assert_allclose(precision_recall(FAKE, REAL, n_neighbors=4), expected[::-1])
    expected = inside_real.sum() / (4 * len(FAKE)), inside_real.any(axis=1).mean()
    assert_allclose(density_coverage(REAL, FAKE, n_neighbors=4), expected)
    assert_allclose(density_coverage(REAL + 1e5, FAKE + 1e5, n_neighbors=4), expected)


def test_neighbour_figures_of_the_same_and_of_distant_rows():
    for metric in (precision_recall, density_coverage):
        assert metric(REAL, REAL) == (1, 1)
        assert metric(REAL, FAKE + 100) == (0, 0)
        with pytest.raises(ValueError, match="n_neighbors must"):
            metric(REAL, FAKE, n_neighbors=60)


def test_neighbour_figures_of_rows_that_tie_or_repeat():
    grid = np.random.default_rng(0).integers(2, size=(300, 4)).astype(float)
    assert precision_recall(grid, grid) == (1, 1)  # the paper's balls hold their surface
    real, fake = np.arange(20.0)[:, None], np.arange(10.0)[:, None]
    radii = np.sort(cdist(fake, fake))[:, 3]
    assert precision_recall(real, fake).recall == (cdist(real, fake) <= radii).any(axis=1).mean()
    with pytest.warns(UserWarning, match="300 rows of X_real have 5 copies"):
        assert density_coverage(grid, grid) == (0, 0)
    with pytest.raises(ValueError, match="n_neighbors must be an integer"):
        precision_recall(REAL, FAKE, n_neighbors=2.5)


def test_collapse_shows_in_recall_and_coverage():
    collapsed = REAL[:1] + 1e-3 * FAKE
    assert precision_recall(REAL, collapsed) == (1, pytest.approx(0, abs=0.02))
    assert density_coverage(REAL, collapsed).coverage < 0.3


def test_memorized_fraction_by_its_definition():
    distances = cdist(REAL, REAL) + np.diag(np.full(60, np.inf))
    for ratio in (1.0, 0.6):
        between = cdist(FAKE, REAL)
        own = distances.min(axis=1)[between.argmin(axis=1)]
        figures = memorized_fraction(REAL, FAKE, ratio=ratio)
        assert figures.generated == pytest.approx((between.min(axis=1) < ratio * own).mean())
        # a real row held against the others is a generated row of theirs
        held = [
            memorized_fraction(np.delete(REAL, i, axis=0), REAL[[i]], ratio=ratio).generated
            for i in range(60)
        ]
        assert figures.real == pytest.approx(np.mean(held))


def test_copies_are_memorized_and_fresh_rows_are_not():
    X, fresh = np.random.default_rng(1).normal(size=(2, 400, 6))
    assert memorized_fraction(X, X[::2]).generated == 1
    assert memorized_fraction(X, X + 1e-4, ratio=0.4).generated == 1
    generated, real = memorized_fraction(X, fresh)
    assert abs(generated - real) < 0.1
    assert max(memorized_fraction(X, fresh, ratio=0.4)) < 0.02
    with pytest.raises(ValueError, match="ratio"):
        memorized_fraction(X, X, ratio=0)
    with pytest.raises(ValueError, match="X_real must have at least three"):
        memorized_fraction(X[:2], X)


def test_values_of_different_places_are_not_compared():
    frame = pd.DataFrame(REAL, columns=list("abcd"))
    for other in (frame.set_axis(list("efgh"), axis=1), REAL[:, None], REAL[:, :, None]):
        assert memorized_fraction(frame, other).generated == 1
    for metric in (memorized_fraction, frechet_distance, precision_recall, density_coverage):
        with pytest.raises(ValueError, match="X_generated has the columns"):
            metric(frame, frame[list("bacd")])
        with pytest.raises(ValueError, match=r"X_generated has images of shape \(4, 4, 3\)"):
            metric(np.zeros((5, 3, 4, 4)), np.zeros((5, 4, 4, 3)))
    images = np.random.default_rng(0).normal(size=(5, 3, 4, 4))
    assert memorized_fraction(images, images.reshape(5, -1)).generated == 1
    assert memorized_fraction(images[:, 0], images[:, :1]).generated == 1
    assert memorized_fraction(images[:, :1], images[:, 0, ..., None]).generated == 1


def test_near_copies_of_repeated_rows_are_memorized():
    X = np.random.default_rng(1).normal(size=(40, 6))
    for copies in (X, np.repeat(X, 2, axis=0)):
        assert memorized_fraction(copies, X + 1e-9, ratio=0.1).generated == 1
    with pytest.raises(ValueError, match=r"three different rows\. Got 1 of 8"):
        memorized_fraction(np.ones((8, 2)), X[:, :2])


def test_copies_of_repeated_rows_are_memorized():
    X = np.random.default_rng(1).normal(size=(40, 6)) + 100
    assert memorized_fraction(np.repeat(X, 2, axis=0), X, ratio=0.5) == (1, 1)
    generated, real = memorized_fraction(np.concatenate([X, X[:10]]), X[:10], ratio=0.1)
    assert (generated, real) == (1, 20 / 50)


# SSIM -------------------------------------------------------------------------------------------


def test_ssim_of_all_pairs_in_every_layout():
    first, second = np.triu_indices(12, k=1)
    channels_first = IMAGES.transpose(0, 3, 1, 2)
    expected = reference_ssim(channels_first[first], channels_first[second])
    flat = IMAGES.reshape(12, -1)
    for X, params in (
        (IMAGES, {}),
        (channels_first, {}),
        (IMAGES / 255, {"data_range": (0, 1)}),
        (IMAGES / 127.5 - 1, {"data_range": [-1, 1]}),
        (flat, {"image_shape": (16, 20, 3)}),
        (pd.DataFrame(flat), {"image_shape": (16, 20, 3), "data_range": (0, 255)}),
    ):
        assert_allclose(ssim_of_pairs(X, X[:12], **params), [expected] * 2, rtol=1e-6)


def test_ssim_of_random_pairs_and_collapse():
    grey = np.random.default_rng(0).integers(256, size=(300, 12, 12), dtype=np.uint8)
    same = np.repeat(grey[:1], 4, axis=0)
    generated, real = ssim_of_pairs(grey, same, n_pairs=200, random_state=0)
    assert generated == pytest.approx(1)
    assert abs(real) < 0.1
    assert ssim_of_pairs(grey, same, n_pairs=200, random_state=0).real == real
    assert ssim_of_pairs(grey, same, n_pairs=200, random_state=1).real != real


def test_the_window_shrinks_to_fit_small_images():
    X = load_digits().images[:6]
    first, second = np.triu_indices(6, k=1)
    # 7 x 7 pixels
    scaled = X[:, None] * 255 / 16
    expected = reference_ssim(scaled[first], scaled[second], sigma=3 / 3.5)
    assert ssim_of_pairs(X, X, data_range=(0, 16)).real == pytest.approx(expected)
    for side in range(3, 12):
        assert -1 < ssim_of_pairs(X[:, :side, :side], X[:, :side, :side]).real <= 1
    with pytest.raises(ValueError, match="at least 3 x 3"):
        ssim_of_pairs(X[:, :2], X[:, :2])


def test_ssim_to_the_nearest_real_image():
    real, new = IMAGES[:8], IMAGES[8:]
    generated, among_real = ssim_to_nearest(real, new)
    flat = real.reshape(8, -1).astype(float)
    nearest = cdist(new.reshape(4, -1).astype(float), flat).argmin(axis=1)
    other = (cdist(flat, flat) + np.diag(np.full(8, np.inf))).argmin(axis=1)
    layout = (0, 3, 1, 2)
    expected = reference_ssim(new.transpose(layout), real[nearest].transpose(layout))
    assert generated == pytest.approx(expected)
    expected = reference_ssim(real.transpose(layout), real[other].transpose(layout))
    assert among_real == pytest.approx(expected)
    assert ssim_to_nearest(real, real[::3]).generated == pytest.approx(1)


def test_ssim_of_what_is_no_set_of_images():
    with pytest.raises(ValueError, match="X must hold images"):
        ssim_of_pairs(REAL, FAKE)
    with pytest.raises(ValueError, match="data_range must"):
        ssim_of_pairs(IMAGES, IMAGES, data_range=(1, 0))
    with pytest.raises(ValueError, match="at least two images"):
        ssim_of_pairs(IMAGES, IMAGES[:1])
    with pytest.raises(ValueError, match="n_pairs"):
        ssim_of_pairs(IMAGES, IMAGES, n_pairs=0)


# labels and classes -----------------------------------------------------------------------------


def test_v_score():
    codes = np.vstack([FAKE, FAKE + 50])
    assert v_score(codes, np.repeat(["a", "b"], 40), random_state=0) == 1
    y = np.tile([0, 1, 2], 20)
    found = KMeans(3, n_init=10, random_state=0).fit_predict(REAL)
    assert v_score(REAL, y, random_state=0) == pytest.approx(v_measure_score(y, found))
    assert v_score(codes, np.repeat([0, 1], 40), n_clusters=1) == 0


def test_scores_under_the_names_of_the_papers():
    y, predicted = [0, 0, 0, 1, 1, 2], [0, 1, 0, 1, 1, 2]
    assert acsa_score(y, predicted) == pytest.approx((2 / 3 + 2) / 3)
    assert gm_score(y, predicted) == pytest.approx((2 / 3) ** (1 / 3))
    assert gm_score(y, [0] * 6) == 0


def test_a_class_of_too_few_rows_gets_nan_and_the_others_their_figures():
    y_fake = ["b"] * 20 + ["a"] * 20
    with pytest.warns(UserWarning, match="Class 'a': X_real must have at least two"):
        frame = by_class(frechet_distance, REAL, ["b"] * 59 + ["a"], FAKE, y_fake)
    assert frame.columns.tolist() == ["class", "frechet_distance", "n_real", "n_generated"]
    assert frame["n_real"].tolist() == [1, 59]
    assert np.isnan(frame["frechet_distance"][0])
    assert frame["frechet_distance"][1] == frechet_distance(REAL[:59], FAKE[:20])
    with pytest.raises(ValueError, match="Class 'a': X_real must have at least two"):
        by_class(frechet_distance, REAL[:1], ["a"], FAKE, y_fake)


def test_labels_of_figures_by_class():
    ones = DummyClassifier(strategy="constant", constant=1).fit([[0]], [1])
    y = pd.Series([1] * 30 + [2] * 30, dtype="Int64")
    assert by_class(label_accuracy, REAL, y, classifier=ones)["class"].tolist() == [1, 2]
    for a, b in ((b"a", b"b"), (1, "1"), (False, True)):
        labels = [b] * 30 + [a] * 30
        found = by_class(frechet_distance, REAL, labels, REAL, labels)["class"].tolist()
        assert found == ([b, a] if (a, b) == (1, "1") else [a, b])
    y[0] = pd.NA
    for labels in (y, [None, *[1] * 59], np.array([np.nan] + [1.0] * 59)):
        with pytest.raises(ValueError, match="y lacks the labels of 1 rows"):
            by_class(label_accuracy, REAL, labels, classifier=ones)
    with pytest.raises(ValueError, match="no class in common"):
        by_class(frechet_distance, REAL, np.ones(60, int), FAKE, ["1"] * 40)


def test_figures_by_class():
    y_real, y_fake = np.repeat([1, 2, 3], 20), np.repeat([1, 3], 20)
    frame = by_class(frechet_distance, REAL, y_real, pd.DataFrame(FAKE), y_fake)
    assert frame["class"].tolist() == [1, 3]
    expected = [
        frechet_distance(REAL[:20], FAKE[:20]),
        frechet_distance(REAL[40:], FAKE[20:]),
    ]
    assert_allclose(frame["frechet_distance"], expected)
    frame = by_class(partial(memorized_fraction, ratio=0.5), REAL, y_real, REAL, y_real)
    assert frame.columns.tolist() == ["class", "generated", "real", "n_real", "n_generated"]
    assert frame["n_real"].tolist() == [20, 20, 20]
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(TABLE, LABELS)
    frame = by_class(label_accuracy, TABLE, LABELS, classifier=tree)
    recalls = [(tree.predict(TABLE[k == LABELS]) == k).mean() for k in (0, 1)]
    assert_allclose(frame["label_accuracy"], recalls)
    assert label_accuracy(TABLE, LABELS, tree) == pytest.approx(tree.score(TABLE, LABELS))


def test_by_class_with_what_it_cannot_use():
    with pytest.raises(ValueError, match="by_class takes"):
        by_class(frechet_distance, REAL, REAL, FAKE)
    with pytest.raises(ValueError, match="inconsistent"):
        by_class(frechet_distance, REAL, [1], FAKE, [1])
    with pytest.raises(ValueError, match="no class in common"):
        by_class(frechet_distance, REAL, np.zeros(60), FAKE, np.ones(40))
    with pytest.raises(ValueError, match="classifier must"):
        label_accuracy(REAL, np.zeros(60), 3)


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("pandas", lambda: by_class(frechet_distance, REAL, LABELS)),
        ("pandas", lambda: evaluate_sampler(SMOTE(), TABLE, LABELS)),
        ("torchmetrics.functional.image", lambda: ssim_of_pairs(IMAGES, IMAGES)),
        ("torchmetrics.image.fid", lambda: inception_features(__file__)),
    ],
)
def test_optional_packages_are_named(monkeypatch, package, call):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install {package.split('.')[0]}"):
        call()


# evaluate_sampler -------------------------------------------------------------------------------


class Spy(BaseSampler):
    """Repeats the rows of the smaller classes, and tells what it was given."""

    _sampling_type = "over-sampling"
    seen: list = []

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit_resample(self, X, y):
        self.seen.append((X, y, self.random_state))
        index, y = RandomOverSampler(random_state=0).fit_resample(np.arange(len(y))[:, None], y)
        return X[index[:, 0]], y

    def _fit_resample(self, X, y):
        raise NotImplementedError


@pytest.fixture
def spy():
    Spy.seen = []
    yield Spy()
    Spy.seen = []


def test_a_fold_by_hand(spy):
    model = LogisticRegression()
    cv = StratifiedKFold(4, shuffle=True, random_state=3)
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=model, cv=cv, random_state=0)
    train, test = list(cv.split(TABLE, LABELS))[1]
    seed = Spy.seen[1][2]
    ours = RandomOverSampler(random_state=0)
    sets = {"none": (TABLE[train], LABELS[train])}
    sets["class weight"] = sets["none"]
    for name, sampler in (
        ("random oversampling", RandomOverSampler(random_state=seed)),
        ("SMOTE", SMOTE(random_state=seed)),
        ("Spy", ours),
    ):
        sets[name] = sampler.fit_resample(*sets["none"])
    for name, (X, y) in sets.items():
        weight = "balanced" if name == "class weight" else None
        fitted = clone(model).set_params(class_weight=weight).fit(X, y)
        predicted, p = fitted.predict(TABLE[test]), fitted.predict_proba(TABLE[test])[:, 1]
        row = result.scores.query("fold == 1 and method == @name").iloc[0]
        assert row["acsa"] == balanced_accuracy_score(LABELS[test], predicted)
        assert row["gm"] == geometric_mean_score(LABELS[test], predicted)
        assert row["average_precision"] == pytest.approx(average_precision_score(LABELS[test], p))
    assert result.scores["method"].unique().tolist() == list(sets)
    assert len(result.scores) == 4 * len(sets)


def test_the_summary_by_hand():
    result = evaluate_sampler(
        SMOTE(k_neighbors=2), TABLE, LABELS, classifier=GaussianNB(), cv=4, random_state=0
    )
    assert result.scores["method"].unique().tolist() == [
        "none",
        "random oversampling",
        "SMOTE",
        "given SMOTE",
    ]
    table = result.scores.pivot(index="fold", columns="method", values="acsa")
    lead = (table["given SMOTE"] - table["none"]).to_numpy()
    row = result.summary.query("metric == 'acsa' and method == 'none'").iloc[0]
    assert row["mean"] == pytest.approx(table["none"].mean())
    assert row["std"] == pytest.approx(np.std(table["none"], ddof=1))
    assert row["lead"] == pytest.approx(lead.mean())
    assert row["lead_std"] == pytest.approx(np.std(lead, ddof=1))
    scale = np.std(lead, ddof=1) * np.sqrt(1 / 4 + 1 / 3)
    interval = stats.t.interval(0.95, 3, loc=lead.mean(), scale=scale)
    assert_allclose(row[["lead_low", "lead_high"]].astype(float), interval)
    assert result.summary.query("method == 'given SMOTE'")["lead"].isna().all()


def test_the_sampler_sees_training_rows_only(spy):
    X = np.arange(40.0)[:, None]
    evaluate_sampler(spy, X, LABELS, classifier=GaussianNB(), random_state=0)
    assert len(Spy.seen) == 10
    for half in (Spy.seen[:5], Spy.seen[5:]):
        unseen = [np.setdiff1d(X, rows) for rows, _, _ in half]
        assert_array_equal(np.sort(np.concatenate(unseen)), X[:, 0])
    assert len({seed for _, _, seed in Spy.seen}) == 10
    with pytest.raises(ValueError, match="cv must"):
        evaluate_sampler(spy, X, LABELS, cv=[([0, 1, 30], [1, 31])])
    with pytest.raises(ValueError, match=r"cv must .* every class .* smallest class has 10 rows"):
        evaluate_sampler(spy, X, LABELS, cv=KFold(4))


def test_folds_and_baselines_are_the_same_for_every_sampler_and_way_to_run(spy):
    state = np.random.mtrand._rand.get_state()[1].tolist(), torch.get_rng_state().tolist()
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=DecisionTreeClassifier(), random_state=5
    )
    first, second = run(spy), run(CGANOversampler(max_iter=3))
    rest = [result.scores.query("method in ('none', 'SMOTE')") for result in (first, second)]
    assert_frame_equal(rest[0].reset_index(drop=True), rest[1].reset_index(drop=True))
    assert_frame_equal(run(CGANOversampler(max_iter=3)).scores, second.scores)
    assert state == (np.random.mtrand._rand.get_state()[1].tolist(), torch.get_rng_state().tolist())
    with joblib.parallel_config("threading"):
        parallel = run(SMOTE(), n_jobs=2)
    assert_frame_equal(parallel.scores, run(SMOTE()).scores)
    assert_frame_equal(parallel.summary, run(SMOTE()).summary)


def test_data_frames_with_categories():
    frame = pd.DataFrame(TABLE, columns=["a", "b", "c"])
    frame["kind"] = np.where(TABLE[:, 0] > 0, "high", "low")
    frame["level"] = pd.Categorical(np.where(TABLE[:, 1] > 0, "up", "down"))
    frame["flag"] = TABLE[:, 2] > 0
    frame["count"] = np.arange(40)
    result = evaluate_sampler(
        CGANOversampler(max_iter=2), frame, pd.Series(LABELS), cv=2, random_state=0
    )
    methods = ["none", "class weight", "random oversampling", "SMOTE", "CGANOversampler"]
    assert result.scores["method"].tolist() == methods * 2
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    frame = frame.astype({"flag": float, "count": float})
    result = evaluate_sampler(
        SMOTENC(["kind", "level"]), frame, LABELS, classifier=model, cv=4, random_state=0
    )
    table = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(table["SMOTE"], table["SMOTENC"])
    result = evaluate_sampler(
        RandomOverSampler(), frame[["kind", "level"]], LABELS, classifier=model, cv=2
    )
    assert "SMOTE" in set(result.scores["method"])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int64", "bool"])
@pytest.mark.parametrize("kind", ["array", "sparse", "frame", "categories"])
def test_smote_interpolates_integers_within_their_range(dtype, kind):
    X = np.random.default_rng(0).integers(100, 120, size=(40, 3))
    X = (X > 110 if dtype == "bool" else X).astype(dtype)
    data = X if kind == "array" else sparse.csr_matrix(X)
    categories = []
    if kind in ("frame", "categories"):
        data = pd.DataFrame(X, columns=list("abc"))
    if kind == "categories":
        data["d"] = np.where(LABELS, "yes", "no")
        categories = [3]
    rows, labels = smote("auto", categories, data, LABELS, 0)
    values = rows.iloc[:, :3].to_numpy() if hasattr(rows, "iloc") else rows
    values = values.toarray() if sparse.issparse(values) else values
    assert values.dtype == dtype
    assert X.min() <= values.min()
    assert values.max() <= X.max()
    given = SMOTE(random_state=0).fit_resample(X.astype(float), LABELS)[0]
    if kind in ("array", "frame"):
        assert_array_equal(values, np.rint(given))
    assert np.bincount(labels).tolist() == [30, 30]


def test_smote_of_nullable_columns():
    frame = pd.DataFrame({"a": pd.array(range(40), "Int64"), "b": pd.array(LABELS > 0, "boolean")})
    rows, _ = smote("auto", [], frame, LABELS, 0)
    assert rows.dtypes.tolist() == frame.dtypes.tolist()


class Looks(GaussianNB):
    """Tells the shape and dtype of what it was given."""

    seen: list = []

    def __init__(self, sees_images=False, priors=None, var_smoothing=1e-9):
        super().__init__(priors=priors, var_smoothing=var_smoothing)
        self.sees_images = sees_images

    def fit(self, X, y):
        self.seen.append((X.shape[1:], X.dtype))
        return super().fit(X.reshape(len(X), -1), y)

    def predict_joint_log_proba(self, X):
        return super().predict_joint_log_proba(X.reshape(len(X), -1))

    def predict(self, X):
        return super().predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        return super().predict_proba(X.reshape(len(X), -1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = self.sees_images
        return tags


@pytest.mark.parametrize(
    ("sees_images", "flatten", "shape"),
    [(True, "auto", (4, 4)), (False, "auto", (16,)), (False, False, (4, 4)), (True, True, (16,))],
)
def test_images_are_flat_only_where_they_must_be(spy, sees_images, flatten, shape):
    X = np.random.default_rng(0).integers(256, size=(40, 4, 4), dtype=np.uint8)
    Looks.seen = []
    result = evaluate_sampler(
        CGANOversampler(max_iter=2, latent_dim=4),
        X,
        LABELS,
        classifier=Looks(sees_images),
        cv=2,
        flatten=flatten,
        random_state=0,
    )
    assert set(Looks.seen) == {(shape, np.dtype(np.uint8))}
    assert result.scores["method"].nunique() == 4
    Looks.seen = []
    model = make_pipeline(Looks(sees_images))
    evaluate_sampler(spy, X, LABELS, classifier=model, cv=2, flatten=flatten, random_state=0)
    assert {seen for seen, _ in Looks.seen} == {shape}


def test_the_default_classifier_takes_images_and_sparse_rows(spy):
    X = np.random.default_rng(0).normal(size=(40, 4, 4)) + LABELS[:, None, None]
    for data in (X, sparse.csr_matrix(TABLE)):
        result = evaluate_sampler(spy, data, LABELS, cv=2, random_state=0)
        assert result.scores["method"].nunique() == 5


def test_class_weights_reach_the_last_step_of_a_pipeline(spy):
    model = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression()))
    X = LABELS[:, None] + np.linspace(0, 2, 40)[:, None] % 1.5
    result = evaluate_sampler(spy, X, LABELS, classifier=model, cv=2, random_state=0)
    scores = result.scores.pivot(index="fold", columns="method", values="acsa")
    assert (scores["class weight"] > scores["none"] + 0.1).all()


@pytest.mark.parametrize("rare", ["a", "z"])
def test_average_precision_is_of_the_smaller_class(spy, rare):
    y = np.where(LABELS == 1, rare, "m")
    split = PredefinedSplit(np.tile([0, 1], 20))
    train, test = next(split.split())
    model = LinearSVC(random_state=0)
    result = evaluate_sampler(spy, TABLE, y, classifier=model, cv=split)
    margin = clone(model).fit(TABLE[train], LABELS[train]).decision_function(TABLE[test])
    expected = average_precision_score(LABELS[test], margin)
    row = result.scores.query("method == 'none' and fold == 0").iloc[0]
    assert row["average_precision"] == pytest.approx(expected, abs=1e-6)


def test_several_classes_and_few_rows(spy):
    y = np.repeat(["a", "b", "c"], [30, 7, 3])
    model = GaussianNB()
    result = evaluate_sampler(spy, TABLE, y, classifier=model, random_state=0)
    assert result.scores["fold"].nunique() == 6
    assert result.scores.columns.tolist() == ["fold", "method", "acsa", "gm"]
    y[-1] = "b"
    with pytest.warns(UserWarning, match="SMOTE is left out"):
        result = evaluate_sampler(spy, TABLE, y, classifier=model, random_state=0)
    assert "SMOTE" not in set(result.scores["method"])
    y[-2] = "b"
    with pytest.raises(ValueError, match="single row"):
        evaluate_sampler(spy, TABLE, y)


class Fragile(Spy):
    """Fails on training rows that hold one of these rows."""

    def __init__(self, row=None, random_state=None):
        self.row = row
        self.random_state = random_state

    def fit_resample(self, X, y):
        if self.row is None or (self.row == X).all(axis=1).any():
            raise RuntimeError("it broke")
        return super().fit_resample(X, y)


class Unweighted(GaussianNB):
    """Has class weights, and fails with them."""

    def __init__(self, class_weight=None):
        super().__init__()
        self.class_weight = class_weight

    def fit(self, X, y):
        if self.class_weight is not None:
            raise RuntimeError("no weights")
        return super().fit(X, y)


def test_a_fold_that_fails_does_not_take_the_others_with_it():
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=GaussianNB(), cv=4, random_state=0
    )
    with pytest.warns(
        FitFailedWarning, match=r"Fragile failed in the folds \[\d, \d, \d\]: .* nan"
    ):
        result = run(Fragile(row=TABLE[0]))
    scores = result.scores.query("method == 'Fragile'")
    assert scores["acsa"].isna().sum() == 3
    assert result.scores.query("method != 'Fragile'").notna().all(axis=None)
    row = result.summary.query("metric == 'acsa' and method == 'none'").iloc[0]
    none = result.scores.query("method == 'none'")["acsa"].to_numpy()
    assert row["lead"] == pytest.approx(np.nanmean(scores["acsa"].to_numpy() - none))
    assert np.isnan(row["lead_low"])
    with pytest.warns(FitFailedWarning):
        zero = run(Fragile(row=TABLE[0]), error_score=0).scores.query("method == 'Fragile'")
    assert (zero["acsa"] == 0).sum() == 3
    with pytest.raises(RuntimeError, match="it broke"):
        run(Fragile(row=TABLE[0]), error_score="raise")
    (train, test), other = [*StratifiedKFold(4).split(TABLE, LABELS)][:2]
    folds = [(train, test), (train[3:], test), other]  # the last has a row that breaks it
    with pytest.warns(FitFailedWarning):
        result = run(Fragile(row=TABLE[test[0]]), cv=folds)
    wide = result.scores.pivot(index="fold", columns="method", values="acsa")
    gap = (wide["Fragile"] - wide["SMOTE"])[:2]
    share = np.mean([10 / 30, 10 / 27, 10 / 30])
    row = result.summary.query("metric == 'acsa' and method == 'SMOTE'").iloc[0]
    half = stats.t.ppf(0.975, 1) * gap.std() * np.sqrt(1 / 2 + share)
    assert gap.std() > 0
    assert row["lead_low"] == pytest.approx(gap.mean() - half)
    with pytest.warns(FitFailedWarning, match="class weight failed in the folds"):
        result = run(SMOTE(), classifier=Unweighted())
    assert result.scores.query("method == 'class weight'")["acsa"].isna().all()
    assert result.scores.query("method != 'class weight'")["acsa"].notna().all()
    with pytest.raises(ValueError, match=r"Fragile failed in every fold\. RuntimeError: it"):
        run(Fragile())


def test_groups_and_masks_make_folds(spy):
    groups = np.arange(40) % 20
    cv = StratifiedGroupKFold(2)
    run = partial(evaluate_sampler, spy, TABLE, LABELS, classifier=GaussianNB(), random_state=0)
    result = run(cv=cv, groups=groups)
    rows = [{tuple(row) for row in X} for X, *_ in Spy.seen]
    assert not rows[0] & rows[1]
    for seen in rows:
        inside = [tuple(row) in seen for row in TABLE]
        assert len(set(groups[inside]) & set(groups[~np.array(inside)])) == 0
    masks = [
        tuple(np.isin(np.arange(40), part) for part in fold)
        for fold in cv.split(TABLE, LABELS, groups)
    ]
    assert_frame_equal(run(cv=masks).scores, result.scores)


def test_an_evaluation_prints_all_of_its_summary(spy):
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=GaussianNB(), cv=2, random_state=0)
    for text in (str(result), result._repr_html_()):
        for column in result.summary.columns:
            assert column in text
    assert f"{result.summary['lead_low'].iloc[0]:.3f}" in str(result)


def test_a_pipeline_of_samplers_but_not_of_transformers():
    samplers = make_sampling_pipeline(RandomOverSampler(sampling_strategy=0.5), SMOTE())
    run = partial(
        evaluate_sampler, X=TABLE, y=LABELS, classifier=GaussianNB(), cv=2, random_state=0
    )
    assert "Pipeline" in run(samplers).scores["method"].tolist()
    with pytest.raises(ValueError, match=r"sampler is a pipeline.*\['standardscaler'\]"):
        run(make_sampling_pipeline(StandardScaler(), SMOTE()))
    nested = make_sampling_pipeline(make_sampling_pipeline(StandardScaler(), SMOTE()), SMOTE())
    with pytest.raises(ValueError, match=r"sampler is a pipeline.*\['pipeline'\]"):
        run(nested)


def test_a_pipeline_of_samplers_tells_categories():
    X = np.column_stack([LABELS, np.arange(40) % 7, np.arange(40)])
    sampler = CGANOversampler(max_iter=2, categorical_features=[0, 1])
    run = partial(evaluate_sampler, X=X, y=LABELS, classifier=GaussianNB(), cv=2, random_state=0)
    alone, piped = (
        run(s).scores.query("method == 'SMOTE'").reset_index(drop=True)
        for s in (sampler, make_sampling_pipeline(sampler))
    )
    assert_frame_equal(alone, piped)


def test_steps_of_a_classifier_that_do_nothing(spy):
    model = Pipeline([("a", "passthrough"), ("b", None), ("c", GaussianNB())])
    result = evaluate_sampler(spy, TABLE, LABELS, classifier=model, cv=2, random_state=0)
    assert result.scores["acsa"].notna().all()


def test_baselines_follow_the_strategy_of_the_sampler():
    sampler = RandomOverSampler(sampling_strategy=0.5)
    model = LogisticRegression()
    result = evaluate_sampler(sampler, TABLE, LABELS, classifier=model, cv=2, random_state=0)
    scores = result.scores.pivot(index="fold", columns="method", values="average_precision")
    assert_array_equal(scores["random oversampling"], scores["RandomOverSampler"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampler": 3}, "sampler must"),
        ({"sampler": SMOTE}, "sampler must"),
        ({"classifier": SMOTE()}, "classifier must"),
        ({"flatten": "yes"}, "flatten must"),
        ({"error_score": "nan"}, "error_score must"),
        ({"y": np.zeros(40)}, "y must have at least two"),
        ({"y": LABELS[:5]}, "inconsistent"),
        ({"y": TABLE[:, 0]}, "label type"),
        ({"X": np.full((40, 2), np.nan)}, "NaN"),
        ({"cv": 1}, "n_splits"),
    ],
)
def test_what_cannot_be_evaluated(change, message):
    with pytest.raises(ValueError, match=message):
        evaluate_sampler(**{"sampler": SMOTE(), "X": TABLE, "y": LABELS} | change)
