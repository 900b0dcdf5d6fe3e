"""The usual remedies, on data of any kind."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from numpy.testing import assert_array_equal
from scipy import sparse

from imblearn_gan.metrics import evaluate_sampler
from imblearn_gan.metrics._remedies import smote
from tests.metrics.samples import LABELS


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int64", "bool"])
@pytest.mark.parametrize("kind", ["array", "sparse", "frame", "categories"])
def test_smote_interpolates_integers_within_their_range(dtype, kind):
    X = np.random.default_rng(0).integers(100, 120, size=(40, 3))
    X = (X > 110 if dtype == "bool" else X).astype(dtype)
    data = X if kind == "array" else sparse.csr_matrix(X)
    categories = []
    if kind in ("frame", "categories"):
        data = pd.DataFrame(X, columns=list("abc"))
    if kind == "categories":
        data["d"] = np.where(LABELS, "yes", "no")
        categories = [3]
    rows, labels = smote("auto", categories, data, LABELS, 0)
    values = rows.iloc[:, :3].to_numpy() if hasattr(rows, "iloc") else rows
    values = values.toarray() if sparse.issparse(values) else values
    assert values.dtype == dtype
    assert X.min() <= values.min()
    assert values.max() <= X.max()
    given = SMOTE(random_state=0).fit_resample(X.astype(float), LABELS)[0]
    if kind in ("array", "frame"):
        assert_array_equal(values, np.rint(given))
    assert np.bincount(labels).tolist() == [30, 30]


def test_smote_of_nullable_columns():
    frame = pd.DataFrame({"a": pd.array(range(40), "Int64"), "b": pd.array(LABELS > 0, "boolean")})
    rows, _ = smote("auto", [], frame, LABELS, 0)
    assert rows.dtypes.tolist() == frame.dtypes.tolist()


@pytest.mark.parametrize("kind", [None, "same"])
def test_the_default_classifier_learns_a_class_of_ten(kind):
    """Else a sampler would lead by what a leaf of fewer rows gives without any."""
    y = np.repeat(["fine", "rare"], [90, 10])
    X = pd.DataFrame({"a": np.random.RandomState(0).normal(size=100) + 6 * (y == "rare")})
    if kind is not None:
        X["kind"] = kind
    result = evaluate_sampler(RandomOverSampler(), X, y, baselines=["none"], cv=2, random_state=0)
    assert result.scores.query("method == 'none'")["acsa"].min() > 0.9
