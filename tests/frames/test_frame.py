from __future__ import annotations

import copy
import fcntl
import os
import pickle
import pty
import re
import struct
import subprocess
import sys
import termios
import tracemalloc
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from eicnb.client import settings
from eicnb.errors import ConfigurationError
from eicnb.frames.caption import provenance
from eicnb.frames.columns import CONFIG_COLUMNS, FUNCTION_COLUMNS, Column, Scalar
from eicnb.frames.frame import Drawn, Frame, FramePart, config_row, function_row, stack, to_frame
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig, ReportedFunction

QUEUE = "arn:aws:sqs:us-east-1:123456789012:" + "a-queue-with-a-rather-long-name-that-pandas-would-cut"
ATTRS: dict[str, Scalar] = {"verb": "get", "account_id": "123456789012", "region": "us-east-1", "sandbox": True}
CAPTION = "SANDBOX  account 123456789012  us-east-1"
DTYPES = {
    "function_name": "string",
    "qualifier": "string",
    "maximum_retry_attempts": "Int64",
    "maximum_event_age_in_seconds": "Int64",
    "on_failure_type": "string",
    "on_failure": "string",
    "on_success_type": "string",
    "on_success": "string",
    "last_modified": "datetime64[ns, UTC]",
    "region": "string",
    "account_id": "string",
    "function_arn": "string",
}


def reported(qualifier: str | None = "live", on_failure: str | None = QUEUE, retries: int | None = 0) -> ReportedConfig:
    function = FunctionRef("my-function", qualifier, "aws", "us-east-1", "123456789012", marked=True)
    return ReportedConfig(
        function=function,
        maximum_retry_attempts=retries,
        maximum_event_age_in_seconds=None,
        on_failure=on_failure,
        on_success=None,
        last_modified=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )


def frame_of(*configs: ReportedConfig, **attrs: Any) -> Frame:
    return to_frame([config_row(config) for config in configs], CONFIG_COLUMNS, {**ATTRS, **attrs})


@pytest.mark.parametrize("configs", [(), (reported(),), (reported("7", None, None),)])
def test_columns_and_dtypes_are_always_the_same(configs: tuple[ReportedConfig, ...]) -> None:
    frame = frame_of(*configs)
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert list(frame.columns) == list(DTYPES)
    assert len(frame) == len(configs)


def test_a_row_has_the_values_of_the_config() -> None:
    row = frame_of(reported()).iloc[0]
    assert row.drop(["maximum_event_age_in_seconds", "on_success_type", "on_success"]).to_dict() == {
        "function_name": "my-function",
        "qualifier": "live",
        "maximum_retry_attempts": 0,
        "on_failure_type": "sqs",
        "on_failure": QUEUE,
        "last_modified": pd.Timestamp("2026-11-01 12:00", tz="UTC"),
        "region": "us-east-1",
        "account_id": "123456789012",
        "function_arn": "arn:aws:lambda:us-east-1:123456789012:function:my-function:live",
    }
    assert row[["maximum_event_age_in_seconds", "on_success_type", "on_success"]].isna().all()


def test_a_function_without_a_qualifier_is_latest() -> None:
    row = config_row(reported(qualifier=None))
    assert row["qualifier"] == "$LATEST"
    assert row["function_arn"] == "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST"


def test_the_attributes_are_json_scalars() -> None:
    attrs = frame_of(reported()).attrs
    assert attrs == ATTRS
    assert {type(value) for value in attrs.values()} <= {str, int, float, bool, type(None)}


USES = (
    repr,
    len,
    lambda frame: frame.qualifier.item(),
    lambda frame: frame.attrs["verb"],
    lambda frame: frame.flags.allows_duplicate_labels,
    lambda frame: frame.insert(0, "verb", "put"),
    lambda frame: pd.concat([frame, frame]),
    pd.DataFrame,
    lambda frame: setattr(frame, "team", "shop"),
    copy.copy,
    copy.deepcopy,
    pickle.dumps,
)


@pytest.mark.parametrize("use", USES)
def test_a_frame_of_a_few_rows_is_built_when_it_is_used(use: Any) -> None:
    used, untouched = frame_of(reported()), frame_of(reported())
    assert "_mgr" not in vars(used)
    use(used)
    assert "_mgr" in vars(used)
    pd.testing.assert_frame_equal(used[untouched.columns], untouched[untouched.columns])
    assert used.attrs == untouched.attrs


def test_attrs_that_were_set_before_a_frame_was_used_stay() -> None:
    frame = frame_of(reported())
    frame.attrs = {"verb": "put"}
    assert (frame.qualifier.item(), frame.attrs) == ("live", {"verb": "put"})


