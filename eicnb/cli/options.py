"""The commands and their options, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["function", "text", "integer", "age", "structure", "destination"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is written, which argument of the Python API it is, and how its value is read."""

    name: str
    argument: str
    kind: Kind
    metavar: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One command of `%eic`: its names, what it does and which options it takes."""

    name: str
    meaning: str
    options: tuple[Option, ...]
    aws_name: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The short name, and AWS's own where there is one."""
        return (self.name, self.aws_name) if self.aws_name else (self.name,)

    def option(self, name: str) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if option.name == name), None)


FUNCTION_NAME = Option(
    "--function-name", "function_name", "function", "NAME", "name or ARN; may stand without its option"
)
QUALIFIER = Option("--qualifier", "qualifier", "text", "QUALIFIER", "version, alias or $LATEST")
SETTINGS = (
    Option("--maximum-retry-attempts", "maximum_retry_attempts", "integer", "N", "0, 1 or 2; AWS's default is 2"),
    Option("--retries", "maximum_retry_attempts", "integer", "N", "short for --maximum-retry-attempts"),
    Option(
        "--maximum-event-age-in-seconds",
        "maximum_event_age_in_seconds",
        "integer",
        "SECONDS",
        "60 to 21600; AWS's default is 21600",
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
    Option("--on-success", "on_success", "destination", "DEST", "like --on-failure, but for s3"),
)
CONNECTION = (
    Option("--region", "region", "text", "REGION", "region of this call"),
    Option("--profile", "profile", "text", "PROFILE", "profile of the AWS config files"),
    Option("--endpoint-url", "endpoint_url", "text", "URL", "where to send the call instead"),
)

AWS_CLI_ALONE = frozenset(
    [
        "--ca-bundle",
        "--cli-auto-prompt",
        "--cli-binary-format",
        "--cli-connect-timeout",
        "--cli-error-format",
        "--cli-input-json",
        "--cli-input-yaml",
        "--cli-read-timeout",
        "--color",
        "--debug",
        "--generate-cli-skeleton",
        "--max-items",
        "--no-cli-auto-prompt",
        "--no-cli-pager",
        "--no-paginate",
        "--no-sign-request",
        "--no-verify-ssl",
        "--output",
        "--page-size",
        "--query",
        "--starting-token",
        "--version",
    ]
)
"""The AWS CLI's other options, which eicnb knows and refuses."""

VERBS = (
    Verb(
        "put",
        "write a config; what is left out is removed",
        (FUNCTION_NAME, QUALIFIER, *SETTINGS, *CONNECTION),
        "put-function-event-invoke-config",
    ),
    Verb(
        "update",
        "change only the settings that are given",
        (FUNCTION_NAME, QUALIFIER, *SETTINGS, *CONNECTION),
        "update-function-event-invoke-config",
    ),
    Verb(
        "get",
        "show the config of one function, version or alias",
        (FUNCTION_NAME, QUALIFIER, *CONNECTION),
        "get-function-event-invoke-config",
    ),
    Verb(
        "list",
        "show every config of one function",
        (FUNCTION_NAME, *CONNECTION),
        "list-function-event-invoke-configs",
    ),
    Verb(
        "delete",
        "remove a config, and show what was there",
        (FUNCTION_NAME, QUALIFIER, *CONNECTION),
        "delete-function-event-invoke-config",
    ),
    Verb("functions", "show the functions of the region", CONNECTION),
    Verb("use", "connect, for all that follows in the notebook", CONNECTION),
    Verb(
        "sandbox",
        "start an AWS inside this process and connect to it",
        (
            CONNECTION[0],
            Option(
                "--requests-per-second",
                "requests_per_second",
                "integer",
                "N",
                "answer 429 to what comes faster; AWS's own limit is 15",
            ),
        ),
    ),
)


def verb(name: str) -> Verb | None:
    """The command of that name, short or AWS's own."""
    return next((verb for verb in VERBS if name in verb.names), None)
