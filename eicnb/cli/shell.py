"""What a shell would do with a line, and what to type here instead.

Each piece of advice is a hint: a sentence, and below it the lines to type, each alone on its own line so that it can
be copied. `%eic …` works in a cell of its own as well as inside `%%eic`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eicnb.cli import options
from eicnb.model.verbs import Operation

PROMPTS = ("$", "%", "%eic", "%%eic")
"""Words that a pasted command may begin with; they are left out."""

_ASSIGNMENT = re.compile(r"(?P<name>[^\W\d]\w*)\+?=(?P<value>.*)", re.DOTALL)
_ACCOUNT = re.compile(rf"aws\s+sts\s+{Operation.GET_CALLER_IDENTITY.command}\b.*\bAccount\b", re.DOTALL)
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong with a line that was written for a shell, and what to type instead."""

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
    left, right = joined(left), right.strip()
    if operator in {"$(", "`"}:
        return Advice(_for_a_shell(operator), _substituted(operator, left, right))
    if not left and operator in {">", ">>"}:
        return Advice("'>' is a prompt here, and no part of the command", f"leave it out\n{magic(right)}")
    return Advice(_for_a_shell(operator), _OPERATORS[operator](left, right))


def _for_a_shell(what: str) -> str:
    return f"{what!r} is for a shell, and no shell reads this line"


def _redirected(left: str, right: str, mode: str = "") -> str:
    """Advise on a redirection to a file."""
    found = re.match(r"""["']?([^\s"';|&]+)""", right)
    name = found[1] if found else "out.json"
    if re.search(r"(?<!\S)--output\b|(?<!\S)help\b", left):
        return (
            "capture what the command prints, and write it to the file in the next cell\n"
            f'%%capture captured\n%eic {left}\n\nopen("{name}", "{mode or "w"}").write(captured.stdout)'
        )
    if re.search(r"(?<!\S)--query\b", left):
        return (
            f'keep the result and write it from Python\nx = %eic {left}\nopen("{name}", "{mode or "w"}").write(str(x))'
        )
    if name.endswith(".json"):
        lines = ', orient="records", lines=True, mode="a"' if mode else ""
        return f'keep the result and write it from Python\nx = %eic {left}\nx.to_json("{name}"{lines})'
    append = ', mode="a"' if mode else ""
    return f'keep the result and write it from Python\nx = %eic {left}\nx.to_csv("{name}"{append})'


def _appended(left: str, right: str) -> str:
    return _redirected(left, right, "a")


def _piped(left: str, right: str) -> str:
    first = right.partition(" ")[0]
    if first in {"tee", "tee-object", "Out-File", "Set-Content"}:
        return _redirected(left, right.partition(" ")[2].strip())
    query = "select with `--query`, or " if first in {"jq", "grep", "awk", "cut", "sed"} else ""
    return f"{query}keep the result and work on it from Python\nx = %eic {left}"


def _or_else(left: str, right: str) -> str:
    """Advise on what to do after a failure: a delete may find no config, all else is an exception."""
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
        return f"name the file behind the option\n%eic {left} file://{name}"
    return f"name the file behind an option\n--cli-input-json file://{name}"


def _in_quotes(left: str, right: str) -> str:
    if re.match(r"\)\s*\{", right):
        return "write the commands without the function around them"
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


def of_words(words: Sequence[str]) -> Advice | None:
    """Advise on a command that begins with a word of a shell, or return None.

    >>> of_words(["cd", "runbooks"]).hint.splitlines()
    ['change the folder of the notebook', '%cd runbooks']
    """
    first, rest = words[0], list(words[1:])
    text = " ".join(rest)
    if first.startswith("$env:"):
        return _variable(first.removeprefix("$env:"), text.removeprefix("=").strip())
    if rest[:1] == ["="]:
        return _python_assignment(first, " ".join(rest[1:]))
    if found := _ASSIGNMENT.fullmatch(first):
        return _variable(found["name"], found["value"]) if not rest else None
    if first.startswith(("$", '"$', "{")) and rest:
        message = f"{first} stands for a program, and no program is run here"
        return Advice(message, f"leave it out\n{magic(text)}" if is_command(text) else _in_a_shell(" ".join(words)))
    if first.startswith("!"):
        return _bang(first, text)
    return _WORDS[first](first, rest) if first in _WORDS else None


