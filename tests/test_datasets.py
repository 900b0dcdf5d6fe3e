"""Loaders, on files that the tests write, and long-tailed profiles."""

import gzip
import inspect
import io
import os
import pickle
import struct
import sys
import tarfile
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.io import savemat
from sklearn.datasets import load_digits

from imblearn_gan.datasets import (
    PROFILES,
    _files,
    _folder,
    _loaders,
    _mat,
    decaying_counts,
    divide_rest,
    drop_fraction,
    load_cifar10,
    load_fashion_mnist,
    load_image_folder,
    load_mnist,
    load_svhn,
    make_longtailed,
)

LOADERS = [load_mnist, load_fashion_mnist, load_cifar10, load_svhn]
RNG = np.random.RandomState(0)
GRAY = RNG.randint(256, size=(10, 28, 28), dtype=np.uint8)
# smooth, as photographs are
COLOR = (RNG.rand(10, 1, 1, 3) * 100 + np.arange(32)[:, None, None] * 4).astype(np.uint8)
COLOR = np.ascontiguousarray(np.broadcast_to(COLOR, (10, 32, 32, 3)))
LABELS = np.arange(10)[::-1]


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No network, and no data of this machine."""

    def refuse(*args, **kwargs):
        raise AssertionError("touched the network")

    monkeypatch.setattr(_loaders, "fetch_openml", refuse)
    monkeypatch.setattr(_loaders, "SYSTEM_DATA", tmp_path / "system")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "cache"))


def idx(array):
    shape = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.astype(np.uint8).tobytes()


def write_idx(folder, packed):
    """Seven training rows and three test rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in [("train", slice(7)), ("t10k", slice(7, None))]:
        for kind, array in [("images-idx3", GRAY[rows]), ("labels-idx1", LABELS[rows])]:
            path = folder / f"{name}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    return folder


def python2_batch(rows):
    """What Python 2 wrote, as in the batches of CIFAR-10."""

    def text(value):
        return b"U" + bytes([len(value)]) + value

    data = COLOR[rows].transpose(0, 3, 1, 2).tobytes()
    labels = LABELS[rows]
    dtype = b"cnumpy\ndtype\nq\x0aU\x02u1K\0K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xff"
    dtype += b"J\xff\xff\xff\xffK\0tb"
    return b"".join(
        [
            b"\x80\x02}q\x01(" + text(b"batch_label") + b"q\x02" + text(b"testing batch 1 of 1"),
            b"q\x03" + text(b"labels") + b"q\x04]q\x05(",
            *(bytes([ord("K"), label]) for label in labels),
            b"e" + text(b"data") + b"q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07",
            b"cnumpy\nndarray\nq\x08K\0\x85U\x01b\x87Rq\x09(K\x01K",
            bytes([len(labels)]) + b"M\0\x0c\x86" + dtype + b"\x89T",
            len(data).to_bytes(4, "little") + data + b"tb" + text(b"filenames") + b"q\x0c]q\x0d(",
            *(text(b"domestic_cat_s_%06d.png" % i) + b"r\0\1\0\0" for i in range(len(labels))),
            b"eu.",
        ]
    )


def binary_batch(rows):
    """A label and three planes for each image."""
    planes = COLOR[rows].transpose(0, 3, 1, 2).reshape(-1, 3072)
    return np.hstack([LABELS[rows, None], planes]).astype(np.uint8).tobytes()


def cifar_batches(protocol=None):
    """One row in each training batch, five test rows."""
    slices = [slice(i, i + 1) for i in range(5)] + [slice(5, None)]
    for name, rows in zip([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"], slices):
        if protocol == "binary":
            yield f"{name}.bin", binary_batch(rows)
            continue
        if protocol is None:
            yield name, python2_batch(rows)
            continue
        data = COLOR[rows].transpose(0, 3, 1, 2).reshape(-1, 3072)
        batch = {"data": data, "labels": LABELS[rows].tolist()}
        yield name, pickle.dumps(batch, protocol=protocol)


def write_svhn(folder):
    folder.mkdir(exist_ok=True)
    for name, rows in [("train", slice(7)), ("test", slice(7, None))]:
        y = np.where(LABELS[rows] == 0, 10, LABELS[rows])[:, None]
        savemat(folder / f"{name}_32x32.mat", {"X": COLOR[rows].transpose(1, 2, 3, 0), "y": y})


def check(loader, X, n_train, *args, **kwargs):
    """All splits, both kinds of result."""
    for split, rows in [("train", slice(n_train)), ("test", slice(n_train, None)), ("all", ...)]:
        got, y = loader(*args, split=split, return_X_y=True, **kwargs)
        np.testing.assert_array_equal(got, X[rows])
        np.testing.assert_array_equal(y, LABELS[rows])
        assert got.dtype == np.uint8
        assert y.dtype == np.int64
        assert got.flags.writeable
        assert got.flags.c_contiguous
    bunch = loader(*args, **kwargs)
    np.testing.assert_array_equal(bunch.data, X[:n_train])
    np.testing.assert_array_equal(bunch.target, LABELS[:n_train])
    assert len(bunch.target_names) == 10
    assert str(n_train) in bunch.DESCR


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("loader", [load_mnist, load_fashion_mnist])
def test_idx(tmp_path, loader, packed):
    check(loader, GRAY, 7, write_idx(tmp_path, packed))


@pytest.mark.parametrize(
    ("loader", "place"),
    [
        (load_fashion_mnist, "system/fashion-mnist"),
        (load_fashion_mnist, "cache/FashionMNIST/raw"),
        (load_mnist, "cache/mnist"),
    ],
)
def test_default_places(tmp_path, loader, place):
    write_idx(tmp_path / place, packed=True)
    check(loader, GRAY, 7)


def test_data_sets_of_one_home_are_not_mixed_up(tmp_path):
    write_idx(tmp_path, packed=False)
    (tmp_path / "fashion-mnist").mkdir()
    for name in ("images-idx3", "labels-idx1"):
        n = (2, 28, 28) if "images" in name else (2,)
        (tmp_path / f"fashion-mnist/train-{name}-ubyte").write_bytes(idx(np.ones(n)))
    assert len(load_fashion_mnist(tmp_path).data) == 2
    assert len(load_mnist(str(tmp_path)).data) == 7


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\x0d\x01\0\0\0\x01a", idx(GRAY)[:-1], idx(GRAY) + b"a"]
)
def test_broken_idx(tmp_path, content):
    write_idx(tmp_path, packed=False)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte cannot .*not a whole idx file"):
        load_mnist(tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(gzip.compress(idx(GRAY))[:-20], "EOFError"), (b"<html></html>", "BadGzipFile")],
    ids=["cut", "not gzip"],  # the bytes hold the time
)
def test_broken_gzip(tmp_path, content, problem):
    write_idx(tmp_path, packed=True)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=rf"images-idx3-ubyte\.gz cannot be read: {problem}"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("kind", ["images-idx3", "labels-idx1"])
