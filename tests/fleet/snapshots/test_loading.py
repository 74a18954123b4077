"""Frames from files: of other releases or tools, damaged, and from the folder of one audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eicnb.errors import UsageError
from eicnb.fleet.snapshots.loading import load
from eicnb.fleet.snapshots.saving import save
from tests.fleet.snapshots.audits import audit_of

AUDIT = audit_of(1, f=0, g=None, h="denied")


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table]) -> Path:
    """Return the file as another tool leaves it."""
    pq.write_table(change(pq.read_table(path)), path)
    return path


def described(old: str, new: str) -> Callable[[pa.Table], pa.Table]:
    """Change the description of the frame."""

    def change(table: pa.Table) -> pa.Table:
        text = table.schema.metadata[b"eicnb"].decode()
        assert old in text
        return table.replace_schema_metadata({b"eicnb": text.replace(old, new).encode()})

    return change


def without(name: str) -> Callable[[pa.Table], pa.Table]:
    """Make the file one of a release that did not have this column."""
    known = f'"{name}": "{"datetime64[ns, UTC]" if name == "read_at" else "string"}"'

    def change(table: pa.Table) -> pa.Table:
        table = described(f", {known}", "")(table)
        kept = table.schema.metadata[b"eicnb"].decode()
        column = next(one for one in kept.split("{") if one.startswith(f'"name": "{name}"'))
        metadata = {b"eicnb": kept.replace(", {" + column.rpartition("}")[0] + "}", "").encode()}
        return table.drop_columns([name]).replace_schema_metadata(metadata)

    return change


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save(AUDIT, tmp_path / "audit.parquet")


@pytest.mark.parametrize("name", ["read_at", "error"])
@pytest.mark.parametrize("frame", [AUDIT, AUDIT.copy(), AUDIT[:0]], ids=["whole", "a copy", "empty"])
def test_a_column_that_a_release_did_not_have_is_na(path: Path, name: str, frame: Any) -> None:
    rewritten(save(frame, path, overwrite=True), without(name))
    with pytest.warns(UserWarning, match=f"has no column {name}, which is <NA> now"):
        again = load(path)
    assert again.dtypes.to_dict() == AUDIT.dtypes.to_dict()
    assert again[name].isna().all()
    assert [*again.columns] == [*AUDIT.columns]


def test_a_column_that_another_tool_dropped_is_na(path: Path) -> None:
    rewritten(path, lambda table: table.drop_columns(["timeout"]))
    with pytest.warns(UserWarning, match=r"a file of eicnb .* has no column timeout, which is <NA> now: '.*parquet'"):
        frame = load(path)
    assert (frame.dtypes.to_dict(), [*frame.columns]) == (AUDIT.dtypes.to_dict(), [*AUDIT.columns])


def test_a_column_that_this_release_does_not_have_stays(path: Path) -> None:
    rewritten(path, lambda table: table.append_column("cost", pa.array([1.5, 2.0, None])))
    assert load(path)["cost"].tolist()[:2] == [1.5, 2.0]


def test_a_column_that_the_user_removed_or_changed_stays_as_it_is(path: Path) -> None:
    frame = AUDIT.copy()
    del frame["runtime"]
    frame["timeout"] = frame["timeout"].astype("float64")
    again = load(save(frame, path, overwrite=True))
    pd.testing.assert_frame_equal(again, frame)


def test_a_column_of_another_dtype_is_converted(path: Path) -> None:
    """As if an earlier release had counted in another dtype."""
    frame = AUDIT.copy()
    frame["timeout"] = frame["timeout"].astype("Float64")
    rewritten(save(frame, path, overwrite=True), described('"timeout": "Int64"', '"timeout": "Float64"'))
    pd.testing.assert_frame_equal(load(path), AUDIT, check_frame_type=False)


def test_a_column_that_cannot_be_converted_is_refused_by_its_name(path: Path) -> None:
    frame = AUDIT.copy()
    frame["timeout"] = pd.Series(["3 s"] * len(frame), dtype="string")
    rewritten(save(frame, path, overwrite=True), described('"timeout": "Int64"', '"timeout": "string"'))
    with pytest.raises(UsageError) as caught:
        load(path)
    assert caught.value.message == (
        f"the file {str(path)!r} has string in its column 'timeout', which this release can't convert to Int64"
    )


def test_a_column_in_which_another_tool_put_text_is_refused_by_its_name(path: Path) -> None:
    texts = pa.array(["three", "4", None])
    rewritten(path, lambda table: table.set_column(table.column_names.index("timeout"), "timeout", texts))
    with pytest.raises(UsageError) as caught:
        load(path)
    assert caught.value.message.partition(": ")[0] == (
        f"the file {str(path)!r} has string in its column 'timeout', not Int64"
    )


def test_numbers_of_another_width_are_converted(path: Path) -> None:
    column = pa.array([3, 3, 3], type=pa.int16())
    rewritten(path, lambda table: table.set_column(table.column_names.index("timeout"), "timeout", column))
    pd.testing.assert_frame_equal(load(path), AUDIT, check_frame_type=False)


def in_another_format(path: Path) -> None:
    rewritten(path, described('"version": 1', '"version": 2'))


def without_metadata(path: Path) -> None:
    AUDIT.to_parquet(path)


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 8] ^= 0xFF
    path.write_bytes(content)


SAVED_AGAIN = "save the frame again, or load another file"

FILES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty", SAVED_AGAIN),
    "one byte": (lambda path: path.write_bytes(b"P"), "is not a Parquet file", "give a file that eicnb.save wrote"),
    "truncated": (
        lambda path: path.write_bytes(path.read_bytes()[:2000]),
        "is damaged: its end is missing",
        SAVED_AGAIN,
    ),
    "both ends alone": (lambda path: path.write_bytes(b"PAR1PAR1"), "is damaged: its end is missing", SAVED_AGAIN),
    "of pandas": (
        without_metadata,
        "is not one that eicnb.save wrote",
        "read it with pandas\nimport pandas as pd\npd.read_parquet('{path}')",
    ),
    "of a later format": (
        in_another_format,
        "can't be read: it has version 2 of the format, not 1",
        "load it with the release of eicnb that saved it",
    ),
    "with another description": (
        lambda path: rewritten(path, lambda table: table.replace_schema_metadata({b"eicnb": b"{}"})),
        "is damaged: the description of its frame can't be read",
        SAVED_AGAIN,
    ),
    "with other labels": (
        lambda path: rewritten(path, described('"span": [0, 3, 1]', '"span": ["a", "b"]')),
        "is damaged: the description of its frame does not fit its values (Wrong type <class 'str'> for value a)",
        SAVED_AGAIN,
    ),
    "without its labels": (
        lambda path: rewritten(
            save(AUDIT.set_index("region"), path, overwrite=True),
            lambda table: table.drop_columns(["__label_0__"]),
        ),
        "has lost its row labels",
        SAVED_AGAIN,
    ),
    "missing": (
        lambda path: path.rename(path.with_name("audits.parquet")),
        "does not exist",
        "{folder}/audits.parquet",
    ),
}


@pytest.mark.parametrize(("spoil", "why", "hint"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_loaded_says_why(path: Path, spoil: Callable[[Path], Any], why: str, hint: str) -> None:
    spoil(path)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert caught.value.message == f"the file {str(path)!r} {why}"
    assert caught.value.hint == hint.format(path=path, folder=path.parent)


def test_a_flipped_bit_is_found(path: Path) -> None:
    damaged(path)
    with pytest.raises(UsageError, match="is damaged: "):
        load(path)


READERS = {
    "a.csv": "read it with pandas\nimport pandas as pd\npd.read_csv('a.csv')",
    "a.json": "eicnb.Plan.load('a.json')",
    "a.xlsx": "read it with pandas\nimport pandas as pd\npd.read_excel('a.xlsx')",
    "a.txt": "give a file that eicnb.save wrote",
}


@pytest.mark.parametrize(("name", "hint"), READERS.items())
def test_the_error_about_another_file_format_says_what_reads_it(
    name: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("text", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(name)
    assert (caught.value.message, caught.value.hint) == (f"the file {name!r} is not a Parquet file", hint)


def test_a_file_may_have_another_suffix(path: Path) -> None:
    assert len(load(path.rename(path.with_name("audit.bak")))) == len(AUDIT)


def test_the_folder_of_an_audit_is_loaded_as_one_frame(tmp_path: Path) -> None:
    places = [("210987654321", "us-east-1"), ("123456789012", "us-east-1"), ("123456789012", "eu-west-1")]
    for account, region in places:
        part = audit_of(1, account=account, region=region, f=0, g="denied")
        save(part, tmp_path / f"{account}.{region}.parquet")
    (tmp_path / "notes.txt").touch()
    whole = load(tmp_path)
    assert whole[["account_id", "region"]].drop_duplicates().to_numpy().tolist() == sorted(map(list, places))
    assert whole.index.equals(pd.RangeIndex(6))
    assert whole.dtypes.to_dict() == AUDIT.dtypes.to_dict()
    wanted = {"verb": "audit", "account_id": "several", "rows": 6, "ok": 3, "denied": 3, "complete": False, "calls": 12}
    wanted |= {"regions": "eu-west-1,us-east-1", "accounts": "123456789012,210987654321"}
    assert {name: whole.attrs[name] for name in wanted} == wanted


def test_the_files_of_an_audit_may_be_of_several_releases(tmp_path: Path) -> None:
    for number in range(4):
        path = save(audit_of(1, account=f"{number:012d}", f=number % 3), tmp_path / f"{number:012d}.us-east-1.parquet")
        if number in {1, 2}:
            rewritten(path, without("read_at"))
    with pytest.warns(UserWarning, match="has no column read_at, which is <NA> now"):
        whole = load(tmp_path)
    assert whole.dtypes.to_dict() == AUDIT.dtypes.to_dict()
    assert whole["maximum_retry_attempts"].tolist() == [0, 1, 2, 0]
    assert whole["read_at"].isna().tolist() == [False, True, True, False]
    assert whole.attrs["rows"] == 4


def test_another_frame_in_the_folder_of_an_audit_is_refused(tmp_path: Path) -> None:
    path = save(pd.DataFrame({"a": [1]}), tmp_path / "123456789012.us-east-1.parquet")
    with pytest.raises(UsageError) as caught:
        load(tmp_path)
    assert caught.value.message == f"the file {str(path)!r} is not a frame of an audit"


def test_a_part_of_an_audit_that_is_damaged_is_not_left_out_in_silence(tmp_path: Path) -> None:
    save(audit_of(1, f=0), tmp_path / "123456789012.us-east-1.parquet")
    (tmp_path / "123456789012.us-west-2.parquet").touch()
    with pytest.raises(UsageError, match=r"123456789012\.us-west-2\.parquet' is empty"):
        load(tmp_path)


def test_a_folder_of_several_audits_says_what_to_load(path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(path.parent)
    assert caught.value.hint == (
        f"compare the audits in it, or load one\neicnb.history({str(path.parent)!r})\neicnb.load({str(path)!r})"
    )
