"""Whatever container comes in goes out: kind, names, dtypes, layout, ranges, categories."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tests.data.rows import COUNTS, REALS, mixed_frame
from tests.samplers import (
    assert_oversampled,
    assert_same,
    class_codes,
    images,
    labels,
    tiny,
)

Y = labels(12, 7, 4)
N = len(Y)

DTYPES = [
    *(np.float16, np.float32, np.float64, np.longdouble),
    *(np.int8, np.int16, np.int32, np.int64),
    *(np.uint8, np.uint16, np.uint32, np.uint64),
    np.bool_,
]


def check(X, y=Y, **params):
    """Resample, assert all that must hold, and that ``sample`` gives the same containers."""
    sampler = tiny(**params)
    X_res, y_res = sampler.fit_resample(X, y)
    assert_oversampled(sampler, X, y, X_res, y_res)
    label = next(label for label, n in sampler.sampling_strategy_.items() if n)
    X_new, y_new = sampler.sample({label: 3})
    assert type(X_new) is type(X_res)
    assert type(y_new) is type(y_res)
    assert class_codes(y_new) == [label] * 3
    for new, old in [(X_new, X_res), (y_new, y_res)]:
        assert len(new) == 3 if not sparse.issparse(new) else new.shape[0] == 3
        if hasattr(old, "dtypes"):
            assert np.all(new.dtypes == old.dtypes)
        elif hasattr(old, "dtype") and old.dtype.kind not in "US":
            assert new.dtype == old.dtype
    return X_res, y_res


# arrays and lists -------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_array_dtypes(dtype):
    check((COUNTS > 50 if dtype is np.bool_ else COUNTS).astype(dtype))


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order(order):
    check(np.asarray(REALS, order=order))


def test_read_only_and_strided_arrays():
    X = np.repeat(REALS, 2, axis=1)[:, ::2]
    X.flags.writeable = False
    check(X)


def test_big_endian():
    check(REALS.astype(">f8"))


@pytest.mark.parametrize(
    "X",
    [
        COUNTS.tolist(),
        REALS.tolist(),
        (COUNTS > 50).tolist(),
        [[int(a), "abc"[b % 3]] for a, b, _ in COUNTS],
        images(N, 4, 4).tolist(),
    ],
    ids=["ints", "floats", "bools", "strings", "images"],
)
def test_lists(X):
    check(X, Y.tolist())


def test_object_array():
    rows = zip(REALS[:, 0].tolist(), COUNTS[:, 0].tolist(), ["a", "b", "c"] * 8, [True, False] * 12)
    check(np.array(list(rows), dtype=object)[:N])


def test_object_array_of_numbers():
    check(COUNTS.astype(object))


def test_string_array():
    check(np.array([["x", "yy"], ["x", "zzz"], ["w", "yy"]] * 8)[:N])


def test_one_column():
    check(REALS[:, :1])


# sparse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64, np.uint8, np.bool_])
@pytest.mark.parametrize(
    "container", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array]
)
def test_sparse(container, dtype):
    X = container((COUNTS * (COUNTS > 60)).astype(dtype))
    X_res, _ = check(X)
    assert X_res.format == X.format


def test_sparse_without_entries():
    X_res, _ = check(sparse.csr_matrix((N, 3)))
    assert X_res.nnz == 0


# frames -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", mixed_frame().columns)
def test_frame_of_one_dtype(name):
    check(mixed_frame()[[name]])


def test_mixed_frame():
    check(mixed_frame(), pd.Series(Y, name="label"))


@pytest.mark.parametrize(
    "columns",
    [
        [0, 1, 2],
        [5, 3, 4],
        pd.MultiIndex.from_tuples([("a", 0), ("a", 1), ("b", 0)]),
        pd.Index(list("abc"), name="features"),
    ],
    ids=["default", "integers", "multi", "named"],
)
def test_column_names(columns):
    X = pd.DataFrame(REALS, columns=columns)
    X_res, _ = check(X)
    pd.testing.assert_index_equal(X_res.columns, X.columns)


@pytest.mark.parametrize(
    "index", [np.arange(N)[::-1], [7] * N, [f"row {i}" for i in range(N)]], ids=str
)
def test_row_index_is_renewed(index):
    X, y = pd.DataFrame(REALS, index=index), pd.Series(Y, index=index)
    X_res, y_res = check(X, y)
    assert X_res.index.tolist() == y_res.index.tolist() == list(range(len(X_res)))


def test_unused_categories_stay_in_the_dtype():
    X = mixed_frame()[["category"]]
    X_res, _ = check(X)
    assert X_res["category"].dtype == X["category"].dtype
    assert "unused" not in set(X_res["category"])


@pytest.mark.parametrize("named", [[1], [-2], [False, True, False], np.array([1])], ids=str)
def test_named_categories_in_an_array(named):
    X = np.column_stack([COUNTS[:, 0], (COUNTS[:, 1] % 2) * 90, COUNTS[:, 2]])
    X_res, _ = check(X, categorical_features=named)
    assert set(X_res[:, 1]) == {0, 90}


def test_named_categories_in_a_frame():
    X = pd.DataFrame(COUNTS % 2 * 90, columns=list("abc"))
    X_res, _ = check(X, categorical_features=["b", 2])
    assert set(X_res["b"]) == set(X_res["c"]) == {0, 90}


class Plots(pd.DataFrame):
    """A data frame of one's own."""

    @property
    def _constructor(self):
        return type(self)


