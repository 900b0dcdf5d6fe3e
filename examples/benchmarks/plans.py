"""The tables of the five papers: data sets, which rows of them are learnt from, methods, measures.

A row of a table is a method under the name that the paper gives it, once with the paper's own
settings, ``paper()``, and once with this package's defaults.
"""

from dataclasses import dataclass, field

#: Classes of hair of GAMO's CelebA, in the order of its profile.
HAIR = ["blonde", "black", "bald", "brown", "gray"]
LSUN = ["classroom", "church_outdoor", "conference_room", "dining_room", "tower"]
RATES = ["5", "10", "20", "50", "100"]


@dataclass(frozen=True)
class Row:
    """A method: parameters of its ``paper()``, and those that it has with defaults.

    A budget of ``paper()`` may be written like ``"30 epochs"``.
    """

    method: str
    paper: dict = field(default_factory=dict)
    default: dict = field(default_factory=dict)
    reconstructs: bool = False  #: rows that the autoencoder gives back, not new ones


@dataclass(frozen=True)
class Part:
    """A data set, and by case of a table which of its training rows stay."""

    dataset: str
    profiles: dict
    image_size: int | None = None
    crop: int | None = None
    classes: list | None = None
    flattened: bool = False
    n_samples_per_class: int = 0


@dataclass(frozen=True)
class Table:
    """A table of a paper: what it measures, on what, of which rows."""

    measure: str  #: ``cn``, ``minority``, ``pairs``, ``images`` or ``codes``
    parts: list
    rows: dict
    n_scored_per_class: int = 0
    one_class_each: bool = False  #: each class in turn is ``LABEL`` of the profile, not the first


_DROPS = {p: f"drop:LABEL:{float(p) / 100:g}" for p in ("40", "60", "80", "90", "95", "97.5")}
_DIVIDED = {rate: f"divide:LABEL:{rate}" for rate in RATES}
# with the optimizer and the 25,000 updates of GAMO's networks: its supplement is not at hand
_DOS = {"batch_size": 32, "learning_rate": 2e-4, "ema_decay": 0.0}
_DOS |= {"pretrain_iter": 5000, "max_iter": 20_000}
_CNN = {
    "Baseline CN": Row("none"),
    "SMOTE+CN": Row("SMOTE"),
    "Oversample+CN": Row("random oversampling"),
    "Augment+CN": Row("augmented copies"),
    "DOS": Row("DOSClassifier", _DOS),
    "cDCGAN+CN": Row("CGANOversampler"),
    "GAMO\\D": Row("GAMOClassifier", {"variant": "GAMO-D"}, {"variant": "GAMO-D"}),
    "GAMO": Row("GAMOClassifier"),
}
_ABLATIONS = {
    "cG+CN": Row("GAMOClassifier", {"variant": "cG"}, {"variant": "cG"}),
    "cG+D+CN": Row("GAMOClassifier", {"variant": "cG+D"}, {"variant": "cG+D"}),
}
_BAGAN_RIVALS = {
    "GAN": Row("GANOversampler"),
    "ACGAN": Row("ACGANOversampler"),
    "BAGAN": Row("BAGANOversampler"),
}
_BAGAN_SETS = [
    Part("mnist", _DROPS, image_size=28),
    Part("cifar10", _DROPS),
    Part("flowers", _DROPS, image_size=224),
    Part("gtsrb", {"own": "all"}, image_size=64),
]


def _versions(budget, v3="BAGAN-GP (v3)"):
    """Versions of BAGAN-GP, with the budget of a data set in section 4."""
    kind = "BAGANGPOversampler"
    return {
        "cDRAGAN": Row(kind, {"version": "cDRAGAN"} | budget, {"pretrain_iter": 0}),
        "BAGAN-GP (v1)": Row(kind, {"version": "v1"} | budget),
        "BAGAN-GP (v2)": Row(kind, {"version": "v2"} | budget),
        v3: Row(kind, {"version": "v3"} | budget),
    }


_CAPGAN = {
    "DCGAN": Row("CGANOversampler"),
    "BAGAN-GP": Row("BAGANGPOversampler", {"version": "v3"}),
    "CAP-GAN": Row("CAPGANOversampler"),
    "CAP-GAN, two-phase": Row("CAPGANOversampler", {"pretraining": "two_phase"}),
    "CAP-GAN, ensemble": Row("CAPGANOversampler", {"pretraining": "ensemble"}),
}
_GANDA = {"BAGAN": Row("BAGANOversampler"), "GANDA": Row("GANDAOversampler")}
_FACES = {p: f"drop:female:{float(p) / 100:g}" for p in ("60", "70", "80", "90")}
_FACE_SET = Part("celeba:sex", _FACES, image_size=128, n_samples_per_class=10_000)


def _losses(profile, networks=""):
    """Both losses of GAMO's Table 1."""
    return {f"CE{networks}": profile, f"LS{networks}": profile}


