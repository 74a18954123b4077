"""`--debug`: what botocore logs during a command, without its credentials and signatures."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager

_LOGGERS = ("boto3", "botocore", "urllib3")
_FORM = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s"
_MASK = "***"
_SHORTEST_SECRET = 8

# What a secret is called in headers, queries, JSON, XML and in Python's own way of writing these.
_NAMES = (
    "authorization|cookie|dpop|password"
    "|x-amz-(?:security-token|signature|credential|sso[-_]bearer[-_]token)|x-aws-ec2-metadata-token"
    "|(?:aws_)?access_?key_?id|(?:aws_)?secret_?access_?key|(?:aws_)?session_?token|client_?secret"
    "|(?:access|refresh|id|web_?identity)_?token|saml_?assertion|code_?verifier|device_?code|assertion"
)
_VALUE = r"""(?:\\"(?:(?!\\").)*\\"|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s'"&<>,;}]+)"""
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), shown)
    for pattern, shown in (
        (rf"""(?<![\w-])({_NAMES})(\\*['"]?\s*[:=]\s*b?){_VALUE}""", rf"\1\2{_MASK}"),
        (rf"<({_NAMES})>[^<]*<", rf"<\1>{_MASK}<"),
        (r"\b(Bearer|Basic)\s+[\w.~+/=-]+", rf"\1 {_MASK}"),
        (r"\b(Credential|Signature)=[^\s,&'\"]+", rf"\1={_MASK}"),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", _MASK),
        (r"\b[0-9a-f]{64}\b", _MASK),
    )
)


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """A text with whatever looks like a credential or a signature masked, and these known secrets too.

    >>> without_secrets("{'Authorization': b'AWS4-HMAC-SHA256 Credential=AKIA…', 'X-Amz-Date': b'20261124T215851Z'}")
    "{'Authorization': b***, 'X-Amz-Date': b'20261124T215851Z'}"
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _MASK)
    for pattern, shown in _RULES:
        text = pattern.sub(shown, text)
    return text


class _Handler(logging.Handler):
    """Writes the records of one thread."""

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
    """Hands on to the handlers above what would have reached them without `--debug`, and no more."""

    def __init__(self, above: logging.Logger, level: int) -> None:
        super().__init__(level)
        self._above = above

    def emit(self, record: logging.LogRecord) -> None:
        self._above.handle(record)


@contextmanager
def logged(write: Callable[[str], object], secrets: Callable[[], Collection[str]] = tuple) -> Iterator[None]:
    r"""Write what botocore logs in this thread, and keep it from every other handler of the process.

    >>> with logged(lambda text: print(text.rpartition(" - ")[2], end="")):
    ...     logging.getLogger("botocore.auth").debug("Signature:\n%s", "0" * 64)
    Signature:
    ***
    """
    with ExitStack() as stack:
        for name in _LOGGERS:
            stack.enter_context(_listening(logging.getLogger(name), _Handler(write, secrets)))
        yield


@contextmanager
def _listening(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    before = logger.level, logger.propagate
    handlers: list[logging.Handler] = [handler]
    if logger.propagate and logger.parent is not None:
        handlers.append(_AsBefore(logger.parent, logger.getEffectiveLevel()))
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    for one in handlers:
        logger.addHandler(one)
    try:
        yield
    finally:
        for one in handlers:
            logger.removeHandler(one)
        logger.setLevel(before[0])
        logger.propagate = before[1]
