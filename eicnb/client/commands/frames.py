"""The commands that show frames of the notebook and send nothing.

Tested in tests/widgets/pictures/test_pictures.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eicnb.cli.command import Command
from eicnb.client.commands.context import Context, Run
from eicnb.client.pictures import picture


def prepare_picture(command: Command, _context: Context) -> Run:
    """Prepare the picture of a frame."""
    return partial(_pointing, command, picture)


def _pointing(command: Command, function: Callable[..., Any]) -> Any:
    """Call a function with the arguments of a command; its error points at the word that caused it."""
    with command.blamed():
        return function(**command.arguments)
