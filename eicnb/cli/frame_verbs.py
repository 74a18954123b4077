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
COMPARED = (
    Option(
        "",
        "before",
        "frame",
        "${BEFORE}",
        "a frame of configs, such as an audit",
        is_required=True,
        called="the earlier frame",
    ),
    Option(
        "",
        "after",
        "frame",
        "${AFTER}",
        "another one, of a later day or of another account",
        is_required=True,
        called="the later frame",
    ),
)
COMPARE = (
    Option(
        "--on",
        "on",
        "choice",
        "NAME",
        "what rows have in common besides the qualifier; default: the ARN; the name compares two accounts or regions",
        ("function_arn", "function_name"),
    ),
)
EXPORT = (
    Option(
        "--language",
        "language",
        "choice",
        "LANGUAGE",
        "what the text is for",
        ("eic", "aws", "boto3", "cloudformation", "sam", "terraform"),
        is_required=True,
    ),
)
SHOW = (
    Option("--columns", "columns", "names", "A,B", "columns to show, all, or auto for those that fit; default: as set"),
    Option("--rows", "rows", "names", "N", "the most rows to show, or all; default: as set"),
)
FRAME_OPTIONS = (*SHOW, *PICTURE, *COMPARE, *EXPORT)
"""The options of these commands, which the AWS CLI lacks."""

FRAME_VERBS = (
    Verb("compare", "show what differs between two frames of configs", COMPARE, words=COMPARED, runs_alone=True),
    Verb("explore", "open a frame as a table to search and to change", (), words=(FRAME,), runs_alone=True),
    Verb("export", "write the configs of a frame as commands or a template", EXPORT, words=(FRAME,), runs_alone=True),
    Verb("picture", "draw a frame as a matplotlib figure", PICTURE, words=(FRAME,), runs_alone=True),
    Verb("show", "show a frame with other columns, or with all its rows", SHOW, words=(FRAME,), runs_alone=True),
)
