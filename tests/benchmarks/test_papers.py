"""The papers' tables: what is planned, measured at a tiny budget, and put beside their figures."""

import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

import imblearn_gan
from tests.benchmarks.conftest import BENCHMARKS

TINY = ["--stand-in", "--budget", "0.0001", "0.001", "--rows", "60", "--seeds", "0"]


@pytest.fixture
def measure(script, module, tmp_path):
    """Run the script: the records that it has written."""

    def measure(*arguments):
        measure.said = script("papers", "--output", "results.jsonl", *arguments, *TINY)
        return module("records").read(tmp_path / "results.jsonl")

    return measure


def test_a_table_in_both_settings_resumes(measure, script):
    some = ["GAMO 1", "--datasets", "mnist", "--cases", "LS", "--methods"]
    first = measure(*some, "Baseline CN")
    assert [(r.row, r.setting, r.spent) for r in first] == [
        ("Baseline CN", "default", 0.001),
        ("Baseline CN", "paper", 0.0001),
    ]
    found = measure(*some, "Baseline CN", "GAMO", "SMOTE+CN")
    assert found[:2] == first
    assert "4 records to measure" in measure.said
    assert {r.dataset for r in found} == {"digits"}
    assert all(0 <= r.measures[m] <= 1 for r in found for m in ("acsa", "gm", "acsa_train"))
    said = script("report", "results.jsonl")
    assert "| GAMO | digits | LS | ACSA | 0.91 ± 0.01 |" in said  # Table 1, MNIST, LS
    assert "0.01 % of the budget" in said


def test_profiles_are_the_papers_and_can_be_scaled(module):
    plans, papers = module("plans"), module("papers")
    (mnist, fashion, _) = plans.TABLES["GAMO 1"].parts
    assert papers.scaled(mnist.profiles["LS"], 0) == "gamo_mnist"
    assert papers.scaled(fashion.profiles["CE"], 400) == "400,200,100,75,50,35,20,10,6,4"
    assert papers.scaled("10,1000", 100) == "2,100"
    assert papers.scaled("drop:0:0.9", 100) == "drop:0:0.9"


def test_each_row_of_a_table_can_be_built(module):
    methods, plans = module("methods"), module("plans")
    for table in plans.TABLES.values():
        for row in table.rows.values():
            if row.method in (*methods.SAMPLERS, *methods.OWN_CLASSIFIERS):
                methods.check_settings(row.method, {"paper": row.paper})
                methods.check_settings(row.method, row.default)
            else:
                assert row.method in ("none", *methods.BASELINES, *methods.COPIES)


def test_each_published_figure_is_of_a_row_of_its_table(module):
    plans, published = module("plans"), module("published")
    for (name, dataset, case, row), measures in published.read().items():
        table = plans.TABLES[name]
        assert row in table.rows
        parts = {part.dataset.split(":")[0]: part for part in reversed(table.parts)}
        assert case in parts[dataset].profiles or row == "CelebA (real)"
        assert all(m.split(":")[0] in published.MEASURES for m in measures)
    # spot checks against the papers' text
    assert published.printed(("GAMO 1", "fashion_mnist", "LS", "GAMO"), "gm") == "0.81 ± 0.01"
    assert published.printed(("GANDA 4", "mnist", "97.5", "GANDA"), "recall") == "96.42"
    assert published.printed(("CAPGAN 1", "cifar10", "100", "CAP-GAN"), "fid_minority") == "370.82"
    assert published.printed(("BAGAN 9", "mnist", "40", "BAGAN"), "recall") == ""


def test_each_published_figure_stands_beside_its_record(module):
    """Whatever a paper prints is in the column of the paper, once a record of its row is there."""
    plans, published, tables = module("plans"), module("published"), module("tables")
    records = module("records")
    for (name, dataset, case, row), figures in published.read().items():
        table = plans.TABLES[name]
        part = {part.dataset.split(":")[0]: part for part in reversed(table.parts)}[dataset]
        by_class = [figure for figure in figures if ":" in figure]
        record = records.Record(
            dataset=part.dataset,
            method=table.rows[row].method,
            classifier=table.measure,
            table=name,
            case=case if case in part.profiles else next(iter(part.profiles)),
            row=row,
            setting="paper",
            measures=dict.fromkeys(set(figures) - set(by_class), 0.5)
            | {"drawn": [figure[4:] for figure in by_class], "fids": [1.0] * len(by_class)}
            | {"features": "Inception"},
        )
        lines = published.papers(tables.frame_of([record]))
        assert len(lines) == len(figures)
        assert (lines["paper"] != "").all()


def test_budgets_of_epochs_are_of_the_rows(module):
    methods, plans = module("methods"), module("plans")
    rows = plans.TABLES["BAGAN-GP 4"].rows
    for row, epochs in (("BAGAN-GP (v1)", 100), ("BAGAN-GP (v3, 200)", 200)):
        given = {"paper": rows[row].paper | {"n_samples": 256}}
        assert methods.instance("BAGANGPOversampler", given).max_iter == 2 * epochs
    cifar = plans.TABLES["BAGAN-GP 2"].rows["BAGAN-GP (v2)"].paper | {"n_samples": 128}
    assert methods.instance("BAGANGPOversampler", {"paper": cifar}).max_iter == 30


