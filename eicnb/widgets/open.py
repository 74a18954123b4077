"""A form where there are widgets, and a text to edit where there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

from eicnb.aws.connection import Connection
from eicnb.changes.current import Live
from eicnb.changes.export.connection_options import Way
from eicnb.errors import EicError, UsageError
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.widgets.draft import Draft
from eicnb.widgets.preview import Preview, Standstill


def form(
    connection: Connection,
    in_use: Callable[[], Connection],
    function_name: str | FunctionRef | None,
    qualifier: str | None,
) -> Any:
    """Open a form: as widgets in a kernel; elsewhere the config, and a line that stands ready at the next prompt."""
    subject = _subject(function_name, qualifier)
    where = connection.where()
    live = Live.read(connection, subject) if subject else Live()
    shell = get_ipython()
    if getattr(shell, "kernel", None) is not None:
        from eicnb.widgets.form import Form

        return Form(connection, where, subject, live, in_use=in_use)
    if live.error is not None:
        raise live.error
    standstill = Standstill(opened(connection, in_use(), where, subject, live))
    if shell is not None:
        shell.set_next_input(standstill.line)
    return standstill


def _subject(function_name: str | FunctionRef | None, qualifier: str | None) -> FunctionRef | None:
    """The function and qualifier to open with; what is wrong in them is an error at once."""
    if function_name is None:
        if qualifier is not None:
            raise UsageError("a qualifier is given without a function", hint='form("my-function", qualifier="live")')
        return None
    function = function_name if isinstance(function_name, FunctionRef) else FunctionRef.parse(function_name)
    return function.with_qualifier(qualifier or function.qualifier or LATEST)


def opened(
    connection: Connection, in_use: Connection, where: Where, subject: FunctionRef | None, live: Live
) -> Preview:
    """The preview that a form opens with."""
    name, qualifier = (str(subject.without_qualifier()), subject.qualifier or LATEST) if subject else ("", LATEST)
    draft = Draft.of(name, qualifier, live.config, where)
    return Preview(
        where=where,
        checked=draft.check(where),
        subject=subject,
        live=live.config,
        trouble=live.trouble,
        unread=live.unread,
        way=Way.between(in_use, connection),
    )


def destination_form(connection: Connection) -> Any:
    """Open a form for the destinations alone; without an account it takes whole ARNs."""
    from eicnb.widgets.destination_form import DestinationForm

    return DestinationForm(connection, known_where(connection))


def known_where(connection: Connection) -> Where:
    """Where the connection acts, as far as it can tell."""
    try:
        return connection.where()
    except EicError:
        return Where(partition="aws", region="", account_id="")
