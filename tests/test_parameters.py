"""Every constructor parameter does something, has one default, and is documented once."""

import ast
import re
import warnings
from dataclasses import MISSING, fields

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils._param_validation import StrOptions

from imblearn_gan import (
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    DOSClassifier,
    GAMO2pix,
    GAMOClassifier,
    GAMOOversampler,
    GANDAOversampler,
    GANOversampler,
)
from imblearn_gan.training import Engine
from tests.instances import CLASSIFIERS, SAMPLERS
from tests.players import Linear
from tests.samplers import Recorder, images, labels

METHODS = [type(instance) for instance in SAMPLERS]
ESTIMATORS = [*METHODS, *(type(instance) for instance in CLASSIFIERS)]
GAMO = {GAMOOversampler, GAMOClassifier}
EMBEDDING = {BAGANGPOversampler, CAPGANOversampler}

pytestmark = pytest.mark.filterwarnings("ignore:.*still look like another class")


def names_of(cls):
    return [f.name for f in fields(cls)]


def defaults_of(cls):
    return {f.name: f.default for f in fields(cls)}


# every parameter changes something ---------------------------------------------------------------

Y = labels(24, 10, 6)


def table():
    X = np.random.RandomState(0).normal(size=(len(Y), 4))
    X[:, 0] = np.arange(len(Y)) % 5  # numbers, unless told that they are categories
    X[::3, 1] = 0
    return X


DATA = {
    "table": (table(), Y),
    "two classes": (table()[Y < 2], Y[Y < 2]),
    "images": (images(len(Y), 8, 8), Y),
    "which axis": (images(len(Y), 4, 6, 4), Y),
}

#: Other values of each parameter, each of which must change the result.
ALTERNATIVES = {
    "sampling_strategy": ["minority", "not minority", {1: 20, 2: 8}],
    "image_shape": [(2, 2)],
    "categorical_features": [[0]],
    "encoding": ["plain", {2: "quantile"}],
    "architecture": ["mlp", Linear()],
    "latent_dim": [7],
    "pretrain_iter": [0, 2],
    "pretrain_learning_rate": [0.02],
    "max_iter": [5],
    "batch_size": [9],
    "learning_rate": [0.01],
    "codes": ["gaussian", "normal"],
    "reconstruction_weight": [0.0, 3.0],
    "autoencoder": ["unsupervised"],
    "pretraining": ["two_phase", "ensemble"],
    "noise_weight": [0.25],
    "beta_2": [0.9, 0.9999],
    "conditioning": ["concatenation"],
    "loss": ["least_squares", "hinge"],
    "class_loss_weight": [0.0, 3.0],
    "n_discriminator_steps": [4],
    "balance": [None],
    "ema_decay": [0.0, 0.1],
    "spectral_norm": [True],
    "augmentation": [None, {"noise": {"scale": 0.5}}],
    "variant": ["GAMO-D", "cG+D", "cG"],
    "combine": ["features"],
    "n_support": [3, None],
    "misleading": ["minorities", "complement"],
    "adversarial_weight": [0.0, 1.0],
    "generated_weight": [0.0, 1.0],
    "label_smoothing": [0.0, 0.3],
    "kl_weight": [0.0, 1.0],
    "permutation_weight": [0.0, 0.1],
    "n_neighbors": [1],
    "micro_cluster_weight": [0.0, 2.0],
    "reject": [True],
    "replay": [0.9, 0.2],
    "replay_augmentation": [["noise"]],
    "random_state": [1],
}

#: Where a method has other alternatives.
OWN_ALTERNATIVES = {
    **{(cls, "loss"): ["least_squares"] for cls in {*GAMO, DOSClassifier}},
    **{(cls, "balance"): ["batches", None] for cls in GAMO},
    **{(cls, "balance"): ["labels", None] for cls in EMBEDDING},
    (DOSClassifier, "balance"): ["softmax", None],
    **{(cls, "discriminator_init"): ["random"] for cls in ESTIMATORS},
    (BAGANGPOversampler, "discriminator_init"): ["encoder"],
}

