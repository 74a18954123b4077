"""Changes as AWS CLI commands.

Tested in tests/changes/export/test_languages.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eicnb.changes.change import DEFAULTS, Change
from eicnb.changes.export.command_lines import aws_command
from eicnb.changes.export.exported import check_one_account, in_places, named, settings_to_put
from eicnb.model.config import EventInvokeConfig
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.model.request import Request


def aws_text(changes: Sequence[Change], _region: str | None) -> str:
    """Return the commands that make the changes, one after another."""
    check_one_account(changes, "aws")
    return "\n".join(line for where, there in in_places(changes) for line in _in_place(where, there))


def _in_place(where: Where, changes: Sequence[Change]) -> Iterator[str]:
    yield f"# {where}"
    for change in changes:
        name, qualifier = named(change.target)
        function = FunctionRef(name)
        if change.after is not None:
            yield aws_command(Request("put", function, qualifier, settings_to_put(change)), where)
            continue
        yield f"# {name}:{qualifier} should have no config. The put makes sure that the delete finds one."
        default = EventInvokeConfig(maximum_retry_attempts=DEFAULTS.maximum_retry_attempts)
        yield aws_command(Request("put", function, qualifier, default), where)
        yield aws_command(Request("delete", function, qualifier), where)
    yield ""
