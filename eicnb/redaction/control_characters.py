r"""Control characters in names and messages from AWS, escaped so that no terminal acts on them.

They can move the cursor, hide or recolour text, set the window title, and reverse the reading direction. Line breaks
and tabs are not escaped.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_LINE_END = re.compile("\r\n")
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


def printable(text: str, keep: Collection[str] = ()) -> str:
    r"""Return a text with its control characters escaped as in JSON, except for the sequences to keep.

    >>> printable("a\x1b[2Jb\r\n\tc")
    'a\\u001b[2Jb\n\tc'
    """
    kept = "|".join(map(re.escape, sorted(keep, key=len, reverse=True)))
    pattern = re.compile(f"(?P<kept>{kept or '(?!)'})|{_CONTROL}")
    return pattern.sub(lambda found: found["kept"] or f"\\u{ord(found[0]):04x}", _LINE_END.sub("\n", text))
