"""The table of export languages: what each can express, and the function that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eicnb.changes.change import Change
from eicnb.changes.export.aws_cli import aws_text
from eicnb.changes.export.boto3_script import boto3_text
from eicnb.changes.export.cloudformation import cloudformation_text, sam_text
from eicnb.changes.export.eic import eic_text
from eicnb.changes.export.frame_changes import changes_in
from eicnb.changes.export.terraform import terraform_text
from eicnb.changes.plan import Plan
from eicnb.errors import UsageError, nearest, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """An export language, and how it treats rows that some languages cannot express.

    `write` takes the changes and the region of the connection in use, or None.
    """

    name: str
    is_a: str
    no_config: str
    empty_config: str
    several_places: str
    write: Callable[[Sequence[Change], str | None], str]


_NO_RESOURCE = "no resource; a comment counts them"
_BLANK = "a destination without an ARN"

LANGUAGES = (
    Language(
        name="eic",
        is_a="lines for `%%eic` and `eicnb.run`",
        no_config="`delete --missing-ok`",
        empty_config="a put of no destinations",
        several_places="regions (`--region`) and accounts (in the ARN of each line)",
        write=eic_text,
    ),
    Language(
        name="aws",
        is_a="AWS CLI commands",
        no_config="a put and a delete, which then never fails",
        empty_config="a put of no destinations",
        several_places="regions (`--region`)",
        write=aws_text,
    ),
    Language(
        name="boto3",
        is_a="a Python script",
        no_config="a delete that may find none",
        empty_config="a put of no destinations",
        several_places="regions (one client each)",
        write=boto3_text,
    ),
    Language(
        name="cloudformation",
        is_a="a template, with the identifiers for its import",
        no_config=_NO_RESOURCE,
        empty_config=_BLANK,
        several_places="no: a template is for one account and region",
        write=cloudformation_text,
    ),
    Language(
        name="sam",
        is_a="the same resources as a SAM template",
        no_config=_NO_RESOURCE,
        empty_config=_BLANK,
        several_places="no: a template is for one account and region",
        write=sam_text,
    ),
    Language(
        name="terraform",
        is_a="resources with import blocks",
        no_config=_NO_RESOURCE,
        empty_config="the retries are set to 2, as for any config without them",
        several_places="regions (the argument `region` of provider 6)",
        write=terraform_text,
    ),
)
"""Every export language."""


def export(frame: Any, language: str, region: str | None = None) -> str:
    """Return text that recreates the configs of a frame or makes the changes of a plan.

    >>> frame = eic.list("my-function")
    >>> print(export(frame[:1], "eic", "us-east-1"), end="")  # doctest: +ELLIPSIS
    put arn:aws:lambda:...:my-function:BLUE --retries 0 --max-age 1h --on-failure none --on-success none

    `region` is the region of the connection in use, which lines of `eic` leave out.
    """
    names = [known.name for known in LANGUAGES]
    if language not in names:
        close = nearest(language, names) if isinstance(language, str) else None
        raise UsageError(f"{shown(language)} is not an export language", hint=close or ", ".join(names))
    changes = frame.changes if isinstance(frame, Plan) else changes_in(frame)
    text = LANGUAGES[names.index(language)].write(changes, region)
    if changes:
        return text
    return f"# the {'plan has no changes' if isinstance(frame, Plan) else 'frame has no rows'}\n{text}"
