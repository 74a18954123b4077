"""A real IPython shell for each test, without leftover widgets, and a count of writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ipywidgets import Widget

import eicnb
from tests.shell import bare_notebook, notebook, sent

__all__ = ["bare_notebook", "notebook", "sent"]

PUT = "PutFunctionEventInvokeConfig"


@pytest.fixture(autouse=True)
def no_widgets_left() -> Iterator[None]:
    yield
    Widget.close_all()


@pytest.fixture
def writes(eic: eicnb.Eic) -> Callable[[], int]:
    def count() -> int:
        assert eic.server is not None
        return sum(request.operation == PUT for request in eic.server.requests())

    return count
