"""The command: files in, balanced files out."""

import csv
import subprocess
import sys
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from imblearn_gan import BaseGANOversampler, CGANOversampler, over_sampling
from imblearn_gan._command import main
from imblearn_gan.datasets import load_image_folder, save_image_folder

FAST = ["--param", "max_iter=3", "--seed", "0"]


def lines_of_orders(n=40):
    stream = np.random.RandomState(0)
    yield 'id,amount,items,zip,day,"note, long",gap,y'
    for i in range(n):
        label = "fraud" if i % 5 == 0 else "ok"
        items = "" if i % 7 == 0 else stream.randint(9)
        day = f"2024-0{stream.randint(1, 9)}-11"
        town = stream.choice(["Köln", "", '"a ""b"", c\nd"'])
        gap = stream.choice(["NA", "1.5", "2"])
        yield f"C{i},{stream.rand():.2f},{items},{i % 4:03d},{day},{town},{gap},{label}"


@pytest.fixture
def orders(tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("\n".join(lines_of_orders()) + "\n", encoding="utf-8", newline="")
    return file


def cells(path, **settings):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file, **settings))


def balance(path, *arguments, out="out.csv"):
    out = path.parent / out
    code = main(["balance", str(path), "--out", str(out), *FAST, *arguments])
    return code, out


def test_real_rows_are_there_to_the_letter(orders, capsys):
    code, out = balance(orders, "--target", "y", "--ignore", "id")
    assert code == 0
    assert out.read_bytes().startswith(orders.read_bytes())
    rows = cells(out)[1:]
    assert Counter(row[-1] for row in rows) == {"ok": 32, "fraud": 32}
    shown = capsys.readouterr()
    assert "adversarial" in shown.err  # the progress bar
    table = [line.split() for line in shown.out.splitlines()]
    assert ["fraud", "8", "32", "12", "12"] in table
    assert shown.out.splitlines()[-1].endswith("out.csv: 64 rows")
    assert {file.name for file in orders.parent.iterdir()} == {"in.csv", "out.csv"}


def test_generated_cells_are_written_like_real_ones(orders):
    _, out = balance(orders, "--target", "y", "--ignore", "id", "--param", "replay=0", "--quiet")
    real = cells(orders)[1:]
    patterns = [r"", r"0\.\d\d", r"\d?", r"00[0-3]", r"2024-0\d-\d\d", None, r"1\.5|2|NA|1\.\d"]
    generated = pd.DataFrame(cells(out)[41:])
    assert len(generated) == 24
    for i, pattern in enumerate(patterns):
        if pattern is not None:
            assert generated[i].str.fullmatch(pattern).all(), generated[i].tolist()
    assert set(generated[5]) <= {row[5] for row in real}
    assert set(generated[3]) <= {row[3] for row in real}


def test_marked_rows(orders):
    code, out = balance(orders, "--target", "y", "--mark-synthetic", "origin")
    assert code == 0
    header, *rows = cells(out)
    assert [header[:-1], *[row[:-1] for row in rows[:40]]] == cells(orders)
    assert header[-1] == "origin"
    assert Counter(row[-1] for row in rows) == {"real": 40, "generated": 12, "repeated": 12}
    frauds = [row[:-2] for row in rows[:40] if row[-2] == "fraud"]
    assert all((row[:-2] in frauds) == (row[-1] == "repeated") for row in rows[40:])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_byte_order_mark_and_last_line(tmp_path, end):
    file = tmp_path / "in.csv"
    file.write_bytes(("\ufeff" + end.join(lines_of_orders())).encode())
    _, out = balance(file, "--target", "y", "--mark-synthetic", "m")
    text = out.read_bytes().decode()
    assert text.startswith("\ufeffid,amount")
    assert text.count(end) == text.count("\n") - (0 if end == "\n" else text.count("c\nd"))
    assert len(cells(out)) == 65


