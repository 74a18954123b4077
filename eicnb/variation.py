"""The same user elsewhere: in another region, at another endpoint, as another profile or role, by other means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eicnb.aws import Aws, profile_session
from eicnb.endpoint import check_role
from eicnb.errors import UsageError

OPTIONS = frozenset(
    {
        *("region", "profile", "endpoint_url", "role_arn", "external_id"),
        *("no_verify_ssl", "ca_bundle", "no_sign_request", "connect_timeout", "read_timeout"),
    }
)
"""What can be different; the last five are as in the AWS CLI."""


def varied(aws: Aws, options: Mapping[str, Any]) -> Aws:
    """AWS as seen with these options; an unknown profile is a ConfigurationError at once.

    >>> varied(Aws(lambda: profile_session(None, "us-east-1")), {"region": "eu-west-1"}).region
    'eu-west-1'
    """
    if unknown := set(options) - OPTIONS:
        raise UsageError(f"a connection has no option {min(unknown)!r}", hint=", ".join(sorted(OPTIONS)))
    region, endpoint_url = options.get("region"), options.get("endpoint_url")
    if profile := options.get("profile"):
        opened, user = (lambda: profile_session(profile, region)), f"profile {profile!r}"
        aws = Aws(opened, endpoint_url=aws.endpoint_url, user=user)
        _ = aws.session
    aws = aws.derived(region=region, endpoint_url=endpoint_url, options=options)
    role_arn, external_id = options.get("role_arn"), options.get("external_id")
    with UsageError.about("role_arn" if external_id is None else "external_id"):
        check_role(role_arn, external_id)
    return aws if role_arn is None else aws.assuming(role_arn, external_id)
