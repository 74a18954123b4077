"""Suggestions for texts pasted as a destination: URLs, and names with other prefixes."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from eicnb.model.arn import ACCOUNT, REGION, example_arn
from eicnb.model.place import partition_of

_KINDS = {
    "queue": "sqs",
    "topic": "sns",
    "bucket": "s3",
    "function": "lambda",
    "bus": "events",
    "event-bus": "events",
    "eventbridge": "events",
    **{kind: kind for kind in ("sqs", "sns", "s3", "lambda", "events")},
}
"""Maps what people call a kind of destination to the prefix that eicnb uses."""

_QUEUE = re.compile(rf"/(?:queue/(?P<region>{REGION})/)?(?P<account_id>{ACCOUNT})/(?P<name>[^/]+)/?")

_REGION = re.compile(rf"(?:^|\.)(?P<region>{REGION})(?=\.)")

_BUCKET_HOST = re.compile(r"(?:(?P<name>[a-z0-9.-]+)\.)?s3(?:[.-][a-z0-9-]+)*\.(?:amazonaws|localhost)\..*")

_EDGES = " \t\r\n'\"`<>,;\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}"
_EDGES += "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
_EDGES += "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"


def meant_by(text: str) -> str | None:
    """Return the destination that a pasted text probably means; None without a guess.

    >>> meant_by("https://sqs.eu-west-1.amazonaws.com/123456789012/lost"), meant_by("SQS:lost"), meant_by("s3://lost/a")
    ('arn:aws:sqs:eu-west-1:123456789012:lost', 'sqs:lost', 'arn:aws:s3:::lost')
    """
    tidy = text.strip(_EDGES)
    if "://" in tidy:
        return _of_url(tidy)
    if tidy.startswith("arn:"):
        return None if tidy == text else tidy
    kind, separator, name = re.match(r"([^:/]*)([:/]?)(.*)", tidy, re.DOTALL).groups()  # type: ignore[union-attr] # matches any text
    known = _KINDS.get(kind.strip().lower())
    if separator and known and name.strip():
        typed = f"{known}:{name.strip()}"
        return None if typed == text else typed
    return None


def instead_of(text: str) -> str:
    """Return what to type instead of a text that is not a destination.

    >>> instead_of("lost")
    'sqs:lost (or sns:, lambda:, events:, s3:), or the whole ARN'
    """
    if meant := meant_by(text):
        return meant
    if text.rstrip(":") in _KINDS.values():
        return f"{text.rstrip(':')}:NAME"
    if re.fullmatch(r"[\w.-]+", text):
        return f"sqs:{text} (or sns:, lambda:, events:, s3:), or the whole ARN"
    return example_arn("sqs", "my-queue")


def _of_url(text: str) -> str | None:
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        return None
    if url.scheme == "s3":
        return example_arn("s3", url.netloc) if url.netloc else None
    if url.scheme not in {"http", "https"}:
        return None
    return _queue(url, host) or _bucket(url, host)


def _queue(url: SplitResult, host: str) -> str | None:
    """Return the queue in a URL of AWS or LocalStack; some of LocalStack's have no region."""
    found = _QUEUE.fullmatch(url.path)
    if not found:
        return None
    in_host = _REGION.search(host)
    region = found["region"] or (in_host["region"] if in_host else None)
    if region is None and host == "queue.amazonaws.com":
        region = "us-east-1"
    if region is None:
        return f"sqs:{found['name']}, or arn:aws:sqs:REGION:{found['account_id']}:{found['name']}"
    return f"arn:{partition_of(region)}:sqs:{region}:{found['account_id']}:{found['name']}"


def _bucket(url: SplitResult, host: str) -> str | None:
    found = _BUCKET_HOST.fullmatch(host)
    if not found:
        return None
    name = found["name"] or url.path.strip("/").partition("/")[0]
    region = _REGION.search(host)
    partition = partition_of(region["region"]) if region else "aws"
    return f"arn:{partition}:s3:::{name}" if name else None
