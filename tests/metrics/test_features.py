"""Features of rows, and figures by class."""

import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.over_sampling import SMOTE
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from imblearn_gan import GAMOClassifier
from imblearn_gan.metrics import (
    by_class,
    density_coverage,
    evaluate_sampler,
    extract_features,
    frechet_distance,
    inception_features,
    inception_score,
    label_accuracy,
    memorized_fraction,
    precision_recall,
    ssim_of_pairs,
)
from tests.metrics.samples import FAKE, IMAGES, LABELS, REAL, TABLE


def test_rows_are_their_own_features():
    assert_array_equal(extract_features(IMAGES), IMAGES.reshape(12, -1))
    assert_array_equal(extract_features(pd.DataFrame(REAL)), REAL)
    assert_array_equal(extract_features(sparse.csr_matrix(REAL)), REAL)
    assert extract_features(REAL.astype(np.float32)).dtype == np.float64


def test_modules_run_in_evaluation_mode_and_are_left_as_they_were():
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        expected = network[0](torch.tensor(REAL).float()) / np.sqrt(1 + 1e-5)
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
    with pytest.raises(ValueError, match="1 or 3 channels"):
        inception_features(path, channels="last")(np.zeros((4, 8, 8, 5), dtype=np.uint8))
    assert (["2048"], str(path)) in seen
    assert (["logits_unbiased"], str(path)) in seen


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
