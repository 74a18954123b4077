"""A benchmark of completion with 10,000 known functions, compared with a plain filter of their names.

    python tests/bench/completion.py [--rounds 100] [--functions 10000] [--small]

The filter is the minimum that any completion does: `[name for name in names if name.startswith(typed)]`. The last line
is completed as in a notebook, through IPython's matcher, which also collects the known names.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace

import pandas as pd

from eicnb.cli.completion import Known, complete
from eicnb.cli.memory import Memory
from eicnb.notebook.completion import register

ARN = "arn:aws:sqs:us-east-1:123456789012"
PLENTY = "put f --destination-config OnFailure={Destination=" + ARN[:20]
CELL = "aws lambda put-function-event-invoke-config \\\n  --function-name f \\\n  --maximum-retry-attempts 0\n" * 20
LINES = {
    "a verb": "pu",
    "every function": "put ",
    "one function": "put function-99",
    "other letter cases": "put FUNCTION-99",
    "a qualifier": "put function-99:li",
    "an option": "put function-99 --ret",
    "a value": "put function-99 --retries ",
    "a destination": "put function-99 --on-failure sqs:queue-9",
    "a lambda destination": "put function-99 --on-failure lambda:function-9",
    "the shorthand": PLENTY,
    "a name": "put ${na",
    "the end of a long cell": CELL + "put function-99",
}


def milliseconds(action: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def seen(functions: int) -> Memory:
    """What a notebook remembers after one list of that many functions, each with a destination."""
    names = [f"function-{n}" for n in range(functions)]
    queues = [f"{ARN}:queue-{n}" for n in range(functions)]
    rows = {"function_name": names, "qualifier": "live", "on_failure": queues}
    memory = Memory()
    memory.learn(pd.DataFrame({**rows, "region": "us-east-1", "account_id": "123456789012"}))
    return memory


def matcher(memory: Memory) -> Callable[[str], object]:
    """The candidates for a cell, through IPython's matcher."""
    completer, hooks = SimpleNamespace(custom_matchers=[]), SimpleNamespace(regexs={})
    names = {f"name_{n}": n for n in range(1000)}
    register(
        SimpleNamespace(
            Completer=completer, strdispatchers={"complete_command": hooks}, user_ns=names, user_ns_hidden={}
        ),
        memory,
    )
    (match,) = completer.custom_matchers
    return lambda cell: match(SimpleNamespace(full_text=cell, cursor_line=0, cursor_position=len(cell)))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--functions", type=int, default=10_000)
    arguments.add_argument("--small", action="store_true", help="a few seconds, to see that it runs")
    asked = arguments.parse_args()
    if asked.small:
        asked.rounds, asked.functions = 3, 1000
    memory = seen(asked.functions)
    of_memory = memory.known()
    known = Known(of_memory.functions, of_memory.qualifiers, of_memory.destinations, names=["name"])
    names = sorted(known.functions)
    plain = milliseconds(lambda: [name for name in names if name.startswith("function-99")], asked.rounds)
    print(f"{'a plain filter':<24}{plain:>8.3f} ms   {len(names)} functions, {len(known.destinations)} destinations")
    for what, line in LINES.items():
        median = milliseconds(lambda line=line: complete(line, len(line), known), asked.rounds)  # type: ignore[misc] # a default binds it
        print(f"{what:<24}{median:>8.3f} ms   {median / plain:>6.1f} x the filter")
    match = matcher(memory)
    median = milliseconds(lambda: match("x = %eic put function-99"), asked.rounds)
    print(f"{'through the matcher':<24}{median:>8.3f} ms   {median / plain:>6.1f} x the filter")


if __name__ == "__main__":
    main()
