"""The connection in use, which `%eic` and the module-level verbs act on."""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from inspect import signature
from itertools import count
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from eicnb.aws.connection import Connection
from eicnb.aws.session import PROFILE_VARIABLES, REGION_VARIABLES, known_profiles, known_regions
from eicnb.client import settings
from eicnb.client.connect import connect, start_sandbox
from eicnb.client.connections_argument import connections_of
from eicnb.client.current_connection import CURRENT_CONNECTION
from eicnb.client.docstrings import with_details_of
from eicnb.client.eic import Eic, connection_of
from eicnb.client.on_connections import audit_of, check_of
from eicnb.client.parameters import checked
from eicnb.client.require import Requirement
from eicnb.errors import ConfigurationError, UsageError, shown
from eicnb.fleet.progress import Choice
from eicnb.fleet.scope import Choose, Credentials, Errors, Qualifiers
from eicnb.frames.columns import CONNECTION_COLUMNS, SETTING_COLUMNS
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.destination import Destination, DestinationName
from eicnb.model.misspelling import likely_name
from eicnb.model.severity import Severity

if TYPE_CHECKING:
    from pandas import DataFrame


class _NamedConnections:
    """The connections by name, and the one in use: the chosen one, or boto3's default."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chosen: Eic | None = None
        self._default: Eic | None = None
        self._default_for: int | None = None
        self._named: dict[str, Eic] = {}

    @property
    def is_chosen(self) -> bool:
        return self._chosen is not None

    def choose(self, eic: Eic, name: str) -> None:
        with self._lock:
            self._chosen = eic
            self._named[name] = eic

    def named(self) -> dict[str, Eic]:
        with self._lock:
            return dict(self._named)

    def get(self) -> Eic:
        """Return the connection in use; the default is created again when AWS_* variables change."""
        with self._lock:
            if self._chosen is not None:
                return self._chosen
            chosen = settings.current()
            environment = frozenset(item for item in os.environ.items() if item[0].startswith("AWS_"))
            key = hash((environment, chosen.profile, chosen.region))
            if self._default is None or self._default_for != key:
                self._default, self._default_for = connect(chosen.profile, chosen.region), key
            return self._default


_in_use = _NamedConnections()


@checked
def use(connection: Eic | str, *, name: str | None = None) -> Eic:
    """Choose the connection that `%eic` and the module-level verbs use, and return it.

    >>> use(connect(region="eu-west-1"), name="europe")
    Eic(region='eu-west-1')
    >>> use("europe").region
    'eu-west-1'

    Each connection has a name, by which you can choose it again: `name`, or else its profile, `sandbox` or `default`,
    with the role appended. If another connection has that name, the region is appended too. A `name` that belongs to
    another connection is a UsageError.
    """
    if isinstance(connection, str):
        name, connection = connection, named(connection)
    if not isinstance(connection, Eic):
        raise UsageError(f"{connection!r} is not a connection", hint="eicnb.use(eicnb.connect(…))")
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise UsageError(f"the name of a connection is {shown(name)}, not text", hint="--as prod")
    check_region(connection)
    _in_use.choose(connection, _name_for(connection, name))
    return connection


def check_region(connection: Eic) -> None:
    """Reject a region that botocore does not know; a custom endpoint may have any region.

    >>> check_region(connect(region="eu-west-1"))
    """
    try:
        connection_of(connection).aws.check_region()
    except ConfigurationError:
        return  # the call itself reports unusable credentials or profiles, and names the account


@checked
def sandbox(
    *, region: str = "us-east-1", requests_per_second: float | None = None, event_speed: float | None = None
) -> Eic:
    """Start an AWS inside this process, on 127.0.0.1, and use it; needs no account and no network.

    >>> eic = sandbox()
    >>> current() is eic
    True
    >>> eic.server.stop()

    Each sandbox is a separate account with the functions of a small company, in us-east-1 and eu-west-1. It stops when
    the process exits, when `eic.server.stop()` is called, or when nothing refers to it. Requests faster than
    `requests_per_second` get a 429.

    Its functions run asynchronous events and succeed. `eic.server.fail("checkout")` makes one fail; with
    `how="timeout"` it times out, and with `how="throttle"` it is throttled. `eic.server.succeed("checkout")` reverts
    that. Time passes `event_speed` times as fast between the retries of an event. The default is 300, so five minutes
    take a second. With 0, only `eic.server.settle()` and `eic.server.advance(seconds)` let time pass. Needs the extra:
    `pip install 'eicnb[sandbox]'`.
    """
    return use(start_sandbox(region=region, requests_per_second=requests_per_second, event_speed=event_speed))


def _name_for(connection: Eic, name: str | None) -> str:
    """Return the name of a connection; refuse a given name that is taken, and extend a default one."""
    taken = _in_use.named()
    if name is None:
        return next(own for own in _default_names(connection) if _is_free(own, connection, taken))
    if not _is_free(name, connection, taken):
        raise UsageError(
            f"the name {name!r} belongs to another connection, {taken[name]!r}", hint=f"--as {name}-2", culprit=name
        )
    return name


def _default_names(connection: Eic) -> Iterator[str]:
    """Return the default names of a connection, the shortest first."""
    about = connection_of(connection).described()
    own = "sandbox" if connection.is_sandbox else connection.profile or "default"
    if about["role_arn"]:
        own = f"{own}/{about['role_arn'].rpartition('/')[2]}"
    yield own
    yield f"{own}/{about['region']}"
    yield from (f"{own}/{about['region']}-{number}" for number in count(2))


def _is_free(name: str, connection: Eic, taken: Mapping[str, Eic]) -> bool:
    """Return whether no other connection has this name; connections with equal options count as the same."""
    other = taken.get(name)
    if other is None or other is connection:
        return True
    return _identity(other) == _identity(connection)


def _identity(connection: Eic) -> tuple[Any, ...]:
    about = {**connection_of(connection).described(), "account_id": None, "account_name": None}
    aws = connection_of(connection).aws
    return about, connection_of(connection).options, aws.session if aws.is_of_own_session else None


def named(name: str) -> Eic:
    """Return the connection with a name."""
    known = _in_use.named()
    if name not in known:
        raise UsageError(f"there is no connection {name!r}", hint=_line_for_unknown(name, known), culprit=name)
    return known[name]


def _line_for_unknown(name: str, known: Iterable[str]) -> str:
    """Return the line to type instead of an unknown connection: it may be a profile or region."""
    if name in known_profiles():
        return f"%eic use --profile {shlex.quote(name)}"
    if name in known_regions():
        return f"%eic use --region {name}"
    similar = likely_name(name, known) or next(iter(known), None)
    return f"%eic use {shlex.quote(similar)}" if similar else "%eic use --profile NAME"


def current() -> Eic:
    """Return the connection that `%eic` and the module-level verbs use."""
    return _in_use.get()


CURRENT_CONNECTION.choose(lambda: connection_of(current()))


def connections_or_current(connections: Any) -> Sequence[Connection]:
    """Return the connections of the `Eic` objects that a verb is given; for None, the one in use."""
    return [connection_of(current())] if connections is None else connections_of(connections)


def is_chosen() -> bool:
    """Return whether a connection was chosen with `use`; otherwise boto3's default chain decides."""
    return _in_use.is_chosen


