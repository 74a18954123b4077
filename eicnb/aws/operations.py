"""A checked call is sent, and its answer is looked at before anybody relies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.responses import BROKEN_ANSWER_HINT, check_deleted, items, told
from eicnb.errors import EicError, NotFound
from eicnb.model.function import LATEST
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Request
from eicnb.model.verbs import CONFIGS

Pages = tuple[Sequence[Mapping[str, Any]], str | None]
"""What AWS answered, page by page, and where a list was cut by its paging."""


def send(aws: Aws, request: Request) -> list[ReportedConfig]:
    """Send a call and return the configs that its answer tells of; of a delete, the one that was there."""
    if request.verb == "list":
        answered, _ = pages(aws, request)
        return [ReportedConfig.from_api(config) for page in answered for config in page[CONFIGS]]
    if request.verb == "delete":
        try:
            before = one(aws, Request("get", request.function, request.qualifier))
        except NotFound:
            if request.missing_ok:
                return []
            raise
        pages(aws, request)
        return [before]
    return [one(aws, request)]


def one(aws: Aws, request: Request) -> ReportedConfig:
    """Send a call whose answer is one config, and make sure that it is about the function that was asked for."""
    answered, _ = pages(aws, request)
    reported = ReportedConfig.from_api(answered[0])
    asked = request.qualifier or request.function.qualifier or LATEST
    if (reported.function.function_name, reported.function.qualifier or LATEST) != (
        request.function.function_name,
        asked,
    ):
        message = f"AWS's answer is about another function: {str(reported.function)!r}"
        raise EicError(message, hint=BROKEN_ANSWER_HINT)
    return reported


def pages(aws: Aws, request: Request) -> Pages:
    """Send a call and return its answer as it is; one that is none is an EicError."""
    operation, request = request.operation, _completed(aws, request)
    if request.verb == "list" and not request.paging.is_one_call:
        answered, token = aws.pages(operation, request.paging.configuration(), **request.parameters())
        for page in answered:
            items(page, CONFIGS, operation)
        return [told(page) for page in answered], token
    answer = aws.call(operation, **request.parameters())
    if request.verb == "list":
        items(answer, CONFIGS, operation)
    elif request.verb == "delete":
        check_deleted(answer, str(request.function))
    elif not answer.keys() & {"FunctionArn", "LastModified"}:
        ReportedConfig.from_api(answer)  # says what is missing
    return [told(answer)], None


def _completed(aws: Aws, request: Request) -> Request:
    """The request with the destination that it keeps, read from AWS."""
    if not request.keeps_other_destination:
        return request
    return request.keeping(one(aws, Request("get", request.function, request.qualifier)))
