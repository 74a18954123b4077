"""Values of options that only the service model knows, converted to the type of their member.

Tested in tests/cli/test_newer_model.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eicnb.cli import shorthand
from eicnb.cli.documents import read_json
from eicnb.errors import UsageError, shown
from eicnb.model.members import Member

_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}
_NESTED = {"structure", "map", "list"}


def parse(member: Member, texts: Sequence[str], read_file: Callable[[str], str] = str) -> Any:
    """Parse the words of an option, several for a list, into a value whose scalars are still text.

    >>> parse(Member("Names", "list", members=(Member("Name", "string"),)), ["a", "b"])
    ['a', 'b']

    Structures, maps and lists may be JSON; structures and maps may be the AWS CLI's shorthand.
    """
    is_json = len(texts) == 1 and texts[0].lstrip()[:1] in {"{", "["}
    if member.kind in _NESTED and is_json:
        return _wrapped(member, read_json(texts[0]))
    if member.kind == "list":
        return [shorthand.parse(text, read_file) if member.members[0].kind in _NESTED else text for text in texts]
    return shorthand.parse(texts[0], read_file) if member.kind in _NESTED else texts[0]


def _wrapped(member: Member, value: Any) -> Any:
    """Wrap a single structure in a list, as the AWS CLI does."""
    return [value] if member.kind == "list" and isinstance(value, Mapping) else value


def convert(member: Member, value: Any) -> Any:
    """Convert a value whose scalars may be text to the types of its member.

    >>> convert(Member("Limits", "structure", members=(Member("Size", "integer"),)), {"Size": "3"})
    {'Size': 3}
    """
    if isinstance(value, Mapping):
        inner = {one.name: one for one in member.members}
        shared = member.members[0] if member.kind == "map" else None
        return {key: convert(found, one) if (found := inner.get(key, shared)) else one for key, one in value.items()}
    if member.kind == "list" and member.members:
        return [convert(member.members[0], one) for one in (value if isinstance(value, list) else [value])]
    if not isinstance(value, str) or member.kind not in _SCALARS:
        return value
    try:
        return _SCALARS[member.kind](value)
    except (ValueError, KeyError) as error:
        raise UsageError(f"{member.name} is {shown(value)}, not of type {member.kind}") from error
