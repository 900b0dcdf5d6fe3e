"""Labels and class codes."""

import pickle
from datetime import date

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse

from imblearn_gan.data import LabelCodec, check_no_label_missing, label_keys, plain_labels, take
from tests.samplers import assert_same, labels

Y = labels(12, 7, 4)
WORDS = np.array(["b", "c", "a"])[Y]
DAYS = np.array(["2020-01-01", "2020-01-02", "2020-01-05"], dtype="M8[ns]")
ONE_HOT = np.eye(5, dtype=int)[Y + 1]


@pytest.mark.parametrize(
    ("given", "classes"),
    [
        (Y, [0, 1, 2]),
        (Y.tolist(), [0, 1, 2]),
        (Y.astype(np.uint8), [0, 1, 2]),
        (Y * 2.0, [0, 2, 4]),
        (Y > 0, [False, True]),
        (WORDS, ["a", "b", "c"]),
        (WORDS.astype(object), ["a", "b", "c"]),
        (pd.Series(WORDS, dtype="string"), ["a", "b", "c"]),
        (pd.Series(pd.Categorical(WORDS, ["c", "b", "a", "unused"])), ["a", "b", "c"]),
        (pd.Series(Y, dtype="Int64"), [0, 1, 2]),
        (ONE_HOT, [1, 2, 3]),
        (ONE_HOT.astype(bool), [1, 2, 3]),
        (ONE_HOT.tolist(), [1, 2, 3]),
        (sparse.csr_matrix(ONE_HOT), [1, 2, 3]),
        (pd.DataFrame(ONE_HOT), [1, 2, 3]),
        (pd.DataFrame(ONE_HOT, dtype="Int64"), [1, 2, 3]),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
def test_labels_are_encoded_and_decoded(given, classes):
    codec = LabelCodec()
    y = codec.fit_encode(given)
    assert y.dtype == np.int64
    assert codec.classes_.tolist() == classes
    plain = ONE_HOT.argmax(axis=1) if np.ndim(given) == 2 or sparse.issparse(given) else given
    assert codec.classes_[y].tolist() == list(plain)
    np.testing.assert_array_equal(LabelCodec().fit(given).encode(given), y)
    np.testing.assert_array_equal(codec.encode(codec.classes_[y]), y)  # plain labels, too
    assert_same(codec.decode(y), given)
    first, last = list(y).index(0), list(y).index(y.max())
    assert_same(codec.decode([y.max(), 0]), take(given, [last, first]))


def test_one_hot_labels_keep_their_dtype():
    for dtype in (bool, np.uint8, np.float32):
        codec = LabelCodec().fit(ONE_HOT.astype(dtype))
        assert codec.decode([2, 0]).dtype == dtype
        assert codec.decode([2, 0]).argmax(axis=1).tolist() == [3, 1]


def test_large_nullable_integers_stay_apart():
    y = pd.Series([2**53, 2**53 + 1, 5], dtype="Int64")
    codec = LabelCodec()
    assert codec.fit_encode(y).tolist() == [1, 2, 0]
    assert codec.decode([2]).tolist() == [2**53 + 1]


def test_labels_that_were_not_seen():
    codec = LabelCodec().fit(WORDS)
    with pytest.raises(ValueError, match=r"y has the classes \['z', 'y'\], which fit has not seen"):
        codec.encode(["z", "a", "y", "z"])
    with pytest.raises(ValueError, match=r"\[0\], which fit has not seen"):
        LabelCodec().fit(ONE_HOT).encode([0])


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (np.ones((9, 2), dtype=int), "Multilabel"),
        (np.eye(2, dtype=int)[np.zeros(9, int)] * (np.arange(9) > 0)[:, None], "without a class"),
        (np.array([0.0, np.nan, 1.0]), "NaN"),
    ],
)
def test_what_is_no_label(given, match):
    with pytest.raises(ValueError, match=match):
        LabelCodec().fit_encode(given)


@pytest.mark.parametrize(
    ("given", "n"),
    [
        ([0, 1, np.nan], 1),
        (["a", None, np.nan], 2),
        (["a", pd.NA, pd.NaT], 2),
        (np.array([7, None, 8], dtype=object), 1),
        (np.array(["2020", "NaT"], dtype="datetime64[s]"), 1),
        (np.ma.masked_array([1, 2, 3], mask=[0, 1, 1]), 2),
        (np.array([[1.0, 0.0], [np.nan, np.nan], [0.0, np.nan]]), 2),
        (pd.DataFrame({"a": ["x", None]}), 1),
        (pd.Series(["a", None], dtype="string"), 1),
        (pd.Series([True, None], dtype="boolean"), 1),
        (pd.Categorical(["a", None]), 1),
        (pd.Series([0, None, None, 1], dtype="Int64"), 2),
        (pd.Series(["a", None], dtype="category"), 1),
        (np.array(["2020", "NaT"], dtype="datetime64[ns]").astype(object), 0),
        (["a", "nan", ""], 0),
    ],
)
def test_missing_labels(given, n):
    if n == 0:
        given = [value for value in given if value is not None]
        check_no_label_missing(given)
        return
    with pytest.raises(ValueError, match=rf"y lacks the labels of {n} rows \(NaN or None\)"):
        check_no_label_missing(given)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.array([3, 4], dtype=object), np.array([3, 4])),
        (np.array([True, False], dtype=object), np.array([True, False])),
        (pd.Series([1, 0], dtype=object), np.array([1, 0])),
        ([0, 1.0], np.array([0.0, 1.0])),
        ((1, 2), np.array([1, 2])),
        (["b", np.str_("a")], np.array(["b", "a"])),
        (np.eye(2, dtype=int).astype(object), np.eye(2, dtype=int)),
        (pd.Series(pd.Categorical([7, 8])), np.array([7, 8])),
        (pd.Series([1, 0], dtype="Sparse[int]"), np.array([1, 0])),
        ([*DAYS], DAYS),
    ],
    ids=str,
)
def test_labels_become_an_array_of_one_type(given, plain):
    assert_same(plain_labels(given), plain)


