"""The rules for IAM roles: their names and ARNs, external ids, and the names of sessions."""

from __future__ import annotations

import re

from eicnb.model.arn import ACCOUNT, PARTITION

_CHARACTERS = r"\w+=,.@\-"

_PATH_AND_NAME = rf"(?:(?=[^:]{{0,510}}/[^/]+$)(?:[{_CHARACTERS}]+/)+)?[{_CHARACTERS}]{{1,64}}"
"""The path of a role, which IAM limits to 512 characters with the slash before it, and its name."""

_ROLE_NAME = re.compile(_PATH_AND_NAME, re.ASCII)

_ROLE_ARN = re.compile(rf"arn:{PARTITION}:iam::{ACCOUNT}:role/{_PATH_AND_NAME}", re.ASCII)

_REPORTED_ROLE = re.compile(r"arn:[a-z0-9-]+:iam::([0-9]{12}):role/\S+")

_EXTERNAL_ID = re.compile(rf"[{_CHARACTERS}:/]{{2,1224}}", re.ASCII)

EXTERNAL_ID_IN_WORDS = "2 to 1224 letters, digits and =,.@:/-"

_NOT_IN_A_SESSION_NAME = re.compile(rf"[^{_CHARACTERS}]", re.ASCII)

_LONGEST_SESSION_NAME = 64


def is_role_name(text: str) -> bool:
    """Return whether a text is the name of a role, with or without its path.

    >>> is_role_name("service/audit"), is_role_name("/audit")
    (True, False)

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    return bool(_ROLE_NAME.fullmatch(text))


def is_role_arn(text: str) -> bool:
    """Return whether a text is the ARN of a role.

    >>> is_role_arn("arn:aws:iam::123456789012:role/service/audit"), is_role_arn("audit")
    (True, False)
    """
    return bool(_ROLE_ARN.fullmatch(text))


def role_arn(partition: str, account_id: str, name: str) -> str:
    """Return the ARN of a role; `name` includes its path.

    >>> role_arn("aws", "123456789012", "service/audit")
    'arn:aws:iam::123456789012:role/service/audit'
    """
    return f"arn:{partition}:iam::{account_id}:role/{name}"


def account_of_role(arn: str) -> str | None:
    """Return the account of a role, even of one with an unusual path; None for any other text.

    >>> account_of_role("arn:aws:iam::123456789012:role/audit")
    '123456789012'
    """
    found = _REPORTED_ROLE.fullmatch(arn)
    return found[1] if found else None


def is_external_id(text: str) -> bool:
    """Return whether STS accepts a text as an external id.

    >>> is_external_id("shared-with-no-one"), is_external_id("a b")
    (True, False)

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    return bool(_EXTERNAL_ID.fullmatch(text))


def allowed_session_name(text: str) -> str:
    """Return the closest name of a session that STS accepts.

    >>> allowed_session_name("eicnb-José López")
    'eicnb-Jos--L-pez'

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    return f"{_NOT_IN_A_SESSION_NAME.sub('-', text):-<2}"[:_LONGEST_SESSION_NAME]
