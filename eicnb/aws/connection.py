"""A connection to one account in one region, and validated requests through it.

Tested in tests/client/test_verbs.py, tests/client/test_connections.py, tests/aws/test_failures.py and
tests/aws/test_retries.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from eicnb.aws.boto import Aws
from eicnb.aws.failures import without_config
from eicnb.aws.options import Derivations, varied
from eicnb.aws.responses import MALFORMED_HINT, check_deleted, items, without_user
from eicnb.aws.retries import sent_once
from eicnb.aws.service_model import check_parameters
from eicnb.errors import EicError, NotFound, UsageError
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import Destination, DestinationName
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.place import Where
from eicnb.model.reported import ReportedConfig
from eicnb.model.request import Paging, Request, build
from eicnb.model.verbs import CONFIGS
from eicnb.redaction.masks import masked

if TYPE_CHECKING:
    from eicnb.local_aws.server import Sandbox

Pages = tuple[Sequence[Mapping[str, Any]], str | None]
"""The pages of a response, and the token that continues a list cut off by its paging."""


class Connection:
    """A connection to one account in one region, and validated requests through it.

    >>> from eicnb.aws.login import Login
    >>> from eicnb.aws.session import profile_session
    >>> Connection(Aws(Login(lambda: profile_session(None, "eu-west-1"))))
    Eic(region='eu-west-1')

    It makes no network call before one is needed.
    """

    def __init__(
        self,
        aws: Aws,
        *,
        server: Sandbox | None = None,
        origin: Connection | None = None,
    ) -> None:
        self._aws = aws
        self._server = server
        self._origin = origin  # keeps a sandbox running for as long as anything made from it is in use
        self._derivations: Derivations[Self] = Derivations()

    @property
    def region(self) -> str:
        """The region of the calls; ConfigurationError without one."""
        return self._aws.region

    @property
    def account_id(self) -> str:
        """The account of the current credentials, looked up with STS once until they change."""
        return self._aws.account_id

    @property
    def known_account_id(self) -> str | None:
        """The account, if it was looked up already."""
        return self._aws.known_account_id

    @property
    def profile(self) -> str | None:
        """The profile of the AWS config files; None if the environment decides."""
        return self._aws.profile

    @property
    def endpoint_url(self) -> str | None:
        """The endpoint that requests go to instead of AWS; None for AWS."""
        return self._aws.endpoint_url

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the embedded AWS."""
        return self._aws.sandbox

    @property
    def server(self) -> Sandbox | None:
        """The server of the embedded AWS, which can be throttled and stopped; None for AWS."""
        return self._server

    def described(self) -> dict[str, Any]:
        """Return the account, region and options, as far as they are known without a call."""
        return {
            "account_id": self.known_account_id,
            "account_name": self._aws.account_name,
            "region": self._known_region(),
            "profile": self.profile,
            "role_arn": self._aws.role_arn,
            "endpoint_url": None if self.is_sandbox else self.endpoint_url,
            "sandbox": self.is_sandbox,
        }

    def where(self) -> Where:
        """Return account, region and partition; look up the account with STS once, unless it is listed."""
        return Where(
            partition=self._aws.partition,
            region=self.region,
            account_id=self._aws.listed_account_id or self.account_id,
            sandbox=self.is_sandbox,
            profile=self.profile,
            endpoint_url=self.endpoint_url,
        )

    def __repr__(self) -> str:
        shown = {**self.described(), "sandbox": None}
        shown["endpoint_url"] = without_user(shown["endpoint_url"] or "")
        inside = ", ".join(f"{key}={value!r}" for key, value in shown.items() if value)
        return masked(f"Eic({'SANDBOX, ' if self.is_sandbox else ''}{inside})")

    def _known_region(self) -> str | None:
        try:
            return self._aws.known_region
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
        """Validate a request without sending it; `send` sends the result.

        >>> connection.request("put", "my-function", maximum_retry_attempts=1).parameters()
        {'FunctionName': 'my-function', 'MaximumRetryAttempts': 1}

        For a destination by name (`"sqs:NAME"`), the account is looked up with STS once; nothing else is sent. `more`
        has members of AWS's request that are newer than eicnb; botocore's service model must know them.
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
        """The AWS operations as this connection's user."""
        return self._aws

    def send(self, request: Request) -> Sequence[ReportedConfig]:
        """Send a validated request and return the configs in the response; a delete's has none."""
        return _send(self._aws, request)

    def pages(self, request: Request) -> Pages:
        """Send a validated request; return the response's pages, and the token of a list cut by paging.

        >>> pages, token = connection.pages(connection.request("get", "my-function:BLUE"))
        >>> pages[0]["MaximumRetryAttempts"]
        0

        Members have AWS's names. A malformed response raises EicError.
        """
        return _pages(self._aws, request)

    def listing(self, service: str, operation: str, most_pages: int, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """Yield up to `most_pages` pages of any AWS service's list.

        >>> [bus["Name"] for page in connection.listing("events", "ListEventBuses", 1) for bus in page["EventBuses"]]
        ['default', 'shop']
        """
        return self._aws.listing(service, operation, most_pages, **parameters)

    def derive(self, **options: Any) -> Self:
        """Return a copy of this connection with another `region`, `profile` or `endpoint_url`.

        `role_arn` is a role to act as, with its `external_id`; STS renews the credentials.
        `no_verify_ssl`, `ca_bundle`, `read_timeout`, `connect_timeout` and `no_sign_request` are as in the AWS CLI.

        >>> connection.derive(region="eu-west-1").region
        'eu-west-1'
        """
        if not options:
            return self
        if self.is_sandbox and "profile" in options:
            with UsageError.about("profile"):
                hint = "drop --profile: the sandbox has no profiles"
                raise UsageError("this is the SANDBOX, which has no profiles", hint=hint, culprit=options["profile"])
        return self._derivations.get(options, self._derived)

    def _derived(self, options: Mapping[str, Any]) -> Self:
        aws = varied(self._aws, options)
        return type(self)(aws, server=self._server if self._aws.sandbox and aws.sandbox else None, origin=self)

    def options_to(self, other: Connection) -> dict[str, Any] | None:
        """Return the options with which `derive` made another connection from this one; None otherwise.

        >>> connection.options_to(connection.derive(region="eu-west-1"))
        {'region': 'eu-west-1'}
        """
        return {} if other is self else self._derivations.options_of(other)

    @property
    def options(self) -> dict[str, Any]:
        """All options that derived this connection from the original one; later ones override earlier ones."""
        return {} if self._origin is None else {**self._origin.options, **(self._origin.options_to(self) or {})}

    def current_config(self, subject: FunctionRef) -> ReportedConfig:
        """Read the current config of a function, version or alias from AWS; NotFound without one.

        >>> connection.current_config(FunctionRef("my-function", "BLUE")).maximum_retry_attempts
        0
        """
        return _one(self._aws, Request("get", subject.without_qualifier(), subject.qualifier))


def _send(aws: Aws, request: Request) -> list[ReportedConfig]:
    """Send a request and return the configs in the response; a delete's has none.

    A write that may have arrived is not sent again.
    """
    if request.verb == "list":
        responses, _ = _pages(aws, request)
        return [ReportedConfig.from_api(config) for page in responses for config in page[CONFIGS]]
    with nullcontext() if request.verb == "get" else sent_once():
        if request.verb == "delete":
            _pages(aws, request)
            return []
        return [_one(aws, request)]


def _one(aws: Aws, request: Request) -> ReportedConfig:
    """Send a get, put or update, and check that the response is about the requested function."""
    try:
        responses, _ = _pages(aws, request)
    except NotFound as error:
        _note_account(aws, request, without_config(error.message))
        raise
    reported = ReportedConfig.from_api(responses[0])
    requested = request.qualifier or request.function.qualifier or LATEST
    if (reported.function.function_name, reported.function.qualifier or LATEST) != (
        request.function.function_name,
        requested,
    ):
        message = f"AWS's response is about another function: {str(reported.function)!r}"
        raise EicError(message, hint=MALFORMED_HINT)
    _note_account(aws, request, reported.function)
    return reported


def _note_account(aws: Aws, request: Request, function: FunctionRef | None) -> None:
    """Store the account of an ARN in a response, if the request named none."""
    if request.function.account_id is None and function is not None and function.account_id is not None:
        aws.note_account(function.account_id)


def _pages(aws: Aws, request: Request) -> Pages:
    """Send a request and return the pages of the response; raise EicError if it is malformed."""
    operation = request.operation
    if request.verb == "list" and not request.paging.is_one_call:
        responses, token = aws.pages(operation, request.paging.configuration(), **request.parameters())
        for page in responses:
            items(page, CONFIGS, operation)
        return [_body(page) for page in responses], token
    response = aws.call(operation, **request.parameters())
    if request.verb == "list":
        items(response, CONFIGS, operation)
    elif request.verb == "delete":
        check_deleted(response, str(request.function))
    elif not response.keys() & {"FunctionArn", "LastModified"}:
        ReportedConfig.from_api(response)  # raises an error that names what is missing
    return [_body(response)], None


def _body(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the response without botocore's additions."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}
