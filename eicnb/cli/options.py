"""The table of commands and their options.

Tested in tests/cli/test_parser.py.
"""

from __future__ import annotations

from dataclasses import replace

from eicnb.cli.account_options import ACCOUNTS
from eicnb.cli.check_options import AUDITED, CHECK
from eicnb.cli.event_verbs import EVENT_OPTIONS, PAYLOAD, RECORDS, RECORDS_READ, REPLAY, SOURCE, UNTIL_FOUND
from eicnb.cli.frame_verbs import FRAME_OPTIONS, FRAME_VERBS
from eicnb.cli.option import FUNCTION_NAME, Option, Verb
from eicnb.cli.output import OUTPUTS
from eicnb.model.limits import (
    DEFAULT_EVENT_AGE_IN_SECONDS,
    DEFAULT_RETRY_ATTEMPTS,
    EVENT_AGE_IN_SECONDS,
    PAGE_SIZE,
    REQUESTS_A_SECOND,
    RETRY_ATTEMPTS,
    choices,
)

QUALIFIER = Option("--qualifier", "qualifier", "text", "QUALIFIER", "version, alias or $LATEST")
SETTINGS = (
    Option(
        "--maximum-retry-attempts",
        "maximum_retry_attempts",
        "integer",
        "N",
        f"{choices(RETRY_ATTEMPTS)}; AWS's default is {DEFAULT_RETRY_ATTEMPTS}",
    ),
    Option("--retries", "maximum_retry_attempts", "integer", "N", "short for --maximum-retry-attempts"),
    Option(
        "--maximum-event-age-in-seconds",
        "maximum_event_age_in_seconds",
        "integer",
        "SECONDS",
        f"{choices(EVENT_AGE_IN_SECONDS)}; AWS's default is {DEFAULT_EVENT_AGE_IN_SECONDS}",
    ),
    Option("--max-age", "maximum_event_age_in_seconds", "age", "AGE", "the age as 6h, 90m, 3600s or 3600"),
    Option(
        "--destination-config",
        "destination_config",
        "structure",
        "CONFIG",
        "OnSuccess={Destination=ARN},OnFailure={Destination=ARN}, or the same as JSON",
    ),
    Option(
        "--on-failure",
        "on_failure",
        "destination",
        "DEST",
        "ARN, none, sqs:NAME, sns:NAME, s3:BUCKET, lambda:NAME or events:BUS",
    ),
    Option("--on-success", "on_success", "destination", "DEST", "like --on-failure, except s3"),
)
_OWN = {"--retries", "--max-age", "--on-failure", "--on-success"}
NUMBERS = tuple(option for option in SETTINGS if option.kind in {"integer", "age"})
TIMEOUT = Option(
    "--timeout", "timeout", "integer", "SECONDS", "longest run in seconds; default: the function's timeout"
)
SHORTHAND = tuple(option for option in SETTINGS if option.name in _OWN)
"""The options of a config that only eicnb has."""

