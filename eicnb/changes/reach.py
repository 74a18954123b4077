"""The accounts and regions that a set of connections can reach.

Tested in tests/changes/test_planning.py.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from eicnb.aws.connection import Connection
from eicnb.aws.session import check_known_region
from eicnb.model.place import Where


@dataclass(frozen=True, slots=True)
class Reachable:
    """A set of connections with their places; each reaches its account in every region.

    >>> reach = Reachable.of((connection,))
    >>> reach.at("123456789012", "eu-west-1")
    Eic(SANDBOX, account_id='123456789012', region='eu-west-1')
    >>> reach.at("999999999999", "us-east-1")
    """

    connections: tuple[Connection, ...]
    homes: tuple[Where, ...]

    @classmethod
    def of(cls, connections: Sequence[Connection]) -> Self:
        """Determine the places of connections; the account of each is requested from STS once."""
        return cls(tuple(connections), tuple(connection.where() for connection in connections))

    @property
    def sandbox(self) -> bool:
        """Whether all connections are to the embedded AWS."""
        return all(home.sandbox for home in self.homes)

    @property
    def accounts(self) -> str:
        """The account IDs, joined by commas."""
        return ", ".join(dict.fromkeys(home.account_id for home in self.homes))

    def at(self, account_id: str | None, region: str | None) -> Connection | None:
        """Return the connection to an account and region, or None if the account is out of reach.

        A region that doesn't exist is a UsageError.
        """
        own = [place for place in zip(self.connections, self.homes, strict=True) if place[1].account_id == account_id]
        if not own or region is None:
            return None
        exact = [connection for connection, home in own if home.region == region]
        if exact:
            return exact[0]
        connection, home = own[0]
        if home.sandbox or not (home.endpoint_url or _has_own_endpoint()):
            check_known_region(region)
        return connection.derive(region=region)


def _has_own_endpoint() -> bool:
    return any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ)
