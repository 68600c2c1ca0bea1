"""Logging: one JSON object a line, with job, run and step on every line, and no secret on any.

Called by entry points only; importing this configures nothing. Celery's and other libraries' records pass through the
same processors, so what is true of our lines is true of theirs.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Final, TextIO

import structlog

_SECRET_KEY: Final = re.compile(r"token|secret|password|authorization|api_?key|credential", re.IGNORECASE)
_IN_URL: Final = re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)")
_AUTH_HEADER: Final = re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=._-]{8,}")
REDACTED: Final = "•••"


class Redactor:
    """Takes secrets out of a log record: by the key's name, by known values, by the shape of URLs and headers."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The same text without what must not be seen."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return _AUTH_HEADER.sub(rf"\1 {REDACTED}", _IN_URL.sub(REDACTED, text))

    def value(self, value: Any) -> Any:
        """The same value without it, at any depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, MutableMapping):
            return {key: self._by_key(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(str(value))

    def _by_key(self, key: str, value: Any) -> Any:
        is_secret = _SECRET_KEY.search(key) and not (value is None or isinstance(value, bool))
        return REDACTED if is_secret else self.value(value)

    def __call__(self, _logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """As a structlog processor."""
        return {key: value if key.startswith("_") else self._by_key(key, value) for key, value in record.items()}


_in_force = [Redactor()]
"""The one of this process's log."""


def redacted(text: str) -> str:
    """A text of unknown origin, such as a stranger's error, without what this process knows to be secret."""
    return _in_force[0].text(text)


def configure_logging(level: str = "INFO", secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send everything, our own lines and the libraries', to `stream` (standard error) as JSON lines.

    Args:
        level: Of the root logger.
        secrets: Values that must never appear.
        stream: Where to.
    """
    _in_force[0] = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=())],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _in_force[0],
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # A line per request is ours to write, without addresses; Alembic tells everyone that it found nothing to do, and
    # beat that it sends a tick, several times a second.
    for chatty in ("httpx", "httpcore", "alembic", "celery.beat"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
