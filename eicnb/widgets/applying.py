"""Writes the change of a form, but only over the live config that the form shows; otherwise asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from eicnb.aws.connection import Connection
from eicnb.changes.apply import CONFIRMED, Prepared, apply, config_frame
from eicnb.changes.change import Unread, count
from eicnb.changes.current import Live
from eicnb.cli.memory import MEMORY
from eicnb.errors import EicError
from eicnb.frames.frame import Frame
from eicnb.model.place import Where
from eicnb.widgets.outcome import Outcome
from eicnb.widgets.preview import Preview


class Applying:
    """The part of a form that applies previews and shows the results.

    `applied` is called with the written config. `changed` is called with a live config that differs from the preview's.
    `reread` is called if the user wants that config in the form.
    """

    def __init__(
        self,
        connection: Connection,
        where: Where,
        outcome: Outcome,
        *,
        applied: Callable[[Preview, Live, Frame], object],
        changed: Callable[[Live], object],
        reread: Callable[[], object],
    ) -> None:
        self._connection = connection
        self._where = where
        self._outcome = outcome
        self._applied = applied
        self._changed = changed
        self._reread = reread

    def attempt(self, preview: Preview) -> None:
        """Write the change in a preview; an error is shown with a button to try again."""
        try:
            self._write_or_ask(preview)
        except EicError as error:
            self._outcome.show_error(error, preview.action(), lambda: self.attempt(preview))

    def _write_or_ask(self, preview: Preview) -> None:
        """Read the live config again before writing, because AWS has no compare-and-set."""
        self._check_account()
        assert preview.subject is not None, "the button is disabled without a function"
        now = Live.read(self._connection, preview.subject).with_options(preview.connection_options)
        if now.trouble:
            raise EicError(f"nothing was written. {now.trouble}")
        is_as_shown = bool(now.unread) if preview.unread else now.is_as(Live(preview.live))
        if is_as_shown:
            self._write(preview, now)
        else:
            self._ask(preview, now)

    def _check_account(self) -> None:
        """Refuse to write with credentials of another account than the one that the button names."""
        if self._connection.account_id != self._where.account_id:
            raise EicError(
                f"nothing was written: the credentials are now those of account {self._connection.account_id}, "
                f"and this form was opened in account {self._where.account_id}",
                hint="run the cell again for a new form",
            )

    def _write(self, preview: Preview, now: Live) -> None:
        request = preview.validated.request
        assert request is not None, "the button is disabled without a request"
        before = Unread(now.unread) if now.unread else now.config
        applied = apply(self._connection, Prepared(request, before))
        frame = config_frame(self._connection, applied.configs, request.verb)
        MEMORY.learn(frame)
        self._applied(preview, Live(None if request.verb == "delete" else applied.configs[0]), frame)
        done = "Deleted; this was the config" if request.verb == "delete" else "Applied"
        changes = count(preview.number_of_changes, "change")
        confirmed = f", {CONFIRMED}" if applied.is_confirmed else ""
        self._outcome.show_result(f"{done}: {changes}, {preview.title}{confirmed}.", frame)

    def _ask(self, preview: Preview, now: Live) -> None:
        self._changed(now)
        later = replace(preview, live=now.config, unread=now.unread)
        over = (later.action(), lambda: self.attempt(later)) if later.is_applicable else None
        self._outcome.ask(preview, now, over, self._reread)
