"""The fields of a form as text, and their validation: a request, or an error for each field.

The rules are those of the magics and of the Python API. Nothing here depends on widgets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from eicnb.changes.change import SETTINGS
from eicnb.errors import UsageError, sentence, shown
from eicnb.model.age import read_age
from eicnb.model.config import DestinationConfig, check_event_age, check_retry_attempts
from eicnb.model.destination import (
    A_KIND,
    DESTINATION_KINDS,
    KINDS,
    DestinationArn,
    DestinationName,
    check_destination_kind,
    destination_kind,
    name_of,
)
from eicnb.model.function import LATEST, FunctionRef, check_qualifier
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Paging, Request, build

T = TypeVar("T")

OTHER = "other"
"""The kind of a destination that AWS reports but that cannot be set, such as a Kafka topic."""


def kind_of(typed: str) -> str:
    """Return the kind whose name contains the text, if there is exactly one; otherwise the text.

    >>> kind_of("SQS queue"), kind_of("topic"), kind_of("None"), kind_of("s")
    ('sqs', 'sns', '', 's')
    """
    text = typed.strip().lower()
    if text in {"", "none"}:
        return ""
    fitting = [kind for kind, name in KINDS.items() if text == kind or text in name.lower()]
    return fitting[0] if len(fitting) == 1 else typed.strip()


@dataclass(frozen=True, slots=True)
class DestinationDraft:
    """A destination as typed: its kind, and its name or ARN; no kind means no destination.

    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> str(DestinationDraft("sqs", "lost-events").destination(where))
    'arn:aws:sqs:us-east-1:123456789012:lost-events'
    """

    kind: str = ""
    text: str = ""

    @classmethod
    def typed(cls, text: str) -> Self:
        """Parse a whole destination, `sqs:NAME` or an ARN; anything else gets the kind OTHER.

        >>> DestinationDraft.typed("sqs:lost-events")
        DestinationDraft(kind='sqs', text='lost-events')
        >>> DestinationDraft.typed("arn:aws:sns:us-east-1:123456789012:alerts").kind
        'sns'
        """
        text = text.strip()
        kind, _, name = text.partition(":")
        if kind not in DESTINATION_KINDS:
            return cls(destination_kind(text) or OTHER, text)
        named = cls(kind, name)
        return cls(kind, text) if named._is_prefixed(name) else named

    @classmethod
    def of(cls, reported: str | None, where: Where) -> Self:
        """Return the draft of a reported destination, with its name if that is sufficient, otherwise its ARN."""
        if not reported:
            return cls()
        try:
            arn = DestinationArn.parse(reported)
        except UsageError:
            return cls(destination_kind(reported) or OTHER, reported)
        named = cls(arn.kind, arn.name)
        return named if name_of(arn, where) and not named._is_prefixed(arn.name) else cls(arn.kind, reported)

    def destination(self, where: Where) -> DestinationArn | None:
        """Return the destination in an account and region; invalid text is a UsageError."""
        text = self.text.strip()
        if not self.kind:
            return None
        if self.kind not in {*KINDS, OTHER}:
            raise UsageError(
                f"{self.kind!r} is not a kind of destination",
                hint=f"choose {', '.join(KINDS.values())} or none",
            )
        if not text:
            what = f"the name of {A_KIND[check_destination_kind(self.kind)]}" if self.kind != OTHER else "the ARN"
            raise UsageError(f"{what} is missing", hint="choose one from the list, or type its name or ARN")
        if text.startswith("arn:") or "://" in text or self.kind == OTHER:
            return self._of_this_kind(DestinationArn.parse(text))
        name = DestinationName.parse(text) if self._is_prefixed(text) else DestinationName(self._kind(), text)
        if not where.account_id and name.kind != "s3":
            raise UsageError("the account is not known, so a name alone is not enough", hint="type the whole ARN")
        return self._of_this_kind(name.arn(where.partition, where.region, where.account_id))

    def _kind(self) -> Any:
        return check_destination_kind(self.kind)

    def _is_prefixed(self, text: str) -> bool:
        """Return whether a name has its kind before it, as in `sqs:NAME`.

        The colon alone is not enough, because a function with an alias has one too.
        """
        kind, colon, _ = text.partition(":")
        return bool(colon) and (kind == self.kind or (kind in DESTINATION_KINDS and self.kind != "lambda"))

    def _of_this_kind(self, arn: DestinationArn) -> DestinationArn:
        if self.kind not in (arn.kind, OTHER):
            raise UsageError(
                f"{self.text.strip()!r} is {A_KIND[arn.kind]}, not {A_KIND[self._kind()]}",
                hint=f"choose {A_KIND[arn.kind].partition(' ')[2]} as the kind",
            )
        return arn


@dataclass(frozen=True, slots=True)
class Validated:
    """The result of validation: the request that Apply would send, or the errors by field."""

    request: Request | None
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of a form, as typed.

    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> Draft(function_name="my-function", maximum_event_age_in_seconds="59").check(where).faults
    {'maximum_event_age_in_seconds': 'The maximum event age is 59, but AWS allows 60 to 21600. Try: give a whole \
number of seconds: 60 to 21600 (1m to 6h)'}
    """

    function_name: str = ""
    qualifier: str = LATEST
    maximum_retry_attempts: str = ""
    maximum_event_age_in_seconds: str = ""
    on_success: DestinationDraft = field(default_factory=DestinationDraft)
    on_failure: DestinationDraft = field(default_factory=DestinationDraft)

    @classmethod
    def of(cls, function_name: str, qualifier: str, reported: ReportedConfig | None, where: Where) -> Self:
        """Return the fields for a config that AWS reports; without a config, nothing is set."""
        if reported is None:
            return cls(function_name=function_name, qualifier=qualifier)
        attempts, age = reported.maximum_retry_attempts, reported.maximum_event_age_in_seconds
        return cls(
            function_name=function_name,
            qualifier=qualifier,
            maximum_retry_attempts="" if attempts is None else str(attempts),
            maximum_event_age_in_seconds="" if age is None else str(age),
            on_success=DestinationDraft.of(reported.on_success, where),
            on_failure=DestinationDraft.of(reported.on_failure, where),
        )

    def named(self, function_name: str, qualifier: str) -> Self:
        """Return the same settings for another function."""
        return replace(self, function_name=function_name, qualifier=qualifier)

    def edits_since(self, opened: Draft) -> dict[str, Any]:
        """Return the settings that differ from those that the form opened with, by field.

        >>> Draft(function_name="f", maximum_retry_attempts="0").edits_since(Draft())
        {'maximum_retry_attempts': '0'}
        """
        return {name: getattr(self, name) for name in SETTINGS if getattr(self, name) != getattr(opened, name)}

    def subject(self) -> FunctionRef:
        """Return the function with its qualifier; a UsageError names the invalid field."""
        with UsageError.about("function_name"):
            if not self.function_name.strip():
                raise UsageError("no function is chosen", hint="choose one from the list, or type its name or ARN")
            function = FunctionRef.parse(self.function_name.strip())
        with UsageError.about("qualifier"):
            return function.with_qualifier(check_qualifier(self.qualifier.strip()))

    def subject_if_valid(self) -> FunctionRef | None:
        """Return the function with its qualifier, or None if a field is invalid."""
        try:
            return self.subject()
        except UsageError:
            return None

    def check(self, where: Where) -> Validated:
        """Return the request that writes the fields: a put, or a delete if nothing is set.

        AWS refuses a put without settings, and a deleted config has the same effect: AWS's defaults apply.
        https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
        """
        faults: dict[str, str] = {}

        def read(name: str, reader: Callable[[], T]) -> T | None:
            try:
                return reader()
            except UsageError as error:
                faults[error.argument or name] = sentence(error)
                return None

        subject = read("function_name", self.subject)
        retries = read("maximum_retry_attempts", self._retries)
        age = read("maximum_event_age_in_seconds", self.event_age)
        on_success = read("on_success", lambda: self._on_success(where))
        on_failure = read("on_failure", lambda: self.on_failure.destination(where))
        if subject is None or faults:
            return Validated(None, faults)
        settings = {
            "maximum_retry_attempts": retries,
            "maximum_event_age_in_seconds": age,
            "on_success": on_success,
            "on_failure": on_failure,
        }
        request = read("function_name", lambda: _request(where, subject, settings))
        return Validated(request, faults)

    def destinations(self, where: Where) -> tuple[DestinationConfig | None, Mapping[str, str]]:
        """Return only the two destinations, or the errors of their fields."""
        faults: dict[str, str] = {}
        for name, reader in (("on_success", self._on_success), ("on_failure", self.on_failure.destination)):
            try:
                reader(where)
            except UsageError as error:
                faults[name] = sentence(error)
        if faults:
            return None, faults
        found = DestinationConfig(
            on_success=self.on_success.destination(where), on_failure=self.on_failure.destination(where)
        )
        return found, {}

    def _on_success(self, where: Where) -> DestinationArn | None:
        found = self.on_success.destination(where)
        DestinationConfig(on_success=found)
        return found

    def _retries(self) -> int | None:
        text = self.maximum_retry_attempts.strip()
        return check_retry_attempts(int(text) if text.isdecimal() else text) if text else None

    def event_age(self) -> int | None:
        """Return the event age in seconds; a value that AWS does not allow is a UsageError."""
        text = self.maximum_event_age_in_seconds.strip()
        return check_event_age(read_age(text, "the maximum event age", shown(text))) if text else None


def _request(where: Where, subject: FunctionRef, settings: Mapping[str, Any]) -> Request:
    """Return a put, or a delete if nothing is set, without `$LATEST`, which is AWS's default."""
    is_latest = subject.qualifier in {None, LATEST}
    function, qualifier = subject.without_qualifier(), None if is_latest else subject.qualifier
    if any(value is not None for value in settings.values()):
        return build(where, "put", function, qualifier=qualifier, destination_config=None, paging=Paging(), **settings)
    unused: dict[str, Any] = {"on_success": None, "on_failure": None, "destination_config": None}
    return build(where, "delete", function, qualifier=qualifier, paging=Paging(), **unused)
