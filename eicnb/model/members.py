"""The members of an operation's request and response, as the service model describes them.

Tested in tests/cli/test_skeleton.py and tests/cli/test_newer_model.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a request or a response, as the service model describes it.

    `kind` is the model's word (`string`, `integer`, `structure`, `list`, …) and `documentation` its HTML. `members` are
    the members of a structure, or the single element of a list or map. `minimum` is the lowest integer allowed.
    `option` is the AWS CLI's option for a member of a request.
    """

    name: str
    kind: str
    required: bool = False
    documentation: str = ""
    members: tuple[Member, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    option: str = ""


def shape_of(model: Any, operation: str) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Return the members of an operation's request and response, from botocore's model."""
    described = model.operation_model(operation)
    return members_of(described.input_shape), members_of(described.output_shape)


def members_of(shape: Any) -> tuple[Member, ...]:
    """Return the members of a botocore structure, or the single element of a list or map."""
    match getattr(shape, "type_name", None):
        case "structure":
            required = shape.required_members
            return tuple(_member(name, inner, required=name in required) for name, inner in shape.members.items())
        case "list":
            return (_member(shape.member.name, shape.member),)
        case "map":
            return (_member(shape.value.name, shape.value),)
    return ()


def _member(name: str, shape: Any, *, required: bool = False) -> Member:
    limits = shape.metadata
    return Member(
        name,
        shape.type_name,
        required=required,
        documentation=shape.documentation,
        members=members_of(shape),
        choices=tuple(limits.get("enum", ())),
        minimum=limits.get("min") if shape.type_name in {"integer", "long"} else None,
        option=option_of(name),
    )


def option_of(member: str) -> str:
    """Return the AWS CLI's option for a member of a request.

    >>> option_of("KMSKeyArn")
    '--kms-key-arn'
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", member)
    return "--" + re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", words).lower()
