"""What a sandbox remembers of a request: enough to count, and nothing that is secret."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request that was answered; `service` and `operation` are None where the request names none."""

    method: str
    path: str
    query: str
    region: str
    service: str | None
    operation: str | None
    status: int


def without_signature(query: str) -> str:
    """The query of a request, less what must not be kept.

    Presigned requests carry their credentials in the query, under names that begin with `X-Amz-`.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    secret = ("x-amz-", "awsaccesskeyid", "signature")
    return urlencode([pair for pair in pairs if not pair[0].lower().startswith(secret)])
