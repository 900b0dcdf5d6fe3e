"""The papers' own settings: what ``paper()`` of each sampler and of ``GAMOClassifier`` sets.

Each value stands beside where its paper, or its authors' code, has it. The paper decides; where it
is silent, the code of its authors does; where both are, the text says so. What no parameter can
express stands in the docstring of each ``paper()``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

__all__ = [
    "PRESETS",
    "Epochs",
    "Setting",
    "check_version",
    "constructor_arguments",
    "from_preset",
    "gamo_preset",
]

T = TypeVar("T")


class Epochs(NamedTuple):
    """A budget in passes over a training set, which becomes updates once its size is known."""

    n: int
    #: Which set is passed over: ``'n_samples'``, or ``'n_balanced'`` once it was oversampled.
    over: str = "n_samples"

    def __str__(self) -> str:
        return f"{self.n} epochs"


class Setting(NamedTuple):
    """The value of a parameter, and where it comes from."""

    value: Any
    source: str


_CODE = "authors' code"

# what no paper has
_PLAIN = {
    "ema_decay": Setting(0.0, "no averaged weights in the paper"),
    "replay": Setting(0.0, "every added row is a generated one"),
}

_BAGAN = _PLAIN | {
    "balance": Setting(None, "section 4: all images as they are"),
    "architecture": Setting("paper", _CODE),
    "latent_dim": Setting(100, _CODE),
    "codes": Setting("gaussian", "section 4, GAN initialization"),
    "discriminator_init": Setting("encoder", "section 4, GAN initialization"),
    "noise_weight": Setting(0.0, "section 4, autoencoder training"),
    "reconstruction_weight": Setting(0.0, "section 4, adversarial training"),
    "batch_size": Setting(32, _CODE),
    "learning_rate": Setting(5e-5, _CODE),
    "pretrain_learning_rate": Setting(5e-5, _CODE),
    "pretrain_iter": Setting(Epochs(100), _CODE),
    "max_iter": Setting(Epochs(100), _CODE),
}

_GANDA = _BAGAN | {
    "architecture": Setting("paper", "Table 1"),
    "latent_dim": Setting(100, "Table 1"),
    "codes": Setting("gaussian", "section 3; caption of Fig. 7"),
    "discriminator_init": Setting("encoder", "section 3; Table 1"),
    "noise_weight": Setting(0.5, "section 4.1"),
    "reconstruction_weight": Setting(0.0, "eq. (6)"),
    "balance": Setting(None, "section 3: all data as they are"),
    "batch_size": Setting(32, "section 4.1"),
    "learning_rate": Setting(5e-5, "section 4.1"),
    "beta_2": Setting(0.9999, "section 4.1"),
    "pretrain_learning_rate": Setting(5e-5, "section 4.1"),
    "pretrain_iter": Setting(Epochs(150), "section 4.1"),
    "max_iter": Setting(Epochs(150), "not in the paper: as long as the autoencoder"),
}

_BAGAN_GP = _PLAIN | {
    "architecture": Setting("paper", _CODE),
    "latent_dim": Setting(128, "section 4"),
    "codes": Setting("normal", "section 3.2.1, eq. (14)"),
    "discriminator_init": Setting("random", f"section 4.1: initializing G is enough; {_CODE}"),
    "reconstruction_weight": Setting(0.0, "eq. (13), (15)"),
    "n_discriminator_steps": Setting(5, "section 4.1"),
    "batch_size": Setting(128, "section 4"),
    "learning_rate": Setting(2e-4, "section 4"),
    "pretrain_learning_rate": Setting(2e-4, "section 4"),
    "pretrain_iter": Setting(Epochs(30), _CODE),
    "max_iter": Setting(Epochs(15), "section 4, MNIST Fashion"),
}
_REAL_LABELS = {"balance": Setting(None, "eq. (12), (13)")}
_UNIFORM_LABELS = {"balance": Setting("labels", "eq. (14), (15)")}
_UNSUPERVISED = {"autoencoder": Setting("unsupervised", "section 4.2: BAGAN's autoencoder")}
_SUPERVISED = {"autoencoder": Setting("supervised", "section 3.2.2")}

_CAPGAN = _BAGAN_GP | {
    "balance": Setting("labels", "section 3.1: BAGAN-GP's three losses"),
    "latent_dim": Setting(64, f"Table 3; {_CODE}"),
    "discriminator_init": Setting("encoder", "section 3.1"),
    "codes": Setting("normal", "eq. (1)"),
    "reconstruction_weight": Setting(0.0, "section 3.1"),
    "n_discriminator_steps": Setting(5, "Table 3, of 2 to 10"),
    "batch_size": Setting(128, f"Table 3; {_CODE}, the game"),
    "learning_rate": Setting(2e-4, f"Table 3; {_CODE}"),
    "pretrain_learning_rate": Setting(1e-3, f"Table 3; {_CODE}"),
    "pretrain_iter": Setting(Epochs(50, "n_balanced"), "Table 3, of 30, 40 and 50"),
    "max_iter": Setting(Epochs(100), _CODE),
}

_GAMO = {
    "n_support": Setting(None, "eq. (1): all rows of the class"),
    "misleading": Setting("complement", f"Algorithm 1, lines 13-14; {_CODE}"),
    "balance": Setting(None, "Algorithm 1, lines 7 and 10"),
    "adversarial_weight": Setting(None, "Algorithm 1, lines 14 and 15"),
    "generated_weight": Setting(None, "Algorithm 1, lines 2 to 11"),
    "label_smoothing": Setting(0.0, f"eq. (5); {_CODE} smooths"),
    "ema_decay": Setting(0.0, "no averaged weights in the paper"),
    "batch_size": Setting(32, _CODE),
    "learning_rate": Setting(2e-4, _CODE),
    "max_iter": Setting(25_000, f"{_CODE}: 50,000, counted by two"),
}
_CONVOLUTIONAL = {
    "architecture": Setting("paper", f"{_CODE}, Fashion-MNIST"),
    "combine": Setting("features", "section 3.5; Fig. 3"),
}
_FLATTENED = {
    "architecture": Setting("mlp", "section 4.1; Algorithm 1, note"),
    "combine": Setting("rows", "section 4.1; Algorithm 1, note"),
}

_NOISE = _PLAIN | {
    "balance": Setting(None, "rows as they come"),
    "architecture": Setting("auto", "not the paper's: this package's networks"),
    "augmentation": Setting(None, "nothing is changed before D sees it"),
    "spectral_norm": Setting(False, "D has none"),
    "latent_dim": Setting(100, "not in the paper: this package's"),
    "n_discriminator_steps": Setting(1, "one step each"),
    "batch_size": Setting(64, "not in the paper: this package's"),
    "learning_rate": Setting("auto", "not in the paper: this package's"),
    "max_iter": Setting("auto", "not in the paper: this package's"),
}
_GAN = {name: setting for name, setting in _NOISE.items() if name != "balance"} | {
    "loss": Setting("cross_entropy", "section 3; the non-saturating form"),
}
_CGAN = _NOISE | {
    "loss": Setting("cross_entropy", "eq. (2)"),
    "conditioning": Setting("concatenation", "section 3.2; Fig. 1"),
    "latent_dim": Setting(100, "section 4.1"),
    "batch_size": Setting(100, "section 4.1"),
}
_ACGAN = _NOISE | {
    "loss": Setting("cross_entropy", "eq. (2)"),
    "class_loss_weight": Setting(1.0, "section 3"),
    "batch_size": Setting(100, "section 3"),
    "learning_rate": Setting(2e-4, "appendix A"),
    "max_iter": Setting(50_000, "section 3"),
}
_CWGAN_GP = _NOISE | {
    "conditioning": Setting("concatenation", "not in the paper, which knows no labels"),
    "latent_dim": Setting(128, f"{_CODE}, CIFAR-10"),
    "n_discriminator_steps": Setting(5, "Algorithm 1"),
    "batch_size": Setting(64, f"{_CODE}, CIFAR-10"),
    "learning_rate": Setting(1e-4, "Algorithm 1"),
    "max_iter": Setting(200_000, f"{_CODE}, CIFAR-10"),
}

_DEEPSMOTE = _PLAIN | {
    "balance": Setting(None, f"{_CODE}: batches of all rows as they come"),
    "permutation_weight": Setting(1.0, f"{_CODE}: both losses weigh the same"),
    "architecture": Setting("auto", "not the paper's: this package's networks"),
    "latent_dim": Setting(300, f"{_CODE}, MNIST"),
    "batch_size": Setting(100, _CODE),
    "learning_rate": Setting(2e-4, _CODE),
    "max_iter": Setting(Epochs(200), _CODE),
}

#: Settings by method and version: the value of each parameter, and its source.
_PRESETS: dict[str, dict[str, Setting]] = {
    "BAGAN": _BAGAN,
    "GANDA": _GANDA,
    "BAGAN-GP v1": _BAGAN_GP | _UNSUPERVISED | _REAL_LABELS,
    "BAGAN-GP v2": _BAGAN_GP | _UNSUPERVISED | _UNIFORM_LABELS,
    "BAGAN-GP v3": _BAGAN_GP | _SUPERVISED | _UNIFORM_LABELS,
    "BAGAN-GP cDRAGAN": _BAGAN_GP
    | _SUPERVISED
    | _REAL_LABELS
    | {"pretrain_iter": Setting(0, "section 3.2.1: no autoencoder")},
    "CAPGAN": _CAPGAN,
    "GAMO convolutional": _GAMO | _CONVOLUTIONAL,
    "GAMO flattened": _GAMO | _FLATTENED,
    "GAN": _GAN,
    "CGAN": _CGAN,
    "ACGAN": _ACGAN,
    "CWGAN-GP": _CWGAN_GP,
    "DeepSMOTE": _DEEPSMOTE,
}

#: The settings by name of the method, and version.
PRESETS: Mapping[str, Mapping[str, Setting]] = MappingProxyType(
    {name: MappingProxyType(settings) for name, settings in _PRESETS.items()}
)


def check_version(version: Any, versions: Sequence[str], name: str = "version") -> None:
    """Raise a ValueError if a paper has no such version."""
    if version not in versions:
        raise ValueError(f"{name} must be one of {list(versions)}. Got {version!r}.")


def gamo_preset(images: str) -> str:
    """Return the key of GAMO's preset for images that are convolved, or flattened."""
    check_version(images, ("convolutional", "flattened"), "images")
    return f"GAMO {images}"


