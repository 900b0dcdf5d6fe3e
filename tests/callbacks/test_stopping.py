"""Stopping on what rows are worth: rows held out, scores, the best state, and what is refused."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imblearn_gan import (
    BAGANOversampler,
    CGANOversampler,
    GAMOClassifier,
    GAMOOversampler,
    GANOversampler,
)
from imblearn_gan.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    UtilityStopping,
)
from tests.data.rows import mixed_frame
from tests.instances import SAMPLERS
from tests.players import Linear
from tests.samplers import NeedsThreeRows, images, labels, tiny
from tests.training.players import At
from tests.training.test_checkpoints import Stop

Y = labels(24, 10, 6)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


class Fixed(ClassifierMixin, BaseEstimator):
    """Learns nothing."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class Script:
    """A scorer that gives values one after the other, and notes what it got."""

    def __init__(self, *values):
        self.values, self.seen = [0.0, *values], []  # the first one tries it

    def __call__(self, model, X, y):
        self.seen.append((X, y))
        return self.values.pop(0)


# rows held out ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", ["table", "frame", "polars", "images"])
def test_networks_never_see_the_rows_that_are_scored(rows):
    frame = mixed_frame().iloc[: len(Y)]
    data = {"table": X, "frame": frame, "polars": pl.DataFrame(X), "images": images(len(Y), 8, 8)}
    given = data[rows]
    y, n = (Y, len(Y)) if rows != "frame" else (Y[: len(frame)], len(frame))
    seen, shown, scorer = [], [], Script(*[0.5] * 9)

    class Spying(CGANOversampler):
        def _train(self, encoded, codes, *args):
            seen.append((encoded, codes))
            super()._train(encoded, codes, *args)

    stopping = UtilityStopping(scoring=scorer)
    sampler = Spying(
        max_iter=2,
        random_state=0,
        callbacks=[stopping, At("phase_begin", lambda state: shown.append(state.rows))],
    )
    X_res, y_res = sampler.fit_resample(given, y)
    (encoded, codes), (held, held_y) = seen[0], scorer.seen[0]
    encoded = np.asarray(encoded[:]).reshape(len(encoded), -1)  # images are encoded when asked for
    assert len(encoded) + len(held) == n
    assert np.bincount(held_y).tolist() == [max(2, round(0.2 * k)) for k in np.bincount(y)]
    everything = sampler.codec_.encode(pd.DataFrame(X) if rows == "polars" else given)
    together = np.concatenate([encoded, held])
    order = np.lexsort(together.T), np.lexsort(everything.reshape(n, -1).T)
    np.testing.assert_array_equal(together[order[0]], everything.reshape(n, -1)[order[1]])
    assert np.array_equal(np.bincount(codes) + np.bincount(held_y), np.bincount(y))
    assert len(X_res) == len(y_res) > n  # what is held out is in the result
    assert sampler.sample_source_[:n].tolist() == list(range(n))
    assert len(shown[0].held_out[1]) == len(held)


def test_rows_that_are_held_out_change_nothing_that_networks_learn():
    held = UtilityStopping().hold_out(Y)
    other = X.copy()
    other[held] = other[held][:, ::-1] / 2  # within the ranges
    other[held] = np.clip(other[held], X[~held].min(axis=0), X[~held].max(axis=0))
    first = X.copy()
    first[held] = np.clip(X[held], X[~held].min(axis=0), X[~held].max(axis=0))
    weights = []
    for rows in (first, other):
        stopping = UtilityStopping(scoring=Script(*[0.5] * 9), restore_best=False, patience=99)
        sampler = tiny(max_iter=5, encoding="plain", callbacks=[stopping])
        sampler.fit_resample(rows, Y)
        weights.append(sampler.networks_.state_dict())
    for name, value in weights[0].items():
        assert torch.equal(value, weights[1][name])


def test_how_many_rows_are_held_out():
    y = labels(100, 9, 4)
    held = [UtilityStopping(validation_fraction=f).hold_out(y) for f in (0.1, 0.9)]
    counts = [np.bincount(y[rows]) for rows in held]
    assert [c.tolist() for c in counts] == [[10, 2, 2], [90, 7, 2]]
    one, other = (UtilityStopping(random_state=seed).hold_out(y) for seed in (0, 1))
    assert np.array_equal(one, UtilityStopping().hold_out(y))
    assert not np.array_equal(one, other)