def test_packed_idx_files_that_hold_much(tmp_path, kind):
    """They are read no further than their header promises, and it may not promise much."""
    write_idx(tmp_path, packed=True)
    path = tmp_path / f"train-{kind}-ubyte.gz"
    content, zeros = gzip.decompress(path.read_bytes()), bytes(2**25)
    path.write_bytes(gzip.compress(content + zeros))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=rf"{kind}-ubyte\.gz .*promises .* but holds more"):
            load_mnist(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2**21
        huge = content[:4] + (2**31).to_bytes(4, "big") + content[8:]
        path.write_bytes(gzip.compress(huge + zeros))
        tracemalloc.reset_peak()
        with pytest.raises(ValueError, match=rf"{kind}-ubyte\.gz .*promises .*268,435,456"):
            load_mnist(tmp_path)
        # the file itself was written from memory
        assert tracemalloc.get_traced_memory()[1] < 2**21 + 2 * len(zeros)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packed", [True, False])
def test_labels_that_are_no_class(tmp_path, packed):
    write_idx(tmp_path, packed)
    path = tmp_path / f"train-labels-idx1-ubyte{'.gz' if packed else ''}"
    content = idx(np.arange(4, 11))
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ValueError, match=r"labels-idx1-ubyte.* cannot be read: .*9\. Got 10"):
        load_mnist(tmp_path)


def test_images_and_labels_of_other_lengths(tmp_path):
    write_idx(tmp_path, packed=False)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(LABELS))
    for split in ("train", "all"):
        with pytest.raises(ValueError, match=r"train-images.* has 7 images but .* has 10 labels"):
            load_mnist(tmp_path, split=split)
    # as many in all
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(GRAY[:6]))
    with pytest.raises(ValueError, match="has 7 images but"):
        load_mnist(tmp_path, split="all")


def test_images_and_labels_swapped(tmp_path):
    write_idx(tmp_path, packed=False)
    images, labels = (tmp_path / f"train-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1"))
    images.write_bytes(idx(LABELS))
    labels.write_bytes(idx(GRAY))
    with pytest.raises(ValueError, match=r"images-idx3-ubyte cannot be read.* of a 3-D array"):
        load_mnist(tmp_path)
    images.write_bytes(idx(GRAY))
    with pytest.raises(ValueError, match=r"labels-idx1-ubyte cannot be read.* of a 1-D array"):
        load_mnist(tmp_path)


def test_file_that_may_not_be_read(tmp_path, monkeypatch):
    """It is not broken."""
    write_idx(tmp_path, packed=True)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(gzip, "open", refuse)
    with pytest.raises(PermissionError):
        load_mnist(tmp_path)


@pytest.mark.parametrize("protocol", [None, 2, 3, 4, 5, "binary"])
def test_cifar_batches(tmp_path, protocol):
    folder = tmp_path / f"cifar-10-batches-{'bin' if protocol == 'binary' else 'py'}"
    folder.mkdir()
    for name, content in cifar_batches(protocol):
        (folder / name).write_bytes(content)
    check(load_cifar10, COLOR, 5, folder)
    check(load_cifar10, COLOR, 5, tmp_path)


def test_cifar_batch_with_keys_of_bytes(tmp_path):
    """As those are who read one with ``encoding="bytes"`` and write it again."""
    content = pickle.dumps(pickle.loads(python2_batch(slice(5)), encoding="bytes"))
    (tmp_path / "test_batch").write_bytes(content)
    X, y = load_cifar10(tmp_path, split="test", return_X_y=True)
    np.testing.assert_array_equal(X, COLOR[:5])
    np.testing.assert_array_equal(y, LABELS[:5])


def write_cifar_archive(folder, batches, form="python"):
    path = folder / f"cifar-10-{form}.tar.gz"
    inner = {"python": "cifar-10-batches-py", "binary": "cifar-10-batches-bin"}[form]
    with tarfile.open(path, "w:gz") as archive:
        for name, content in batches:
            member = tarfile.TarInfo(f"{inner}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_cifar_archive(tmp_path):
    write_cifar_archive(tmp_path, cifar_batches())
    check(load_cifar10, COLOR, 5, tmp_path)
    # its binary version, which comes first
    write_cifar_archive(tmp_path, cifar_batches("binary"), "binary")
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"")
    check(load_cifar10, COLOR, 5, tmp_path)


