"""The papers' settings: each value against its paper, and each preset at a tiny budget."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from imblearn_gan import (
    ACGANOversampler,
    BAGANGPOversampler,
    BAGANOversampler,
    CAPGANOversampler,
    CGANOversampler,
    CWGANGPOversampler,
    DeepSMOTEOversampler,
    GAMOClassifier,
    GAMOOversampler,
    GANDAOversampler,
    GANOversampler,
)
from imblearn_gan.presets import PRESETS, Epochs, constructor_arguments
from tests.samplers import assert_oversampled, images, labels

DOCS = Path(__file__).parents[1] / "docs"

PLAIN = {"ema_decay": 0, "replay": 0}
FAMILY = PLAIN | {"reconstruction_weight": 0, "architecture": "paper"}

# Section 4 for the game and its codes; the rest, of which the paper is silent, stands in its
# authors' code
BAGAN = FAMILY | {
    "codes": "gaussian",
    "discriminator_init": "encoder",
    "balance": None,
    "noise_weight": 0,
    "latent_dim": 100,
    "batch_size": 32,
    "learning_rate": 5e-5,
    "pretrain_learning_rate": 5e-5,
    "pretrain_iter": 100 * 60_000 // 32,
    "max_iter": 100 * 60_000 // 32,
}
# Section 4.1, "Hyperparameters" and "Datasets"; Table 1; 10,000 + 4,000 images, 437.5 batches
GANDA = BAGAN | {
    "noise_weight": 0.5,
    "beta_2": 0.9999,
    "pretrain_iter": 150 * 438,
    "max_iter": 150 * 438,
}
# Section 4 and 4.1; 30 epochs of the autoencoder in its authors' improved_bagan_gp.py; Table 1, set
# A: 42,000 rows, 328.1 batches
BAGAN_GP = FAMILY | {
    "codes": "normal",
    "discriminator_init": "random",
    "latent_dim": 128,
    "n_discriminator_steps": 5,
    "batch_size": 128,
    "learning_rate": 2e-4,
    "pretrain_learning_rate": 2e-4,
    "pretrain_iter": 30 * 329,
    "max_iter": 15 * 329,
}
# Table 3, and CAP_GAN.py where it lies in the table; 5,000 + 9 * 500 rows, ten times 5,000 balanced
CAPGAN = BAGAN_GP | {
    "balance": "labels",
    "discriminator_init": "encoder",
    "latent_dim": 64,
    "pretrain_learning_rate": 1e-3,
    "pretrain_iter": 50 * 391,
    "max_iter": 100 * 75,
}
# Equations (1), (4)-(6), Algorithm 1; dense_gamo_main.py and fashion_mnist_gamo_main.py for rates,
# batches and budget
GAMO = {
    "n_support": None,
    "misleading": "complement",
    "balance": None,
    "adversarial_weight": None,
    "generated_weight": None,
    "label_smoothing": 0,
    "ema_decay": 0,
    "batch_size": 32,
    "learning_rate": 2e-4,
    "max_iter": 25_000,
}
NOISE = PLAIN | {"augmentation": None, "spectral_norm": False}
CONDITIONAL = NOISE | {"balance": None}
AUTO = {"learning_rate": "auto", "max_iter": "auto"}

#: Preset, what paper() takes for it, and what the paper says.
PAPERS = {
    "BAGAN": (BAGANOversampler, {}, BAGAN),
    "GANDA": (GANDAOversampler, {}, GANDA),
    # Note on BAGAN-GP in section 4.2
    "BAGAN-GP v1": (
        BAGANGPOversampler,
        {"version": "v1"},
        BAGAN_GP | {"autoencoder": "unsupervised", "balance": None},
    ),
    "BAGAN-GP v2": (
        BAGANGPOversampler,
        {"version": "v2"},
        BAGAN_GP | {"autoencoder": "unsupervised", "balance": "labels"},
    ),
    "BAGAN-GP v3": (
        BAGANGPOversampler,
        {"version": "v3"},
        BAGAN_GP | {"autoencoder": "supervised", "balance": "labels"},
    ),
    "BAGAN-GP cDRAGAN": (
        BAGANGPOversampler,
        {"version": "cDRAGAN"},
        BAGAN_GP | {"autoencoder": "supervised", "balance": None, "pretrain_iter": 0},
    ),
    "CAPGAN": (CAPGANOversampler, {}, CAPGAN | {"pretraining": "oversample"}),
    "GAMO convolutional": (
        GAMOOversampler,
        {},
        GAMO | {"architecture": "paper", "combine": "features", "replay": 0},
    ),
    # Section 4.1: flattened images on MNIST
    "GAMO flattened": (
        GAMOOversampler,
        {"images": "flattened"},
        GAMO | {"architecture": "mlp", "combine": "rows", "replay": 0},
    ),
    # Goodfellow et al. 2014 give no figures
    "GAN": (
        GANOversampler,
        {},
        NOISE
        | AUTO
        | {"architecture": "auto", "loss": "cross_entropy", "latent_dim": 100, "batch_size": 64}
        | {"n_discriminator_steps": 1},
    ),
    # Mirza and Osindero 2014, section 4.1
    "CGAN": (
        CGANOversampler,
        {},
        CONDITIONAL
        | AUTO
        | {"architecture": "auto", "loss": "cross_entropy", "conditioning": "concatenation"}
        | {"latent_dim": 100, "batch_size": 100, "n_discriminator_steps": 1},
    ),
    # Odena, Olah and Shlens 2017: 50,000 mini-batches of 100; Adam of 2e-4
    "ACGAN": (
        ACGANOversampler,
        {},
        CONDITIONAL
        | {"architecture": "auto", "loss": "cross_entropy", "class_loss_weight": 1}
        | {"learning_rate": 2e-4, "batch_size": 100, "max_iter": 50_000}
        | {"latent_dim": 100, "n_discriminator_steps": 1},
    ),
    # Gulrajani et al. 2017, Algorithm 1, and gan_cifar.py
    "CWGAN-GP": (
        CWGANGPOversampler,
        {},
        CONDITIONAL
        | {"architecture": "auto", "conditioning": "concatenation", "n_discriminator_steps": 5}
        | {"learning_rate": 1e-4, "batch_size": 64, "max_iter": 200_000, "latent_dim": 128},
    ),
    # DeepSMOTE_MNIST.py of its authors; 90 batches of 9,000 rows
    "DeepSMOTE": (
        DeepSMOTEOversampler,
        {},
        PLAIN
        | {"balance": None, "permutation_weight": 1, "architecture": "auto", "latent_dim": 300}
        | {"batch_size": 100, "learning_rate": 2e-4, "max_iter": 200 * 90},
    ),
}


def test_no_preset_is_left_out():
    assert set(PAPERS) == set(PRESETS)


@pytest.mark.parametrize("name", PAPERS)
def test_each_value_is_the_papers(name):
    cls, which, expected = PAPERS[name]
    params = cls.paper(**which).get_params()
    assert {key: params[key] for key in expected} == expected
    # what paper() sets is held here, all of it
    own = {"variant", "loss", "replay"} if name.startswith("GAMO") else set()
    own |= {"pretraining"} if name == "CAPGAN" else set()
    assert set(PRESETS[name]) | own >= set(expected) >= set(PRESETS[name])
    assert all(setting.source for setting in PRESETS[name].values())


@pytest.mark.parametrize("name", PAPERS)
def test_other_parameters_have_their_defaults(name):
    cls, which, _ = PAPERS[name]
    params, defaults = cls.paper(**which).get_params(), cls().get_params()
    other = {key for key, value in params.items() if value != defaults[key]}
    assert other - set(PRESETS[name]) <= {"variant", "loss"}


#: A shape of each paper, and changes that shorten it.
SHORT = {"max_iter": 1, "batch_size": 8, "random_state": 0}
RUNS = [
    (BAGANOversampler, {}, (28, 28)),
    (BAGANOversampler, {}, (32, 32, 3)),
    (BAGANOversampler, {}, (224, 224, 3)),
    (GANDAOversampler, {}, (128, 128, 3)),
    *((BAGANGPOversampler, {"version": v}, (64, 64)) for v in ("v1", "v2", "v3", "cDRAGAN")),
    *(
        (CAPGANOversampler, {"pretraining": p}, (32, 32, 3))
        for p in ("oversample", "two_phase", "ensemble")
    ),
    (CAPGANOversampler, {}, (64, 64, 3)),
    *(
        (GAMOOversampler, {"variant": v, "loss": loss, "images": i}, (28, 28))
        for i in ("convolutional", "flattened")
        for v, loss in [
            ("GAMO", "least_squares"),
            ("GAMO", "cross_entropy"),
            ("GAMO-D", "least_squares"),
            ("cG+D", "least_squares"),
            ("cG", "least_squares"),
        ]
    ),
    *((c, {}, (28, 28)) for c in (GANOversampler, CGANOversampler, DeepSMOTEOversampler)),
    *((c, {}, (32, 32, 3)) for c in (ACGANOversampler, CWGANGPOversampler)),
]


def shortened(cls, which):
    """Return a preset of few updates; none of the autoencoder where the paper has none."""
    short = dict(SHORT)
    if cls.paper(**which).get_params().get("pretrain_iter"):
        short["pretrain_iter"] = 1
    return cls.paper(**which, **short)


def cases():
    for cls, which, shape in RUNS:
        name = f"{cls.__name__}-{'-'.join(which.values())}-{shape[0]}"
        marks = [pytest.mark.slow] if shape[0] > 200 else []
        yield pytest.param(cls, which, shape, id=name, marks=marks)


@pytest.mark.parametrize(("cls", "which", "shape"), list(cases()))
def test_each_preset_runs_on_a_shape_of_its_paper(cls, which, shape):
    X, y = images(12, *shape), labels(7, 3, 2)
    sampler = shortened(cls, which)
    if shape[0] > 200:  # a row has a hundred MiB of maps
        sampler.set_params(batch_size=2)
    assert_oversampled(sampler, X, y, *sampler.fit_resample(X, y))
    assert sampler.synthetic_mask_.sum() == 14 - 5


@pytest.mark.parametrize("loss", ["least_squares", "cross_entropy"])
@pytest.mark.parametrize("variant", ["GAMO", "GAMO-D", "cG+D", "cG"])
@pytest.mark.parametrize("kind", ["convolutional", "flattened"])
def test_the_classifiers_preset_is_the_samplers(kind, variant, loss):
    which = {"images": kind, "variant": variant, "loss": loss}
    model = GAMOClassifier.paper(**which)
    sampler = GAMOOversampler.paper(**which).get_params()
    params = model.get_params()
    assert {name: sampler[name] for name in params} == params
    assert (model.variant, model.loss) == (variant, loss)


@pytest.mark.parametrize("kind", ["convolutional", "flattened"])
def test_the_classifiers_preset_learns(kind):
    X, y = images(12, 28, 28), labels(7, 3, 2)
    model = GAMOClassifier.paper(images=kind, **SHORT).fit(X, y)
    assert model.predict(X).shape == y.shape
    assert isinstance(model.networks_["extractor"][0], torch.nn.Flatten) == (kind == "flattened")


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
@pytest.mark.parametrize("kind", ["convolutional", "flattened"])
@pytest.mark.parametrize("variant", ["GAMO", "GAMO-D", "cG+D", "cG"])
@pytest.mark.parametrize(("loss", "first"), [("cross_entropy", 1.91), ("least_squares", 0.67)])
def test_gamos_ablations_play_both_losses(cls, kind, variant, loss, first):
    """Two updates; M's first loss is nearly that of equal outputs for three classes."""
    X, y = images(12, 28, 28), labels(7, 3, 2)
    method = cls.paper(images=kind, variant=variant, loss=loss, **SHORT | {"max_iter": 2})
    if cls is GAMOOversampler:
        assert_oversampled(method, X, y, *method.fit_resample(X, y))
    else:
        assert method.fit(X, y).predict(X).shape == y.shape
    played = [record for record in method.history_ if record["phase"] == "adversarial"]
    assert [record["iteration"] for record in played] == [1, 2]
    assert played[0]["classifier_real"] == pytest.approx(first, rel=0.2)
    terms = {"classifier_real", "classifier_generated", "generator_classifier"}
    if variant in ("GAMO", "cG+D"):
        terms |= {"discriminator_real", "discriminator_generated", "generator_discriminator"}
    terms |= {"extractor_real"} if kind == "convolutional" else set()
    for record in played:
        assert set(record) == {"phase", "iteration"} | terms
        assert np.isfinite([record[term] for term in terms]).all()


