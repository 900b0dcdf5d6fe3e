"""Displays: what is shown is what it claims to be."""

import sys
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.tree import DecisionTreeClassifier

from imblearn_gan import BAGANGPOversampler, BAGANOversampler, CGANOversampler
from imblearn_gan.inspection import (
    CodesDisplay,
    GeneratedImagesDisplay,
    InterpolationDisplay,
    MarginalsDisplay,
    NearestNeighborsDisplay,
    TrainingHistoryDisplay,
)
from tests.samplers import images, labels

SMALL = {"pretrain_iter": 3, "max_iter": 3, "batch_size": 8, "random_state": 0}

digits, digit_of = load_digits(n_class=3, return_X_y=True)
rows = np.concatenate([np.flatnonzero(digit_of == k)[:n] for k, n in enumerate([40, 20, 5])])
X, Y = digits[rows].reshape(-1, 8, 8), np.array(["zero", "one", "two"])[digit_of[rows]]
CLASSES = ["one", "two"]  # that are generated


@pytest.fixture(autouse=True)
def _no_figures_left():
    matplotlib.use("Agg")
    settings = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == settings


@pytest.fixture(scope="module")
def fitted():
    sampler = BAGANGPOversampler(**SMALL)
    sampler.fit_resample(X, Y)
    return sampler


@pytest.fixture(scope="module")
def table():
    stream = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], [60, 20, 10])
    frame = pd.DataFrame(
        {
            "a": stream.normal(size=90) + y,
            "b": stream.randint(0, 9, 90),
            "colour": stream.choice(["red", "green", "blue"], 90),
        }
    )
    sampler = BAGANOversampler(**SMALL)
    return sampler, frame, y, sampler.fit_resample(frame, y)


def drawn(display, row, column, gap=0):
    """The image at a place of the grid, as it was drawn; ``gap``: blanks of blocks before."""
    canvas = np.asarray(display.im_.get_array())
    top, left = 9 * row, 9 * column + gap
    return canvas[top : top + 8, left : left + 8]


BLOCK_GAP = 4  # more pixels between blocks of images than between images of 8 pixels


def same(image, pixels):
    return np.allclose(image, np.asarray(pixels) / 16, atol=1e-6)


# images --------------------------------------------------------------------------------------


def test_generated_images(fitted):
    display = GeneratedImagesDisplay.from_sampler(fitted, X, Y, n_images=7)
    assert display.labels.tolist() == CLASSES
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == CLASSES
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["real", "generated"]
    assert isinstance(display.figure_, Figure)
    assert display.figure_.axes == [display.ax_]
    assert len(display.ax_.images) == 1
    assert [len(part) for part in display.real] == [7, 5]  # there are no more twos
    assert [len(part) for part in display.generated] == [7, 7]
    for row, label in enumerate(CLASSES):
        for column, image in enumerate(display.real[row]):
            assert np.array_equal(drawn(display, row, column), image)
            assert any(same(image, pixels) for pixels in X[label == Y])
    made, made_as = fitted.sample(dict.fromkeys(CLASSES, 7), random_state=0)
    for row, label in enumerate(CLASSES):
        for column, pixels in enumerate(made[made_as == label]):
            shown = drawn(display, row, 7 + column, BLOCK_GAP)
            if len(display.generated[row]) == 7:
                assert any(same(shown, p) for p in made[made_as == label])
            assert any(same(image, pixels) for image in display.generated[row])
    assert np.isnan(drawn(display, 1, 5)).all()


def test_what_is_looked_at_does_not_change_what_is_drawn():
    samplers = [BAGANOversampler(**SMALL) for _ in range(2)]
    for sampler in samplers:
        sampler.fit_resample(X, Y)
    GeneratedImagesDisplay.from_sampler(samplers[0], X, Y)
    first, second = (sampler.sample({"two": 3})[0] for sampler in samplers)
    assert np.array_equal(first, second)