MADE = (
    lambda frame: frame[frame.qualifier == "live"],
    lambda frame: frame[["qualifier", "on_failure"]],
    lambda frame: frame.head(1),
    lambda frame: frame.copy(),
    copy.copy,
    copy.deepcopy,
    lambda frame: frame.drop(columns="region"),
    lambda frame: frame.sort_values("qualifier"),
    lambda frame: frame.set_index("qualifier"),
    lambda frame: frame.explode("qualifier"),
    lambda frame: frame.fillna({"on_failure": "none"}),
    lambda frame: frame.assign(team="shop"),
    lambda frame: pd.concat([frame, frame]),
    lambda frame: frame.merge(frame[["function_name"]], on="function_name"),
)


@pytest.mark.parametrize("made", MADE)
def test_frames_made_from_a_frame_are_displayed_without_its_caption(made: Any) -> None:
    shown = made(frame_of(reported(retries=None)))
    assert type(shown) is FramePart
    assert repr(shown).splitlines()[-1] == f"SANDBOX  {len(shown)} row{'s' * (len(shown) > 1)}"
    assert "<NA>" not in repr(shown)


@pytest.mark.parametrize(
    ("made", "caption"),
    [
        (lambda frame: frame.head(1), "1 row"),
        (lambda frame: frame.assign(retries=0)[:1][["qualifier"]], "1 row"),
        (lambda frame: frame[frame.qualifier == "no"], "no rows"),
    ],
)
def test_a_selection_of_a_real_account_has_no_place_in_its_caption(made: Any, caption: str) -> None:
    assert repr(made(frame_of(reported(), sandbox=False, next_token="t"))).splitlines()[-1] == caption


def test_a_selection_of_a_dry_run_is_marked_too() -> None:
    assert repr(frame_of(reported(), dry_run=True).head(1)).endswith("DRY RUN, nothing was written  SANDBOX  1 row")


@pytest.mark.parametrize(
    "made",
    [
        lambda frame: frame.describe(),
        lambda frame: frame.isna(),
        lambda frame: frame.groupby("region").size().to_frame("functions"),
        lambda frame: frame.T,
        lambda frame: frame.rename(columns=str.upper),
    ],
)
def test_frames_with_other_values_are_displayed_by_pandas(made: Any) -> None:
    shown = made(frame_of(reported()))
    plain = pd.DataFrame(shown)
    assert repr(shown) == repr(plain)
    assert shown._repr_html_() == plain._repr_html_()  # type: ignore[operator] # pandas' own


def test_no_name_of_ours_hides_one_of_pandas() -> None:
    ours = {name for kind in (Drawn, Frame, FramePart) for name in vars(kind)}
    overridden = {"_constructor", "_repr_html_", "_repr_data_resource_"}
    assert {name for name in ours & set(dir(pd.DataFrame)) if not name.startswith("__")} == overridden


def test_two_tables_on_a_page_have_different_labels() -> None:
    frame = frame_of(reported())
    pages = [frame._repr_html_() or "", frame._repr_html_() or "", frame.head(1)._repr_html_() or ""]
    labels = [re.findall(r'aria-label="(Table [0-9]+: [^"]*)"', page) for page in pages]
    assert [len(found) for found in labels] == [1, 1, 1]
    assert len({found[0] for found in labels}) == len(pages)
    assert labels[0][0].endswith(f": {CAPTION}  1 row")


TERMINAL = """
import pandas as pd
from eicnb.frames.columns import CONFIG_COLUMNS
from eicnb.frames.frame import to_frame
row = {column.name: None for column in CONFIG_COLUMNS} | {"function_name": "f" * 40, "qualifier": "q" * 40}
print(max(len(line) for line in repr(to_frame([row], CONFIG_COLUMNS, {})).splitlines()[:2]))
"""


@pytest.mark.parametrize(("columns", "longest"), [(120, 109), (60, 81)])
def test_in_a_terminal_a_table_is_as_wide_as_the_terminal(columns: int, longest: int) -> None:
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    command = [sys.executable, "-c", TERMINAL]
    with subprocess.Popen(command, stdout=child, stdin=child, stderr=subprocess.PIPE, env=environment) as process:
        _, trouble = process.communicate(timeout=60)
    os.close(child)
    printed = os.read(parent, 1000).decode()
    os.close(parent)
    assert (int(printed), trouble) == (longest, b"")


def test_a_frame_of_100_000_rows_takes_under_300_megabytes() -> None:
    rows = [config_row(reported(str(number))) for number in range(1_000)]
    tracemalloc.start()
    try:
        frame = to_frame((row for _ in range(100) for row in rows), CONFIG_COLUMNS, ATTRS)
        taken, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(frame) == 100_000
    assert max(taken, most) < 300_000_000


