"""The WSGI application of a sandbox, which routes requests to Lambda or to moto and logs them.

Tested in tests/local_aws/test_server.py.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from eicnb.local_aws import assumed_roles, faults, organization, simulation, trail
from eicnb.local_aws.accounts import Accounts
from eicnb.local_aws.assumed_roles import AssumedRoles, Principal
from eicnb.local_aws.call import Reply
from eicnb.local_aws.callers import check_caller
from eicnb.local_aws.control_plane import ControlPlane, Handled, is_lambda_path, refusal
from eicnb.local_aws.faults import ServiceFault
from eicnb.local_aws.paths import is_private
from eicnb.local_aws.request_log import RequestRecord, without_signature

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEFAULT_REGION = "us-east-1"
LOG_LENGTH = 10_000

# Only the scope of a signature is read: Credential=KEY/DATE/REGION/SERVICE/aws4_request.
_SCOPE = re.compile(
    r"Credential=(?P<access_key>[^/,\s]*)/\d+/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)
_PRESIGNED = re.compile(r"[?&]X-Amz-(?P<scope>Credential=[^&]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SigningScope:
    """The region, service and access key of a signature, or the default region without a signature."""

    region: str
    service: str | None
    access_key: str = ""

    @classmethod
    def parse(cls, authorization: str) -> SigningScope:
        """Parse the scope in an Authorization header.

        >>> SigningScope.parse("AWS4-HMAC-SHA256 Credential=sandbox/20261101/eu-west-1/lambda/aws4_request, …")
        SigningScope(region='eu-west-1', service='lambda', access_key='sandbox')
        """
        match = _SCOPE.search(authorization)
        return cls(match["region"], match["service"], match["access_key"]) if match else cls(DEFAULT_REGION, None)


class Application:
    """The WSGI application of one sandbox."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._roles = AssumedRoles(accounts)
        self._log: deque[RequestRecord] = deque(maxlen=LOG_LENGTH)
        self._log_lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request, as WSGI defines it (https://peps.python.org/pep-3333/)."""
        return self._respond(environ)(environ, start_response)

    def requests(self) -> list[RequestRecord]:
        """Return the latest requests, oldest first."""
        with self._log_lock:
            return list(self._log)

    def _respond(self, environ: WSGIEnvironment) -> Response:
        scope = SigningScope.parse(environ.get("HTTP_AUTHORIZATION", ""))
        target = _target(environ["REQUEST_URI"])
        is_lambda = scope.service == "lambda" or (scope.service is None and is_lambda_path(target))
        operation, account_id = None, self._accounts.management.account_id
        try:
            check_caller(environ)
            caller = self._roles.caller(_access_key(scope, target), is_query=_is_query(environ))
            account_id = caller.served.account_id
            if is_lambda:
                handled = _handle_lambda(caller.served.control_plane, environ, target, scope.region)
                operation, response = handled.operation, _response(handled.reply)
            else:
                operation = _moto_operation(environ)
                response = self._handle_other(environ, target, scope, operation, caller)
        except ServiceFault as fault:
            response = _refused(environ, fault, scope.service)
        path, _, query = target.partition("?")
        self._remember(
            RequestRecord(
                method=environ["REQUEST_METHOD"],
                path=path,
                query=without_signature(query),
                region=scope.region,
                service="lambda" if is_lambda else scope.service,
                operation=operation,
                status=response.status_code,
                account_id=account_id,
            )
        )
        return _without_cors(response)

    def _remember(self, record: RequestRecord) -> None:
        with self._log_lock:
            self._log.append(record)

    def _handle_other(
        self, environ: WSGIEnvironment, target: str, scope: SigningScope, operation: str | None, caller: Principal
    ) -> Response:
        path = target.partition("?")[0]
        # moto uses PATH_INFO, which werkzeug derives from the target by its own rules.
        if is_private(path) or is_private(environ["PATH_INFO"]):
            raise faults.unknown_operation(environ["REQUEST_METHOD"], path)
        # Regions are the same in every account, and moto creates much state in an account to list them.
        served = self._accounts.management if operation == "DescribeRegions" else caller.served
        others = served.other_services
        if operation == simulation.OPERATION:
            body = environ["wsgi.input"].read().decode("utf-8", "replace")
            return Response(simulation.simulated(body, others.decide), content_type="text/xml")
        service = scope.service
        if operation == trail.OPERATION and service == "cloudtrail":
            return _response(caller.served.control_plane.look_up(scope.region, environ["wsgi.input"].read()))
        try:
            if service == "sts" and operation == assumed_roles.OPERATION:
                return self._roles.assume(environ, caller)
            if service == organization.SERVICE:
                return self._accounts.organization.handle(environ, caller.served.account_id, others, operation)
            return others.handle(environ, service)
        except ServiceFault:
            raise
        except Exception as error:  # moto may raise anything for a request that it cannot parse
            raise faults.unreadable_request(repr(error)) from error


def _handle_lambda(control_plane: ControlPlane, environ: WSGIEnvironment, target: str, region: str) -> Handled:
    method, body = environ["REQUEST_METHOD"], environ["wsgi.input"].read()
    try:
        return control_plane.handle(method, target, body, region=region, headers=_headers(environ))
    except Exception as error:  # noqa: BLE001  # a client must get a response even if this has a bug
        return Handled(None, refusal(faults.broken(repr(error))))


def _access_key(scope: SigningScope, target: str) -> str:
    """Return the access key of a request, which may be in its query."""
    presigned = _PRESIGNED.search(target)
    return scope.access_key or (SigningScope.parse(unquote(presigned["scope"])).access_key if presigned else "")


def _target(request_uri: str) -> str:
    """Return the path and query as sent, without the scheme and host that a proxy request has."""
    if request_uri.startswith(("http://", "https://")):
        parts = urlsplit(request_uri)
        return f"{parts.path}?{parts.query}"
    return request_uri


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the headers that operations use."""
    prefix = "HTTP_X_AMZ_"
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith(prefix)
    } | {"user-agent": str(environ.get("HTTP_USER_AGENT", ""))}


def _moto_operation(environ: WSGIEnvironment) -> str | None:
    """Return the operation, which the JSON protocol names in a header and the query protocol in the body."""
    if named := environ.get("HTTP_X_AMZ_TARGET"):
        return str(named).rpartition(".")[2]
    if _is_query(environ):
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = BytesIO(body)
        actions = parse_qs(body.decode("utf-8", "replace")).get("Action")
        return actions[0] if actions else None
    return None


def _is_query(environ: WSGIEnvironment) -> bool:
    """Return whether a request uses the query protocol."""
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _response(reply: Reply) -> Response:
    body: Any = b"" if reply.body is None else json.dumps(reply.body)
    headers = {"x-amzn-RequestId": str(uuid.uuid4()), **reply.headers}
    return Response(body, status=reply.status, headers=headers, content_type="application/json")


def _refused(environ: WSGIEnvironment, fault: ServiceFault, service: str | None) -> Response:
    """Return the response for a fault: XML for S3 and the query protocol, and otherwise JSON."""
    if not _is_query(environ) and service != "s3":
        reply = refusal(fault)
        return _response(replace(reply, body={"__type": fault.code, **fault.body} if service else fault.body))
    error = f"<Error><Code>{fault.code}</Code><Message>{escape(str(fault))}</Message></Error>"
    document = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
    return Response(document, status=fault.status, content_type="application/xml")


def _without_cors(response: Response) -> Response:
    """Return a response without moto's CORS headers, which would let any web page read it."""
    for name in [name for name, _ in response.headers if name.lower().startswith("access-control-")]:
        del response.headers[name]
    return response