def test_resampled_images(fitted):
    X_res, y_res = BAGANOversampler(**SMALL).fit_resample(X, Y)
    mask = np.arange(len(X_res)) >= len(X)
    display = GeneratedImagesDisplay.from_resampled(X_res, y_res, mask, n_images=3)
    for label, real, made in zip(CLASSES, display.real, display.generated):
        assert len(real) == len(made) == 3
        assert all(any(same(i, p) for p in X[label == Y]) for i in real)
        assert all(any(same(i, p) for p in X_res[mask & (y_res == label)]) for i in made)
    flat = X_res.reshape(len(X_res), -1)
    with pytest.raises(ValueError, match="set image_shape"):
        GeneratedImagesDisplay.from_resampled(flat, y_res, mask)
    again = GeneratedImagesDisplay.from_resampled(flat, y_res, mask, n_images=3, image_shape=(8, 8))
    assert np.array_equal(again.real, display.real)
    with pytest.raises(ValueError, match="synthetic_mask"):
        GeneratedImagesDisplay.from_resampled(X_res, y_res, np.zeros(len(X_res), dtype=bool))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        GeneratedImagesDisplay.from_resampled(X_res, y_res, mask[1:])


@pytest.mark.parametrize("shape", [(3, 8, 10), (8, 10, 3), (10, 8, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_colours_and_layouts(shape, dtype):
    pictures, y = images(20, *shape, dtype=dtype), labels(14, 6)
    mask = np.arange(20) >= 10
    display = GeneratedImagesDisplay.from_resampled(pictures, y, mask, n_images=50)
    last = pictures.transpose(0, 2, 3, 1) if shape[0] == 3 else pictures
    low = 0 if dtype == np.uint8 else last.min()
    scaled = (last - low) / ((255 if dtype == np.uint8 else last.max()) - low)
    for code in range(2):
        expected = scaled[~mask & (y == code)]
        assert display.real[code].shape == expected.shape
        assert all(
            np.isclose(expected, im, atol=1e-6).all((1, 2, 3)).any() for im in display.real[code]
        )
    assert display.im_.get_array().shape[2] == last.shape[3]


def test_interpolation(fitted):
    display = InterpolationDisplay.from_sampler(fitted, X[[0, 64]], Y[[0, 64]], n_steps=4)
    assert same(drawn(display, 0, 0), X[0])
    assert same(drawn(display, 0, 5, 2 * BLOCK_GAP), X[64])
    assert display.decoded.shape == (3, 4, 8, 8)
    first, last = fitted.encode(X[[0, 64]], Y[[0, 64]])
    for row, label in enumerate(fitted.classes_):
        path = [first + t * (last - first) for t in (0, 1 / 3, 2 / 3, 1)]
        expected = fitted.decode(path, [label] * 4)
        for step in range(4):
            assert same(drawn(display, row, 1 + step, BLOCK_GAP), expected[step])
    one = InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=["two"], n_steps=2)
    assert one.decoded.shape == (1, 2, 8, 8)
    with pytest.raises(ValueError, match="X must hold two rows"):
        InterpolationDisplay.from_sampler(fitted, X[:3], Y[:3])
    with pytest.raises(ValueError, match="'four'"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=["four"])
    with pytest.raises(ValueError, match="labels must name"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], labels=[])
    with pytest.raises(ValueError, match="n_steps"):
        InterpolationDisplay.from_sampler(fitted, X[:2], Y[:2], n_steps=0)


def test_nearest_neighbors(fitted):
    display = NearestNeighborsDisplay.from_sampler(fitted, X, Y, n_images=2, n_neighbors=3)
    made, made_as = fitted.sample(dict.fromkeys(CLASSES, 2), random_state=0)
    assert display.labels.tolist() == made_as.tolist() == ["one", "one", "two", "two"]
    for row, image in enumerate(made):
        assert same(drawn(display, row, 0), image)
        squared = ((X - image) ** 2).sum(axis=(1, 2))
        nearest = np.sqrt(np.sort(squared)[:3]) / 8  # pixels from 0 ... 16 to -1 ... 1
        assert np.allclose(display.distances[row], nearest, atol=1e-4)
        assert np.allclose(squared[display.indices[row]], np.sort(squared)[:3], rtol=1e-4)
        for column, index in enumerate(display.indices[row]):
            assert same(drawn(display, row, 1 + column, BLOCK_GAP), X[index])
    with pytest.raises(ValueError, match="n_neighbors=66"):
        NearestNeighborsDisplay.from_sampler(fitted, X, Y, n_neighbors=66)


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_matrix])
def test_sparse_flattened_images(container):
    flat = container(X.reshape(len(X), -1))
    sampler = BAGANGPOversampler(image_shape=(8, 8), **SMALL)
    sampler.fit_resample(flat, Y)
    display = NearestNeighborsDisplay.from_sampler(sampler, flat, Y, n_neighbors=2)
    for neighbors, indices in zip(display.neighbors, display.indices):
        assert all(same(image, X[index]) for image, index in zip(neighbors, indices))
    ends = InterpolationDisplay.from_sampler(sampler, flat[[0, 64]], Y[[0, 64]]).ends
    assert same(ends, X[[0, 64]])
    assert GeneratedImagesDisplay.from_sampler(sampler, flat, Y).real[0].shape == (8, 8, 8)


