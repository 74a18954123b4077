"""Hints for renewing credentials, by their source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError

from eicnb.aws.failures import RENEW_HINT
from eicnb.aws.session import Session

_RUN = "run this in a terminal, then repeat the command; no restart is needed\n    {}"
_DEFAULT = "default"
_MOST_SOURCES = 10

_BY_METHOD = {
    "env": "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new credentials, then run this again",
    "explicit": "connect with a new session: eicnb.use(eicnb.connect(boto3_session=boto3.Session()))",
    "container-role": "run it again: the container renews its credentials by itself",
    "iam-role": "run it again: the instance renews its credentials by itself",
}


def renew_hint(session: Session | None, profile: str | None) -> str:
    """Return the hint for renewing the credentials of a session; no request is sent."""
    if session is None:
        return RENEW_HINT
    core: Any = session._session  # noqa: SLF001 # boto3 has no public way to it
    method = getattr(core._credentials, "method", None)  # noqa: SLF001 # get_credentials() would fetch them
    try:
        name, settings = _source(core.full_config.get("profiles", {}), profile or core.profile or _DEFAULT)
    except BotoCoreError:
        return RENEW_HINT
    if method in {"env", "explicit"}:
        return _BY_METHOD[method]
    return _of_profile(name, settings) or _BY_METHOD.get(method or "", RENEW_HINT)


def _source(profiles: Mapping[str, Mapping[str, str]], name: str) -> tuple[str, Mapping[str, str]]:
    """Follow `source_profile` from profiles that assume roles to the one with its own credentials."""
    for _ in range(_MOST_SOURCES):
        settings = profiles.get(name, {})
        source = settings.get("source_profile")
        if source is None or source == name:
            break
        name = source
    return name, profiles.get(name, {})


def _of_profile(name: str, settings: Mapping[str, str]) -> str | None:
    option = "" if name == _DEFAULT else f" --profile {name}"
    if "sso_session" in settings or "sso_start_url" in settings:
        return _RUN.format(f"aws sso login{option}")
    if "login_session" in settings:
        return _RUN.format(f"aws login{option}")
    if "credential_process" in settings:
        return f"sign in again as the credential_process of profile {name!r} requires, then run this again"
    if "web_identity_token_file" in settings:
        return f"renew the file that web_identity_token_file of profile {name!r} names, then run this again"
    if "aws_access_key_id" in settings:
        return f"renew the keys of profile {name!r} in ~/.aws/credentials, then run this again; no restart is needed"
    return None