def constructor_arguments(preset: str, changes: Mapping[str, Any], **n_rows: int) -> dict[str, Any]:
    """Return a preset as the arguments of a constructor, epochs turned into updates.

    Parameters
    ----------
    preset : str
        A key of ``PRESETS``.

    changes : mapping
        Parameters that override it. Where they have a ``batch_size``, epochs are counted in
        batches of that size.

    **n_rows : int
        Rows of the sets that epochs pass over, by the names that :class:`Epochs` has.

    Returns
    -------
    dict
        Values by the names of parameters.

    Raises
    ------
    ValueError
        If there is no such preset, a number of rows is not a positive integer, or one that
        its budget is counted in is not given.

    Examples
    --------
    >>> from imblearn_gan.presets import constructor_arguments
    >>> constructor_arguments("BAGAN", {"batch_size": 100}, n_samples=1000)["max_iter"]
    1000
    """
    for name, n in n_rows.items():
        if not isinstance(n, Integral) or isinstance(n, bool) or n < 1:
            raise ValueError(f"{name} must be an integer >= 1, the rows of a set. Got {n!r}.")
    check_version(preset, list(PRESETS), "preset")
    settings = PRESETS[preset]
    budgets = [setting.value for setting in settings.values()]
    lacking = {b.over for b in budgets if isinstance(b, Epochs)} - set(n_rows)
    if lacking:
        raise ValueError(f"{preset} counts epochs: give {sorted(lacking)}, the rows of its sets.")
    size: Any = changes.get("batch_size")
    if not isinstance(size, Integral) or int(size) < 1:  # the sampler says what is wrong with it
        size = settings["batch_size"].value
    values = {name: setting.value for name, setting in settings.items()} | dict(changes)
    return {
        name: value.n * math.ceil(n_rows[value.over] / size) if isinstance(value, Epochs) else value
        for name, value in values.items()
    }


