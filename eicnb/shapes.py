"""What an operation takes and answers, as the service model describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a request or an answer, as the service model describes it.

    `kind` is the model's word (`string`, `integer`, `structure`, `list`, …) and `documentation` its HTML. `members` are
    those of a structure, or the one element of a list or a map. `minimum` is the least that an integer may be.
    `option` is the AWS CLI's option for it, where it is a member of a request.
    """

    name: str
    kind: str
    required: bool = False
    documentation: str = ""
    members: tuple[Member, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    option: str = ""
