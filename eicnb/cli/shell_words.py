"""Advice on lines that begin with a word of a shell script.

Tested in tests/cli/test_shell.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from eicnb.cli.shell import PLAIN_NAME, Advice, for_a_shell, is_command, magic, of_a_prompt

_ASSIGNMENT = re.compile(r"\$?(?P<name>[^\W\d]\w*)\+?=(?P<value>.*)", re.DOTALL)
_EXPORTS = ("export", "declare", "typeset", "local", "readonly", "setx", "let")
_PROMPT_ENDS = (*"$#%>", "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}", "\N{RIGHTWARDS ARROW}")


def of_words(words: Sequence[str]) -> Advice | None:
    """Advise on a line that begins with a shell's word, or return None.

    >>> of_words(["cd", "runbooks"]).hint.splitlines()
    ['change the folder of the notebook', '%cd runbooks']
    """
    first, rest = words[0], list(words[1:])
    text = " ".join(rest)
    if (start := _after_a_prompt(words)) is not None:
        return of_a_prompt(" ".join(words[:start]), " ".join(words[start:]))
    if first.startswith("$env:"):
        return _variable(first.removeprefix("$env:"), text.removeprefix("=").strip())
    if rest[:1] == ["="]:
        return _python_assignment(first, " ".join(rest[1:]))
    if _ASSIGNMENT.fullmatch(first):
        return _assigned(words)
    if first.startswith(("$", '"$', "{")) and rest:
        return _named_program(first, text)
    return _bang(first, text) if first.startswith("!") else _of_a_first_word(first, rest)


def _of_a_first_word(first: str, rest: Sequence[str]) -> Advice | None:
    return _WORDS[first](first, rest) if first in _WORDS else None


def _after_a_prompt(words: Sequence[str]) -> int | None:
    """Return where the command begins after a copied prompt such as `user@host:~$`, or None."""
    ends = (at for at in range(1, len(words)) if words[at - 1].endswith(_PROMPT_ENDS))
    return next((at for at in ends if is_command(" ".join(words[at:]))), None)


def is_word(word: str) -> bool:
    """Return whether a line of a shell script may begin with this word."""
    return word in _WORDS or word.startswith(("$env:", "!")) or _ASSIGNMENT.fullmatch(word) is not None


def sets_variables(words: Sequence[str]) -> bool:
    """Return whether a line only sets variables.

    >>> sets_variables(["export", "QUEUE=lost"]), sets_variables(["QUEUE=lost", "get", "f"])
    (True, False)
    """
    set_here = words[1:] if words[0] in _EXPORTS else words
    return bool(set_here) and all(map(_ASSIGNMENT.fullmatch, set_here))


def _python_assignment(name: str, value: str) -> Advice:
    """Advise on `x = …`, a statement of Python or PowerShell."""
    plain = name.removeprefix("$")
    if is_command(value):
        hint = f"assign in its own cell\n{plain} = {magic(value)}"
    else:
        hint = f"assign in a Python cell, then write `${plain}` here\n{plain} = {value}"
    return Advice(f"a command line cannot assign to {name!r}", hint)


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
    """Advise on a line that only sets a variable."""
    message = f"{name}=… sets a shell variable, but no shell reads this line"
    if name in _CONNECTION and value:
        return Advice(message, f"choose the connection for what follows\n%eic use {_CONNECTION[name]} {value}")
    if name.startswith("AWS_"):
        return Advice(message, f"set it in a Python cell\n{statements([(name, value)])}")
    return Advice(message, f"assign it in a Python cell, then write `${name}` here\n{statement(name, value)}")


def _variables(pairs: Sequence[tuple[str, str]]) -> Advice:
    """Advise on a line that only sets variables."""
    (name, value), *others = pairs
    if not others:
        return _variable(name, value)
    message = f"{name}=… sets a shell variable, but no shell reads this line"
    if all(name in _CONNECTION and value for name, value in pairs):
        chosen = {_CONNECTION[name]: value for name, value in reversed(pairs)}
        line = " ".join(["%eic use", *(f"{option} {value}" for option, value in reversed(chosen.items()))])
        return Advice(message, f"choose the connection for what follows\n{line}")
    return Advice(message, f"set them in a Python cell\n{statements(pairs)}")


def statement(name: str, value: str) -> str:
    """Return the Python statement that assigns what a shell would assign.

    >>> statement("QUEUE", "lost")
    'QUEUE = "lost"'
    """
    plain = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    if re.fullmatch(r"0|[1-9][0-9]{0,8}", plain):
        return f"{name} = {plain}"
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{quoted}"'


def statements(variables: Sequence[tuple[str, str]]) -> str:
    """Return the Python lines that set variables as a shell would, and AWS's in the environment.

    For a secret, they prompt instead of repeating it.

    >>> print(statements([("QUEUE", "lost"), ("AWS_MAX_ATTEMPTS", "5")]))
    QUEUE = "lost"
    import os
    os.environ["AWS_MAX_ATTEMPTS"] = "5"
    """
    of_aws = [(name, value) for name, value in variables if name.startswith("AWS_")]
    secret = [name for name, _ in of_aws if re.search(r"KEY|SECRET|TOKEN|PASSWORD", name)]
    lines = [statement(name, value) for name, value in variables if not name.startswith("AWS_")]
    if of_aws:
        lines.append("import getpass, os" if secret else "import os")
    for name, value in of_aws:
        if name not in secret:
            plain = value.strip("'\"").replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'os.environ["{name}"] = "{plain}"')
    for name in secret:
        lines += [f'name = "{name}"', "os.environ[name] = getpass.getpass(name)"]
    return "\n".join(lines)


def _named_program(first: str, text: str) -> Advice:
    """Advise on `$AWS lambda …`."""
    message = f"{first} is a program, which a command line cannot run"
    return Advice(message, f"leave it out\n{magic(text)}" if is_command(text) else _in_a_shell(f"{first} {text}"))


def _bang(first: str, text: str) -> Advice:
    """Advise on `!aws …`, a notebook's way to run a program."""
    line = " ".join(part for part in (first.lstrip("!"), text) if part)
    if is_command(line):
        return Advice(f"{first!r} runs a program, but this is an eicnb command", f"leave out the `!`\n{magic(line)}")
    return Advice(f"{first!r} runs a program, which a command line cannot do", _in_a_shell(line))


