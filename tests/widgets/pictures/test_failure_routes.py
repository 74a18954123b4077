from __future__ import annotations

import pytest

from eicnb.widgets.pictures.failure_routes import Fate, RouteStart, routes

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failures"


def start(function: str = "f", **about: str | bool | None) -> RouteStart:
    return RouteStart(**{"function": function, "region": "us-east-1", "account_id": ACCOUNT, **about})  # type: ignore[arg-type] # values of a table


def function(name: str, qualifier: str = "") -> str:
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}{qualifier}"


FATES = [
    (start(on_failure=QUEUE), ["sqs failures"], [Fate.KEPT], 0),
    (start(), ["nowhere"], [Fate.NOWHERE], 1),
    (start(was_read=False), ["not read"], [Fate.UNREAD], 0),
    (start(dead_letter=QUEUE), ["sqs failures"], [Fate.KEPT], 0),
    (start(on_failure=QUEUE, dead_letter=QUEUE), ["sqs failures"], [Fate.KEPT], 0),
    (start(on_failure=f"{QUEUE}.fifo"), ["sqs failures.fifo"], [Fate.FIFO], 1),
    (start(on_failure=f"{QUEUE}-old"), ["sqs failures-old"], [Fate.DANGLING], 1),
    (start(on_failure=f"{QUEUE}-old", dead_letter=QUEUE), ["sqs failures", "sqs failures-old"], None, 0),
    (start(on_failure="arn:aws:s3:::bucket"), ["s3 bucket"], [Fate.KEPT], 0),
    (start(on_failure=QUEUE.replace(ACCOUNT, "210987654321")), ["sqs failures (210987654321)"], [Fate.FOREIGN], 0),
    (start(on_failure=QUEUE.replace("us-east", "eu-west")), ["sqs failures (eu-west-1)"], [Fate.FOREIGN], 0),
    (start(on_failure=f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"), ["events default"], [Fate.KEPT], 0),
    (start(on_failure=function("g", ":live")), ["lambda g:live"], [Fate.KEPT], 0),
    (start(on_failure="no ARN"), ["no ARN"], [Fate.KEPT], 0),
]


@pytest.mark.parametrize(("sender", "names", "fates", "losing"), FATES, ids=[str(row[1]) for row in FATES])
def test_a_failed_event_has_a_target_and_a_fate(
    sender: RouteStart, names: list[str], fates: list[Fate] | None, losing: int
) -> None:
    found = routes([sender], dangling={f"{QUEUE}-old"})
    assert sorted(target.name for target in found.targets) == names
    assert fates is None or [target.fate for target in found.targets] == fates
    assert (found.functions, found.losing) == (1, losing)


def test_a_function_counts_once_for_a_target_of_all_its_versions() -> None:
    found = routes([start(on_failure=QUEUE), start(on_failure=QUEUE), start()])
    assert {target.name: width for target, width in found.targets.items()} == {"sqs failures": 1, "nowhere": 1}
    assert (found.functions, found.losing) == (1, 1)


def test_names_tell_the_region_where_there_are_several() -> None:
    there = RouteStart("f", "eu-west-1", ACCOUNT, on_failure=QUEUE.replace("us-east", "eu-west"))
    found = routes([start(on_failure=QUEUE), there])
    assert [target.name for target in found.targets] == ["sqs failures (eu-west-1)", "sqs failures (us-east-1)"]
    assert found.functions == 2


LOOPS = [
    ({"a": "b", "b": "a"}, {("a", "b")}),
    ({"a": "b", "b": "c", "c": "a"}, {("a", "b", "c")}),
    ({"a": "b", "b": "a", "c": "d", "d": "c"}, {("a", "b"), ("c", "d")}),
    ({"a": "b", "b": "c"}, set()),
    ({"a": "a"}, {("a",)}),
]


@pytest.mark.parametrize("by", ["on_failure", "on_success"])
@pytest.mark.parametrize(("edges", "loops"), LOOPS)
def test_loops_among_functions_are_found(edges: dict[str, str], loops: set[tuple[str, ...]], by: str) -> None:
    found = routes([start(name, **{by: function(target, ":live")}) for name, target in edges.items()])
    names = {tuple(sorted(key.rpartition(":")[2] for key in loop)) for loop in found.loops}
    assert names == loops
    assert found.with_fate(Fate.LOOP) == len({name for loop in loops for name in loop})


def test_many_functions_are_grouped_by_the_beginning_of_their_names() -> None:
    names = [f"pay-{number}" for number in range(30)] + ["cart-reminder"]
    found = routes([start(name) for name in names])
    assert found.groups == {"pay-*": 30, "cart-reminder": 1}


def test_rare_groups_share_one() -> None:
    names = [f"{chr(97 + number // 26)}{chr(97 + number % 26)}-{member}" for number in range(40) for member in "xy"]
    found = routes([start(name) for name in names])
    assert len(found.groups) == 21
    assert found.groups["40 more functions"] == 40
    assert sum(found.groups.values()) == 80


def test_rare_destinations_share_one_and_those_that_lose_events_keep_their_names() -> None:
    kept = [start(f"f-{number}", on_failure=f"{QUEUE}-{number}") for number in range(50)]
    found = routes([*kept, start("lost", on_failure=f"{QUEUE}.fifo"), start("none")])
    names = [target.name for target in found.targets]
    assert len(names) == 21
    assert "sqs failures.fifo" in names
    assert names[-2:] == ["32 more destinations", "nowhere"]


def test_two_thousand_functions_keep_their_number() -> None:
    found = routes([start(f"f{number}-x", on_failure=f"{QUEUE}-{number % 700}") for number in range(2000)])
    assert sum(found.widths.values()) == sum(found.groups.values()) == sum(found.targets.values()) == 2000
