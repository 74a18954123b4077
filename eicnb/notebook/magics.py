"""`%eic` and `%%eic`."""

from __future__ import annotations

import keyword
import re
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from eicnb import commands
from eicnb.cli import parser
from eicnb.cli.cell import parse_cell
from eicnb.cli.lexer import Source
from eicnb.cli.parser import Command
from eicnb.errors import UsageError
from eicnb.notebook.completer import MEMORY

_OUT = re.compile(r"(?<!\S)--out(?:=|[^\S\n]+|$)(?P<name>\S*)")


@magics_class
class EicMagics(Magics):
    """The magics; `%load_ext eicnb` registers them."""

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def eic(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        r"""AWS Lambda's asynchronous-invocation settings: AWS CLI command lines, or our shorthand.

            %eic put my-function --retries 0 --max-age 1h --on-failure sqs:lost-events
            %eic update my-function:live --maximum-retry-attempts 1
            config = %eic get my-function:live
            %eic list my-function
            %eic delete my-function:live
            %eic functions
            audit = %eic audit --regions all

            %%eic
            aws lambda put-function-event-invoke-config \\
                --function-name my-function \\
                --maximum-event-age-in-seconds 3600 \\
                --maximum-retry-attempts 0

        A command returns a DataFrame; several in one cell are all checked before the first is sent, and return one
        DataFrame with a row each, which `%%eic --out name` binds to a name. `${expression}`, `$name` and `{name}`
        bring in values of the notebook; single quotes keep them out. `%eic sandbox` starts an AWS without an account.
        """
        user_ns = self._user_ns()
        names: Mapping[str, Any] = ChainMap(dict(local_ns or {}), user_ns)
        if cell is None:
            return _run(_one(parser.parse(Source(line, "%eic "), names, model=commands.members)))
        source, out = _cell_source(line, cell)
        result = _run(parse_cell(source, names, model=commands.members))
        if out is None:
            return result
        user_ns[out] = result
        return None

    def _user_ns(self) -> dict[str, Any]:
        assert self.shell is not None, "IPython makes magics with their shell"
        names: dict[str, Any] = self.shell.user_ns
        return names


def _cell_source(line: str, cell: str) -> tuple[Source, str | None]:
    """The commands of a cell, and the name that `--out` gives its result; the option is blanked out in place."""
    source = Source(f"{line}\n{cell}", "%%eic ", first_line=1)
    out = _OUT.search(line)
    rest = _OUT.sub(lambda found: " " * len(found[0]), line)
    if out is not None and not (out["name"].isidentifier() and not keyword.iskeyword(out["name"])):
        raise source.error("--out needs the name of a variable", out.start(), out.end(), hint="%%eic --out result")
    return Source(f"{rest}\n{cell}", "%%eic ", first_line=1), out["name"] if out else None


def _one(parsed: list[Command]) -> list[Command]:
    """The command of a line, which takes no more than one."""
    if len(parsed) > 1:
        with parsed[1].blamed():
            raise UsageError("a line takes one command", hint="%%eic, with a command a line")
    return parsed


def _run(parsed: list[Command]) -> Any:
    if not parsed:
        raise UsageError("there is no command", hint="%eic put my-function --retries 0")
    if any(command.verb in {"use", "sandbox"} for command in parsed):
        MEMORY.forget()
    result = commands.run(parsed, _show)
    MEMORY.learn(result)
    return result


def _show(text: str) -> None:
    print(text, end="")  # noqa: T201 # `--output` asks for text
