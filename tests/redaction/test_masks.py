from __future__ import annotations

import os
import re
import threading

import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from eicnb.client import settings
from eicnb.errors import AwsError, EicError, Excerpt, UsageError
from eicnb.redaction import masks
from eicnb.redaction.masks import Masks, Redaction
from eicnb.redaction.patterns import ACCOUNT, NAME

ONE, OTHER = "123456789012", "210987654321"


@pytest.fixture
def redacted() -> None:
    settings.choose(redact=True, redact_names=["acme"])


def test_nothing_is_masked_unless_redaction_is_on() -> None:
    assert masks.masked(f"arn:aws:sqs:us-east-1:{ONE}:acme") == f"arn:aws:sqs:us-east-1:{ONE}:acme"


def test_keys_tokens_and_signatures_are_masked_always() -> None:
    assert masks.masked("AKIAIOSFODNN7EXAMPLE") == "KEY-0001"


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["acme", ONE, f"{OTHER}:acme", "12345678901", "2"],
        ["SecretAccessKey", "= wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"],
        ["-----BEGIN PRIVATE KEY-----", "MIIE", "acme"],
        ["a\0acme", "acme"],
    ],
)
def test_texts_that_are_masked_together_are_masked_as_each_alone(redacted: None, texts: list[str]) -> None:
    assert masks.masked_together(texts) == [masks.masked(text) for text in texts]


def test_the_environment_is_read_again_when_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for value in ("1", "0", "1"):
        monkeypatch.setenv("EICNB_REDACT", value)
        seen.append(masks.masked(ONE))
    assert seen == ["ACCOUNT-0001", ONE, "ACCOUNT-0001"]


def test_the_same_text_has_the_same_mask_everywhere(redacted: None) -> None:
    assert masks.masked(f"{ONE} {OTHER} acme") == "ACCOUNT-0001 ACCOUNT-0002 NAME-0001"
    assert (
        masks.masked(f"arn:aws:sqs:us-east-1:{OTHER}:acme-lost") == "arn:aws:sqs:us-east-1:ACCOUNT-0002:NAME-0001-lost"
    )
    assert str(EicError(f"no queue in {ONE}")) == "no queue in ACCOUNT-0001"


def test_a_mask_reveals_nothing() -> None:
    assert Masks().of(ACCOUNT, ONE) == Masks().of(ACCOUNT, OTHER) == "ACCOUNT-0001"


def test_masks_continue_after_existing_ones() -> None:
    masks = Masks(after=7)
    assert (masks.of(ACCOUNT, ONE), masks.of(NAME, "acme")) == ("ACCOUNT-0008", "NAME-0008")


def test_masks_for_several_threads_are_distinct() -> None:
    masks, given = Masks(), list[str]()
    ids = [f"{number:012}" for number in range(200)]
    threads = [threading.Thread(target=lambda: given.extend(masks.of(ACCOUNT, one) for one in ids)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == 200


@pytest.mark.parametrize(
    ("text", "on"), [("1", True), ("yes", True), ("maybe", True), ("0", False), ("off", False), ("", False)]
)
def test_a_switch_that_is_not_clearly_off_is_on(text: str, *, on: bool) -> None:
    assert Redaction.from_environment({"EICNB_REDACT": text}).on is on


def test_the_environment_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EICNB_REDACT", "1")
    monkeypatch.setenv("EICNB_REDACT_NAMES", "acme, shop")
    assert masks.masked(f"{ONE} acme shop") == "ACCOUNT-0001 NAME-0001 NAME-0002"
    monkeypatch.setenv("EICNB_REDACT", "0")
    assert masks.masked(f"{ONE} acme shop") == f"{ONE} acme shop"


def test_an_error_shows_masks_and_keeps_real_values(redacted: None) -> None:
    error = AwsError(
        f"no role in {ONE}",
        operation="Get",
        code="Denied",
        region="us-east-1",
        place=f"us-east-1, account {ONE}",
        hint=f"--profile acme, account {OTHER}",
    )
    assert str(error).splitlines() == [
        "no role in ACCOUNT-0001",
        "    Denied, returned by Get in us-east-1, account ACCOUNT-0001",
        "Try: --profile NAME-0001, account ACCOUNT-0002",
    ]
    assert repr(error) == "AwsError('no role in ACCOUNT-0001')"
    assert (error.message, error.args) == (f"no role in {ONE}", (f"no role in {ONE}",))


CARETS = [
    ("get acme --x", 9, 12, "    get NAME-0001 --x", "                  ^^^"),
    (f"get {ONE}:function:f --x", 4, 16, "    get ACCOUNT-0001:function:f --x", "        ^^^^^^^^^^^^"),
    ("get acme-f --x", 4, 10, "    get NAME-0001-f --x", "        ^^^^^^^^^^^"),
    ("get acme-f --x", 6, 7, "    get NAME-0001-f --x", "        ^"),
    ("put x --on acme", 4, 5, "    put x --on NAME-0001", "        ^"),
]


@pytest.mark.parametrize(("line", "start", "end", "shown", "pointer"), CARETS)
def test_the_caret_is_under_the_masked_word(
    *, redacted: None, line: str, start: int, end: int, shown: str, pointer: str
) -> None:
    assert str(UsageError("no").at(Excerpt(line, start, end))).splitlines()[1:] == [shown, pointer]


def test_a_long_line_is_masked_before_it_is_cut(redacted: None) -> None:
    line = f"put {'x' * 30} {ONE}:function:f {'y' * 60} {ONE}"
    shown = str(Excerpt(line, 100, 101))
    assert not re.search("[0-9]{5}", shown)


ids = st.from_regex(r"[0-9]{12}", fullmatch=True)
between = st.text(st.characters(codec="utf-8", exclude_categories=["Nd"], exclude_characters="."), max_size=12)


@of_hypothesis(deadline=None)
@given(st.lists(st.tuples(between, ids), max_size=6), between)
def test_no_account_id_survives(parts: list[tuple[str, str]], end: str) -> None:
    text = "".join(f"{before}:{one}:" for before, one in parts) + end
    shown = Redaction(on=True).hidden(text, Masks())
    assert not [one for _, one in parts if one in shown]
    assert Redaction(on=True).hidden(shown, Masks(after=100)) == shown


@of_hypothesis(deadline=None)
@given(st.lists(ids, min_size=2, max_size=6, unique=True))
def test_accounts_stay_distinct_and_can_be_joined(accounts: list[str]) -> None:
    masks, redact = Masks(), Redaction(on=True)
    shown = [redact.hidden(one, masks) for one in accounts]
    assert len(set(shown)) == len(accounts)
    assert [redact.hidden(f"arn:aws:sqs:us-east-1:{one}:q", masks).split(":")[4] for one in accounts] == shown


@of_hypothesis(deadline=None)
@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 10))
def test_an_excerpt_is_drawn_for_any_text(line: str, start: int, length: int) -> None:
    shown, start, end = masks.masked_at(line, start, start + length)
    assert start <= end
    assert isinstance(shown, str)


def test_only_the_environment_of_this_process_is_read() -> None:
    assert Redaction.from_environment(os.environ) == Redaction()
