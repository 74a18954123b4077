"""Habits of notebook users, and what must come of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

import eicnb
from eicnb.errors import UsageError

if TYPE_CHECKING:
    from tests.shell import Notebook

Sent = Callable[[], list[str | None]]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--region 'us east 1'", "'us east 1' is not the name of a region"),
        ("--endpoint-url notaurl", "'notaurl' is not the URL of an endpoint"),
        ("--endpoint-url ftp://x", "'ftp://x' is not the URL of an endpoint"),
        ("--endpoint-url http://127.0.0.1:99999", "'http://127.0.0.1:99999' is not the URL of an endpoint"),
        ("--cli-read-timeout -1", "the read timeout is -1"),
    ],
)
def test_nothing_is_sent_if_a_later_line_has_an_unusable_connection(
    notebook: Notebook, sent: Sent, option: str, message: str
) -> None:
    error = notebook.fail(f"%%eic\nput my-function --retries 1\nput my-function --retries 2 {option}")
    assert isinstance(error, UsageError)
    assert error.message == message
    assert error.excerpt is not None
    assert error.excerpt.number == 3
    assert sent() == []


def test_a_comment_may_follow_the_magic(notebook: Notebook) -> None:
    result = notebook.run("%%eic # why\nput my-function --retries 1")
    assert list(result.maximum_retry_attempts) == [1]


def test_values_of_frames_go_back_in(notebook: Notebook) -> None:
    notebook.run("configs = %eic list my-function")
    notebook.run("attempts = configs.maximum_retry_attempts.to_numpy(dtype=int)[0]")
    row = notebook.run("x = %eic get ${configs.loc[0, 'function_name']} --qualifier ${configs.at[0, 'qualifier']}\nx")
    assert list(row.qualifier) == ["BLUE"]
    row = notebook.run("x = %eic put my-function --qualifier ${configs.index[1]} --retries {attempts}\nx")
    assert (list(row.qualifier), list(row.maximum_retry_attempts)) == (["1"], [0])


def test_a_saved_frame_restores_its_configs(eic: eicnb.Eic) -> None:
    before = eic.list("my-function")
    for row in before.itertuples():
        cells: Any = row
        eic.put(
            cells.function_name,
            qualifier=cells.qualifier,
            maximum_retry_attempts=cells.maximum_retry_attempts,
            maximum_event_age_in_seconds=cells.maximum_event_age_in_seconds,
            on_failure=cells.on_failure,
            on_success=cells.on_success,
        )
    after = eic.list("my-function")
    assert after.drop(columns="last_modified").equals(before.drop(columns="last_modified"))


def test_a_sandbox_in_a_variable_survives_the_command_for_a_new_one(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run("%eic sandbox")
    first = eicnb.current()
    notebook.run("%eic sandbox")
    assert eic.get("my-function:BLUE").qualifier.item() == "BLUE"
    assert eicnb.current().account_id == first.account_id
    server = eicnb.current().server
    assert server is not None
    server.stop()


def test_a_typographic_dash_is_reported(notebook: Notebook) -> None:
    error = notebook.fail("%eic put my-function \N{EN DASH}\N{EN DASH}retries 2")
    assert isinstance(error, UsageError)
    assert error.hint == "--retries"


def test_a_session_of_the_users_own_keeps_its_settings() -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    session._session.set_default_client_config(Config(read_timeout=70, proxies={"https": "http://127.0.0.1:9"}))
    client = eicnb.connect(boto3_session=session)._connection.aws._client("lambda")
    assert (client.meta.config.read_timeout, client.meta.config.proxies) == (70, {"https": "http://127.0.0.1:9"})


def test_anything_but_a_session_is_an_error_at_once() -> None:
    with pytest.raises(UsageError, match="'prod' is not a boto3 session"):
        eicnb.connect(boto3_session="prod")  # type: ignore[arg-type] # a likely mistake


def test_a_profile_can_be_used_with_every_option_of_a_connection(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_text("[profile me]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    used = notebook.run("%eic use --profile me --cli-read-timeout 3 --no-sign-request")
    assert repr(used) == "Eic(region='eu-west-1', profile='me')"
    assert (used.is_sandbox, used.endpoint_url) == (False, None)
