"""The alarms that are shipped for Prometheus: they can be read, and speak of figures that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import redis
import yaml
from prometheus_client.parser import text_string_to_metric_families

from orchestrator.events import EventType
from orchestrator.ledger import Ledger
from orchestrator.request_counts import RequestCounter
from orchestrator.settings import load_settings
from tests.support.workbench import ACCOUNT, add_job
from workers import metrics

ROOT = Path(__file__).parent.parent.parent
ALARMS = yaml.safe_load((ROOT / "configs" / "prometheus-alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]


@pytest.fixture
def figures(tmp_path: Path, redis_url: str) -> dict[str, set[str]]:
    """What the exporter tells where one job and one delivery are: label names by figure."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'home' / 'ledger.db'}")
    ledger.prepare()
    job = add_job(ledger)
    with ledger.writing() as tables:
        tables.accounts.write_nodes(ACCOUNT, 2)
        event = tables.outbox.record(EventType.BACKTEST_QUEUED, job)
        tables.outbox.announce(event, ["log"])
        tables.jobs.start(job, ledger.clock(), has_slot=True)
    ledger.close()
    with redis.Redis.from_url(redis_url) as client:
        RequestCounter(client, ACCOUNT)("backtests/list", None)
    settings = load_settings({"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url})
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(metrics.text(settings))
        for sample in family.samples
    }


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm["alert"])
def test_an_alarm_can_be_read_and_speaks_of_what_there_is(alarm: dict[str, Any], figures: dict[str, set[str]]) -> None:
    """One that can never ring is worse than none."""
    promql_parser.parse(alarm["expr"])
    named = re.findall(r"\b(qcjobs_\w+)(?:\{(\w+)[=!~])?", alarm["expr"])
    assert named
    for name, label in named:
        assert name in figures
        assert not label or label in figures[name]
    said = " ".join(alarm["annotations"].values())
    labels = {label for name, _ in named for label in figures[name]}
    assert set(re.findall(r"\$labels\.(\w+)", said)) <= labels
    assert alarm["labels"]["severity"] in {"page", "ticket"}
    assert alarm["annotations"]["action"].rstrip("`.)")


def test_the_page_for_operators_names_every_figure_and_every_alarm(figures: dict[str, set[str]]) -> None:
    """And no other one."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"`(qcjobs_\w+)", page)) | {"qcjobs_request_budget_per_minute"}
    assert named == {*figures, "qcjobs_detection_lag_seconds", "qcjobs_detection_lag_backtests"}
    assert [alarm["alert"] for alarm in ALARMS if alarm["alert"] not in page] == []