def test_separator_decimal_encoding_and_dates(tmp_path):
    file = tmp_path / "in.txt"
    rows = [f"{i / 4:.2f};{i % 28 + 1:02d}.03.2024;é;{i % 5 == 0}" for i in range(40)]
    text = "\n".join(["preis;tag;wort;y", *rows, ""]).replace(".", ",")
    text = text.replace(",03,2024", ".03.2024")
    file.write_text(text, encoding="latin-1", newline="")
    arguments = ["--target", "y", "--separator", ";", "--decimal", ",", "--param", "replay=0"]
    arguments += ["--encoding", "latin-1", "--date", "tag=%d.%m.%Y"]
    code, out = balance(file, *arguments, out="out.txt")
    assert code == 0
    frame = pd.read_csv(out, sep=";", decimal=",", encoding="latin-1")
    assert len(frame) == 64
    assert frame["preis"].dtype == float
    assert pd.to_datetime(frame["tag"], format="%d.%m.%Y").notna().all()
    assert set(frame["wort"]) == {"é"}


def test_tabs(tmp_path):
    file = tmp_path / "in.tsv"
    file.write_text("a\ty\n" + "".join(f"{i / 2}\t{i % 4 == 0}\n" for i in range(24)))
    assert balance(file, "--target", "y", out="out.tsv")[0] == 0
    assert len(cells(file.parent / "out.tsv", delimiter="\t")) == 1 + 36


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (["fraud=20"], {"ok": 32, "fraud": 20}),
        (["fraud=20", "ok=33"], {"ok": 33, "fraud": 20}),
        (['{"fraud": 10}'], {"ok": 32, "fraud": 10}),
        (["0.5"], {"ok": 32, "fraud": 16}),
        (["not majority"], {"ok": 32, "fraud": 32}),
        (["not", "majority"], {"ok": 32, "fraud": 32}),
        (["fraud=8"], {"ok": 32, "fraud": 8}),
    ],
)
def test_strategies(orders, strategy, expected):
    code, out = balance(orders, "--target", "y", "--strategy", *strategy)
    assert code == 0
    assert Counter(row[-1] for row in cells(out)[1:]) == expected


def test_labels_with_a_dash_in_front(tmp_path, capsys):
    file = tmp_path / "in.csv"
    file.write_text("a,y\n" + "".join(f"{i / 2},{-1 if i % 4 else -2}\n" for i in range(24)))
    arguments = ["--target", "y", "--strategy=-1=20", "--strategy=-2=7"]
    assert balance(file, *arguments)[0] == 0
    assert Counter(row[-1] for row in cells(tmp_path / "out.csv")[1:]) == {"-1": 20, "-2": 7}
    with pytest.raises(SystemExit) as stopped:
        balance(file, "--target", "y", "--strategy", "-1=20")
    assert stopped.value.code == 2
    assert "--strategy=-1=30" in capsys.readouterr().err


def test_a_seed_gives_the_same_rows(orders):
    _, first = balance(orders, "--target", "y")
    _, second = balance(orders, "--target", "y", out="again.csv")
    assert first.read_bytes() == second.read_bytes()


def test_parquet_keeps_its_schema(orders):
    stream = np.random.RandomState(0)
    frame = pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(40)],
            "small": stream.randint(5, size=40).astype("int8"),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(stream.randint(99, size=40), "D"),
            "gap": pd.array([None, 1] * 20, dtype="Int64"),
            "town": pd.Categorical(stream.choice(["Bonn", "Köln"], 40)),
            "y": [i % 5 == 0 for i in range(40)],
        }
    )
    file = orders.parent / "in.parquet"
    frame.to_parquet(file)
    code, out = balance(
        file, "--target", "y", "--ignore", "id", "--mark-synthetic", "m", "--strategy", "True=30",
        out="out.parquet",
    )  # fmt: skip
    assert code == 0
    before, after = parquet.read_table(file), parquet.read_table(out)
    assert after.drop_columns(["m"]).schema.equals(before.schema)
    assert after.slice(0, 40).drop_columns(["m"]).equals(before)
    assert Counter(after["y"].to_pylist()) == {False: 32, True: 30}
    assert after["id"].slice(40).null_count == 22
    assert Counter(after["m"].to_pylist()) == {"real": 40, "generated": 11, "repeated": 11}
    assert len(pd.read_parquet(out)) == 62


