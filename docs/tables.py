"""Write the tables of the pages that the code knows better: ``python docs/tables.py``.

A table stands between ``<!-- table: name -->`` and ``<!-- end -->``. With ``--check`` nothing is
written, and the script fails if a page is not what the code says.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from imblearn_gan import BaseGANOversampler, DOSClassifier, GAMOClassifier, over_sampling
from imblearn_gan._docs import PARAMETERS
from imblearn_gan.presets import PRESETS, Epochs

DOCS = Path(__file__).parent
SAMPLERS = {
    name: cls
    for name in over_sampling.__all__
    if issubclass(cls := getattr(over_sampling, name), BaseGANOversampler)
}
USED = [
    *("numpy", "scipy", "scikit-learn", "imbalanced-learn", "torch", "pandas", "polars"),
    *("pyarrow", "skorch", "matplotlib", "pillow", "torchmetrics"),
]
TEXTS = {name: text for group in PARAMETERS.values() for name, text in group.items()}


def short(name: str) -> str:
    """Return a sampler's name as tables have it."""
    return name.removesuffix("Oversampler")


def first_sentence(text: str) -> str:
    """Return the first sentence of a parameter's text, in Markdown."""
    lines = text.split("\n", 1)[1].replace("<paper>", "").replace("<auto>", "").split()
    sentence = re.split(r"(?<=[.:])\s+(?=[A-Z`{-])", " ".join(lines))[0].rstrip(".:")
    return re.sub(r":\w+:`~?([^`]*)`", lambda m: m[1].split(".")[-1], sentence).replace("``", "`")


def options() -> str:
    """Return the parameters that more than one sampler has, with defaults by sampler."""
    defaults: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, cls in SAMPLERS.items():
        for field in fields(cls):
            default = repr(field.default)
            if field.name in cls._auto and field.default == "auto":
                on_images, on_tables = cls._auto[field.name]
                same = on_images == on_tables
                default = f"{on_images}" if same else f"{on_images} / {on_tables}"
            defaults[field.name][default].append(short(name))
    rows = ["| parameter | default | what it does |", "|---|---|---|"]
    for parameter in (name for name in TEXTS if name in defaults):
        by_value = sorted(defaults[parameter].items(), key=lambda item: -len(item[1]))
        n_samplers = sum(len(names) for _, names in by_value)
        if n_samplers < 2:
            continue
        cells = [
            f"`{value}`" + (f" ({', '.join(names)})" if i or n_samplers < len(SAMPLERS) else "")
            for i, (value, names) in enumerate(by_value)
        ]
        text = first_sentence(TEXTS[parameter]).replace("|", "\\|")
        rows.append(f"| `{parameter}` | {', '.join(cells)} | {text} |")
    return "\n".join(rows)


def methods() -> str:
    """Return the samplers with the first line of their docstrings."""
    rows = ["| sampler | |", "|---|---|"]
    for name, cls in SAMPLERS.items():
        rows.append(f"| `{name}` | {(cls.__doc__ or '').splitlines()[0].rstrip('.')} |")
    return "\n".join(rows)


def api() -> str:
    """Return the names that the API page lists."""
    names = "\n".join(f"   {name}" for name in [*SAMPLERS, "BaseGANOversampler"])
    return (
        "```{eval-rst}\n.. currentmodule:: imblearn_gan\n.. autosummary::\n"
        f"   :toctree: generated\n   :caption: Samplers\n   :nosignatures:\n\n{names}\n```"
    )


def versions() -> str:
    """Return the lowest version of each project that is used, and the one that is tested with."""
    root = DOCS.parent
    bounds = re.findall(r'"([\w-]+)>=([\d.]+)', (root / "pyproject.toml").read_text())
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (root / "constraints.txt").read_text(), re.M))
    lowest = {name: bound for name, bound in reversed(bounds) if name in USED}
    rows = ["| | lowest | in `constraints.txt` |", "|---|---|---|", "| Python | 3.10 | 3.11 |"]
    rows += [f"| {name} | {lowest[name]} | {pins[name]} |" for name in USED]
    return "\n".join(rows)


def _value(cls: type, name: str, value: object) -> str:
    """Return a value as a table has it; of ``'auto'`` what it stands for on images."""
    if value == "auto" and name in getattr(cls, "_auto", {}):
        value = cls._auto[name][0]
    return str(value) if isinstance(value, Epochs) else f"`{value!r}`"


