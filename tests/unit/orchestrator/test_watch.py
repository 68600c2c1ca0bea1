"""The watch: one request for all, rows where something changed, and everything told once."""

from collections import Counter

import httpx
import pytest

from orchestrator.kinds import JobKind
from orchestrator.ledger.deployments import Known
from orchestrator.watch import look_at_holdings, look_at_status, thin_history, watch
from tests.support.cloud import Body, deployment, live_list, portfolio, refused, unreachable
from tests.support.workbench import ACCOUNT, FINGERPRINT, PROJECT, Workbench, add_job


@pytest.fixture
def watched(bench: Workbench) -> Workbench:
    """Credentials that were seen to work, and one deployment that runs and is known."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    bench.cloud.answers("live/list", live_list(deployment(equity=100_000.0)))
    assert look_at_status(bench.runtime)
    bench.clock.advance(seconds=61)
    return bench


def known(bench: Workbench, deploy_id: str = "L-1") -> Known:
    """What the ledger knows of it."""
    with bench.ledger.reading() as tables:
        found = tables.deployments.get(ACCOUNT, deploy_id)
    assert found is not None
    return found


def see(bench: Workbench, *deployments: Body, after: float = 61) -> list[str]:
    """Look, later, at this list. Returns what was told meanwhile."""
    before = len(bench.news())
    bench.clock.advance(seconds=after)
    bench.cloud.answers("live/list", live_list(*deployments))
    assert look_at_status(bench.runtime)
    return [name for name, _ in bench.news()[before:]]


def history(bench: Workbench) -> list[tuple[str, float]]:
    """Status and equity of every row."""
    with bench.ledger.reading() as tables:
        return [(row["status"], row["equity"]) for row in tables.deployments.history(ACCOUNT, "L-1")]


def limits(bench: Workbench, **limits: float | None) -> None:
    """Set alarm limits for every deployment."""
    settings = bench.runtime.settings
    live = settings.live.model_copy(update={"limits": settings.live.limits.model_copy(update=limits)})
    object.__setattr__(bench.runtime, "settings", settings.model_copy(update={"live": live}))


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_request_looks_at_all_and_nobody_looks_again_before_it_is_due(bench: Workbench) -> None:
    """However many beats and workers tick."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    bench.cloud.answers("live/list", live_list(deployment(), deployment("L-2", project_id=1002)))
    for _ in range(30):
        look_at_status(bench.runtime)
        bench.clock.advance(seconds=1)
    assert bench.cloud.count("live/list") == 1
    bench.clock.advance(seconds=31)
    assert look_at_status(bench.runtime)


