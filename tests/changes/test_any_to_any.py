"""Plans from any configs to any others, from a frame or its file, and their inverses."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eicnb
from eicnb.changes.plan import Plan
from tests.changes.plans import applied, planned

QUALIFIERS = [f"order-events:{number}" for number in range(1, 21)]
SETTINGS = ["maximum_retry_attempts", "maximum_event_age_in_seconds", "on_failure", "on_success"]
QUEUE = "arn:aws:sqs:us-east-1:123456789012:order-failures"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/shop"

CONFIGS = st.one_of(
    st.just({**dict.fromkeys(SETTINGS), "configured": False}),
    st.fixed_dictionaries(
        {
            "maximum_retry_attempts": st.sampled_from([None, 0, 1, 2]),
            "maximum_event_age_in_seconds": st.one_of(st.none(), st.integers(60, 21600)),
            "on_failure": st.sampled_from([None, QUEUE]),
            "on_success": st.sampled_from([None, BUS]),
            "configured": st.sampled_from([True]),
        }
    ),
)


def by_csv(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)))


def by_parquet(frame: pd.DataFrame) -> pd.DataFrame:
    file = io.BytesIO()
    pd.DataFrame(frame).to_parquet(file)
    return pd.read_parquet(io.BytesIO(file.getvalue()))


def by_excel(frame: pd.DataFrame) -> pd.DataFrame:
    file = io.BytesIO()
    pd.DataFrame(frame.drop(columns=["last_modified", "read_at"])).to_excel(file, index=False)
    return pd.read_excel(io.BytesIO(file.getvalue()))


WAYS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "as it is": lambda frame: frame,
    "CSV": by_csv,
    "Parquet": by_parquet,
    "Excel": by_excel,
}


@pytest.fixture(scope="module")
def eic() -> Iterator[eicnb.Eic]:
    """One sandbox for all examples, each of which starts from the state after the previous one."""
    connection = eicnb.sandbox()
    assert connection.server is not None
    yield connection
    connection.server.stop()


def state(eic: eicnb.Eic) -> pd.DataFrame:
    """The config of each version, or None."""
    audit = eic.audit(functions="order-events", qualifiers="all", progress=False, rate=1000)
    return audit[audit.qualifier.isin([name.partition(":")[2] for name in QUALIFIERS])].reset_index(drop=True)


def settings_in(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    found = frame[["qualifier", *SETTINGS, "configured"]].astype(object)
    return sorted(map(tuple, found.where(found.notna(), None).to_numpy().tolist()))


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
@given(configs=st.lists(CONFIGS, min_size=20, max_size=20))
def test_a_plan_of_any_frame_reaches_it_and_its_inverse_leads_back(
    eic: eicnb.Eic, way: str, configs: list[dict[str, Any]]
) -> None:
    before = state(eic)
    desired = before.copy()
    for name in (*SETTINGS, "configured"):
        desired[name] = pd.Series([config[name] for config in configs], dtype=object).astype(before[name].dtype)
    options = {"connections": [eic], "limit": 1000}
    plan = planned(WAYS[way](desired), connections=[eic])
    assert set(applied(plan, **options).outcome) <= {"applied", "none"}
    assert settings_in(state(eic)) == settings_in(desired)
    assert len(planned(WAYS[way](desired), connections=[eic])) == 0
    back = Plan.of(change.inverse() for change in plan.changes)
    assert set(applied(back, **options).outcome) <= {"applied"}
    assert settings_in(state(eic)) == settings_in(before)
