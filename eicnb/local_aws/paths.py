"""Request paths as moto may resolve them, so that no spelling of a path reaches its private API."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

# The paths of moto's own API (https://docs.getmoto.org/en/latest/docs/server_mode.html) and of instance metadata.
_PRIVATE = ("/moto-api", "/favicon.ico/", "/latest/meta-data/", "/latest/api/")
_MOST_DECODINGS = 8


def plain_path(path: str) -> str:
    """Return a path decoded, in lower case, and without empty and dot segments.

    >>> plain_path("/%6doto-api//reset"), plain_path("/x/%252e%252e/Moto-API/.")
    ('/moto-api/reset', '/moto-api')
    """
    for _ in range(_MOST_DECODINGS):
        path, before = unquote(path), path
        if path == before:
            break
    path = re.sub(r"[/\\]+", "/", path).lower()
    return "/" + posixpath.normpath(path).lstrip("/.")


def is_private(path: str) -> bool:
    """Return whether a path leads to moto's private API, which reaches every sandbox of the process.

    >>> is_private("//./%4Doto-api/data.json"), is_private("/my-bucket/moto-api")
    (True, False)
    """
    plain = plain_path(path)
    return f"{plain}/".startswith(_PRIVATE)
