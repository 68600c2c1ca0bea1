"""What docs/events.md says of events is what they are; its examples work as they stand there."""

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestrator import signals
from orchestrator.events import Event, EventType
from orchestrator.handlers.webhook import encode, sign
from orchestrator.settings import load_settings

PAGE = (Path(__file__).parent.parent.parent / "docs" / "events.md").read_text("utf-8")
VERIFY, HANDLER = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
EVENT = Event(
    id="5f0c",
    type=EventType.LIVE_SILENT,
    account="7@host",
    job_id=None,
    run=None,
    data={"minutes": 3},
    at=datetime(2026, 3, 1, tzinfo=UTC),
)


def test_every_event_is_named_and_no_other() -> None:
    """Somebody copies the name into a configuration."""
    table = PAGE[: PAGE.index("## A webhook")]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) - {"JOB"} == set(EventType)


def test_the_check_of_a_signature_works_and_can_fail() -> None:
    """It is copied by people who do not like to think about HMAC."""
    names: dict[str, Any] = {}
    exec(VERIFY, names)
    check, now, body = names["is_from_qcjobs"], int(time.time()), encode(EVENT)
    assert check(body, sign(body, "key", now), "key")
    assert not check(body, sign(body, "another key", now), "key")
    assert not check(body + b" ", sign(body, "key", now), "key")
    assert not check(body, sign(body, "key", now - 3600), "key")


def test_the_example_of_a_body_has_the_fields_of_one() -> None:
    """Whoever writes a receiver looks there."""
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert list(json.loads(text)) == list(json.loads(encode(EVENT)))


def test_the_example_of_a_configuration_can_be_read(tmp_path: Path) -> None:
    """As a file."""
    (tmp_path / "my.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
    (webhook,) = load_settings({"QCJOBS_CONFIG": str(tmp_path / "my.yaml")}).events.webhooks
    assert webhook.secret_env == "WEBHOOK_KEY"
    assert set(webhook.events) <= set(EventType)


def test_the_example_of_a_handler_hears(capsys: pytest.CaptureFixture[str]) -> None:
    """With the account, since one module may serve several."""
    before = set(signals.live_alarm.handlers)
    exec(HANDLER, {"__name__": "my_team.handlers"})
    (name,) = set(signals.live_alarm.handlers) - before
    try:
        signals.live_alarm.handlers[name](EVENT)
        assert "LiveSilent 7@host" in capsys.readouterr().out
    finally:
        signals.live_alarm.disconnect(name)
