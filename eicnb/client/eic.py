"""The verbs of a connection, as methods that return DataFrames.

Tested in tests/client/test_verbs.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from eicnb.aws.connection import Connection
from eicnb.changes.apply import config_frame, sent, write
from eicnb.changes.plan import Plan
from eicnb.changes.waiting import aloud
from eicnb.client.explaining import Explaining
from eicnb.client.failed_events import FailedEvents
from eicnb.client.findings import check_of
from eicnb.client.hints import in_python, on_the_way
from eicnb.client.in_use import IN_USE
from eicnb.client.on_connections import audit_of, functions_of, identity_of, losses_of, rehearsed
from eicnb.client.parameters import checked_methods
from eicnb.client.planning import plan_bound_to
from eicnb.client.refreshing import Refreshing
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Choose, Credentials, Errors, Qualifiers
from eicnb.frames.frame import Frame
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import Destination, DestinationName
from eicnb.model.function import FunctionRef
from eicnb.model.request import Request
from eicnb.model.severity import Severity

if TYPE_CHECKING:
    from datetime import date, timedelta
    from os import PathLike

    from pandas import DataFrame

    from eicnb.local_aws.server import Sandbox


@checked_methods
class Eic(FailedEvents, Explaining, Refreshing):
    """A connection with a method for each verb.

    >>> eic.get("my-function:BLUE").maximum_retry_attempts.tolist()
    [0]

    Every verb returns a DataFrame (`eicnb.frames.columns.CONFIG_COLUMNS`) and raises an error of `eicnb.errors`.
    Values are validated before anything is sent. It makes no network call before one is needed. A write reads the
    current config first, to distinguish a lost response from a lost request.
    One class, because its methods are the verbs that Tab offers, each with its example.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._derived: dict[Connection, Eic] = {}

    @property
    def region(self) -> str:
        """The region of its requests; ConfigurationError if none is set."""
        return self._connection.region

    @property
    def account_id(self) -> str:
        """The account of the credentials; requested from STS at first use."""
        return self._connection.account_id

    @property
    def profile(self) -> str | None:
        """The profile of the AWS config files; None if boto3's own chain decides."""
        return self._connection.profile

    @property
    def endpoint_url(self) -> str | None:
        """The endpoint that requests go to instead of AWS; None for AWS."""
        return self._connection.endpoint_url

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the embedded AWS, the sandbox."""
        return self._connection.is_sandbox

    @property
    def server(self) -> Sandbox | None:
        """The server of the embedded AWS, which can be throttled and stopped; None for AWS."""
        return self._connection.server

    def derive(self, **options: Any) -> Eic:
        """Return this connection with another `region`, `profile` or `endpoint_url`.

        `role_arn` is a role to act as, with its `external_id`; STS renews the credentials.
        `no_verify_ssl`, `ca_bundle`, `read_timeout`, `connect_timeout` (60 seconds each) and `no_sign_request` are as
        in the AWS CLI.

        >>> eic.derive(region="eu-west-1").region
        'eu-west-1'
        """
        connection = self._connection.derive(**options)
        return self if connection is self._connection else self._derived.setdefault(connection, Eic(connection))

    def __repr__(self) -> str:
        return repr(self._connection)

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
        dry_run: bool = False,
        wait: float | None = None,
    ) -> Frame:
        """Write a config; settings that are left out are removed.

        >>> eic.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
        [0]

        Retries are 0, 1 or 2, the age 60 to 21600 seconds. `on_failure` and `on_success` take an ARN, `"none"`, or
        `"sqs:NAME"`, `"sns:NAME"`, `"s3:BUCKET"` (on failure only), `"lambda:NAME"`, `"events:BUS"` in this account
        and region; `destination_config` takes both, as AWS's API writes them. `wait` is how many seconds to retry
        while AWS refuses a role or a destination that is too new. Returns one row; with `dry_run` the one that would be
        written, and nothing is.
        https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
        """
        return self._written(
            self._request(
                "put",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
                wait=wait,
            ),
            dry_run=dry_run,
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
        create: bool = False,
        dry_run: bool = False,
        wait: float | None = None,
    ) -> Frame:
        """Write only the settings that are given; NotFound without a config, unless it may `create` one.

        >>> eic.update("my-function:BLUE", maximum_event_age_in_seconds=60).maximum_event_age_in_seconds.tolist()
        [60]

        `on_failure` alone keeps the on-success destination, and the other way round: AWS takes both as one setting, so
        the other one is read first, and the result is checked for an update at the same time. `destination_config`
        replaces both. The rest is as in `put`. Returns one row.
        https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
        """
        return self._written(
            self._request(
                "update",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
                create=create,
                wait=wait,
            ),
            dry_run=dry_run,
        )

    def get(self, function_name: str | FunctionRef, *, qualifier: str | None = None) -> Frame:
        """Read one config and return its row; NotFound without one.

        >>> eic.get("my-function:BLUE").qualifier.item()
        'BLUE'

        https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
        """
        return self._sent(self._request("get", function_name, qualifier=qualifier))

    def list(self, function_name: str | FunctionRef) -> Frame:
        """Read every config of a function: all pages, a row for each version or alias with a config.

        >>> sorted(eic.list("my-function").qualifier)
        ['BLUE', 'GREEN']

        https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
        """
        return self._sent(self._request("list", function_name))

    def delete(
        self,
        function_name: str | FunctionRef,
        *,
        qualifier: str | None = None,
        missing_ok: bool = False,
        dry_run: bool = False,
    ) -> Frame:
        """Remove a config and return its row; `dry_run` removes nothing.

        >>> eic.delete("my-function:GREEN").qualifier.item()
        'GREEN'

        Without a config it raises NotFound, or with `missing_ok` returns a frame without rows. The frame also has
        no rows if the config was deleted but could not be read before.

        https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
        """
        return self._written(
            self._request("delete", function_name, qualifier=qualifier, missing_ok=missing_ok), dry_run=dry_run
        )

    def _request(self, verb: str, function_name: str | FunctionRef, **arguments: Any) -> Request:
        return self._connection.request(verb, function_name, **arguments)

    def _written(self, request: Request, *, dry_run: bool) -> Frame:
        with on_the_way(self._connection), in_python(request.verb):
            if dry_run:
                return rehearsed(self._connection, request)[0]
            return config_frame(self._connection, write(self._connection, request, say=aloud).configs, request.verb)

    def _sent(self, request: Request) -> Frame:
        with on_the_way(self._connection):
            return sent(self._connection, request)

    def whoami(self) -> Frame:
        """Return who the caller is in one row: account, alias, region, partition, identity, expiry.

        >>> eic.whoami().account_id.tolist()
        ['123456789012']

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        return identity_of(self._connection)

    def functions(self) -> Frame:
        """Read the functions of the region: all pages, a row each.

        >>> "my-function" in set(eic.functions().function_name)
        True

        https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
        """
        return functions_of(self._connection)

    def audit(
        self,
        *,
        regions: str | Sequence[str] | None = None,
        functions: str | Sequence[str] | Choose | None = None,
        qualifiers: Qualifiers = "configured",
        rate: float | None = None,
        progress: Choice = True,
        errors: Errors = "raise",
        resume: Frame | BaseException | None = None,
        client: Any = None,
        folder: str | PathLike[str] | None = None,
        credentials: Credentials = "workers",
    ) -> Frame:
        """Read the settings of every function of the account, a row each; none is left out.

        >>> frame = eic.audit(regions=["us-east-1", "eu-west-1"], progress=False)
        >>> frame.attrs["complete"], int((~frame.configured).sum()) > 0
        (True, True)

        `regions` are names, or `"all"` that are enabled for the account; without them this connection's. `functions`
        are names and globs (`"shop-*"`), or a callable that gets each function as a `ReportedFunction` and returns
        whether it is wanted. Rows (`eicnb.fleet.columns.AUDIT_COLUMNS`) are each function's `$LATEST`, and every other
        qualifier that has a config, or with `qualifiers="all"` every alias and version.

        `rate` is calls a second in each account and region: by default 10, and as fast as it responds in a sandbox
        without a limit; AWS's limit is 15, for all users of the account together. `progress` is whether to draw it,
        `"accounts"` for a line for each account too, or a callable for each `Progress`. What cannot be read is a row
        with its `scan_state` and `error`; then IncompleteAudit is raised with the frame as `result`, unless
        `errors="rows"`. `resume` is such a frame or error: only what it lacks is read, with its `functions` and
        `regions`. Ctrl-C raises AuditInterrupted with the rows so far. `eicnb.audit` explains the rest.
        https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
        """
        return audit_of(
            [self._connection],
            regions=regions,
            functions=functions,
            qualifiers=qualifiers,
            rate=rate,
            progress=progress,
            errors=errors,
            resume=resume,
            client=client,
            folder=folder,
            credentials=credentials,
        )

    def check(
        self,
        audit: DataFrame,
        *,
        look: str | Sequence[str] = "settings",
        checks: str | Sequence[str] | None = None,
        rules: DataFrame | str | PathLike[str] | None = None,
        mute: DataFrame | str | PathLike[str] | None = None,
        fail_on: Severity | None = None,
        rate: float | None = None,
        progress: Choice = True,
    ) -> Frame:
        """Check an audit: a row for each finding, the most severe first, with a line that solves it.

        >>> findings = eic.check(eic.audit(functions="cart-*", qualifiers="all", progress=False))
        >>> findings.finding[0]
        'an age of 1 minute leaves no time for its 2 retries'

        `look` are the layers to look at: the settings, which sends no request, and what `%eic help checks` lists, or
        `"all"`. `checks` are names of checks; default: all of these layers. `rules` are settings that the team wants
        and `mute` findings that it accepts, each a DataFrame or a YAML file. `fail_on` raises ChecksFailed, whose
        `result` is the frame, for findings as severe as that and for rows that could not be read.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
        """
        return check_of(
            audit,
            [self._connection],
            look=look,
            checks=checks,
            rules=rules,
            mute=mute,
            fail_on=fail_on,
            rate=rate,
            progress=progress,
        )

    def losses(
        self,
        audit: DataFrame,
        *,
        since: str | date | timedelta = "7d",
        until: str | date | timedelta | None = None,
        rate: float | None = None,
        progress: Choice = True,
    ) -> Frame:
        """Count the asynchronous events that the functions of an audit lost, the most first.

        >>> audit = eic.audit(functions=["thumbnails", "newsletters"], progress=False)
        >>> eic.losses(audit, progress=False)[["function_name", "lost", "why"]].to_dict("records")[0]
        {'function_name': 'thumbnails', 'lost': 240, 'why': 'destination-fails'}

        CloudWatch counts them, some minutes late. `since` and `until` are how long ago (`"7d"`, `"12h"`) or times.
        `lost` is the most that can have been lost by these settings: what Lambda dropped with nowhere to go, and what
        a destination or dead-letter queue did not accept (`eicnb.fleet.losses.LOSS_COLUMNS`). An alias that the audit
        lacks counts as `$LATEST`: audit with `qualifiers="all"`.
        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        return losses_of(audit, [self._connection], since=since, until=until, rate=rate, progress=progress)

    def plan(self, desired: Any, *, rate: float | None = None, progress: Choice = True) -> Plan:
        """Compare the configs that a DataFrame describes with the current ones; return the plan of changes.

        >>> desired = eic.list("my-function").assign(maximum_retry_attempts=1)
        >>> eic.plan(desired, progress=False).frame["change"].tolist()
        ['retries 0 -> 1', 'retries 2 -> 1']

        Nothing is written before the plan is applied. The rest is as in `eicnb.plan`.
        """
        return plan_bound_to([self._connection], desired, rate=rate, progress=progress)

    def form(self, function_name: str | FunctionRef | None = None, *, qualifier: str | None = None) -> Any:
        """Show a form that opens with the live config, previews each change and applies it once.

        >>> print(eic.form("my-function", qualifier="BLUE").line)
        %eic put my-function --qualifier BLUE --retries 0 --max-age 1h

        In a notebook it is an ipywidgets form, whose `result` is the frame of what was applied; elsewhere it shows
        the config and a line to edit, as here.
        """
        from eicnb.widgets.open import form

        with on_the_way(self._connection):
            return form(self._connection, IN_USE.connection, function_name, qualifier)

    def destination_form(self) -> Any:
        """Show a form that builds a DestinationConfig: its `value`, `to_shorthand()` and `to_json()`."""
        from eicnb.widgets.open import destination_form

        return destination_form(self._connection)


connection_of: Callable[[Eic], Connection] = attrgetter("_connection")
"""Return the connection that the verbs of an `Eic` go through."""
