"""Advice on lines that only a shell understands: what to type here instead.

Each piece of advice is a hint: a sentence, and below it the lines to type, each alone on its own line so that it can
be copied. `%eic …` works in a cell of its own as well as inside `%%eic`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eicnb.cli import options
from eicnb.model.verbs import Operation

PROMPTS = ("$", "%", "%eic", "%%eic")
"""Words that a pasted command may begin with; they are ignored."""

_ACCOUNT = re.compile(rf"aws\s+sts\s+{Operation.GET_CALLER_IDENTITY.command}\b.*\bAccount\b", re.DOTALL)
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Advice:
    """An error in a line that was written for a shell, and what to type instead."""

    message: str
    hint: str


def joined(text: str) -> str:
    r"""Return a command line without its `\` line ends and its prompt, on one line.

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
    """Return whether a text begins as a command of eicnb does.

    >>> is_command("aws lambda get-function-event-invoke-config"), is_command("echo done")
    (True, False)
    """
    first, _, rest = joined(text).partition(" ")
    if first == "aws":
        words = [word for word in rest.split() if not word.startswith("-")]
        return "lambda" in words[:3] or any(options.verb(word) for word in words[:1])
    return first == "lambda" or options.verb(first) is not None


def of_operator(operator: str, left: str, right: str) -> Advice:
    """Advise on a shell's operator between the text of its command and the rest of its line.

    >>> of_operator("&", "get my-function", "").hint.splitlines()
    ['run it without the `&`: a notebook runs one command after another', '%eic get my-function']
    """
    descriptor = re.search(r"(?<!\S)[0-9]$", left) if operator in {">", ">>"} else None
    left, right = joined(left[: descriptor.start()] if descriptor else left), right.strip()
    if descriptor and descriptor[0] == "2":
        command = f"{left}{_after_the_file(right)}".strip()
        return Advice(for_a_shell(operator), f"leave it out: a notebook shows errors by itself\n%eic {command}")
    if operator in {"$(", "`"}:
        return Advice(for_a_shell(operator), _substituted(operator, left, right))
    if not left and operator in {">", ">>"} and is_command(right):
        return Advice("'>' is a prompt here, and no part of the command", f"leave it out\n{magic(right)}")
    return Advice(for_a_shell(operator), _OPERATORS[operator](left, right))


def for_a_shell(what: str) -> str:
    """Return the message about an operator that only a shell understands.

    >>> for_a_shell("|")
    "'|' is for a shell, and no shell reads this line"
    """
    return f"{what!r} is for a shell, and no shell reads this line"


_FILE = re.compile(r"""\|?\s*(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<plain>[^\s"';|&<>]+))""")


def _after_the_file(right: str) -> str:
    """Return the words of the command that follow the file of a redirection, up to the next operator."""
    right = right.strip()
    found = _FILE.match(right)
    rest = re.match(r"""(?:(?![0-9]?>)[^"';|&<#`\\]|"[^"]*"|'[^']*')*""", right[found.end() :]) if found else None
    words = rest[0].strip() if rest else ""
    return f" {words}" if words else ""


def _redirected(left: str, right: str, mode: str = "") -> str:
    """Advise on a redirection to a file."""
    found = _FILE.match(right)
    name = next(filter(None, found.groups())) if found else "out.json"
    left = f"{left}{_after_the_file(right)}".strip()
    if re.search(r"(?<!\S)--output\b|(?<!\S)help\b", left):
        advice = "capture what the command prints, and write it to the file in the next cell"
        return f"{advice}\n%%capture captured\n%eic {left}\n\n{_written(name, 'captured.stdout', mode)}"
    advice = f"keep the result and write it from Python\nx = %eic {left}\n"
    if re.search(r"(?<!\S)--query\b", left):
        return advice + _written(name, "str(x)", mode)
    if name.endswith(".json"):
        lines = ', orient="records", lines=True, mode="a"' if mode else ""
        return f'{advice}x.to_json("{name}", date_format="iso"{lines})'
    append = ', mode="a"' if mode else ""
    return f'{advice}x.to_csv("{name}"{append})'


def _written(name: str, text: str, mode: str) -> str:
    """Return the lines of Python that write a text to a file."""
    if mode:
        return f'with open("{name}", "{mode}") as file:\n    file.write({text})'
    return f'import pathlib\npathlib.Path("{name}").write_text({text})'


