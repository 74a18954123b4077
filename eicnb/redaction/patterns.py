"""What should not be shared, as a table of patterns, and where it stands in a text.

An account id is twelve digits, in a word of their own or not: a masked number that was none is better than a leak.
Only shapes that rule an account out are left: a longer row of digits, a decimal number, a UUID, a digest. With `.0`
behind them twelve digits are an account that became a float, as in a column with gaps. A listed name is found wherever
it stands, in a longer word too, in upper and lower case.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from urllib.parse import quote

_WORD = r"[^\s\"'&,;<>\\]"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of text that should not be shared: its name, the word of its masks, and what it looks like.

    The pattern's first group is what is hidden, or else all that it matches. `accept` has the last word. A text that
    has none of the `signs` in it, whatever their case, has nothing of this kind.
    """

    name: str
    word: str
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool] = bool
    signs: tuple[str, ...] = ()

    def spans(self, text: str, folded: str) -> Iterator[Span]:
        """Where it stands; `folded` is the text in lower case."""
        if self.signs and not any(sign in folded for sign in self.signs):
            return
        group = 1 if self.pattern.groups else 0
        for found in self.pattern.finditer(text):
            if self.accept(found):
                yield Span(*found.span(group), self)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text that is of a kind."""

    start: int
    end: int
    kind: Kind

    def contains(self, other: Span) -> bool:
        """Whether the other lies within this one, which is longer."""
        inside = self.start <= other.start and other.end <= self.end
        return inside and self.end - self.start > other.end - other.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a character in common."""
        return self.start < other.end and other.start < self.end

    def joined(self, other: Span) -> Span:
        """Both together, as the kind of the longer one."""
        longer = max(self, other, key=lambda span: span.end - span.start)
        return Span(min(self.start, other.start), max(self.end, other.end), longer.kind)


_NUMBER = re.compile(r"[0-9]+\.[0-9]+")
_UUID_HEAD = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-")
_UUID_HEAD_LENGTH = 24
_SHORTEST_DIGEST = 32
_LEAST_ENTROPY = 4.3


def _around(found: re.Match[str], allowed: str) -> tuple[int, int]:
    """Where the longest word of these characters around a match begins and ends, as far as a digest reaches."""
    start, end, text = found.start(), found.end(), found.string
    while start > 0 and text[start - 1] in allowed and found.start() - start < 2 * _SHORTEST_DIGEST:
        start -= 1
    while end < len(text) and text[end] in allowed and end - found.end() < 2 * _SHORTEST_DIGEST:
        end += 1
    return start, end


def _is_an_account(found: re.Match[str]) -> bool:
    """Twelve digits, also with `.0`, but not of another decimal number that stands alone, a UUID or a digest."""
    text = found.string
    start, end = _around(found, "0123456789.")
    alone = not (start and re.match(r"[\w:/-]", text[start - 1])) and not re.match(r"[\w:/-]", text[end : end + 1])
    if alone and _NUMBER.fullmatch(text[start:end]) and found.span() != (start, end):
        return False
    head = text[max(0, found.start() - _UUID_HEAD_LENGTH) : found.start()]
    if _UUID_HEAD.fullmatch(head):
        return False
    start, end = _around(found, "0123456789abcdefABCDEF")
    return end - start < _SHORTEST_DIGEST


def _looks_random(found: re.Match[str]) -> bool:
    """Whether a word of 40 characters is rather a key than a path, a name or a digest."""
    word = found[0]
    if re.fullmatch(r"[0-9a-fA-F]+", word) or not all(re.search(of, word) for of in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares) >= _LEAST_ENTROPY


def _value_of(names: str, value: str) -> re.Pattern[str]:
    """A value that stands behind one of these names, in code, JSON, a header, a URL or an INI file."""
    mark = r"(?:\\?[\"']|&quot;|&#x27;|&#39;)"
    named = rf"(?<![A-Za-z0-9])(?:{names}){mark}?\]?\s*(?:=|:|%3D|,)\s*(?:[bu]?{mark})?"
    return re.compile(rf"{named}({value})", re.IGNORECASE)


