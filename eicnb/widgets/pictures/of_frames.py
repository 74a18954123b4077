"""The picture of a frame: its kind, the columns that the kind needs, and their values.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd

from eicnb.errors import UsageError, nearest, shown
from eicnb.fleet.losses import SERIES
from eicnb.frames.columns import Column
from eicnb.frames.frame import rows_of
from eicnb.frames.words import READ
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, DEFAULT_RETRY_ATTEMPTS
from eicnb.widgets.pictures.destinations import draw_destinations
from eicnb.widgets.pictures.effective_settings import Effective, draw_settings
from eicnb.widgets.pictures.failure_routes import RouteStart, routes
from eicnb.widgets.pictures.figure import Picture, plain_style
from eicnb.widgets.pictures.findings import LOOKS, draw_findings
from eicnb.widgets.pictures.lost_events import LostEvents, draw_losses

KIND_OF_VERB: Mapping[str, str] = {
    "audit": "destinations",
    "check": "findings",
    "losses": "losses",
}
"""The kind of picture of each verb's frame; the others have `settings`."""

_OF_A_ROW = tuple(Column(name, "string", "") for name in ("function_name", "region", "account_id"))
_DESTINATIONS = tuple(Column(name, "string", "") for name in ("on_failure", "on_success"))
_NUMBERS = tuple(Column(name, "Int64", "") for name in ("maximum_retry_attempts", "maximum_event_age_in_seconds"))
_FINDINGS = (*(Column(name, "string", "") for name in ("severity", "check")), *_OF_A_ROW[1:])
_LOSSES = (_OF_A_ROW[0], *(Column(name, "Int64", "") for name in ("lost", "received")), *_OF_A_ROW[1:])
_OPTIONAL = (
    *(Column(name, "string", "") for name in ("scan_state", "dead_letter_arn", "qualifier")),
    Column("configured", "boolean", ""),
    Column("timeout", "Int64", ""),
)


def picture_of(frame: Any, kind: str | None, findings: Any = None) -> Picture:
    """Draw a frame; destinations that the `findings` of a check report as missing are marked."""
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{shown(frame)} is not a frame", hint="pass an audit\neicnb.picture(eicnb.audit())")
    kind = kind or KIND_OF_VERB.get(str(frame.attrs.get("verb")), "settings")
    if kind not in _DRAW:
        raise UsageError(
            f"there is no picture {kind!r}", hint=nearest(kind, _DRAW) or ", ".join(_DRAW), culprit=str(kind)
        )
    if findings is not None and kind != "destinations":
        raise UsageError(f"the picture {kind!r} takes no findings", hint='kind="destinations"')
    with plain_style():
        return partial(_destinations, findings=findings)(frame) if kind == "destinations" else _DRAW[kind](frame)


def _rows(frame: pd.DataFrame, columns: Collection[Column]) -> list[dict[str, Any]]:
    """Return the rows of a frame with some columns, and with the optional ones that it has."""
    optional = [column for column in _OPTIONAL if column.name in frame.columns]
    return rows_of(frame, [*columns, *(column for column in optional if column not in columns)])


def _place(frame: pd.DataFrame) -> str:
    """Return the accounts and regions of the rows, and whether they are the sandbox's."""
    accounts, regions = (sorted(set(frame[name].dropna().astype(str))) for name in ("account_id", "region"))
    account = f"account {accounts[0]}" if len(accounts) == 1 else f"{len(accounts)} accounts"
    region = ", ".join(regions) if 0 < len(regions) <= 3 else f"{len(regions)} regions"  # noqa: PLR2004 # as many as fit
    sandbox = ["SANDBOX"] if frame.attrs.get("sandbox") is True else []
    return ", ".join([*sandbox, account, region])