def _in_a_shell(line: str) -> str:
    return f"run it in its own cell\n!{line}"


def _assigned(words: Sequence[str]) -> Advice | None:
    """Advise on a line of variables, or return None if a command follows them."""
    found = [_ASSIGNMENT.fullmatch(word) for word in words]
    return _variables([(one["name"], one["value"]) for one in found if one]) if all(found) else None


def _export(first: str, rest: Sequence[str]) -> Advice:
    """Advise on `export NAME=value …` and similar statements."""
    found = [match for word in rest if (match := _ASSIGNMENT.fullmatch(word))]
    return _variables([(match["name"], match["value"]) for match in found]) if found else _left_out(first, rest)


def _set(first: str, rest: Sequence[str]) -> Advice | None:
    """Advise on `set -e` and `set NAME=value`; anything else is a misspelled command."""
    if any("=" in word for word in rest):
        return _export(first, rest)
    if rest and not rest[0].startswith(("-", "+")):
        return None
    line = " ".join([first, *rest])
    return Advice(f"{line!r} configures a shell", "leave it out: a cell stops at its first failure anyway")


def _unset(first: str, rest: Sequence[str]) -> Advice:
    if not rest or not PLAIN_NAME.fullmatch(rest[-1]):
        return _left_out(first, rest)
    line = f'import os\nos.environ.pop("{rest[-1]}", None)'
    return Advice(for_a_shell(first), f"remove the variable in a Python cell\n{line}")


