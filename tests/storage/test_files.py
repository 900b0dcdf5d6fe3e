"""The file: whole or refused, never half-written, and harmless whoever has made it."""

import hashlib
import json
import os
import pickle
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, load_file, save

import imblearn_gan
from imblearn_gan._stored import CLASSES
from imblearn_gan.storage import Reader, Writer, read, write

STORED = (Path(__file__).parent / "files/format_1.safetensors").read_bytes()
N_FLIPS = 300


@pytest.fixture
def opened(tmp_path):
    """Load bytes as if they were a stored sampler."""

    def opened(data):
        path = tmp_path / "sampler.safetensors"
        path.write_bytes(data)
        return imblearn_gan.load(path)

    return opened


@pytest.fixture
def forged(tmp_path):
    """Load a file of any content, with a checksum that is right."""

    def forged(content, arrays=(), kind="estimator"):
        path = tmp_path / "forged.safetensors"
        write(path, kind, content, dict(arrays), "9.9")
        return imblearn_gan.load(path)

    return forged


def content_of(data):
    """Return what the JSON of a file holds."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["imblearn_gan"])["content"]


# damage -------------------------------------------------------------------------------------------


def test_what_is_whole_is_loaded(opened):
    assert opened(STORED).max_iter == 3


@pytest.mark.parametrize("where", ["length", "header", "arrays"])
def test_every_flipped_bit_is_found(where, opened):
    length = 8 + int.from_bytes(STORED[:8], "little")
    first, last = {"length": (0, 8), "header": (8, length), "arrays": (length, len(STORED))}[where]
    places = np.arange(8 * first, 8 * last)
    stream = np.random.RandomState(0)
    for bit in stream.choice(places, min(len(places), N_FLIPS), replace=False):
        damaged = bytearray(STORED)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="damaged"):
            opened(bytes(damaged))


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 500, len(STORED) // 2, len(STORED) - 1])
def test_cut_files(n, opened):
    with pytest.raises(ValueError, match="damaged"):
        opened(STORED[:n])


def test_appended_bytes(opened):
    with pytest.raises(ValueError, match="damaged"):
        opened(STORED + b"\0")


def test_other_files(opened, tmp_path):
    for data in (b"", pickle.dumps([1]), save({"a": np.ones(3)}), os.urandom(1000)):
        with pytest.raises(ValueError, match="not a file of imblearn_gan, or damaged"):
            opened(data)
    with pytest.raises(FileNotFoundError):
        imblearn_gan.load(tmp_path / "none")


def test_safetensors_opens_the_file(tmp_path):
    (tmp_path / "file").write_bytes(STORED)
    assert {array.dtype.kind for array in load_file(tmp_path / "file").values()} >= {"f", "i"}


# other versions -----------------------------------------------------------------------------------


def with_checksum(data):
    """Return a changed file with the checksum that it would have."""
    at = data.index(b"checksum") + len(b'checksum\\":\\"')
    digest = hashlib.sha256(data[:at] + b"0" * 64 + data[at + 64 :]).hexdigest().encode()
    return data[:at] + digest + data[at + 64 :]


def test_another_format(opened):
    newer = with_checksum(STORED.replace(b"estimator 1", b"estimator 7"))
    match = (
        r"is of format 7, written by imblearn_gan 0\.1\.0; .* reads format 1\. Open it with that"
    )
    with pytest.raises(ValueError, match=match):
        opened(newer)


def test_another_kind(forged):
    with pytest.raises(ValueError, match="holds: checkpoint, and not: estimator"):
        forged({}, kind="checkpoint")


def test_unknown_parameters_and_classes(forged):
    content = content_of(STORED)
    for change in ({"class": "NewOversampler"}, {"params": {"new": 1}}, {"state": 3}):
        with pytest.raises(ValueError, match=r"is whole, but not as .* Open it with the version"):
            forged(content | change)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latent_dim", -3),
        ("latent_dim", 2.5),
        ("max_iter", "often"),
        ("replay", 7.0),
        ("loss", "none that there is"),
        ("image_shape", ["8", "8"]),
        ("random_state", "chance"),
    ],
)
def test_parameters_are_checked(name, value, forged):
    content = content_of(STORED)
    params = content["params"] | {name: value}
    with pytest.raises(
        ValueError, match=f"is whole, but not as .*'?{name}'? .*Got {value!r}".replace("[", r"\[")
    ):
        forged(content | {"params": params}, load(STORED))


# bad intentions -----------------------------------------------------------------------------------

LAYER = {"$": "module", "training": False, "parameters": {}, "buffers": {}, "modules": {}}
HOSTILE = {
    "a class of another package": {"$": "object", "class": "subprocess.Popen", "attributes": {}},
    "a class of the standard library": {"$": "object", "class": "Popen", "attributes": {}},
    "an estimator inside": {"$": "object", "class": "CGANOversampler", "attributes": {}},
    "a class for another": {
        "$": "object",
        "class": "MinMax",
        "attributes": {"__class__": {"$": "object", "class": "Gap", "attributes": {}}},
    },
    "a network that is none": LAYER | {"class": "MinMax", "attributes": {}},
    "hooks": LAYER | {"class": "NormalCodes", "attributes": {"_forward_hooks": {}}},
    "an unknown tag": {"$": "pickle", "bytes": ""},
    "an unknown reference": {"$": "same", "object": 10**6},
    "an unknown array": {"$": "array", "dtype": {"$": "dtype", "text": "<f8"}, "shape": [1]},
    "a large layer": LAYER
    | {
        "class": "Linear",
        "attributes": {"in_features": 10**6, "out_features": 10**7, "bias": True},
    },
    "a large array": {
        "$": "array",
        "dtype": {"$": "dtype", "text": "<f8"},
        "shape": [10**12],
        "array": "a0",
    },
    "large strings": {
        "$": "array",
        "dtype": {"$": "dtype", "text": "<U500000000"},
        "shape": [10**6],
        "bytes": "a0",
    },
    "large strides": {"$": "tensor", "array": "a0", "strides": [10**11], "trains": False},
    "a dtype of objects": {
        "$": "array",
        "dtype": {"$": "dtype", "text": "|O"},
        "shape": [2],
        "bytes": "a0",
    },
    "a sparse matrix with wrong indices": {
        "$": "sparse",
        "class": "csr_matrix",
        "shape": [2, 10**9],
        "parts": [[1.0], [5], [0, 7, 1]],
    },
    "many rows of a frame": {
        "$": "pandas.DataFrame",
        "columns": [],
        "names": {"$": "pandas.RangeIndex", "ends": [0, 10**12, 1], "name": None},
        "rows": 0,
    },
    "a module of pandas": {"$": "pandas.dtype", "kind": "io", "of": []},
    "a function of polars": {"$": "polars.dtype", "kind": "read_csv", "of": ["/etc/passwd"]},
    "a function of pyarrow": {"$": "pyarrow.type", "kind": "memory_map", "of": ["/etc/passwd"]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused_at_once(name, forged):
    content = content_of(STORED)
    content["params"] = {}
    known, arrays = set(sys.modules), {"a0": np.zeros(4)}
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="is whole, but not as"):
            forged(
                {"class": content["class"], "params": {}, "state": {"x_": HOSTILE[name]}}, arrays
            )
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
    assert "subprocess" in known or "subprocess" not in sys.modules


def test_hostile_headers(opened):
    for length in (2**63 - 1, 2**40, len(STORED)):
        with pytest.raises(ValueError, match="damaged"):
            opened(length.to_bytes(8, "little") + STORED[8:])
    tensor = b'"a":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}'
    with pytest.raises(ValueError, match="cannot be read"):
        opened(with_header(b"[]", tensor))


def with_header(content, tensor):
    """Return a file with a header of one's own."""
    about = b'{"checksum":"' + b"0" * 64 + b'","format":"estimator 1","version":"9","content":'
    about = (about + content + b"}").replace(b'"', b'\\"')
    header = b'{"__metadata__":{"imblearn_gan":"' + about + b'"},' + tensor + b"}"
    return with_checksum(len(header).to_bytes(8, "little") + header + b"\0" * 8)