def test_while_nothing_trades_it_looks_rarely(bench: Workbench) -> None:
    """An account without live algorithms pays for twelve requests an hour."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    bench.cloud.answers("live/list", live_list())
    looked = 0
    for _ in range(60):
        looked += look_at_status(bench.runtime)
        bench.clock.advance(seconds=60)
    assert looked <= 12


def test_credentials_that_nobody_has_tried_are_not_tried_by_the_watch(bench: Workbench) -> None:
    """A job, the doctor or a command does that, once."""
    watch(bench.runtime)
    assert bench.cloud.asked == []


def test_a_failed_look_is_made_again_soon(watched: Workbench) -> None:
    """And not at once, and not after a minute."""
    watched.cloud.answers("live/list", unreachable(), live_list(deployment()))
    assert not look_at_status(watched.runtime)
    assert not look_at_status(watched.runtime)
    watched.clock.advance(seconds=16)
    assert look_at_status(watched.runtime)


def test_refused_credentials_stop_the_watch(watched: Workbench) -> None:
    """One try."""
    watched.cloud.answers("live/list", refused("UserID not valid"))
    look_at_status(watched.runtime)
    asked = len(watched.cloud.asked)
    watched.clock.advance(seconds=600)
    watch(watched.runtime)
    assert len(watched.cloud.asked) == asked


# ── rows and events ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_found_at_the_first_look_is_no_news(watched: Workbench) -> None:
    """An account with years of deployments must not ring two hundred bells."""
    assert watched.news() == []


def test_a_row_is_written_where_something_changed_and_as_a_heartbeat(watched: Workbench) -> None:
    """The history stays small and has no holes."""
    for _ in range(10):
        assert see(watched, deployment(equity=100_000.0)) == []
    assert len(history(watched)) == 1
    see(watched, deployment(equity=101_000.0))
    assert history(watched)[-1] == ("Running", 101_000.0)
    see(watched, deployment(equity=101_000.0), after=3600)
    assert len(history(watched)) == 3


def test_a_changed_status_is_told_with_both(watched: Workbench) -> None:
    """Once."""
    see(watched, deployment(status="Initializing", equity=100_000.0))
    (name, data), *more = watched.news()
    assert (name, data["before"], data["status"], more) == ("LiveStatusChanged", "Running", "Initializing", [])
    assert (data["deploy_id"], data["project_id"]) == ("L-1", PROJECT)


def test_a_runtime_error_is_told_with_its_text(watched: Workbench) -> None:
    """The first thing that anybody wants to know."""
    told = see(watched, deployment(status="RuntimeError", error="Division by zero at main.py:7"))
    assert told == ["LiveStatusChanged", "LiveRuntimeError"]
    assert watched.news()[-1][1]["error"] == "Division by zero at main.py:7"


@pytest.mark.parametrize("status", ["Stopped", "Liquidated"])
def test_an_end_that_nobody_here_has_asked_for_is_told(watched: Workbench, status: str) -> None:
    """Somebody stopped it on the web page, or QuantConnect did."""
    assert "LiveStoppedOutside" in see(watched, deployment(status=status))


def test_an_end_that_somebody_here_has_asked_for_is_not(watched: Workbench) -> None:
    """They know."""
    add_job(watched.ledger, kind=JobKind.STOP)
    assert "LiveStoppedOutside" not in see(watched, deployment(status="Stopped"))


def test_a_deployment_that_nobody_here_has_asked_for_is_told(watched: Workbench) -> None:
    """Reconciliation: what the API says against what the ledger believes."""
    told = see(watched, deployment(equity=100_000.0), deployment("L-2", project_id=7))
    assert told == ["LiveStatusChanged", "LiveDiscrepancy"]


def test_a_deployment_of_ours_is_not(watched: Workbench) -> None:
    """The job that makes it may not have heard of it yet."""
    watched.deploying()
    told = see(watched, deployment(equity=100_000.0), deployment("L-2"))
    assert told == ["LiveStatusChanged"]


def test_a_deployment_that_vanishes_is_told_once(watched: Workbench) -> None:
    """After a while: lists lag."""
    assert see(watched, after=50) == []
    assert see(watched, after=61) == ["LiveDiscrepancy"]
    assert see(watched, after=61) == []


# ── alarms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawdown_beyond_its_limit_is_told_once_until_it_is_over(watched: Workbench) -> None:
    """Of the highest equity that was ever seen."""
    limits(watched, drawdown=0.1)
    assert see(watched, deployment(equity=120_000.0)) == []
    assert see(watched, deployment(equity=109_000.0)) == []
    assert see(watched, deployment(equity=107_000.0)) == ["LiveDrawdownExceeded"]
    data = watched.news()[-1][1]
    assert (data["drawdown"], data["limit"]) == (pytest.approx(0.108333, abs=1e-6), 0.1)
    assert see(watched, deployment(equity=90_000.0)) == []
    assert see(watched, deployment(equity=107_990.0)) == []  # still about the limit
    assert see(watched, deployment(equity=119_000.0)) == []
    assert see(watched, deployment(equity=107_000.0)) == ["LiveDrawdownExceeded"]


def test_a_project_may_have_limits_of_its_own(watched: Workbench) -> None:
    """They replace the general ones."""
    limits(watched, drawdown=0.5)
    live = watched.runtime.settings.live
    own = live.model_copy(update={"projects": {int(PROJECT): live.limits.model_copy(update={"drawdown": 0.01})}})
    settings = watched.runtime.settings.model_copy(update={"live": own})
    object.__setattr__(watched.runtime, "settings", settings)
    assert see(watched, deployment(equity=98_000.0)) == ["LiveDrawdownExceeded"]


def test_silence_is_told_when_nobody_could_look_for_too_long(watched: Workbench) -> None:
    """Once; and it is over when somebody sees it again."""
    watched.cloud.answers("live/list", httpx.Response(503))
    for _ in range(200):
        watched.clock.advance(seconds=16)
        look_at_status(watched.runtime)
    assert [name for name, _ in watched.news()] == ["LiveSilent"]
    assert watched.news()[0][1]["minutes"] >= 30
    see(watched, deployment(equity=100_000.0))
    assert known(watched).alarms == []


def test_silence_is_told_when_nothing_changes_for_too_long(watched: Workbench) -> None:
    """Only where somebody asked for it: a market may be closed."""
    assert see(watched, deployment(equity=100_000.0), after=7200) == []
    limits(watched, silent_minutes=30.0)
    assert see(watched, deployment(equity=100_000.0)) == ["LiveSilent"]
    assert see(watched, deployment(equity=100_000.0)) == []
    see(watched, deployment(equity=100_001.0))
    assert known(watched).alarms == []


# ── holdings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_runs_is_asked_for_its_holdings_and_only_when_due(watched: Workbench) -> None:
    """One request each, at most once an interval."""
    see(watched, deployment(equity=1.0), deployment("L-0", "Stopped", project_id=9))
    watched.cloud.answers("live/portfolio/read", portfolio(SPY=60_000.0))
    for _ in range(60):
        watched.clock.advance(seconds=10)
        look_at_holdings(watched.runtime)
    assert 2 <= watched.cloud.count("live/portfolio/read") <= 3
    assert watched.cloud.last("live/portfolio/read") == {"projectId": PROJECT}


def test_two_hundred_do_not_ask_at_the_same_moment(bench: Workbench) -> None:
    """The interval is shared out."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    many = [deployment(f"L-{number:032x}", project_id=2000 + number) for number in range(0, 200 * 7919, 7919)]
    bench.cloud.answers("live/list", live_list(*many))
    look_at_status(bench.runtime)
    with bench.ledger.reading() as tables:
        due = sorted(one.holdings_due_at for one in tables.deployments.of(ACCOUNT) if one.holdings_due_at)
    per_minute = Counter(int((at - bench.clock.now).total_seconds()) // 60 for at in due)
    assert (len(due), len(per_minute)) == (200, 5)
    assert max(per_minute.values()) <= 80


def test_holdings_are_kept_where_they_changed(watched: Workbench) -> None:
    """And again as a heartbeat."""
    watched.cloud.answers("live/portfolio/read", portfolio(SPY=60_000.0))
    watched.clock.advance(seconds=300)
    assert look_at_holdings(watched.runtime) == 1
    watched.clock.advance(seconds=301)
    assert look_at_holdings(watched.runtime) == 1
    with watched.ledger.reading() as tables:
        (row,) = tables.deployments.holdings_history(ACCOUNT, "L-1")
    assert row["holdings"]["SPY"]["value"] == 60_000.0
    assert row["cash"]["USD"] == {"amount": 40_000.0, "value": 40_000.0}
    watched.clock.advance(seconds=3601)
    look_at_holdings(watched.runtime)
    with watched.ledger.reading() as tables:
        assert len(tables.deployments.holdings_history(ACCOUNT, "L-1")) == 2


def test_too_much_of_one_security_is_told_once(watched: Workbench) -> None:
    """Long or short."""
    limits(watched, holding=0.5)
    for value in (-60_000.0, -70_000.0, 10_000.0, 80_000.0):
        watched.clock.advance(seconds=301)
        watched.cloud.answers("live/portfolio/read", portfolio(SPY=value))
        look_at_holdings(watched.runtime)
    exceeded = [data for name, data in watched.news() if name == "LiveHoldingExceeded"]
    assert [(data["security"], data["share"]) for data in exceeded] == [("SPY", 0.6), ("SPY", 0.8)]


def test_a_portfolio_that_cannot_be_read_is_read_soon(watched: Workbench) -> None:
    """And no row claims that nothing is held."""
    watched.cloud.answers("live/portfolio/read", httpx.Response(503), portfolio())
    watched.clock.advance(seconds=300)
    assert look_at_holdings(watched.runtime) == 0
    watched.clock.advance(seconds=16)
    assert look_at_holdings(watched.runtime) == 1


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_older_history_is_thinned_and_the_oldest_goes(watched: Workbench) -> None:
    """All of a week, then hours, then days, then nothing."""
    for number in range(480):
        see(watched, deployment(equity=100_000.0 + number), after=1800)  # every half hour for ten days
    full = len(history(watched))
    thin_history(watched.runtime)
    thinned = len(history(watched))
    assert full == 480
    assert thinned == pytest.approx(7 * 48 + 3 * 24, abs=3)
    assert thin_history(watched.runtime) == 0
    watched.clock.advance(hours=24 * 2000)
    thin_history(watched.runtime)
    assert history(watched) == []
