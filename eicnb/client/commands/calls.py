"""The commands that are requests to AWS: put, update, get, list, delete, functions, whoami and form.

Tested in tests/notebook/test_magics.py, tests/notebook/test_writes.py and tests/redaction/test_debug_log.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eicnb.changes.apply import config_frame, sent, write
from eicnb.changes.change import WRITES
from eicnb.changes.role import permission_note
from eicnb.changes.targets import missing_note, targets_of
from eicnb.cli.command import Command
from eicnb.client.commands.context import Context, Run
from eicnb.client.commands.explanations import version_line
from eicnb.client.eic import Eic, connection_of
from eicnb.client.on_connections import rehearsed
from eicnb.client.output import printing, selecting
from eicnb.errors import ConfigurationError, EicError, UsageError
from eicnb.frames.frame import Frame
from eicnb.model.request import Paging, Request
from eicnb.redaction import masks
from eicnb.redaction.debug_log import logged

_METHODS = {"functions", "whoami", "form"}


def prepare_call(command: Command, context: Context) -> Run:
    """Prepare a request to AWS; `--debug` logs all that it sends, from validation on."""
    return context.prepared(command, lambda eic: _PreparedCall(command, context, eic).prepared())


class _PreparedCall:
    """One request of a command on its connection."""

    def __init__(self, command: Command, context: Context, eic: Eic) -> None:
        self.command = command
        self.context = context
        self.eic = eic
        self.connection = connection_of(eic)

    def prepared(self) -> Run:
        """Prepare the request, and log it for `--debug`."""
        if not self.command.debug:
            return self._unlogged()
        log = self.context.log
        listening = partial(logged, lambda text: log(masks.printed(text)), lambda: self.connection.aws.secrets)
        log(masks.printed(f"{version_line()}{self.command}\n"))
        with listening():
            call = self._unlogged()
        return listening()(call)

    def _unlogged(self) -> Run:
        """Prepare the request, whether or not it is logged."""
        command = self.command
        if command.verb in _METHODS:
            return partial(getattr(self.eic, command.verb), **command.arguments)
        paging = Paging(**command.paging) if command.verb == "list" else Paging()
        request = self.connection.request(command.verb, **command.arguments, paging=paging, more=command.more)
        if command.dry_run and (command.output or command.query):
            raise UsageError("a dry run has no response to print", hint="use --dry-run without --output and --query")
        if command.dry_run:
            return partial(self._rehearsed, request)
        call = self._sending(request)
        asks = request.verb in WRITES and self.context.settings.confirm
        return partial(self._confirmed, request, call) if asks else call

    def _sending(self, request: Request) -> Run:
        command = self.command
        if command.output:
            printed = printing(self.connection, request, command, self._log_line)
            show = _hide if command.quiet else self.context.show
            return lambda: show(printed())
        if command.query:
            return selecting(self.connection, request, command, self._log_line)
        if request.verb in WRITES:
            return partial(self._written, request)
        return partial(sent, self.connection, request)

    def _show_line(self, line: str) -> None:
        """Show a line while a command waits."""
        if not self.command.quiet:
            self.context.show_line(line)

    def _log_line(self, line: str) -> None:
        """Write a line to the log, apart from what `--output` prints for other programs."""
        if not self.command.quiet:
            self.context.log(masks.printed(f"{line}\n"))

    def _rehearsed(self, request: Request) -> Frame:
        frame, line = rehearsed(self.connection, request)
        self.context.show_line(f"DRY RUN  {line}")
        self._note_missing(request)
        if note := permission_note(self.connection, request, targets_of(request)):
            self.context.show_line(note)
        return frame

    def _confirmed(self, request: Request, call: Callable[[], Any]) -> Any:
        """Ask before a write; if no one can reply, nothing is written."""
        _, line = rehearsed(self.connection, request, must=False)
        self._note_missing(request)
        try:
            reply = self.context.ask(masks.printed(f"About to write:\n{line}\nWrite it? [y/N] "))
        except (EOFError, RuntimeError, OSError) as error:
            raise ConfigurationError(
                "the setting confirm is on, but this notebook cannot ask for a confirmation; nothing was written",
                hint="%config EicMagics.confirm = False",
            ) from error
        if reply.strip().lower() not in {"y", "yes"}:
            raise EicError("not confirmed: nothing was written", hint="run it again and reply y, or add --dry-run")
        return call()

    def _written(self, request: Request) -> Frame | None:
        """Write, and show the line about what was changed."""
        command = self.command
        is_silent = command.quiet or command.is_ended
        applied = write(self.connection, request, reads=not is_silent, say=self._show_line)
        if not is_silent:
            self.context.show_line(applied.line)
            self._note_missing(request)
        frame = config_frame(self.connection, applied.configs, request.verb)
        return None if command.quiet else frame

    def _note_missing(self, request: Request) -> None:
        """Show which destinations of a write do not exist, each of them once per cell."""
        if request.config is None or request.config.destination_config is None:
            return
        noted = self.context.noted
        new = [arn for arn in targets_of(request) if arn not in noted]
        noted.update(new)
        if note := missing_note(self.connection, new):
            self.context.show_line(note)


def _hide(_text: str) -> None:
    """Show nothing, for `--quiet`."""
