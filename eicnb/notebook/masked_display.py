"""Masks in everything that a notebook displays, including what pandas renders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eicnb.frames.frame import uncut
from eicnb.redaction import masks

_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


class MaskedFormat:
    """A display formatter that masks the output of IPython's formatter while redaction is on.

    >>> plain = lambda value, include=None, exclude=None: ({"text/plain": str(value)}, {})
    >>> MaskedFormat(plain)("sqs")
    ({'text/plain': 'sqs'}, {})
    """

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the MIME bundle and its metadata, as `DisplayFormatter.format` does."""
        if not masks.active().on:
            return self.plain(*args, **kwargs)  # type: ignore[no-any-return] # IPython's own
        with uncut():
            bundle, metadata = self.plain(*args, **kwargs)
        return {kind: _masked(shown) if _is_text(kind) else shown for kind, shown in bundle.items()}, _masked(metadata)


def _is_text(kind: str) -> bool:
    return kind.startswith(_TEXTS) or kind.endswith(("+json", "+xml"))


def _masked(shown: Any, name: str = "") -> Any:
    """Return a value of a MIME bundle with masks; `name` is the name of its member."""
    if isinstance(shown, str):
        return masks.masked(shown)
    if isinstance(shown, int | float):
        return masks.masked_number(shown, name)
    if isinstance(shown, Mapping):
        return {_masked(key): _masked(member, str(key)) for key, member in shown.items()}
    if isinstance(shown, list | tuple):
        return [_masked(member, name) for member in shown]
    return shown


def register(ip: Any) -> None:
    """Mask what a shell displays; a second call has no effect.

    >>> from types import SimpleNamespace
    >>> shell = SimpleNamespace(display_formatter=SimpleNamespace(format=str))
    >>> register(shell)
    >>> register(shell)
    >>> unregister(shell)
    >>> shell.display_formatter.format
    <class 'str'>
    """
    unregister(ip)
    ip.display_formatter.format = MaskedFormat(ip.display_formatter.format)


def unregister(ip: Any) -> None:
    """Restore the display of a shell, unless another extension has replaced it since."""
    shown_by = ip.display_formatter.format
    if type(shown_by).__qualname__ == MaskedFormat.__qualname__ and type(shown_by).__module__ == __name__:
        ip.display_formatter.format = shown_by.plain