@pytest.mark.parametrize("pretraining", ["oversample", "two_phase", "ensemble"])
def test_strategies_of_capgan(pretraining):
    assert CAPGANOversampler.paper(pretraining=pretraining).pretraining == pretraining


# changes and budgets ----------------------------------------------------------------------------


def test_changes_override():
    sampler = BAGANOversampler.paper(codes="interpolated", latent_dim=7, random_state=3)
    assert (sampler.codes, sampler.latent_dim, sampler.random_state) == ("interpolated", 7, 3)
    assert sampler.learning_rate == 5e-5


@pytest.mark.parametrize("cls", sorted({c for c, *_ in PAPERS.values()}, key=lambda c: c.__name__))
def test_changes_are_checked_as_the_constructors(cls):
    with pytest.raises(TypeError, match="unexpected keyword argument 'n_epochs'"):
        cls.paper(n_epochs=3)
    with pytest.raises(ValueError, match=f"'batch_size' parameter of {cls.__name__}"):
        cls.paper(batch_size=0.5)


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
def test_unknown_ablations_and_losses_are_named_at_once(cls):
    with pytest.raises(ValueError, match=r"'variant' parameter .*'cG\+D'.* Got 'GAMO\\\\D'"):
        cls.paper(variant="GAMO\\D")
    with pytest.raises(ValueError, match=r"'loss' parameter .*'least_squares'.* Got 'LS'"):
        cls.paper(loss="LS")


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier, CGANOversampler])
def test_budgets_in_updates_take_no_number_of_rows(cls):
    words = rf"{cls.__name__}.paper\(\).*'n_samples': its budget is in updates, max_iter"
    with pytest.raises(TypeError, match=words):
        cls.paper(n_samples=100)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'n_balanced'$"):
        BAGANOversampler.paper(n_balanced=100)