def is_word(word: str) -> bool:
    """Return whether a shell or a shell script begins a line with this word."""
    return word in _WORDS or word.startswith(("$env:", "!"))


def _python_assignment(name: str, value: str) -> Advice:
    """Advise on `x = …`: a statement of Python, or of PowerShell."""
    plain = name.removeprefix("$")
    if is_command(value):
        hint = f"assign in a cell of its own\n{plain} = {magic(value)}"
    else:
        hint = f"assign in a Python cell; `${plain}` then stands for it here\n{plain} = {value}"
    return Advice(f"{name!r} is assigned to, which a command line cannot do", hint)


_CONNECTION = {
    "AWS_PROFILE": "--profile",
    "AWS_DEFAULT_PROFILE": "--profile",
    "AWS_REGION": "--region",
    "AWS_DEFAULT_REGION": "--region",
    "AWS_ENDPOINT_URL": "--endpoint-url",
    "AWS_ENDPOINT_URL_LAMBDA": "--endpoint-url",
    "AWS_CA_BUNDLE": "--ca-bundle",
}


def _variable(name: str, value: str) -> Advice:
    """Advise on a variable that a line of its own sets."""
    message = f"{name}=… sets a variable of a shell, and no shell reads this line"
    if name in _CONNECTION and value:
        return Advice(message, f"choose the connection for all that follows\n%eic use {_CONNECTION[name]} {value}")
    if name.startswith("AWS_"):
        return Advice(message, f"set it in a Python cell\n{in_the_environment(name, value)}")
    return Advice(
        message, f"name the value in a Python cell; `${name}` then stands for it here\n{statement(name, value)}"
    )


def statement(name: str, value: str) -> str:
    """Return the Python statement that gives a name the value that a shell would.

    >>> statement("QUEUE", "lost")
    'QUEUE = "lost"'
    """
    plain = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    if re.fullmatch(r"0|[1-9][0-9]{0,8}", plain):
        return f"{name} = {plain}"
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{quoted}"'


def in_the_environment(name: str, value: str) -> str:
    """Return the lines of Python that set a variable of the environment; a secret is asked for and not repeated.

    >>> print(in_the_environment("AWS_MAX_ATTEMPTS", "5"))
    import os
    os.environ["AWS_MAX_ATTEMPTS"] = "5"
    """
    if re.search(r"KEY|SECRET|TOKEN|PASSWORD", name):
        return f'import getpass, os\nname = "{name}"\nos.environ[name] = getpass.getpass()'
    plain = value.strip("'\"").replace("\\", "\\\\").replace('"', '\\"')
    return f'import os\nos.environ["{name}"] = "{plain}"'


def _bang(first: str, text: str) -> Advice:
    """Advise on `!aws …`, which runs a program in a notebook."""
    line = " ".join(part for part in (first.lstrip("!"), text) if part)
    if is_command(line):
        return Advice(f"{first!r} runs a program, and this is a command of eicnb", f"leave out the `!`\n{magic(line)}")
    return Advice(f"{first!r} runs a program, which a command line cannot do", _in_a_shell(line))


def _in_a_shell(line: str) -> str:
    return f"run it in a cell of its own\n!{line}"


def _export(first: str, rest: Sequence[str]) -> Advice:
    """Advise on `export NAME=value` and its like, whose first variable decides."""
    for word in rest:
        if found := _ASSIGNMENT.fullmatch(word):
            return _variable(found["name"], found["value"])
    return _left_out(first, rest)


def _set(first: str, rest: Sequence[str]) -> Advice:
    if any("=" in word for word in rest):
        return _export(first, rest)
    line = " ".join([first, *rest])
    return Advice(f"{line!r} sets up a shell", "leave it out: a cell stops at its first failure by itself")