def connections() -> Frame:
    """List the connections that were used so far, one row each, and show which one is in use.

    >>> _ = use(connect(region="eu-west-1"), name="europe")
    >>> connections().set_index("name").region["europe"]
    'eu-west-1'
    """
    chosen = current()
    named = _in_use.named() or {"default": chosen}
    rows = [{"name": name, "in_use": eic is chosen, **connection_of(eic).described()} for name, eic in named.items()]
    return to_frame(rows, CONNECTION_COLUMNS, {"verb": "use", "scope": "the connections of this notebook"})


def config() -> Frame:
    """List every setting with its value and where the value comes from; sends no request.

    >>> config().set_index("setting").source["max_rows"]
    'default'

    An option of a command overrides the connection chosen with `use`. That overrides `%config EicMagics` and
    `eicnb.settings.choose`, which override the environment, the AWS config files and the defaults.
    """
    chosen, eic = settings.current(), connection_of(current()).described()
    rows = []
    for name in settings.MEANINGS:
        value: Any = getattr(chosen, name)
        source: str = _SOURCES[settings.source(name)]
        if name in {"region", "profile"} and (source == "default" or is_chosen()):
            value = eic[name]
            source = "use" if is_chosen() else "default" if value is None else _origin(name)
        in_text = ", ".join(value) if isinstance(value, tuple) else value
        rows.append(
            {
                "setting": name,
                "value": None if in_text in {None, ""} else str(in_text),
                "source": _SOURCES.get(source, source),
            }
        )
    return to_frame(rows, SETTING_COLUMNS, {"verb": "config", "scope": "the settings of this notebook"})


_SOURCES = {"chosen": "%config", "environment": "environment", "default": "default"}


def _origin(name: str) -> str:
    """Return whether the environment or the AWS config file sets a region or profile."""
    variables = REGION_VARIABLES if name == "region" else PROFILE_VARIABLES
    return next((f"environment, {variable}" for variable in variables if os.environ.get(variable)), "AWS config file")


