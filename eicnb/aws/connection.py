"""A connection to one account in one region: where it is, and checked calls through it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from eicnb.aws import operations
from eicnb.aws.boto import Aws
from eicnb.aws.endpoint import check_role
from eicnb.aws.service_model import check_parameters
from eicnb.aws.session import known_regions, profile_session
from eicnb.errors import ConfigurationError, EicError, UsageError, nearest
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import Destination, DestinationName
from eicnb.model.function import FunctionRef
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Paging, Request, build
from eicnb.redaction.masks import masked

if TYPE_CHECKING:
    from eicnb.local_aws.server import Sandbox


class Connection:
    """A connection to one account in one region: where it is, and checked calls through it.

    >>> from eicnb.aws.session import profile_session
    >>> Connection(Aws(lambda: profile_session(None, "eu-west-1")))
    Eic(region='eu-west-1')

    It makes no network call before one is needed.
    """

    def __init__(
        self,
        aws: Aws,
        *,
        profile: str | None = None,
        server: Sandbox | None = None,
        origin: Connection | None = None,
    ) -> None:
        self._aws = aws
        self._profile = profile
        self._server = server
        self._origin = origin  # keeps a sandbox running for as long as anything made from it is in use
        self._lock = threading.Lock()
        self._others: dict[tuple[tuple[str, Any], ...], Self] = {}

    @property
    def region(self) -> str:
        """The region that calls go to; ConfigurationError when nothing names one."""
        return self._aws.region

    @property
    def account_id(self) -> str:
        """The account of the credentials; asked of STS at first use."""
        return self._aws.account_id

    @property
    def known_account_id(self) -> str | None:
        """The account, if it has been asked for already."""
        return self._aws.known_account_id

    def check_region(self) -> None:
        """Refuse a region that botocore's data does not have; a newer boto3 knows newer ones."""
        known = known_regions()
        if self.region not in known:
            hint = nearest(self.region, known) or "a newer boto3, where AWS has a new region"
            raise ConfigurationError(f"there is no region {self.region!r} that botocore knows", hint=hint)

    @property
    def profile(self) -> str | None:
        """The profile of the AWS config files; None where boto3's own chain decides."""
        return self._profile

    @property
    def endpoint_url(self) -> str | None:
        """Where calls are sent instead of AWS; None for AWS."""
        return self._aws.endpoint_url

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the embedded AWS."""
        return self._aws.sandbox

    @property
    def server(self) -> Sandbox | None:
        """The embedded AWS's server, which can be throttled and stopped; None for AWS."""
        return self._server

    def described(self) -> dict[str, Any]:
        """Where it is, as far as that is known without asking anybody."""
        return {
            "account_id": self.known_account_id,
            "region": self._known_region(),
            "profile": self.profile,
            "endpoint_url": None if self.is_sandbox else self.endpoint_url,
            "sandbox": self.is_sandbox,
        }

    def where(self) -> Where:
        """Account, region and partition, and how one gets there; asks STS for the account, once."""
        return Where(
            partition=self._aws.partition,
            region=self.region,
            account_id=self.account_id,
            sandbox=self.is_sandbox,
            profile=self._profile,
            endpoint_url=self.endpoint_url,
        )

    def __repr__(self) -> str:
        shown = {
            "account_id": self._aws.known_account_id,
            "region": self._known_region(),
            "profile": self._profile,
        }
        inside = ", ".join(f"{key}={value!r}" for key, value in shown.items() if value)
        return masked(f"Eic({'SANDBOX, ' if self.is_sandbox else ''}{inside})")

    def _known_region(self) -> str | None:
        try:
            return self.region
        except EicError:
            return None

    def request(
        self,
        verb: str,
        function_name: str | FunctionRef,
        *,
        qualifier: str | None = None,
        on_success: str | Destination | DestinationName | None = None,
        on_failure: str | Destination | DestinationName | None = None,
        destination_config: DestinationConfig | Mapping[str, Any] | None = None,
        paging: Paging = Paging(),  # noqa: B008 # it is frozen
        more: Mapping[str, Any] = MappingProxyType({}),
        **settings: Any,
    ) -> Request:
        """Check a call without sending it; `send` takes the result.

        >>> connection.request("put", "my-function", maximum_retry_attempts=1).parameters()
        {'FunctionName': 'my-function', 'MaximumRetryAttempts': 1}

        A destination by name (`"sqs:NAME"`) asks STS for the account, once; nothing else is sent. `more` are members of
        AWS's request that are newer than eicnb; botocore's service model must know them.
        """
        request = build(
            self._aws,
            verb,
            function_name,
            qualifier=qualifier,
            on_success=on_success,
            on_failure=on_failure,
            destination_config=destination_config,
            paging=paging,
            more=more,
            **settings,
        )
        for name, value in more.items():
            with UsageError.about(name):
                check_parameters(request.operation, {"FunctionName": str(request.function), name: value})
        return request

    @property
    def aws(self) -> Aws:
        """The door to AWS that this connection goes through."""
        return self._aws

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, for a log to leave out."""
        return self._aws.secrets

    def send(self, request: Request) -> Sequence[ReportedConfig]:
        """Send a checked call and return the configs that AWS reports; of a delete, the one that was there."""
        return operations.send(self._aws, request)

    def pages(self, request: Request) -> operations.Pages:
        """Send a checked call and return what AWS answered, page by page, and where a list was cut by its paging.

        >>> pages, token = connection.pages(connection.request("get", "my-function:BLUE"))
        >>> pages[0]["MaximumRetryAttempts"]
        0

        Members are those of AWS's API; an answer that is not one is an EicError.
        """
        return operations.pages(self._aws, request)

    def listing(self, service: str, operation: str, most_pages: int, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """The pages of a list of any AWS service, so many at most.

        >>> [bus["Name"] for page in connection.listing("events", "ListEventBuses", 1) for bus in page["EventBuses"]]
        ['default', 'shop']
        """
        return self._aws.listing(service, operation, most_pages, **parameters)

    def derive(self, **options: Any) -> Self:
        """The same connection with another `region`, `profile` or `endpoint_url`; this one stays as it is.

        `role_arn` is a role to act as, with its `external_id`; STS renews the credentials.
        `no_verify_ssl`, `ca_bundle`, `read_timeout`, `connect_timeout` and `no_sign_request` are as in the AWS CLI.

        >>> connection.derive(region="eu-west-1").region
        'eu-west-1'
        """
        if not options:
            return self
        if self.is_sandbox and "profile" in options:
            raise UsageError(
                "this is the SANDBOX, which has no profiles",
                hint=f"%eic use --profile {options['profile']} to leave it",
            )
        key = tuple(sorted(options.items()))
        with self._lock:
            if key not in self._others:
                self._others[key] = self._derived(options)
            return self._others[key]

    def _derived(self, options: Mapping[str, Any]) -> Self:
        aws = varied(self._aws, options)
        profile, server = options.get("profile"), self._server if self._aws.sandbox and aws.sandbox else None
        return type(self)(aws, profile=profile or self._profile, server=server, origin=self)

    def way_to(self, other: Connection) -> dict[str, Any] | None:
        """The options by which `derive` made another connection of this one; None when it did not.

        >>> connection.way_to(connection.derive(region="eu-west-1"))
        {'region': 'eu-west-1'}
        """
        if other is self:
            return {}
        with self._lock:
            derived = (dict(key) for key, one in self._others.items() if one is other)
            options = next(derived, None)
        return options and {name: value for name, value in options.items() if value is not None}

    @property
    def options(self) -> dict[str, Any]:
        """All the options by which this connection was derived from the first one, the last of each."""
        return {} if self._origin is None else {**self._origin.options, **(self._origin.way_to(self) or {})}

    def reported(self, request: Request) -> ReportedConfig:
        """Send a checked get, put or update and return the config that AWS reports."""
        return operations.one(self._aws, request)

    def setting(self, name: str) -> str | None:
        """A setting of this connection's profile in the AWS config file."""
        return self._aws.setting(name)


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
