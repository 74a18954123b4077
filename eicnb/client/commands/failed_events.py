"""The commands `records`, `send` and `replay`.

Tested in tests/notebook/test_records.py.
"""

from __future__ import annotations

from eicnb.cli.command import Command
from eicnb.client.commands.accounts import with_accounts, with_words
from eicnb.client.commands.context import Context, Run
from eicnb.client.eic import Eic, connection_of
from eicnb.client.failed_event_verbs import records_on, replay_on, send_on
from eicnb.errors import UsageError
from eicnb.frames.frame import Frame


def prepare_records(command: Command, context: Context) -> Run:
    """Prepare to read the failed events of a queue, a bucket or an audit's destinations."""
    arguments, accounts = with_accounts(command, context)

    def run() -> Frame:
        with command.blamed():
            return records_on(accounts.connect(), **arguments)

    return run


def prepare_send(command: Command, context: Context) -> Run:
    """Prepare to send an event to a function; the setting `confirm` asks first."""
    arguments = dict(command.arguments)
    confirm = context.settings.confirm or None

    def prepared(eic: Eic) -> Run:
        def run() -> Frame:
            with command.blamed():
                return send_on(connection_of(eic), **arguments, confirm=confirm, read=context.ask)

        return run

    return context.prepared(command, prepared)


def prepare_replay(command: Command, context: Context) -> Run:
    """Prepare to replay the records in the line; the setting `confirm` asks first."""
    if "wait" in command.arguments and "canary" not in command.arguments:
        with UsageError.about("wait"):
            hint = with_words(command, "--canary", "1")
            raise UsageError("--wait belongs to --canary, which is missing", hint=hint)
    given, accounts = with_accounts(command, context)
    arguments = {"confirm": context.settings.confirm or None, **given}

    def run() -> Frame:
        with command.blamed():
            return replay_on(accounts.connect(), **arguments, dry_run=command.dry_run, ask=context.ask)

    return run