def test_broken_cifar_archive(tmp_path):
    path = write_cifar_archive(tmp_path, list(cifar_batches())[:3])
    broken = r"cifar-10-python\.tar\.gz cannot be read: "
    with pytest.raises(ValueError, match=broken + "KeyError.*data_batch_4"):
        load_cifar10(tmp_path)
    content = path.read_bytes()
    for junk in (b"", b"<html></html>", content[: len(content) // 2]):
        path.write_bytes(junk)
        with pytest.raises(ValueError, match=broken):
            load_cifar10(tmp_path)
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("cifar-10-batches-py/test_batch")
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    with pytest.raises(ValueError, match=broken + ".*test_batch in it is not a file"):
        load_cifar10(tmp_path, split="test")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "STOP"),
        (python2_batch(slice(5))[:-100], "ValueError"),
        (b"<html></html>", ""),
        (pickle.dumps({"data": [], "fine_labels": []}), "ValueError.*not a CIFAR-10 batch"),
        (pickle.dumps({"data": np.zeros((4, 1536), np.uint8), "labels": [0, 1, 2, 3]}), "shape"),
        (pickle.dumps({"data": np.zeros((2, 6144), np.uint8), "labels": [0, 1]}), "shape"),
        (pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [0]}), "list of 2"),
        (pickle.dumps({"data": np.zeros((1, 3072), np.uint8), "labels": ["cat"]}), "'cat'"),
    ],
)
def test_broken_cifar_batch(tmp_path, content, problem):
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(ValueError, match=f"test_batch cannot be read: .*{problem}"):
        load_cifar10(tmp_path, split="test")


class Malicious:
    """Runs a command, or a builtin, when unpickled."""

    def __init__(self, call, *args):
        self.call = call, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    ("call", "arg"), [(os.mkdir, "owned"), (eval, "1 + 1"), (getattr, "a"), (np.load, "x")]
)
def test_pickles_run_no_code(tmp_path, monkeypatch, call, arg):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_batch").write_bytes(pickle.dumps(Malicious(call, arg)))
    with pytest.raises(ValueError, match=f"test_batch .*refused .*{call.__name__}"):
        load_cifar10(tmp_path, split="test")
    assert not (tmp_path / "owned").exists()


def batch_of(data, labels=(0,), **options):
    return pickle.dumps({"data": data, "labels": list(labels)}, **options)


def stated(dtype=b"cnumpy\ndtype\n(U\x02u1K\0K\x01tR", state=b"(K\x03U\x01|NNNJ%bJ%bK\0tb"):
    """A batch whose dtype is made and set up as the arguments say."""
    if b"%b" in state:
        state = state % ((b"\xff" * 4,) * 2)
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R"
    array += b"(K\x01K\x01M\0\x0c\x86" + dtype + state + b"\x89T\0\x0c\0\0" + b"a" * 3072 + b"tb"
    return b"\x80\x02}(U\x04data" + array + b"U\x06labels]K\0au."


PIXELS = np.zeros((1, 3072), np.uint8)
PARTS = (np.ndarray, (1, 3072), np.dtype("u1"), b"a" * 3072)
NESTED = b"\x80\x02})" + b"\x85" * 300_000 + b"K\0s."


def test_crafted_dtype_is_else_right(tmp_path):
    (tmp_path / "test_batch").write_bytes(stated())
    X, y = load_cifar10(tmp_path, split="test", return_X_y=True)
    assert X.shape == (1, 32, 32, 3)
    assert set(X.ravel()) == {ord("a")}
    assert y.tolist() == [0]


CRAFTED = {
    # these crash Python's unpickler, or give it memory that is not the file's
    "pointers": (
        batch_of(Malicious(np.ndarray, (1,), np.dtype("O"), b"a" * 8)),
        "as numpy writes it. Got what 'numpy ndarray' makes",
    ),
    "offset": (batch_of(Malicious(*PARTS, -(2**12))), "as numpy writes it"),
    "strides": (batch_of(Malicious(*PARTS, 3071, (1, -1))), "as numpy writes it"),
    "nested key": (NESTED, "keys that are no text"),
    "steps": (b"\x80\x02](" + b"}" * 500_000 + b"e.", "refused EMPTY_DICT, step 400000"),
    # these it takes for what they are not
    "object dtype": (stated(b"cnumpy\ndtype\n(U\x02O8K\0K\x01tR"), "another dtype"),
    "other dtype": (batch_of(PIXELS.astype(np.int64)), "another dtype"),
    "other dtype, protocol 5": (batch_of(PIXELS.astype(">i4"), protocol=5), "another dtype"),
    "byte order": (stated(state=b"(K\x03U\x01>NNNJ%bJ%bK\0tb"), "another dtype"),
    "no dtype": (stated(b"U\x02u1", b""), "another dtype"),
    "state of a name": (b"\x80\x02cnumpy\ndtype\n}U\x01aK\0sb.", "refused a state"),
    "call of a list": (b"\x80\x02])R.", "refused a call"),
    "list": (batch_of([0] * 3072), r"as numpy writes it. Got \[0"),
    "columns": (batch_of(np.asfortranarray(np.zeros((2, 3072), np.uint8)), "12"), "order 'F'"),
    "columns, protocol 5": (
        batch_of(np.asfortranarray(np.zeros((2, 3072), np.uint8)), [1, 2], protocol=5),
        "order 'F'",
    ),
    "label 10": (batch_of(PIXELS, [10]), "integers of 0 ... 9. Got 10"),
    "label -1": (batch_of(PIXELS, [-1]), "integers of 0 ... 9. Got -1"),
    "label True": (batch_of(PIXELS, [True]), "integers of 0 ... 9. Got True"),
    "labels": (pickle.dumps({"data": PIXELS, "labels": "1"}), "must be a list of 1"),
}


