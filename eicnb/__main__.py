"""The programs `sandbox` and `scrub`, run as `python -m eicnb sandbox` or `eicnb sandbox`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

_PROGRAMS = {
    "sandbox": ("eicnb.local_aws.program", "serve an embedded AWS on 127.0.0.1 until Ctrl-C"),
    "scrub": ("eicnb.scrub.program", "mask account ids, names and secrets in saved notebooks"),
}
_USAGE = 252


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program that the first argument names, and return its exit code."""
    name, *rest = [*(sys.argv[1:] if arguments is None else arguments)] or [""]
    if name in {"-h", "--help"}:
        sys.stdout.write(_usage())
        return 0
    if name not in _PROGRAMS:
        sys.stderr.write(f"eicnb has no program {name!r}\n" if name else "")
        sys.stderr.write(_usage())
        return _USAGE
    return int(import_module(_PROGRAMS[name][0]).main(rest))


def _usage() -> str:
    programs = "".join(f"  eicnb {name:<9}{meaning}\n" for name, (_, meaning) in _PROGRAMS.items())
    return f"usage: eicnb PROGRAM [OPTIONS]\n\n{programs}\n`eicnb PROGRAM --help` lists the options.\n"


if __name__ == "__main__":
    sys.exit(main())
