"""Sessions, credentials, profiles and regions, as boto3 finds them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import botocore.exceptions as failures
import botocore.session

from eicnb.aws.keys import Keys
from eicnb.aws.service_model import LAMBDA
from eicnb.errors import ConfigurationError, nearest

Session = boto3.Session

OpenSession = Callable[[], Session]
"""Opens a session; called again after credentials were refused, so that renewed ones are read."""


def profile_session(profile: str | None, region: str | None) -> Session:
    """A session from boto3's own chain of environment, config files and SSO."""
    try:
        return boto3.Session(profile_name=profile, region_name=region)
    except failures.ConfigParseError as error:
        raise ConfigurationError(str(error), hint="a look at the AWS config file") from error
    except failures.ProfileNotFound as error:
        known = botocore.session.Session().available_profiles
        wanted = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""
        hint = nearest(wanted, known) or ", ".join(known) or "a profile in ~/.aws/config"
        raise ConfigurationError(f"there is no AWS profile {wanted!r}", hint=hint) from error


def sandbox_session(region: str) -> Session:
    """A session that knows nothing of this machine's AWS settings, so that no real credential reaches a sandbox."""
    apart: dict[str, Any] = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    apart["profile"] = (None, None, None, None)
    core = botocore.session.Session(session_vars=apart)
    core.set_credentials("sandbox", "sandbox")
    return boto3.Session(botocore_session=core, region_name=region)


def keys_of(session: Session) -> Keys:
    """The credentials that are there; none, or some that no HTTP header can hold, are refused."""
    credentials = session.get_credentials()
    if credentials is None:
        raise failures.NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    return Keys(frozen.access_key or "", frozen.secret_key or "", frozen.token)


@cache
def known_profiles() -> tuple[str, ...]:
    """The profiles of the AWS config files; none where these cannot be read."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except failures.BotoCoreError:
        return ()


@cache
def known_regions() -> tuple[str, ...]:
    """The regions that have Lambda, in every partition, from botocore's own data."""
    core = botocore.session.Session()
    return tuple(name for of in core.get_available_partitions() for name in core.get_available_regions(LAMBDA, of))