@pytest.mark.parametrize(("content", "problem"), CRAFTED.values(), ids=list(CRAFTED))
def test_crafted_cifar_batch(tmp_path, content, problem):
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(ValueError, match=f"test_batch cannot be read: .*{problem}.*Replace it"):
        load_cifar10(tmp_path, split="test")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "records of 3073 bytes. Got 0 bytes"),
        (binary_batch(slice(5))[:-1], "records of 3073 bytes. Got 15364 bytes"),
        (b"\x0a" + b"a" * 3072, "integers of 0 ... 9. Got 10"),
    ],
)
def test_broken_binary_cifar_batch(tmp_path, content, problem):
    (tmp_path / "test_batch.bin").write_bytes(content)
    (tmp_path / "data_batch_1.bin").write_bytes(content)
    with pytest.raises(ValueError, match=rf"test_batch\.bin cannot be read: .*{problem}"):
        load_cifar10(tmp_path, split="test")
    with pytest.raises(FileNotFoundError, match=r"data_batch_2\.bin"):
        load_cifar10(tmp_path)


def write_members(path, *members):
    """A packed archive of headers of the test batch and what follows them."""
    packed = io.BytesIO()
    for options, content in members:
        member = tarfile.TarInfo("cifar-10-batches-py/test_batch")
        member.size = len(content)
        for name, value in options.items():
            setattr(member, name, value)
        packed.write(member.tobuf(tarfile.GNU_FORMAT) + content + b"\0" * (-len(content) % 512))
    path.write_bytes(gzip.compress(packed.getvalue() + b"\0" * 1024))


def test_crafted_cifar_archive(tmp_path, monkeypatch):
    path = tmp_path / "cifar-10-python.tar.gz"
    broken = r"cifar-10-python\.tar\.gz cannot be read: "

    def check_refused(problem):
        with pytest.raises(ValueError, match=broken + ".*" + problem):
            load_cifar10(tmp_path, split="test")

    batch = python2_batch(slice(5))
    link = {"type": tarfile.SYMTYPE, "linkname": "other"}
    write_members(path, ({"name": "cifar-10-batches-py/other"}, batch), (link, b""))
    check_refused("test_batch in it is not a file")
    write_members(path, ({}, batch))
    content = path.read_bytes()
    path.write_bytes(gzip.compress(content))
    check_refused("ReadError")
    path.write_bytes(content)
    assert len(load_cifar10(tmp_path, split="test").data) == 5
    monkeypatch.setattr(_files, "MAX_BYTES", len(batch) - 1, raising=False)
    check_refused("holds more than")
    # the header of an extended header says how long it is, and tarfile reads all of it
    write_members(path, ({"type": tarfile.XHDTYPE}, b"\0" * 20_000), ({}, batch))
    check_refused("holds more than")


def test_archive_that_goes_back(tmp_path):
    """Without end in Pythons before August 2025."""
    path = tmp_path / "cifar-10-python.tar.gz"
    write_members(path, ({}, python2_batch(slice(5))), ({"name": "a", "size": -512}, b""))
    with pytest.raises(ValueError, match=r"tar\.gz cannot be read: "):
        load_cifar10(tmp_path, split="test")


def test_svhn(tmp_path):
    write_svhn(tmp_path / "svhn")
    check(load_svhn, COLOR, 7, tmp_path)
    check(load_svhn, COLOR, 7, tmp_path / "svhn")


@pytest.mark.parametrize("broken", [b"", b"<html></html>" * 50, slice(300), slice(-300)])
def test_broken_svhn(tmp_path, broken):
    write_svhn(tmp_path)
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(path.read_bytes()[broken] if isinstance(broken, slice) else broken)
    with pytest.raises(ValueError, match=r"train_32x32\.mat cannot be read: ") as error:
        load_svhn(tmp_path)
    assert error.value.__cause__ is not None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"images": 1}, "KeyError"),
        ({"X": COLOR.transpose(1, 2, 3, 0), "y": LABELS[:9]}, r"shape \(32, 32, 3, 9\)"),
        ({"X": COLOR, "y": LABELS}, r"shape \(32, 32, 3, 10\)"),
        ({"X": COLOR.transpose(1, 2, 3, 0) / 255, "y": LABELS}, "must be bytes"),
    ],
)
def test_other_mat_files(tmp_path, content, problem):
    savemat(tmp_path / "train_32x32.mat", content)
    with pytest.raises(ValueError, match=rf"train_32x32\.mat cannot be read: .*{problem}"):
        load_svhn(tmp_path)


@pytest.mark.parametrize("label", [11, -1, 1.5, np.nan, 2.0**70])
def test_labels_of_svhn_that_are_no_digits(tmp_path, label):
    content = {"X": COLOR.transpose(1, 2, 3, 0), "y": [*LABELS[:9], label]}
    savemat(tmp_path / "train_32x32.mat", content)
    with pytest.raises(ValueError, match=r"32\.mat cannot be read: .*of 0 \.\.\. 10\. Got "):
        load_svhn(tmp_path)


@pytest.mark.parametrize("size", [0, 1])
def test_packed_mat_files(tmp_path, monkeypatch, size):
    """What they unpack to is bounded, however small they are."""
    X = COLOR.transpose(1, 2, 3, 0) * np.uint8(size)
    path = tmp_path / "train_32x32.mat"
    savemat(path, {"y": LABELS, "X": X, "more": np.zeros(10_000)}, do_compression=True)
    assert path.stat().st_size < 20_000
    np.testing.assert_array_equal(load_svhn(tmp_path).data, COLOR * np.uint8(size))
    monkeypatch.setattr(_mat, "MAX_BYTES", 90_000)
    with pytest.raises(ValueError, match=r"32\.mat cannot be read: .*more than 90,000 bytes"):
        load_svhn(tmp_path)


@pytest.mark.parametrize(
    ("value", "kind"), [(np.array([[1], "a"], object), "cell"), ({"a": 1}, "struct"), ("a", "char")]
)
def test_mat_files_of_no_numbers(tmp_path, value, kind):
    for content in ({"X": value, "y": LABELS}, {"X": COLOR.transpose(1, 2, 3, 0), "y": value}):
        savemat(tmp_path / "train_32x32.mat", content)
        with pytest.raises(ValueError, match=rf"must be an array of numbers\. Got one of {kind}"):
            load_svhn(tmp_path)


