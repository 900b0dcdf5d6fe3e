"""Trainings on some rows of large classes."""

import logging
import warnings

import numpy as np
import pandas as pd
import pytest

from imblearn_gan import CGANOversampler, GAMOClassifier
from imblearn_gan.callbacks import Callback, MaxRowsPerClass, UtilityStopping, WarmStart
from tests.data.test_sliced import InFile
from tests.samplers import images, labels, tiny

Y = labels(60, 25, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


class Watch(Callback):
    """The rows that are trained on."""

    def on_fit_begin(self):
        self.seen = None

    def on_phase_begin(self, state):
        self.seen = state.rows


def trained_on(*callbacks, X=X, y=Y, **params):
    watch = Watch()
    sampler = tiny(max_iter=2, random_state=0, callbacks=[*callbacks, watch], **params)
    return sampler, sampler.fit_resample(X, y), watch.seen


def test_large_classes_give_some_rows_and_small_ones_all():
    some = MaxRowsPerClass(20)
    sampler, (X_res, y_res), rows = trained_on(some, replay=0.5)
    real, own = rows.real
    assert np.bincount(own).tolist() == [20, 20, 5]
    place = {row.tobytes(): i for i, row in enumerate(X)}
    index = [place[row.tobytes()] for row in real]
    assert index == sorted(set(index))
    assert np.array_equal(Y[index], own)
    assert set(np.flatnonzero(Y == 2)) <= set(index)
    assert some.n_trained_on_ == {0: 20, 1: 20}
    assert some.n_left_out_ == {0: 40, 1: 5}
    assert np.array_equal(X_res[: len(X)], X)
    assert np.bincount(y_res).tolist() == [60] * 3
    assert {i for i in sampler.sample_source_[len(X) :] if i >= 0} - set(index)  # of all rows


def test_the_draw_is_seeded_and_uniform():
    masks = [MaxRowsPerClass(20, seed).leave_out(Y) for seed in range(400)]
    assert np.array_equal(masks[0], MaxRowsPerClass(20).leave_out(Y))
    assert not np.array_equal(masks[0], masks[1])
    left = np.mean(masks, axis=0)
    assert np.allclose(left[Y == 0], 40 / 60, atol=0.12)
    assert np.allclose(left[Y == 1], 5 / 25, atol=0.12)
    assert MaxRowsPerClass(60).leave_out(Y) is None


def test_what_is_learnt_of_columns_is_learnt_of_these_rows():
    rows = X.copy()
    rows[np.flatnonzero(MaxRowsPerClass(20).leave_out(Y))[0], 0] = 1e6
    _, (X_res, _), _ = trained_on(MaxRowsPerClass(20), X=rows)
    assert X_res[len(rows) :, 0].max() < 1e3
    rows[np.flatnonzero(MaxRowsPerClass(20).leave_out(Y))[0], 0] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        trained_on(MaxRowsPerClass(20), X=rows)


def test_classes_are_named_by_their_labels():
    days = np.array(["2020-01-01", "2020-01-02", "2020-01-05"], dtype="M8[ns]")
    for labels_, names in ((Y, [0, 1]), (days[Y], [*days[:2]])):
        some = MaxRowsPerClass(20)
        trained_on(some, y=labels_)
        assert [*some.n_trained_on_] == [*some.n_left_out_] == names


def test_it_says_so(caplog):
    caplog.set_level(logging.INFO, "imblearn_gan")
    trained_on(MaxRowsPerClass(30))
    assert caplog.messages == ["class 0: 30 rows are trained on, 30 are not"]


def test_rows_that_are_scored_are_of_those_that_are_left():
    stopping = UtilityStopping(every=1, validation_fraction=0.2)
    _, _, rows = trained_on(MaxRowsPerClass(20), stopping)
    sizes = np.bincount(rows.real[1]) + np.bincount(rows.held_out[1])
    assert sizes.tolist() == [20, 20, 5]


def test_pairs_of_labels():
    hot = np.eye(3, dtype=int)[Y]
    some = MaxRowsPerClass(20)
    trained_on(some, y=hot)
    assert list(some.n_left_out_.values()) == [40, 5]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"n_rows": 0}, "n_rows"),
        ({"n_rows": True}, "n_rows"),
        ({"random_state": None}, "random_state"),
    ],
)
def test_wrong_parameters(params, words):
    with pytest.raises(ValueError, match=words):
        trained_on(MaxRowsPerClass(**params))


