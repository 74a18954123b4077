"""The text that was typed, and the excerpts of it that errors show. Tested in tests/cli/test_lexer.py."""

from __future__ import annotations

from dataclasses import dataclass

from eicnb.errors import Excerpt, UsageError


@dataclass(frozen=True, slots=True)
class Source:
    """The text that was typed, how errors show its lines, and whether `${…}` names a value of the notebook."""

    text: str
    prompt: str = ""
    first_line: int | None = None
    interpolates: bool = True

    def excerpt(self, start: int, end: int) -> Excerpt:
        """Return the line that holds `start`, with the characters up to `end` marked."""
        begin = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", start)
        line = self.text[begin : stop if stop >= 0 else len(self.text)].rstrip("\r")
        number = None if self.first_line is None else self.first_line + self.text.count("\n", 0, start)
        prompt = self.prompt if begin == 0 else ""
        shift = len(prompt) - begin
        return Excerpt(prompt + line, start + shift, max(end, start + 1) + shift, number)

    def error(self, message: str, start: int, end: int, *, hint: str | None = None) -> UsageError:
        """Return a UsageError that points at a part of the text."""
        return UsageError(message, hint=hint, excerpt=self.excerpt(start, end))