def test_keywords_of_images(fitted):
    display = GeneratedImagesDisplay.from_sampler(fitted, X, Y)
    assert display.im_.get_clim() == (0, 1)
    assert display.plot(im_kw={"norm": Normalize(0, 2)}).im_.get_clim() == (0, 2)
    assert display.plot(im_kw={"norm": Normalize()}).im_.get_clim()[1] <= 1
    assert display.plot(im_kw={"vmax": 3}).im_.get_clim() == (0, 3)


@pytest.mark.parametrize("shape", [(4, 40), (1, 100)])
def test_labels_of_low_images_do_not_touch(shape):
    wide, y = images(40, *shape), np.arange(40) % 10
    display = GeneratedImagesDisplay.from_resampled(wide, y, np.arange(40) >= 20, n_images=2)
    display.figure_.draw_without_rendering()
    boxes = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    assert len(boxes) == 10
    assert all(above.y0 > below.y1 for above, below in pairwise(boxes))


# history and codes ---------------------------------------------------------------------------


def test_history(fitted):
    display = TrainingHistoryDisplay.from_estimator(fitted)
    assert [ax.get_title() for ax in display.axes_] == ["pretrain", "adversarial"]
    for lines, phase in zip(display.lines_, ["pretrain", "adversarial"]):
        records = [record for record in fitted.history_ if record["phase"] == phase]
        names = [name for name in records[0] if name not in ("phase", "iteration")]
        assert [line.get_label() for line in lines] == [name.replace("_", " ") for name in names]
        for line, name in zip(lines, names):
            assert line.get_xdata().tolist() == [record["iteration"] for record in records]
            assert line.get_ydata().tolist() == [record[name] for record in records]


def test_history_of_phases_that_were_run_again():
    history = [
        {"phase": phase, "iteration": i, "loss": 0.5}
        for phase, i in [("a", 1), ("a", 2), ("a", 1), ("b", 2), ("c", 9)]
    ]
    display = TrainingHistoryDisplay(history).plot()
    assert [ax.get_title() for ax in display.axes_] == ["a", "a", "b", "c"]
    assert len(display.figure_.axes) == 4  # of a grid for six


def test_history_of_nothing():
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(BAGANOversampler())
    tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(TypeError, match="history_ of its training"):
        TrainingHistoryDisplay.from_estimator(tree)
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(X[:40], np.arange(40) % 2)
    with pytest.raises(ValueError, match="history_ of estimator is empty"):
        TrainingHistoryDisplay.from_estimator(sampler)


def test_history_shows_losses_only():
    history = [
        {"phase": "train", "iteration": i, "train_loss": 1 / i, "valid_loss": 2 / i, "valid_acc": i}
        for i in (1, 2)
    ]
    (lines,) = TrainingHistoryDisplay(history).plot().lines_
    assert [line.get_label() for line in lines] == ["train loss", "valid loss"]
    with pytest.raises(ValueError, match="history is empty"):
        TrainingHistoryDisplay([]).plot()


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_codes(fitted, method):
    display = CodesDisplay.from_sampler(fitted, X, Y, method=method)
    assert display.positions.shape == (65, 2)
    assert display.y.tolist() == Y.tolist()
    assert [s.get_label() for s in display.scatters_] == ["one", "two", "zero"]
    for scatter in display.scatters_:
        expected = display.positions[scatter.get_label() == Y]
        assert np.allclose(scatter.get_offsets(), expected)
    again = CodesDisplay.from_sampler(fitted, X, Y, method=method)
    assert np.array_equal(again.positions, display.positions)


