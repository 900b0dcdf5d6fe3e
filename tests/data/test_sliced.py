"""Rows in a file are read in pieces, and are the same as in memory."""

import numpy as np
import pytest

from imblearn_gan.data import DataCodec, lie_in_file, to_native
from imblearn_gan.data.sliced import SlicedRows
from tests.data.rows import RNG


class InFile:
    """What Zarr and HDF5 have: a shape, a dtype, and slices; it notes how many rows are read."""

    def __init__(self, rows):
        self._rows, self.read = rows, []
        self.shape, self.dtype, self.ndim = rows.shape, rows.dtype, rows.ndim

    def __getitem__(self, key):
        rows = key[0] if isinstance(key, tuple) else key
        assert isinstance(rows, slice)
        found = self._rows[key]
        self.read.append(len(found))
        return found

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("the file was read as a whole")


class Unsized(InFile):
    """Dask's arrays after a filter."""

    def __init__(self, rows):
        super().__init__(rows)
        self.shape = (np.nan, *rows.shape[1:])

    def __array__(self, dtype=None, copy=None):
        return self._rows


@pytest.mark.parametrize("shape", [(1000, 3), (400, 2, 5), (90, 3, 4, 4)])
def test_rows_are_those_of_the_array(shape):
    rows = RNG.normal(size=shape)
    X = SlicedRows(InFile(rows))
    assert (X.shape, X.dtype, X.ndim, len(X)) == (shape, rows.dtype, len(shape), shape[0])
    mask = RNG.rand(shape[0]) < 0.3
    keys = [slice(0), slice(3, 9), slice(None), slice(9, 2, -2), [5, 5, 0, -1], mask, []]
    for key in keys:
        key = np.asarray(key, dtype=int) if isinstance(key, list) else key
        assert np.array_equal(X[key], rows[key])
        assert np.array_equal(X[key, ...], rows[key])
    assert np.array_equal(X[:, 1], rows[:, 1])
    assert X[[0]].dtype == rows.dtype


def test_reads_are_bounded(monkeypatch):
    monkeypatch.setattr("imblearn_gan.data.sliced.PIECE_VALUES", 300)
    source = InFile(RNG.normal(size=(100_000, 3)))
    X = SlicedRows(source)
    index = np.r_[np.arange(500), 50_000, 50_003, 99_999]
    assert np.array_equal(X[index], source._rows[index])
    assert max(source.read) == 100
    assert sum(source.read) == 500 + 4 + 1
    source.read.clear()
    assert len(X[:, 2]) == 100_000
    assert max(source.read) == 100


def test_neighbouring_columns_take_one_pass(monkeypatch):
    monkeypatch.setattr("imblearn_gan.data.sliced.COLUMN_VALUES", 4 * 500)
    source = InFile(RNG.normal(size=(500, 10)))
    X = SlicedRows(source)
    for i in (0, 0, 1, 2, 3, 3, 4, 9, 8):
        assert np.array_equal(X[:, i], source._rows[:, i])
    assert sum(source.read) == 4 * 500  # of 0, 4, 9, 8


def test_what_is_taken_for_rows_in_a_file(tmp_path):
    table = RNG.normal(size=(20, 3))
    mapped = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float64, (20, 3))
    assert lie_in_file(to_native(InFile(table)))
    assert lie_in_file(to_native(mapped))
    assert lie_in_file(to_native(mapped)[3:9])
    assert not lie_in_file(to_native(table))
    assert np.array_equal(to_native(Unsized(table)), table)
    assert not lie_in_file(to_native(mapped)[[1, 2]])


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("shape", [(200, 4), (60, 6, 5), (60, 3, 6, 5)])
def test_a_codec_learns_the_same(shape, dtype):
    rows = (20 * RNG.normal(size=shape)).astype(dtype)
    rows.reshape(len(rows), -1)[:, 1] = rows.reshape(len(rows), -1)[:, 0] > 0
    inside, outside = DataCodec().fit(rows), DataCodec().fit(to_native(InFile(rows)))
    encoded = inside.encode(rows)
    assert np.array_equal(outside.encode(SlicedRows(InFile(rows))), encoded)
    assert np.array_equal(outside.decode(encoded), inside.decode(encoded))
    assert outside.decode(encoded).dtype == dtype
    inside.check_more(to_native(InFile(rows)))
    with pytest.raises(ValueError, match="must be of"):
        inside.check_more(to_native(InFile(rows.astype("uint8"))))


@pytest.mark.parametrize(
    ("shape", "value", "words"),
    [((50, 3), np.inf, "infinity in columns"), ((50, 4, 4), np.nan, "NaN in pixels")],
)
def test_they_are_checked_as_arrays_are(shape, value, words):
    rows = RNG.normal(size=shape)
    rows.reshape(-1)[-1] = value
    with pytest.raises(ValueError, match=words):
        DataCodec().fit(to_native(InFile(rows)))
    with pytest.raises(ValueError, match="dim 5"):
        DataCodec().fit(to_native(InFile(np.zeros((3, 1, 2, 2, 2)))))
