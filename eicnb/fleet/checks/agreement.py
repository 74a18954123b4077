"""Conflicts between the fixes of one row: no fix may undo that of a more severe finding.

The fixes of a row are admitted in the order of the frame, the most severe finding first. If a line removes or changes
a setting that an earlier line sets or relies on, a sentence that names the earlier fix replaces the line. Muted
findings come last, since their lines are not run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eicnb.fleet.checks.finding import Fix

_OPTIONS = dict.fromkeys(("--retries", "--max-age", "--on-failure", "--on-success")).keys()
_REMOVED, _NONE = "removed", "none"


class Agreement:
    """The settings that the fixes of one row have chosen so far, and the check behind each."""

    def __init__(self) -> None:
        self._chosen: dict[str, tuple[str, str]] = {}

    def admit(self, check: str, fix: Fix) -> Fix:
        """Return the fix unchanged, or as a sentence if its line conflicts with an earlier one.

        >>> agreement = Agreement()
        >>> agreement.admit("loop", Fix("%eic update f --retries 0", "eic", sets=(("--retries", "0"),))).kind
        'eic'
        >>> agreement.admit("says-nothing", Fix("%eic delete f", "eic", replaces=True)).text
        'apply the fix of loop first, since this one would undo it; then check again'
        """
        sets = dict(fix.sets)
        is_delete = fix.replaces and not sets.keys() & _OPTIONS
        whole = {**dict.fromkeys(_OPTIONS, _REMOVED if is_delete else _NONE), **sets}
        earlier = self._conflicting_check(whole if fix.replaces else sets)
        if earlier is not None:
            return Fix(f"apply the fix of {earlier} first, since this one would undo it; then check again")
        self._chosen |= {option: (value, check) for option, value in (whole if is_delete else sets).items()}
        return fix

    def _conflicting_check(self, sets: Mapping[str, str]) -> str | None:
        """Return the check whose fix set one of these options to another value."""
        chosen = self._chosen
        undone: Iterable[str] = (
            chosen[option][1] for option, value in sets.items() if chosen.get(option, (value,))[0] != value
        )
        return next(iter(undone), None)
