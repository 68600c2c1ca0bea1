"""Builds what a worker works with: settings → runtime, handlers, logging."""

from __future__ import annotations

import os
from contextlib import suppress

from orchestrator import brokerages
from orchestrator.errors import BadSettings
from orchestrator.handlers import connect_handlers
from orchestrator.logs import configure_logging
from orchestrator.runtime import Runtime, open_runtime
from orchestrator.service_urls import password_of
from orchestrator.settings import Settings, read_secret
from quantconnect import MissingCredentials


def build_runtime(settings: Settings) -> Runtime:
    """The runtime of this process, with the handlers connected."""
    connect_handlers(settings)
    return open_runtime(settings)


def start_logging(settings: Settings) -> None:
    """JSON lines on standard error, without what this process knows to be secret."""
    configure_logging(settings.worker.log_level, known_secrets(settings))


def known_secrets(settings: Settings) -> list[str]:
    """Every secret value that this process knows."""
    urls = [url.get_secret_value() for url in (settings.redis_url, settings.database_url) if url is not None]
    secrets = [password for url in urls for password in password_of(url)]
    for webhook in settings.events.webhooks:
        with suppress(BadSettings):  # whoever needs the key says that its file cannot be read
            secrets += filter(None, [read_secret(os.environ, webhook.secret_env or "")])
    secrets += brokerages.known_secrets(settings)
    try:
        return [*secrets, settings.credentials().api_token]
    except MissingCredentials:
        return secrets