def paper(cls: type, *names: str) -> str:
    """Return what presets set, the defaults beside it, and where each value comes from.

    Where several presets differ, each value has the last words of the names of its presets.
    """
    defaults = {field.name: field.default for field in fields(cls)}
    rows = ["| parameter | `paper()` | default | source |", "|---|---|---|---|"]
    for parameter in PRESETS[names[0]]:
        found: dict[str, list[str]] = defaultdict(list)
        sources: dict[str, None] = {}
        for name in names:
            setting = PRESETS[name][parameter]
            found[_value(cls, parameter, setting.value)].append(name.rsplit(" ", 1)[-1])
            sources[setting.source] = None
        cells = [
            value + (f" ({', '.join(versions)})" if len(found) > 1 else "")
            for value, versions in found.items()
        ]
        default = _value(cls, parameter, defaults[parameter])
        rows.append(f"| `{parameter}` | {', '.join(cells)} | {default} | {'; '.join(sources)} |")
    return "\n".join(rows)


def _trained() -> Iterator[tuple[str, Any, str]]:
    """Yield what trains, with as many losses as it can have, and the data that it takes."""
    once = {"max_iter": 1, "batch_size": 4, "random_state": 0}
    for name, cls in SAMPLERS.items():
        first = {"pretrain_iter": 1} if "pretrain_iter" in cls().get_params() else {}
        yield short(name), cls(**once | first), "table"
    gamo = over_sampling.GAMOOversampler(combine="features", **once)
    yield "GAMO on features", gamo, "images"
    yield "GAMOClassifier", GAMOClassifier(**once), "table"
    yield "DOSClassifier", DOSClassifier(pretrain_iter=1, **once), "table"
    yield "GAMO2pix", over_sampling.GAMO2pix(nn.Flatten(), **once), "images"
    yield "samplers with `reject=True`", SAMPLERS["CGANOversampler"](reject=True, **once), "table"


def phases() -> str:
    """Return the names of phases and of what they record, by method: those of a short training."""
    stream = np.random.RandomState(0)
    data = {"table": stream.rand(12, 2), "images": stream.rand(12, 8, 8)}
    y = np.repeat(["common", "<label>"], [8, 4])
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, estimator, kind in _trained():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what has learnt for one iteration
            getattr(estimator, "fit_resample", estimator.fit)(data[kind], y)
        losses: dict[str, dict[str, None]] = defaultdict(dict)
        for record in estimator.history_:
            losses[record["phase"]].update(dict.fromkeys(record))
        for phase, names in losses.items():
            if "reject" in name and phase != "rejection":
                continue
            plain = {re.sub(r"^class_\d+", "class_<code>", n): None for n in names}
            cell = ", ".join(f"`{n}`" for n in plain if n not in ("phase", "iteration"))
            is_main = "yes" if phase.split(" ")[0] == estimator._main_phase else ""
            found[phase, cell, is_main].append(name)
    rows = ["| phase | main | of | what it records |", "|---|---|---|---|"]
    for (phase, cell, is_main), names in found.items():
        rows.append(f"| `{phase}` | {is_main} | {', '.join(names)} | {cell} |")
    return "\n".join(rows)


TABLES = {
    "phases": phases,
    "versions": versions,
    "options": options,
    "methods": methods,
    "api": api,
    "paper_bagan": partial(paper, over_sampling.BAGANOversampler, "BAGAN"),
    "paper_bagan_gp": partial(
        paper,
        over_sampling.BAGANGPOversampler,
        *(f"BAGAN-GP {version}" for version in ("v1", "v2", "v3", "cDRAGAN")),
    ),
    "paper_capgan": partial(paper, over_sampling.CAPGANOversampler, "CAPGAN"),
    "paper_ganda": partial(paper, over_sampling.GANDAOversampler, "GANDA"),
    "paper_gamo": partial(
        paper, over_sampling.GAMOOversampler, "GAMO convolutional", "GAMO flattened"
    ),
    "paper_gan": partial(paper, over_sampling.GANOversampler, "GAN"),
    "paper_cgan": partial(paper, over_sampling.CGANOversampler, "CGAN"),
    "paper_acgan": partial(paper, over_sampling.ACGANOversampler, "ACGAN"),
    "paper_deepsmote": partial(paper, over_sampling.DeepSMOTEOversampler, "DeepSMOTE"),
    "paper_cwgan_gp": partial(paper, over_sampling.CWGANGPOversampler, "CWGAN-GP"),
}


def filled(page: str) -> str:
    """Return a page with its tables as the code has them."""
    return re.sub(
        r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)",
        lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n\n{match[3]}",
        page,
        flags=re.DOTALL,
    )


def main(check: bool) -> list[str]:
    """Write the pages, or with ``check`` only return the names of those that differ."""
    changed = []
    for path in sorted([*DOCS.glob("*.md"), *DOCS.glob("methods/*.md")]):
        page = path.read_text()
        if (new := filled(page)) != page:
            changed.append(path.name)
            if not check:
                path.write_text(new)
    return changed


if __name__ == "__main__":
    stale = main(check="--check" in sys.argv)
    if "--check" in sys.argv and stale:
        raise SystemExit(f"{', '.join(stale)}: run python docs/tables.py")
