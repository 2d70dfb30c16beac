"""How the server's log lines look: plain and readable on a terminal, JSON one by one anywhere else.

Called by `settings.py`. Both `structlog` and the standard library's loggers end here; it decides nothing about levels
of single games or matches. What a line is about is a field of it: who writes `match %s` in a message names the match.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog

# In a message, the words before a placeholder that become fields, so that all lines about one match can be found.
_PLACEHOLDER = re.compile(r"(?:\b(match|connection|host|entry|seat|command) )?%(?:\.\d)?[sdfr]")
_PROBES = ("/healthz", "/readyz", "/metrics")

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure() -> None:
    """Send structlog's events through the standard library, so that one handler renders all lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(*, terminal: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, nothing by mail."""
    render: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
                "foreign_pre_chain": SHARED,
            }
        },
        "filters": {
            "not_the_clients_fault": {"()": lambda: _not_the_clients_fault},
            "not_a_probe": {"()": lambda: _not_a_probe},
            "named": {"()": lambda: _named},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["named"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Django's own defaults print twice in development and send mail in production.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"filters": ["not_a_probe"]},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            # Start and stop are told by our own entry; what is left of uvicorn's lines are its warnings.
            "uvicorn": {"level": "WARNING"},
            "uvicorn.error": {"level": "WARNING", "filters": ["not_the_clients_fault"]},
            "daphne": {"level": "WARNING"},
        },
    }


def _not_the_clients_fault(record: logging.LogRecord) -> bool:
    """uvicorn logs a traceback for every text frame that is not UTF-8: whoever sends them could fill the disk."""
    return not record.getMessage().startswith("Invalid UTF-8 sequence received")


def _not_a_probe(record: logging.LogRecord) -> bool:
    """Django logs each 503 as an error; probes get several a second, and whoever asks them reads the answer itself."""
    path = getattr(getattr(record, "request", None), "path_info", "")
    return not path.startswith(_PROBES)


def _named(record: logging.LogRecord) -> bool:
    """`"match %s: …"` adds the field `match`, or `match_pk` where only the primary key was known. Drops no line."""
    if isinstance(record.msg, str) and isinstance(record.args, tuple) and record.args:
        for found, value in zip(_PLACEHOLDER.finditer(record.msg.replace("%%", "")), record.args, strict=False):
            if name := found[1]:
                vars(record).setdefault("match_pk" if name == "match" and isinstance(value, int) else name, value)
    return True
