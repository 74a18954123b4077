"""The magics `%eic` and `%%eic`."""

from __future__ import annotations

import keyword
import re
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand
from traitlets import Bool, Float, Int, List, TraitError, Unicode, Union, observe, validate

from eicnb.aws.service_model import members
from eicnb.cli import parser
from eicnb.cli.cell import parse_cell
from eicnb.cli.command import Command
from eicnb.cli.memory import MEMORY
from eicnb.cli.output import OUTPUTS
from eicnb.cli.shell import magic
from eicnb.cli.source import Source
from eicnb.client import commands, settings
from eicnb.errors import UsageError, nearest
from eicnb.frames.view import SHOW_COMMAND

_OUT = re.compile(r"(?<!\S)--out(?:=|[^\S\n]+|$)(?P<name>\S*)")


@magics_class
class EicMagics(Magics):
    """The magics `%eic` and `%%eic`; `%config EicMagics.NAME = …` sets their options."""

    region = Unicode(None, allow_none=True, help=settings.MEANINGS["region"]).tag(config=True)
    profile = Unicode(None, allow_none=True, help=settings.MEANINGS["profile"]).tag(config=True)
    rate = Float(10.0, help=settings.MEANINGS["rate"]).tag(config=True)
    progress = Bool(True, help=settings.MEANINGS["progress"]).tag(config=True)  # noqa: FBT003 # a trait's default
    interpolate = Bool(True, help=settings.MEANINGS["interpolate"]).tag(config=True)  # noqa: FBT003 # the same
    confirm = Bool(False, help=settings.MEANINGS["confirm"]).tag(config=True)  # noqa: FBT003 # the same
    max_rows = Int(60, help=settings.MEANINGS["max_rows"]).tag(config=True)
    columns = Union([Unicode("auto"), List(Unicode())], help=settings.MEANINGS["columns"]).tag(config=True)
    redact = Bool(False, help=settings.MEANINGS["redact"]).tag(config=True)  # noqa: FBT003 # the same
    redact_names = List(Unicode(), help=settings.MEANINGS["redact_names"]).tag(config=True)
    journal = Unicode(None, allow_none=True, help=settings.MEANINGS["journal"]).tag(config=True)

    @validate(*settings.MEANINGS)
    def _refuse(self, proposal: Any) -> Any:
        """Reject an invalid value; the trait then keeps its previous one."""
        try:
            settings.check(proposal["trait"].name, proposal["value"])
        except UsageError as error:
            raise TraitError(str(error)) from error
        return proposal["value"]

    @observe(*settings.MEANINGS)
    def _choose(self, change: Any) -> None:
        """Apply a new value to the whole process."""
        settings.choose(**{change["name"]: change["new"]})

    def _load_config(self, cfg: Any, *args: Any, **options: Any) -> None:
        """Apply every value in a config, even a default one, because the environment may have another."""
        super()._load_config(cfg, *args, **options)
        named = cfg.get(type(self).__name__, {})
        settings.choose(**{name: getattr(self, name) for name in named if name in settings.MEANINGS})

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def eic(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        r"""Manage AWS Lambda's asynchronous-invocation settings with AWS CLI commands or a shorthand.

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

        A command returns a DataFrame, and a write shows what it changed and where. All commands of a cell are validated
        before the first is sent, and return one DataFrame with a leading column `verb`. `%%eic --out name` assigns it
        to a name. If the first line of a cell is a verb, the lines below may be its input as JSON or YAML.

        `${expression}`, `$name` and `{name}` insert values of the notebook, except within single quotes. `%eic sandbox`
        starts an AWS that needs no account.
        """
        user_ns = self._user_ns()
        names: Mapping[str, Any] = ChainMap(local_ns or {}, user_ns, _ALWAYS)
        context = commands.Context(_show)
        if cell is None:
            source = Source(line, "%eic ", interpolates=context.settings.interpolate)
            with _suggesting_an_assignment(line):
                parsed = _one(_parsed(source, names, parser.parse))
            return _displayed(parsed, _run(parsed, context))
        source, out = _cell_source(line, cell, interpolates=context.settings.interpolate)
        parsed = _parsed(source, names, parse_cell)
        result = _run(parsed, context)
        if out is None or not parsed:
            return _displayed(parsed, result)
        user_ns[out] = result
        return None

    def _user_ns(self) -> dict[str, Any]:
        assert self.shell is not None, "IPython makes magics with their shell"
        names: dict[str, Any] = self.shell.user_ns
        return names


Parse = Callable[..., Sequence[Command]]

_VALUE_OR_FILE = re.compile(r"[${`]|[fF][iI][lL][eE]")


def _parsed(source: Source, names: Mapping[str, Any], parse: Parse) -> Sequence[Command]:
    """Parse a text; the result is cached if it refers to no file and to no value of the notebook.

    An invalid text is parsed again, because the hint of its error may name a value of the notebook.
    """
    if not _VALUE_OR_FILE.search(source.text):
        with suppress(UsageError):
            return _parsed_once(source, parse)
    return parse(source, names, model=members)


@lru_cache(maxsize=256)
def _parsed_once(source: Source, parse: Parse) -> Sequence[Command]:
    return tuple(parse(source, {}, model=members))


_ALWAYS: dict[str, Any] = {"sys": sys}
"""The names that a line may use without an import; hints suggest `${sys.last_value}`."""


def _cell_source(line: str, cell: str, *, interpolates: bool) -> tuple[Source, str | None]:
    """Return the commands of a cell with `--out` blanked out, and the name that it binds."""
    source = Source(f"{line}\n{cell}", "%%eic ", first_line=1, interpolates=interpolates)
    out = _OUT.search(line)
    rest = _OUT.sub(lambda found: " " * len(found[0]), line)
    if out is not None and not (out["name"].isidentifier() and not keyword.iskeyword(out["name"])):
        raise source.error("--out needs the name of a variable", out.start(), out.end(), hint="%%eic --out result")
    return replace(source, text=f"{rest}\n{cell}"), out["name"] if out else None


@contextmanager
def _suggesting_an_assignment(line: str) -> Iterator[None]:
    """Suggest a Python assignment for `--out NAME` in a line, because only a cell takes it."""
    try:
        yield
    except UsageError as error:
        out = _OUT.search(line)
        name = out["name"] if out else ""
        if error.message.startswith("--output cannot be") and name.isidentifier() and not nearest(name, OUTPUTS):
            error.hint = f"{name} = {magic(' '.join(_OUT.sub(' ', line).split()))}"
        raise


def _one(parsed: Sequence[Command]) -> Sequence[Command]:
    """Return the command of a line; more than one is a UsageError."""
    if len(parsed) > 1:
        typed = "\n".join(map(str, parsed))
        with parsed[1].blamed():
            raise UsageError("a line takes one command", hint=f"write one command a line in a cell\n%%eic\n{typed}")
    return parsed


def _run(parsed: Sequence[Command], context: commands.Context) -> Any:
    if not parsed:
        _show("Nothing to run. %eic help lists the commands.\n")
        return None
    if any(command.verb in {"use", "sandbox"} for command in parsed):
        MEMORY.forget()
    result = commands.run(parsed, context)
    MEMORY.learn(result)
    return result


def _displayed(parsed: Sequence[Command], result: Any) -> Any:
    """Return what to display: nothing after a `;`, as with IPython's own magics."""
    return None if parsed and parsed[-1].is_ended else result


def _show(text: str) -> None:
    sys.stdout.write(text)


def register(ip: Any) -> None:
    """Register the magics in a shell; a second call has no effect."""
    unregister(ip)
    ip.register_magics(EicMagics)
    SHOW_COMMAND.is_magic = True


def unregister(ip: Any) -> None:
    """Remove the magics from a shell, and reset the settings made through them."""
    for magics in ip.magics_manager.magics.values():
        magics.pop("eic", None)
    SHOW_COMMAND.is_magic = False
    ip.magics_manager.registry.pop(EicMagics.__name__, None)
    removed = [one for one in ip.configurables if type(one).__name__ == EicMagics.__name__]
    for one in removed:
        ip.configurables.remove(one)
    _drop_refused(ip.config.get(EicMagics.__name__, {}))
    if removed:
        settings.choose(**dict.fromkeys(settings.MEANINGS))


def _drop_refused(config: Any) -> None:
    """Drop the values of `%config` that were rejected, because IPython would apply them again."""
    for name, value in [*config.items()]:
        try:
            settings.check(name, value)
        except UsageError:
            del config[name]