def test_rows_of_ones_own_are_scored():
    scorer = Script(*[0.5] * 9)
    rows, y = X[:7] + 0.01, Y[:7]
    stopping = UtilityStopping(pd.DataFrame(rows, columns=list("abcd")), y, scoring=scorer)
    sampler = tiny(max_iter=2, callbacks=[stopping], encoding="plain")
    sampler.fit_resample(pd.DataFrame(X, columns=list("abcd")), Y)
    got, got_y = scorer.seen[0]
    expected = sampler.codec_.encode(pd.DataFrame(rows, columns=list("abcd")))
    np.testing.assert_array_equal(got, expected)
    assert got_y.tolist() == y.tolist()
    assert sampler.codec_.spec(()).shape == (4,)
    plain = tiny(max_iter=2, encoding="plain")
    plain.fit_resample(pd.DataFrame(X, columns=list("abcd")), Y)  # nothing is held out
    stopped = tiny(max_iter=1, encoding="plain")
    stopped.fit_resample(pd.DataFrame(X, columns=list("abcd")), Y)
    kept = sampler.networks_.state_dict()
    assert all(torch.equal(v, kept[k]) for k, v in stopped.networks_.state_dict().items())


class HoldsOut(Callback):
    """A callback of a user's own that holds rows out."""

    def __init__(self, rows):
        self.rows = rows

    def hold_out(self, y):
        return np.isin(np.arange(len(y)), self.rows)

    def on_phase_begin(self, state):
        self.real, self.held = state.rows.real, state.rows.held_out


def test_callbacks_of_ones_own_hold_rows_out():
    callbacks = [HoldsOut([3, 4]), HoldsOut([4, 7])]
    tiny(callbacks=callbacks).fit_resample(X, Y)
    for callback in callbacks:
        np.testing.assert_array_equal(callback.held[0], X[[3, 4, 7]])
        np.testing.assert_array_equal(callback.held[1], Y[[3, 4, 7]])
        np.testing.assert_array_equal(callback.real[0], np.delete(X, [3, 4, 7], axis=0))


def test_methods_that_need_rows_get_them_or_refuse():
    y = labels(20, 4)
    match = r"NeedsThreeRows needs at least 3 rows of each class.* Callbacks hold out 6 rows"
    with pytest.raises(ValueError, match=match):
        NeedsThreeRows(callbacks=[UtilityStopping()]).fit_resample(X[:24], y)


# scores -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restore_best", [True, False])
def test_it_goes_back_to_the_best(restore_best):
    weights = []

    def note(state):
        weights.append({k: v.clone() for k, v in state.networks["generator"].state_dict().items()})

    scorer = Script(0.2, 0.6, 0.5, 0.6, 0.1)
    stopping = UtilityStopping(scoring=scorer, patience=2, restore_best=restore_best)
    sampler = tiny(max_iter=9, callbacks=[At("log", note), stopping])
    sampler.fit_resample(X, Y)
    assert (stopping.best_value_, stopping.best_iteration_, sampler.n_iter_) == (0.6, 2, 4)
    assert stopping.scores_ == [
        ("adversarial", i, s) for i, s in enumerate([0.2, 0.6, 0.5, 0.6], 1)
    ]
    kept, expected = sampler.networks_["generator"].state_dict(), weights[1 if restore_best else 3]
    assert all(torch.equal(kept[k], expected[k]) for k in kept)


def test_scores_are_those_of_the_rows_of_the_moment():
    """What the classifier learns: real rows that are left, and what each class lacks."""
    fitted = []

    class Noting(Fixed):
        def fit(self, X, y):
            fitted.append((X, y))
            return super().fit(X, y)

    def rows_now(state):
        drawn.append(state.rows.encode(state.sample({1: 14, 2: 18})[0]))

    drawn = []
    stopping = UtilityStopping(classifier=Noting(), every=4, patience=9)
    sampler = tiny(max_iter=9, callbacks=[At("log", rows_now), stopping])
    sampler.fit_resample(X, Y)
    assert [score[1] for score in stopping.scores_] == [4, 8]
    assert [len(rows) for rows, _ in fitted] == [31, 63, 63]  # the first one tries it
    for i, (rows, y) in zip((3, 7), fitted[1:]):
        np.testing.assert_array_equal(rows[-32:], drawn[i])
        assert y[-32:].tolist() == [1] * 14 + [2] * 18
        assert np.bincount(y[:-32]).tolist() == [19, 8, 4]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
@pytest.mark.parametrize("rows", ["table", "images"])
def test_every_sampler_stops(sampler, rows):
    stopping = UtilityStopping(patience=1)
    sampler = clone(sampler).set_params(max_iter=30, callbacks=[stopping])
    sampler.fit_resample(X if rows == "table" else images(len(Y), 8, 8), Y)
    assert sampler.n_iter_ < 60
    assert all(0 <= score <= 1 for _, _, score in stopping.scores_)
    again = clone(sampler)
    again.fit_resample(X if rows == "table" else images(len(Y), 8, 8), Y)
    assert again.n_iter_ == sampler.n_iter_


