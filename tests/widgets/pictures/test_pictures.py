"""Pictures of frames from the sandbox, and of invalid frames."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure
from matplotlib.text import Text

from eicnb.client.connect import start_sandbox
from eicnb.client.pictures import picture
from eicnb.errors import UsageError
from eicnb.frames.frame import Frame
from eicnb.redaction import masks
from eicnb.widgets.pictures.of_frames import KINDS, picture_of
from tests.fleet.checks.audits import audit_of, row
from tests.shell import Notebook

HOURS = {"start": "2026-11-19T00:00:00+00:00", "step": 3600, "lost": [0, 3, 5]}


@pytest.fixture(scope="module")
def audit() -> Iterator[Frame]:
    eic = start_sandbox()
    yield eic.audit(regions=["us-east-1", "eu-west-1"], progress=False, rate=15)
    assert eic.server is not None
    eic.server.stop()


def findings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["severity", "check", "finding"])
    return frame.assign(region="us-east-1", account_id="123456789012")


def losses(**attrs: str) -> pd.DataFrame:
    rows = {"function_name": ["checkout", "cart", "old"], "lost": [8, 0, None], "received": [90, 10, None]}
    frame = pd.DataFrame(rows).astype({"lost": "Int64", "received": "Int64"})
    frame.attrs.update(attrs)
    return frame.assign(region="us-east-1", account_id="123456789012")


def texts(figure: Figure) -> str:
    """Return all text in a figure."""
    return "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


def test_an_audit_shows_where_failed_events_go(audit: Frame) -> None:
    figure = picture(audit)
    shown = texts(figure)
    for name in ("sqs shop-failures (us-east-1)", "sns ticket-updates.fifo (eu-west-1)", "nowhere"):
        assert name in shown
    assert "lost: Lambda sends nothing to FIFO" in shown
    assert "Loop: courier-tracker -> delivery-updates -> courier-tracker" in picture_of(audit, None).alternative_text


def test_old_versions_and_deleted_functions_lose_nothing() -> None:
    kept = row(on_failure="sqs:kept")
    gone = row(qualifier="gone", retries=0, timeout=None)
    figure = picture_of(audit_of(kept, row(qualifier="1"), gone), "destinations")
    assert figure.alternative_text.startswith("Where the failed events of 1 function go")
    figure = picture_of(audit_of(kept, row(qualifier="1", retries=0)), "destinations")
    assert figure.alternative_text.startswith("1 of 1 function loses failed events")


def test_one_function_is_no_functions() -> None:
    assert "1 of 1 function keeps AWS's default" in picture_of(audit_of(row()), "settings").alternative_text


def test_findings_mark_what_does_not_exist(audit: Frame) -> None:
    queue = audit[audit.on_failure.str.endswith(":shop-failures", na=False)].on_failure.iloc[0]
    found = findings(("high", "dangling-destination", f"{queue} does not exist."))
    assert "lost: the destination does not exist" in texts(picture(audit, "destinations", findings=found))
    assert "lost: the destination does not exist" not in texts(picture(audit, "destinations"))


def test_settings_are_counted_by_region(audit: Frame) -> None:
    figure = picture(audit, "settings")
    assert [axes.get_xlabel() for axes in figure.axes] == ["us-east-1", "eu-west-1"]
    assert "2 (default)" in texts(figure)
    defaults = audit[(audit.effective_retry_attempts == 2) & (audit.effective_event_age_in_seconds == 21600)]
    number = defaults.groupby(["region", "function_name"]).ngroups
    assert f"{number} of 40 functions keep AWS's default retries and age" in texts(figure)


def test_findings_are_counted_by_check_and_severity() -> None:
    rows = [("high", "nowhere-to-go", "…"), ("high", "nowhere-to-go", "…"), ("critical", "loop", "…")]
    figure = picture(findings(*rows), "findings")
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["loop", "nowhere-to-go"]
    assert "3 findings: 1 critical, 2 high" in texts(figure)


def test_losses_are_shown_by_function_and_over_time() -> None:
    figure = picture(losses(series=json.dumps(HOURS), since="2026-11-19", until="2026-11-26"), "losses")
    assert len(figure.axes) == 2
    shown = texts(figure)
    assert "8 events lost of 100 received" in shown
    assert "2026-11-19 to 2026-11-26" in shown
    assert "unknown for 1" in shown
    assert len(picture(losses(), "losses").axes) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_has_an_alternative_text_that_a_notebook_keeps(kind: str, audit: Frame, notebook: Notebook) -> None:
    frame = {"findings": findings(("low", "loop", "…")), "losses": losses()}.get(kind, audit)
    notebook.shell.user_ns["frame"] = frame
    with capture_output() as captured:
        notebook.run(f"import eicnb\neicnb.picture(frame, {kind!r})")
    [output] = captured.outputs
    shown = output.data
    alternative = picture_of(frame, kind).alternative_text
    assert re.search(r'<img alt="([^"]+)" style="max-width: 100%" src="data:image/png;base64,', shown["text/html"])
    assert shown["text/plain"] == alternative
    assert "account 123456789012" in alternative or "SANDBOX" in alternative


def test_the_magic_draws_too(audit: Frame, notebook: Notebook) -> None:
    notebook.shell.user_ns["audit"] = audit
    notebook.run("figure = %eic picture ${audit} --kind settings")
    assert isinstance(notebook["figure"], Figure)


def test_masks_cover_a_picture_too(audit: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT", "1")
    account = audit.account_id.iloc[0]
    figure = picture_of(audit, "destinations")
    assert account not in texts(figure) + figure.alternative_text
    assert masks.printed(account) in figure.alternative_text


NAMES = ["<b>x</b>", "😀-function", "דוח-ליל", "f" * 200, "$alpha$ and $beta$", "a\x1b[31mb", "100%", "_under_"]


@pytest.mark.parametrize("kind", ["destinations", "settings", "losses", "findings"])
def test_any_name_can_be_drawn(kind: str) -> None:
    rows = len(NAMES)
    frame = pd.DataFrame({"function_name": NAMES, "region": NAMES, "account_id": NAMES, "on_failure": NAMES})
    frame = frame.assign(on_success=None, lost=1, received=2, severity="low", check=NAMES)
    frame = frame.assign(maximum_retry_attempts=[0] * rows, maximum_event_age_in_seconds=[60] * rows)
    figure = picture_of(frame, kind)
    assert figure._repr_html_().startswith("<img alt=")
    assert "<b>" not in figure._repr_html_()
    assert "\x1b" not in texts(figure)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_frame_is_an_empty_picture(kind: str, audit: Frame) -> None:
    frame = {"findings": findings(), "losses": losses()[:0]}.get(kind, audit[:0])
    figure = picture_of(frame, kind)
    assert figure._repr_html_()
    assert ". ." not in figure.alternative_text


def test_five_thousand_destinations_fit() -> None:
    arns = [f"arn:aws:sqs:us-east-1:123456789012:queue-{number}" for number in range(5000)]
    names = [f"f-{number}" for number in range(5000)]
    frame = pd.DataFrame({"function_name": names, "on_failure": arns}).assign(
        region="us-east-1", account_id="123456789012", on_success=None
    )
    assert "4,980 more destinations  4,980" in texts(picture(frame, "destinations"))


MISSING = """\
the frame has no columns 'function_name', 'region', 'account_id', 'on_failure', 'on_success'
Try: keep the columns function_name, region, account_id, on_failure, on_success"""
MISSING_OF_FINDINGS = """\
the frame has no columns 'severity', 'check', 'region', 'account_id'
Try: keep the columns severity, check, region, account_id"""
BAD = [
    (("audit",), {}, "'audit' is not a frame\nTry: pass an audit\n    eicnb.picture(eicnb.audit())"),
    ((pd.DataFrame(), "pie"), {}, "there is no picture 'pie'\nTry: destinations, settings, losses, findings"),
    ((pd.DataFrame(), "setings"), {}, "there is no picture 'setings'\nTry: settings"),
    (
        (pd.DataFrame(), "destinations"),
        {},
        MISSING,
    ),
    (
        (pd.DataFrame(), "findings"),
        {},
        MISSING_OF_FINDINGS,
    ),
    (
        (pd.DataFrame(), "settings"),
        {"findings": 1},
        "the picture 'settings' takes no findings\nTry: kind=\"destinations\"",
    ),
    ((losses(series="{"), "losses"), {}, "the attr 'series' of the frame is damaged\nTry: run eicnb.losses again"),
    (
        (findings(("bad", "loop", "…")), "findings"),
        {},
        "a finding has the unknown severity 'bad'\nTry: critical, high, medium, low, info",
    ),
]


@pytest.mark.parametrize(("arguments", "options", "message"), BAD)
def test_a_frame_that_cannot_be_drawn_is_a_clear_error(arguments: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        picture(*arguments, **options)
    assert str(caught.value) == message


def test_without_matplotlib_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import eicnb, pandas\n"
        "try: eicnb.picture(pandas.DataFrame())\n"
        "except eicnb.ConfigurationError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "pictures need matplotlib\nTry: pip install 'eicnb[plots]'\n"
