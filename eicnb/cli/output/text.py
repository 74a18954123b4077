"""`--output text`: lines of tab-separated values, for `cut` and `awk`.

    FUNCTIONEVENTINVOKECONFIGS  arn:aws:lambda:…:f:$LATEST  2019-11-13T23:00:21+00:00  3600  1
    ONFAILURE                   arn:aws:sqs:…:lost

A structure is a line of its scalars, sorted by name. Unless it is the outermost, the line begins with the structure's
name in capitals. Its inner structures and lists follow on separate lines. In a list of structures every line has the
same columns, and a missing member is an empty column. Nothing is escaped.

Tested in tests/cli/test_output.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.errors import EicError


def dump(value: Any) -> str:
    r"""Write a value as text; a list that mixes structures with other values is an EicError.

    >>> dump({"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::lost"}}})
    '0\nONFAILURE\tarn:aws:s3:::lost\n'
    """
    return "".join(f"{line}\n" for line in _lines(value, None))


def _lines(value: Any, name: str | None) -> list[str]:
    """Return the lines of a value called `name`; the outermost value has no name."""
    if isinstance(value, Mapping):
        scalars = sorted(key for key, member in value.items() if _is_scalar(member))
        return _structure(value, scalars, name)
    if isinstance(value, list):
        return _list(value, name)
    return [str(value)]


def _structure(value: Mapping[str, Any], columns: Sequence[str], name: str | None) -> list[str]:
    """Return one line for the scalars, if there are any, then the lines of the other members."""
    cells = [str(value.get(column, "")) for column in columns]
    lead = [name.upper()] if name is not None else []
    lines = ["\t".join(lead + cells)] if cells else []
    for key in sorted(value.keys() - set(columns)):
        lines += _lines(value[key], key)
    return lines


def _list(values: list[Any], name: str | None) -> list[str]:
    if any(isinstance(value, Mapping) for value in values):
        return _structures(values, name)
    inner = [value for value in values if isinstance(value, list)]
    lines = _scalars([value for value in values if not isinstance(value, list)], name)
    return lines + [line for value in inner for line in _lines(value, name)]


def _structures(values: list[Any], name: str | None) -> list[str]:
    """Return the lines of structures with common columns, one for each scalar of any structure."""
    if not all(isinstance(value, Mapping) for value in values):
        raise EicError(
            "text cannot show a list that holds both structures and other values",
            hint="use --output json or yaml, or --query DestinationConfig.OnFailure.Destination",
        )
    columns = sorted({key for value in values for key, member in value.items() if _is_scalar(member)})
    return [line for value in values for line in _structure(value, columns, name)]


def _scalars(values: list[Any], name: str | None) -> list[str]:
    """Return a line for each value under a name, or a single line of all values without a name."""
    if name is not None:
        return [f"{name.upper()}\t{value}" for value in values]
    return ["\t".join(map(str, values))] if values else []


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list)
