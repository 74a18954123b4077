"""EventBridge's event patterns, and whether one could match the record of an asynchronous invocation.

    source     "lambda" (observed) or "aws.lambda" (documented)
    detail     only the condition and the function are known; anything else could match

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from eicnb.model.one_or_more import one_or_more

Outcome = Literal["success", "failure"]
"""Whether a record goes to the on-success or the on-failure destination."""

_SOURCES = frozenset({"lambda", "aws.lambda"})

PATTERN_OF_RECORDS = json.dumps({"source": sorted(_SOURCES)})
"""A pattern that matches every record."""

_CONDITIONS: Mapping[Outcome, frozenset[str]] = {
    "success": frozenset({"Success"}),
    "failure": frozenset({"RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency"}),
}

Event = Mapping[str, "Event | frozenset[Any] | None"]
"""The possible values of each field of an event; None if any value is possible.

The elements of an array count as possible values, because EventBridge matches an array if one element matches.
"""


def record_of(bus_arn: str, function_arn: str, outcome: Outcome) -> Event:
    """Return what is known about a function's records on a bus; `function_arn` ends in the qualifier.

    >>> sorted(record_of("arn:bus", "arn:function:$LATEST", "success")["detail-type"])
    ['Lambda Function Invocation Result - Success']
    """
    parts = function_arn.split(":")
    return {
        "version": frozenset({"0"}),
        "id": None,
        "detail-type": frozenset({f"Lambda Function Invocation Result - {outcome.capitalize()}"}),
        "source": _SOURCES,
        "account": frozenset(parts[4:5]) or None,
        "time": None,
        "region": frozenset(parts[3:4]) or None,
        "resources": frozenset({bus_arn, function_arn}),
        "detail": {
            "requestContext": {
                "functionArn": frozenset({function_arn}),
                "condition": _CONDITIONS[outcome],
                **_OPEN,
            },
            **_OPEN,
        },
    }


_OPEN: Mapping[str, None] = {"": None}
"""Marks an object that may have other fields too; no EventBridge field has an empty name."""


def could_match(pattern: str | None, event: Event) -> bool:
    """Return whether a rule's pattern could match an event; a rule without one runs on a schedule.

    >>> record = record_of("arn:bus", "arn:function:$LATEST", "failure")
    >>> could_match('{"source": ["aws.lambda"]}', record), could_match('{"source": ["aws.s3"]}', record)
    (True, False)

    Unknown operators and malformed patterns count as possible matches.
    """
    if pattern is None:
        return False
    try:
        parsed = json.loads(pattern)
    except (ValueError, RecursionError):
        return True
    return _fits(parsed, event) if isinstance(parsed, Mapping) else True


def _fits(pattern: Mapping[str, Any], event: Event) -> bool:
    return all(_field_fits(name, wanted, event) for name, wanted in pattern.items())


def _field_fits(name: str, wanted: Any, event: Event) -> bool:
    if name == "$or" and isinstance(wanted, Sequence):
        return any(_fits(choice, event) for choice in wanted if isinstance(choice, Mapping))
    is_known = name in event
    known = event.get(name)
    if known is None and (is_known or "" in event):
        return True
    if isinstance(wanted, Mapping):
        return _fits(wanted, known if isinstance(known, Mapping) else {})
    choices = one_or_more(wanted)
    if isinstance(known, Mapping):
        return any(_exists_operand(choice) is True for choice in choices)
    return any(_choice_fits(choice, known or frozenset(), exists=is_known) for choice in choices)


def _exists_operand(choice: Any) -> bool | None:
    found = choice.get("exists") if isinstance(choice, Mapping) else None
    return found if isinstance(found, bool) else None


def _choice_fits(choice: Any, values: frozenset[Any], *, exists: bool) -> bool:
    """Return whether one element of a pattern's list matches one of a field's possible values."""
    if isinstance(choice, list):
        return True  # EventBridge has no nested lists today, so assume that it could match
    if not isinstance(choice, Mapping):
        return choice in values
    if (wanted := _exists_operand(choice)) is not None:
        return wanted is exists
    return exists and all(any(_compares(name, rule, value) for value in values) for name, rule in choice.items())


def _compares(operator: str, rule: Any, value: Any) -> bool:
    compare = _OPERATORS.get(operator)
    return True if compare is None else compare(rule, str(value))


def _prefix(rule: Any, value: str) -> bool:
    folded, wanted, found = _cases(rule, value)
    return found.startswith(wanted) if folded is not None else True


def _suffix(rule: Any, value: str) -> bool:
    folded, wanted, found = _cases(rule, value)
    return found.endswith(wanted) if folded is not None else True


def _cases(rule: Any, value: str) -> tuple[bool | None, str, str]:
    """Return whether case is ignored (None if the rule is malformed), and both texts to compare."""
    if isinstance(rule, str):
        return False, rule, value
    wanted = rule.get("equals-ignore-case") if isinstance(rule, Mapping) else None
    return (True, wanted.lower(), value.lower()) if isinstance(wanted, str) else (None, "", value)


def _equals_ignore_case(rule: Any, value: str) -> bool:
    return any(str(one).lower() == value.lower() for one in one_or_more(rule))


def _wildcard(rule: Any, value: str) -> bool:
    return any(re.fullmatch(_as_regex(str(one)), value, re.DOTALL) is not None for one in one_or_more(rule))


def _as_regex(wildcard: str) -> str:
    r"""Return a wildcard as a regular expression; a backslash escapes an asterisk or itself."""
    words = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", wildcard)
    return "".join(
        ".*" if word == "*" else re.escape(word[1:] if word[:1] == "\\" and word[1:] else word) for word in words
    )


def _numeric(_: Any, value: str) -> bool:
    """Return whether a numeric comparison could match: it could if the value is a number."""
    return value.replace(".", "", 1).isdecimal()


def _anything_but(rule: Any, value: str) -> bool:
    if not isinstance(rule, Mapping):
        return all(str(one) != value for one in one_or_more(rule))
    return not any(_compares(name, one, value) for name, wanted in rule.items() for one in one_or_more(wanted))


_OPERATORS: Mapping[str, Callable[[Any, str], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "anything-but": _anything_but,
}
