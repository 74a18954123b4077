from __future__ import annotations

import pytest

from eicnb.model.role import account_of_role, allowed_session_name, is_external_id, is_role_arn, is_role_name

ARN = "arn:aws:iam::123456789012:role/"
LONGEST_PATH = "p" * 510 + "/"  # IAM counts the slash before it too: 512


@pytest.mark.parametrize(
    "name", ["a", "n" * 64, "+=,.@-_9", "service/audit", "a/b/c", LONGEST_PATH + "n" * 64, "p/" * 255 + "n"]
)
def test_a_role_has_a_name_of_up_to_64_characters_and_a_path_of_up_to_512(name: str) -> None:
    assert is_role_name(name)
    assert is_role_arn(ARN + name)
    assert account_of_role(ARN + name) == "123456789012"


@pytest.mark.parametrize(
    "name",
    ["", "n" * 65, "a b", "é", "/a", "a/", "a//b", "a:b", f"p{LONGEST_PATH}n", "p/" * 256 + "n", "service/" + "n" * 65],
)
def test_any_other_name_is_refused(name: str) -> None:
    assert not is_role_name(name)
    assert not is_role_arn(ARN + name)


@pytest.mark.parametrize(("arn", "account_id"), [(f"{ARN}a!b/audit", "123456789012"), (ARN, None), ("audit", None)])
def test_the_account_of_a_reported_role_is_in_its_arn(arn: str, account_id: str | None) -> None:
    assert account_of_role(arn) == account_id


@pytest.mark.parametrize(("text", "is_valid"), [("a", False), ("ab", True), ("a" * 1224, True), ("a" * 1225, False)])
def test_an_external_id_has_2_to_1224_characters(text: str, is_valid: bool) -> None:  # noqa: FBT001 # a column of the table
    assert is_external_id(text) is is_valid


@pytest.mark.parametrize(
    ("text", "name"), [("", "--"), ("a", "a-"), ("a b/c", "a-b-c"), ("n" * 65, "n" * 64), ("José", "Jos-")]
)
def test_a_session_name_has_2_to_64_characters(text: str, name: str) -> None:
    assert allowed_session_name(text) == name
