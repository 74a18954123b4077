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
from eicnb.client.audit_verbs import AuditVerbs
from eicnb.client.current_connection import CURRENT_CONNECTION
from eicnb.client.explain_verb import ExplainVerb
from eicnb.client.failed_event_verbs import FailedEventVerbs
from eicnb.client.hints import adding_options_to, suggesting_a_parameter
from eicnb.client.on_connections import audit_of, functions_of, identity_of, rehearsed
from eicnb.client.parameters import checked_methods
from eicnb.client.planning import plan_bound_to
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Choose, Credentials, Errors, Qualifiers
from eicnb.frames.frame import Frame
from eicnb.model.config import DestinationConfig
from eicnb.model.destination import Destination, DestinationName
from eicnb.model.function import FunctionRef
from eicnb.model.request import Request

if TYPE_CHECKING:
    from os import PathLike

    from eicnb.local_aws.server import Sandbox


@checked_methods
class Eic(AuditVerbs, FailedEventVerbs, ExplainVerb):
    """A connection to AWS, or to the sandbox, with a method for each verb.

    >>> eic.get("my-function:BLUE").maximum_retry_attempts.tolist()
    [0]

    Verbs return a DataFrame with fixed columns (`eicnb.frames.columns`) and raise the errors of `eicnb.errors`.
    Arguments are validated before anything is sent, and no request is sent before one is needed. A write reads the
    current config first, so that a lost response can be distinguished from a lost request. One class, because its
    methods are the verbs that Tab offers, each with its example.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._derived: dict[Connection, Eic] = {}

    @property
    def region(self) -> str:
        """The region that requests go to; raises ConfigurationError if none is set."""
        return self._connection.region

    @property
    def account_id(self) -> str:
        """The account of the credentials; the first use requests it from STS."""
        return self._connection.account_id

    @property
    def profile(self) -> str | None:
        """The profile in the AWS config files, or None if boto3's default chain finds the credentials."""
        return self._connection.profile

    @property
    def endpoint_url(self) -> str | None:
        """The custom endpoint that requests go to, or None for AWS's own."""
        return self._connection.endpoint_url

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the sandbox, the embedded AWS."""
        return self._connection.is_sandbox

    @property
    def server(self) -> Sandbox | None:
        """The server of the sandbox, to throttle or stop it; None for AWS."""
        return self._connection.server

    def derive(self, **options: Any) -> Eic:
        """Return this connection with another `region`, `profile`, `endpoint_url` or role.

        >>> eic.derive(region="eu-west-1").region
        'eu-west-1'

        `role_arn` is a role to assume, with the `external_id` that it may require; its credentials are renewed before
        they expire. `no_verify_ssl`, `ca_bundle`, `read_timeout`, `connect_timeout` (60 seconds each) and
        `no_sign_request` are as in the AWS CLI.
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
        """Write a config; settings that you leave out are removed.

        >>> eic.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
        [0]

        Retries are 0, 1 or 2, and the maximum age is 60 to 21600 seconds. `on_failure` and `on_success` take an ARN,
        `"none"`, or a name in this account and region: `"sqs:NAME"`, `"sns:NAME"`, `"lambda:NAME"`, `"events:BUS"` or,
        on failure only, `"s3:BUCKET"`. `destination_config` takes both, as AWS's API writes them.

        AWS may refuse a role or destination that was just created. With `wait=60`, the write is then retried for up to
        60 seconds. Returns one row. With `dry_run`, nothing is written, and the row is the one that would be.
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
        """Change only the given settings; raises NotFound without a config, unless `create=True`.

        >>> eic.update("my-function:BLUE", maximum_event_age_in_seconds=60).maximum_event_age_in_seconds.tolist()
        [60]

        AWS replaces both destinations at once. If you give only `on_failure` or only `on_success`, the other one is
        read first and written again, and the result is checked for a concurrent update. `destination_config` replaces
        both. The other parameters are as in `put`. Returns one row.
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
        """Read one config and return it as a row; raises NotFound if it does not exist.

        >>> eic.get("my-function:BLUE").qualifier.item()
        'BLUE'

        https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
        """
        return self._sent(self._request("get", function_name, qualifier=qualifier))

    def list(self, function_name: str | FunctionRef) -> Frame:
        """List the configs of a function: one row for each version or alias that has one.

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
        """Delete a config and return its row; with `dry_run`, nothing is deleted.

        >>> eic.delete("my-function:GREEN").qualifier.item()
        'GREEN'

        If there is no config, it raises NotFound, or with `missing_ok=True` returns an empty frame. The frame is also
        empty if the config was deleted but could not be read before.

        https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
        """
        return self._written(
            self._request("delete", function_name, qualifier=qualifier, missing_ok=missing_ok), dry_run=dry_run
        )

    def _request(self, verb: str, function_name: str | FunctionRef, **arguments: Any) -> Request:
        return self._connection.request(verb, function_name, **arguments)

    def _written(self, request: Request, *, dry_run: bool) -> Frame:
        with adding_options_to(self._connection), suggesting_a_parameter(request.verb):
            if dry_run:
                return rehearsed(self._connection, request)[0]
            return config_frame(self._connection, write(self._connection, request, say=aloud).configs, request.verb)

    def _sent(self, request: Request) -> Frame:
        with adding_options_to(self._connection):
            return sent(self._connection, request)

    def whoami(self) -> Frame:
        """Return the caller in one row: account, alias, region, partition, identity and expiry.

        >>> eic.whoami().account_id.tolist()
        ['123456789012']

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        return identity_of(self._connection)

    def functions(self) -> Frame:
        """List the functions of the region, one row each.

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
        """Read the settings of every function in the account. What cannot be read is a row too.
        `eicnb.audit` also reads several accounts, and explains `client`, `folder` and `credentials`.

        >>> frame = eic.audit(regions=["us-east-1", "eu-west-1"], progress=False)
        >>> frame.attrs["complete"], int((~frame.configured).sum()) > 0
        (True, True)

        Each function has a row for `$LATEST` and one for every other version or alias that has a config. With
        `qualifiers="all"`, every version and alias has a row. The columns are `eicnb.fleet.columns.AUDIT_COLUMNS`.

        `regions` are names, or `"all"` for those that are enabled for the account; by default it is the connection's
        region. `functions` are names and globs (`"shop-*"`), or a callable that takes a `ReportedFunction` and returns
        whether to include it. `rate` limits the requests per second in each account and region. The default is 10; a
        sandbox without a limit is read at full speed. AWS's limit is 15, shared by everyone in the account. `progress`
        shows the progress; `"accounts"` adds a line for each account, and a callable gets each `Progress`.

        If a row could not be read, its `scan_state` and `error` say why, and IncompleteAudit is raised with the frame
        as `result`. With `errors="rows"`, the frame is returned instead. `resume` takes that frame or error and reads
        only the missing rows, with the same functions and regions. Ctrl-C raises AuditInterrupted with the rows so far.
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

    def plan(self, desired: Any, *, rate: float | None = None, progress: Choice = True) -> Plan:
        """Plan the changes that give functions the configs in a DataFrame; nothing is written yet.

        >>> desired = eic.list("my-function").assign(maximum_retry_attempts=1)
        >>> eic.plan(desired, progress=False).frame["change"].tolist()
        ['retries 0 -> 1', 'retries 2 -> 1']

        Each row of `desired` names a function by `function_arn`, or by `function_name` with `qualifier`; `region` and
        `account_id` are the connection's unless they are columns. The four settings are columns too. A setting without
        a column is not changed, `<NA>` removes it, and all other columns are ignored. Destinations are written as in
        `put`, and a name such as `sqs:NAME` is in the row's account and region. A row without any setting deletes the
        config, or makes it empty if `configured` is True.

        Files often damage values: whole numbers become floats, and account ids lose leading zeros. Such a value is
        repaired if the ARN shows the original. Otherwise a UsageError names its row and column. Rows that cannot be
        planned are `refused`, with a reason: unread rows, deleted functions, and accounts out of reach.

        `rate` and `progress` are as in `audit`.
        """
        return plan_bound_to([self._connection], desired, rate=rate, progress=progress)

    def form(self, function_name: str | FunctionRef | None = None, *, qualifier: str | None = None) -> Any:
        """Show a form to edit one config; it previews each change and writes when you apply it.

        >>> print(eic.form("my-function", qualifier="BLUE").line)
        %eic put my-function --qualifier BLUE --retries 0 --max-age 1h

        In a notebook it is an ipywidgets form whose `result` is the frame of what was applied. Elsewhere, as here, it
        shows the config and a line to edit.
        """
        from eicnb.widgets.open import form

        with adding_options_to(self._connection):
            return form(self._connection, CURRENT_CONNECTION.get, function_name, qualifier)

    def destination_form(self) -> Any:
        """Show a form that builds a DestinationConfig, with its `value`, `to_shorthand()` and `to_json()`."""
        from eicnb.widgets.open import destination_form

        return destination_form(self._connection)


connection_of: Callable[[Eic], Connection] = attrgetter("_connection")
"""The connection of an `Eic`, for modules that work with plain connections."""
