"""Where failed events go: groups of functions, their targets, and how many functions connect them.

Tested in tests/widgets/pictures/test_failure_routes.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter

from eicnb.model.reported import ReportedDestination

MOST_GROUPS = 20
"""The most groups of functions, and the most targets, that are shown by name."""

MOST_FUNCTIONS = 24
"""The most functions that are shown by name; more are shown in groups."""


class Fate(Enum):
    """What happens to an event that a function fails to process."""

    KEPT = "kept"
    FOREIGN = "kept in another account or region"
    DANGLING = "lost: the destination does not exist"
    FIFO = "lost: Lambda sends nothing to FIFO"
    LOOP = "sent in a loop"
    NOWHERE = "lost: no destination"
    UNREAD = "unknown: the config was not read"


_LOST = (Fate.NOWHERE, Fate.DANGLING, Fate.FIFO)
_AT_THE_END = (Fate.NOWHERE, Fate.UNREAD)


@dataclass(frozen=True, slots=True)
class RouteEnd:
    """A target of failed events: its name, and what happens to the events there.

    `members` is the number of small targets that are drawn as this one.
    """

    name: str
    fate: Fate
    members: int = 1


NOWHERE = RouteEnd("nowhere", Fate.NOWHERE)
NOT_READ = RouteEnd("not read", Fate.UNREAD)


@dataclass(frozen=True, slots=True)
class RouteStart:
    """A version or alias of a function, with the ARNs that receive its events or their records.

    `was_read` is whether they are known.
    """

    function: str
    region: str
    account_id: str
    on_failure: str | None = None
    on_success: str | None = None
    dead_letter: str | None = None
    was_read: bool = True

    @property
    def key(self) -> str:
        """The end of the function's ARN, which identifies the function."""
        return f"lambda:{self.region}:{self.account_id}:function:{self.function}"


@dataclass(frozen=True, slots=True)
class Routes:
    """The number of functions from each group to each target, and the loops among the functions.

    `members` is the number of functions in each group. `losing` is the number of functions with a version or alias that
    loses every failed event.
    """

    widths: Mapping[tuple[str, RouteEnd], int]
    members: Mapping[str, int]
    losing: int = 0
    loops: tuple[tuple[str, ...], ...] = ()

    @property
    def groups(self) -> Mapping[str, int]:
        """The groups with the sum of their widths, ordered by their largest target."""
        sums: Counter[str] = Counter()
        for (group, _), width in self.widths.items():
            sums[group] += width
        order = {target: number for number, target in enumerate(self.targets)}
        main = {group: self._main_target(group) for group in sums}
        ordered = sorted(sums, key=lambda group: (group[0].isdecimal(), order[main[group]], -sums[group], group))
        return {group: sums[group] for group in ordered}

    @property
    def functions(self) -> int:
        """The number of functions."""
        return sum(self.members.values())

    def _main_target(self, group: str) -> RouteEnd:
        own = {target: width for (other, target), width in self.widths.items() if other == group}
        return max(own, key=lambda target: (own[target], target.name))

    @property
    def targets(self) -> Mapping[RouteEnd, int]:
        """The targets with the sum of their widths, the largest first; lost events come last."""
        sums: Counter[RouteEnd] = Counter()
        for (_, target), width in self.widths.items():
            sums[target] += width
        fates = [*Fate]

        def place(target: RouteEnd) -> tuple[bool | int, bool, int, str]:
            last = target.fate in _AT_THE_END and fates.index(target.fate)
            return last, target.members > 1, -sums[target], target.name

        return {target: sums[target] for target in sorted(sums, key=place)}

    def with_fate(self, fate: Fate) -> int:
        """Return the sum of the widths to all targets with a fate."""
        return sum(width for (_, target), width in self.widths.items() if target.fate is fate)


def routes(senders: Sequence[RouteStart], dangling: Collection[str] = ()) -> Routes:
    """Return where the failed events of functions go.

    >>> routes([RouteStart("f", "us-east-1", "123456789012")]).targets
    {RouteEnd(name='nowhere', fate=<Fate.NOWHERE: 'lost: no destination'>, members=1): 1}

    A function counts once for each of its targets, however many of its versions and aliases send there. `dangling` are
    the ARNs of destinations that do not exist.
    """
    loops = tuple(loops_of(senders))
    looped = {key for loop in loops for key in loop}
    several = len({sender.region for sender in senders}) > 1
    targets: dict[tuple[str, str], set[RouteEnd]] = {}
    losing: set[str] = set()
    for sender in senders:
        found = {*_targets(sender, dangling, looped, several=several)}
        if all(target.fate in _LOST for target in found):
            losing.add(sender.key)
        found |= {*_loop_of_successes(sender, looped, several=several)}
        targets.setdefault((sender.function, sender.key), set()).update(found)
    groups = _groups(Counter(name for name, _ in targets))
    shown = _largest(Counter(target for found in targets.values() for target in found))
    widths = Counter((groups[name], shown[target]) for (name, _), found in targets.items() for target in found)
    members = Counter(groups[name] for name, _ in targets)
    return Routes(widths, members, len(losing), loops)