def _destinations(frame: pd.DataFrame, findings: Any = None) -> Picture:
    senders = [
        RouteStart(
            function=row["function_name"] or "unnamed",
            region=row["region"] or "",
            account_id=row["account_id"] or "",
            on_failure=row["on_failure"],
            on_success=row["on_success"],
            dead_letter=row.get("dead_letter_arn"),
            was_read=row.get("scan_state", "ok") == "ok",
        )
        for row in _rows(frame, [*_OF_A_ROW, *_DESTINATIONS])
        if _is_in_use(row)
    ]
    arns = {arn for sender in senders for arn in (sender.on_failure, sender.dead_letter) if arn}
    return draw_destinations(routes(senders, _dangling(arns, findings)), _place(frame))


def _is_in_use(row: dict[str, Any]) -> bool:
    """Return whether a row counts; old versions without a config and deleted functions do not."""
    if row.get("scan_state") != READ or "timeout" not in row or "configured" not in row:
        return True
    is_old_version = (row.get("qualifier") or "").isdecimal() and row["configured"] is not True
    return row["timeout"] is not None and not is_old_version


def _dangling(arns: Collection[str], findings: Any) -> set[str]:
    """Return the destinations that some findings report as missing."""
    if findings is None:
        return set()
    if not isinstance(findings, pd.DataFrame):
        raise UsageError(
            f"findings is {shown(findings)}, not a frame", hint='findings=eicnb.check(audit, look="targets")'
        )
    found = rows_of(findings, [Column("check", "string", ""), Column("finding", "string", "")])
    texts = [row["finding"] or "" for row in found if row["check"] == "dangling-destination"]
    words = {word.strip(".,;:'\"()") for text in texts for word in text.split()}
    return {arn for arn in arns if arn in words}


def _settings(frame: pd.DataFrame) -> Picture:
    rows = [row for row in _rows(frame, [*_OF_A_ROW, *_NUMBERS]) if row.get("scan_state", "ok") == "ok"]
    effective = [
        Effective(
            function=f"{row['account_id']}:{row['function_name']}",
            region=row["region"] or "no region",
            retries=_or_default(row["maximum_retry_attempts"], DEFAULT_RETRY_ATTEMPTS),
            age=_or_default(row["maximum_event_age_in_seconds"], DEFAULT_EVENT_AGE_IN_SECONDS),
        )
        for row in rows
    ]
    return draw_settings(effective, _place(frame))


def _or_default(value: int | None, default: int) -> int:
    return default if value is None else value


def _findings(frame: pd.DataFrame) -> Picture:
    texts = frame.astype(dict.fromkeys({"severity"} & {*frame.columns}, "string"))
    found = [(row["severity"], row["check"] or "") for row in rows_of(texts, _FINDINGS)]
    unknown = next((severity for severity, _ in found if severity not in LOOKS), None)
    if unknown is not None:
        raise UsageError(f"a finding has the unknown severity {unknown!r}", hint=", ".join(LOOKS))
    return draw_findings(found, _place(frame))


def _losses(frame: pd.DataFrame) -> Picture:
    by_function: dict[str, int] = {}
    unknown, received = 0, 0
    for row in rows_of(frame, _LOSSES):
        name = row["function_name"] or "unnamed"
        unknown += row["lost"] is None
        received += row["received"] or 0
        by_function[name] = by_function.get(name, 0) + (row["lost"] or 0)
    since, until = (str(frame.attrs.get(name) or "").partition("T")[0] for name in ("since", "until"))
    period = f"{since} to {until}" if since and until else ""
    return draw_losses(
        LostEvents(by_function, _series(frame.attrs.get(SERIES)), received, unknown, period), _place(frame)
    )


def _series(text: Any) -> list[tuple[datetime, float]]:
    if not isinstance(text, str):
        return []
    try:
        series = json.loads(text)
        start, step = datetime.fromisoformat(series["start"]).astimezone(UTC), timedelta(seconds=series["step"])
        return [(start + number * step, float(lost)) for number, lost in enumerate(series["lost"])]
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"the attr {SERIES!r} of the frame is damaged", hint="run eicnb.losses again") from error


_DRAW: Mapping[str, Callable[[pd.DataFrame], Picture]] = {
    "destinations": _destinations,
    "settings": _settings,
    "losses": _losses,
    "findings": _findings,
}
KINDS = tuple(_DRAW)
"""The kinds of pictures."""
