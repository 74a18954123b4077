"""The fixes that checks propose: `%eic` lines, AWS CLI lines, and instructions in words.

Tested in tests/fleet/checks/test_fixes.py.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.finding import Fix
from eicnb.model.age import age
from eicnb.model.destination import DestinationArn

_PLAIN = re.compile(r"arn:[A-Za-z0-9:_$-]+")

_DEAD_LETTERS = "--dead-letter-config"

_NEW_QUEUE = "lambda-failures"


class Fixes:
    """The fixes for the rows of one audit, written for a connection to `region`.

    `is_usable` returns False for a queue that is known not to work for a row's failures. `prerequisite` returns the
    fix that a row needs before it may send to a destination, if one is known to be needed.
    """

    def __init__(
        self,
        audit: Audited,
        region: str | None = None,
        is_usable: Callable[[int, str], bool] = lambda *_: True,
        prerequisite: Callable[[int, str], Fix | None] = lambda *_: None,
    ) -> None:
        self._audit = audit
        self._region = region
        self._is_usable = is_usable
        self._prerequisite = prerequisite

    def set(self, row: int, *options: str) -> Fix:
        """Return the line that changes only these settings of a row, so that several fixes can be combined."""
        create = () if self._audit.configured[row] else ("--create",)
        line = f"%eic update {self._subject(row)} {' '.join([*create, *options])}{self._region_option(row)}"
        return Fix(line, "eic", sets=tuple(zip(options[::2], options[1::2], strict=True)))

    def delete(self, row: int) -> Fix:
        """Return the line that deletes a row's config; it relies on the dead-letter target, if there is one."""
        line = f"%eic delete {self._subject(row)} --missing-ok{self._region_option(row)}"
        return Fix(line, "eic", self._dead_letters_of(row), replaces=True)

    def dead_letters_only(self, row: int, *more: str) -> Fix:
        """Return the line that removes the on-failure destination and relies on the dead-letter target."""
        fix = self.set(row, "--on-failure", "none", *more)
        return fix._replace(sets=fix.sets + self._dead_letters_of(row))

    def _dead_letters_of(self, row: int) -> tuple[tuple[str, str], ...]:
        dead_letters = self._audit.dead_letters[row]
        return () if dead_letters is None else ((_DEAD_LETTERS, dead_letters),)

    def copy(self, row: int, source: int) -> Fix:
        """Return the line that copies another row's config to a row.

        The usual failure queue, if there is one, replaces an on-failure destination that AWS would refuse.
        """
        audit = self._audit
        for text in (audit.on_failure[source], audit.on_success[source]):
            if text is not None and _can_be_set(text) and (prerequisite := self._prerequisite(row, text)) is not None:
                return prerequisite
        words: list[str] = []
        if audit.has("maximum_retry_attempts")[source]:
            words += ["--retries", str(audit.retries[source])]
        if audit.has("maximum_event_age_in_seconds")[source]:
            words += ["--max-age", age(int(audit.ages[source]))]
        for option, arns in (("--on-failure", audit.on_failure), ("--on-success", audit.on_success)):
            words += [option, self._copied(row, option, arns[source])]
        sets = tuple((option, value) for option, value in zip(words[::2], words[1::2], strict=True) if value != "none")
        line = f"%eic put {self._subject(row)} {' '.join(words)}{self._region_option(row)}"
        return Fix(line, "eic", sets=sets, replaces=True)

    def keep_failures(self, row: int, *more: str) -> Fix:
        """Return the line that sends a row's failures to the usual failure queue of its account and region.

        Without such a queue, return the line that creates one. If the row's role may not send to the queue, return the
        fix for that.
        """
        queue = self.failure_queue(row)
        if queue is None:
            return self.new_queue(row)
        return self._prerequisite(row, self.queue_arn(row, queue)) or self.set(row, "--on-failure", queue, *more)

    def without_dead_letters(self, row: int) -> Fix:
        """Return the line that removes the dead-letter target; a published version cannot be changed."""
        audit = self._audit
        if not audit.is_latest[row]:
            return Fix("remove the dead-letter target from the function, and publish a version without one")
        name, region = shlex.quote(str(audit.function_names[row])), shlex.quote(str(audit.regions[row]))
        line = f"aws lambda update-function-configuration --function-name {name} --dead-letter-config TargetArn="
        return Fix(f"{line} --region {region}", "aws", sets=((_DEAD_LETTERS, "none"),))

    def failure_queue(self, row: int) -> str | None:
        """Return the usable failure queue with the most users in a row's account and region, as `sqs:NAME`."""
        queues = self._queues.get(self._audit.place(row), ())
        return next((f"sqs:{arn.rpartition(':')[2]}" for arn in queues if self._is_usable(row, arn)), None)

    def queue_arn(self, row: int, queue: str) -> str:
        """Return the ARN of `sqs:NAME` in a row's account and region."""
        account_id, region = self._audit.place(row)
        partition = str(self._audit.function_arns[row]).split(":")[1]
        return f"arn:{partition}:sqs:{region}:{account_id}:{queue.partition(':')[2]}"

    def new_queue(self, row: int) -> Fix:
        """Return the line that creates a failure queue with the longest retention that SQS allows."""
        region = self._audit.regions[row]
        line = f"aws sqs create-queue --queue-name {_NEW_QUEUE} --attributes MessageRetentionPeriod=1209600"
        return Fix(f"{line} --region {shlex.quote(str(region))}", "aws")

    @cached_property
    def _queues(self) -> Mapping[tuple[str | None, str | None], Sequence[str]]:
        """The failure queues of each account and region, the most used first."""
        audit = self._audit
        users: dict[tuple[str | None, str | None], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        functions = audit.functions.tolist()
        for row in rows(audit.exists & audit.has("on_failure")):
            users[audit.place(row)][audit.on_failure[row]].add(functions[row])
        return {
            place: sorted(
                (arn for arn in found if self._may_receive(arn, place)), key=lambda arn: (-len(found[arn]), arn)
            )
            for place, found in users.items()
        }

    def _may_receive(self, text: str, place: tuple[str | None, str | None]) -> bool:
        arn = self._audit.destination(text)
        if arn is None or arn.kind != "sqs" or not _can_be_set(text):
            return False
        return (arn.account_id, arn.region) == place

    def _copied(self, row: int, option: str, text: str | None) -> str:
        if text is not None and _can_be_set(text, is_on_success=option == "--on-success"):
            return self._destination(row, text)
        queue = self.failure_queue(row) if text is not None and option == "--on-failure" else None
        return queue or "none"

    def _destination(self, row: int, text: str) -> str:
        """Return a destination as an option's value: `sqs:NAME` for a queue in the row's account and region."""
        arn = self._audit.destination(text)
        is_short = arn is not None and arn.kind == "sqs" and (arn.account_id, arn.region) == self._audit.place(row)
        return shlex.quote(f"sqs:{arn.name}" if arn and is_short else text)

    def _subject(self, row: int) -> str:
        function_arn = str(self._audit.function_arns[row])
        return function_arn if _PLAIN.fullmatch(function_arn) else shlex.quote(function_arn)

    def _region_option(self, row: int) -> str:
        region = self._audit.regions[row]
        return "" if region == self._region else f" --region {shlex.quote(str(region))}"


def _can_be_set(text: str, *, is_on_success: bool = False) -> bool:
    """Return whether AWS would accept a destination today; a config may be older than AWS's rules."""
    try:
        return DestinationArn.parse(text).kind != "s3" or not is_on_success
    except UsageError:
        return False
