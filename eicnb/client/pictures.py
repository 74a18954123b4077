"""Pictures of frames.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eicnb.client.parameters import checked
from eicnb.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@checked
def picture(frame: Any, kind: str | None = None, *, findings: Any = None) -> Figure:
    """Draw a frame as a matplotlib figure, which you can change and save like any other.

    >>> audit = eic.audit(progress=False)
    >>> figure = picture(audit, "destinations")
    >>> figure.alternative_text.partition("(")[0]  # doctest: +ELLIPSIS
    '... functions lose failed events '

    `kind` is `"destinations"` (where failed events go), `"settings"` (retries and ages by region), `"losses"` (over
    time and by function) or `"findings"` (by check and severity). By default it follows from the verb that returned the
    frame. With the `findings` of a check, destinations that do not exist are marked. `alternative_text` describes the
    figure for screen readers, and a notebook includes it. An unknown kind, or a frame without its columns, is a
    UsageError. Needs the extra: `pip install 'eicnb[plots]'`.
    """
    try:
        from eicnb.widgets.pictures.of_frames import picture_of
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ConfigurationError("pictures need matplotlib", hint="pip install 'eicnb[plots]'") from error
    return picture_of(frame, kind, findings)
