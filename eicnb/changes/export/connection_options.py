"""The command-line options that turn the connection in use into another one, such as a form's."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from eicnb.aws.connection import Connection
from eicnb.cli.options import CONNECTION, ROLE
from eicnb.model.verbs import OPERATIONS

_NAMED = ("profile", "region", "endpoint_url")
_OF_AWS = frozenset({*OPERATIONS, "functions", "audit", "form", "whoami"})
"""The commands that accept connection options."""


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """The options of a command, or of `derive`, that turn one connection into another.

    `is_complete` is whether they are enough. It is False if an account is still unknown, if the other connection is to
    another sandbox, or if a role would have to be assumed or dropped.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    is_complete: bool = True

    @classmethod
    def between(cls, used: Connection, other: Connection) -> Self:
        """Return the options that lead from the connection in use to another one, without a request.

        >>> ConnectionOptions.between(connection, connection.derive(region="eu-west-1"))
        ConnectionOptions(options={'region': 'eu-west-1'}, is_complete=True)
        """
        derived = used.options_to(other)
        if derived is not None:
            return cls(derived, "role_arn" not in derived)  # `%eic put` has no option for a role
        here, there = used.described(), other.described()
        options = {name: there[name] for name in _NAMED if there[name] and there[name] != here[name]}
        if used.is_sandbox:
            options.pop("profile", None)  # a sandbox has no profiles, and would reject the command
        if "profile" in options:
            options["region"] = there["region"]  # a profile may have a different region
        return cls(options, _is_complete(used, other, options))

    def added_to(self, hint: str) -> str:
        r"""Return a hint with the missing options added to its commands.

        >>> ConnectionOptions({"region": "eu-west-1"}).added_to("list them\n%eic functions").splitlines()
        ['list them', '%eic functions --region eu-west-1']
        """
        return "\n".join(_with_options(line, self.options) for line in hint.split("\n"))


def _is_complete(used: Connection, other: Connection, options: Mapping[str, Any]) -> bool:
    here, there = {**used.described(), **options}, other.described()
    if used.server is not other.server or _other_options(used) != _other_options(other):
        return False
    is_account_same = "profile" in options or (here["account_id"] == there["account_id"] is not None)
    return is_account_same and all(here[name] == there[name] for name in (*_NAMED, "sandbox"))


def _other_options(connection: Connection) -> dict[str, Any]:
    """Return the role and network options of a connection, which derived connections inherit."""
    return {name: value for name, value in connection.options.items() if name not in _NAMED}


def _with_options(line: str, options: Mapping[str, Any]) -> str:
    """Add the missing options to a line if it is a command that accepts them."""
    magic, _, rest = line.strip().partition(" ")
    if magic != "%eic" or rest.partition(" ")[0] not in _OF_AWS:
        return line
    words = [line]
    for option in (*CONNECTION, *ROLE):
        value = options.get(option.argument)
        if value is None or value is False or option.name in line:
            continue
        words += [option.name] if value is True else [option.name, shlex.quote(str(value))]
    return " ".join(words)
