"""Search a text for secrets, listed names and the masks that it already has.

A listed name is found everywhere, in any case, and inside longer words too. Tested in tests/redaction/test_patterns.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from urllib.parse import quote

from eicnb.redaction import accounts
from eicnb.redaction.kinds import Kind, Span
from eicnb.redaction.patterns import ACCOUNT, NAME

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
# HTML's own words, in which a listed name such as `table` is not found.
_MARKUP = re.compile(
    rf"<style[^<>]*>[^<]*</style>|</?(?:{_TAGS})(?=[\s/>])|\s(?:style=\"[a-z0-9:;.%# -]*\"|"
    rf"class=\"(?:dataframe|eicnb-[a-z]+)\"|scope=\"(?:row|col)\"|role=\"region\"|(?:{_ATTRIBUTES})(?==\"))"
)


_SCRIPT = re.compile(r"<script[^<>]*>[\s\S]*?(?:</script|\Z)", re.IGNORECASE)


@cache
def _patterns_of(name: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a name in plain text, HTML and URLs; their matches may overlap."""
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


def spans(text: str, kinds: Sequence[Kind], names: Iterable[str] = (), *, script: bool = False) -> list[Span]:
    """Return the parts of a text that are of these kinds or are listed names, from left to right.

    >>> [(span.kind.name, span.start) for span in spans("arn:aws:sqs:::123456789012:lost", [ACCOUNT], ["lost"])]
    [('account id', 14), ('listed name', 27)]

    Overlapping matches become one span, so a name within a longer one, or within an account id, is not reported by
    itself. Existing masks are left alone, unless a listed name contains the whole mask and more. In a script, bare
    numbers are left alone, so that the script still runs; the scripts in HTML count too.
    """
    folded = text.lower()
    found = [span for kind in kinds for span in kind.spans(text, folded)]
    if script or "<script" in folded:
        scripts = [(0, len(text))] if script else [one.span() for one in _SCRIPT.finditer(text)]
        found = [span for span in found if span.kind is not ACCOUNT or not _is_number_of(scripts, text, span)]
    found += _names_in(text, names)
    if found and (masks := list(_MASK.spans(text, folded))):
        ends = [mask.end for mask in masks]
        found = [span for span in found if _contains_each_mask(span, masks, bisect_right(ends, span.start))]
    return _disjoint(found)


def _is_number_of(scripts: Sequence[tuple[int, int]], text: str, span: Span) -> bool:
    last = bisect_right(scripts, (span.start, len(text))) - 1
    return last >= 0 and span.end <= scripts[last][1] and accounts.is_bare_number(text, span.start, span.end)


def _contains_each_mask(span: Span, masks: Sequence[Span], first: int) -> bool:
    """Return whether a span contains every mask that it overlaps; `first` is the first candidate."""
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
    """Return the masks in a text.

    >>> masks_in("sqs:NAME-0001-failures")
    ['NAME-0001']
    """
    return [found[0] for found in _MASK.pattern.finditer(text)]


def highest_mask(text: str) -> int:
    """Return the highest number of the masks in a text, or 0 without one.

    >>> highest_mask("arn:aws:sqs:us-east-1:ACCOUNT-0007:lost")
    7
    """
    return max((int(found[0].rpartition("-")[2]) for found in _MASK.pattern.finditer(text)), default=0)
