"""Opens an explorer: widgets in a kernel; elsewhere, the frame with lines to type.

Tested in tests/widgets/explorer/test_explorer.py.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython

from eicnb.errors import UsageError, shown
from eicnb.widgets.explorer.bar import Planning
from eicnb.widgets.explorer.explorer import Explorer, StaticExplorer


def explorer(frame: Any, planning: Planning) -> Explorer | StaticExplorer:
    """Open the explorer of a frame."""
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{shown(frame)} is not a frame", hint="pass an audit\neicnb.explore(eicnb.audit())")
    if getattr(get_ipython(), "kernel", None) is None:
        return StaticExplorer(frame)
    return Explorer(frame, planning)
