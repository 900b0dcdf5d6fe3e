"""Odd inputs: rows, labels, parameters, and requests of ``sample``; each made anew when asked."""

import datetime
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import torch
from scipy import sparse
from torch import nn

N = 24
COUNTS = (12, 8, 4)


def table():
    return np.random.RandomState(0).normal(size=(N, 3))


def pixels(*shape, dtype=np.uint8):
    return np.random.RandomState(0).randint(0, 256, (N, *shape)).astype(dtype)


def plain():
    return np.repeat([0, 1, 2], COUNTS)


def column(*values, dtype=object):
    """A frame with a column of these values, again and again, beside one of numbers."""
    cells = np.empty(N, dtype=object)
    cells[:] = [values[i % len(values)] for i in range(N)]
    series = pd.Series(cells, dtype=object)
    return pd.DataFrame(
        {"a": table()[:, 0], "odd": series if dtype is object else series.astype(dtype)}
    )


def put(X, value, *places):
    for place in places:
        X[place] = value
    return X


def masked():
    X = np.ma.masked_array(table(), mask=False)
    X[2, 1] = np.ma.masked
    return X


class Duck:
    """An array to NumPy, and nothing more."""

    def __array__(self, dtype=None, copy=None):
        return table()


class Hostile:
    """Cannot be compared, or shown."""

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


def ragged():
    return [[1.0, 2.0]] * (N - 1) + [[1.0]]


def unlike():
    images = np.empty(N, dtype=object)
    images[:] = [np.zeros((4, 4 + i % 2)) for i in range(N)]
    return images


def nested():
    images = np.empty(N, dtype=object)
    images[:] = [np.zeros((4, 4)) for _ in range(N)]
    return images


