"""What keeps a worker from starting, rule by rule."""

from dataclasses import replace
from typing import Any

import pytest

from orchestrator import rules
from orchestrator.ledger.migrate import Age, Revision
from orchestrator.presence import Presence
from orchestrator.rules import Facts, judge

REDIS = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction", "maxmemory": 0, "aof_enabled": 1}
ME = Presence(worker="a:1", machine="A", account="7@qc", requests_per_minute=120, ledger="postgresql")
ANOTHER = replace(ME, worker="b:1", machine="B")
GOOD = Facts(
    redis=REDIS,
    redis_ahead=0.1,
    ledger=Revision("0002", "0002", Age.CURRENT),
    ledger_shared=True,
    ledger_ahead=-0.2,
    me=ME,
    others=[ANOTHER],
)


def found(**changes: Any) -> list[tuple[str, bool]]:
    """Rule and whether it refuses, for facts that are good but for these."""
    return [(problem.rule, problem.refuses) for problem in judge(replace(GOOD, **changes))]


def test_two_machines_that_fit_together_start() -> None:
    """Nothing is wrong with them."""
    assert found() == []


def test_what_could_not_be_asked_keeps_nobody_from_starting() -> None:
    """A worker waits for its Redis; that it is away is no reason to give up."""
    assert judge(Facts()) == []


def test_a_redis_that_celery_cannot_talk_to_is_refused() -> None:
    """It would fail in the middle of a job instead."""
    assert found(redis=REDIS | {"redis_version": "6.0.16"}) == [("redis_is_old", True)]


def test_a_redis_that_evicts_is_refused() -> None:
    """A forgotten message is a step that nobody does."""
    assert found(redis=REDIS | {"maxmemory_policy": "allkeys-lru", "maxmemory": 10**8}) == [("redis_evicts", True)]


def test_an_eviction_policy_without_a_limit_evicts_nothing() -> None:
    """Redis's own default is no reason to refuse."""
    assert found(redis=REDIS | {"maxmemory_policy": "allkeys-lru", "maxmemory": 0}) == []


def test_a_redis_without_a_file_is_noted() -> None:
    """Jobs survive, but start later."""
    assert found(redis=REDIS | {"aof_enabled": 0}) == [("redis_forgets", False)]


@pytest.mark.parametrize(
    ("seconds", "problems"), [(1.0, []), (-3.0, [False]), (3.0, [False]), (6.0, [True]), (-3600.0, [True])]
)
@pytest.mark.parametrize("clock", ["redis", "ledger"])
def test_a_clock_that_is_off_is_told_and_refused_before_leases_look_run_out(
    clock: str, seconds: float, problems: list[bool]
) -> None:
    """Two machines would take each other's jobs away."""
    assert found(**{f"{clock}_ahead": seconds}) == [(f"{clock}_clock_is_off", refuses) for refuses in problems]


def test_an_older_ledger_is_refused_with_the_command_that_upgrades_it() -> None:
    """Not done by the side: older workers may still run."""
    (problem,) = judge(replace(GOOD, ledger=Revision("0001", "0002", Age.OLDER)))
    assert (problem.rule, problem.refuses) == ("ledger_is_older", True)
    assert "qcjobs migrate" in problem.advice


def test_an_older_ledger_of_this_machine_is_no_problem() -> None:
    """Whoever comes first upgrades it."""
    assert found(ledger=Revision("0001", "0002", Age.OLDER), ledger_shared=False) == []


def test_a_newer_ledger_is_refused() -> None:
    """It may hold what this version would overwrite."""
    assert found(ledger=Revision("9999", "0002", Age.NEWER)) == [("ledger_is_newer", True)]


def test_an_empty_ledger_is_no_problem() -> None:
    """The first worker creates its tables."""
    assert found(ledger=Revision(None, "0002", Age.EMPTY)) == []


def test_two_accounts_on_one_prefix_are_refused() -> None:
    """They would work with each other's messages."""
    (problem,) = judge(replace(GOOD, others=[replace(ANOTHER, account="8@qc")]))
    assert (problem.rule, problem.refuses) == ("accounts_share_a_prefix", True)
    assert "8@qc" in problem.text
    assert "QCJOBS_REDIS_PREFIX" in problem.advice


def test_two_organizations_behind_one_prefix_are_refused() -> None:
    """A job of one would take the nodes of the other, and its project would be made there."""
    (problem,) = judge(replace(GOOD, me=replace(ME, organization="aaa"), others=[replace(ANOTHER, organization="bbb")]))
    assert (problem.rule, problem.refuses) == ("organizations_share_a_prefix", True)
    assert "aaa" in problem.text
    assert "bbb" in problem.text
    assert "QCJOBS_DATABASE_URL" in problem.advice


@pytest.mark.parametrize("theirs", ["aaa", None])
def test_the_same_organization_and_one_that_is_not_told_are_no_problem(theirs: str | None) -> None:
    """Workers of an older version do not tell; an upgrade goes worker by worker."""
    assert found(me=replace(ME, organization="aaa"), others=[replace(ANOTHER, organization=theirs)]) == []


def test_two_budgets_for_one_account_are_noted() -> None:
    """The bigger one wins, whoever set the smaller one."""
    (problem,) = judge(replace(GOOD, others=[replace(ANOTHER, requests_per_minute=60)]))
    assert (problem.rule, problem.refuses) == ("budgets_differ", False)
    assert "120" in problem.text
    assert "60" in problem.text


@pytest.mark.parametrize(("mine", "theirs"), [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_file_as_ledger_of_several_machines_is_refused(mine: str, theirs: str) -> None:
    """Each would have its own, and messages would meet workers that know nothing of their jobs."""
    facts = replace(GOOD, me=replace(ME, ledger=mine), others=[replace(ANOTHER, ledger=theirs)])
    assert [problem.rule for problem in judge(facts)] == ["sqlite_on_several_machines"]


def test_several_workers_of_one_machine_may_share_a_file() -> None:
    """As two terminals do, and two containers with one volume."""
    me = replace(ME, ledger="sqlite")
    assert judge(replace(GOOD, me=me, others=[replace(me, worker="a:2")])) == []


def test_every_rule_is_judged() -> None:
    """A rule that is not in the list would never speak."""
    defined = [value for name, value in vars(rules).items() if getattr(value, "__module__", "") == rules.__name__]
    written = {
        rule
        for rule in defined
        if callable(rule) and getattr(rule, "__annotations__", {}).get("return") == "Problem | None"
    }
    assert {rule for rule in written if not rule.__name__.startswith("_")} == set(rules.RULES)


def test_every_problem_is_a_line_that_says_what_to_do() -> None:
    """For people, not for those who wrote the rule."""
    bad = replace(
        GOOD,
        redis={"redis_version": "6.0", "maxmemory_policy": "allkeys-lru", "maxmemory": 1},
        redis_ahead=99,
        ledger_ahead=-99,
        ledger=Revision("0001", "0002", Age.OLDER),
        me=replace(ME, ledger="sqlite", organization="aaa"),
        others=[
            *(ANOTHER, replace(ANOTHER, account="8@qc")),
            *(replace(ANOTHER, requests_per_minute=1), replace(ANOTHER, organization="bbb")),
        ],
    )
    problems = judge(bad)
    assert len(problems) == len(rules.RULES) - 1  # a ledger is not older and newer at once
    assert [problem.rule for problem in problems if "\n" in problem.text or not problem.advice.endswith(".")] == []
