"""The confusion of classes before balancing and after."""

import matplotlib
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.neighbors import KNeighborsClassifier

from imblearn_gan.inspection import ConfusionDisplay
from tests.inspection.shown import X, Y


def test_classifiers():
    rows = X.reshape(len(X), -1)
    before = DummyClassifier(strategy="constant", constant="zero").fit(rows, Y)
    after = KNeighborsClassifier(1).fit(rows, Y)
    display = ConfusionDisplay.from_classifiers(before, after, rows, Y)
    assert display.labels.tolist() == ["one", "two", "zero"]
    assert np.array_equal(display.after, np.eye(3))
    assert np.array_equal(display.before, [[0, 0, 1]] * 3)
    assert [ax.get_title() for ax in display.axes_] == ["before", "after", "change"]
    shown = [np.asarray(one.im_.get_array()) for one in display.displays_]
    assert np.array_equal(shown[2], shown[1] - shown[0])
    assert display.displays_[2].text_[0, 2].get_text() == "-1.00"
    assert [text.get_text() for text in display.axes_[0].get_yticklabels()] == [
        "one",
        "two",
        "zero",
    ]


def test_labels_of_either_prediction():
    display = ConfusionDisplay.from_predictions([1, 1], [1, 2], [3, 1])
    assert display.labels.tolist() == [1, 2, 3]
    assert display.before[0].tolist() == [0.5, 0.5, 0.0]
    assert display.after[0].tolist() == [0.5, 0.0, 0.5]
    with pytest.raises(ValueError, match="inconsistent"):
        ConfusionDisplay.from_predictions([1, 1], [1], [1, 1])


def brightness(colour):
    return np.dot(matplotlib.colors.to_rgb(colour), (0.299, 0.587, 0.114))


def test_numbers_can_be_read():
    display = ConfusionDisplay.from_predictions([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1])
    for one in display.displays_:
        cells = one.im_.cmap(one.im_.norm(one.im_.get_array()))
        for text, cell in zip(one.text_.flat, cells.reshape(-1, 4)):
            assert abs(brightness(text.get_color()) - brightness(cell[:3])) > 0.4


def test_titles_are_in_the_first_picture(tmp_path):
    display = ConfusionDisplay.from_predictions([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1])
    figure = display.figure_
    figure.savefig(tmp_path / "first.png")
    for ax in display.axes_:
        box = ax.get_tightbbox()
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def test_axes_of_ones_own():
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 3)
    display = ConfusionDisplay.from_predictions([0, 1], [0, 0], [0, 1], ax=axes)
    assert display.axes_.tolist() == axes.tolist()
    with pytest.raises(ValueError, match="ax must hold 3 axes"):
        display.plot(ax=axes[:2])
