"""One option of a command, as data.

Tested in tests/cli/test_parser.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eicnb.model.members import Member

Kind = Literal[
    "function",
    "text",
    "integer",
    "age",
    "structure",
    "destination",
    "choice",
    "query",
    "flag",
    "input",
    "member",
    "names",
    "account",
    "number",
    "frame",
    "value",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its name, its argument in the Python API, and the type of its value.

    `alone` is its value if none follows. `member` is its member in the service model, if only that knows the option.
    An option without a name is a word of the command; the command needs it if it `is_required`.
    """

    name: str
    argument: str
    kind: Kind
    metavar: str
    meaning: str
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False
    alone: str | None = None
    member: Member | None = None
    is_required: bool = False

    @property
    def label(self) -> str:
        """The name of the option in messages."""
        return self.name or f"the {self.argument}"

    @property
    def written(self) -> str:
        """The option and its value, as help pages show them."""
        return f"{self.name} {self.metavar}".strip()