def _appended(left: str, right: str) -> str:
    return _redirected(left, right, "a")


def _piped(left: str, right: str) -> str:
    first = right.partition(" ")[0]
    if first in {"tee", "tee-object", "Out-File", "Set-Content"}:
        names = re.sub(r"^(?:-+\w+\s+)+", "", right.partition(" ")[2].strip())
        appends = re.match(r"\S+\s+(?:-a|--append|-Append)\b", right)
        return _redirected(left, names.partition(" ")[0], "a" if appends else "")
    query = "select with `--query`, or " if first in {"jq", "grep", "awk", "cut", "sed"} else ""
    return f"{query}keep the result and work on it from Python\nx = %eic {left}"


def _or_else(left: str, right: str) -> str:
    """Advise on `||`: a delete may find no config, any other failure is an exception."""
    does_nothing = re.match(r"(?:true|:)(?!\S)|echo\b|printf\b", right)
    verb = next((found for word in left.split() if (found := options.verb(word))), None)
    if does_nothing and verb and verb.name == "delete":
        return f"delete the config if there is one\n%eic {left} --missing-ok"
    if does_nothing:
        return (
            "catch the error in a Python cell\n"
            f"import eicnb\ntry:\n    %eic {left}\nexcept eicnb.EicError as error:\n    print(error)"
        )
    return f"leave out what follows: a failure stops the notebook\n%eic {left}"


def _and_then(left: str, right: str) -> str:
    commands = [left, *(part.strip() for part in right.split("&&"))]
    ours = [command for command in commands if is_command(command)]
    if len(ours) == len(commands):
        return "write each command on its own line; the cell stops at the first failure\n%%eic\n" + "\n".join(ours)
    return f"leave out what follows: a cell stops at its first failure\n%eic {left}"


def _alone(left: str, _right: str) -> str:
    return f"run it without the `&`: a notebook runs one command after another\n%eic {left}"


def _from_a_file(left: str, right: str) -> str:
    if right.startswith("<"):
        return "write the document below the command, in a `%%eic` cell"
    name = right.partition(" ")[0] or "NAME"
    option = left.rpartition(" ")[2]
    if option.startswith("--"):
        return f"name the file behind the option\n%eic {left} file://{name}{_after_the_file(right)}"
    return f"name the file behind an option\n%eic {left} --cli-input-json file://{name}{_after_the_file(right)}"


def _in_quotes(left: str, right: str) -> str:
    if re.match(r"\)\s*\{", right):
        return "write the commands without the function around them"
    if not left and is_command(inner := right.rpartition(")")[0]):
        return f"leave out the parentheses\n{magic(inner)}"
    if _PLAIN_NAME.fullmatch(left.partition(".")[0]) and options.verb(left) is None and " " not in left:
        return "move the Python code to a cell of its own"
    return "put single quotes around the value"


_OPERATORS: Mapping[str, Callable[[str, str], str]] = {
    "|": _piped,
    "||": _or_else,
    "&&": _and_then,
    "&": _alone,
    ">": _redirected,
    ">>": _appended,
    "<": _from_a_file,
    "(": _in_quotes,
    ")": _in_quotes,
    "$'": lambda _left, _right: "use plain single quotes",
}


def assigned_to(left: str) -> str | None:
    """Return the variable that a command's output is assigned to, from the text before `$(`.

    >>> assigned_to("export QUEUE=")
    'QUEUE'
    """
    pattern = r"""(?:(?:export|local|readonly|declare(?: -\w+)*) )?([^\W\d]\w*)=["']?"""
    found = re.fullmatch(pattern, left)
    return found[1] if found else None


def _substituted(operator: str, left: str, right: str) -> str:
    """Advise on the output of a command as a value."""
    closing = ")" if operator == "$(" else "`"
    inner = joined(right.partition(closing)[0])
    found = assigned_to(left)
    name = found or "value"
    if _ACCOUNT.match(inner):
        line = f"import eicnb\n{name} = eicnb.current().account_id"
    elif is_command(inner):
        line = f"{name} = %eic {inner}"
    else:
        line = f"{name} = !{inner}" if found and inner else ""
    if found and line:
        return f"name the value in a Python cell; `${name}` then stands for it here\n{line}"
    if line:
        return f"name the value in a Python cell, and write `$value` here\n{line}"
    return "compute the value in a Python cell, and name it here as ${name}"