@pytest.mark.parametrize("name", ["Plots", "DataFrame"])
@pytest.mark.parametrize("replay", [0.0, 0.5])
def test_subclass_of_a_frame(name, replay):
    kind = type(name, (Plots,), {})
    X, y = kind(mixed_frame()), pd.Series(Y, name="label")
    check(X, y, replay=replay)
    balanced, _ = tiny().fit_resample(X.iloc[:22], labels(11, 11))
    assert type(balanced) is kind


# y ----------------------------------------------------------------------------------------------

ONE_HOT = np.eye(3, dtype=int)[Y]


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tolist(),
        Y.astype(np.uint8),
        Y - 5,
        Y * 1.0,
        np.array(["one", "two", "three"])[Y],
        np.array(["one", "two", "three"], dtype=object)[Y],
        ["one" if k else "other" for k in Y],
        Y > 0,
        (Y > 0).tolist(),
        Y.astype(object),
        (Y > 0).astype(object),
        ONE_HOT.astype(object),
        np.where(Y == 1, -0.0, Y),
        [0.0 if k else -0.0 for k in Y[:-4]] + [1] * 4,
        pd.Series(Y, dtype=object),
        pd.Series(Y > 0, dtype=object),
        pd.Series(Y, dtype="Sparse[int]"),
        pd.Series(pd.Categorical(Y)),
        pd.Series(Y, name="label", dtype="int32"),
        pd.Series(Y, name="label", dtype="Int64"),
        pd.Series(Y > 0, name="label"),
        pd.Series(Y > 0, name="label", dtype="boolean"),
        pd.Series(np.array(["b", "a", "c"])[Y], dtype="str"),
        pd.Series(np.array(["b", "a", "c"])[Y], dtype="string"),
        pd.Series(np.array(["b", "a", "c"])[Y], dtype=object),
        pd.Series(pd.Categorical(np.array(["b", "a", "c"])[Y], ["c", "b", "a", "unused"])),
        ONE_HOT,
        ONE_HOT.astype(bool),
        ONE_HOT.astype(np.float32),
        ONE_HOT.tolist(),
        ONE_HOT.astype(bool).tolist(),
        np.eye(2, dtype=int)[(Y > 0).astype(int)],
        np.eye(5, dtype=int)[Y],
        pd.DataFrame(ONE_HOT, columns=list("abc")),
        pd.DataFrame(ONE_HOT.astype(bool), columns=list("abc")),
        pd.DataFrame(ONE_HOT, columns=list("abc"), dtype="Int64"),
        pd.DataFrame({"label": Y}),
    ],
    ids=lambda y: f"{type(y).__name__}-{getattr(y, 'dtype', '')}-{np.shape(y)}",
)
@pytest.mark.filterwarnings("ignore:A column-vector y was passed")
@pytest.mark.parametrize("frame", [False, True])
def test_labels(y, frame):
    check(pd.DataFrame(REALS, index=np.arange(N) + 3) if frame else REALS, y)


def test_classes_are_sorted_labels():
    sampler = tiny()
    sampler.fit_resample(REALS, np.array(["one", "two", "three"])[Y])
    assert sampler.classes_.tolist() == ["one", "three", "two"]
    assert sampler.sample({"three": 2})[1].tolist() == ["three", "three"]


# ranges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    [
        [2**53 + 1, 2**53 + 3],
        [2**62 + 1, 2**63 - 1],
        [-(2**63), -(2**63) + 1],
        [-(2**63), 2**63 - 1],
        [-(2**53) - 3, 0],
    ],
)
@pytest.mark.parametrize(
    "container", [np.array, pd.DataFrame, sparse.csr_matrix, "object", "Int64"]
)
def test_wide_integers(column, container):
    X = np.array([column] * 12, dtype=np.int64).reshape(-1, 1)[:N]
    if isinstance(container, str):
        check(pd.DataFrame(X).astype(container))
    else:
        check(container(X))


