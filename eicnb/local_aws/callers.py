"""The check that a request comes from a program on this machine, and not from a web page.

A page can send requests to 127.0.0.1, and with a host name that resolves to it (DNS rebinding) even read the
responses. Browsers mark such requests with `Origin`, with `Sec-Fetch-Site`, and with the page's host name in `Host`
(https://www.w3.org/TR/fetch-metadata/). Programs do not send the first two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from eicnb.local_aws import faults

_AUTHORITY = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/@,]+)(?::(?P<port>[0-9]{1,5}))?")
_HTTP_PORT = 80
_NOT_FROM_A_PAGE = {"none", "same-origin"}


def check_caller(environ: Mapping[str, str]) -> None:
    """Raise a 403 fault for a request that a web page sent, or whose host name is not this machine's."""
    host = environ.get("HTTP_HOST", "localhost")
    if (port := _port_at_loopback(host)) is None:
        raise faults.not_for_this_caller(f"its Host is '{host}', and only names of this machine are served")
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and _origin_port(origin) != port:
        raise faults.not_for_this_caller(f"a web page of '{origin}' sent it")
    site = environ.get("HTTP_SEC_FETCH_SITE", "none").strip().lower()
    if site not in _NOT_FROM_A_PAGE:
        raise faults.not_for_this_caller(f"a web page of another origin sent it ({site})")


def _port_at_loopback(authority: str) -> int | None:
    """Return the port of a `Host` that names this machine, and None for any other.

    >>> _port_at_loopback("127.0.0.1:4566"), _port_at_loopback("LOCALHOST.:80"), _port_at_loopback("[::1]")
    (4566, 80, 80)
    >>> _port_at_loopback("127.0.0.1.example.com:4566")

    Names that end in `.localhost` never leave the machine (https://www.rfc-editor.org/rfc/rfc6761#section-6.3).
    """
    found = _AUTHORITY.fullmatch(authority.strip())
    if found is None or not _is_loopback(found["name"].lower().removesuffix(".")):
        return None
    return int(found["port"] or _HTTP_PORT)


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _origin_port(origin: str) -> int | None:
    scheme, _, authority = origin.strip().lower().partition("://")
    return _port_at_loopback(authority) if scheme == "http" else None