class LeaveOut(Callback):
    def __init__(self, mask):
        self.mask = mask

    def leave_out(self, y):
        return self.mask


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.array([3, 7]), r"leave_out of LeaveOut must return a mask of the 90 rows.*\[3, 7\]"),
        (np.zeros(len(Y), int), "leave_out of LeaveOut must return a mask"),
        (Y == 2, r"Classes \[2\] have fewer.*Callbacks hold out 5 rows"),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_masks_that_leave_out_what_is_needed(mask, words, again):
    leave, callbacks = LeaveOut(None), [WarmStart()] if again else []
    sampler = tiny(max_iter=1, callbacks=[leave, *callbacks])
    if again:
        sampler.fit_resample(X, Y)
    leave.mask = mask
    with pytest.raises(ValueError, match=words):
        sampler.fit_resample(X, Y)


def test_only_rows_that_are_trained_on_must_lie_in_the_first_ranges():
    rows, left_out = X.copy(), MaxRowsPerClass(20).leave_out(Y)
    sampler = tiny(max_iter=1, random_state=0, callbacks=[MaxRowsPerClass(20), WarmStart()])
    rows[left_out, 0] = 1e6
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "X has numbers far outside")
            sampler.fit_resample(rows, Y)
    rows[~left_out, 0] = 1e6
    with pytest.warns(UserWarning, match="far outside"):
        sampler.fit_resample(rows, Y)


def test_classifiers_learn_from_all_rows_and_say_so():
    with pytest.raises(RuntimeError, match="a sampler"):
        GAMOClassifier(max_iter=2, callbacks=[MaxRowsPerClass(20)]).fit(X, Y)


# rows in files --------------------------------------------------------------------------------


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize("rows", [X, images(len(Y), 8, 8)], ids=["table", "images"])
def test_rows_of_files_give_the_same_result(rows, in_pieces, monkeypatch, tmp_path):
    if in_pieces:
        monkeypatch.setattr("imblearn_gan.training.batches.MAX_ENCODED", 0)
    mapped = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", rows.dtype, rows.shape)
    mapped[:] = rows
    for some in ([], [MaxRowsPerClass(20)]):
        sampler = CGANOversampler(max_iter=3, random_state=0, callbacks=some)
        expected, y = sampler.fit_resample(rows, Y)
        for source in (mapped, InFile(rows)):
            X_res, y_res = sampler.fit_resample(source, Y)
            assert type(X_res) is np.ndarray
            assert np.array_equal(X_res, expected)
            assert np.array_equal(y_res, y)
            out = InFileOut(np.zeros_like(expected))
            given, _ = sampler.fit_resample(source, Y, out=out)
            assert given is out
            assert np.array_equal(out._rows, expected)


class InFileOut(InFile):
    def __setitem__(self, rows, values):
        self._rows[rows] = values


def test_what_is_added_is_known_before():
    n_new = sum(tiny().fit(InFile(X), Y).sampling_strategy_.values())
    out = np.empty((len(X) + n_new, 4))
    assert tiny(max_iter=1).fit_resample(X, Y, out=out)[0] is out
    assert tiny(replay=1.0).fit_resample(X, Y, out=out)[0] is out
    with pytest.raises(ValueError, match="out must have the shape"):
        tiny(max_iter=1).fit_resample(X, Y, out=out[1:])
    with pytest.raises(ValueError, match="data frame"):
        tiny(max_iter=1).fit_resample(pd.DataFrame(X), Y, out=out)
