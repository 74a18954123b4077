"""AWS's names for destinations, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, Self, get_args

from eicnb.errors import UsageError
from eicnb.model.arn import ACCOUNT, PARTITION, REGION, example_arn, fault_in_parts, refuse_leftover
from eicnb.model.limits import LONGEST_DESTINATION
from eicnb.model.naming import is_name, likely_name, naming_rule
from eicnb.model.pages import DESTINATION_RULE, SETTINGS_RULE
from eicnb.model.pasted import instead_of, meant_by
from eicnb.model.place import Place, Where

DestinationKind = Literal["sqs", "sns", "s3", "lambda", "events"]

DESTINATION_KINDS: tuple[DestinationKind, ...] = get_args(DestinationKind)

_ARN = re.compile(
    rf"arn:(?P<partition>{PARTITION}):(?P<service>[a-z0-9-]+):(?P<region>{REGION})?:(?P<account_id>{ACCOUNT})?:"
    r"(?P<resource>.+)"
)

_PREFIXES: Mapping[str, str] = {"lambda": "function:", "events": "event-bus/"}
"""The prefix of the name in the resource part of an ARN."""

_EXAMPLES: Mapping[str, str] = {
    "sqs": example_arn("sqs", "my-queue"),
    "sns": example_arn("sns", "my-topic"),
    "s3": example_arn("s3", "my-bucket"),
    "lambda": example_arn("lambda", "function:my-function"),
    "events": example_arn("events", "event-bus/default"),
}

KINDS: Mapping[str, str] = {
    "sqs": "SQS queue",
    "sns": "SNS topic",
    "lambda": "Lambda function",
    "events": "EventBridge bus",
    "s3": "S3 bucket",
}
"""Each kind of destination in words."""

A_KIND: Mapping[str, str] = {kind: f"{'a' if kind == 'lambda' else 'an'} {words}" for kind, words in KINDS.items()}
"""The same with an article."""


def one_of(kinds: Iterable[str]) -> str:
    """Return kinds in words, as alternatives.

    >>> one_of(["sqs", "sns", "events"])
    'an SQS queue, SNS topic or EventBridge bus'
    """
    first, *others = kinds
    *between, last = (KINDS[kind] for kind in others)
    return f"{', '.join([A_KIND[first], *between])} or {last}"


_ALLOWED = one_of(KINDS).replace(KINDS["s3"], f"(on failure only) {KINDS['s3']}")


@dataclass(frozen=True, slots=True)
class DestinationArn:
    """The target of an event's record: a queue, topic, function, event bus or bucket.

    >>> DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:dead-letters")
    DestinationArn(kind='sqs', name='dead-letters', partition='aws', region='us-east-1', account_id='123456789012')

    `region` and `account_id` are None only for a bucket. FIFO queues and topics are refused: Lambda does not deliver
    to them. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """

    kind: DestinationKind
    name: str
    partition: str = "aws"
    region: str | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        check_destination_kind(self.kind)
        text = str(self)
        if not _ARN.fullmatch(text):
            raise _not_an_arn(text)
        parts = (self.region, self.account_id)
        if self.kind == "s3" and any(parts):
            bucket = f"arn:{self.partition}:s3:::{self.name}" if is_name("s3", self.name) else _EXAMPLES["s3"]
            raise _not_a_destination(text, self.kind, ": a bucket's ARN has no region and no account", hint=bucket)
        if self.kind != "s3" and not all(parts):
            raise _not_a_destination(text, self.kind, ": it lacks the region or the account")
        _check_name(self.kind, self.name, text, lambda name: str(replace(self, name=name)))
        if len(text) > LONGEST_DESTINATION:
            raise UsageError(
                f"the destination has {len(text)} characters, but AWS allows {LONGEST_DESTINATION}",
                hint=_EXAMPLES[self.kind],
                rule=SETTINGS_RULE,
                culprit=text,
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the ARN of a destination, or raise a UsageError that lists the kinds."""
        found = _ARN.fullmatch(text)
        if not found:
            raise _not_an_arn(text)
        kind, resource = check_destination_kind(found["service"]), found["resource"]
        prefix = _PREFIXES.get(kind, "")
        if not resource.startswith(prefix):
            refuse_leftover("destination", text)
            raise _not_a_destination(text, kind, position=found.start("resource"))
        return cls(kind, resource.removeprefix(prefix), found["partition"], found["region"], found["account_id"])

    def __str__(self) -> str:
        resource = _PREFIXES.get(self.kind, "") + self.name
        return f"arn:{self.partition}:{self.kind}:{self.region or ''}:{self.account_id or ''}:{resource}"


