"""`--generate-cli-skeleton`: a command's request or response as a template to fill in.

    FunctionName: ''  # [REQUIRED] The name or ARN of the Lambda function, version, or alias.
    Qualifier: '' # A version number or alias name.

It follows AWS CLI 2.36.7, which builds `input` and `yaml-input` from the service model and fails at `output`.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from eicnb.cli.output import yaml
from eicnb.errors import UsageError, nearest
from eicnb.model.arn import example_arn
from eicnb.model.members import Member
from eicnb.model.verbs import separated

KINDS = ("input", "yaml-input", "output")
"""The values of `--generate-cli-skeleton`; the first is the default."""

_KEY = "KeyName"
_NESTED = ("structure", "map", "list")
_NEXT_PAGE = ("NextMarker", "NextToken")
_EMPTY: dict[str, Any] = {"string": "", "boolean": True, "timestamp": "1970-01-01T00:00:00"}
_NUMBERS: dict[str, Any] = {"integer": 0, "long": 0, "float": 0.0, "double": 0.0}
_MOMENT = "2019-11-13T23:00:21+00:00"
_FUNCTION_ARN = example_arn("lambda", "function:my-function:$LATEST")
_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"[.:]")


def render(kind: str, request: tuple[Member, ...], response: tuple[Member, ...]) -> str:
    """Return the skeleton of a kind in KINDS, with its final newline, or "" for an empty response.

    >>> name = Member("FunctionName", "string", required=True, documentation="<p>The name. Up to 64 letters.</p>")
    >>> print(render("yaml-input", (name,), ()), end="")
    FunctionName: ''  # [REQUIRED] The name.
    >>> print(render("input", (name,), ()), end="")
    {
        "FunctionName": ""
    }
    """
    match kind:
        case "input":
            return _json(_filled(request, _empty))
        case "yaml-input":
            return "".join(f"{line}\n" for line in _lines(Member("", "structure", members=request)))
        case "output":
            example = sample(response)
            return _json(example) if example else ""
    hint = nearest(kind, KINDS) or f"choose one of {', '.join(KINDS)}"
    raise UsageError(f"there is no skeleton {kind!r}", hint=hint)


def sample(response: tuple[Member, ...]) -> dict[str, Any]:
    """Return a plausible single-page response of AWS, on which to try `--output` and `--query`.

    >>> sample((Member("MaximumEventAgeInSeconds", "integer", minimum=60), Member("NextMarker", "string")))
    {'MaximumEventAgeInSeconds': 60}
    """
    return _filled(tuple(member for member in response if member.name not in _NEXT_PAGE), _plausible)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=4) + "\n"


Fill = Callable[[Member, str], Any]
"""A function from a scalar member and the name of the member around it to an example value."""


def _filled(members: tuple[Member, ...], fill: Fill, parent: str = "") -> dict[str, Any]:
    return {member.name: _value(member, fill, parent) for member in members}


def _value(member: Member, fill: Fill, parent: str) -> Any:
    match member.kind:
        case "structure":
            return _filled(member.members, fill, member.name)
        case "map":
            return {_KEY: _value(member.members[0], fill, member.name)}
        case "list":
            return [_value(element, fill, member.name) for element in member.members]
    return fill(member, parent)


def _empty(member: Member, _parent: str) -> Any:
    """Return the value to fill in, or None for a type that neither JSON nor YAML can show."""
    return member.choices[0] if member.choices else (_EMPTY | _NUMBERS).get(member.kind)


def _plausible(member: Member, parent: str) -> Any:
    """Return a value within the member's limits; free text is the member's name, as in the CLI."""
    match member:
        case Member(name="FunctionArn"):
            return _FUNCTION_ARN
        case Member(name="Destination"):
            return example_arn("sqs", separated(parent, "-"))
        case Member(kind="string", choices=()):
            return member.name
        case Member(kind="timestamp"):
            return _MOMENT
        case Member(kind=kind, minimum=int(minimum)) if kind in _NUMBERS:
            return minimum
    return _empty(member, parent)


def _lines(member: Member) -> list[str]:
    """node = scalar / 1*entry / "-" node ; an inner list is not indented"""
    if not (member.kind in _NESTED and member.members):
        return yaml.dump(_value(member, _empty, "")).splitlines()
    match member:
        case Member(kind="structure"):
            return list(_entries(member.members))
        case Member(kind="map", members=(element,)):
            return list(_entries((replace(element, name=_KEY, documentation=""),)))
    first, *others = _lines(member.members[0])
    return [f"- {first}", *_indented(others)]


def _entries(members: tuple[Member, ...]) -> Iterator[str]:
    """entry = key ":" node [ comment ] ; the first comment of a structure has one more blank before it"""
    gap = "  "
    for member in members:
        comment = _comment(member)
        first, *others = _lines(member)
        remark = f"{gap}# {comment}" if comment else ""
        gap = " " if comment else gap
        if member.kind in _NESTED and member.members:
            yield f"{member.name}:{remark}"
            yield from [first, *others] if member.kind == "list" else _indented([first, *others])
        else:
            yield f"{member.name}: {first}{remark}"


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _comment(member: Member) -> str:
    """comment = [ "[REQUIRED]" ] [ first sentence ] [ choices ]"""
    sentence, *_ = _SENTENCE_END.split(html.unescape(_TAG.sub("", member.documentation)), maxsplit=1)
    parts = [
        "[REQUIRED]" if member.required else "",
        f"{' '.join(sentence.split())}." if sentence.strip() else "",
        f"Valid values are: {', '.join(member.choices)}." if member.choices else "",
    ]
    return " ".join(part for part in parts if part)
