"""A form where there are widgets, and a text to edit where there are none."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython

from eicnb import in_use
from eicnb.arn import LATEST, FunctionRef
from eicnb.draft import Draft
from eicnb.eic import Eic
from eicnb.errors import EicError, UsageError
from eicnb.live import Live
from eicnb.preview import Preview, Standstill
from eicnb.request import Where
from eicnb.way import Way


def form(eic: Eic, function_name: str | FunctionRef | None, qualifier: str | None) -> Any:
    """Open a form: as widgets in a kernel; elsewhere the config, and a line that stands ready at the next prompt."""
    subject = _subject(function_name, qualifier)
    where = eic.where()
    live = Live.read(eic, subject) if subject else Live()
    shell = get_ipython()
    if getattr(shell, "kernel", None) is not None:
        from eicnb.notebook.form import Form

        return Form(eic, where, subject, live)
    if live.error is not None:
        raise live.error
    standstill = Standstill(opened(eic, where, subject, live))
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


def opened(eic: Eic, where: Where, subject: FunctionRef | None, live: Live) -> Preview:
    """The preview that a form opens with."""
    name, qualifier = (str(subject.without_qualifier()), subject.qualifier or LATEST) if subject else ("", LATEST)
    draft = Draft.of(name, qualifier, live.config, where)
    return Preview(
        where=where,
        checked=draft.check(where),
        subject=subject,
        live=live.config,
        trouble=live.trouble,
        way=Way.between(in_use.current(), eic),
    )


def destination_form(eic: Eic) -> Any:
    """Open a form for the destinations alone; without an account it takes whole ARNs."""
    from eicnb.notebook.destinations import DestinationForm

    return DestinationForm(eic, known_where(eic))


def known_where(eic: Eic) -> Where:
    """Where the connection acts, as far as it can tell."""
    try:
        return eic.where()
    except EicError:
        return Where(partition="aws", region="", account_id="")
