"""CIFAR-10, in its binary and its Python version."""

from __future__ import annotations

import gzip
import io
import pickletools
import reprlib
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from imblearn_gan.datasets._files import check_labels, first_file, read_whole, reading

#: Archives and the folder in each.
BINARY = ("cifar-10-binary.tar.gz", "cifar-10-batches-bin")
PYTHON = ("cifar-10-python.tar.gz", "cifar-10-batches-py")

N_PIXELS = 3 * 32 * 32

#: All that a pickle may name: what numpy writes for an array. None of it is called.
ARRAY_NAMES = {
    "_codecs encode",
    "numpy dtype",
    "numpy ndarray",
    *(
        f"numpy.{core}.{name}"
        for core in ("core", "_core")
        for name in ("multiarray _reconstruct", "numeric _frombuffer")
    ),
}

#: What a pickle says of the dtype uint8: no byte order, fields, names or subarray.
UINT8_STATE = (3, "|", None, None, None, -1, -1, 0)

#: A batch of 10,000 rows takes some 30,000; each makes an object of a few hundred bytes at most.
MAX_STEPS = 400_000


class _Call:
    """A call that a pickle asks for: noted down, not made."""

    def __init__(self, name: str, args: tuple[Any, ...]) -> None:
        self.name = name
        self.args = args
        self.state: Any = None


class _PickleReader:
    """Value of a pickle of plain values and arrays, which stay descriptions of arrays.

    Python's unpickler is not safe with untrusted files even if it finds no classes: it trusts
    indices and nesting that a few bytes can make huge.
    """

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def read(self, content: bytes) -> Any:
        for step, (opcode, arg, _) in enumerate(pickletools.genops(content)):
            if opcode.name not in STEPS or step == MAX_STEPS:
                raise ValueError(f"refused {opcode.name}, step {step}: not a CIFAR-10 batch")
            STEPS[opcode.name](self, arg)
        return self.pop(1)[0]

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self, n: int) -> list[Any]:
        items = self.stack[-n:]
        if len(items) < n:
            raise ValueError("not a pickle: it takes more values than it gives")
        del self.stack[-n:]
        return items

    def since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def remember(self, index: int | None) -> None:
        self.memo[len(self.memo) if index is None else index] = self.stack[-1]

    def extend(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise ValueError("refused items of what is no list: not a CIFAR-10 batch")
        self.stack[-1].extend(items)

    def update(self, items: list[Any]) -> None:
        # the hash of a deeply nested key would overflow the interpreter's stack
        if not isinstance(self.stack[-1], dict) or not all(
            isinstance(key, (str, bytes)) for key in items[::2]
        ):
            raise ValueError("refused keys that are no text: not a CIFAR-10 batch")
        self.stack[-1].update(zip(items[::2], items[1::2]))

    def find(self, name: str) -> None:
        if name not in ARRAY_NAMES:
            raise ValueError(
                f"refused {name.replace(' ', '.')}: a CIFAR-10 batch holds arrays and plain values "
                "only."
            )
        self.push(name)

    def reduce(self, name: Any, args: Any) -> None:
        if not isinstance(name, str) or not isinstance(args, tuple):
            raise ValueError("refused a call of what has no name: not a CIFAR-10 batch")
        self.push(_Call(name, args))

    def build(self, state: Any) -> None:
        if not isinstance(self.stack[-1], _Call):
            raise ValueError("refused a state of what is no array: not a CIFAR-10 batch")
        self.stack[-1].state = state


#: What the opcodes of such pickles do. Others are refused.
STEPS: dict[str, Callable[[_PickleReader, Any], None]] = {
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), lambda reader, arg: None),
    **dict.fromkeys(("BININT", "BININT1", "BININT2", "LONG1"), _PickleReader.push),
    **dict.fromkeys(("SHORT_BINSTRING", "BINSTRING"), _PickleReader.push),
    **dict.fromkeys(("SHORT_BINUNICODE", "BINUNICODE"), _PickleReader.push),
    **dict.fromkeys(("SHORT_BINBYTES", "BINBYTES", "BYTEARRAY8"), _PickleReader.push),
    "NONE": lambda reader, arg: reader.push(None),
    "NEWFALSE": lambda reader, arg: reader.push(False),
    "NEWTRUE": lambda reader, arg: reader.push(True),
    "EMPTY_DICT": lambda reader, arg: reader.push({}),
    "EMPTY_LIST": lambda reader, arg: reader.push([]),
    "EMPTY_TUPLE": lambda reader, arg: reader.push(()),
    "MARK": lambda reader, arg: reader.marks.append(len(reader.stack)),
    "TUPLE": lambda reader, arg: reader.push(tuple(reader.since_mark())),
    "TUPLE1": lambda reader, arg: reader.push(tuple(reader.pop(1))),
    "TUPLE2": lambda reader, arg: reader.push(tuple(reader.pop(2))),
    "TUPLE3": lambda reader, arg: reader.push(tuple(reader.pop(3))),
    "APPEND": lambda reader, arg: reader.extend(reader.pop(1)),
    "APPENDS": lambda reader, arg: reader.extend(reader.since_mark()),
    "SETITEM": lambda reader, arg: reader.update(reader.pop(2)),
    "SETITEMS": lambda reader, arg: reader.update(reader.since_mark()),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE"), _PickleReader.remember),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), lambda reader, at: reader.push(reader.memo[at])),
    "GLOBAL": _PickleReader.find,
    "STACK_GLOBAL": lambda reader, arg: reader.find(" ".join(reader.pop(2))),
    "REDUCE": lambda reader, arg: reader.reduce(*reader.pop(2)),
    "BUILD": lambda reader, arg: reader.build(*reader.pop(1)),
}


