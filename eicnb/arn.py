"""The names AWS has for functions and for destinations, as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from eicnb.errors import UsageError

DestinationKind = Literal["sqs", "sns", "s3", "lambda", "events"]
DESTINATION_KINDS: tuple[DestinationKind, ...] = get_args(DestinationKind)

LATEST = "$LATEST"

_PARTITION = r"aws[a-z-]*"
_REGION = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+"
_ACCOUNT = r"[0-9]{12}"
_NAME = r"[a-zA-Z0-9_.-]+"
_QUALIFIER = r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+"

_FUNCTION = re.compile(
    rf"(?:arn:(?P<partition>{_PARTITION}):lambda:(?={_REGION}:{_ACCOUNT}:function:))?"
    rf"(?:(?:(?P<region>{_REGION}):)?(?P<account_id>{_ACCOUNT}):)?(?P<marker>function:)?"
    rf"(?P<function_name>{_NAME})(?::(?P<qualifier>{_QUALIFIER}))?"
)
_QUALIFIER_ALONE = re.compile(_QUALIFIER)
_ARN = re.compile(
    rf"arn:(?P<partition>{_PARTITION}):(?P<service>[a-z0-9-]+):(?P<region>{_REGION})?:(?P<account_id>{_ACCOUNT})?:"
    r"(?P<resource>.+)"
)

_NAME_RULE = "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
_DESTINATION_RULE = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_FUNCTION_FORMS = (
    "my-function, my-function:live, my-function:7, 123456789012:function:my-function "
    "or arn:aws:lambda:us-east-1:123456789012:function:my-function"
)
_LONGEST_NAME = 64
_LONGEST_FUNCTION_ARN = 256
_LONGEST_QUALIFIER = 128
_LONGEST_DESTINATION = 350


def _leftover(text: str) -> re.Match[str] | None:
    return re.search(r"\$(?!LATEST(?:\.PUBLISHED)?$)|[{}]", text)


def _refuse_leftover(what: str, text: str) -> None:
    """No legal name has a `$` or a brace: one that is left is a reference that was not filled in."""
    if found := _leftover(text):
        raise UsageError(
            f"the {what} {text!r} has a {found[0]!r} left in it, which no {what} in AWS can have",
            hint="${name} for a value of the notebook, outside single quotes",
            position=found.start(),
            culprit=text,
        )


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A Lambda function, and possibly one version or alias of it, in any form that AWS accepts.

    >>> FunctionRef.parse("my-function:live").qualifier
    'live'
    >>> str(FunctionRef.parse("arn:aws:lambda:eu-west-1:123456789012:function:my-function:7"))
    'arn:aws:lambda:eu-west-1:123456789012:function:my-function:7'

    `str` gives back the form that was read, since AWS is asked with it. A part that the form does not have is
    None; None as `qualifier` means that none was written, and AWS then takes `$LATEST`.

    Names alone have up to 64 characters, the long forms up to 256:
    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
    """

    function_name: str
    qualifier: str | None = None
    partition: str | None = None
    region: str | None = None
    account_id: str | None = None
    marked: bool = False

    def __post_init__(self) -> None:
        text = str(self)
        found = _FUNCTION.fullmatch(text)
        if not found or found["function_name"] != self.function_name:
            raise _not_a_function(text)
        if self.qualifier is not None:
            check_qualifier(self.qualifier)
        if self.account_id is None and len(self.function_name) > _LONGEST_NAME:
            raise UsageError(
                f"the function name has {len(self.function_name)} characters, "
                f"but AWS allows {_LONGEST_NAME} in a name alone",
                hint="the name as `%eic functions` shows it",
                rule=_NAME_RULE,
                position=_LONGEST_NAME,
            )
        if len(text) > _LONGEST_FUNCTION_ARN:
            raise UsageError(
                f"the function ARN has {len(text)} characters, but AWS allows {_LONGEST_FUNCTION_ARN}",
                hint="the ARN as `%eic functions` shows it",
                rule=_NAME_RULE,
                position=_LONGEST_FUNCTION_ARN,
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read any of AWS's forms of a function name.

        Raises UsageError with the forms that exist when `text` is none of them.
        """
        _refuse_leftover("function name", text)
        found = _FUNCTION.fullmatch(text)
        if not found:
            raise _not_a_function(text)
        return cls(
            function_name=found["function_name"],
            qualifier=found["qualifier"],
            partition=found["partition"],
            region=found["region"],
            account_id=found["account_id"],
            marked=bool(found["marker"]),
        )

    def with_qualifier(self, qualifier: str | None) -> Self:
        """This function at a version or alias; two that differ are an error, as they are for AWS."""
        if qualifier is None or qualifier == self.qualifier:
            return self
        if self.qualifier is not None:
            raise UsageError(
                f"the function is named with the qualifier {self.qualifier!r}, "
                f"but the qualifier {qualifier!r} is given beside it",
                hint="one of the two",
            )
        return replace(self, qualifier=check_qualifier(qualifier))

    def without_qualifier(self) -> Self:
        """The function itself, whichever version or alias this names."""
        return replace(self, qualifier=None)

    def __str__(self) -> str:
        head = f"arn:{self.partition}:lambda:" if self.partition else ""
        region = f"{self.region}:" if self.region else ""
        account_id = f"{self.account_id}:" if self.account_id else ""
        marker = "function:" if self.marked else ""
        tail = "" if self.qualifier is None else f":{self.qualifier}"
        return f"{head}{region}{account_id}{marker}{self.function_name}{tail}"


def _not_a_function(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not the name of a Lambda function" if text else "the function name is empty",
        hint=_FUNCTION_FORMS,
        rule=_NAME_RULE,
    )


def check_qualifier(text: str) -> str:
    """Return a version number, an alias or `$LATEST` (`$LATEST.PUBLISHED`) as it is, or raise UsageError.

    >>> check_qualifier("$LATEST")
    '$LATEST'
    """
    _refuse_leftover("qualifier", text)
    if not _QUALIFIER_ALONE.fullmatch(text):
        raise UsageError(
            f"{text!r} is not a qualifier" if text else "the qualifier is empty",
            hint="a version number such as 7, an alias such as live, or $LATEST",
            rule=_NAME_RULE,
        )
    if len(text) > _LONGEST_QUALIFIER:
        raise UsageError(
            f"the qualifier has {len(text)} characters, but AWS allows {_LONGEST_QUALIFIER}",
            hint="a version number such as 7, an alias such as live, or $LATEST",
            rule=_NAME_RULE,
            position=_LONGEST_QUALIFIER,
        )
    return text


_SHAPES: dict[DestinationKind, tuple[re.Pattern[str], str]] = {
    "sqs": (re.compile(r"(?P<name>[^:/]+)"), "arn:aws:sqs:us-east-1:123456789012:my-queue"),
    "sns": (re.compile(r"(?P<name>[^:/]+)"), "arn:aws:sns:us-east-1:123456789012:my-topic"),
    "s3": (re.compile(r"(?P<name>[^:]+)"), "arn:aws:s3:::my-bucket"),
    "lambda": (
        re.compile(rf"function:(?P<name>{_NAME}(?::(?:{_QUALIFIER}))?)"),
        "arn:aws:lambda:us-east-1:123456789012:function:my-function",
    ),
    "events": (
        re.compile(r"event-bus/(?P<name>[^:]+)"),
        "arn:aws:events:us-east-1:123456789012:event-bus/default",
    ),
}
_RESOURCE_PREFIXES: dict[DestinationKind, str] = {"lambda": "function:", "events": "event-bus/"}
_ALLOWED = "an SQS queue, SNS topic, Lambda function, EventBridge bus or (on failure only) S3 bucket"


@dataclass(frozen=True, slots=True)
class DestinationArn:
    """Where Lambda sends the record of an event: a queue, topic, function, event bus or bucket.

    >>> DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:dead-letters")
    DestinationArn(kind='sqs', name='dead-letters', partition='aws', region='us-east-1', account_id='123456789012')

    `region` and `account_id` are None for a bucket alone. FIFO queues and topics cannot be built: Lambda does not
    deliver to them. Rules: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """

    kind: DestinationKind
    name: str
    partition: str = "aws"
    region: str | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        check_destination_kind(self.kind)
        text = str(self)
        _refuse_leftover("destination", text)
        found = _ARN.fullmatch(text)
        resource = _SHAPES[self.kind][0].fullmatch(found["resource"]) if found else None
        if not found or not resource or resource["name"] != self.name or not text.isprintable():
            raise _not_a_destination(text, self.kind)
        parts = (self.region, self.account_id)
        if self.kind == "s3" and any(parts):
            raise _not_a_destination(text, self.kind, ": a bucket's has no region and no account")
        if self.kind != "s3" and not all(parts):
            raise _not_a_destination(text, self.kind, ": it lacks the region or the account")
        if len(text) > _LONGEST_DESTINATION:
            raise UsageError(
                f"the destination has {len(text)} characters, but AWS allows {_LONGEST_DESTINATION}",
                hint=_SHAPES[self.kind][1],
                rule=_NAME_RULE,
                culprit=text,
            )
        _refuse_fifo(self.kind, self.name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the ARN of a destination; UsageError says which kinds exist when it is none of them."""
        _refuse_leftover("destination", text)
        found = _ARN.fullmatch(text)
        if not found:
            raise UsageError(f"{text!r} is not an ARN", hint=_instead_of(text), rule=_DESTINATION_RULE, culprit=text)
        kind = check_destination_kind(found["service"])
        resource = _SHAPES[kind][0].fullmatch(found["resource"])
        if not resource:
            raise _not_a_destination(text, kind, position=found.start("resource"))
        return cls(kind, resource["name"], found["partition"], found["region"], found["account_id"])

    def __str__(self) -> str:
        resource = _RESOURCE_PREFIXES.get(self.kind, "") + self.name
        return f"arn:{self.partition}:{self.kind}:{self.region or ''}:{self.account_id or ''}:{resource}"


A_KIND: dict[DestinationKind, str] = {
    "sqs": "an SQS queue",
    "sns": "an SNS topic",
    "s3": "an S3 bucket",
    "lambda": "a Lambda function",
    "events": "an EventBridge bus",
}
"""Each kind of destination in words."""


def _not_a_destination(text: str, kind: DestinationKind, why: str = "", position: int | None = None) -> UsageError:
    message = f"{text!r} is not the ARN of {A_KIND[kind]}{why}"
    return UsageError(message, hint=_SHAPES[kind][1], rule=_DESTINATION_RULE, position=position, culprit=text)


def check_destination_kind(service: str) -> DestinationKind:
    """Return the name of a service that can be a destination as it is, or raise UsageError."""
    if service not in DESTINATION_KINDS:
        raise UsageError(f"{service!r} cannot be a destination", hint=_ALLOWED, rule=_DESTINATION_RULE, culprit=service)
    return service


def destination_kind(text: str) -> DestinationKind | None:
    """The kind of a destination that AWS reports, also of one that could not be set today; None if unknown.

    >>> destination_kind("arn:aws:sqs:us-east-1:123456789012:orders.fifo")
    'sqs'
    """
    found = _ARN.fullmatch(text)
    service = found["service"] if found else None
    return service if service in DESTINATION_KINDS else None


def _refuse_fifo(kind: DestinationKind, name: str) -> None:
    if kind in {"sqs", "sns"} and name.endswith(".fifo"):
        what = "queue" if kind == "sqs" else "topic"
        raise UsageError(
            f"{name!r} is a FIFO {what}, to which Lambda does not deliver records of asynchronous events",
            hint=f"a standard {what}",
            rule=_DESTINATION_RULE,
            culprit=name,
        )


_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "us-iso": "aws-iso", "us-isob": "aws-iso-b", "eusc": "aws-eusc"}
_QUEUE_URL = re.compile(
    rf"https://sqs\.(?P<region>{_REGION})\.(?P<domain>[a-z.]+)/(?P<account_id>{_ACCOUNT})/(?P<name>[^/]+)"
)


