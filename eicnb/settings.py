"""The settings under the name that users know: `eicnb.settings.choose(rate=14)`.

Tested in tests/client/test_settings.py.
"""

from __future__ import annotations

import sys

from eicnb.client import settings

sys.modules[__name__] = settings
