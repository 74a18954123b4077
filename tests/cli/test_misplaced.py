"""Errors about values in several words and negative durations, with what to type instead."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from eicnb.cli.parser import parse
from eicnb.cli.source import Source
from eicnb.errors import UsageError

NAMES: dict[str, Any] = {"audit": SimpleNamespace(itertuples=None)}
WRONG = [
    (
        "losses ${audit} --since 7 days",
        "unexpected argument 'days': --since takes one word",
        "--since 7d",
        "losses ${audit} --since 7d",
    ),
    (
        "put my-function --max-age 2 hours",
        "unexpected argument 'hours': --max-age takes one word",
        "--max-age 2h",
        "put my-function --max-age 2h",
    ),
    (
        "put --max-age 90 min my-function",
        "unexpected argument 'min': --max-age takes one word",
        "--max-age 90m",
        "put --max-age 90m my-function",
    ),
    (
        "put my-function --retries 0 --wait 3 s",
        "unexpected argument 's': --wait takes one word",
        "--wait 3s",
        "put my-function --retries 0 --wait 3s",
    ),
    (
        "explain --timeout 2 minutes",
        "unexpected argument 'minutes': --timeout takes one word",
        "--timeout 120",
        "explain --timeout 120",
    ),
    (
        "journal --since 2026-11-25 14:00",
        "unexpected argument '14:00': --since takes one word",
        '--since "2026-11-25 14:00"',
        'journal --since "2026-11-25 14:00"',
    ),
    ("undo 2 hours", "unexpected argument 'hours': what to undo takes one word", "2h", "undo 2h"),
    ("losses ${audit} --since -7d", "--since is -7d, which is negative", "--since 7d", "losses ${audit} --since 7d"),
    (
        "losses ${audit} --since=-7d",
        "--since is -7d, which is negative",
        "--since 7d",
        "losses ${audit} --since 7d",
    ),
    (
        "put my-function --max-age -2h",
        "--max-age is -2h, which is negative",
        "--max-age 2h",
        "put my-function --max-age 2h",
    ),
    (
        "get my-function --query a b",
        "unexpected argument 'b': the function was already given",
        "put quotes around a value with blanks: --query 'a b'",
        "get my-function --query 'a'",
    ),
    (
        "losses ${audit} more",
        "unexpected argument 'more': the audit was already given",
        "leave it out",
        "losses ${audit}",
    ),
]


@pytest.mark.parametrize(("line", "message", "hint", "right"), WRONG)
def test_a_value_in_two_words_is_refused_with_what_to_type(line: str, message: str, hint: str, right: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(Source(line), NAMES)
    assert (raised.value.message, raised.value.hint) == (message, hint)
    assert parse(Source(right), NAMES)


@pytest.mark.parametrize(
    ("line", "argument", "value"),
    [
        ('put f --retries 0 --max-age "2 hours"', "maximum_event_age_in_seconds", 7200),
        ('put f --retries 0 --wait "3 s"', "wait", 3),
        ('losses ${audit} --since "7 days"', "since", "7 days"),
    ],
)
def test_a_duration_in_words_is_taken_in_quotes(line: str, argument: str, value: Any) -> None:
    [command] = parse(Source(line), NAMES)
    assert command.arguments[argument] == value


def test_the_caret_is_at_the_negative_value() -> None:
    with pytest.raises(UsageError) as raised:
        parse(Source("losses ${audit} --since -7d"), NAMES)
    assert str(raised.value.excerpt).splitlines()[1].strip() == "^^^"
