"""AWS Lambda's asynchronous-invocation settings in the notebook.

>>> import eicnb
>>> eic = eicnb.sandbox()
>>> eicnb.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
[0]
>>> eic.server.stop()

`%load_ext eicnb` brings the same verbs as `%eic` and `%%eic`. Importing this package loads none of its parts: each
name is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eicnb.api import connect as connect
    from eicnb.api import sandbox as sandbox
    from eicnb.arn import DestinationArn as DestinationArn
    from eicnb.arn import DestinationName as DestinationName
    from eicnb.arn import FunctionRef as FunctionRef
    from eicnb.eic import Eic as Eic
    from eicnb.errors import AccessDenied as AccessDenied
    from eicnb.errors import AuditInterrupted as AuditInterrupted
    from eicnb.errors import AwsError as AwsError
    from eicnb.errors import ConfigurationError as ConfigurationError
    from eicnb.errors import EicError as EicError
    from eicnb.errors import ExpiredCredentials as ExpiredCredentials
    from eicnb.errors import IncompleteAudit as IncompleteAudit
    from eicnb.errors import NotFound as NotFound
    from eicnb.errors import Throttled as Throttled
    from eicnb.errors import UsageError as UsageError
    from eicnb.fleet.progress import Progress as Progress
    from eicnb.in_use import audit as audit
    from eicnb.in_use import config as config
    from eicnb.in_use import connections as connections
    from eicnb.in_use import current as current
    from eicnb.in_use import delete as delete
    from eicnb.in_use import destination_form as destination_form
    from eicnb.in_use import form as form
    from eicnb.in_use import functions as functions
    from eicnb.in_use import get as get
    from eicnb.in_use import list as list  # noqa: A004 # AWS's verb and the contract's name
    from eicnb.in_use import put as put
    from eicnb.in_use import require as require
    from eicnb.in_use import update as update
    from eicnb.in_use import use as use
    from eicnb.in_use import whoami as whoami
    from eicnb.model import DestinationConfig as DestinationConfig
    from eicnb.model import EventInvokeConfig as EventInvokeConfig
    from eicnb.model import NoDestination as NoDestination
    from eicnb.script import commands_for as commands_for
    from eicnb.script import run as run
else:
    from eicnb import sandbox

__version__ = "0.1.0"

_HOME = {
    "AccessDenied": "errors",
    "AuditInterrupted": "errors",
    "AwsError": "errors",
    "ConfigurationError": "errors",
    "DestinationArn": "arn",
    "DestinationConfig": "model",
    "DestinationName": "arn",
    "Eic": "eic",
    "EicError": "errors",
    "EventInvokeConfig": "model",
    "ExpiredCredentials": "errors",
    "FunctionRef": "arn",
    "IncompleteAudit": "errors",
    "NoDestination": "model",
    "NotFound": "errors",
    "Progress": "fleet.progress",
    "Throttled": "errors",
    "UsageError": "errors",
    "audit": "in_use",
    "commands_for": "script",
    "config": "in_use",
    "connect": "api",
    "connections": "in_use",
    "current": "in_use",
    "delete": "in_use",
    "destination_form": "in_use",
    "form": "in_use",
    "functions": "in_use",
    "get": "in_use",
    "list": "in_use",
    "put": "in_use",
    "require": "in_use",
    "run": "script",
    "update": "in_use",
    "use": "in_use",
    "whoami": "in_use",
}

__all__ = [
    "AccessDenied",
    "AuditInterrupted",
    "AwsError",
    "ConfigurationError",
    "DestinationArn",
    "DestinationConfig",
    "DestinationName",
    "Eic",
    "EicError",
    "EventInvokeConfig",
    "ExpiredCredentials",
    "FunctionRef",
    "IncompleteAudit",
    "NoDestination",
    "NotFound",
    "Progress",
    "Throttled",
    "UsageError",
    "audit",
    "commands_for",
    "config",
    "connect",
    "connections",
    "current",
    "delete",
    "destination_form",
    "form",
    "functions",
    "get",
    "list",
    "put",
    "require",
    "run",
    "sandbox",
    "update",
    "use",
    "whoami",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> Any:
    return __all__


def load_ipython_extension(ipython: Any) -> None:
    """Register `%eic`, `%%eic` and their completion; IPython calls it for `%load_ext eicnb`."""
    from eicnb import aws, commands, settings
    from eicnb.notebook import completer, displays, magics

    settings.current()
    magics.register(ipython)
    displays.register(ipython)
    completer.register(ipython, profiles=aws.known_profiles, regions=aws.known_regions, options=commands.newer_options)


def unload_ipython_extension(ipython: Any) -> None:
    """Remove `%eic`, `%%eic` and their completion again."""
    from eicnb.notebook import completer, displays, magics

    completer.unregister(ipython)
    displays.unregister(ipython)
    magics.unregister(ipython)