@pytest.mark.parametrize("value", [2**53 + 1, 2**63 - 1, -(2**63), -(2**53) - 1])
def test_wide_constants_stay_constant(value):
    X_res, _ = check(np.column_stack([np.full(N, value), COUNTS]))
    assert set(X_res[:, 0].tolist()) == {value}


@pytest.mark.filterwarnings("ignore::imblearn_gan.CollapseWarning")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("container", [np.array, pd.DataFrame, sparse.csc_matrix])
def test_uint64(container):
    X = np.array([[2**64 - 1, 0], [2**63, 1], [5, 2**64 - 1]] * 8, dtype=np.uint64)[:N]
    check(container(X))


def test_wide_pixels():
    check((images(N, 2, 3).astype(np.int64) - 128) * 2**55 + 1)


@pytest.mark.filterwarnings("ignore::imblearn_gan.CollapseWarning")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("dtype", "extremes"),
    [
        (np.float64, [-1.7e308, 1.7e308]),
        (np.float64, [1e308, 1.7e308]),
        (np.float64, [5e-324, 1e-323]),
        (np.float64, [1e16, 1e16 + 2]),
        (np.float32, [-3.4e38, 3.4e38]),
        (np.float16, [-65504, 65504]),
        (np.float16, [0.1, 0.1001]),
    ],
)
def test_extreme_floats(dtype, extremes):
    check(np.array([extremes, extremes[::-1]] * 12, dtype=dtype)[:N])


@pytest.mark.parametrize("value", [0, 0.1, -3, 1e300, 1e-300])
def test_constant_columns_stay_constant(value):
    X_res, _ = check(np.column_stack([np.full(N, value), REALS]))
    assert set(X_res[:, 0].tolist()) == {value}


def test_all_columns_constant():
    X_res, _ = check(np.full((N, 2), 7))
    assert (X_res == 7).all()


# images -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int16, np.bool_])
@pytest.mark.parametrize(
    "shape", [(5, 7), (1, 1), (1, 2), (9, 2), (1, 5, 7), (3, 6, 5), (4, 5, 6), (6, 5, 3), (5, 7, 1)]
)
def test_images(shape, dtype):
    check(images(N, *shape, dtype=dtype))


@pytest.mark.parametrize("shape", [(5, 7), [5, 7], (3, 6, 5), (6, 5, 4)], ids=str)
@pytest.mark.parametrize("frame", [False, True])
def test_flattened_images(shape, frame):
    X = images(N, int(np.prod(shape)))
    check(pd.DataFrame(X).add_prefix("pixel") if frame else X, image_shape=shape)


@pytest.mark.parametrize("architecture", ["auto", "mlp", "conv"])
def test_image_architectures(architecture):
    check(images(N, 6, 5, 3), architecture=architecture)


@pytest.mark.parametrize(("channels", "shape"), [("first", (3, 6, 4)), ("last", (3, 6, 4))])
def test_channels_decides(channels, shape):
    check(images(N, *shape), channels=channels)


def test_layouts_mean_the_same_images():
    last = images(N, 5, 6, 3)
    first = np.ascontiguousarray(last.transpose(0, 3, 1, 2))
    flat = last.reshape(N, -1)
    made_last, _ = tiny().fit_resample(last, Y)
    made_first, _ = tiny().fit_resample(first, Y)
    made_flat, _ = tiny(image_shape=(5, 6, 3)).fit_resample(flat, Y)
    assert_same(np.ascontiguousarray(made_first.transpose(0, 2, 3, 1)), made_last)
    assert_same(made_flat.reshape(-1, 5, 6, 3), made_last)


def test_image_shape_of_unflattened_images_is_accepted():
    check(images(N, 5, 6), image_shape=(5, 6))


def test_sparse_flattened_images():
    check(sparse.csr_matrix(images(N, 20) * (images(N, 20) > 128)), image_shape=(4, 5))


def test_large_nullable_integers_stay_apart_as_labels():
    y = pd.Series(np.repeat([2**53, 2**53 + 1, 5], [15, 10, 5]), dtype="Int64")
    X = np.random.RandomState(0).normal(size=(30, 4))
    sampler = tiny()
    _, y_res = sampler.fit_resample(X, y)
    assert y_res.dtype == y.dtype
    assert y_res[:30].tolist() == y.tolist()
    assert y_res.value_counts().to_dict() == {2**53: 15, 2**53 + 1: 15, 5: 15}
    assert sampler.classes_.dtype == np.int64


def test_sample_takes_the_strategy_itself():
    sampler = tiny(sampling_strategy="all")
    sampler.fit_resample(np.random.RandomState(0).normal(size=(30, 4)), np.repeat([0, 1], [20, 10]))
    assert len(sampler.sample(sampler.sampling_strategy_)[1]) == 10
