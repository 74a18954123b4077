"""What the Lambda API answers when it refuses a call: status, error code, body and headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PlantedFault(Exception):
    """An error answer of the service; raised anywhere below `ControlPlane.answer`, sent by it."""

    def __init__(self, status: int, code: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> None:
        super().__init__(body.get("message") or body.get("Message") or code)
        self.status = status
        self.code = code
        self.body = body
        self.headers = headers or {}


def not_found(message: str) -> PlantedFault:
    """404; the only error whose text stands under `Message` and not `message`."""
    return PlantedFault(404, "ResourceNotFoundException", {"Type": "User", "Message": message})


def invalid_parameter(message: str) -> PlantedFault:
    """400 for a value that has the right form and is refused all the same."""
    return PlantedFault(400, "InvalidParameterValueException", {"Type": "User", "message": message})


def validation_failed(violations: Sequence[str]) -> PlantedFault:
    """400 for values outside the API model's constraints, all of them in one text; it carries no `Type`."""
    errors = "error" if len(violations) == 1 else "errors"
    text = f"{len(violations)} validation {errors} detected: {'; '.join(violations)}"
    return PlantedFault(400, "ValidationException", {"message": text})


def wrong_type(found: str, wanted: str) -> PlantedFault:
    """400 for a JSON value of another type than the API model's."""
    text = f"{found} can not be converted to {wanted}"
    return PlantedFault(400, "SerializationException", {"Type": "User", "message": text})


def unreadable_body(reason: str) -> PlantedFault:
    """400 for a body that is no JSON at all."""
    text = f"Could not parse request body into json: {reason}"
    return PlantedFault(400, "InvalidRequestContentException", {"Type": "User", "message": text})


def access_denied(caller: str, operation: str, resource: str) -> PlantedFault:
    """403 for a function of another account; the sandbox's account has no cross-account grants."""
    text = (
        f"User: {caller} is not authorized to perform: lambda:{operation} on resource: {resource} "
        f"because no resource-based policy allows the lambda:{operation} action"
    )
    return PlantedFault(403, "AccessDeniedException", {"Message": text})


def not_for_this_caller(reason: str) -> PlantedFault:
    """403 for a request that a web page sent, or under a name of another machine."""
    text = f"The eicnb sandbox refuses this request: {reason}."
    return PlantedFault(403, "AccessDeniedException", {"Type": "User", "message": text})


def not_for_this_account(account_id: str) -> PlantedFault:
    """403 for a request that names the account of another sandbox of this process."""
    text = f"Account {account_id} belongs to another eicnb sandbox, which grants no access across accounts."
    return PlantedFault(403, "AccessDeniedException", {"Type": "User", "message": text})


def rate_exceeded() -> PlantedFault:
    """429, as AWS throttles the control plane."""
    body = {"Type": "User", "message": "Rate exceeded", "Reason": "CallerRateLimitExceeded"}
    return PlantedFault(429, "TooManyRequestsException", body, headers={"Retry-After": "1"})


def unknown_operation(method: str, path: str) -> PlantedFault:
    """404 for a path that no version of the Lambda API has."""
    text = f"{method} {path} is no operation of the Lambda API."
    return PlantedFault(404, "UnknownOperationException", {"Type": "User", "message": text})


def unreadable_request(reason: str) -> PlantedFault:
    """400 for a request to another service that moto cannot make sense of."""
    text = f"The eicnb sandbox cannot make sense of this request: {reason}"
    return PlantedFault(400, "BadRequestException", {"Type": "User", "message": text})


def not_served(method: str, path: str, served: Sequence[str]) -> PlantedFault:
    """501 for a Lambda operation that the sandbox leaves out."""
    text = f"The eicnb sandbox does not serve {method} {path}. Of Lambda it serves {', '.join(served)}."
    return PlantedFault(501, "NotImplementedException", {"Type": "User", "message": text})


def broken(reason: str) -> PlantedFault:
    """500 for a fault of the sandbox itself."""
    text = f"The eicnb sandbox failed at this request: {reason}"
    return PlantedFault(500, "ServiceException", {"Type": "Service", "Message": text})