def test_epochs_are_of_the_set_and_of_the_batches_in_use():
    sampler = BAGANOversampler.paper(n_samples=1000)
    assert sampler.max_iter == sampler.pretrain_iter == 100 * 32  # 31.25 batches, rounded up
    assert BAGANOversampler.paper(n_samples=1000, batch_size=100).max_iter == 1000
    assert BAGANOversampler.paper(n_samples=1000, batch_size="auto").max_iter == 100 * 32
    sampler = CAPGANOversampler.paper(n_samples=256, n_balanced=1280)
    assert (sampler.max_iter, sampler.pretrain_iter) == (200, 500)
    assert CAPGANOversampler.paper(max_iter=9).max_iter == 9
    assert str(Epochs(15)) == "15 epochs"


@pytest.mark.parametrize("n", [0, -1, 2.5, "many", True])
@pytest.mark.parametrize("cls", [BAGANOversampler, GANDAOversampler, BAGANGPOversampler])
def test_numbers_of_rows_are_checked(cls, n):
    with pytest.raises(ValueError, match=r"n_samples must be an integer >= 1.*Got "):
        cls.paper(n_samples=n)


@pytest.mark.parametrize(
    ("cls", "name", "words"),
    [
        (BAGANGPOversampler, "version", "'v1', 'v2', 'v3', 'cDRAGAN'"),
        (CAPGANOversampler, "pretraining", "'oversample', 'two_phase', 'ensemble'"),
        (GAMOOversampler, "images", "'convolutional', 'flattened'"),
        (GAMOClassifier, "images", "'convolutional', 'flattened'"),
    ],
)
def test_unknown_versions_are_named(cls, name, words):
    with pytest.raises(ValueError, match=rf"{name} must be one of .*{words}.*Got 'v4'"):
        cls.paper(**{name: "v4"})


