from __future__ import annotations

import pytest

from eicnb.cli import parser
from eicnb.cli.files import content, is_file, read_file
from eicnb.cli.source import Source
from eicnb.errors import UsageError
from eicnb.model.config import DestinationConfig

ARN = "arn:aws:sqs:us-east-1:123456789012:lost"


def missing(path: str) -> bytes:
    raise FileNotFoundError(2, "No such file or directory", path)


def test_a_value_that_begins_with_file_is_a_file() -> None:
    values = ["file://x", "fileb://x", "x", 7, "files://x"]
    assert [value for value in values if is_file(value)] == ["file://x", "fileb://x"]


def test_the_text_of_a_file_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EIC_FOLDER", "there")
    asked: list[str] = []
    text = content("file://$EIC_FOLDER/d.json", lambda path: asked.append(path) or b"{}\n")  # type: ignore[func-returns-value] # to see the path
    assert (text, asked) == ("{}\n", ["there/d.json"])


@pytest.mark.parametrize(
    ("value", "found", "message"),
    [
        (
            "file://x",
            None,
            "'file://x' cannot be read: No such file or directory\nTry: check the path of the file",
        ),
        ("file://x", b"a" * 1_000_001, "'file://x' has more than 100,000 bytes\nTry: name a file with one config"),
        ("fileb://x", b"a", "fileb:// reads bytes, but no value here is binary\nTry: file://x"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(value: str, found: bytes | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        content(value, missing if found is None else lambda _: found)
    assert str(caught.value) == message


def test_a_file_in_another_encoding_is_an_error_unless_the_encoding_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="is not text in its encoding"):
        content("file://x", lambda _: b"\xe9")
    monkeypatch.setenv("AWS_CLI_FILE_ENCODING", "latin-1")
    assert content("file://x", lambda _: b"\xe9") == "é"


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("--destination-config file://d", b'{"OnFailure": {"Destination": "ARN"}}'),
        ("--destination-config OnFailure={Destination@=file://d}", b"ARN"),
        ("--cli-input-json file://d", b'{"DestinationConfig": {"OnFailure": {"Destination": "ARN"}}}'),
        ("--cli-input-yaml file://d", b"DestinationConfig:\n  OnFailure:\n    Destination: ARN\n"),
    ],
)
def test_an_option_takes_its_value_from_a_file(option: str, found: bytes) -> None:
    text = found.replace(b"ARN", ARN.encode())
    [command] = parser.parse(Source(f"put my-function {option}"), {}, lambda _: text)
    config = command.arguments["destination_config"]
    assert isinstance(config, DestinationConfig)
    assert str(config.on_failure) == ARN


def test_a_real_file_is_read(tmp_path: pytest.TempPathFactory) -> None:
    path = f"{tmp_path}/d.txt"
    with open(path, "wb") as file:  # noqa: PTH123 # a plain path, as a user writes it
        file.write(b"hello")
    assert read_file(path) == b"hello"
