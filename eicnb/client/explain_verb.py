"""The verb `explain`.

Tested in tests/client/test_explain.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from eicnb.aws.connection import Connection
from eicnb.changes.change import target_of
from eicnb.changes.current import Live
from eicnb.client.explanation import Explained, Explanation
from eicnb.client.parameters import checked
from eicnb.errors import AccessDenied, UsageError, shown
from eicnb.model.config import EventInvokeConfig
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.reported import ReportedFunction
from eicnb.model.request import Request
from eicnb.model.verbs import Operation

T = TypeVar("T")

_MOST_PAGES = 20

LONGEST_TIMEOUT = 900
"""The longest timeout of a function, in seconds."""


class ExplainVerb:
    """The verb `explain` of a connection."""

    _connection: Connection

    @checked
    def explain(
        self,
        function_name: str | FunctionRef | None = None,
        qualifier: str | None = None,
        *,
        maximum_retry_attempts: int | None = None,
        maximum_event_age_in_seconds: int | None = None,
        timeout: int | None = None,
    ) -> Explanation:
        """Explain what happens to one event if every run of the function fails.

        `str()` of the result is the explanation as text; it also has `.attempts`, `.frame` and `.figure()`.

        >>> print(str(eic.explain("my-function", "BLUE")).splitlines()[0])
        An event sent to my-function:BLUE has no retries, and its maximum age is 1 h.
        >>> len(eic.explain(maximum_retry_attempts=2, maximum_event_age_in_seconds=60).attempts)
        1

        For a function, version or alias, the config, the timeout, the dead-letter queue and the versions of the alias
        are read. Settings that you pass replace the live ones, so that you can try them out. Without a function,
        nothing is read. `timeout` is in seconds.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
        """
        settings = {
            "maximum_retry_attempts": maximum_retry_attempts,
            "maximum_event_age_in_seconds": maximum_event_age_in_seconds,
        }
        return explained(lambda: self._connection, function_name, qualifier, settings, timeout)


def explained(
    connection: Callable[[], Connection],
    function_name: str | FunctionRef | None,
    qualifier: str | None,
    settings: dict[str, int | None],
    timeout: int | None,
) -> Explanation:
    """Return what happens to an event; `settings` that are not None replace the live ones."""
    EventInvokeConfig(**settings)  # type: ignore[arg-type] # the model checks the values
    _check_timeout(timeout)
    if function_name is None:
        if qualifier is not None:
            with UsageError.about("qualifier"):
                raise UsageError("a qualifier needs a function", hint='eicnb.explain("checkout", "live")')
        return _explanation(settings, timeout)
    return _of_function(connection(), function_name, qualifier, settings, timeout)


def _check_timeout(timeout: Any) -> None:
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int) or not 1 <= timeout <= LONGEST_TIMEOUT:
        with UsageError.about("timeout"):
            message = f"timeout is {shown(timeout)}, but a run may take 1 to {LONGEST_TIMEOUT} seconds"
            raise UsageError(message, hint="timeout=30")


def _of_function(
    connection: Connection,
    function_name: str | FunctionRef,
    qualifier: str | None,
    settings: dict[str, int | None],
    timeout: int | None,
) -> Explanation:
    target = target_of(connection.request("get", function_name, qualifier=qualifier))
    live = Live.read(connection, target)
    if live.error is not None:
        raise live.error
    config, unread = live.config, list[str]()
    runs = _unless_denied(lambda: _configuration(connection, target), "the function's timeout and DLQ", unread)
    is_name = target.qualifier != LATEST and not (target.qualifier or "").isdecimal()
    versions = (_unless_denied(lambda: _versions(connection, target), "the alias", unread) if is_name else None) or ()
    others = _unless_denied(lambda: _others(connection, target), "other configs", unread) if config is None else None
    of = Explained(
        function=config.function if config else target,
        where=connection.where(),
        is_configured=config is not None,
        others=tuple(others or ()),
        versions=tuple(versions),
        on_failure=config.on_failure if config else None,
        on_success=config.on_success if config else None,
        dead_letter_arn=runs.dead_letter_arn if runs else None,
        knows_dead_letters=runs is not None,
        unread=tuple(unread),
    )
    live_settings = {name: getattr(config, name) if config else None for name in settings}
    chosen = {name: live_settings[name] if value is None else value for name, value in settings.items()}
    return _explanation(chosen, timeout or (runs.timeout if runs else None), of)


def _explanation(settings: dict[str, int | None], timeout: int | None, of: Explained | None = None) -> Explanation:
    retries, age = settings["maximum_retry_attempts"], settings["maximum_event_age_in_seconds"]
    return Explanation(retries, age, timeout, of)


def _unless_denied(read: Callable[[], T], what: str, unread: list[str]) -> T | None:
    try:
        return read()
    except AccessDenied as denied:
        unread.append(f"{what}, {denied.operation} is not allowed")
        return None


def _configuration(connection: Connection, target: FunctionRef) -> ReportedFunction:
    names = {"FunctionName": str(target.without_qualifier()), "Qualifier": target.qualifier or LATEST}
    return ReportedFunction.from_api(next(iter(connection.listing("lambda", Operation.GET_CONFIGURATION, 1, **names))))


def _versions(connection: Connection, target: FunctionRef) -> Sequence[tuple[str, float]]:
    """Return the versions that an alias routes to, each with its share of the events."""
    function = str(target.without_qualifier())
    for page in connection.listing("lambda", Operation.LIST_ALIASES, _MOST_PAGES, FunctionName=function):
        for alias in page.get("Aliases", ()):
            if alias.get("Name") == target.qualifier:
                weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
                rest = 1 - sum(weights.values())
                return [(str(alias.get("FunctionVersion")), rest), *sorted(weights.items())]
    return []


def _others(connection: Connection, target: FunctionRef) -> Sequence[str]:
    """Return the qualifiers of the function that have a config."""
    configs = connection.send(Request("list", target.without_qualifier()))
    return [config.function.qualifier or LATEST for config in configs]
