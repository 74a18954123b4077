"""Advice about AWS commands that eicnb does not have, and about typing errors in its own.

A similar command is suggested only for a typing error: never for a real AWS command, and never a write for a read.

Tested in tests/cli/test_shell.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from eicnb.cli import options, shell
from eicnb.cli.shell import Advice
from eicnb.model.misspelling import typing_errors
from eicnb.model.verbs import Operation

_READS = {"get", "list", "functions", "audit", "whoami", "config", "help", "require"}
_COMMAND = re.compile(
    r"(?:add|batch|copy|create|delete|describe|disable|enable|get|invoke|list|publish|put|remove|send|start|stop|tag"
    r"|untag|update|wait)(?:-[a-z0-9]+)+|invoke|wait"
)
_AWS = re.compile(r"(?:.*[/\\])?aws(?:2|\.exe|\.cmd)?", re.IGNORECASE)
_OURS = {
    ("lambda", Operation.LIST_FUNCTIONS.command): ("%eic functions", "shows the functions of the region"),
    ("sts", Operation.GET_CALLER_IDENTITY.command): ("%eic whoami", "shows account, identity and region"),
}
_OF_A_FUNCTION = re.compile(r"function|alias|invoke|permission|policy|provisioned|version(?!s?-by)")
_LOCALSTACK = "http://localhost:4566"
_A_LONG_NAME = 20
_OURS_BEGUN = "-function-event-inv"
_IN_PYTHON = {
    "refresh": "%eic audit --refresh ${audit}",
    "organization": "%eic audit --organization --role audit",
    "connect": "eicnb.connect()",
    "connections": "eicnb.connections()",
    "current": "eicnb.current()",
    "destination_form": "eicnb.destination_form()",
    "commands_for": "eicnb.commands_for(audit)",
}
"""Functions of the Python API that are not commands, and what to type for them."""


def advice(word: str, before: Sequence[str], words: Sequence[str]) -> Advice:
    """Advise on an unknown word where a verb belongs; `before` contains `aws` and `lambda` if typed.

    >>> advice("s3", ["aws"], ["aws", "s3", "ls"]).hint.splitlines()
    ['run it in its own cell', '!aws s3 ls']
    """
    if not before and (of_the_program := _program(word, words)):
        return of_the_program
    if not before and word in _IN_PYTHON:
        return Advice(f"eicnb has no command {word!r}", _IN_PYTHON[word])
    if (meant := _meant(word, before)) is not None:
        return Advice(f"eicnb has no command {word!r}", meant)
    if before or _COMMAND.fullmatch(word):
        return _of_aws(word, before, words)
    return Advice(f"eicnb has no command {word!r}", "%eic help")


def _program(word: str, words: Sequence[str]) -> Advice | None:
    """Advise on other names and capitalisations of `aws` and `lambda`."""
    rest = " ".join(words[1:])
    if word == "awslocal":
        return _of_localstack(words[1:])
    if _AWS.fullmatch(word):
        return Advice(f"{word!r} is not a command here; the AWS CLI's name is 'aws'", f"type this\n%eic aws {rest}")
    if word.lower() == "lambda":
        return Advice(
            f"{word!r} is not a command here; the service's name is 'lambda'", f"type this\n%eic lambda {rest}"
        )
    return None


def _of_localstack(words: Sequence[str]) -> Advice:
    """Advise on a command for LocalStack, whether or not eicnb covers it."""
    message = "'awslocal' is the AWS CLI for LocalStack"
    line = " ".join(words)
    service, *commands = _without_options(words) or [""]
    if options.verb(service) or (service == "lambda" and commands and options.verb(commands[0])):
        return Advice(message, f"name LocalStack's address\n%eic {line} --endpoint-url {_LOCALSTACK}")
    for named, (command, meaning) in _OURS.items():
        if (service, *commands[:1]) == named:
            return Advice(message, f"type this, which {meaning}\n{command} --endpoint-url {_LOCALSTACK}")
    return Advice(message, f"run it in its own cell\n!awslocal {line}")


def _without_options(words: Sequence[str]) -> list[str]:
    """Return the words of a command without its global options."""
    with_value = {option.name for option in options.GLOBAL if option.kind != "flag"}
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            found.append(word)
        elif word in with_value:
            del rest[:1]
    return found


def _of_aws(word: str, before: Sequence[str], words: Sequence[str]) -> Advice:
    """Advise on a command of the AWS CLI that eicnb does not cover."""
    typed = [other for other in words if other not in shell.PROMPTS]
    start = typed.index(word)
    named = tuple(typed[start : start + 2]) if before == ["aws"] or not before else ("lambda", word)
    if named[0] == word and _COMMAND.fullmatch(word):
        named = ("lambda", word)
    whole = _in_full(typed, start) if named[0] == "lambda" else " ".join(typed)
    named_in_full = f"aws {' '.join(named)}" if named[0] == "lambda" else f"aws {word}"
    message = f"eicnb covers only five commands of `aws lambda`, not {named_in_full!r}"
    if named in _OURS:
        line, meaning = _OURS[named]
        return Advice(message, f"type this, which {meaning}\n{line}")
    if word == "configure" and (len(named) == 1 or named[1].startswith("-") or named[1] == "sso"):
        return Advice(message, f"choose a profile\n%eic use {_profile(typed) or '--profile default'}")
    return Advice(message, f"run it in its own cell\n!{whole}")


def _in_full(typed: Sequence[str], start: int) -> str:
    """Return a command of `aws lambda`, whose name is at `start`, in the form the AWS CLI accepts.

    >>> _in_full(["get-function", "my-function"], 0)
    'aws lambda get-function --function-name my-function'
    """
    before, (name, *rest) = [word for word in typed[:start] if word not in {"aws", "lambda"}], typed[start:]
    if rest and not rest[0].startswith("-") and _OF_A_FUNCTION.search(name):
        rest = ["--function-name", *rest]
    if name == "invoke" and len(_without_options(rest)) < len(["my-function", "out.json"]):
        rest.append("/dev/stdout")
    return " ".join(["aws", *before, "lambda", name, *rest])


def _profile(words: Sequence[str]) -> str:
    found = re.search(r"--profile[= ](\S+)", " ".join(words))
    return f"--profile {found[1]}" if found else ""


def _meant(word: str, before: Sequence[str]) -> str | None:
    """Return the command or word that was probably meant, if only a few typing errors separate them."""
    short = [verb.name for verb in options.VERBS]
    full = [verb.aws_name for verb in options.VERBS if verb.aws_name]
    if _OURS_BEGUN in word:
        same = [name for name in full if name.partition("-")[0] == word.partition("-")[0]]
        return same[0] if same else ", ".join(full)
    if list(before) == ["aws"]:
        return _closest(word, ["lambda"]) or _closest(word, full)
    return _closest(word, [*full, *(["help"] if before else short)])


def _closest(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest known word; if several are equally near, prefer a command that reads.

    A write is never suggested for a read that AWS might have.
    """
    folded = word.lower()
    near = [(typing_errors(folded, name), name.partition("-")[0] not in _READS, name) for name in known]
    fitting = [found for found in near if found[0] <= _most(folded, found[2])]
    return min(fitting)[2] if fitting else None


def _most(word: str, name: str) -> int:
    """Return how many typing errors may separate a name from a word."""
    if len(name) > _A_LONG_NAME:
        return 3 if word.partition("-")[0] == name.partition("-")[0] else 1
    return 1 if len(name) < len("update") else 2
