"""Every line is JSON, says which job it is about, and holds no secret, whoever wrote it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.logs import REDACTED, Redactor, configure_logging
from orchestrator.outcomes import Stale
from orchestrator.workflow import perform
from tests.support.cloud import completed
from tests.support.workbench import Workbench

TOKEN = "c0ffee00c0ffee00c0ffee00"
HEADER = "Basic NzpjMGZmZWUwMGMwZmZlZTAw"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What is logged; the loggers are afterwards as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging("INFO", [TOKEN], stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Every line as what it says."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_and_logger(stream: io.StringIO) -> None:
    """Machines read logs first."""
    structlog.get_logger("orchestrator.somewhere").info("something happened", count=3)

    (line,) = lines(stream)
    assert line["event"] == "something happened"
    assert (line["level"], line["logger"], line["count"]) == ("info", "orchestrator.somewhere", 3)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("key", ["api_token", "Authorization", "password", "redis_password", "client_secret", "apikey"])
@pytest.mark.parametrize("value", ["hunter2", ["hunter2"], {"it": "hunter2"}, 4711, b"hunter2"])
def test_a_secrets_name_is_enough_to_hide_it(stream: io.StringIO, key: str, value: object) -> None:
    """Whatever form it has."""
    structlog.get_logger().info("x", **{key: value})

    (line,) = lines(stream)
    assert line[key] == REDACTED


def test_a_known_secret_is_hidden_wherever_it_stands(stream: io.StringIO) -> None:
    """In the text, in a value, deep inside one."""
    deep = {"list": [f"…{TOKEN}…", (TOKEN,)], "object": ValueError(TOKEN)}
    structlog.get_logger().info(f"sent {TOKEN}", deep=deep)

    assert TOKEN not in stream.getvalue()
    assert lines(stream)[0]["event"] == f"sent {REDACTED}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to redis://:pass@host:6379/0 now", f"to redis://{REDACTED}@host:6379/0 now"),
        ("postgresql+psycopg://me:pass@host/db", f"postgresql+psycopg://{REDACTED}@host/db"),
        ("https://host/path:with@signs", "https://host/path:with@signs"),
        (f"headers: {{'Authorization': '{HEADER}'}}", f"headers: {{'Authorization': 'Basic {REDACTED}'}}"),
        ("Bearer abcdefghijkl", f"Bearer {REDACTED}"),
    ],
)
def test_the_shape_of_a_url_or_header_is_enough(text: str, shown: str) -> None:
    """Secrets that nobody has told us, in other people's messages."""
    assert Redactor().text(text) == shown


@given(st.text(min_size=6), st.text(), st.text())
def test_no_text_around_a_secret_brings_it_out(secret: str, before: str, after: str) -> None:
    """Nor does a secret that is made of odd characters."""
    if secret in REDACTED * 3:
        return
    assert secret not in Redactor([secret]).text(before.replace(secret, "") + secret + after.replace(secret, ""))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.just(TOKEN) | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    )
)
def test_no_depth_hides_a_secret_from_the_redactor(value: object) -> None:
    """Events carry whole results."""
    assert TOKEN not in json.dumps(Redactor([TOKEN]).value(value))


def test_a_short_text_is_no_secret() -> None:
    """An empty password, or `test`, would make every line unreadable."""
    assert Redactor(["", "test"]).text("a test") == "a test"


@pytest.mark.parametrize("logger", [structlog.get_logger("ours"), logging.getLogger("theirs")], ids=["ours", "stdlib"])
def test_exceptions_are_told_without_their_secrets(stream: io.StringIO, logger: Any) -> None:
    """Text and traceback both; the chain behind them, too."""
    try:
        try:
            raise ValueError(f"https://user:{TOKEN}@host refused {HEADER}")
        except ValueError as error:
            raise RuntimeError(f"with {TOKEN}") from error
    except RuntimeError:
        logger.exception("it failed")

    (line,) = lines(stream)
    assert "RuntimeError" in line["exception"]
    assert "ValueError" in line["exception"]
    assert TOKEN not in stream.getvalue()
    assert HEADER not in stream.getvalue()


def test_other_peoples_records_pass_the_same_way(stream: io.StringIO) -> None:
    """Celery, SQLAlchemy and httpx log by the standard library."""
    with structlog.contextvars.bound_contextvars(job="j-1"):
        logging.getLogger("celery.worker").warning("lost %s at %s", TOKEN, "redis://:pass@host/0")

    (line,) = lines(stream)
    assert line["event"] == f"lost {REDACTED} at redis://{REDACTED}@host/0"
    assert (line["logger"], line["level"], line["job"]) == ("celery.worker", "warning", "j-1")


def test_no_line_tells_each_request(stream: io.StringIO) -> None:
    """httpx would write one with the address for every poll."""
    logging.getLogger("httpx").info("HTTP Request: POST https://…")

    assert lines(stream) == []


def test_every_line_of_a_step_names_job_run_and_step(stream: io.StringIO, bench: Workbench) -> None:
    """`jq 'select(.job == …)'` tells the story of one job, other libraries' lines included."""
    job = bench.created()

    def answer(_body: dict[str, Any]) -> dict[str, Any]:
        logging.getLogger("somebody").warning("in the middle")
        return {"backtest": completed("b-1")}

    bench.cloud.answers("backtests/read", answer)
    bench.perform("poll_results", job)

    told = lines(stream)
    assert {"in the middle", "complete"} <= {line["event"] for line in told}
    assert {(line["job"], line["run"], line["step"]) for line in told} == {(job.id, 1, "poll_results")}


def test_a_stale_run_says_that_it_is_silent(stream: io.StringIO, bench: Workbench) -> None:
    """Otherwise a lost message and a silenced one look alike."""
    job = bench.running()

    assert isinstance(perform(bench.runtime, "upload", job.id, job.run - 1), Stale)
    assert [line["event"] for line in lines(stream)] == ["a newer run exists"]
