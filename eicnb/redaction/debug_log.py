"""The log of `--debug`: botocore's log of one command, without credentials and signatures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager

from eicnb.redaction.patterns import SECRETS
from eicnb.redaction.search import spans

_LOGGERS = ("boto3", "botocore", "urllib3")
_FORM = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s"
_MASK = "***"
_SHORTEST_SECRET = 8


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """Return a text with everything that looks like a credential masked, and the given secrets too.

    >>> without_secrets("{'Authorization': b'AWS4-HMAC-SHA256 Credential=AKIA…', 'X-Amz-Date': b'20261124T215851Z'}")
    "{'Authorization': b'***', 'X-Amz-Date': b'20261124T215851Z'}"
    """
    text = without(text, secrets)
    pieces, end = [], 0
    for span in spans(text, SECRETS):
        pieces += [text[end : span.start], _MASK]
        end = span.end
    return "".join([*pieces, text[end:]])


def without(text: str, secrets: Collection[str]) -> str:
    """Return a text with the given secrets masked, except for very short ones.

    >>> without("no token EXAMPLE-TOKEN", {"EXAMPLE-TOKEN"})
    'no token ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _MASK)
    return text


class _Handler(logging.Handler):
    """A handler that writes the records of one thread."""

    def __init__(self, write: Callable[[str], object], secrets: Callable[[], Collection[str]]) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter(_FORM))
        self._write = write
        self._secrets = secrets
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._write(without_secrets(self.format(record), self._secrets()) + "\n")


class _AsBefore(logging.Handler):
    """A handler that passes on to the parent loggers what they would receive without `--debug`."""

    def __init__(self, above: logging.Logger, level: int) -> None:
        super().__init__(level)
        self._above = above

    def emit(self, record: logging.LogRecord) -> None:
        self._above.handle(record)


@contextmanager
def logged(write: Callable[[str], object], secrets: Callable[[], Collection[str]] = tuple) -> Iterator[None]:
    r"""Write what botocore logs in this thread, and hide it from every other handler of the process.

    >>> with logged(lambda text: print(text.rpartition(" - ")[2], end="")):
    ...     logging.getLogger("botocore.auth").debug("Signature:\n%s", "0" * 64)
    Signature:
    ***
    """
    with ExitStack() as stack:
        for name in _LOGGERS:
            stack.enter_context(_listening(logging.getLogger(name), _Handler(write, secrets)))
        yield


class _FromLevel(logging.Filter):
    """A filter that passes to an existing handler only what it would receive without `--debug`."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= self._level


class _Opened:
    """A logger that passes everything on until its last listener stops."""

    def __init__(self, logger: logging.Logger) -> None:
        self.listeners = 0
        self._logger = logger
        self._before = logger.level, logger.propagate
        self._above: list[logging.Handler] = []
        if logger.propagate and logger.parent is not None:
            self._above.append(_AsBefore(logger.parent, logger.getEffectiveLevel()))
        self._filter = _FromLevel(logger.getEffectiveLevel())
        self._filtered = list(logger.handlers)
        for handler in self._filtered:
            handler.addFilter(self._filter)
        for handler in self._above:
            logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False

    def close(self) -> None:
        """Restore the logger."""
        for handler in self._filtered:
            handler.removeFilter(self._filter)
        for handler in self._above:
            self._logger.removeHandler(handler)
        level, self._logger.propagate = self._before
        self._logger.setLevel(level)


_opened: dict[str, _Opened] = {}
_lock = threading.Lock()


@contextmanager
def _listening(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    """Listen to a logger; calls may overlap and stop in any order."""
    with _lock:
        opened = _opened.get(logger.name) or _opened.setdefault(logger.name, _Opened(logger))
        opened.listeners += 1
        logger.addHandler(handler)
    try:
        yield
    finally:
        with _lock:
            logger.removeHandler(handler)
            opened.listeners -= 1
            if not opened.listeners:
                _opened.pop(logger.name).close()
