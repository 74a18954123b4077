"""What eicnb asks of AWS, command by command, in the names that IAM has for it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

from collections.abc import Mapping

READ = "lambda:GetFunctionEventInvokeConfig"
_LISTS = ("lambda:ListFunctions", "lambda:ListAliases", "lambda:ListVersionsByFunction")

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "put": ("lambda:PutFunctionEventInvokeConfig", READ, "lambda:GetFunctionConfiguration"),
    "update": ("lambda:UpdateFunctionEventInvokeConfig", READ),
    "get": (READ,),
    "list": ("lambda:ListFunctionEventInvokeConfigs",),
    "delete": ("lambda:DeleteFunctionEventInvokeConfig", READ),
    "functions": ("lambda:ListFunctions",),
    "audit": (*_LISTS, "lambda:ListFunctionEventInvokeConfigs", "ec2:DescribeRegions"),
    "form": (
        *("lambda:PutFunctionEventInvokeConfig", "lambda:DeleteFunctionEventInvokeConfig", READ),
        *("lambda:ListFunctionEventInvokeConfigs", "lambda:GetFunctionConfiguration", *_LISTS),
        *("sqs:ListQueues", "sns:ListTopics", "events:ListEventBuses", "s3:ListAllMyBuckets"),
    ),
    "use": ("sts:AssumeRole",),
    "whoami": ("iam:ListAccountAliases",),
    "config": (),
    "require": (),
    "sandbox": (),
    "help": (),
}
"""By command. `sts:GetCallerIdentity`, which tells the account, needs no permission."""

NOTES: Mapping[str, str] = {
    "put": "the read is for the line that says what was changed; the last one for `--dry-run` of a first config",
    "update": "the read is for the line that says what was changed, and for the destination that is kept",
    "delete": "the read is for what is returned",
    "audit": "aliases and versions for `--qualifiers all` and for what a qualifier runs; regions for `--regions all`",
    "form": "what may not be listed can be typed; `GetFunctionConfiguration` is for a qualifier without a config",
    "use": "for `--role-arn` alone",
    "whoami": "without it there is no alias",
}
"""What some of them are for."""


def policy() -> dict[str, object]:
    """One IAM policy with every action, to be cut down to the commands that are used.

    >>> policy()["Version"]
    '2012-10-17'
    """
    actions = sorted({action for actions in ACTIONS.values() for action in actions} - {"sts:AssumeRole"})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
