"""The commands that take frames of the notebook, as data.

Tested in tests/cli/test_parser.py and tests/cli/test_help.py.
"""

from __future__ import annotations

from eicnb.cli.option import Option, Verb

FRAME = Option("", "frame", "frame", "${FRAME}", "a frame of the notebook", is_required=True)
PICTURE = (
    Option(
        "--kind",
        "kind",
        "choice",
        "KIND",
        "what to draw; default: what suits the frame",
        ("destinations", "settings", "losses", "findings"),
    ),
    Option("--findings", "findings", "frame", "${FRAME}", "findings of a check, to mark missing destinations"),
)
FRAME_OPTIONS = (*PICTURE,)
"""The options of these commands, which the AWS CLI lacks."""

FRAME_VERBS = (Verb("picture", "draw a frame as a matplotlib figure", PICTURE, words=(FRAME,), runs_alone=True),)
