"""The error responses of the Lambda API: status, error code, body and headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ServiceFault(Exception):
    """An error response of a service, which is raised where it occurs and sent by the server."""

    def __init__(self, status: int, code: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> None:
        super().__init__(body.get("message") or body.get("Message") or code)
        self.status = status
        self.code = code
        self.body = body
        self.headers = headers or {}


def not_found(message: str) -> ServiceFault:
    """Return a 404; unlike other errors of Lambda, its text is in `Message` instead of `message`."""
    return ServiceFault(404, "ResourceNotFoundException", {"Type": "User", "Message": message})


def invalid_parameter(message: str) -> ServiceFault:
    """Return a 400 for a well-formed value that the service refuses."""
    return ServiceFault(400, "InvalidParameterValueException", {"Type": "User", "message": message})


def too_large(message: str) -> ServiceFault:
    """Return a 413 for a payload over the limit."""
    return ServiceFault(413, "RequestTooLargeException", {"Type": "User", "message": message})


def not_run(reason: str) -> ServiceFault:
    """Return a 429 for a function that has no concurrency left."""
    body = {"Type": "User", "message": "Rate Exceeded.", "Reason": reason}
    return ServiceFault(429, "TooManyRequestsException", body)


def conflict(message: str) -> ServiceFault:
    """Return a 409 for something that exists already."""
    return ServiceFault(409, "ResourceConflictException", {"Type": "User", "message": message})


def validation_failed(violations: Sequence[str]) -> ServiceFault:
    """Return a 400 for all violations of the API model's constraints, without a `Type`."""
    errors = "error" if len(violations) == 1 else "errors"
    text = f"{len(violations)} validation {errors} detected: {'; '.join(violations)}"
    return ServiceFault(400, "ValidationException", {"message": text})


def wrong_type(found: str, wanted: str) -> ServiceFault:
    """Return a 400 for a JSON value whose type is not that of the API model."""
    text = f"{found} can not be converted to {wanted}"
    return ServiceFault(400, "SerializationException", {"Type": "User", "message": text})


def unreadable_body(reason: str) -> ServiceFault:
    """Return a 400 for a body that is not JSON."""
    text = f"Could not parse request body into json: {reason}"
    return ServiceFault(400, "InvalidRequestContentException", {"Type": "User", "message": text})


def access_denied(caller: str, operation: str, resource: str) -> ServiceFault:
    """Return a 403 for a function in another account, since the sandbox grants no cross-account access."""
    text = (
        f"User: {caller} is not authorized to perform: lambda:{operation} on resource: {resource} "
        f"because no resource-based policy allows the lambda:{operation} action"
    )
    return ServiceFault(403, "AccessDeniedException", {"Message": text})


def not_for_this_caller(reason: str) -> ServiceFault:
    """Return a 403 for a request that a web page sent, or whose host name is not this machine's."""
    text = f"The eicnb sandbox refuses this request: {reason}."
    return ServiceFault(403, "AccessDeniedException", {"Type": "User", "message": text})


def not_for_this_account(account_id: str) -> ServiceFault:
    """Return a 403 for a request that names the account of another sandbox in this process."""
    text = f"Account {account_id} belongs to another eicnb sandbox, which grants no access across accounts."
    return ServiceFault(403, "AccessDeniedException", {"Type": "User", "message": text})


def rate_exceeded() -> ServiceFault:
    """Return a 429 for a throttled control-plane call."""
    body = {"Type": "User", "message": "Rate exceeded", "Reason": "CallerRateLimitExceeded"}
    return ServiceFault(429, "TooManyRequestsException", body, headers={"Retry-After": "1"})


def unknown_operation(method: str, path: str) -> ServiceFault:
    """Return a 404 for a path that is not in any version of the Lambda API."""
    text = f"{method} {path} is not an operation of the Lambda API."
    return ServiceFault(404, "UnknownOperationException", {"Type": "User", "message": text})


def unreadable_request(reason: str) -> ServiceFault:
    """Return a 400 for a request to another service that moto cannot handle."""
    text = f"The eicnb sandbox cannot handle this request: {reason}"
    return ServiceFault(400, "BadRequestException", {"Type": "User", "message": text})


def not_served(method: str, path: str, served: Sequence[str]) -> ServiceFault:
    """Return a 501 for a Lambda operation that the sandbox does not serve."""
    text = f"The eicnb sandbox does not serve {method} {path}. Its Lambda operations are {', '.join(served)}."
    return ServiceFault(501, "NotImplementedException", {"Type": "User", "message": text})


def broken(reason: str) -> ServiceFault:
    """Return a 500 for a bug in the sandbox itself."""
    text = f"The eicnb sandbox failed on this request: {reason}"
    return ServiceFault(500, "ServiceException", {"Type": "Service", "Message": text})


def query_refused(code: str, message: str, *, status: int = 400) -> ServiceFault:
    """Return an error of a service with the query protocol, such as IAM."""
    return ServiceFault(status, code, {"Type": "Sender", "message": message})


def may_not_assume(caller: str, role_arn: str) -> ServiceFault:
    """Return a 403 for a role that is missing or does not trust the caller."""
    text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
    return query_refused("AccessDenied", text, status=403)


def expired_token(*, is_query: bool) -> ServiceFault:
    """Return a 403 for expired credentials of STS; its code differs in the query protocol."""
    code = "ExpiredToken" if is_query else "ExpiredTokenException"
    return ServiceFault(403, code, {"message": "The security token included in the request is expired"})


def not_the_management_account() -> ServiceFault:
    """Return a 400 for a request about the organisation that a member account may not make."""
    text = "You don't have permissions to access this resource."
    return ServiceFault(400, "AccessDeniedException", {"Message": text})