@pytest.mark.parametrize("cls", sorted({c for c, *_ in PAPERS.values()}, key=lambda c: c.__name__))
def test_documentation_says_what_is_not_expressed(cls):
    doc = cls.paper.__doc__
    assert "Not expressed" in " ".join(doc.split())
    assert "**changes : dict" in doc
    assert "{" not in doc.replace("{'", "")
    assert cls.paper().__class__ is cls


@pytest.mark.skipif(not DOCS.exists(), reason="installed without README and docs")
@pytest.mark.parametrize(
    ("cls", "page"), [(BAGANGPOversampler, "bagan_gp"), (CAPGANOversampler, "capgan")]
)
def test_betas_that_are_no_parameter_are_said(cls, page):
    sampler = cls.paper()
    assert not any("beta" in name for name in sampler.get_params())
    decays = "{} and {}".format(*sampler._moment_decays())
    doc = " ".join(cls.paper.__doc__.split())
    assert f"Adam's betas are fixed, no parameter: {decays}" in doc
    page = " ".join((DOCS / "methods" / f"{page}.md").read_text().split())
    assert re.search(f"Adam's betas are no parameter: they are the .*, {decays}, in the auto", page)
    assert ("beta_1 of the autoencoder, from 0.5 to 0.8" in page) == (cls is CAPGANOversampler)


@pytest.mark.parametrize("cls", [GAMOOversampler, GAMOClassifier])
def test_what_gamos_code_and_its_algorithm_do_differently_is_said(cls):
    doc = " ".join(cls.paper.__doc__.split())
    said = doc[doc.index("Not expressed") : doc.index("Parameters")]
    assert "one against M and one against D for each minority class in turn" in said
    assert "18 steps on Fashion-MNIST" in said


def test_settings_are_read_by_name_and_cannot_be_changed():
    with pytest.raises(ValueError, match=r"preset must be one of .*'BAGAN'.* Got 'NOPE'"):
        constructor_arguments("NOPE", {})
    with pytest.raises(ValueError, match=r"BAGAN counts epochs: give \['n_samples'\]"):
        constructor_arguments("BAGAN", {})
    with pytest.raises(TypeError, match="assignment"):
        PRESETS["BAGAN"]["max_iter"] = 1
