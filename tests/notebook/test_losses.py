"""The `losses` command."""

from __future__ import annotations

import pytest

from eicnb.errors import UsageError
from tests.shell import Notebook


@pytest.fixture
def audited(notebook: Notebook) -> Notebook:
    """Return a notebook on a sandbox, with an audit of three functions."""
    notebook.run("%eic sandbox")
    notebook.run("audit = %eic audit --functions thumbnails,newsletters,checkout --no-progress")
    return notebook


def test_a_line_counts_what_was_lost(audited: Notebook) -> None:
    frame = audited.run("%eic losses ${audit} --since 7d --no-progress")
    assert frame.function_name.tolist() == ["thumbnails", "newsletters", "checkout", "checkout"]
    assert frame.lost.tolist() == [240, 21, 0, 0]
    assert "CloudWatch lags by some minutes" in repr(frame)


def test_a_period_has_two_ends(audited: Notebook) -> None:
    frame = audited.run("%eic losses ${audit} --since 2d --until 1d --no-progress")
    assert 0 < frame.lost[0] < 240


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%eic losses ${audit} --since 456d", "since is '456d', but CloudWatch keeps metrics for 455 days"),
        ("%eic losses ${audit} --since 2100-01-01", "since is '2100-01-01', which is in the future"),
        ("%eic losses ${audit} --since soon", "since is 'soon', which is not a time"),
        ("%eic losses audit", "the audit is 'audit', which is text, not a DataFrame"),
    ],
)
def test_a_wrong_line_is_pointed_at(audited: Notebook, line: str, message: str) -> None:
    error = audited.fail(line)
    assert isinstance(error, UsageError)
    assert error.message == message
    assert "^" in str(error)


def test_what_the_help_page_shows_works(audited: Notebook) -> None:
    audited.run("%eic help losses")
    assert "%eic losses ${audit} --since 30d --until 7d" in audited.printed()
    audited.run("%eic losses ${audit} --since 30d --until 7d --no-progress")
