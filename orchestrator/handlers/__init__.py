"""What we do when told: one handler a file. `connect_handlers` connects those that the settings name."""

from __future__ import annotations

import importlib
import os

from orchestrator.errors import BadSettings
from orchestrator.handlers.log import write_to_log
from orchestrator.handlers.webhook import Webhook
from orchestrator.settings import Settings, read_secret
from orchestrator.signals import any_event

__all__ = ["connect_handlers"]


def connect_handlers(settings: Settings) -> None:
    """Connect the log, the webhooks, and the modules that the settings name.

    Raises:
        BadSettings: A module cannot be imported, or a webhook's key is not in the environment.
    """
    any_event.connect(write_to_log, name="log")
    for webhook in settings.events.webhooks:
        key = None
        if webhook.secret_env is not None and not (key := read_secret(os.environ, webhook.secret_env)):
            named = f"{webhook.secret_env} or {webhook.secret_env}_FILE"
            raise BadSettings(f"The webhook {webhook.url.host} needs the environment variable {named}.")
        receiver = Webhook(str(webhook.url), key, frozenset(webhook.events))
        any_event.connect(receiver, name=receiver.name)
    for module in settings.events.handlers:
        try:
            importlib.import_module(module)
        except (Exception, SystemExit) as error:  # somebody else's code: whatever it raises, it cannot be used
            raise BadSettings(f"The handlers' module {module!r} cannot be imported: {error}.") from error