def _unset(first: str, rest: Sequence[str]) -> Advice:
    if not rest or not _PLAIN_NAME.fullmatch(rest[-1]):
        return _left_out(first, rest)
    line = f'import os\nos.environ.pop("{rest[-1]}", None)'
    return Advice(f"{first!r} is for a shell", f"remove the variable in a Python cell\n{line}")


def _loop(first: str, rest: Sequence[str]) -> Advice:
    names = list(rest[2:]) if rest[1:2] == ["in"] else []
    plain = [name for name in names if re.fullmatch(r"[\w:.-]+", name)]
    listed = plain if plain and plain == names else ["my-function", "order-events"]
    quoted = ", ".join(f'"{name}"' for name in listed)
    return Advice(
        f"{first!r} begins a loop of a shell",
        f"loop in a Python cell\nfor name in [{quoted}]:\n    %eic get ${{name}}",
    )


def _condition(first: str, rest: Sequence[str]) -> Advice:
    del rest
    return Advice(
        f"{first!r} begins a condition of a shell",
        "decide in a Python cell\nimport eicnb\ntry:\n    %eic get my-function\n"
        'except eicnb.NotFound:\n    print("no config")',
    )


def _time(first: str, rest: Sequence[str]) -> Advice:
    text = " ".join(rest)
    if is_command(text):
        return Advice(f"{first!r} is for a shell", f"time it in a cell of its own\n%time {magic(text)}")
    return _left_out(first, rest)


def _around(first: str, rest: Sequence[str]) -> Advice:
    """Advise on a word that runs the command behind it."""
    start = next((at for at in range(len(rest)) if is_command(" ".join(rest[at:]))), None)
    if start is None:
        return _program(first, rest)
    text = " ".join([*filter(_ASSIGNMENT.fullmatch, rest[:start]), *rest[start:]])
    return Advice(f"{first!r} runs a program, and none is run here", f"leave it out\n{magic(text)}")


def _left_out(first: str, rest: Sequence[str]) -> Advice:
    del rest
    return Advice(f"{first!r} is for a shell, and no shell reads this line", "leave the line out")


def _folder(first: str, rest: Sequence[str]) -> Advice:
    line = " ".join(["%cd", *rest])
    return Advice(
        f"{first!r} is for a shell, and no shell reads this line", f"change the folder of the notebook\n{line}"
    )


def _program(first: str, rest: Sequence[str]) -> Advice:
    line = " ".join([first, *rest])
    return Advice(f"{first!r} is a program, and none is run here", _in_a_shell(line))


def _environment(first: str, rest: Sequence[str]) -> Advice:
    del rest
    hint = "leave the line out: a notebook has the environment that Jupyter was started in"
    return Advice(f"{first!r} is for a shell, and no shell reads this line", hint)


_LEFT_OUT = (
    "exit return trap wait shopt ulimit umask function break continue true false : { } ]] alias shift select read"
)
_PROGRAMS = (
    "awk cat chmod cp curl cut date docker echo find git grep head jq kill ls make mkdir mv npm pip pip3 printf ps pwd "
    "python python3 rm rmdir sam sed serverless sh bash sleep sls sort ssh tail tar tee terraform touch uniq wc wget "
    "which xargs yq zip unzip cdk"
)
_WORDS: Mapping[str, Callable[[str, Sequence[str]], Advice]] = {
    **dict.fromkeys(("export", "declare", "typeset", "local", "readonly", "setx", "let"), _export),
    **dict.fromkeys(("for", "while", "until", "foreach", "do", "done"), _loop),
    **dict.fromkeys(("if", "then", "elif", "else", "fi", "case", "esac", "test", "[", "[["), _condition),
    **dict.fromkeys(("sudo", "env", "command", "exec", "nohup", "eval", "aws-vault", "timeout", "nice"), _around),
    **dict.fromkeys(_LEFT_OUT.split(), _left_out),
    **dict.fromkeys(("cd", "pushd"), _folder),
    **dict.fromkeys(("source", ".", "conda", "nvm", "pyenv"), _environment),
    **dict.fromkeys(_PROGRAMS.split(), _program),
    "set": _set,
    "unset": _unset,
    "time": _time,
}
