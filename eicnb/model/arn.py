"""The grammar that all ARNs and AWS names share."""

from __future__ import annotations

import re

from eicnb.errors import UsageError

PARTITION = r"aws[a-z-]*"

REGION = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+"

ACCOUNT = r"[0-9]{12}"

NAME = r"[a-zA-Z0-9_.-]+"

QUALIFIER = r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+"

_EXAMPLE_ACCOUNT = "123456789012"

_PARTS = 6  # of an ARN: arn, partition, service, region, account, resource


def example_arn(service: str, resource: str) -> str:
    """Return an ARN to show in a hint.

    >>> example_arn("s3", "my-bucket"), example_arn("sqs", "my-queue")
    ('arn:aws:s3:::my-bucket', 'arn:aws:sqs:us-east-1:123456789012:my-queue')
    """
    region = "" if service in {"s3", "iam"} else "us-east-1"
    account_id = "" if service == "s3" else _EXAMPLE_ACCOUNT
    return f"arn:aws:{service}:{region}:{account_id}:{resource}"


def fault_in_parts(text: str) -> UsageError | None:
    """Return the error about a malformed region or account in an ARN; None if both are valid.

    >>> fault_in_parts("arn:aws:sqs:us-east-1:123456789:lost").message
    "'123456789' is not an account: it has 9 digits, but AWS's accounts have twelve"
    """
    parts = text.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[0] != "arn":
        return None
    region, account_id = parts[3:5]
    if account_id.isdecimal() and not re.fullmatch(ACCOUNT, account_id):
        return not_an_account(account_id)
    if region and not re.fullmatch(REGION, region):
        return UsageError(f"{region!r} is not the name of a region", hint="us-east-1", culprit=region)
    return None


def not_an_account(digits: str) -> UsageError:
    """Return the error for an account with too few or too many digits."""
    return UsageError(
        f"{digits!r} is not an account: it has {len(digits)} digits, but AWS's accounts have twelve",
        hint=f"write all twelve digits, with the leading zeros: {_EXAMPLE_ACCOUNT}",
        culprit=digits,
    )


def _leftover(text: str) -> re.Match[str] | None:
    return re.search(r"\$(?!LATEST(?:\.PUBLISHED)?$)|[{}]", text)


def refuse_leftover(what: str, text: str) -> None:
    """Refuse a `$` or a brace: no valid name has one, so it is a reference that was not filled in."""
    if found := _leftover(text):
        raise UsageError(
            f"the {what} {text!r} has a {found[0]!r}, which no {what} in AWS can have",
            hint="write ${name} for a variable of the notebook, outside single quotes",
            position=found.start(),
            culprit=text,
        )
