"""The one door of a sandbox: tells Lambda's calls from all others, and keeps a log of both."""

from __future__ import annotations

import json
import re
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.wrappers import Response

from eicnb.local_aws import faults
from eicnb.local_aws.call import Answer
from eicnb.local_aws.control_plane import ControlPlane, Handled, refusal, speaks_lambda
from eicnb.local_aws.other_services import PRIVATE_PATHS, OtherServices
from eicnb.local_aws.request_log import RequestRecord, without_signature

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEFAULT_REGION = "us-east-1"
LOG_LENGTH = 10_000

# Of a signature only its scope is read: Credential=KEY/DATE/REGION/SERVICE/aws4_request.
_SCOPE = re.compile(r"Credential=[^/,\s]*/\d+/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a request was signed for; an unsigned one has no service and the default region."""

    region: str
    service: str | None

    @classmethod
    def parse(cls, authorization: str) -> Scope:
        """The scope in an Authorization header.

        >>> Scope.parse("AWS4-HMAC-SHA256 Credential=sandbox/20261101/eu-west-1/lambda/aws4_request, …")
        Scope(region='eu-west-1', service='lambda')
        """
        match = _SCOPE.search(authorization)
        return cls(match["region"], match["service"]) if match else cls(DEFAULT_REGION, None)


class Application:
    """The WSGI application of one sandbox."""

    def __init__(self, control_plane: ControlPlane, neighbours: OtherServices) -> None:
        self._control_plane = control_plane
        self._neighbours = neighbours
        self._log: deque[RequestRecord] = deque(maxlen=LOG_LENGTH)
        self._log_lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI wants it (https://peps.python.org/pep-3333/)."""
        return self._respond(environ)(environ, start_response)

    def requests(self) -> list[RequestRecord]:
        """The latest requests, oldest first."""
        with self._log_lock:
            return list(self._log)

    def _respond(self, environ: WSGIEnvironment) -> Response:
        scope = Scope.parse(environ.get("HTTP_AUTHORIZATION", ""))
        target = _target(environ["REQUEST_URI"])
        if scope.service == "lambda" or (scope.service is None and speaks_lambda(target)):
            service: str | None = "lambda"
            handled = self._handle_lambda(environ, target, scope.region)
            operation, response = handled.operation, _response(handled.answer)
        else:
            service, operation = scope.service, _moto_operation(environ)
            response = self._handle_other(environ, target)
        path, _, query = target.partition("?")
        record = RequestRecord(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=without_signature(query),
            region=scope.region,
            service=service,
            operation=operation,
            status=response.status_code,
        )
        with self._log_lock:
            self._log.append(record)
        return response

    def _handle_lambda(self, environ: WSGIEnvironment, target: str, region: str) -> Handled:
        method, body = environ["REQUEST_METHOD"], environ["wsgi.input"].read()
        try:
            return self._control_plane.handle(method, target, body, region=region)
        except Exception as error:  # noqa: BLE001  # a client must get an answer, also to a bug of ours
            return Handled(None, refusal(faults.broken(repr(error))))

    def _handle_other(self, environ: WSGIEnvironment, target: str) -> Response:
        path = target.partition("?")[0]
        if path.startswith(PRIVATE_PATHS):
            return _response(refusal(faults.unknown_operation(environ["REQUEST_METHOD"], path)))
        try:
            return self._neighbours.handle(environ)
        except Exception as error:  # noqa: BLE001  # moto raises whatever it likes at what it cannot read
            return _response(refusal(faults.unreadable_request(repr(error))))


def _target(request_uri: str) -> str:
    """Path and query as they were sent; a proxy's absolute form loses its host."""
    if request_uri.startswith(("http://", "https://")):
        parts = urlsplit(request_uri)
        return f"{parts.path}?{parts.query}"
    return request_uri


def _moto_operation(environ: WSGIEnvironment) -> str | None:
    """The operation of the two AWS protocols that name it: JSON in a header, query in the body."""
    if named := environ.get("HTTP_X_AMZ_TARGET"):
        return str(named).rpartition(".")[2]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = BytesIO(body)
        actions = parse_qs(body.decode("utf-8", "replace")).get("Action")
        return actions[0] if actions else None
    return None


def _response(answer: Answer) -> Response:
    body: Any = b"" if answer.body is None else json.dumps(answer.body)
    headers = {"x-amzn-RequestId": str(uuid.uuid4()), **answer.headers}
    return Response(body, status=answer.status, headers=headers, content_type="application/json")
