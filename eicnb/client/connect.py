"""Connect to AWS (`connect`) or to the embedded AWS (`start_sandbox`).

Tested in tests/aws/test_credentials.py, tests/aws/test_session.py and tests/client/test_verbs.py.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from eicnb.aws.boto import Aws
from eicnb.aws.connection import Connection
from eicnb.aws.endpoint import Transport
from eicnb.aws.identity import Identity
from eicnb.aws.login import Login
from eicnb.aws.session import Session, check_known_region, profile_session, sandbox_session
from eicnb.client import settings
from eicnb.client.eic import Eic
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown

if TYPE_CHECKING:
    from eicnb.local_aws.server import Sandbox


@checked
def connect(
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    boto3_session: Session | None = None,
    *,
    role_arn: str | None = None,
    external_id: str | None = None,
) -> Eic:
    """Connect to AWS with a profile and a region; makes no network call.

    >>> connect(region="eu-central-1").region
    'eu-central-1'
    >>> connect(region="eu-cntral-1")
    Traceback (most recent call last):
    eicnb.errors.UsageError: there is no region 'eu-cntral-1' that botocore knows
    Try: eu-central-1

    Without arguments, boto3's default chain of environment, config files and SSO decides. `boto3_session` is used as it
    is. `role_arn` is a role to assume, with the `external_id` that it may require. STS is called at the first request,
    and again before the credentials expire.

    A region that botocore does not know is a UsageError, unless the endpoint is custom. An unknown profile or an
    invalid EICNB_ variable raises ConfigurationError at once; a missing region or missing credentials raise it at the
    first request.
    https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
    """
    settings.current()
    if role_arn is not None or external_id is not None:
        return connect(profile, region, endpoint_url, boto3_session).derive(role_arn=role_arn, external_id=external_id)
    if boto3_session is not None:
        if profile is not None:
            raise UsageError("a boto3_session already has a profile", hint="leave out profile or boto3_session")
        if not isinstance(boto3_session, Session):
            raise UsageError(f"{shown(boto3_session)} is not a boto3 session", hint="boto3.Session(…)")
        login = Login(lambda: boto3_session, is_given=True)
        aws = Aws(login, region=region, endpoint_url=endpoint_url, transport=Transport())
        if region is not None:
            aws.check_region()
        return Eic(Connection(aws))
    login = Login(lambda: profile_session(profile, region))
    aws = Aws(login, region=region, endpoint_url=endpoint_url, profile=profile)
    if profile is not None:
        _ = aws.session
    if region is not None:
        aws.check_region()
    return Eic(Connection(aws))


def start_sandbox(
    *,
    region: str = "us-east-1",
    requests_per_second: float | None = None,
    event_speed: float | None = None,
    instead_of: Sandbox | None = None,
) -> Eic:
    """Start an AWS inside this process, on 127.0.0.1, and connect to it.

    >>> eic = start_sandbox()
    >>> eic  # doctest: +ELLIPSIS
    Eic(SANDBOX, account_id='1234567890...', region='us-east-1')
    >>> eic.server.stop()

    The options are those of `eicnb.sandbox`; `instead_of` is a sandbox to stop first.
    """
    from eicnb.local_aws.server import Sandbox

    settings.current()
    server = Sandbox(requests_per_second=requests_per_second, event_speed=event_speed)
    with UsageError.about("region"):
        check_known_region(region)
    if instead_of is not None:
        instead_of.stop()
    server.start()
    aws = Aws(
        Login(lambda: sandbox_session(region)),
        region=region,
        endpoint_url=server.url,
        identity=Identity(given=server.account_id, arn=server.caller_arn),
        sandbox=True,
        quota=server.quota,
    )
    connection = Connection(aws, server=server)
    weakref.finalize(connection, server.stop)
    return Eic(connection)
