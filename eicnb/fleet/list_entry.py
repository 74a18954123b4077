"""One entry of a list of functions or versions: its function, or its error.

Tested in tests/fleet/test_faults.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from eicnb.aws.responses import malformed
from eicnb.errors import EicError, UsageError, shown
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedFunction


@dataclass(frozen=True, slots=True)
class Home:
    """The account and region of a list of functions."""

    account_id: str
    region: str
    partition: str

    def function(self, function_name: str) -> FunctionRef:
        """Return the function of this name in this account and region.

        >>> str(Home("123456789012", "us-east-1", "aws").function("checkout"))
        'arn:aws:lambda:us-east-1:123456789012:function:checkout'
        """
        return FunctionRef(
            function_name=function_name,
            partition=self.partition,
            region=self.region,
            account_id=self.account_id,
            marked=True,
        )

    def holds(self, function: FunctionRef) -> bool:
        """Return whether a function is in this account and region."""
        return (function.account_id, function.region) == (self.account_id, self.region)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A malformed entry of a known function."""

    function: FunctionRef
    error: EicError


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A malformed entry of an unknown function."""

    error: EicError


Entry = ReportedFunction | Malformed | Unnamed


def entries(page: Mapping[str, Any], key: str, operation: str, home: Home) -> Iterator[Entry]:
    """Yield every entry of a page; a malformed one does not hide the others."""
    listed = page.get(key)
    if not isinstance(listed, list):
        raise malformed(operation, f"it has no {key}" if listed is None else f"its {key} is {shown(listed)}")
    for item in listed:
        yield entry_of(item, operation, home)


def entry_of(item: Any, operation: str, home: Home) -> Entry:
    """Return one reported function or version, or its error."""
    if not isinstance(item, Mapping):
        return Unnamed(malformed(operation, f"an entry is {shown(item)}"))
    try:
        reported = ReportedFunction.from_api(item)
        _check(reported, item, operation, home)
    except EicError as error:
        named = _named(item, home)
        return Malformed(named, error) if named else Unnamed(error)
    return reported


def _check(reported: ReportedFunction, item: Mapping[str, Any], operation: str, home: Home) -> None:
    """Reject an entry of another account, region or function, and text that cannot be encoded."""
    function = reported.function
    if not home.holds(function) or item.get("FunctionName", function.function_name) != function.function_name:
        raise malformed(operation, f"it is about {str(function)!r}")
    for text in (reported.runtime, reported.role_arn, reported.dead_letter_arn):
        if text is not None and not text.isascii() and not is_encodable(text):
            raise malformed(operation, f"{text!r} is not text")


def is_encodable(text: str) -> bool:
    r"""Return whether a text can be encoded; JSON may contain half of a surrogate pair.

    >>> is_encodable("é"), is_encodable("\ud800")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(item: Mapping[str, Any], home: Home) -> FunctionRef | None:
    """Return the function of a malformed entry, from its ARN or its name; None if it is unclear."""
    arn, name = item.get("FunctionArn"), item.get("FunctionName")
    try:
        if isinstance(arn, str) and arn.startswith("arn:"):
            function = FunctionRef.parse(arn)
            is_ours = home.holds(function) and name in {None, function.function_name}
            return function if is_ours else None
        return home.function(name) if isinstance(name, str) and name else None
    except (UsageError, TypeError):
        return None


def without_qualifier(reported: ReportedFunction) -> ReportedFunction:
    """Return a version as a function without a qualifier, with the version's settings."""
    function = reported.function
    return reported if function.qualifier is None else replace(reported, function=function.without_qualifier())


def qualifier_of(function: FunctionRef) -> str:
    """Return the qualifier of a listed function; one without is `$LATEST`."""
    return function.qualifier or LATEST