def _loop(first: str, rest: Sequence[str]) -> Advice:
    names = list(rest[2:]) if rest[1:2] == ["in"] else []
    plain = [name for name in names if re.fullmatch(r"[\w:.-]+", name)]
    listed = plain if plain and plain == names else ["my-function", "order-events"]
    quoted = ", ".join(f'"{name}"' for name in listed)
    return Advice(
        f"{first!r} begins a shell loop",
        f"loop in a Python cell\nfor name in [{quoted}]:\n    %eic get ${{name}}",
    )


def _condition(first: str, rest: Sequence[str]) -> Advice:
    del rest
    return Advice(
        f"{first!r} begins a shell condition",
        "decide in a Python cell\nimport eicnb\ntry:\n    %eic get my-function\n"
        'except eicnb.NotFound:\n    print("no config")',
    )


def _time(first: str, rest: Sequence[str]) -> Advice:
    text = " ".join(rest)
    if is_command(text):
        return Advice(for_a_shell(first), f"time it in its own cell\n%time {magic(text)}")
    return _left_out(first, rest)


def _around(first: str, rest: Sequence[str]) -> Advice:
    """Advise on a word that runs the command after it."""
    start = next((at for at in range(len(rest)) if is_command(" ".join(rest[at:]))), None)
    if start is None:
        return _program(first, rest)
    text = " ".join([*filter(_ASSIGNMENT.fullmatch, rest[:start]), *rest[start:]])
    return Advice(f"{first!r} runs a program, which a command line cannot do", f"leave it out\n{magic(text)}")


def _function(first: str, rest: Sequence[str]) -> Advice | None:
    """Advise on `function NAME {`; without the brace it is a misspelled command."""
    return _left_out(first, rest) if "{" in rest else None


def _left_out(first: str, rest: Sequence[str]) -> Advice:
    del rest
    return Advice(for_a_shell(first), "leave out the line")


def _folder(first: str, rest: Sequence[str]) -> Advice:
    line = " ".join(["%cd", *rest])
    return Advice(for_a_shell(first), f"change the folder of the notebook\n{line}")


def _program(first: str, rest: Sequence[str]) -> Advice:
    line = " ".join([first, *rest])
    return Advice(f"{first!r} is a program, which a command line cannot run", _in_a_shell(line))


def _environment(first: str, rest: Sequence[str]) -> Advice:
    del rest
    hint = "leave out the line: a notebook has the environment in which Jupyter was started"
    return Advice(for_a_shell(first), hint)


_LEFT_OUT = "exit return trap wait shopt ulimit umask break continue true false : { } ]] alias shift select read"
_PROGRAMS = (
    "awk cat chmod cp curl cut date docker echo find git grep head jq kill ls make mkdir mv npm pip pip3 printf ps pwd "
    "python python3 rm rmdir sam sed serverless sh bash sleep sls sort ssh tail tar tee terraform touch uniq wc wget "
    "which xargs yq zip unzip cdk"
)
_WORDS: Mapping[str, Callable[[str, Sequence[str]], Advice | None]] = {
    **dict.fromkeys(_EXPORTS, _export),
    **dict.fromkeys(("for", "while", "until", "foreach", "do", "done"), _loop),
    **dict.fromkeys(("if", "then", "elif", "else", "fi", "case", "esac", "test", "[", "[["), _condition),
    **dict.fromkeys(("sudo", "env", "command", "exec", "nohup", "eval", "aws-vault", "timeout", "nice"), _around),
    **dict.fromkeys(_LEFT_OUT.split(), _left_out),
    **dict.fromkeys(("cd", "pushd"), _folder),
    **dict.fromkeys(("source", ".", "conda", "nvm", "pyenv"), _environment),
    **dict.fromkeys(_PROGRAMS.split(), _program),
    "function": _function,
    "set": _set,
    "unset": _unset,
    "time": _time,
}
