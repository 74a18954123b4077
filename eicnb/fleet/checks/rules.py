"""House rules: the settings that a team prescribes for its functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.documents import DocumentEntry, entries_in
from eicnb.fleet.scope import check_choice, is_glob
from eicnb.model.age import age, read_age
from eicnb.model.config import check_event_age, check_retry_attempts
from eicnb.model.destination import A_KIND, parse_destination
from eicnb.model.reported import ReportedDestination
from eicnb.model.severity import SEVERITIES, Severity

RETRIES, AGE, FAILURE, SUCCESS = "maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"

RULE_VALUES = ("functions", "qualifiers", RETRIES, AGE, FAILURE, SUCCESS, "severity", "reason")
"""The values of a rule, as columns of a DataFrame or as keys in YAML."""

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRule:
    """The settings that a team prescribes for functions and qualifiers that match two globs.

    A setting that is None is not prescribed. A destination is `none`, or a glob that its ARN or `kind:name` must match.
    """

    functions: str
    qualifiers: str = "*"
    retries: int | None = None
    age: int | None = None
    on_failure: str | None = None
    on_success: str | None = None
    severity: Severity = "medium"
    reason: str | None = None

    def applies_to(self, function_name: str, qualifier: str) -> bool:
        """Return whether the rule applies to a function at a qualifier.

        >>> HouseRule(functions="payments-*", qualifiers="live").applies_to("payments-refund", "live")
        True
        """
        return fnmatchcase(function_name, self.functions) and fnmatchcase(qualifier, self.qualifiers)

    def breaches(self, audit: Audited, row: int) -> Iterator[tuple[str, tuple[str, ...] | None]]:
        """Yield a description of each breach, with the options that fix it, or None if no option can."""
        if self.retries is not None and audit.retries[row] != self.retries:
            yield f"its retries are {audit.retries[row]}, not {self.retries}", ("--retries", str(self.retries))
        if self.age is not None and audit.ages[row] != self.age:
            yield f"its maximum age is {age(int(audit.ages[row]))}, not {age(self.age)}", ("--max-age", age(self.age))
        wanted = (
            ("--on-failure", self.on_failure, audit.on_failure),
            ("--on-success", self.on_success, audit.on_success),
        )
        for option, pattern, arns in wanted:
            if pattern is not None and not matches(pattern, arns[row]):
                label, found = option.removeprefix("--"), arns[row] or NONE
                yield f"its {label} is {found}, not {pattern}", None if is_glob(pattern) else (option, pattern)


def matches(pattern: str, text: str | None) -> bool:
    """Return whether a destination matches a pattern, as an ARN or as `kind:name`.

    >>> matches("sqs:*", "arn:aws:sqs:us-east-1:123456789012:lost"), matches("*", None), matches("none", None)
    (True, False, True)
    """
    if text is None or pattern == NONE:
        return text is None and pattern == NONE
    found = ReportedDestination.parse(text)
    return fnmatchcase(text, pattern) or (found is not None and fnmatchcase(f"{found.kind}:{found.name}", pattern))


def rules_in(given: Any) -> tuple[HouseRule, ...]:
    """Parse the argument `rules`, a DataFrame or the path of a YAML file.

    >>> rules_in([{"functions": "payments-*", "maximum_retry_attempts": 0}])[0].retries
    0
    """
    return tuple(map(_rule, entries_in("rules", given, RULE_VALUES)))


def _rule(entry: DocumentEntry) -> HouseRule:
    functions = entry.required("functions", "payments-*")
    try:
        rule = HouseRule(
            functions=functions,
            qualifiers=entry.text("qualifiers") or "*",
            retries=_number(entry, RETRIES, check_retry_attempts),
            age=_number(entry, AGE, check_event_age),
            on_failure=_destination(entry, FAILURE),
            on_success=_destination(entry, SUCCESS),
            severity=_severity(entry),
            reason=entry.text("reason"),
        )
    except UsageError as error:
        if error.message.startswith(entry.where):
            raise
        raise entry.error(error.message, error.hint or "") from error
    if {rule.retries, rule.age, rule.on_failure, rule.on_success} == {None}:
        raise entry.error("it prescribes nothing", f"{RETRIES}: 0, or {FAILURE}: sqs:*")
    return rule


def _severity(entry: DocumentEntry) -> Severity:
    chosen = entry.text("severity") or "medium"
    check_choice("severity", chosen, SEVERITIES)
    return next(severity for severity in SEVERITIES if severity == chosen)


def _number(entry: DocumentEntry, name: str, check: Callable[[object], int]) -> int | None:
    value = entry.values.get(name)
    if isinstance(value, str) and name == AGE:
        value = read_age(value, name, repr(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column with missing values has floats
    return None if value is None else check(value)


def _destination(entry: DocumentEntry, name: str) -> str | None:
    """Return a destination pattern; if it is not a glob, it must be a valid destination."""
    pattern = entry.text(name)
    if pattern is not None and not is_glob(pattern):
        found = parse_destination(pattern)
        if name == SUCCESS and getattr(found, "kind", None) == "s3":
            message = f"its {name} is {pattern!r}, {A_KIND['s3']}, which can be a destination on failure only"
            raise entry.error(message, f"{FAILURE}: {pattern}")
    return pattern