ACCOUNT = Kind(
    "account id",
    "ACCOUNT",
    re.compile(
        r"(?:(?<![0-9])|(?<=%[0-9]{2}))[0-9]{12}(?:\.0+(?![\w-]|\.[0-9])|(?![0-9]))|(?<![0-9-])[0-9]{4}-[0-9]{4}-[0-9]{4}(?![0-9]|-[0-9])"
    ),
    accept=_is_an_account,
)
NAME = Kind("listed name", "NAME", re.compile(r"(?!)"))

SECRETS = (
    Kind(
        "private key",
        "SECRET",
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)"),
        signs=("private key-----",),
    ),
    Kind(
        "authorization header",
        "SECRET",
        _value_of(
            r"(?:proxy-)?authorization",
            rf"AWS4-[A-Z0-9-]+ (?:[ ,]*(?:Credential|SignedHeaders|Signature)=(?:{_WORD}|;)+)+|"
            rf"(?:Bearer|Basic|Digest|Negotiate) {_WORD}+",
        ),
        signs=("authorization",),
    ),
    Kind(
        "session token",
        "TOKEN",
        _value_of(
            r"(?:aws_?)?(?:session_?|security_?)token|x-amz-security-token|"
            r"(?:access|refresh|id)_?token|aws_?container_?authorization_?token",
            rf"{_WORD}{{16,}}",
        ),
        signs=("token",),
    ),
    Kind(
        "session token",
        "TOKEN",
        re.compile(r"(?<![A-Za-z0-9+/])(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz|AQoDYXdz|AQoEXAMPLE)[A-Za-z0-9+/=%_-]{20,}"),
        signs=("iqojb3jpz2lu", "ogzxivyxdz", "aqodyxdz", "aqoexample"),
    ),
    Kind(
        "session token",
        "TOKEN",
        re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
        signs=(".eyj",),
    ),
    Kind(
        "secret key",
        "SECRET",
        _value_of(r"(?:aws_?)?secret_?(?:access_?)?key|client_?secret", rf"{_WORD}{{16,}}"),
        signs=("secret",),
    ),
    Kind(
        "signature",
        "SIGNATURE",
        _value_of(r"(?:x-amz-)?signature", r"[0-9a-fA-F]{64}|[A-Za-z0-9+/%]{26,}={0,2}"),
        signs=("signature",),
    ),
    Kind(
        "access key id",
        "KEY",
        re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"),
        signs=("akia", "asia", "abia", "acca"),
    ),
    Kind(
        "password in a URL",
        "SECRET",
        re.compile(r"(?<=://)([^\s/@:\"'<>]*:[^\s/@\"'<>]+)(?=@)"),
        signs=("://",),
    ),
)
"""What eicnb shows in no message, whatever its settings."""

IN_NOTEBOOKS = (
    *SECRETS,
    Kind(
        "secret key",
        "SECRET",
        re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])"),
        accept=_looks_random,
    ),
    Kind(
        "IAM id",
        "ID",
        re.compile(r"(?<![A-Z0-9])(?:AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA)[A-Z0-9]{16,17}(?![A-Z0-9])"),
        signs=("aroa", "aida", "agpa", "aipa", "anpa", "anva", "apka"),
    ),
    Kind(
        "user in a path",
        "USER",
        re.compile(r"(?:/home/|/Users/|(?<![A-Za-z])[A-Za-z]:\\{1,2}Users\\{1,2})(?!Shared\b)([^\s/\\\"':<>|]+)"),
        signs=("/home/", "/users/", ":\\users\\", ":\\\\users\\\\"),
    ),
    ACCOUNT,
)
"""What `python -m eicnb.scrub` looks for, beside the listed names."""

