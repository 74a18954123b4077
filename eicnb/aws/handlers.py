"""Event handlers that users or libraries such as moto register; only botocore calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

_OURS = ("botocore.", "boto3.", "eicnb.")

_EVENTS = (
    *("provide-client-params", "before-parameter-build", "before-call", "before-endpoint-resolution"),
    *("request-created", "choose-signer", "before-sign", "before-send"),
    *("response-received", "before-parse", "after-call", "needs-retry"),
)

_FUNCTION = re.compile(r"/functions/([^/]+)")


def foreign_handlers(client: Any, operation: str) -> list[str]:
    """Return the modules of a Lambda operation's handlers, except botocore's and eicnb's."""
    emitter = getattr(client.meta.events, "_emitter", client.meta.events)
    found: dict[str, None] = {}
    for event in _EVENTS:
        for handler in emitter._handlers.prefix_search(f"{event}.lambda.{operation}"):  # noqa: SLF001 # botocore does not list them
            module = _module(handler)
            if not f"{module}.".startswith(_OURS) and getattr(handler, "enabled", True):
                found[module] = None
    return list(found)


def _module(handler: Any) -> str:
    """Return the module of a function, method, partial or callable object."""
    function = getattr(handler, "func", handler)
    return str(getattr(function, "__module__", None) or type(function).__module__)


def parameters_of(path: str, query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters in the path and query of a Lambda list operation.

    >>> parameters_of("/2015-03-31/functions/my-function/aliases", {"Marker": "m"})
    {'FunctionName': 'my-function', 'Marker': 'm'}
    """
    found = _FUNCTION.search(path)
    return {**({"FunctionName": unquote(found[1])} if found else {}), **query}
