"""Opens a form: widgets in a notebook; elsewhere, the config and a line to edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

from eicnb.aws.connection import Connection
from eicnb.changes.current import Live
from eicnb.changes.export.connection_options import ConnectionOptions
from eicnb.errors import EicError, UsageError
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.draft import Draft
from eicnb.widgets.preview import Preview, StaticForm


def form(
    connection: Connection,
    in_use: Callable[[], Connection],
    function_name: str | FunctionRef | None,
    qualifier: str | None,
) -> Any:
    """Open a form in a kernel; elsewhere return the config, and put a line to edit at the next prompt."""
    subject = _subject(function_name, qualifier)
    where = connection.where()
    live = Live.read(connection, subject) if subject else Live()
    shell = get_ipython()
    if getattr(shell, "kernel", None) is not None:
        from eicnb.widgets.form import Form

        return Form(connection, where, subject, live, in_use=in_use)
    if live.error is not None:
        raise live.error
    static_form = StaticForm(opened(connection, in_use(), where, subject, live))
    if shell is not None:
        shell.set_next_input(static_form.line)
    return static_form


def _subject(function_name: str | FunctionRef | None, qualifier: str | None) -> FunctionRef | None:
    """Return the function and qualifier to open with; an invalid name is a UsageError at once."""
    if function_name is None:
        if qualifier is not None:
            raise UsageError("a qualifier needs a function", hint='form("my-function", qualifier="live")')
        return None
    function = function_name if isinstance(function_name, FunctionRef) else FunctionRef.parse(function_name)
    return function.with_qualifier(function.qualifier or LATEST if qualifier is None else qualifier)


def opened(
    connection: Connection, in_use: Connection, where: Where, subject: FunctionRef | None, live: Live
) -> Preview:
    """Return the preview that a form opens with."""
    name, qualifier = (str(subject.without_qualifier()), subject.qualifier or LATEST) if subject else ("", LATEST)
    draft = Draft.of(name, qualifier, live.config, where)
    return Preview(
        where=where,
        validated=draft.check(where),
        subject=subject,
        live=live.config,
        trouble=live.trouble,
        unread=live.unread,
        connection_options=ConnectionOptions.between(in_use, connection),
    )


def destination_form(connection: Connection) -> Any:
    """Open a form for the two destinations; if the account is unknown, it takes only ARNs."""
    from eicnb.widgets.destination_form import DestinationForm

    return DestinationForm(connection, known_where(connection))


def known_where(connection: Connection) -> Where:
    """Return the account and region of the connection, as far as they can be determined."""
    try:
        return connection.where()
    except EicError:
        return Where(partition="aws", region="", account_id="")
