"""The command-line options that turn the connection in use into a form's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from eicnb.aws.connection import Connection

_NAMED = ("profile", "region", "endpoint_url")


@dataclass(frozen=True, slots=True)
class Way:
    """The options of a command, or of `derive`, that turn one connection into another.

    `is_whole` is whether they suffice. It is False if an account is not known yet, for another sandbox, and for a
    role that no option can undo.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    is_whole: bool = True

    @classmethod
    def between(cls, used: Connection, other: Connection) -> Self:
        """Return the options from the connection in use to another one; no request is sent.

        >>> Way.between(connection, connection.derive(region="eu-west-1"))
        Way(options={'region': 'eu-west-1'}, is_whole=True)
        """
        derived = used.way_to(other)
        if derived is not None:
            return cls(derived, "role_arn" not in derived)  # a put in a notebook takes no role
        here, there = used.described(), other.described()
        options = {name: there[name] for name in _NAMED if there[name] and there[name] != here[name]}
        if used.is_sandbox:
            options.pop("profile", None)  # it has none, and would refuse the command
        if "profile" in options:
            options["region"] = there["region"]  # a profile brings its own
        return cls(options, _is_whole(used, other, options))


def _is_whole(used: Connection, other: Connection, options: Mapping[str, Any]) -> bool:
    here, there = {**used.described(), **options}, other.described()
    if used.server is not other.server or _by_other_means(used) != _by_other_means(other):
        return False
    is_account_same = "profile" in options or (here["account_id"] == there["account_id"] is not None)
    return is_account_same and all(here[name] == there[name] for name in (*_NAMED, "sandbox"))


def _by_other_means(connection: Connection) -> dict[str, Any]:
    """Return the options of a role and of the network, which derived connections inherit."""
    return {name: value for name, value in connection.options.items() if name not in _NAMED}