def test_images(tmp_path):
    X = np.random.RandomState(0).randint(256, size=(30, 8, 8, 3)).astype(np.uint8)
    y = np.repeat(["cat", "dog"], [24, 6])
    folder = tmp_path / "in"
    save_image_folder(folder, X, y)
    (folder / "cat" / "notes.txt").write_text("no image")
    code, out = balance(folder, "--image-folder", out="out")
    assert code == 0
    for file in folder.rglob("*.png"):
        assert (out / file.relative_to(folder)).read_bytes() == file.read_bytes()
    bunch = load_image_folder(out)
    assert Counter(bunch.target.tolist()) == {"cat": 24, "dog": 24}
    begins = Counter(file.name.split("_")[0] for file in (out / "dog").glob("*_*.png"))
    assert begins == {"synthetic": 9, "repeated": 9}
    assert {file.name for file in tmp_path.iterdir()} == {"in", "out"}
    repeated = load_image_folder(out).data[["repeated" in name for name in bunch.filenames]]
    assert {image.tobytes() for image in repeated} <= {image.tobytes() for image in X[y == "dog"]}

    code, out = balance(folder, "--image-size", "6", out="small")
    assert load_image_folder(out).data.shape == (48, 6, 6, 3)
    assert balance(tmp_path / "small", out="again")[0] == 2  # no GAN of a GAN's images


WRONG = {
    "--target z": "no column of the input",
    "": "--target is needed",
    "--target y --sampler smote": "none of",
    "--target y --param maxiter=3": "'max_iter'",
    "--target y --param max_iter": "NAME=VALUE",
    "--target y --param max_iter=0": "'max_iter' parameter",
    "--target y --param random_state=3": "--seed",
    "--target y --param sampling_strategy=all": "--strategy",
    "--target y --strategy most": "LABEL=ROWS",
    "--target y --strategy theft=20": "no label of the input: fraud, ok",
    "--target y --strategy fraud=many": "must be an integer",
    "--target y --strategy fraud=3": "greater or equal",
    "--target y --strategy {": "JSON",
    "--target y --mark-synthetic amount": "is a column of the input",
    "--target y --ignore y": "is the target",
    "--target y --ignore z": "no column",
    "--target y --date z=%Y": "no column",
    "--target y --date amount=%Y": "not written as",
    "--target y --separator ;": "name what separates cells",
    "--target y --separator ab": "one character",
    "--target y --encoding klingon": "unknown",
    "--target y --encoding ascii": "--encoding latin-1",
    "--target y --image-size 8": "folders of images",
    "--target y --image-folder": "is no folder",
    "--target y --seed -1": "--seed",
    "--target y --strategy fraud=15 fraud=20": "--strategy names 'fraud' twice",
    '--target y --strategy {"fraud":15,"fraud":20}': "--strategy names 'fraud' twice",
    "--target y --date y=%Y": "--date 'y' is the target",
    "--target y --ignore id --date id=%Y": "--date 'id' is ignored",
    "--target y --date day=%Y-%m-%d --date day=%Y": "--date names 'day' twice",
    "--target y --mark-synthetic=": "must be the name of a column",
    "--target y --param max_iter="
    + 99999 * "-"
    + "1": "--param max_iter: the value is nested too deeply",
    "--target y --strategy {" + '"a":[' + 99999 * "[": "--strategy",
}


@pytest.mark.parametrize("arguments", WRONG, ids=lambda arguments: arguments[:60])
def test_wrong_input_is_said_in_a_line(orders, arguments, capsys):
    code, out = balance(orders, *arguments.split())
    shown = capsys.readouterr().err
    assert code == 2
    assert WRONG[arguments] in shown
    assert "Traceback" not in shown
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,y\n", "no rows"),
        ("a,y\n1,2\n3\n", "line 3: 1 cells, but the header has 2"),
        ('a,y\n"1,2\n', "line 2"),
        ("a,a,y\n1,2,3\n", "several columns"),
        ("a,y\n1,x\n2,\n", "1 rows have no label"),
        ("y\n1\n2\n", "no columns but the target"),
        ("a,y\n1,x\n2,x\n", "class"),
    ],
)
def test_broken_files(tmp_path, text, message, capsys):
    file = tmp_path / "in.csv"
    file.write_text(text)
    assert balance(file, "--target", "y")[0] == 2
    assert message in capsys.readouterr().err


