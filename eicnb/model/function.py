"""A Lambda function, version or alias, parsed from any form that AWS accepts."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from typing import Self

from eicnb.errors import UsageError, shown
from eicnb.model.arn import ACCOUNT, NAME, PARTITION, QUALIFIER, REGION, example_arn, not_an_account, refuse_leftover
from eicnb.model.limits import LONGEST_FUNCTION_ARN, LONGEST_FUNCTION_NAME, LONGEST_QUALIFIER
from eicnb.model.pages import SETTINGS_RULE

LATEST = "$LATEST"

_FUNCTION = re.compile(
    rf"(?:arn:(?P<partition>{PARTITION}):lambda:(?={REGION}:{ACCOUNT}:function:))?"
    rf"(?:(?:(?P<region>{REGION}):)?(?P<account_id>{ACCOUNT}):)?(?P<marker>function:)?"
    rf"(?P<function_name>{NAME})(?::(?P<qualifier>{QUALIFIER}))?"
)

_QUALIFIER_ALONE = re.compile(QUALIFIER)

_FUNCTION_FORMS = (
    "my-function, my-function:live, my-function:7, 123456789012:function:my-function "
    f"or {example_arn('lambda', 'function:my-function')}"
)


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A Lambda function, and possibly one version or alias of it, in any form that AWS accepts.

    >>> FunctionRef.parse("my-function:live").qualifier
    'live'
    >>> str(FunctionRef.parse("arn:aws:lambda:eu-west-1:123456789012:function:my-function:7"))
    'arn:aws:lambda:eu-west-1:123456789012:function:my-function:7'

    `str` returns the form that was parsed, and that form is sent. Parts that the form lacks are None. Without a
    `qualifier`, AWS uses `$LATEST`.

    A name alone may have 64 characters, the long forms 256:
    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
    """

    function_name: str
    qualifier: str | None = None
    partition: str | None = None
    region: str | None = None
    account_id: str | None = None
    marked: bool = False

    def __post_init__(self) -> None:
        text = str(self)
        found = _FUNCTION.fullmatch(text)
        if not found or found["function_name"] != self.function_name:
            raise _not_a_function(text)
        if self.qualifier is not None:
            check_qualifier(self.qualifier)
        if self.account_id is None and len(self.function_name) > LONGEST_FUNCTION_NAME:
            raise UsageError(
                f"the function name has {len(self.function_name)} characters, "
                f"but AWS allows {LONGEST_FUNCTION_NAME} in a name alone",
                hint="copy the name from the list\n%eic functions",
                rule=SETTINGS_RULE,
                position=LONGEST_FUNCTION_NAME,
            )
        if len(text) > LONGEST_FUNCTION_ARN:
            raise UsageError(
                f"the function ARN has {len(text)} characters, but AWS allows {LONGEST_FUNCTION_ARN}",
                hint="copy the ARN from the list\n%eic functions",
                rule=SETTINGS_RULE,
                position=LONGEST_FUNCTION_ARN,
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a function's name in any form that AWS accepts, or raise a UsageError that lists the forms."""
        if not isinstance(text, str):
            raise UsageError(f"{shown(text)} is not the name of a function", hint='"my-function"')
        found = _FUNCTION.fullmatch(text)
        if not found:
            refuse_leftover("function name", text)
            raise _fault_in_account(text) or _not_a_function(text)
        return cls(
            function_name=found["function_name"],
            qualifier=found["qualifier"],
            partition=interned(found["partition"]),
            region=interned(found["region"]),
            account_id=interned(found["account_id"]),
            marked=bool(found["marker"]),
        )

    def with_qualifier(self, qualifier: str | None) -> Self:
        """Return this function with a version or alias; a different one is an error, as in AWS."""
        if qualifier is None or qualifier == self.qualifier:
            return self
        if self.qualifier is not None:
            raise UsageError(
                f"the function is named with the qualifier {self.qualifier!r}, "
                f"but the qualifier {qualifier!r} is given as well",
                hint="give one of the two",
            )
        return replace(self, qualifier=check_qualifier(qualifier))

    def without_qualifier(self) -> Self:
        """Return the function itself, without the version or alias."""
        return replace(self, qualifier=None)

    def __str__(self) -> str:
        head = f"arn:{self.partition}:lambda:" if self.partition else ""
        region = f"{self.region}:" if self.region else ""
        account_id = f"{self.account_id}:" if self.account_id else ""
        marker = "function:" if self.marked else ""
        tail = "" if self.qualifier is None else f":{self.qualifier}"
        return f"{head}{region}{account_id}{marker}{self.function_name}{tail}"


def interned(text: str | None) -> str | None:
    """Intern a text that many functions share, such as a region."""
    return None if text is None else sys.intern(text)


def _fault_in_account(text: str) -> UsageError | None:
    found = re.search(r"(?:^|:)([0-9]+):function:", text)
    return not_an_account(found[1]) if found and not re.fullmatch(ACCOUNT, found[1]) else None


def _not_a_function(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not the name of a Lambda function" if text else "the function name is empty",
        hint=_FUNCTION_FORMS,
        rule=SETTINGS_RULE,
    )


def check_qualifier(text: str) -> str:
    """Return a version number, an alias or `$LATEST` unchanged, or raise UsageError.

    >>> check_qualifier("$LATEST")
    '$LATEST'
    """
    if not isinstance(text, str):
        raise UsageError(f"the qualifier is {shown(text)}, not text", hint='qualifier="7"')
    if not _QUALIFIER_ALONE.fullmatch(text):
        refuse_leftover("qualifier", text)
        raise UsageError(
            f"{text!r} is not a qualifier" if text else "the qualifier is empty",
            hint="type a version number such as 7, an alias such as live, or $LATEST",
            rule=SETTINGS_RULE,
        )
    if len(text) > LONGEST_QUALIFIER:
        raise UsageError(
            f"the qualifier has {len(text)} characters, but AWS allows {LONGEST_QUALIFIER}",
            hint="type a version number such as 7, an alias such as live, or $LATEST",
            rule=SETTINGS_RULE,
            position=LONGEST_QUALIFIER,
        )
    return text