@pytest.mark.parametrize("days", [DAYS, DAYS.astype("M8[D]"), DAYS - DAYS[0]], ids=str)
def test_times_stay_times(days):
    codec = LabelCodec().fit(days[Y])
    assert label_keys(codec.classes_) == [*days]
    assert {type(key) for key in label_keys(codec.classes_)} == {type(days[0])}
    for given in (days[Y], pd.Series(days[Y]), [*days[Y]]):
        np.testing.assert_array_equal(codec.encode(given), Y)
    with pytest.raises(ValueError, match=r"y has the classes \[(np|numpy)\.(datetime|timedelta)64"):
        codec.encode(days + np.timedelta64(300, "D"))
    assert [type(key) for key in label_keys(np.array([3, 4]))] == [int, int]
    assert [type(key) for key in label_keys(WORDS[:1])] == [str]


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ([7, "other"], "y mixes labels of the types int and str"),
        (np.array([7, "other"], dtype=object), "y mixes labels of the types int and str"),
        (pd.Series([7, "other"]), "y mixes labels of the types int and str"),
        (pd.Categorical([7, "other"]), "y mixes labels of the types int and str"),
        ([True, 0], "y mixes labels of the types bool and int"),
        ([True, 1.0, "a"], "y mixes labels of the types bool, float and str"),
        ([date(2020, 1, 1), date(2020, 1, 2)], "y holds labels of the type date"),
        (pd.Series([(1, 2), (1, 3)]), "y holds labels of the type tuple"),
        ([[1], [2, 3]], "y holds labels of the type list"),
        ([2**70, 1], "y holds labels of the type int .* 64 bits"),
        ([-1, 2**63, 2**63 + 1], "y holds labels of the type int .* 64 bits"),
        (None, "requires y to be passed, but the target y is None"),
        ("abc", "one a row.* Got 'abc'"),
        (np.ones((2, 2, 2)), r"one a row.* shape \(2, 2, 2\)"),
    ],
    ids=str,
)
def test_labels_that_cannot_be_told_apart(given, match):
    for read in (plain_labels, LabelCodec().fit, LabelCodec().fit([0, 1]).encode):
        with pytest.raises(ValueError, match=match):
            read(given)


@pytest.mark.parametrize("zeros", [[0.0, -0.0, 1.0], pd.Series([-0.0, 0.0, 1.0])], ids=str)
def test_zeros_of_both_signs_are_one_class(zeros):
    assert LabelCodec().fit_encode(zeros).tolist() == [0, 0, 1]


def test_columns_of_one_keep_their_shape():
    for given in (np.array([[3], [4]]), [[3], [4]], pd.DataFrame({"label": [3, 4]})):
        codec = LabelCodec()
        assert_same(codec.decode(codec.fit_encode(given)), given)
        assert codec.classes_.tolist() == [3, 4]


def test_what_is_no_list_comes_back_as_an_array():
    for given in ((3, 4), torch.tensor([3, 4])):
        codec = LabelCodec()
        assert_same(codec.decode(codec.fit_encode(given)), np.array([3, 4]))


def test_labels_in_a_file():
    class InFile:
        """HDF5's data sets, which become an array of their own dtype alone."""

        def __init__(self, labels):
            self._labels, self.shape, self.dtype = labels, labels.shape, labels.dtype

        def __array__(self, dtype=None, copy=None):
            if dtype not in (None, self.dtype):
                raise OSError("no appropriate function for conversion path")
            return self._labels

    codec = LabelCodec()
    for given in (Y, ONE_HOT, Y * 2.0):
        assert_same(codec.decode(codec.fit_encode(InFile(given))), given)
    with pytest.raises(ValueError, match="lacks the labels of 12 rows"):
        codec.fit(InFile(np.where(Y == 0, np.nan, Y)))


def test_rows_of_lists_are_copies():
    given = [[1, 0], [0, 1]]
    LabelCodec().fit(given).decode([0])[0].append(7)
    assert given == [[1, 0], [0, 1]]


def test_a_codec_keeps_no_labels():
    sizes = [len(pickle.dumps(LabelCodec().fit(np.tile(WORDS, n)))) for n in (1, 50)]
    assert sizes[0] == sizes[1]
