"""Variables before a command, such as `AWS_PROFILE=p aws lambda …`, which apply to that command only.

Tested in tests/cli/test_shell.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from eicnb.cli import options, shell, shell_words
from eicnb.cli.option import Option
from eicnb.cli.source import Word
from eicnb.errors import UsageError

_ASSIGNMENT = re.compile(r"(?P<name>[^\W\d]\w*)=")
_BY_ARGUMENT = {option.argument: option for option in (*options.CONNECTION, *options.OUTPUT)}
_OPTIONS: Mapping[str, Option] = {
    "AWS_PROFILE": _BY_ARGUMENT["profile"],
    "AWS_DEFAULT_PROFILE": _BY_ARGUMENT["profile"],
    "AWS_REGION": _BY_ARGUMENT["region"],
    "AWS_DEFAULT_REGION": _BY_ARGUMENT["region"],
    "AWS_ENDPOINT_URL_LAMBDA": _BY_ARGUMENT["endpoint_url"],
    "AWS_ENDPOINT_URL": _BY_ARGUMENT["endpoint_url"],
    "AWS_CA_BUNDLE": _BY_ARGUMENT["ca_bundle"],
    "AWS_DEFAULT_OUTPUT": _BY_ARGUMENT["output"],
}
"""The option that each variable sets. If two variables set the same one, the first in this table counts."""

_NO_EFFECT = {"AWS_PAGER", "PAGER", "AWS_CLI_AUTO_PROMPT"}


def before_a_command(words: list[Word]) -> tuple[list[Word], dict[str, tuple[Option, Word]]]:
    """Return the words after the variables, and the arguments that the variables set.

    A variable that no option corresponds to is a UsageError; the hint sets it in Python.
    """
    if not words or not _ASSIGNMENT.match(words[0].raw):
        return words, {}
    found: dict[str, Word] = {}
    others: list[Word] = []
    rest = [] if all(_ASSIGNMENT.match(word.raw) for word in words) else list(words)
    while len(rest) > 1 and (match := _ASSIGNMENT.match(rest[0].raw)):
        word = rest.pop(0)
        if match["name"] in _OPTIONS or match["name"] in _NO_EFFECT:
            found[match["name"]] = word.part(len(match["name"]) + 1)
        else:
            others.append(word)
    if others:
        raise _others(others, [word for word in words if word not in others])
    given: dict[str, tuple[Option, Word]] = {}
    for name, option in _OPTIONS.items():
        if name in found and found[name].text:
            given.setdefault(option.argument, (option, found[name]))
    return rest or words, given


def _others(variables: list[Word], rest: list[Word]) -> UsageError:
    pairs = [(name, value) for name, _, value in (word.raw.partition("=") for word in variables)]
    first = variables[0]
    message = f"{pairs[0][0]}=… sets a shell variable, but no shell reads this line"
    hint = "\n".join(
        [
            f"set {'it' if len(pairs) == 1 else 'them'} in a Python cell",
            shell_words.statements(pairs),
            shell.magic(" ".join(word.raw for word in rest)),
        ]
    )
    return UsageError(message, hint=hint, excerpt=first.source.excerpt(first.start, first.start + len(pairs[0][0])))
