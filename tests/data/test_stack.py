"""Rows put under each other as they come: the same as if they were stacked, without a copy."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import DataCodec, RowStack
from tests.data.rows import COUNTS, REALS, mixed_frame
from tests.data.test_sliced import InFile
from tests.samplers import assert_same, images

N = len(REALS)
ROWS = [
    REALS,
    REALS.astype(">f4"),
    np.array([["a", "bcd"], ["bcd", "e"]] * (N // 2)),
    sparse.csr_matrix(REALS),
    sparse.csc_array(COUNTS),
    mixed_frame(),
    images(N, 3, 4),
]


@pytest.mark.parametrize("X", ROWS, ids=lambda X: type(X).__name__)
def test_blocks_become_what_stacking_makes_of_them(X):
    room = DataCodec().fit(X).new_rows(X.shape[0])
    for block in (X[:5], X[5:9], X[9:]):
        room.add(block)
    assert_same(room.rows, X)
    assert getattr(room.rows, "format", None) == getattr(X, "format", None)


@pytest.mark.parametrize("X", ROWS, ids=lambda X: type(X).__name__)
def test_rows_that_are_there_can_be_taken(X):
    room = DataCodec().fit(X).new_rows(X.shape[0])
    room.add(X[:5])
    room.add(X[5:9])
    rows = np.array([1, 3, 7])
    expected = X.iloc[rows].reset_index(drop=True) if hasattr(X, "iloc") else X[rows]
    assert_same(room.take(rows), expected)


def test_an_array_is_filled_without_a_second_copy():
    codec = DataCodec().fit(REALS)
    out = np.empty_like(REALS)
    room = codec.new_rows(N, out)
    room.add(REALS[:9])
    assert np.array_equal(out[:9], REALS[:9])
    room.add(REALS[9:])
    assert room.rows is out


class Slices:
    """What takes slices alone, as files do."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype, self.written = shape, np.dtype(dtype), []

    def __setitem__(self, rows, values):
        self.written.append((rows.start, rows.stop, len(values)))


class ReadOnly(Slices):
    """As arrays of Zarr say it."""

    read_only = True


def test_what_takes_slices_is_enough():
    out = Slices(REALS.shape, REALS.dtype)
    room = DataCodec().fit(REALS).new_rows(N, out)
    room.add(REALS[:9])
    room.add(REALS[9:])
    assert out.written == [(0, 9, 9), (9, N, N - 9)]


@pytest.mark.parametrize(
    ("X", "out", "words"),
    [
        (REALS, np.empty((N, 1)), "shape"),
        (REALS, np.empty(REALS.shape, np.float32), "dtype float64.*float32"),
        (REALS, [[0.0]], "Got list"),
        (REALS, pd.DataFrame(REALS), "Got DataFrame"),
        (REALS, np.broadcast_to(REALS[:1], REALS.shape), "writable.*ndarray"),
        (REALS, InFile(REALS), "writable.*InFile"),
        (REALS, ReadOnly(REALS.shape, REALS.dtype), "writable.*ReadOnly"),
        (mixed_frame(), np.empty((N, 2)), "data frame"),
        (sparse.csr_matrix(REALS), np.empty(REALS.shape), "sparse"),
    ],
)
def test_what_rows_cannot_be_written_into(X, out, words):
    with pytest.raises(ValueError, match=words):
        DataCodec().fit(X).new_rows(N, out)


def test_rows_are_not_written_over_those_that_are_read():
    whole = np.zeros((N + 5, REALS.shape[1]))
    for first in (1, 5):
        with pytest.raises(ValueError, match="out shares memory with X"):
            RowStack.like(whole[first : first + N], N + 5, whole)
    RowStack.like(whole[:N], N + 5, whole)  # in its place already
    RowStack.like(whole[:, :1], N + 5, whole[:, 1:2])
    with pytest.raises(ValueError, match="only takes them"):
        RowStack.like(REALS, N, Slices(REALS.shape, REALS.dtype))
