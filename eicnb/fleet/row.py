"""What an audit found about one function and qualifier, or about a region that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from eicnb.errors import AccessDenied, EicError, NotFound, Throttled
from eicnb.model.function import LATEST
from eicnb.model.reported import ReportedConfig, ReportedFunction

ScanState = Literal["ok", "denied", "throttled", "gone", "failed"]
SCAN_STATES: tuple[ScanState, ...] = get_args(ScanState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of an audit; without a `function` it is about the whole region, or about an account.

    Where `scan_state` is not `ok`, `error` says why, and a config that is None is not known instead of not there.
    """

    region: str
    account_id: str | None
    function: ReportedFunction | None = None
    qualifier: str | None = None
    config: ReportedConfig | None = None
    scan_state: ScanState = "ok"
    error: str | None = None


def scan_state_of(error: EicError) -> ScanState:
    """The state of what could not be read because of an error.

    >>> scan_state_of(EicError("no answer"))
    'failed'
    """
    kinds: tuple[tuple[type[EicError], ScanState], ...] = (
        (AccessDenied, "denied"),
        (Throttled, "throttled"),
        (NotFound, "gone"),
    )
    return next((state for kind, state in kinds if isinstance(error, kind)), "failed")


Order = tuple[str, str, str, int, int, str]


def order(account_id: str | None, region: str, function_name: str | None, qualifier: str | None) -> Order:
    """Where a row stands: by account, region and function; `$LATEST` first, then versions by number, then aliases.

    >>> sorted(["live", "10", "$LATEST", "9"], key=lambda text: order(None, "", "", text))
    ['$LATEST', '9', '10', 'live']
    """
    text = qualifier or ""
    is_version = text.isdecimal()
    kind = 0 if text in {"", LATEST} else 1 if is_version else 2
    return account_id or "", region, function_name or "", kind, int(text) if is_version else 0, text
