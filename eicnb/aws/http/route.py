"""The route to Lambda in one region, as botocore determines it for its own requests."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import ProxyConfiguration, create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies

from eicnb.aws.endpoint import is_local
from eicnb.model.verbs import FUNCTIONS_PATH

_MOST_CONTEXTS = 16

_SCOPE = re.compile(r"/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

Through = Callable[[str, str, Mapping[str, str]], tuple[int, Mapping[str, str], bytes]]
"""Sends an operation with its parameters to a region, and returns status, headers and body of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The endpoint and transport of the calls to a region.

    `url` is the endpoint without the path of an operation. `region` and `service` are those that a call is signed
    for, unless `signs` is False. `tls` is False for a plain http endpoint. Timeouts are in seconds; None means no
    limit.
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
    through: Through | None = None
    """Sends through botocore, for sessions with event handlers, which only botocore calls."""


def route_of(client: Any, region: str, *, verify: Any) -> Route:
    """Return a Lambda client's route to a region, from a ListFunctions request that is not sent."""
    with _probing(region) as probe:
        client.list_functions()
    request = probe.request
    assert request is not None, "botocore calls the handler before it sends"
    config, parts = client.meta.config, urlsplit(str(request.url))
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
    headers = {
        name.lower(): value if isinstance(value, str) else value.decode() for name, value in request.headers.items()
    }
    scope = _SCOPE.search(headers.get("authorization", ""))
    return Route(
        url=url.rstrip("/").removesuffix(FUNCTIONS_PATH),
        region=scope["region"] if scope else region,
        service=scope["service"] if scope else "lambda",
        signs=scope is not None,
        user_agent=headers.get("user-agent", "eicnb"),
        proxy=_proxy(url, config.proxies),
        tls=parts.scheme == "https" and _trusting(get_cert_path(verify), config.client_cert),
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
    )


def _proxy(url: str, given: Any) -> str | None:
    """Return the proxy for a URL, as given or from the environment; None for this machine."""
    if is_local(url):
        return None
    proxies = get_environ_proxies(url) if given is None else given
    proxy: str | None = ProxyConfiguration(proxies=proxies).proxy_url_for(url)
    return proxy


def _trusting(bundle: Any, client_cert: Any) -> ssl.SSLContext:
    """Return a TLS context that trusts a bundle (a file or directory); False trusts any certificate."""
    return _context(bundle, client_cert, bundle is not False and Path(bundle).stat().st_mtime)


@lru_cache(maxsize=_MOST_CONTEXTS)
def _context(bundle: Any, client_cert: Any, _changed: float) -> ssl.SSLContext:
    """Return a TLS context, cached until its bundle changes, because reading certificates is slow."""
    context: Any = create_urllib3_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE if bundle is False else ssl.CERT_REQUIRED
    context.check_hostname = bundle is not False
    if bundle is not False:
        context.load_verify_locations(**{"capath" if Path(bundle).is_dir() else "cafile": bundle})
    if client_cert:
        context.load_cert_chain(*([client_cert] if isinstance(client_cert, str) else client_cert))
    return context  # type: ignore[no-any-return] # botocore has no types for it


class _Probe:
    """A request that botocore prepares for a region; it is stored instead of sent.

    The response is an empty list.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self.request: AWSPreparedRequest | None = None

    def stream(self) -> Iterator[bytes]:
        """Yield the body, as botocore reads it."""
        yield b"{}"


_probe: ContextVar[_Probe | None] = ContextVar("probe", default=None)


@contextmanager
def _probing(region: str) -> Iterator[_Probe]:
    probe = _Probe(region)
    token = _probe.set(probe)
    try:
        yield probe
    finally:
        _probe.reset(token)


def let_probe(client: Any) -> None:
    """Let a client determine its route to any region, so that no region needs its own client."""
    events = client.meta.events
    events.register("before-endpoint-resolution.lambda", _resolve_elsewhere)
    events.register("before-sign.lambda", _sign_elsewhere)
    events.register("before-send.lambda", _store)


def _resolve_elsewhere(builtins: dict[str, Any], **_: Any) -> None:
    probe = _probe.get()
    if probe is not None and "AWS::Region" in builtins:
        builtins["AWS::Region"] = probe.region


def _sign_elsewhere(request: Any, **_: Any) -> None:
    probe = _probe.get()
    if probe is not None:
        request.context.setdefault("signing", {}).setdefault("region", probe.region)


def _store(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    probe = _probe.get()
    if probe is None:
        return None
    probe.request = request
    return AWSResponse(request.url, 200, {}, probe)  # type: ignore[arg-type] # the stubs require other headers
