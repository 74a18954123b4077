"""Rehearse a write, or send it: the configs that it leaves, and a line that says what changes where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from eicnb.aws.connection import Connection
from eicnb.changes.change import Write, place_of
from eicnb.errors import AccessDenied
from eicnb.frames.columns import CONFIG_COLUMNS, NEXT_TOKEN, Scalar
from eicnb.frames.frame import Frame, config_row, to_frame
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import CONFIGS, Operation


@dataclass(frozen=True, slots=True)
class Applied:
    """What a write leaves, or would leave: the configs of its response, and a line about the change."""

    configs: Sequence[ReportedConfig]
    line: str


def rehearse(connection: Connection, request: Request, *, must: bool = True) -> Applied:
    """Read what a checked put, update or delete would change; nothing is written.

    >>> rehearse(connection, connection.request("delete", "my-function:BLUE")).line
    'delete my-function:BLUE  retries 0 -> 2 (default), age 1h -> 6h (default)  us-east-1  123456789012  SANDBOX'

    What would fail for want of the function or its qualifier fails here too; what was there `must` be readable.
    """
    write = Write.read(connection, request, must=must)
    if write.before is None:
        _check_existence(connection, write)
    where = connection.where() if write.before is None else place_of(write.before.function, connection)
    return Applied([write.config(where)], write.line(where))


def write(connection: Connection, request: Request) -> Applied:
    """Send a checked put, update or delete.

    >>> write(connection, connection.request("update", "my-function:BLUE", maximum_retry_attempts=1)).line
    'update my-function:BLUE  retries 0 -> 1  us-east-1  123456789012  SANDBOX'

    The config that is there is read first; who may not read it may still write.
    """
    prepared = Write.read(connection, request)
    if request.verb == "delete" and prepared.before is not None:
        connection.pages(request)
        configs: Sequence[ReportedConfig] = [prepared.before]
    else:
        configs = connection.send(prepared.request)
    return Applied(configs, prepared.line(place_of(configs[0].function, connection)))


def _check_existence(connection: Connection, write: Write) -> None:
    """Where nothing is known of a config AWS is asked for the function; who may not ask that goes on."""
    named = {"FunctionName": str(write.request.function.without_qualifier()), "Qualifier": write.qualifier}
    with suppress(AccessDenied):
        next(iter(connection.listing("lambda", Operation.GET_CONFIGURATION, 1, **named)), None)


def sent(connection: Connection, request: Request) -> Frame:
    """Send a request and return its rows; a list that was cut has its `next_token` in `attrs`.

    >>> sent(connection, connection.request("get", "my-function:BLUE")).qualifier.item()
    'BLUE'
    """
    if request.verb != "list":
        return config_frame(connection, connection.send(request), request.verb)
    pages, token = connection.pages(request)
    configs = [ReportedConfig.from_api(config) for page in pages for config in page[CONFIGS]]
    frame = config_frame(connection, configs, request.verb)
    if token := token or (pages[-1].get("NextMarker") if pages else None):
        frame.attrs[NEXT_TOKEN] = token
    return frame


def config_frame(connection: Connection, configs: Iterable[ReportedConfig], verb: str) -> Frame:
    """Configs that AWS reports as the frame of a verb.

    >>> config_frame(connection, [], "list").attrs["region"]
    'us-east-1'
    """
    rows = [config_row(config) for config in configs]
    return to_frame(rows, CONFIG_COLUMNS, frame_attrs(connection, rows, verb))


def frame_attrs(connection: Connection, rows: Sequence[Mapping[str, Any]], verb: str) -> dict[str, Scalar]:
    """Where the rows of a verb come from."""
    account_id = rows[0]["account_id"] if rows else connection.known_account_id
    return {
        "verb": verb,
        "account_id": account_id,
        "region": connection.region,
        "sandbox": connection.is_sandbox,
    }