@pytest.mark.parametrize("loader", LOADERS)
def test_missing_files(tmp_path, loader):
    with pytest.raises(FileNotFoundError, match="download=True") as error:
        loader()
    message = str(error.value)
    assert str(tmp_path / "cache") in message
    assert str(tmp_path / "system") in message
    assert ("dataset-fashion-mnist" in message) == (loader is load_fashion_mnist)
    with pytest.raises(FileNotFoundError, match="elsewhere") as error:
        loader(tmp_path / "elsewhere")
    assert "system" not in str(error.value)
    assert not any(tmp_path.iterdir())


def test_incomplete_files(tmp_path):
    write_idx(tmp_path, packed=False)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert len(load_mnist(tmp_path).data) == 7
    with pytest.raises(FileNotFoundError, match=r"t10k-labels-idx1-ubyte or t10k-.*\.gz"):
        load_mnist(tmp_path, split="all")


@pytest.mark.parametrize("loader", LOADERS)
def test_unknown_split(loader):
    with pytest.raises(ValueError, match=r"split must be one of .* Got 'validation'"):
        loader(split="validation")


@pytest.mark.parametrize("planes", [True, False])
@pytest.mark.parametrize(
    ("loader", "name"), list(zip(LOADERS, ["mnist_784", "Fashion-MNIST", "CIFAR_10", "SVHN"]))
)
def test_download(tmp_path, monkeypatch, loader, name, planes):
    X = GRAY if loader in LOADERS[:2] else COLOR
    flat = X.transpose(0, 3, 1, 2) if planes and X.ndim == 4 else X
    asked = []

    def fetch(name, **kwargs):
        asked.append((name, kwargs.pop("data_home")))
        assert kwargs == {"version": 1, "as_frame": False, "return_X_y": True}
        y = ["10" if name == "SVHN" and label == 0 else str(label) for label in LABELS]
        return flat.reshape(10, -1).astype(float), np.array(y, dtype=object)

    monkeypatch.setattr(_loaders, "fetch_openml", fetch)
    for key in ("MNIST", "FASHION_MNIST", "CIFAR10", "SVHN"):
        source = getattr(_loaders, key)
        assert source.n_train in (50_000, 60_000, 73_257)
        monkeypatch.setattr(_loaders, key, source._replace(n_train=7))
    check(loader, X, 7, tmp_path, download=True)
    assert set(asked) == {(name, tmp_path)}


def test_local_files_come_before_the_network(tmp_path):
    check(load_mnist, GRAY, 7, write_idx(tmp_path, packed=True), download=True)


def test_one_signature():
    assert len({str(inspect.signature(loader)) for loader in LOADERS}) == 1


DEBIAN = Path("/usr/share/datasets")


@pytest.mark.skipif(not (DEBIAN / "fashion-mnist").exists(), reason="needs the Debian package")
def test_real_fashion_mnist(monkeypatch):
    monkeypatch.setattr(_loaders, "SYSTEM_DATA", DEBIAN)
    X, y = load_fashion_mnist(split="all", return_X_y=True)
    assert X.shape == (70_000, 28, 28)
    assert np.bincount(y).tolist() == [7000] * 10
    assert y[:5].tolist() == [9, 0, 0, 3, 0]
    X, y, drawn, left_out = make_longtailed(
        X[:60_000], y[:60_000], "gamo_fashion_mnist", random_state=0, return_indices=True
    )
    assert tuple(np.bincount(y)) == PROFILES["gamo_fashion_mnist"]
    assert len(X) == len(drawn) == 60_000 - len(left_out)


def write_image(path, color, size=(6, 4), mode="RGB"):
    image = pytest.importorskip("PIL.Image")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.new(mode, size, color).save(path)


@pytest.fixture
def folder(tmp_path):
    """Two classes with a nested folder and files that are no images of theirs."""
    root = tmp_path / "images"
    write_image(root / "b" / "1.png", (10, 20, 30))
    write_image(root / "b" / "nested" / "2.PNG", (40, 50, 60))
    write_image(root / "a" / "3.ppm", (70, 80, 90))
    others = ["b/notes.csv", "b/._1.png", "readme.txt"]
    others += [f"b/x.{kind}" for kind in ("h5", "mpg", "fits", "eps", "wmf", "grib")]
    for other in others:
        (root / other).write_text("no image")
    for name in (".hidden", "b/.ipynb_checkpoints", "b/nested/.deep/er"):
        write_image(root / name / "4.png", (0, 0, 0))
    (root / "b" / "folder.png").mkdir()
    return root


def test_image_folder(folder):
    bunch = load_image_folder(folder)
    assert bunch.data.shape == (3, 4, 6, 3)
    assert bunch.data.dtype == np.uint8
    assert bunch.data[:, 0, 0].tolist() == [[70, 80, 90], [10, 20, 30], [40, 50, 60]]
    assert bunch.target.tolist() == ["a", "b", "b"]
    assert bunch.target_names.tolist() == ["a", "b"]
    assert [Path(name).name for name in bunch.filenames] == ["3.ppm", "1.png", "2.PNG"]
    X, y = load_image_folder(str(folder), max_per_class=1, return_X_y=True)
    assert X[:, 0, 0].tolist() == [[70, 80, 90], [10, 20, 30]]
    assert y.tolist() == ["a", "b"]


def test_images_below_a_hidden_folder(folder):
    """What counts is hidden below the path, not the path."""
    hidden = folder.rename(folder.parent / ".cache")
    assert len(load_image_folder(hidden).data) == 3


