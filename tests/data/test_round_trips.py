"""Any table: what is encoded comes back, and what is generated is like what was seen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imblearn_gan.data import DataCodec
from imblearn_gan.testing.asserts import assert_values_like

N = 40
Y = np.arange(N) % 3 // 2
RNG = np.random.RandomState
FLOATS = st.sampled_from(
    [
        lambda r: r.normal(size=N),
        lambda r: np.exp(3 * r.normal(size=N)),
        lambda r: r.choice([0, 0, 0, r.normal()], N) + r.normal(size=N) * (r.rand(N) < 0.3),
        lambda r: r.randint(0, 30, N) * 0.05,
        lambda r: np.full(N, r.normal()),
        lambda r: r.choice([-1.5, 2.25], N),
        lambda r: 1e300 * r.uniform(-1, 1, N),
        lambda r: 1e16 + r.randint(0, 50, N) * 2.0,
    ]
)
INTEGERS = st.sampled_from(
    [
        lambda r: r.randint(0, 1000, N),
        lambda r: r.randint(0, 4, N),
        lambda r: r.choice([-1, 7], N),
        lambda r: r.randint(0, 100, N) * 12 - 5,
        lambda r: np.where(r.rand(N) < 0.5, 0, r.randint(0, 10**6, N)),
        lambda r: np.full(N, r.randint(100)),
        lambda r: 2**30 + r.randint(0, 9, N) * 3,
    ]
)
LONG = st.sampled_from(
    [
        lambda r: 2**62 + r.randint(0, 30, N) * r.randint(1, 1000),
        lambda r: r.randint(-99, 99, N) - 2**62,
        lambda r: 2**60 + r.choice([0, 1], N),
    ]
)
WORDS = [lambda r: r.randint(0, 3, N), lambda r: np.full(N, 1), lambda r: r.randint(0, N, N)]
FLOAT_TYPES = ["float64", "float32", "Float64", "Float32", "object"]
WHOLE_TYPES = ["int64", "int32", "Int64", "Int32", "object"]
TIMES = [
    *("M8[s]", "M8[ms]", "M8[us]", "M8[ns]", "m8[s]", "m8[ns]"),
    *(pd.DatetimeTZDtype("s", "UTC"), pd.DatetimeTZDtype("us", "Europe/Berlin")),
    *(pd.PeriodDtype("D"), pd.PeriodDtype("M")),
]
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def times(values, dtype):
    """Whole days, about the year 2000."""
    if isinstance(dtype, pd.PeriodDtype):
        return pd.arrays.PeriodArray((values % 10_000).astype(np.int64), dtype=dtype)
    unit = str(dtype).split("[")[1].split("]")[0].split(",")[0]
    ticks = (values % 10_000 + 5_000).astype(np.int64) * 86_400 * UNITS[unit]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(ticks.view(f"M8[{unit}]"), tz="UTC").tz_convert(dtype.tz)
    return ticks.view(dtype)


@st.composite
def columns(draw):
    """A column of one kind, with gaps or without."""
    r = RNG(draw(st.integers(0, 10**6)))
    kind = draw(st.sampled_from(["float", "whole", "flag", "word", "time"]))
    if kind == "float":
        values, dtype = draw(FLOATS)(r), draw(st.sampled_from(FLOAT_TYPES))
        if str(dtype).endswith("32"):
            values = np.clip(values, -3e38, 3e38)
    elif kind == "whole":
        values, dtype = draw(INTEGERS)(r), draw(st.sampled_from(WHOLE_TYPES))
        if dtype in ("int64", "Int64", "object"):
            values = draw(st.sampled_from([values, draw(LONG)(r)]))
    elif kind == "flag":
        values, dtype = r.rand(N) < draw(st.sampled_from([0.1, 0.5, 2.0])), "boolean"
        dtype = draw(st.sampled_from(["bool", "boolean", "object"]))
    elif kind == "word":
        words = [f"w{i}" for i in range(N)]
        values = np.array(words, dtype=object)[draw(st.sampled_from(WORDS))(r)]
        dtype = draw(st.sampled_from(["object", "string", "str", pd.CategoricalDtype(words)]))
    else:
        dtype = draw(st.sampled_from(TIMES))
        values = times(draw(INTEGERS)(r), dtype)
    column = pd.Series(values).astype(dtype)
    if str(dtype) not in ("int64", "int32", "bool"):
        column[r.rand(N) < draw(st.sampled_from([0, 0, 0.2, 1]))] = None
    return column


@st.composite
def frames(draw):
    found = draw(st.lists(columns(), min_size=1, max_size=4))
    frame = pd.DataFrame({f"c{i}": column for i, column in enumerate(found)})
    if draw(st.booleans()):
        block = np.eye(3)[RNG(draw(st.integers(0, 99))).randint(0, 3, N)]
        dtype = draw(st.sampled_from(["float", "int", "bool"]))
        frame = frame.join(pd.DataFrame(block, columns=list("xyz")).astype(dtype))
    return frame


def assert_close(made, seen):
    """Missing values in their places, reals up to float32 steps of the range, the rest exact."""
    assert made.dtype == seen.dtype
    assert made.isna().tolist() == seen.isna().tolist()
    made, seen = made.dropna().tolist(), seen.dropna().tolist()
    assert {type(value) for value in made} == {type(value) for value in seen}
    if seen and isinstance(seen[0], float):
        made, seen = np.array(made), np.array(seen)
        tolerance = 1e-6 * (seen.max() / 2 - seen.min() / 2)
        assert (np.abs(made / 2 - seen / 2) <= np.maximum(tolerance, 1e-6 * np.abs(seen))).all()
    else:
        assert made == seen


@pytest.mark.filterwarnings("error", "ignore:.*look like ids")
@pytest.mark.parametrize("encoding", ["auto", "plain"])
def test_any_table(encoding):
    @settings(
        max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(frames())
    def any_table(X):
        codec = DataCodec(encoding=encoding).fit(X, Y)
        encoded = codec.encode(X)
        assert np.abs(encoded).max() <= 1
        copies = codec.decode(encoded), codec.decode(encoded, like=X)
        stream = RNG(0)
        new = codec.decode(stream.normal(size=encoded.shape), Y, stream)
        assert new.dtypes.equals(X.dtypes)
        for name in X:
            for made in copies:
                assert_close(made[name], X[name])
            assert_values_like(X[name].tolist(), new[name].tolist(), name)
        if "x" in X and encoding == "auto":
            assert (new[["x", "y", "z"]].astype(int).sum(axis=1) == 1).all()

    any_table()
