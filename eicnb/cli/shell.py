"""Advice on lines that only a shell understands: the error, and what to type here instead.

The hint is a sentence followed by the lines to type, which can be copied as they are. `%eic …` works both in its own
cell and inside `%%eic`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eicnb.cli import options
from eicnb.cli.redirections import WORD, File, HereDocument, from_a_file, to_a_file
from eicnb.model.verbs import Operation

PROMPTS = ("$", "%", "%eic", "%%eic")
"""Words that a pasted command may begin with; they are ignored."""

_ACCOUNT = re.compile(rf"aws\s+sts\s+{Operation.GET_CALLER_IDENTITY.command}\b.*\bAccount\b", re.DOTALL)
_PLACEHOLDER = re.compile(r"[A-Za-z][\w -]*\w>(?!>)")
_GIVEN = re.compile(rf"(?P<program>cat|echo|printf)\s+(?P<word>{WORD.pattern})\s*", re.DOTALL)
PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_AFTER_A_PROMPT = re.compile(r"[^()]*\)[^()]*?[$#%>\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}]\s")


@dataclass(frozen=True, slots=True)
class Advice:
    """The error about a line that was written for a shell, and what to type instead."""

    message: str
    hint: str
    may_be_quoted: bool = True
    """Whether quoting the operator would make it part of a value."""


def joined(text: str) -> str:
    r"""Return a command on one line, without its `\` line ends and its prompt.

    >>> joined("$ aws lambda get-x \\\n    --output json")
    'aws lambda get-x --output json'
    """
    text = re.sub(r"\s*\\[^\S\n]*\n\s*", " ", text).strip()
    first, _, rest = text.partition(" ")
    return rest.strip() if first in PROMPTS and rest.strip() else text


def magic(text: str) -> str:
    """Return a command line as a line magic.

    >>> magic("$ aws lambda get-x")
    '%eic aws lambda get-x'
    """
    return f"%eic {joined(text)}"


def is_command(text: str) -> bool:
    """Return whether a text begins like an eicnb command.

    >>> is_command("aws lambda get-function-event-invoke-config"), is_command("echo done")
    (True, False)
    """
    first, _, rest = joined(text).partition(" ")
    if first == "aws":
        words = [word for word in rest.split() if not word.startswith("-")]
        return "lambda" in words[:3] or any(options.verb(word) for word in words[:1])
    return first == "lambda" or options.verb(first) is not None


def of_operator(operator: str, left: str, right: str) -> Advice:
    """Advise on a shell operator, given the command to its left and the rest of the line to its right.

    >>> of_operator("&", "get my-function", "").hint.splitlines()
    ['run it without the `&`: a notebook runs one command after another', '%eic get my-function']
    """
    descriptor = re.search(r"(?<!\S)[0-9]$", left) if operator in {">", ">>"} else None
    left, right = joined(left[: descriptor.start()] if descriptor else left), right.strip()
    if descriptor and descriptor[0] == "2":
        command = f"{left}{File.read(right).after}".strip()
        return Advice(for_a_shell(operator), f"leave it out: a notebook shows errors anyway\n%eic {command}")
    if operator in {"$(", "`"}:
        return Advice(for_a_shell(operator), _substituted(operator, left, right))
    if operator in {">", ">>"} and is_command(right) and not is_command(left):
        return of_a_prompt(f"{left}>", right)
    return Advice(for_a_shell(operator), _OPERATORS[operator](left, right))


def of_a_prompt(prompt: str, line: str) -> Advice:
    """Advise on a command that was copied together with the shell's prompt.

    >>> of_a_prompt("PS>", "get my-function").message
    "'PS>' is a prompt, not part of the command"
    """
    return Advice(
        f"'{prompt}' is a prompt, not part of the command", f"leave it out\n{magic(line)}", may_be_quoted=False
    )


def of_input(operator: str, left: str, rest: str) -> Advice | None:
    r"""Advise on a document that a shell would pass to a command, or on a placeholder, or return None.

    >>> print(of_input("<", "put my-function", "<EOF\n{}\nEOF").hint)
    write the document below the command
    %%eic put my-function
    {}
    """
    line, text = rest.partition("\n")[0], f"{operator}{rest}"
    if operator == "<" and (placeholder := _PLACEHOLDER.match(rest)):
        message = f"'<{placeholder[0]}' is a placeholder"
        return Advice(message, "replace it, angle brackets included, with the value", may_be_quoted=False)
    if operator == "|" and (given := _GIVEN.fullmatch(joined(left))) and is_command(line):
        if given["program"] == "cat":
            return Advice(for_a_shell("|"), from_a_file(joined(line), given["word"]), may_be_quoted=False)
        document = HereDocument(given["word"].strip("'\""), "")
        return Advice(for_a_shell("|"), document.hint(joined(line), is_command=True), may_be_quoted=False)
    start = re.search(r"<<-?[^\S\n]*['\"\\]?\w|<<<", f"{operator}{line}")
    found = HereDocument.read(text[start.start() :]) if start else None
    if found is None or start is None:
        return None
    between = "" if operator == "$(" else text[: start.start()]
    left = joined(f"{left}{between}")
    return Advice(for_a_shell("<<"), found.hint(left, is_command=is_command(left)))


