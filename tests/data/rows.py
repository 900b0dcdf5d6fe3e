"""Rows of all kinds."""

import numpy as np
import pandas as pd

N = 23
RNG = np.random.RandomState(0)
COUNTS = RNG.randint(0, 100, size=(N, 3))
REALS = RNG.normal(size=(N, 3))


def mixed_frame():
    """A data frame with a column of each kind that can be used."""
    words = ["low", "high", "middle"] * 8
    return pd.DataFrame(
        {
            "float64": REALS[:, 0],
            "float32": REALS[:, 1].astype(np.float32),
            "int64": COUNTS[:, 0],
            "uint8": COUNTS[:, 1].astype(np.uint8),
            "bool": COUNTS[:, 0] > 50,
            "Int64": pd.array(COUNTS[:, 0], dtype="Int64"),
            "UInt8": pd.array(COUNTS[:, 1], dtype="UInt8"),
            "boolean": pd.array(COUNTS[:, 1] > 50, dtype="boolean"),
            "Float32": pd.array(REALS[:, 2], dtype="Float32"),
            "category": pd.Categorical(
                words[:N], ["unused", "low", "middle", "high"], ordered=True
            ),
            "numbered": pd.Categorical(COUNTS[:, 2] % 3),
            "object": pd.Series(words[:N], dtype=object),
            "object_bool": pd.Series([True, False, True] * 8, dtype=object)[:N],
            "object_int": pd.Series(COUNTS[:, 1].tolist(), dtype=object),
            "string": pd.array(words[:N], dtype="string"),
            "str": pd.array(words[:N], dtype="str"),
            "sparse_float": pd.arrays.SparseArray(REALS[:, 0] * (REALS[:, 0] > 0), fill_value=0.0),
            "sparse_int": pd.arrays.SparseArray(COUNTS[:, 0] * (COUNTS[:, 0] > 50), fill_value=0),
            "sparse_bool": pd.arrays.SparseArray(COUNTS[:, 0] > 50, fill_value=False),
        }
    )
