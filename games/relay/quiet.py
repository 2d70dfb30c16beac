"""The library of the channel layer logs a whole traceback for each second without Redis; a sentence is enough.

What it says is counted and told by `core.py` in our own words.
"""

from __future__ import annotations

import logging


def install() -> None:
    """From now on a lost connection is no traceback. The second call does nothing."""
    logging.getLogger("channels_redis.pubsub").addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    """Errors of the connection go to debug; anything else of that library passes as it is."""
    error = record.exc_info[1] if record.exc_info else None
    if not _is_of_the_connection(error):
        return True
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    record.msg = f"{record.msg} {type(error).__name__}: {error}"
    record.exc_info = record.exc_text = None
    return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


def _is_of_the_connection(error: BaseException | None) -> bool:
    # redis-py's errors share no base with Python's own; by name, so that the layer in memory needs no redis installed.
    return isinstance(error, OSError) or type(error).__name__ in ("ConnectionError", "TimeoutError", "BusyLoadingError")
