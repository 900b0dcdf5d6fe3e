"""From rows to tensors and back: what is encoded, decoded and told about data."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import DataCodec
from tests.data.rows import COUNTS, REALS, N, mixed_frame
from tests.samplers import assert_same, images


def test_integers_are_rounded_not_truncated():
    codec = DataCodec(encoding="plain").fit(np.array([[0, 0], [10, 200]]))
    made = codec.decode(np.array([[0.199, -0.999], [0.201, 0.999], [5.0, -5.0]]))
    assert made.tolist() == [[6, 0], [6, 200], [10, 0]]


def test_what_is_encoded_is_decoded():
    X = mixed_frame()
    codec = DataCodec().fit(X)
    encoded = codec.encode(X)
    assert encoded.dtype == np.float32
    assert encoded.min() == -1
    assert encoded.max() == 1
    decoded = codec.decode(encoded)
    reals = ["float64", "float32", "Float32", "sparse_float"]
    assert_same(decoded.drop(columns=reals), X.drop(columns=reals))
    np.testing.assert_allclose(
        decoded[reals].astype(float), X[reals].astype(float), rtol=0, atol=1e-6
    )


def test_not_finite_rows_are_refused():
    codec = DataCodec().fit(REALS)
    with pytest.raises(FloatingPointError, match="learning_rate"):
        codec.decode(np.full((2, 3), np.nan))


def test_facts_for_networks():
    frame = mixed_frame()[["category", "float64", "object"]]
    codec = DataCodec().fit(frame)
    spec = codec.spec(np.array([20, 3]))
    assert spec.shape == (7,)  # one number and twice three categories
    assert spec.categorical_slices == (slice(1, 4), slice(4, 7))
    assert spec.class_counts == (20, 3)
    assert not spec.is_image
    assert not codec.is_image
    spec = DataCodec().fit(images(N, 5, 6, 3)).spec(())
    assert spec.is_image
    assert spec.shape == (3, 5, 6)


def test_what_is_told_of_the_columns_of_a_frame():
    frame = mixed_frame()
    columns = DataCodec().fit(frame).columns_
    assert [column.index for column in columns] == list(range(frame.shape[1]))
    assert [column.name for column in columns] == frame.columns.tolist()
    assert [column.dtype for column in columns] == frame.dtypes.tolist()
    kinds = {column.name: column.kind for column in columns}
    assert {kinds[name] for name in ("float64", "float32", "Float32", "sparse_float")} == {"float"}
    whole = ("int64", "uint8", "Int64", "UInt8", "object_int", "sparse_int")
    assert {kinds[name] for name in whole} == {"integer"}
    assert {kinds[name] for name in ("bool", "boolean", "object_bool", "sparse_bool")} == {"bool"}
    words = ("category", "numbered", "object", "string", "str")
    assert {kinds[name] for name in words} == {"category"}
    for column in columns:
        seen = frame[column.name].unique().tolist() if column.kind == "category" else []
        assert column.categories.tolist() == seen


def test_what_is_told_of_columns_without_names():
    columns = DataCodec(categorical_features=[1]).fit(COUNTS % 2 * 90).columns_
    assert [column.name for column in columns] == [None] * 3
    assert [column.kind for column in columns] == ["integer", "category", "integer"]
    assert sorted(columns[1].categories.tolist()) == [0, 90]
    pixels = DataCodec().fit(images(N, 2, 3, 3)).columns_
    assert {pixel.kind for pixel in pixels} == {"integer"}
    assert len(pixels) == 18


def test_what_was_one_in_the_data_is_one_encoded():
    codec = DataCodec().fit(REALS)
    low, high = codec.value_range_
    np.testing.assert_allclose(low, REALS.min(axis=0))
    np.testing.assert_allclose(high, REALS.max(axis=0))
    np.testing.assert_array_equal(codec.encode(np.stack([low, high])), [[-1] * 3, [1] * 3])
    assert DataCodec().fit(images(N, 4, 4) // 2).value_range_ == (0, 255)
    pictures = images(N, 4, 4, dtype=np.float32)
    assert DataCodec().fit(pictures).value_range_ == (pictures.min(), pictures.max())


def test_a_category_that_was_not_seen_is_a_rare_one_where_these_share_an_output():
    X = pd.DataFrame({"a": np.arange(200) / 7, "c": [f"c{i % 65}" for i in range(200)]})
    codec = DataCodec().fit(X, np.arange(200) % 2)
    (place,) = (output.group for output in codec.outputs_ if "<others>" in output.levels)
    for value in ("new", None):
        group = codec.encode(X[:1].assign(c=value))[0, place]
        assert group.tolist() == [0] * 63 + [1]


def test_a_number_missing_where_none_was_is_a_usual_one():
    a = np.random.RandomState(0).normal(size=200)
    often = np.where(np.arange(200) < 100, 7.0, a)
    codec = DataCodec().fit(np.c_[a, often], np.arange(200) % 2)
    missing = codec.encode(np.full((1, 2), np.nan))[0]
    usual = codec.encode(np.c_[a[100:], a[100:]])
    assert missing[0] == 0
    assert missing[1] == pytest.approx(np.median(usual[:, 1]))
    assert missing[2:].tolist() == usual[0, 2:].tolist() == [1, 0]


def test_a_category_that_was_not_seen_is_all_zeros():
    X = np.array([["a", 1.0], ["b", 2.0]], dtype=object)
    codec = DataCodec(encoding="plain").fit(X)
    encoded = codec.encode(np.array([["c", 1.0], ["b", 2.0]], dtype=object))
    assert encoded.tolist() == [[-1, 0, 0], [1, 0, 1]]


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, pd.DataFrame])
def test_more_rows_than_are_encoded_at_a_time(container):
    X = np.random.RandomState(0).randint(0, 100, size=(9000, 2))
    codec = DataCodec().fit(container(X))
    encoded = codec.encode(container(X))
    np.testing.assert_allclose(encoded, X / 49.5 - 1, atol=1e-6)
    made = codec.decode(encoded)
    assert_same(made, container(X))


def test_rows_that_do_not_fit():
    codec = DataCodec().fit(mixed_frame()[["float64", "object"]])
    codec.check(mixed_frame()[["float64", "object"]][:1])
    with pytest.raises(ValueError, match=r"rows of shape \(3,\), but was fitted on .* \(2,\)"):
        codec.check(REALS)
    with pytest.raises(ValueError, match="X is sparse, but was fitted with categorical columns"):
        codec.check(sparse.csr_matrix(REALS[:, :2]))
    with pytest.raises(ValueError, match=r"Columns \['float64'\] must hold numbers"):
        codec.check(pd.DataFrame({"float64": ["a"], "object": ["b"]}))
    with pytest.raises(ValueError, match=r"infinity in columns \['float64'\]"):
        codec.check(pd.DataFrame({"float64": [np.inf], "object": ["b"]}))
    codec.check(pd.DataFrame({"float64": [np.nan], "object": [None]}))
    codec.check(pd.DataFrame({"float64": pd.Series([None], dtype=object), "object": ["b"]}))


def test_times_that_do_not_fit():
    days = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9, unit="s")})
    codec = DataCodec().fit(days)
    codec.check(days[:1])
    for other in (days.astype("M8[ns]"), days.astype(np.int64), days - days.iloc[0]):
        with pytest.raises(ValueError, match=r"\['day'\] must have the dtype .*datetime64\[s\]"):
            codec.check(other)
    numbers = DataCodec().fit(days.astype(np.int64))
    with pytest.raises(
        ValueError, match=r"\['day'\] must have the dtype .* int64 .*, not datetime"
    ):
        numbers.check(days)


# images -----------------------------------------------------------------------------------------


def layouts():
    last = images(N, 5, 6, 3)
    return [
        (last, {}),
        (np.ascontiguousarray(last.transpose(0, 3, 1, 2)), {}),
        (last.reshape(N, -1), {"image_shape": (5, 6, 3)}),
        (pd.DataFrame(last.reshape(N, -1)), {"image_shape": [5, 6, 3]}),
        (sparse.csr_matrix(last.reshape(N, -1)), {"image_shape": (5, 6, 3)}),
    ]


@pytest.mark.parametrize(("X", "params"), layouts())
def test_images_of_every_layout(X, params):
    last = images(N, 5, 6, 3)
    codec = DataCodec(**params).fit(X)
    assert codec.is_image
    first = codec.channels_first(X)
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, last.transpose(0, 3, 1, 2))
    shown = codec.pictures(X)
    low, high = codec.value_range_
    np.testing.assert_allclose(shown, (last - low) / (high - low), atol=1e-6)
    assert 0 <= shown.min() <= shown.max() <= 1


@pytest.mark.parametrize("shape", [(5, 6), (1, 5, 6), (5, 6, 1)])
def test_pictures_of_one_channel_have_no_axis_for_it(shape):
    X = images(N, *shape)
    np.testing.assert_allclose(DataCodec().fit(X).pictures(X), X.reshape(N, 5, 6) / 255, atol=1e-6)


def test_pictures_of_a_table():
    codec = DataCodec().fit(REALS)
    for call in (codec.pictures, codec.channels_first):
        with pytest.raises(ValueError, match=r"X must hold images, but is a table\..*image_shape"):
            call(REALS)


def test_pixels_keep_to_their_place_unless_they_were_moved():
    X = np.array([[[0, 100], [50, 50]], [[10, 200], [50, 50]]], dtype=np.uint8)
    codec = DataCodec().fit(X)
    white = np.ones((1, 1, 2, 2))
    assert codec.decode(white).tolist() == [[[10, 200], [50, 50]]]
    assert codec.decode(white, like=X[:1]).tolist() == [[[200, 200], [200, 200]]]


def test_wide_pixels_that_were_moved():
    X = np.array([[[2**62 + 1, 5]], [[2**62 + 1, 7]]])
    codec = DataCodec().fit(X)
    white = np.ones((1, 1, 1, 2))
    assert codec.decode(white).tolist() == [[[2**62 + 1, 7]]]
    assert codec.decode(white, like=X[:1]).tolist() == [[[2**62, 2**62]]]


# stacking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "X",
    [
        REALS,
        REALS.astype(">f4"),
        sparse.csr_matrix(REALS),
        sparse.csc_array(COUNTS),
        mixed_frame(),
        images(N, 3, 4),
    ],
    ids=lambda X: type(X).__name__,
)
def test_blocks_are_stacked(X):
    codec = DataCodec().fit(X)
    assert codec.stack([X]) is X
    stacked = codec.stack([X[:5], X[5:9], X[9:]])
    assert_same(stacked, X)
    assert getattr(stacked, "format", None) == getattr(X, "format", None)


def test_a_codec_keeps_no_rows():
    sizes = [len(pickle.dumps(DataCodec().fit(np.tile(REALS, (n, 1))))) for n in (50, 500)]
    assert sizes[0] == sizes[1]
