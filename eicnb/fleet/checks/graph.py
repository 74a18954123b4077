"""Loops in a graph: the groups of nodes that all lead to one another."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def loops(edges: Mapping[N, Collection[N]]) -> list[list[N]]:
    """Return each group of two or more nodes that lead to one another, by Tarjan's algorithm.

    >>> loops({"a": ["b"], "b": ["a", "c"], "c": ["c"]})
    [['a', 'b']]
    """
    found: list[list[N]] = []
    numbers: dict[N, int] = {}
    lowest: dict[N, int] = {}
    open_nodes: dict[N, None] = {}
    for start in edges:
        if start in numbers:
            continue
        path: list[tuple[N, Iterator[N]]] = [(start, iter(edges[start]))]
        numbers[start] = lowest[start] = len(numbers)
        open_nodes[start] = None
        while path:
            node, others = path[-1]
            other = next(others, None)
            if other is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == numbers[node]:
                    group = _popped_group(open_nodes, node)
                    found += [group] if len(group) > 1 else []
            elif other not in numbers:
                numbers[other] = lowest[other] = len(numbers)
                open_nodes[other] = None
                path.append((other, iter(edges.get(other, ()))))
            elif other in open_nodes:
                lowest[node] = min(lowest[node], numbers[other])
    return found


def shortest_loop(start: N, edges: Mapping[N, Collection[N]], members: Collection[N]) -> list[N]:
    """Return the shortest path from a node back to itself, within the members of its loop.

    >>> shortest_loop("a", {"a": ["b"], "b": ["c", "a"], "c": ["a"]}, {"a", "b", "c"})
    ['a', 'b', 'a']
    """
    came_from: dict[N, N] = {}
    nodes = [start]
    for node in nodes:
        for other in edges.get(node, ()):
            if other == start:
                path = [node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return [*reversed(path), start]
            if other in members and other not in came_from:
                came_from[other] = node
                nodes.append(other)
    return [start]


def reached(start: N, edges: Mapping[N, Collection[N]]) -> Collection[N]:
    """Return all nodes that a node leads to.

    >>> sorted(reached("a", {"a": ["b"], "b": ["c"], "d": ["a"]}))
    ['b', 'c']
    """
    found: dict[N, None] = {}
    nodes = [start]
    while nodes:
        more = [other for other in edges.get(nodes.pop(), ()) if other not in found]
        found.update(dict.fromkeys(more))
        nodes += more
    return found.keys()


def _popped_group(open_nodes: dict[N, None], first: N) -> list[N]:
    """Remove and return the nodes from `first` on, which form a group."""
    group: list[N] = []
    while first in open_nodes:
        group.append(open_nodes.popitem()[0])
    return group[::-1]
