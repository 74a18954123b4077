"""A `%%eic` cell: one command per line, or one command with its JSON or YAML document below.

    cell     = [ command ] newline *( command newline ) / command newline document
    document = JSON / YAML ; the command's `--cli-input-json` or `--cli-input-yaml`

The first line is the rest of the `%%eic` line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eicnb.cli import options
from eicnb.cli.arguments import ReadModel
from eicnb.cli.command import Command
from eicnb.cli.files import ReadFile, read_file
from eicnb.cli.lexer import body
from eicnb.cli.parser import no_model, parse
from eicnb.cli.shell import PROMPTS, is_command, joined
from eicnb.cli.source import Source, Word
from eicnb.errors import UsageError

_LINE_END = re.compile(r"\s*\\[^\S\n]*\n\s*")
"""A line end that a backslash escapes."""


def parse_cell(
    source: Source, names: Mapping[str, Any], files: ReadFile = read_file, *, model: ReadModel = no_model
) -> list[Command]:
    r"""Parse a cell, whose text begins with the rest of the `%%eic` line.

    >>> [command] = parse_cell(Source("put my-function\n{\"MaximumRetryAttempts\": 0}"), {})
    >>> command.arguments["maximum_retry_attempts"]
    0
    """
    head, _, rest = source.text.partition("\n")
    if not _has_document(head, rest):
        return parse(source, names, files, model=model)
    document = body(source, len(head) + 1)
    _refuse_options_alone(source, head, document)
    _refuse_command(document, joined(head))
    found = parse(replace(source, text=head), names, files, model=model, body=document)
    if len(found) > 1:
        with document.blamed():
            raise UsageError(
                "only one command can take the text below it", hint="put a single command on the first line"
            )
    return found


def _has_document(head: str, rest: str) -> bool:
    """Return whether the first line is a complete command with more than comments below it."""
    is_command = bool(head.strip()) and not head.lstrip().startswith("#") and not head.rstrip().endswith("\\")
    return is_command and _first_word(rest) is not None


def _first_word(text: str) -> str | None:
    """Return the first word outside of comments."""
    lines = (line.split(maxsplit=1) for line in text.split("\n"))
    return next((words[0] for words in lines if words and not words[0].startswith("#")), None)


def _refuse_options_alone(source: Source, head: str, document: Word) -> None:
    """Raise a UsageError if the first line has only options and the lines below are commands."""
    above = joined(head)
    if not above.startswith("--") or any(options.verb(word) for word in above.split()):
        return
    lines = [joined(line) for line in re.sub(_LINE_END, " ", document.text).split("\n")]
    if not any(map(is_command, lines)):
        return
    name = re.split(r"[=\s]", above)[0]
    start = head.index(name)
    raise source.error(
        "the line of `%%eic` has options without a command",
        start,
        start + len(name),
        hint="\n".join(["write them after the command", "%%eic", *(_with(line, name, above) for line in lines)]),
    )


def _with(line: str, name: str, above: str) -> str:
    """Return a command with the options from above, if it takes the first of them."""
    verb = next((verb for word in line.split() if (verb := options.verb(word))), None)
    if verb is None or verb.option(name) is None:
        return line
    return f"{above} {line}" if re.search(r"[#;]", line) else f"{line} {above}"


def _refuse_command(document: Word, above: str) -> None:
    """Raise a UsageError if the document below a command is itself a command, or options."""
    first = _first_word(document.text) or ""
    if re.match(r"--[a-z]", first):
        with document.blamed():
            message = "a line begins with an option, so the line above needs a trailing `\\`"
            hint = f"end the line above with a `\\`\n%%eic {above} \\\n    {joined(document.text)}"
            raise UsageError(message, hint=hint, culprit=first)
    if first in PROMPTS or is_command(first) or first == "aws":
        with document.blamed():
            message = f"{first!r} begins a second command, but the command after `%%eic` expects its JSON or YAML here"
            hint = f"put every command below the `%%eic` line\n%%eic\n{above}\n{joined(document.text)}"
            raise UsageError(message, hint=hint, culprit=first)
