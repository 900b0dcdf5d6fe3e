"""The command finds before training what could not be written after it."""

import os
import shutil
import tempfile

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from imblearn_gan import CGANOversampler
from imblearn_gan.datasets import save_image_folder
from tests.command.test_main import balance, cells, lines_of_orders


@pytest.fixture
def orders(tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("\n".join(lines_of_orders()) + "\n", encoding="utf-8", newline="")
    return file


def never(*_):
    raise AssertionError("it was trained")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_no_device_and_no_pipe_is_replaced(orders, monkeypatch, capsys):
    monkeypatch.setattr(CGANOversampler, "fit_resample", never)
    pipe = orders.parent / "out.csv"
    os.mkfifo(pipe)
    assert balance(orders, "--target", "y", "--overwrite")[0] == 2
    assert "is no regular file" in capsys.readouterr().err
    assert pipe.is_fifo()


def test_links_are_followed(orders, tmp_path):
    behind = tmp_path / "behind.csv"
    behind.write_text("mine")
    link = tmp_path / "out.csv"
    link.symlink_to(behind)
    assert balance(orders, "--target", "y", "--overwrite")[0] == 0
    assert link.is_symlink()
    assert len(cells(behind)) == 65


def test_a_link_to_an_empty_folder(tmp_path):
    images = np.random.RandomState(0).randint(256, size=(12, 4, 4)).astype(np.uint8)
    save_image_folder(tmp_path / "in", images, np.repeat(["cat", "dog"], [8, 4]))
    (tmp_path / "behind").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "behind")
    assert balance(tmp_path / "in", out="out")[0] == 0
    assert len(list((tmp_path / "behind" / "dog").iterdir())) == 8


def test_a_folder_that_cannot_be_written_is_found_before_training(orders, monkeypatch, capsys):
    def fail(*_, **__):
        raise PermissionError(13, "Permission denied", "/folder/.hidden")

    monkeypatch.setattr(CGANOversampler, "fit_resample", never)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", fail)
    assert balance(orders, "--target", "y")[0] == 2
    shown = capsys.readouterr().err
    assert "out.csv cannot be written: Permission denied" in shown
    assert "hidden" not in shown


@pytest.mark.parametrize("names", [["a:b", "dog"], ["q?", "dog"], ["dog ", "b"], ["Cat", "cat"]])
def test_classes_that_are_no_folders_are_found_before_training(
    tmp_path, names, monkeypatch, capsys
):
    image = np.zeros((1, 4, 4), dtype=np.uint8)
    file = save_image_folder(tmp_path / "one", image, ["x"])[0]
    for name in names:
        (tmp_path / "in" / name).mkdir(parents=True)
        for i in range(4):
            shutil.copyfile(file, tmp_path / "in" / name / f"{i}.png")
    monkeypatch.setattr(CGANOversampler, "fit_resample", never)
    assert balance(tmp_path / "in", out="out")[0] == 2
    assert "rename" in capsys.readouterr().err


def test_a_mark_that_the_encoding_lacks(orders, monkeypatch, capsys):
    text = orders.read_text(encoding="utf-8").replace("ö", "o")
    orders.write_text(text, encoding="ascii")
    monkeypatch.setattr(CGANOversampler, "fit_resample", never)
    arguments = ["--encoding", "ascii", "--mark-synthetic", "häufig"]
    assert balance(orders, "--target", "y", *arguments)[0] == 2
    assert "'häufig' cannot be written in --encoding ascii" in capsys.readouterr().err


def test_columns_of_parquet_that_cannot_be_the_target_or_ignored(orders, monkeypatch, capsys):
    monkeypatch.setattr(CGANOversampler, "fit_resample", never)
    file = orders.parent / "in.parquet"
    table = pa.table({"id": [1, 2], "a": [1.5, 2.5], "y": ["x", "z"], "many": [[1], [2]]})
    fields = [field.with_nullable(field.name != "id") for field in table.schema]
    parquet.write_table(table.cast(pa.schema(fields)), file)
    assert balance(file, "--target", "many", out="out.parquet")[0] == 2
    assert "--target 'many' holds list<" in capsys.readouterr().err
    assert balance(file, "--target", "y", "--ignore", "id", out="out.parquet")[0] == 2
    assert "--ignore 'id' may not be empty" in capsys.readouterr().err