def test_principal_components_of_codes(fitted):
    display = CodesDisplay.from_sampler(fitted, X, Y, method="pca")
    codes = fitted.encode(X, Y)
    _, values, _ = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    assert np.allclose(np.linalg.norm(display.positions, axis=0), values[:2], rtol=1e-3)


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_codes_of_one_dimension(method):
    sampler = BAGANOversampler(latent_dim=1, **SMALL)
    sampler.fit_resample(X, Y)
    positions = CodesDisplay.from_sampler(sampler, X, Y, method=method).positions
    assert positions.shape == (65, 2)
    if method == "pca":
        codes = sampler.encode(X, Y)[:, 0]
        assert np.allclose(np.abs(positions[:, 0]), np.abs(codes - codes.mean()), atol=1e-6)
        assert not positions[:, 1].any()
    else:
        assert (positions.std(axis=0) > 1).all()  # both dimensions are used


def test_legend_of_many_classes():
    positions = np.random.RandomState(0).normal(size=(100, 2))
    display = CodesDisplay(positions, np.arange(100) % 50).plot()
    display.figure_.draw_without_rendering()
    legend = display.ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [str(i) for i in range(50)]
    figure, box = display.figure_.bbox, legend.get_window_extent()
    assert box.x1 <= figure.x1
    assert figure.y0 <= box.y0 <= box.y1 <= figure.y1
    assert display.ax_.get_window_extent().width > figure.width / 2


@pytest.mark.parametrize("name", ["c", "color", "facecolor", "facecolors"])
def test_colours_of_ones_own(name):
    display = CodesDisplay(np.zeros((6, 2)), np.arange(6) % 3).plot(scatter_kw={name: "red"})
    assert all((s.get_facecolor() == [1, 0, 0, 1]).all() for s in display.scatters_)
    display = display.plot(scatter_kw={"edgecolors": "black"})
    assert all((s.get_edgecolor() == [0, 0, 0, 1]).all() for s in display.scatters_)
    assert len({tuple(s.get_facecolor()[0]) for s in display.scatters_}) == 3


def test_codes_of_a_part(fitted):
    display = CodesDisplay.from_sampler(fitted, X, Y, method="pca", max_rows=30)
    assert len(display.positions) == len(display.y) == 30
    with pytest.raises(ValueError, match="method"):
        CodesDisplay.from_sampler(fitted, X, Y, method="umap")
    with pytest.raises(ValueError, match="three rows"):
        CodesDisplay.from_sampler(fitted, X[:2], Y[:2])


# tables --------------------------------------------------------------------------------------


def test_marginals(table):
    sampler, frame, y, _ = table
    features = ["a", 1, "colour", ("a", "b"), ("colour", "a")]
    display = MarginalsDisplay.from_sampler(sampler, frame, y, features=features, bins=5)
    assert len(display.axes_) == len(display.figure_.axes) == 5
    rare = frame[y > 0]
    made, made_as = sampler.sample({1: 20, 2: 10}, random_state=0)
    assert np.bincount(made_as).tolist() == [0, 20, 10]
    for axes, name in zip(display.axes_[:2], "ab"):
        assert axes.get_xlabel() == name
        edges = np.histogram_bin_edges(np.r_[rare[name], made[name]], 5)
        expected = [np.histogram(part[name], edges)[0] / 30 for part in (rare, made)]
        assert np.allclose([bar.get_height() for bar in axes.patches], np.concatenate(expected))
    bars = display.axes_[2]
    names = [tick.get_text() for tick in bars.get_xticklabels()]
    assert sorted(names) == ["blue", "green", "red"]
    expected = [(part["colour"] == name).mean() for part in (rare, made) for name in names]
    assert np.allclose([bar.get_height() for bar in bars.patches], expected)
    for cloud, part in zip(display.axes_[3].collections, (rare, made)):
        assert np.allclose(cloud.get_offsets(), part[["a", "b"]])
    beside = display.axes_[4]
    assert [tick.get_text() for tick in beside.get_xticklabels()] == names
    for cloud, part in zip(beside.collections, (rare, made)):
        across, up = np.asarray(cloud.get_offsets()).T
        assert [names[i] for i in np.rint(across).astype(int)] == part["colour"].tolist()
        assert np.allclose(up, part["a"])


