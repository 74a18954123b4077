"""The checks and layers that the packages next to this module define, and their help page."""

from __future__ import annotations

import pkgutil
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from eicnb.cli.permissions import LAYERS
from eicnb.fleet import checks as package
from eicnb.fleet.checks.check import Check
from eicnb.fleet.checks.evidence import Layer
from eicnb.model.severity import SEVERITIES


@cache
def checks() -> Mapping[str, Check]:
    """Return every check by name, ordered by layer and then by severity, the most severe first.

    >>> checks()["nowhere-to-go"].severity
    'high'
    """
    found = [value for module in _modules() for value in vars(module).values() if isinstance(value, Check)]
    place = [*LAYERS].index
    found.sort(key=lambda one: (place(one.layer), -SEVERITIES.index(one.severity), one.name))
    return {one.name: one for one in found}


@cache
def layers() -> Mapping[str, Layer[Any, Any]]:
    """Return every layer beyond the settings by name, in the order of reading."""
    found = {value.name: value for module in _modules() for value in vars(module).values() if isinstance(value, Layer)}
    return {name: found[name] for name in LAYERS if name in found}


def page() -> str:
    """Return the help page of the checks: each layer with its IAM actions, followed by its checks.

    >>> page().splitlines()[3].split()[:2]
    ['alias-bypass', 'high']
    """
    sections = ["%eic check ${audit}: the checks, by the layer of --look that they need"]
    for name, operations in LAYERS.items():
        actions = ", ".join(dict.fromkeys(operation.action for operation in operations)) or "no request"
        meaning = layers()[name].meaning if name in layers() else "the audit alone"
        head = _wrapped(f"{name}: {meaning}; {actions}", "", "  ")
        of_layer = [one for one in checks().values() if one.layer == name]
        sections.append("\n".join([*head, *(line for one in of_layer for line in _described(one))]))
    sections.append("\n".join(_wrapped(_MORE, "", "")))
    return "\n\n".join(sections) + "\n"


_WIDTH = 100
_MORE = (
    "Each finding has `why`, a `fix` and AWS's page as `source`. not-read, not-checked, house-rule and expired-mute "
    "always run."
)


def _described(one: Check) -> list[str]:
    """Return the help lines of a check."""
    width = max(map(len, checks()))
    start = f"  {one.name:<{width}}  {one.severity:<8}  "
    return _wrapped(one.meaning, start, " " * len(start))


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def _modules() -> Iterator[ModuleType]:
    """Yield the modules of the packages in `fleet.checks`; each layer has a package."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.removeprefix(f"{package.__name__}.").count("."):
            yield import_module(found.name)
