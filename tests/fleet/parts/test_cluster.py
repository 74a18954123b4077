"""An audit on a Dask cluster: the same rows, whatever happens to a worker, and no credential is sent."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from distributed.security import Security

import eicnb
from eicnb.errors import AuditInterrupted, ConfigurationError, IncompleteAudit, UsageError
from eicnb.fleet.parts.cluster import Cluster
from eicnb.fleet.progress import Progress
from tests.answering import Answering, Seen, Silence, Step, identity
from tests.fleet.lambdas import DENIED, Lambda
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]

REGIONS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}


def new_cluster(**options: Any) -> Any:
    return LocalCluster(threads_per_worker=1, dashboard_address=":0", **options)  # type: ignore[no-untyped-call] # it has no types


def new_client(workers: Any) -> Any:
    return Client(workers)  # type: ignore[no-untyped-call] # it has no types


def set_environment(variables: dict[str, str]) -> None:
    os.environ.update(variables)


def set_version(version: str) -> None:
    eicnb.__version__ = version


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with (
        dask.config.set({"distributed.worker.memory.terminate": False}),
        new_cluster(n_workers=2) as workers,
        new_client(workers) as client,
    ):
        client.run(set_environment, KEYS)
        yield client


def same_rows(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare all columns but the times at which rows were read."""
    pd.testing.assert_frame_equal(
        pd.DataFrame(one).drop(columns="read_at"), pd.DataFrame(other).drop(columns="read_at"), check_like=False
    )
    assert one["read_at"].notna().equals(other["read_at"].notna())


