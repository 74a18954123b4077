"""Every error that eicnb raises, in one tree.

    EicError                    255  anything else that went wrong: an unreachable endpoint, a malformed response
    ├── UsageError              252  the command line, or a value in it, is wrong; nothing was sent
    ├── ConfigurationError      253  no region, no credentials, an unknown profile, an unusable setting
    ├── AwsError                254  AWS responded with an error
    │   ├── NotFound                 no such function, qualifier or config
    │   ├── AccessDenied             the caller may not do this
    │   ├── Throttled                too many calls, even after all retries
    │   └── ExpiredCredentials       the credentials must be renewed
    ├── IncompleteAudit         255  not all of an audit could be read; `result` holds the frame
    ├── IncompleteApply         255  not all of a plan was applied; `result` holds the frame
    ├── IncompleteReplay        255  not all events were accepted; `result` holds the frame
    └── ChecksFailed            255  a check has severe findings or unread rows; `result` holds the findings

Ctrl-C in an audit raises `AuditInterrupted`, in an apply `ApplyInterrupted` and in a replay `ReplayInterrupted`. They
are KeyboardInterrupts outside the tree, so code that catches errors does not catch them.

The numbers are the AWS CLI's exit codes, and each class has its own as `exit_code`
(https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html).
"""

from __future__ import annotations

import difflib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from eicnb.redaction.masks import masked, masked_at, printed


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like this one, or None if none is close.

    >>> nearest("--retrys", ["--retries", "--region"])
    '--retries'
    """
    folded = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def width_of(text: str) -> int:
    r"""Return how many terminal columns a text takes.

    A combining mark takes none, and a wide character takes two.

    >>> width_of("queue"), width_of("\N{CJK UNIFIED IDEOGRAPH-5217}"), width_of("e\N{COMBINING ACUTE ACCENT}")
    (5, 2, 1)
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Me", "Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"F", "W"} else 1


