"""Send a validated request and validate the response.

Tested in tests/aws/test_failures.py and tests/aws/test_retries.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.failures import without_config
from eicnb.aws.responses import MALFORMED_HINT, check_deleted, items
from eicnb.aws.retries import sent_once
from eicnb.errors import EicError, NotFound
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import CONFIGS

Pages = tuple[Sequence[Mapping[str, Any]], str | None]
"""The pages of a response, and the token of a list that was cut by its paging."""


def send(aws: Aws, request: Request) -> list[ReportedConfig]:
    """Send a request and return the configs in the response; a delete's has none.

    A write that may have arrived is not sent again.
    """
    if request.verb == "list":
        responses, _ = pages(aws, request)
        return [ReportedConfig.from_api(config) for page in responses for config in page[CONFIGS]]
    with nullcontext() if request.verb == "get" else sent_once():
        if request.verb == "delete":
            pages(aws, request)
            return []
        return [one(aws, request)]


def one(aws: Aws, request: Request) -> ReportedConfig:
    """Send a get, put or update, and check that the response is about the requested function."""
    try:
        responses, _ = pages(aws, request)
    except NotFound as error:
        _note_account(aws, request, without_config(error.message))
        raise
    reported = ReportedConfig.from_api(responses[0])
    requested = request.qualifier or request.function.qualifier or LATEST
    if (reported.function.function_name, reported.function.qualifier or LATEST) != (
        request.function.function_name,
        requested,
    ):
        message = f"AWS's response is about another function: {str(reported.function)!r}"
        raise EicError(message, hint=MALFORMED_HINT)
    _note_account(aws, request, reported.function)
    return reported


def _note_account(aws: Aws, request: Request, function: FunctionRef | None) -> None:
    """Store the account in an ARN of AWS, if the request named none."""
    if request.function.account_id is None and function is not None and function.account_id is not None:
        aws.note_account(function.account_id)


def pages(aws: Aws, request: Request) -> Pages:
    """Send a request and return the pages of the response as they are; a malformed one is an EicError."""
    operation = request.operation
    if request.verb == "list" and not request.paging.is_one_call:
        responses, token = aws.pages(operation, request.paging.configuration(), **request.parameters())
        for page in responses:
            items(page, CONFIGS, operation)
        return [_body(page) for page in responses], token
    response = aws.call(operation, **request.parameters())
    if request.verb == "list":
        items(response, CONFIGS, operation)
    elif request.verb == "delete":
        check_deleted(response, str(request.function))
    elif not response.keys() & {"FunctionArn", "LastModified"}:
        ReportedConfig.from_api(response)  # raises what is missing
    return [_body(response)], None


def _body(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the response without botocore's additions."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}
