"""What `aws lambda …-function-event-invoke-config(s)` prints: an answer and the output options in, text out.

Facts rest on AWS CLI 2.36.7; the forms are described in
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

__all__ = ["OUTPUTS", "Answer", "Query", "check", "format_timestamp", "render", "select"]

OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")


@dataclass(frozen=True)
class Answer:
    """What one command got from AWS, in plain dictionaries, lists and scalars, members in the API's order.

    `operation` is the API's name and a table's title. `pages` are the answers one by one, already cut by
    `--max-items`; `whole` is all of them merged, with a `NextToken` if they were cut. Timestamps are formatted and
    the `ResponseMetadata` is gone. `paged` says that the CLI would go through pages: a list without `--no-paginate`
    and `--marker`. Elsewhere the one page is the whole.
    """

    operation: str
    pages: tuple[Mapping[str, Any], ...]
    whole: Mapping[str, Any]
    paged: bool = False

    @classmethod
    def of(cls, operation: str, response: Mapping[str, Any]) -> Answer:
        """The answer to a call without pages.

        >>> Answer.of("DeleteFunctionEventInvokeConfig", {}).whole
        {}
        """
        return cls(operation, (response,), response)


def select(answer: Answer, query: Query | None) -> Any:
    """What `--query` selects from the whole answer.

    >>> select(Answer.of("GetFunctionEventInvokeConfig", {"MaximumRetryAttempts": 0}), Query.parse("keys(@)"))
    ['MaximumRetryAttempts']
    """
    return query.search(answer.whole) if query else answer.whole


def render(answer: Answer, output: str, *, query: Query | None = None, color: bool = False) -> str:
    """The text that the CLI prints for an answer, with its last newline; `output` is one of OUTPUTS.

    >>> print(render(Answer.of("GetFunctionEventInvokeConfig", {"MaximumRetryAttempts": 0}), "yaml"), end="")
    MaximumRetryAttempts: 0

    `color` is for tables only. An EicError tells of a value that the form cannot show, or of a query that fails.
    """
    match output:
        case "json":
            return _json(select(answer, query))
        case "text":
            return _text(answer, query)
        case "table":
            return table.dump(answer.operation, select(answer, query), color=color)
        case "yaml":
            return _yaml(select(answer, query))
        case "yaml-stream":
            return _yaml_stream(answer, query)
        case "off":
            return ""
    raise UsageError(f"there is no output {output!r}", hint=nearest(output, OUTPUTS) or f"one of {', '.join(OUTPUTS)}")


def check(samples: Iterable[Answer], output: str, *, query: Query | None = None) -> None:
    """Raise the error of `render` if it fails for every one of these likely answers, before a change is sent.

    The AWS CLI changes things first and then finds that it cannot print the answer.
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
    """JSON with four blanks a level, members in the API's order; an empty object prints nothing."""
    return "" if value == {} else json.dumps(value, indent=4, ensure_ascii=False) + "\n"


def _text(answer: Answer, query: Query | None) -> str:
    """Lines of text, page by page; the query is asked of each page by itself, and of the token of the next one."""
    values = _text_pages(answer) if answer.paged else answer.pages
    return "".join(text.dump(query.search(value) if query else value) for value in values)


def _text_pages(answer: Answer) -> Iterator[Mapping[str, Any]]:
    for page in answer.pages:
        yield {name: value for name, value in page.items() if name in answer.whole}
    if "NextToken" in answer.whole:
        yield {"NextToken": {"NextToken": answer.whole["NextToken"]}}


def _yaml(value: Any) -> str:
    """YAML with sorted members; a lone scalar is JSON, and an empty object prints nothing."""
    return yaml.dump(value) if value and isinstance(value, Mapping | list) else _json(value)


def _yaml_stream(answer: Answer, query: Query | None) -> str:
    """YAML, where each page is an item of a list; the query is asked of each page by itself."""
    values = [query.search(page) if query else page for page in answer.pages]
    return "".join(yaml.dump([value]) for value in values if answer.paged or value != {})
