"""Values as JSON and arrays: plain ones as they are, all others with a tag that says what."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from imblearn_gan.storage import frames, modules
from imblearn_gan.storage.frames import Unwritable

TAG = "$"
#: Dtypes of arrays that are stored as they are; of others their bytes.
_NATIVE = {np.dtype(name) for name in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")} | {
    np.dtype(name) for name in ("f2", "f4", "f8")
}
_TENSORS = {torch.float64, torch.float32, torch.int64, torch.int32, torch.uint8, torch.bool}
_SPARSE = {
    cls.__name__: cls
    for kind in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
    for cls in (getattr(sparse, f"{kind}_matrix"), getattr(sparse, f"{kind}_array"))
}
_TIMES = {cls.__name__: cls for cls in (datetime.datetime, datetime.date, datetime.time)}

#: Classes by name: whose objects may be stored, attribute by attribute.
Classes = Mapping[str, type]


class Writer:
    """Turn values into what JSON can hold, and arrays beside it.

    Parameters
    ----------
    classes : dict of str to type
        Whose objects may be written.

    Attributes
    ----------
    arrays : dict of str to ndarray
        What is to be stored beside the JSON.
    """

    def __init__(self, classes: Classes):
        self.names = {cls: name for name, cls in classes.items()}
        self.arrays: dict[str, np.ndarray] = {}
        self._written: dict[int, tuple[int, Any]] = {}  # with the object, so that its id stays

    def write(self, value: Any) -> Any:
        """Return what JSON can hold of a value.

        Raises
        ------
        Unwritable
            For functions, and objects of classes that are not known.
        """
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is list:
            return [self.write(part) for part in value]
        if type(value) in _WRITERS:
            return _WRITERS[type(value)](self, value)
        for kind, written in _WRITERS_OF_KINDS:
            if isinstance(value, kind):
                return written(self, value)
        if type(value) in self.names:
            return self._once(value, self._object)
        return frames.write(self, value)

    def _once(self, value: Any, write: Callable[[Any], dict]) -> dict:
        """Write an object; one that was written before is named by its number."""
        if id(value) in self._written:
            return {TAG: "same", "object": self._written[id(value)][0]}
        node = write(value)
        self._written[id(value)] = len(self._written), value
        return node

    def _object(self, value: Any) -> dict:
        attributes = {name: self.write(part) for name, part in vars(value).items()}
        return {TAG: "object", "class": self.names[type(value)], "attributes": attributes}

    def module(self, value: nn.Module) -> dict:
        """Return what JSON can hold of a network."""
        return self._once(value, lambda network: modules.write(self, network))

    def array(self, values: np.ndarray) -> str:
        """Put an array of a native dtype aside; return its name."""
        name = f"a{len(self.arrays)}"
        self.arrays[name] = np.asarray(values, order="C")
        return name


class Reader:
    """Turn what :class:`Writer` has written into values.

    Parameters
    ----------
    classes : dict of str to type
        Whose objects may be made. Their ``__init__`` is not called.

    arrays : dict of str to ndarray
        What is stored beside the JSON.
    """

    def __init__(self, classes: Classes, arrays: Mapping[str, np.ndarray]):
        self.classes, self.arrays = classes, arrays
        self._read: list[Any] = []

    def read(self, node: Any) -> Any:
        """Return a value; errors of any kind say that the file does not fit."""
        if isinstance(node, list):
            return [self.read(part) for part in node]
        if isinstance(node, dict):
            if TAG not in node:
                return {key: self.read(part) for key, part in node.items()}
            if node[TAG] == "same":
                return self._read[node["object"]]
            return (_READERS | frames.READERS)[node[TAG]](self, node)
        return node

    def read_object(self, node: dict) -> Any:
        """Return an object of a class that is known."""
        cls: Any = self.classes[node["class"]]
        value = cls.__new__(cls)
        attributes = {
            check_name(name): self.read(part) for name, part in node["attributes"].items()
        }
        vars(value).update(attributes)
        self._read.append(value)
        return value

    def read_module(self, node: dict) -> nn.Module:
        """Return a network of layers that are known."""
        network = modules.read(self, node)
        self._read.append(network)
        return network


def check_name(name: str) -> str:
    """Return the name of an attribute, unless it is none of a plain object."""
    if not name.isidentifier() or name.startswith("__"):
        raise ValueError(f"{name!r} is no attribute")
    return name


def digest(value: Any, classes: Classes) -> str:
    """Return a short text that differs between values that differ.

    Raises
    ------
    Unwritable
        For functions, and objects of classes that are not known.
    """
    writer = Writer(classes)
    hashed = hashlib.sha256(json.dumps(writer.write(value)).encode())
    for array in writer.arrays.values():
        hashed.update(array.data)
    return hashed.hexdigest()


# plain values -------------------------------------------------------------------------------------


def _write_float(writer: Writer, value: float) -> Any:
    return value if math.isfinite(value) else {TAG: "float", "value": repr(value)}


def _write_dict(writer: Writer, value: dict) -> dict:
    plain = type(value) is dict and all(type(key) is str for key in value) and TAG not in value
    if plain:
        return {key: writer.write(part) for key, part in value.items()}
    items = [[writer.write(key), writer.write(part)] for key, part in value.items()]
    return {TAG: "dict", "ordered": type(value) is OrderedDict, "items": items}


def _read_dict(reader: Reader, node: dict) -> dict:
    items = [(reader.read(key), reader.read(part)) for key, part in node["items"]]
    return OrderedDict(items) if node["ordered"] else dict(items)


def _write_parts(writer: Writer, value: Iterable) -> dict:
    parts = [writer.write(part) for part in value]
    if isinstance(value, (set, frozenset)):
        parts.sort(key=json.dumps)
    return {TAG: type(value).__name__, "parts": parts}


def _write_slice(writer: Writer, value: slice) -> dict:
    return {TAG: "slice", "ends": writer.write([value.start, value.stop, value.step])}


def _write_text(writer: Writer, value: Any) -> dict:
    return {TAG: type(value).__name__, "text": str(value)}


def _write_time(writer: Writer, value: Any) -> dict:
    zone = getattr(value, "tzinfo", None)
    if zone is not None and type(zone) is not datetime.timezone:
        raise Unwritable(f"a {type(value).__name__} in the time zone {zone}")
    return {TAG: type(value).__name__, "text": value.isoformat(), "fold": getattr(value, "fold", 0)}


def _read_time(reader: Reader, node: dict) -> Any:
    value: Any = _TIMES[node[TAG]].fromisoformat(node["text"])
    return value.replace(fold=1) if node["fold"] else value


def _write_timedelta(writer: Writer, value: datetime.timedelta) -> dict:
    return {TAG: "timedelta", "parts": [value.days, value.seconds, value.microseconds]}


# NumPy and SciPy ----------------------------------------------------------------------------------


def _write_dtype(writer: Writer, value: np.dtype) -> dict:
    if value.kind not in "biufcSUMmOT" or (value.kind == "T" and hasattr(value, "na_object")):
        raise Unwritable(f"the dtype {value}")
    return {TAG: "dtype", "text": "T" if value.kind == "T" else value.str}


def _read_dtype(reader: Reader, node: dict) -> np.dtype:
    return np.dtypes.StringDType() if node["text"] == "T" else np.dtype(node["text"])


def _write_scalar(writer: Writer, value: np.generic) -> dict:
    return {TAG: "scalar", "dtype": writer.write(value.dtype), "hex": value.tobytes().hex()}


def _read_scalar(reader: Reader, node: dict) -> Any:
    return np.frombuffer(bytes.fromhex(node["hex"]), reader.read(node["dtype"]), 1)[0]


def _write_array(writer: Writer, value: np.ndarray) -> dict:
    if type(value) is not np.ndarray:
        raise Unwritable(f"a {type(value).__name__}, which is an array of another class")
    dtype = writer.write(value.dtype)
    node = {TAG: "array", "dtype": dtype, "shape": list(value.shape)}
    if value.dtype.kind in "OT":
        return node | {"values": [writer.write(part) for part in value.ravel().tolist()]}
    if value.ndim > 1 and value.flags.f_contiguous and not value.flags.c_contiguous:
        return node | {"transposed": writer.write(value.T), "shape": []}
    if value.dtype in _NATIVE and value.dtype.isnative:
        return node | {"array": writer.array(value)}
    return node | {"bytes": writer.array(np.frombuffer(value.tobytes(), np.uint8))}


def _read_array(reader: Reader, node: dict) -> np.ndarray:
    if "transposed" in node:
        return reader.read(node["transposed"]).T
    dtype, shape = reader.read(node["dtype"]), tuple(node["shape"])
    if "values" in node:
        values = np.empty(len(node["values"]), dtype=dtype)
        values[:] = [reader.read(part) for part in node["values"]]
        return values.reshape(shape)
    if "bytes" in node:
        buffer = reader.arrays[node["bytes"]].tobytes()
        return np.frombuffer(buffer, dtype).reshape(shape).copy()
    values = reader.arrays[node["array"]]
    if values.shape != shape or values.dtype != dtype:
        raise ValueError(f"an array of shape {values.shape} stands for one of shape {shape}")
    return values.copy()


def _write_sparse(writer: Writer, value: Any) -> dict:
    rows = value.tocsr()
    parts = [writer.write(part) for part in (rows.data, rows.indices, rows.indptr)]
    name = type(value).__name__
    if _SPARSE.get(name) is not type(value):
        raise Unwritable(f"a sparse matrix of the class {name}")
    return {TAG: "sparse", "class": name, "shape": list(value.shape), "parts": parts}


def _read_sparse(reader: Reader, node: dict) -> Any:
    cls = _SPARSE[node["class"]]
    parts = tuple(reader.read(part) for part in node["parts"])
    rows = sparse.csr_array if issubclass(cls, sparse.sparray) else sparse.csr_matrix
    value = rows(parts, shape=tuple(node["shape"]))
    value.check_format(full_check=True)
    return value if cls is rows else cls(value)


def _write_stream(writer: Writer, value: np.random.RandomState) -> dict:
    state: Any = value.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        raise Unwritable(f"a random state of the kind {state['bit_generator']}")
    return {TAG: "RandomState", "state": writer.write(state)}


def _read_stream(reader: Reader, node: dict) -> np.random.RandomState:
    stream = np.random.RandomState(0)
    stream.set_state(reader.read(node["state"]))
    return stream


# torch --------------------------------------------------------------------------------------------


def _write_tensor(writer: Writer, value: Tensor) -> dict:
    plain, is_half = value.detach().cpu(), value.dtype == torch.bfloat16
    if is_half:  # which NumPy does not know
        plain = plain.view(torch.int16)
    elif value.dtype not in _TENSORS:
        raise Unwritable(f"a tensor of {value.dtype}")
    return {
        TAG: "tensor",
        "array": writer.array(plain.numpy()),
        "is_bfloat16": is_half,
        # convolutions of the other layout round otherwise
        "strides": list(value.stride()) if _is_dense(value.shape, value.stride()) else None,
        "trains": value.requires_grad,
    }


def _read_tensor(reader: Reader, node: dict) -> Tensor:
    stored, strides = torch.from_numpy(reader.arrays[node["array"]].copy()), node["strides"]
    if node["is_bfloat16"]:
        stored = stored.view(torch.bfloat16)
    if strides is None:
        return stored.clone().requires_grad_(bool(node["trains"]))
    if not _is_dense(stored.shape, strides):  # a few values could ask for all of the memory
        raise ValueError(f"a tensor of shape {tuple(stored.shape)} has the strides {strides}")
    value = torch.empty_strided(stored.shape, strides, dtype=stored.dtype)
    return value.copy_(stored).requires_grad_(bool(node["trains"]))


def _is_dense(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Tell whether the values of a tensor fill a block of memory."""
    last = sum((n - 1) * stride for n, stride in zip(shape, strides) if n > 1)
    fits = len(shape) == len(strides) and min(strides, default=0) >= 0
    return fits and 0 not in shape and last == math.prod(shape) - 1