#: Parameters that show on other data than tables.
ON = {"architecture": "images", "combine": "images"}

#: What must be set for a parameter to show, as its text says.
WITH = {"replay_augmentation": {"replay": 0.5}}

#: Parameters that do something else, or that some data demand: they have tests of their own.
NOT_OF_THE_RESULT = {"channels", "device", "callbacks", "verbose"}


def alternatives(cls, name):
    return OWN_ALTERNATIVES.get((cls, name), ALTERNATIVES.get(name))


def cases():
    for cls in ESTIMATORS:
        for name in names_of(cls):
            if name not in NOT_OF_THE_RESULT:
                for value in alternatives(cls, name) or [MISSING]:
                    yield pytest.param(cls, name, value, id=f"{cls.__name__}-{name}-{value}")


def small(cls, **params):
    """An estimator with a small budget and the defaults of everything else."""
    budget = {"max_iter": 4, "pretrain_iter": 4, "batch_size": 16, "random_state": 0}
    return cls(**{k: v for k, v in budget.items() if k in names_of(cls)} | params)


def outcome(estimator, data):
    """What comes out of an estimator."""
    X, y = DATA[data]
    if hasattr(estimator, "fit_resample"):
        X_res, y_res = estimator.fit_resample(X, y)
        return X_res.astype(float), y_res, estimator.sample_source_
    return (estimator.fit(X, y).predict_proba(X),)


def same(first, second):
    return all(np.array_equal(one, other) for one, other in zip(first, second))


@pytest.fixture(scope="module")
def plain():
    """Outcomes with the defaults; the same in every run."""
    known = {}

    def plain(cls, data, **params):
        key = cls, data, repr(params)
        if key not in known:
            known[key] = outcome(small(cls, **params), data)
        return known[key]

    return plain


@pytest.mark.parametrize(("cls", "name", "value"), list(cases()))
def test_every_parameter_changes_the_result(plain, cls, name, value):
    assert value is not MISSING, f"no alternative value of {name} in the table"
    assert value != defaults_of(cls)[name]
    data, params = ON.get(name, "table"), WITH.get(name, {})
    expected = plain(cls, data, **params)
    changed = outcome(small(cls, **params | {name: value}), data)
    assert not same(changed, expected)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_the_same_parameters_give_the_same_result(plain, cls):
    """Otherwise the test above would hold of any parameter."""
    for data in ("table", "images"):
        assert same(outcome(small(cls), data), plain(cls, data))


def test_the_tables_name_what_there_is_and_no_more():
    named = set(ALTERNATIVES) | {name for _, name in OWN_ALTERNATIVES} | NOT_OF_THE_RESULT
    assert named == {name for cls in ESTIMATORS for name in names_of(cls)}
    assert set(ON) | set(WITH) <= named


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_every_option_of_a_choice_is_tried(cls):
    """All strings that a parameter takes, but for those that stand for the default here."""
    untried = {
        "architecture": {"auto", "conv", "paper"},  # convolutions are the default of images
        "sampling_strategy": {"all", "not majority"},  # what 'auto' does
        "categorical_features": {"auto"},
        "device": {"auto"},
    }
    tried = 0
    for name, default in defaults_of(cls).items():
        for constraint in cls._parameter_constraints[name]:
            if name not in NOT_OF_THE_RESULT and isinstance(constraint, StrOptions):
                known = {default, *untried.get(name, ()), *map(str, alternatives(cls, name))}
                assert constraint.options <= known, name
                tried += 1
    assert tried >= 3


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_channels_say_which_axis_where_it_cannot_be_guessed(cls):
    with pytest.raises(ValueError, match="channels"):
        outcome(small(cls), "which axis")
    first, last = (outcome(small(cls, channels=name), "which axis") for name in ("first", "last"))
    assert not same(first, last)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_device_names_where_it_runs(plain, cls):
    with pytest.raises(ValueError, match="cuda:99"):
        outcome(small(cls, device="cuda:99"), "table")
    small_one = small(cls, device="cpu")
    assert len(outcome(small_one, "table")[0])
    assert {p.device.type for p in small_one.networks_.parameters()} == {"cpu"}


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_callbacks_are_called(cls):
    recorder = Recorder()
    outcome(small(cls, callbacks=[recorder]), "table")
    assert recorder.events[0] == "fit_begin"
    assert len(recorder.events) > 4


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_verbose_shows_progress(cls, capfd):
    outcome(small(cls), "table")
    assert "".join(capfd.readouterr()) == ""
    outcome(small(cls, verbose=1), "table")
    assert "".join(capfd.readouterr()) != ""


