"""The safeguards of a run that changes AWS: a limit, a canary, and questions to the user.

Tested in tests/changes/test_apply_plan.py.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eicnb.changes.change import count
from eicnb.errors import ConfigurationError, EicError, UsageError, shown

LEAST_LIMIT = 25
"""The number of changes that any run may make without an explicit limit."""

_SHARE_OF_THE_ROWS = 10  # one tenth of them

Ask = Callable[[str], bool | None]
"""A function that asks a question and returns whether the reply was yes, or None if no one can reply."""


def unanswered(_question: str) -> None:
    """Return None, because no one can reply.

    >>> unanswered("Write it?")
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The safeguards of an apply: the limit, the size of the canary, and how to ask the user.

    If `confirms`, the user confirms the whole plan first. `ask` is also used after the canary.
    """

    limit: int | None = None
    canary: int = 0
    confirms: bool = False
    ask: Ask = unanswered

    @classmethod
    def parse(cls, *, limit: Any, canary: Any, confirms: bool, ask: Ask) -> Conditions:
        """Validate the arguments of an apply.

        >>> Conditions.parse(limit=None, canary=3, confirms=False, ask=unanswered).canary
        3
        """
        most = None if limit is None else _number("limit", limit)
        return cls(limit=most, canary=_number("canary", canary), confirms=confirms, ask=ask)


def _number(name: str, value: Any) -> int:
    with UsageError.about(name):
        try:
            number = -1 if isinstance(value, bool) else operator.index(value)
        except TypeError:
            number = -1
        if number < 0:
            raise UsageError(f"{name} is {shown(value)}, not a whole number of at least 0", hint=f"{name}=3")
        return number


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The wording for an unconfirmed run: what did not happen, and how to try again."""

    nothing: str
    again: str


def confirm(question: str, ask: Ask, otherwise: Unconfirmed) -> None:
    """Ask a question, and raise an error unless the reply is yes.

    >>> confirm("Write it?", lambda question: True, Unconfirmed("nothing was written", "try again"))

    It is a ConfigurationError if no one can reply, and an EicError for any other reply.
    """
    reply = ask(f"{question} [y/N] ")
    if reply is None:
        raise ConfigurationError(
            f"confirm is on, but this notebook cannot ask for a confirmation; {otherwise.nothing}",
            hint="%config EicMagics.confirm = False",
        )
    if not reply:
        raise EicError(f"not confirmed: {otherwise.nothing}", hint=otherwise.again)


@dataclass(frozen=True, slots=True)
class Size:
    """The wording for a run that is too large: `what` runs, and the `thing` that it consists of.

    >>> Size("the plan", "change").check(3, rows=3, limit=None)
    """

    what: str
    thing: str
    nothing: str = "nothing was written"

    def check(self, number: int, *, rows: int, limit: int | None) -> None:
        """Raise a UsageError above the limit, which defaults to 25 or a tenth of the rows."""
        most = max(LEAST_LIMIT, rows // _SHARE_OF_THE_ROWS) if limit is None else limit
        if number > most:
            with UsageError.about("limit"):
                raise UsageError(
                    f"{self.what} has {count(number, self.thing)}, but limit allows {most}; {self.nothing}",
                    hint=f"review {self.what}, then allow them: limit={number} (--limit {number})",
                )
