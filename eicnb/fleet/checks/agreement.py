"""The fixes of one row, made to agree: none undoes the fix of a more severe finding.

The rule: the fixes of a row are taken in the order of the frame, the most severe finding first. A line that removes,
or sets to another value, what a line before it sets or relies on is withheld, and words say which fix comes first.
Muted findings come last, since their lines are not run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eicnb.fleet.checks.finding import Fix

_OPTIONS = dict.fromkeys(("--retries", "--max-age", "--on-failure", "--on-success")).keys()
_REMOVED, _NONE = "removed", "none"


class Agreement:
    """What the fixes of one row set up to now, and by which check."""

    def __init__(self) -> None:
        self._chosen: dict[str, tuple[str, str]] = {}

    def admit(self, check: str, fix: Fix) -> Fix:
        """Return a fix as it is, or in words if its line contradicts one before it.

        >>> agreement = Agreement()
        >>> agreement.admit("loop", Fix("%eic update f --retries 0", "eic", sets=(("--retries", "0"),))).kind
        'eic'
        >>> agreement.admit("says-nothing", Fix("%eic delete f", "eic", replaces=True)).text
        'first the fix of loop, which this one would undo; then check again'
        """
        sets = dict(fix.sets)
        is_delete = fix.replaces and not sets.keys() & _OPTIONS
        whole = {**dict.fromkeys(_OPTIONS, _REMOVED if is_delete else _NONE), **sets}
        before = self._contradicted(whole if fix.replaces else sets)
        if before is not None:
            return Fix(f"first the fix of {before}, which this one would undo; then check again")
        self._chosen |= {option: (value, check) for option, value in (whole if is_delete else sets).items()}
        return fix

    def _contradicted(self, sets: Mapping[str, str]) -> str | None:
        """Return the check whose fix set one of these to another value."""
        chosen = self._chosen
        undone: Iterable[str] = (
            chosen[option][1] for option, value in sets.items() if chosen.get(option, (value,))[0] != value
        )
        return next(iter(undone), None)
