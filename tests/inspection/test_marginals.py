"""Columns of tables, real against generated."""

import re

import numpy as np
import pandas as pd
import pytest

from imblearn_gan import BAGANOversampler
from imblearn_gan.inspection import (
    MarginalsDisplay,
)
from tests.inspection.shown import SMALL


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
        (pd.Categorical(["low", None, "high"], ["low", "high"]), ["missing", "low", "high"]),
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


def test_missing_values_and_dates():
    stream, y = np.random.RandomState(0), np.repeat([0, 1], [40, 20])
    frame = pd.DataFrame(
        {
            "gaps": np.where(np.arange(60) % 4 == 0, np.nan, stream.rand(60)),
            "none": np.full(60, np.nan),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(60), "D"),
            "seen": pd.Series(pd.Timestamp("2024-01-01", tz="UTC")).repeat(60).to_numpy(),
        }
    )
    frame["word"] = np.where(np.arange(60) % 3 == 0, None, "a")
    sampler = BAGANOversampler(**SMALL)
    sampler.fit_resample(frame, y)
    features = [*frame.columns, ("gaps", "day")]
    display = MarginalsDisplay.from_sampler(sampler, frame, y, features=features)
    display.figure_.draw_without_rendering()
    gaps, none, day = display.axes_[:3]
    assert sum(bar.get_height() for bar in gaps.containers[0]) == pytest.approx(0.75)
    assert gaps.get_xlabel().startswith("gaps\nmissing: 25%, generated: ")
    assert none.get_xlabel() == "none\nmissing: 100%, generated: 100%"
    first = display.panels[2][0].real.min()
    assert np.datetime64("1970-01-01") + int(first) == np.datetime64("2024-02-10")
    for ax, pattern in ((day, r"2024-0\d-\d\d"), (display.axes_[3], r"\d{4}-\d\d-\d\d \d\d:\d\d")):
        labels = [text.get_text() for text in ax.get_xticklabels()]
        assert labels
        assert all(re.fullmatch(pattern, label) for label in labels), labels
