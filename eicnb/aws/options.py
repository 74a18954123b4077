"""The options for deriving connections.

Tested in tests/client/test_verbs.py and tests/client/test_without_magics.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar

from eicnb.aws.boto import Aws
from eicnb.aws.endpoint import check_bundle, check_role
from eicnb.aws.login import Login
from eicnb.aws.session import profile_session
from eicnb.errors import UsageError, shown

T = TypeVar("T")

OPTIONS = frozenset(
    {
        *("region", "profile", "endpoint_url", "role_arn", "external_id"),
        *("no_verify_ssl", "ca_bundle", "no_sign_request", "connect_timeout", "read_timeout"),
    }
)
"""The options of a derived connection. The last five are the AWS CLI's."""


def varied(aws: Aws, options: Mapping[str, Any]) -> Aws:
    """Derive an `Aws` with other options; raise ConfigurationError at once for an unknown profile.

    >>> varied(Aws(Login(lambda: profile_session(None, "us-east-1"))), {"region": "eu-west-1"}).region
    'eu-west-1'
    """
    if unknown := set(options) - OPTIONS:
        raise UsageError(
            f"a connection has no option {min(unknown)!r}", hint=f"use one of {', '.join(sorted(OPTIONS))}"
        )
    region, endpoint_url = options.get("region"), options.get("endpoint_url")
    if profile := options.get("profile"):
        login = Login(lambda: profile_session(profile, region))
        aws = Aws(login, endpoint_url=aws.endpoint_url, profile=profile)
        _ = aws.session
    aws = aws.derived(region=region, endpoint_url=endpoint_url, options=options)
    if region is not None:
        aws.check_region()
    if options.get("ca_bundle"):
        _check_certificates(aws, options)
    role_arn, external_id = options.get("role_arn"), options.get("external_id")
    with UsageError.about("role_arn" if external_id is None else "external_id"):
        check_role(role_arn, external_id)
    return aws if role_arn is None else aws.assuming(role_arn, external_id)


def _check_certificates(aws: Aws, options: Mapping[str, Any]) -> None:
    """Refuse a missing CA bundle before anything is sent, if TLS is used and verified."""
    settings = aws.session._session.get_scoped_config()  # noqa: SLF001 # boto3 has no public way to it
    environment = (os.environ.get(name) for name in ("AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"))
    endpoint_url = next(filter(None, [aws.endpoint_url, *environment, settings.get("endpoint_url")]), "https:")
    if "services" not in settings and not endpoint_url.startswith("http:") and not options.get("no_verify_ssl"):
        check_bundle(options["ca_bundle"])


class Derivations(Generic[T]):
    """The connections derived from one connection; equal options return the same one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_options: dict[tuple[tuple[str, Any], ...], T] = {}

    def get(self, options: Mapping[str, Any], derive: Callable[[Mapping[str, Any]], T]) -> T:
        """Return the connection that was derived with these options, or derive it now."""
        for name, value in options.items():
            if not isinstance(value, Hashable):
                raise UsageError(f"the {name} is {shown(value)}, not a single value", hint=f"{name}=…")
        key = tuple(sorted(options.items()))
        with self._lock:
            if key not in self._by_options:
                self._by_options[key] = derive(options)
            return self._by_options[key]

    def options_of(self, derived: object) -> dict[str, Any] | None:
        """Return the options that a connection was derived with; None for other connections."""
        with self._lock:
            found = next((dict(key) for key, one in self._by_options.items() if one is derived), None)
        return found and {name: value for name, value in found.items() if value is not None}
