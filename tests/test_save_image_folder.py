"""Images into folders, and back to the bit."""

import sys

import numpy as np
import pytest
from PIL import Image

from imblearn_gan import CGANOversampler
from imblearn_gan.datasets import load_image_folder, save_image_folder


def pictures(*shape):
    return np.random.RandomState(0).randint(256, size=shape).astype(np.uint8)


@pytest.mark.parametrize("shape", [(12, 5, 7), (12, 5, 7, 3), (12, 1, 1), (12, 5, 7, 1)])
def test_round_trip_to_the_bit(tmp_path, shape):
    X, y = pictures(*shape), np.repeat(["a b", "Ähre", "10"], [5, 4, 3])
    files = save_image_folder(tmp_path / "new" / "set", X, y)
    bunch = load_image_folder(tmp_path / "new" / "set")
    order = np.argsort(y, kind="stable")
    assert bunch.data.dtype == np.uint8
    assert np.array_equal(bunch.data, X[order].reshape(12, *bunch.data.shape[1:]))
    assert bunch.target.tolist() == y[order].tolist()
    assert bunch.filenames.tolist() == [str(files[i]) for i in order]


def test_synthetic_images_are_told_by_their_names(tmp_path):
    X, y = pictures(30, 8, 8), np.repeat([0, 1], [24, 6])
    sampler = CGANOversampler(max_iter=2, random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    save_image_folder(tmp_path, X_res, y_res, mask=sampler.synthetic_mask_, prefix="made-")
    bunch = load_image_folder(tmp_path)
    is_made = ["made-" in name for name in bunch.filenames]
    assert sum(is_made) == sampler.synthetic_mask_.sum() > 0
    made = bunch.data[is_made]
    assert np.array_equal(made, X_res[sampler.synthetic_mask_])
    assert np.unique(bunch.target, return_counts=True)[1].tolist() == [24, 24]


LABELS = [
    "../up",
    "..",
    ".",
    "/etc",
    "a/b",
    "a\\b",
    ".hidden",
    "C:",
    "a.",
    "a?",
    "",
    "a\0b",
    "a\nb",
]
LABELS += [" a", "x" * 300, "\u202eexe"]


@pytest.mark.parametrize("label", LABELS)
def test_labels_lead_nowhere_else(tmp_path, label):
    folder = tmp_path / "inside"
    with pytest.raises(ValueError, match=r"label"):
        save_image_folder(folder, pictures(2, 4, 4), ["good", label])
    assert list(tmp_path.iterdir()) == []


def test_links_lead_nowhere_else(tmp_path):
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "inside"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / "a").symlink_to(elsewhere)
    with pytest.raises(ValueError, match="link that leads elsewhere"):
        save_image_folder(folder, pictures(2, 4, 4), ["a", "b"])
    (folder / "b").mkdir()
    (folder / "b" / "1.png").symlink_to(tmp_path / "nothing.png")
    with pytest.raises(FileExistsError):
        save_image_folder(folder, pictures(2, 4, 4), ["c", "b"])
    assert not (tmp_path / "nothing.png").exists()
    link = tmp_path / "link"  # the folder itself may be one
    link.symlink_to(elsewhere)
    save_image_folder(link, pictures(1, 4, 4), ["a"])
    assert (elsewhere / "a" / "0.png").exists()


def test_nothing_is_replaced(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.png").write_text("mine")
    with pytest.raises(FileExistsError, match=r"1 files .*b/1\.png.*Nothing was written"):
        save_image_folder(tmp_path, pictures(3, 4, 4), ["a", "b", "a"])
    assert (tmp_path / "b" / "1.png").read_text() == "mine"
    assert not (tmp_path / "a").exists()
    save_image_folder(tmp_path, pictures(3, 4, 4), ["a", "b", "a"], mask=[True] * 3)
    assert len(list(tmp_path.rglob("synthetic_*.png"))) == 3


def test_a_failure_leaves_no_half(tmp_path, monkeypatch):
    saved = []

    def full(self, stream, format):
        saved.append(stream)
        stream.write(b"half")
        if len(saved) == 3:
            raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="disk full"):
        save_image_folder(tmp_path, pictures(4, 4, 4), [0, 1, 1, 0])
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("labels", [["a", "A"], ["1", 1], ["\u00e4", "a\u0308"]])
def test_labels_that_would_share_a_folder(tmp_path, labels):
    with pytest.raises(ValueError, match=r"tells apart|one type|mixed|types"):
        save_image_folder(tmp_path, pictures(2, 4, 4), labels)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("X", "parameters", "message"),
    [
        (pictures(2, 4, 4) / 255, {}, "float64"),
        (pictures(2, 3, 4, 4), {}, r"channels first np\.moveaxis"),
        (pictures(2, 16), {}, r"\(2, 16\)"),
        (pictures(3, 4, 4), {}, "inconsistent"),
        (pictures(2, 4, 4), {"mask": [0, 1]}, "boolean"),
        (pictures(2, 4, 4), {"mask": [True]}, "inconsistent"),
        (pictures(2, 4, 4), {"prefix": "../"}, "prefix"),
        (pictures(2, 4, 4), {"prefix": 1}, "prefix"),
    ],
)
def test_parameters(tmp_path, X, parameters, message):
    with pytest.raises(ValueError, match=message):
        save_image_folder(tmp_path, X, ["a", "b"], **parameters)
    assert list(tmp_path.iterdir()) == []


def test_without_pillow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        save_image_folder(tmp_path, pictures(1, 4, 4), ["a"])