_WRITERS: dict[type, Callable] = {
    float: _write_float,
    dict: _write_dict,
    OrderedDict: _write_dict,
    tuple: _write_parts,
    set: _write_parts,
    frozenset: _write_parts,
    slice: _write_slice,
    Decimal: _write_text,
    datetime.datetime: _write_time,
    datetime.date: _write_time,
    datetime.time: _write_time,
    datetime.timedelta: _write_timedelta,
    bytes: lambda writer, value: {TAG: "bytes", "hex": value.hex()},
    np.random.RandomState: _write_stream,
    torch.device: lambda writer, value: {TAG: "device", "text": str(value)},
}
_WRITERS_OF_KINDS: tuple[tuple[Any, Callable], ...] = (
    (np.generic, _write_scalar),
    (np.ndarray, _write_array),
    (np.dtype, _write_dtype),
    ((sparse.spmatrix, sparse.sparray), _write_sparse),
    (Tensor, _write_tensor),
    (nn.Module, Writer.module),
)
_READERS: dict[str, Callable[[Reader, dict], Any]] = {
    "object": Reader.read_object,
    "module": Reader.read_module,
    "float": lambda reader, node: float(node["value"]),
    "dict": _read_dict,
    "tuple": lambda reader, node: tuple(reader.read(node["parts"])),
    "set": lambda reader, node: set(reader.read(node["parts"])),
    "frozenset": lambda reader, node: frozenset(reader.read(node["parts"])),
    "slice": lambda reader, node: slice(*reader.read(node["ends"])),
    "Decimal": lambda reader, node: Decimal(node["text"]),
    "datetime": _read_time,
    "date": _read_time,
    "time": _read_time,
    "timedelta": lambda reader, node: datetime.timedelta(*node["parts"]),
    "bytes": lambda reader, node: bytes.fromhex(node["hex"]),
    "dtype": _read_dtype,
    "scalar": _read_scalar,
    "array": _read_array,
    "sparse": _read_sparse,
    "RandomState": _read_stream,
    "device": lambda reader, node: torch.device(node["text"]),
    "tensor": _read_tensor,
}
