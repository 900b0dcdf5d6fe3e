"""Arguments of the command, and the sampler that they stand for."""

from __future__ import annotations

import argparse
import ast
import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from imblearn_gan import over_sampling
from imblearn_gan._command.common import InputError
from imblearn_gan._version import __version__
from imblearn_gan.base import BaseGANOversampler

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all")

BALANCE = """\
Train a sampler on a table or on a folder of images, and write what was there, as it was, with
generated rows below.

Tables: CSV (.csv, .tsv, or any other name) and Parquet (.parquet), with a header. Records of a CSV
file are written again to the letter. A column of it holds integers, decimals or ISO dates if every
cell is written as one, and text otherwise: 007 stays text. Empty cells are missing values, as are
NA, NaN and null in a column of numbers or dates; generated rows have such gaps as often as their
class. A Parquet file keeps its dtypes.

Images: a folder with a sub-folder a class. Files are copied; generated ones are called
synthetic_*.png, and further copies repeated_*.png.

Half of what is added are generated rows and half repeated real ones, unless --param replay=0 (or
another fraction) says otherwise.
"""

EXAMPLES = """\
examples:
  python -m imblearn_gan balance in.csv --target y --out out.csv --sampler cgan
  python -m imblearn_gan balance in.csv --target y --out out.csv --sampler cwgangp --seed 0 \\
      --strategy fraud=500 --param replay=0 --param max_iter=2000 --mark-synthetic origin
  python -m imblearn_gan balance photos --image-folder --out balanced --image-size 64
"""


def names() -> dict[str, type[BaseGANOversampler]]:
    """Return the samplers by the names that the command knows."""
    found = (getattr(over_sampling, name) for name in over_sampling.__all__)
    return {
        cls.__name__.removesuffix("Oversampler").lower(): cls
        for cls in found
        if issubclass(cls, BaseGANOversampler)
    }


class _Parser(argparse.ArgumentParser):
    """A parser that knows how labels with a dash in front are given."""

    def error(self, message: str) -> NoReturn:
        """Leave with the message, and with what may have been meant."""
        if message.startswith("argument --strategy: expected"):
            message += "; of a label such as -1: --strategy=-1=30"
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    parser = _Parser(
        prog="python -m imblearn_gan",
        description="GANs for imbalanced data, on files.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"imblearn-gan {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("samplers", help="list the samplers", description="List the samplers.")
    balance = commands.add_parser(
        "balance",
        help="balance a table or a folder of images",
        description=BALANCE,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    balance.add_argument("input", type=Path, help="the file or folder to balance")
    add = balance.add_argument
    add("--out", type=Path, required=True, help="where the result goes: a file, or a folder")
    add("--target", metavar="COLUMN", help="the column of labels (tables)")
    add("--sampler", default="cgan", metavar="NAME", help="see 'samplers' (default: cgan)")
    add(
        "--strategy",
        nargs="+",
        action="extend",
        metavar="S",
        help=f"which classes grow, and how far: {', '.join(map(repr, STRATEGIES))}; a ratio of "
        "rare to frequent rows, of two classes; or LABEL=ROWS ..., the rows of a class afterwards "
        "(default: auto, all classes as large as the largest). A label with a dash in front needs "
        "an equals sign, --strategy=-1=30; may be repeated",
    )
    add(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the sampler, such as max_iter=2000; may be repeated",
    )
    add("--seed", type=int, help="an integer: the same rows in every run")
    add(
        "--mark-synthetic",
        metavar="COLUMN",
        help="add a column that says of each row: real, generated or repeated (tables)",
    )
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that the sampler does not see, such as an id: empty in added rows; may be "
        "repeated (tables)",
    )
    add("--image-folder", action="store_true", help="the input is a folder with a folder a class")
    add("--image-size", type=int, metavar="N", help="bring images to N x N pixels, as PNG")
    add("--separator", metavar="C", help="what separates cells (default: a tab in .tsv, else ',')")
    add("--decimal", default=".", choices=[".", ","], help="decimal mark of a CSV (default: .)")
    add("--encoding", default="utf-8", help="encoding of a CSV (default: utf-8)")
    add(
        "--date",
        action="append",
        default=[],
        metavar="COLUMN=FORMAT",
        help="how the dates of a column of a CSV are written, such as day=%%d/%%m/%%Y; may be "
        "repeated",
    )
    add("--overwrite", action="store_true", help="replace the output file if it is there")
    add("--quiet", action="store_true", help="no progress bar and no summary")
    return parser


def pair(text: str, option: str) -> tuple[str, str]:
    """Return the two sides of NAME=VALUE."""
    name, sign, value = text.rpartition("=") if option == "--strategy" else text.partition("=")
    if not sign or not name or not value:
        raise InputError(f"{option} must be NAME=VALUE. Got {text!r}.")
    return name, value


def build_sampler(args: argparse.Namespace, labels: list) -> BaseGANOversampler:
    """Return the sampler that the arguments stand for, for rows of these labels."""
    known = names()
    name = args.sampler.lower().replace("-", "").replace("_", "").removesuffix("oversampler")
    if name not in known:
        raise InputError(f"--sampler {args.sampler!r} is none of {', '.join(known)}.")
    cls = known[name]
    settings: dict[str, Any] = {"verbose": 0 if args.quiet else 1}
    if args.seed is not None:
        if args.seed < 0:
            raise InputError(f"--seed must be 0 or more. Got {args.seed}.")
        settings["random_state"] = args.seed
    allowed = cls().get_params()
    for text in args.param:
        parameter, value = pair(text, "--param")
        if parameter in ("sampling_strategy", "random_state"):
            option = {"sampling_strategy": "--strategy", "random_state": "--seed"}[parameter]
            raise InputError(f"--param {parameter}: use {option}.")
        if parameter not in allowed:
            close = get_close_matches(parameter, allowed, n=1)
            meant = f" Do you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"--param {parameter!r} is no parameter of {cls.__name__}.{meant} It has: "
                f"{', '.join(allowed)}."
            )
        settings[parameter] = _value(parameter, value)
    strategy = _strategy(args.strategy or ["auto"], labels)
    return cls(sampling_strategy=strategy, **settings)


def _value(parameter: str, text: str) -> Any:
    """Return the value that a text is written as in Python, or the text."""
    try:
        return ast.literal_eval(text)
    except (MemoryError, RecursionError) as error:
        raise InputError(f"--param {parameter}: the value is nested too deeply.") from error
    except (ValueError, SyntaxError):
        return {"true": True, "false": False, "none": None}.get(text.lower(), text)


def _strategy(texts: list[str], labels: list) -> Any:
    """Return ``sampling_strategy``."""
    if " ".join(texts) in STRATEGIES:
        return " ".join(texts)
    if len(texts) == 1 and texts[0].startswith("{"):
        try:
            wanted = json.loads(texts[0], object_pairs_hook=list)  # also names that come twice
        except (ValueError, RecursionError) as error:
            raise InputError(f"--strategy is no JSON: {error}. Got {texts[0]}") from error
    elif len(texts) == 1 and "=" not in texts[0]:
        try:
            return float(texts[0])
        except ValueError as error:
            raise InputError(
                f"--strategy must be one of {', '.join(STRATEGIES)}, a ratio, or LABEL=ROWS. Got "
                f"{texts[0]!r}."
            ) from error
    else:
        wanted = [pair(text, "--strategy") for text in texts]
    by_text = {str(label): label for label in labels}
    strategy = {}
    for name, n in wanted:
        if name not in by_text:
            some = ", ".join(sorted(by_text)[:20])
            raise InputError(f"--strategy: {name!r} is no label of the input: {some}.")
        if not str(n).isdecimal():
            raise InputError(f"--strategy: the rows of {name!r} must be an integer. Got {n!r}.")
        if by_text[name] in strategy:
            raise InputError(f"--strategy names {name!r} twice.")
        strategy[by_text[name]] = int(n)
    return strategy
