"""Step 4: the one request that costs money, made exactly once."""

import pytest

from orchestrator.errors import StaleRun
from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Fail, Requeue, Stale, Wait
from orchestrator.states import JobState
from orchestrator.workflow import perform
from orchestrator.workflow.create import create_backtest
from tests.support.cloud import NO_SPARE_NODES, Body, backtest, refused, unanswered, unreachable
from tests.support.workbench import ACCOUNT, PROJECT, Workbench

SETTLED = 10 + 2 * 30 + 10  # seconds: how late a request leaves, two time-outs, and what a list may lag


def made(backtest_id: str = "b-1") -> Body:
    """The answer to `backtests/create`."""
    return {"backtest": backtest(backtest_id, status="In Queue...")}


def listed(job: Job, backtest_id: str = "b-1") -> Body:
    """The list of the project's backtests with the job's own in it."""
    return {"backtests": [backtest("b-0", "somebody's"), backtest(backtest_id, job.backtest_name)]}


def test_the_backtest_is_asked_for_with_the_jobs_own_parameters(bench: Workbench) -> None:
    """The project's parameters are never touched: other jobs run in it."""
    job = bench.compiled(parameters={"fast": 10, "slow": 50})
    bench.cloud.answers("backtests/create", made())

    assert isinstance(bench.perform("create", job), Advance)

    assert bench.cloud.last("backtests/create") == {
        "projectId": PROJECT,
        "compileId": "c-1",
        "backtestName": job.backtest_name,
        "parameters": {"fast": 10, "slow": 50},
    }
    assert bench.job(job).backtest_id == "b-1"
    assert bench.events(job)[-1] == "BacktestStarted"


def test_the_name_in_the_cloud_is_unique(bench: Workbench) -> None:
    """It is the only way to find the backtest of a request whose answer was lost."""
    assert bench.running("rsi").backtest_name != bench.running("rsi").backtest_name


def test_an_intent_is_committed_before_the_request_leaves(bench: Workbench) -> None:
    """Whoever comes after a crash must know that a backtest may exist."""
    job = bench.compiled()
    intents: list[object] = []

    def note(_body: Body) -> Body:
        intents.append(bench.job(job).create_intent_at)
        return made()

    bench.cloud.answers("backtests/create", note)
    bench.perform("create", job)

    assert intents == [bench.clock.now]


def test_nothing_is_asked_when_the_backtest_is_known(bench: Workbench) -> None:
    """A message that comes twice must not cost a second backtest."""
    job = bench.created()

    assert isinstance(bench.perform("create", job), Advance)
    assert bench.cloud.asked == []


def test_without_a_node_of_its_own_a_job_goes_back_to_the_queue(bench: Workbench) -> None:
    """It was only prepared, so that a node that falls free is used at once."""
    job = bench.compiled(has_slot=False)

    assert isinstance(bench.perform("create", job), Requeue)
    assert bench.cloud.asked == []


def test_after_a_lost_answer_the_backtest_is_adopted_by_its_name(bench: Workbench) -> None:
    """It runs and costs; a second one would cost twice."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered())
    assert isinstance(bench.perform("create", job), Wait)
    bench.cloud.answers("backtests/list", listed(job, "b-7"))

    assert isinstance(bench.perform("create", job), Advance)

    assert bench.job(job).backtest_id == "b-7"
    assert bench.cloud.count("backtests/create") == 1


@pytest.mark.parametrize("answer", [refused("Internal Error 21"), {"debugging": False}])
def test_an_answer_that_does_not_say_no_leaves_doubt(bench: Workbench, answer: Body) -> None:
    """A server error, or a success without a backtest in it: it may exist."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", answer)

    assert isinstance(bench.perform("create", job), Wait)
    assert bench.job(job).create_intent_at is not None


def test_in_doubt_nothing_is_asked_again_before_it_is_settled(bench: Workbench) -> None:
    """The older request may still be under way."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered())
    bench.cloud.answers("backtests/list", {"backtests": []})
    bench.perform("create", job)

    bench.clock.advance(seconds=SETTLED - 1)

    assert isinstance(bench.perform("create", job), Wait)
    assert bench.cloud.count("backtests/create") == 1


def test_once_settled_it_is_asked_again(bench: Workbench) -> None:
    """A job must not stand still for a request that never arrived."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered(), made("b-2"))
    bench.cloud.answers("backtests/list", {"backtests": []})
    bench.perform("create", job)

    bench.clock.advance(seconds=SETTLED)

    assert isinstance(bench.perform("create", job), Advance)
    assert bench.job(job).backtest_id == "b-2"