def test_marginals_of_one_class_and_of_resampled_rows(table):
    sampler, frame, y, (X_res, y_res) = table
    one = MarginalsDisplay.from_sampler(sampler, frame, y, label=2)
    assert len(one.axes_) == 3
    assert len(one.panels[0][0].real) == len(one.panels[0][0].generated) == 10
    mask = sampler.synthetic_mask_
    display = MarginalsDisplay.from_resampled(X_res, y_res, mask, label=2, features=["a"])
    (column,) = display.panels[0]
    assert column.generated.tolist() == X_res["a"][mask & (y_res == 2)].tolist()
    assert column.real.tolist() == X_res["a"][~mask & (y_res == 2)].tolist()
    array = X_res[["a", "b"]].to_numpy()
    display = MarginalsDisplay.from_resampled(array, y_res, mask, categorical_features=[1])
    assert [panel[0].name for panel in display.panels] == ["column 0", "column 1"]
    assert display.panels[1][0].categories is not None


def shown_categories(axes):
    return [tick.get_text() for tick in axes.get_xticklabels()]


def test_category_that_was_not_seen(table):
    sampler, frame, y, _ = table
    frame = frame.copy()
    frame.loc[y == 2, "colour"] = "pink"
    with pytest.raises(ValueError, match=r"\['pink'\] in 'colour'"):
        MarginalsDisplay.from_sampler(sampler, frame, y)
    MarginalsDisplay.from_sampler(sampler, frame, y, label=1)  # whose rows have been seen
    MarginalsDisplay.from_sampler(sampler, frame, y, features=["a"])


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (["low", "high", "mid"], ["high", "low", "mid"]),
        (pd.Categorical(["low", "high", "mid"], ["low", "mid", "high", "top"]), None),
        (np.array([10, "b", 9, "a"], dtype=object), ["9", "10", "a", "b"]),
    ],
)
def test_order_of_categories(values, shown):
    n = len(values)
    frame = pd.DataFrame({"level": pd.Series(values).repeat(10).reset_index(drop=True)})
    y, mask = np.tile([0, 1], 5 * n), np.arange(10 * n) % 10 > 5
    display = MarginalsDisplay.from_resampled(frame, y, mask)
    assert shown_categories(display.axes_[0]) == (shown or ["low", "mid", "high"])
    assert np.allclose([bar.get_height() for bar in display.axes_[0].patches], 1 / n)


