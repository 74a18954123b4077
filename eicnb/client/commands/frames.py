"""The commands that use frames of the notebook and send nothing.

Tested in tests/notebook/test_frames.py and tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eicnb.cli.command import Command
from eicnb.client.commands.context import Context, Run
from eicnb.client.explore import explore
from eicnb.client.offline import compare, export
from eicnb.client.pictures import picture
from eicnb.client.show import displayed
from eicnb.redaction import masks


class ExportedText(str):
    """Text that notebooks and terminals display without quotes.

    >>> ExportedText("put my-function --retries 0")
    put my-function --retries 0
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return masks.printed(str(self))

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 # IPython's protocol
        printer.text(repr(self).rstrip("\n"))


def prepare_compare(command: Command, _context: Context) -> Run:
    """Prepare to compare two frames."""
    return partial(_pointing, command, compare)


def prepare_export(command: Command, _context: Context) -> Run:
    """Prepare to export a frame as text."""
    return lambda: ExportedText(_pointing(command, export))


def prepare_explore(command: Command, _context: Context) -> Run:
    """Prepare the explorer of a frame; it plans and applies its changes itself."""
    return partial(_pointing, command, explore)


def prepare_picture(command: Command, _context: Context) -> Run:
    """Prepare the picture of a frame."""
    return partial(_pointing, command, picture)


def prepare_show(command: Command, _context: Context) -> Run:
    """Prepare the display of a frame."""
    return partial(_pointing, command, displayed)


def _pointing(command: Command, function: Callable[..., Any]) -> Any:
    """Call a function with a command's arguments; its error points at the word that caused it."""
    with command.blamed():
        return function(**command.arguments)