ROWS = {
    "one column": lambda: table()[:, :1],
    "constant": lambda: np.ones((N, 3)),
    "all missing": lambda: np.full((N, 2), np.nan),
    "a column all missing": lambda: put(table(), np.nan, (slice(None), 1)),
    "a missing value": lambda: put(table(), np.nan, (0, 0)),
    "infinity": lambda: put(table(), np.inf, (0, 0)),
    "infinity and missing": lambda: put(put(table(), np.inf, (0, 0)), np.nan, (1, 1)),
    "float64's ends": lambda: put(put(table(), 1.7e308, (0, 0)), -1.7e308, (1, 0)),
    "denormal": lambda: table() * 5e-324,
    "minus zero": lambda: np.zeros((N, 2)) * -1.0,
    "float16": lambda: table().astype(np.float16),
    "longdouble": lambda: table().astype(np.longdouble),
    "complex": lambda: table() * 1j,
    "booleans": lambda: table() > 0,
    "int8": lambda: np.full((N, 2), -128, np.int8),
    "uint64": lambda: put(np.zeros((N, 2), np.uint64), 2**64 - 1, (0, 0)),
    "big-endian": lambda: table().astype(">f8"),
    "big-endian integers": lambda: np.arange(2 * N, dtype=">i4").reshape(N, 2),
    "big-endian frame": lambda: pd.DataFrame({"a": table()[:, 0], "b": np.arange(N, dtype=">i8")}),
    "fortran": lambda: np.asfortranarray(table()),
    "strided": lambda: np.repeat(table(), 2, axis=0)[::2, ::-1],
    "read only": lambda: np.frombuffer(table().tobytes()).reshape(N, 3),
    "matrix": lambda: np.asmatrix(table()),
    "recarray": lambda: np.rec.fromarrays(table().T),
    "structured": lambda: np.zeros(N, dtype=[("a", "f8"), ("b", "i4")]),
    "masked": masked,
    "mask of nothing": lambda: np.ma.masked_array(table()),
    "one dimension": lambda: table()[:, 0],
    "no dimension": lambda: np.array(1.0),
    "a number": lambda: 7,
    "none": lambda: None,
    "a string": lambda: "rows",
    "bytes": lambda: b"rows",
    "a dict": lambda: {"a": list(range(N))},
    "a set": lambda: {1, 2, 3},
    "a generator": lambda: (row for row in table()),
    "an object": object,
    "a function": lambda: len,
    "a duck": Duck,
    "no rows": lambda: table()[:0],
    "no columns": lambda: table()[:, :0],
    "too few rows": lambda: table()[:-1],
    "ragged": ragged,
    "list": lambda: table().tolist(),
    "tuple": lambda: tuple(map(tuple, table())),
    "list of mixed": lambda: [[1, "a", None]] * (N // 2) + [[2.5, "b", 3]] * (N // 2),
    "list of dicts": lambda: [{"a": 1}] * N,
    "list of 400 digits": lambda: [[10**400, 1]] * N,
    "list of 2**63": lambda: [[2**63 + i, -i] for i in range(N)],
    "strings": lambda: np.array([["a", "b"], ["c", ""]] * (N // 2)),
    "numbers as strings": lambda: table().astype(str),
    "bytes of an array": lambda: np.array([[b"a", b"b"]] * N),
    "times": lambda: np.arange(2 * N).astype("M8[D]").reshape(N, 2),
    "no times": lambda: np.full((N, 2), "NaT", "M8[s]"),
    "years": lambda: np.arange(N).astype("M8[Y]")[:, None],
    "objects": lambda: table().astype(object),
    "arrays in cells": lambda: column(np.zeros(2), np.ones(3)),
    "arrays of no dimension in cells": lambda: column(np.array(1.0), np.array(2.0)),
    "lists in cells": lambda: column([1], [2, 3]),
    "dicts in cells": lambda: column({}, {"a": 1}),
    "tensors in cells": lambda: column(torch.zeros(1), torch.ones(2)),
    "decimals": lambda: column(Decimal("1.5"), Decimal("2.5")),
    "fractions": lambda: column(Fraction(1, 3), Fraction(2, 3)),
    "dates": lambda: column(datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)),
    "datetimes": lambda: column(datetime.datetime(2020, 1, 1), None),
    "hostile cells": lambda: column(Hostile(), Hostile()),
    "hostile values": lambda: put(table().astype(object), Hostile(), (0, 0)),
    "classes in cells": lambda: column(int, str),
    "400 digits": lambda: column(10**400, 1),
    "2**1000": lambda: column(2**1000, 1),
    "bytes in cells": lambda: column(b"a", b"b"),
    "words and numbers": lambda: column("a", 1, 2.5, None, True),
    "long words": lambda: column("x" * 100_000, "y"),
    "surrogates": lambda: column("\ud800", "b"),
    "nul": lambda: column("\0", ""),
    "complex cells": lambda: column(1j, 2.0),
    "intervals": lambda: pd.DataFrame({"odd": pd.interval_range(0, N)}),
    "periods": lambda: pd.DataFrame({"odd": pd.period_range("2020", periods=N, freq="M")}),
    "sparse pandas": lambda: pd.DataFrame({"odd": pd.arrays.SparseArray(np.arange(N) % 3)}),
    "Int64": lambda: column(1, 2, None, dtype="Int64"),
    "boolean": lambda: column(True, None, dtype="boolean"),
    "categories unseen": lambda: pd.DataFrame(
        {"odd": pd.Categorical(["a", "b"] * (N // 2), ["z", "a", "b"])}
    ),
    "categories of numbers": lambda: pd.DataFrame({"odd": pd.Categorical([3, 1] * (N // 2))}),
    "repeated names": lambda: pd.DataFrame(table(), columns=["a", "a", "b"]),
    "names of all kinds": lambda: pd.DataFrame(table(), columns=["a", 1, None]),
    "levels of names": lambda: pd.DataFrame(
        table(), columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])
    ),
    "levels of rows": lambda: pd.DataFrame(
        table(), index=pd.MultiIndex.from_arrays([range(N), range(N)])
    ),
    "repeated rows of an index": lambda: pd.DataFrame(table(), index=[0] * N),
    "frame without columns": lambda: pd.DataFrame(index=range(N)),
    "series": lambda: pd.Series(table()[:, 0]),
    "polars": lambda: pl.DataFrame(table(), schema=["a", "b", "c"]),
    "polars lazy": lambda: pl.LazyFrame(table(), schema=["a", "b", "c"]),
    "polars decimals": lambda: pl.DataFrame({"a": [Decimal("1.5")] * N}),
    "polars lists": lambda: pl.DataFrame({"a": [[1]] * N}),
    "polars structs": lambda: pl.DataFrame({"a": [{"b": 1}] * N}),
    "polars nulls": lambda: pl.DataFrame({"a": [None] * N, "b": range(N)}),
    "polars bytes": lambda: pl.DataFrame({"a": [b"x"] * N, "b": range(N)}),
    "pyarrow": lambda: pa.table({"a": table()[:, 0], "b": range(N)}),
    "pyarrow lists": lambda: pa.table({"a": [[1]] * N}),
    "pyarrow nulls": lambda: pa.table({"a": pa.nulls(N), "b": range(N)}),
    "csr": lambda: sparse.csr_matrix(table() > 0, dtype=float),
    "csc": lambda: sparse.csc_array(table()),
    "coo twice": lambda: sparse.coo_matrix(
        (np.ones(N * 2), (np.tile(np.arange(N), 2), np.zeros(N * 2, int))), shape=(N, 2)
    ),
    "dok": lambda: sparse.dok_matrix(table()),
    "csr of nothing": lambda: sparse.csr_matrix((N, 3)),
    "csr missing": lambda: sparse.csr_matrix(put(table(), np.nan, (0, 0))),
    "csr complex": lambda: sparse.csr_matrix(table() * 1j),
    "csr integers": lambda: sparse.csr_matrix(np.arange(3 * N).reshape(N, 3)),
    "csr bool": lambda: sparse.csr_matrix(table() > 0),
    "csr wide": lambda: sparse.csr_matrix((N, 200_000)),
    "csr unsorted": lambda: sparse.csr_matrix(
        (np.ones(2 * N), np.tile([1, 0], N), np.arange(0, 2 * N + 1, 2)), shape=(N, 2)
    ),
    "coo of one dimension": lambda: sparse.coo_array(np.ones(N)),
    "tensor": lambda: torch.from_numpy(table()),
    "tensor with gradient": lambda: torch.from_numpy(table()).requires_grad_(),
    "tensor bfloat16": lambda: torch.zeros(N, 3, dtype=torch.bfloat16),
    "tensor meta": lambda: torch.zeros(N, 3, device="meta"),
    "images": lambda: pixels(4, 5),
    "images of one pixel": lambda: pixels(1, 1, 1),
    "colours": lambda: pixels(5, 4, 3),
    "images of no width": lambda: pixels(4, 0),
    "images with a hole": lambda: put(pixels(4, 4, dtype=np.float32), np.nan, (0, 1, 1)),
    "images infinite": lambda: put(pixels(4, 4, dtype=np.float32), np.inf, (0, 1, 1)),
    "images of strings": lambda: pixels(4, 4).astype(str),
    "images complex": lambda: pixels(4, 4) * 1j,
    "images of objects": lambda: pixels(4, 4).astype(object),
    "images of times": lambda: pixels(4, 4).astype("M8[s]"),
    "images of booleans": lambda: pixels(4, 4) > 127,
    "images constant": lambda: np.zeros((N, 4, 4)),
    "images ambiguous": lambda: pixels(5, 6, 7),
    "images of five dimensions": lambda: pixels(2, 2, 2, 2),
    "images unlike": unlike,
    "list of images unlike": lambda: [np.zeros((4, 4 + i % 2)) for i in range(N)],
    "array of images": nested,
    "list of images": lambda: list(pixels(4, 4)),
    "list of tensors": lambda: [torch.zeros(3) for _ in range(N)],
    "one image": lambda: pixels(4, 4)[:1],
}

LABELS = {
    "none": lambda: None,
    "a number": lambda: 1,
    "a string": lambda: "labels",
    "no labels": lambda: [],
    "too few": lambda: plain()[:-1],
    "too many": lambda: np.append(plain(), 0),
    "one class": lambda: np.zeros(N, int),
    "balanced": lambda: np.arange(N) % 2,
    "all distinct": lambda: np.arange(N),
    "a class of one row": lambda: (np.arange(N) == 3).astype(int),
    "a class of two rows": lambda: (np.arange(N) < 2).astype(int),
    "floats": lambda: plain().astype(float),
    "fractions": lambda: plain() + 0.5,
    "missing": lambda: np.where(plain() == 0, np.nan, plain()),
    "infinite": lambda: np.where(plain() == 0, np.inf, plain()),
    "None among strings": lambda: [None, *["a", "b"] * (N // 2)][:N],
    "masked": lambda: np.ma.masked_array(plain(), mask=plain() == 2),
    "strings": lambda: np.array(["a", "b", "c"])[plain()],
    "empty strings": lambda: np.array(["", " ", "c"])[plain()],
    "bytes": lambda: np.array([b"a", b"b", b"c"])[plain()],
    "booleans": lambda: plain() == 2,
    "mixed": lambda: [1] * 12 + ["a"] * 12,
    "booleans and numbers": lambda: [True] * 12 + [3] * 12,
    "tuples": lambda: [(0, 1)] * 12 + [(1, 0)] * 12,
    "lists": lambda: [[0]] * 12 + [[1]] * 12,
    "ragged": lambda: [[0]] * 12 + [[1, 2]] * 12,
    "dicts": lambda: [{}] * N,
    "objects": lambda: [object() for _ in range(N)],
    "hostile": lambda: [Hostile() for _ in range(N)],
    "times": lambda: plain().astype("M8[D]"),
    "dates": lambda: [datetime.date(2020, 1, 1 + i) for i in plain().tolist()],
    "decimals": lambda: [Decimal(i) for i in plain().tolist()],
    "complex": lambda: plain() * 1j,
    "400 digits": lambda: [10**400 + i for i in plain().tolist()],
    "2**63": lambda: [2**63 + i for i in plain().tolist()],
    "negative": lambda: -plain(),
    "big-endian": lambda: plain().astype(">i8"),
    "uint64": lambda: plain().astype(np.uint64),
    "float16": lambda: plain().astype(np.float16),
    "a column": lambda: plain()[:, None],
    "one-hot": lambda: np.eye(3, dtype=int)[plain()],
    "one-hot booleans": lambda: np.eye(3, dtype=bool)[plain()],
    "one-hot sparse": lambda: sparse.csr_matrix(np.eye(3, dtype=int)[plain()]),
    "one-hot frame": lambda: pd.DataFrame(np.eye(3, dtype=int)[plain()]),
    "one-hot list": lambda: np.eye(3, dtype=int)[plain()].tolist(),
    "several classes": lambda: np.ones((N, 3), int),
    "no class": lambda: np.zeros((N, 3), int),
    "three dimensions": lambda: np.zeros((N, 1, 1), int),
    "no columns": lambda: np.zeros((N, 0), int),
    "series": lambda: pd.Series(plain(), index=range(100, 100 + N)),
    "categories": lambda: pd.Series(pd.Categorical(plain(), [2, 1, 0])),
    "Int64": lambda: pd.Series(plain(), dtype="Int64"),
    "Int64 missing": lambda: pd.Series([None, *plain()[1:].tolist()], dtype="Int64"),
    "polars": lambda: pl.Series("y", plain()),
    "polars strings": lambda: pl.Series("y", ["a", "b", "c"]).gather(plain()),
    "pyarrow": lambda: pa.chunked_array([plain()]),
    "tensor": lambda: torch.from_numpy(plain()),
    "a generator": lambda: (i for i in plain()),
    "a set": lambda: set(range(N)),
    "a range": lambda: range(N),
    "a dict": lambda: dict.fromkeys(range(N), 0),
    "a matrix": lambda: np.asmatrix(plain()),
    "a duck": lambda: Duck(),
}


#: Which of them are refused, with labels and rows that are not odd.
REFUSED_ROWS = """infinity; infinity and missing; complex; big-endian frame; recarray; structured;
masked; one dimension; no dimension; a number; none; a string; bytes; a dict; a set; a generator;
an object; a function; no rows; no columns; too few rows; ragged; list of dicts;
list of 400 digits; arrays in cells; arrays of no dimension in cells; lists in cells;
dicts in cells; tensors in cells; decimals; fractions; dates; datetimes; hostile cells;
hostile values; classes in cells; 400 digits; bytes in cells; complex cells; intervals;
repeated names; names of all kinds; frame without columns; series; polars lazy; polars decimals;
polars lists; polars structs; polars bytes; pyarrow lists; csr complex; csr wide;
coo of one dimension; tensor with gradient; tensor bfloat16; tensor meta; images of one pixel;
images of no width; images with a hole; images infinite; images of strings; images complex;
images of objects; images of times; images ambiguous; images of five dimensions; images unlike;
list of images unlike; array of images; one image"""
REFUSED_LABELS = """none; a number; a string; no labels; too few; too many; one class; fractions;
missing; infinite; None among strings; masked; bytes; mixed; booleans and numbers; ragged; dicts;
objects; hostile; dates; decimals; complex; 400 digits; several classes; no class;
three dimensions; no columns; Int64 missing; a generator; a set; a dict; a matrix; a duck"""


class Family:
    """A family whose networks give what is asked for, or not."""

    def __init__(self, encoder=0, decoder=0, fails=False, module=True):
        self.more = {"encoder": encoder, "decoder": decoder}
        self.fails, self.module = fails, module

    def __repr__(self):
        return "Family()"

    def encoder(self, spec, n_out):
        if self.fails:
            raise KeyError("of its own")
        network = nn.Sequential(
            nn.Flatten(), nn.Linear(spec.n_values, n_out + self.more["encoder"])
        )
        return network if self.module else network.forward

    def decoder(self, spec, n_in):
        n = spec.n_values + self.more["decoder"]
        flat = nn.Sequential(nn.Linear(n_in, n), nn.Tanh())
        return flat if self.more["decoder"] else nn.Sequential(flat, nn.Unflatten(1, spec.shape))


ANYTHING = (True, "x", None, [], {}, -1, 0, 1.5, np.nan, np.inf, 10**30)
ANYTHING += (np.int64(2), np.float64(0.5), np.float32(0.25), np.array([1, 2]), object())
_NUMBERS = (
    *("batch_size", "latent_dim", "learning_rate", "replay", "ema_decay", "pretrain_iter"),
    *("pretrain_learning_rate", "n_support", "n_neighbors", "n_discriminator_steps", "width"),
)
#: What takes long, or diverges, where it is very large.
_ENDLESS = ("_iter", "_epochs", "_steps", "learning_rate")
_STEEP = ("1.5", "2", "0.5", "0.25")
_WORDS = ("loss", "balance", "augmentation", "replay_augmentation", "channels", "encoding")

PARAMS = [
    *[
        (name, value)
        for name in ("max_iter", "max_epochs", *_NUMBERS, *_WORDS)
        for value in ANYTHING
        if not (type(value) is int and value == 10**30 and name.endswith(_ENDLESS))
        and not (name == "learning_rate" and str(value) in _STEEP)
    ],
    *[("batch_size", n) for n in (1, 2, 10**9, 10**18)],
    *[("latent_dim", n) for n in (10**6, 10**9, 10**18)],
    *[
        ("sampling_strategy", value)
        for value in (
            *({0: 12, 2: 10.5}, {2: 10.0}, {2: np.float64(9)}, {2: np.nan}, {2: np.inf}, {2: True}),
            *({2: "20"}, {2: None}, {2: [20]}, {2: 10**12}, {2: 10**30}, {2: -1}, {2: 3}, {9: 20}),
            *({"2": 20}, {}, {None: 3}, {2: 10 + 0j}, {2: np.array(9)}, {2: np.array([9, 9])}),
            *({2: Decimal(9)}, {2: Fraction(19, 2)}, OrderedDict({2: 9}), {2.0: 9}, {True: 9}),
            *(
                0.5,
                1.0,
                0.0,
                -1.0,
                1e-300,
                2.0,
                np.nan,
                True,
                None,
                7,
                "x",
                "majority",
                [1],
                [],
                (),
            ),
            *(len, lambda y: None, lambda y: {2: 9.5}, lambda y: {2: 9}, lambda y: {}),
            *(object(), pd.Series({2: 9}), np.array([1]), b"auto"),
        )
    ],
    *[
        ("categorical_features", value)
        for value in (
            *([0], [3], [-1], [-4], [0.0], [True, False, False], [True], ["a"], "a", "all", [None]),
            *([[0]], {0}, {0: 1}, (0, 0), 0, np.array([0]), np.array([[0]]), np.zeros(3), range(2)),
            *([10**30], [object()], slice(0, 1), pd.Series([0]), [np.nan], "", [b"a"], True),
        )
    ],
    *[
        ("encoding", value)
        for value in (
            *("plain", "minmax", {0: "minmax"}, {0: "x"}, {3: "steps"}, {"a": "steps"}, {0: None}),
            *({0: ["minmax"]}, {0.5: "steps"}, {None: "steps"}, {0: "steps", -3: "steps"}, {}),
            *({True: "steps"}, {(0,): "steps"}, {0: 1}, [("a", "steps")]),
        )
    ],
    *[
        ("image_shape", value)
        for value in (
            *(
                (1, 3),
                (3, 1),
                (3, 1, 1),
                (1, 1, 3),
                (2, 2),
                (3,),
                (),
                [1, 3],
                "13",
                (1.0, 3),
                (0, 3),
            ),
            *((-1, -3), (None, 3), (True, 3), 3, (1, 1, 1, 3), (10**30, 1), ("1", "3"), ((1,), 3)),
            *(np.array([1, 3]), {1, 3}),
        )
    ],
    *[("channels", value) for value in ("first", "last", "FIRST", 1, b"last")],
    *[
        ("device", value)
        for value in ("cpu", "cpu:3", "gpu", "cuda:99", "meta", "", None, 0, torch.device("cpu"))
    ],
    *[("random_state", value) for value in (-1, 2**32, 2**40, 1.5, "x", None, np.int64(3), [1])],
    *[("random_state", np.random.RandomState(0)), ("random_state", np.random.default_rng(0))],
    *[("verbose", value) for value in (-1, "x", None, 1.5)],
    *[
        ("callbacks", value)
        for value in ((), [None], [len], "x", {}, [object()], [[1]], [type], 5, [1, 2])
    ],
    *[
        ("architecture", value)
        for value in (
            *("auto", "mlp", "conv", "paper", "x", None, 3, object(), Family, Family(), []),
            *(Family(encoder=1), Family(decoder=1), Family(encoder=-1), Family(fails=True)),
            *(Family(module=False), nn.Linear(1, 1), len),
        )
    ],
    *[("reject", value) for value in (1, "yes", None, np.True_)],
    *[
        ("replay_augmentation", value)
        for value in (
            *("auto", ["noise"], ["mirror"], ["x"], {"noise": {}}, {"noise": {"x": 1}}, [None]),
            *(
                {"noise": None},
                {"noise": {"scale": "x"}},
                {"noise": 1},
                {1: {}},
                ("noise", "noise"),
            ),
        )
    ],
    *[
        ("class_weight", value)
        for value in ({0: 1}, {0: -1, 1: 1, 2: 1}, {0: "x"}, {9: 1}, "x", {0: np.nan, 1: 1, 2: 1})
    ],
]

#: What ``sample`` is asked for.
REQUESTS = [
    *(None, {}, [], 5, "x", {2: 0}, {2: -1}, {2: 1.5}, {2: "3"}, {2: None}, {2: True}, {9: 3}),
    *({0: 3}, {"2": 3}, {2: 10**12}, {2: 10**30}, {2: np.int64(2)}, {2.0: 2}, {2: 2, 1: 0}),
    *({None: 1}, {(1, 2): 3}, {2: np.nan}, {2: [3]}, {2: np.array([1, 2])}, {np.nan: 2}, {"a": 1}),
    *(pd.Series({2: 3}), ((2, 3),), {True: 2}, {frozenset(): 1}),
]
