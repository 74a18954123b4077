"""Benchmarks of audits in parts, against a fake Lambda in other processes.

    python tests/bench/dask_cluster.py [cluster] [memory] [--small]

Without a name, both run, in about fifteen minutes; `--small` takes some seconds for each. If a claim does not hold, the
program exits with an AssertionError.

- cluster: the same audit in one process, and on a LocalCluster of two workers: requests, CPU time in total (the
  notebook's process with scheduler and nannies, and the workers), and seconds. The start of the cluster and the imports
  of its workers do not count, because an audit comes first. The cluster's own overhead counts, and is shown too. Calls
  to STS do not count.
- memory: the peak of the notebook's process, for a frame of 100,000 rows, and for 1,000,000 rows through `folder=` in
  100 accounts and regions, alone and with two workers.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import eicnb
from tests.bench.audit import MORE_REGIONS, counted, fake_lambda, run

WORKERS = 2
MOST_CPU = 1.15
LEAST_GAIN = 1.7
CORES_FOR_A_GAIN = 4
FREE = 1_000_000
MEGABYTES = 1024


@dataclass(frozen=True)
class Sizes:
    """The number of functions in a region, of accounts and regions, and of runs."""

    functions: int
    accounts: int
    regions: int
    turns: int
    frame: int
    written: tuple[int, int, int]


WHOLE = Sizes(functions=4000, accounts=4, regions=2, turns=3, frame=100_000, written=(10_000, 10, 10))
SMALL = Sizes(functions=250, accounts=4, regions=2, turns=1, frame=2_000, written=(200, 5, 4))


def account_ids(count: int) -> list[str]:
    return [f"{number:012}" for number in range(1, count + 1)]


@contextmanager
def profiles(accounts: Sequence[str]) -> Iterator[None]:
    """Write a profile for each account, whose access key is the account for the fake."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "credentials"
        path.write_text(
            "".join(f"[{one}]\naws_access_key_id = {one}\naws_secret_access_key = secret\n" for one in accounts)
        )
        before = dict(os.environ)
        os.environ |= {"AWS_SHARED_CREDENTIALS_FILE": str(path), "AWS_CONFIG_FILE": str(path.with_name("none"))}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before


def connections(accounts: Sequence[str], urls: Sequence[str]) -> list[eicnb.Eic]:
    """A connection for each account; they alternate between the fakes, so that no fake is the bottleneck."""
    return [eicnb.connect(one, "us-east-1", endpoint_url=urls[at % len(urls)]) for at, one in enumerate(accounts)]


@contextmanager
def local_cluster() -> Iterator[Any]:
    from distributed import Client, LocalCluster  # without it, a process is smaller

    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0") as workers,  # type: ignore[no-untyped-call] # it has no types
        Client(workers) as client,  # type: ignore[no-untyped-call] # it has no types
    ):
        yield client


def requests(urls: Sequence[str]) -> int:
    """The requests to Lambda so far, without those to STS."""
    return sum(counted(url).get("answered", 0) for url in urls)


def measured(
    audits: list[eicnb.Eic], sizes: Sizes, urls: Sequence[str], client: Any = None
) -> tuple[float, float, int]:
    """The seconds, CPU seconds of all processes, and requests of an audit."""
    sent = requests(urls)
    of_workers = client.run(time.process_time) if client else {}
    cpu, started = time.process_time(), time.perf_counter()
    frame = eicnb.audit(
        connections=audits, regions=MORE_REGIONS[: sizes.regions], rate=FREE, progress=False, client=client
    )
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    if client:
        used += sum(now - of_workers[worker] for worker, now in client.run(time.process_time).items())
    assert frame.attrs["ok"] == sizes.functions * sizes.accounts * sizes.regions, "no function is lost"
    return seconds, used, requests(urls) - sent


def idle(client: Any) -> float:
    """The CPU seconds per second of all processes of an idle cluster."""
    of_workers, cpu, started = client.run(time.process_time), time.process_time(), time.perf_counter()
    time.sleep(2)
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    used += sum(now - of_workers[worker] for worker, now in client.run(time.process_time).items())
    return float(used / seconds)