def test_deep_content(opened):
    tensor = b'"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}'
    with pytest.raises(ValueError, match="is whole, but not as"):
        opened(with_header(b"[]", tensor))
    with pytest.raises(ValueError, match="cannot be read"):
        opened(with_header(b"[" * 10**5 + b"]" * 10**5, tensor))


# writing ------------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write(path, "test", [1], {}, "9")
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, "test", [2], {}, "9")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["file"]


def test_what_is_there_is_replaced(tmp_path):
    for value in (1, 2):
        write(tmp_path / "file", "test", value, {"a": np.array([value])}, "9")
    content, arrays = read(tmp_path / "file", "test", "9")
    assert content == 2
    assert arrays["a"].tolist() == [2]


def test_text_that_looks_like_a_checksum(tmp_path):
    text = '{"checksum":"' + "0" * 64 + '"'
    write(tmp_path / "file", "test", [text, {text: text}], {}, "9")
    assert read(tmp_path / "file", "test", "9")[0] == [text, {text: text}]


def test_the_same_values_give_the_same_file(tmp_path):
    for name in ("one", "other"):
        writer = Writer(CLASSES)
        content = writer.write([{"b", "a"}, np.arange(3), {2: None}])
        write(tmp_path / name, "test", content, writer.arrays, "9")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert Reader(CLASSES, writer.arrays).read(content)[0] == {"a", "b"}
