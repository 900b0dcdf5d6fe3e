"""Labels and class codes."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import LabelCodec, check_no_label_missing
from tests.samplers import labels

Y = labels(12, 7, 4)
WORDS = np.array(["b", "c", "a"])[Y]
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
    decoded = codec.decode(y)
    expected = given.toarray() if sparse.issparse(given) else np.asarray(given)
    assert decoded.tolist() == expected.tolist()
    assert codec.decode([0]).tolist() == decoded[y == 0][:1].tolist()


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


def test_a_codec_keeps_no_labels():
    sizes = [len(pickle.dumps(LabelCodec().fit(np.tile(WORDS, n)))) for n in (1, 50)]
    assert sizes[0] == sizes[1]
