"""Signature Version 4 of a request without a body, with its key made once a day.

botocore makes the key and much else again for each request, which takes ten times as long; a test compares the
signatures of both. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

from eicnb.aws.keys import Keys

_ALGORITHM = "AWS4-HMAC-SHA256"
_NO_BODY = hashlib.sha256(b"").hexdigest()


class Signer:
    """A signer for the GET requests of one service in one region.

    >>> from datetime import UTC
    >>> signer = Signer("us-east-1", "lambda")
    >>> headers = signer.headers(Keys("AKID", "secret"), "127.0.0.1", "/a", "", datetime(2026, 1, 2, tzinfo=UTC))
    >>> headers["Authorization"][:66]
    'AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/lambda/aws4_re'
    """

    def __init__(self, region: str, service: str) -> None:
        self._region = region
        self._service = service
        self._made_for: tuple[str, str] | None = None
        self._key = b""

    def headers(self, keys: Keys, host: str, path: str, query: str, now: datetime) -> dict[str, str]:
        """Return the headers that sign a GET.

        Path and query are percent-encoded as they are sent, the query in its own order.
        """
        time = now.strftime("%Y%m%dT%H%M%SZ")
        signed = {"host": host, "x-amz-date": time}
        if keys.token:
            signed["x-amz-security-token"] = keys.token
        names = ";".join(signed)
        lines = "".join(f"{name}:{' '.join(value.split())}\n" for name, value in signed.items())
        request = f"GET\n{quote(path, safe='/~')}\n{query}\n{lines}\n{names}\n{_NO_BODY}"
        scope = f"{time[:8]}/{self._region}/{self._service}/aws4_request"
        to_sign = f"{_ALGORITHM}\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(keys, time[:8]), to_sign.encode(), "sha256").hex()
        credential = f"Credential={keys.access_key}/{scope}"
        del signed["host"]
        return {**signed, "Authorization": f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"}

    def _signing_key(self, keys: Keys, day: str) -> bytes:
        if self._made_for != (keys.secret_key, day):
            key = f"AWS4{keys.secret_key}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._made_for, self._key = (keys.secret_key, day), key
        return self._key
