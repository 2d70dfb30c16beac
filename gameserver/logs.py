"""How the server's log lines look: plain and readable on a terminal, JSON one by one anywhere else.

Called by `settings.py`. Both `structlog` and the standard library's loggers end here; it decides nothing about levels
of single games or matches.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

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
        "filters": {"not_the_clients_fault": {"()": lambda: _not_the_clients_fault}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Django's own defaults print twice in development and send mail in production.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
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
