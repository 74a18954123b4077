"""The verbs of a connection, as methods that return DataFrames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from eicnb import sending
from eicnb.answers import items
from eicnb.arn import DestinationName, FunctionRef
from eicnb.connection import Connection
from eicnb.display import show_of
from eicnb.errors import AccessDenied, AwsError
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import Choose, Errors, Qualifiers
from eicnb.frames import CONFIG_COLUMNS, FUNCTION_COLUMNS, IDENTITY_COLUMNS, Frame, config_row, function_row
from eicnb.model import Destination, DestinationConfig, ReportedFunction
from eicnb.request import Request
from eicnb.write import Write, place_of


class Eic(Connection):
    """A connection with a method for each verb.

    >>> eic.get("my-function:BLUE").maximum_retry_attempts.tolist()
    [0]

    Every verb returns a DataFrame (columns: `eicnb.frames.CONFIG_COLUMNS`) and raises an error of `eicnb.errors`.
    Values are checked before anything is sent.
    """

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
    ) -> Frame:
        """Write a config; whatever is left out is removed from it.

        >>> eic.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
        [0]

        Retries are 0, 1 or 2, the age 60 to 21600 seconds. `on_failure` and `on_success` take an ARN, `"none"`, or
        `"sqs:NAME"`, `"sns:NAME"`, `"s3:BUCKET"` (on failure only), `"lambda:NAME"`, `"events:BUS"` in this account
        and region; `destination_config` takes both, as AWS's API writes them. Returns one row; with
        `dry_run` the one that would be there, and nothing is written.
        https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
        """
        return self._written(
            self.request(
                "put",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
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
        dry_run: bool = False,
    ) -> Frame:
        """Write only the settings that are given; NotFound where there is no config yet.

        >>> eic.update("my-function:BLUE", maximum_event_age_in_seconds=60).maximum_event_age_in_seconds.tolist()
        [60]

        `on_failure` alone keeps the on-success destination, and the other way round; `destination_config` replaces
        both, as AWS does. The rest is as in `put`. Returns one row.
        https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
        """
        return self._written(
            self.request(
                "update",
                function_name,
                qualifier=qualifier,
                maximum_retry_attempts=maximum_retry_attempts,
                maximum_event_age_in_seconds=maximum_event_age_in_seconds,
                destination_config=destination_config,
                on_success=on_success,
                on_failure=on_failure,
            ),
            dry_run=dry_run,
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

    def delete(self, function_name: str | FunctionRef, *, qualifier: str | None = None, dry_run: bool = False) -> Frame:
        """Remove a config, and return the row that was there; NotFound where there is none. `dry_run` removes nothing.

        >>> eic.delete("my-function:GREEN").qualifier.item()
        'GREEN'

        https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
        """
        return self._written(self.request("delete", function_name, qualifier=qualifier), dry_run=dry_run)

    def _written(self, request: Request, *, dry_run: bool) -> Frame:
        return self.rehearse(request)[0] if dry_run else self.send(request)

    def rehearse(self, request: Request, *, must: bool = True) -> tuple[Frame, str]:
        """Read what a checked put, update or delete would change: the row that it would return, and a line about it.

        >>> frame, line = eic.rehearse(eic.request("delete", "my-function:BLUE"))
        >>> line
        'delete my-function:BLUE  retries 0 -> 2 (default), age 1h -> 6h (default)  us-east-1  123456789012  SANDBOX'

        Nothing is written. What would fail for want of the function or its qualifier fails here too; what was there
        `must` be readable.
        """
        write = Write.read(self, request, must=must)
        if write.before is None:
            self._check_existence(write)
        where = self.where() if write.before is None else place_of(write.before.function, self)
        frame = self._frame([write.row(where)], CONFIG_COLUMNS, request.verb)
        frame.attrs["dry_run"] = True
        return frame, write.line(where)

    def _check_existence(self, write: Write) -> None:
        """Where nothing is known of a config AWS is asked for the function; who may not ask that goes on."""
        named = {"FunctionName": str(write.request.function.without_qualifier()), "Qualifier": write.qualifier}
        with suppress(AccessDenied):
            next(iter(self.listing("lambda", "GetFunctionConfiguration", 1, **named)), None)

    def write(self, request: Request) -> tuple[Frame, str]:
        """Send a checked put, update or delete; returns its row, and a line that says what was changed where.

        >>> eic.write(eic.request("update", "my-function:BLUE", maximum_retry_attempts=1))[1]
        'update my-function:BLUE  retries 0 -> 1  us-east-1  123456789012  SANDBOX'

        The config that is there is read first; who may not read it may still write.
        """
        write = Write.read(self, request)
        if request.verb == "delete" and write.before is not None:
            self.pages(request)
            rows = [config_row(write.before)]
        else:
            rows = [config_row(config) for config in sending.send(self._aws, write.request)]
        line = write.line(place_of(FunctionRef.parse(rows[0]["function_arn"]), self))
        return self._frame(rows, CONFIG_COLUMNS, request.verb), line

    def whoami(self) -> Frame:
        """Ask who this is: account, its alias if you may see it, region, partition, identity and expiry. One row.

        >>> eic.whoami().account_id.tolist()
        ['123456789012']

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        identity = next(iter(self.listing("sts", "GetCallerIdentity", 1)))
        alias = None
        with suppress(AwsError):
            alias = next(iter(next(iter(self.listing("iam", "ListAccountAliases", 1)))["AccountAliases"]), None)
        where = self.where()
        row = {
            "account_id": where.account_id,
            "account_alias": alias,
            "region": where.region,
            "partition": where.partition,
            "identity_arn": identity.get("Arn"),
            "expires_at": self._aws.expires_at,
            "profile": self.profile,
            "sandbox": self.is_sandbox,
        }
        return self._frame([row], IDENTITY_COLUMNS, "whoami")

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
        `errors="rows"`. `resume` is such a frame or error: only what it lacks is asked for, and the whole is returned;
        without `functions` and `regions` of what it was of. A frame that lost rows since is read again.
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


def audit_of(connections: Sequence[Eic], *, progress: bool | Show = True, **options: Any) -> Frame:
    """Audit the accounts of all connections at once; the options are those of `Eic.audit`."""
    from eicnb.fleet.audit import audit

    return audit([eic._aws for eic in connections], show=show_of(progress), **options)  # noqa: SLF001 # its own module
