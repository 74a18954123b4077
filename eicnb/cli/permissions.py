"""The IAM actions that eicnb needs, command by command.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

from collections.abc import Mapping

from eicnb.model.verbs import Operation

_LISTS = (Operation.LIST_FUNCTIONS, Operation.LIST_ALIASES, Operation.LIST_VERSIONS)
_CHOICES = (Operation.LIST_QUEUES, Operation.LIST_TOPICS, Operation.LIST_BUSES, Operation.LIST_BUCKETS)

_EXISTENCE = (
    *(Operation.GET_QUEUE_URL, Operation.GET_TOPIC_ATTRIBUTES, Operation.DESCRIBE_BUS, Operation.HEAD_BUCKET),
    Operation.GET_CONFIGURATION,
)
"""The actions that check whether a destination exists."""

_NOTES = (*_EXISTENCE, Operation.SIMULATE)
"""The same, and those that check whether the function's role may deliver to it."""

_MISSING = (Operation.LIST, Operation.GET_CONFIGURATION, *_LISTS)
"""The actions that find out whether the function, the version or alias, or only the config is missing."""

_RECORDS = (
    *(Operation.GET_QUEUE_ATTRIBUTES, Operation.RECEIVE, Operation.CHANGE_VISIBILITY),
    *(Operation.LIST_OBJECTS, Operation.GET_OBJECT),
)
"""The actions that read queues, and those that read buckets."""

LAYERS: Mapping[str, tuple[Operation, ...]] = {
    "settings": (),
    "targets": (
        *(Operation.GET_QUEUE_ATTRIBUTES, Operation.GET_TOPIC_ATTRIBUTES, Operation.HEAD_BUCKET),
        *(Operation.GET_CONFIGURATION, Operation.LIST_RULES, Operation.DESCRIBE_BUS),
    ),
    "roles": (Operation.SIMULATE, Operation.DESCRIBE_KEY),
    "functions": (Operation.GET_FUNCTION, Operation.LIST_TAGS),
    "triggers": (Operation.GET_POLICY, Operation.LIST_EVENT_SOURCES),
    "metrics": (Operation.GET_METRIC_DATA,),
}
"""The operations of each layer of `check`, in the order in which they are read."""

_OPERATIONS: Mapping[str, tuple[Operation, ...]] = {
    "put": (Operation.PUT, Operation.GET, *_MISSING, *_NOTES),
    "update": (Operation.UPDATE, Operation.PUT, Operation.GET, *_MISSING, *_NOTES),
    "get": (Operation.GET, *_MISSING),
    "list": (Operation.LIST, Operation.LIST_FUNCTIONS),
    "delete": (Operation.DELETE, Operation.GET, *_MISSING),
    "functions": (Operation.LIST_FUNCTIONS,),
    "audit": (*_LISTS, Operation.LIST, Operation.GET_FUNCTION, Operation.DESCRIBE_REGIONS, Operation.LOOKUP_EVENTS),
    "check": tuple(operation for operations in LAYERS.values() for operation in operations),
    "losses": (Operation.GET_METRIC_DATA,),
    "records": (*_RECORDS, Operation.LIST_QUEUES, Operation.LIST_BUCKETS),
    "replay": (
        *(Operation.INVOKE, Operation.GET_FUNCTION, Operation.LIST, Operation.GET_QUEUE_ATTRIBUTES),
        *(Operation.RECEIVE, Operation.DELETE_MESSAGE, Operation.CHANGE_VISIBILITY, Operation.GET_OBJECT),
        *(Operation.LIST_OBJECTS, *_MISSING),
    ),
    "send": (Operation.INVOKE, Operation.GET_FUNCTION, *_RECORDS, *_MISSING),
    "plan": (Operation.LIST, Operation.GET_CONFIGURATION, *_EXISTENCE),
    "apply": (Operation.PUT, Operation.DELETE, Operation.GET, *_MISSING, Operation.SIMULATE),
    "form": (
        *(Operation.PUT, Operation.DELETE, Operation.GET, Operation.LIST, Operation.GET_CONFIGURATION),
        *_LISTS,
        *_CHOICES,
        Operation.SIMULATE,
    ),
    "explain": (Operation.GET, Operation.GET_CONFIGURATION, Operation.LIST_ALIASES, Operation.LIST),
    "use": (Operation.ASSUME_ROLE,),
    "whoami": (Operation.LIST_ACCOUNT_ALIASES,),
    "journal": (),
    "undo": (Operation.LIST, Operation.GET_CONFIGURATION, *_EXISTENCE),
    "config": (),
    "require": _EXISTENCE,
    "sandbox": (),
    "compare": (),
    "export": (),
    "explore": (),
    "history": (),
    "load": (),
    "picture": (),
    "save": (),
    "show": (),
    "help": (),
}