def for_a_shell(what: str) -> str:
    """Return the message about a word or an operator that only a shell understands.

    >>> for_a_shell("|")
    "'|' works only in a shell, but no shell reads this line"
    """
    return f"{what!r} works only in a shell, but no shell reads this line"


def _appended(left: str, right: str) -> str:
    return to_a_file(left, right, "a")


_SELECTED = re.compile(r"""jq(?:\s+-\w+)*\s+['"]?(?P<path>(?:\.[A-Za-z]\w*)+)['"]?\s*""")
_OUTPUT = re.compile(r"\s*(?<!\S)--output(?:=|\s+)\S+")


def _piped(left: str, right: str) -> str:
    right = right.removeprefix("&").lstrip()
    first = right.partition(" ")[0]
    if first in {"tee", "tee-object", "Out-File", "Set-Content"}:
        names = re.sub(r"^(?:-+\w+\s+)+", "", right.partition(" ")[2].strip())
        appends = re.match(r"\S+\s+(?:-a|--append|-Append)\b", right)
        return to_a_file(left, names.partition(" ")[0], "a" if appends else "")
    left = _OUTPUT.sub("", left)
    if selected := _SELECTED.fullmatch(right):
        return f"select with `--query`\nx = %eic {left} --query {selected['path'][1:]}"
    query = "select with `--query`, or " if first in {"jq", "grep", "awk", "cut", "sed"} else ""
    return f"{query}keep the result and work with it in Python\nx = %eic {left}"


def _or_else(left: str, right: str) -> str:
    """Advise on `||`: a delete may find no config, and any other failure is an exception."""
    does_nothing = re.match(r"(?:true|:)(?!\S)|echo\b|printf\b", right)
    verb = next((found for word in left.split() if (found := options.verb(word))), None)
    if does_nothing and verb and verb.name == "delete":
        return f"delete the config if there is one\n%eic {left} --missing-ok"
    if does_nothing:
        return (
            "catch the error in a Python cell\n"
            f"import eicnb\ntry:\n    %eic {left}\nexcept eicnb.EicError as error:\n    print(error)"
        )
    return f"leave out the rest: a failure stops the notebook\n%eic {left}"


def _and_then(left: str, right: str) -> str:
    commands = [left, *(part.strip() for part in right.split("&&"))]
    ours = [command for command in commands if is_command(command)]
    if len(ours) == len(commands):
        return "write each command on its own line; the cell stops at the first failure\n%%eic\n" + "\n".join(ours)
    return f"leave out the rest: a cell stops at its first failure\n%eic {left}"


def _alone(left: str, _right: str) -> str:
    return f"run it without the `&`: a notebook runs one command after another\n%eic {left}"


def _in_quotes(left: str, right: str) -> str:
    if not left and (found := _AFTER_A_PROMPT.match(right)) and is_command(right[found.end() :]):
        return f"leave out the prompt\n{magic(right[found.end() :])}"
    if re.match(r"\)\s*\{", right):
        return "write the commands without the function around them"
    if not left and is_command(inner := right.rpartition(")")[0]):
        return f"leave out the parentheses\n{magic(inner)}"
    if PLAIN_NAME.fullmatch(left.partition(".")[0]) and options.verb(left) is None and " " not in left:
        return "move the Python code to its own cell"
    return "put single quotes around the value"


_OPERATORS: Mapping[str, Callable[[str, str], str]] = {
    "|": _piped,
    "||": _or_else,
    "&&": _and_then,
    "&": _alone,
    ">": to_a_file,
    ">>": _appended,
    "<": from_a_file,
    "(": _in_quotes,
    ")": _in_quotes,
    "$'": lambda _left, _right: "use plain single quotes",
}


def assigned_to(left: str) -> str | None:
    """Return the variable that the text before `$(` assigns to, or None.

    >>> assigned_to("export QUEUE=")
    'QUEUE'
    """
    pattern = r"""(?:(?:export|local|readonly|declare(?: -\w+)*) )?([^\W\d]\w*)=["']?"""
    found = re.fullmatch(pattern, left)
    return found[1] if found else None


_READ_FILE = re.compile(rf"(?:cat\s+|<\s*)(?P<file>{WORD.pattern})")


def _substituted(operator: str, left: str, right: str) -> str:
    """Advise on a command whose output is used as a value."""
    closing = ")" if operator == "$(" else "`"
    inner, _, after = right.partition(closing)
    if read := _READ_FILE.fullmatch(inner.strip()):
        end = left.removesuffix('"') if left.endswith(('"', "=")) else f"{left} "
        rest = after.removeprefix('"') if left.endswith('"') else after
        return f"name the file\n%eic {end}file://{read['file']}{rest}"
    inner = joined(inner)
    found = assigned_to(left)
    name = found or "value"
    if _ACCOUNT.match(inner):
        line = f"import eicnb\n{name} = eicnb.current().account_id"
    elif is_command(inner):
        line = f"{name} = %eic {inner}"
    else:
        line = f"[{name}] = !{inner}" if found and inner else ""
    if found and line:
        return f"assign it in a Python cell, then write `${name}` here\n{line}"
    if line:
        return f"assign it in a Python cell, then write `$value` here\n{line}"
    return "compute the value in a Python cell, then write ${name} here"