def test_a_later_run_looks_for_the_backtest_of_an_earlier_one(bench: Workbench) -> None:
    """The worker died after the request had left."""
    job = bench.compiled()
    bench.change(job, create_intent_at=bench.clock())
    bench.clock.advance(seconds=9)
    bench.write(lambda tables: tables.jobs.recover(job, bench.clock()))
    bench.cloud.answers("backtests/list", listed(job, "b-8"))

    assert isinstance(bench.perform("create", job), Advance)
    assert bench.job(job).backtest_id == "b-8"


def test_two_deliveries_of_one_message_ask_once(bench: Workbench) -> None:
    """Redis may hand a message out twice: both have the same run, and both find no backtest when they begin."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", made())
    as_both_read_it = bench.job(job)

    create_backtest(bench.runtime, as_both_read_it)
    with pytest.raises(StaleRun):
        create_backtest(bench.runtime, as_both_read_it)

    assert bench.cloud.count("backtests/create") == 1


def test_no_spare_node_is_no_failure(bench: Workbench) -> None:
    """Nothing was made: the job goes back to the queue, and there is no doubt."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused(NO_SPARE_NODES))

    assert isinstance(bench.perform("create", job), Requeue)

    after = bench.job(job)
    assert after.state is JobState.QUEUED
    assert after.create_intent_at is None
    assert after.waiting_for == "a free node"
    assert after.not_before is not None


@pytest.mark.parametrize("text", ["Invalid compile", "Daily backtest limit reached: 200 per day"])
def test_a_definite_refusal_leaves_no_doubt(bench: Workbench, text: str) -> None:
    """A no is a no: nothing has to be looked for."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused(text))

    bench.perform("create", job)

    assert bench.job(job).create_intent_at is None


def test_a_request_that_never_left_leaves_no_doubt(bench: Workbench) -> None:
    """The network is down: the next attempt needs no look."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unreachable(), made())

    assert isinstance(bench.perform("create", job), Wait)
    assert isinstance(bench.perform("create", job), Advance)
    assert bench.cloud.count("backtests/list") == 0


def test_a_used_up_budget_leaves_no_doubt(bench: Workbench) -> None:
    """The request has not left."""
    job = bench.compiled()
    bench.gate.refuse_next()

    assert isinstance(bench.perform("create", job), Wait)
    assert bench.job(job).create_intent_at is None


def test_a_compile_refused_right_after_it_was_built_is_given_a_moment(bench: Workbench) -> None:
    """It may not be visible everywhere yet; another compile would cost more than three seconds."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused("Compile id not found"), made())

    assert isinstance(bench.perform("create", job), Wait)
    assert isinstance(bench.perform("create", job), Advance)


def test_a_compile_that_stays_unknown_is_forgotten_and_made_again(bench: Workbench) -> None:
    """Ids expire; the next run compiles the same bundle anew."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused("Compile id not found"))
    bench.perform("create", job)

    assert isinstance(bench.perform("create", job), Requeue)

    after = bench.job(job)
    assert after.compile_id is None
    with bench.ledger.reading() as tables:
        assert tables.projects.compile_of(ACCOUNT, PROJECT, job.bundle or "") is None


def test_a_compile_is_made_anew_three_times_at_most(bench: Workbench) -> None:
    """Everything ends."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused("could not find a part of the path"))
    outcomes = []
    for _ in range(4):
        outcomes.append(type(bench.perform("create", job)))
        if bench.job(job).state is JobState.QUEUED:
            bench.clock.advance(seconds=5)
            bench.write(lambda tables: tables.jobs.start(tables.jobs.get(job.id), bench.clock(), has_slot=True))
            bench.change(bench.job(job), compile_id="c-1")

    assert outcomes == [Requeue, Requeue, Requeue, Fail]
    assert bench.job(job).error_kind == "compile_lost"


def test_a_stale_run_asks_nothing(bench: Workbench) -> None:
    """A worker that hung for a minute and wakes up must stay silent."""
    old = bench.compiled()
    bench.clock.advance(seconds=9)
    bench.write(lambda tables: tables.jobs.recover(old, bench.clock()))

    assert isinstance(perform(bench.runtime, "create", old.id, old.run), Stale)
    assert bench.cloud.asked == []
