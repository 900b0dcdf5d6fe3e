"""Everything comes back as what it was."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tests.samplers import assert_oversampled, images, labels, tiny

Y = labels(14, 9, 5)
N = len(Y)
NUMBERS = np.random.RandomState(0).normal(size=(N, 4)) * 20

ARRAYS = {
    **{
        dtype: np.abs(NUMBERS).astype(dtype)
        for dtype in [
            "float16",
            "float32",
            "float64",
            "longdouble",
            "int8",
            "int16",
            "int32",
            "int64",
        ]
    },
    **{t: np.abs(NUMBERS).astype(t) for t in ("uint8", "uint16", "uint32", "uint64")},
    **{t: NUMBERS.astype(t) for t in ("int8", "int16", "int32", "int64")},
    "bool": NUMBERS > 0,
    "fortran": np.asfortranarray(NUMBERS),
    "negative integers": NUMBERS.astype(int),
    "constant column": np.column_stack([NUMBERS, np.full(N, 3.3)]),
    "one column": NUMBERS[:, :1],
    "large int64": np.column_stack([NUMBERS.astype(int), 2**62 + np.arange(N)]),
    "extreme int64": np.resize([-(2**63), 2**63 - 1, 0], (N, 2)),
    "extreme uint64": np.resize(np.array([0, 2**64 - 1], dtype=np.uint64), (N, 1)),
    "extreme float64": np.resize([-1.7e308, 1.7e308, 0.0], (N, 2)),
    "tiny float64": NUMBERS * 1e-300,
    "strings": np.resize(["red", "green", "blue"], (N, 2)),
    "objects": np.column_stack([NUMBERS.astype(object), np.resize(["a", "bb"], N)]),
    "object integers": NUMBERS.astype(int).astype(object),
    "list": NUMBERS.tolist(),
    "list of integers": NUMBERS.astype(int).tolist(),
    "mixed list": [[i, "odd" if i % 2 else "even"] for i in range(N)],
    "csr": sparse.csr_matrix(NUMBERS * (NUMBERS > 5)),
    "csc": sparse.csc_matrix(NUMBERS * (NUMBERS > 5)),
    "csr array": sparse.csr_array(NUMBERS.astype(np.float32)),
    "csc integers": sparse.csc_array(NUMBERS.astype(int)),
    "csr bool": sparse.csr_matrix(NUMBERS > 10),
}

FRAME = pd.DataFrame(
    {
        "float": NUMBERS[:, 0],
        "float32": NUMBERS[:, 1].astype(np.float32),
        "int": NUMBERS[:, 2].astype(int),
        "uint8": np.arange(N, dtype=np.uint8),
        "bool": NUMBERS[:, 3] > 0,
        "nullable int": pd.array(NUMBERS[:, 2].astype(int), dtype="Int64"),
        "nullable float": pd.array(NUMBERS[:, 2], dtype="Float64"),
        "nullable bool": pd.array(NUMBERS[:, 2] > 0, dtype="boolean"),
        "category": pd.Categorical(np.resize(["x", "y", "z"], N), categories=list("wxyz")),
        "ordered": pd.Categorical(np.resize([3, 1], N), ordered=True),
        "object": np.resize(["p", "q"], N).astype(object),
        "string": pd.array(np.resize(["u", "v"], N), dtype="string"),
        "constant": 1.5,
    },
    index=np.arange(N)[::-1] + 100,
)


@pytest.mark.parametrize("X", ARRAYS.values(), ids=ARRAYS)
def test_arrays(X):
    sampler = tiny()
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


@pytest.mark.parametrize(
    "X",
    [
        FRAME,
        FRAME[["int"]],
        FRAME[["category", "object"]],
        FRAME[["float", "int"]].set_axis([0, 1], axis=1),
        pd.DataFrame(NUMBERS * (NUMBERS > 5)).astype(pd.SparseDtype(float, 0.0)),
    ],
    ids=["mixed", "one column", "categories alone", "integer names", "sparse"],
)
def test_frames(X):
    sampler = tiny()
    y = pd.Series(Y, index=X.index, name="label")
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))


@pytest.mark.parametrize("named", [["float", "int"], [0, -1], [True, False, True]])
def test_named_categories(named):
    X = pd.DataFrame({"float": np.resize([0.1, 2.5, 9.0], N), "x": NUMBERS[:, 0]}).assign(
        int=np.resize([1, 7], N)
    )
    sampler = tiny(categorical_features=named)
    X_res, _ = sampler.fit_resample(X, Y)
    assert set(X_res["float"]) == {0.1, 2.5, 9.0}
    assert set(X_res["int"]) == {1, 7}


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tolist(),
        Y.astype(float),
        Y.astype(np.int8),
        np.array(["no", "maybe", "certainly"])[Y],
        np.array(["no", "maybe", "yes"], dtype=object)[Y].tolist(),
        Y > 0,
        pd.Series(Y, name="y"),
        pd.Series(np.array(["a", "b", "c"])[Y], name="y", dtype="category"),
        pd.Series(Y, dtype="Int64"),
        pd.DataFrame({"y": Y}),
        np.eye(3, dtype=int)[Y],
        np.eye(3)[Y],
        np.eye(2, dtype=int)[(Y > 0).astype(int)],
        np.eye(3, dtype=int)[Y].tolist(),
        pd.DataFrame(np.eye(3, dtype=int)[Y], columns=list("abc")),
    ],
)
def test_labels(y):
    sampler = tiny()
    assert_oversampled(sampler, NUMBERS, y, *sampler.fit_resample(NUMBERS, y))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, bool])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 2), (5, 9), (3, 8, 8), (8, 7, 3), (1, 9, 9), (4, 10, 6), (11, 5, 1)]
)
def test_images(shape, dtype):
    sampler, X = tiny(max_iter=1), images(N, *shape, dtype=dtype)
    assert_oversampled(sampler, X, Y, *sampler.fit_resample(X, Y))


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame, lambda X: X.tolist()])
def test_flattened_images(container):
    X = images(N, 6, 5)
    sampler = tiny(image_shape=(6, 5))
    flat = container(X.reshape(N, -1))
    assert_oversampled(sampler, flat, Y, *sampler.fit_resample(flat, Y))
    assert sampler._codec.spec(()).shape == (1, 6, 5)


def test_layouts_hold_the_same_images():
    X = images(N, 3, 8, 6)
    first, _ = tiny().fit_resample(X, Y)
    last, _ = tiny().fit_resample(X.transpose(0, 2, 3, 1), Y)
    assert np.array_equal(first, last.transpose(0, 3, 1, 2))


def test_decoding_gives_back_what_was_encoded():
    for X in (NUMBERS, FRAME.reset_index(drop=True), images(N, 5, 4)):
        sampler = tiny().fit(X, Y)
        decoded = sampler._codec.decode(sampler._codec.encode(X))
        if isinstance(X, pd.DataFrame):
            pd.testing.assert_frame_equal(decoded, X, rtol=1e-5, atol=1e-5)
        else:
            np.testing.assert_allclose(decoded, X, rtol=1e-5, atol=1e-5)


def test_long_double_constants_stay_constant():
    third = np.full((len(Y), 2), np.longdouble(1) / 3)
    X_res, _ = tiny().fit_resample(third, Y)
    assert (X_res == third[0, 0]).all()