CONNECTION = (
    Option("--region", "region", "text", "REGION", "region of the call or connection", may_be_empty=True),
    Option("--profile", "profile", "text", "PROFILE", "profile of the AWS config files", may_be_empty=True),
    Option("--endpoint-url", "endpoint_url", "text", "URL", "URL to send the calls to"),
    Option("--no-verify-ssl", "no_verify_ssl", "flag", "", "accept any TLS certificate"),
    Option("--ca-bundle", "ca_bundle", "text", "PATH", "the TLS certificates to trust"),
    Option("--cli-read-timeout", "read_timeout", "integer", "SECONDS", "maximum wait for a response; 0 for no limit"),
    Option("--cli-connect-timeout", "connect_timeout", "integer", "SECONDS", "maximum wait to connect; 0 for no limit"),
    Option("--no-sign-request", "no_sign_request", "flag", "", "send without credentials"),
)
ROLE = (
    Option("--role-arn", "role_arn", "text", "ARN", "role to assume; its credentials are renewed"),
    Option("--external-id", "external_id", "text", "ID", "external ID that the role requires"),
)
OUTPUT = (
    Option(
        "--output", "output", "choice", "FORM", "print what the AWS CLI prints: json, text, table, yaml, …", OUTPUTS
    ),
    Option("--query", "query", "query", "JMESPATH", "select from the response; without --output, return the selection"),
    Option("--color", "color", "choice", "WHEN", "colours of a printed table: on, off or auto", ("on", "off", "auto")),
)
PAGING = (
    Option("--max-items", "max_items", "integer", "N", "the first N configs only"),
    Option("--page-size", "page_size", "integer", "N", f"configs in each call, {choices(PAGE_SIZE)}"),
    Option(
        "--starting-token", "starting_token", "text", "TOKEN", "continue where `--max-items` stopped", may_be_empty=True
    ),
)
CALL = (
    Option("--marker", "call_marker", "text", "MARKER", "AWS's own marker; makes one call only", may_be_empty=True),
)
PAGINATE = Option("--no-paginate", "no_paginate", "flag", "", "make one call only, and return AWS's own response")
INPUT = (
    Option("--cli-input-json", "cli_input_json", "input", "JSON", "the arguments as JSON; options override it"),
    Option("--cli-input-yaml", "cli_input_yaml", "input", "YAML", "the same as YAML"),
)
SKELETON = Option(
    "--generate-cli-skeleton",
    "skeleton",
    "choice",
    "KIND",
    "print a template of the request or response, and send nothing",
    ("input", "yaml-input", "output"),
    alone="input",
)
HELP = Option("--help", "help", "flag", "", "explain the command, and send nothing")
VERSION = Option("--version", "version", "flag", "", "print eicnb's version, and send nothing")
QUIET = Option(
    "--quiet", "quiet", "flag", "", "show and return nothing on success; so do `;` and `>/dev/null` at the end"
)
DRY_RUN = Option("--dry-run", "dry_run", "flag", "", "show what would happen, and write or send nothing")
WRITING = (DRY_RUN, QUIET)
CREATE = Option("--create", "create", "flag", "", "create the config if it is missing")
WAIT = Option(
    "--wait", "wait", "seconds", "TIME", "how long to retry while AWS rejects a new role or destination, such as 30s"
)
MISSING_OK = Option("--missing-ok", "missing_ok", "flag", "", "succeed without a row if there is no config")
DEBUG = Option("--debug", "debug", "flag", "", "log requests and responses, without credentials")
PROMPT = Option("--cli-auto-prompt", "prompt", "flag", "", "open the function's form instead")
NO_EFFECT = (
    Option("--no-cli-pager", "no_cli_pager", "flag", "", "no effect: a notebook has no pager"),
    Option("--no-cli-auto-prompt", "no_cli_auto_prompt", "flag", "", "no effect: a notebook does not prompt"),
    Option(
        "--cli-binary-format",
        "cli_binary_format",
        "choice",
        "FORMAT",
        "no effect: no value here is binary",
        ("base64", "raw-in-base64-out"),
    ),
    Option(
        "--cli-error-format",
        "cli_error_format",
        "choice",
        "FORMAT",
        "no effect: an error is an exception here, with its parts as attributes",
        ("legacy", "json", "yaml", "text", "table", "enhanced"),
    ),
)
GLOBAL = (*CONNECTION, *OUTPUT, PAGINATE, DEBUG, PROMPT, *NO_EFFECT, HELP, VERSION)
"""The options that the AWS CLI accepts anywhere in a line."""

RARE = (*GLOBAL, *INPUT, *CALL, SKELETON)
"""The options that error messages do not list."""

AUDIT = (
    Option(
        "--regions",
        "regions",
        "names",
        "A,B",
        "regions to audit, or all for every enabled one; default: the connection's",
    ),
    Option("--functions", "functions", "names", "A,GLOB*", "functions to audit, by name or glob; default: all"),
    Option(
        "--qualifiers",
        "qualifiers",
        "choice",
        "WHICH",
        "configured, or all to include aliases and versions without a config",
        ("configured", "all"),
    ),
    Option(
        "--rate",
        "rate",
        "number",
        "N",
        "calls a second in each account and region; default: 10, or no limit in the sandbox; AWS's limit is 15",
    ),
    Option("--no-progress", "no_progress", "flag", "", "show no progress"),
    Option(
        "--errors",
        "errors",
        "choice",
        "HOW",
        "raise: an error if something cannot be read; rows: the frame anyway",
        ("raise", "rows"),
    ),
    Option("--resume", "resume", "frame", "${FRAME}", "incomplete audit or its error, to read only what is missing"),
    Option("--refresh", "refresh", "frame", "${FRAME}", "earlier audit, to read only what changed since"),
    *ACCOUNTS,
    Option("--folder", "folder", "value", "FOLDER", "write a Parquet file for each account and region; show a summary"),
    Option("--client", "client", "value", "${CLIENT}", "client of a Dask cluster whose workers run the audit"),
    Option(
        "--credentials",
        "credentials",
        "choice",
        "WHOSE",
        "workers: the cluster's own; send: short-lived ones, sent over TLS",
        ("workers", "send"),
    ),
)
"""The options of an audit."""