@pytest.mark.parametrize("kind", ["bmp", "gif", "jpg", "JPEG", "jp2", "png", "pgm", "tif", "webp"])
def test_image_formats(tmp_path, kind):
    write_image(tmp_path / "a" / f"1.{kind}", (200, 200, 200))
    assert load_image_folder(tmp_path, color="gray").data.mean() == pytest.approx(200, abs=2)


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tif"])
def test_broken_images(tmp_path, kind):
    path = tmp_path / "a" / f"1.{kind}"
    write_image(path, (1, 2, 3), size=(100, 100))
    content = path.read_bytes()
    for broken in (content[: len(content) * 2 // 3], b"no image", b""):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=rf"1\.{kind} cannot be read: ") as error:
            load_image_folder(tmp_path)
        assert error.value.__cause__ is not None


@pytest.mark.parametrize("kind", ["ICO", "PCX", "TGA", "EPS"])
@pytest.mark.parametrize("name", ["1.png", "1.jpg"])
def test_formats_are_told_by_content(tmp_path, monkeypatch, name, kind):
    """A name does not bring Ghostscript, or a plugin that is not listed, to read a file."""
    image = pytest.importorskip("PIL.Image")
    plugin = pytest.importorskip("PIL.EpsImagePlugin")
    started = []

    def start(*args, **kwargs):
        started.append(args)
        return image.new("RGB", (6, 4)).im

    monkeypatch.setattr(plugin, "Ghostscript", start)
    (tmp_path / "a").mkdir()
    image.new("RGB", (6, 4)).save(tmp_path / "a" / name, format=kind)
    with pytest.raises(ValueError, match=rf"{name} cannot be read: UnidentifiedImageError"):
        load_image_folder(tmp_path)
    assert not started


def test_images_may_have_wrong_names(tmp_path):
    image = pytest.importorskip("PIL.Image")
    (tmp_path / "a").mkdir()
    image.new("RGB", (6, 4), (1, 2, 3)).save(tmp_path / "a" / "1.jpg", format="PNG")
    assert load_image_folder(tmp_path).data[0, 0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("kind", ["png", "tif", "gif", "bmp", "webp", "jp2", "ppm", "jpg"])
def test_images_of_many_pixels(tmp_path, monkeypatch, kind):
    image = pytest.importorskip("PIL.Image")
    write_image(tmp_path / "a" / f"1.{kind}", (1, 2, 3), size=(60, 40))
    monkeypatch.setattr(_folder, "MAX_PIXELS", 2400)
    assert load_image_folder(tmp_path).data.shape == (1, 40, 60, 3)
    monkeypatch.setattr(_folder, "MAX_PIXELS", 2399)

    def refuse(*args, **kwargs):
        raise AssertionError("decoded")

    monkeypatch.setattr(image.Image, "convert", refuse)
    with pytest.raises(ValueError, match=rf"1\.{kind} cannot .*40 x 60 pixels .*2,399: shrink"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize("bound", ["default", None])
def test_decompression_bombs(tmp_path, monkeypatch, bound):
    """Refused whatever Pillow is set to."""
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "a" / "1.png"
    write_image(path, 0, size=(9000, 8000), mode="1")
    assert path.stat().st_size < 20_000
    if bound is None:
        monkeypatch.setattr(image, "MAX_IMAGE_PIXELS", None)
    before = image.MAX_IMAGE_PIXELS
    with pytest.raises(ValueError, match=r"1\.png cannot .*8000 x 9000 pixels .*67,108,864"):
        load_image_folder(tmp_path, image_size=8)
    # of so many pixels that Pillow refuses it first
    content = path.read_bytes()
    header = content[12:16] + (60_000).to_bytes(4, "big") * 2 + content[24:29]
    path.write_bytes(content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:])
    with pytest.raises(ValueError, match=r"1\.png cannot .*pixels"):
        load_image_folder(tmp_path, image_size=8)
    assert before == image.MAX_IMAGE_PIXELS


def test_tile_larger_than_its_image(tmp_path):
    """It is unpacked whole, though Pillow looks at the size of the image."""
    pytest.importorskip("PIL.Image")
    packed = zlib.compress(bytes(2**20))
    tags = {256: 8, 257: 8, 258: 8, 259: 8, 262: 1, 277: 1, 322: 2**14, 323: 2**14}
    tags |= {324: 8 + 2 + 12 * 10 + 4, 325: len(packed)}
    content = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
    content += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.tif").write_bytes(content + bytes(4) + packed)
    with pytest.raises(ValueError, match=r"1\.tif cannot be read: .*16384 x 16384 pixels"):
        load_image_folder(tmp_path)


def test_image_sizes(folder):
    write_image(folder / "a" / "4.png", (0, 0, 0), size=(5, 5))
    with pytest.raises(ValueError, match=r"2 sizes, such as 4 x 6 .*5 x 5 .*pass image_size"):
        load_image_folder(folder)
    assert load_image_folder(folder, image_size=(3, 7)).data.shape == (4, 3, 7, 3)
    assert load_image_folder(folder, image_size=8).data.shape == (4, 8, 8, 3)
    assert load_image_folder(folder, image_size=np.array([3, 7])).data.shape == (4, 3, 7, 3)


def test_photographs_stand_upright(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pixels = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    (tmp_path / "a").mkdir()
    for kind, options in (("png", {}), ("tif", {"compression": "tiff_lzw"})):
        upright = {3: pixels[::-1, ::-1], 5: pixels.T, 6: np.rot90(pixels, -1), 8: np.rot90(pixels)}
        unknown = {60: pixels} if kind == "png" else {}
        for orientation, expected in ({1: pixels} | unknown | upright).items():
            exif = image.Exif()
            exif[0x0112] = orientation
            path = tmp_path / "a" / f"1.{kind}"
            image.fromarray(pixels).save(path, exif=exif, **options)
            X, _ = load_image_folder(tmp_path, return_X_y=True)
            np.testing.assert_array_equal(X[0], expected)
            path.unlink()


def test_image_colors(folder, tmp_path):
    assert load_image_folder(folder, color="gray").data.shape == (3, 4, 6)
    gray = tmp_path / "gray"
    write_image(gray / "a" / "1.png", 5, mode="L")
    write_image(gray / "a" / "2.png", (7, 0), mode="LA")
    write_image(gray / "b" / "1.png", 1, mode="1")
    assert load_image_folder(gray).data[:, 0, 0].tolist() == [5, 7, 255]
    assert load_image_folder(gray, color="rgb").data.shape == (3, 4, 6, 3)
    write_image(gray / "b" / "2.png", (1, 2, 3, 0), mode="RGBA")
    assert load_image_folder(gray).data[-1, 0, 0].tolist() == [1, 2, 3]
    write_image(gray / "b" / "3.png", 300, mode="I;16")
    with pytest.raises(ValueError, match=r"3\.png has more than 8 bits"):
        load_image_folder(gray)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"color": "grey"}, "color must be .* Got 'grey'"),
        ({"image_size": (3, 4, 3)}, "image_size must be"),
        *(
            ({"image_size": size}, "image_size must be an integer .* Got")
            for size in (0, 8.5, True, "8", {8}, (8.0, 8.0), (4, None), (0, 4), (4, True), (4,))
        ),
        *(
            ({"max_per_class": n}, "max_per_class must be an integer .* Got")
            for n in (0, 1.5, "1", True)
        ),
    ],
)
def test_image_folder_parameters(folder, parameters, message):
    with pytest.raises(ValueError, match=message):
        load_image_folder(folder, **parameters)


