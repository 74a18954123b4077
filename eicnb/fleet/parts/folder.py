"""The folder of an audit: a Parquet file for each account and region, each written atomically.

Tested in tests/fleet/parts/test_folder.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eicnb.changes.whole_file import SHARED, whole_file
from eicnb.errors import ConfigurationError, UsageError, shown
from eicnb.fleet.columns import AUDIT_COLUMNS
from eicnb.fleet.list_entry import Home
from eicnb.fleet.parts.part import Key, PartResult
from eicnb.fleet.result import MOST_ERRORS, Counts, error_lines, with_rows
from eicnb.fleet.resume import NOTHING, Earlier
from eicnb.fleet.row import AuditRow
from eicnb.fleet.scope import Scope
from eicnb.fleet.snapshots import parquet
from eicnb.fleet.snapshots.audit_folder import part_name, place_of
from eicnb.frames.frame import rows_of
from eicnb.model.place import partition_of

_MOST_NAMED = 3


@dataclass(slots=True)
class AuditFolder:
    """The files of one audit in a folder.

    `found` has the attrs of files from an earlier run, which was stopped. Its `complete` files are not read from AWS
    again. Names that start with a dot are ignored.
    """

    path: Path
    scope: Scope
    found: dict[Key, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(cls, folder: Any, scope: Scope) -> AuditFolder:
        """Open a folder that is new or empty, or has only files of the same audit."""
        with UsageError.about("folder"):
            if not isinstance(folder, str | os.PathLike) or not str(folder).strip():
                raise UsageError(f"folder is {shown(folder)}", hint='folder="audits/2026-11-25/"')
            path = Path(folder).expanduser()
            if path.exists() and not path.is_dir():
                raise UsageError(f"{str(path)!r} is a file", hint="name a folder, new or existing")
            parquet.check_installed()
            opened = cls(path, scope)
            names = sorted(one.name for one in path.iterdir() if not one.name.startswith(".")) if path.exists() else []
            if foreign := [name for name in names if place_of(name) is None]:
                raise _foreign(path, foreign)
            opened.found = {key: opened._attrs(part_name(*key)) for key in filter(None, map(place_of, names))}
        return opened

    def _attrs(self, name: str) -> Mapping[str, Any]:
        """Return the attrs of a file; if it belongs to another audit, raise UsageError."""
        with _read_again(self.path / name):
            attrs = parquet.described(self.path / name).attrs
        if attrs.get("verb") != "audit":
            raise _foreign(self.path, [name])
        for argument, mine in (("qualifiers", self.scope.qualifiers), ("selected", self.scope.selection.as_attr)):
            stored = attrs.get(argument)
            if stored != mine:
                what = "functions" if argument == "selected" else argument
                raise UsageError(
                    f"{str(self.path)!r} has an audit with other {what}: {shown(stored)}, not {shown(mine)}",
                    hint="name another folder, or repeat the arguments of the audit in this one",
                )
        return attrs

    def open(self, places: Iterable[Key], *, are_all: bool = True) -> None:
        """Create the folder; if it has files of other places or the whole audit, raise UsageError.

        `are_all` means that the audit has no places other than these.
        """
        wanted = set(places)
        with UsageError.about("folder"):
            if others := sorted(set(self.found) - wanted):
                raise _foreign(self.path, [part_name(*key) for key in others])
            if are_all and wanted and self.complete >= wanted:
                raise UsageError(
                    f"{str(self.path)!r} already has the whole audit",
                    hint=f"name another folder, or load the audit in this one\neicnb.load({str(self.path)!r})",
                )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(self.path, error) from error

    @property
    def complete(self) -> frozenset[Key]:
        """The places whose files are complete."""
        return frozenset(key for key, attrs in self.found.items() if attrs.get("complete") is True)

    def stored(self, key: Key) -> PartResult | None:
        """Return the result of an earlier run for a place, if it is complete."""
        return self.result(key) if key in self.complete else None

    def result(self, key: Key) -> PartResult | None:
        """Return the result in the file of a place; None without a file."""
        if key not in self.found:
            return None
        attrs, (account_id, region) = self.found[key], key
        is_whole = attrs.get("complete") is True
        names = self._names(key) if self.scope.selection.patterns else set()
        return PartResult(
            account_id=account_id,
            region=region,
            home=Home(account_id, region, partition_of(region)),
            counts=Counts.in_attrs(attrs),
            calls=0,
            throttles=0,
            is_whole=is_whole,
            has_listed=bool(attrs.get("rows")),
            errors=() if is_whole else tuple(error_lines(self._frame(key), MOST_ERRORS, of_one_place=True)),
            unmatched=self.scope.selection.unmatched(names),
        )

    def _names(self, key: Key) -> set[str]:
        return set(self._frame(key)["function_name"].dropna())

    def _frame(self, key: Key) -> Any:
        path = self.file(key)
        with _read_again(path):
            return parquet.read(path).frame

    def earlier(self, key: Key) -> Earlier:
        """Return the rows of a place that an earlier run read before it was stopped."""
        if key not in self.found or key in self.complete:
            return NOTHING
        frame = self._frame(key)
        is_whole = frame.attrs.get("rows") == len(frame)
        return Earlier.of_rows(rows_of(frame, AUDIT_COLUMNS), is_whole=is_whole, is_everywhere=False)

    def file(self, key: Key) -> Path:
        """Return the path of the file of a place."""
        return self.path / part_name(*key)

    def write(self, result: PartResult) -> PartResult:
        """Write the rows of a place, and return its result without them."""
        assert result.rows is not None
        try:
            with whole_file(self.file(result.key), SHARED) as file:
                file.write(result.rows)
        except OSError as error:
            raise _not_writable(self.path, error) from error
        return result.without_rows()

    def add(self, result: PartResult, rows: Sequence[AuditRow]) -> PartResult:
        """Add rows to the file of a place."""
        frame = with_rows(parquet.read(self.file(result.key)).frame, rows)
        counts, errors = Counts.in_attrs(frame.attrs), tuple(error_lines(frame, MOST_ERRORS, of_one_place=True))
        return self.write(replace(result, counts=counts, errors=errors, rows=parquet.to_bytes(frame)))


def _foreign(path: Path, names: list[str]) -> UsageError:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return UsageError(
        f"{str(path)!r} has files that do not belong to this audit: {', '.join(map(repr, names[:_MOST_NAMED]))}{more}",
        hint="name a new or empty folder",
    )


@contextmanager
def _read_again(path: Path) -> Iterator[None]:
    """Add a hint on how to continue to the error about an unreadable file."""
    try:
        yield
    except UsageError as error:
        error.hint = f"delete the file, and its account and region are read again\nimport os\nos.remove({str(path)!r})"
        raise


def _not_writable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the folder {str(path)!r} cannot be written: {error.strerror or error}", hint="name another folder"
    )
