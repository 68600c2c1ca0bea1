"""Answers are read tolerantly: PHP's empty lists, both forms of time, numbers as text, fields nobody announced."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from quantconnect import BacktestId, CompileId, ProjectId
from quantconnect.models.backtests import Backtest, BacktestSummary, CreateBacktest
from quantconnect.models.compiles import Compile
from quantconnect.models.nodes import Nodes, ProjectNodes
from quantconnect.models.projects import CreateProject, Project, Projects, UpdateProject

MIDDAY = datetime(2024, 1, 3, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-03 12:00:05", MIDDAY),
        ("2024-01-03T12:00:05Z", MIDDAY),
        ("2024-01-03T13:00:05.0000000+01:00", MIDDAY),
        (MIDDAY.timestamp(), MIDDAY),
        ("", None),
        (None, None),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
    ],
)
def test_both_forms_of_time_become_utc(written: object, meant: datetime | None) -> None:
    """A naive time in a ledger is a bug that shows at the next change of the clocks."""
    assert Backtest.model_validate({"backtestId": "b", "created": written}).created == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ([], {}),
        (None, {}),
        ({}, {}),
        ({"fast": 10, "slow": "30"}, {"fast": "10", "slow": "30"}),
        ({"gone": None}, {}),
        (["a", "b"], {"0": "a", "1": "b"}),
    ],
)
def test_a_map_may_come_as_a_list_and_its_values_are_texts(written: object, meant: dict[str, str]) -> None:
    """Parameters come back as text or number; compared as texts they are equal."""
    assert Backtest.model_validate({"backtestId": "b", "parameterSet": written}).parameter_set == meant


@pytest.mark.parametrize(
    "written",
    [
        {"fast": {"key": "fast", "value": 10}},
        [{"key": "fast", "value": "10", "type": "float"}],
        {"fast": 10},
    ],
)
def test_project_parameters_come_in_three_forms(written: object) -> None:
    """A list, a map of objects, a map of values."""
    project = Project.model_validate({"projectId": 1, "parameters": written})
    assert project.parameters["fast"].value == "10"


@pytest.mark.parametrize("written", [{"Equity": {"name": "Equity"}}, ["Equity"], [{"name": "Equity"}]])
def test_charts_are_names(written: object) -> None:
    """A map, a list of names, a list of charts."""
    assert Backtest.model_validate({"backtestId": "b", "charts": written}).charts == ["Equity"]


def test_unknown_fields_are_kept_and_not_shown() -> None:
    """Fields are added without notice, and a project's may hold the login of a brokerage."""
    project = Project.model_validate({"projectId": 1, "liveForm": {"password": "hidden"}})
    assert project.model_extra == {"liveForm": {"password": "hidden"}}
    assert "hidden" not in repr(project)
    assert "hidden" not in str(project)


def test_a_number_that_is_no_number_is_absent() -> None:
    """`-` stands for nothing."""
    summary = BacktestSummary.model_validate({"backtestId": "b", "sharpeRatio": "-", "alpha": "0.5", "progress": 1})
    assert (summary.sharpe_ratio, summary.alpha, summary.progress) == (None, 0.5, 1.0)


def test_an_answer_without_the_id_is_refused_without_quoting_it() -> None:
    """The ids are the only thing that cannot be missing."""
    with pytest.raises(ValidationError) as caught:
        Project.model_validate({"name": "hidden"})
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "pending", "succeeded", "failed"),
    [
        ("InQueue", True, False, False),
        ("BuildSuccess", False, True, False),
        ("BuildError", False, False, True),
        ("BuildAborted", False, False, True),
    ],
)
def test_an_unknown_state_of_a_compile_is_a_failure(state: str, pending: bool, succeeded: bool, failed: bool) -> None:
    """Waiting for a state that will never change is worse than failing."""
    compiled = Compile(state=state)
    assert (compiled.pending, compiled.succeeded, compiled.failed) == (pending, succeeded, failed)


def test_the_log_of_a_compile_may_be_one_text() -> None:
    """The lines are shown to the user as they are."""
    assert Compile.model_validate({"state": "BuildError", "logs": "syntax"}).logs == ["syntax"]


