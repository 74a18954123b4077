"""The grammar that every ARN and name of AWS shares."""

from __future__ import annotations

import re

from eicnb.errors import UsageError

PARTITION = r"aws[a-z-]*"

REGION = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+"

ACCOUNT = r"[0-9]{12}"

NAME = r"[a-zA-Z0-9_.-]+"

QUALIFIER = r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+"

_EXAMPLE_ACCOUNT = "123456789012"


def example_arn(service: str, resource: str) -> str:
    """Return an ARN to show in a hint.

    >>> example_arn("s3", "my-bucket"), example_arn("sqs", "my-queue")
    ('arn:aws:s3:::my-bucket', 'arn:aws:sqs:us-east-1:123456789012:my-queue')
    """
    region = "" if service in {"s3", "iam"} else "us-east-1"
    account_id = "" if service == "s3" else _EXAMPLE_ACCOUNT
    return f"arn:aws:{service}:{region}:{account_id}:{resource}"


def _leftover(text: str) -> re.Match[str] | None:
    return re.search(r"\$(?!LATEST(?:\.PUBLISHED)?$)|[{}]", text)


def refuse_leftover(what: str, text: str) -> None:
    """No legal name has a `$` or a brace: one that is left is a reference that was not filled in."""
    if found := _leftover(text):
        raise UsageError(
            f"the {what} {text!r} has a {found[0]!r} left in it, which no {what} in AWS can have",
            hint="${name} for a value of the notebook, outside single quotes",
            position=found.start(),
            culprit=text,
        )
