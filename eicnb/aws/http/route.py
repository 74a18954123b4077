"""The way to Lambda in one region, and the keys that sign for it, as botocore worked them out."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_LIST_FUNCTIONS = "/2015-03-31/functions"

_SCOPE = re.compile(r"/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where the calls of a region go and how they travel; timeouts are seconds, None for no limit.

    `url` is the endpoint without the path of an operation; `region` and `service` are those that a call is signed
    for, unless `signs` is False. `tls` is False for a plain http endpoint.
    """

    url: str
    region: str
    service: str = "lambda"
    signs: bool = True
    user_agent: str = "eicnb"
    proxy: str | None = None
    tls: ssl.SSLContext | bool = False
    connect_timeout: float | None = None
    read_timeout: float | None = None

    @classmethod
    def of_request(
        cls,
        url: str,
        headers: Mapping[str, str | bytes],
        *,
        region: str,
        proxy: str | None,
        tls: ssl.SSLContext | bool,
        timeouts: tuple[float | None, float | None],
    ) -> Self:
        """The way of a ListFunctions that botocore made ready; its signature says what calls are signed for."""
        said = {name.lower(): value if isinstance(value, str) else value.decode() for name, value in headers.items()}
        scope = _SCOPE.search(said.get("authorization", ""))
        return cls(
            url=url.partition("?")[0].rstrip("/").removesuffix(_LIST_FUNCTIONS),
            region=scope["region"] if scope else region,
            service=scope["service"] if scope else "lambda",
            signs=scope is not None,
            user_agent=said.get("user-agent", "eicnb"),
            proxy=proxy,
            tls=tls,
            connect_timeout=timeouts[0],
            read_timeout=timeouts[1],
        )


def trusting(context: Any, bundle: Any, client_cert: Any) -> ssl.SSLContext:
    """A TLS context that trusts the certificates of a bundle, a file or a directory; False trusts any."""
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE if bundle is False else ssl.CERT_REQUIRED
    context.check_hostname = bundle is not False
    if bundle is not False:
        context.load_verify_locations(**{"capath" if Path(bundle).is_dir() else "cafile": bundle})
    if client_cert:
        context.load_cert_chain(*([client_cert] if isinstance(client_cert, str) else client_cert))
    return context  # type: ignore[no-any-return] # urllib3 says what it is, botocore does not