def _not_an_arn(text: str) -> UsageError:
    refuse_leftover("destination", text)
    if fault := fault_in_parts(text):
        return fault
    return UsageError(f"{text!r} is not an ARN", hint=instead_of(text), rule=DESTINATION_RULE, culprit=text)


def _not_a_destination(
    text: str, kind: DestinationKind, why: str = "", position: int | None = None, hint: str | None = None
) -> UsageError:
    message = f"{text!r} is not the ARN of {A_KIND[kind]}{why}"
    hint = hint or _EXAMPLES[kind]
    return UsageError(message, hint=hint, rule=DESTINATION_RULE, position=position, culprit=text)


def _check_name(kind: DestinationKind, name: str, text: str, written: Callable[[str], str]) -> None:
    """Refuse a name that the service does not allow; `written` formats a better name for the hint."""
    if is_name(kind, name):
        return
    refuse_leftover("destination", text)
    _refuse_fifo(kind, name)
    rule, better = naming_rule(kind), likely_name(kind, name)
    raise UsageError(
        f"{name!r} is not the name of {A_KIND[kind]}: {rule.fault(name)}",
        hint=written(better) if better else f"{kind}:NAME or {_EXAMPLES[kind]}",
        rule=rule.page,
        culprit=name,
    )


def check_destination_kind(service: str) -> DestinationKind:
    """Return the name of a service unchanged if it can be a destination, or raise UsageError."""
    if service not in DESTINATION_KINDS:
        raise UsageError(
            f"{service!r} cannot be a destination", hint=f"send to {_ALLOWED}", rule=DESTINATION_RULE, culprit=service
        )
    return service


def destination_kind(text: str) -> DestinationKind | None:
    """Return the kind of a reported destination, even of one that cannot be set; None if unknown.

    >>> destination_kind("arn:aws:sqs:us-east-1:123456789012:orders.fifo")
    'sqs'
    """
    found = _ARN.fullmatch(text)
    service = found["service"] if found else None
    return service if service in DESTINATION_KINDS else None


FIFO = ".fifo"
"""The end of the name of every FIFO queue and topic; Lambda delivers to neither."""


def is_fifo(kind: str, name: str) -> bool:
    """Return whether a name is that of a FIFO queue or topic.

    >>> is_fifo("sqs", "orders.fifo"), is_fifo("s3", "orders.fifo")
    (True, False)
    """
    return kind in {"sqs", "sns"} and name.endswith(FIFO)


def is_fifo_destination(text: str) -> bool:
    """Return whether an ARN, or a name such as `sqs:NAME`, is that of a FIFO queue or topic.

    >>> is_fifo_destination("arn:aws:sqs:us-east-1:123456789012:lost.fifo"), is_fifo_destination("s3:lost.fifo")
    (True, False)
    """
    return is_fifo(destination_kind(text) or text.partition(":")[0], text)


def _refuse_fifo(kind: DestinationKind, name: str) -> None:
    if is_fifo(kind, name):
        what = "queue" if kind == "sqs" else "topic"
        raise UsageError(
            f"{name!r} is a FIFO {what}, to which Lambda does not deliver records of asynchronous events",
            hint=f"send to a standard {what}",
            rule=DESTINATION_RULE,
            culprit=name,
        )


