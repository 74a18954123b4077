"""The commands about frames in the notebook and in files.

Tested in tests/cli/test_parser.py and tests/cli/test_help.py.
"""

from __future__ import annotations

from dataclasses import replace

from eicnb.cli.option import Option, Verb

FRAME = Option("", "frame", "frame", "${FRAME}", "a frame of the notebook", is_required=True)
PICTURE = (
    Option(
        "--kind",
        "kind",
        "choice",
        "KIND",
        "picture to draw; default: the one that suits the frame",
        ("destinations", "settings", "losses", "findings"),
    ),
    Option("--findings", "findings", "frame", "${FRAME}", "findings of a check, which mark missing destinations"),
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
        "another frame of configs, from a later day or another account",
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
        "match rows by ARN, or by name to compare two accounts or regions; default: the ARN",
        ("function_arn", "function_name"),
    ),
)
EXPORT = (
    Option(
        "--language",
        "language",
        "choice",
        "LANGUAGE",
        "language of the text",
        ("eic", "aws", "boto3", "cloudformation", "sam", "terraform"),
        is_required=True,
    ),
)
SHOW = (
    Option(
        "--columns",
        "columns",
        "names",
        "A,B",
        "columns to show, all, or auto for those that fit; default: the setting `columns`",
    ),
    Option("--rows", "rows", "names", "N", "maximum number of rows, or all; default: the setting `max_rows`"),
)
SAVED = replace(FRAME, called="the frame to save")
FILE = Option("", "path", "value", "FILE", "Parquet file, such as audit.parquet", is_required=True, called="the file")
FOLDER = Option(
    "", "folder", "value", "FOLDER", "folder of saved audits, such as audits", is_required=True, called="the folder"
)
SAVE = (Option("--overwrite", "overwrite", "flag", "", "replace an existing file"),)
FRAME_OPTIONS = (*SHOW, *PICTURE, *COMPARE, *EXPORT, *SAVE)
"""The options of these commands, which the AWS CLI lacks."""

FRAME_VERBS = (
    Verb("compare", "show what differs between two frames of configs", COMPARE, words=COMPARED, runs_alone=True),
    Verb("explore", "open a frame as a table to search, select and change", (), words=(FRAME,), runs_alone=True),
    Verb("export", "write the configs of a frame as commands or a template", EXPORT, words=(FRAME,), runs_alone=True),
    Verb("history", "show what changed between the audits in a folder", (), words=(FOLDER,), runs_alone=True),
    Verb("load", "load a saved frame", (), words=(FILE,), runs_alone=True),
    Verb("picture", "draw a frame as a matplotlib figure", PICTURE, words=(FRAME,), runs_alone=True),
    Verb("save", "save a frame as a Parquet file", SAVE, words=(SAVED, FILE), runs_alone=True),
    Verb("show", "show a frame with other columns or more rows", SHOW, words=(FRAME,), runs_alone=True),
)
