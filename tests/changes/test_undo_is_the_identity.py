"""A plan from any frame to any other, applied and undone, which changes nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eicnb

QUALIFIERS = ("$LATEST", "BLUE", "GREEN")
ARN = "arn:aws:{}:us-east-1:{}:{}"

CONFIGS = st.none() | st.fixed_dictionaries(
    {
        "maximum_retry_attempts": st.none() | st.integers(0, 2),
        "maximum_event_age_in_seconds": st.none() | st.integers(60, 21600),
        "on_failure": st.none() | st.sampled_from(["sqs:shop-failures", "s3:shop-events", "sns:shop-alerts"]),
        "on_success": st.none() | st.sampled_from(["events:shop", "sqs:shop-failures"]),
    }
)
FRAMES = st.tuples(*[CONFIGS] * len(QUALIFIERS))

UNSET = dict.fromkeys(["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"])


def desired(configs: Any) -> pd.DataFrame:
    rows = [
        {"function_name": "my-function", "qualifier": qualifier, "configured": config is not None, **(config or UNSET)}
        for qualifier, config in zip(QUALIFIERS, configs, strict=True)
    ]
    return pd.DataFrame(rows).convert_dtypes()


def state(eic: eicnb.Eic) -> dict[str, Any]:
    frame = eic.list("my-function").drop(columns="last_modified").astype(object)
    return {row["qualifier"]: row for row in frame.where(frame.notna(), None).to_dict("records")}


def apply(eic: eicnb.Eic, plan: Any) -> Any:
    return eicnb.apply(plan, progress=False, rate=1000, connections=[eic])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FRAMES, second=FRAMES)
def test_planning_from_any_frame_to_any_other_and_undoing_is_the_identity(
    shared: eicnb.Eic, first: Any, second: Any
) -> None:
    eicnb.settings.choose(progress=False, rate=1000)
    eicnb.use(shared)
    apply(shared, shared.plan(desired(first), progress=False, rate=1000))
    before = state(shared)
    result = apply(shared, shared.plan(desired(second), progress=False, rate=1000))
    if "applied" in set(result.outcome):
        apply(shared, eicnb.undo(result.attrs["run"]))
    assert state(shared) == before
