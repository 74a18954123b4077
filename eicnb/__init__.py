"""AWS Lambda's asynchronous-invocation settings in the notebook.

>>> import eicnb
>>> eic = eicnb.sandbox()
>>> eicnb.put("my-function", maximum_retry_attempts=0).maximum_retry_attempts.tolist()
[0]
>>> eic.server.stop()

`%load_ext eicnb` adds the same verbs as `%eic` and `%%eic`. Importing this package loads none of its modules; each name
is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eicnb.changes.plan import Plan as Plan
    from eicnb.client.connect import connect as connect
    from eicnb.client.connections import audit as audit
    from eicnb.client.connections import check as check
    from eicnb.client.connections import config as config
    from eicnb.client.connections import connections as connections
    from eicnb.client.connections import current as current
    from eicnb.client.connections import delete as delete
    from eicnb.client.connections import destination_form as destination_form
    from eicnb.client.connections import explain as explain
    from eicnb.client.connections import form as form
    from eicnb.client.connections import functions as functions
    from eicnb.client.connections import get as get
    from eicnb.client.connections import list as list  # noqa: A004 # AWS's verb and the contract's name
    from eicnb.client.connections import put as put
    from eicnb.client.connections import require as require
    from eicnb.client.connections import sandbox as sandbox
    from eicnb.client.connections import send as send
    from eicnb.client.connections import update as update
    from eicnb.client.connections import use as use
    from eicnb.client.connections import whoami as whoami
    from eicnb.client.eic import Eic as Eic
    from eicnb.client.explanation import Explanation as Explanation
    from eicnb.client.explore import explore as explore
    from eicnb.client.journal import journal as journal
    from eicnb.client.losses import losses as losses
    from eicnb.client.offline import commands_for as commands_for
    from eicnb.client.offline import compare as compare
    from eicnb.client.offline import export as export
    from eicnb.client.organization import organization as organization
    from eicnb.client.pictures import picture as picture
    from eicnb.client.plans import apply as apply
    from eicnb.client.plans import plan as plan
    from eicnb.client.plans import undo as undo
    from eicnb.client.records import records as records
    from eicnb.client.records import replay as replay
    from eicnb.client.refresh import refresh as refresh
    from eicnb.client.script import run as run
    from eicnb.client.show import show as show
    from eicnb.client.snapshots import history as history
    from eicnb.client.snapshots import load as load
    from eicnb.client.snapshots import save as save
    from eicnb.errors import AccessDenied as AccessDenied
    from eicnb.errors import ApplyInterrupted as ApplyInterrupted
    from eicnb.errors import AuditInterrupted as AuditInterrupted
    from eicnb.errors import AwsError as AwsError
    from eicnb.errors import ChecksFailed as ChecksFailed
    from eicnb.errors import ConfigurationError as ConfigurationError
    from eicnb.errors import EicError as EicError
    from eicnb.errors import ExpiredCredentials as ExpiredCredentials
    from eicnb.errors import IncompleteApply as IncompleteApply
    from eicnb.errors import IncompleteAudit as IncompleteAudit
    from eicnb.errors import IncompleteReplay as IncompleteReplay
    from eicnb.errors import NotFound as NotFound
    from eicnb.errors import ReplayInterrupted as ReplayInterrupted
    from eicnb.errors import Throttled as Throttled
    from eicnb.errors import UsageError as UsageError
    from eicnb.fleet.progress import Progress as Progress
    from eicnb.model.config import DestinationConfig as DestinationConfig
    from eicnb.model.config import EventInvokeConfig as EventInvokeConfig
    from eicnb.model.destination import DestinationArn as DestinationArn
    from eicnb.model.destination import DestinationName as DestinationName
    from eicnb.model.destination import NoDestination as NoDestination
    from eicnb.model.function import FunctionRef as FunctionRef

__version__ = "0.1.0"

_HOME = {
    "AccessDenied": "errors",
    "ApplyInterrupted": "errors",
    "AuditInterrupted": "errors",
    "AwsError": "errors",
    "ChecksFailed": "errors",
    "ConfigurationError": "errors",
    "DestinationArn": "model.destination",
    "DestinationConfig": "model.config",
    "DestinationName": "model.destination",
    "Eic": "client.eic",
    "EicError": "errors",
    "EventInvokeConfig": "model.config",
    "ExpiredCredentials": "errors",
    "Explanation": "client.explanation",
    "FunctionRef": "model.function",
    "IncompleteApply": "errors",
    "IncompleteAudit": "errors",
    "IncompleteReplay": "errors",
    "NoDestination": "model.destination",
    "NotFound": "errors",
    "Plan": "client.plans",
    "Progress": "fleet.progress",
    "ReplayInterrupted": "errors",
    "Throttled": "errors",
    "UsageError": "errors",
    "apply": "client.plans",
    "audit": "client.connections",
    "check": "client.connections",
    "commands_for": "client.offline",
    "compare": "client.offline",
    "config": "client.connections",
    "connect": "client.connections",
    "connections": "client.connections",
    "current": "client.connections",
    "delete": "client.connections",
    "destination_form": "client.connections",
    "explore": "client.explore",
    "explain": "client.connections",
    "export": "client.offline",
    "form": "client.connections",
    "functions": "client.connections",
    "get": "client.connections",
    "history": "client.snapshots",
    "journal": "client.journal",
    "list": "client.connections",
    "load": "client.snapshots",
    "losses": "client.losses",
    "organization": "client.organization",
    "picture": "client.pictures",
    "plan": "client.plans",
    "put": "client.connections",
    "records": "client.records",
    "refresh": "client.refresh",
    "replay": "client.records",
    "require": "client.connections",
    "run": "client.script",
    "sandbox": "client.connections",
    "save": "client.snapshots",
    "send": "client.connections",
    "show": "client.show",
    "undo": "client.plans",
    "update": "client.connections",
    "use": "client.connections",
    "whoami": "client.connections",
}

__all__ = [
    "AccessDenied",
    "ApplyInterrupted",
    "AuditInterrupted",
    "AwsError",
    "ChecksFailed",
    "ConfigurationError",
    "DestinationArn",
    "DestinationConfig",
    "DestinationName",
    "Eic",
    "EicError",
    "EventInvokeConfig",
    "ExpiredCredentials",
    "Explanation",
    "FunctionRef",
    "IncompleteApply",
    "IncompleteAudit",
    "IncompleteReplay",
    "NoDestination",
    "NotFound",
    "Plan",
    "Progress",
    "ReplayInterrupted",
    "Throttled",
    "UsageError",
    "apply",
    "audit",
    "check",
    "commands_for",
    "compare",
    "config",
    "connect",
    "connections",
    "current",
    "delete",
    "destination_form",
    "explain",
    "explore",
    "export",
    "form",
    "functions",
    "get",
    "history",
    "journal",
    "list",
    "load",
    "losses",
    "organization",
    "picture",
    "plan",
    "put",
    "records",
    "refresh",
    "replay",
    "require",
    "run",
    "sandbox",
    "save",
    "send",
    "show",
    "undo",
    "update",
    "use",
    "whoami",
]


def __getattr__(name: str) -> Any:
    if name == "settings":
        return importlib.import_module(".settings", __name__)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> Any:
    return __all__


def load_ipython_extension(ipython: Any) -> None:
    """Register `%eic`, `%%eic` and their completion; IPython calls this for `%load_ext eicnb`."""
    from eicnb.aws import session
    from eicnb.client import commands, settings
    from eicnb.notebook import completion, magics, masked_display

    settings.current()
    magics.register(ipython)
    masked_display.register(ipython)
    completion.register(
        ipython, profiles=session.known_profiles, regions=session.known_regions, options=commands.newer_options
    )


def unload_ipython_extension(ipython: Any) -> None:
    """Remove `%eic`, `%%eic` and their completion; IPython calls this for `%unload_ext eicnb`."""
    from eicnb.notebook import completion, magics, masked_display

    completion.unregister(ipython)
    masked_display.unregister(ipython)
    magics.unregister(ipython)