def test_files_are_not_replaced_unless_asked(orders, capsys):
    assert balance(orders, "--target", "y", out="in.csv")[0] == 2
    assert balance(orders, "--target", "y", out="no/out.csv")[0] == 2
    assert balance(orders, "--target", "y", out="out.parquet")[0] == 2
    mine = orders.parent / "out.csv"
    mine.write_text("mine")
    assert balance(orders, "--target", "y")[0] == 2
    assert mine.read_text() == "mine"
    assert balance(orders, "--target", "y", "--overwrite")[0] == 0
    assert len(cells(mine)) == 65
    assert balance(orders.parent / "nothing.csv", "--target", "y")[0] == 2
    folder = orders.parent / "folder"
    (folder / "inside").mkdir(parents=True)
    assert balance(folder, out="folder/out")[0] == 2
    assert balance(folder, "--target", "y", out="b")[0] == 2
    assert balance(orders, "--target", "y", "--overwrite", out="folder")[0] == 2
    assert balance(folder, out="other")[0] == 2
    shown = capsys.readouterr().err
    assert "Traceback" not in shown


def test_what_is_not_installed_is_named(orders, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    file = orders.parent / "in.parquet"
    file.write_text("")
    assert balance(file, "--target", "y", out="out.parquet")[0] == 2
    assert "pip install pyarrow pandas" in capsys.readouterr().err


def test_a_broken_parquet_file(orders, capsys):
    file = orders.parent / "in.parquet"
    file.write_text("no parquet")
    assert balance(file, "--target", "y", out="out.parquet")[0] == 2
    assert "cannot be read as Parquet" in capsys.readouterr().err
    parquet.write_table(pa.table({"a": [1, 2], "y": ["x", None]}), file)
    assert balance(file, "--target", "y", out="out.parquet")[0] == 2
    assert "1 rows have no label" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "stopped: nothing was written"),
        (FloatingPointError("the loss is not finite"), 1, "the loss is not finite"),
    ],
)
def test_a_training_that_ends(orders, monkeypatch, capsys, error, code, message):
    def fail(*_):
        raise error

    monkeypatch.setattr(CGANOversampler, "fit_resample", fail)
    found, out = balance(orders, "--target", "y")
    assert found == code
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_warnings_are_lines(orders, capsys):
    orders.write_text("\n".join(lines_of_orders(200)))
    balance(orders, "--target", "y", "--param", "max_iter=1", "--param", "replay=0")
    shown = capsys.readouterr().err
    assert "warning: Columns ['id'] look like ids" in shown
    assert "--ignore COLUMN" in shown
    assert "data frame" not in shown
    assert ".py:" not in shown


def test_samplers_are_listed(capsys):
    assert main(["samplers"]) == 0
    listed = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    found = [getattr(over_sampling, name) for name in over_sampling.__all__]
    count = sum(issubclass(cls, BaseGANOversampler) for cls in found)
    assert len(listed) == count
    assert listed["gamo"].startswith("Generative Adversarial Minority Oversampling")


@pytest.mark.parametrize("name", ["bagan-gp", "BAGANGPOversampler", "BAGAN_GP"])
def test_samplers_go_by_several_names(orders, name, capsys):
    arguments = ["--sampler", name, "--param", "pretrain_iter=2"]
    assert balance(orders, "--target", "y", *arguments)[0] == 0


@pytest.mark.slow
def test_as_a_process(orders):
    command = [sys.executable, "-m", "imblearn_gan"]
    ran = subprocess.run([*command, "balance", "--help"], capture_output=True, text=True)
    assert ran.returncode == 0
    assert "007 stays text" in ran.stdout
    assert "day=%d/%m/%Y" in ran.stdout
    assert subprocess.run(command, capture_output=True).returncode == 2
    out = orders.parent / "out.csv"
    arguments = ["balance", str(orders), "--out", str(out), "--target", "y", *FAST]
    ran = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert out.read_bytes().startswith(orders.read_bytes())
