"""The check that a request stays in its account, since moto would serve any account of the process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_plus

from eicnb.local_aws import account_ids
from eicnb.local_aws.paths import plain_path

# moto's SQS and STS use only the caller's account, and messages may contain any account id.
_ISOLATED_BY_MOTO = {"sqs", "sts"}
_OBJECTS = {None, "s3"}
# Their requests name other accounts of the organisation, and moto uses only the caller's.
_OF_THE_ORGANIZATION = {"iam", "organizations"}


class Reach:
    """A request, and the accounts and buckets of other sandboxes that it names."""

    def __init__(self, account_id: str, environ: dict[str, Any], service: str | None) -> None:
        self._account_id = account_id
        self._environ = environ
        self._service = service
        self._query = str(environ.get("QUERY_STRING", ""))

    def names_foreign_bucket(self, owners: Mapping[str, tuple[str, str]]) -> bool:
        """Return whether the path, the host name or a copy source names another account's bucket."""
        named = [
            bucket for bucket in self._buckets() if owners.get(bucket, ("", self._account_id))[1] != self._account_id
        ]
        return bool(named) and not self._creates_a_bucket()

    def other_account(self) -> str | None:
        """Return the account of another sandbox that the request names and moto would use, if any."""
        is_shared = self._service in _OF_THE_ORGANIZATION
        others = account_ids.of_other_sandboxes(self._account_id) if is_shared else account_ids.others(self._account_id)
        if not others or self._service in _ISOLATED_BY_MOTO:
            return None
        wanted = re.compile(rf"(?<![0-9])(?:{'|'.join(sorted(others))})(?![0-9])")
        found = next(filter(None, map(wanted.search, self._texts())), None)
        return found[0] if found else None

    def _buckets(self) -> Iterator[str]:
        for path in (self._environ.get("PATH_INFO", ""), self._environ.get("HTTP_X_AMZ_COPY_SOURCE", "")):
            yield unquote(path).lstrip("/").partition("/")[0]
            yield plain_path(path).strip("/").partition("/")[0]
        bucket, dot, host = self._environ.get("HTTP_HOST", "").lower().removeprefix("www.").partition(".")
        if dot and "localhost" in host:
            yield bucket

    def _creates_a_bucket(self) -> bool:
        key = self._environ.get("PATH_INFO", "").strip("/").partition("/")[2]
        return self._environ["REQUEST_METHOD"] == "PUT" and not key and not self._query

    def _texts(self) -> Iterator[str]:
        yield unquote(self._environ.get("PATH_INFO", ""))
        yield unquote_plus(self._query)
        # An object may contain any account id, but the notification config of a bucket may not.
        if self._service not in _OBJECTS or "notification" in self._query:
            body = self._environ["wsgi.input"].read()
            self._environ["wsgi.input"] = BytesIO(body)
            yield unquote_plus(body.decode("utf-8", "replace"))