def test_image_folder_without_images(folder, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="sub-folder a class"):
        load_image_folder(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError, match="sub-folder a class"):
        load_image_folder(folder / "a")
    (folder / "c").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no images .* in \['c'\]"):
        load_image_folder(folder)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        load_image_folder(folder)


def balanced(counts, per_class=None):
    """Rows whose value is their index, and shuffled labels with enough rows of each class."""
    sizes = counts if per_class is None else [per_class] * len(counts)
    y = np.random.RandomState(1).permutation(np.repeat(np.arange(len(counts)), sizes))
    return np.arange(len(y))[:, None], y


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_give_their_counts(name):
    counts = PROFILES[name]
    X, y = balanced(counts, max(counts))
    X_drawn, y_drawn, drawn, left_out = make_longtailed(
        X, y, name, random_state=0, return_indices=True
    )
    assert tuple(np.bincount(y_drawn)) == counts
    np.testing.assert_array_equal(X_drawn[:, 0], drawn)
    np.testing.assert_array_equal(y_drawn, y[drawn])
    np.testing.assert_array_equal(np.sort(np.concatenate([drawn, left_out])), np.arange(len(y)))


def test_profiles_are_those_of_the_papers():
    ratios = {name: max(counts) / min(counts) for name, counts in PROFILES.items()}
    assert ratios["gamo_mnist"] == ratios["gamo_fashion_mnist"] == 100
    assert ratios["gamo_cifar10"] == ratios["gamo_svhn"] == 56.25
    assert ratios["gamo_celeba_small"] == ratios["gamo_lsun_small"] == 100
    assert round(ratios["gamo_celeba_large"], 2) == 37.33
    assert round(ratios["gamo_lsun_large"], 2) == 66.67
    with pytest.raises(TypeError):
        PROFILES["mine"] = (2, 1)


def test_seeds():
    X, y = balanced([50, 50])

    def drawn(seed, n):
        return make_longtailed(X, y, [n, 5], random_state=seed)[0].ravel().tolist()

    assert drawn(0, 20) == drawn(0, 20)
    assert drawn(0, 20) != drawn(1, 20)
    assert set(drawn(0, 20)) < set(drawn(0, 30))
    rng = np.random.RandomState(0)
    expected = [rng.permutation(np.flatnonzero(y == k))[:n] for k, n in enumerate([20, 5])]
    assert drawn(0, 20) == drawn(np.random.RandomState(0), 20) == np.concatenate(expected).tolist()


@pytest.mark.parametrize(
    "container",
    [list, np.asarray, pd.DataFrame, sparse.csr_array, lambda X: np.tile(X[..., None], (2, 2))],
)
def test_containers(container):
    X, y = balanced([10, 10, 10])
    X = container(X)
    names = pd.Series(y).map({0: "a", 1: "b", 2: "c"})
    for labels in (names, names.tolist(), names.to_numpy(), names.astype("category")):
        X_drawn, y_drawn = make_longtailed(X, labels, {"c": 2, "a": 1}, random_state=0)
        assert type(X_drawn) is type(X)
        assert type(y_drawn) is type(labels)
        assert np.shape(X_drawn)[1:] == np.shape(X)[1:]
        assert list(y_drawn) == ["a"] + ["b"] * 10 + ["c"] * 2


@pytest.mark.parametrize("form", ["coo", "bsr", "dia", "csc", "csr", "lil", "dok"])
@pytest.mark.parametrize("kind", [sparse.coo_matrix, sparse.coo_array])
def test_sparse_formats(kind, form):
    X, y = balanced([10, 10])
    X_sparse = kind(np.hstack([X, -X])).asformat(form)
    X_drawn, _, drawn, _ = make_longtailed(X_sparse, y, [9, 3], return_indices=True)
    assert type(X_drawn) is type(X_sparse)
    np.testing.assert_array_equal(X_drawn.toarray(), np.hstack([X, -X])[drawn])