ACTIONS: Mapping[str, tuple[str, ...]] = {
    verb: tuple(dict.fromkeys(operation.action for operation in operations)) for verb, operations in _OPERATIONS.items()
}
"""The actions by command. `sts:GetCallerIdentity`, which returns the account, needs no permission."""

OPTION_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "--organization": tuple(
        operation.action
        for operation in (
            *(Operation.LIST_ACCOUNTS, Operation.LIST_ROOTS, Operation.LIST_UNITS_IN, Operation.LIST_ACCOUNTS_IN),
            Operation.ASSUME_ROLE,
        )
    ),
}
"""The actions that an option needs besides those of its command."""

NOTES: Mapping[str, str] = {
    "put": f"`{Operation.PUT}` alone suffices; the others are for the line, dry runs, notes and hints",
    "update": f"`{Operation.GET}` is for the line and the destination that is kept, `{Operation.PUT}` for `--create`; "
    "the others are for notes and hints",
    "get": f"`{Operation.GET}` alone suffices; the others find out what is missing",
    "list": f"`{Operation.LIST_FUNCTIONS}` suggests a name for a missing one",
    "delete": f"`{Operation.DELETE}` alone suffices; the others are for what is returned, and find out what is missing",
    "audit": f"`{Operation.GET_FUNCTION}` is for what a version or alias with a config runs; without it, and for "
    "`--qualifiers all`, versions and aliases are listed; regions for `--regions all`; "
    f"`{Operation.LOOKUP_EVENTS}` is for `--refresh` alone",
    "replay": f"`{Operation.DELETE_MESSAGE}` is not for `--keep`, `{Operation.LIST_OBJECTS}` is for `--canary` alone; "
    "the lookups suggest a name for a missing one",
    "send": f"`{Operation.INVOKE}` alone suffices; the others are for `--wait`, and find out what is missing",
    "records": f"queues need the first three, buckets the next two; `{Operation.LIST_QUEUES}` and "
    "`ListAllMyBuckets` suggest a name for a missing one",
    "plan": f"`{Operation.GET_CONFIGURATION}` finds out whether a version or alias without a config exists; "
    "the others are for notes about new destinations",
    "apply": "the first three suffice; the others find out what is missing or denied",
    "form": f"what may not be listed can be typed; `{Operation.GET_CONFIGURATION}` is for a qualifier without a config",
    "explain": f"`{Operation.GET}` alone suffices; what the others may not read is named",
    "use": "for `--role-arn` alone",
    "whoami": "without it there is no alias",
    "require": "for `--destination` alone",
    "--organization": f"besides those of the command; `{Operation.LIST_ACCOUNTS}` alone suffices without `--units`, "
    "and the role must be assumable in each account",
}
"""The purposes of some actions."""


def policy() -> dict[str, object]:
    """Return one IAM policy with every action, to be reduced to the commands in use.

    >>> policy()["Version"]
    '2012-10-17'
    """
    of_all = {action for actions in (*ACTIONS.values(), *OPTION_ACTIONS.values()) for action in actions}
    actions = sorted(of_all - {Operation.ASSUME_ROLE.action})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