def _targets(
    sender: RouteStart, dangling: Collection[str], looped: Collection[str], *, several: bool
) -> Iterator[RouteEnd]:
    if not sender.was_read:
        yield NOT_READ
        return
    arns = dict.fromkeys(arn for arn in (sender.on_failure, sender.dead_letter) if arn)
    if not arns:
        yield NOWHERE
    for arn in arns:
        fate = Fate.LOOP if _is_in_a_loop(sender, arn, looped) else _fate(arn, sender, dangling)
        yield RouteEnd(_name(arn, sender, several=several), fate)


def _loop_of_successes(sender: RouteStart, looped: Collection[str], *, several: bool) -> Iterator[RouteEnd]:
    """Yield the function that receives the records of successes, if it sends its own ones back."""
    if sender.on_success and _is_in_a_loop(sender, sender.on_success, looped):
        yield RouteEnd(f"{_name(sender.on_success, sender, several=several)}, on success", Fate.LOOP)


def _is_in_a_loop(sender: RouteStart, arn: str, looped: Collection[str]) -> bool:
    return sender.key in looped and _function_key(arn) in looped


def _parsed(arn: str) -> ReportedDestination:
    """Parse an ARN; any other text is a name without a kind or a place."""
    return ReportedDestination.parse(arn) or ReportedDestination("", arn, "", None, None)


def _function_key(arn: str) -> str:
    """Return the key of the function in an ARN, without version or alias."""
    target = _parsed(arn)
    return f"{target.kind}:{target.region}:{target.account_id}:function:{target.name}"


def _fate(arn: str, sender: RouteStart, dangling: Collection[str]) -> Fate:
    target = _parsed(arn)
    if arn in dangling:
        return Fate.DANGLING
    if target.is_fifo:
        return Fate.FIFO
    place = (target.region or sender.region, target.account_id or sender.account_id)
    is_foreign = place != (sender.region, sender.account_id)
    return Fate.FOREIGN if is_foreign else Fate.KEPT


def _name(arn: str, sender: RouteStart, *, several: bool) -> str:
    """Return the kind and name of a target; region and account are added if they are not the sender's."""
    target = _parsed(arn)
    name = target.name.rpartition("/")[2] if target.kind == "events" else target.name
    qualified = f"{name}:{target.qualifier}" if target.qualifier else name
    account = [] if target.account_id in {None, sender.account_id} else [target.account_id]
    place = [target.region] if target.region and (several or target.region != sender.region) else []
    return " ".join(
        [target.kind, qualified, *([f"({', '.join([*account, *place])})"] if [*account, *place] else [])]
    ).strip()


def _groups(names: Mapping[str, int]) -> Mapping[str, str]:
    """Return the group of each function: itself or, if there are many, the beginning of its name.

    >>> _groups({"pay-in": 1, "pay-out": 1, "cart": 1})
    {'pay-in': 'pay-in', 'pay-out': 'pay-out', 'cart': 'cart'}
    """
    if sum(names.values()) <= MOST_FUNCTIONS:
        return {name: name for name in names}
    sizes: Counter[str] = Counter()
    for name, count in names.items():
        sizes[_beginning(name)] += count
    by_name = {beginning for beginning, _ in sizes.most_common(MOST_GROUPS)}
    rest = sum(size for beginning, size in sizes.items() if beginning not in by_name)
    members = Counter(_beginning(name) for name in names)
    shown = {}
    for name in names:
        beginning = _beginning(name)
        alone = members[beginning] == 1
        shown[name] = f"{rest} more functions" if beginning not in by_name else name if alone else f"{beginning}*"
    return shown


def _beginning(name: str) -> str:
    head, dash, _ = name.partition("-")
    return head + dash


def _largest(sizes: Mapping[RouteEnd, int]) -> Mapping[RouteEnd, RouteEnd]:
    """Return the target to draw for each: itself, or one for all small targets with the same fate.

    Targets where events are not simply kept have priority.
    """
    order = sorted(sizes, key=lambda target: (target.fate is Fate.KEPT, -sizes[target], target.name))
    special = [target for target in order if target.fate is not Fate.KEPT][: MOST_GROUPS // 2]
    kept = [target for target in order if target.fate is Fate.KEPT][: MOST_GROUPS - len(special)]
    small: dict[Fate, list[RouteEnd]] = {}
    for target in order:
        if target not in {*special, *kept}:
            small.setdefault(target.fate, []).append(target)
    shown = {target: target for target in order}
    for fate, targets in small.items():
        if len(targets) > 1:
            together = RouteEnd(f"{len(targets):,} more destinations", fate, len(targets))
            shown.update(dict.fromkeys(targets, together))
    return shown


def loops_of(senders: Sequence[RouteStart]) -> Iterator[tuple[str, ...]]:
    """Yield the loops among functions that are each other's destinations, each loop once.

    AWS's loop detection stops some of them after about 16 turns.
    """
    edges: dict[str, set[str]] = {}
    for sender in senders:
        for arn in (sender.on_failure, sender.on_success):
            if arn and _parsed(arn).kind == "lambda":
                edges.setdefault(sender.key, set()).add(_function_key(arn))
    while True:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            cycle: list[str] = error.args[1]
            yield tuple(reversed(cycle[1:]))
            edges[cycle[1]].discard(cycle[0])
        else:
            return
