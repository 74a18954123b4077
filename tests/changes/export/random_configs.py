"""Frames of random configs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from hypothesis import strategies as st

SETTINGS = ["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"]


def destinations(account_id: str, region: str = "us-east-1") -> list[str]:
    """Destinations of every kind that the sandbox has."""
    place = f"{region}:{account_id}"
    return [
        f"arn:aws:sqs:{place}:shop-failures",
        f"arn:aws:sns:{place}:shop-alerts",
        f"arn:aws:lambda:{place}:function:failure-triage",
        f"arn:aws:events:{place}:event-bus/shop",
    ]


def configs(data: st.DataObject, frame: pd.DataFrame, account_id: str) -> pd.DataFrame:
    """The rows of an audit with random configs, some of them missing or empty."""
    queues = destinations(account_id)
    bucket = f"arn:aws:s3:::shop-events-us-east-1-{account_id}"
    row = st.none() | st.tuples(
        st.none() | st.integers(0, 2),
        st.none() | st.integers(60, 21600),
        st.none() | st.sampled_from([*queues, bucket]),
        st.none() | st.sampled_from(queues),
    )
    drawn: list[Any] = data.draw(st.lists(row, min_size=len(frame), max_size=len(frame)))
    array: Callable[..., Any] = pd.array
    values = {
        name: array([None if one is None else one[place] for one in drawn], dtype=frame[name].dtype)
        for place, name in enumerate(SETTINGS)
    }
    changed = frame.reset_index(drop=True).assign(**values, last_modified=None)
    changed["configured"] = pd.array([one is not None for one in drawn], dtype="boolean")
    return changed
