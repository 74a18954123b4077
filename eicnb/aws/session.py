"""Sessions, credentials, profiles and regions, as the AWS CLI finds them.

boto3 alone would ignore AWS_REGION and prefer AWS_DEFAULT_PROFILE to AWS_PROFILE.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
import botocore.exceptions as failures
import botocore.session
from botocore.loaders import Loader, create_loader
from botocore.utils import IMDSRegionProvider

from eicnb.aws.keys import Keys
from eicnb.aws.service_model import LAMBDA
from eicnb.errors import ConfigurationError, UsageError, nearest, shown
from eicnb.model.misspelling import likely_name

Session = boto3.Session

OpenSession = Callable[[], Session]
"""Opens a session. It is called again after credentials were refused, to read renewed ones."""

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""The environment variables for the region, in order of precedence."""

PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
"""The environment variables for the profile, in order of precedence."""

_AS_THE_CLI: Mapping[str, Any] = {
    "profile": (None, list(PROFILE_VARIABLES), None, None),
    "region": ("region", list(REGION_VARIABLES), None, None),
}
_WITHOUT_SETTINGS: Mapping[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def profile_session(profile: str | None, region: str | None) -> Session:
    """Open a session from the chain of environment, config files and SSO."""
    if not isinstance(profile, str | None):
        raise UsageError(f"the profile is {shown(profile)}, not text", hint='profile="default"')
    try:
        return _session(_AS_THE_CLI, profile, region)
    except failures.ConfigParseError as error:
        raise ConfigurationError(str(error), hint="check ~/.aws/config") from error
    except failures.ProfileNotFound as error:
        known = botocore.session.Session().available_profiles
        wanted = profile or next(filter(None, map(os.environ.get, PROFILE_VARIABLES)), "")
        hint = likely_name(wanted, known) or ", ".join(known) or "add the profile to ~/.aws/config"
        raise ConfigurationError(f"there is no AWS profile {wanted!r}", hint=hint) from error


def sandbox_session(region: str) -> Session:
    """Open a session that ignores this machine's AWS settings, so no real credential reaches a sandbox."""
    session = _session(_WITHOUT_SETTINGS, None, region)
    session._session.set_credentials("sandbox", "sandbox")  # noqa: SLF001 # boto3 takes keys at construction only
    return session


def _session(variables: Mapping[str, Any], profile: str | None, region: str | None) -> Session:
    """Open a session that shares the loaded service models with all others."""
    core = botocore.session.Session(session_vars=dict(variables))
    if profile is not None:
        core.set_config_variable("profile", profile)
    loader = _loader(core.get_config_variable("data_path"))
    core.register_component("data_loader", loader)
    session = boto3.Session(botocore_session=core, region_name=region)
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each boto3 session adds its data path again
    return session


@cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


def keys_of(credentials: Any) -> Keys:
    """Return botocore's credentials as keys.

    Missing credentials are an error, and so are those that no HTTP header can contain.
    """
    if credentials is None:
        raise failures.NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    return Keys(frozen.access_key or "", frozen.secret_key or "", frozen.token)


def instance_region(session: Session) -> str | None:
    """Return the region of the EC2 instance that this process runs on; None elsewhere."""
    region: str | None = IMDSRegionProvider(session._session).provide()  # noqa: SLF001 # botocore takes its own session
    return region


@cache
def known_profiles() -> tuple[str, ...]:
    """Return the profiles of the AWS config files; none if the files cannot be read."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except failures.BotoCoreError:
        return ()


@cache
def known_regions() -> tuple[str, ...]:
    """Return the regions that have Lambda, in every partition, from botocore's own data."""
    core = botocore.session.Session()
    return tuple(name for of in core.get_available_partitions() for name in core.get_available_regions(LAMBDA, of))


def has_own_endpoint(session: Session) -> bool:
    """Return whether the environment or the AWS config file sets an endpoint, which may have any region."""
    profile = session._session.get_scoped_config()  # noqa: SLF001 # boto3 has no public way to it
    is_in_environment = any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ)
    return is_in_environment or not {"endpoint_url", "services"}.isdisjoint(profile)


def check_known_region(region: str) -> None:
    """Refuse a region that botocore does not know, and suggest the nearest one that it does.

    >>> check_known_region("us-west-9")
    Traceback (most recent call last):
    eicnb.errors.UsageError: there is no region 'us-west-9' that botocore knows
    Try: us-west-2
    """
    known = known_regions()
    if region not in known:
        hint = nearest(region, known) or "upgrade boto3, if AWS has a new region"
        raise UsageError(f"there is no region {region!r} that botocore knows", hint=hint, culprit=region)
