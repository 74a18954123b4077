"""The value classes for an option and for a command.

Tested in tests/cli/test_parser.py and tests/cli/test_newer_model.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from eicnb.model.members import Member
from eicnb.model.verbs import OPERATIONS, Operation

Kind = Literal[
    "function",
    "text",
    "integer",
    "age",
    "seconds",
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


QUOTED_KINDS = frozenset[Kind]({"structure", "input", "query"})
"""The kinds of values that usually need quotes."""


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """An option: its name, its argument in the Python API, and the type of its value.

    Options are compared by identity. `alone` is the value if none follows. `member` is its member in the service
    model, if only the model knows the option. An option without a name is a positional word of the command, which
    messages refer to as `called`.
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
    called: str = ""

    @property
    def label(self) -> str:
        """The option as messages name it."""
        return self.name or self.noun

    @property
    def noun(self) -> str:
        """The value of the option as messages name it."""
        return self.called or f"the {self.argument.replace('_', ' ')}"

    @property
    def written(self) -> str:
        """The option and its value, as help pages show them."""
        return f"{self.name} {self.metavar}".strip()


FUNCTION_NAME = Option(
    "--function-name",
    "function_name",
    "function",
    "NAME",
    "name or ARN; the option's name may be omitted",
    called="the function",
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A command of `%eic`: its names, meaning and options, and whether it needs a function.

    `words` are its positional words, in order; a command about a function takes the function's name first.
    A command that `runs_alone` cannot share a cell with others.
    """

    name: str
    meaning: str
    options: tuple[Option, ...]
    needs_function: bool = True
    words: tuple[Option, ...] = ()
    runs_alone: bool = False

    @property
    def aws_name(self) -> str | None:
        """The AWS CLI's name for the command, if it has the command."""
        return self.operation.command if self.operation else None

    @property
    def names(self) -> tuple[str, ...]:
        """The short name, and AWS's own if there is one."""
        return (self.name, self.aws_name) if self.aws_name else (self.name,)

    @property
    def operation(self) -> Operation | None:
        """The AWS operation behind the command, if there is one."""
        return OPERATIONS.get(self.name)

    @property
    def positionals(self) -> tuple[Option, ...]:
        """The positional words of the command, in order; empty if it takes none."""
        return (FUNCTION_NAME, *self.words) if FUNCTION_NAME in self.options else self.words

    def with_members(self, members: Iterable[Member]) -> Verb:
        """Return the verb with an option for each request member that this table lacks."""
        return replace(self, options=(*self.options, *from_model(members)))

    def option(self, name: str) -> Option | None:
        """Return the option with this name."""
        return next((option for option in self.options if option.name == name), None)


_KNOWN_MEMBERS = {"Marker", "MaxItems"} | {
    *("FunctionName", "Qualifier", "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
}


def from_model(members: Iterable[Member]) -> tuple[Option, ...]:
    """Return options for the request members that only a newer service model has.

    >>> [option.name for option in from_model([Member("BatchSize", "integer", option="--batch-size")])]
    ['--batch-size']

    A boolean member has two options, the second one with `--no-`.
    """
    return tuple(option for member in members if member.name not in _KNOWN_MEMBERS for option in _from_member(member))


def _from_member(member: Member) -> Iterator[Option]:
    kind: Kind = "flag" if member.kind == "boolean" else "member"
    metavar = "" if kind == "flag" else member.kind.upper()
    meaning = "as in AWS's documentation; newer than eicnb"
    yield Option(member.option, member.name, kind, metavar, meaning, member.choices, member=member)
    if kind == "flag":
        yield Option(f"--no-{member.option.removeprefix('--')}", member.name, kind, metavar, meaning, member=member)