@dataclass(frozen=True, slots=True)
class DestinationName:
    """A destination by kind and name, in the account, region and partition of the connection.

    >>> str(DestinationName.parse("sqs:dead-letters").arn("aws", "us-east-1", "123456789012"))
    'arn:aws:sqs:us-east-1:123456789012:dead-letters'
    """

    kind: DestinationKind
    name: str

    def __post_init__(self) -> None:
        check_destination_kind(self.kind)
        _check_name(self.kind, self.name, f"{self.kind}:{self.name}", lambda name: f"{self.kind}:{name}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `sqs:NAME`, `sns:NAME`, `s3:BUCKET`, `lambda:NAME` or `events:BUS`."""
        kind, _, name = text.partition(":")
        if kind not in DESTINATION_KINDS:
            refuse_leftover("destination", text)
        if not name or "://" in text or (kind not in DESTINATION_KINDS and meant_by(text)):
            meant = instead_of(text)
            hint = meant if meant.endswith(":NAME") else f"{meant}, or none"
            raise UsageError(f"{text!r} is not a destination", hint=hint, rule=DESTINATION_RULE, culprit=text)
        return cls(check_destination_kind(kind), name)

    def arn(self, partition: str, region: str, account_id: str) -> DestinationArn:
        """Return the full ARN; a bucket's ARN has neither region nor account."""
        if self.kind == "s3":
            return DestinationArn("s3", self.name, partition)
        return DestinationArn(self.kind, self.name, partition, region, account_id)


def name_of(arn: DestinationArn, where: Where) -> str | None:
    """Return `kind:name` if that resolves to this ARN in a place, else None.

    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> name_of(DestinationArn.parse("arn:aws:s3:::lost-events"), where)
    's3:lost-events'
    """
    name = f"{arn.kind}:{arn.name}"
    return name if named_in(str(arn), where) == name else None


def named_in(text: str, where: Place) -> str:
    """Shorten a reported destination to `kind:name` if it is in a place; else return it unchanged.

    It may be one that cannot be set, such as a FIFO queue, or not an ARN at all.

    >>> where = Where(partition="aws", region="us-east-1", account_id="123456789012")
    >>> named_in("arn:aws:sqs:us-east-1:123456789012:orders.fifo", where)
    'sqs:orders.fifo'
    """
    found = _ARN.fullmatch(text)
    kind, prefix = (found["service"], _PREFIXES.get(found["service"], "")) if found else ("", "")
    if not found or kind not in DESTINATION_KINDS or not found["resource"].startswith(prefix):
        return text
    own = (None, None) if kind == "s3" else (where.region, where.account_id)
    if found["partition"] != where.partition or (found["region"], found["account_id"]) != own:
        return text
    return f"{kind}:{found['resource'].removeprefix(prefix)}"


class NoDestination(Enum):
    """An explicitly empty destination: the event's record goes nowhere.

    AWS accepts both spellings; each is sent as written.
    """

    EMPTY = "{}"
    BLANK = '{"Destination": ""}'


Destination = DestinationArn | NoDestination


def settable_destination(arn: str | None) -> Destination:
    """Return a reported destination to send again; one that AWS would refuse today is a UsageError.

    >>> settable_destination(None)
    <NoDestination.EMPTY: '{}'>
    """
    return DestinationArn.parse(arn) if arn else NoDestination.EMPTY


def parse_destination(text: str) -> Destination | DestinationName:
    """Parse a destination as users type it: an ARN, `none`, or a name such as `sqs:NAME`.

    >>> parse_destination("none")
    <NoDestination.EMPTY: '{}'>
    """
    if text == "none":
        return NoDestination.EMPTY
    return DestinationArn.parse(text) if text.startswith("arn:") else DestinationName.parse(text)
