"""The HTTP connections of boto3 clients: a pool for each set of proxies, certificates and timeouts.

Tested in tests/aws/test_clients.py.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import Any

from botocore.httpsession import URLLib3Session

from eicnb.aws.endpoint import is_local

_MOST_POOLS = 8


class _Pools:
    """The HTTP sessions that were used last; a dropped one stays open for clients that use it."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, URLLib3Session] = OrderedDict()
        self._lock = RLock()

    def like(self, own: Any, *, without_proxy: bool) -> URLLib3Session:
        """Return the shared session with the same setup as a client's own, to replace it."""
        proxies, timeout = own._proxy_config, own._timeout  # noqa: SLF001 # botocore has no public way to a session's setup
        settings = {
            "verify": own._verify,  # noqa: SLF001 # the same
            "proxies": {} if without_proxy else proxies._proxies,  # noqa: SLF001 # the same
            "timeout": (timeout.connect_timeout, timeout.read_timeout),
            "max_pool_connections": own._max_pool_connections,  # noqa: SLF001 # the same
            "socket_options": own._socket_options,  # noqa: SLF001 # the same
            "client_cert": (own._cert_file, own._key_file) if own._key_file else own._cert_file,  # noqa: SLF001 # the same
            "proxies_config": proxies.settings,
        }
        key = repr(settings)
        with self._lock:
            found = self._sessions.pop(key, None) or URLLib3Session(**settings)
            self._sessions[key] = found
            while len(self._sessions) > _MOST_POOLS:
                self._sessions.popitem(last=False)
            return found


_pools = _Pools()


def share(client: Any) -> None:
    """Let a client share the connections of all clients with the same setup.

    Requests to this machine use no proxy.
    """
    endpoint: Any = client._endpoint  # noqa: SLF001 # a before-send handler would override the responses of others
    endpoint.http_session = _pools.like(endpoint.http_session, without_proxy=is_local(client.meta.endpoint_url))
