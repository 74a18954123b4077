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
"""The actions that check whether a destination exists and whether the function's role may deliver to it."""

_MISSING = (Operation.LIST, Operation.GET_CONFIGURATION, *_LISTS)
"""The actions that determine whether the function, the version or alias, or only the config is missing."""

_RECORDS = (
    *(Operation.GET_QUEUE_ATTRIBUTES, Operation.RECEIVE, Operation.CHANGE_VISIBILITY),
    *(Operation.LIST_OBJECTS, Operation.GET_OBJECT),
)
"""The actions that read queues, then the actions that read buckets."""

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
"""The operations of each layer of `check`, in the order in which the layers are read."""

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
"""The actions by command. `sts:GetCallerIdentity`, which identifies the account, needs no permission."""

OPTION_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "--organization": tuple(
        operation.action
        for operation in (
            *(Operation.LIST_ACCOUNTS, Operation.LIST_ROOTS, Operation.LIST_UNITS_IN, Operation.LIST_ACCOUNTS_IN),
            Operation.ASSUME_ROLE,
        )
    ),
}
"""The actions that an option needs in addition to those of its command."""

NOTES: Mapping[str, str] = {
    "put": f"`{Operation.PUT}` is enough; the others are for the result line, dry runs, notes and hints",
    "update": f"`{Operation.GET}` is for the result line and for the destination that stays, `{Operation.PUT}` for "
    "`--create`; the others are for notes and hints",
    "get": f"`{Operation.GET}` is enough; the others determine what is missing",
    "list": f"`{Operation.LIST_FUNCTIONS}` is for suggesting a similar name if a function is missing",
    "delete": f"`{Operation.DELETE}` is enough; the others read the config to return, or determine what is missing",
    "audit": f"`{Operation.GET_FUNCTION}` reads the code that a version or alias with a config runs; without it, and "
    "for `--qualifiers all`, versions and aliases are listed; regions are listed for `--regions all`; "
    f"`{Operation.LOOKUP_EVENTS}` is only for `--refresh`",
    "replay": f"`{Operation.DELETE_MESSAGE}` is not needed with `--keep`; `{Operation.LIST_OBJECTS.action}` is only "
    "for `--canary`; the lookups are for suggesting a similar name if a function is missing",
    "send": f"`{Operation.INVOKE.action}` is enough; the others are for `--wait`, or determine what is missing",
    "records": f"queues need the first three, buckets the next two; `{Operation.LIST_QUEUES}` and "
    "`ListAllMyBuckets` are for suggesting a similar name if a queue or bucket is missing",
    "plan": f"`{Operation.GET_CONFIGURATION}` determines whether a version or alias without a config exists; "
    "the others are for notes about new destinations",
    "apply": "the first three are enough; the others determine what is missing or denied",
    "form": f"names that cannot be listed can be typed; `{Operation.GET_CONFIGURATION}` is for a qualifier without a "
    "config",
    "explain": f"`{Operation.GET}` is enough; the explanation names what could not be read",
    "use": "only for `--role-arn`",
    "whoami": "without it, the account alias is missing",
    "require": "only for `--destination`",
    "--organization": f"in addition to those of the command; `{Operation.LIST_ACCOUNTS}` is enough without `--units`; "
    "the caller must be able to assume the role in each account",
}
"""Notes that explain what some of the actions are for."""


def policy() -> dict[str, object]:
    """Return an IAM policy with every action, to cut down to the commands in use.

    >>> policy()["Version"]
    '2012-10-17'
    """
    of_all = {action for actions in (*ACTIONS.values(), *OPTION_ACTIONS.values()) for action in actions}
    actions = sorted(of_all - {Operation.ASSUME_ROLE.action})
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
