"""The request log of a sandbox, which contains nothing secret.

Tested in tests/local_aws/test_server.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One logged request; `service` and `operation` are None if the request names none.

    `account_id` is the account of the caller.
    """

    method: str
    path: str
    query: str
    region: str
    service: str | None
    operation: str | None
    status: int
    account_id: str


def without_signature(query: str) -> str:
    """Return the query of a request without credentials and signatures.

    Presigned requests carry their credentials in the query, under names that begin with `X-Amz-`.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    secret = ("x-amz-", "awsaccesskeyid", "signature")
    return urlencode([pair for pair in pairs if not pair[0].lower().startswith(secret)])
