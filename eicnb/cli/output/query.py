"""`--query`: a JMESPath expression, validated before a request is sent and applied to the response.

Tested in tests/cli/test_output.py.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath  # type: ignore[import-untyped] # it has no types
from jmespath import exceptions
from jmespath.functions import Functions  # type: ignore[import-untyped] # the same

from eicnb.errors import EicError, UsageError, nearest
from eicnb.model.pages import QUERY_RULE
from eicnb.model.verbs import CONFIGS

_EXAMPLE = f"--query '{CONFIGS}[].FunctionArn', in single quotes"
_FAILURES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class Query:
    """A JMESPath expression that compiles; make one with `parse`."""

    text: str
    _compiled: Any = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Query:
        """Compile an expression, or raise a UsageError whose `position` is the offset of the error.

        >>> Query.parse("FunctionArn")
        Query(text='FunctionArn')

        Unlike in the CLI, an unknown function or a wrong number of arguments fails here, not after the call.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            try:
                compiled = jmespath.compile(text)
            except exceptions.JMESPathError as error:
                raise _syntax_error(text, error) from error
            except RecursionError as error:
                raise UsageError("the query is nested too deeply", hint=_EXAMPLE, rule=QUERY_RULE) from error
            except ValueError as error:
                raise UsageError(f"the query cannot be read: {error}", hint=_EXAMPLE, rule=QUERY_RULE) from error
        try:
            for call in _calls(compiled.parsed):
                _check_call(text, call["value"], len(call["children"]))
        except RecursionError as error:
            raise UsageError("the query is nested too deeply", hint=_EXAMPLE, rule=QUERY_RULE) from error
        return cls(text, compiled)

    def search(self, value: Any) -> Any:
        """Return the selection, or raise an EicError with JMESPath's message.

        >>> Query.parse("MaximumRetryAttempts").search({"MaximumRetryAttempts": 1})
        1
        """
        try:
            return self._compiled.search(value)
        except _FAILURES as error:
            missing = getattr(error, "current_value", "") is None
            hint = "give a default where a member may be missing: MaximumRetryAttempts || `2`" if missing else None
            raise EicError(f"--query {self.text!r} fails on the response: {error}", hint=hint) from error

    def then(self, change: Callable[[Any], Any]) -> Query:
        """Return a query that passes the selection through a function.

        >>> Query.parse("FunctionName").then(str.upper).search({"FunctionName": "f"})
        'F'
        """
        return _Changed(self.text, self._compiled, change)


@dataclass(frozen=True)
class _Changed(Query):
    _change: Callable[[Any], Any] = field(repr=False, compare=False)

    def search(self, value: Any) -> Any:
        return self._change(super().search(value))


def _syntax_error(text: str, error: exceptions.JMESPathError) -> UsageError:
    position = min(getattr(error, "lex_position", 0), max(0, len(text) - 1))
    return UsageError(
        f"--query {text!r} is not valid JMESPath: {_reason(error)}", hint=_EXAMPLE, rule=QUERY_RULE, position=position
    )


def _reason(error: exceptions.JMESPathError) -> str:
    match error:
        case exceptions.EmptyExpressionError():
            return "it is empty"
        case exceptions.LexerError():
            return str(error.message)
        case exceptions.IncompleteExpressionError():
            return "it ends too early"
        case exceptions.ParseError():
            return f"{error.token_value!r} is not allowed here" if error.token_value else "it ends too early"
    return str(error)


def _calls(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the function calls of an expression, in the order of its text."""
    if node["type"] == "function_expression":
        yield node
    for child in node["children"]:
        if isinstance(child, Mapping):
            yield from _calls(child)


def _check_call(text: str, name: str, given: int) -> None:
    if name not in Functions.FUNCTION_TABLE:
        near = nearest(name, Functions.FUNCTION_TABLE)
        hint = f"{near}(…)" if near else f"use one of {', '.join(sorted(Functions.FUNCTION_TABLE))}"
        raise UsageError(
            f"--query calls {name}(), which JMESPath does not have",
            hint=hint,
            rule=QUERY_RULE,
            position=_place(text, name),
        )
    arguments = Functions.FUNCTION_TABLE[name]["signature"]
    at_least = bool(arguments) and arguments[-1].get("variadic", False)
    if given < len(arguments) or (given > len(arguments) and not at_least):
        expected = f"{'at least ' if at_least else ''}{len(arguments)} argument{'s' if len(arguments) > 1 else ''}"
        raise UsageError(
            f"--query calls {name}() with {given}, but it takes {expected}",
            rule=QUERY_RULE,
            position=_place(text, name),
        )


def _place(text: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\s*\(", text)
    return found.start() if found else 0
