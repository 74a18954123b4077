"""The sort order of rows about functions, versions and aliases.

Tested in tests/changes/test_undo.py.
"""

from __future__ import annotations

from eicnb.model.function import LATEST

Order = tuple[str, str, str, int, int, str]


def order(account_id: str | None, region: str, function_name: str | None, qualifier: str | None) -> Order:
    """Return the sort key of a row: account, region, function, qualifier.

    `$LATEST` comes first, then versions by number, then aliases.

    >>> sorted(["live", "10", "$LATEST", "9"], key=lambda text: order(None, "", "", text))
    ['$LATEST', '9', '10', 'live']
    """
    text = qualifier or ""
    is_version = text.isdecimal()
    kind = 0 if text in {"", LATEST} else 1 if is_version else 2
    return account_id or "", region, function_name or "", kind, int(text) if is_version else 0, text
