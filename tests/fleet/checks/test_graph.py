"""Loops in a graph."""

from __future__ import annotations

import time

from eicnb.fleet.checks.graph import loops, shortest_loop


def test_nodes_between_two_loops_are_in_none() -> None:
    edges = {"a": ["b"], "b": ["a", "x"], "x": ["c"], "c": ["d"], "d": ["c"]}
    assert sorted(map(sorted, loops(edges))) == [["a", "b"], ["c", "d"]]


def test_a_node_that_leads_to_itself_alone_is_no_loop_of_several() -> None:
    assert loops({"a": ["a"], "b": []}) == []


def test_a_ring_of_ten_thousand_nodes_is_found_at_once_and_without_recursion() -> None:
    ring = {number: [(number + 1) % 10_000] for number in range(10_000)}
    started = time.process_time()
    assert [len(group) for group in loops(ring)] == [10_000]
    assert time.process_time() - started < 1


def test_the_shortest_loop_stays_within_its_members() -> None:
    edges = {"a": ["b", "out"], "b": ["c"], "c": ["a", "b"], "out": []}
    assert shortest_loop("a", edges, {"a", "b", "c"}) == ["a", "b", "c", "a"]
