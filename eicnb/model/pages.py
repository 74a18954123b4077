"""The pages of AWS's documentation that messages and help pages link to."""

from __future__ import annotations

_DOCS = "https://docs.aws.amazon.com"

_API_REFERENCES = {
    "cloudtrail": "awscloudtrail/latest/APIReference",
    "cloudwatch": "AmazonCloudWatch/latest/APIReference",
    "ec2": "AWSEC2/latest/APIReference",
    "events": "eventbridge/latest/APIReference",
    "iam": "IAM/latest/APIReference",
    "kms": "kms/latest/APIReference",
    "lambda": "lambda/latest/api",
    "organizations": "organizations/latest/APIReference",
    "s3": "AmazonS3/latest/API",
    "sns": "sns/latest/api",
    "sqs": "AWSSimpleQueueService/latest/APIReference",
    "sts": "STS/latest/APIReference",
}


def api_page(service: str, operation: str) -> str:
    """Return the address of an operation's page in the API reference of its service.

    >>> api_page("sts", "GetCallerIdentity")
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html'
    """
    return f"{_DOCS}/{_API_REFERENCES[service]}/API_{operation}.html"


def cli_page(service: str, command: str) -> str:
    """Return the address of a command's page in the reference of the AWS CLI.

    >>> cli_page("lambda", "list-functions")
    'https://docs.aws.amazon.com/cli/latest/reference/lambda/list-functions.html'
    """
    return f"{_DOCS}/cli/latest/reference/{service}/{command}.html"


SETTINGS_RULE = api_page("lambda", "PutFunctionEventInvokeConfig")
"""The limits of the settings, and the forms of a function's name and of a qualifier."""

DESTINATION_RULE = f"{_DOCS}/lambda/latest/dg/invocation-async-retain-records.html"
"""What can be a destination."""

RETRY_RULE = f"{_DOCS}/lambda/latest/dg/invocation-async-error-handling.html"
"""How Lambda retries an event, and when it drops it."""

SETTINGS_GUIDE = f"{_DOCS}/lambda/latest/dg/invocation-async-configuring.html"
"""What the settings do, and that each version and alias has its own."""

ALIAS_GUIDE = f"{_DOCS}/lambda/latest/dg/configuration-aliases.html"

LOOP_GUIDE = f"{_DOCS}/lambda/latest/dg/invocation-recursion.html"
"""Which loops Lambda detects."""

PERMISSION_GUIDE = f"{_DOCS}/IAM/latest/UserGuide/troubleshoot_access-denied.html"

RETENTION_RULE = api_page("sqs", "SetQueueAttributes")

METRICS_GUIDE = f"{_DOCS}/lambda/latest/dg/monitoring-metrics-types.html"
"""The metrics of asynchronous events."""

RULES_GUIDE = f"{_DOCS}/eventbridge/latest/userguide/eb-event-patterns.html"

KEY_GUIDE = f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
"""What is needed to send to an encrypted queue."""

CONCURRENCY_GUIDE = f"{_DOCS}/lambda/latest/dg/configuration-concurrency.html"

STACK_GUIDE = f"{_DOCS}/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"

TRIGGER_GUIDE = f"{_DOCS}/lambda/latest/dg/lambda-services.html"
"""Which services invoke functions asynchronously."""

QUERY_RULE = f"{_DOCS}/cli/latest/userguide/cli-usage-filter.html"

NAMING_RULES = {
    "sqs": api_page("sqs", "CreateQueue"),
    "sns": api_page("sns", "CreateTopic"),
    "s3": f"{_DOCS}/AmazonS3/latest/userguide/bucketnamingrules.html",
    "lambda": api_page("lambda", "CreateFunction"),
    "events": api_page("events", "CreateEventBus"),
}
"""The naming rules for each kind of destination."""