def test_the_fitted_sampler_has_the_best_score():
    """Its rows are worth to the classifier what was found."""
    y = labels(200, 12)
    rows = np.random.RandomState(0).normal(size=(len(y), 2)) + y[:, None]
    stopping = UtilityStopping(classifier=LogisticRegression(), patience=20)
    sampler = CGANOversampler(max_iter=100, replay=0.0, random_state=0, callbacks=[stopping])
    sampler.fit_resample(rows, y)
    assert stopping.best_value_ == max(score for _, _, score in stopping.scores_)
    assert len({score for _, _, score in stopping.scores_}) > 1
    held = UtilityStopping().hold_out(y)
    made, made_y = sampler.sample({1: 188}, random_state=0)
    X, held_X, made = (sampler.codec_.encode(part) for part in (rows[~held], rows[held], made))
    model = LogisticRegression().fit(np.concatenate([X, made]), np.concatenate([y[~held], made_y]))
    score = balanced_accuracy_score(y[held], model.predict(held_X))
    assert score == stopping.best_value_


def test_of_several_games_only_the_rows_of_the_one_are_new():
    fitted = []

    class Noting(Fixed):
        def fit(self, X, y):
            fitted.append(np.bincount(y).tolist())
            return super().fit(X, y)

    stopping = UtilityStopping(classifier=Noting(), every=1, patience=9)
    params = {"architecture": Linear(), "max_iter": 1, "random_state": 0}  # one game a class
    GANOversampler(callbacks=[stopping], **params).fit_resample(X, Y)
    assert [phase for phase, *_ in stopping.scores_] == ["adversarial 1", "adversarial 2"]
    assert fitted[1:] == [[19, 22, 4], [19, 8, 22]]


def test_all_that_a_classifier_is_made_of_is_seeded():
    """A forest behind a scaler gives the same scores, and NumPy's own numbers stay as they are."""
    scores = []
    everyones = np.random.mtrand._rand
    state = everyones.get_state()
    for seed in (1, 2):
        forest = RandomForestClassifier(3, max_depth=2)
        stopping = UtilityStopping(classifier=make_pipeline(StandardScaler(), forest))
        try:
            everyones.seed(seed)
            before = everyones.get_state()[1].copy()
            tiny(max_iter=9, callbacks=[stopping]).fit_resample(X, Y)
            np.testing.assert_array_equal(everyones.get_state()[1], before)
        finally:
            everyones.set_state(state)
        assert forest.random_state is None
        scores.append(stopping.scores_)
    assert scores[0] == scores[1]


def test_a_score_that_is_none_is_never_the_best():
    nan = float("nan")
    stopping = UtilityStopping(scoring=Script(nan, 0.2, nan, 0.1), patience=2, every=1)
    sampler = tiny(max_iter=9, callbacks=[stopping])
    with pytest.warns(UserWarning, match="UtilityStopping: at iteration 1 .* is NaN"):
        sampler.fit_resample(X, Y)
    assert (stopping.best_value_, stopping.best_iteration_, sampler.n_iter_) == (0.2, 2, 4)


def test_where_nothing_is_scored_it_says_so():
    with pytest.warns(UserWarning, match="every=50, but the phase 'adversarial' has 9 iterations"):
        tiny(max_iter=9, callbacks=[UtilityStopping(every=50)]).fit_resample(X, Y)


def test_it_keeps_no_rows_and_no_networks():
    stopping = UtilityStopping()
    tiny(callbacks=[stopping]).fit_resample(X, Y)
    assert len(pickle.dumps(stopping)) < 1500


@pytest.mark.parametrize("n", [1, 4, 8])
def test_it_goes_on_from_a_checkpoint(n, tmp_path):
    def sampler(*more):
        stopping = UtilityStopping(patience=9)
        return GAMOOversampler(max_iter=10, random_state=0, callbacks=[stopping, *more])

    whole = sampler()
    expected = whole.fit_resample(X, Y)[0]
    checkpoint = Checkpoint(tmp_path, every=1)
    with pytest.raises(KeyboardInterrupt):
        sampler(checkpoint, Stop(n)).fit_resample(X, Y)
    again = sampler(checkpoint)
    np.testing.assert_array_equal(again.fit_resample(X, Y)[0], expected)
    assert again.callbacks[0].scores_ == whole.callbacks[0].scores_
    assert again.callbacks[0].best_iteration_ == whole.callbacks[0].best_iteration_


