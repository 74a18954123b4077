"""The settings under their public name: `eicnb.settings.choose(rate=14)`.

Tested in tests/client/test_settings.py.
"""

from __future__ import annotations

from eicnb.client.settings import MEANINGS, VARIABLES, Settings, check, choose, current, source

__all__ = ["MEANINGS", "VARIABLES", "Settings", "check", "choose", "current", "source"]


def __dir__() -> list[str]:
    return __all__