def shown(value: object) -> str:
    """Return a value for a message: text and numbers as they are, otherwise only the type.

    >>> shown("two"), shown([1, 2])
    ("'two'", 'a list')
    """
    if value is None or isinstance(value, str | int):
        return repr(value)
    if isinstance(value, float):
        return str(float(value))
    if type(value).__name__ == "NAType":
        return "<NA>, which is not set"
    return f"a {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line of input with an error, and the columns to mark.

    >>> print(Excerpt("%eic put f --retries 3", start=21, end=22))
        %eic put f --retries 3
                             ^
    """

    line: str
    start: int
    end: int
    number: int | None = None

    _WIDTH: ClassVar[int] = 96
    _LEAD: ClassVar[int] = 60

    def __str__(self) -> str:
        line, start, end = masked_at(self.line, self.start, self.end)
        cut = max(0, start - self._LEAD) if len(line) > self._WIDTH else 0
        shown = line[cut : cut + self._WIDTH]
        shown = "".join(_printable(c) for c in shown)
        head, tail = "…" if cut else "", "…" if cut + self._WIDTH < len(line) else ""
        label = "    " if self.number is None else f"    line {self.number}: "
        before, marked = shown[: start - cut], shown[start - cut : max(end - cut, start - cut + 1)]
        pointer = " " * (len(label) + len(head) + width_of(before)) + "^" * max(1, width_of(marked))
        return f"{label}{head}{shown}{tail}\n{pointer}"


def _printable(character: str) -> str:
    """Return a character that can be displayed: a blank for a tab, a replacement for an unprintable one."""
    if character == "\t":
        return " "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


class EicError(Exception):
    """The base of all errors that eicnb raises.

    `message` states what is wrong, and `hint` what to do: a sentence, lines to type below it, or only such a line.
    `result` holds what was read or done before the error. A notebook shows the error without a traceback, and still
    stops; `%xmode Verbose` shows the traceback. The displayed text is masked (`eicnb.redaction`) and without control
    characters; `message` and the other attributes are not.
    """

    exit_code: ClassVar[int] = 255

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.result: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the attributes too, because some constructors need more than a message."""
        return _restored, (type(self), self.args, vars(self))

    def __str__(self) -> str:
        hint = [f"Try: {_below(self.hint)}"] if self.hint else []
        return "\n".join([printed(self.message), *self._details(), *map(printed, [*hint, *self._sources()])])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({masked(self.message)!r})"

    def _details(self) -> list[str]:
        return []

    def _sources(self) -> list[str]:
        return []

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows; only IPython calls this, so it is loaded and its mode is known."""
        tracebacks: Any = getattr(sys.modules["IPython"].get_ipython(), "InteractiveTB", None)
        if getattr(tracebacks, "mode", "") == "Verbose":
            return self._traceback_without_values(tracebacks)
        return [f"{type(self).__name__}: {self}", *map(printed, getattr(self, "__notes__", ()))]

    def _traceback_without_values(self, tracebacks: Any) -> list[str]:
        """Return the frames of the traceback without their variables, which may hold secrets."""
        tracebacks.set_mode("Context")
        try:
            shown: list[str] = tracebacks.structured_traceback(type(self), self, self.__traceback__)
        finally:
            tracebacks.set_mode("Verbose")
        return [masked(lines) for lines in shown]


def _cut(text: str) -> str:
    """Shorten long words in a text, because a user may have typed a whole file."""
    return re.sub(r"\S{600,}", lambda found: f"{found[0][:100]}…", text)


def _below(hint: str) -> str:
    r"""Put each line to type on its own line below the hint's sentence, so that it can be copied.

    >>> print(_below("time it\n%time %eic audit"))
    time it
        %time %eic audit
    """
    sentence, *lines = hint.split("\n")
    return "\n".join([sentence, *(f"    {line}".rstrip() for line in lines)])


def _restored(kind: type[EicError], arguments: tuple[Any, ...], state: dict[str, Any]) -> EicError:
    error = kind.__new__(kind, *arguments)
    vars(error).update(state)
    return error


class UsageError(EicError, ValueError):
    """An invalid command line or value; nothing was sent.

    `rule` is the AWS page with the rule. If the error concerns part of the parsed text, `position` is the offset of
    that part, or `culprit` the part itself. `argument` is the name of the wrong argument. `excerpt` is the line with
    its caret, once it is known which line the text came from.
    """

    exit_code: ClassVar[int] = 252

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        rule: str | None = None,
        position: int | None = None,
        culprit: str | None = None,
        excerpt: Excerpt | None = None,
    ) -> None:
        super().__init__(_cut(message), hint=_cut(hint) if hint else None)
        self.rule = rule
        self.position = position
        self.culprit = culprit
        self.excerpt = excerpt
        self.argument: str | None = None

    @classmethod
    @contextmanager
    def about(cls, argument: str) -> Iterator[None]:
        """Name the argument in a UsageError that is raised inside."""
        try:
            yield
        except UsageError as error:
            error.argument = error.argument or argument
            raise

    def at(self, excerpt: Excerpt) -> Self:
        """Point the error at a line, unless it already points at one."""
        self.excerpt = self.excerpt or excerpt
        return self

    def _details(self) -> list[str]:
        return [str(self.excerpt)] if self.excerpt else []

    def _sources(self) -> list[str]:
        return [f"See: {self.rule}"] if self.rule else []


class ConfigurationError(EicError):
    """A connection that cannot be used: no region, no credentials, an unknown profile, a missing extra."""

    exit_code: ClassVar[int] = 253


class AwsError(EicError):
    """An error response of AWS; `message` is the service's own.

    `code` is AWS's error code, `operation` the API call, and `request_id` the id that AWS support needs. `region` is
    where the call went, and `place` adds the account. `__cause__` is botocore's exception. The message is shortened
    only for a role that may not be assumed.
    """

    exit_code: ClassVar[int] = 254

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        code: str,
        region: str,
        request_id: str | None = None,
        place: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.operation = str(operation)
        self.code = code
        self.region = region
        self.request_id = request_id
        self.place = place or region
        self.was_sent = True
        """Whether AWS received the request; expired credentials may be noticed before it is sent."""

    def _details(self) -> list[str]:
        when = "returned by" if self.was_sent else "before"
        return [printed(f"    {self.code}, {when} {self.operation} in {self.place}")]


class NotFound(AwsError):
    """A function, qualifier or config that does not exist."""


class AccessDenied(AwsError):
    """A call that the caller has no permission for."""


class Throttled(AwsError):
    """A call that AWS throttled, even after all retries."""


class ExpiredCredentials(AwsError):
    """Expired credentials: renew them (`aws sso login`) and run the cell again, without a restart."""


class IncompleteAudit(EicError):
    """An audit with unread rows; in the frame `result`, `scan_state` and `error` say which and why."""


class IncompleteApply(EicError):
    """A plan that was not fully applied; in the frame `result`, `outcome` and `error` say which and why."""


class IncompleteReplay(EicError):
    """A replay with unaccepted events; in the frame `result`, `outcome` and `error` say which and why."""


class ChecksFailed(EicError):
    """A check with findings as severe as `fail_on`, or with unread rows; `result` has all findings."""


class Interrupted(KeyboardInterrupt):
    """Work that Ctrl-C stopped; `result` is the frame of what was done so far.

    It is a KeyboardInterrupt, so `except Exception` does not catch it and Run All stops.
    """

    def __init__(self, message: str, result: Any = None) -> None:
        super().__init__(message)
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows."""
        return [printed(f"{type(self).__name__}: {self}")]


class AuditInterrupted(Interrupted):
    """An audit that Ctrl-C stopped; `result` is the frame of the rows read so far."""


class ApplyInterrupted(Interrupted):
    """An apply that Ctrl-C stopped; `result` has the outcome of each row."""


class ReplayInterrupted(Interrupted):
    """A replay that Ctrl-C stopped; `result` has the outcome of each row."""


def sentence(error: EicError) -> str:
    """Return an error as one paragraph, for a form: what is wrong, and what to type instead.

    >>> sentence(UsageError("the qualifier is empty", hint="live"))
    'The qualifier is empty. Try: live'
    """
    message = error.message.strip().rstrip(".")
    hint = (error.hint or "").replace("\n", ": ", 1).replace("\n", " ")
    return f"{message[:1].upper()}{message[1:]}.{f' Try: {hint}' if hint else ''}"
