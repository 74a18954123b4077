"""The parts of a function's deployment that matter to asynchronous events.

Tested in tests/fleet/checks/test_functions.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_STACK = "aws:cloudformation:stack-name"


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A function's reserved concurrency, and the CloudFormation stack that owns it.

    `reserved_concurrency` is None if none is reserved. If the tags may not be read, `tags_error` is the error code and
    `stack` is unknown.
    """

    reserved_concurrency: int | None = None
    stack: str | None = None
    tags_error: str | None = None

    @staticmethod
    def stack_in(tags: Mapping[str, Any]) -> str | None:
        """Return the name of the stack in a function's tags.

        >>> DeployedFunction.stack_in({"aws:cloudformation:stack-name": "shop", "team": "payments"})
        'shop'
        """
        found = tags.get(_STACK)
        return found if isinstance(found, str) else None
