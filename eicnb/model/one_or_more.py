"""JSON of AWS in which a single value may stand without its list, as in policies and event patterns.

Tested in tests/model/test_trigger.py and tests/model/test_event_pattern.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def one_or_more(value: Any) -> Sequence[Any]:
    """Return a list as it is, and any other value as the only one.

    >>> one_or_more("sqs:SendMessage"), one_or_more(["a", "b"])
    (['sqs:SendMessage'], ['a', 'b'])
    """
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
