"""Where requests are sent and how: endpoints, timeouts and TLS.

Tested in tests/aws/test_failures.py and tests/aws/http/test_route.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eicnb.errors import UsageError, shown
from eicnb.model.arn import example_arn
from eicnb.model.role import EXTERNAL_ID_IN_WORDS, is_external_id, is_role_arn

_TIMEOUT = 60

_LONGEST_TIMEOUT = 86_400

_MOST_SOCKETS_A_HOST = 5


def check_endpoint(endpoint_url: str | None) -> None:
    """Refuse an endpoint that is not an http or https URL, or that contains a password."""
    if not endpoint_url:
        return
    hint = "http://127.0.0.1:4566"
    try:
        parts = urlsplit(endpoint_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
        parts = urlsplit("")
    if "@" in parts.netloc:
        raise UsageError("the endpoint URL has a user or a password in it", hint="give the URL without them")
    if not usable:
        raise UsageError(f"{endpoint_url!r} is not the URL of an endpoint", hint=hint, culprit=endpoint_url)


def check_bundle(path: Any) -> None:
    """Refuse a CA bundle that does not exist.

    True and None mean botocore's own bundle; False means that no certificate is verified.
    """
    if isinstance(path, str) and not Path(path).exists():
        with UsageError.about("ca_bundle"):
            raise UsageError(f"there is no CA bundle {path!r}", hint="give the path of a PEM file", culprit=path)


def check_role(role_arn: str | None, external_id: str | None) -> None:
    """Refuse an invalid role ARN, and an external id that is invalid or has no role.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    if role_arn is not None and not (isinstance(role_arn, str) and is_role_arn(role_arn)):
        raise UsageError(f"{shown(role_arn)} is not the ARN of a role", hint=example_arn("iam", "role/audit"))
    if external_id is None:
        return
    if role_arn is None:
        raise UsageError("an external id needs a role, but none is given", hint="give role_arn= (--role-arn) too")
    if not (isinstance(external_id, str) and is_external_id(external_id)):
        raise UsageError("the external id is not one that STS accepts", hint=f"use {EXTERNAL_ID_IN_WORDS}")


def is_local(endpoint_url: str | None) -> bool:
    """Return whether an endpoint is on this machine, so that no proxy is used.

    >>> is_local("http://127.0.0.1:4566"), is_local("https://lambda.us-east-1.amazonaws.com")
    (True, False)
    """
    host = urlsplit(endpoint_url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The TLS, signing and timeout options of requests.

    `verify` is the CA bundle to trust; False trusts any certificate, and None leaves the choice to botocore. `settings`
    are those of botocore's `Config`. Timeouts are in seconds; None means no limit.
    """

    verify: bool | str | None = None
    signs: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    key: tuple[Any, ...] = field(init=False, compare=False, repr=False)
    """A hashable key that is equal for equal transports."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.verify, self.signs, repr(sorted(self.settings.items()))))

    def changed(self, options: Mapping[str, Any]) -> Transport:
        """Return this transport with the AWS CLI's options; a timeout of 0 means no limit."""
        settings = {name: options[name] or None for name in ("connect_timeout", "read_timeout") if name in options}
        for name, seconds in settings.items():
            if seconds is not None and not 0 < seconds <= _LONGEST_TIMEOUT:
                hint = f"give 1 to {_LONGEST_TIMEOUT} seconds, or 0 for no limit"
                raise UsageError(f"the {name.replace('_', ' ')} is {shown(seconds)}", hint=hint)
        ca_bundle = options.get("ca_bundle")
        verify = False if options.get("no_verify_ssl") else ca_bundle or self.verify
        signs = self.signs and not options.get("no_sign_request")
        attempts = {"retries": {"total_max_attempts": options["retries"]}} if "retries" in options else {}
        return Transport(verify=verify, signs=signs, settings={**self.settings, **settings, **attempts})


OWN_TRANSPORT = Transport(
    settings={
        "connect_timeout": _TIMEOUT,
        "read_timeout": _TIMEOUT,
        "max_pool_connections": _MOST_SOCKETS_A_HOST,
        "user_agent_extra": "eicnb",
    }
)
"""The options unless the user's own session has others, with the timeouts of the AWS CLI.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html (cli-connect-timeout, cli-read-timeout)
"""
