"""Updates with `--create`: a put if there is no config, otherwise an update."""

from __future__ import annotations

import pandas as pd
import pytest

import eicnb
from eicnb.errors import NotFound
from tests.shell import Notebook, bare_notebook, notebook

__all__ = ["bare_notebook", "notebook"]


@pytest.mark.parametrize("line", ["", " --output json", ";", " --quiet"])
def test_an_update_creates_a_config_or_keeps_the_current_one(line: str, notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.run(f"%eic update my-function --retries 1 --create{line}")
    assert eic.get("my-function").maximum_retry_attempts.item() == 1
    notebook.run(f"%eic update my-function --max-age 1h --create{line}")
    config = eic.get("my-function")
    assert (config.maximum_retry_attempts.item(), config.maximum_event_age_in_seconds.item()) == (1, 3600)


def test_one_destination_is_created_and_the_other_stays(eic: eicnb.Eic) -> None:
    first = eic.update("my-function", on_failure="sqs:shop-failures", create=True)
    assert first.on_success_type.isna().all()
    second = eic.update("my-function", on_success="events:shop", create=True)
    assert (second.on_failure_type.item(), second.on_success_type.item()) == ("sqs", "events")


def test_without_it_a_missing_config_is_not_found(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound):
        eic.update("my-function", maximum_retry_attempts=1)


def test_a_missing_function_is_not_found_either_way(eic: eicnb.Eic) -> None:
    with pytest.raises(NotFound, match="there is no function 'nope' in us-east-1"):
        eic.update("nope", maximum_retry_attempts=1, create=True)


def test_a_dry_run_shows_the_config_that_would_be_created(notebook: Notebook, eic: eicnb.Eic) -> None:
    notebook.printed()
    frame = notebook.run("%eic update my-function --retries 1 --create --dry-run")
    assert notebook.printed().startswith(
        f"DRY RUN  put my-function:$LATEST  retries 2 -> 1  us-east-1  {eic.account_id}  SANDBOX\n"
    )
    assert frame.maximum_retry_attempts.tolist() == [1]
    assert frame.maximum_event_age_in_seconds.tolist() == [pd.NA]
    with pytest.raises(NotFound):
        eic.get("my-function")
