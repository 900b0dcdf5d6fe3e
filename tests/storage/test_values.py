"""Values come back as they were, with their types."""

import json
from collections import OrderedDict
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import torch
from scipy import sparse

from imblearn_gan._stored import CLASSES
from imblearn_gan.data import DataSpec
from imblearn_gan.storage import Reader, Unwritable, Writer, digest


def again(value):
    """Return a value that went through JSON and arrays."""
    writer = Writer(CLASSES)
    node = json.loads(json.dumps(writer.write(value), allow_nan=False))
    return Reader(CLASSES, writer.arrays).read(node)


PLAIN = [
    *(None, True, 3, 10**40, 0.1, -0.0, 5e-324, "é\n", b"\0\xff", [], (), {}, set()),
    [1, [2, (3, "4")]],
    {"a": {"b": [1]}},
    {"$": "pickle"},
    {1: "one", None: 2, (1, 2): 3, "a": 4.5},
    OrderedDict([("b", 1), ("a", 2)]),
    {1},
    frozenset({3}),
    slice(1, None, 2),
    Decimal("0.10"),
    date(2020, 2, 29),
    datetime(1960, 1, 1, 2, 3, 4, 5, fold=1),
    datetime(1960, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    time(23, 59),
    timedelta(days=-1, microseconds=7),
    torch.device("cuda:1"),
    np.dtype(">i4"),
    np.dtype("M8[ns]"),
]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values(value):
    assert again(value) == value
    assert type(again(value)) is type(value)
    assert repr(again(value)) == repr(value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_json_does_not_know(value):
    assert repr(again(value)) == repr(value)


SCALARS = [
    *(np.float32(0.1), np.longdouble(1) / 3, np.int8(-3), np.bool_(True), np.str_("é")),
    *(np.datetime64("2020-01-01", "D"), np.timedelta64(3, "h"), np.bytes_(b"ab")),
]


@pytest.mark.parametrize("value", SCALARS, ids=lambda value: type(value).__name__)
def test_scalars(value):
    assert again(value) == value
    assert again(value).dtype == value.dtype


ARRAYS = [
    *(np.arange(6).reshape(2, 3), np.array(3.5), np.empty((0, 4), np.float32)),
    *(
        np.array([0, 1, 1], dtype=dtype)
        for dtype in ("?", "i1", "u8", "f2", "f4", ">f8", "g", "c16")
    ),
    *(np.array(["a", "é"]), np.array([b"a"]), np.array(["2020", "NaT"], "M8[s]")),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(10)[::3],
    np.array([["a", None], [1, Decimal(2)]], dtype=object),
]


@pytest.mark.parametrize("value", ARRAYS, ids=lambda value: str(value.dtype))
def test_arrays(value):
    got = again(value)
    np.testing.assert_array_equal(got, value)
    assert (got.dtype, got.shape) == (value.dtype, value.shape)
    assert got.flags.f_contiguous == np.array(value).flags.f_contiguous
    assert got.flags.writeable


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil"])
@pytest.mark.parametrize("form", ["matrix", "array"])
def test_sparse(kind, form):
    value = getattr(sparse, f"{kind}_{form}")(np.diag([1.0, 0, 3])[:, 1:])
    got = again(value)
    assert type(got) is type(value)
    np.testing.assert_array_equal(got.toarray(), value.toarray())


def test_random_states():
    stream = np.random.RandomState(3)
    stream.normal(size=3)
    assert again(stream).normal(size=5).tolist() == stream.normal(size=5).tolist()


def test_tensors():
    value = torch.arange(24.0).reshape(2, 3, 2, 2).to(memory_format=torch.channels_last)
    got = again(value.requires_grad_())
    assert torch.equal(got, value)
    assert got.stride() == value.stride()
    assert got.requires_grad
    assert torch.equal(again(torch.arange(4)[::2]), torch.tensor([0, 2]))
    for dtype in (torch.bfloat16, torch.float64, torch.bool, torch.uint8, torch.int32):
        value = torch.tensor([[0.0, 1.0], [3.0, 4.0]]).to(dtype)
        assert torch.equal(again(value), value)
        assert again(value).dtype == dtype


def test_one_object_at_two_places_is_one():
    spec = DataSpec((2,), (3, 1))
    one, other, third = again([spec, spec, DataSpec((2,), (3, 1))])
    assert one is other
    assert third == one == spec
    assert third is not one


class Text(str):
    """A str of a user's own."""


class Array(np.ndarray):
    """An array of a user's own."""


@pytest.mark.parametrize(
    "value",
    [
        *(print, lambda: 1, len, object(), int, Text("a"), Array((2,)), np.ma.masked_array([1])),
        *(1j, range(3), np.zeros(2, "i4,f4"), torch.zeros(2, dtype=torch.complex64)),
        np.random.RandomState(np.random.PCG64()),
        datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Paris")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_known_is_refused(value):
    with pytest.raises(Unwritable):
        Writer(CLASSES).write({"deep": [value]})


def test_digests():
    values = [1, 1.0, "1", [1], {"a": 1}, np.ones(3), np.ones(3, np.float32), np.zeros(3)]
    assert len({digest(value, CLASSES) for value in values}) == len(values)
    assert digest(np.ones(3), CLASSES) == digest(np.ones(3), CLASSES)
