"""The naming rules for each kind of destination."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from eicnb.model.arn import QUALIFIER
from eicnb.model.pages import NAMING_RULES


@dataclass(frozen=True, slots=True)
class NamingRule:
    """The names that one service allows, as a pattern and in words."""

    pattern: re.Pattern[str]
    words: str
    page: str
    reserved: re.Pattern[str] = re.compile(r"(?!)")

    def allows(self, name: str) -> bool:
        """Return whether the service allows a name."""
        return bool(self.pattern.fullmatch(name)) and not self.reserved.fullmatch(name)

    def fault(self, name: str) -> str:
        """Return why a name is not allowed, as the end of a sentence."""
        return "AWS reserves it" if self.reserved.fullmatch(name) else f"AWS allows {self.words}"


_LETTERS = "letters, digits, '-' and '_'"

# Two reserved forms are allowed because they can be pasted as a destination: the bucket-style alias of an access point
# (-s3alias), and the prefix of the examples in AWS's documentation (amzn-s3-demo-).
_RESERVED_BUCKET = re.compile(
    r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|(?:xn--|sthree-).*|.*(?:--ol-s3|--x-s3|--table-s3|\.mrap)",
)

_RULES: Mapping[str, NamingRule] = {
    "sqs": NamingRule(re.compile(r"[a-zA-Z0-9_-]{1,80}"), f"1 to 80 {_LETTERS}", NAMING_RULES["sqs"]),
    "sns": NamingRule(re.compile(r"[a-zA-Z0-9_-]{1,256}"), f"1 to 256 {_LETTERS}", NAMING_RULES["sns"]),
    "s3": NamingRule(
        re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end",
        NAMING_RULES["s3"],
        _RESERVED_BUCKET,
    ),
    "lambda": NamingRule(
        re.compile(rf"[a-zA-Z0-9_-]{{1,64}}(?::(?=.{{1,128}}$)(?:{QUALIFIER}))?"),
        f"1 to 64 {_LETTERS}, optionally with ':' and a version or alias",
        NAMING_RULES["lambda"],
    ),
    "events": NamingRule(
        re.compile(r"[a-zA-Z0-9_.-]{1,256}|(?=.{1,256}$)aws\.partner(?:/[a-zA-Z0-9_.-]+){2,}"),
        "1 to 256 letters, digits, '-', '_' and '.', and '/' in the name of a partner's bus (aws.partner/…)",
        NAMING_RULES["events"],
    ),
}


def naming_rule(kind: str) -> NamingRule:
    """Return the rule for the names of one kind of destination."""
    return _RULES[kind]


def is_name(kind: str, text: str) -> bool:
    """Return whether a destination of this kind may have this name.

    >>> is_name("sqs", "shop-failures"), is_name("sqs", "shop failures"), is_name("s3", "a..b")
    (True, False, False)
    """
    return _RULES[kind].allows(text)


def likely_name(kind: str, text: str) -> str | None:
    """Guess the valid name that an invalid one was meant to be; return None without a guess.

    >>> likely_name("sqs", "shop failures "), likely_name("s3", "Lost/2026/11"), likely_name("sqs", "x*")
    ('shop-failures', 'lost', None)
    """
    name = text.strip()
    match kind:
        case "s3":
            name = re.sub(r"\.{2,}", ".", name.partition("/")[0].lower().replace("_", "-"))
        case "sns":
            name = name.partition(":")[0]  # the ARN of a subscription continues after the topic's name
    name = re.sub(r"\s+", "-", name)
    return name if is_name(kind, name) else None