def cluster(sizes: Sizes) -> None:
    accounts = account_ids(sizes.accounts)
    total = sizes.functions * sizes.accounts * sizes.regions
    print(
        f"cluster: {total:,} functions in {sizes.accounts * sizes.regions} accounts and regions, {os.cpu_count()} cores"
    )
    with ExitStack() as stack:
        stack.enter_context(profiles(accounts))
        urls = [stack.enter_context(fake_lambda(functions=sizes.functions)) for _ in range(WORKERS)]
        audits = connections(accounts, urls)
        measured(audits, sizes, urls)  # the first one imports what it needs
        alone = [measured(audits, sizes, urls) for _ in range(sizes.turns)]
        client = stack.enter_context(local_cluster())
        measured(audits, sizes, urls, client)
        resting = idle(client)
        shared = [measured(audits, sizes, urls, client) for _ in range(sizes.turns)]
    for name, turns in (("one process", alone), ("two workers", shared)):
        seconds, cpu = (statistics.median(turn[at] for turn in turns) for at in (0, 1))
        print(
            f"  {name}  {seconds:6.2f} s  {cpu:6.2f} s of CPU  {cpu / total * 1000:.3f} ms a function  "
            f"{turns[0][2]} requests"
        )
    print(f"  the cluster takes {resting:.3f} s of CPU a second without work")
    cpu = statistics.median(turn[1] for turn in shared) / statistics.median(turn[1] for turn in alone)
    gain = statistics.median(turn[0] for turn in alone) / statistics.median(turn[0] for turn in shared)
    print(f"  two workers: {cpu:.3f} x the CPU, {gain:.2f} x as fast")
    assert {turn[2] for turn in shared} == {turn[2] for turn in alone}, "the requests are the same"
    if sizes is WHOLE:  # a small one is hardly larger than its overhead
        assert cpu <= MOST_CPU, "the cluster costs little"
        assert gain >= LEAST_GAIN or (os.cpu_count() or 1) < CORES_FOR_A_GAIN, "two workers are faster than one process"


PEAK = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import eicnb
from tests.bench.dask_cluster import MORE_REGIONS, FREE, account_ids, connections, local_cluster
from contextlib import nullcontext
if __name__ == "__main__":
    urls, accounts, regions, folder, with_client = sys.argv[2].split(","), *map(int, sys.argv[3:5]), *sys.argv[5:]
    with (local_cluster() if with_client else nullcontext()) as client:
        frame = eicnb.audit(connections=connections(account_ids(accounts), urls), regions=MORE_REGIONS[:regions],
                            rate=FREE, progress=False, folder=folder or None, client=client)
        assert frame.attrs["complete"]
        print(frame.attrs["rows"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def memory(sizes: Sizes) -> None:
    functions, accounts, regions = sizes.written
    with profiles(account_ids(accounts)), tempfile.TemporaryDirectory() as folder:
        one = _peak("a frame", sizes.frame, (1, 1))
        alone = _peak("a folder", functions, (accounts, regions), f"{folder}/alone")
        shared = _peak("a folder and two workers", functions, (accounts, regions), f"{folder}/shared", "client")
    assert one < 300, "a frame of 100,000 rows takes less than 300 MB"
    assert max(alone, shared) < 500, "1,000,000 rows in files take less than 500 MB"


def _peak(what: str, functions: int, places: tuple[int, int], folder: str = "", client: str = "") -> int:
    """The peak memory of a process that runs an audit, in MB."""
    with fake_lambda(functions=functions) as one, fake_lambda(functions=functions) as other:
        words = [str(Path(__file__).parents[2]), f"{one},{other}", *map(str, places), folder, client]
        started = time.perf_counter()
        with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
            script.write(PEAK)
            script.flush()
            told = subprocess.run([sys.executable, script.name, *words], check=True, stdout=subprocess.PIPE, text=True)
    rows, megabytes = map(int, told.stdout.split())
    print(f"memory: {what:<24}  {rows:9,} rows  {megabytes:4} MB  {time.perf_counter() - started:6.1f} s")
    return megabytes


FIGURES = {"cluster": cluster, "memory": memory}


if __name__ == "__main__":
    run(__doc__, FIGURES, WHOLE, SMALL)
