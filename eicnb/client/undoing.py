"""The verbs `journal` and `undo`.

Tested in tests/changes/test_journal_frame.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from eicnb.changes.journal import read
from eicnb.changes.journal_frame import journal_frame
from eicnb.client.parameters import checked
from eicnb.errors import UsageError, shown
from eicnb.frames.frame import Frame
from eicnb.model.moment import read_moment


@checked
def journal(
    *,
    since: str | datetime | timedelta | None = None,
    until: str | datetime | timedelta | None = None,
    run: str | None = None,
) -> Frame:
    """Return every write that eicnb made as this user, the newest first, across days and notebooks.

    >>> _ = eic.update("my-function:BLUE", maximum_retry_attempts=1)
    >>> journal(since="1h")[["verb", "change", "outcome"]].values.tolist()
    [['update', 'retries 0 -> 1', 'applied']]

    `since` and `until` are how long ago (`"7d"`, `"12h"`) or times, in UTC unless they have a zone. `run` is the id
    that the writes of one command, cell or plan have in common. The outcome is `unknown` if the request is in flight,
    its process was killed or its response was lost. `by` is the caller if a request had shown it.
    """
    now, found = datetime.now(UTC), read()
    since_then = None if since is None else read_moment(since, "since", now)
    until_then = None if until is None else read_moment(until, "until", now)
    if run is not None and not isinstance(run, str):
        with UsageError.about("run"):
            raise UsageError(f"run is {shown(run)}, not the id of a run", hint="%eic journal")
    entries = [
        entry
        for entry in found.entries
        if (since_then is None or entry.time >= since_then)
        and (until_then is None or entry.time < until_then)
        and (run is None or entry.run == run)
    ]
    return journal_frame(replace(found, entries=tuple(entries)))
