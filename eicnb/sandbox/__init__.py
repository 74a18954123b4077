"""The embedded AWS: Lambda's event-invoke-config API on 127.0.0.1, seeded with a small web shop's account.

    eic = eicnb.sandbox()               # start one, connect to it and use it
    from eicnb.sandbox import Sandbox   # only start one, for any client
    with Sandbox() as aws:
        print(aws.url)

The import system binds a submodule as an attribute of its package, so as soon as anything imports
`eicnb.sandbox`, that name is this module and no longer a function of the same name. The module is therefore
callable itself: `eicnb.sandbox(…)` is `eicnb.use(eicnb.api.sandbox(…))`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eicnb.sandbox.server import Sandbox

__all__ = ["Sandbox"]


class _CallableModule(ModuleType):
    """A module that can be called like the function whose name it shares."""

    def __call__(self, **options: Any) -> Any:
        from eicnb import api, in_use

        return in_use.use(api.sandbox(**options))


def __getattr__(name: str) -> Any:
    if name == "Sandbox":
        from eicnb.sandbox.server import Sandbox

        return Sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


sys.modules[__name__].__class__ = _CallableModule