def test_budgets_are_cut_and_count_epochs_of_the_rows(module):
    measures, methods = module("papers_measures"), module("methods")
    model = methods.instance("BAGANOversampler", {"paper": {"n_samples": 320}})
    assert measures.cut(model, 0.1) == {"pretrain_iter": 100, "max_iter": 100}
    assert measures.cut(model, 1) == {}
    model = methods.instance("BAGANGPOversampler", {"paper": {"version": "cDRAGAN"}})
    assert list(measures.cut(model, 0.5)) == ["max_iter"]  # no autoencoder
    assert measures.cut(methods.instance("GAMOClassifier", {}), 0.01) == {"max_iter": 20}


def test_images_and_codes(measure):
    options = ["--n-drawn", "3", "--classifier-budget", "2", "--image-size", "32"]
    found = measure(
        *("CAPGAN 1", "GANDA 3", "--datasets", "mnist", "--cases", "10", ""),
        *("--methods", "CAP-GAN", "GANDA", "--settings", "paper", *options),
    )
    images, codes = sorted(found, key=lambda r: r.table)
    assert images.measures["drawn"] == [str(i) for i in range(10)]  # the largest class, too
    assert {"fid_minority", "ssim_minority", "fid_majority", "is"} < set(images.measures)
    assert "is_std" in images.measures  # of parts, as the papers have it
    assert images.measures["features"] == "own"
    assert 0 <= codes.measures["v_score"] <= 1


def test_smote_in_the_features_of_a_convolutional_network(measure, module, monkeypatch):
    classifiers, plans = module("classifiers"), module("plans")
    table = plans.TABLES["GAMO 1"]
    parts = [dataclasses.replace(part, flattened=False) for part in table.parts]
    monkeypatch.setitem(plans.TABLES, "GAMO 1", dataclasses.replace(table, parts=parts))
    fit, seen = classifiers.FeatureSMOTE.fit, []

    def watched(self, X, y):
        seen.append((X.ndim, fit(self, X, y).second_.n_features_in_))
        return self

    monkeypatch.setattr(classifiers.FeatureSMOTE, "fit", watched)
    some = ["GAMO 1", "--datasets", "mnist", "--cases", "LS", "--settings", "default"]
    (found,) = measure(*some, "--methods", "SMOTE+CN")
    ((n_dimensions, n_features),) = seen
    assert n_dimensions == 3  # images
    assert n_features != 64  # of the network, not pixels
    assert 0 <= found.measures["acsa"] <= 1


@pytest.mark.slow
def test_rows_that_an_autoencoder_gives_back(script, module, tmp_path, monkeypatch):
    monkeypatch.setattr(imblearn_gan.BAGANGPOversampler, "sample", None)  # not new ones
    rng = np.random.default_rng(0)
    for kind, n in (("normal", 30), ("ring", 20)):
        folder = tmp_path / "data" / "cells" / kind
        folder.mkdir(parents=True)
        for number in range(n):
            pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    some = ["BAGAN-GP 4", "--methods", "Rec. samples (Autoencoder)", "--settings", "paper"]
    cut = ["--budget", "0.0001", "--n-drawn", "3", "--classifier-budget", "2", "--seeds", "0"]
    script("papers", "--output", "results.jsonl", *some, *cut, "--data-home", tmp_path / "data")
    (found,) = module("records").read(tmp_path / "results.jsonl")
    assert found.settings == {"paper": {"max_iter": 0}}
    assert found.measures["drawn"] == ["normal", "ring"]
    assert len(found.measures["fids"]) == 2


def test_a_class_that_lost_rows(measure):
    found = measure(
        *("BAGAN 8", "BAGAN 9", "--datasets", "mnist", "--cases", "90", "--labels", "3"),
        *("--methods", "GAN", "Mirror", "--settings", "default"),
        *("--n-drawn", "4", "--classifier-budget", "2"),
    )
    assert {(r.table, r.row) for r in found} == {
        ("BAGAN 8", "GAN"),
        ("BAGAN 9", "GAN"),
        ("BAGAN 9", "Mirror"),
    }
    assert {r.profile for r in found} == {"drop:3:0.9"}
    assert all(0 <= r.measures["recall"] <= 100 for r in found if r.table == "BAGAN 9")
    (pairs,) = [r for r in found if r.table == "BAGAN 8"]
    assert {"ssim_pairs", "ssim_real"} <= set(pairs.measures)