def _is_uint8(dtype: Any) -> bool:
    return (
        isinstance(dtype, _Call)
        and dtype.name == "numpy dtype"
        and dtype.args[:1] == ("u1",)
        and dtype.state == UINT8_STATE
    )


def _content(array: Any) -> tuple[Any, Any, Any, Any]:
    """Bytes, dtype, shape and order of the array that a pickle describes."""
    name = array.name if isinstance(array, _Call) else ""
    if name.endswith(" _reconstruct") and isinstance(array.state, tuple):
        _, shape, dtype, by_column, data = array.state
        return data, dtype, shape, "F" if by_column else "C"
    if name.endswith(" _frombuffer"):
        return array.args[:4]
    got = f"what {reprlib.repr(name)} makes" if name else reprlib.repr(array)
    raise ValueError(f"data must be an array as numpy writes it. Got {got}")


def _rows(array: Any) -> np.ndarray:
    """The rows of pixels that a pickle describes."""
    data, dtype, shape, order = _content(array)
    if isinstance(data, _Call):  # bytes in a pickle of Python 3 for Python 2
        data = data.args[0]
    if isinstance(data, str):  # bytes in a pickle of Python 2
        data = data.encode("latin1")
    if not _is_uint8(dtype) or not isinstance(data, (bytes, bytearray)):
        raise ValueError("data must be an array of bytes (uint8). Got another dtype")
    if order != "C" or len(data) % N_PIXELS or shape != (len(data) // N_PIXELS, N_PIXELS):
        raise ValueError(
            f"data must be of shape (n, {N_PIXELS}), row by row. Got {len(data)} bytes, shape "
            f"{reprlib.repr(shape)}, order {reprlib.repr(order)}"
        )
    return np.frombuffer(data, np.uint8).reshape(shape)


def _from_pickle(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and labels of a batch of the Python version."""
    batch = _PickleReader().read(content)
    if not isinstance(batch, dict):
        raise ValueError(f"not a CIFAR-10 batch but {reprlib.repr(batch)}")
    # keys are bytes where a batch was read as such and written again
    batch = {k.decode("latin1") if isinstance(k, bytes) else k: v for k, v in batch.items()}
    if not {"data", "labels"} <= batch.keys():
        raise ValueError(f"not a CIFAR-10 batch: its keys are {reprlib.repr(list(batch))}")
    rows, labels = _rows(batch["data"]), batch["labels"]
    if not isinstance(labels, list) or len(labels) != len(rows):
        raise ValueError(
            f"labels must be a list of {len(rows)}, as data has rows. Got {reprlib.repr(labels)}"
        )
    for label in labels:
        if type(label) is not int or not 0 <= label <= 9:
            raise ValueError(f"labels must be integers of 0 ... 9. Got {reprlib.repr(label)}")
    return rows, np.array(labels, np.int64)


def _from_binary(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and labels of a batch of the binary version."""
    if not content or len(content) % (1 + N_PIXELS):
        raise ValueError(
            f"a CIFAR-10 batch holds records of {1 + N_PIXELS} bytes. Got {len(content)} bytes"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, 1 + N_PIXELS)
    check_labels(records[:, 0])
    return records[:, 1:], records[:, 0].astype(np.int64)


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Content of a file in an archive: no link and no device."""
    file = archive.extractfile(member) if member.isreg() else None
    if file is None:
        raise ValueError(f"{member.name} in it is not a file")
    return read_whole(file)


def _members(path: Path, names: list[str]) -> list[bytes]:
    """Content of files in an archive, of which nothing is written to disk."""
    there = {}
    with reading(path), gzip.open(path) as packed:
        content = io.BytesIO(read_whole(packed))
        # "r:" does not unpack once more
        with tarfile.open(fileobj=content, mode="r:") as archive:
            for member in archive:
                if member.size < 0:  # tarfile would go back and read it again, for ever
                    raise ValueError(f"{member.name} in it has {member.size} bytes")
                there[member.name] = member
            return [_member(archive, there[name]) for name in names]


def _batches(folder: Path, part: str) -> Iterator[tuple[Path, bytes]]:
    """The batches, from their own files or from an archive. The binary version comes first."""
    names = {"train": [f"data_batch_{i}" for i in range(1, 6)], "test": ["test_batch"]}[part]
    path = first_file(folder, f"{names[0]}.bin", names[0], BINARY[0], PYTHON[0])
    if path.suffix == ".bin" or path.name == BINARY[0]:
        names = [f"{name}.bin" for name in names]
    for archive, inner in (BINARY, PYTHON):
        if path.name == archive:
            names = [f"{inner}/{name}" for name in names]
            yield from zip([path / name for name in names], _members(path, names))
            return
    for path in [first_file(folder, name) for name in names]:
        with reading(path), path.open("rb") as file:
            content = read_whole(file)
        yield path, content


def read_cifar(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of a part of CIFAR-10."""
    batches = []
    for path, content in _batches(folder, part):
        with reading(path):
            batches.append((_from_binary if path.suffix == ".bin" else _from_pickle)(content))
    rows, labels = (np.concatenate(arrays) for arrays in zip(*batches))
    return rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels
