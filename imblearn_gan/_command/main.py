"""The command's way from arguments to files."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imblearn_gan._command.arguments import build_parser, build_sampler, names, pair
from imblearn_gan._command.common import GENERATED, REPEATED, Added, InputError, Source
from imblearn_gan._command.csv_file import CsvFile
from imblearn_gan._command.image_folder import ImageFolder
from imblearn_gan._command.parquet_file import ParquetFile
from imblearn_gan.training import is_first_rank

#: Exit codes: of a training that failed, of input that is wrong, of Ctrl-C.
FAILED, WRONG, INTERRUPTED = 1, 2, 130
#: What a warning advises, in Python and here.
ADVICE = {
    "Drop them, or make them the index of the data frame.": (
        "Leave them out with --ignore COLUMN, once for each."
    )
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    int
        The exit code: 0; 1 if training failed; 2 if the input is wrong; 130 after Ctrl-C.
    """
    args = build_parser().parse_args(argv)
    try:
        if args.command == "samplers":
            _list_samplers()
        else:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                _balance(args)
    except KeyboardInterrupt:
        return _say("stopped: nothing was written", INTERRUPTED)
    except (ValueError, TypeError, ImportError, OSError) as error:
        return _say(f"error: {error}", WRONG)
    except (ArithmeticError, RuntimeError, MemoryError) as error:
        return _say(f"error: {type(error).__name__}: {error}", FAILED)
    return 0


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"python -m imblearn_gan: {text}\n")
    return code


def _show_warning(message: Any, category: type, *_: Any, **__: Any) -> None:
    if issubclass(category, UserWarning):
        text = str(message)
        for in_python, here in ADVICE.items():
            text = text.replace(in_python, here)
        sys.stderr.write(f"warning: {text}\n")


def _list_samplers() -> None:
    for name, cls in names().items():
        summary = (cls.__doc__ or "").splitlines()[0].replace(" [1]_", "")
        sys.stdout.write(f"{name:<10} {summary}\n")


def _balance(args: argparse.Namespace) -> None:
    out = _check_paths(args)
    source = _open(args)
    sampler = build_sampler(args, source.y)
    n_samples = len(source.y)
    X_res, y_res = sampler.fit_resample(source.X, source.y)
    if not is_first_rank():
        return
    added = Added(
        X_res[n_samples:],
        list(y_res[n_samples:]),
        sampler.sample_source_[n_samples:],
        bool(sampler.replay_augmentation),
    )
    source.write(out, added)
    if not args.quiet:
        sys.stdout.write(_summary(source, added) + f"{args.out}: {len(y_res)} {source.what}\n")


def _check_paths(args: argparse.Namespace) -> Path:
    """Return where the result goes, links resolved, once it is sure that it can."""
    if not args.input.exists():
        raise InputError(f"{args.input} is not there.")
    if args.image_folder and not args.input.is_dir():
        raise InputError(f"--image-folder: {args.input} is no folder.")
    try:
        out = args.out.resolve()
    except RuntimeError as error:  # a circle of links, before Python 3.13
        raise InputError(f"--out: {error}") from error
    if args.out.exists() and out == args.input.resolve():
        raise InputError("--out is the input: give another name.")
    if args.input.is_dir():
        if out.is_relative_to(args.input.resolve()):
            raise InputError("--out lies in the input folder: give another place.")
        if args.out.exists() and not (args.out.is_dir() and not any(args.out.iterdir())):
            raise InputError(f"--out {args.out} is there, and no empty folder.")
    elif args.out.is_dir() or (args.out.exists() and not args.overwrite):
        raise InputError(f"--out {args.out} is there already: give another name, or --overwrite.")
    elif args.out.exists() and not args.out.is_file():
        raise InputError(f"--out {args.out} is no regular file, which alone can be replaced.")
    if not out.parent.is_dir():
        raise InputError(f"--out: the folder {out.parent} is not there.")
    try:
        with tempfile.TemporaryDirectory(prefix=".", dir=out.parent) as folder:
            (Path(folder) / out.name).touch()
    except OSError as error:
        raise InputError(f"--out: {out} cannot be written: {error.strerror}.") from error
    return out


def _open(args: argparse.Namespace) -> Source:
    """Read the input, as what it is."""
    if args.input.is_dir():
        for option in ("target", "mark_synthetic", "ignore"):
            if getattr(args, option):
                raise InputError(
                    f"--{option.replace('_', '-')} is for tables: folders name classes."
                )
        return ImageFolder(args.input, args.image_size)
    if args.image_size is not None:
        raise InputError("--image-size is for folders of images.")
    if args.target is None:
        raise InputError("--target is needed: the column of labels.")
    if (args.input.suffix.lower() == ".parquet") != (args.out.suffix.lower() == ".parquet"):
        raise InputError("--out must be of the kind of the input: Parquet or CSV.")
    columns = {"target": args.target, "ignored": args.ignore, "mark": args.mark_synthetic}
    if args.input.suffix.lower() == ".parquet":
        return ParquetFile(args.input, **columns)
    separator = args.separator or ("\t" if args.input.suffix.lower() == ".tsv" else ",")
    separator = {"tab": "\t", "\\t": "\t"}.get(separator, separator)
    if len(separator) != 1 or separator in '"\r\n' or separator == args.decimal:
        raise InputError(
            f"--separator must be one character that no cell needs. Got {separator!r}."
        )
    return CsvFile(
        args.input,
        **columns,
        separator=separator,
        decimal=args.decimal,
        encoding=args.encoding,
        time_formats=_time_formats(args),
    )


def _time_formats(args: argparse.Namespace) -> dict[str, str]:
    """Return how the dates of which columns are written."""
    formats: dict[str, str] = {}
    for name, written in (pair(text, "--date") for text in args.date):
        if name == args.target or name in args.ignore:
            what = "the target" if name == args.target else "ignored"
            raise InputError(f"--date {name!r} is {what}: its cells are not read as dates.")
        if name in formats:
            raise InputError(f"--date names {name!r} twice.")
        formats[name] = written
    return formats


def _summary(source: Source, added: Added) -> str:
    """Return a table of the rows of each class."""
    before, new = Counter(source.y), Counter(zip(added.labels, added.marks()))
    rows: list[tuple] = [("class", "before", "after", GENERATED, REPEATED)]
    for label in sorted(before, key=str):
        parts = new[label, GENERATED], new[label, REPEATED]
        rows.append((label, before[label], before[label] + sum(parts), *parts))
    width = max(len(str(row[0])) for row in rows)
    lines = [f"{row[0]!s:<{width}}" + "".join(f"{cell:>11}" for cell in row[1:]) for row in rows]
    return "\n".join(lines) + "\n"