def test_says_what_is_missing(script, tmp_path):
    said = script("papers", "all", "--check", "--data-home", tmp_path)
    assert script.status == 1
    for name in ("mnist", "celeba:sex", "lsun", "cells", "breakhis", "flowers", "svhn"):
        assert len([line for line in said.splitlines() if line.startswith(f"{name} is miss")]) == 1
    assert "flowers is missing, for BAGAN 8, BAGAN 9: --data-home" in said
    assert "list_attr_celeba.txt" in said
    assert not {"data_home", "download"} & set(said.replace("=", " ").split())
    assert not list(tmp_path.rglob("*.jsonl"))


CODES = ["GANDA 3", "--stand-in", "--datasets", "digits", "--output", "results.jsonl"]


def test_a_v_score_of_one_class_is_refused(script, tmp_path):
    said = script("papers", *CODES, "--seeds", "0")
    assert "several classes. Got those of 0 alone: give --rows" in said
    assert "4 of 4 records failed" in said
    assert script.status == 1
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_balanced_set_is_said_and_the_rest_goes_on(script, module, monkeypatch):
    papers = module("papers")

    def measured(todo, *_):
        for record in todo:
            record.measures = {"recall": 50.0}
            yield record

    monkeypatch.setattr(papers, "measured", measured)
    some = [*CODES, "--seeds", "0", "--rows", "30", "--methods", "GANDA"]
    some.insert(1, "GANDA 4")
    said = script("papers", *some)
    assert "GANDA 3, digits: a sampler trains where rows lack. Got 30 of each class" in said
    assert "give more --rows" in said
    assert "2 of 12 records failed" in said
    assert "of 12: GANDA 4, digits, 60, GANDA, paper, seed 0, 0 s" in said
    assert script.status == 1
    assert len(module("records").read(papers.Path("results.jsonl"))) == 10
    # what is there is not counted again, and all that was asked for is there
    said = script("papers", *some, "--check")
    assert "2 records to measure" in said
    some.remove("GANDA 3")
    assert "0 records to measure" in script("papers", *some)
    assert script.status == 0


def test_a_profile_of_more_rows_than_there_are_is_said_once(script):
    some = ["GAMO 1", "--stand-in", "--datasets", "mnist", "--seeds", "0"]
    said = script("papers", *some, "--output", "results.jsonl")
    assert said.count("profile asks for more rows") == 1
    assert "such as --rows 116." in said
    assert script.status == 1


def test_what_is_stopped_says_how_it_goes_on(script, module, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module("papers"), "measured", stopped)
    said = script("papers", *CODES, "--rows", "60")
    assert said.endswith("stopped: the same command goes on where it stopped\n")
    assert script.status == 130


@pytest.mark.parametrize(
    "arguments",
    [
        ["GAMO 5"],
        ["GAMO 1", "--methods", "BAGAN"],
        ["GAMO 1", "--budget", "0"],
        ["GAMO 1", "--budget", "2"],
        ["GAMO 1", "--inception", "nowhere.pth"],
        ["GAMO 1", "--n-drawn", "1"],
        ["GAMO 1", "--datasets", "digits"],
    ],
    ids=" ".join,
)
def test_refuses(script, arguments):
    with pytest.raises(SystemExit) as refused:
        script("papers", "--output", "results.jsonl", *arguments)
    assert refused.value.code == 2


def test_celeba_by_its_attributes(module, tmp_path):
    """Hair of one colour alone; or the sex."""
    names = ["Bald", "Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair", "Male"]
    rows = {
        "1.jpg": [-1, -1, 1, -1, -1, -1],
        "2.jpg": [-1, 1, -1, -1, -1, 1],
        "3.jpg": [-1, 1, -1, 1, -1, -1],  # black and brown
        "4.jpg": [-1, -1, -1, -1, -1, 1],  # none
        "5.jpg": [-1, 1, -1, -1, -1, 1],
    }
    folder = tmp_path / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    for name in rows:
        pixels = np.full((218, 178, 3), 40 * int(name[0]), np.uint8)
        Image.fromarray(pixels).save(folder / "img_align_celeba" / name)
    lines = [f"{name} {' '.join(map(str, values))}" for name, values in rows.items()]
    text = "\n".join([str(len(rows)), " ".join(names), *lines])
    (folder / "list_attr_celeba.txt").write_text(text)
    load = module("faces").load
    X, y = load(tmp_path, "hair", lambda label: 5, image_size=[64, 64])
    assert X.shape == (3, 64, 64, 3)
    assert sorted(y.tolist()) == ["black", "black", "blonde"]
    assert X[y == "blonde"].mean() == pytest.approx(40, abs=2)
    X, y = load(tmp_path, "sex", lambda label: 2, image_size=[8, 8])
    assert sorted(y.tolist()) == ["female", "female", "male", "male"]


def test_figures_are_lines_of_json():
    lines = (BENCHMARKS / "published.jsonl").read_text(encoding="utf-8").splitlines()
    keys = [
        tuple(json.loads(line)[k] for k in ("table", "dataset", "case", "row")) for line in lines
    ]
    assert len(set(keys)) == len(keys)