@pytest.mark.parametrize(
    ("answer", "ended", "failed"),
    [
        ({"status": "In Queue...", "error": ""}, False, False),
        ({"status": "In Progress...", "progress": 1, "completed": False, "error": None}, False, False),
        ({"status": "Completed."}, True, False),
        ({"status": "completed"}, True, False),
        ({"completed": True, "error": "", "stacktrace": ""}, True, False),
        ({"status": "Runtime Error", "completed": True}, True, True),
        ({"error": "NullReferenceException"}, True, True),
        ({"stacktrace": "at Main"}, True, True),
        ({"hasInitializeError": True}, True, True),
    ],
)
def test_the_end_of_a_backtest_is_read_from_whatever_tells_it(
    answer: dict[str, object], ended: bool, failed: bool
) -> None:
    """`error: ""` is healthy, progress 1 is not the end, the dots behind a status are optional."""
    backtest = Backtest.model_validate({"backtestId": "b"} | answer)
    assert (backtest.ended, backtest.failed) == (ended, failed)


@pytest.mark.parametrize(
    ("status", "ended", "failed"),
    [
        ("In Progress...", False, False),
        ("Completed.", True, False),
        ("Runtime Error", True, True),
        (None, False, False),
    ],
)
def test_a_line_of_the_list_is_judged_by_its_status(status: str | None, ended: bool, failed: bool) -> None:
    """One request looks after all running backtests."""
    line = BacktestSummary.model_validate({"backtestId": "b", "status": status})
    assert (line.ended, line.failed) == (ended, failed)


def test_deleted_projects_are_not_listed() -> None:
    """A deletion only moves the project to the recycle bin."""
    answer = {"projects": [{"projectId": 1, "name": "a"}, {"projectId": 2, "name": "Recycle Bin/b"}]}
    assert [project.name for project in Projects.model_validate(answer).present()] == ["a"]


def test_project_nodes_may_be_an_empty_list() -> None:
    """A project without any node."""
    assert ProjectNodes.model_validate({"nodes": [], "autoSelectNode": True}).nodes == Nodes()


def wire(request: object) -> object:
    """A request as JSON."""
    assert isinstance(request, CreateBacktest | CreateProject | UpdateProject)
    return request.model_dump(mode="json", by_alias=True, exclude_none=True)


def test_a_request_is_written_in_camel_case_without_absent_values() -> None:
    """`parameters: null` might mean something else than nothing."""
    query = CreateBacktest(project_id=ProjectId(1), compile_id=CompileId("c"), backtest_name="n")
    assert wire(query) == {"projectId": 1, "compileId": "c", "backtestName": "n"}


def test_parameters_of_a_backtest_keep_their_types() -> None:
    """10 stays a number, `10` stays a text."""
    query = CreateBacktest(
        project_id=ProjectId(1), compile_id=CompileId("c"), backtest_name="n", parameters={"a": 10, "b": "10", "c": 1.5}
    )
    assert query.parameters == {"a": 10, "b": "10", "c": 1.5}
    assert [type(value) for value in (query.parameters or {}).values()] == [int, str, float]


def test_a_push_is_one_request_with_lists_of_pairs() -> None:
    """The form that `lean cloud push` sends."""
    query = UpdateProject(project_id=ProjectId(1), files={"main.py": "x"}, parameters={"fast": 10})
    assert wire(query) == {
        "projectId": 1,
        "files": [{"name": "main.py", "content": "x"}],
        "parameters": [{"key": "fast", "value": "10"}],
    }


def test_clearing_the_parameters_sends_the_empty_text() -> None:
    """An empty list was never seen to clear anything."""
    assert wire(UpdateProject(project_id=ProjectId(1), parameters={})) == {"projectId": 1, "parameters": ""}


def test_a_push_without_files_is_refused_here() -> None:
    """It would mean: delete everything."""
    with pytest.raises(ValidationError):
        UpdateProject(project_id=ProjectId(1), files={})


def test_code_is_in_no_repr() -> None:
    """Strategies are their owners' secrets."""
    assert "alpha = 1" not in repr(UpdateProject(project_id=ProjectId(1), files={"main.py": "alpha = 1"}))


@pytest.mark.parametrize(("said", "sent"), [("Python", "Py"), ("py", "Py"), ("C#", "C#"), ("CSharp", "C#")])
def test_languages_are_known_by_the_names_people_use(said: str, sent: str) -> None:
    """Configurations say `Python`, the API wants `Py`."""
    assert CreateProject(name="/a/b", language=said) == CreateProject(name="a/b", language=sent)


def test_an_unknown_language_is_refused_here() -> None:
    """Before a project is made in the wrong one."""
    with pytest.raises(ValidationError, match="Python"):
        CreateProject(name="a", language="Rust")


def test_an_empty_id_of_a_backtest_is_no_id() -> None:
    """It would be looked for forever."""
    with pytest.raises(ValidationError):
        Backtest(backtest_id=BacktestId(""))