def test_the_frame_shows_where_it_comes_from_and_its_arns_as_kind_and_name() -> None:
    frame = frame_of(reported())
    html = frame._repr_html_()
    assert html is not None
    assert repr(frame).splitlines()[-1] == f"{CAPTION}  1 row"
    assert f">{CAPTION}  1 row</div>" in html
    assert f' title="{QUEUE}"' in html
    assert f">sqs {QUEUE.rpartition(':')[2]}</td>" in html


def test_text_of_aws_is_escaped_in_html() -> None:
    html = frame_of(reported(on_failure="<script>alert(1)</script>"), region="<b>")._repr_html_()
    assert html is not None
    assert ">&lt;script&gt;alert(1)&lt;/script&gt;</td>" in html
    assert ">SANDBOX  account 123456789012  &lt;b&gt;  1 row</div>" in html


def test_the_display_is_worded_and_the_frame_has_aws_s_values() -> None:
    frame = frame_of(reported(), reported(on_failure=None, retries=None))
    assert [word in repr(frame) for word in ("sqs a-queue", "2 (default)", "none", "<NA>")] == [True, True, True, False]
    assert frame.on_failure_type.tolist() == ["sqs", pd.NA]
    assert frame.maximum_retry_attempts.tolist() == [0, pd.NA]


def test_an_empty_frame_shows_where_it_comes_from() -> None:
    assert repr(frame_of()).splitlines()[-1] == f"{CAPTION}  no rows"


def test_a_long_frame_is_shortened_only_in_the_display() -> None:
    settings.choose(max_rows=2)
    frame = frame_of(*(reported(str(number)) for number in range(5)))
    assert repr(frame).splitlines()[-1] == f"{CAPTION}  5 rows, 3 of them not shown"
    assert (len(frame), len(frame.to_csv().splitlines())) == (5, 6)


def test_a_long_audit_shows_errors_first_and_keeps_its_order() -> None:
    columns = (
        Column("function_name", "string", ""),
        Column("timeout", "Int64", ""),
        Column("scan_state", "string", ""),
    )
    states = ["ok", "denied", "ok", None, "gone"]
    rows = [
        {"function_name": f"f{number}", "timeout": None, "scan_state": state} for number, state in enumerate(states)
    ]
    frame = to_frame(rows, columns, ATTRS)
    settings.choose(max_rows=4)
    assert repr(frame).splitlines() == [
        "State     Function  Timeout",
        "✗ denied  f1        not read",
        "not read  f3        not read",
        "! gone    f4        not read",
        "✓ ok      f0        <NA>",
        'eicnb.show(frame, rows="all") shows all rows',
        f"{CAPTION}  5 rows, 1 of them not shown; errors first",
    ]
    assert frame.function_name.tolist() == ["f0", "f1", "f2", "f3", "f4"]


@pytest.mark.parametrize(
    ("attrs", "caption"),
    [
        ({"verb": "audit", "complete": False}, "2 rows, 1 of 2 not read"),
        ({"verb": "audit", "complete": True}, "2 rows"),
        ({"verb": "get", "complete": False}, "2 rows"),
    ],
    ids=str,
)
def test_the_caption_of_an_incomplete_audit_says_how_much_was_not_read(attrs: dict[str, Any], caption: str) -> None:
    columns = (Column("function_name", "string", ""), Column("scan_state", "string", ""))
    rows = [{"function_name": f"f{state}", "scan_state": state} for state in ("ok", "gone")]
    frame = to_frame(rows, columns, {**ATTRS, **attrs})
    assert repr(frame).splitlines()[-1] == f"{CAPTION}  {caption}"
    assert repr(frame[:1]).splitlines()[-1] == "SANDBOX  1 row"


def test_only_the_shown_rows_of_a_long_frame_are_drawn() -> None:
    rows = [{"function_name": f"f{number}", "scan_state": "ok"} for number in range(100_000)]
    frame = to_frame(rows, (Column("function_name", "string", ""), Column("scan_state", "string", "")), ATTRS)
    assert repr(frame).endswith("100000 rows, 99940 of them not shown")
    assert len(frame._drawn().rows) == 60


@pytest.mark.parametrize(
    ("width", "longest", "hidden"), [(None, 76, "2 columns"), (40, 40, "6 columns"), (200, 129, "1 column")]
)
def test_the_text_has_the_display_width_of_pandas(width: int | None, longest: int, hidden: str) -> None:
    with pd.option_context("display.width", width):
        lines = repr(frame_of(reported())).splitlines()
    assert max(map(len, lines[:-2])) == longest
    assert lines[-2] == f'{hidden} hidden; eicnb.show(frame, columns="all") shows all of them'


