"""The parts that the export languages share: places, settings, and names of resources.

Tested in tests/changes/export/test_languages.py and tests/changes/export/test_templates.py.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from eicnb.changes.change import Change, complete, place_of
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig, EventInvokeConfig
from eicnb.model.destination import DestinationArn
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where

_HASH = 6


def in_places(changes: Sequence[Change]) -> Iterator[tuple[Where, list[Change]]]:
    """Yield each account and region with its changes, in their order."""
    for where, there in groupby(changes, key=lambda change: place_of(change.target)):
        yield where, list(there)


def check_one_account(changes: Sequence[Change], language: str) -> None:
    """Refuse changes in several accounts, because a bare name would apply to whichever one is in use."""
    _check_one(changes, language, "account_id", "accounts")


def check_one_region(changes: Sequence[Change], language: str) -> None:
    """Refuse changes in several regions, because a stack is in one."""
    _check_one(changes, language, "region", "regions")


def _check_one(changes: Sequence[Change], language: str, name: str, several: str) -> None:
    values = sorted({str(getattr(change.target, name)) for change in changes})
    if len(values) > 1:
        raise UsageError(
            f"the rows are in {len(values)} {several}, but an export to {language} is for one: {', '.join(values)}",
            hint=f'frame[frame.{name} == "{values[0]}"]',
        )


def with_config(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that result in a config."""
    return [change for change in changes if change.after is not None]


def absent_line(changes: Sequence[Change], mark: str = "#") -> list[str]:
    """Return a comment that counts the rows without a config, which a template cannot express."""
    count = len(changes) - len(with_config(changes))
    have = "1 function or qualifier has" if count == 1 else f"{count} functions and qualifiers have"
    return [f"{mark} {have} no config, and so no resource here."] if count else []


def settings_to_put(change: Change) -> EventInvokeConfig:
    """Return the settings of a change's put, with only the destinations that are set, if any is."""
    assert change.after is not None, "a delete has no settings"
    config = complete(change.after)
    destinations = config.destination_config
    if destinations is None or not any(isinstance(arn, DestinationArn) for arn in _both(destinations)):
        return config
    on_success, on_failure = (arn if isinstance(arn, DestinationArn) else None for arn in _both(destinations))
    return EventInvokeConfig(
        maximum_retry_attempts=config.maximum_retry_attempts,
        maximum_event_age_in_seconds=config.maximum_event_age_in_seconds,
        destination_config=DestinationConfig(on_success=on_success, on_failure=on_failure),
    )


def _both(destinations: DestinationConfig) -> tuple[Any, Any]:
    return destinations.on_success, destinations.on_failure


def named(function: FunctionRef) -> tuple[str, str]:
    """Return the name of a function and its qualifier, or `$LATEST` if it has none."""
    return function.function_name, function.qualifier or LATEST


def unique_names(changes: Sequence[Change], name: Callable[[FunctionRef], str]) -> list[str]:
    """Return a unique resource name for each change; names that would collide get a hash suffix.

    The hash is that of the ARN, so it does not depend on the other rows.
    """
    names = [name(change.target) for change in changes]
    times = Counter(text.lower() for text in names)
    return [
        text if times[text.lower()] == 1 else f"{text}{hashlib.sha256(str(change.target).encode()).hexdigest()[:_HASH]}"
        for text, change in zip(names, changes, strict=True)
    ]