def connect(server: Answering) -> eicnb.Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=server.url)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"qualifiers": "all"},
        {"functions": ["checkout", "cart-*", "nosuch", "none-*"], "errors": "rows"},
        {"functions": ["nosuch"], "errors": "rows"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:no function matches")
def test_the_rows_and_their_order_are_those_of_an_audit_without_workers(
    eic: eicnb.Eic, client: Any, options: dict[str, Any]
) -> None:
    options = {"regions": "us-east-1,eu-west-1,ap-south-1", "rate": 500, "progress": False, **options}
    alone, shared = eic.audit(**options), eic.audit(**options, client=client)
    same_rows(alone, shared)
    assert shared.attrs == alone.attrs
    assert type(shared) is type(alone)


def test_several_accounts_are_read_and_one_that_denies_is_the_same_row(client: Any) -> None:
    def denying(seen: Seen, region: str, name: str) -> Step | None:
        return DENIED if region == "us-west-2" else None

    with Answering(Lambda(60, denying)) as server:
        options: dict[str, Any] = {"regions": REGIONS, "rate": 500, "progress": False}
        with pytest.raises(IncompleteAudit) as alone:
            connect(server).audit(**options)
        with pytest.raises(IncompleteAudit) as shared:
            connect(server).audit(**options, client=client)
    assert str(shared.value) == str(alone.value)
    same_rows(alone.value.result, shared.value.result)
    assert alone.value.result.attrs == shared.value.result.attrs


def test_the_roles_of_an_organisation_are_assumed_by_the_workers(eic: eicnb.Eic, client: Any) -> None:
    eicnb.use(eic)
    accounts = {"connections": eicnb.organization(role="audit", external_id=None)}
    options: dict[str, Any] = {**accounts, "rate": 500, "progress": False, "errors": "rows"}
    alone, shared = eicnb.audit(**options), eicnb.audit(**options, client=client)
    same_rows(alone, shared)
    assert shared.account_id.nunique() > 5
    assert shared.attrs["denied"] == 1


class Busy(Lambda):
    """A fleet that records how many regions are read at the same time, and when."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.times: list[tuple[float, str]] = []

    def right(self, seen: Seen, region: str, name: str) -> Step:
        self.times.append((time.monotonic(), region))
        return super().right(seen, region, name)

    def fastest(self, region: str) -> int:
        """Return the most requests of a region within a second."""
        times = [at for at, where in self.times if where == region]
        return max(sum(0 <= later - at < 1 for later in times) for at in times)

    def in_parallel(self) -> int:
        """Return the most regions between the first and the last request of each at the same time."""
        spans = [[at for at, where in self.times if where == region] for region in REGIONS]
        return max(sum(min(span) <= at <= max(span) for span in spans) for at, _ in self.times)


def test_a_worker_reads_more_accounts_and_regions_in_parallel_than_it_has_threads(client: Any) -> None:
    fleet = Busy(20)
    with Answering(fleet) as server:
        connect(server).audit(regions=REGIONS, rate=20, progress=False, client=client)
    assert fleet.in_parallel() > 2, "each of the two workers has one thread"
    assert {fleet.fastest(region) <= 23 for region in REGIONS} == {True}


def test_another_worker_takes_over_from_a_dead_one_within_the_rate(client: Any) -> None:
    fleet = Busy(25)
    pids = client.run(os.getpid)
    killed: list[int] = []

    def show(progress: Progress) -> None:
        if progress.calls > 20 and not killed:
            killed.append(min(pids.values()))
            os.kill(killed[0], signal.SIGKILL)

    with Answering(fleet) as server:
        shared = connect(server).audit(regions=REGIONS, rate=20, progress=show, client=client)
        alone = connect(server).audit(regions=REGIONS, rate=500, progress=False)
    assert killed
    same_rows(alone, shared)
    client.wait_for_workers(2, timeout=30)
    client.run(set_environment, KEYS)


def test_no_credential_is_in_what_is_sent_to_the_workers(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    def submit(*args: Any, **options: Any) -> Any:
        sent.append((args, options))
        return Client.submit(client, *args, **options)

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOFTHENOTEBOOK")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "FwoGZXIvYXdzE")
    monkeypatch.setattr(client, "submit", submit)
    with Answering(Lambda(3)) as server:
        connect(server).audit(regions=REGIONS[:2], rate=500, progress=False, client=client)
        used = {seen.access_key for seen in server.seen if seen.service == "lambda"}
    content = pickle.dumps(sent) + repr(sent).encode()
    assert len(sent) == 2
    assert not re.search(rb"AKID|wJalr|FwoG", content)
    assert used == {"AKIDTEST"}


class TwoAccounts(Lambda):
    """A fleet with a different account for each access key."""

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "sts":
            return identity("111111111111" if seen.access_key == "AKIDTEST" else self.account_id)
        return super().__call__(seen)


def test_a_worker_whose_credentials_belong_to_another_account_reads_nothing(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNOTEBOOK")
    with Answering(TwoAccounts(3)) as server:
        frame = connect(server).audit(client=client, errors="rows", progress=False)
        assert not [seen for seen in server.seen if seen.service == "lambda"]
    assert frame[["account_id", "region", "scan_state"]].to_numpy().tolist() == [
        ["123456789012", "us-east-1", "failed"]
    ]
    assert frame.error[0].splitlines()[0] == "the worker's credentials belong to account 111111111111, not 123456789012"


def test_credentials_are_not_sent_to_a_cluster_that_is_not_encrypted(client: Any) -> None:
    session = boto3.Session("ASIAOWN", "secret", "token", region_name="us-east-1")
    with Answering(Lambda(3)) as server, pytest.raises(UsageError) as caught:
        eicnb.connect(boto3_session=session, endpoint_url=server.url).audit(client=client, credentials="send")
    assert not server.seen
    assert caught.value.message.startswith('credentials="send" needs an encrypted cluster, and tcp://127.0.0.1:')


def test_short_lived_credentials_are_sent_over_tls_and_shown_nowhere() -> None:
    session = boto3.Session("ASIAOWN", "hidden", "token", region_name="us-east-1")
    security = Security.temporary()  # type: ignore[no-untyped-call] # it has no types
    with (
        dask.config.set({"distributed.worker.memory.terminate": False}),
        new_cluster(n_workers=1, processes=False, protocol="tls://", security=security) as workers,
        new_client(workers) as client,
        Answering(Lambda(3)) as server,
    ):
        eic = eicnb.connect(boto3_session=session, endpoint_url=server.url)
        frame = eic.audit(client=client, credentials="send", rate=500, progress=False)
        used = {seen.access_key for seen in server.seen if seen.service == "lambda"}
        logs = str(client.get_worker_logs()) + str(client.get_scheduler_logs())
    assert frame.attrs["complete"]
    assert used == {"ASIAOWN"}
    assert not re.search(r"ASIAOWN|hidden", logs)


def test_workers_with_another_version_are_named_before_anything_is_read(client: Any) -> None:
    worker = min(client.nthreads())
    client.run(set_version, "0.0.9", workers=[worker])
    try:
        with Answering(Lambda(3)) as server, pytest.raises(ConfigurationError) as caught:
            connect(server).audit(client=client)
        assert not server.seen
    finally:
        client.run(set_version, eicnb.__version__)
    assert str(caught.value) == (
        f"the notebook has eicnb {eicnb.__version__}, but not the whole cluster does:\n"
        f"    {worker}: eicnb 0.0.9\n"
        "Try: install it on the scheduler and on the workers, then restart them\n"
        f"    pip install 'eicnb[dask]=={eicnb.__version__}'"
    )


WITHOUT_EICNB = "import sys\nsys.modules['eicnb'] = None\n"
"""A preload after which a process cannot import eicnb, as if it were not installed."""


def test_workers_without_eicnb_are_named_before_anything_is_read(notebook: Notebook) -> None:
    with (
        dask.config.set({"distributed.worker.memory.terminate": False}),
        new_cluster(n_workers=1, preload=WITHOUT_EICNB) as workers,
        new_client(workers) as client,
    ):
        [worker] = client.nthreads()
        notebook.shell.user_ns["client"] = client
        error = notebook.fail("%eic audit --no-progress --client ${client}")
        with Answering(Lambda(3)) as server, pytest.raises(ConfigurationError) as caught:
            connect(server).audit(client=client)
    assert not server.seen
    assert str(error) == str(caught.value)
    assert str(error).splitlines()[1] == f"    {worker}: no eicnb"


def test_a_scheduler_without_eicnb_is_named_too(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    start = f"{WITHOUT_EICNB}from distributed.cli.dask_scheduler import main\nmain()"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with subprocess.Popen([sys.executable, "-c", start, *options], stderr=subprocess.PIPE, text=True) as scheduler:
        assert scheduler.stderr is not None
        address = next(found[0] for line in scheduler.stderr if (found := re.search(r"tcp://127\.0\.0\.1:\d+", line)))
        with new_client(address) as alone:
            monkeypatch.setattr(alone, "run", client.run)
            monkeypatch.setattr(alone, "nthreads", client.nthreads)
            with Answering(Lambda(3)) as server, pytest.raises(ConfigurationError) as caught:
                connect(server).audit(client=alone)
        scheduler.terminate()
    assert not server.seen
    assert str(caught.value).splitlines()[1:3] == [
        "    the scheduler: no eicnb",
        "Try: install it on the scheduler and on the workers, then restart them",
    ]


def test_an_interrupt_stops_the_workers_too_and_keeps_what_was_read(client: Any) -> None:
    def show(progress: Progress) -> None:
        if progress.regions_done and not progress.is_over:
            raise KeyboardInterrupt

    def slow(seen: Seen, region: str, name: str) -> Step | None:
        return None if region == "us-east-1" or not name else Silence(0.3)

    with Answering(Lambda(30, slow)) as server:
        with pytest.raises(AuditInterrupted) as caught:
            connect(server).audit(regions=REGIONS[:3], rate=100, progress=show, client=client)
        seen = -1
        while seen < len(server.seen):
            seen = len(server.seen)
            time.sleep(1)
        assert seen < 400, "an audit that is not stopped sends twice as many"
    frame = caught.value.result
    assert Counter(frame.scan_state) == {"ok": 30, "unread": 2}
    assert str(caught.value).startswith("the audit was stopped: 30 of 32 rows were read\nTry: %eic audit --resume")


def test_a_cluster_that_lost_its_workers_is_a_warning_and_a_new_worker_goes_on(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(Cluster, "between_checks", 0.2)
    warned: list[str] = []

    def show(progress: Progress) -> None:
        if progress.calls > 2 and not warned:
            workers.scale(0)
        warned[:] = [str(one.message) for one in recwarn if "lost all its workers" in str(one.message)]
        if warned:
            workers.scale(1)

    with (
        dask.config.set({"distributed.worker.memory.terminate": False}),
        new_cluster(n_workers=1, processes=False) as workers,
        new_client(workers) as client,
        Answering(Lambda(20)) as server,
    ):
        client.run(set_environment, KEYS)
        frame = connect(server).audit(regions=REGIONS[:2], rate=20, progress=show, client=client)
    assert frame.attrs["complete"]
    assert warned == ["the cluster has lost all its workers, and the audit waits for new ones; their logs may say why"]


def test_two_audits_at_once_never_read_the_same_region_at_once(client: Any) -> None:
    fleet = Busy(20)
    frames = []
    with Answering(fleet) as server:

        def run() -> None:
            frames.append(connect(server).audit(rate=20, progress=False, client=client))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [frame.attrs["ok"] for frame in frames] == [20, 20]
    assert fleet.fastest("us-east-1") <= 23


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client": "tcp://10.0.0.1:8786"}, "client is 'tcp://10.0.0.1:8786', not a client of a Dask cluster"),
        ({"credentials": "mine"}, "credentials is 'mine'"),
        ({"functions": lambda function: True}, "functions is a callable, which cannot be sent to workers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    client: Any, options: dict[str, Any], message: str
) -> None:
    with Answering(Lambda(3)) as server, pytest.raises(UsageError) as caught:
        connect(server).audit(**{"client": client, **options})
    assert caught.value.message == message
    assert not server.seen


def test_credentials_without_a_cluster_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        eicnb.connect(region="us-east-1").audit(credentials="send")
    assert str(caught.value) == (
        'credentials="send" is for the workers of a cluster, but client= is missing\n'
        "Try: leave out credentials=, or add client=client"
    )


def test_the_hint_about_an_address_makes_a_client(client: Any) -> None:
    address = client.scheduler.address
    with pytest.raises(UsageError) as caught:
        eicnb.connect(region="us-east-1").audit(client=address)
    sentence, *lines = (caught.value.hint or "").splitlines()
    assert sentence == "make a client, and pass it"
    made: dict[str, Any] = {}
    exec("\n".join(lines), made)  # the lines that the error tells to type
    with made["client"]:
        assert made["client"].scheduler.address == address


def test_an_audit_is_resumed_without_the_cluster(client: Any) -> None:
    with Answering(Lambda(3)) as server:
        frame = connect(server).audit(progress=False)
        with pytest.raises(UsageError) as caught:
            connect(server).audit(resume=frame, client=client)
    assert str(caught.value) == (
        "an audit cannot be resumed on a cluster\nTry: leave out client=: the rows are read without it"
    )


def test_without_distributed_the_error_says_what_to_install(eic: eicnb.Eic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError) as caught:
        eic.audit(client=object())
    assert str(caught.value) == "a Dask cluster needs distributed\nTry: pip install 'eicnb[dask]'"


def test_a_boto3_session_is_refused_before_a_worker_reads_anything(client: Any) -> None:
    session = boto3.Session("AKIDOWN", "secret", region_name="us-east-1")
    with Answering(Lambda(3)) as server, pytest.raises(UsageError) as caught:
        eicnb.connect(boto3_session=session, endpoint_url=server.url).audit(client=client)
    assert {seen.service for seen in server.seen} <= {"sts"}
    assert "the credentials of a boto3 session that you made do not leave this process" in str(caught.value)


def test_the_magic_accepts_a_client_from_the_notebook(notebook: Notebook, client: Any, tmp_path: Path) -> None:
    notebook.shell.user_ns |= {"client": client, "folder": tmp_path}
    line = "%eic audit --regions us-east-1,eu-west-1 --rate 500 --no-progress --client ${client}"
    assert notebook.run(line).attrs["complete"]
    summary = notebook.run(f"{line} --folder ${{folder}}/today")
    assert summary.ok.tolist() == [16, 91]
    assert isinstance(notebook.fail(f"{line} --credentials mine"), UsageError)
