"""Containers: what rows are turned into before anything else."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_gan.data import is_frame, to_native
from tests.data.rows import COUNTS, REALS, mixed_frame
from tests.samplers import images


@pytest.mark.parametrize(
    "X",
    [REALS, images(5, 3, 4), sparse.csr_matrix(REALS), sparse.csc_array(REALS), mixed_frame()],
    ids=lambda X: type(X).__name__,
)
def test_native_rows_are_not_copied(X):
    assert to_native(X) is X


def test_other_sparse_formats_become_csr():
    assert to_native(sparse.coo_array(REALS)).format == "csr"


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [(COUNTS.tolist(), int), (REALS.tolist(), float), ([[1, "a"], [2, "b"]], object)],
)
def test_lists_become_arrays(rows, dtype):
    X = to_native(rows)
    assert isinstance(X, np.ndarray)
    assert X.dtype == dtype
    assert X.tolist() == rows


def test_missing_values_are_left_to_the_codec():
    assert np.isnan(to_native([[np.nan, 1.0]])).any()


def test_frames_are_told_from_all_else():
    frame = mixed_frame()
    assert is_frame(frame)
    for other in (frame["int64"], frame.columns, REALS, sparse.csr_matrix(REALS), [[1]], None):
        assert not is_frame(other)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (pd.DataFrame(index=range(3)), "at least one row and one column"),
        (pd.DataFrame(columns=["a"]), "at least one row and one column"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), r"same name: \['a'\]"),
        (np.zeros((0, 3)), "0 sample"),
        (np.zeros(3), "1D array"),
    ],
)
def test_what_is_no_table(rows, match):
    with pytest.raises(ValueError, match=match):
        to_native(rows)
