"""`%eic` and `%%eic`."""

from __future__ import annotations

import keyword
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand
from traitlets import Bool, Float, Int, List, TraitError, Unicode, observe, validate

from eicnb.aws.service_model import members
from eicnb.cli import parser
from eicnb.cli.cell import parse_cell
from eicnb.cli.command import Command
from eicnb.cli.memory import MEMORY
from eicnb.cli.source import Source
from eicnb.client import commands, settings
from eicnb.errors import UsageError

_OUT = re.compile(r"(?<!\S)--out(?:=|[^\S\n]+|$)(?P<name>\S*)")


@magics_class
class EicMagics(Magics):
    """The magics; `%load_ext eicnb` registers them, and `%config EicMagics.NAME = …` changes how they behave."""

    region = Unicode(None, allow_none=True, help=settings.MEANINGS["region"]).tag(config=True)
    profile = Unicode(None, allow_none=True, help=settings.MEANINGS["profile"]).tag(config=True)
    rate = Float(10.0, help=settings.MEANINGS["rate"]).tag(config=True)
    progress = Bool(True, help=settings.MEANINGS["progress"]).tag(config=True)  # noqa: FBT003 # a trait's default
    interpolate = Bool(True, help=settings.MEANINGS["interpolate"]).tag(config=True)  # noqa: FBT003 # the same
    confirm = Bool(False, help=settings.MEANINGS["confirm"]).tag(config=True)  # noqa: FBT003 # the same
    max_rows = Int(60, help=settings.MEANINGS["max_rows"]).tag(config=True)
    redact = Bool(False, help=settings.MEANINGS["redact"]).tag(config=True)  # noqa: FBT003 # the same
    redact_names = List(Unicode(), help=settings.MEANINGS["redact_names"]).tag(config=True)

    @validate(*settings.MEANINGS)
    def _refuse(self, proposal: Any) -> Any:
        """Refuse what cannot be used, in the way of traits, which then keep the value that they had."""
        try:
            settings.check(proposal["trait"].name, proposal["value"])
        except UsageError as error:
            raise TraitError(str(error)) from error
        return proposal["value"]

    @observe(*settings.MEANINGS)
    def _choose(self, change: Any) -> None:
        """Make what is set here the process's setting."""
        settings.choose(**{change["name"]: change["new"]})

    def _load_config(self, cfg: Any, *args: Any, **options: Any) -> None:
        """Choose whatever a config names, also where the trait has that value already: the environment may not."""
        super()._load_config(cfg, *args, **options)
        named = cfg.get(type(self).__name__, {})
        settings.choose(**{name: getattr(self, name) for name in named if name in settings.MEANINGS})

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def eic(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        r"""AWS Lambda's asynchronous-invocation settings: AWS CLI command lines, or our shorthand.

            %eic put my-function --retries 0 --max-age 1h --on-failure sqs:lost-events
            %eic update my-function:live --maximum-retry-attempts 1
            config = %eic get my-function:live
            %eic list my-function
            %eic delete my-function:live --dry-run
            audit = %eic audit --regions all
            %eic form my-function
            %eic use --profile prod --region eu-west-1
            %eic require --account 123456789012 --region eu-west-1
            %eic help put

            %%eic
            aws lambda put-function-event-invoke-config \\
                --function-name my-function \\
                --maximum-event-age-in-seconds 3600 \\
                --maximum-retry-attempts 0

        A command returns a DataFrame; several in one cell are all checked before the first is sent, and return one
        DataFrame with a row each, which `%%eic --out name` binds to a name. Behind a verb on its first line a cell is
        that command's JSON or YAML. A write shows what it changed, and where. `${expression}`, `$name` and `{name}`
        bring in values of the notebook; single quotes keep them out. `%eic sandbox` starts an AWS without an account.
        """
        user_ns = self._user_ns()
        names: Mapping[str, Any] = ChainMap(dict(local_ns or {}), user_ns)
        if cell is None:
            source = Source(line, "%eic ", interpolates=settings.current().interpolate)
            parsed = _one(parser.parse(source, names, model=members))
            return _displayed(parsed, _run(parsed))
        source, out = _cell_source(line, cell)
        parsed = parse_cell(source, names, model=members)
        result = _run(parsed)
        if out is None:
            return _displayed(parsed, result)
        user_ns[out] = result
        return None

    def _user_ns(self) -> dict[str, Any]:
        assert self.shell is not None, "IPython makes magics with their shell"
        names: dict[str, Any] = self.shell.user_ns
        return names


def _cell_source(line: str, cell: str) -> tuple[Source, str | None]:
    """The commands of a cell, and the name that `--out` gives its result; the option is blanked out in place."""
    interpolates = settings.current().interpolate
    source = Source(f"{line}\n{cell}", "%%eic ", first_line=1, interpolates=interpolates)
    out = _OUT.search(line)
    rest = _OUT.sub(lambda found: " " * len(found[0]), line)
    if out is not None and not (out["name"].isidentifier() and not keyword.iskeyword(out["name"])):
        raise source.error("--out needs the name of a variable", out.start(), out.end(), hint="%%eic --out result")
    return replace(source, text=f"{rest}\n{cell}"), out["name"] if out else None


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
    result = commands.run(parsed, commands.Reader(_show))
    MEMORY.learn(result)
    return result


def _displayed(parsed: list[Command], result: Any) -> Any:
    """What is handed to the display: nothing behind a `;`, as IPython has it for its own magics."""
    return None if parsed[-1].is_ended else result


def _show(text: str) -> None:
    print(text, end="")  # noqa: T201 # `--output` asks for text


def register(ip: Any) -> None:
    """Give a shell the magics, once however often this is called."""
    unregister(ip)
    ip.register_magics(EicMagics)


def unregister(ip: Any) -> None:
    """Take the magics out of a shell, and what was chosen through them out of the process."""
    for magics in ip.magics_manager.magics.values():
        magics.pop("eic", None)
    ip.magics_manager.registry.pop(EicMagics.__name__, None)
    gone = [one for one in ip.configurables if type(one).__name__ == EicMagics.__name__]
    for one in gone:
        ip.configurables.remove(one)
    _forget_refused(ip.config.get(EicMagics.__name__, {}))
    if gone:
        settings.choose(**dict.fromkeys(settings.MEANINGS))


def _forget_refused(config: Any) -> None:
    """Drop what `%config` was given and the magics refused: IPython would give it to the next ones again."""
    for name, value in [*config.items()]:
        try:
            settings.check(name, value)
        except UsageError:
            del config[name]