SINCE = Option("--since", "since", "value", "TIME", "start of the period: 7d (ago), 12h, or a time in UTC")
UNTIL = Option("--until", "until", "value", "TIME", "only before this time")
OF_RUN = Option("--run", "run", "text", "RUN", "only one run: an id such as r-1a2b3c4d5e")
WHAT = Option(
    "",
    "what",
    "value",
    "RUN|TIME|${ROWS}",
    "run, time or rows of the journal; default: the last run",
    called="what to undo",
)
OF_FUNCTIONS = replace(
    next(option for option in AUDIT if option.name == "--functions"),
    meaning="functions whose writes to undo, by name or glob; default: all",
)
JOURNAL = (SINCE, UNTIL, OF_RUN)
"""The options of the journal."""

_OF_MANY = (*(option for option in AUDIT if option.name in {"--rate", "--no-progress"}), *ACCOUNTS)
DESIRED = Option(
    "",
    "desired",
    "frame",
    "${FRAME}",
    "DataFrame of the desired configs, such as an edited audit",
    is_required=True,
    called="the frame to plan",
)
PLAN = Option("", "plan", "value", "${PLAN}", "plan, or the file with a saved plan", is_required=True)
APPLY = (
    Option("--limit", "limit", "integer", "N", "maximum number of changes; default: 25, or a tenth of the plan's rows"),
    Option("--canary", "canary", "integer", "N", "write N changes, read them back, then ask or stop"),
)
"""The options of `apply` alone, among the commands about many functions."""

REQUIREMENTS = (
    Option("--account", "account", "account", "ID", "account that the connection in use must be in"),
    Option("--region", "region", "text", "REGION", "region that the connection must be in"),
    Option("--sandbox", "sandbox", "flag", "", "require the sandbox"),
    Option("--destination", "destination", "destination", "DEST", "destination that must exist: sqs:NAME or an ARN"),
)
TOPIC = Option("", "topic", "text", "VERB", "the command to explain")
NAMED = Option("", "connection", "text", "NAME", "a connection made earlier")
AS = Option("--as", "name", "text", "NAME", "name of the connection, for `%eic use NAME`; default: its profile")
REQUESTS_PER_SECOND = Option(
    "--requests-per-second",
    "requests_per_second",
    "integer",
    "N",
    f"throttle above N requests a second; AWS's own limit is {REQUESTS_A_SECOND}",
)
EVENT_SPEED = Option(
    "--event-speed",
    "event_speed",
    "integer",
    "N",
    "seconds of waiting that pass in one second; default: 300",
)
OURS = (
    *(*SHORTHAND, *WRITING, MISSING_OK, CREATE, WAIT, *JOURNAL, *AUDIT, *APPLY, *CHECK, *ROLE, *REQUIREMENTS, AS),
    *(REQUESTS_PER_SECOND, EVENT_SPEED, *FRAME_OPTIONS, *EVENT_OPTIONS),
)
"""The options that only eicnb has, which must be written in full."""

