"""What callbacks see: batches, rows as they are and as networks see them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imblearn_gan import BAGANGPOversampler, CWGANGPOversampler, GANOversampler
from imblearn_gan.callbacks import Callback
from tests.data.rows import mixed_frame
from tests.samplers import images, labels, tiny
from tests.training.players import At

Y = labels(14, 9, 5)
X = np.random.RandomState(0).normal(size=(len(Y), 4))


def test_batches_are_counted_by_player():
    seen = []

    def note(state):
        seen.append((state.phase, state.iteration, state.n_batches))

    sampler = CWGANGPOversampler(n_discriminator_steps=3, max_iter=2, random_state=0)
    sampler.set_params(callbacks=[At("log", note)]).fit_resample(X, Y)
    assert seen == [
        ("adversarial", 1, {"discriminator": 3, "generator": 1}),
        ("adversarial", 2, {"discriminator": 6, "generator": 2}),
    ]


def test_the_counters_start_with_each_phase():
    seen = {}

    def note(state):
        seen[state.phase] = state.n_batches, state.is_main

    params = {"pretrain_iter": 5, "max_iter": 2, "n_discriminator_steps": 2, "random_state": 0}
    sampler = BAGANGPOversampler(callbacks=[At("phase_end", note)], **params)
    sampler.fit_resample(X, Y)
    assert seen == {
        "pretrain": ({"autoencoder": 5}, False),
        "adversarial": ({"discriminator": 4, "generator": 2}, True),
    }


@pytest.mark.parametrize("kind", ["table", "frame", "polars", "images"])
def test_the_rows_of_a_training(kind):
    frame = mixed_frame().iloc[: len(Y)].reset_index(drop=True)
    given = {"table": X, "frame": frame, "polars": pl.DataFrame(X), "images": images(len(Y), 8, 8)}
    rows, shown = given[kind], []
    y = labels(len(rows) - 8, 5, 3)

    def note(state):
        encoded = [state.rows.encode(part) for part in (rows, state.sample({1: 3})[0])]
        shown.append((state.rows, encoded))

    sampler = tiny(max_iter=1, callbacks=[At("log", note)])
    sampler.fit_resample(rows, y)
    ((seen, (encoded, made)),) = shown
    native = rows.to_pandas() if kind == "polars" else rows
    if isinstance(native, pd.DataFrame):
        pd.testing.assert_frame_equal(seen.real[0].reset_index(drop=True), native)
    else:
        np.testing.assert_array_equal(seen.real[0], native)
    assert seen.real[1].tolist() == y.tolist()
    assert seen.held_out is None
    assert seen.n_to_add == {1: (y == 0).sum() - (y == 1).sum(), 2: (y == 0).sum() - (y == 2).sum()}
    np.testing.assert_array_equal(encoded, sampler.codec_.encode(native))
    assert made.shape == (3, *encoded.shape[1:])


def test_labels_are_those_of_the_user():
    shown = []
    y = np.array(["common", "b", "c"])[Y]
    callbacks = [At("phase_begin", lambda state: shown.append((state.phase, state.rows)))]
    GANOversampler(max_iter=1, random_state=0, callbacks=callbacks).fit_resample(X, y)
    assert [phase for phase, _ in shown] == ["adversarial b to c"]
    assert shown[0][1].n_to_add == {"b": 5, "c": 9}
    assert shown[0][1].real[1].tolist() == y.tolist()


@pytest.mark.parametrize("own", [[0, 1], np.zeros(len(Y), int), np.zeros((len(Y), 1), bool)])
def test_what_is_held_out_is_a_mask(own):
    class Wrong(Callback):
        def hold_out(self, y):
            return own

    with pytest.raises(ValueError, match=f"hold_out of Wrong must .* mask of the {len(Y)} rows"):
        tiny(callbacks=[Wrong()]).fit_resample(X, Y)


def test_a_callback_that_holds_nothing_out_changes_nothing():
    class Nothing(Callback):
        def hold_out(self, y):
            return np.zeros(len(y), dtype=bool)

    expected = tiny().fit_resample(X, Y)[0]
    np.testing.assert_array_equal(tiny(callbacks=[Nothing()]).fit_resample(X, Y)[0], expected)
