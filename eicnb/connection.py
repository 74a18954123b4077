"""A connection to one account in one region, with a method for each verb."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eicnb import sending
from eicnb.answers import items
from eicnb.arn import DestinationName, FunctionRef
from eicnb.aws import Aws, check_parameters
from eicnb.display import show_of
from eicnb.errors import EicError, UsageError
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import Choose, Errors, Qualifiers
from eicnb.frames import CONFIG_COLUMNS, FUNCTION_COLUMNS, Column, Frame, config_row, function_row, to_frame
from eicnb.model import Destination, DestinationConfig, ReportedConfig, ReportedFunction
from eicnb.redaction import masked
from eicnb.request import Paging, Request, Where, build
from eicnb.variation import varied

if TYPE_CHECKING:
    from eicnb.sandbox.server import Sandbox

Rows = list[dict[str, Any]]


class Eic:
    """A connection to one account in one region, with a method for each verb.

    >>> Eic(Aws(lambda: profile_session(None, "eu-west-1")))
    Eic(region='eu-west-1')

    Every verb returns a DataFrame (columns: `eicnb.frames.CONFIG_COLUMNS`) and raises an error of `eicnb.errors`.
    Values are checked before anything is sent.
    """

    def __init__(
        self,
        aws: Aws,
        *,
        profile: str | None = None,
        server: Sandbox | None = None,
        origin: Eic | None = None,
    ) -> None:
        self._aws = aws
        self._profile = profile
        self._server = server
        self._origin = origin  # keeps a sandbox running for as long as anything made from it is in use
        self._lock = threading.Lock()
        self._others: dict[tuple[tuple[str, Any], ...], Eic] = {}

    @property
    def region(self) -> str:
        """The region that calls go to; ConfigurationError when nothing names one."""
        return self._aws.region

    @property
    def account_id(self) -> str:
        """The account of the credentials; asked of STS at first use."""
        return self._aws.account_id

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

    def put(
        self,
        function_name: str | FunctionRef,
        *,
        qualifier: str | None = None,
        maximum_retry_attempts: int | None = None,
        maximum_event_age_in_seconds: int | None = None,
        destination_config: DestinationConfig | Mapping[str, Any] | None = None,
        on_success: str | Destination | DestinationName | None = None,
        on_failure: str | Destination | DestinationName | None = None,
    ) -> Frame:
        """Write a config; whatever is left out is removed from it.

        >>> eic.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
        [0]

        Retries are 0, 1 or 2, the age 60 to 21600 seconds. `on_failure` and `on_success` take an ARN, `"none"`, or
        `"sqs:NAME"`, `"sns:NAME"`, `"s3:BUCKET"` (on failure only), `"lambda:NAME"`, `"events:BUS"` in this account
        and region; `destination_config` takes both, as AWS's API writes them. Returns one row.
        https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
        """
        return self.send(
            self.request(
                "put",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
            )
        )

    def update(
        self,
        function_name: str | FunctionRef,
        *,
        qualifier: str | None = None,
        maximum_retry_attempts: int | None = None,
        maximum_event_age_in_seconds: int | None = None,
        destination_config: DestinationConfig | Mapping[str, Any] | None = None,
        on_success: str | Destination | DestinationName | None = None,
        on_failure: str | Destination | DestinationName | None = None,
    ) -> Frame:
        """Change only the settings that are given; NotFound where there is no config yet.

        >>> eic.update("my-function:BLUE", maximum_event_age_in_seconds=60).maximum_event_age_in_seconds.tolist()
        [60]

        `on_failure` alone keeps the on-success destination, and the other way round; `destination_config` replaces
        both, as AWS does. The rest is as in `put`. Returns one row.
        https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
        """
        return self.send(
            self.request(
                "update",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
            )
        )

    def get(self, function_name: str | FunctionRef, *, qualifier: str | None = None) -> Frame:
        """Read one config; NotFound where there is none. Returns one row.

        >>> eic.get("my-function:BLUE").qualifier.item()
        'BLUE'

        https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
        """
        return self.send(self.request("get", function_name, qualifier=qualifier))

    def list(self, function_name: str | FunctionRef) -> Frame:
        """Read every config of a function: a row for each version or alias that has one, all pages of them.

        >>> sorted(eic.list("my-function").qualifier)
        ['BLUE', 'GREEN']

        https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
        """
        return self.send(self.request("list", function_name))

    def delete(self, function_name: str | FunctionRef, *, qualifier: str | None = None) -> Frame:
        """Remove a config, and return the row that was there; NotFound where there is none.

        >>> eic.delete("my-function:GREEN").qualifier.item()
        'GREEN'

        https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
        """
        return self.send(self.request("delete", function_name, qualifier=qualifier))

    def functions(self) -> Frame:
        """Read the functions of the region, a row each, all pages of them.

        >>> "my-function" in set(eic.functions().function_name)
        True

        https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
        """
        pages, _ = self._aws.pages("ListFunctions")
        reported = [
            ReportedFunction.from_api(function)
            for page in pages
            for function in items(page, "Functions", "ListFunctions")
        ]
        return self._frame([function_row(function) for function in reported], FUNCTION_COLUMNS, "functions")

    def audit(
        self,
        *,
        regions: str | Sequence[str] | None = None,
        functions: str | Sequence[str] | Choose | None = None,
        qualifiers: Qualifiers = "configured",
        rate: float = 10,
        progress: bool | Show = True,
        errors: Errors = "raise",
        resume: Frame | BaseException | None = None,
    ) -> Frame:
        """Read what becomes of asynchronous events in every function of the account: a row each, and nothing left out.

        >>> frame = eic.audit(regions=["us-east-1", "eu-west-1"], progress=False)
        >>> frame.attrs["complete"], int((~frame.configured).sum()) > 0
        (True, True)

        `regions` are names, or `"all"` that are enabled for the account; without them this connection's. `functions`
        are names and globs (`"shop-*"`), or a callable that gets each function as a `ReportedFunction` and says
        whether it is wanted. Rows (columns: `eicnb.frames.AUDIT_COLUMNS`) are each function's `$LATEST`, and every
        other qualifier that has a config, or with `qualifiers="all"` every alias and version. They stand by account,
        region and function; `$LATEST` first, then versions, then aliases.

        `rate` is calls a second in each account and region; AWS's limit is 15, for all users of the account together.
        `progress` is whether to draw how far it is, or what to call with each `Progress`. What cannot be read is a row
        too, with its `scan_state` and `error`; then IncompleteAudit is raised with the frame as `result`, unless
        `errors="rows"`. `resume` is such a frame or error: only what it lacks is asked for, and the whole is returned.
        Ctrl-C raises AuditInterrupted, with what was read until then as `result`.
        https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
        """
        return audit_of(
            [self],
            regions=regions,
            functions=functions,
            qualifiers=qualifiers,
            rate=rate,
            progress=progress,
            errors=errors,
            resume=resume,
        )

    def form(self, function_name: str | FunctionRef | None = None, *, qualifier: str | None = None) -> Any:
        """Show a form that opens with the live config, previews each change and applies it once.

        >>> print(eic.form("my-function", qualifier="BLUE").line)
        %eic put my-function --qualifier BLUE --retries 0 --max-age 1h

        In a notebook it is an ipywidgets form, whose `result` is the frame of what was applied; elsewhere it shows
        the config and a line to edit, as here.
        """
        from eicnb.notebook.opening import form

        return form(self, function_name, qualifier)

    def destination_form(self) -> Any:
        """Show a form that builds a DestinationConfig: `value`, and `to_shorthand()` and `to_json()` of it."""
        from eicnb.notebook.opening import destination_form

        return destination_form(self)

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

        >>> eic.request("put", "my-function", maximum_retry_attempts=1).parameters()
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
    def secrets(self) -> frozenset[str]:
        """The credentials that were used last, for a log to leave out."""
        return self._aws.secrets

    def send(self, request: Request) -> Frame:
        """Send a checked call and return AWS's answer as rows."""
        rows = [config_row(config) for config in sending.send(self._aws, request)]
        return self._frame(rows, CONFIG_COLUMNS, request.verb)

    def pages(self, request: Request) -> sending.Pages:
        """Send a checked call and return what AWS answered, page by page, and where a list was cut by its paging.

        >>> pages, token = eic.pages(eic.request("get", "my-function:BLUE"))
        >>> pages[0]["MaximumRetryAttempts"]
        0

        Members are those of AWS's API; an answer that is not one is an EicError.
        """
        return sending.pages(self._aws, request)

    def listing(self, service: str, operation: str, most_pages: int, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """The pages of a list of any AWS service, so many at most.

        >>> [bus["Name"] for page in eic.listing("events", "ListEventBuses", 1) for bus in page["EventBuses"]]
        ['default', 'shop']
        """
        return self._aws.listing(service, operation, most_pages, **parameters)

    def derive(self, **options: Any) -> Eic:
        """The same connection with another `region`, `profile` or `endpoint_url`; this one stays as it is.

        `role_arn` is a role to act as, with its `external_id`; STS renews the credentials.
        `no_verify_ssl`, `ca_bundle`, `read_timeout`, `connect_timeout` and `no_sign_request` are as in the AWS CLI.

        >>> eic.derive(region="eu-west-1").region
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

    def _derived(self, options: Mapping[str, Any]) -> Eic:
        aws = varied(self._aws, options)
        profile, server = options.get("profile"), self._server if self._aws.sandbox and aws.sandbox else None
        return Eic(aws, profile=profile or self._profile, server=server, origin=self)

    def reported(self, request: Request) -> ReportedConfig:
        """Send a checked get, put or update and return the config that AWS reports."""
        return sending.one(self._aws, request)

    def setting(self, name: str) -> str | None:
        """A setting of this connection's profile in the AWS config file."""
        return self._aws.setting(name)

    def _frame(self, rows: Rows, columns: Sequence[Column], verb: str) -> Frame:
        account_id = rows[0]["account_id"] if rows else self._aws.known_account_id
        attrs = {"verb": verb, "account_id": account_id, "region": self.region, "sandbox": self.is_sandbox}
        return to_frame(rows, columns, attrs)


def audit_of(connections: Sequence[Eic], *, progress: bool | Show = True, **options: Any) -> Frame:
    """Audit the accounts of all connections at once; the options are those of `Eic.audit`."""
    from eicnb.fleet.audit import audit

    return audit([eic._aws for eic in connections], show=show_of(progress), **options)  # noqa: SLF001 # its own module
