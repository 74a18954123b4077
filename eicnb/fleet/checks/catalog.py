"""The checks and layers, found in the packages next to this module, and the help page about them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from eicnb.cli.permissions import LAYERS
from eicnb.fleet import checks as package
from eicnb.fleet.checks.check import Check
from eicnb.fleet.checks.evidence import Layer
from eicnb.fleet.checks.finding import SEVERITIES


@cache
def checks() -> Mapping[str, Check]:
    """Return every check by its name, ordered by layer, then the most severe first.

    >>> checks()["nowhere-to-go"].severity
    'high'
    """
    found = [value for module in _modules() for value in vars(module).values() if isinstance(value, Check)]
    place = [*LAYERS].index
    found.sort(key=lambda one: (place(one.layer), -SEVERITIES.index(one.severity), one.name))
    return {one.name: one for one in found}


@cache
def layers() -> Mapping[str, Layer[Any, Any]]:
    """Return every layer beyond the settings by its name, in the order in which they are read."""
    found = {value.name: value for module in _modules() for value in vars(module).values() if isinstance(value, Layer)}
    return {name: found[name] for name in LAYERS if name in found}


def _modules() -> Iterator[ModuleType]:
    """Yield the modules of the packages in `fleet.checks`, one package a layer."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.removeprefix(f"{package.__name__}.").count("."):
            yield import_module(found.name)