def test_a_redacted_frame_is_masked_where_it_is_shown_and_real_where_it_is_exported() -> None:
    settings.choose(redact=True, redact_names=["my-function"])
    frame = frame_of(reported())
    for shown in (repr(frame), frame._repr_html_() or "", frame.provenance):
        assert "123456789012" not in shown
        assert "my-function" not in shown
        assert "ACCOUNT-0001" in shown
    for real in (frame.to_csv(), frame.to_html(), str(frame.attrs), frame.function_arn.item()):
        assert "123456789012" in real


def test_nothing_is_displayed_unmasked_if_a_variable_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT_NAMES", "acme,,shop")
    with pytest.raises(ConfigurationError):
        repr(frame_of(reported()))
    with pytest.raises(ConfigurationError):
        frame_of(reported())._repr_html_()


def test_a_pickled_frame_says_where_its_rows_come_from() -> None:
    again = pickle.loads(pickle.dumps(frame_of(reported())))
    assert type(again) is Frame
    assert repr(again) == repr(frame_of(reported()))


def test_front_ends_get_neither_a_tree_nor_the_real_values() -> None:
    with pd.option_context("display.html.table_schema", True):  # noqa: FBT003 # pandas 2.2 accepts no dictionary
        shown, _ = DisplayFormatter().format(frame_of(reported()))
    assert shown.keys() == {"text/html", "text/plain"}


def test_html_is_switched_off_with_pandas_own_option() -> None:
    with pd.option_context("display.notebook_repr_html", False):  # noqa: FBT003 # the same
        assert frame_of(reported())._repr_html_() is None


def test_columns_and_an_index_that_users_add_are_shown() -> None:
    frame = frame_of(reported(), reported("7"))
    frame["team"] = ["shop", None]
    frame["tags"] = [["a", "b"], []]
    frame.index = pd.Index(["one", "two"], name="case")
    text = repr(frame)
    assert [word in text for word in ("team", "['a', 'b']", "case", "two")] == [True] * 4


@pytest.mark.parametrize(
    ("attrs", "caption"),
    [
        (ATTRS, CAPTION),
        ({**ATTRS, "sandbox": False}, "account 123456789012  us-east-1"),
        ({**ATTRS, "sandbox": False, "account_id": None}, "account not looked up  us-east-1"),
        ({}, "account not looked up"),
    ],
)
def test_the_caption_names_the_sandbox_the_account_and_the_region(attrs: dict[str, Any], caption: str) -> None:
    assert provenance(attrs) == caption


def test_stacked_frames_have_several_for_attrs_that_differ() -> None:
    one, other = frame_of(reported("live")), frame_of(reported("7"), region="eu-west-1")
    stacked = stack([one, other])
    assert type(stacked) is Frame
    assert list(stacked.index) == [0, 1]
    assert list(stacked.qualifier) == ["live", "7"]
    assert {str(name): str(dtype) for name, dtype in stacked.dtypes.items()} == DTYPES
    assert stacked.attrs == {**ATTRS, "region": "several"}
    assert stacked.provenance == "SANDBOX  account 123456789012  several regions"


def test_stacking_with_a_frame_without_rows_keeps_the_dtypes() -> None:
    stacked = stack([frame_of(), frame_of(reported()), frame_of()])
    assert {str(name): str(dtype) for name, dtype in stacked.dtypes.items()} == DTYPES
    assert len(stacked) == 1


@pytest.mark.parametrize("functions", [(), ("order-events",)])
def test_a_frame_of_functions_has_its_own_columns(functions: tuple[str, ...]) -> None:
    arns = [f"arn:aws:lambda:us-east-1:123456789012:function:{name}" for name in functions]
    reported = [ReportedFunction.from_api({"FunctionArn": arn, "Timeout": 3}) for arn in arns]
    frame = to_frame([function_row(function) for function in reported], FUNCTION_COLUMNS, ATTRS)
    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == {
        "function_name": "string",
        "runtime": "string",
        "timeout": "Int64",
        "dead_letter_arn": "string",
        "role_arn": "string",
        "region": "string",
        "account_id": "string",
        "function_arn": "string",
    }
    assert list(frame.function_arn) == arns


class Terminal(StringIO):
    """A fake terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "option", "widest"), [("80", 80, 80), ("400", 80, 400), ("400", 100, 100)])
def test_text_is_as_wide_as_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str, option: int, widest: int
) -> None:
    frame = frame_of(reported(on_failure=None))
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout", Terminal())
    with pd.option_context("display.width", option):
        head, *_, remark, _caption = repr(frame).splitlines()
    assert len(head) <= widest
    assert remark.endswith(' hidden; eicnb.show(frame, columns="all") shows all of them')


def test_the_caption_of_a_delete_says_so_even_without_settings() -> None:
    assert repr(frame_of(reported(on_failure=None, retries=None), verb="delete")).endswith("1 row, deleted")
    assert repr(frame_of(reported(), verb="delete", dry_run=True)).endswith("1 row")