def _partition_of(region: str) -> str:
    """The partition for a hint; a call asks botocore."""
    return next((of for begin, of in _PARTITIONS.items() if region.startswith(f"{begin}-")), "aws")


def _instead_of(text: str) -> str:
    """What to write for a queue URL or a plain name."""
    if url := _QUEUE_URL.fullmatch(text):
        return f"arn:{_partition_of(url['region'])}:sqs:{url['region']}:{url['account_id']}:{url['name']}"
    if re.fullmatch(r"[\w.-]+", text):
        return f"sqs:{text} (or sns:, lambda:, events:, s3:), or the whole ARN"
    return _SHAPES["sqs"][1]


@dataclass(frozen=True, slots=True)
class DestinationName:
    """A destination by kind and name, in the account, region and partition of whoever uses it.

    >>> str(DestinationName.parse("sqs:dead-letters").arn("aws", "us-east-1", "123456789012"))
    'arn:aws:sqs:us-east-1:123456789012:dead-letters'
    """

    kind: DestinationKind
    name: str

    def __post_init__(self) -> None:
        check_destination_kind(self.kind)
        _refuse_leftover("destination", self.name)
        if not _SHAPES[self.kind][0].fullmatch(_RESOURCE_PREFIXES.get(self.kind, "") + self.name):
            raise UsageError(
                f"{self.name!r} is not the name of {A_KIND[self.kind]}",
                hint=f"{self.kind}:NAME, as the end of {_SHAPES[self.kind][1]}",
                culprit=self.name,
            )
        _refuse_fifo(self.kind, self.name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `sqs:NAME`, `sns:NAME`, `s3:BUCKET`, `lambda:NAME` or `events:BUS`."""
        _refuse_leftover("destination", text)
        kind, _, name = text.partition(":")
        if not name or "://" in text:
            hint = f"{_instead_of(text)}, or none"
            raise UsageError(f"{text!r} is not a destination", hint=hint, rule=_DESTINATION_RULE, culprit=text)
        return cls(check_destination_kind(kind), name)

    def arn(self, partition: str, region: str, account_id: str) -> DestinationArn:
        """The whole ARN; a bucket's has neither region nor account."""
        if self.kind == "s3":
            return DestinationArn("s3", self.name, partition)
        return DestinationArn(self.kind, self.name, partition, region, account_id)
