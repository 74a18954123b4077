"""The cells of a frame that a user edited or pandas read from a file, repaired where that is safe.

pandas turns integers next to missing values into floats, drops the leading zeros of account IDs, and reads the aliases
`007` and `1e3` as numbers. The function's ARN shows the original text. Without an ARN, such cells are refused.

Tested in tests/changes/test_desired.py.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from eicnb.changes.row_errors import RowFault
from eicnb.errors import UsageError, shown
from eicnb.model.arn import ACCOUNT, not_an_account
from eicnb.model.function import FunctionRef, check_qualifier

_MISSING_TEXTS = {"", "<NA>", "nan", "NaN", "NaT", "None"}
"""The texts that a missing value becomes in a text column; no setting has such a value."""

_WHOLE = re.compile(r"(-?[0-9]{1,9})(?:\.0+)?")

_TRUTH: dict[Any, bool] = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}

AS_TEXT = "read the file with dtype=str, or write the text"
"""The hint for a number in a column of text."""


def plain(value: Any) -> Any:
    """Convert a cell of pandas or NumPy to a plain Python value; a missing value becomes None.

    >>> plain(pd.NA), plain(float("nan")), plain("live")
    (None, None, 'live')
    """
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    return value.tolist() if hasattr(value, "tolist") else value


def is_missing(value: Any) -> bool:
    """Return whether a plain cell is missing, even in a column that was converted to text.

    >>> is_missing(None), is_missing("<NA>"), is_missing("ok")
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and value in _MISSING_TEXTS)


def setting(value: Any) -> Any:
    """Return the value of a setting, or None if it is not set; accept whole numbers as floats or text.

    >>> setting(3600.0), setting("2"), setting("<NA>"), setting("sqs:lost")
    (3600, 2, None, 'sqs:lost')
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    whole = _WHOLE.fullmatch(text)
    return None if text in _MISSING_TEXTS else int(whole[1]) if whole else text


def truth(value: Any) -> bool | None:
    """Return a boolean, which may be text read from a file, or None if it is missing.

    >>> truth("True"), truth(0.0), truth(None)
    (True, False, None)
    """
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip()
    if text in _MISSING_TEXTS:
        return None
    if text.lower() not in _TRUTH:
        raise RowFault(f"{shown(value)} is neither True nor False", "True, False or pd.NA", "configured")
    return _TRUTH[text.lower()]


def check_against_arn(function: FunctionRef, name: str, value: Any) -> None:
    """Raise a RowFault for a name that contradicts its row's ARN, unless pandas may have damaged it.

    >>> check_against_arn(FunctionRef("f", "1e3"), "qualifier", 1000.0)
    """
    right = getattr(function, name)
    if value is None or value == right or _is_damaged(value, str(right)):
        return
    if name == "function_name" and isinstance(value, str) and _is_long_form(value, function):
        return
    if name == "account_id" and (_digits(value) or "").zfill(12) == right:
        return
    text = value if isinstance(value, str) else str(value)
    raise RowFault(f"it is {text!r}, but the function_arn has {right!r}", "edit both, or only the settings", name)


def _is_damaged(value: Any, right: str) -> bool:
    """Return whether pandas or a spreadsheet may have turned the right text into this value."""
    if isinstance(value, bool) or str(value) in {"True", "False"}:
        return str(value).lower() == right.lower()
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).startswith(right)
    try:
        return float(value) == float(right)
    except (TypeError, ValueError, OverflowError):
        return False


def _is_long_form(text: str, function: FunctionRef) -> bool:
    """Return whether a text is another form in which AWS names the same function."""
    try:
        other = FunctionRef.parse(text)
    except UsageError:
        return False
    parts = ("function_name", "qualifier", "partition", "region", "account_id")
    return all(getattr(other, part) in {None, getattr(function, part)} for part in parts)


def qualifier(value: Any) -> str | None:
    """Return a qualifier from a row without an ARN; a number is refused.

    >>> qualifier("007")
    '007'
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowFault(f"it is {_number(value)}, not text, and may have been a different one", AS_TEXT, "qualifier")
    try:
        return check_qualifier(value)
    except UsageError as error:
        raise RowFault(error.message, error.hint or "edit the row", "qualifier") from error


def account(value: Any) -> str | None:
    """Return an account ID from a row without an ARN; one with lost zeros is refused.

    >>> account(123456789012.0)
    '123456789012'
    """
    if value is None:
        return None
    digits = _digits(value)
    if digits is None:
        raise RowFault(f"{shown(value)} is not an account", "write the twelve digits as text", "account_id")
    if not re.fullmatch(ACCOUNT, digits):
        error = not_an_account(digits)
        raise RowFault(f"{error.message}; leading zeros may be lost", AS_TEXT, "account_id")
    return digits


def text(name: str, value: Any) -> str | None:
    """Return the text of a cell; a number is refused.

    >>> text("region", "us-east-1")
    'us-east-1'
    """
    if value is None or isinstance(value, str):
        return value
    raise RowFault(f"it is {_number(value)}, not text", AS_TEXT, name)


def _digits(value: Any) -> str | None:
    """Return the digits of an account ID that may have become a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = re.fullmatch(r"([0-9]{1,12})(?:\.0)?", str(value))
    return found[1] if found else None


def _number(value: Any) -> str:
    return f"the number {value}" if isinstance(value, int | float) and not isinstance(value, bool) else shown(value)