_MASK = Kind(
    "mask",
    "",
    re.compile(r"(?:ACCOUNT|NAME|SECRET|TOKEN|SIGNATURE|KEY|ID|USER)-[0-9]{4,6}"),
    signs=tuple(
        f"{word.lower()}-" for word in ("account", "name", "secret", "token", "signature", "key", "id", "user")
    ),
)


_TAGS = (
    "a|b|br|caption|code|div|em|g|h[1-6]|hr|i|img|li|ol|p|path|pre|rect|script|small|span|strong|style|svg|table|tbody|"
    "td|text|tfoot|th|thead|tr|ul"
)
_ATTRIBUTES = "alt|aria-label|border|class|colspan|height|href|id|role|rowspan|scope|src|style|tabindex|title|width"
# What holds HTML together: a listed name that is one of its words, such as `table`, is not found in it.
_MARKUP = re.compile(
    rf"<style[^<>]*>[^<]*</style>|</?(?:{_TAGS})(?=[\s/>])|\s(?:style=\"[a-z0-9:;.% -]*\"|class=\"dataframe\"|"
    rf"scope=\"(?:row|col)\"|role=\"region\"|(?:{_ATTRIBUTES})(?==\"))"
)


@cache
def _patterns_of(name: str) -> tuple[re.Pattern[str], ...]:
    """A name as it is, and as it stands in HTML and in a URL; found also where two of them overlap."""
    written = dict.fromkeys([name, escape(name), quote(name, safe="")])
    return tuple(re.compile(f"(?=({re.escape(form)}))", re.IGNORECASE) for form in written)


def _names_in(text: str, names: Iterable[str]) -> Iterator[Span]:
    found = [
        Span(*one.span(1), NAME) for name in names for pattern in _patterns_of(name) for one in pattern.finditer(text)
    ]
    markup = [one.span() for one in _MARKUP.finditer(text)] if found and "</" in text else []
    starts = [start for start, _ in markup]
    for span in found:
        before = bisect_right(starts, span.start) - 1
        if before < 0 or span.end > markup[before][1]:
            yield span


def spans(text: str, kinds: Sequence[Kind], names: Iterable[str] = ()) -> list[Span]:
    """Where something of these kinds, or a listed name, stands in a text, from left to right.

    >>> [(span.kind.name, span.start) for span in spans("arn:aws:sqs:::123456789012:lost", [ACCOUNT], ["lost"])]
    [('account id', 14), ('listed name', 27)]

    What overlaps is one span: a name within a longer one, or within an account id, is not found by itself. A mask
    that stands there already is left alone, unless a listed name has all of it and more.
    """
    folded = text.lower()
    found = [span for kind in kinds for span in kind.spans(text, folded)]
    found += _names_in(text, names)
    if found and (masks := list(_MASK.spans(text, folded))):
        ends = [mask.end for mask in masks]
        found = [span for span in found if _holds_what_it_meets(span, masks, bisect_right(ends, span.start))]
    return _disjoint(found)


def _holds_what_it_meets(span: Span, masks: Sequence[Span], first: int) -> bool:
    """Whether a span has more than each mask that it has a part of; `first` is the first that ends behind its start."""
    while first < len(masks) and masks[first].overlaps(span):
        if not span.contains(masks[first]):
            return False
        first += 1
    return True


def _disjoint(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if joined and joined[-1].overlaps(span):
            joined[-1] = joined[-1].joined(span)
        else:
            joined.append(span)
    return joined


def masks_in(text: str) -> list[str]:
    """The masks that stand in a text.

    >>> masks_in("sqs:NAME-0001-failures")
    ['NAME-0001']
    """
    return [found[0] for found in _MASK.pattern.finditer(text)]


def highest_mask(text: str) -> int:
    """The highest number that a mask in a text has; 0 where there is none.

    >>> highest_mask("arn:aws:sqs:us-east-1:ACCOUNT-0007:lost")
    7
    """
    return max((int(found[0].rpartition("-")[2]) for found in _MASK.pattern.finditer(text)), default=0)
