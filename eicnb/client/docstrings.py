"""Share the reference part of a docstring between a method of `Eic` and the function of the same name.

>>> def count(events):
...     '''Count events.
...
...     >>> count([1, 2])
...     2
...
...     `events` are those of one function.
...     '''
>>> @with_details_of(count)
... def count_all(events):
...     '''Count the events of all functions.'''
>>> print(count_all.__doc__)
Count the events of all functions.
<BLANKLINE>
`events` are those of one function.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def with_details_of(described: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that appends what another docstring says after its example.

    `eicnb.audit?` then explains every parameter, not only those that `Eic.audit` lacks.
    """

    def append(function: Callable[P, R]) -> Callable[P, R]:
        function.__doc__ = "\n\n".join(filter(None, [getdoc(function), *_details(getdoc(described) or "")]))
        return function

    return append


def _details(docstring: str) -> list[str]:
    """Return the paragraphs of a docstring without its first sentence and its examples."""
    _, *rest = docstring.split("\n\n")
    return [paragraph for paragraph in rest if not paragraph.startswith(">>>")]
