"""A plan as a JSON file that a reviewer can read, with a digest that detects edits.

The digest is not a signature: anyone who can write the file can recompute the digest. The file contains no profile,
endpoint or credential.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from eicnb.changes.change import Change, Unread
from eicnb.changes.planned import Action, PlannedChange
from eicnb.changes.whole_file import whole_file
from eicnb.errors import EicError, UsageError
from eicnb.frames.columns import SETTING_NAMES
from eicnb.model.config import EventInvokeConfig
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig

FORMAT, VERSION = "eicnb plan", 1

_NOTE = "The digest detects accidental edits; it is not a signature."

_AGAIN = "make the plan again and save it"

_MOST_BYTES = 1_000_000_000

Json = dict[str, Any]


def digest_of(rows: Sequence[PlannedChange], *, sandbox: bool) -> str:
    """Return the SHA-256 digest of a plan's content; equal plans have equal digests."""
    return _digest(_content(rows, sandbox=sandbox))


def plan_id(digest: str) -> str:
    """Derive the short name of a plan from its digest.

    >>> plan_id("4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce")
    'p-4e07408562be'
    """
    return f"p-{digest[:12]}"


def to_text(rows: Sequence[PlannedChange], *, sandbox: bool) -> str:
    """Return a plan as JSON, with a block for each row."""
    content = _content(rows, sandbox=sandbox)
    digest = _digest(content)
    head = {"format": FORMAT, "version": VERSION, "id": plan_id(digest), "digest": digest, "note": _NOTE}
    return json.dumps({**head, **content}, indent=2, ensure_ascii=False) + "\n"


def save(text: str, path: Path) -> None:
    """Write a file atomically: if writing fails, an existing file is unchanged."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(text.encode())
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EicError(f"the plan was not saved to {str(path)!r}: {reason}", hint="name another file") from error


def load(path: Path) -> tuple[tuple[PlannedChange, ...], bool]:
    """Read a plan's rows from a file, and whether the plan was made in the sandbox.

    A damaged file is an error.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _damaged(path, "it is too large")
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {str(path)!r}", hint="give a file that plan.save wrote") from error
    except OSError as error:
        raise EicError(f"the file {str(path)!r} can't be read: {error.strerror}", hint=_AGAIN) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not text") from error
    return read(text, path)


def read(text: str, path: Path) -> tuple[tuple[PlannedChange, ...], bool]:
    """Parse a plan's JSON into its rows, and whether the plan was made in the sandbox."""
    try:
        saved = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is not JSON, or is truncated") from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise _damaged(path, "it is not a plan")
    if saved.get("version") != VERSION:
        raise UsageError(
            f"the plan in {str(path)!r} has format version {saved.get('version')!r}, not {VERSION}",
            hint=f"{_AGAIN}, or use the release of eicnb that saved it",
        )
    content = {name: saved[name] for name in ("sandbox", "rows") if name in saved}
    digest = _digest(content)
    if digest != saved.get("digest") or saved.get("id") != plan_id(digest):
        raise UsageError(
            f"the plan in {str(path)!r} was edited after it was saved: its digest does not match", hint=_AGAIN
        )
    try:
        if not (isinstance(saved["rows"], list) and isinstance(saved["sandbox"], bool)):
            raise TypeError("there are no rows")  # noqa: TRY301 # one place words what is damaged
        rows = tuple(_row(row) for row in saved["rows"])
    except (EicError, KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise _damaged(path, f"a row can't be read: {error}") from error
    return rows, saved["sandbox"]


def _damaged(path: Path, why: str) -> UsageError:
    return UsageError(f"{str(path)!r} is not a plan that can be applied: {why}", hint=_AGAIN)


def _digest(content: Json) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _content(rows: Sequence[PlannedChange], *, sandbox: bool) -> Json:
    return {"sandbox": sandbox, "rows": [_written(row) for row in rows]}


def _written(row: PlannedChange) -> Json:
    change = row.change
    return {
        "action": row.action,
        "function_arn": str(change.target) if change else None,
        "region": row.region,
        "account_id": row.account_id,
        "change": row.words,
        "reason": row.reason,
        "before": _config(change.before) if change else None,
        "after": _config(change.after) if change else None,
    }


def _config(config: ReportedConfig | Unread | None) -> Json | None:
    if config is None:
        return None
    if isinstance(config, Unread):
        return {"unread": config.reason}
    last_modified = config.last_modified.isoformat() if config.last_modified else None
    return {**{name: getattr(config, name) for name in SETTING_NAMES}, "last_modified": last_modified}


def _row(saved: Json) -> PlannedChange:
    """Parse a row, and check that its action and wording still follow from its change."""
    if saved["action"] not in get_args(Action):
        raise ValueError(f"there is no action {saved['action']!r}")
    row = PlannedChange(
        change=_change(saved),
        action=saved["action"],
        reason=_text(saved["reason"]),
        region=_text_or_none(saved["region"]),
        account_id=_text_or_none(saved["account_id"]),
    )
    target = row.change.target if row.change else row
    if (row.region, row.account_id) != (target.region, target.account_id):
        raise ValueError("its region and account are not those of its function_arn")
    if row.words != saved["change"]:
        raise ValueError(f"its change is {row.words!r}, not {saved['change']!r}")
    if row.writes and (row.change is None or PlannedChange.of(row.change).action != row.action):
        raise ValueError(f"its action is not {row.action!r}")
    return row


def _change(saved: Json) -> Change | None:
    if saved["function_arn"] is None:
        return None
    target = FunctionRef.parse(saved["function_arn"])
    if not (target.qualifier and target.region and target.account_id):
        raise ValueError(f"{saved['function_arn']!r} is not a complete ARN")
    after = _read_config(saved["after"], target)
    if isinstance(after, Unread):
        raise TypeError("its after is unread")
    return Change(target, _read_config(saved["before"], target), after)


def _read_config(saved: Json | None, function: FunctionRef) -> ReportedConfig | Unread | None:
    if saved is None:
        return None
    if "unread" in saved:
        return Unread(_text(saved["unread"]))
    numbers = {name: saved[name] for name in SETTING_NAMES[:2]}
    EventInvokeConfig(**numbers)  # validates the ranges
    on_failure, on_success = (_text_or_none(saved[name]) for name in SETTING_NAMES[2:])
    last_modified = None if saved["last_modified"] is None else datetime.fromisoformat(saved["last_modified"])
    return ReportedConfig(
        function=function,
        on_failure=on_failure,
        on_success=on_success,
        last_modified=last_modified.astimezone(UTC) if last_modified else None,
        **numbers,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