@checked
def require(
    *,
    account: str | None = None,
    region: str | None = None,
    sandbox: bool | None = None,
    destination: str | Destination | DestinationName | None = None,
) -> Eic:
    """Return the connection in use, or raise ConfigurationError if it is not the required one.

    >>> require(region=eic.region, sandbox=True) is eic
    True

    `sandbox=True` requires the embedded AWS, and `sandbox=False` the real one. `destination` must exist
    (`"sqs:lost-events"` or an ARN). The account is requested from STS each time.
    """
    eic = current()
    wanted = Requirement(account=account, region=region, sandbox=sandbox, destination=destination)
    wanted.check(connection_of(eic))
    return eic


P = ParamSpec("P")
R = TypeVar("R")


def _of_current(method: Callable[Concatenate[Eic, P], R]) -> Callable[P, R]:
    """Return a verb of `Eic` as a function, with the same signature and documentation."""

    @wraps(method)
    def verb(*args: P.args, **kwargs: P.kwargs) -> R:
        return method(current(), *args, **kwargs)

    own = signature(method)
    without_self = own.replace(parameters=tuple(own.parameters.values())[1:])
    verb.__signature__ = without_self  # type: ignore[attr-defined] # `inspect` and `help` read it
    verb.__module__, verb.__qualname__ = __name__, method.__name__
    return verb


put = _of_current(Eic.put)
update = _of_current(Eic.update)
get = _of_current(Eic.get)
list = _of_current(Eic.list)  # noqa: A001 # AWS's verb and the contract's name; nothing here needs the builtin
delete = _of_current(Eic.delete)
functions = _of_current(Eic.functions)
whoami = _of_current(Eic.whoami)
form = _of_current(Eic.form)
explain = _of_current(Eic.explain)
send = _of_current(Eic.send)
destination_form = _of_current(Eic.destination_form)


@with_details_of(Eic.audit)
@checked
def audit(
    *,
    connections: Iterable[Eic] | None = None,
    regions: str | Sequence[str] | None = None,
    functions: str | Sequence[str] | Choose | None = None,
    qualifiers: Qualifiers = "configured",
    rate: float | None = None,
    progress: Choice = True,
    errors: Errors = "raise",
    resume: Frame | BaseException | None = None,
    client: Any = None,
    folder: str | os.PathLike[str] | None = None,
    credentials: Credentials = "workers",
) -> Frame:
    """Read the settings of every function in one or more accounts. What cannot be read is a row too.

    >>> audit(connections=[eic.derive(region="us-east-1"), eic.derive(region="eu-west-1")]).region.nunique()
    2

    `connections` are the accounts to read, each account and region once; the default is the connection in use.
    `regions` apply to all of them.

    With `folder`, the rows of each account and region are written to a Parquet file there, `ACCOUNT.REGION.parquet`,
    and the result is a summary of the files (`eicnb.fleet.parts.columns.SUMMARY_COLUMNS`). If the audit is incomplete,
    the same call reads only what is missing.

    With `client`, a `dask.distributed.Client`, the workers of a Dask cluster read whole accounts and regions. They use
    their own credentials for the same profile and roles; a worker without the profile assumes the role from its own
    identity. With `credentials="send"`, they get the connections' credentials, which must be short-lived, over TLS.

    The other parameters are those of `Eic.audit`.
    """
    return audit_of(
        connections_or_current(connections),
        regions=regions,
        functions=functions,
        qualifiers=qualifiers,
        rate=rate,
        progress=progress,
        errors=errors,
        resume=resume,
        client=client,
        folder=folder,
        credentials=credentials,
    )


@with_details_of(Eic.check)
@checked
def check(
    audit: DataFrame,
    *,
    look: str | Sequence[str] = "settings",
    checks: str | Sequence[str] | None = None,
    rules: DataFrame | str | os.PathLike[str] | None = None,
    mute: DataFrame | str | os.PathLike[str] | None = None,
    fail_on: Severity | None = None,
    rate: float | None = None,
    progress: Choice = True,
    connections: Iterable[Eic] | None = None,
) -> Frame:
    """Check an audit of one or more accounts and return its findings, the most severe first.

    >>> rows = eic.audit(functions=["thumbnails", "newsletters"], errors="rows")
    >>> dict(check(rows)[["check", "function_name"]].values.tolist())["nowhere-to-go"]
    'newsletters'

    Layers beyond the settings need `connections` to each account of the audit; the default is the connection in use.
    The other parameters are those of `Eic.check`.
    """
    return check_of(
        audit,
        connections_or_current(connections),
        look=look,
        checks=checks,
        rules=rules,
        mute=mute,
        fail_on=fail_on,
        rate=rate,
        progress=progress,
    )
