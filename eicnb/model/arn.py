"""The grammar that every ARN and name of AWS shares."""

from __future__ import annotations

import re

from eicnb.errors import UsageError

PARTITION = r"aws[a-z-]*"

REGION = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+"

ACCOUNT = r"[0-9]{12}"

NAME = r"[a-zA-Z0-9_.-]+"

QUALIFIER = r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+"

NAME_RULE = "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"


def _leftover(text: str) -> re.Match[str] | None:
    return re.search(r"\$(?!LATEST(?:\.PUBLISHED)?$)|[{}]", text)


def refuse_leftover(what: str, text: str) -> None:
    """No legal name has a `$` or a brace: one that is left is a reference that was not filled in."""
    if found := _leftover(text):
        raise UsageError(
            f"the {what} {text!r} has a {found[0]!r} left in it, which no {what} in AWS can have",
            hint="${name} for a value of the notebook, outside single quotes",
            position=found.start(),
            culprit=text,
        )