# what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"validation_fraction": 1.0}, "validation_fraction must lie between 0 and 1. Got 1.0"),
        ({"validation_fraction": "a"}, "validation_fraction must be a finite number. Got 'a'"),
        ({"patience": 0}, "patience must be an integer, at least 1. Got 0"),
        ({"patience": "a"}, "patience must be an integer"),
        ({"min_delta": "a"}, "min_delta must be a finite number. Got 'a'"),
        ({"min_delta": float("nan")}, "min_delta must be a finite number. Got nan"),
        ({"every": "a"}, "every must be at least 1, an integer"),
        ({"random_state": -1}, "random_state must be an integer, at least 0"),
        ({"random_state": "a"}, "random_state must be an integer, at least 0"),
        ({"classifier": "rf"}, "classifier must be an instance .* Got 'rf'"),
        ({"classifier": LogisticRegression}, "classifier must be an instance"),
        ({"scoring": None}, "scoring must be a name .* Got None"),
        ({"scoring": 5}, "scoring must be a name .* Got 5"),
        ({"scoring": "f1"}, "cannot score with scoring='f1'"),
        ({"scoring": lambda model, X: 1.0}, "cannot score with scoring=.*TypeError"),
        ({"scoring": lambda model, X, y: "good"}, "must give a number. Got 'good'"),
        ({"every": 0}, "every must be at least 1, an integer, or None. Got 0"),
        ({"scoring": "beauty"}, "'beauty'"),
        ({"X_val": X}, "X_val and y_val must be given together"),
        ({"X_val": X[:, :3], "y_val": Y}, "expecting 4 features"),
        ({"X_val": X[:5], "y_val": Y}, "label of each row of X_val.* 40 labels for 5 rows"),
        ({"X_val": X, "y_val": Y + 5}, r"among \[0, 1, 2\]. Got .* classes \[5, 6, 7\]"),
        ({"X_val": X, "y_val": 0 * Y}, "of two classes at least"),
    ],
)
def test_parameters_that_are_refused_before_training(params, match):
    logged = []
    callbacks = [UtilityStopping(**params), At("log", logged.append)]
    with pytest.raises(ValueError, match=match):
        tiny(callbacks=callbacks).fit_resample(X, Y)
    assert logged == []


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"patience": "a"}, "patience must be an integer"),
        ({"min_delta": "a"}, "min_delta must be a finite number"),
        ({"monitor": 5}, "monitor must be a string"),
        ({"phase": 5}, "phase must be a string or None"),
    ],
)
def test_early_stopping_refuses_what_is_of_a_wrong_type(params, match):
    logged = []
    stopping = EarlyStopping(**{"monitor": "generator_real"} | params)
    with pytest.raises(ValueError, match=match):
        tiny(callbacks=[stopping, At("log", logged.append)]).fit_resample(X, Y)
    assert logged == []


def test_classes_of_very_few_rows_are_refused_by_name():
    y = labels(34, 3, 3)
    match = r"holds out 2 rows .* classes \[1, 2\] have \[3, 3\] rows. Give it rows of your own"
    with pytest.raises(ValueError, match=match):
        tiny(callbacks=[UtilityStopping()]).fit_resample(X, y)
    tiny(callbacks=[UtilityStopping(X, Y)]).fit_resample(X, y)


def test_classifiers_are_refused_before_training():
    logged = []
    callbacks = [UtilityStopping(), At("log", logged.append)]
    with pytest.raises(RuntimeError, match="while a sampler trains; this is none"):
        GAMOClassifier(max_iter=2, callbacks=callbacks).fit(X, Y)
    assert logged == []


def test_where_rows_come_after_the_game_there_is_nothing_to_score():
    logged = []
    callbacks = [UtilityStopping(), At("log", logged.append)]
    sampler = GAMOOversampler(combine="features", max_iter=2, callbacks=callbacks)
    with pytest.raises(RuntimeError, match="GAMOOversampler has nothing to draw rows from yet"):
        sampler.fit_resample(images(len(Y), 8, 8), Y)
    assert logged == []


# after the phase that was stopped -----------------------------------------------------------------


@pytest.mark.parametrize("phase", [None, "pretrain"])
def test_what_was_best_outlasts_a_phase_without_a_value(phase):
    stopping = EarlyStopping("autoencoder_reconstruction", patience=3, phase=phase)
    params = {"pretrain_iter": 20, "max_iter": 3, "random_state": 0, "callbacks": [stopping]}
    rows = np.random.RandomState(0).normal(size=(30, 2))
    sampler = BAGANOversampler(**params)
    sampler.fit_resample(rows, np.repeat([0, 1], [22, 8]))
    losses = {
        record["iteration"]: record["autoencoder_reconstruction"]
        for record in sampler.history_
        if record["phase"] == "pretrain"
    }
    assert stopping.best_value_ == min(losses.values())
    assert losses[stopping.best_iteration_] == stopping.best_value_
