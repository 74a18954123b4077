"""Variables before a command: as in a shell, `AWS_PROFILE=p aws lambda …` applies to that command only.

Tested in tests/cli/test_shell.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from eicnb.cli import options, shell, shell_words
from eicnb.cli.options import Option
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
"""The options that variables set; if two variables set one option, the first one here counts."""

_NO_EFFECT = {"AWS_PAGER", "PAGER", "AWS_CLI_AUTO_PROMPT"}


def before_a_command(words: list[Word]) -> tuple[list[Word], dict[str, tuple[Option, Word]]]:
    """Return the words after the variables, and the arguments that the variables set.

    A variable without an option is a UsageError with the Python line that sets it.
    """
    found: dict[str, Word] = {}
    rest = list(words)
    while len(rest) > 1 and (match := _ASSIGNMENT.match(rest[0].raw)):
        name = match["name"]
        if name not in _OPTIONS and name not in _NO_EFFECT:
            raise _other(name, rest)
        found[name] = rest.pop(0).part(len(name) + 1)
    given: dict[str, tuple[Option, Word]] = {}
    for name, option in _OPTIONS.items():
        if name in found and found[name].text:
            given.setdefault(option.argument, (option, found[name]))
    return rest, given


def _other(name: str, words: list[Word]) -> UsageError:
    value, line = words[0].raw.partition("=")[2], shell.magic(" ".join(word.raw for word in words[1:]))
    statement = (
        shell_words.in_the_environment(name, value) if name.startswith("AWS_") else shell_words.statement(name, value)
    )
    message = f"{name}=… sets a variable of a shell, and no shell reads this line"
    excerpt = words[0].source.excerpt(words[0].start, words[0].start + len(name))
    return UsageError(message, hint=f"set it in a Python cell\n{statement}\n{line}", excerpt=excerpt)
