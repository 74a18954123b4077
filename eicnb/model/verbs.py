"""AWS's operations, each with its verb, AWS CLI command, IAM action and documentation page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from eicnb.model.pages import api_page, cli_page

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

FUNCTIONS_PATH = "/2015-03-31/functions"
"""The path of Lambda's functions."""


def separated(name: str, separator: str) -> str:
    """Return one of AWS's names in lower case, with a separator between its words.

    >>> separated("MaximumRetryAttempts", "_")
    'maximum_retry_attempts'
    """
    return _WORD.sub(separator, name).lower()


class Operation(StrEnum):
    """An AWS operation; its value is AWS's name.

    >>> Operation.PUT.command, Operation.PUT.action
    ('put-function-event-invoke-config', 'lambda:PutFunctionEventInvokeConfig')

    `service` is the service's name in ARNs, `command` the AWS CLI's name for the operation, `action` IAM's.
    """

    service: str
    command: str
    action: str

    def __new__(cls, name: str, service: str = "lambda", permission: str = "") -> Self:
        operation = str.__new__(cls, name)
        operation._value_ = name
        operation.service = service
        operation.command = separated(name, "-")
        operation.action = f"{service}:{permission or name}"
        return operation

    PUT = "PutFunctionEventInvokeConfig"
    UPDATE = "UpdateFunctionEventInvokeConfig"
    GET = "GetFunctionEventInvokeConfig"
    LIST = "ListFunctionEventInvokeConfigs"
    DELETE = "DeleteFunctionEventInvokeConfig"
    LIST_FUNCTIONS = "ListFunctions"
    LIST_ALIASES = "ListAliases"
    LIST_VERSIONS = "ListVersionsByFunction"
    GET_CONFIGURATION = "GetFunctionConfiguration"
    GET_FUNCTION = "GetFunction"
    GET_POLICY = "GetPolicy"
    LIST_EVENT_SOURCES = "ListEventSourceMappings"
    LIST_TAGS = "ListTags"
    GET_CALLER_IDENTITY = "GetCallerIdentity", "sts"
    ASSUME_ROLE = "AssumeRole", "sts"
    LIST_ACCOUNT_ALIASES = "ListAccountAliases", "iam"
    DESCRIBE_REGIONS = "DescribeRegions", "ec2"
    LIST_ACCOUNTS = "ListAccounts", "organizations"
    LIST_ACCOUNTS_IN = "ListAccountsForParent", "organizations"
    LIST_ROOTS = "ListRoots", "organizations"
    LIST_UNITS_IN = "ListOrganizationalUnitsForParent", "organizations"
    LIST_QUEUES = "ListQueues", "sqs"
    LIST_TOPICS = "ListTopics", "sns"
    LIST_BUSES = "ListEventBuses", "events"
    LIST_BUCKETS = "ListBuckets", "s3", "ListAllMyBuckets"
    GET_QUEUE_URL = "GetQueueUrl", "sqs"
    GET_QUEUE_ATTRIBUTES = "GetQueueAttributes", "sqs"
    GET_TOPIC_ATTRIBUTES = "GetTopicAttributes", "sns"
    DESCRIBE_BUS = "DescribeEventBus", "events"
    LIST_RULES = "ListRules", "events"
    DESCRIBE_KEY = "DescribeKey", "kms"
    SIMULATE = "SimulatePrincipalPolicy", "iam"
    HEAD_BUCKET = "HeadBucket", "s3", "ListBucket"
    GET_METRIC_DATA = "GetMetricData", "cloudwatch"
    RECEIVE = "ReceiveMessage", "sqs"
    CHANGE_VISIBILITY = "ChangeMessageVisibilityBatch", "sqs", "ChangeMessageVisibility"
    LIST_OBJECTS = "ListObjectsV2", "s3", "ListBucket"
    GET_OBJECT = "GetObject", "s3"
    DELETE_MESSAGE = "DeleteMessage", "sqs"
    INVOKE = "Invoke", "lambda", "InvokeFunction"
    LOOKUP_EVENTS = "LookupEvents", "cloudtrail"

    @property
    def pages(self) -> tuple[str, str]:
        """The addresses of its pages in the API reference and in the reference of the AWS CLI."""
        return api_page(self.service, self.value), cli_page(self.service, self.command)


OPERATIONS: Mapping[str, Operation] = {
    "put": Operation.PUT,
    "update": Operation.UPDATE,
    "get": Operation.GET,
    "list": Operation.LIST,
    "delete": Operation.DELETE,
}
"""The operation of each verb."""

WRITES = (Operation.PUT, Operation.UPDATE, Operation.DELETE)
"""The operations that change a config."""

CONFIGS = "FunctionEventInvokeConfigs"
"""The member of a list's response that holds the configs."""


def action_of(operation: str) -> str:
    """Return the IAM action of an operation; an unknown operation is assumed to be Lambda's.

    >>> action_of("ListBuckets"), action_of("GetPolicy")
    ('s3:ListAllMyBuckets', 'lambda:GetPolicy')
    """
    return Operation(operation).action if operation in set(Operation) else f"lambda:{operation}"