def from_preset(cls: type[T], preset: str, changes: Mapping[str, Any], **n_rows: int) -> T:
    """Return a method with a preset's settings, which are checked: what ``paper()`` gives.

    Parameters
    ----------
    cls : type
        A sampler or classifier.

    preset : str
        A key of ``PRESETS``.

    changes : mapping
        Parameters that override it.

    **n_rows : int
        Rows of the sets that epochs pass over.

    Returns
    -------
    estimator
        One of ``cls``, not fitted.

    Raises
    ------
    TypeError
        If a change is no parameter of ``cls``.

    ValueError
        If a parameter has a value that ``cls`` does not take, or as :func:`constructor_arguments`.

    Examples
    --------
    >>> from imblearn_gan import BAGANOversampler
    >>> from imblearn_gan.presets import from_preset
    >>> from_preset(BAGANOversampler, "BAGAN", {"max_iter": 500}, n_samples=1000).learning_rate
    5e-05
    """
    kind: Any = cls
    if unknown := [name for name in changes if name not in kind._get_param_names()]:
        counted = {"n_samples", "n_balanced"} & set(unknown) and not n_rows
        why = ": its budget is in updates, max_iter, not in epochs of the rows" if counted else ""
        raise TypeError(
            f"{cls.__name__}.paper() got an unexpected keyword argument {unknown[0]!r}{why}"
        )
    made = kind(**constructor_arguments(preset, changes, **n_rows))
    made._validate_params()
    return made
