"""Recipes: what they stand for, that they reach the network, and how one is chosen."""

import json

import numpy as np
import pytest

from imblearn_gan import ResNetClassifier


@pytest.fixture
def recipes(module):
    return module("recipes")


def test_parts_are_parameters_of_the_network(recipes):
    known = ResNetClassifier().get_params()
    for recipe in [*recipes.RECIPES, *(name + recipes.KNOWS for name in recipes.RECIPES)]:
        parameters = recipes.parameters(recipe)
        assert parameters
        assert set(parameters) <= set(known)
        ResNetClassifier(**parameters)._validate_params()
    assert recipes.parameters("sqrt draws + mixup") == {"class_sampling": "sqrt", "mixup": 0.4}
    assert recipes.parameters("") == {}
    with pytest.raises(ValueError, match="Got 'magic'"):
        recipes.parameters("mixup + magic")


def test_recipes_reach_the_network_with_the_mask(measure, module, monkeypatch, recipes):
    made = []

    class Watched(ResNetClassifier):
        def fit(self, X, y, **given):
            made.append((self.get_params(), np.bincount(y), given))
            return super().fit(X, y, **given)

    Watched.__init__ = ResNetClassifier.__init__
    monkeypatch.setattr(module("classifiers"), "ResNetClassifier", Watched)
    common = ["--profile", "40", "--budget", "4", "--classifiers", "resnet_augmented", "forest"]
    sampler = {"max_iter": 2, "replay": 0.5, "sampling_strategy": "geometric mean"}
    found = measure(
        *common,
        *("--methods", "CGANOversampler", "--settings", json.dumps(sampler)),
        *("--recipes", "", "mixup + own statistics"),
    )
    assert [(r.classifier, r.recipe) for r in found] == [
        ("resnet_augmented", ""),
        ("resnet_augmented", "mixup + own statistics"),
        ("forest", ""),
    ]
    assert found[1].settings == sampler
    (plain, counts, nothing), (params, _, given) = made
    assert nothing == {}
    assert (plain["mixup"], plain["synthetic_norm"]) == (0, False)
    assert (params["mixup"], params["synthetic_norm"]) == (0.4, True)
    assert params["augmentation"] == plain["augmentation"]
    assert counts.min() == int(np.sqrt(counts.max() * (counts.max() // 40)))
    assert 0 < given["synthetic"].sum() < counts.sum() / 2


def test_recipes_of_what_is_no_resnet_are_refused(script):
    for wrong in (["--recipes", "magic"], ["--recipes", "mixup", "--classifiers", "forest"]):
        with pytest.raises(SystemExit) as refused:
            script("run", "--output", "results.jsonl", *wrong)
        assert refused.value.code == 2


def test_the_rule_takes_the_best_mean_and_of_equal_ones_the_better_gm(recipes, module):
    def record(recipe, seed, acsa, gm):
        return module("records").Record(
            dataset="fashion_mnist",
            method="none",
            classifier="resnet_augmented",
            seed=seed,
            recipe=recipe,
            measures={"acsa": acsa, "gm": gm},
        )

    found = [record("a", 0, 0.9, 0.8), record("a", 1, 0.7, 0.6), record("b", 0, 0.8, 0.75)]
    found += [record("b", 1, 0.8, 0.75), record("", 0, 1.0, 1.0)]
    chosen, means = recipes.choose(found)
    assert chosen == "b"
    assert means == {"a": (0.8, 0.7), "b": (0.8, 0.75)}


def test_the_final_run_has_the_recipe_with_and_without_generated_rows(recipes):
    runs = recipes.final("sqrt draws + balanced softmax")
    assert len(runs) == 15
    named = {tuple(run[run.index("--methods") + 1 : run.index("--methods") + 2]) for run in runs}
    assert named == {("CGANOversampler",), (recipes.REPEATED,), ("none",)}
    asked = {recipe for run in runs for recipe in run[run.index("--recipes") + 1 :]}
    assert asked == {
        "sqrt draws + balanced softmax",
        "balanced softmax",
        "balanced softmax" + recipes.KNOWS,
    }


def test_processes_are_played_and_their_rows_gathered(recipes, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(recipes.subprocess, "run", lambda command, **_: written(command))

    def written(command):
        output = command[command.index("--output") + 1]
        recipe = command[command.index("--recipes") + 1]
        line = {"dataset": "fashion_mnist", "method": "none", "classifier": "resnet_augmented"}
        line |= {"recipe": recipe, "measures": {"acsa": 0.5 + ("LDAM" in recipe) / 4, "gm": 0.5}}
        output.write_text(json.dumps(line) + "\n")

        class Done:
            stdout, stderr, returncode = "", "", 0

        return Done

    arguments = ["recipes.py", "selection", "--output", str(tmp_path), "--jobs", "2"]
    monkeypatch.setattr("sys.argv", arguments)
    recipes.main()
    assert len((tmp_path / "recipes_selection.jsonl").read_text().splitlines()) == 18
    said = capsys.readouterr().out
    assert "18 rows; 0 of 18 processes failed" in said
    assert "the recipe: LDAM + balanced at the end" in said
