"""The program `python -m eicnb scrub`: clean saved notebooks, and report what was found.

Exit codes:

- 0 if nothing is left that should not be shared.
- 1 if something is left in the sources of cells, or anywhere with `--check`.
- 252 for an invalid command line, or a file that is not a notebook.
- 253 for an invalid EICNB_ variable.
- 255 for a file that cannot be read or written.

All notebooks are processed; the exit code is the highest one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from eicnb.errors import ConfigurationError, EicError, UsageError
from eicnb.redaction.masks import NAMES, Masks, names_in
from eicnb.redaction.search import highest_mask
from eicnb.scrub.cleaning import Cleaning
from eicnb.scrub.files import Saved
from eicnb.scrub.report import Report

LEFT = 1
"""The exit code when something is left that should not be shared."""


class _ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=" ".join(self.format_usage().split()[1:]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Clean the notebooks, report what was found, and return the exit code."""
    try:
        options = _parser().parse_args(arguments)
        names = (*_names_of_environment(), *_names_of(options.name))
    except EicError as error:
        return _failed(error)
    return max(_scrub(path, names, check=options.check) for path in options.notebook)


def _names_of_environment() -> tuple[str, ...]:
    text = os.environ.get(NAMES, "").strip()
    try:
        return _names_of(text.split(",")) if text else ()
    except UsageError as error:
        raise ConfigurationError(f"{NAMES}: {error.message}", hint=error.hint) from error


def _names_of(names: Sequence[str]) -> tuple[str, ...]:
    try:
        return names_in(names)
    except ValueError as error:
        message, hint = error.args
        raise UsageError(message, hint=hint) from None


def _parser() -> argparse.ArgumentParser:
    parser = _ArgumentParser(
        prog="python -m eicnb scrub",
        description="Mask account ids, names, keys, tokens and signatures in the outputs and metadata of notebooks.",
        epilog="Exit code 0: nothing is left. 1: something is left, in sources, or anywhere with --check.",
        allow_abbrev=False,
    )
    parser.add_argument("notebook", nargs="+", type=Path, metavar="NOTEBOOK", help="a saved notebook (.ipynb)")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="a name to mask, in addition to EICNB_REDACT_NAMES; may be repeated",
    )
    parser.add_argument(
        "--check", action="store_true", help="report what would be masked or is left, and change nothing"
    )
    return parser


def _scrub(path: Path, names: Sequence[str], *, check: bool) -> int:
    try:
        saved = Saved.read(path)
        cleaning = Cleaning(Masks(after=highest_mask(saved.text)), names)
        notebook = _cleaned(cleaning, saved)
        if cleaning.report.to_clean and not check:
            saved.write(notebook)
    except EicError as error:
        return _failed(error)
    _print(_summary(path, cleaning.report, check=check), to=sys.stdout)
    left = cleaning.report.found if check else cleaning.report.in_sources
    return LEFT if left else 0


def _cleaned(cleaning: Cleaning, saved: Saved) -> dict[str, object]:
    try:
        return cleaning.cleaned(saved.notebook)
    except RecursionError as error:
        raise UsageError(
            f"{saved.path} is not a notebook: it is nested too deeply", hint="give another notebook"
        ) from error


def _summary(path: Path, report: Report, *, check: bool) -> str:
    found, in_sources = report.found.total(), report.in_sources
    if not found:
        verdict = "nothing found"
    elif check:
        verdict = f"{found} found, nothing changed"
    else:
        left = f", {in_sources} left in sources" if in_sources else ""
        verdict = f"{found} found, {report.to_clean} masked{left}"
    return "\n".join([f"{path}: {verdict}", *(f"  {line}" for line in report.lines())])


def _failed(error: EicError) -> int:
    _print(str(error), to=sys.stderr)
    return error.exit_code


def _print(text: str, *, to: TextIO) -> None:
    to.write(f"{text}\n")
    to.flush()