# where a parameter does nothing, its text says so ------------------------------------------------

#: Method, setting, parameter, value, data, and the words of the documentation that say why.
INERT = [
    (GAMOOversampler, {}, "replay_augmentation", ["noise"], "table", "Without ``replay`` it does"),
    (CGANOversampler, {"replay": 0.0}, "replay_augmentation", ["noise"], "table", "does nothing"),
    (CGANOversampler, {"replay": 1.0}, "max_iter", 9, "table", "without any training"),
    (CGANOversampler, {"replay": 1.0}, "learning_rate", 0.1, "table", "without any training"),
    (CGANOversampler, {}, "channels", "last", "table", "axis of an image"),
    (CGANOversampler, {}, "augmentation", None, "images", "and nothing for images"),
    (GAMOOversampler, {}, "combine", "features", "table", "where there is a feature extractor"),
    (GAMOClassifier, {}, "combine", "features", "table", "where there is a feature extractor"),
    (
        GAMOOversampler,
        {"architecture": "mlp"},
        "combine",
        "features",
        "images",
        "``architecture='mlp'`` images are treated as flattened rows, the paper's variant",
    ),
    (GAMOOversampler, {"variant": "cG+D"}, "n_support", None, "table", "ordinary conditional gen"),
    (GAMOOversampler, {"variant": "GAMO-D"}, "label_smoothing", 0.0, "table", "no discriminator"),
    (GAMOClassifier, {"variant": "cG"}, "label_smoothing", 0.0, "table", "no discriminator"),
    (
        GAMOOversampler,
        {},
        "misleading",
        "minorities",
        "two classes",
        "of two classes there is none",
    ),
    (BAGANOversampler, {"pretrain_iter": 0}, "pretrain_learning_rate", 0.1, "table", "0 starts"),
    (DOSClassifier, {}, "channels", "last", "table", "axis of an image"),
    (
        BAGANGPOversampler,
        {"pretrain_iter": 0},
        "autoencoder",
        "unsupervised",
        "table",
        "``pretrain_iter=0`` there is none",
    ),
    (
        CAPGANOversampler,
        {"pretrain_iter": 0},
        "pretraining",
        "two_phase",
        "table",
        "0 starts the game from random weights",
    ),
]


@pytest.mark.parametrize(
    ("cls", "setting", "name", "value", "data", "words"),
    INERT,
    ids=[f"{cls.__name__}-{name}-{setting}" for cls, setting, name, *_ in INERT],
)
def test_inert_parameters_are_those_whose_text_says_why(
    plain, cls, setting, name, value, data, words
):
    assert value != defaults_of(cls)[name]
    changed = outcome(small(cls, **setting | {name: value}), data)
    assert same(changed, plain(cls, data, **setting))
    assert words in " ".join(cls.__doc__.split())