HELP_VERB = Verb("help", "explain a command: `help put`", (), words=(TOPIC,))
VERBS = (
    Verb(
        "put",
        "write a config; settings left out are removed",
        (FUNCTION_NAME, QUALIFIER, *SETTINGS, WAIT, *WRITING, *INPUT, SKELETON, *GLOBAL),
    ),
    Verb(
        "update",
        "change only the given settings",
        (FUNCTION_NAME, QUALIFIER, *SETTINGS, CREATE, WAIT, *WRITING, *INPUT, SKELETON, *GLOBAL),
    ),
    Verb(
        "get",
        "show the config of one function, version or alias",
        (FUNCTION_NAME, QUALIFIER, *INPUT, SKELETON, *GLOBAL),
    ),
    Verb("list", "show every config of one function", (FUNCTION_NAME, *PAGING, *CALL, *INPUT, SKELETON, *GLOBAL)),
    Verb(
        "delete",
        "delete a config and show what it contained",
        (FUNCTION_NAME, QUALIFIER, MISSING_OK, *WRITING, *INPUT, SKELETON, *GLOBAL),
    ),
    Verb("functions", "show the functions of the region", CONNECTION, runs_alone=True),
    Verb(
        "audit",
        "show the settings of every function, across regions and accounts",
        (*AUDIT, *CONNECTION, *ROLE),
        runs_alone=True,
    ),
    Verb(
        "losses",
        "count lost events from CloudWatch's metrics",
        (SINCE, UNTIL, *_OF_MANY, *CONNECTION, *ROLE),
        words=(AUDITED,),
        runs_alone=True,
    ),
    Verb(
        "records",
        "show the failed events in a queue or bucket, newest first",
        (*RECORDS, SINCE, UNTIL, *_OF_MANY, *CONNECTION, *ROLE),
        words=(SOURCE,),
        runs_alone=True,
    ),
    Verb(
        "replay",
        "send failed events again, and delete the messages of accepted events",
        (*REPLAY, DRY_RUN, *_OF_MANY, *CONNECTION, *ROLE),
        words=(RECORDS_READ,),
        runs_alone=True,
    ),
    Verb(
        "send",
        "send one event to a function, which runs it; with --wait, show what happened to it",
        (FUNCTION_NAME, QUALIFIER, UNTIL_FOUND, *CONNECTION),
        words=(PAYLOAD,),
        runs_alone=True,
    ),
    Verb(
        "check",
        "show what is wrong with the settings, why it matters and how to fix it",
        (*CHECK, *_OF_MANY, *CONNECTION, *ROLE),
        words=(AUDITED,),
        runs_alone=True,
    ),
    Verb(
        "explain",
        "explain what happens to one event: attempts, waits, and where it ends up",
        (FUNCTION_NAME, QUALIFIER, *NUMBERS, TIMEOUT, *CONNECTION),
        needs_function=False,
        runs_alone=True,
    ),
    Verb(
        "plan",
        "show what would change to give functions the configs in a DataFrame",
        (*_OF_MANY, *CONNECTION, *ROLE),
        words=(DESIRED,),
        runs_alone=True,
    ),
    Verb(
        "apply",
        "write the changes of a plan, comparing each with the current config first",
        (*APPLY, *_OF_MANY, *CONNECTION, *ROLE),
        words=(PLAN,),
        runs_alone=True,
    ),
    Verb(
        "form",
        "show a form that builds a config and applies it",
        (FUNCTION_NAME, QUALIFIER, *CONNECTION),
        needs_function=False,
        runs_alone=True,
    ),
    Verb(
        "use",
        "connect for everything that follows; without arguments, list the connections",
        (*CONNECTION, *ROLE, AS),
        words=(NAMED,),
    ),
    Verb("whoami", "show account, identity, region and expiry", (*CONNECTION, *ROLE), runs_alone=True),
    Verb("journal", "show every write with its caller and outcome, newest first", JOURNAL, runs_alone=True),
    Verb(
        "undo",
        "plan how to undo the last run, another run, or everything since a time",
        (OF_FUNCTIONS, *CONNECTION, *ROLE),
        words=(WHAT,),
        runs_alone=True,
    ),
    Verb("config", "show every setting and where its value comes from", (), runs_alone=True),
    Verb("require", "stop the notebook unless it runs in the right place", REQUIREMENTS),
    Verb(
        "sandbox",
        "start an embedded AWS in this process and connect to it",
        (CONNECTION[0], REQUESTS_PER_SECOND, EVENT_SPEED),
        runs_alone=True,
    ),
    *FRAME_VERBS,
    HELP_VERB,
)


_BY_NAME = {name: verb for verb in reversed(VERBS) for name in verb.names}


def verb(name: str) -> Verb | None:
    """Return the command with this name, short or AWS's own."""
    return _BY_NAME.get(name)