TABLES = {
    "GAMO 1": Table(
        "cn",
        [
            Part("mnist", _losses("gamo_mnist"), flattened=True),
            Part("fashion_mnist", _losses("gamo_fashion_mnist")),
            # not in the paper
            Part("fashion_mnist", _losses("gamo_fashion_mnist", ", flattened"), flattened=True),
        ],
        {
            **{name: row for name, row in _CNN.items() if not name.startswith(("cDC", "GAMO"))},
            "cGAN / cDCGAN+CN": _CNN["cDCGAN+CN"],
            **_ABLATIONS,
            **{name: row for name, row in _CNN.items() if name.startswith("GAMO")},
        },
        n_scored_per_class=100,
    ),
    "GAMO 2": Table(
        "cn",
        [Part("cifar10", {"LS": "gamo_cifar10"}), Part("svhn", {"LS": "gamo_svhn"})],
        _CNN,
        n_scored_per_class=100,
    ),
    "GAMO 3": Table(
        "cn",
        [
            Part(
                "celeba:hair",
                {"small": "gamo_celeba_small", "large": "gamo_celeba_large"},
                image_size=64,
                classes=HAIR,
            ),
            Part(
                "lsun",
                {"small": "gamo_lsun_small", "large": "gamo_lsun_large"},
                image_size=64,
                crop=224,
                classes=LSUN,
            ),
        ],
        {name: row for name, row in _CNN.items() if name != "GAMO\\D"},
        n_scored_per_class=100,
    ),
    "GAMO 4": Table(
        "cn",
        [Part("sun397", {"LS": "all"}, image_size=64, crop=224)],
        {name: row for name, row in _CNN.items() if name != "GAMO\\D"},
        n_scored_per_class=20,
    ),
    "BAGAN 8": Table("pairs", _BAGAN_SETS, _BAGAN_RIVALS, one_class_each=True),
    "BAGAN 9": Table(
        "minority",
        _BAGAN_SETS,
        {**_BAGAN_RIVALS, "Plain": Row("none"), "Mirror": Row("mirrored copies")},
        one_class_each=True,
    ),
    # Tables 1 and 2 count rows; the figures beside them show what versions draw
    "BAGAN-GP 1": Table(
        "images",
        [
            Part(
                "fashion_mnist",
                {
                    "A": "4231,4165,4199,4211,4185,4217,4189,4241,4175,4187",
                    "B": "bagan_gp_fashion_mnist",
                },
                image_size=64,
            )
        ],
        _versions({}),
    ),
    "BAGAN-GP 2": Table(
        "images",
        [
            Part(
                "cifar10",
                {
                    "C": "3527,3523,3500,3458,3563,3455,3535,3509,3453,3476",
                    "D": "bagan_gp_cifar10",
                },
                image_size=64,
            )
        ],
        _versions({"max_iter": "30 epochs"}),
    ),
    "BAGAN-GP 4": Table(
        "images",
        [Part("cells", {"": "all"}, image_size=64)],
        {
            "Rec. samples (Autoencoder)": Row(
                "BAGANGPOversampler", {"max_iter": 0}, {"max_iter": 0}, reconstructs=True
            ),
            "BAGAN": _GANDA["BAGAN"],
            **_versions({"max_iter": "100 epochs"}, "BAGAN-GP (v3, 100)"),
            "BAGAN-GP (v3, 200)": Row(
                "BAGANGPOversampler", {"version": "v3", "max_iter": "200 epochs"}
            ),
            "Real samples (Train)": Row("none"),
        },
    ),
    "CAPGAN 1": Table(
        "images",
        [Part(name, _DIVIDED, image_size=32) for name in ("mnist", "fashion_mnist", "cifar10")],
        _CAPGAN,
    ),
    "CAPGAN 4": Table("images", [Part("cells", {"": "all"}, image_size=64)], _CAPGAN),
    "CAPGAN 5": Table(
        "images",
        [Part("breakhis", {"2.19": "all", "10": "10"}, image_size=32)],
        _CAPGAN,
    ),
    "GANDA 2": Table("images", [_FACE_SET], {"CelebA (real)": Row("none"), **_GANDA}),
    "GANDA 3": Table(
        "codes",
        # a sampler trains where rows lack: a hundredth of the zeros does
        [Part("mnist", {"": "drop:0:0.01"}, image_size=32)],
        {
            "BAGAN": Row("BAGANOversampler", {"noise_weight": 0.5, "max_iter": 0}, {"max_iter": 0}),
            "GANDA": Row("GANDAOversampler", {"max_iter": 0}, {"max_iter": 0}),
        },
    ),
    "GANDA 4": Table(
        "minority",
        [
            Part(
                "mnist",
                {p: f"drop:0:{float(p) / 100:g}" for p in ("60", "80", "90", "95", "97.5")},
                image_size=32,
            )
        ],
        {
            "Plain": Row("none"),
            "Vanilla GAN": Row("GANOversampler"),
            "ACGAN": Row("ACGANOversampler"),
            **_GANDA,
        },
    ),
    "GANDA 5": Table("minority", [_FACE_SET], {"Plain": Row("none"), **_GANDA}),
}