def test_names_end_at_their_ticks():
    names = np.array([f"a long name {i}" for i in range(5)])[np.arange(60) % 5]
    frame, mask = pd.DataFrame({"name": names}), np.arange(60) >= 30
    display = MarginalsDisplay.from_resampled(frame, np.arange(60) // 10 % 2, mask)
    for label in display.axes_[0].get_xticklabels():
        assert (label.get_rotation(), label.get_ha()) == (45, "right")
        assert label.get_rotation_mode() == "anchor"


def test_many_categories():
    real = np.repeat([f"c{i:02}" for i in range(60)], np.arange(1, 61))
    generated = np.repeat(["c00", "c59"], 1000)
    frame = pd.DataFrame({"code": np.r_[real, generated]})
    y, mask = np.arange(len(frame)) % 2, np.arange(len(frame)) >= len(real)
    display = MarginalsDisplay.from_resampled(frame, y, mask)
    (axes,) = display.axes_
    names = shown_categories(axes)
    # rare among the real rows, but frequent among the generated ones
    assert names == ["c00", *(f"c{i}" for i in range(47, 60)), "46 others"]
    heights = np.reshape([bar.get_height() for bar in axes.patches], (2, 15))
    assert np.allclose(heights.sum(axis=1), 1)
    assert heights[0, -1] == pytest.approx(sum(range(2, 48)) / len(real))
    assert np.allclose(heights[1, [0, 13]], 0.5)
    (all_of_them,) = display.plot(max_categories=60).axes_
    assert shown_categories(all_of_them) == [f"c{i:02}" for i in range(60)]
    with pytest.raises(ValueError, match="max_categories must be a positive integer"):
        display.plot(max_categories=0)


def test_pairs_of_categories():
    pairs = [("a", "x")] * 6 + [("a", "y")] * 2 + [("b", "y")] * 4
    frame = pd.DataFrame(pairs * 2, columns=["one", "two"])
    frame.loc[18:, "one"] = "b"
    mask = np.arange(24) >= 12
    display = MarginalsDisplay.from_resampled(
        frame, np.arange(24) % 2, mask, features=[("one", "two")]
    )
    (axes,) = display.axes_
    assert len(axes.containers) == 2
    for bars, part in zip(axes.containers, (frame[~mask], frame[mask])):
        found = np.zeros((2, 2))
        for bar in bars:
            x, y = bar.get_x() + bar.get_width() / 2, bar.get_y() + 0.45
            found[round(x), round(y)] = bar.get_height()
        counts = pd.crosstab(part["one"], part["two"]).to_numpy()
        assert np.allclose(found, counts * 0.9 / 6)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["real", "generated"]


@pytest.mark.parametrize(
    "features", [["d"], [3], [-1], ["a", ("a", "d")], [("a", "b", "a")], "a", []]
)
def test_features_that_are_none(table, features):
    sampler, frame, y, _ = table
    with pytest.raises(ValueError, match="features"):
        MarginalsDisplay.from_sampler(sampler, frame, y, features=features)


def test_label_that_is_not_generated(table):
    sampler, frame, y, _ = table
    with pytest.raises(ValueError, match="label=0"):
        MarginalsDisplay.from_sampler(sampler, frame, y, label=0)
    with pytest.raises(ValueError, match="no row of the classes"):
        MarginalsDisplay.from_sampler(sampler, frame[y == 0], y[y == 0])


# all of them ---------------------------------------------------------------------------------

OF_SAMPLERS = [
    GeneratedImagesDisplay,
    InterpolationDisplay,
    NearestNeighborsDisplay,
    CodesDisplay,
    MarginalsDisplay,
]


@pytest.mark.parametrize("display", OF_SAMPLERS)
def test_what_is_not_fitted_or_no_sampler(display):
    with pytest.raises(NotFittedError, match="fit_resample"):
        display.from_sampler(BAGANOversampler(), X[:2], Y[:2])
    with pytest.raises(TypeError, match="sampler must be"):
        display.from_sampler("BAGAN", X[:2], Y[:2])


@pytest.mark.parametrize("display", [InterpolationDisplay, CodesDisplay])
def test_sampler_without_encoder(display):
    sampler = CGANOversampler(max_iter=2, batch_size=8)
    sampler.fit_resample(X, Y)
    with pytest.raises(TypeError, match="'encode'"):
        display.from_sampler(sampler, X[:2], Y[:2])


@pytest.mark.parametrize("display", OF_SAMPLERS[:3])
def test_table_for_images(display, table):
    sampler, frame, y, _ = table
    with pytest.raises(ValueError, match="X must hold images"):
        display.from_sampler(sampler, frame[:2], y[:2])


def test_images_for_a_table(fitted):
    with pytest.raises(ValueError, match="X must be a table"):
        MarginalsDisplay.from_sampler(fitted, X, Y)


@pytest.mark.parametrize("display", OF_SAMPLERS[:4])
def test_rows_unlike_those_of_fit(fitted, display):
    with pytest.raises(ValueError, match="rows of shape"):
        display.from_sampler(fitted, X[:2, :4], Y[:2])
    with pytest.raises(ValueError, match="'nine'"):
        display.from_sampler(fitted, X[:2], ["nine", "one"])


def test_axes_of_ones_own(fitted, table):
    _, axes = plt.subplots(2, 4)
    single = axes.flat[0]
    assert GeneratedImagesDisplay.from_sampler(fitted, X, Y, ax=single).ax_ is single
    assert (
        CodesDisplay.from_sampler(fitted, X, Y, method="pca", ax=axes.flat[1]).ax_ is axes.flat[1]
    )
    history = TrainingHistoryDisplay.from_estimator(fitted, ax=axes.flat[2:4])
    assert list(history.axes_) == list(axes.flat[2:4])
    sampler, frame, y, _ = table
    marginals = MarginalsDisplay.from_sampler(sampler, frame, y, features=["a"], ax=axes[1, 0])
    assert marginals.axes_[0] is axes[1, 0]
    with pytest.raises(ValueError, match="ax must hold 2 axes"):
        TrainingHistoryDisplay.from_estimator(fitted, ax=axes[1, 1])
    assert len(plt.get_fignums()) == 1


def test_without_matplotlib(fitted, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"TrainingHistoryDisplay.plot requires matplotlib"):
        TrainingHistoryDisplay.from_estimator(fitted)
    with pytest.raises(ImportError, match=r"GeneratedImagesDisplay.plot requires matplotlib"):
        GeneratedImagesDisplay.from_sampler(fitted, X, Y)
