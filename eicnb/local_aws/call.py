"""A request to the Lambda API and its response, independent of any server.

Tested in tests/local_aws/test_faults.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eicnb.local_aws import faults


@dataclass(frozen=True, slots=True)
class Call:
    """One request, matched to its operation; the names from its path are percent-decoded.

    `item` is another name in the path, such as that of a statement, alias or event source mapping. Header names are in
    lower case.
    """

    operation: str
    region: str
    function_name: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    item: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object, which is empty for an empty body."""
        try:
            document = json.loads(self.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise faults.unreadable_body(str(error)) from error
        if not isinstance(document, dict):
            raise faults.wrong_type(json_token(document), "a Structure")
        return document


@dataclass(frozen=True, slots=True)
class Reply:
    """A response; `body` is None if AWS sends an empty one."""

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_token(value: object) -> str:
    """Return the service's name for the type of a JSON value, as in a SerializationException."""
    match value:
        case bool():
            return "TRUE_VALUE" if value else "FALSE_VALUE"
        case None:
            return "NULL_VALUE"
        case str():
            return "STRING_VALUE"
        case list():
            return "START_ARRAY"
        case dict():
            return "START_OBJECT"
        case _:
            return "NUMBER_VALUE"
