"""Notes about columns that a plan ignores although their names are almost those of settings.

Tested in tests/changes/test_desired.py.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from eicnb.frames.columns import CONFIG_COLUMNS, SETTING_NAMES

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "maximum_retry_attempts": ("retries", "maxretries", "maximumretries", "retryattempts", "maxretryattempts"),
    "maximum_event_age_in_seconds": ("maxage", "maximumage", "eventage", "maxeventage", "maximumeventage"),
    "on_failure": ("onfailurearn", "onfailuredestination", "failuredestination"),
    "on_success": ("onsuccessarn", "onsuccessdestination", "successdestination"),
}
"""Other names of the settings, in lower case and reduced to letters."""

_OWN = frozenset(column.name for column in CONFIG_COLUMNS)

_SETTINGS = {name: setting for setting in SETTING_NAMES for name in (setting.replace("_", ""), *_OTHER_NAMES[setting])}

_ALIKE = 0.9


def settings_meant_by(columns: Iterable[object]) -> dict[str, str]:
    """Return the columns whose names resemble a setting's, each with that setting.

    >>> settings_meant_by(["retries", "MaximumEventAgeInSeconds", "on_failure", "effective_retry_attempts", "team"])
    {'retries': 'maximum_retry_attempts', 'MaximumEventAgeInSeconds': 'maximum_event_age_in_seconds'}
    """
    found: dict[str, str] = {}
    for column in map(str, columns):
        word = re.sub("[^a-z]", "", column.lower())
        if column in _OWN or word.startswith(("effective", "before", "after")):
            continue
        if close := difflib.get_close_matches(word, _SETTINGS, n=1, cutoff=_ALIKE):
            found[column] = _SETTINGS[close[0]]
    return found


def ignored_notes(columns: Iterable[object]) -> tuple[str, ...]:
    """Return a line for each column whose name resembles a setting's.

    >>> ignored_notes(["retries"])
    ('Note: the column retries is ignored; the setting is maximum_retry_attempts.',)
    """
    meant = settings_meant_by(columns)
    return tuple(f"Note: the column {column} is ignored; the setting is {name}." for column, name in meant.items())
