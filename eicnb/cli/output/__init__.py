"""The text that `aws lambda …-function-event-invoke-config(s)` prints for a response.

It follows AWS CLI 2.36.7. AWS describes the formats in
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eicnb.cli.output import table, text, yaml
from eicnb.cli.output.query import Query
from eicnb.cli.output.timestamps import format_timestamp
from eicnb.errors import EicError, UsageError, nearest

__all__ = ["OUTPUTS", "Query", "Response", "check", "format_timestamp", "render", "select"]

OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")


@dataclass(frozen=True)
class Response:
    """The response to one command, as dictionaries, lists and scalars with members in the API's order.

    `operation` is the API's name and the title of a table. `pages` are the separate pages, already truncated by
    `--max-items`; `whole` merges them, with a `NextToken` if they were truncated. Timestamps are formatted, and
    `ResponseMetadata` is removed. If `paged`, the CLI would read all pages, as it does for a list without
    `--no-paginate` and `--marker`. Otherwise `whole` is the only page.
    """

    operation: str
    pages: tuple[Mapping[str, Any], ...]
    whole: Mapping[str, Any]
    paged: bool = False

    @classmethod
    def of(cls, operation: str, response: Mapping[str, Any]) -> Response:
        """Build the response to a call without pages.

        >>> Response.of("DeleteFunctionEventInvokeConfig", {}).whole
        {}
        """
        return cls(operation, (response,), response)


def select(response: Response, query: Query | None) -> Any:
    """Return what `--query` selects from the whole response.

    >>> select(Response.of("GetFunctionEventInvokeConfig", {"MaximumRetryAttempts": 0}), Query.parse("keys(@)"))
    ['MaximumRetryAttempts']
    """
    return query.search(response.whole) if query else response.whole


def render(response: Response, output: str, *, query: Query | None = None, color: bool = False) -> str:
    """Return the text that the CLI prints for a response, including the final newline.

    >>> print(render(Response.of("GetFunctionEventInvokeConfig", {"MaximumRetryAttempts": 0}), "yaml"), end="")
    MaximumRetryAttempts: 0

    `output` is one of OUTPUTS; `color` is for tables only. If the format cannot show a value or the query fails, it
    raises an EicError.
    """
    match output:
        case "json":
            return _json(select(response, query))
        case "text":
            return _text(response, query)
        case "table":
            return table.dump(response.operation, select(response, query), color=color)
        case "yaml":
            return _yaml(select(response, query))
        case "yaml-stream":
            return _yaml_stream(response, query)
        case "off":
            return ""
    raise UsageError(f"there is no output {output!r}", hint=nearest(output, OUTPUTS) or f"one of {', '.join(OUTPUTS)}")


def check(samples: Iterable[Response], output: str, *, query: Query | None = None) -> None:
    """Raise the error of `render` if it fails for every likely response to a change.

    The AWS CLI sends the change first, and only then finds that it cannot print the response.
    """
    failure = None
    for sample in samples:
        try:
            render(sample, output, query=query)
        except EicError as error:
            failure = error
        else:
            return
    if failure:
        raise failure


def _json(value: Any) -> str:
    """Return JSON indented by four blanks, members in the API's order; an empty object prints nothing."""
    return "" if value == {} else json.dumps(value, indent=4, ensure_ascii=False) + "\n"


def _text(response: Response, query: Query | None) -> str:
    """Return lines of text, page by page.

    The query is applied to each page, and to the token of the next page too.
    """
    values = _text_pages(response) if response.paged else response.pages
    return "".join(text.dump(query.search(value) if query else value) for value in values)


def _text_pages(response: Response) -> Iterator[Mapping[str, Any]]:
    for page in response.pages:
        yield {name: value for name, value in page.items() if name in response.whole}
    if "NextToken" in response.whole:
        yield {"NextToken": {"NextToken": response.whole["NextToken"]}}


def _yaml(value: Any) -> str:
    """Return YAML with sorted members. A lone scalar is JSON; an empty object prints nothing."""
    return yaml.dump(value) if value and isinstance(value, Mapping | list) else _json(value)


def _yaml_stream(response: Response, query: Query | None) -> str:
    """Return YAML with an item for each page; the query is applied to each page separately."""
    values = [query.search(page) if query else page for page in response.pages]
    return "".join(yaml.dump([value]) for value in values if response.paged or value != {})
