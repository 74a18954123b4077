"""The boto3 clients of a login: made when they are needed, limited in number, with shared connections."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials

from eicnb.aws import retries
from eicnb.aws.endpoint import Transport
from eicnb.aws.http.route import let_probe
from eicnb.aws.http.shared import share
from eicnb.aws.keys import Keys
from eicnb.aws.service_model import LAMBDA
from eicnb.aws.session import Session

_MOST_CLIENTS = 32

Key = tuple[Any, ...]

Received = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body of a response."""

_received: ContextVar[list[Received] | None] = ContextVar("received", default=None)

_signing_with: ContextVar[Keys | None] = ContextVar("signing_with", default=None)


class Clients:
    """The clients of one login; the least recently used clients of all logins are dropped."""

    def __init__(self) -> None:
        self._made: dict[Key, Any] = {}
        self._lock = RLock()

    def get(
        self,
        session: Session,
        service: str,
        region: str,
        endpoint_url: str | None,
        transport: Transport,
        *,
        probes: bool = False,
    ) -> Any:
        """Return the client of a service in a region at an endpoint, made once.

        A client that `probes` prepares requests without sending them.
        """
        key = (service, region, endpoint_url, transport.key, probes)
        with self._lock:
            client = self._made.get(key)
            if client is None:
                client = make_client(session, service, region, endpoint_url, transport)
                if probes:
                    let_probe(client)
                self._made[key] = client
        _recent.touch(self, key)
        return client

    def drop(self, key: Key) -> None:
        """Forget one client; a call in progress is not affected."""
        with self._lock:
            self._made.pop(key, None)

    def clear(self) -> None:
        """Forget all clients, for example after their credentials were refused."""
        with self._lock:
            self._made.clear()

    def __len__(self) -> int:
        return len(self._made)


class _Recent:
    """The clients of all logins in the order of their last use."""

    def __init__(self) -> None:
        self._order: OrderedDict[tuple[int, Key], weakref.ref[Clients]] = OrderedDict()
        self._lock = RLock()

    def touch(self, clients: Clients, key: Key) -> None:
        dropped = []
        with self._lock:
            self._order[id(clients), key] = weakref.ref(clients)
            self._order.move_to_end((id(clients), key))
            while len(self._order) > _MOST_CLIENTS:
                (_, oldest), owner = self._order.popitem(last=False)
                dropped.append((owner(), oldest))
        for owner_now, oldest in dropped:
            if owner_now is not None:
                owner_now.drop(oldest)


_recent = _Recent()


def make_client(
    session: Session, service: str, region: str, endpoint_url: str | None, transport: Transport, **keys: Any
) -> Any:
    """Make a client that signs with the keys of `signing_with` and sends over the shared connections."""
    create: Any = session.client
    settings = dict(transport.settings)
    if not transport.signs:
        settings["signature_version"] = UNSIGNED
    where = {"region_name": region, "endpoint_url": endpoint_url}
    client = create(service, **where, config=Config(**settings), verify=transport.verify, **keys)
    client.meta.events.register("before-sign", _sign_with_given_keys, unique_id="eicnb-keys")
    share(client)
    if service == LAMBDA:
        retries.install(client)
        client.meta.events.register("before-parse.lambda", _collect)
    return client


@contextmanager
def signing_with(keys: Keys | None) -> Iterator[None]:
    """Sign calls in this context with these credentials, even if the session gets others meanwhile."""
    token = _signing_with.set(keys)
    try:
        yield
    finally:
        _signing_with.reset(token)


def _sign_with_given_keys(request: Any, **_: Any) -> None:
    keys = _signing_with.get()
    if keys is not None:
        signing = request.context.setdefault("signing", {})
        signing["request_credentials"] = Credentials(keys.access_key, keys.secret_key, keys.token)


@contextmanager
def receiving() -> Iterator[list[Received]]:
    """Collect the raw responses to the calls in this context."""
    responses: list[Received] = []
    token = _received.set(responses)
    try:
        yield responses
    finally:
        _received.reset(token)


def _collect(response_dict: Mapping[str, Any], **_: Any) -> None:
    """Store a raw response before botocore parses it; a handler of before-parse."""
    responses = _received.get()
    if responses is not None:
        headers = {name.lower(): value for name, value in response_dict["headers"].items()}
        responses.append((response_dict["status_code"], headers, response_dict["body"] or b""))
