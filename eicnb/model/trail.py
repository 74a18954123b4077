"""CloudTrail's events about Lambda: their names, delay and retention.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
Tested in tests/fleet/test_refresh.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from eicnb.model.verbs import WRITES

DELAY: Final = timedelta(minutes=15)
"""How late an event may appear in the trail."""

RETENTION: Final = timedelta(days=90)
"""How long the trail keeps an event."""

MARGIN: Final = timedelta(minutes=15)
"""The allowance for clock differences: AWS refuses requests from a clock that is off by over 5 minutes."""

EVENTS_A_PAGE: Final = 50

SOURCE: Final = "lambda.amazonaws.com"
"""Lambda's event source. Other services have operations of the same names, such as CreateAlias of KMS."""

SUFFIXES: Final = ("", "20190925", "20190925v2")
"""The possible suffixes of the operations added in 2019. AWS does not document which one it uses."""


_OLDER = ("CreateAlias", "UpdateAlias", "DeleteAlias", "PublishVersion", "CreateFunction", "DeleteFunction")
_OLDER_SUFFIXES = ("", "20150331")

RECONFIGURING_EVENTS: Final = ("UpdateFunctionConfiguration", "UpdateFunctionConfiguration20150331v2")
"""The events that change what ListFunctions reports about a function."""

UNCERTAIN: Final = frozenset({"ServiceException", "InternalFailure", "InternalError", "ServiceUnavailable"})
"""The errors after which a call may have changed something. After any other error, nothing changed."""


def changing_events(suffix: str) -> tuple[str, ...]:
    """Return the names of the events that change configs, aliases or versions.

    `suffix` ends the names of the operations added in 2019. Events for what ListFunctions reports are left out.

    >>> changing_events("20190925")[0], changing_events("")[3:5]
    ('PutFunctionEventInvokeConfig20190925', ('CreateAlias', 'CreateAlias20150331'))
    """
    older = (f"{operation}{date}" for operation in _OLDER for date in _OLDER_SUFFIXES)
    return (*(f"{operation}{suffix}" for operation in WRITES), *older)
