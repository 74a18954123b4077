"""Changes as a Python script that uses boto3.

Tested in tests/changes/export/test_languages.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eicnb.changes.change import Change
from eicnb.changes.export.exported import check_one_account, in_places, named, settings_to_put, with_config
from eicnb.model.place import Where
from eicnb.model.verbs import Operation


def boto3_text(changes: Sequence[Change], _region: str | None) -> str:
    """Return the script; boto3's credential chain decides in which account it runs."""
    check_one_account(changes, "boto3")
    suppress = ["from contextlib import suppress", ""] if len(with_config(changes)) < len(changes) else []
    parts = [line for where, there in in_places(changes) for line in _in_place(where, there)]
    return "\n".join([*suppress, "import boto3", *parts, ""])


def _in_place(where: Where, changes: Sequence[Change]) -> Iterator[str]:
    yield ""
    yield f"# {where}"
    yield f"client = boto3.client('lambda', region_name={where.region!r})"
    for change in changes:
        name, qualifier = named(change.target)
        subject = {"FunctionName": name, "Qualifier": qualifier}
        if change.after is not None:
            yield _call(Operation.PUT, {**subject, **settings_to_put(change).to_api()})
        else:
            yield "with suppress(client.exceptions.ResourceNotFoundException):  # there may be no config"
            yield "\n".join(f"    {line}" for line in _call(Operation.DELETE, subject).splitlines())


def _call(operation: Operation, parameters: dict[str, Any]) -> str:
    lines = [f"    {name}={value!r}," for name, value in parameters.items()]
    return "\n".join([f"client.{operation.command.replace('-', '_')}(", *lines, ")"])