def test_profile_as_series():
    X, y = balanced([40, 30, 20])
    for labels in (pd.Series(y), pd.Series(y).map({0: "a", 1: "b", 2: "c"})):
        # most frequent first, the order of the labels turned around
        counts = (labels.value_counts() // 10)[::-1]
        _, y_drawn = make_longtailed(X, labels, counts)
        assert y_drawn.value_counts(sort=False).tolist() == [4, 3, 2]
        _, y_drawn = make_longtailed(X, labels, counts[:1])
        assert y_drawn.value_counts(sort=False).tolist() == [40, 30, 2]
    with pytest.raises(ValueError, match=r"integers >= 1\. Got 0\.4 of class 0"):
        make_longtailed(X, y, pd.Series(y).value_counts() / 100)


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, np.nan, 0],
        ["a", "b", np.nan, "a"],
        ["a", "b", None, "a"],
        np.array([None, None, "b", "a"]),
        pd.Series([0, 1, None, 0], dtype="Int64"),
        pd.Series(["a", "b", None, "a"], dtype="string"),
        pd.Series(["a", "b", None, "a"], dtype="category"),
        pd.Series([[0], [1], [None]]).explode(),
        pd.to_datetime(pd.Series(["2020", "2021", None])),
        np.array(["2020", "2021", "NaT"], dtype="datetime64[ns]"),
    ],
)
def test_missing_labels(y):
    for call in (
        lambda: make_longtailed(np.zeros((len(y), 2)), y, 1),
        lambda: drop_fraction(y, y[1], 0),
        lambda: divide_rest(y, y[1], 1),
    ):
        with pytest.raises(ValueError, match=r"y lacks the labels of [12] rows \(NaN or None\)"):
            call()


@pytest.mark.parametrize("profile", [2, [], {}, "gamo_mnist"])
def test_no_rows(profile):
    with pytest.raises(ValueError, match="X and y must have at least one row"):
        make_longtailed(np.empty((0, 3)), [], profile)


def test_classes_say_the_order():
    _, y = balanced([10, 10, 10])
    _, y_drawn = make_longtailed(y, y, [9, 3, 1], classes=[2, 0, 1])
    assert np.bincount(y_drawn).tolist() == [3, 1, 9]
    _, y_drawn = make_longtailed(y, y, 10, classes=[2, 0, 1])
    assert np.bincount(y_drawn).tolist() == [3, 1, 10]


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("gamo", "profile must be counts, an imbalance ratio, or one of .*Got 'gamo'"),
        ("gamo_mnist", "profile has 10 counts. y has 2 classes"),
        ([11, 5], "more rows than there are: 11 of class 0, which has 10"),
        ([11, 12], "12 of class 1, which has 10"),
        ({3: 1}, r"profile names \[3\]. The classes of y are \[0, 1\]"),
        ([3, 0], "integers >= 1. Got 0 of class 1"),
        ([3, 1.5], "integers >= 1. Got 1.5 of class 1"),
        (0.5, "ratio must be between 1 and n_max"),
        (None, "profile must be a name, .* Got None"),
    ],
)
def test_profile_errors(profile, message):
    X, y = balanced([10, 10])
    with pytest.raises(ValueError, match=message):
        make_longtailed(X, y, profile)


def test_other_errors_of_long_tails():
    X, y = balanced([10, 10])
    for classes in ([0], [0, 0], [0, 2], [0, 1, 2]):
        with pytest.raises(ValueError, match="classes must name each"):
            make_longtailed(X, y, [2, 1], classes=classes)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        make_longtailed(X[:5], y, [2, 1])


def test_decaying_counts():
    # long-tailed CIFAR-10
    counts = (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)
    assert decaying_counts(5000, 100, 10) == counts
    assert decaying_counts(5000, 100, 10, "step") == (5000,) * 5 + (50,) * 5
    assert decaying_counts(100, 10, 4, "linear") == (100, 70, 40, 10)
    assert decaying_counts(7, 1, 3) == (7, 7, 7)
    X, y = load_digits(return_X_y=True)
    assert np.bincount(make_longtailed(X, y, 20)[1]).tolist() == list(decaying_counts(178, 20, 10))
    for wrong, message in [
        ((5, 10, 3), "ratio must be"),
        ((5, 0.5, 3), "ratio must be"),
        ((5, 2, 1), "n_classes must be"),
        ((5, 2, 2.5), "n_classes must be"),
        ((5, 2, 3, "quadratic"), "decay must be"),
    ]:
        with pytest.raises(ValueError, match=message):
            decaying_counts(*wrong)


def test_protocol_of_bagan_and_ganda():
    _, y = balanced([6000, 6000])
    kept = [drop_fraction(y, 1, fraction)[1] for fraction in (0.4, 0.6, 0.8, 0.9, 0.95, 0.975)]
    assert kept == [3600, 2400, 1200, 600, 300, 150]
    _, y_drawn = make_longtailed(y, y, drop_fraction(y, 0, 0.975))
    assert np.bincount(y_drawn).tolist() == [150, 6000]
    for fraction in (1, -0.1, 1.2, 0.99995):
        with pytest.raises(ValueError, match=r"fraction must be in \[0, 1\)"):
            drop_fraction(y, 0, fraction)
    with pytest.raises(ValueError, match=r"label must be one of \[0, 1\]. Got 2"):
        drop_fraction(y, 2, 0.5)


def test_protocol_of_capgan():
    _, y = balanced([600, 600, 599])
    assert [divide_rest(y, 0, d)[1] for d in (5, 10, 20, 50, 100)] == [120, 60, 30, 12, 6]
    _, y_drawn = make_longtailed(y, y, divide_rest(y, 0, 100))
    assert np.bincount(y_drawn).tolist() == [600, 6, 5]
    for divisor in (0.5, 600):
        with pytest.raises(ValueError, match="divisor must be between 1 and 599"):
            divide_rest(y, 0, divisor)
    with pytest.raises(ValueError, match="label must be one of"):
        divide_rest(y, "a", 5)