def said(estimator, data="table"):
    """What it warns of, besides what a small budget brings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome(estimator, data)
    return [str(w.message) for w in caught if "does nothing" in str(w.message)]


@pytest.mark.parametrize(
    ("cls", "setting", "words"),
    [
        (
            CAPGANOversampler,
            {"pretraining": "ensemble"},
            "pretraining='ensemble' does nothing",
        ),
        (BAGANGPOversampler, {"autoencoder": "unsupervised"}, "autoencoder='unsupervised' does"),
        (BAGANOversampler, {"noise_weight": 0.5}, "noise_weight=0.5 does nothing: pretrain_iter=0"),
        (GANDAOversampler, {"noise_weight": 0.1}, "noise_weight=0.1 does nothing: pretrain_iter=0"),
    ],
)
def test_what_is_asked_of_an_autoencoder_that_is_left_out(cls, setting, words):
    (message,) = said(small(cls, pretrain_iter=0, **setting))
    assert words in message
    assert said(small(cls, pretrain_iter=2, **setting)) == []
    assert said(small(cls, pretrain_iter=0)) == []


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"combine": "features"}, "combine='features' does nothing: without convolutions"),
        ({"variant": "cG", "n_support": 3}, "n_support=3 does nothing: variant='cG' combines"),
        ({"variant": "cG", "label_smoothing": 0.2}, "label_smoothing=0.2 does nothing"),
    ],
)
def test_what_is_asked_of_a_part_of_gamo_that_is_left_out(cls, setting, words):
    (message,) = said(small(cls, **setting))
    assert words in message
    assert said(small(cls, **{"n_support": 3, "label_smoothing": 0.2})) == []


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
def test_one_minority_has_no_others_to_look_like(cls):
    (message,) = said(small(cls, misleading="minorities"), "two classes")
    assert message == (
        "misleading='minorities' does nothing: one class alone is filled up, so it is 'own_class'."
    )
    assert said(small(cls, misleading="minorities"), "table") == []
    for misleading in ("own_class", "complement"):
        assert said(small(cls, misleading=misleading), "two classes") == []


def test_two_classes_may_both_be_filled_up():
    both = dict.fromkeys(set(DATA["two classes"][1]), 60)
    settings = {"misleading": "minorities", "sampling_strategy": both}
    assert said(small(GAMOOversampler, **settings), "two classes") == []


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
def test_of_two_classes_the_complement_has_the_majority(plain, cls):
    """Algorithm 1, lines 13-14: it does not become 'own_class', as eq. (6) does."""
    complement = plain(cls, "two classes", misleading="complement")
    assert not same(complement, plain(cls, "two classes", misleading="own_class"))
    assert same(plain(cls, "two classes", misleading="minorities"), plain(cls, "two classes"))


@pytest.mark.parametrize("variant", ["GAMO", "GAMO-D", "cG+D", "cG"])
def test_the_variants_of_gamos_paper_ask_for_nothing_in_vain(variant):
    settings = {"images": "flattened", "variant": variant, "max_iter": 2}
    assert said(GAMOOversampler.paper(**settings)) == []


def test_changes_of_rows_that_are_not_repeated():
    (message,) = said(small(CGANOversampler, replay=0.0, replay_augmentation=["noise"]))
    assert message == "replay_augmentation=['noise'] does nothing: replay=0 repeats no rows."
    assert said(small(CGANOversampler, replay=0.5, replay_augmentation=["noise"])) == []


# few, with one default ---------------------------------------------------------------------------


@pytest.mark.parametrize("cls", METHODS)
def test_a_sampler_has_at_most_26_parameters(cls):
    assert 15 < len(names_of(cls)) <= 26
    assert sorted(names_of(cls)) == sorted(cls().get_params())


#: Samplers whose default is another one, by parameter; what the reason is stands beside it.
EXCEPTIONS = {
    # a critic whose slope a penalty bounds must be ahead of the generator, as in the papers
    "n_discriminator_steps": {
        "BAGANGPOversampler": 2,
        "CAPGANOversampler": 2,
        "CWGANGPOversampler": "auto",
    },
    # its autoencoder is a denoising one
    "noise_weight": {"GANDAOversampler": 0.5},
    # rows between real ones do not drown them
    "replay": {"GAMOOversampler": 0.0},
    # M is a classifier: weights, where a GAN has batches
    "balance": {"GAMOOversampler": "weights"},
    # all networks are averaged, while the rates fall to zero
    "ema_decay": {"GAMOOversampler": 0.999},
    # "D does not start from the encoder", the authors advise
    "discriminator_init": {"BAGANGPOversampler": "random"},
}


@pytest.mark.parametrize("name", sorted({name for cls in METHODS for name in names_of(cls)}))
def test_a_name_has_one_default(name):
    found = {c.__name__: defaults_of(c)[name] for c in METHODS if name in names_of(c)}
    exceptions = EXCEPTIONS.get(name, {})
    usual = {repr(value) for cls, value in found.items() if cls not in exceptions}
    assert len(usual) == 1
    assert {cls: found[cls] for cls in exceptions} == exceptions
    assert not usual & set(map(repr, exceptions.values()))


def test_the_classifier_has_the_defaults_of_the_sampler_but_for_its_budget():
    sampler, classifier = defaults_of(GAMOOversampler), defaults_of(GAMOClassifier)
    other = {k: v for k, v in classifier.items() if sampler.get(k, MISSING) != v}
    assert other == {}
    chosen = {k: v for k, v in GAMOClassifier._auto.items() if GAMOOversampler._auto[k] != v}
    assert chosen == {"max_iter": (2000, 2000), "learning_rate": (1e-3, 1e-3)}


# what 'auto' stands for ---------------------------------------------------------------------------


@pytest.fixture
def nothing_is_learnt(monkeypatch):
    monkeypatch.setattr(Engine, "_play", lambda *_: None)


def chosen(cls, data, **params):
    estimator = cls(random_state=0, **params)
    outcome(estimator, data)
    return {name: getattr(estimator, name + "_") for name in cls._auto}


@pytest.mark.usefixtures("nothing_is_learnt")
@pytest.mark.parametrize("cls", ESTIMATORS)
def test_auto_depends_on_the_kind_of_data_and_what_is_given_wins(cls):
    on_images, on_tables = (chosen(cls, data) for data in ("images", "table"))
    for name, pair in cls._auto.items():
        given = {name: 9} if defaults_of(cls)[name] == "auto" else {}
        assert (on_images[name], on_tables[name]) == pair
        assert chosen(cls, "table", **given)[name] == given.get(name, pair[1])
        text = next(part for part in cls.__doc__.split("\n\n") if f"    {name} :" in part)
        assert all(f"{value:g}" in text for value in pair) or not given


# documented once ---------------------------------------------------------------------------------


def documented(cls):
    """The entries of the section 'Parameters': name and type, in order."""
    section = cls.__doc__.split("Parameters\n    ----------\n")[1]
    section = re.split(r"\n    \w[\w ]*\n    -+\n", section)[0]
    return re.findall(r"^    (\w+) : (.+)$", section, re.MULTILINE)


@pytest.mark.parametrize("cls", [*ESTIMATORS, GAMO2pix])
def test_every_parameter_is_documented_once_with_its_default(cls):
    entries, defaults = documented(cls), defaults_of(cls)
    assert sorted(name for name, _ in entries) == sorted(defaults)
    for name, kind in entries:
        if defaults[name] is MISSING:
            assert "default=" not in kind
        else:
            written = re.search(r"default=(.+)$", kind).group(1)
            assert ast.literal_eval(written) == defaults[name], name


@pytest.mark.parametrize("cls", [*ESTIMATORS, GAMO2pix])
def test_no_place_for_shared_text_is_left_open(cls):
    assert not re.search(r"\{(data|game|gamo|result|run|\w*attributes)\}|<\w+>", cls.__doc__)


def test_clones_have_the_parameters_they_were_given():
    for cls in ESTIMATORS:
        estimator = small(cls, learning_rate=0.125)
        assert clone(estimator).get_params() == estimator.get_params()


def test_parameters_are_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        GANOversampler("auto")
